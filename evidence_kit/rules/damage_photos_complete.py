"""Three photos of a damaged parcel: the whole package with its label, the damaged spot, the damage inside (R30).

Why: a courier pays only where all three are seen together.
Passes: samples/damage-photos-complete/pass-three.  Fails: samples/damage-photos-complete/fail-no-inner-damage.
Cannot tell: no label found on the outer package; a masked recipient on a privacy waybill counts as present.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed, review
from evidence_kit.facts.waybill_readings import WaybillReadings
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Each, Quantity, Submission, Text, Trace

ROLES = {
    "outer_package": Text("带收件人信息的完整外包装", "the whole outer package with the recipient's label"),
    "damage_spot": Text("破损处", "the damaged spot"),
    "inner_damage": Text("内物破损", "the damage inside"),
}


@rule(on="submission", title=Text("破损三图齐全", "three photos of the damage"))
def damage_photos_complete(submission: Submission, readings: Each[WaybillReadings]) -> Check:
    there = {item.role for item in submission.photos}
    lacking = [role for role in ROLES if role not in there]
    traces = tuple(Trace(item.id) for item in submission.photos if item.role in ROLES)
    actual = Quantity(len(ROLES) - len(lacking), "picture")
    if lacking:
        names = "、".join(ROLES[role].zh for role in lacking)
        return failed(
            "MISSING_ROLE",
            Text(f"缺少照片:{names}", "Missing: " + ", ".join(ROLES[role].en for role in lacking) + "."),
            actual=actual,
            advice=Text(f"请补拍{names}", "Take the missing photo."),
            traces=traces,
        )
    outer = [(item, fact) for item, fact in readings if item.role == "outer_package"]
    if any(isinstance(fact, WaybillReadings) and fact.label_seen for _, fact in outer):
        return passed(
            Text("三类照片都有,外包装上有面单", "All three are there, the label on the first."),
            actual=actual,
            traces=traces,
        )
    return review(
        "WAYBILL_UNREADABLE",
        Text(
            "三类照片都有,外包装上没有找到面单,请人工看一眼", "All three are there; no label was found on the package."
        ),
        actual=actual,
        advice=Text("请拍到完整外包装和面单", "Show the whole package with its label."),
        traces=traces,
    )
