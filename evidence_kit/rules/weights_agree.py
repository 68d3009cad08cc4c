"""The weight packed again is no more than the warehouse's and the courier's (R25, rules 1e.9).

Why: where a full parcel, packed again, is heavier than the one that was sent, something was missing in it.
Passes: samples/weights-agree/pass-within-tolerance.  Fails: samples/weights-agree/fail-lighter-when-sent.
Cannot tell: one of the three is not stated and not readable, or the stated one is not what the picture shows.
"""

from __future__ import annotations

from typing import Literal

from evidence_kit.checks import failed, passed, review
from evidence_kit.facts.weight_shown import WeightShown
from evidence_kit.limits import Grams, Share
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Each, Item, Limit, Quantity, Text, Trace

Source = Literal["repack", "warehouse", "courier"]
NAMES: dict[Source, Text] = {
    "repack": Text("重新打包", "packed again"),
    "warehouse": Text("仓库", "warehouse"),
    "courier": Text("快递", "courier"),
}


@rule(on="submission", title=Text("三个重量一致", "three weights agree"))
def weights_agree(
    case: Case,
    shown: Each[WeightShown],
    *,
    warehouse_tolerance_g: Grams,
    warehouse_tolerance: Share,
    courier_tolerance_g: Grams,
    courier_tolerance: Share,
) -> Check:
    stated = {"repack": case.weights.repack_g, "warehouse": case.weights.warehouse_g, "courier": case.weights.courier_g}
    grams: dict[Source, float] = {}
    traces: list[Trace] = []
    rooms = {
        "warehouse": (warehouse_tolerance_g, warehouse_tolerance),
        "courier": (courier_tolerance_g, courier_tolerance),
    }
    for source, name in NAMES.items():
        read = _read(shown, source)
        traces += [Trace(item.id, quad=fact.quad) for item, fact in read]
        found = {fact.grams for _, fact in read if fact.grams is not None}
        value = stated[source]
        if value is None and len(found) == 1:
            value = next(iter(found))
        if value is not None:
            grams[source] = value
        least_g, share = rooms.get(source, (warehouse_tolerance_g, warehouse_tolerance))
        if value is not None and any(abs(one - value) > max(least_g, share * value) for one in found):
            return review(
                "WEIGHT_DIFFERS",
                Text(
                    f"{name.zh}重量写的是 {value:g} g,照片上读到 {'、'.join(f'{g:g}' for g in sorted(found))} g",
                    f"Stated {value:g} g ({name.en}); the picture shows another weight.",
                ),
                actual=Quantity(round(max(found), 1), "g"),
                limit=Limit("==", value, "g"),
                traces=tuple(traces),
            )
    missing = [source for source in NAMES if source not in grams]
    over = _over(grams, rooms)
    if over is not None:
        source, more, room = over
        return failed(
            "WEIGHT_DIFFERS",
            Text(
                f"重新打包比{NAMES[source].zh}称重重 {more:g} g,超过允许的 {room:g} g,疑似少件",
                f"Packed again it is {more:g} g heavier than the {NAMES[source].en}'s weight; {room:g} g are allowed.",
            ),
            actual=Quantity(more, "g"),
            limit=Limit("<=", room, "g"),
            advice=Text("请核对发货件数,或补充快递公司的证明", "Check what was sent, or add a letter of the courier."),
            traces=tuple(traces),
        )
    if missing:
        names = "、".join(NAMES[source].zh for source in missing)
        return review(
            "MISSING_FACT",
            Text(f"缺少重量:{names}", "Weight missing: " + ", ".join(NAMES[source].en for source in missing) + "."),
            advice=Text("请补上称重图,或在信息里写明重量", "Add the picture of that scale, or state the weight."),
            traces=tuple(traces),
        )
    shown_text = "、".join(f"{NAMES[source].zh} {grams[source]:g} g" for source in NAMES)
    return passed(
        Text(f"三个重量一致:{shown_text}", "The three weights agree."),
        actual=Quantity(round(max(grams["repack"] - grams["warehouse"], grams["repack"] - grams["courier"]), 1), "g"),
        traces=tuple(traces),
    )


def _read(shown: Each[WeightShown], source: Source) -> list[tuple[Item, WeightShown]]:
    return [(item, fact) for item, fact in shown.known() if item.source == source]


def _over(grams: dict[Source, float], rooms: dict[str, tuple[float, float]]) -> tuple[Source, float, float] | None:
    """The comparison that is exceeded: which, by how much, and how much is allowed."""
    if "repack" not in grams:
        return None
    others: tuple[Source, Source] = ("warehouse", "courier")
    for source in others:
        if source in grams:
            least_g, share = rooms[source]
            room = round(max(least_g, share * grams[source]), 1)
            more = round(grams["repack"] - grams[source], 1)
            if more > room:
                return source, more, room
    return None
