"""Where the cases of a scan come from: a folder of folders, or a table; on a disk or in object storage.

Nothing is opened as a picture and no file is read through here: names, sizes and times only. What cannot be used as
a whole (no folder, a broken table) raises IntakeError; what is wrong with one case is told in that case's report.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from evidence_kit.batch import storage
from evidence_kit.intake.errors import IntakeError
from evidence_kit.intake.files import MAX_ENTRIES, id_of, natural, told_apart
from evidence_kit.records import dataclass
from evidence_kit.schema import Text

TABLES = (".csv", ".jsonl", ".ndjson", ".parquet")


@dataclass(frozen=True, slots=True)
class CaseInput:
    """One case as it was handed in: where its files are and what is stated about it."""

    id: str
    place: int
    """Its position in the input, from 0."""
    root: str
    """A folder, or the address of one; ``files`` are relative to it."""
    print: str
    """Changes when a file's name, size or time, or a stated fact, changes."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Mapping[str, Any], ...] | None = None
    """{path, role, source} of each file; None means everything in ``root``, with its manifest."""
    trouble: Text | None = None
    """Why this case cannot be judged at all."""


def read_cases(place: str) -> list[CaseInput]:
    """The cases at ``place`` in the input's order: a folder, a table, or the address of either. Raises IntakeError."""
    if place.lower().endswith(TABLES):
        from evidence_kit.batch.table import read_table

        found = read_table(place)
    elif storage.is_address(place):
        found = list(_far_folders(place))
    else:
        found = list(_folders(Path(place)))
    if not found:
        raise IntakeError("没有子文件夹,所以没有案件", "no sub-folder, so no case", file=place)
    names = told_apart(case.id for case in found)
    return [case if case.id == name else replace(case, id=name) for case, name in zip(found, names, strict=True)]


def digest(*parts: object) -> str:
    """A short name for ``parts``: 32 hexadecimal digits."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=_written)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def print_of_file(path: Path) -> tuple[str, int, int, int]:
    """Name, size and times of change (of content and of inode) of one local file; -1 where it is not there."""
    try:
        seen = path.stat()
    except (OSError, ValueError):
        return str(path), -1, -1, -1
    return str(path), seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


# --- inside ---


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _folders(root: Path) -> Iterator[CaseInput]:
    if not root.is_dir():
        raise IntakeError("不是文件夹,也不是 CSV、JSONL 或 Parquet 表", "not a folder and not a table", file=str(root))
    try:
        names = [entry.name for entry in os.scandir(root) if entry.is_dir() and not entry.name.startswith(".")]
    except OSError as problem:
        raise IntakeError("文件夹无法读取", f"cannot be read: {problem.strerror}", file=str(root)) from None
    for place, name in enumerate(sorted(names, key=natural)):
        folder = root / name
        yield CaseInput(id_of(name), place, str(folder), digest(*_inside(folder)))


def _inside(folder: Path) -> list[tuple[str, int, int, int]]:
    """Every file below ``folder`` with size and time, as far as intake itself would look."""
    found: list[tuple[str, int, int, int]] = []
    pending = [folder]
    while pending and len(found) <= MAX_ENTRIES:
        try:
            entries = sorted(os.scandir(pending.pop()), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                pending.append(Path(entry.path))
            else:
                found.append(print_of_file(Path(entry.path)))
    return found


def _far_folders(place: str) -> Iterator[CaseInput]:
    """The folders right below an address, by one listing of everything under it."""
    below: dict[str, list[tuple[str, Any]]] = {}
    for name, seen in storage.listing(place):
        head, slash, rest = name.partition("/")
        if slash and not head.startswith("."):
            below.setdefault(head, []).append((rest, seen))
    for at, name in enumerate(sorted(below, key=natural)):
        yield CaseInput(id_of(name), at, f"{place.rstrip('/')}/{name}", digest(place, name, sorted(below[name])))
