"""Something to look at was handed in (R35).

Why: 「若仅仅只是文字描述…一定是不会申诉成功的」.
Passes: any sample.  Fails: samples/media-present/fail-text-only.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed
from evidence_kit.limits import Count
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Limit, Quantity, Submission, Text


@rule(on="submission", title=Text("有照片或视频", "something to look at"))
def media_present(submission: Submission, *, min_files: Count) -> Check:
    count = len(submission.items)
    actual, limit = Quantity(count, "file"), Limit(">=", min_files, "file")
    if count >= min_files:
        return passed(Text(f"有 {count} 个文件", f"{count} file(s)."), actual=actual, limit=limit)
    return failed(
        "TEXT_ONLY",
        Text("只有文字,没有照片或视频", "Text alone: no photo and no video."),
        actual=actual,
        limit=limit,
        advice=Text("请补充照片或视频", "Add photos or a video."),
    )
