"""Where printed things lie in the frame: turns, tilts, and free places."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from .camera import Plane, aim, outline

TURNS = ((0.0, 0.60), (90.0, 0.15), (270.0, 0.15), (180.0, 0.10))
"""Clockwise turn in degrees and share of photos around it."""
TILT_MAX = 35.0


def draw_turn(rng: Generator) -> float:
    base = TURNS[int(rng.choice(len(TURNS), p=[share for _, share in TURNS]))][0]
    extra = rng.uniform(-25, 25) if rng.random() < 0.25 else 0.0
    return float((base + rng.uniform(-12, 12) + extra) % 360)


def reach(plane: Plane, size_mm: tuple[float, float]) -> tuple[float, float, float, float]:
    corners = outline(plane, size_mm)
    low, high = corners.min(axis=0), corners.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def apart(a: Plane, a_mm: tuple[float, float], b: Plane, b_mm: tuple[float, float]) -> bool:
    one = cv2.convexHull(outline(a, a_mm).astype(np.float32))
    two = cv2.convexHull(outline(b, b_mm).astype(np.float32))
    return float(cv2.intersectConvexConvex(one, two)[0]) <= 0.0


def place(
    rng: Generator,
    sheet_mm: tuple[float, float],
    span: tuple[float, float],
    size: tuple[int, int],
    taken: list[tuple[Plane, tuple[float, float]]],
) -> Plane | None:
    """A pose for a label with its top edge in ``span`` pixels, wholly in the frame and clear of the others.

    ``span`` and ``size`` are in pixels; ``taken`` holds the planes and sizes (mm) of what lies there already.
    """
    for attempt in range(40):
        # Later attempts settle for less: closer to the small end, straighter, less tilt.
        ease = max(0.0, 1 - attempt / 30)
        top = span[0] + (span[1] - span[0]) * float(rng.uniform(0, 1)) * ease
        tilt = TILT_MAX * float(rng.beta(1.2, 2.2)) * ease
        turn = draw_turn(rng)
        centre = (size[0] / 2, size[1] / 2)
        axis = float(rng.uniform(0, 360))
        plane = aim(sheet_mm, top, turn_deg=turn, tilt_deg=tilt, axis_deg=axis, centre=centre, long_edge=max(size))
        low_x, low_y, high_x, high_y = reach(plane, sheet_mm)
        room_x, room_y = size[0] - (high_x - low_x) - 40, size[1] - (high_y - low_y) - 40
        if room_x < 0 or room_y < 0:
            continue
        x, y = (20 + room * float(np.clip(rng.normal(0.5, 0.28), 0, 1)) for room in (room_x, room_y))
        shift = np.array([[1, 0, x - low_x], [0, 1, y - low_y], [0, 0, 1]])
        shifted = shift @ plane
        if all(apart(shifted, sheet_mm, other, mm) for other, mm in taken):
            return np.asarray(shifted, dtype=np.float64)
    return None


def moved_origin(plane: Plane, offset: tuple[float, float]) -> Plane:
    """The same plane with its origin moved by ``offset`` mm."""
    return np.asarray(plane @ np.array([[1, 0, offset[0]], [0, 1, offset[1]], [0, 0, 1]]), dtype=np.float64)
