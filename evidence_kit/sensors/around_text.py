"""Text around labels of which no number was read, while another label of the photo was read.

A label's number may be printed far from its bars: on its stub, or beside a second code. The whole photo need not be
read for that, only as far around as labels reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence_kit.records import dataclass
from evidence_kit.sensors.codes import Codes
from evidence_kit.sensors.label_text import ENLARGE, centre_of, open_labels, window_side
from evidence_kit.sensors.number_lines import TextEngine, TextLine, read_area
from evidence_kit.sensors.page_text import PAGE_EDGE
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FARTHER = 2.1
"""The area's side over that of the window that is read where nothing else in the photo was (``label_text``). On 200
development photos the numbers that such a window left out stood up to 2.01 of its half sides away (``benchmarks
waybill_looks``)."""
EDGE = 1440
"""Long edge in pixels at which lines are searched for; an area is never shown smaller than within the whole page."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True)
class AroundText:
    lines: tuple[TextLine, ...] = ()
    engine: str = "rapid"


@sensor(on="photo", version="1", packages=("onnxruntime", "rapidocr", "opencv-python-headless"))
def around_text(photo: Photo, codes: Codes, *, ocr: TextEngine = "rapid") -> AroundText:
    """Lines around the undecoded bars of a photo. Raises CannotOpen, LimitReached, EngineMissing."""
    return read_around(photo.luma(), codes, engine=ocr) if open_labels(codes) else AroundText((), ocr)


def read_around(picture: NDArray[np.uint8], codes: Codes, *, engine: TextEngine = "rapid") -> AroundText:
    """Lines around the undecoded bars of a grey picture (H, W)."""
    lines: list[TextLine] = []
    as_page = PAGE_EDGE / max(picture.shape)
    for left, top, right, bottom in areas(codes):
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        edge = max(EDGE, round(as_page * max(right - left, bottom - top)))
        lines += read_area(picture, corners, edge=edge, enlarge=ENLARGE, engine=engine)
    return AroundText(tuple(lines), engine)


def areas(codes: Codes) -> list[Box]:
    """Upright areas within the picture, those that overlap made one."""
    found: list[Box] = []
    for region in open_labels(codes):
        x, y = centre_of(region.quad, codes)
        reach = window_side(region) * FARTHER / 2
        left, top = max(0.0, x - reach), max(0.0, y - reach)
        box = (left, top, min(codes.width - 1.0, x + reach), min(codes.height - 1.0, y + reach))
        for other in [one for one in found if _overlap(box, one)]:
            found.remove(other)
            box = (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
        found.append(box)
    return found


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
