"""The claims as a clerk picks them, and the facts that each is judged by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Literal, cast, get_args, get_origin

from evidence_kit.intake.keys import KEYS as TYPES
from evidence_kit.packs import Binding, Pack, load_pack, shipped
from evidence_kit.report.words import KEYS, ROLES, value_words
from evidence_kit.schema import Item, Role, Text

FACTS_OF_RULES: dict[str, tuple[str, ...]] = {
    "order-number-given": ("order.order_no",),
    "claim-fields-complete": ("item.declared_damaged_qty", "claim.description", "claim.refund_amount"),
    "damaged-count-within-order": ("item.qty", "item.declared_damaged_qty"),
    "refund-in-proportion": ("item.paid_amount", "claim.refund_amount", "item.qty", "item.declared_damaged_qty"),
    "evidence-before-refusal": ("order.first_evidence_at", "order.refused_at"),
    "responded-in-time": ("order.refund_requested_at", "order.responded_at"),
    "shipped-in-time": ("order.paid_at", "order.shipped_at"),
    "sent-back-in-time": ("order.return_agreed_at", "order.return_signed_at"),
    "return-confirmed-in-time": ("order.return_agreed_at", "order.return_signed_at", "order.refused_at"),
    "cheaper-offer-in-time": ("claim.type", "order.ordered_at"),
    "complaint-fields-complete": (
        "complaint.order_no",
        "complaint.product",
        "complaint.problem",
        "complaint.request",
        "complaint.contact",
        "complaint.recipient_phone",
    ),
    "appeal-type-fits": (
        "appeal.type",
        "appeal.free_shipping",
        "appeal.freight_direction",
        "appeal.instant_refund",
    ),
    "appeal-amount-fits": ("appeal.amount", "appeal.refunded_amount"),
    "liability-appeal-recovers-no-money": ("appeal.type", "appeal.amount"),
    "video-six-sides": ("order.parcel_kind",),
    "weights-agree": ("weights.repack_g", "weights.warehouse_g", "weights.courier_g"),
    "chat-for-promised-refund": ("promised_refund",),
    "delivery-questions-answered": ("delivery.parcel_damaged_at_sign", "delivery.signed_by_self"),
}
"""Beyond number and moments, what a rule asks the clerk for."""
MOMENTS = ("sign_off", "since", "until")
"""Limits whose value is a moment of the order."""
SOURCES: Mapping[str, Text] = {
    "warehouse": Text("仓库称重", "weighing at the warehouse"),
    "courier": Text("快递称重", "weighing by the courier"),
    "repack": Text("重新打包称重", "weighing packed again"),
}
"""Whose scale a picture of role ``weight`` shows."""
LAST = "card"
OTHER = "其他"


def claims() -> list[dict[str, Any]]:
    """Every shipped pack with its words and its facts: the platform with most claims first, the general one last."""
    packs = [load_pack(name) for name in shipped()]
    sizes = Counter(pack.platform.zh for pack in packs)
    packs.sort(key=lambda pack: (pack.id == LAST, -sizes[pack.platform.zh], pack.platform.zh, pack.id))
    return [
        {
            "id": pack.id,
            "platform": pack.platform.zh,
            "title": pack.title.zh.removeprefix(f"{pack.platform.zh} "),
            "summary": pack.summary.zh,
            "facts": [field_of(key, pack) for key in facts_of(pack)],
        }
        for pack in packs
    ]


@cache
def asked_of(pack: str) -> tuple[str, ...]:
    """``facts_of`` a shipped pack; reading it takes longer than judging by it again."""
    return facts_of(load_pack(pack))


def facts_of(pack: Pack) -> tuple[str, ...]:
    """The manifest keys worth asking for under ``pack``, the ones that decide most first."""
    wanted: dict[str, None] = {}
    if any("direction" in binding.limits for binding in pack.rules):
        if pack.direction != "outbound":
            wanted["order.return_waybills"] = None
        if pack.direction != "return":
            wanted["order.outbound_waybills"] = None
    for binding in pack.rules:
        wanted |= dict.fromkeys(_moments(binding))
    for binding in pack.rules:
        wanted |= dict.fromkeys(FACTS_OF_RULES.get(binding.rule.id, ()))
        for value in binding.limits.values():
            if isinstance(value, tuple):
                wanted |= {entry: None for entry in value if entry in KEYS}
    return tuple(wanted)


def field_of(key: str, pack: Pack | None = None) -> dict[str, Any]:
    """One fact as the form asks for it: ``kind`` is time, number, choice, prose or text."""
    choices = _choices(key, pack)
    kind = "choice" if choices else kind_of(key)
    return {"key": key, "label": KEYS.get(key, Text(key, key)).zh, "kind": kind, "choices": choices}


def kind_of(key: str) -> str:
    """How a fact without choices is entered: ``time``, ``number``, ``prose`` or ``text``."""
    leaf = key.rpartition(".")[2]
    if leaf.endswith("_at"):
        return "time"
    if leaf.endswith(("_g", "_amount", "qty")) or leaf == "amount":
        return "number"
    return "prose" if leaf in ("description", "problem", "request") else "text"


def uses() -> dict[str, str]:
    """What a file can be for, as value and word: a role, or ``weight/`` and whose scale it is."""
    found = {role: words.zh for role, words in ROLES.items()}
    return found | {f"weight/{source}": words.zh for source, words in SOURCES.items()}


def use_of(item: Item) -> str:
    """What ``item`` is stated to be for, as ``uses`` names it; empty where nothing is stated."""
    return f"{item.role}/{item.source}" if item.source and item.role == "weight" else item.role or ""


def used_as(item: Item, use: str) -> Item:
    """``item`` stated to be for ``use``, a name of ``uses`` or empty."""
    role, _, source = use.partition("/")
    return replace(item, role=cast("Role | None", role or None), source=cast("Any", source or None))


# --- inside ---


def _moments(binding: Binding) -> list[str]:
    named = (binding.limits[name] for name in MOMENTS if name in binding.limits)
    return [f"order.{moment}" for moment in named if moment != "submitted_at"]


def _choices(key: str, pack: Pack | None) -> list[list[str]]:
    """Value and word of each choice; none where anything may be written."""
    if key == "claim.type" and pack is not None:
        types = [name for binding in pack.rules for name in binding.limits.get("claim_types", ())]
        return [[name, name] for name in (*types, OTHER)] if types else []
    kinds = [part for part in get_args(TYPES[key]) if part is not type(None)]
    if kinds == [bool]:
        return [["true", "是"], ["false", "否"]]
    if kinds and get_origin(kinds[0]) is Literal:
        return [[value, value_words(value).zh] for value in get_args(kinds[0])]
    return []
