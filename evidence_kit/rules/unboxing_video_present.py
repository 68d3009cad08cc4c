"""The claim asks for an unboxing video, and one is there (R11–R17).

Why: for damage and swaps the platforms judge by the video first.
Passes: samples/unboxing-video-present/pass-video.  Fails: samples/unboxing-video-present/fail-none.
"""

from __future__ import annotations

from evidence_kit.checks import present
from evidence_kit.limits import Count
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Submission, Text


@rule(on="submission", retakable=False, title=Text("有开箱视频", "unboxing video"))
def unboxing_video_present(submission: Submission, *, min_videos: Count) -> Check:
    videos = [item for item in submission.videos if item.role in (None, "unboxing")]
    return present(
        videos,
        min_videos,
        "video",
        there=Text(f"有开箱视频 {len(videos)} 段", f"{len(videos)} unboxing video(s)."),
        missing=Text("没有开箱视频", "There is no unboxing video."),
        advice=Text("请上传从六面展示开始、一镜到底的开箱视频", "Add the unboxing video: six sides first, one take."),
    )
