"""``check`` and ``scan`` as Python functions; the CLI and the web page are thin shells over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_kit.packs import Pack, load_pack
from evidence_kit.schema import Report

if TYPE_CHECKING:
    from evidence_kit.cache import Cache
    from evidence_kit.engine import Progress

DEFAULT_PACK = "card"
PathLike = str | Path


def check(
    paths: PathLike | Sequence[PathLike],
    *,
    pack: str | Pack | None = None,
    facts: Mapping[str, Any] | None = None,
    now: datetime | None = None,
    options: Mapping[str, str] | None = None,
    cache: Cache | None = None,
    jobs: int = 1,
    reveal: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Judge one submission: a folder, or files.

    ``facts`` are manifest keys with dots (``order.return_waybills``) and override the manifest. ``pack`` is an id, a
    ``.toml`` file or a loaded pack; by default the manifest's, else ``card``. ``now`` is an aware datetime.
    Without it the clock is read, here and nowhere below. ``options`` choose engines (``barcode``, ``ocr``).
    Raises ``IntakeError`` for a manifest or path that cannot be used, ``PackError`` for a pack that cannot.
    """
    from evidence_kit.engine import judge
    from evidence_kit.intake import open_submission

    now = now or datetime.now(UTC).replace(microsecond=0)
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    several = [paths] if isinstance(paths, (str, Path)) else list(paths)
    submission = open_submission([Path(path) for path in several], facts=facts or {}, now=now)
    chosen = pack if isinstance(pack, Pack) else load_pack(pack or submission.pack or DEFAULT_PACK)
    return judge(submission, chosen, options=options, cache=cache, jobs=jobs, reveal=reveal, progress=progress)


def scan(place: PathLike, **how: Any) -> Iterator[Report]:
    """Judge every case of a folder of folders, or of a table, in turn and in this process; options as of ``check``.

    A broken case raises nothing. Worker processes, resuming and the outputs are the command line's
    (``evidence-kit scan``).
    """
    from evidence_kit.batch import judge_cases

    return judge_cases(place, **how)
