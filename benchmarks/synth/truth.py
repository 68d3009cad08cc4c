"""What is in a synthetic picture, exactly. Written by the generators, read by benchmarks and samples."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Four corners in pixels of the picture, clockwise from the thing's own top left."""


@dataclass(frozen=True)
class LabelTruth:
    """One waybill label in the picture."""

    carrier: str
    """Short name: SF, YTO, ZTO, STO, YUNDA, JT, JD, EMS, UPS, ..."""
    number: str
    """The waybill number as the carrier writes it, without spaces or suffix."""
    barcode_text: str
    """What the barcode encodes (a JD code ends in ``-1-1-``)."""
    quad: Quad
    width_px: float
    """Length of the label's top edge in the picture."""
    module_px: float
    """Width of the narrowest bar of the main barcode in the picture."""
    turn_deg: float
    """Clockwise turn of the label against upright, 0 <= turn < 360."""
    blur_px: float = 0.0
    """Standard deviation of the defocus on the label, in pixels of the picture."""
    motion_px: float = 0.0
    glare: bool = False
    wrinkled: bool = False
    faded: bool = False
    barcode_intact: bool = True
    """False when every barcode of the number is scratched, covered or missing."""
    digits_intact: bool = True
    """False when every printed copy of the number is covered or missing in part."""
    legible: bool = True
    """A patient person can read the number off this picture, from bars or digits (by construction)."""


@dataclass(frozen=True)
class ThingTruth:
    """Something else in the picture: goods, parcel, hand, screen or clutter."""

    kind: Literal["goods", "parcel", "hand", "screen", "page", "clutter"]
    name: str
    """The class: ``apple``, ``phone``, ``carton``, ``mailer`` ..."""
    quad: Quad
    """The bounding rectangle, or the visible outline's quad where it has one."""
    sealed: bool | None = None
    """For parcels."""


@dataclass(frozen=True)
class Shot:
    """One synthetic photo and its truth."""

    bgr: NDArray[np.uint8] = field(repr=False)
    """(height, width, 3), upright."""
    labels: tuple[LabelTruth, ...]
    things: tuple[ThingTruth, ...] = ()
    other_codes: tuple[str, ...] = ()
    """Codes and numbers that are in the picture but are no waybill number."""
    scene: str = ""
    seed: int = 0
    jpeg_quality: int = 85


@dataclass(frozen=True)
class WeightTruth:
    """What one photo of a scale shows."""

    value: str
    """As displayed: digits and point. Empty where nothing is on the display."""
    unit: str
    """g, kg, 斤, lb, oz."""
    unit_shown: bool
    """False where the unit cannot be told from the picture (several printed, the mark not seen)."""
    legible: bool
    """A person reads every digit (by construction)."""
    device: str
    harm: str
    digit_px: float
    """Height of a digit in the picture."""
    quad: Quad
    """Corners of the digits in pixels."""


@dataclass(frozen=True)
class ScaleShot:
    """One synthetic photo of a scale."""

    bgr: NDArray[np.uint8] = field(repr=False)
    truth: WeightTruth
    seed: int
    jpeg_quality: int


@dataclass(frozen=True)
class PaperShot:
    """One synthetic picture of a document, a chat or a ruler."""

    bgr: NDArray[np.uint8] = field(repr=False)
    kind: str
    """receipt, certificate, chat, ruler."""
    case: str
    """What is the matter with it: ``whole``, ``blurred``, ``no seal``, ..."""
    clear: bool
    """A person reads it at a glance (by construction)."""
    amount: float | None = None
    day: str | None = None
    number: str | None = None
    seal: bool = False
    words: tuple[str, ...] = ()
    """Sentences of a chat."""
    first: int = 0
    """First figure of a ruler's row."""
    jpeg_quality: int = 85
