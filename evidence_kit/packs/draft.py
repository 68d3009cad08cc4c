"""A pack as written: TOML parsed, ``extends`` followed, every value with the place where it stands.

A pack that extends another states what is different: settings replace the other's, ``limits`` change single numbers,
a ``[[rules]]`` table replaces the other's table of that rule or is added, ``drop`` leaves rules out. Nothing is judged
here but the shape; ``evidence_kit.packs`` turns a draft into a Pack.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from evidence_kit.lines import line_of, toml_error_line, toml_lines
from evidence_kit.records import dataclass

MAX_BYTES = 1_000_000
MAX_DEPTH = 8
"""Packs in one chain of ``extends``; nobody can follow more."""

SETTINGS = ("id", "version", "dated", "title", "summary", "source", "direction", "sign_off", "missing_facts")
OPTIONAL = ("platform",)
CHANGES = ("extends", "limits", "drop")
LISTS = ("rules", "checklist")
HERE = Path(__file__).parent


class PackError(ValueError):
    """A pack that cannot be used; the text names file, line and what was expected."""


@dataclass(frozen=True, slots=True)
class Page:
    """One pack file as text, for telling on which line a key stands."""

    where: str
    lines: Mapping[str, int] = field(default_factory=dict)

    def error(self, key: str, message: str) -> PackError:
        return PackError(f"{self.where}:{line_of(self.lines, key) or 1}: {message}")


@dataclass(frozen=True, slots=True)
class Written:
    """A value, and where it was written."""

    value: Any
    page: Page
    key: str

    def error(self, message: str, leaf: str = "") -> PackError:
        """The error at this value, or at the key ``leaf`` inside it."""
        return self.page.error(f"{self.key}.{leaf}" if leaf else self.key, message)


@dataclass(slots=True)
class Entry:
    """One ``[[rules]]`` or ``[[checklist]]`` table, and the limits that a later pack changes."""

    table: Written
    changes: dict[str, Written] = field(default_factory=dict)

    @property
    def rule(self) -> Any:
        return self.table.value.get("rule")


@dataclass(slots=True)
class Draft:
    """One pack with all that it extends."""

    page: Page
    settings: dict[str, Written]
    rules: list[Entry]
    checklist: list[Entry]
    sha256: str
    extends: str | None = None


def shipped() -> tuple[str, ...]:
    """Ids of the packs that come with the kit, in name order."""
    return tuple(sorted(path.stem for path in HERE.glob("*.toml")))


def read_named(name: str, folder: Path | None = None, chain: tuple[str, ...] = ()) -> Draft:
    """The pack of that shipped id, or of that file (it ends in ``.toml``) seen from ``folder``. Raises PackError."""
    path = Path(name) if folder is None else folder / name
    where, data = file_of(name if folder is None or not name.endswith(".toml") else str(path))
    if not name.endswith(".toml"):
        return read_text(data, where, None, (*chain, name))
    return read_text(data, str(path), path.parent, (*chain, str(path.resolve())))


def file_of(name: str) -> tuple[str, bytes]:
    """Where the pack of that id or file stands, and its bytes. Raises PackError."""
    if not name.endswith(".toml"):
        if name not in shipped():
            raise PackError(f"no pack {name!r}{nearest(name, shipped())}; the packs are {', '.join(shipped())}")
        return f"{name}.toml", (HERE / f"{name}.toml").read_bytes()
    path = Path(name)
    try:
        with path.open("rb") as stream:
            return str(path.absolute()), stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as problem:
        raise PackError(f"{path}: {getattr(problem, 'strerror', None) or problem}") from None


def read_text(data: bytes, where: str, folder: Path | None = None, chain: tuple[str, ...] = ()) -> Draft:
    """The pack that ``data`` (UTF-8 TOML) describes; ``where`` names it in errors, ``chain`` is what led here."""
    if len(data) > MAX_BYTES:
        raise PackError(f"{where}: larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise PackError(f"{where}:{line}: not UTF-8; save the file as UTF-8") from None
    try:
        table = tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError, OverflowError) as problem:
        raise PackError(f"{where}:{toml_error_line(problem) or 1}: not valid TOML: {problem}") from None
    page = Page(where, toml_lines(text))
    check_keys(Written(table, page, ""), (), (*SETTINGS, *OPTIONAL, *CHANGES, *LISTS), "pack")
    base = _base(table, page, folder, chain)
    return _over(base, table, page, hashlib.sha256(data).hexdigest())


def check_keys(table: Written, required: Iterable[str], known: Iterable[str], what: str) -> None:
    """Refuse unknown keys and missing ones."""
    names = tuple(known)
    for key in table.value:
        if key not in names:
            raise table.page.error(_joined(table.key, key), f"{what}: unknown key {key!r}{nearest(key, names)}")
    for key in required:
        if key not in table.value:
            raise table.error(f"{what}: key {key!r} is missing")


def nearest(name: str, known: Iterable[str]) -> str:
    """Which known name was probably meant, in brackets; nothing where none is near."""
    found = difflib.get_close_matches(name, tuple(known), n=1)
    return f" (did you mean {found[0]!r}?)" if found else ""


# --- inside ---


def _joined(around: str, key: str) -> str:
    return f"{around}.{key}" if around else key


def _base(table: Mapping[str, Any], page: Page, folder: Path | None, chain: tuple[str, ...]) -> Draft | None:
    """What the pack extends; None where it stands alone."""
    if "extends" not in table:
        for key in ("limits", "drop"):
            if key in table:
                raise page.error(key, f"{key}: only for a pack that extends another")
        return None
    name = table["extends"]
    if not isinstance(name, str) or not name.strip():
        raise page.error("extends", "extends: expected a pack's id or a file name that ends in .toml")
    target = str(((folder or Path()) / name).resolve()) if name.endswith(".toml") else name
    if target in chain:
        circle = " -> ".join(Path(step).name for step in (*chain[chain.index(target) :], target))
        raise page.error("extends", f"extends goes round in a circle: {circle}")
    if len(chain) >= MAX_DEPTH:
        raise page.error("extends", f"extends: more than {MAX_DEPTH} packs deep")
    if not name.endswith(".toml") and name not in shipped():
        raise page.error("extends", f"extends: no pack {name!r}{nearest(name, shipped())}")
    if name.endswith(".toml") and not Path(target).is_file():
        raise page.error("extends", f"extends: there is no file {name}")
    return read_named(name, folder, chain)


def _over(base: Draft | None, table: Mapping[str, Any], page: Page, digest: str) -> Draft:
    """``table`` laid over ``base``."""
    settings = {} if base is None else {key: value for key, value in base.settings.items() if key != "id"}
    settings |= {key: Written(table[key], page, key) for key in (*SETTINGS, *OPTIONAL) if key in table}
    own = {key: _tables(table, key, page) for key in LISTS}
    _once(own["rules"])
    if base is None:
        return Draft(page, settings, own["rules"], own["checklist"], digest)
    kept, checklist = _kept(base, table, page)
    again = {entry.rule: entry for entry in own["rules"]}
    rules = [again.pop(entry.rule, entry) for entry in kept]
    rules += [entry for entry in own["rules"] if entry.rule in again]
    _change(rules, table, page)
    both = hashlib.sha256(f"{digest} {base.sha256}".encode()).hexdigest()
    return Draft(page, settings, rules, checklist + own["checklist"], both, str(table["extends"]))


def _tables(table: Mapping[str, Any], key: str, page: Page) -> list[Entry]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise page.error(key, f"{key}: expected [[{key}]] tables")
    return [Entry(Written(entry, page, f"{key}[{place}]")) for place, entry in enumerate(found)]


def _once(rules: list[Entry]) -> None:
    seen: set[str] = set()
    for entry in rules:
        if str(entry.rule) in seen:
            raise entry.table.error(f"rule {entry.rule!r} is bound twice", "rule")
        seen.add(str(entry.rule))


def _kept(base: Draft, table: Mapping[str, Any], page: Page) -> tuple[list[Entry], list[Entry]]:
    """The rules and human clauses of ``base`` without those that ``drop`` names."""
    drop = table.get("drop", [])
    if not isinstance(drop, list) or not all(isinstance(name, str) for name in drop):
        raise page.error("drop", 'drop: expected a list such as ["photo-count"]')
    rules = [str(entry.rule) for entry in base.rules]
    clauses = [str(entry.table.value.get("clause")) for entry in base.checklist]
    for name in drop:
        if name not in rules and name not in clauses:
            raise page.error("drop", f"drop: {table['extends']} has no {name!r}{nearest(name, (*rules, *clauses))}")
    return (
        [entry for entry in base.rules if entry.rule not in drop],
        [entry for entry in base.checklist if entry.table.value.get("clause") not in drop],
    )


def _change(rules: list[Entry], table: Mapping[str, Any], page: Page) -> None:
    """Put the changed limits to their rules."""
    changed = table.get("limits", {})
    if not isinstance(changed, dict):
        raise page.error("limits", "limits: expected limits.<rule>.<limit> = value")
    by_name = {str(entry.rule): entry for entry in rules}
    for name, limits in changed.items():
        key = f"limits.{name}"
        if name not in by_name:
            raise page.error(key, f"limits: this pack has no rule {name!r}{nearest(name, by_name)}")
        if not isinstance(limits, dict):
            raise page.error(key, f"limits: expected limits.{name}.<limit> = value")
        by_name[name].changes |= {leaf: Written(value, page, f"{key}.{leaf}") for leaf, value in limits.items()}
