"""What was handed in to scans, kept for later ones: a folder, or an address, that many scans share (``--index``).

Each scan writes one object of its own, ``scan-ID.jsonl.gz``, whole or not at all: so no scan waits for another, and any
storage that fsspec knows will do. A line is a case: its name, a digest of its order number, when it was handed in, and
the sha256 of its files. No picture, no number, no name of a person.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from evidence_kit.batch import storage
from evidence_kit.intake.errors import IntakeError
from evidence_kit.records import dataclass

MAX_BYTES = 500_000_000
"""Of one scan's object; a million cases of six files are about 300 MB (47 bytes a file)."""
MAX_LINE = 1_000_000
"""Bytes of one case: 2,000 files with long names."""
_NAME = re.compile(r"scan-([0-9a-f]{32})\.jsonl\.gz")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One case that was handed in."""

    case_id: str
    order: str
    """A digest of its order number; empty where none was stated."""
    submitted_at: str
    """ISO 8601; empty where it was not stated."""
    seen_at: str
    """The moment as of which the scan judged: ISO 8601."""
    files: tuple[tuple[str, str], ...]
    """(item, sha256)."""


def read_index(place: str) -> Iterator[tuple[str, Entry]]:
    """Every case of the index with its scan's id, in order of the scans' ids. Raises IntakeError."""
    for name in _names(place):
        yield from ((name, entry) for entry in read_scan(place, name))


def read_scan(place: str, scan: str) -> Iterator[Entry]:
    """The cases that one scan wrote. Raises IntakeError where its object is missing or damaged."""
    where = _object(place, scan)
    data = storage.read_bytes(where, MAX_BYTES)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as lines:
            while line := lines.readline(MAX_LINE):
                yield _entry(line)
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, RecursionError):
        raise IntakeError(
            "索引中的这个文件已损坏,请移走后重试",
            "this part of the index is damaged; move it away and run again",
            file=where,
        ) from None


def has_scan(place: str, scan: str) -> bool:
    """Whether the scan has written before. Raises IntakeError."""
    return scan in _names(place)


def write_scan(place: str, scan: str, entries: Iterable[Entry]) -> None:
    """Put ``entries`` in the place of what the scan wrote before. Raises IntakeError."""
    packed = io.BytesIO()
    # No name and no time inside: the same cases are the same bytes.
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=6, mtime=0) as lines:
        for entry in entries:
            line = json.dumps(
                {
                    "case": entry.case_id,
                    "order": entry.order,
                    "submitted_at": entry.submitted_at,
                    "seen_at": entry.seen_at,
                    "files": entry.files,
                },
                ensure_ascii=False,
            )
            lines.write(line.encode() + b"\n")
    storage.write_bytes(_object(place, scan), packed.getvalue())


# --- inside ---


def _names(place: str) -> list[str]:
    """The ids of the scans that have written. Whatever else lies there is none of the index's."""
    found = (_NAME.fullmatch(name) for name in storage.names(place))
    return sorted(match[1] for match in found if match)


def _object(place: str, scan: str) -> str:
    return f"{place.rstrip('/')}/scan-{scan}.jsonl.gz"


def _entry(line: bytes) -> Entry:
    """Raises ValueError, KeyError or TypeError for what is no case."""
    said: Any = json.loads(line)
    name, order, submitted_at, seen_at = (said[key] for key in ("case", "order", "submitted_at", "seen_at"))
    files = tuple((item, sha256) for item, sha256 in said["files"])
    if not all(isinstance(text, str) for text in (name, order, submitted_at, seen_at, *(item for item, _ in files))):
        raise TypeError("no text")
    if not all(isinstance(sha256, str) and _SHA256.fullmatch(sha256) for _, sha256 in files):
        raise ValueError("no sha256")
    if any(moment and datetime.fromisoformat(moment).tzinfo is None for moment in (submitted_at, seen_at)):
        raise ValueError("a moment without an offset")
    return Entry(name, order, submitted_at, seen_at, files)
