"""The freight receipt shows amount, time and number, and they agree with the appeal (R44).

Why: freight is paid back only as far as a receipt shows it.
Passes: samples/freight-receipt-legible/pass-three-fields.  Fails: samples/freight-receipt-legible/fail-none.
Cannot tell: one or two of the three read, or an amount or number other than the stated one; a person compares.
"""

from __future__ import annotations

from evidence_kit.checks import failed, not_applicable, passed, review
from evidence_kit.facts.papers import ReceiptFields
from evidence_kit.facts.waybill_numbers import same_number
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Each, Limit, Outcome, Quantity, Text, Trace

NAMES = {
    "amount": Text("金额", "amount"),
    "time": Text("时间", "time"),
    "number": Text("单号", "number"),
}
ADVICE = Text("请上传能看清运费金额、时间、单号的凭证", "Add a receipt on which amount, time and number can be read.")


@rule(on="submission", title=Text("运费凭证", "freight receipt"))
def freight_receipt_legible(case: Case, receipts: Each[ReceiptFields]) -> Check:
    if not len(receipts) and case.appeal.type not in (None, "运费"):
        return not_applicable(Text(f"是{case.appeal.type}申诉", f"The appeal is of type {case.appeal.type}."))
    if not len(receipts):
        return failed("MISSING_ROLE", Text("没有运费凭证", "There is no freight receipt."), advice=ADVICE)
    for item, unknown in receipts.unknown():
        if unknown.outcome is Outcome.ERROR:
            return Check(unknown.outcome, unknown.reason, message=unknown.why, traces=(Trace(item.id),))
    known = receipts.known()
    traces = tuple(Trace(item.id) for item, _ in known)
    amounts = [amount for _, fact in known for amount in fact.amounts]
    numbers = [number for _, fact in known for number in fact.numbers]
    there = {"amount": bool(amounts), "time": any(fact.days for _, fact in known), "number": bool(numbers)}
    read, lost = [key for key in NAMES if there[key]], [key for key in NAMES if not there[key]]
    actual, limit = Quantity(len(read), "field"), Limit(">=", len(NAMES), "field")
    if not read:
        words = Text("运费凭证上金额、时间、单号都没有读到", "Neither amount nor time nor number was read.")
        # Where not a word was read the picture may be at fault, and a person can tell.
        answer = failed if any(fact.text_seen for _, fact in known) else review
        return answer("MISSING_FIELD", words, actual=actual, limit=limit, advice=ADVICE, traces=traces)
    if lost:
        names = "、".join(NAMES[key].zh for key in lost)
        return review(
            "MISSING_FIELD",
            Text(f"运费凭证上没有读到:{names}", "Not read: " + ", ".join(NAMES[key].en for key in lost) + "."),
            actual=actual,
            limit=limit,
            advice=ADVICE,
            traces=traces,
        )
    expected = (*case.order.outbound_waybills, *case.order.return_waybills)
    if expected and not any(same_number(number, wanted) for number in numbers for wanted in expected):
        words = Text("凭证上的单号和订单不同,请人工核对", "The number on it is another one; a person must compare.")
        return review("WAYBILL_MISMATCH", words, advice=ADVICE, traces=traces)
    asked = case.appeal.amount if case.appeal.type == "运费" else None
    if asked is not None and not any(abs(amount - asked) < 0.005 for amount in amounts):
        return review(
            "AMOUNT_DIFFERS",
            Text(
                f"申诉运费 {asked:g} 元,凭证上没有这个金额",
                f"The appeal asks for {asked:g} yuan; the receipt shows another amount.",
            ),
            actual=Quantity(max(amounts), "yuan"),
            limit=Limit("==", asked, "yuan"),
            advice=ADVICE,
            traces=traces,
        )
    return passed(
        Text("金额、时间、单号都读到", "Amount, time and number were read."), actual=actual, limit=limit, traces=traces
    )
