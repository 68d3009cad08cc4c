"""Labels that are seen but not read: the measured reason, where there is one (rules 1e.14).

Operating points from ``benchmarks/label_resolution.py`` on development photos: of 62 labels found, every legible one
resolves at least 200 edge widths along its long side; the pair below keeps a factor of two from it.
"""

from __future__ import annotations

from evidence_kit.facts.unread_labels import Cause
from evidence_kit.facts.waybill_readings import UnreadLabel, WaybillReadings
from evidence_kit.records import dataclass
from evidence_kit.schema import Deferred, Unknown
from evidence_kit.sensors.label_looks import LabelLook, LabelLooks
from evidence_kit.wiring import fact

SURE_ACCEPT = 0.6
"""Mean probability from which an area of the model counts as a label here."""
RESOLVED_ACCEPT, RESOLVED_REJECT = 200.0, 100.0
"""Long edge of the label in widths of its steepest edges: how much print it can show."""
SOFT_PX = 4.0
"""Edges wider than that are blurred; narrower ones are sharp, and the label is too small."""
DARK_REJECT = 0.18
"""Brightness of the paper, 0..1; the same point as for bars (``unread_labels``)."""


@dataclass(frozen=True, slots=True)
class SightedLabels:
    """Labels of one photo off which nothing was read."""

    unread: tuple[UnreadLabel, ...] = ()


@fact(on="photo")
def sighted_labels(readings: WaybillReadings, looks: Deferred[LabelLooks]) -> SightedLabels | Unknown:
    """Looks at the label areas only where the reader came back with nothing."""
    if readings.readings or readings.disagreements:
        return SightedLabels()
    found = looks()
    if isinstance(found, Unknown):
        return found
    return SightedLabels(tuple(_unread(look) for look in found.labels if look.score >= SURE_ACCEPT))


def _unread(look: LabelLook) -> UnreadLabel:
    if look.brightness < DARK_REJECT:
        return UnreadLabel(look.quad, "TOO_DARK", look.brightness, DARK_REJECT)
    resolved = round(look.long_px / look.edge_px, 1)
    if resolved < RESOLVED_REJECT:
        cause: Cause = "TOO_BLURRED" if look.edge_px > SOFT_PX else "TOO_SMALL"
        return UnreadLabel(look.quad, cause, resolved, RESOLVED_REJECT, "edge widths")
    return UnreadLabel(look.quad, None)
