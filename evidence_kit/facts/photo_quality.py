"""Is one photo good enough to be looked at?

Only what is plain is said: a product may be smooth, pale or black, and the photo of it is still good. Whether the
label itself is sharp and large enough is measured where it matters, on the label (``UnreadLabel.cause``).
"""

from __future__ import annotations

from typing import Literal

from evidence_kit.records import dataclass
from evidence_kit.sensors.sharpness import Sharpness
from evidence_kit.wiring import fact

# Operating points, as accept / reject pairs: at or above the first nothing is said, below the second it is certain,
# between them is for a person. Set on development pictures by ``python -m benchmarks same_frame --part quality``.
SHARP_ACCEPT, SHARP_REJECT = 0.26, 0.18
"""1 / edge width in pixels at a long edge of 1000: sharp photos of smooth things give 0.28 to 2, a blur of 3 px 0.3,
of 5 px 0.2, of 8 px 0.12 (in 12 megapixels these are 12, 20 and 32 px)."""
BRIGHT_ACCEPT, BRIGHT_REJECT = 0.30, 0.16
"""99.5th percentile of the grey levels. The brightest things decide: a black shoe on a black table is not too dark."""
SMALL_ACCEPT, SMALL_REJECT = 400, 240
"""Short edge in pixels. Chat thumbnails have 100 to 240; a waybill's digits need far more."""
BLANK_SPAN = 0.05
"""Between the 1st and the 99.5th percentile: less than this, and nothing is in the picture."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One measured reason why a photo serves badly."""

    reason: Literal["TOO_BLURRED", "TOO_DARK", "TOO_SMALL", "BLANK"]
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

    @property
    def serves(self) -> bool:
        """Nothing measured speaks against looking at it."""
        return not self.shortfalls


@fact(on="photo")
def photo_quality(seen: Sharpness) -> PhotoQuality:
    """What falls short in one photo, the worst kind first: too dark hides blur, too small hides both."""
    short: list[Shortfall] = []
    edge = min(seen.width, seen.height)
    if edge < SMALL_ACCEPT:
        short.append(Shortfall("TOO_SMALL", edge < SMALL_REJECT, float(edge), float(SMALL_ACCEPT), "px"))
    if seen.brightest < BRIGHT_ACCEPT:
        short.append(Shortfall("TOO_DARK", seen.brightest < BRIGHT_REJECT, seen.brightest, BRIGHT_ACCEPT, "1"))
    blank = seen.brightest - seen.dark < BLANK_SPAN
    if seen.edge_px is not None:
        sharp = round(min(9.0, 1.0 / max(seen.edge_px, 0.1)), 3)
        if sharp < SHARP_ACCEPT:
            # Dim pictures are noisy, and noise has edges of its own: never certain there.
            sure = sharp < SHARP_REJECT and seen.brightest >= BRIGHT_ACCEPT
            short.append(Shortfall("TOO_BLURRED", sure, sharp, SHARP_ACCEPT, "1"))
    elif blank and seen.brightest >= BRIGHT_ACCEPT:
        # Nothing but one tone, as of a covered lens, a wall or a failed export: no edge, sharp or not.
        span = round(max(0.0, seen.brightest - seen.dark), 3)
        short.append(Shortfall("BLANK", True, span, BLANK_SPAN, "1"))
    elif seen.brightest >= BRIGHT_ACCEPT:
        short.append(Shortfall("TOO_BLURRED", False, 0.0, SHARP_ACCEPT, "1"))
    return PhotoQuality(seen.width, seen.height, tuple(short))
