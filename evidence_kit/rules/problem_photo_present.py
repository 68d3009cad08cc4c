"""A picture of the problem is there (R23, R32).

Why: the photo with the waybill shows whose parcel it is; what is wrong needs a picture of its own.
Passes: samples/problem-photo-present/pass-close-up.  Fails: samples/problem-photo-present/fail-chat-only.
Cannot tell: the only pictures are of goods beside a waybill. Whether the problem can be seen is a person's to judge.
"""

from __future__ import annotations

from evidence_kit.checks import present
from evidence_kit.limits import Photos
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Submission, Text

SHOWING = (None, "problem", "damage_spot", "inner_damage", "other")


@rule(on="submission", title=Text("问题照片", "picture of the problem"))
def problem_photo_present(submission: Submission, *, min_photos: Photos) -> Check:
    shown = [item for item in submission.photos if item.role in SHOWING]
    return present(
        shown,
        min_photos,
        "photo",
        there=Text(f"有问题照片 {len(shown)} 张", f"{len(shown)} picture(s) of the problem."),
        missing=Text("没有问题照片", "There is no picture of the problem."),
        advice=Text("请补拍能看清问题的照片", "Add a photo that shows the problem."),
        perhaps=[item for item in submission.photos if item.role == "goods_with_waybill"],
        maybe=Text("只有和面单的合照,能不能看清问题请人工确认", "Only photos with the waybill: a person looks."),
    )
