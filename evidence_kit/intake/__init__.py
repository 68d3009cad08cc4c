"""Intake: files and manifest -> Submission. Names, sizes, digests and first bytes; no picture is opened.

May import ``schema`` only. Hostile input ends in an IntakeError that names file and key, or in an item that
a later layer finds unreadable; never in another exception. The work is imported when it is called: errors
are cheap to name.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableMapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from evidence_kit.intake.errors import IntakeError
from evidence_kit.schema import Submission

__all__ = ["UNREADABLE", "IntakeError", "open_submission", "read_time", "stated_pack"]

UNREADABLE = ""
"""``Item.sha256`` of a file whose bytes could not be read: it is like no other file, and no cache key."""


def open_submission(
    paths: Sequence[Path],
    *,
    facts: Mapping[str, Any],
    now: datetime,
    with_manifest: bool = True,
    without: Collection[str] = (),
    digests: MutableMapping[str, str] | None = None,
) -> Submission:
    """The submission at ``paths``: one folder, or one or more files. Files are read once, none as a picture.

    ``facts`` go before the manifest's; keys are dotted (``order.return_waybills``), values may be text.
    ``facts["files"]`` (paths, or {path, role, source}) is relative to the folder, for one row of a table.
    ``with_manifest`` False leaves a manifest in the folder unread; ``without`` are its keys that count as not stated.
    ``digests`` are sha256 of contents known by the stamps of their files (``files.stamp_of``): such a file is not read
    through again; what is read is added. Raises IntakeError.
    """
    from evidence_kit.intake import submission

    return submission.open_submission(
        paths, facts=facts, now=now, with_manifest=with_manifest, without=without, digests=digests
    )


def stated_pack(paths: Sequence[Path]) -> str | None:
    """The pack that a folder's manifest names; nothing but the manifest is read. Raises IntakeError."""
    from evidence_kit.intake import submission

    return submission.stated_pack(paths)


def read_time(text: str, name: str) -> datetime:
    """``text`` as an aware datetime; without an offset it is +08:00 (1c-C). IntakeError names ``name``."""
    from evidence_kit.intake.times import NoMoment, moment

    try:
        return moment(text)[0]
    except NoMoment as problem:
        raise IntakeError(*problem.args, key=name) from None
