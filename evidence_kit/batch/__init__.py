"""scan: many submissions, each judged by itself; one bad case never ends the shift. Imports ``engine`` and below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evidence_kit.cache import Cache
from evidence_kit.engine import judge
from evidence_kit.intake import IntakeError, open_submission
from evidence_kit.packs import Pack, PackError, load_pack
from evidence_kit.schema import (
    Facts,
    Finding,
    Outcome,
    PackStamp,
    Report,
    Run,
    SubmissionStamp,
    Text,
    ToolStamp,
)
from evidence_kit.version import __version__


def case_folders(root: Path) -> tuple[Path, ...]:
    """The sub-folders of ``root``, hidden ones left out, in name order: one case each."""
    return tuple(sorted(entry for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith(".")))


def judge_cases(
    root: Path,
    *,
    pack: str | Pack | None = None,
    now: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    options: Mapping[str, str] | None = None,
    cache: Cache | None = None,
    jobs: int = 1,
    reveal: bool = False,
) -> Iterator[Report]:
    """One report per sub-folder. A case that cannot be judged is a report with an ``error`` finding (rules 1e.19)."""
    now = now or datetime.now(UTC).replace(microsecond=0)
    for folder in case_folders(root):
        chosen = pack
        try:
            submission = replace(open_submission([folder], facts=facts or {}, now=now), id=folder.name)
            chosen = pack if isinstance(pack, Pack) else load_pack(pack or submission.pack or "card")
            yield judge(submission, chosen, options=options, cache=cache, jobs=jobs, reveal=reveal)
        except (IntakeError, PackError) as problem:
            yield broken_case(folder.name, chosen, str(problem), now)


def broken_case(case_id: str, pack: str | Pack | None, why: str, now: datetime) -> Report:
    """The report of a case whose manifest or pack cannot be used."""
    stamp = PackStamp(pack.id, pack.version, pack.sha256) if isinstance(pack, Pack) else PackStamp(pack or "", "", "")
    finding = Finding(
        rule="media-present",
        clause="",
        quote="",
        target=None,
        outcome=Outcome.ERROR,
        required=True,
        reason="BROKEN_SUBMISSION",
        actual=None,
        limit=None,
        message=Text(f"这份材料没法检查:{why}", f"This case could not be checked: {why}"),
        advice=Text("请修正清单文件后重试", "Mend the manifest and try again."),
        retakable=True,
        traces=(),
    )
    return Report(
        verdict="review",
        statement=Text("没有完成检查。", "The check did not finish."),
        run=Run("incomplete", now, 0.0),
        tool=ToolStamp("evidence-kit", __version__),
        pack=stamp,
        engines=(),
        submission=SubmissionStamp(case_id, {}),
        items=(),
        summary={outcome.value: int(outcome is Outcome.ERROR) for outcome in Outcome},
        findings=(finding,),
        facts=Facts(),
        checklist=(),
    )
