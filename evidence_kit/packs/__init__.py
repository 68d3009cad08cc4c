"""Packs: one platform document as TOML, loaded strictly. A pack names rules, limits, clauses and quotes.

A typo must never pass in silence: an unknown key or rule, a missing limit, a value of the wrong kind or out of its
unit's range is a ``PackError`` that names file, line and what was expected.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from evidence_kit.limits import Direction, SignOff, convert, describe
from evidence_kit.packs.draft import (
    SETTINGS,
    Draft,
    Entry,
    PackError,
    Written,
    check_keys,
    file_of,
    nearest,
    read_named,
    read_text,
    shipped,
)
from evidence_kit.records import dataclass
from evidence_kit.rules import Rule, load_rule, rule_ids
from evidence_kit.schema import Text

__all__ = ["Binding", "HumanClause", "Pack", "PackError", "load_pack", "pack_file", "read_pack", "shipped"]

OLD_DAYS = 365
"""A document older than this is shown with a warning: platforms change their rules."""
ANY_PLATFORM = Text("通用", "Any platform")


@dataclass(frozen=True, slots=True)
class Binding:
    """One rule as a document asks for it."""

    rule: Rule
    clause: str
    quote: str
    source: str
    required: bool
    limits: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HumanClause:
    """A clause that only a person can judge (rules 1e.4)."""

    clause: str
    quote: str
    source: str
    on: Literal["submission", "photo", "video"]


@dataclass(frozen=True, slots=True)
class Pack:
    """One rule document."""

    id: str
    version: str
    dated: date
    platform: Text
    title: Text
    summary: Text
    source: str
    direction: Direction
    sign_off: SignOff
    missing_facts: Literal["review", "not_applicable"]
    rules: tuple[Binding, ...]
    checklist: tuple[HumanClause, ...]
    sha256: str
    """Of the file; with ``extends``, of the file and all that it extends."""
    extends: str | None = None

    def is_old(self, today: date) -> bool:
        """The document was written more than a year before ``today``."""
        return (today - self.dated).days > OLD_DAYS


def load_pack(name: str) -> Pack:
    """A shipped pack by id, or a pack file by path (anything that ends in ``.toml``). Raises PackError."""
    return _pack(read_named(name))


def pack_file(name: str) -> tuple[str, bytes]:
    """A pack to send to another process: where it stands (absolute, for a file) and its bytes. Raises PackError."""
    return file_of(name)


def read_pack(data: bytes, where: str) -> Pack:
    """The pack that ``data`` (UTF-8 TOML) describes; ``where`` names it in errors. Raises PackError.

    Where ``where`` is an absolute path, files that the pack extends are sought beside it.
    """
    folder = Path(where).parent if Path(where).is_absolute() else None
    return _pack(read_text(data, where, folder))


# --- inside ---


def _pack(draft: Draft) -> Pack:
    page, settings = draft.page, draft.settings
    for key in SETTINGS:
        if key not in settings:
            raise page.error(key, f"pack: key {key!r} is missing")
    for key, kind in (("direction", Direction), ("sign_off", SignOff)):
        _limit(settings[key], kind, f"{key}: ")
    if not draft.rules:
        raise PackError(f"{page.where}: no [[rules]]: a pack without rules passes everything")
    dated = settings["dated"].value
    if not isinstance(dated, date) or isinstance(dated, datetime):
        raise settings["dated"].error("dated: expected a date such as 2024-08-01")
    return Pack(
        id=_text(settings["id"], "id"),
        version=_text(settings["version"], "version"),
        dated=dated,
        platform=_both(settings["platform"], "platform") if "platform" in settings else ANY_PLATFORM,
        title=_both(settings["title"], "title"),
        summary=_both(settings["summary"], "summary"),
        source=_text(settings["source"], "source"),
        direction=settings["direction"].value,
        sign_off=settings["sign_off"].value,
        missing_facts=_choice(settings["missing_facts"], ("review", "not_applicable"), "missing_facts"),
        rules=tuple(_binding(entry, settings) for entry in draft.rules),
        checklist=tuple(_human(entry.table) for entry in draft.checklist),
        sha256=draft.sha256,
        extends=draft.extends,
    )


def _binding(entry: Entry, settings: Mapping[str, Written]) -> Binding:
    table = entry.table
    needed = ("rule", "clause", "quote", "source")
    check_keys(table, needed, (*needed, "required", "limits"), "rule")
    name = table.value["rule"]
    if name not in rule_ids():
        raise table.error(f"unknown rule {name!r}{nearest(str(name), rule_ids())}", "rule")
    rule = load_rule(name)
    given = table.value.get("limits", {})
    if not isinstance(given, dict):
        raise table.error("limits: expected a table", "limits")
    stated = {key: Written(value, table.page, f"{table.key}.limits.{key}") for key, value in given.items()}
    stated |= entry.changes
    wanted = dict(rule.signature.options)
    for key, written in stated.items():
        if key not in wanted:
            raise written.error(f"{name}: unknown limit {key!r}{_meant(key, wanted)}")
    limits: dict[str, Any] = {}
    for key, annotation in wanted.items():
        if key in stated:
            limits[key] = _limit(stated[key], annotation, f"{name}: {key}: ")
        elif key in ("direction", "sign_off"):
            limits[key] = settings[key].value
        else:
            raise table.error(f"{name}: limit {key!r} is missing ({describe(annotation)})", "rule")
    required = table.value.get("required", True)
    if not isinstance(required, bool):
        raise table.error("required: expected true or false", "required")
    clause, quote, source = (_text(_leaf(table, key), key) for key in ("clause", "quote", "source"))
    return Binding(rule, clause, quote, source, required, limits)


def _meant(key: str, wanted: Mapping[str, Any]) -> str:
    """Which limit was probably meant, with its unit: ``window_d = 7`` is no ``window_h``."""
    if hint := nearest(key, wanted):
        name = hint.split("'")[1]
        return f" (did you mean {name!r}, {describe(wanted[name])}?)"
    every = "; ".join(f"{name}, {describe(annotation)}" for name, annotation in wanted.items())
    return f"; it takes {every or 'none'}"


def _human(table: Written) -> HumanClause:
    needed = ("clause", "quote", "source", "on")
    check_keys(table, needed, needed, "checklist")
    on = _choice(_leaf(table, "on"), ("submission", "photo", "video"), "on")
    clause, quote, source = (_text(_leaf(table, key), key) for key in ("clause", "quote", "source"))
    return HumanClause(clause, quote, source, on)


def _leaf(table: Written, key: str) -> Written:
    return Written(table.value[key], table.page, f"{table.key}.{key}")


def _text(written: Written, key: str) -> str:
    if not isinstance(written.value, str) or not written.value.strip():
        raise written.error(f"{key}: expected a text")
    return written.value


def _both(written: Written, key: str) -> Text:
    value = written.value
    if not isinstance(value, dict) or set(value) != {"zh", "en"}:
        raise written.error(f"{key}: expected {{ zh = ..., en = ... }}")
    if not all(isinstance(text, str) and text.strip() for text in value.values()):
        raise written.error(f"{key}: expected a text in both languages")
    return Text(value["zh"], value["en"])


def _choice(written: Written, choices: tuple[str, ...], key: str) -> Any:
    if written.value not in choices:
        raise written.error(f"{key}: expected one of {', '.join(choices)}, not {written.value!r}")
    return written.value


def _limit(written: Written, annotation: Any, prefix: str) -> Any:
    try:
        return convert(written.value, annotation)
    except ValueError as problem:
        raise written.error(f"{prefix}{problem}") from None
