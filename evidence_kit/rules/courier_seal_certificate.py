"""The courier's certificate bears a red seal and the waybill number (R43).

Why: a platform believes a carrier's letter more than a merchant's word.
Passes: samples/courier-seal-certificate/pass-seal-and-number.  Fails: samples/courier-seal-certificate/fail-none.
Cannot tell: no seal found (the guide allows other official papers), or a number that is not read or another one.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed, review
from evidence_kit.facts.papers import SealShown
from evidence_kit.facts.waybill_numbers import same_number
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Each, Outcome, Text, Trace

ADVICE = Text(
    "请快递公司盖章并写明运单号,或提供其他官方证明",
    "Ask the courier for a seal and the waybill number, or another official paper.",
)


@rule(on="submission", title=Text("快递红章证明", "courier's sealed certificate"))
def courier_seal_certificate(case: Case, certificates: Each[SealShown]) -> Check:
    if not len(certificates):
        return failed(
            "MISSING_ROLE", Text("没有快递盖章证明", "There is no certificate of the courier."), advice=ADVICE
        )
    for item, unknown in certificates.unknown():
        if unknown.outcome is Outcome.ERROR:
            return Check(unknown.outcome, unknown.reason, message=unknown.why, traces=(Trace(item.id),))
    expected = (*case.order.outbound_waybills, *case.order.return_waybills)
    known = certificates.known()
    traces = tuple(Trace(item.id, quad=fact.quad) for item, fact in known)
    sealed = [fact for _, fact in known if fact.seal]
    if not sealed:
        return review(
            "SEAL_NOT_FOUND",
            Text("证明上没有找到红章,请人工核对", "No red seal was found; a person must look."),
            advice=ADVICE,
            traces=traces,
        )
    numbers = [number for fact in sealed for number in fact.numbers]
    if any(same_number(number, wanted) for number in numbers for wanted in expected):
        return passed(Text("有红章,单号相符", "The seal is there and the number agrees."), traces=traces)
    if numbers and expected:
        words = Text("有红章,但证明上的单号和订单不同", "The seal is there, but the number on it is another one.")
        return review("WAYBILL_MISMATCH", words, advice=ADVICE, traces=traces)
    words = Text(
        "有红章,单号没有读清或无从比对,请人工核对", "The seal is there; its number must be checked by a person."
    )
    return review("WAYBILL_UNREADABLE", words, advice=ADVICE, traces=traces)
