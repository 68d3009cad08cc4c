"""What was established, in the report's shape: facts of all items, and each item's own header."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from evidence_kit.facts.capture_time import CaptureTime
from evidence_kit.facts.continuity import Continuity
from evidence_kit.facts.parcel_presence import ParcelPresence
from evidence_kit.facts.shared_frame import SharedFrame
from evidence_kit.facts.sides_shown import SidesShown
from evidence_kit.facts.waybill_readings import WaybillReadings
from evidence_kit.schema import (
    ContinuityReport,
    Deadline,
    FaceReport,
    Facts,
    Item,
    ItemReport,
    ReadingReport,
    SharedFrameReport,
    SidesReport,
    TimeReport,
)
from evidence_kit.sensors.photo_header import PhotoHeader
from evidence_kit.sensors.video_header import VideoHeader

Known = Callable[[type], tuple[tuple[Item, Any], ...]]
SHOWN = frozenset(
    {PhotoHeader, VideoHeader, WaybillReadings, SharedFrame, SidesShown, Continuity, ParcelPresence, CaptureTime}
)
"""What a report shows wherever it is known, whatever the rules made of it."""


def collect_facts(known: Known, deadlines: tuple[Deadline, ...]) -> Facts:
    """Every fact that was established; an item has no entry where it was not looked for."""
    gone = {item.id: fact.out for item, fact in known(ParcelPresence)}
    return Facts(
        waybill_readings=_readings(known),
        same_frame=tuple(
            SharedFrameReport(item.id, fact.waybill, fact.goods, fact.parcel, fact.waybill_quad, fact.goods_boxes)
            for item, fact in known(SharedFrame)
        ),
        sides=tuple(
            SidesReport(
                item.id,
                fact.mailer_shown if fact.mailer else fact.shown,
                tuple(FaceReport(face.at_s, face.quad) for face in fact.faces),
                fact.sealed_start,
                fact.opened_at_s,
            )
            for item, fact in known(SidesShown)
        ),
        continuity=tuple(
            ContinuityReport(item.id, fact.continuous, fact.breaks, fact.blind, gone.get(item.id, ()))
            for item, fact in known(Continuity)
        ),
        times=tuple(
            TimeReport(item.id, fact.taken_at, fact.zone, fact.source)
            for item, fact in known(CaptureTime)
            if fact.taken_at is not None
        ),
        deadlines=deadlines,
    )


def _readings(known: Known) -> tuple[ReadingReport, ...]:
    return tuple(
        ReadingReport(
            item.id,
            reading.at_s,
            reading.number,
            reading.by,
            reading.symbology,
            reading.quad,
            reading.confidence,
            reading.engine,
            reading.carriers,
        )
        for item, fact in known(WaybillReadings)
        for reading in fact.readings
    )


def describe_item(item: Item, known: Known) -> ItemReport:
    """One file with what its header says, where that was read."""
    photo = next((header for owner, header in known(PhotoHeader) if owner.id == item.id), None)
    if isinstance(photo, PhotoHeader):
        return ItemReport(
            item.id,
            item.kind,
            item.role,
            item.sha256,
            item.bytes,
            format=photo.format,
            width=photo.width,
            height=photo.height,
        )
    video = next((header for owner, header in known(VideoHeader) if owner.id == item.id), None)
    if isinstance(video, VideoHeader):
        lengths = [value for value in (video.duration_s, video.last_frame_end_s) if value is not None]
        return ItemReport(
            item.id,
            item.kind,
            item.role,
            item.sha256,
            item.bytes,
            width=video.width,
            height=video.height,
            seconds=round(max(lengths), 3) if lengths else None,
            container=video.container,
            video_codec=video.video_codec,
            audio=video.audio,
            rotation_deg=video.rotation_deg,
        )
    return ItemReport(item.id, item.kind, item.role, item.sha256, item.bytes)
