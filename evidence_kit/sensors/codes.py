"""Bar codes of one picture: what decodes, and where bars stand that do not.

Cheapest look first: every linear code at half size, Code 128 at full size, then each bar area left over, turned
exactly, enlarged and sharpened (``close_look``). Raw: what a text means is for the facts to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING, Any, Literal

from evidence_kit.schema import Quad
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evidence_kit.sensors.bar_regions import BarArea
    from evidence_kit.sensors.engines.barcode import RawCode

BarcodeEngine = Literal["zxing", "zbar"]

SEARCH_EDGE = 2000
"""Long edge in pixels at which bars are searched for; codes of near labels decode at it already."""
CLOSE_LOOKS = 6
"""At most so many bar areas of one picture are looked at closely."""


@dataclass(frozen=True, slots=True)
class SeenCode:
    """One decoded code."""

    text: str
    symbology: str
    """``CODE_128``, ``EAN_13``, ``QR_CODE`` ..."""
    quad: Quad
    look: str
    """What decoded it: ``half``, ``full``, or the name of a close look."""
    agreeing: int = 1
    """Separate parts or treatments of the bars that gave this text."""


@dataclass(frozen=True, slots=True)
class BarRegion:
    """Bars that did not decode, with what might explain it."""

    quad: Quad
    """First edge along the direction of reading."""
    turn_deg: float
    across_px: float
    """Extent over the bars in pixels of the full-size picture."""
    along_px: float
    module_px: float | None
    """Estimated width of the narrowest bar in pixels of the full-size picture."""
    contrast: float
    """Between the 95th and 5th percentile, 0..1."""
    sharpness: float
    """Steepest change per pixel as a share of the contrast; about 0.5 for a sharp edge."""
    brightness: float
    """95th percentile, 0..1."""
    burnt: float
    """Share of pixels at the sensor's upper end."""
    at_edge: bool
    """The area touches the picture's border."""
    coherence: float = 0.0


@dataclass(frozen=True, slots=True)
class Codes:
    """What bars say in one picture of ``width`` x ``height`` pixels."""

    width: int
    height: int
    seen: tuple[SeenCode, ...] = ()
    unread: tuple[BarRegion, ...] = ()
    engine: str = "zxing"


@sensor(on="photo", version="1", packages=("zxing-cpp", "opencv-python-headless"))
def codes(photo: Photo, *, barcode: BarcodeEngine = "zxing") -> Codes:
    """Codes and bar areas of a photo. Raises CannotOpen, LimitReached, EngineMissing."""
    return read_codes(photo.luma(), search=photo.luma(SEARCH_EDGE), engine=barcode)


def read_codes(
    picture: NDArray[np.uint8],
    *,
    search: NDArray[np.uint8] | None = None,
    engine: BarcodeEngine = "zxing",
    closely: bool = True,
) -> Codes:
    """Codes and bar areas of a grey picture (H, W), a photo's or a video frame's.

    ``search`` is the same picture at SEARCH_EDGE, where the caller has it. Without ``closely`` areas are only listed.
    """
    import cv2

    from evidence_kit.sensors.bar_regions import find_bars
    from evidence_kit.sensors.engines.barcode import decode

    height, width = picture.shape
    if search is None:
        shrink = min(1.0, SEARCH_EDGE / max(height, width))
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        search = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if shrink < 1 else picture
    scale = width / search.shape[1]
    seen: list[SeenCode] = []

    def add(found: list[RawCode], by: float, look: str) -> None:
        for code in found:
            corners = [(x * by, y * by) for x, y in code.corners]
            if not any(old.text == code.text and _inside(corners, old.quad, width, height) for old in seen):
                seen.append(SeenCode(code.text, code.symbology, _quad(corners, width, height), look))

    add(decode(search, engine=engine, kinds="linear"), scale, "half")
    areas = find_bars(search)
    if scale > 1.05 and _open_areas(areas, seen, scale, width, height):
        add(decode(picture, engine=engine, kinds="code128"), 1.0, "full")
    unread: list[BarRegion] = []
    for area in _open_areas(areas, seen, scale, width, height):
        unread.append(_measured(picture, area, scale))
    return Codes(width, height, tuple(seen), tuple(unread), engine)


def _open_areas(
    areas: list[BarArea], seen: list[SeenCode], scale: float, width: int, height: int
) -> list[BarArea]:
    """The areas on which nothing was decoded yet."""
    left = []
    for area in areas:
        x, y = area.centre[0] * scale, area.centre[1] * scale
        reach = 0.6 * area.across * scale
        if not any(_near((x, y), reach, code.quad, width, height) for code in seen):
            left.append(area)
    return left


def _near(spot: tuple[float, float], reach: float, quad: Quad, width: int, height: int) -> bool:
    x = sum(corner[0] for corner in quad) / 4 * width
    y = sum(corner[1] for corner in quad) / 4 * height
    return hypot(spot[0] - x, spot[1] - y) < reach


def _inside(corners: list[tuple[float, float]], quad: Quad, width: int, height: int) -> bool:
    x, y = sum(c[0] for c in corners) / 4, sum(c[1] for c in corners) / 4
    size = max(hypot(corners[0][0] - corners[2][0], corners[0][1] - corners[2][1]), 8.0)
    return _near((x, y), size / 2, quad, width, height)


def _quad(corners: Any, width: int, height: int) -> Quad:
    """Pixels as fractions, kept inside the picture."""
    a, b, c, d = ((min(1.0, max(0.0, x / width)), min(1.0, max(0.0, y / height))) for x, y in corners)
    return (a, b, c, d)


def _measured(picture: NDArray[np.uint8], area: BarArea, scale: float) -> BarRegion:
    """What can be said about bars that did not decode."""
    import numpy as np

    from evidence_kit.sensors.bar_regions import corners_of
    from evidence_kit.sensors.ocr import cut

    height, width = picture.shape
    centre = (area.centre[0] * scale, area.centre[1] * scale)
    corners = corners_of(centre, area.across * scale, area.along * scale, area.turn_deg)
    bars = cut(picture, corners).astype(np.float32)
    low, high = np.percentile(bars, (5, 95))
    contrast = float(high - low)
    rows = bars[bars.shape[0] // 4 : max(bars.shape[0] // 4 + 1, 3 * bars.shape[0] // 4)]
    steps = np.abs(np.diff(rows, axis=1))
    sharpness = float(np.percentile(steps, 98)) / max(contrast, 1.0) if steps.size else 0.0
    at_edge = any(not (2 <= x <= width - 3 and 2 <= y <= height - 3) for x, y in corners)
    return BarRegion(
        _quad(corners, width, height), area.turn_deg, area.across * scale, area.along * scale, None, contrast / 255,
        sharpness, float(high) / 255, float((bars >= 250).mean()), at_edge, area.coherence,
    )  # fmt: skip
