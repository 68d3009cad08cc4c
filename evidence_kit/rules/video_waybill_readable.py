"""The waybill can be read in the unboxing video (R13, 1c-H).

Why: 「清晰」 in the document means exactly this: the waybill can be read.
Passes: samples/video-waybill-readable/pass-label.  Fails: no number, and the cause is measured on every label seen.
Cannot tell: a label is there but stays unread for no measured reason, or no label was found.
"""

from __future__ import annotations

from evidence_kit.checks import failed, not_applicable, passed, review
from evidence_kit.facts.waybill_readings import WaybillReadings
from evidence_kit.rules import rule
from evidence_kit.rules.waybill_readable import CAUSES
from evidence_kit.schema import Check, Item, Limit, Quantity, Text, Trace


@rule(on="video", retakable=False, title=Text("视频里面单清楚", "waybill in the video"))
def video_waybill_readable(item: Item, seen: WaybillReadings) -> Check:
    if item.role not in (None, "unboxing"):
        return not_applicable(Text("不是开箱视频", "Not an unboxing video."))
    if seen.readings:
        best = max(seen.readings, key=lambda reading: reading.confidence)
        return passed(
            Text(f"视频里读到单号 {best.number}", f"Read {best.number} in the video."),
            actual=Quantity(best.number, "text"),
            traces=tuple(Trace(item.id, reading.at_s, reading.quad) for reading in seen.readings),
        )
    traces = tuple(Trace(item.id, label.at_s, label.quad) for label in seen.unread) or (Trace(item.id),)
    causes = [label for label in seen.unread if label.cause]
    if causes and len(causes) == len(seen.unread) and not seen.partial and seen.label_seen:
        worst = causes[0]
        assert worst.cause is not None
        return failed(
            worst.cause,
            Text(f"视频里读不出单号:{CAUSES[worst.cause].zh}", f"No number in the video: {CAUSES[worst.cause].en}."),
            actual=None if worst.measured is None else Quantity(worst.measured, worst.unit),
            limit=None if worst.limit is None else Limit(">=", worst.limit, worst.unit),
            advice=Text(
                "视频不能重拍;请另补一张面单清楚的照片",
                "The video cannot be taken again; add a sharp photo of the waybill.",
            ),
            traces=traces,
        )
    return review(
        "WAYBILL_UNREADABLE",
        Text("视频里没有读到单号", "No waybill number was read in the video."),
        advice=Text("请另补一张面单清楚的照片", "Add a sharp photo of the waybill."),
        traces=traces,
    )
