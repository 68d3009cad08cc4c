"""The waybill in the pictures is the order's, and of the right direction (R09, R22, R27, R31, 1e.1, 1e.15).

Why: goods beside another parcel's waybill prove nothing about this order; people mix up outbound and return.
Passes: samples/waybill-matches/pass-return.  Fails: samples/waybill-matches/fail-other-number.
Cannot tell: bars and printed digits differ, or another number was read while a label stayed unread.
"""

from __future__ import annotations

from evidence_kit.checks import failed, missing, not_applicable, passed, review
from evidence_kit.facts.waybill_numbers import same_number
from evidence_kit.facts.waybill_readings import WaybillReading, WaybillReadings
from evidence_kit.limits import Direction
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Each, Item, Limit, Outcome, Quantity, Text, Trace

Found = tuple[Item, WaybillReading]
NAMES = {"return": Text("退货", "return"), "outbound": Text("发货", "outbound"), "either": Text("", "")}
KEYS = {
    "return": "order.return_waybills",
    "outbound": "order.outbound_waybills",
    "either": "order.return_waybills",
}


def expected_numbers(case: Case, direction: Direction) -> tuple[str, ...]:
    """The order's numbers of the direction that the pack asks for."""
    chosen = {
        "return": case.order.return_waybills,
        "outbound": case.order.outbound_waybills,
        "either": case.order.return_waybills + case.order.outbound_waybills,
    }
    return chosen[direction]


@rule(on="submission", title=Text("单号一致", "waybill is the order's"))
def waybill_matches(case: Case, readings: Each[WaybillReadings], *, direction: Direction) -> Check:
    expected = expected_numbers(case, direction)
    if not expected:
        return missing(KEYS[direction])
    if not len(readings):
        return not_applicable(Text("没有照片或视频", "No photo and no video."))
    found: list[Found] = [(item, reading) for item, fact in readings.known() for reading in fact.readings]
    right = [pair for pair in found if any(same_number(pair[1].number, number) for number in expected)]
    others = [pair for pair in found if pair not in right]
    limit = Limit("in", list(expected), "text")
    disagreeing = [(item, both) for item, fact in readings.known() for both in fact.disagreements]
    if disagreeing and not any(pair[1].by == "both" for pair in right):
        item, both = disagreeing[0]
        return review(
            "CODES_DISAGREE",
            Text(
                f"条码读出 {both.barcode},印刷数字是 {both.printed}",
                f"The bars say {both.barcode}, the printed digits {both.printed}.",
            ),
            actual=Quantity(both.barcode, "text"),
            limit=limit,
            advice=Text("请核对面单是否被改动或贴错", "Check that the label is the right one."),
            traces=(Trace(item.id, both.at_s, both.quad),),
        )
    if right:
        return _right(right, others, direction, limit)
    failing = [fact for _, fact in readings.unknown() if fact.outcome is Outcome.ERROR]
    if failing:
        return Check(Outcome.ERROR, failing[0].reason, message=failing[0].why)
    if not found:
        return review(
            "WAYBILL_UNREADABLE",
            Text("没有读到单号,无法核对", "No number was read, so none could be compared."),
            limit=limit,
            advice=Text("请补拍一张面单清楚的照片", "Add a sharp photo of the waybill."),
        )
    open_labels = any(fact.unread or fact.partial for _, fact in readings.known())
    return _other(case, others, direction, limit, open_labels)


def _right(right: list[Found], others: list[Found], direction: Direction, limit: Limit) -> Check:
    number = right[0][1].number
    rest = sorted({pair[1].number for pair in others})
    note = Text("", "")
    if rest:
        note = Text(f";画面里还有单号 {'、'.join(rest)}", f" Another number is there too: {', '.join(rest)}.")
    name = NAMES[direction]
    return passed(
        Text(
            f"{name.zh}单号一致:{number}{note.zh}",
            f"The {name.en} number agrees: {number}.{note.en}".replace("  ", " "),
        ),
        actual=Quantity(number, "text"),
        limit=limit,
        traces=tuple(Trace(item.id, reading.at_s, reading.quad) for item, reading in right),
    )


def _other(case: Case, others: list[Found], direction: Direction, limit: Limit, open_labels: bool) -> Check:
    surest = max(others, key=lambda pair: pair[1].confidence)
    wrong_way = {
        "return": case.order.outbound_waybills,
        "outbound": case.order.return_waybills,
        "either": (),
    }[direction]
    crossed = [pair for pair in others if any(same_number(pair[1].number, number) for number in wrong_way)]
    actual = Quantity((crossed[0] if crossed else surest)[1].number, "text")
    traces = tuple(Trace(owner.id, seen.at_s, seen.quad) for owner, seen in others)
    expected = "、".join(limit.value) if isinstance(limit.value, list) else str(limit.value)
    if crossed:
        back = NAMES["outbound" if direction == "return" else "return"]
        reason = "WRONG_DIRECTION"
        message = Text(
            f"读到的是{back.zh}单号 {actual.value},需要{NAMES[direction].zh}单号 {expected}",
            f"Read the {back.en} number {actual.value}; the {NAMES[direction].en} number {expected} is wanted.",
        )
        advice = Text(f"请补拍{NAMES[direction].zh}快递的面单", f"Photograph the {NAMES[direction].en} waybill.")
    else:
        reason = "WAYBILL_MISMATCH"
        message = Text(
            f"读到的单号 {actual.value} 不是这笔订单的 {expected}",
            f"Read {actual.value}, which is not this order's {expected}.",
        )
        advice = Text("请核对订单号,或补拍这笔订单的面单", "Check the order, or photograph its own waybill.")
    say = review if open_labels else failed
    return say(reason, message, actual=actual, limit=limit, advice=advice, traces=traces)
