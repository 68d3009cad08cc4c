"""The manifest: ``submission.toml`` or ``submission.json``, and the facts of a command line, as a Case.

Strict on purpose: a misspelt key that passes in silence is a deadline that is never checked.
"""

from __future__ import annotations

import json
import tomllib
import typing
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NoReturn

from evidence_kit.intake.errors import IntakeError, shown
from evidence_kit.intake.files import MANIFEST_NAMES, MAX_FILES
from evidence_kit.intake.keys import FILE_KEYS, KEYS, TABLES, NoValue, nearest, value_of
from evidence_kit.intake.times import BEIJING
from evidence_kit.lines import json_lines, line_of, toml_error_line, toml_lines
from evidence_kit.records import dataclass
from evidence_kit.schema import Case, Role

MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of ``files``."""

    path: str
    role: Role | None
    source: Literal["warehouse", "courier", "repack"] | None
    key: str
    """Where it stands in the manifest, for error messages."""


@dataclass(frozen=True, slots=True)
class Written:
    """A manifest as parsed, nothing judged yet."""

    file: str | None
    content: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict)

    def refuse(self, key: str, zh: str, en: str) -> NoReturn:
        raise IntakeError(zh, en, file=self.file, key=key, line=line_of(self.lines, key))


@dataclass(frozen=True, slots=True)
class Stated:
    """What manifest and command line state together."""

    case: Case
    id: str | None
    pack: str | None
    files: tuple[Listed, ...] | None
    """None where no files are listed: everything in the folder counts."""


def read_manifest(folder: Path) -> Written | None:
    """The manifest in ``folder``, or None. Raises IntakeError where it cannot be parsed or there are two."""
    present = [name for name in MANIFEST_NAMES if (folder / name).is_file()]
    if not present:
        return None
    if len(present) > 1:
        names = " / ".join(present)
        raise IntakeError(f"同时存在 {names},请只留一个", f"{names} are both there; keep one", file=folder.name or None)
    name = present[0]
    text = _text(folder / name)
    content, lines = _toml(text, name) if name.endswith(".toml") else _json(text, name)
    return Written(name, content, lines)


def settle(
    manifest: Written | None, facts: Mapping[str, Any], now: datetime, *, without: Collection[str] = ()
) -> Stated:
    """Manifest and facts as one Case; a fact of the command line goes before the manifest's.

    ``without`` names the manifest's keys that count as not stated. Times without an offset are read as +08:00 and
    their keys recorded. Raises IntakeError.
    """
    values: dict[str, Any] = {}
    assumed: set[str] = set()
    files: tuple[Listed, ...] | None = None
    for source, loose in ((manifest, False), (Written(None, facts), True)):
        if source is None:
            continue
        for key, written in _leaves(source):
            if key == "files":
                files = _files(source, written)
            elif written is not None and not (loose and written == "") and (loose or key not in without):
                try:
                    values[key], zone_assumed = value_of(key, written, KEYS[key], loose=loose)
                except NoValue as error:
                    source.refuse(key, *error.args)
                (assumed.add if zone_assumed else assumed.discard)(key)
    if now.tzinfo is None:
        now = now.replace(tzinfo=BEIJING)
        assumed.add("now")
    in_order = tuple(key for key in ("now", *KEYS) if key in assumed)
    return Stated(_case(values, now, in_order), values.get("id"), values.get("pack"), files)


# --- inside ---


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise IntakeError(f"无法读取: {error.strerror}", f"cannot be read: {error.strerror}", file=path.name) from error
    if len(raw) > MAX_BYTES:
        raise IntakeError("清单超过 1 MB", "a manifest of more than 1 MB is refused", file=path.name)
    utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return raw.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise IntakeError(
            "不是 UTF-8 编码,请另存为 UTF-8", "not UTF-8; save the file as UTF-8", file=path.name, line=line
        ) from error


def _toml(text: str, name: str) -> tuple[Mapping[str, Any], Mapping[str, int]]:
    try:
        return tomllib.loads(text.replace("\r\n", "\n")), toml_lines(text)
    except (ValueError, RecursionError, OverflowError) as error:
        raise IntakeError(
            f"TOML 语法错误: {error}", f"not valid TOML: {error}", file=name, line=toml_error_line(error)
        ) from error


def _json(text: str, name: str) -> tuple[Mapping[str, Any], Mapping[str, int]]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        whole = dict(pairs)
        if len(whole) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise IntakeError("键重复", "the key stands twice", file=name, key=shown(twice)[1:-1])
        return whole

    try:
        content = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise IntakeError(
            f"JSON 语法错误: {error.msg}", f"not valid JSON: {error.msg}", file=name, line=error.lineno
        ) from error
    except (ValueError, RecursionError) as error:
        raise IntakeError(
            "JSON 嵌套过深或数字过长", "JSON nested too deeply, or a number too long", file=name
        ) from error
    if not isinstance(content, dict):
        raise IntakeError("应为 JSON 对象 {…}", "expected a JSON object {…}", file=name)
    return content, json_lines(text)


def _leaves(source: Written) -> Iterator[tuple[str, Any]]:
    """(dotted key, value) of everything written; unknown keys and tables are refused here."""
    for name, value in source.content.items():
        if name == "files" or name in KEYS:
            yield name, value
        elif name in TABLES:
            if not isinstance(value, Mapping):
                source.refuse(name, f"应为表 [{name}]", f"expected a table [{name}], not {shown(value)}")
            for leaf, inner in value.items():
                if f"{name}.{leaf}" not in KEYS:
                    _unknown(source, f"{name}.{leaf}", KEYS)
                yield f"{name}.{leaf}", inner
        else:
            _unknown(source, name, (*KEYS, *TABLES, "files"))


def _unknown(source: Written, key: str, known: typing.Iterable[str]) -> NoReturn:
    """Refuse ``key``; keys come from the file, so what is shown of them is bounded too."""
    key = shown(key)[1:-1]
    near = nearest(key, known)
    hint = (f",是不是 {near}", f"; did you mean {near}?") if near else ("", "")
    source.refuse(key, "未知的键" + hint[0], "unknown key" + hint[1])


def _files(source: Written, written: object) -> tuple[Listed, ...] | None:
    if isinstance(written, str) and source.file is None:
        try:
            written = json.loads(written) if written.strip() else None
        except (ValueError, RecursionError):
            source.refuse("files", "应为 JSON 列表", f"expected a JSON list, not {shown(written)}")
    if written is None:
        return None
    if not isinstance(written, (list, tuple)):
        source.refuse("files", "应为列表 [[files]]", f"expected a list [[files]], not {shown(written)}")
    if len(written) > MAX_FILES:
        source.refuse("files", f"超过 {MAX_FILES} 个文件", f"more than {MAX_FILES} files")
    return tuple(_listed(source, f"files[{at}]", entry) for at, entry in enumerate(written))


def _listed(source: Written, key: str, entry: object) -> Listed:
    if isinstance(entry, (str, Path)):
        entry = {"path": str(entry)}
    if not isinstance(entry, Mapping):
        source.refuse(key, "应为 {path, role}", f"expected a path or {{path, role}}, not {shown(entry)}")
    values: dict[str, Any] = {"role": None, "source": None}
    for name, value in entry.items():
        if name not in FILE_KEYS:
            _unknown(source, f"{key}.{name}", (f"{key}.{known}" for known in FILE_KEYS))
        if value is None:
            continue
        if name == "path":
            if not isinstance(value, (str, Path)):
                source.refuse(f"{key}.path", "应为加引号的路径", f"expected a path in quotes, not {shown(value)}")
            values[name] = str(value)
            continue
        try:
            values[name] = value_of(name, value, FILE_KEYS[name])[0]
        except NoValue as error:
            source.refuse(f"{key}.{name}", *error.args)
    if "path" not in values:
        source.refuse(f"{key}.path", "缺少 path", "expected a path, and there is none")
    return Listed(**values, key=key)


_PARTS: Mapping[str, Any] = typing.get_type_hints(Case)
"""Field of the case -> its type."""


def _case(values: Mapping[str, Any], now: datetime, assumed: tuple[str, ...]) -> Case:
    parts: dict[str, Any] = {}
    for entry in fields(Case):
        name = entry.name
        if name in TABLES:
            inner = {key.partition(".")[2]: value for key, value in values.items() if key.startswith(f"{name}.")}
            parts[name] = _PARTS[name](**inner)
        elif name in values:
            parts[name] = values[name]
    return Case(now=now, **parts, assumed_zone=assumed)
