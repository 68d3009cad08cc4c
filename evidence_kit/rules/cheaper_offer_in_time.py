"""A cheaper offer elsewhere was reported within the hours allowed after ordering (R62 「下单24h内发现站外低价」).

Why: the double compensation is only for those hours; the ordinary price protection has a window of its own.
Passes: samples/cheaper-offer-in-time/pass-same-day.  Fails: samples/cheaper-offer-in-time/fail-two-days.
Not applicable: the claim is of another type.
"""

from __future__ import annotations

from datetime import timedelta

from evidence_kit.checks import clock, failed, missing, not_applicable, passed, span
from evidence_kit.limits import Hours, Names
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Text
from evidence_kit.windows import before_start, elapsed


@rule(on="submission", retakable=False, title=Text("站外低价时限", "cheaper offer in time"))
def cheaper_offer_in_time(case: Case, *, window_h: Hours, claim_types: Names) -> Check:
    if (case.claim.type or "").strip() not in claim_types:
        kinds = "、".join(claim_types)
        return not_applicable(Text(f"申请类型不是{kinds}", f"The claim is not of type {kinds}."))
    ordered = case.order.ordered_at
    if ordered is None:
        return missing("order.ordered_at")
    found, deadline = case.submitted_at, ordered + timedelta(hours=window_h)
    actual, limit = elapsed(ordered, found, "h"), Limit("<=", window_h, "h")
    if found < ordered:
        return before_start(actual, limit, deadline)
    if found <= deadline:
        left = span((deadline - found).total_seconds())
        return passed(
            Text(
                f"在时限内,截止 {clock(deadline)},还剩 {left.zh}",
                f"In time: until {clock(deadline)} (+08:00), {left.en} left.",
            ),
            actual=actual,
            limit=limit,
            deadline=deadline,
        )
    return failed(
        "LATE",
        Text(
            f"下单后 {span((found - ordered).total_seconds()).zh} 才提出,截止是 {clock(deadline)}",
            f"Reported {span((found - ordered).total_seconds()).en} after ordering; the limit was {clock(deadline)}.",
        ),
        actual=actual,
        limit=limit,
        advice=Text("可以按普通价保申请", "Ask for the ordinary price protection."),
        deadline=deadline,
    )
