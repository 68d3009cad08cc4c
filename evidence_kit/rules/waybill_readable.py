"""A waybill number can be read off the evidence, by barcode or by its printed digits (R13, R22, 1c-H).

Why: the number ties the pictures to the order.
Passes: samples/waybill-readable/pass-barcode.  Fails: samples/waybill-readable/fail-blurred.
Cannot tell: a label is there but the cause of not reading it was not measured, or only part of a number was read.
Fails only if nothing in the submission reads a number and the cause is measured on every label seen (rules 1e.14).
"""

from __future__ import annotations

from evidence_kit.checks import failed, not_applicable, passed, review
from evidence_kit.facts.sighted_labels import SightedLabels
from evidence_kit.facts.waybill_readings import UnreadLabel, WaybillReadings
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Each, Limit, Outcome, Quantity, Text, Trace

CAUSES = {
    "TOO_BLURRED": Text("面单模糊", "the waybill is blurred"),
    "TOO_SMALL": Text("面单在画面里太小", "the waybill is too small in the picture"),
    "TOO_DARK": Text("面单太暗", "the waybill is too dark"),
    "GLARE": Text("面单反光", "glare covers the waybill"),
    "CUT_OFF": Text("面单没有拍全", "the waybill is cut off at the edge"),
    "BARCODE_FADED": Text("条码褪色", "the barcode has faded"),
}
ADVICE = {
    "TOO_BLURRED": Text("请对准面单对焦,拿稳后重拍", "Focus on the waybill, hold still, take it again."),
    "TOO_SMALL": Text("请把手机移近,让面单占画面四分之一以上", "Move closer: the waybill should fill a quarter."),
    "TOO_DARK": Text("请开灯或到亮处重拍面单", "Take the waybill again with more light."),
    "GLARE": Text("请换个角度避开反光", "Turn the phone so that the glare leaves the label."),
    "CUT_OFF": Text("请把整张面单拍进画面", "Get the whole waybill into the picture."),
    "BARCODE_FADED": Text("请拍清条码下方印的单号", "Get the number printed under the bars sharp."),
}
RETAKE = Text("请近距离补拍一张面单清楚的照片", "Add a close, sharp photo of the waybill.")


@rule(on="submission", title=Text("面单能读", "waybill can be read"))
def waybill_readable(readings: Each[WaybillReadings], sighted: Each[SightedLabels]) -> Check:
    if not len(readings):
        return not_applicable(Text("没有照片或视频", "No photo and no video."))
    known = readings.known()
    found = [(item, reading) for item, fact in known for reading in fact.readings]
    if found:
        first = max((reading for _, reading in found), key=lambda reading: reading.confidence)
        return passed(
            Text(f"读到单号 {first.number}", f"Read {first.number}."),
            actual=Quantity(first.number, "text"),
            traces=tuple(Trace(owner.id, reading.at_s, reading.quad) for owner, reading in found),
        )
    failing = [fact for _, fact in readings.unknown() if fact.outcome is Outcome.ERROR]
    if failing:
        return Check(Outcome.ERROR, failing[0].reason, message=failing[0].why)
    if not known:
        return not_applicable(Text("没有能打开的照片或视频", "No photo or video could be opened."))
    partial = [(item, part) for item, fact in known for part in fact.partial]
    by_bars = [(item, label) for item, fact in known for label in fact.unread]
    barred = {item.id for item, _ in by_bars}
    unread = by_bars + [
        (item, label) for item, fact in sighted.known() if item.id not in barred for label in fact.unread
    ]
    if partial:
        traces = tuple(Trace(item.id) for item, _ in partial)
        return review(
            "WAYBILL_UNREADABLE",
            Text("单号只读到一部分,或不够确定", "Only part of a number was read, or not surely enough."),
            advice=RETAKE,
            traces=traces,
        )
    traces = tuple(Trace(item.id, label.at_s, label.quad) for item, label in unread)
    if unread and all(label.cause for _, label in unread):
        return _measured(unread[0][1], traces)
    return review(
        "WAYBILL_UNREADABLE",
        Text("没有读到快递单号", "No waybill number was read."),
        advice=RETAKE,
        traces=traces,
    )


def _measured(label: UnreadLabel, traces: tuple[Trace, ...]) -> Check:
    assert label.cause is not None
    words = CAUSES[label.cause]
    return failed(
        label.cause,
        Text(f"读不出单号:{words.zh}", f"No number can be read: {words.en}."),
        actual=None if label.measured is None else Quantity(label.measured, label.unit),
        limit=None if label.limit is None else Limit(">=", label.limit, label.unit),
        advice=ADVICE[label.cause],
        traces=traces,
    )
