"""Seven-segment digits of one line, measured: how strongly each segment and each point is lit. No network is used.

A reading network loses points and thin ones, and two networks lose the same ones. The geometry of a seven-segment
digit is known, so every place where a stroke can be is looked at, and the level found there is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors import ocr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Strip = NDArray[np.float32]

STRIP_PX = 96
"""Height to which a line is brought before it is measured."""
BESIDE, ABOVE = 0.7, 0.22
"""The line is cut with so much of its surroundings, in shares of its height: a lost first digit lies there."""
SLANTS = tuple(step / 50 for step in range(-4, 17, 2))
"""Shears that are tried, in widths per height; displays lean up to 0.2 to the right."""
MOST_CELLS = 12
TRIM = 0.12
"""Share of the line's height at either side that is left out when its levels are taken: found lines are roomy."""
LEAST_CONTRAST = 12
"""Grey levels between strokes and background below which nothing is measured."""
TALL = 0.6
"""A group of strokes lower than this share of the digits is a unit or a word, not a digit."""
NARROW = 0.34
"""A digit narrower than this share of its height is a one, which stands at the right of its cell."""
WALL = 0.72
"""A row with more of its columns inked is a bezel's bar: digits never fill so much of a line."""
ROW_GAP = 0.05
UNTOLD = (0.5,) * 7
STACKED = 0.12
"""A group with so much of its height empty between its strokes is small words one above the other, not a digit."""
BESIDE_DIGIT = 0.3
"""Digit heights between two digits at most; what runs out of the strip nearer than that may hide one."""
BROAD = 1.25
"""An outer group so many times wider than the others is a digit that runs into the bezel beside it."""
FLAT = 0.34
"""Strokes are narrower than this share of the strip's height: what is wider is the light on the glass."""
FOOT = 0.24
"""The lowest part of the digits, where points stand, as a share of their height."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One place for a digit. Levels: 0 is the background, 1 the strokes of this line."""

    segments: tuple[float, float, float, float, float, float, float]
    """a top, b upper right, c lower right, d bottom, e lower left, f upper left, g middle."""
    foot: float
    """Point after the digit: the level at the foot of the gap above that at half height."""
    head: float
    """The same at the top of the gap: a point there means that the line stands on its head."""
    wide: float
    """Width of the strokes over their height."""
    before: float
    """Gap to the digit on the left, over the height; 9 for the first."""


def measure_cells(picture: NDArray[np.uint8], corners: Sequence[tuple[float, float]]) -> tuple[Cell, ...]:
    """The digits of the line with these corners (pixels of the grey picture, clockwise from its own top left).

    Empty where no row of equally tall strokes stands out.
    """
    strip, inner = _strip(picture, corners)
    if strip is None:
        return ()
    # A bezel inside the line can be more than its glass, so which of the two is the strokes is tried.
    found = [_read(level, inner) for level in _levels(strip, inner)]
    return max(found, key=_regular, default=())


def _read(level: Any, inner: tuple[int, int, int, int]) -> tuple[Cell, ...]:
    rows = _rows(level, inner)
    if rows is None:
        return ()
    level = _upright(level, rows)
    groups = _groups(level, rows)
    return _cells(level, rows, groups) if 0 < len(groups) <= MOST_CELLS else ()


def _regular(cells: tuple[Cell, ...]) -> float:
    """How far the segments of all digits are from half lit: a line of digits has none between."""
    return sum(min(abs(level - 0.5) for level in cell.segments) for cell in cells)


def _strip(picture: Any, corners: Sequence[tuple[float, float]]) -> tuple[Any, tuple[int, int, int, int]]:
    """The line with its surroundings at STRIP_PX, and (left, top, right, bottom) of the line itself in it."""
    import cv2
    import numpy as np

    spots = np.array(corners, np.float64)
    length = float(np.hypot(*(spots[1] - spots[0])))
    height = float(np.hypot(*(spots[3] - spots[0])))
    if min(length, height) < 6:
        return None, (0, 0, 0, 0)
    along, down = (spots[1] - spots[0]) / length, (spots[3] - spots[0]) / height
    side, up = BESIDE * height, ABOVE * height
    grown = spots + np.array(
        [-side * along - up * down, side * along - up * down, side * along + up * down, up * down - side * along]
    )
    cut = ocr.cut(picture, [tuple(p) for p in grown])
    scale = STRIP_PX / (height * (1 + 2 * ABOVE))
    width = round((length + 2 * side) * scale)
    if not 16 <= width <= 40 * STRIP_PX:
        return None, (0, 0, 0, 0)
    way = cv2.INTER_AREA if cut.shape[0] > STRIP_PX else cv2.INTER_CUBIC
    strip = cv2.resize(cut, (width, STRIP_PX), interpolation=way)
    inner = (round(side * scale), round(up * scale), width - round(side * scale), STRIP_PX - round(up * scale))
    return strip, inner


def _levels(strip: Any, inner: tuple[int, int, int, int]) -> list[Any]:
    """The strip with 0 at the background and 1 at the strokes: once for bright strokes, once for dark ones."""
    import cv2
    import numpy as np

    left, top, right, bottom = inner
    trim = round(TRIM * (bottom - top))
    body = np.ascontiguousarray(strip[top + trim : bottom - trim, left:right])
    _, mask = cv2.threshold(body, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    bright = mask > 0
    if not 0.02 < bright.mean() < 0.98:
        return []
    high, low = float(np.median(body[bright])), float(np.median(body[~bright]))
    if high - low < LEAST_CONTRAST:
        return []
    level = np.clip((strip.astype(np.float32) - low) / (high - low), -0.5, 1.5)
    return [level, 1 - level, *_flattened(strip, inner)]


def _flattened(strip: Any, inner: tuple[int, int, int, int]) -> list[Any]:
    """The same with the light taken off that falls unevenly on the glass: the ground is what no stroke covers."""
    import cv2
    import numpy as np

    left, top, right, bottom = inner
    reach = round(FLAT * STRIP_PX) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (reach, reach))
    found = []
    for picture in (strip, 255 - strip):
        ground = cv2.GaussianBlur(cv2.morphologyEx(picture, cv2.MORPH_OPEN, kernel), (0, 0), 2)
        over = picture.astype(np.float32) - ground
        body = over[top:bottom, left:right]
        depth = float(np.percentile(body, 92))
        if depth >= LEAST_CONTRAST:
            found.append(np.clip(over / depth, -0.5, 1.5))
    return found


def _rows(level: Any, inner: tuple[int, int, int, int]) -> tuple[int, int] | None:
    """First and last row of the digits, from the columns of the line itself."""
    import numpy as np

    share = (level[:, inner[0] : inner[2]] > 0.5).mean(1)
    busy = share > 0.06 * max(0.01, float(np.percentile(share, 90)))
    # A bezel's bar above or below ends the digits, and so does a gap larger than that between two strokes.
    wall = share > WALL
    middle = (inner[1] + inner[3]) // 2
    ends = []
    for step in (-1, 1):
        row, last, empty = middle, middle, 0
        while 0 <= row < len(busy) and empty < ROW_GAP * STRIP_PX and not wall[row]:
            if busy[row]:
                last, empty = row, 0
            else:
                empty += 1
            row += step
        ends.append(last)
    top, bottom = ends
    if bottom - top < 0.35 * (inner[3] - inner[1]):
        return None
    return top, bottom + 1


def _upright(level: Any, rows: tuple[int, int]) -> Any:
    """The strip sheared so that its strokes stand upright: the shear with the sharpest columns."""
    import cv2
    import numpy as np

    middle = (rows[0] + rows[1]) / 2
    best, kept = -1.0, level
    for slant in SLANTS:
        lean = np.array([[1, slant, -slant * middle], [0, 1, 0]], np.float32)
        turned = cv2.warpAffine(level, lean, (level.shape[1], level.shape[0]), borderMode=cv2.BORDER_REPLICATE)
        columns = np.clip(turned[rows[0] : rows[1]], 0, 1).mean(0)
        sharp = float((np.diff(columns) ** 2).sum())
        if sharp > best * 1.0001:
            best, kept = sharp, turned
    return kept


def _groups(level: Any, rows: tuple[int, int]) -> list[tuple[int, int, bool]]:
    """(left, right, whole) of each digit: columns with strokes above the foot, as tall as the line.

    What runs on above or below is not whole: a bezel's upright, or a finger on the glass.
    """
    import numpy as np

    top, bottom = rows
    tall = bottom - top
    body = level[top : bottom - round(FOOT * tall)] > 0.5
    inked = body.sum(0) > 0.06 * tall
    found: list[tuple[int, int]] = []
    column, width = 0, len(inked)
    while column < width:
        if not inked[column]:
            column += 1
            continue
        start = column
        while column < width and inked[column]:
            column += 1
        if found and start - found[-1][1] < 0.035 * tall:
            found[-1] = (found[-1][0], column)
        else:
            found.append((start, column))
    kept = []
    near, far = round(0.04 * tall), round(0.16 * tall)
    for start, end in found:
        inked = (level[:, start:end] > 0.5).mean(1)
        rows_inked = np.flatnonzero(inked[top:bottom])
        # A bezel's upright runs on above and below; a horizontal one is parted from the digits by some rows.
        over = inked[max(0, top - far) : max(0, top - near)], inked[bottom + near : bottom + far]
        runs_on = any(len(part) and part.mean() > 0.3 and part.min() > 0 for part in over)
        if len(rows_inked) == 0 or rows_inked[-1] - rows_inked[0] < TALL * tall:
            continue
        if rows_inked[-1] + 1 - rows_inked[0] - len(rows_inked) > STACKED * tall:
            continue
        if end - start < 0.04 * tall:
            continue
        kept.append((start, end, not runs_on and start > 0 and end < width))
    # What leaves the strip right beside a digit may be a finger on the next one; farther off it is the bezel.
    if len(kept) > 1 and kept[0][0] == 0 and kept[1][0] - kept[0][1] > BESIDE_DIGIT * tall:
        kept = kept[1:]
    if len(kept) > 1 and kept[-1][1] == width and kept[-1][0] - kept[-2][1] > BESIDE_DIGIT * tall:
        kept = kept[:-1]
    return kept


def _cells(level: Any, rows: tuple[int, int], groups: list[tuple[int, int, bool]]) -> tuple[Cell, ...]:
    import numpy as np

    top, bottom = rows
    tall = bottom - top
    broad = [end - start for start, end, _ in groups if end - start >= NARROW * tall]
    usual = float(np.median(broad)) if broad else 0.52 * tall
    groups = _without_bezel(groups, usual)
    cells = []
    for place, (start, end, whole) in enumerate(groups):
        left = start if end - start >= NARROW * tall else end - usual
        after = groups[place + 1][0] if place + 1 < len(groups) else end + round(0.4 * tall)
        foot, head = _gap(level, rows, end, min(after, end + round(0.5 * tall)))
        segments = _segments(level, (left, top, end, bottom)) if whole else UNTOLD
        before = (start - groups[place - 1][1]) / tall if place else 9.0
        wide = (end - start) / tall
        cells.append(Cell(segments, round(foot, 3), round(head, 3), round(wide, 3), round(before, 3)))
    return tuple(cells)


def _without_bezel(groups: list[tuple[int, int, bool]], usual: float) -> list[tuple[int, int, bool]]:
    """The first and the last group cut to a digit's width where they are much wider."""
    if len(groups) < 3:
        return groups
    (start, end, _), (begin, stop, _) = groups[0], groups[-1]
    if end - start > BROAD * usual:
        groups = [(end - round(usual), end, True), *groups[1:]]
    if stop - begin > BROAD * usual:
        groups = [*groups[:-1], (begin, begin + round(usual), True)]
    return groups


def _segments(level: Any, box: tuple[float, int, int, int]) -> Any:
    """Levels of a..g inside the digit's box (left, top, right, bottom)."""
    left, top, right, bottom = box
    wide, tall = right - left, bottom - top

    def part(x0: float, x1: float, y0: float, y1: float) -> Any:
        columns = slice(max(0, round(left + x0 * wide)), max(1, round(left + x1 * wide)))
        return level[round(top + y0 * tall) : max(round(top + y1 * tall), round(top + y0 * tall) + 1), columns]

    def across(y0: float, y1: float) -> float:
        found = part(0.32, 0.68, y0, y1)
        return float(found.mean(1).max()) if found.size else 0.0

    def down(x0: float, x1: float, y0: float, y1: float) -> float:
        found = part(x0, x1, y0, y1)
        return float(found.mean(0).max()) if found.size else 0.0

    found = (
        across(0.0, 0.24), down(0.62, 1.0, 0.2, 0.4), down(0.62, 1.0, 0.62, 0.8), across(0.76, 1.0),
        down(0.0, 0.38, 0.62, 0.8), down(0.0, 0.38, 0.2, 0.4), across(0.36, 0.64),
    )  # fmt: skip
    return tuple(round(value, 3) for value in found)


def _gap(level: Any, rows: tuple[int, int], start: int, end: int) -> tuple[float, float]:
    """Level of a point at the foot and at the head of the gap between two digits, above that at half height."""
    import cv2

    top, bottom = rows
    tall = bottom - top
    inset = round(0.02 * tall)
    area = level[:, max(0, start + inset) : max(start + inset + 1, end - inset)]
    if area.shape[1] < 2:
        return 0.0, 0.0
    calm = cv2.blur(area, (max(1, round(0.05 * tall)), max(1, round(0.05 * tall))))
    half = float(calm[top + round(0.3 * tall) : top + round(0.62 * tall)].max(1).mean())
    foot = float(calm[bottom - round(FOOT * tall) : min(len(level), bottom + round(0.1 * tall))].max())
    head = float(calm[max(0, top - round(0.1 * tall)) : top + round(FOOT * tall)].max())
    return foot - half, head - half
