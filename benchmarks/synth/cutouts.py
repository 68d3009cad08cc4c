"""Cut-out pictures of things: silhouettes blown up to a relief, coloured and lit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.synth.fonts import font
from benchmarks.synth.surfaces import Field, Picture

SIDE = 512
"""Cut-outs are drawn on squares of this many pixels."""


@dataclass(frozen=True)
class Cutout:
    """A thing without its surroundings."""

    name: str
    bgr: Picture = field(repr=False)
    """(512, 512, 3)."""
    alpha: Picture = field(repr=False)
    """(512, 512)."""
    side_mm: float
    """What the square's side measures in the world."""
    height_mm: float
    """How far it stands up: longer shadows for higher things."""


def mask_of(draw: Callable[[Picture], object]) -> Picture:
    """A silhouette: whatever ``draw`` paints on an empty (512, 512) mask."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    draw(mask)
    return mask


def smooth_outline(points: list[tuple[float, float]]) -> NDArray[np.int32]:
    """A closed outline through points (in 0..1) rounded by cutting corners three times."""
    p = np.array(points, np.float64) * SIDE
    for _ in range(3):
        q = np.roll(p, -1, 0)
        p = np.stack([0.75 * p + 0.25 * q, 0.25 * p + 0.75 * q], 1).reshape(-1, 2)
    return p.round().astype(np.int32)


def relief(mask: Picture, roundness: float = 1.0) -> Field:
    """Blows a silhouette up like a cushion: height in pixels, (512, 512) float32."""
    distance = np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 3), np.float32)
    top = max(float(distance.max()), 1.0)
    reach = np.minimum(distance, top * roundness) / (top * roundness)
    height = np.sqrt(np.clip(reach * (2 - reach), 0, 1)) * top * roundness
    return np.asarray(cv2.GaussianBlur(height, (0, 0), 3 + 6 * roundness), np.float32)


def shaded(colour: NDArray[np.floating], height: Field, rng: np.random.Generator, gloss: float = 0.2) -> Picture:
    """Lights a relief from one side; ``gloss`` is the strength of the highlight."""
    dx = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=1 / 8)
    dy = cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=1 / 8)
    length = np.sqrt(dx * dx + dy * dy + 1)
    angle = rng.uniform(0, 2 * np.pi)
    lx, ly, lz = 0.5 * np.cos(angle), 0.5 * np.sin(angle), 0.8
    facing = np.clip((-dx * lx - dy * ly + lz) / length, 0, 1)
    light = 0.34 + 0.8 * facing
    mirror = np.clip(2 * facing / length - lz, 0, 1) ** 24
    out = np.asarray(colour, np.float32) * light[:, :, None] + 255 * gloss * mirror[:, :, None]
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def soft(mask: Picture) -> Picture:
    """A mask with its edge smoothed."""
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.0), np.uint8)


def ramp(low: tuple[float, ...], high: tuple[float, ...], weight: Field) -> Field:
    """Between two BGR colours by a field in 0..1: (512, 512, 3)."""
    w = np.clip(weight, 0, 1)[:, :, None]
    return np.asarray(np.array(low, np.float32) * (1 - w) + np.array(high, np.float32) * w, np.float32)


def rounded(left: int, top: int, right: int, bottom: int, radius: int) -> NDArray[np.int32]:
    """The outline of a rectangle with round corners, in pixels."""
    points: list[tuple[float, float]] = []
    corners = (
        (right - radius, top + radius, -90),
        (right - radius, bottom - radius, 0),
        (left + radius, bottom - radius, 90),
        (left + radius, top + radius, 180),
    )
    for cx, cy, start in corners:
        angles = np.radians(np.linspace(start, start + 90, 8))
        points += [(cx + radius * float(np.cos(a)), cy + radius * float(np.sin(a))) for a in angles]
    return np.array(points).round().astype(np.int32)


def print_on(picture: NDArray[np.float32], text: str, middle: tuple[int, int], size: int) -> None:
    """Prints a word, dark and condensed, around a middle in pixels."""
    layer = Image.new("L", (picture.shape[1], picture.shape[0]), 0)
    face = font("condensed", size)
    ImageDraw.Draw(layer).text(middle, text, fill=255, font=face, anchor="mm")
    weight = np.asarray(layer, np.float32)[:, :, None] / 255
    picture[:] = picture * (1 - weight) + 30 * weight
