"""The camera: where a flat thing lands in the picture, disc defocus, shake, tone curve and sensor noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Bgr = NDArray[np.uint8]
Plane = NDArray[np.float64]
"""3 x 3 homography from millimetres on a flat thing to pixels of the picture."""
Floats = NDArray[np.float32]

FOCAL_SHARE = 0.74
"""Focal length over the picture's long edge: the main lens of a phone."""
GRID = 8
"""Pixels between the nodes at which a warp is computed exactly."""


def aim(
    size_mm: tuple[float, float],
    top_px: float,
    *,
    turn_deg: float,
    tilt_deg: float,
    axis_deg: float,
    centre: tuple[float, float],
    long_edge: float,
) -> Plane:
    """The plane of a thing of ``size_mm`` whose top edge is ``top_px`` long in the picture.

    ``turn_deg`` is clockwise; the thing then leans back by ``tilt_deg`` about the direction ``axis_deg``.
    Its middle lands on ``centre``.
    """
    focal = FOCAL_SHARE * long_edge
    spin, lean, axis = np.deg2rad([turn_deg, tilt_deg, axis_deg])
    about_z = np.array([[np.cos(spin), -np.sin(spin), 0], [np.sin(spin), np.cos(spin), 0], [0, 0, 1]])
    direction = np.array([np.cos(axis), np.sin(axis), 0.0])
    leaning, _ = cv2.Rodrigues(direction * lean)
    pose = np.asarray(leaning, dtype=np.float64) @ about_z
    middle = np.array([[1, 0, -size_mm[0] / 2], [0, 1, -size_mm[1] / 2], [0, 0, 1]], dtype=np.float64)
    distance = focal * size_mm[0] / top_px
    for _ in range(6):
        lens = np.column_stack([pose[:, 0], pose[:, 1], [0.0, 0.0, distance]])
        shift = np.array([[focal, 0, centre[0]], [0, focal, centre[1]], [0, 0, 1]], dtype=np.float64)
        plane = shift @ lens @ middle
        ends = project(plane, np.array([[0.0, 0.0], [size_mm[0], 0.0]]))
        distance *= float(np.hypot(*(ends[1] - ends[0]))) / top_px
    return np.asarray(plane, dtype=np.float64)


def project(plane: Plane, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) millimetres to (n, 2) pixels."""
    flat = np.column_stack([points, np.ones(len(points))]) @ plane.T
    return np.asarray(flat[:, :2] / flat[:, 2:], dtype=np.float64)


def outline(plane: Plane, size_mm: tuple[float, float]) -> NDArray[np.float64]:
    """(4, 2) corners in pixels, clockwise from the thing's own top left."""
    w, h = size_mm
    return project(plane, np.array([[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]]))


def scale_at(plane: Plane, x: float, y: float, *, sideways: bool = False) -> float:
    """Pixels per millimetre at a point, along the reading direction."""
    step = (0.0, 1.0) if sideways else (1.0, 0.0)
    ends = project(plane, np.array([[x, y], [x + step[0], y + step[1]]]))
    return float(np.hypot(*(ends[1] - ends[0])))


@dataclass(frozen=True)
class Optics:
    """What the lens and the hand did to the picture."""

    radius: float
    """Radius of the disc of confusion in pixels; its standard deviation on one axis is half of that."""
    shake: float = 0.0
    """Length of the motion in pixels."""
    shake_deg: float = 0.0
    """Direction of the motion against the x axis."""

    def sigma(self, direction_deg: float) -> float:
        """Standard deviation in pixels of everything together, along a direction of the picture."""
        along = self.shake * abs(np.cos(np.deg2rad(self.shake_deg - direction_deg)))
        return float(np.sqrt((self.radius / 2) ** 2 + along**2 / 12))


def _kernel(optics: Optics) -> Floats:
    """Point spread: a filled disc with a slightly brighter rim, swept along the motion's path."""
    reach = int(np.ceil(max(optics.radius + 0.5, 1) + optics.shake / 2)) + 1
    fine = 4
    side = (2 * reach + 1) * fine
    canvas = np.zeros((side, side), np.float32)
    steps = max(1, int(optics.shake * 2))
    angle = np.deg2rad(optics.shake_deg)
    for i in range(steps):
        t = (i + 0.5) / steps - 0.5
        # A hand does not move in a straight line at an even speed.
        bend = optics.shake * 0.08 * np.sin(np.pi * (t + 0.5))
        x = side / 2 + fine * (optics.shake * t * np.cos(angle) - bend * np.sin(angle))
        y = side / 2 + fine * (optics.shake * t * np.sin(angle) + bend * np.cos(angle))
        disc = np.zeros_like(canvas)
        centre = (round(float(x) - 0.5), round(float(y) - 0.5))
        size = max(1, round(optics.radius * fine))
        cv2.circle(disc, centre, size, 1.0, -1)
        cv2.circle(disc, centre, size, 1.25, fine)
        canvas += disc
    small = cv2.resize(canvas, (2 * reach + 1, 2 * reach + 1), interpolation=cv2.INTER_AREA)
    return np.asarray(small / small.sum(), dtype=np.float32)


def blurred(picture: Gray, optics: Optics) -> Gray:
    """``picture`` through the optics. Wide blurs are done at half size, where nothing is left to lose."""
    if optics.radius < 0.4 and optics.shake < 0.8:
        return picture
    if optics.radius > 5 and optics.shake < 1:
        high, wide = picture.shape[:2]
        small = cv2.resize(picture, (wide // 2, high // 2), interpolation=cv2.INTER_AREA)
        soft = cv2.filter2D(small, -1, _kernel(Optics(optics.radius / 2)))
        return np.asarray(cv2.resize(soft, (wide, high), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    return np.asarray(cv2.filter2D(picture, -1, _kernel(optics)), dtype=np.uint8)


@dataclass
class Relief:
    """How a thing departs from flat, on nodes one millimetre apart: (rows, columns) arrays."""

    dx: Floats
    """Millimetres to the place whose print is seen here."""
    dy: Floats
    shade: Floats
    """Brightness factor of the paper."""


def flat_relief(size_mm: tuple[float, float]) -> Relief:
    """No relief for a thing of ``size_mm``."""
    shape = (int(size_mm[1]) + 2, int(size_mm[0]) + 2)
    zero = np.zeros(shape, np.float32)
    return Relief(zero, zero.copy(), np.ones(shape, np.float32))


def paste(
    canvas: Bgr,
    print_: Gray,
    *,
    per_mm: float,
    tint: Bgr,
    size_mm: tuple[float, float],
    plane: Plane,
    relief: Relief,
    optics: Optics,
) -> None:
    """Put a printed thing into ``canvas`` (changed in place), computing only its own rectangle.

    ``print_`` has ``per_mm`` pixels per mm; ``tint`` is a small BGR raster of the same sheet whose colours
    multiply the print.
    """
    high, wide = canvas.shape[:2]
    corners = outline(plane, size_mm)
    margin = 12 + 2 * optics.radius + optics.shake
    left = max(0, int(corners[:, 0].min() - margin) // GRID * GRID)
    top = max(0, int(corners[:, 1].min() - margin) // GRID * GRID)
    right = min(wide, left + -(-int(corners[:, 0].max() + margin - left) // GRID) * GRID)
    bottom = min(high, top + -(-int(corners[:, 1].max() + margin - top) // GRID) * GRID)
    if right - left < 2 * GRID or bottom - top < 2 * GRID:
        return
    cols, rows = -(-(right - left) // GRID), -(-(bottom - top) // GRID)
    xs = left + (np.arange(cols) + 0.5) * GRID - 0.5
    ys = top + (np.arange(rows) + 0.5) * GRID - 0.5
    gx, gy = np.meshgrid(xs, ys)
    back = np.linalg.inv(plane)
    depth = back[2, 0] * gx + back[2, 1] * gy + back[2, 2]
    mx = ((back[0, 0] * gx + back[0, 1] * gy + back[0, 2]) / depth).astype(np.float32)
    my = ((back[1, 0] * gx + back[1, 1] * gy + back[1, 2]) / depth).astype(np.float32)
    edge = cv2.BORDER_REPLICATE
    sx = mx + cv2.remap(relief.dx, mx, my, cv2.INTER_LINEAR, borderMode=edge)
    sy = my + cv2.remap(relief.dy, mx, my, cv2.INTER_LINEAR, borderMode=edge)
    shade = cv2.remap(relief.shade, mx, my, cv2.INTER_LINEAR, borderMode=edge)
    k = tint.shape[1] / size_mm[0]
    stain = cv2.remap(tint, sx * k - 0.5, sy * k - 0.5, cv2.INTER_LINEAR, borderMode=edge)
    colour = np.clip(stain.astype(np.float32) * shade[..., None], 0, 255).astype(np.uint8)
    whole = (cols * GRID, rows * GRID)
    fx = cv2.resize(sx * per_mm - 0.5, whole, interpolation=cv2.INTER_LINEAR)[: bottom - top, : right - left]
    fy = cv2.resize(sy * per_mm - 0.5, whole, interpolation=cv2.INTER_LINEAR)[: bottom - top, : right - left]
    coarse, fraction = cv2.convertMaps(fx, fy, cv2.CV_16SC2)
    seen = cv2.remap(print_, coarse, fraction, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = np.zeros(seen.shape, np.uint8)
    inside = (fx > -0.5) & (fx < print_.shape[1] - 0.5) & (fy > -0.5) & (fy < print_.shape[0] - 0.5)
    cover[inside] = 255
    seen = blurred(np.asarray(seen, dtype=np.uint8), optics)
    soft = max(1, int(optics.radius + optics.shake / 2)) * 2 + 1
    cover = np.asarray(cv2.blur(cover, (soft, soft)), dtype=np.uint8)
    tinted = cv2.resize(colour, whole, interpolation=cv2.INTER_LINEAR)[: bottom - top, : right - left]
    front = cv2.multiply(cv2.merge([seen] * 3), tinted, scale=1 / 255)
    mask = cv2.merge([cover] * 3)
    area = canvas[top:bottom, left:right]
    behind = cv2.multiply(area, cv2.bitwise_not(mask), scale=1 / 255)
    area[:] = cv2.add(cv2.multiply(front, mask, scale=1 / 255), behind)


@lru_cache(maxsize=2)
def _grain(kind: int) -> Bgr:
    """A (1024, 1536, 3) noise tile around 128 with a standard deviation near 16, as a Bayer sensor makes it.

    Kind 1 is the smear that a phone's noise reduction leaves in the dark.
    """
    rng = np.random.default_rng(917 + kind)
    raw = np.clip(rng.normal(128, 30, (1024, 1536)), 0, 255).astype(np.uint8)
    colour = np.asarray(cv2.cvtColor(raw, cv2.COLOR_BayerGR2BGR), dtype=np.float32) - 128
    if kind == 1:
        blotch = cv2.resize(rng.normal(0, 12, (256, 384, 3)).astype(np.float32), (1536, 1024))
        colour = cv2.GaussianBlur(colour, (0, 0), 1.1) * 1.6 + blotch
    colour *= 16 / colour.std()
    return np.asarray(np.clip(colour + 128, 0, 255), dtype=np.uint8)


def add_noise(rng: Generator, picture: Bgr, sigma: float, *, smeared: bool) -> None:
    """Sensor noise of about ``sigma`` levels and a faint row pattern, in place."""
    tile = _grain(1 if smeared else 0)
    level = cv2.addWeighted(tile, sigma / 16, tile, 0, 128 - 128 * sigma / 16)
    high, wide = picture.shape[:2]
    rows: Floats = np.asarray(rng.normal(0, sigma * 0.18, high), dtype=np.float32)
    wave = np.sin(np.arange(high, dtype=np.float32) / high * rng.uniform(10, 60))
    rows = np.asarray(rows + sigma * 0.2 * wave, dtype=np.float32)
    for top in range(0, high, level.shape[0]):
        for left in range(0, wide, level.shape[1]):
            part = picture[top : top + level.shape[0], left : left + level.shape[1]]
            # Flips keep the tile from being seen as a tile.
            piece = cv2.flip(level, int(rng.integers(-1, 2)))[: part.shape[0], : part.shape[1]]
            banded = piece + rows[top : top + part.shape[0], None, None].astype(np.int16) if sigma > 5 else piece
            piece = np.clip(banded, 0, 255).astype(np.uint8) if sigma > 5 else piece
            cv2.addWeighted(part, 1, piece, 1, -128, dst=part)


def expose(picture: Bgr, light: Floats, halo: float) -> Bgr:
    """Light falling on the scene and the phone's local tone mapping, as one low-resolution gain.

    ``light`` is (h, w, 3) BGR factors of any size. ``halo`` 0 to 0.5 is how far dark surroundings are lifted,
    which leaves a glow around bright paper.
    """
    high, wide = picture.shape[:2]
    small = cv2.resize(picture, (wide // 32, high // 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    gain = cv2.resize(light, (wide // 32, high // 32), interpolation=cv2.INTER_LINEAR)
    if halo > 0:
        level = cv2.GaussianBlur((small * gain).mean(axis=2), (0, 0), 5) + 12
        gain = gain * ((level / 150.0) ** -halo)[..., None]
    coarse = np.clip(gain * 100, 0, 255).astype(np.uint8)
    return np.asarray(cv2.multiply(picture, cv2.resize(coarse, (wide, high)), scale=1 / 100), dtype=np.uint8)
