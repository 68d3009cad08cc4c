"""Files that several cases share, of this scan and of earlier ones; byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Literal

from evidence_kit.batch.state import FileSeen
from evidence_kit.records import dataclass
from evidence_kit.schema import Copy

MOST = 50
"""Copies told of one file and of one case."""
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SharedFile:
    """One content that several cases hold."""

    sha256: str
    files: tuple[FileSeen, ...]
    """Those of earlier scans, then this one's in the input's order."""


def shared_files(seen: Iterable[FileSeen]) -> list[SharedFile]:
    """What several cases hold, by content; ``seen`` is in order of digest."""
    groups = (list(group) for _, group in groupby(seen, key=lambda file: file.sha256))
    return [SharedFile(group[0].sha256, tuple(group)) for group in groups]


def find_copies(seen: Iterable[FileSeen]) -> Mapping[str, tuple[Copy, ...]]:
    """For each case the files of others that are the same as its own. Of one order it is no reuse (rules 1e.8)."""
    found: dict[str, list[Copy]] = {}
    for _, group in groupby(seen, key=lambda file: file.sha256):
        files = list(group)
        # The first ones handed in stand for all: a picture in ten thousand cases makes no hundred million pairs.
        first = sorted(files, key=lambda file: (file.submitted_at is None, file.submitted_at or NEVER))[:MOST]
        for one in (file for file in files if not file.scan):
            for other in first:
                same_case = (one.case_id, one.scan) == (other.case_id, other.scan)
                if not same_case and not (one.order and one.order == other.order):
                    copy = Copy(one.item, other.case, other.item, _handed_in(one, other))
                    found.setdefault(one.case_id, []).append(copy)
    return {name: tuple(copies[:MOST]) for name, copies in found.items()}


def _handed_in(one: FileSeen, other: FileSeen) -> Literal["earlier", "later", "unknown"]:
    if not (one.order and other.order and one.submitted_at and other.submitted_at):
        return "unknown"
    if one.submitted_at == other.submitted_at:
        return "unknown"
    return "earlier" if other.submitted_at < one.submitted_at else "later"
