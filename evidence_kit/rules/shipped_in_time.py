"""The goods were shipped within the hours allowed after payment (R59).

Why: 「未在七十二小时内发货」 is late shipping; the courier's record is the clock, not the seller's.
Passes: samples/shipped-in-time/pass-two-days.  Fails: samples/shipped-in-time/fail-four-days.
``order.shipped_at`` is the moment in the courier's system; whether it was taken from there is a person's to check.
"""

from __future__ import annotations

from evidence_kit.checks import missing
from evidence_kit.limits import Hours
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Text
from evidence_kit.windows import step_in_time


@rule(on="submission", retakable=False, title=Text("发货时限", "shipped in time"))
def shipped_in_time(case: Case, *, window_h: Hours) -> Check:
    if case.order.paid_at is None:
        return missing("order.paid_at")
    return step_in_time(case, case.order.paid_at, case.order.shipped_at, window_h, Text("发货", "ship the goods"))
