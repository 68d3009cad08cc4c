"""Each video is within the upload size (R15, 1c-D).

Why: 300 MB over ten minutes is 4 Mbit/s; phones write more, and the upload fails late.
Passes: samples/video-format/pass-mp4.  Fails: files of 300 MB are made by the tests, not stored.
Cannot tell: 「300兆」 is 300 000 000 or 314 572 800 bytes; between the two a person decides, or a smaller copy.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed, review
from evidence_kit.limits import Bytes
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Item, Limit, Quantity, Text, Trace


@rule(on="video", retakable=False, title=Text("视频大小", "video size"))
def video_size(item: Item, *, max_bytes: Bytes, review_bytes: Bytes) -> Check:
    shown = f"{item.bytes / 1e6:.1f} MB"
    most = f"{max_bytes / 1e6:g} MB"
    actual = Quantity(item.bytes, "byte")
    limit = Limit("<=", max_bytes, "byte")
    trace = (Trace(item.id),)
    advice = Text(f"请另存一份压缩到 {most} 以下的视频,保留原文件", f"Save a copy below {most} and keep the original.")
    if item.bytes <= max_bytes:
        return passed(Text(f"视频 {shown}", f"The video has {shown}."), actual=actual, limit=limit, traces=trace)
    if item.bytes <= review_bytes:
        return review(
            "NEAR_SIZE_LIMIT",
            Text(f"视频 {shown},刚过 {most},平台可能不收", f"{shown} is just above {most}; it may be refused."),
            actual=actual,
            limit=limit,
            advice=advice,
            traces=trace,
        )
    return failed(
        "OVERSIZE",
        Text(f"视频 {shown},超过 {most}", f"The video has {shown}; at most {most} are taken."),
        actual=actual,
        limit=limit,
        advice=advice,
        traces=trace,
    )
