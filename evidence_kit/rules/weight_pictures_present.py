"""The warehouse's and the courier's picture of the weight are there (R26).

Why: one scale may be wrong; two that were read apart show what was sent.
Passes: samples/weights-agree/pass-within-tolerance.  Fails: samples/weight-pictures-present/fail-none.
Cannot tell: only one of the two is there.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed, review
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Quantity, Submission, Text, Trace

ADVICE = Text(
    "请上传发货称重图和快递内网称重图,并注明来源",
    "Add the warehouse's and the courier's weight, and say which is which.",
)


@rule(on="submission", title=Text("有两张称重图", "two weight pictures"))
def weight_pictures_present(submission: Submission) -> Check:
    pictures = [item for item in submission.items if item.role == "weight"]
    sources = {item.source for item in pictures if item.source in ("warehouse", "courier")}
    traces = tuple(Trace(item.id) for item in pictures)
    actual = Quantity(len(sources), "picture")
    if len(sources) == 2:
        return passed(Text("仓库和快递的称重图都有", "Both weight pictures are there."), actual=actual, traces=traces)
    if not pictures:
        return failed("MISSING_ROLE", Text("没有称重图", "There is no weight picture."), actual=actual, advice=ADVICE)
    return review(
        "MISSING_ROLE",
        Text(
            "仓库和快递的称重图只有一种,或没有注明来源",
            "Only one of the two is there, or they do not say whose they are.",
        ),
        actual=actual,
        advice=ADVICE,
        traces=traces,
    )
