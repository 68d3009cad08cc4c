"""Red marks of a document's picture: where red ink lies together, and how much of an oval's rim it fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.schema import Quad
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EDGE = 1000
RED_LEAD = 26
"""By so many levels red is above green and above blue; stamp ink on white paper has 40 to 150."""
LEAST_SIDE = 0.05
"""Shorter side of a mark over the picture's shorter side."""
MOST_MARKS = 6
BINS = 48
"""Directions from the middle in which a rim is looked for."""


@dataclass(frozen=True, slots=True)
class RedMark:
    quad: Quad
    aspect: float
    """Longer side over the shorter one."""
    filled: float
    """Share of the mark's oval that is red."""
    rim: float
    """Share of the directions in which red lies at one distance: the oval's own edge."""
    side: float
    """Shorter side over the picture's shorter side."""


@dataclass(frozen=True, slots=True)
class RedMarks:
    marks: tuple[RedMark, ...] = ()


@sensor(on="photo", version="1", packages=("opencv-python-headless",))
def red_marks(photo: Photo) -> RedMarks:
    """Red marks of one picture, the largest first. Raises CannotOpen, LimitReached."""
    return find_red_marks(photo.colour(EDGE))


def find_red_marks(picture: NDArray[np.uint8]) -> RedMarks:
    """Red marks of a blue-green-red picture (H, W, 3)."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    short = min(height, width)
    if short < 64:
        return RedMarks()
    wide = picture.astype(np.int16)
    lead = wide[:, :, 2] - np.maximum(wide[:, :, 0], wide[:, :, 1])
    # White balance: what the brightest, the paper, leads by is no ink.
    luma = wide.sum(2)
    paper = lead[luma >= np.percentile(luma, 70)]
    red: Any = ((lead - max(0, int(np.median(paper)))) >= RED_LEAD).astype(np.uint8)
    red = cv2.morphologyEx(red, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    reach = max(3, round(0.012 * short)) | 1
    joined = cv2.morphologyEx(red, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    order = sorted(range(1, count), key=lambda i: -int(stats[i, cv2.CC_STAT_WIDTH] * stats[i, cv2.CC_STAT_HEIGHT]))
    found = []
    for index in order[: 4 * MOST_MARKS]:
        left, top, across, down = (int(v) for v in stats[index, :4])
        edges = (left == 0) + (top == 0) + (left + across == width) + (top + down == height)
        # A wooden table is red too; it runs out of the picture, a seal does not.
        if min(across, down) < LEAST_SIDE * short or edges > 1:
            continue
        mask = (labels[top : top + down, left : left + across] == index).astype(np.uint8)
        mark = _measured(mask, (left, top), (width, height), short)
        if mark is not None:
            found.append(mark)
        if len(found) == MOST_MARKS:
            break
    return RedMarks(tuple(found))


def _measured(mask: Any, at: tuple[int, int], size: tuple[int, int], short: int) -> RedMark | None:
    import cv2
    import numpy as np

    points = cv2.findNonZero(mask)
    if points is None or len(points) < 40:
        return None
    (cx, cy), (a, b), turn = cv2.minAreaRect(points)
    if min(a, b) < LEAST_SIDE * short:
        return None
    angle = np.radians(turn)
    xy = points.reshape(-1, 2).astype(np.float64) - (cx, cy)
    along = xy[:, 0] * np.cos(angle) + xy[:, 1] * np.sin(angle)
    across = xy[:, 1] * np.cos(angle) - xy[:, 0] * np.sin(angle)
    radius = np.hypot(along / (a / 2), across / (b / 2))
    way = ((np.arctan2(across / b, along / a) + np.pi) / (2 * np.pi) * BINS).astype(int) % BINS
    outer = np.zeros(BINS)
    np.maximum.at(outer, way, radius)
    rim = float(((outer > 0.86) & (outer < 1.14)).mean())
    corners = cv2.boxPoints(((cx + at[0], cy + at[1]), (a, b), turn))
    quad = tuple((float(min(1, max(0, x / size[0]))), float(min(1, max(0, y / size[1])))) for x, y in corners)
    return RedMark(
        quad,  # type: ignore[arg-type]
        round(max(a, b) / min(a, b), 3),
        round(float((radius <= 1).sum()) / (np.pi * a * b / 4), 3),
        round(rim, 3),
        round(min(a, b) / short, 4),
    )
