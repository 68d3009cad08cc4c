"""Where bars stand in a picture: areas whose edges all point one way, found at reduced size by the structure tensor.

Source of the method: Bigun and Granlund's structure tensor (coherence of the averaged squared gradient); a bar code
is a place where gradients are strong and nearly all parallel, text is one where they are strong and mixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CELL = 8
"""Side in pixels of the cells over which gradients are averaged."""
COHERENT = 0.55
BUSY = 0.12
"""A cell counts where its coherence, and its gradient energy as a share of the picture's 99th percentile, are above."""
MAX_REGIONS = 12


@dataclass(frozen=True, slots=True)
class BarArea:
    """A turned rectangle of bars, in pixels of the picture that was searched."""

    centre: tuple[float, float]
    across: float
    """Extent along the reading direction, over the bars."""
    along: float
    """Length of the bars."""
    turn_deg: float
    """Direction of reading against the x axis, clockwise in picture coordinates, -90 < turn <= 90."""
    coherence: float
    energy: float

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """Clockwise from the top left as read along ``turn_deg``."""
        return corners_of(self.centre, self.across, self.along, self.turn_deg)


def corners_of(centre: tuple[float, float], across: float, along: float, turn_deg: float) -> Any:
    """The four corners of a turned rectangle, clockwise from its own top left."""
    from math import cos, radians, sin

    c, s = cos(radians(turn_deg)), sin(radians(turn_deg))
    halves = ((-across, -along), (across, -along), (across, along), (-across, along))
    return tuple((centre[0] + (x * c - y * s) / 2, centre[1] + (x * s + y * c) / 2) for x, y in halves)


def find_bars(picture: NDArray[np.uint8]) -> list[BarArea]:
    """Bar areas in a grey picture (H, W), the most bar-like first, MAX_REGIONS at most."""
    import cv2
    import numpy as np

    height, width = picture.shape
    if min(height, width) < 4 * CELL:
        return []
    grid = (max(1, width // CELL), max(1, height // CELL))
    gx = cv2.Sobel(picture, cv2.CV_16S, 1, 0, ksize=3)
    gy = cv2.Sobel(picture, cv2.CV_16S, 0, 1, ksize=3)

    def averaged(a: Any, b: Any) -> Any:
        product = cv2.multiply(a, b, dtype=cv2.CV_32F)
        return cv2.resize(product, grid, interpolation=cv2.INTER_AREA)

    jxx, jyy, jxy = averaged(gx, gx), averaged(gy, gy), averaged(gx, gy)
    jxx, jyy, jxy = (cv2.blur(j, (3, 3)) for j in (jxx, jyy, jxy))
    energy = jxx + jyy
    coherence = np.sqrt((jxx - jyy) ** 2 + 4 * jxy**2) / (energy + 400.0)
    busy = energy > BUSY * max(2000.0, float(np.percentile(energy, 99)))
    turn = 0.5 * np.arctan2(2 * jxy, jxx - jyy)
    found: list[BarArea] = []
    mask = ((coherence > COHERENT) & busy).astype(np.uint8)
    # Two overlapping sets of directions, so that a code whose direction lies on a border is whole in one of them.
    doubled_x, doubled_y = np.cos(2 * turn), np.sin(2 * turn)
    for sector in range(8):
        towards = sector * np.pi / 8
        near = (doubled_x * np.cos(2 * towards) + doubled_y * np.sin(2 * towards)) > np.cos(np.radians(34))
        part = cv2.morphologyEx(mask & near.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
        for index in range(1, count):
            if stats[index, cv2.CC_STAT_AREA] < 12:
                continue
            area = _area(labels == index, stats[index], jxx, jyy, jxy, coherence, energy)
            if area is not None:
                found.append(area)
    return _distinct(found)


def _area(inside: Any, box: Any, jxx: Any, jyy: Any, jxy: Any, coherence: Any, energy: Any) -> BarArea | None:
    import numpy as np

    left, top, w, h = (int(v) for v in box[:4])
    window = np.s_[top : top + h, left : left + w]
    inside = inside[window]
    rows, columns = np.nonzero(inside)
    xx, yy, xy = (float(j[window][inside].sum()) for j in (jxx, jyy, jxy))
    turn = 0.5 * np.arctan2(2 * xy, xx - yy)
    c, s = np.cos(turn), np.sin(turn)
    x, y = (columns + left + 0.5) * CELL, (rows + top + 0.5) * CELL
    u, v = x * c + y * s, -x * s + y * c
    u0, u1 = np.percentile(u, (1, 99))
    v0, v1 = np.percentile(v, (3, 97))
    across, along = float(u1 - u0 + CELL), float(v1 - v0 + CELL)
    filled = len(rows) * CELL * CELL / max(1.0, across * along)
    # A waybill's bars run over more than they are long; an edge of paper or wood is the other way about.
    if across < max(5 * CELL, 0.9 * along) or along < 1.5 * CELL or filled < 0.45:
        return None
    um, vm = (u0 + u1) / 2, (v0 + v1) / 2
    centre = (float(um * c - vm * s), float(um * s + vm * c))
    return BarArea(
        centre, across, along, float(np.degrees(turn)), float(coherence[window][inside].mean()),
        float(energy[window][inside].mean()),
    )  # fmt: skip


def _distinct(areas: list[BarArea]) -> list[BarArea]:
    """The strongest of those that lie on one place."""
    kept: list[BarArea] = []
    for area in sorted(areas, key=lambda a: -a.coherence * (a.energy * a.across * a.along) ** 0.5):
        if all(not _same_place(area, other) for other in kept):
            kept.append(area)
    return kept[:MAX_REGIONS]


def _same_place(one: BarArea, other: BarArea) -> bool:
    from math import hypot

    reach = 0.5 * min(max(one.across, one.along), max(other.across, other.along))
    return hypot(one.centre[0] - other.centre[0], one.centre[1] - other.centre[1]) < reach
