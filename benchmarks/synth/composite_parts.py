"""What composites are put together from: labels, goods, parcels, grounds, pages, hands, each drawn in many variants.

Two worlds that share nothing but the hands' and boxes' geometry: ``composite_development`` (models are trained and
thresholds are set on it) and ``composites_heldout`` (other label designs, goods classes, grounds and parcel skins; for
reported figures).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import cv2
import numpy as np

from benchmarks.synth import composite_assets as assets
from benchmarks.synth.optics import Picture

Rng = np.random.Generator
Made = TypeVar("Made")


@dataclass(frozen=True)
class Sheet:
    """A flat printed thing."""

    bgr: Picture = field(repr=False)
    """(height, width, 3)."""
    size_mm: tuple[float, float]
    name: str
    number: str = ""
    """The waybill number where it is a label."""


@dataclass(frozen=True)
class Thing:
    """A piece of goods seen from above or obliquely."""

    name: str
    bgra: Picture = field(repr=False)
    """(side, side, 4)."""
    side_mm: float
    height_mm: float


@dataclass(frozen=True)
class Parts:
    """One world's makers; each takes the generator of the picture that is being made."""

    label: Callable[[Rng], Sheet]
    thing: Callable[[Rng], Thing]
    page: Callable[[Rng], Sheet]
    ground: Callable[[Rng], Picture]
    """(side, side, 3), tileable or large enough to be mirrored."""
    room: Callable[[Rng], Picture | None]
    board: Callable[[Rng, float, float], Picture]
    """A carton's face: generator, width and height in mm."""
    mailer: Callable[[Rng, float, float], tuple[Picture, Picture]]


def pick(rng: Rng, pool: tuple[object, ...] | list[object]) -> int:
    return int(rng.integers(len(pool)))


def retinted(bgr: Picture, rng: Rng, strength: float = 1.0) -> Picture:
    """A picture in other colours: hue, saturation and brightness moved at random."""
    hsv = cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV).astype(np.float32)
    hsv[:, :, 0] = (hsv[:, :, 0] + rng.normal(0, 12 * strength)) % 180
    hsv[:, :, 1] *= rng.uniform(1 - 0.75 * strength, 1 + 0.15 * strength)
    hsv[:, :, 2] = hsv[:, :, 2] * rng.uniform(1 - 0.45 * strength, 1 + 0.2 * strength) + rng.uniform(-18, 12) * strength
    return np.asarray(cv2.cvtColor(np.clip(hsv, 0, 255).astype(np.uint8), cv2.COLOR_HSV2BGR), np.uint8)


class Kept(Generic[Made]):
    """Variants made once, a new one each time until there are enough."""

    def __init__(self, make: Callable[[Rng], Made], count: int) -> None:
        self._make, self._count = make, count
        self._made: dict[int, Made] = {}

    def __call__(self, rng: Rng) -> Made:
        index = int(rng.integers(self._count))
        if index not in self._made:
            # The variant depends on its number alone, so that the order of asking changes nothing.
            self._made[index] = self._make(np.random.default_rng([index, 1789]))
        return self._made[index]


def room_behind(rng: Rng, *, held_out: bool = False) -> Picture | None:
    pool = assets.rooms(held_out=held_out)
    if not pool:
        return None
    room = pool[pick(rng, list(pool))]
    width = int(rng.integers(110, 260))
    left = int(rng.integers(512))
    turned = np.roll(room, left, 1)[int(rng.integers(30, 110)) : 256, :width]
    return np.asarray(cv2.resize(turned, (480, 480), interpolation=cv2.INTER_CUBIC), np.uint8)
