"""What stands where in a photo: labels, parcels, goods, hands, pages and screens, as regions with their scores.

Raw: every region that stands out at all is listed with its mean score; what counts is for the facts to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence_kit.schema import Quad
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONG_EDGE = 384
"""Pixels at which the picture is looked at."""
MAX_REGIONS = 12
"""Of one kind, the largest first."""


@dataclass(frozen=True, slots=True)
class Region:
    """One connected area of a kind."""

    quad: Quad
    """The smallest turned rectangle around it, clockwise from the corner nearest the picture's top left."""
    share: float
    """Of the picture's area, 0..1: the area itself, not its rectangle."""
    score: float
    """Mean probability of the kind over the area, 0..1."""
    peak: float
    """95th percentile of the same."""
    filled: float
    """The area as a share of its rectangle."""
    at_edge: bool
    """It touches the picture's border."""


@dataclass(frozen=True, slots=True)
class FrameContent:
    """Everything that the model tells apart in one photo."""

    width: int
    height: int
    labels: tuple[Region, ...] = ()
    goods: tuple[Region, ...] = ()
    sealed: tuple[Region, ...] = ()
    """Closed cartons and mailers."""
    opened: tuple[Region, ...] = ()
    """Opened ones."""
    hands: tuple[Region, ...] = ()
    pages: tuple[Region, ...] = ()
    """Screens and printed pages that are no label."""
    engine: str = "contrast"


@sensor(on="photo", version="1", packages=("opencv-python-headless",))
def frame_content(photo: Photo) -> FrameContent:
    """Regions of a photo. Raises CannotOpen, LimitReached."""
    header = photo.header
    picture = photo.colour(LONG_EDGE)
    return FrameContent(header.width, header.height, goods=tuple(_standing_out(picture)))


def _standing_out(picture: NDArray[np.uint8]) -> list[Region]:
    """Areas whose colour is unlike the picture's border: (H, W, 3) to regions with modest scores."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    if min(height, width) < 16:
        return []
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 2.0), cv2.COLOR_BGR2LAB).astype(np.float32)
    rim = max(3, min(height, width) // 16)
    border = np.concatenate([
        lab[:rim].reshape(-1, 3), lab[-rim:].reshape(-1, 3), lab[:, :rim].reshape(-1, 3), lab[:, -rim:].reshape(-1, 3),
    ])  # fmt: skip
    middle = np.median(border, axis=0)
    spread = np.median(np.abs(border - middle), axis=0) * 2 + 6
    unlike = np.sqrt((((lab - middle) / spread) ** 2).sum(axis=2))
    score = np.clip((unlike - 2) / 8, 0, 0.6).astype(np.float32)
    return regions_of(score, 0.2)


def regions_of(score: NDArray[np.float32], least: float) -> list[Region]:
    """Connected areas of (H, W) scores above ``least``, the largest first."""
    import cv2
    import numpy as np

    height, width = score.shape
    mask = (score > least).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    order = sorted(range(1, count), key=lambda index: -int(stats[index, cv2.CC_STAT_AREA]))
    found = []
    for index in order[:MAX_REGIONS]:
        area = int(stats[index, cv2.CC_STAT_AREA])
        if area < 3:
            break
        inside = labels == index
        values = score[inside]
        quad, box_area = _quad(inside, width, height)
        left, top, w, h = (int(v) for v in stats[index, :4])
        edge = left == 0 or top == 0 or left + w == width or top + h == height
        found.append(
            Region(
                quad, round(area / (width * height), 5), round(float(values.mean()), 4),
                round(float(np.percentile(values, 95)), 4), round(min(1.0, area / max(box_area, 1.0)), 4), edge,
            )
        )  # fmt: skip
    return found


def _quad(inside: NDArray[np.bool_], width: int, height: int) -> tuple[Quad, float]:
    """The smallest rectangle around an area as fractions, and its area in cells."""
    import cv2
    import numpy as np

    outline, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    points = np.concatenate(outline)[:, 0].astype(np.float32)
    # Cells are squares, not points: their outer corners count.
    points = np.concatenate([points + step for step in ((0, 0), (1, 0), (0, 1), (1, 1))]).astype(np.float32)
    box = cv2.minAreaRect(points)
    corners: Any = cv2.boxPoints(box)
    first = int(np.argmin(corners.sum(axis=1)))
    a, b, c, d = (
        (round(min(1.0, max(0.0, float(x) / width)), 4), round(min(1.0, max(0.0, float(y) / height)), 4))
        for x, y in np.roll(corners, -first, axis=0)
    )
    return (a, b, c, d), float(box[1][0] * box[1][1])
