"""The evidence was filed before the claim was refused (R40 「举证后拒签」, R41, rules 1e.2).

Why: refusing first loses the right to file under R40.
Passes: samples/evidence-before-refusal/pass-order.  Fails: samples/evidence-before-refusal/fail-refused-first.
Cannot tell: R41's 48-hour clause after a refusal.
"""

from __future__ import annotations

from datetime import timedelta

from evidence_kit.checks import clock, failed, not_applicable, passed, review
from evidence_kit.limits import Hours
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Quantity, Text


@rule(on="submission", retakable=False, title=Text("先举证后拒绝", "evidence before refusal"))
def evidence_before_refusal(case: Case, *, refusal_window_h: Hours) -> Check:
    refused = case.order.refused_at
    if refused is None:
        return not_applicable(Text("还没有拒绝,或没有写拒绝时间", "Not refused, or no time of refusal is stated."))
    filed = case.order.first_evidence_at or case.submitted_at
    behind_h = (filed - refused) / timedelta(hours=1)
    actual, limit = Quantity(round(behind_h, 4), "h"), Limit("<=", refusal_window_h, "h")
    if filed <= refused:
        return passed(
            Text(f"先举证({clock(filed)}),后拒绝({clock(refused)})", "Filed before the refusal."),
            actual=actual,
            limit=limit,
        )
    advice = Text("下次请先提交举证,再拒绝退款申请", "Next time file the evidence first, then refuse.")
    supplement_until = refused + timedelta(hours=refusal_window_h)
    if filed <= supplement_until:
        return review(
            "EVIDENCE_AFTER_REFUSAL",
            Text(
                f"先拒绝后举证,但在拒绝后 {refusal_window_h:g} 小时内(到 {clock(supplement_until)});"
                "条款读法不一,请人工确认",
                f"Refused first, yet filed within {refusal_window_h:g} h of it (until {clock(supplement_until)}): "
                "the clause reads both ways.",
            ),
            actual=actual,
            limit=limit,
            advice=advice,
            deadline=supplement_until,
        )
    return failed(
        "EVIDENCE_AFTER_REFUSAL",
        Text("应先举证再拒绝", "The claim was refused before the evidence was filed."),
        actual=actual,
        limit=limit,
        advice=advice,
    )
