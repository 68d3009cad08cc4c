"""No more is claimed damaged than was ordered (R04).

Why: a count above the order is turned down at once.
Passes: samples/claim-fields-complete/pass-all-given.  Fails: samples/damaged-count-within-order/fail-more-than-ordered.
"""

from __future__ import annotations

from evidence_kit.checks import failed, missing, passed
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Quantity, Text


@rule(on="submission", title=Text("损坏数量", "damaged quantity"))
def damaged_count_within_order(case: Case) -> Check:
    damaged, ordered = case.item.declared_damaged_qty, case.item.qty
    if damaged is None:
        return missing("item.declared_damaged_qty")
    if ordered is None:
        return missing("item.qty")
    actual, limit = Quantity(damaged, "piece"), Limit("<=", ordered, "piece")
    if damaged <= ordered:
        return passed(
            Text(f"损坏 {damaged} 件,共 {ordered} 件", f"{damaged} of {ordered} damaged."), actual=actual, limit=limit
        )
    return failed(
        "MISSING_FIELD",
        Text(f"填写损坏 {damaged} 件,订单只有 {ordered} 件", f"{damaged} claimed damaged, {ordered} ordered."),
        actual=actual,
        limit=limit,
        advice=Text("请核对损坏数量", "Check the damaged quantity."),
    )
