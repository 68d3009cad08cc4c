"""Lines of a label whose bars did not decode: a window around them, turned by their direction."""

from __future__ import annotations

from math import cos, radians, sin
from typing import TYPE_CHECKING

from evidence_kit.records import dataclass
from evidence_kit.schema import Quad
from evidence_kit.sensors.codes import LINEAR, SHORTEST, BarRegion, Codes, on_one_label
from evidence_kit.sensors.number_lines import TextEngine, TextLine, read_area
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_LABELS = 2
COHERENT, EDGES = 0.65, 24
"""Areas below are hardly ever bars: no window is read for them. Where none gives a number the whole photo is read."""
AROUND = 0.75
"""The window reaches so far beyond the bars, as a share of their extent: a label is seldom wider than 1.4 of it."""
LABEL_OVER_BARS = 10.0
"""The window's least side over the bars' length, for bars of which only a piece was found."""
WINDOW_EDGE = 1120
ENLARGE = 2.0


@dataclass(frozen=True, slots=True)
class LabelText:
    lines: tuple[TextLine, ...] = ()
    engine: str = "rapid"


@sensor(on="photo", version="3", packages=("onnxruntime", "rapidocr", "opencv-python-headless"))
def label_text(photo: Photo, codes: Codes, *, ocr: TextEngine = "rapid") -> LabelText:
    """Lines around undecoded bars of a photo. Raises CannotOpen, LimitReached, EngineMissing."""
    return read_labels(photo.luma(), codes, engine=ocr) if open_labels(codes) else LabelText((), ocr)


def read_labels(picture: NDArray[np.uint8], codes: Codes, *, engine: TextEngine = "rapid") -> LabelText:
    """Lines around undecoded bars of a grey picture (H, W), the largest bars first."""
    lines: list[TextLine] = []
    for region in open_labels(codes):
        lines += read_area(picture, _window(region, codes), edge=WINDOW_EDGE, enlarge=ENLARGE, engine=engine)
    return LabelText(tuple(lines), engine)


def centre_of(quad: Quad, codes: Codes) -> tuple[float, float]:
    """A quad's centre in pixels."""
    return sum(p[0] for p in quad) / 4 * codes.width, sum(p[1] for p in quad) / 4 * codes.height


def open_labels(codes: Codes) -> list[BarRegion]:
    """Undecoded bars on labels of which no code was read: one for each label, the largest, MOST_LABELS at most."""
    taken = [code.quad for code in codes.seen if code.symbology in LINEAR and len(code.text) >= SHORTEST]
    chosen: list[BarRegion] = []
    for region in sorted(codes.unread, key=lambda r: -r.across_px * r.along_px):
        if region.coherence < COHERENT or region.edges < EDGES:
            continue
        if not any(on_one_label(quad, region.quad, codes.width, codes.height) for quad in taken):
            chosen.append(region)
            taken.append(region.quad)
    return chosen[:MOST_LABELS]


def _window(region: BarRegion, codes: Codes) -> tuple[tuple[float, float], ...]:
    """Corners of the square around the bars, turned with them, without what lies beyond the picture."""
    import cv2
    import numpy as np

    from evidence_kit.sensors.bar_regions import corners_of

    side = window_side(region)
    square = corners_of(centre_of(region.quad, codes), side, side, region.turn_deg)
    width, height = codes.width - 1, codes.height - 1
    picture = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)
    area, inside = cv2.intersectConvexConvex(np.array(square, np.float32), picture)
    if area <= 0 or inside is None:
        return square
    turn = radians(region.turn_deg)
    along, down = np.array((cos(turn), sin(turn))), np.array((-sin(turn), cos(turn)))
    spots = inside.reshape(-1, 2)
    (left, right), (top, bottom) = ((float((spots @ way).min()), float((spots @ way).max())) for way in (along, down))
    placed = (x * along + y * down for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)))
    return tuple((float(x), float(y)) for x, y in placed)


def window_side(region: BarRegion) -> float:
    """Side in pixels of the square that is read around undecoded bars."""
    return max(region.across_px * (1 + 2 * AROUND), region.along_px * LABEL_OVER_BARS)
