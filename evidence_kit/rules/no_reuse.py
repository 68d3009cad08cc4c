"""No file is handed in twice (card; rules 1e.8).

Why: a copy fills one of six slots and proves nothing more.
Passes: samples/photo-count/pass-six.  Cannot tell: samples/no-reuse/review-same-file and
samples/no-reuse/review-saved-again: byte-identical files of one submission, and photos that are one exposure saved
again, are shown to a person. Two photos of one carton, or two labels of one template, are no copies.
Copies across orders are found where several submissions are judged together.
"""

from __future__ import annotations

from evidence_kit.checks import passed, review
from evidence_kit.facts.picture_copies import PictureCopy, near_pairs
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Each, Item, Quantity, Submission, Text, Trace

ADVICE = Text("请删去重复的,换成其他角度", "Drop the copies and use the slots for other angles.")


@rule(on="submission", title=Text("没有重复文件", "no file twice"))
def no_reuse(submission: Submission, prints: Each[PictureCopy]) -> Check:
    groups: dict[str, list[Item]] = {}
    for item in submission.items:
        if item.bytes and item.sha256:
            groups.setdefault(item.sha256, []).append(item)
    copies = [group for group in groups.values() if len(group) > 1]
    if copies:
        names = ["、".join(item.id for item in group) for group in copies]
        return review(
            "DUPLICATE_PHOTO",
            Text("内容完全相同:" + ";".join(names), "Identical: " + "; ".join(names)),
            actual=Quantity(sum(len(group) - 1 for group in copies), "copy"),
            advice=ADVICE,
            traces=tuple(Trace(item.id) for group in copies for item in group),
        )
    near = near_pairs(prints.known())
    if near:
        names = ["、".join((one.id, other.id)) for one, other in near]
        return review(
            "DUPLICATE_PHOTO",
            Text(
                "看起来是同一张照片(重新保存、裁剪或截屏):" + ";".join(names),
                "These look like one photo, saved again, cropped or taken of a screen: " + "; ".join(names),
            ),
            actual=Quantity(len(near), "copy"),
            advice=ADVICE,
            traces=tuple(Trace(item.id) for pair in near for item in pair),
        )
    return passed(Text("没有重复的文件", "No file is there twice."), actual=Quantity(0, "copy"))
