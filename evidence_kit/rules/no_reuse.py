"""No file is handed in twice (card; rules 1e.8).

Why: a copy fills one of six slots and proves nothing more.
Passes: samples/photo-count/pass-six.  Cannot tell: byte-identical files in one submission are shown to a person.
Copies across orders are found where several submissions are judged together.
"""

from __future__ import annotations

from evidence_kit.checks import passed, review
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Item, Quantity, Submission, Text, Trace


@rule(on="submission", title=Text("没有重复文件", "no file twice"))
def no_reuse(submission: Submission) -> Check:
    groups: dict[str, list[Item]] = {}
    for item in submission.items:
        if item.bytes and item.sha256:
            groups.setdefault(item.sha256, []).append(item)
    copies = [group for group in groups.values() if len(group) > 1]
    if not copies:
        return passed(Text("没有重复的文件", "No file is there twice."), actual=Quantity(0, "copy"))
    names = ["、".join(item.id for item in group) for group in copies]
    return review(
        "DUPLICATE_PHOTO",
        Text("内容完全相同:" + ";".join(names), "Identical: " + "; ".join(names)),
        actual=Quantity(sum(len(group) - 1 for group in copies), "copy"),
        advice=Text("请删去重复的,换成其他角度", "Drop the copies and use the slots for other angles."),
        traces=tuple(Trace(item.id) for group in copies for item in group),
    )
