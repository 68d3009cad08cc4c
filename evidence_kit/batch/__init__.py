"""scan: many submissions, each judged by itself; one bad case never ends the shift. Imports ``engine`` and below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_kit.schema import Report

if TYPE_CHECKING:
    from evidence_kit.cache import Cache
    from evidence_kit.packs import Pack


def judge_cases(
    place: str | Path,
    *,
    pack: str | Pack | None = None,
    now: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    options: Mapping[str, str] | None = None,
    cache: Cache | None = None,
    jobs: int = 1,
    reveal: bool = False,
) -> Iterator[Report]:
    """One report per case of a folder of folders or a table, in the input's order, judged in this process.

    A case that cannot be judged is a report with an ``error`` finding (rules 1e.19). Raises IntakeError where
    ``place`` holds no cases, PackError for a pack that cannot be used.
    """
    from evidence_kit.batch.cases import read_cases
    from evidence_kit.batch.work import Order, Settings, judge_case
    from evidence_kit.packs import load_pack

    now = now or datetime.now(UTC).replace(microsecond=0)
    chosen = load_pack(pack) if isinstance(pack, str) else pack
    settings = Settings(now, facts=facts or {}, options=options or {}, reveal=reveal)
    for case in read_cases(str(place)):
        yield judge_case(Order(case), settings, cache, _nobody, pack=chosen, jobs=jobs)[0]


def _nobody(_item: str) -> None:
    """Nobody watches: in one process there is no one to stop it."""
