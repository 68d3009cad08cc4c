"""What is written in the corners of a photo: the place of a visible mark such as 「AI生成」 (GB 45438-2025, 4.2).

The four corners and the lower edge's middle are laid together on one small picture, so that lines are searched for
once. Only short lines are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.schema import Quad
from evidence_kit.sensors import ocr
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EDGE = 640
"""Long edge of the picture that corners are cut from. A mark's letters are 5 % of the shorter side at least."""
WIDE, HIGH = 0.34, 0.12
"""A corner's part of the width and of the height."""
FLAT = 6.0
"""Standard deviation in grey levels below which a corner holds nothing to read."""
MOST_LINES = 10
LONGEST = 14.0
"""Heights of a line; a mark has four to a dozen letters."""
PADDING = 0.15
SMALLEST_SIDE = 200


@dataclass(frozen=True, slots=True)
class CornerLine:
    text: str
    score: float
    quad: Quad


@dataclass(frozen=True, slots=True)
class CornerText:
    lines: tuple[CornerLine, ...] = ()


@sensor(on="photo", version="1", packages=("onnxruntime", "rapidocr", "opencv-python-headless"))
def corner_text(photo: Photo) -> CornerText:
    """Lines in the corners of one photo. Raises CannotOpen, LimitReached, EngineMissing."""
    return read_corners(photo.luma(EDGE))


def read_corners(picture: NDArray[np.uint8]) -> CornerText:
    """Lines in the corners of a grey picture (H, W)."""
    import numpy as np

    height, width = picture.shape
    if min(height, width) < SMALLEST_SIDE:
        return CornerText()
    across, down = round(WIDE * width), round(HIGH * height)
    places = [(x, y) for y in (0, height - down) for x in (0, width - across)] + [
        ((width - across) // 2, height - down)
    ]
    parts = [(x, y) for x, y in places if picture[y : y + down, x : x + across].std() >= FLAT]
    if not parts:
        return CornerText()
    sheet = np.vstack([picture[y : y + down, x : x + across] for x, y in parts])
    lines = []
    for box in ocr.find_lines(sheet, most=MOST_LINES):
        middle = sum(y for _, y in box.corners) / 4
        x, y = parts[min(len(parts) - 1, int(middle // down))]
        if box.length > LONGEST * box.height:
            continue
        top = min(len(parts) - 1, int(middle // down)) * down
        spot = _grown(box.corners)
        read = ocr.read_lines([ocr.cut(sheet, spot)])[0]
        if read.text.strip():
            quad = tuple((_share(px + x, width), _share(py - top + y, height)) for px, py in spot)
            lines.append(CornerLine(read.text, round(read.score, 4), quad))  # type: ignore[arg-type]
    return CornerText(tuple(lines))


def _share(value: float, whole: int) -> float:
    return min(1.0, max(0.0, value / whole))


def _grown(corners: Any) -> list[tuple[float, float]]:
    import numpy as np

    spots = np.array(corners, np.float64)
    length, tall = (max(1e-6, float(np.hypot(*(spots[i] - spots[0])))) for i in (1, 3))
    along, down = (spots[1] - spots[0]) / length, (spots[3] - spots[0]) / tall
    grown = spots + PADDING * tall * np.array([-along - down, along - down, along + down, down - along])
    return [(float(x), float(y)) for x, y in grown]
