"""At least one photo shows the goods and the right waybill together (R01, R05, R06, R09, R10, R22, R27).

Why: it is the first reason for which claims are turned down: the goods could be anybody's.
Passes: samples/goods-with-waybill/pass-beside.  Fails: samples/goods-with-waybill/fail-no-label.
Cannot tell: a label that cannot be read, a closed parcel and nothing else, goods that are not surely seen.
Close-ups without a waybill never fail it (rules 0.1); one photo that shows both is enough.
"""

from __future__ import annotations

from evidence_kit.checks import failed, not_applicable, passed, review
from evidence_kit.facts.shared_frame import SharedFrame
from evidence_kit.facts.waybill_numbers import same_number
from evidence_kit.facts.waybill_readings import WaybillReadings
from evidence_kit.limits import Direction, Photos
from evidence_kit.rules import rule
from evidence_kit.rules.waybill_matches import expected_numbers
from evidence_kit.schema import Case, Check, Each, Item, Outcome, Text, Trace

Seen = tuple[Item, SharedFrame]
TOGETHER = Text(
    "请把商品和快递面单放在一起,拍进同一张照片", "Put the goods beside the waybill and photograph both in one frame."
)


@rule(on="submission", title=Text("商品和面单同框", "goods and waybill in one frame"))
def goods_with_waybill(
    case: Case,
    frames: Each[SharedFrame],
    readings: Each[WaybillReadings],
    *,
    direction: Direction,
    min_photos: Photos,
) -> Check:
    if not len(frames):
        if not min_photos:
            return not_applicable(Text("没有照片", "No photo."))
        return failed("NO_SAME_FRAME", Text("没有照片", "There is no photo."), advice=TOGETHER)
    seen = list(frames.known())
    if not seen:
        failing = [fact for _, fact in frames.unknown() if fact.outcome is Outcome.ERROR]
        if failing:
            return Check(Outcome.ERROR, failing[0].reason, message=failing[0].why)
        return not_applicable(Text("没有能打开的照片", "No photo could be opened."))
    foreign = _foreign(case, readings, direction)
    labelled = [pair for pair in seen if pair[1].waybill in ("read", "seen")]
    together = [pair for pair in labelled if pair[1].waybill == "read" and pair[1].goods == "yes"]
    right = [pair for pair in together if pair[0].id not in foreign]
    if right:
        return passed(
            Text("商品和面单在同一张照片里", "Goods and waybill stand in one photo."),
            traces=_traces(right),
        )
    if together:
        return review(
            "WAYBILL_MISMATCH",
            Text("合照里的面单不是这笔订单的", "The waybill beside the goods is not this order's."),
            advice=TOGETHER,
            traces=_traces(together),
        )
    doubtful = _doubtful(labelled)
    if doubtful:
        return doubtful
    unsure = [pair for pair in seen if pair[1].waybill == "unknown" or not pair[1].adequate]
    if unsure:
        return review(
            "NO_SAME_FRAME",
            Text("看不出照片里有没有面单", "Whether a waybill is in the photo cannot be told."),
            advice=TOGETHER,
            traces=_traces(unsure),
        )
    return _apart(seen, labelled)


def _doubtful(labelled: list[Seen]) -> Check | None:
    """A label is there, and goods or a parcel may be: for a person, with the likeliest cause."""
    unread = [pair for pair in labelled if pair[1].waybill == "seen" and pair[1].goods != "no"]
    if unread:
        why = next((pair[1].why for pair in unread if pair[1].why), None)
        return review(
            "WAYBILL_UNREADABLE",
            why or Text("面单拍到了,但读不出单号", "The waybill is in the photo, but its number cannot be read."),
            advice=Text("请靠近面单重拍合照", "Take the photo again, closer to the waybill."),
            traces=_traces(unread),
        )
    parcels = [pair for pair in labelled if pair[1].parcel != "no" and pair[1].goods == "no"]
    if parcels and len(parcels) == len(labelled):
        return review(
            "PARCEL_ONLY",
            Text("只看到包裹和面单,没有看到商品", "Only the parcel and its waybill are seen, not the goods."),
            advice=TOGETHER,
            traces=_traces(parcels),
        )
    maybe = [pair for pair in labelled if pair[1].goods == "unknown" or pair[1].parcel != "no"]
    if maybe:
        return review(
            "NO_SAME_FRAME",
            next((pair[1].why for pair in maybe if pair[1].why), None)
            or Text("看不准面单旁边是不是商品", "Whether goods lie beside the waybill cannot be told."),
            advice=TOGETHER,
            traces=_traces(maybe),
        )
    return None


def _apart(seen: list[Seen], labelled: list[Seen]) -> Check:
    if labelled:
        only = not any(pair[1].goods == "yes" for pair in seen)
        return failed(
            "NO_SAME_FRAME",
            Text("照片里只有面单,没有商品", "The photo shows the waybill alone, no goods.")
            if only
            else Text("商品和面单不在同一张照片里", "Goods and waybill are never in the same photo."),
            advice=TOGETHER,
            traces=_traces(labelled),
        )
    return failed(
        "NO_SAME_FRAME",
        Text("所有照片里都没有快递面单", "No photo shows a waybill."),
        advice=TOGETHER,
        traces=_traces(seen),
    )


def _foreign(case: Case, readings: Each[WaybillReadings], direction: Direction) -> set[str]:
    """Ids of items on which numbers were read and none of them is the order's."""
    expected = expected_numbers(case, direction)
    if not expected:
        return set()
    return {
        item.id
        for item, fact in readings.known()
        if fact.readings
        and not any(same_number(reading.number, number) for reading in fact.readings for number in expected)
    }


def _traces(pairs: list[Seen]) -> tuple[Trace, ...]:
    return tuple(Trace(item.id, None, frame.waybill_quad) for item, frame in pairs)
