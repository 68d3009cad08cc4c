"""Do the goods and the waybill stand in one frame?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evidence_kit.schema import Quad, Text

Seen = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class SharedFrame:
    """What one photo shows side by side (rules R01, 1c-J)."""

    waybill: Literal["read", "seen", "none", "unknown"]
    goods: Seen
    parcel: Seen
    waybill_quad: Quad | None = None
    goods_boxes: tuple[Quad, ...] = ()
    why: Text | None = None
    """What was measured where the answer is unknown."""
    adequate: bool = True
    """The photo is good enough for "no label" to mean that there is none."""
