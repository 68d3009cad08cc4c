"""The unboxing video begins with every face of the closed parcel (R11, 1c-F).

Why: it shows that the parcel arrived sealed, and what it looked like.
Passes: samples/video-six-sides/pass-six-faces.  Review: samples/video-six-sides/review-one-side.
Fails: a parcel that is plainly open from the first frame.
Cannot tell: a turn too quick to follow, faces hidden by hands or shown at a slant, a soft mailer not declared; a
person looks at the sheet of faces or, where none were found, at the beginning view by view.
Fails only where two independent signals say that the parcel is open from the start (rules 1c-F, 4).
"""

from __future__ import annotations

from dataclasses import replace

from evidence_kit.checks import failed, not_applicable, passed, review
from evidence_kit.facts.sides_shown import SidesShown
from evidence_kit.limits import Count, Faces
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Item, Limit, Quantity, Text, Trace

WHY = {
    "unseen": Text("画面里几乎看不到未拆的包裹", "hardly any closed parcel is seen"),
    "kind": Text("看起来和订单写的不是同一种包装", "it does not look like the kind of parcel that the order states"),
    "wide": Text("侧面太宽,不像快递袋", "its sides are too wide for a mailer"),
    "glimpsed": Text("有的面只一闪而过或太斜", "a face is seen too briefly or at a slant"),
    "lost": Text("转动有几段没跟上,前后的面对不上", "the turning was lost between two stretches"),
    "unproven": Text("机器数面的误差还不够小,不给数", "the machine's count is not yet sure enough to be told"),
}


@rule(on="video", retakable=False, title=Text("六面展示", "six sides shown"))
def video_six_sides(
    item: Item, case: Case, sides: SidesShown, *, box_faces: Faces, bag_faces: Faces, opened_signals: Count
) -> Check:
    if item.role not in (None, "unboxing"):
        return not_applicable(Text("不是开箱视频", "Not an unboxing video."))
    stated_bag = case.order.parcel_kind == "bag"
    wanted = bag_faces if stated_bag else box_faces
    if sides.mailer not in (None, stated_bag):
        sides = replace(sides, shown=None, why="kind")  # The sides of the one are not those of the other.
    elif stated_bag:
        sides = replace(sides, shown=sides.mailer_shown)
    limit = Limit(">=", wanted, "face")
    traces = tuple(Trace(item.id, face.at_s, face.quad) for face in sides.faces) or (Trace(item.id),)
    if sides.sealed_start is False and len(sides.opened_start_signals) >= opened_signals:
        return failed(
            "VIDEO_STARTS_OPENED",
            Text("视频一开始包裹就是打开的", "The parcel is open from the first frame."),
            actual=Quantity(sides.shown, "face"),
            limit=limit,
            advice=Text(
                "这段视频无法补拍;请补充快递称重、打包视频等其他证据",
                "It cannot be filmed again: add other proof, such as courier weights.",
            ),
            traces=traces,
        )
    if sides.shown is not None and sides.shown >= wanted and sides.sealed_start is not False:
        return passed(
            Text(f"开拆前展示了 {sides.shown} 个面", f"{sides.shown} faces are shown before opening."),
            actual=Quantity(sides.shown, "face"),
            limit=limit,
            traces=traces,
        )
    seen = Text("看不准展示了几个面", "How many faces are shown cannot be told")
    if sides.why in WHY:
        why = WHY[sides.why]
        seen = Text(f"{seen.zh}({why.zh})", f"{seen.en} ({why.en})")
    if sides.shown is not None:
        seen = Text(f"开拆前只看清 {sides.shown} 个面", f"Only {sides.shown} faces are clearly shown before opening")
    return review(
        "SIDES_MISSING",
        Text(f"{seen.zh},请人工看一眼", f"{seen.en}; a person should look."),
        actual=Quantity(sides.shown, "face"),
        limit=limit,
        advice=Text(
            "下次请在开拆前缓慢展示六个面;这次可在申诉里注明各面出现的时刻",
            "State in the appeal when each face is shown; next time turn the parcel slowly before opening.",
        ),
        traces=traces,
    )
