"""A picture and a video of the unopened item are there (R21).

Why: 「您拍下图片和视频,我这边看下您如果没有拆封」: both are asked for.
Passes: samples/sealed-item-shown/pass-both.  Fails: samples/sealed-item-shown/fail-no-video.
That the seal is whole is a person's to judge.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed
from evidence_kit.limits import Count
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Limit, Quantity, Submission, Text, Trace


@rule(on="submission", title=Text("未拆封的图片和视频", "unopened, in picture and video"))
def sealed_item_shown(submission: Submission, *, min_photos: Count, min_videos: Count) -> Check:
    photos, videos = submission.counted_photos, submission.videos
    actual = Quantity(len(photos) + len(videos), "file")
    limit = Limit(">=", min_photos + min_videos, "file")
    absent = [
        word
        for word, there in (
            (Text("图片", "a picture"), len(photos) >= min_photos),
            (Text("视频", "a video"), len(videos) >= min_videos),
        )
        if not there
    ]
    if not absent:
        return passed(
            Text("有未拆封商品的图片和视频", "Picture and video of the item are there."),
            actual=actual,
            limit=limit,
            traces=tuple(Trace(item.id) for item in (*photos, *videos)),
        )
    zh, en = "、".join(word.zh for word in absent), " and ".join(word.en for word in absent)
    return failed(
        "MISSING_ROLE",
        Text(f"缺少未拆封商品的{zh}", f"Missing: {en} of the unopened item."),
        actual=actual,
        limit=limit,
        advice=Text(f"请补拍{zh},能看清封口", f"Add {en} in which the seal can be seen."),
    )
