"""Each video is within the upload length (R16, 1c-D).

Why: the form refuses longer videos.
Passes: samples/video-duration/pass-ten-minutes.  Fails: samples/video-duration/fail-eleven-minutes.
Cannot tell: players round, containers differ by a frame, so a second above the limit is for a person; so is a file
whose index and last frame disagree.
"""

from __future__ import annotations

from evidence_kit.checks import failed, moment, passed, review
from evidence_kit.facts.video_length import VideoLength
from evidence_kit.limits import Seconds
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Item, Limit, Quantity, Text, Trace


@rule(on="video", retakable=False, title=Text("视频时长", "video length"))
def video_duration(
    item: Item, length: VideoLength, *, max_s: Seconds, review_s: Seconds, index_tolerance_s: Seconds
) -> Check:
    stated, last = length.stated_s, length.last_frame_end_s
    known = [value for value in (stated, last) if value is not None]
    trace = (Trace(item.id),)
    limit = Limit("<=", max_s, "s")
    if not known:
        return review("BROKEN_INDEX", Text("读不出视频时长", "The length cannot be told."), limit=limit, traces=trace)
    seconds = round(max(known), 3)
    actual = Quantity(seconds, "s")
    shown, most = moment(seconds), moment(max_s)
    advice = Text(
        f"请剪掉开拆之后多余的结尾,保留原文件;开头到看清问题必须连续,总长不超过 {most}",
        f"Shorten a copy at its end only, below {most}, and keep the original.",
    )
    if seconds > review_s:
        return failed(
            "OVERLONG",
            Text(f"视频时长 {shown},超过 {most}", f"The video runs {shown}; at most {most} are taken."),
            actual=actual,
            limit=limit,
            advice=advice,
            traces=trace,
        )
    if seconds > max_s:
        return review(
            "NEAR_LENGTH_LIMIT",
            Text(f"视频时长 {seconds:.1f} 秒,刚过 {most}", f"{seconds:.1f} s is just above {most}."),
            actual=actual,
            limit=limit,
            advice=advice,
            traces=trace,
        )
    if stated is not None and last is not None and abs(stated - last) > index_tolerance_s:
        return review(
            "BROKEN_INDEX",
            Text(
                f"文件索引写 {stated:.1f} 秒,最后一帧在 {last:.1f} 秒,可能下载不完整",
                f"The index says {stated:.1f} s, the last frame ends at {last:.1f} s: perhaps cut short in transfer.",
            ),
            actual=actual,
            limit=limit,
            advice=Text("请从手机重新导出原文件", "Export the original again from the phone."),
            traces=trace,
        )
    return passed(Text(f"视频时长 {shown}", f"The video runs {shown}."), actual=actual, limit=limit, traces=trace)
