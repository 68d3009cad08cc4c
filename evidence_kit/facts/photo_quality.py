"""Is one photo good enough to be looked at?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One measured reason why a photo serves badly."""

    reason: Literal["TOO_BLURRED", "TOO_DARK", "TOO_SMALL"]
    certain: bool
    """True beyond the reject point; False between the accept and the reject point."""
    measured: float
    limit: float
    unit: str


@dataclass(frozen=True, slots=True)
class PhotoQuality:
    width: int
    height: int
    shortfalls: tuple[Shortfall, ...] = ()
