"""Windows of time: where they end, in hours and in calendar days. Standard library only.

A document's days can be read two ways (rules 1c-C, 1e.12): each as 24 hours from the moment, as platforms' timers run,
or as calendar days in which the first day is not counted and the last ends at 24:00 (Civil Code art. 201, 203). Inside
the first reading is inside both; between the two a person decides. The last second belongs to the window.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from evidence_kit.checks import BEIJING, clock, failed, passed, review, span
from evidence_kit.records import dataclass
from evidence_kit.schema import Case, Check, Limit, Quantity, Text

MOMENTS: Mapping[str, Text] = {
    "ordered_at": Text("下单时间", "ordered"),
    "paid_at": Text("付款时间", "paid"),
    "shipped_at": Text("发货时间", "shipped"),
    "buyer_signed_at": Text("买家签收时间", "signed for by the buyer"),
    "completed_at": Text("交易成功时间", "completed"),
    "refund_requested_at": Text("申请退款时间", "refund requested"),
    "return_agreed_at": Text("同意退货时间", "return agreed"),
    "responded_at": Text("回复时间", "responded"),
    "return_signed_at": Text("退货签收时间", "return signed for"),
    "refused_at": Text("拒绝时间", "refused"),
    "refund_succeeded_at": Text("退款成功时间", "refunded"),
    "first_evidence_at": Text("首次举证时间", "first evidence"),
    "submitted_at": Text("提交时间", "submitted"),
}
"""The order's moments in words; the keys are the manifest's, without ``order.``."""


@dataclass(frozen=True, slots=True)
class DayWindow:
    """So many days from a moment, in both readings."""

    start: datetime
    by_hours: datetime
    """The last moment, each day as 24 hours."""
    by_calendar: datetime
    """The last moment, as 24:00 of the last calendar day on the platforms' clock."""


def days_after(start: datetime, days: int) -> DayWindow:
    """The window of ``days`` days after ``start`` (aware)."""
    by_hours = start + timedelta(days=days)
    day_after = start.astimezone(BEIJING).date() + timedelta(days=days + 1)
    return DayWindow(start, by_hours, datetime.combine(day_after, time(), BEIJING))


def day_end(moment: datetime) -> str:
    """A midnight as the end of the day before it: ``2026-11-27 24:00:00``."""
    return f"{(moment.astimezone(BEIJING) - timedelta(days=1)).date()} 24:00:00"


def moment_of(case: Case, name: str) -> datetime | None:
    """The case's moment of that name; a submission that states none is made now."""
    return case.submitted_at if name == "submitted_at" else getattr(case.order, name)


def elapsed(start: datetime, end: datetime, unit: str) -> Quantity:
    """How long from ``start`` to ``end``, in ``h`` or ``day``."""
    one = timedelta(days=1) if unit == "day" else timedelta(hours=1)
    return Quantity(round((end - start) / one, 4), unit)


def step_in_time(case: Case, start: datetime, done: datetime | None, window_h: float, act: Text) -> Check:
    """Whether ``act`` was done within ``window_h`` hours of ``start``, or still can be (R57, R59).

    What is not done yet counts as of this submission. A deadline stands in the answer while it runs or was missed.
    """
    at = done or case.submitted_at
    deadline = start + timedelta(hours=window_h)
    actual, limit = elapsed(start, at, "h"), Limit("<=", window_h, "h")
    if at < start:
        return before_start(actual, limit, deadline)
    if done is not None and done <= deadline:
        return passed(
            Text(
                f"已在时限内{act.zh}({clock(done)}),截止是 {clock(deadline)}",
                f"Done in time, {clock(done)}: {act.en}; the limit was {clock(deadline)} (+08:00).",
            ),
            actual=actual,
            limit=limit,
        )
    if at <= deadline:
        left = span((deadline - at).total_seconds())
        return passed(
            Text(
                f"还没有{act.zh},截止 {clock(deadline)},还剩 {left.zh}",
                f"Not done yet: {act.en}; until {clock(deadline)} (+08:00), {left.en} left.",
            ),
            actual=actual,
            limit=limit,
            advice=Text(f"请在 {clock(deadline)} 前{act.zh}", f"By {clock(deadline)} (+08:00): {act.en}."),
            deadline=deadline,
        )
    over = span((at - deadline).total_seconds())
    state = Text("超时才", "Done late") if done else Text("已超时,还没有", "Overdue")
    return failed(
        "LATE",
        Text(
            f"{state.zh}{act.zh},截止是 {clock(deadline)},晚了 {over.zh}",
            f"{state.en}: {act.en}; the limit was {clock(deadline)} (+08:00), {over.en} ago.",
        ),
        actual=actual,
        limit=limit,
        deadline=deadline,
    )


def before_start(actual: Quantity, limit: Limit, deadline: datetime) -> Check:
    """The answer where something is stated to end before it began."""
    return review(
        "BEFORE_START",
        Text("结束时间早于开始时间,请核对时钟", "It ends before it starts: check the times."),
        actual=actual,
        limit=limit,
        deadline=deadline,
    )
