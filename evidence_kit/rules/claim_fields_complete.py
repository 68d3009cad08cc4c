"""Damaged quantity, description and amount are given (R04).

Why: 「上传损坏商品图片,商品损坏数量, 具体描述商品问题」; the form cannot be sent without them.
Passes: samples/claim-fields-complete/pass-all-given.  Fails: samples/claim-fields-complete/fail-no-description.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Quantity, Text


@rule(on="submission", title=Text("申请填写完整", "claim form filled in"))
def claim_fields_complete(case: Case) -> Check:
    fields = {
        "item.declared_damaged_qty": (case.item.declared_damaged_qty is not None, "损坏数量", "damaged quantity"),
        "claim.description": (bool((case.claim.description or "").strip()), "问题描述", "description"),
        "claim.refund_amount": (case.claim.refund_amount is not None, "退款金额", "amount"),
    }
    absent = [(key, zh, en) for key, (given, zh, en) in fields.items() if not given]
    actual, limit = Quantity(len(fields) - len(absent), "field"), Limit(">=", len(fields), "field")
    if not absent:
        return passed(
            Text("数量、描述、金额都有", "Quantity, description and amount are given."), actual=actual, limit=limit
        )
    return failed(
        "MISSING_FIELD",
        Text("缺少:" + "、".join(zh for _, zh, _ in absent), "Missing: " + ", ".join(en for _, _, en in absent) + "."),
        actual=actual,
        limit=limit,
        advice=Text(
            "请补填:" + "、".join(zh for _, zh, _ in absent), "Fill in " + ", ".join(key for key, _, _ in absent) + "."
        ),
    )
