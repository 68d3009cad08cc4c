"""The appeal text: what the evidence shows, point by point, ready to paste into the platform's form.

Only what was established goes in. What a person has to add stands in 【】, so that nobody sends it unread.
"""

from __future__ import annotations

from collections.abc import Iterator

from evidence_kit.checks import moment
from evidence_kit.report.words import local_time
from evidence_kit.schema import Finding, Outcome, Report, Text

ASSERTED = (
    "within-window",
    "within-days",
    "evidence-before-refusal",
    "goods-with-waybill",
    "waybill-matches",
    "video-continuous",
    "video-six-sides",
    "video-waybill-readable",
)
"""Rules whose pass is an argument; that a file is small enough persuades nobody."""


def appeal_text(report: Report) -> Text:
    """Numbered points in both languages. Numbers are as masked as the report's own."""
    points = [point for point in _points(report) if point]
    ask = Text("【请写一句:问题是什么,希望平台怎样处理】", "[One sentence: what is wrong, and what you ask for]")
    points.append(ask)
    zh = "\n".join(f"{place}. {point.zh}" for place, point in enumerate(points, 1))
    en = "\n".join(f"{place}. {point.en}" for place, point in enumerate(points, 1))
    return Text(f"举证说明:\n{zh}", f"Evidence:\n{en}")


def _points(report: Report) -> Iterator[Text]:
    held: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.outcome is Outcome.PASS and finding.rule in ASSERTED:
            held.setdefault(finding.rule, []).append(finding)
    for deadline in report.facts.deadlines:
        if deadline.rule in ("within-window", "within-days") and deadline.rule in held and deadline.left_s >= 0:
            end = local_time(deadline.at)
            yield Text(f"本次举证在时限内提交,截止时间是 {end}。", f"Handed in within the window, which closes {end}.")
            break
    if "evidence-before-refusal" in held:
        yield Text("先提交凭证,后处理售后申请。", "The evidence was handed in before the claim was refused.")
    tails = list(dict.fromkeys(reading.number[-4:] for reading in report.facts.waybill_readings))
    if "waybill-matches" in held:
        tail = str(held["waybill-matches"][0].actual.value)[-4:] if held["waybill-matches"][0].actual else tails[0]
        where = _where(held["waybill-matches"])
        yield Text(
            f"{where.zh}拍到的快递面单号尾号 {tail},与本订单一致。",
            f"{where.en}: the waybill number ends in {tail}, as the order's does.",
        )
    if "goods-with-waybill" in held:
        where = _where(held["goods-with-waybill"])
        yield Text(f"{where.zh}商品与快递面单在同一张照片里。", f"{where.en}: goods and waybill in one photo.")
    yield from _video_points(held, report)


def _video_points(held: dict[str, list[Finding]], report: Report) -> Iterator[Text]:
    for finding in held.get("video-continuous", []):
        seconds = next((item.seconds for item in report.items if item.id == finding.target), None)
        if seconds:
            length = moment(seconds)
            yield Text(
                f"开箱视频《{finding.target}》长 {length},从头到尾没有发现剪辑或中断。",
                f"The unboxing video {finding.target} ({length}) shows no cut and no interruption.",
            )
    if "video-six-sides" in held:
        yield Text("视频开头展示了包裹各面,未拆封。", "It begins with the sides of the sealed parcel.")
    for sides in report.facts.sides:
        if sides.opened_at_s is not None:
            at = moment(sides.opened_at_s)
            yield Text(f"视频第 {at} 开始拆开。", f"Opening begins at {at}.")
    if "video-waybill-readable" in held:
        moments = [reading.at_s for reading in report.facts.waybill_readings if reading.at_s is not None]
        at = f"第 {moment(min(moments))} " if moments else ""
        yield Text(f"视频{at}可以看清快递面单。", "The waybill can be read in the video.")


def _where(findings: list[Finding]) -> Text:
    items = list(dict.fromkeys(trace.item for finding in findings for trace in finding.traces))[:3]
    return Text("、".join(f"《{item}》" for item in items) or "照片", ", ".join(items) or "The photos")
