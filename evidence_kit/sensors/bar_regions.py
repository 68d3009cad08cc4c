"""Where bars stand in a picture: areas whose edges all point one way, found at reduced size by the structure tensor.

Source of the method: Bigun and Granlund's structure tensor (coherence of the averaged squared gradient); a bar code
is a place where gradients are strong and nearly all parallel, text is one where they are strong and mixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CELL = 4
"""Side in pixels of the cells over which gradients are averaged."""
COHERENT = 0.55
BUSY = 0.06
"""A cell counts where its coherence, and its gradient energy as a share of the picture's 99th percentile, are above."""
FLAT = 400.0
"""Gradient energy of plain noise: keeps coherence low where there is nothing."""
SMALLEST = 64
"""Cells of the smallest patch that is measured."""
SECTORS = 8
SECTOR_REACH = 24
"""Each set of directions reaches 17 degrees to both sides (in 256ths of the half circle); a sector is 22.5 wide."""
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


def corners_of(
    centre: tuple[float, float], across: float, along: float, turn_deg: float
) -> tuple[tuple[float, float], ...]:
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
    leaning, crossing = jxx - jyy, 2 * jxy
    coherence = cv2.magnitude(leaning, crossing) / (energy + FLAT)
    busy = BUSY * max(2000.0, float(np.percentile(energy[::2, ::2], 99)))
    mask = ((coherence > COHERENT) & (energy > busy)).astype(np.uint8)
    # Direction of each cell, 0..255 for the half circle of the doubled angle.
    turn = cv2.phase(leaning, crossing, angleInDegrees=False)
    step = (turn * (256 / (2 * np.pi))).astype(np.uint8)
    found: list[BarArea] = []
    # Overlapping sets of directions, so that a code whose direction lies on a border is whole in one of them.
    for sector in range(SECTORS):
        towards = np.arange(256) - sector * 256 // SECTORS
        near = (np.abs((towards + 128) % 256 - 128) <= SECTOR_REACH).astype(np.uint8)
        part = cv2.bitwise_and(mask, cv2.LUT(step, near))
        part = cv2.morphologyEx(part, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        # Frames and rules of the label run into the bars; they are thinner than any bar is long.
        part = cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        x0, y0, w0, h0 = cv2.boundingRect(part)
        if w0 * h0 < SMALLEST:
            continue
        part = part[y0 : y0 + h0, x0 : x0 + w0]
        count, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
        for index in range(1, count):
            if stats[index, cv2.CC_STAT_AREA] < SMALLEST:
                continue
            left, top, w, h = (int(v) for v in stats[index, :4])
            inside = labels[top : top + h, left : left + w] == index
            left, top = left + x0, top + y0
            window = np.s_[top : top + h, left : left + w]
            sums = tuple(float(j[window][inside].sum()) for j in (leaning, crossing, coherence, energy))
            area = _area(inside, (left, top), sums)
            if area is not None:
                found.append(area)
    return _distinct(found)


def _area(inside: Any, corner: tuple[int, int], sums: tuple[float, ...]) -> BarArea | None:
    """The turned rectangle of one patch of cells; None where it has not the shape of bars."""
    import numpy as np

    rows, columns = np.nonzero(inside)
    turn = 0.5 * np.arctan2(sums[1], sums[0])
    c, s = np.cos(turn), np.sin(turn)
    x, y = (columns + corner[0] + 0.5) * CELL, (rows + corner[1] + 0.5) * CELL
    u, v = x * c + y * s, -x * s + y * c
    # Of an evenly filled rectangle the sides are the deviations times the root of twelve.
    um, vm = float(u.mean()), float(v.mean())
    across, along = 12**0.5 * float(u.std()) + CELL, 12**0.5 * float(v.std()) + CELL
    filled = len(rows) * CELL * CELL / (across * along)
    # A waybill's bars run over more than they are long; an edge of paper or wood is the other way about.
    if across < max(40.0, 0.9 * along) or along < 12.0 or filled < 0.6:
        return None
    centre = (float(um * c - vm * s), float(um * s + vm * c))
    return BarArea(centre, across, along, float(np.degrees(turn)), sums[2] / len(rows), sums[3] / len(rows))


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


def joined(areas: list[BarArea]) -> list[BarArea]:
    """Pairs of areas that may be one code torn apart by glare, a crease or a hand, as one area each."""
    found = []
    for i, one in enumerate(areas):
        for other in areas[i + 1 :]:
            whole = _joined(one, other)
            if whole is not None:
                found.append(whole)
    return found


def _joined(one: BarArea, other: BarArea) -> BarArea | None:
    from math import cos, radians, sin

    apart = (one.turn_deg - other.turn_deg + 90) % 180 - 90
    if abs(apart) > 9 or not 0.5 < one.along / other.along < 2:
        return None
    big = one if one.across >= other.across else other
    c, s = cos(radians(big.turn_deg)), sin(radians(big.turn_deg))

    def place(area: BarArea) -> tuple[float, float]:
        x, y = area.centre
        return x * c + y * s, -x * s + y * c

    (u1, v1), (u2, v2) = place(one), place(other)
    start = min(u1 - one.across / 2, u2 - other.across / 2)
    end = max(u1 + one.across / 2, u2 + other.across / 2)
    if abs(v1 - v2) > 0.6 * big.along or end - start > 1.6 * (one.across + other.across):
        return None
    u, v = (start + end) / 2, (v1 * one.across + v2 * other.across) / (one.across + other.across)
    coherence, energy = (one.coherence + other.coherence) / 2, (one.energy + other.energy) / 2
    centre = (u * c - v * s, u * s + v * c)
    return BarArea(centre, end - start, max(one.along, other.along), big.turn_deg, coherence, energy)
