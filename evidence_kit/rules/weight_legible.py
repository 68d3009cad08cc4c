"""The picture of the scale shows its figure, and it can be read (R24).

Why: a weight that nobody can read proves no weight.
Passes: samples/weight-legible/pass-kitchen-scale.  Fails: samples/weight-legible/fail-no-figure.
Cannot tell: a figure that is blurred, covered or without a unit, two figures; a person reads it off the picture.
"""

from __future__ import annotations

from evidence_kit.checks import failed, not_applicable, passed, review
from evidence_kit.facts.weight_shown import WeightShown
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Each, Outcome, Quantity, Text, Trace

ADVICE = Text(
    "请正对显示屏、开灯、对焦后重拍,数字和单位都要拍到", "Take it again: straight on, lit, in focus, figure and unit."
)


@rule(on="submission", title=Text("重量看得清", "weight can be read"))
def weight_legible(weights: Each[WeightShown]) -> Check:
    if not len(weights):
        return not_applicable(Text("没有称重照片", "There is no picture of a scale."))
    for item, unknown in weights.unknown():
        if unknown.outcome is Outcome.ERROR:
            return Check(unknown.outcome, unknown.reason, message=unknown.why, traces=(Trace(item.id),))
    known = weights.known()
    read = [(item, fact) for item, fact in known if fact.grams is not None]
    traces = tuple(Trace(item.id, quad=fact.quad) for item, fact in known)
    if read and len(read) == len(weights):
        shown = ", ".join(f"{fact.digits} {fact.unit}" for _, fact in read)
        return passed(
            Text(f"读到重量:{shown}", f"Weight read: {shown}."), actual=Quantity(shown, "text"), traces=traces
        )
    bare = [item for item, fact in known if not fact.seen and fact.adequate]
    if len(bare) == len(weights):
        return failed(
            "WEIGHT_UNREADABLE",
            Text("称重照片里没有看到任何数字", "No figure stands in any picture of a scale."),
            advice=ADVICE,
            traces=traces,
        )
    unitless = [fact for _, fact in known if fact.digits is not None and fact.unit is None]
    if unitless and len(unitless) + len(read) == len(weights):
        shown = ", ".join(fact.digits or "" for fact in unitless)
        words = Text(f"读到数字 {shown},单位没有读出", f"The figure {shown} was read, its unit was not.")
    else:
        words = Text("称重数字没有读清,请人工看一眼", "The weight could not be read for sure; a person must look.")
    return review("WEIGHT_UNREADABLE", words, advice=ADVICE, traces=traces)
