"""Conditions of one photo: light, focus and shake, sensor noise, and what a chat app does afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from .camera import Bgr, Floats, Optics, add_noise, expose

NIGHT, DIM = 0.10, 0.12
"""Shares of photos under a warm night lamp and in a dim room."""


@dataclass(frozen=True)
class Light:
    """Exposure of one photo."""

    field: Floats
    """(h, w, 3) BGR factors."""
    level: float
    """Mean factor."""
    noise: float
    smeared: bool
    halo: float


def draw_light(rng: Generator, size: tuple[int, int]) -> Light:
    """Light of a day, a dim room or a night lamp, with a gradient and sometimes the shadow of the hand."""
    draw = rng.random()
    if draw < NIGHT:
        level, cast, noise = rng.uniform(0.38, 0.62), (0.62, 0.86, 1.08), rng.uniform(6, 13)
    elif draw < NIGHT + DIM:
        level, cast, noise = rng.uniform(0.45, 0.7), (1.05, 1.0, 0.95), rng.uniform(4, 8)
    else:
        level, cast, noise = (
            rng.uniform(0.92, 1.14),
            (rng.uniform(0.88, 1.06), 1.0, rng.uniform(0.94, 1.06)),
            rng.uniform(1.2, 4),
        )
    high, wide = size[1] // 32, size[0] // 32
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = ((x / wide - 0.5) * np.cos(angle) + (y / high - 0.5) * np.sin(angle)) * rng.uniform(0.05, 0.4)
    radius = ((x / wide - 0.5) ** 2 + (y / high - 0.5) ** 2) * rng.uniform(0.1, 0.5)
    field = 1 + ramp - radius
    if rng.random() < 0.3:
        shadow = np.zeros((high, wide), np.float32)
        centre = (int(rng.uniform(0, wide)), int(high * rng.uniform(0.5, 1.1)))
        axes = (int(wide * rng.uniform(0.15, 0.35)), int(high * rng.uniform(0.3, 0.7)))
        cv2.ellipse(shadow, centre, axes, float(rng.uniform(-40, 40)), 0, 360, 1.0, -1)
        field = field * (1 - rng.uniform(0.15, 0.4) * cv2.GaussianBlur(shadow, (0, 0), float(rng.uniform(1.5, 5))))
    colours = (level * field)[..., None] * np.array(cast, np.float32)
    halo = float(rng.uniform(0.1, 0.35)) if rng.random() < 0.5 else 0.0
    return Light(colours.astype(np.float32), float(level), float(noise), noise > 5, halo)


def draw_optics(rng: Generator, harm: str, module: float) -> Optics:
    """Blur of one photo; the harmful kinds are drawn in modules so that every width slice gets its share."""
    radius, shake = float(rng.uniform(0.8, 2.0)), float(rng.uniform(0, 1.2))
    if module < 3.2:
        radius = min(radius, 0.5 * module)
    if harm == "blur":
        radius = max(radius, 2 * module * float(rng.uniform(0.28, 0.78)))
    if harm == "motion":
        shake = module * float(rng.uniform(1.2, 3.6))
    return Optics(radius, shake, float(rng.uniform(0, 180)))


def finish(rng: Generator, canvas: Bgr, light: Light, messenger: float) -> tuple[Bgr, float, int, str]:
    """Expose, add noise and perhaps shrink: picture, shrink factor, JPEG quality and scene suffix."""
    picture = expose(canvas, light.field, light.halo)
    add_noise(rng, picture, light.noise, smeared=light.smeared)
    if rng.random() >= messenger:
        return picture, 1.0, int(rng.integers(55, 93)), ""
    shrink = float(rng.integers(1280, 1701)) / max(picture.shape[:2])
    size = (round(picture.shape[1] * shrink), round(picture.shape[0] * shrink))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), shrink, int(rng.integers(60, 81)), "/wechat"
