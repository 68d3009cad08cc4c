"""Too light or too small is shown by a scale or a ruler (R07).

Why: the document handles no such claim without a picture or a video of the weighing or measuring.
Passes: samples/weighing-or-measuring-shown/pass-scale.  Fails: samples/weighing-or-measuring-shown/fail-none.
Cannot tell: the picture is there, but no weight and no ruler could be read off it, or it is a video.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed, review
from evidence_kit.facts.papers import RulerShown
from evidence_kit.facts.weight_shown import WeightShown
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Each, Outcome, Submission, Text, Trace


@rule(on="submission", title=Text("有称重或度量", "weighing or measuring shown"))
def weighing_or_measuring_shown(submission: Submission, weights: Each[WeightShown], rulers: Each[RulerShown]) -> Check:
    shown = [item for item in submission.items if item.role in ("weight", "measure")]
    if not shown:
        return failed(
            "MISSING_ROLE",
            Text("没有称重或度量的照片、视频", "There is no picture or video of weighing or measuring."),
            advice=Text(
                "请补拍称重(含数字和单位)或用尺子度量的照片",
                "Show the goods on a scale, figure and unit, or beside a ruler.",
            ),
        )
    for item, fact in (*weights.unknown(), *rulers.unknown()):
        if fact.outcome is Outcome.ERROR:
            return Check(fact.outcome, fact.reason, message=fact.why, traces=(Trace(item.id),))
    read = [Trace(item.id, quad=fact.quad) for item, fact in weights.known() if fact.grams is not None]
    read += [Trace(item.id, quad=fact.quad) for item, fact in rulers.known() if fact.ruler]
    if read:
        return passed(
            Text("有称重或度量,读数清楚", "Weighing or measuring is shown and can be read."), traces=tuple(read)
        )
    return review(
        "WEIGHT_UNREADABLE",
        Text("有称重或度量的材料,读数没有读清,请人工看一眼", "It is there, but its reading must be taken by a person."),
        traces=tuple(Trace(item.id) for item in shown),
    )
