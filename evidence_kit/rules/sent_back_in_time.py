"""The buyer sends the goods back within the days allowed after the return was agreed (R58).

Why: after them the agreement lapses.
Passes: samples/sent-back-in-time/pass-arrived.  Never fails: a parcel travels, and only its arrival is known.
Cannot tell: it arrived after the days, or they are over and it has not arrived; the courier's record settles it.
"""

from __future__ import annotations

from evidence_kit.checks import clock, not_applicable, passed, review, span
from evidence_kit.limits import Days
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Text
from evidence_kit.windows import before_start, days_after, elapsed


@rule(on="submission", retakable=False, title=Text("买家寄回期限", "sent back in time"))
def sent_back_in_time(case: Case, *, days: Days) -> Check:
    agreed, arrived = case.order.return_agreed_at, case.order.return_signed_at
    if agreed is None:
        return not_applicable(Text("没有同意退货,或没有写同意时间", "No return was agreed, or no moment is stated."))
    window = days_after(agreed, days)
    at = arrived or case.submitted_at
    actual, limit = elapsed(agreed, at, "day"), Limit("<=", days, "day")
    if at < agreed:
        return before_start(actual, limit, window.by_hours)
    end = clock(window.by_hours)
    if at <= window.by_hours and arrived is not None:
        return passed(
            Text(f"期限({end})前已寄到", f"It arrived before the days were over, {end} (+08:00)."),
            actual=actual,
            limit=limit,
        )
    if at <= window.by_hours:
        left = span((window.by_hours - at).total_seconds())
        return passed(
            Text(f"买家要在 {end} 前寄回,还剩 {left.zh}", f"To be sent back by {end} (+08:00), {left.en} left."),
            actual=actual,
            limit=limit,
            deadline=window.by_hours,
        )
    state = (
        Text(f"{clock(arrived)} 才寄到,不知道哪天寄出", f"It arrived {clock(arrived)}; when it was sent is not known")
        if arrived
        else Text("还没有寄到,不知道有没有寄出", "It has not arrived; whether it was sent is not known")
    )
    return review(
        "LATE",
        Text(f"{state.zh},寄回期限是 {end}", f"{state.en}; it was due {end} (+08:00)."),
        actual=actual,
        limit=limit,
        advice=Text("请查物流的揽收时间", "Look up when the courier took it in."),
        deadline=window.by_hours,
    )
