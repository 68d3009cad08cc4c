"""What the phone adds: where things land in the picture, light, blur, noise, sharpening.

Everything here is made for 12-megapixel pictures in a fraction of a second: smooth fields are made small and
enlarged, noise is a plate made once and tiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]
Matrix = NDArray[np.floating]
_PLATE = 1024


@dataclass(frozen=True)
class Camera:
    """A pinhole above a plane. World: millimetres, x right, y down, z towards the camera; z = 0 holds the label."""

    focal_px: float
    distance_mm: float
    centre_px: tuple[float, float]
    """Where the world's origin lands."""
    tilt_x_rad: float = 0.0
    tilt_y_rad: float = 0.0

    @property
    def _turn(self) -> Matrix:
        cx, sx, cy, sy = (
            np.cos(self.tilt_x_rad),
            np.sin(self.tilt_x_rad),
            np.cos(self.tilt_y_rad),
            np.sin(self.tilt_y_rad),
        )
        about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
        about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        return np.asarray(about_x @ about_y, np.float64)

    @property
    def matrix(self) -> Matrix:
        """(3, 4): homogeneous millimetres to homogeneous pixels."""
        r = self._turn
        depth = np.append(-r[2], self.distance_mm)
        rows = [np.append(self.focal_px * r[i], 0.0) + self.centre_px[i] * depth for i in (0, 1)]
        return np.stack([*rows, depth])

    def plane(self, z_mm: float) -> Matrix:
        """(3, 3): (x, y, 1) of the plane at a height to homogeneous pixels."""
        m = self.matrix
        return np.stack([m[:, 0], m[:, 1], m[:, 2] * z_mm + m[:, 3]], axis=1)

    def project(self, points_mm: NDArray[np.floating] | list[tuple[float, float, float]]) -> Matrix:
        """(n, 3) millimetres to (n, 2) pixels."""
        p = np.asarray(points_mm, np.float64)
        q = np.hstack([p, np.ones((len(p), 1))]) @ self.matrix.T
        return np.asarray(q[:, :2] / q[:, 2:])


def through(h: Matrix, points: NDArray[np.floating] | list[tuple[float, float]]) -> Matrix:
    """Points (n, 2) through a homography."""
    p = np.asarray(points, np.float64)
    q = np.hstack([p, np.ones((len(p), 1))]) @ h.T
    return np.asarray(q[:, :2] / q[:, 2:])


def smooth_field(rng: np.random.Generator, size: tuple[int, int], cells: int) -> Field:
    """Smooth noise (height, width), standard deviation about 1, with ``cells`` bumps along the longer side."""
    width, height = size
    longer = max(size)
    grid = rng.standard_normal((max(2, cells * height // longer) + 3, max(2, cells * width // longer) + 3)).astype(
        np.float32
    )
    return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC), np.float32)


def light_field(rng: np.random.Generator, size: tuple[int, int], *, strength: float = 1.0) -> Picture:
    """Light on the scene: (height, width, 3) uint8 where 128 leaves a pixel as it is.

    A lamp or window on one side, a soft shadow of the person at times, vignetting, and a white-balance error.
    """
    width, height = max(8, size[0] // 16), max(8, size[1] // 16)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = xs / width - 0.5, ys / height - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    light = 1.0 + strength * rng.uniform(0.1, 0.45) * (u * np.cos(angle) + v * np.sin(angle))
    spot_x, spot_y = rng.uniform(-0.6, 0.6, 2)
    light += strength * rng.uniform(0, 0.25) * np.exp(-((u - spot_x) ** 2 + (v - spot_y) ** 2) / 0.15)
    if rng.random() < 0.4:
        side, offset = rng.uniform(0, 2 * np.pi), rng.uniform(0.05, 0.4)
        edge = u * np.cos(side) + v * np.sin(side) - offset + 0.03 * smooth_field(rng, (width, height), 3)
        light *= 1 - strength * rng.uniform(0.15, 0.4) / (1 + np.exp(-edge / rng.uniform(0.008, 0.06)))
    light *= 1 - rng.uniform(0.05, 0.3) * (u * u + v * v) * 2
    warmth = rng.normal(0, 0.045)
    balance = np.array([1 - warmth, 1 + rng.normal(0, 0.01), 1 + warmth], np.float32)
    small = np.clip(light[:, :, None] * balance * rng.uniform(0.86, 1.08) * 128, 12, 255).astype(np.uint8)
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def lit(picture: Picture, light: Picture) -> Picture:
    """A picture under a light field of the same size."""
    return np.asarray(cv2.multiply(picture, light, scale=1 / 128), np.uint8)


def streak(length_px: float, angle_deg: float) -> Field:
    """The kernel of a straight motion: (k, k) float32 with sum 1."""
    size = max(3, int(np.ceil(length_px)) | 1)
    kernel = np.zeros((size * 4, size * 4), np.float32)
    mid, reach = size * 2, length_px * 2
    dx, dy = np.cos(np.radians(angle_deg)) * reach, np.sin(np.radians(angle_deg)) * reach
    cv2.line(kernel, (round(mid - dx), round(mid - dy)), (round(mid + dx), round(mid + dy)), 1.0, 3, cv2.LINE_AA)
    small = cv2.resize(kernel, (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(small / max(float(small.sum()), 1e-6), np.float32)


def blurred(picture: Picture, sigma_px: float, motion_px: float = 0.0, motion_deg: float = 0.0) -> Picture:
    """Defocus, then straight motion."""
    out = picture
    if sigma_px > 0.25:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), sigma_px), np.uint8)
    if motion_px > 1:
        out = np.asarray(cv2.filter2D(out, -1, streak(motion_px, motion_deg)), np.uint8)
    return out


def sharpened(picture: Picture, amount: float) -> Picture:
    """The halos of a phone's sharpening."""
    soft = cv2.GaussianBlur(picture, (0, 0), 1.6)
    return np.asarray(cv2.addWeighted(picture, 1 + amount, soft, -amount, 0), np.uint8)


@lru_cache(maxsize=8)
def _plates(sigma: float) -> tuple[Picture, Picture]:
    rng = np.random.default_rng(int(sigma * 100) + 7)
    luma = rng.standard_normal((_PLATE, _PLATE, 1)).astype(np.float32)
    luma = cv2.GaussianBlur(luma, (0, 0), 0.7)[:, :, None] * 2.0
    small = rng.standard_normal((_PLATE // 4, _PLATE // 4, 3)).astype(np.float32)
    chroma = cv2.resize(small, (_PLATE, _PLATE), interpolation=cv2.INTER_LINEAR)
    plate = sigma * (luma + 0.55 * chroma)
    return np.clip(plate, 0, 255).astype(np.uint8), np.clip(-plate, 0, 255).astype(np.uint8)


def add_noise(picture: Picture, sigma: float, rng: np.random.Generator) -> None:
    """Adds sensor noise in place: fine in brightness, coarse in colour, ``sigma`` grey levels strong."""
    plus, minus = _plates(round(sigma * 2) / 2)
    shift = (int(rng.integers(_PLATE)), int(rng.integers(_PLATE)))
    plus, minus = np.roll(plus, shift, (0, 1)), np.roll(minus, shift, (0, 1))
    height, width = picture.shape[:2]
    for y in range(0, height, _PLATE):
        for x in range(0, width, _PLATE):
            block = picture[y : y + _PLATE, x : x + _PLATE]
            h, w = block.shape[:2]
            cv2.add(block, plus[:h, :w], dst=block)
            cv2.subtract(block, minus[:h, :w], dst=block)
