"""Why bars could not be read, where that can be measured (reasons of rules 3; what follows is for rules 1e.14).

Operating points are accept / reject pairs: beyond ``reject`` the cause is certain, on the accept side it is none, and
between them nothing is said. Set with ``benchmarks/waybill.py`` on the development photos (part ``causes``).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from evidence_kit.sensors.codes import BarRegion

Cause = Literal["TOO_BLURRED", "TOO_SMALL", "TOO_DARK", "GLARE", "CUT_OFF", "BARCODE_FADED"]

BARS_COHERENT = 0.75
BARS_EDGES = 24
"""From here on a bar area is taken for a code: the others of the development photos are rules, weave and lettering."""

DARK_ACCEPT, DARK_REJECT = 0.30, 0.18
"""Brightness of the paper between the bars, 0..1."""
LOST_ACCEPT, LOST_REJECT = 0.05, 0.16
"""Share of the bars that cannot be told from their gaps; burnt out means a mean brightness above BURNT."""
BURNT = 0.88
EXTENT_ACCEPT_PX, EXTENT_REJECT_PX = 240.0, 150.0
"""Extent over the bars. The shortest waybill code has about 120 modules: 1.25 pixels each at the reject point."""
SHARP_ACCEPT, SHARP_REJECT = 0.20, 0.13
"""Steepest change per pixel as a share of the contrast: 0.13 is a blur of three pixels' deviation."""
CONTRAST_ACCEPT, CONTRAST_REJECT = 0.30, 0.16
"""Between bars and gaps, 0..1, on paper that is bright enough."""


class Measured(NamedTuple):
    """A cause with what was measured against its reject point; all None where no cause is certain."""

    cause: Cause | None = None
    measured: float | None = None
    limit: float | None = None
    unit: str = "1"


def is_code(region: BarRegion) -> bool:
    """Whether undecoded bars are taken for a code at all."""
    return region.coherence >= BARS_COHERENT and region.edges >= BARS_EDGES


def cause_of(region: BarRegion) -> Measured:
    """Why these bars could not be read, the most telling cause first."""
    if region.at_edge:
        return Measured("CUT_OFF")
    if region.brightness < DARK_REJECT:
        return Measured("TOO_DARK", round(region.brightness, 3), DARK_REJECT)
    if region.lost > LOST_REJECT and region.lost_bright > BURNT:
        return Measured("GLARE", round(region.lost, 3), LOST_REJECT)
    if region.across_px < EXTENT_REJECT_PX:
        return Measured("TOO_SMALL", round(region.across_px, 1), EXTENT_REJECT_PX, "px")
    if region.sharpness < SHARP_REJECT:
        return Measured("TOO_BLURRED", round(region.sharpness, 3), SHARP_REJECT)
    if region.contrast < CONTRAST_REJECT and region.brightness > DARK_ACCEPT:
        return Measured("BARCODE_FADED", round(region.contrast, 3), CONTRAST_REJECT)
    return Measured()
