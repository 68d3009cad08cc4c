"""No file is handed in twice, in one submission or in several (card; rules 1e.8).

Why: a copy fills one of six slots and proves nothing more; a picture of another order proves nothing of this one.
Passes: samples/photo-count/pass-six.  Cannot tell: samples/no-reuse/review-same-file and
samples/no-reuse/review-saved-again: byte-identical files of one submission, and photos that are one exposure saved
again, are shown to a person, and so are files of two submissions that do not both state when they were handed in and
for which order. Of two that do, the later one fails and the earlier one is told. Two photos of one carton, or two
labels of one template, are no copies.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed, review
from evidence_kit.facts.picture_copies import OneExposure, near_pairs
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Copy, Item, Pairs, Quantity, Submission, Text, Trace

OTHER_ANGLES = Text("请删去重复的,换成其他角度", "Drop the copies and use the slots for other angles.")


@rule(on="submission", title=Text("没有重复文件", "no file twice"))
def no_reuse(submission: Submission, exposures: Pairs[OneExposure]) -> Check:
    judged = {item.id for item in submission.judged}
    copies = [copy for copy in submission.copies if copy.item in judged]
    used_before = [copy for copy in copies if copy.handed_in == "earlier"]
    if used_before:
        return _elsewhere(used_before, sure=True)
    groups: dict[str, list[Item]] = {}
    for item in submission.items:
        if item.bytes and item.sha256:
            groups.setdefault(item.sha256, []).append(item)
    twice = [group for group in groups.values() if len(group) > 1]
    if twice:
        return _within(twice)
    near = near_pairs(exposures)
    if near:
        return _saved_again(near)
    unsure = [copy for copy in copies if copy.handed_in == "unknown"]
    if unsure:
        return _elsewhere(unsure, sure=False)
    if copies:
        names = sorted({copy.submission for copy in copies})
        return passed(
            Text(
                "先提交的是这一份;后来的 " + "、".join(names) + " 用了同样的文件",
                "Handed in first; the same files came again later in " + ", ".join(names) + ".",
            ),
            actual=Quantity(0, "copy"),
        )
    return passed(Text("没有重复的文件", "No file is there twice."), actual=Quantity(0, "copy"))


def _within(groups: list[list[Item]]) -> Check:
    names = ["、".join(item.id for item in group) for group in groups]
    return review(
        "DUPLICATE_PHOTO",
        Text("内容完全相同:" + ";".join(names), "Identical: " + "; ".join(names)),
        actual=Quantity(sum(len(group) - 1 for group in groups), "copy"),
        advice=OTHER_ANGLES,
        traces=tuple(Trace(item.id) for group in groups for item in group),
    )


def _saved_again(pairs: list[tuple[Item, Item]]) -> Check:
    names = ["、".join((one.id, other.id)) for one, other in pairs]
    return review(
        "DUPLICATE_PHOTO",
        Text(
            "看起来是同一张照片(重新保存、裁剪或截屏):" + ";".join(names),
            "These look like one photo, saved again, cropped or taken of a screen: " + "; ".join(names),
        ),
        actual=Quantity(len(pairs), "copy"),
        advice=OTHER_ANGLES,
        traces=tuple(Trace(item.id) for pair in pairs for item in pair),
    )


def _elsewhere(copies: list[Copy], *, sure: bool) -> Check:
    """A file that another submission has too: a fail where that one was surely there before, for another order."""
    items = tuple(dict.fromkeys(copy.item for copy in copies))
    pairs = [f"{copy.item} = {copy.submission} / {copy.other}" for copy in copies[:5]]
    more = len(copies) - len(pairs)
    tail = Text(f" 等 {len(copies)} 处", f" and {more} more") if more else Text("", "")
    answer = failed if sure else review
    return answer(
        "DUPLICATE_PHOTO",
        Text(
            ("别的订单先用过同样的文件:" if sure else "别的材料里也有同样的文件:") + ";".join(pairs) + tail.zh,
            ("Used before for another order: " if sure else "Also handed in elsewhere: ") + "; ".join(pairs) + tail.en,
        ),
        actual=Quantity(len(items), "copy"),
        advice=Text("请换成这一单自己拍的照片和视频", "Hand in pictures taken of this order."),
        traces=tuple(Trace(item) for item in items),
    )
