"""The line of digits under each bar code that decoded, to be compared with it.

It costs one short reading and no search: the line runs parallel to the bars.
"""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from evidence_kit.records import dataclass
from evidence_kit.sensors.codes import LINEAR, SHORTEST, Codes, SeenCode
from evidence_kit.sensors.number_lines import TextEngine, TextLine, read_below
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORTH_PIXELS = 1_000_000
"""In a smaller picture reading the line under decoded bars costs more than the picture's own decoding."""
MOST_STRIPS = 2


@dataclass(frozen=True, slots=True)
class UnderText:
    lines: tuple[TextLine, ...] = ()
    """``quad`` is the code's."""


@sensor(on="photo", version="1", packages=("onnxruntime", "rapidocr", "opencv-python-headless"))
def under_text(photo: Photo, codes: Codes, *, ocr: TextEngine = "rapid") -> UnderText:
    """The line under each decoded code of a photo. Raises CannotOpen, LimitReached, EngineMissing."""
    return read_under(photo.luma(), codes, engine=ocr) if codes.seen else UnderText()


def read_under(picture: NDArray[np.uint8], codes: Codes, *, engine: TextEngine = "rapid") -> UnderText:
    """The line under each decoded code of a grey picture (H, W), the widest codes first."""
    if engine != "rapid" or codes.width * codes.height < WORTH_PIXELS:
        return UnderText()
    read = [code for code in codes.seen if code.symbology in LINEAR and len(code.text) >= SHORTEST]
    lines: list[TextLine] = []
    for code in _apart(read, codes)[:MOST_STRIPS]:
        corners = tuple((x * codes.width, y * codes.height) for x, y in code.quad)
        lines += read_below(picture, corners, code.quad, code.text)
    return UnderText(tuple(lines))


def _extent(code: SeenCode, codes: Codes) -> float:
    (ax, ay), (bx, by) = code.quad[0], code.quad[1]
    return hypot((bx - ax) * codes.width, (by - ay) * codes.height)


def _apart(read: list[SeenCode], codes: Codes) -> list[SeenCode]:
    """One code of each text, the widest in the picture."""
    best: dict[str, SeenCode] = {}
    for code in read:
        if code.text not in best or _extent(code, codes) > _extent(best[code.text], codes):
            best[code.text] = code
    return sorted(best.values(), key=lambda code: -_extent(code, codes))
