"""At most as many photos as the upload form takes (R03).

Why: the form refuses the seventh picture, and a clerk in a hurry drops the wrong one.
Passes: samples/photo-count/pass-six.  Fails: samples/photo-count/fail-seven.
Every image counts that would fill a photo slot, duplicates and unreadable ones too (rules 1c-A, 1e.7).
"""

from __future__ import annotations

from evidence_kit.checks import failed, not_applicable, passed
from evidence_kit.facts.photo_quality import PhotoQuality
from evidence_kit.facts.shared_frame import SharedFrame
from evidence_kit.limits import Photos
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Each, Item, Limit, Quantity, Submission, Text, Unknown


@rule(on="submission", title=Text("照片张数", "number of photos"))
def photo_count(
    submission: Submission,
    frames: Each[SharedFrame],
    quality: Each[PhotoQuality],
    *,
    min_photos: Photos,
    max_photos: Photos,
) -> Check:
    count = len(submission.counted_photos)
    actual = Quantity(count, "photo")
    if count < min_photos:
        return failed(
            "MISSING_ROLE",
            Text(f"需要至少 {min_photos} 张照片,现在有 {count} 张", f"{count} photo(s); at least {min_photos} wanted"),
            actual=actual,
            limit=Limit(">=", min_photos, "photo"),
            advice=Text("请补拍商品和快递面单放在一起的照片", "Add a photo of the goods beside the waybill."),
        )
    if count == 0:
        return not_applicable(Text("没有照片", "No photo."))
    limit = Limit("<=", max_photos, "photo")
    if count <= max_photos:
        return passed(Text(f"照片 {count} 张", f"{count} photo(s)."), actual=actual, limit=limit)
    keep = best(submission, frames, quality)[:max_photos]
    names = [item.id for item in submission.counted_photos if item in keep]
    return failed(
        "TOO_MANY_PHOTOS",
        Text(f"照片 {count} 张,最多 {max_photos} 张", f"{count} photos; at most {max_photos} are taken"),
        actual=actual,
        limit=limit,
        advice=Text(
            f"建议保留这 {max_photos} 张:" + "、".join(names),
            f"Keep these {max_photos}: " + ", ".join(names),
        ),
    )


def best(submission: Submission, frames: Each[SharedFrame], quality: Each[PhotoQuality]) -> tuple[Item, ...]:
    """The photos, those that prove most first: same frame, then waybill, then goods; copies and bad ones last."""
    shown = dict(frames)
    good = dict(quality)
    seen: set[str] = set()

    def worth(item: Item) -> tuple[bool, ...]:
        copy = bool(item.sha256) and item.sha256 in seen
        seen.add(item.sha256)
        frame, sharp = shown.get(item), good.get(item)
        read = isinstance(frame, SharedFrame) and frame.waybill == "read"
        goods = isinstance(frame, SharedFrame) and frame.goods == "yes"
        usable = isinstance(sharp, PhotoQuality) and not sharp.shortfalls
        unreadable = sharp is None or isinstance(sharp, Unknown)
        return (not unreadable, not copy, read and goods, usable, read, goods, item.role not in (None, "other"))

    ranked = [(worth(item), item) for item in submission.counted_photos]
    return tuple(item for _, item in sorted(ranked, key=lambda pair: pair[0], reverse=True))
