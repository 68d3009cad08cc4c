"""The claims as a clerk picks them, and the facts that each is judged by."""

from __future__ import annotations

from typing import Any

from evidence_kit.packs import Pack, load_pack, shipped
from evidence_kit.report.words import KEYS
from evidence_kit.schema import Text

FACTS_OF_RULES: dict[str, tuple[str, ...]] = {
    "order-number-given": ("order.order_no",),
    "damaged-count-within-order": ("item.qty", "item.declared_damaged_qty"),
    "refund-in-proportion": ("item.paid_amount", "claim.refund_amount", "item.qty", "item.declared_damaged_qty"),
    "evidence-before-refusal": ("order.first_evidence_at", "order.refused_at"),
    "video-six-sides": ("order.parcel_kind",),
    "weights-agree": ("weights.repack_g", "weights.warehouse_g", "weights.courier_g"),
    "chat-for-promised-refund": ("promised_refund",),
    "delivery-questions-answered": ("delivery.parcel_damaged_at_sign", "delivery.signed_by_self"),
}
"""Beyond number and sign-off, what a rule asks the clerk for."""
FIRST = "card"


def claims() -> list[dict[str, Any]]:
    """Every shipped pack with its words and its facts, the general one last: it is for those who are unsure."""
    packs = [load_pack(name) for name in shipped()]
    packs.sort(key=lambda pack: (pack.id == FIRST, pack.id))
    return [
        {
            "id": pack.id,
            "title": pack.title.zh,
            "summary": pack.summary.zh,
            "facts": [{"key": key, "label": _label(key), "kind": kind_of(key)} for key in facts_of(pack)],
        }
        for pack in packs
    ]


def facts_of(pack: Pack) -> tuple[str, ...]:
    """The manifest keys worth asking for under ``pack``, the ones that decide most first."""
    wanted: dict[str, None] = {}
    if pack.direction != "outbound":
        wanted["order.return_waybills"] = None
    if pack.direction != "return":
        wanted["order.outbound_waybills"] = None
    wanted[f"order.{pack.sign_off}"] = None
    for binding in pack.rules:
        for key in FACTS_OF_RULES.get(binding.rule.id, ()):
            wanted[key] = None
        for value in binding.limits.values():
            if isinstance(value, tuple):
                wanted |= {entry: None for entry in value if entry in KEYS}
    return tuple(wanted)


def kind_of(key: str) -> str:
    """How a fact is entered: ``time``, ``number``, ``choice`` or ``text``."""
    leaf = key.rpartition(".")[2]
    if leaf.endswith("_at"):
        return "time"
    if leaf in ("sign_kind", "parcel_kind", "promised_refund", "parcel_damaged_at_sign", "signed_by_self"):
        return "choice"
    if leaf.endswith(("_g", "_amount", "qty")) or leaf == "amount":
        return "number"
    return "prose" if leaf in ("description", "problem", "request") else "text"


def _label(key: str) -> str:
    return KEYS.get(key, Text(key, key)).zh
