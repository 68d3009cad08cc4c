"""The amount appealed for is stated and is no more than was refunded (R46).

Why: 「运费申诉金额需要确保准确」; an amount can be changed before it is sent, and a wrong one is turned down.
Passes: samples/appeal-type-fits/pass-goods-money.  Fails: samples/appeal-amount-fits/fail-above-refund.
Not applicable: an appeal on liability moves no money. That a freight amount is the receipt's is the receipt's rule.
"""

from __future__ import annotations

from evidence_kit.checks import failed, missing, not_applicable, passed, review
from evidence_kit.limits import Amount
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Quantity, Text


@rule(on="submission", title=Text("申诉金额", "amount appealed"))
def appeal_amount_fits(case: Case, *, tolerance_yuan: Amount) -> Check:
    appeal = case.appeal
    if appeal.type is None:
        return missing("appeal.type")
    if appeal.type == "判责":
        return not_applicable(Text("判责申诉不涉及金额", "An appeal on liability is about no amount."))
    if appeal.amount is None:
        return missing("appeal.amount")
    actual = Quantity(appeal.amount, "yuan")
    if appeal.amount <= 0:
        return review(
            "AMOUNT_DIFFERS",
            Text("申诉金额是 0 元", "The amount appealed for is zero."),
            actual=actual,
            advice=Text("请填写要追回的金额", "State the amount to be recovered."),
        )
    if appeal.type == "运费":
        return passed(Text(f"运费申诉 {appeal.amount:g} 元", f"{appeal.amount:g} yuan of freight."), actual=actual)
    if appeal.refunded_amount is None:
        return missing("appeal.refunded_amount")
    limit = Limit("<=", appeal.refunded_amount, "yuan")
    words = Text(
        f"申诉 {appeal.amount:g} 元,已退款 {appeal.refunded_amount:g} 元",
        f"{appeal.amount:g} yuan appealed, {appeal.refunded_amount:g} refunded.",
    )
    if appeal.amount <= appeal.refunded_amount + tolerance_yuan:
        return passed(words, actual=actual, limit=limit)
    return failed(
        "AMOUNT_DIFFERS",
        words,
        actual=actual,
        limit=limit,
        advice=Text("申诉金额可以更改,请改成不超过已退款金额", "Change the amount to no more than was refunded."),
    )
