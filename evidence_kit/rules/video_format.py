"""The video is of a container that the platform lists, and it plays (R17, 1c-E).

Why: what the reviewer's player cannot open is as good as not sent.
Passes: samples/video-format/pass-mp4.  Fails: samples/video-format/fail-truncated.
Cannot tell: the list ends in 「等」, so a container outside it that plays is for a person; so is a renamed file.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed, review
from evidence_kit.facts.file_format import FileFormat
from evidence_kit.limits import Names
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Item, Limit, Quantity, Text, Trace, Unknown


@rule(on="video", retakable=False, title=Text("视频格式", "video format"))
def video_format(item: Item, file: FileFormat | Unknown, *, listed: Names) -> Check:
    trace = (Trace(item.id),)
    limit = Limit("in", list(listed), "text")
    if isinstance(file, Unknown) and file.reason != "FORMAT":
        return Check(file.outcome, file.reason, message=file.why, traces=trace)
    if isinstance(file, Unknown) or not file.decodable:
        return failed(
            "FORMAT",
            Text("文件损坏或无法播放", "The file is damaged or cannot be played."),
            actual=None if isinstance(file, Unknown) else Quantity(file.format, "text"),
            limit=limit,
            advice=Text("请从手机相册重新导出原文件", "Export the original again from the phone."),
            traces=trace,
        )
    actual = Quantity(file.format, "text")
    if file.renamed:
        return review(
            "RENAMED",
            Text(
                f"扩展名是 .{item.extension},内容是 {file.format}",
                f"The name ends in .{item.extension}, the content is {file.format}.",
            ),
            actual=actual,
            limit=limit,
            advice=Text("请用原文件名上传,或转存为 mp4", "Upload it under its own name, or save a copy as mp4."),
            traces=trace,
        )
    if not set(file.names) & set(listed):
        return review(
            "UNLISTED_FORMAT",
            Text(f"{file.format} 不在平台列出的格式中", f"{file.format} is not among the formats listed."),
            actual=actual,
            limit=limit,
            advice=Text("建议另存一份 mp4,保留原文件", "Save a copy as mp4 and keep the original."),
            traces=trace,
        )
    return passed(Text(f"格式 {file.format}", f"Format {file.format}."), actual=actual, limit=limit, traces=trace)
