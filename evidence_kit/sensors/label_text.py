"""Lines of a label: the digits under bars that decoded, and everything around bars that did not.

Digits under decoded bars cost one short reading and no search: the line runs parallel to the bars. Bars that did not
decode and do not belong to a label whose code was read get a window of their own, turned by their direction.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING

from evidence_kit.sensors.codes import LINEAR, SHORTEST, BarRegion, Codes, SeenCode, on_one_label
from evidence_kit.sensors.number_lines import TextEngine, TextLine, read_area, read_below
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_LABELS = 2
COHERENT, EDGES = 0.65, 18
"""Areas below are hardly ever bars: no window is read for them."""
WORTH_PIXELS = 1_000_000
"""In a smaller picture reading the line under decoded bars costs more than the picture's own decoding."""
MOST_STRIPS = 2
AROUND = 0.75
"""The window reaches so far beyond the bars, as a share of their extent: a label is seldom wider than 1.4 of it."""
LABEL_OVER_BARS = 10.0
"""The window's least side over the bars' length, for bars of which only a piece was found."""
WINDOW_EDGE = 1120
ENLARGE = 2.0


@dataclass(frozen=True, slots=True)
class LabelText:
    lines: tuple[TextLine, ...] = ()
    """Lines around bars that did not decode."""
    below: tuple[TextLine, ...] = ()
    """The line under each decoded code, ``quad`` being the code's."""
    engine: str = "rapid"


@sensor(on="photo", version="2", packages=("onnxruntime", "rapidocr", "opencv-python-headless"))
def label_text(photo: Photo, codes: Codes, *, ocr: TextEngine = "rapid") -> LabelText:
    """Lines beside the bars of a photo. Raises CannotOpen, LimitReached, EngineMissing."""
    if not codes.unread and not codes.seen:
        return LabelText((), (), ocr)
    return read_labels(photo.luma(), codes, engine=ocr)


def read_labels(picture: NDArray[np.uint8], codes: Codes, *, engine: TextEngine = "rapid") -> LabelText:
    """Lines beside the bars of a grey picture (H, W), the largest bars first."""
    read = [code for code in codes.seen if code.symbology in LINEAR and len(code.text) >= SHORTEST]
    below: list[TextLine] = []
    if engine == "rapid" and codes.width * codes.height >= WORTH_PIXELS:
        for code in _apart(read, codes)[:MOST_STRIPS]:
            corners = tuple((x * codes.width, y * codes.height) for x, y in code.quad)
            below += read_below(picture, corners, code.quad, code.text)
    lines: list[TextLine] = []
    for region in _alone(codes, read)[:MOST_LABELS]:
        lines += read_area(picture, _window(region, codes), edge=WINDOW_EDGE, enlarge=ENLARGE, engine=engine)
    return LabelText(tuple(lines), tuple(below), engine)


def _middle(quad: tuple[tuple[float, float], ...], codes: Codes) -> tuple[float, float]:
    return sum(p[0] for p in quad) / 4 * codes.width, sum(p[1] for p in quad) / 4 * codes.height


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


def _alone(codes: Codes, read: list[SeenCode]) -> list[BarRegion]:
    """Undecoded bars on labels of which no code was read, one for each label, the largest first."""
    taken = [code.quad for code in read]
    chosen: list[BarRegion] = []
    for region in sorted(codes.unread, key=lambda r: -r.across_px * r.along_px):
        if region.coherence < COHERENT or region.edges < EDGES:
            continue
        if not any(on_one_label(quad, region.quad, codes.width, codes.height) for quad in taken):
            chosen.append(region)
            taken.append(region.quad)
    return chosen


def _window(region: BarRegion, codes: Codes) -> tuple[tuple[float, float], ...]:
    from evidence_kit.sensors.bar_regions import corners_of

    x, y = _middle(region.quad, codes)
    side = max(region.across_px * (1 + 2 * AROUND), region.along_px * LABEL_OVER_BARS)
    return corners_of((x, y), side, side, region.turn_deg)
