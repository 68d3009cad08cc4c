"""On which line of a TOML or JSON text does a key stand? For error messages only: no parser, None where unsure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*((?:[\w\-\"'. ])+?)\s*=")
_QUOTES = ('"""', "'''")


def toml_lines(text: str) -> Mapping[str, int]:
    """Dotted key (``order.refused_at``, ``files[1].role``) or table -> line from 1; first mention wins."""
    found: dict[str, int] = {}
    arrays: dict[str, int] = {}
    table = ""
    inside: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if inside is not None:
            if inside in line:
                inside = None
            continue
        if header := _HEADER.match(line):
            table = _plain(header.group(2))
            if header.group(1) == "[[":
                turn = arrays[table] = arrays.get(table, -1) + 1
                table = f"{table}[{turn}]"
            elif (first := table.partition(".")[0]) in arrays:  # [rules.limits] belongs to the last [[rules]]
                table = f"{first}[{arrays[first]}]{table[len(first) :]}"
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            around = table
            for part in _plain(key.group(1)).split("."):  # a dotted key opens the tables that it passes through
                around = f"{around}.{part}" if around else part
                found.setdefault(around, number)
        inside = next((quote for quote in _QUOTES if line.count(quote) % 2), None)
    return found


def json_lines(text: str) -> Mapping[str, int]:
    """``*.`` and the key's last name -> line, for the names that stand in ``text`` exactly once."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        for match in re.finditer(r'"([\w\-]{1,64})"\s*:', line):
            name = f"*.{match.group(1)}"
            found[name] = -1 if name in found else number
    return {name: number for name, number in found.items() if number > 0}


def line_of(lines: Mapping[str, int], key: str) -> int | None:
    """The line of ``key``, else that of the nearest table or list around it."""
    at = key
    while at:
        for name in (at, f"*.{at.rpartition('.')[2]}"):
            if name in lines:
                return lines[name]
        at = at.rpartition("[" if at.endswith("]") and "[" in at else ".")[0]
    return None


def toml_error_line(error: Exception) -> int | None:
    """The line that a TOML parser complains of; Python before 3.14 tells it in the message alone."""
    stated = getattr(error, "lineno", None)
    digits = str(error).rpartition("at line ")[2].partition(",")[0]
    return stated or (int(digits) if digits.isdecimal() else None)


def _plain(name: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in name.split("."))
