"""Which waybill numbers one video shows: the reader of photos, frame by frame, agreeing across frames."""

from __future__ import annotations

from dataclasses import replace

from evidence_kit.facts.waybill_numbers import same_number
from evidence_kit.facts.waybill_readings import UnreadLabel, WaybillReading, WaybillReadings, waybill_readings
from evidence_kit.schema import Deferred, Unknown
from evidence_kit.sensors.around_text import AroundText
from evidence_kit.sensors.codes import Codes
from evidence_kit.sensors.frame_codes import FrameCodes
from evidence_kit.sensors.frame_texts import FrameTexts
from evidence_kit.sensors.label_text import LabelText
from evidence_kit.sensors.page_text import PageText
from evidence_kit.sensors.under_text import UnderText
from evidence_kit.wiring import fact

AGREEING_FRAMES = 2
"""Printed digits carry no checksum: a number read off print counts when so many frames read it alike."""
MOST_UNREAD = 6


@fact(on="video")
def video_waybill(codes: FrameCodes, texts: Deferred[FrameTexts]) -> WaybillReadings | Unknown:
    """Numbers that bars say in any frame, else numbers that print says in two."""
    frames = [(moment.at_s, _of_frame(moment.codes, PageText())) for moment in codes.moments]
    readings = _merged([replace(one, at_s=at_s) for at_s, found in frames for one in found.readings])
    if readings:
        return WaybillReadings(readings, label_seen=True)
    read = texts()
    if isinstance(read, Unknown):
        return read
    printed = [
        replace(one, at_s=moment.at_s)
        for moment in read.moments
        for one in _of_frame(Codes(1, 1), moment.page).readings
    ]
    counted = {
        one.number: {other.at_s for other in printed if same_number(one.number, other.number)} for one in printed
    }
    sure = [one for one in printed if len(counted[one.number]) >= AGREEING_FRAMES]
    if sure:
        return WaybillReadings(_merged(sure), label_seen=True)
    unread = [replace(label, at_s=at_s) for at_s, found in frames for label in found.unread]
    partial = tuple(sorted({one.number for one in printed}))
    seen = True if printed or unread else None
    return WaybillReadings((), (), _spread(unread), partial, label_seen=seen)


def _of_frame(codes: Codes, page: PageText) -> WaybillReadings:
    found = waybill_readings(
        codes, Deferred(UnderText), Deferred(LabelText), Deferred(AroundText), Deferred(lambda: page)
    )
    return found if isinstance(found, WaybillReadings) else WaybillReadings()


def _merged(readings: list[WaybillReading]) -> tuple[WaybillReading, ...]:
    """One reading a number, the surest look of it, in order of time."""
    best: dict[str, WaybillReading] = {}
    for one in readings:
        key = next((number for number in best if same_number(number, one.number)), one.number)
        if key not in best or one.confidence > best[key].confidence:
            best[key] = one
    return tuple(sorted(best.values(), key=lambda one: (one.at_s or 0.0, one.number)))


def _spread(labels: list[UnreadLabel]) -> tuple[UnreadLabel, ...]:
    """At most a few unread labels, evenly over the video."""
    if len(labels) <= MOST_UNREAD:
        return tuple(labels)
    return tuple(labels[place * len(labels) // MOST_UNREAD] for place in range(MOST_UNREAD))
