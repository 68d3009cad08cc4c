"""Packs: one platform document as TOML, loaded strictly. A pack names rules, limits, clauses and quotes.

A typo must never pass in silence: an unknown key or rule, a missing limit, a value of the wrong kind or out of its
unit's range is a ``PackError`` that names file, line and what was expected.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from evidence_kit.limits import Direction, SignOff, convert, describe
from evidence_kit.rules import Rule, load_rule, rule_ids
from evidence_kit.schema import Text

MAX_BYTES = 1_000_000
OLD_DAYS = 365
"""A document older than this is shown with a warning: platforms change their rules."""


class PackError(ValueError):
    """A pack that cannot be used; the text names file, line and what was expected."""


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
    title: Text
    summary: Text
    source: str
    direction: Direction
    sign_off: SignOff
    missing_facts: Literal["review", "not_applicable"]
    rules: tuple[Binding, ...]
    checklist: tuple[HumanClause, ...]
    sha256: str

    def is_old(self, today: date) -> bool:
        """The document was written more than a year before ``today``."""
        return (today - self.dated).days > OLD_DAYS


def shipped() -> tuple[str, ...]:
    """Ids of the packs that come with the kit, in name order."""
    found = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def load_pack(name: str) -> Pack:
    """A shipped pack by id, or a pack file by path (anything that ends in ``.toml``). Raises PackError."""
    where, data = pack_file(name)
    return read_pack(data, where)


def pack_file(name: str) -> tuple[str, bytes]:
    """What ``load_pack`` reads: the file's name for errors, and its bytes. Raises PackError."""
    if name.endswith(".toml"):
        path = Path(name)
        try:
            if path.stat().st_size > MAX_BYTES:
                raise PackError(f"{path}: larger than {MAX_BYTES} bytes")
            data = path.read_bytes()
        except OSError as problem:
            raise PackError(f"{path}: {problem.strerror or problem}") from None
        return str(path), data
    if name not in shipped():
        raise PackError(f"no pack {name!r}{_nearest(name, shipped())}; the packs are {', '.join(shipped())}")
    return f"{name}.toml", (resources.files(__name__) / f"{name}.toml").read_bytes()


def read_pack(data: bytes, where: str) -> Pack:
    """The pack that ``data`` (UTF-8 TOML) describes; ``where`` names it in errors."""
    try:
        text = data.decode("utf-8-sig")
        table = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise PackError(f"{where}: {problem}") from None
    return _Reader(where, text).pack(table, hashlib.sha256(data).hexdigest())


class _Reader:
    """Turns one TOML table into a Pack and knows at which line each key stands."""

    def __init__(self, where: str, text: str) -> None:
        self.where = where
        self.lines = text.splitlines()

    def pack(self, table: dict[str, Any], digest: str) -> Pack:
        required = ("id", "version", "dated", "title", "summary", "source", "direction", "sign_off", "missing_facts")
        self.keys(table, required, ("rules", "checklist"), "pack", 0)
        settings = {"direction": table["direction"], "sign_off": table["sign_off"]}
        for key, kind in (("direction", Direction), ("sign_off", SignOff)):
            self.limit(table[key], kind, key, 0)
        missing = self.choice(table, "missing_facts", ("review", "not_applicable"), 0)
        dated = table["dated"]
        if not isinstance(dated, date):
            raise self.error("dated: expected a date such as 2024-08-01", "dated", 0)
        bindings = self.entries(table, "rules")
        if not bindings:
            raise PackError(f"{self.where}: no [[rules]]: a pack without rules passes everything")
        rules = tuple(self.binding(entry, settings, place) for place, entry in enumerate(bindings))
        named = [binding.rule.id for binding in rules]
        for place, name in enumerate(named):
            if name in named[:place]:
                raise self.error(f"rule {name!r} is bound twice", "rule", place, "rules")
        return Pack(
            id=self.text(table, "id", 0),
            version=self.text(table, "version", 0),
            dated=dated,
            title=self.both(table, "title"),
            summary=self.both(table, "summary"),
            source=self.text(table, "source", 0),
            direction=table["direction"],
            sign_off=table["sign_off"],
            missing_facts=missing,
            rules=rules,
            checklist=tuple(self.human(entry, place) for place, entry in enumerate(self.entries(table, "checklist"))),
            sha256=digest,
        )

    def binding(self, entry: dict[str, Any], settings: Mapping[str, Any], place: int) -> Binding:
        self.keys(entry, ("rule", "clause", "quote", "source"), ("required", "limits"), "rule", place, "rules")
        name = entry["rule"]
        if name not in rule_ids():
            raise self.error(f"unknown rule {name!r}{_nearest(str(name), rule_ids())}", "rule", place, "rules")
        rule = load_rule(name)
        given = entry.get("limits", {})
        if not isinstance(given, dict):
            raise self.error("limits: expected a table", "limits", place, "rules")
        wanted = dict(rule.signature.options)
        for key in given:
            if key not in wanted:
                hint = _nearest(key, tuple(wanted)) or f"; it takes {', '.join(wanted) or 'none'}"
                raise self.error(f"{name}: unknown limit {key!r}{hint}", key, place, "rules")
        limits: dict[str, Any] = {}
        for key, annotation in wanted.items():
            if key in given:
                limits[key] = self.limit(given[key], annotation, key, place, f"{name}: ", "rules")
            elif key in settings:
                limits[key] = settings[key]
            else:
                raise self.error(f"{name}: limit {key!r} is missing ({describe(annotation)})", "rule", place, "rules")
        required = entry.get("required", True)
        if not isinstance(required, bool):
            raise self.error("required: expected true or false", "required", place, "rules")
        clause, quote, source = (self.text(entry, key, place, "rules") for key in ("clause", "quote", "source"))
        return Binding(rule, clause, quote, source, required, limits)

    def human(self, entry: dict[str, Any], place: int) -> HumanClause:
        self.keys(entry, ("clause", "quote", "source", "on"), (), "checklist", place, "checklist")
        on = self.choice(entry, "on", ("submission", "photo", "video"), place, "checklist")
        clause, quote, source = (self.text(entry, key, place, "checklist") for key in ("clause", "quote", "source"))
        return HumanClause(clause, quote, source, on)

    def keys(
        self,
        table: dict[str, Any],
        required: tuple[str, ...],
        optional: tuple[str, ...],
        what: str,
        place: int,
        within: str = "",
    ) -> None:
        known = required + optional
        for key in table:
            if key not in known:
                raise self.error(f"{what}: unknown key {key!r}{_nearest(key, known)}", key, place, within)
        for key in required:
            if key not in table:
                raise self.error(f"{what}: key {key!r} is missing", within or key, place, within)

    def entries(self, table: dict[str, Any], key: str) -> list[dict[str, Any]]:
        found = table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise self.error(f"{key}: expected [[{key}]] tables", key, 0)
        return found

    def text(self, table: dict[str, Any], key: str, place: int, within: str = "") -> str:
        value = table[key]
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{key}: expected a text", key, place, within)
        return value

    def both(self, table: dict[str, Any], key: str) -> Text:
        value = table[key]
        if not isinstance(value, dict) or set(value) != {"zh", "en"} or not all(value.values()):
            raise self.error(f"{key}: expected {{ zh = ..., en = ... }}", key, 0)
        return Text(str(value["zh"]), str(value["en"]))

    def choice(self, table: dict[str, Any], key: str, choices: tuple[str, ...], place: int, within: str = "") -> Any:
        if table[key] not in choices:
            raise self.error(f"{key}: expected one of {', '.join(choices)}", key, place, within)
        return table[key]

    def limit(self, value: Any, annotation: Any, key: str, place: int, prefix: str = "", within: str = "") -> Any:
        try:
            return convert(value, annotation)
        except ValueError as problem:
            raise self.error(f"{prefix}{key}: {problem}", key, place, within) from None

    def error(self, message: str, key: str, place: int, within: str = "") -> PackError:
        return PackError(f"{self.where}:{self.line(key, place, within)}: {message}")

    def line(self, key: str, place: int, within: str) -> int:
        """The line where ``key`` of the ``place``-th ``[[within]]`` table stands, else where that table begins."""
        starts = [number for number, line in enumerate(self.lines) if line.strip() == f"[[{within}]]"]
        first = starts[place] if within and place < len(starts) else 0
        following = [number for number in starts if number > first]
        last = following[0] if following else len(self.lines)
        pattern = re.compile(rf"(^|[{{,]\s*)\s*{re.escape(key)}\s*=")
        for number in range(first, last):
            if pattern.search(self.lines[number]):
                return number + 1
        return first + 1


def _nearest(name: str, known: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""
