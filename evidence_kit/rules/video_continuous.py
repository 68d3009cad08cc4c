"""The unboxing video runs without a cut (R12, 1c-G).

Why: a cut is where goods can be swapped, so platforms reject interrupted recordings.
Passes: samples/video-continuous/pass-handheld.  Fails: samples/video-continuous/fail-hard-cut.
Cannot tell: one signal alone, a covered lens, a whip pan, the parcel out of the frame; a reviewer sees the moment.
Fails only where two independent strong signals agree: an opened parcel cannot be filmed again (rules 0.3).
"""

from __future__ import annotations

from evidence_kit.checks import failed, moment, not_applicable, passed, review
from evidence_kit.facts.continuity import Continuity
from evidence_kit.facts.parcel_presence import ParcelPresence
from evidence_kit.limits import Count, Seconds
from evidence_kit.rules import rule
from evidence_kit.schema import Blind, Break, Check, Item, Limit, Quantity, Span, Submission, Text, Trace, Unknown

MOST_MOMENTS = 5
"""Moments named in one sentence; the traces hold them all."""
ORIGINAL = Text(
    "请提交相机里的原视频;若确实没有剪辑,请在申诉里说明该时刻发生了什么",
    "Send the camera's own file; if it was not cut, say in the appeal what happens at that moment.",
)


@rule(on="video", retakable=False, title=Text("视频连续", "video in one take"))
def video_continuous(
    item: Item,
    submission: Submission,
    take: Continuity,
    parcel: ParcelPresence | Unknown,
    *,
    max_breaks: Count,
    parcel_out_s: Seconds,
) -> Check:
    if item.role not in (None, "unboxing"):
        return not_applicable(Text("不是开箱视频", "Not an unboxing video."))
    limit = Limit("<=", max_breaks, "break")
    certain = [found for found, sure in zip(take.breaks, take.certain, strict=True) if sure]
    if len(certain) > max_breaks:
        return failed(
            "VIDEO_CUT",
            Text(
                f"第 {_moments(certain)} 处画面中断,视频不连续",
                f"The take is interrupted at {_moments(certain)}.",
            ),
            actual=Quantity(len(certain), "break"),
            limit=limit,
            advice=ORIGINAL,
            traces=_traces(item, certain),
        )
    if take.breaks:
        return review(
            "VIDEO_CUT",
            Text(
                f"第 {_moments(take.breaks)} 处画面跳变,请确认是否剪辑",
                f"The picture jumps at {_moments(take.breaks)}; please look whether it was cut.",
            ),
            actual=Quantity(len(take.breaks), "break"),
            limit=limit,
            advice=ORIGINAL,
            traces=_traces(item, take.breaks),
        )
    out = () if isinstance(parcel, Unknown) else parcel.out
    gone = [span for span in out if span.to_s - span.from_s > parcel_out_s]
    if gone:
        return review(
            "PARCEL_LEFT_FRAME",
            Text(f"第 {_moments(gone)} 处包裹离开画面", f"The parcel leaves the frame at {_moments(gone)}."),
            actual=Quantity(round(max(span.to_s - span.from_s for span in gone), 2), "s"),
            limit=Limit("<=", parcel_out_s, "s"),
            advice=Text(
                "请核对包裹离开前后是不是同一个;拍摄时让包裹始终在画面内",
                "Look whether it is the same parcel before and after; keep the parcel in view while filming.",
            ),
            traces=_traces(item, gone),
        )
    if take.blind:
        return review(
            "BLIND_INTERVAL",
            Text(
                f"第 {_moments(take.blind)} 处看不到画面(遮挡、全黑或晃动)",
                f"Nothing can be seen at {_moments(take.blind)} (covered, dark or shaken).",
            ),
            actual=Quantity(len(take.blind), "blind interval"),
            traces=_traces(item, take.blind),
        )
    if not take.examined:
        return review(
            "VIDEO_CUT",
            Text("能看的画面太少,判断不了是否连续", "Too little can be seen to tell."),
            traces=(Trace(item.id),),
        )
    if len([video for video in submission.videos if video.role in (None, "unboxing")]) > 1:
        return review(
            "VIDEO_MULTIPART",
            Text(
                "分段视频无法证明连续,请合并前的原视频", "Several clips cannot prove one take; send the one original."
            ),
            traces=(Trace(item.id),),
        )
    return passed(
        Text("没有发现剪辑或中断", "No cut and no interruption was found."),
        actual=Quantity(0, "break"),
        limit=limit,
        traces=(Trace(item.id),),
    )


def _at(entry: Break | Blind | Span) -> float:
    return entry.at_s if isinstance(entry, Break) else entry.from_s


def _moments(entries: list[Break] | tuple[Break, ...] | tuple[Blind, ...] | list[Span]) -> str:
    shown = [moment(_at(entry)) for entry in entries[:MOST_MOMENTS]]
    return "、".join(shown) + (" …" if len(entries) > len(shown) else "")


def _traces(item: Item, entries: list[Break] | tuple[Break, ...] | tuple[Blind, ...] | list[Span]) -> tuple[Trace, ...]:
    return tuple(Trace(item.id, round(_at(entry), 3)) for entry in entries)
