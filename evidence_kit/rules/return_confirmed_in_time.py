"""The seller settles a return within the days allowed (R58 「卖家会有10天的时间来进行确认」).

Why: after them the refund goes through by itself.
Passes: samples/return-confirmed-in-time/pass-refused-in-time.
Fails: samples/return-confirmed-in-time/fail-not-settled.
Cannot tell: the document does not say from which moment the days run. They cannot begin before the return was agreed
nor after it arrived: within the days from the agreement is in time, past them from the arrival is late, and between
the two a person decides.
"""

from __future__ import annotations

from datetime import datetime

from evidence_kit.checks import clock, failed, missing, not_applicable, passed, review, span
from evidence_kit.limits import Days
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Text
from evidence_kit.windows import before_start, day_end, days_after, elapsed


@rule(on="submission", retakable=False, title=Text("卖家确认退货期限", "return settled in time"))
def return_confirmed_in_time(case: Case, *, days: Days) -> Check:
    agreed, arrived = case.order.return_agreed_at, case.order.return_signed_at
    first = agreed or arrived
    if first is None:
        return not_applicable(Text("没有退货,或没有写退货时间", "Nothing was returned, or no moment is stated."))
    done = _settled(case)
    at = done or case.submitted_at
    early = days_after(first, days)
    actual, limit = elapsed(first, at, "day"), Limit("<=", days, "day")
    if at < first:
        return before_start(actual, limit, early.by_hours)
    if arrived is not None and at > (late := days_after(max(arrived, first), days)).by_calendar:
        return failed(
            "LATE",
            Text(
                f"退货签收后超过 {days} 天才处理,最晚到 {day_end(late.by_calendar)}",
                f"Settled more than {days} days after it arrived; {day_end(late.by_calendar)} (+08:00) was the end.",
            ),
            actual=actual,
            limit=limit,
            deadline=late.by_calendar,
        )
    if agreed is None:
        return missing("order.return_agreed_at")
    end = clock(early.by_hours)
    if at > early.by_hours:
        return review(
            "LATE",
            Text(
                f"从同意退货起已过 {days} 天({end});从哪天起算写法不一,请人工确认",
                f"Past {days} days from the agreement ({end}): from when they run is for a person.",
            ),
            actual=actual,
            limit=limit,
            advice=Text("请马上确认收货或拒绝", "Accept or refuse the return at once."),
            deadline=early.by_hours,
        )
    if done is not None:
        return passed(Text(f"已在期限({end})内处理", f"Settled before {end} (+08:00)."), actual=actual, limit=limit)
    left = span((early.by_hours - at).total_seconds())
    return passed(
        Text(f"请在 {end} 前确认收货或拒绝,还剩 {left.zh}", f"Settle it by {end} (+08:00), {left.en} left."),
        actual=actual,
        limit=limit,
        deadline=early.by_hours,
    )


def _settled(case: Case) -> datetime | None:
    """When the seller refused or the refund went through, whichever came first."""
    both = [at for at in (case.order.refused_at, case.order.refund_succeeded_at) if at is not None]
    return min(both, default=None)
