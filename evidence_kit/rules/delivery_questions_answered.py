"""The buyer was asked whether the parcel was damaged at sign-off and who signed (R28).

Why: the answers tell a short shipment from goods that went missing on the way.
Passes: samples/delivery-questions-answered/pass-both.  Never fails: an open question is for a person.
"""

from __future__ import annotations

from evidence_kit.checks import missing, passed
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Quantity, Text


@rule(on="submission", title=Text("签收情况", "how it was signed for"))
def delivery_questions_answered(case: Case) -> Check:
    delivery = case.delivery
    if delivery.parcel_damaged_at_sign is None:
        return missing("delivery.parcel_damaged_at_sign")
    if delivery.signed_by_self is None:
        return missing("delivery.signed_by_self")
    state = Text("破损", "damaged") if delivery.parcel_damaged_at_sign else Text("完好", "whole")
    who = Text("本人", "the buyer") if delivery.signed_by_self else Text("他人", "someone else")
    courier = delivery.parcel_damaged_at_sign or not delivery.signed_by_self
    return passed(
        Text(f"签收时包裹{state.zh},{who.zh}签收", f"The parcel was {state.en}; {who.en} signed."),
        actual=Quantity(2, "field"),
        advice=Text("可能是运输中丢失,也请向快递核实", "It may have been lost on the way: ask the courier too.")
        if courier
        else None,
    )
