"""The keys that a manifest may hold, and one value's way from what was written to what the schema wants.

The schema's own dataclasses are the list: a field added to ``Order`` is a key ``order.…`` from then on.
"""

from __future__ import annotations

import json
import math
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

import msgspec

from evidence_kit.intake.errors import shown
from evidence_kit.intake.times import NoMoment, moment
from evidence_kit.schema import Case, Role, Text

MAX_TEXT = 200
"""Characters of a number or a name."""
MAX_PROSE = 5_000
"""Characters of a description, a reason, a request."""
MAX_NUMBERS = 50
"""Waybill numbers of one direction."""
MOST = 1e9
"""Yuan, grams, pieces: nothing that is sent by parcel has more."""

_NOT_WRITTEN = frozenset({"now", "assumed_zone"})
_PROSE = frozenset({"claim.description", "claim.reason", "appeal.reason", "complaint.problem", "complaint.request"})
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class NoValue(ValueError):
    """A value that its key cannot hold; the arguments say what was expected, in Chinese and in English."""


def _keys() -> dict[str, Any]:
    found: dict[str, Any] = {"id": str | None, "pack": str | None}
    hints = typing.get_type_hints(Case)
    for entry in fields(Case):
        kind = hints[entry.name]
        if entry.name in _NOT_WRITTEN:
            continue
        if is_dataclass(kind):
            inner = typing.get_type_hints(kind)
            found |= {f"{entry.name}.{leaf.name}": inner[leaf.name] for leaf in fields(kind)}
        else:
            found[entry.name] = kind
    return found


KEYS: Mapping[str, Any] = types.MappingProxyType(_keys())
"""Dotted key -> what it holds."""
TABLES: frozenset[str] = frozenset(key.partition(".")[0] for key in KEYS if "." in key)
FILE_KEYS: Mapping[str, Any] = types.MappingProxyType(
    {"path": str, "role": Role | None, "source": Literal["warehouse", "courier", "repack"] | None}
)


def nearest(key: str, known: typing.Iterable[str]) -> str | None:
    """The known key that ``key`` was probably meant to be."""
    every = sorted(known)
    leaf = key.rpartition(".")[2]
    same_leaf = [name for name in every if name.rpartition(".")[2] == leaf]
    if same_leaf:
        return same_leaf[0]
    if close := get_close_matches(key, every, n=1, cutoff=0.7):
        return close[0]
    by_leaf = {name.rpartition(".")[2]: name for name in reversed(every)}
    close = get_close_matches(leaf, sorted(by_leaf), n=1, cutoff=0.75)
    return by_leaf[close[0]] if close else None


def value_of(key: str, written: object, kind: Any, *, loose: bool = False) -> tuple[Any, bool]:
    """``written`` as the schema holds it, and whether a zone was assumed. Raises NoValue(zh, en).

    ``loose`` is for the command line and for tables, where everything may be text; a manifest is strict.
    """
    wanted = _given(kind)
    if wanted is datetime:
        try:
            return moment(written)
        except NoMoment as error:
            raise NoValue(*error.args) from None
    if loose:
        written = _loosened(written, wanted)
    try:
        value = msgspec.convert(written, wanted, strict=True)
    except (msgspec.ValidationError, OverflowError):
        expected = describe(wanted)
        raise NoValue(
            f"应为{expected.zh},不是 {shown(written)}", f"expected {expected.en}, not {shown(written)}"
        ) from None
    _sane(key, value)
    return value, False


def describe(wanted: Any) -> Text:
    """What a key of this type holds, in words."""
    if get_origin(wanted) is Literal:
        choices = " / ".join(get_args(wanted))
        return Text(f"下列之一: {choices}", f"one of {choices}")
    if get_origin(wanted) is tuple:
        return Text('文字列表,例如 ["SF1234567890123"]', 'a list of texts such as ["SF1234567890123"]')
    return {
        str: Text("加引号的文字", "text in quotes"),
        int: Text("整数", "a whole number"),
        float: Text("数字", "a number"),
        bool: Text("true 或 false", "true or false"),
    }[wanted]


# --- inside ---


def _given(kind: Any) -> Any:
    """``kind`` without its None."""
    parts = [part for part in get_args(kind) if part is not type(None)]
    return parts[0] if len(parts) == 1 and type(None) in get_args(kind) else kind


def _loosened(written: object, wanted: Any) -> object:
    if get_origin(wanted) is tuple and isinstance(written, str):
        if written.lstrip().startswith("["):
            try:
                return json.loads(written)
            except (ValueError, RecursionError):
                return written
        return [part for part in re.split(r"[,;,;、\s]+", written) if part]
    if wanted is str and isinstance(written, int) and not isinstance(written, bool):
        return str(written)
    if wanted is int and isinstance(written, float) and written.is_integer():
        return int(written)
    if not isinstance(written, str):
        return written
    text = written.strip()
    if wanted is bool:
        word = text.casefold()
        return True if word in ("true", "yes", "1", "是") else False if word in ("false", "no", "0", "否") else text
    if wanted in (int, float):
        try:
            number = float(text)
        except ValueError:
            return text
        return int(number) if wanted is int and math.isfinite(number) and number == int(number) else number
    return text if get_origin(wanted) is Literal else written


def _sane(key: str, value: object) -> None:
    if isinstance(value, bool):
        return
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            raise NoValue("应为有限的数字", "expected a finite number")
        if value < 0:
            raise NoValue("应为不小于 0 的数", "expected a number of at least 0")
        if value > MOST:
            raise NoValue("数字过大", f"expected a number of at most {MOST:g}")
    elif isinstance(value, str):
        longest = MAX_PROSE if key in _PROSE else MAX_TEXT
        if len(value) > longest:
            raise NoValue(f"文字超过 {longest} 个字符", f"expected at most {longest} characters, not {len(value)}")
        if _UNPRINTABLE.search(value):
            raise NoValue("文字含有控制字符", "expected text without control characters")
    elif isinstance(value, tuple):
        if len(value) > MAX_NUMBERS:
            raise NoValue(f"超过 {MAX_NUMBERS} 个", f"expected at most {MAX_NUMBERS} entries, not {len(value)}")
        for entry in value:
            _sane(key, entry)
            if not entry.strip():
                raise NoValue("列表里有空文字", "expected no empty text in the list")
