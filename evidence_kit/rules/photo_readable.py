"""A photo opens, and is sharp, bright and large enough to be looked at (R02).

Why: a picture that the platform cannot show, or that shows nothing, proves nothing.
Passes: samples/photo-readable/pass-sharp.  Fails: samples/photo-readable/fail-blurred.
Cannot tell: sharpness between the accept and the reject point; a reviewer looks at the picture.
A bad close-up beside good photos is advice, and fails nothing (rules 1e.14). A file that no decoder opens fails,
because the platform cannot show it either (rules 1e.13).
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed, review
from evidence_kit.facts.photo_quality import PhotoQuality, Shortfall
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Each, Item, Limit, Outcome, Quantity, Text, Trace, Unknown

WORDS = {
    "TOO_BLURRED": Text("照片模糊", "the photo is blurred"),
    "TOO_DARK": Text("照片太暗", "the photo is too dark"),
    "TOO_SMALL": Text("照片尺寸太小", "the photo is too small"),
    "BLANK": Text("照片里什么也没有,只有一种颜色", "nothing is in the photo but one tone"),
}
ADVICE = {
    "TOO_BLURRED": Text("请擦净镜头、对焦后重拍", "Wipe the lens, let it focus, take it again."),
    "TOO_DARK": Text("请开灯或到亮处重拍", "Take it again with more light."),
    "TOO_SMALL": Text("请上传原图,不要用缩略图或截图", "Upload the original, not a thumbnail."),
    "BLANK": Text("请确认上传的是拍到商品的照片", "Make sure that this is the photo that shows the goods."),
}


@rule(on="photo", title=Text("照片清楚", "photo is clear"))
def photo_readable(item: Item, own: PhotoQuality | Unknown, every: Each[PhotoQuality]) -> Check:
    trace = (Trace(item.id),)
    if isinstance(own, Unknown):
        if own.reason != "FORMAT":
            return Check(own.outcome, own.reason, message=own.why, traces=trace)
        return failed(
            "FORMAT",
            Text("文件打不开,平台也无法显示", "The file cannot be opened; the platform cannot show it either."),
            advice=Text("请重新导出为 JPG 后上传", "Export it again as JPEG."),
            traces=trace,
        )
    actual = Quantity(f"{own.width}x{own.height}", "px")
    if not own.shortfalls:
        return passed(Text("照片清楚", "The photo can be looked at."), actual=actual, traces=trace)
    worst = next((short for short in own.shortfalls if short.certain), own.shortfalls[0])
    others_serve = any(other.id != item.id and not fact.shortfalls for other, fact in every.known())
    return _answer(worst, advised=others_serve, trace=trace)


def _answer(short: Shortfall, *, advised: bool, trace: tuple[Trace, ...]) -> Check:
    words, advice = WORDS[short.reason], ADVICE[short.reason]
    say = failed if short.certain else review
    maybe = Text("", "") if short.certain else Text("可能", "perhaps ")
    check = say(
        short.reason,
        Text(maybe.zh + words.zh, (maybe.en + words.en).capitalize() + "."),
        actual=Quantity(short.measured, short.unit),
        limit=Limit(">=", short.limit, short.unit),
        advice=advice,
        traces=trace,
        advised=advised,
    )
    assert check.outcome in (Outcome.FAIL, Outcome.REVIEW)
    return check
