"""One case from its files to its report: what a worker process does, and the loop in one process does too."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import ExitStack
from dataclasses import field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from evidence_kit.batch import storage
from evidence_kit.batch.cases import CaseInput, digest
from evidence_kit.batch.table import stands_alone
from evidence_kit.intake import IntakeError, open_submission
from evidence_kit.packs import Pack, PackError, load_pack, read_pack
from evidence_kit.records import dataclass
from evidence_kit.schema import (
    Copy,
    Facts,
    Finding,
    Item,
    Outcome,
    PackStamp,
    Report,
    Run,
    Submission,
    SubmissionStamp,
    Text,
    ToolStamp,
    Unknown,
    dumps,
)
from evidence_kit.version import __version__

if TYPE_CHECKING:
    from evidence_kit.cache import Cache
    from evidence_kit.resolve import Gate
    from evidence_kit.wiring import Provider

DEFAULT_PACK = "card"


@dataclass(frozen=True, slots=True)
class Settings:
    """What all cases of a scan share. Crosses processes and machines."""

    now: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Facts of the command line: they go before a manifest's or a row's."""
    pack: tuple[str, bytes] | None = None
    """Name and content of the pack asked for; None means each case's own, else ``card``."""
    options: Mapping[str, str] = field(default_factory=dict)
    reveal: bool = False
    cache: str | None = None
    """The folder of measurements, on the machine that measures; None keeps none."""
    lang: Literal["zh", "en"] = "zh"
    """Of the statement in ``Done.line``; no report follows from it."""


@dataclass(frozen=True, slots=True)
class Order:
    """One case to judge."""

    case: CaseInput
    copies: tuple[Copy, ...] = ()
    """Files of other cases that are the same as files of this one."""
    barred: Mapping[str, Text] = field(default_factory=dict)
    """Items that no sensor may look at, and why: each took its worker down twice."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """Contents known by the stamps of their files (``intake.files.stamp_of``): these are not read through again."""


@dataclass(frozen=True, slots=True)
class Done:
    """A judged case."""

    case_id: str
    report: bytes
    """The whole report in both languages, as JSON (``read_report``)."""
    line: str
    """The report as the contract has it."""
    verdict: str
    pack_sha256: str
    files: tuple[tuple[str, str], ...]
    """(item, sha256) of every file that has content."""
    pack: str
    """The pack that was asked for, by name."""
    order: str
    """A digest of the order number; empty where none is stated."""
    submitted_at: str
    """ISO 8601; empty where it is not stated."""
    digests: tuple[tuple[str, str], ...] = ()
    """(stamp, sha256) of the files that stay where they are."""


Announce = Callable[[str], None]
"""Called with an item's id before a sensor looks at it."""


def judge_order(
    order: Order,
    settings: Settings,
    cache: Cache | None,
    announce: Announce,
    digests: MutableMapping[str, str] | None = None,
) -> Done:
    """The report on one case, with what a scan keeps beside it. ``digests``, by default the order's, are added to."""
    pack = read_stated_pack(settings.pack) if settings.pack else None
    digests = dict(order.digests) if digests is None else digests
    report, submission = judge_case(order, settings, cache, announce, pack=pack, digests=digests)
    name = settings.pack[0] if settings.pack else (submission.pack or DEFAULT_PACK) if submission else report.pack.id
    return pack_up(report, name, settings.lang, submission, digests)


def pack_up(
    report: Report,
    pack: str,
    lang: Literal["zh", "en"],
    submission: Submission | None = None,
    digests: Mapping[str, str] | None = None,
) -> Done:
    """``report`` as it crosses processes and is kept. ``pack`` is the name that was asked for."""
    stated = submission.case.order if submission else None
    text = report.to_json(lang=None).encode()
    contents = {item.sha256 for item in report.items}
    return Done(
        case_id=report.submission.id,
        report=text,
        line=line_of(text, lang),
        verdict=report.verdict,
        pack_sha256=report.pack.sha256,
        files=tuple((item.id, item.sha256) for item in report.items if item.sha256 and item.bytes),
        pack=pack,
        order=digest(stated.order_no) if stated and stated.order_no else "",
        submitted_at=stated.submitted_at.isoformat() if stated and stated.submitted_at else "",
        digests=tuple((stamp, sha256) for stamp, sha256 in (digests or {}).items() if sha256 in contents),
    )


def judge_case(
    order: Order,
    settings: Settings,
    cache: Cache | None,
    announce: Announce,
    *,
    pack: Pack | None,
    jobs: int = 1,
    digests: MutableMapping[str, str] | None = None,
) -> tuple[Report, Submission | None]:
    """The report on one case, and the submission if it could be judged.

    What is wrong with its manifest, table row, storage or pack is told in the report.
    """
    from evidence_kit.engine import judge

    case = order.case
    asked: str | Pack = pack or ""
    with ExitStack() as brought:
        try:
            if case.trouble is not None:
                return broken_case(case.id, asked, case.trouble, settings.now), None
            submission = replace(open_case(case, settings, brought, announce, digests), copies=order.copies)
            asked = asked or submission.pack or DEFAULT_PACK
            report = judge(
                submission,
                asked if isinstance(asked, Pack) else stated_pack(asked),
                options=settings.options,
                cache=cache,
                jobs=jobs,
                reveal=settings.reveal,
                gate=_gate(order.barred, announce),
            )
        except IntakeError as problem:
            return broken_case(case.id, asked, problem.text, settings.now), None
        except PackError as problem:
            return broken_case(case.id, asked, str(problem), settings.now), None
    return report, submission


def open_case(
    case: CaseInput,
    settings: Settings,
    brought: ExitStack,
    announce: Announce,
    digests: MutableMapping[str, str] | None = None,
) -> Submission:
    """The submission of ``case``; what lies behind an address is brought here until ``brought`` ends.

    ``digests`` are of files that stay (``open_submission``). Raises IntakeError.
    """
    if case.files is None:
        root = Path(case.root)
        if storage.is_address(case.root):
            root, digests = _temporary(brought), None
            storage.bring_folder(case.root, root, announce)
        submission = open_submission([root], facts=settings.facts, now=settings.now, digests=digests)
        return replace(submission, id=case.id)
    root, files = Path(case.root), list(case.files)
    far = storage.is_address(case.root)
    if far or any(stands_alone(str(entry["path"])) for entry in files):
        places = [_place(case.root, str(entry["path"])) for entry in files]
        root, digests = _temporary(brought), None
        names = storage.bring_files(places, root, announce)
        files = [{**entry, "path": name} for entry, name in zip(files, names, strict=True)]
    stated = {**case.facts, **settings.facts, "files": files}
    submission = open_submission([root], facts=stated, now=settings.now, with_manifest=False, digests=digests)
    return replace(submission, id=case.id, has_manifest=True)


def _temporary(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="evidence-kit-")))


def line_of(report: bytes, lang: Literal["zh", "en"]) -> str:
    """The contract's line of the report that ``Done.report`` holds: its statement in one language."""
    text = report.decode()
    start = text.index(_STATEMENT) + len(_STATEMENT)
    statement, end = _ONE_VALUE.raw_decode(text, start)
    return text[:start] + dumps(statement[lang]) + text[end:]


def read_report(text: bytes) -> Report:
    """The report that ``Done.report`` holds."""
    import msgspec

    return msgspec.json.decode(text, type=Report)


@lru_cache(maxsize=8)
def read_stated_pack(stated: tuple[str, bytes]) -> Pack:
    return read_pack(stated[1], stated[0])


@lru_cache(maxsize=64)
def stated_pack(name: str) -> Pack:
    """The pack that a manifest names, read once per process."""
    return load_pack(name)


def broken_case(case_id: str, pack: str | Pack | None, why: Text | str, now: datetime) -> Report:
    """The report of a case that cannot be judged as it stands: its manifest, row, files or pack cannot be used."""
    why = Text(why, why) if isinstance(why, str) else why
    return _no_judgement(
        case_id,
        pack,
        now,
        reason="BROKEN_SUBMISSION",
        message=Text(f"这份材料没法检查:{why.zh}", f"This case could not be checked: {why.en}"),
        advice=Text("请修正清单文件后重试", "Mend the manifest and try again."),
    )


def lost_case(case_id: str, pack: str | Pack | None, why: Text, now: datetime) -> Report:
    """The report of a case whose worker did not survive it, twice."""
    return _no_judgement(
        case_id,
        pack,
        now,
        reason="CRASHED",
        message=Text(f"检查没有完成:{why.zh}", f"The check did not finish: {why.en}"),
        advice=Text("请人工检查这份材料", "A person must look at this case."),
    )


# --- inside ---

_STATEMENT = '"statement": '
"""It comes before anything that a file or a manifest could have put into the report."""
_ONE_VALUE = json.JSONDecoder()


def _place(root: str, path: str) -> str:
    return path if stands_alone(path) else f"{root.rstrip('/')}/{path}"


def _gate(barred: Mapping[str, Text], announce: Announce) -> Gate:
    def gate(_provider: Provider, item: Item) -> Unknown | None:
        if item.id in barred:
            return Unknown("CRASHED", barred[item.id], Outcome.ERROR)
        announce(item.id)
        return None

    return gate


def _no_judgement(
    case_id: str, pack: str | Pack | None, now: datetime, *, reason: str, message: Text, advice: Text
) -> Report:
    stamp = PackStamp(pack.id, pack.version, pack.sha256) if isinstance(pack, Pack) else PackStamp(pack or "", "", "")
    finding = Finding(
        rule="media-present",
        clause="",
        quote="",
        target=None,
        outcome=Outcome.ERROR,
        required=True,
        reason=reason,
        actual=None,
        limit=None,
        message=message,
        advice=advice,
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
