"""Do the goods and the waybill stand in one frame?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evidence_kit.facts.photo_quality import PhotoQuality
from evidence_kit.facts.waybill_readings import WaybillReadings
from evidence_kit.schema import Quad, Text
from evidence_kit.sensors.frame_content import FrameContent, Region
from evidence_kit.wiring import fact

Seen = Literal["yes", "no", "unknown"]

GOODS_SHARE = 0.004
"""Smaller areas than this share of the picture are not looked at as goods."""


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


@fact(on="photo")
def shared_frame(content: FrameContent, readings: WaybillReadings, quality: PhotoQuality) -> SharedFrame:
    """Label from the reader, goods from what stands out beside it; unsure until a model tells goods from cartons."""
    quad = _label_quad(readings)
    adequate = not any(short.certain for short in quality.shortfalls)
    waybill: Literal["read", "seen", "none", "unknown"] = "unknown"
    if readings.readings:
        waybill = "read"
    elif readings.unread:
        waybill = "seen"
    beside = [
        region for region in content.goods if region.share >= GOODS_SHARE and not (quad and _covers(quad, region))
    ]
    boxes = tuple(region.quad for region in beside)
    why = Text("看不准面单旁边是不是商品", "Whether goods lie beside the waybill cannot be told.")
    return SharedFrame(waybill, "unknown", "unknown", quad, boxes, why, adequate)


def _label_quad(readings: WaybillReadings) -> Quad | None:
    for reading in readings.readings:
        if reading.quad is not None:
            return reading.quad
    return readings.unread[0].quad if readings.unread else None


def _covers(quad: Quad, region: Region) -> bool:
    """The middle of the region lies within the upright box of the quad."""
    x = sum(corner[0] for corner in region.quad) / 4
    y = sum(corner[1] for corner in region.quad) / 4
    xs, ys = [corner[0] for corner in quad], [corner[1] for corner in quad]
    return min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys)
