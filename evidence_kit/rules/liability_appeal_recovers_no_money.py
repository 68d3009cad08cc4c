"""An appeal on liability asks for no money (R47).

Why: 「判责只影响店铺的纠纷退款率和纠纷退款单数」; who wants the money back needs another entry.
Passes: samples/liability-appeal-recovers-no-money/pass-no-amount.
Never fails: the appeal itself is in order, so an amount in it is for a person.
"""

from __future__ import annotations

from evidence_kit.checks import missing, not_applicable, passed, review
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Quantity, Text


@rule(on="submission", title=Text("判责不退钱", "liability brings no money"))
def liability_appeal_recovers_no_money(case: Case) -> Check:
    appeal = case.appeal
    if appeal.type is None:
        return missing("appeal.type")
    if appeal.type != "判责":
        return not_applicable(Text(f"是{appeal.type}申诉", f"The appeal is of type {appeal.type}."))
    actual, limit = Quantity(appeal.amount or 0.0, "yuan"), Limit("<=", 0.0, "yuan")
    if not appeal.amount:
        return passed(Text("判责申诉,没有要求金额", "On liability, no amount asked."), actual=actual, limit=limit)
    return review(
        "WRONG_CLAIM_TYPE",
        Text(
            f"判责申诉要不回钱,但填了 {appeal.amount:g} 元",
            f"An appeal on liability recovers no money, yet {appeal.amount:g} yuan is asked.",
        ),
        actual=actual,
        limit=limit,
        advice=Text("要追回运费或货款,请选择对应的申诉类型", "To get money back choose freight or goods' money."),
    )
