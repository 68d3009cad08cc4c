"""The refund asked for is in proportion to the damage (R04).

Why: 50 yuan for 10 pieces, 2 bad: 10 yuan; more is haggled over by a person.
Passes: samples/claim-fields-complete/pass-all-given.  Never fails: above the proportion a person decides.
"""

from __future__ import annotations

from evidence_kit.checks import missing, passed, review
from evidence_kit.limits import Amount
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Quantity, Text


@rule(on="submission", title=Text("退款金额比例", "refund in proportion"))
def refund_in_proportion(case: Case, *, tolerance_yuan: Amount) -> Check:
    item, asked = case.item, case.claim.refund_amount
    for key, value in (
        ("claim.refund_amount", asked),
        ("item.paid_amount", item.paid_amount),
        ("item.declared_damaged_qty", item.declared_damaged_qty),
        ("item.qty", item.qty or None),
    ):
        if value is None:
            return missing(key)
    assert asked is not None and item.paid_amount is not None and item.qty and item.declared_damaged_qty is not None
    due = round(item.paid_amount * item.declared_damaged_qty / item.qty, 2)
    actual, limit = Quantity(asked, "yuan"), Limit("<=", due, "yuan")
    if asked <= due + tolerance_yuan:
        return passed(
            Text(f"申请 {asked:g} 元,按比例 {due:g} 元", f"{asked:g} asked, {due:g} in proportion."),
            actual=actual,
            limit=limit,
        )
    return review(
        "AMOUNT_DIFFERS",
        Text(f"申请 {asked:g} 元,按比例是 {due:g} 元", f"{asked:g} yuan asked; {due:g} is the proportion."),
        actual=actual,
        limit=limit,
        advice=Text("请按损坏比例填写金额,或说明理由", "Ask for the proportion, or say why more is due."),
    )
