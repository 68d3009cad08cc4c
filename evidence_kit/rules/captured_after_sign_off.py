"""A picture of a returned parcel is taken after its sign-off (1c-C, 1e.18).

Why: an older picture may be of another parcel.
Passes: samples/captured-after-sign-off/pass-after.
Never fails: clocks and zones slip, and chat programs strip the time, so an early one is for a person.
"""

from __future__ import annotations

from datetime import timedelta

from evidence_kit.checks import clock, missing, not_applicable, passed, review, span
from evidence_kit.facts.capture_time import CaptureTime
from evidence_kit.limits import Minutes, SignOff
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Item, Limit, Quantity, Text, Trace


@rule(on="item", title=Text("拍摄时间", "capture time"))
def captured_after_sign_off(
    item: Item, case: Case, taken: CaptureTime, *, sign_off: SignOff, tolerance_min: Minutes
) -> Check:
    if taken.taken_at is None:
        return not_applicable(Text("文件里没有拍摄时间", "The file states no capture time."))
    signed = getattr(case.order, sign_off)
    if signed is None:
        return missing(f"order.{sign_off}")
    trace = (Trace(item.id),)
    early_s = (signed - taken.taken_at).total_seconds()
    actual = Quantity(clock(taken.taken_at), "text")
    limit = Limit(">=", clock(signed), "text")
    if early_s <= timedelta(minutes=tolerance_min).total_seconds():
        if taken.saved:
            return not_applicable(
                Text(
                    "只有聊天软件的保存时间,不能证明拍摄时间",
                    "Only the moment of saving from a chat is known, not that of the capture.",
                )
            )
        return passed(
            Text(f"拍摄于 {clock(taken.taken_at)},在签收之后", "Taken after the sign-off."),
            actual=actual,
            limit=limit,
            traces=trace,
        )
    slip = taken.zone == "assumed" or taken.maybe_zone_slip
    note = Text(";文件没有写时区,可能是时钟不准", " The file states no zone: it may be the clock.")
    return review(
        "CAPTURED_EARLY",
        Text(
            f"拍摄时间比签收早 {span(early_s).zh},可能是旧素材{note.zh if slip else ''}",
            f"Taken {span(early_s).en} before the sign-off.{note.en if slip else ''}",
        ),
        actual=actual,
        limit=limit,
        advice=Text("请确认是这次收到的包裹", "Check that it shows this parcel."),
        traces=trace,
    )
