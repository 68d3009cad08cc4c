"""Tables, floors, parcels and things on them, drawn at a quarter of the picture's resolution."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from .camera import Bgr, Floats, Plane, outline

QUARTER = 4
"""Picture pixels per background pixel."""


def cloud(rng: Generator, shape: tuple[int, int], cells: int, octaves: int = 4, stretch: float = 1.0) -> Floats:
    """Smooth noise of (h, w), about -1 to 1; ``stretch`` > 1 draws it out along x."""
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        n = cells * 2**octave
        rows, cols = max(2, n * shape[0] // shape[1]), max(2, int(n / stretch))
        grid = rng.normal(0, 1, (rows, cols)).astype(np.float32)
        total += cv2.resize(grid, shape[::-1], interpolation=cv2.INTER_CUBIC) * np.float32(0.55**octave)
    return np.asarray(total / 1.6, dtype=np.float32)


def _paint(base: tuple[int, int, int], change: Floats, amount: float) -> Bgr:
    picture = np.array(base, np.float32) * (1 + amount * change[..., None])
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)


def _wood(rng: Generator, shape: tuple[int, int]) -> Bgr:
    base = ((80, 120, 165), (60, 85, 120), (130, 165, 200), (45, 60, 85))[int(rng.integers(4))]
    rings = np.sin(cloud(rng, shape, 10, 2, 9) * 14)
    grain: Floats = np.asarray(cloud(rng, shape, 60, 4, 22) * 0.7 + rings * 0.3, dtype=np.float32)
    wood = _paint(base, grain, 0.13)
    board = int(rng.integers(90, 220))
    for y in range(int(rng.integers(board)), shape[0], board):
        cv2.line(wood, (0, y), (shape[1], y), tuple(int(c * 0.45) for c in base), 1, cv2.LINE_AA)
    return wood


def _tiles(rng: Generator, shape: tuple[int, int]) -> Bgr:
    base = ((205, 212, 214), (165, 175, 180), (120, 125, 128))[int(rng.integers(3))]
    floor = _paint(base, cloud(rng, shape, 14, 5), 0.05)
    step = int(rng.integers(180, 360))
    for at in range(int(rng.integers(step)), max(shape), step):
        cv2.line(floor, (at, 0), (at + 20, shape[0]), tuple(int(c * 0.7) for c in base), 2, cv2.LINE_AA)
        cv2.line(floor, (0, at), (shape[1], at - 20), tuple(int(c * 0.7) for c in base), 2, cv2.LINE_AA)
    return floor


def _cloth(rng: Generator, shape: tuple[int, int]) -> Bgr:
    base = tuple(int(v) for v in rng.integers(60, 220, 3))
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    folds = np.sin(cloud(rng, shape, 3, 2) * 5) * 0.8
    pattern = np.sign(np.sin(x / rng.uniform(12, 40))) + np.sign(np.sin(y / rng.uniform(12, 40)))
    plaid = pattern * 0.35 if rng.random() < 0.5 else np.zeros_like(folds)
    weave = rng.normal(0, 0.5, shape).astype(np.float32)
    change: Floats = np.asarray(folds + plaid + weave, dtype=np.float32)
    return _paint((base[0], base[1], base[2]), change, 0.12)


def _concrete(rng: Generator, shape: tuple[int, int]) -> Bgr:
    base = ((118, 122, 126), (90, 92, 92), (140, 150, 160))[int(rng.integers(3))]
    rough = cloud(rng, shape, 30, 5) + rng.normal(0, 0.7, shape).astype(np.float32)
    return _paint(base, rough, 0.10)


def _kraft(rng: Generator, shape: tuple[int, int]) -> Bgr:
    y = np.arange(shape[0], dtype=np.float32)[:, None]
    flutes = np.sin(y / rng.uniform(1.6, 2.6)) * 0.25
    change = cloud(rng, shape, 12, 5, 4) * 0.6 + flutes
    return _paint(((95, 140, 180), (110, 150, 190), (80, 125, 170))[int(rng.integers(3))], change, 0.06)


def _film(rng: Generator, shape: tuple[int, int]) -> Bgr:
    base = ((150, 150, 150), (60, 60, 62), (215, 215, 212), (175, 130, 205), (190, 200, 150))[int(rng.integers(5))]
    ridge = 1 - np.abs(cloud(rng, shape, 5, 4))
    shine = np.clip(ridge - 0.75, 0, 1) * 3
    return _paint(base, (cloud(rng, shape, 4, 3) * 0.6 + shine).astype(np.float32), 0.22)


GROUNDS = {"wood": _wood, "tiles": _tiles, "cloth": _cloth, "concrete": _concrete}


def ground(rng: Generator, size: tuple[int, int]) -> tuple[str, Bgr]:
    """A table or floor filling a picture of ``size`` (width, height): its name and a quarter-size raster."""
    shape = (size[1] // QUARTER, size[0] // QUARTER)
    name = str(rng.choice(list(GROUNDS)))
    canvas = GROUNDS[name](rng, shape)
    if rng.random() < 0.35:
        canvas = np.ascontiguousarray(cv2.resize(np.rot90(canvas), shape[::-1]))
    for _ in range(int(rng.integers(0, 4))):
        _clutter(rng, canvas)
    return name, canvas


def _clutter(rng: Generator, canvas: Bgr) -> None:
    """A cable, a pen, a cup's rim or a sheet of paper."""
    high, wide = canvas.shape[:2]
    at = (int(rng.integers(wide)), int(rng.integers(high)))
    colour = tuple(int(v) for v in rng.integers(20, 235, 3))
    kind = int(rng.integers(4))
    if kind == 0:
        t = np.linspace(0, 1, 60)
        x = at[0] + (t - 0.5) * wide * rng.uniform(0.3, 1.2)
        y = at[1] + np.sin(t * rng.uniform(2, 9)) * rng.uniform(10, 90)
        path = [np.column_stack([x, y]).astype(np.int32)]
        cv2.polylines(canvas, path, False, (35, 35, 35), int(rng.integers(2, 6)), cv2.LINE_AA)
    elif kind == 1:
        turn = rng.uniform(0, np.pi)
        to = (int(at[0] + 130 * np.cos(turn)), int(at[1] + 130 * np.sin(turn)))
        cv2.line(canvas, (at[0] + 4, at[1] + 5), (to[0] + 4, to[1] + 5), (40, 40, 40), 9, cv2.LINE_AA)
        cv2.line(canvas, at, to, colour, 8, cv2.LINE_AA)
        cv2.line(canvas, at, to, tuple(min(255, c + 50) for c in colour), 2, cv2.LINE_AA)
    elif kind == 2:
        radius = int(rng.integers(40, 95))
        cv2.circle(canvas, (at[0] + 10, at[1] + 10), radius, (50, 50, 50), -1, cv2.LINE_AA)
        cv2.circle(canvas, at, radius, colour, -1, cv2.LINE_AA)
        cv2.circle(canvas, at, int(radius * 0.84), (35, 50, 70), -1, cv2.LINE_AA)
    else:
        box = cv2.boxPoints(
            (at, (float(rng.integers(90, 260)), float(rng.integers(70, 200))), float(rng.uniform(0, 90)))
        )
        cv2.fillPoly(canvas, [(box + 5).astype(np.int32)], (60, 60, 60), cv2.LINE_AA)
        cv2.fillPoly(canvas, [box.astype(np.int32)], (215, 222, 225), cv2.LINE_AA)


def _spread(canvas: Bgr, picture: Bgr, plane: Plane, size_mm: tuple[float, float]) -> None:
    """Warp a small raster of a flat thing into the quarter-size canvas, with a soft shadow under it."""
    high, wide = canvas.shape[:2]
    to_mm = np.diag([size_mm[0] / picture.shape[1], size_mm[1] / picture.shape[0], 1.0])
    whole = np.diag([1 / QUARTER, 1 / QUARTER, 1.0]) @ plane @ to_mm
    corners = (outline(plane, size_mm) / QUARTER).astype(np.float32)
    shadow = np.zeros((high, wide), np.uint8)
    cv2.fillConvexPoly(shadow, (corners + 12).astype(np.int32), 150, cv2.LINE_AA)
    shadow = np.asarray(cv2.blur(shadow, (31, 31)), dtype=np.uint8)
    canvas[:] = cv2.multiply(canvas, cv2.merge([cv2.bitwise_not(shadow)] * 3), scale=1 / 255)
    mask = np.zeros((high, wide), np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    warped = cv2.warpPerspective(picture, whole, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    weight = cv2.merge([mask] * 3)
    kept = cv2.multiply(canvas, cv2.bitwise_not(weight), scale=1 / 255)
    canvas[:] = cv2.add(cv2.multiply(warped, weight, scale=1 / 255), kept)


def parcel(rng: Generator, canvas: Bgr, plane: Plane, size_mm: tuple[float, float], kind: str) -> None:
    """A carton, mailer or envelope whose top has ``size_mm`` on ``plane``, drawn into the small canvas."""
    shape = (int(np.clip(size_mm[1] * 1.5, 60, 900)), int(np.clip(size_mm[0] * 1.5, 60, 900)))
    if kind == "mailer":
        top = _film(rng, shape)
        top[:, :6] = (top[:, :6] * 0.8).astype(np.uint8)
        top[:14] = (top[:14] * 1.08).clip(0, 255).astype(np.uint8)
    elif kind == "envelope":
        top = _paint(
            ((225, 232, 235), (200, 150, 90), (170, 200, 220))[int(rng.integers(3))],
            cloud(rng, shape, 6, 4),
            0.03,
        )
        cv2.rectangle(top, (8, 8), (shape[1] - 9, 40), tuple(int(v) for v in rng.integers(40, 200, 3)), -1)
    else:
        top = _kraft(rng, shape)
        middle = int(shape[0] * rng.uniform(0.42, 0.58))
        cv2.line(top, (0, middle), (shape[1], middle), (50, 75, 100), 1, cv2.LINE_AA)
        tape = ((130, 170, 200), (210, 215, 215), (60, 130, 190))[int(rng.integers(3))]
        band = slice(max(0, middle - 34), middle + 34)
        shine = 1 + 0.25 * np.clip(cloud(rng, top[band].shape[:2], 6, 3, 3), 0, 1)[..., None]
        top[band] = np.clip((top[band] * 0.45 + np.array(tape) * 0.55) * shine, 0, 255).astype(np.uint8)
        _carton_side(rng, canvas, plane, size_mm)
    _spread(canvas, top, plane, size_mm)


def _carton_side(rng: Generator, canvas: Bgr, plane: Plane, size_mm: tuple[float, float]) -> None:
    """The two sides of a carton that a slanting view shows, as darker polygons behind its top."""
    corners = outline(plane, size_mm) / QUARTER
    drop = rng.uniform(-1, 1, 2) * 60
    lower = corners * 1.0 + drop
    for i in range(4):
        j = (i + 1) % 4
        face = np.array([corners[i], corners[j], lower[j], lower[i]]).astype(np.int32)
        shade = (60, 90, 120) if i % 2 else (75, 110, 145)
        cv2.fillPoly(canvas, [face], shade, cv2.LINE_AA)


def fruit(rng: Generator, canvas: Bgr, centre: tuple[float, float], radius: float) -> str:
    """A round fruit at ``centre`` and ``radius`` in picture pixels; returns its name."""
    name, colour = (("apple", (45, 45, 190)), ("orange", (40, 140, 240)), ("lime", (70, 180, 150)))[
        int(rng.integers(3))
    ]
    at, r = (int(centre[0] / QUARTER), int(centre[1] / QUARTER)), max(4, int(radius / QUARTER))
    cv2.ellipse(canvas, (at[0] + r // 4, at[1] + r // 3), (r, r), 0, 0, 360, (45, 45, 45), -1, cv2.LINE_AA)
    for k in range(r, 0, -2):
        t = 1 - k / r
        tone = tuple(min(255, int(c * (0.55 + 0.7 * t) + 60 * t**4)) for c in colour)
        spot = (int(at[0] - r * 0.3 * t), int(at[1] - r * 0.3 * t))
        cv2.circle(canvas, spot, k, tone, -1, cv2.LINE_AA)
    return name
