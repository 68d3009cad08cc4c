"""One path for every surface: plan, measure, interpret, fold.

``judge`` takes a Submission and a Pack and gives a Report. It reads no clock for its verdict: ``now`` is a fact of
the case. Only ``Report.run`` may differ between two runs on the same files, facts, pack and versions.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from evidence_kit.cache import Cache
from evidence_kit.collect import collect_facts, describe_item
from evidence_kit.facts.waybill_readings import WaybillReadings
from evidence_kit.masking import mask_case, mask_strings, secrets_of
from evidence_kit.packs import Binding, Pack
from evidence_kit.resolve import Gate, Resolver, all_providers, tell_crash
from evidence_kit.rules import load_rule
from evidence_kit.schema import (
    Check,
    ChecklistEntry,
    Deadline,
    Finding,
    Item,
    Note,
    Outcome,
    PackStamp,
    Report,
    Run,
    Submission,
    SubmissionStamp,
    Text,
    ToolStamp,
    Trace,
    Unknown,
    plain,
)
from evidence_kit.version import __version__
from evidence_kit.wiring import Provider

Progress = Callable[[str, int, int], None]
"""Called with what is being looked at, how many are done, and how many there are."""

Target = Item | None
MOST_TRACES = 20
"""Places shown of one finding; nobody looks at more."""


def judge(
    submission: Submission,
    pack: Pack,
    *,
    options: Mapping[str, str] | None = None,
    cache: Cache | None = None,
    jobs: int = 1,
    reveal: bool = False,
    providers: Iterable[Provider] | None = None,
    progress: Progress | None = None,
    gate: Gate | None = None,
) -> Report:
    """The report on one submission under one pack. Never raises for what a file does.

    ``gate`` is asked before a sensor looks at an item; an Unknown from it stands in for the look.
    """
    started = time.perf_counter()
    resolver = Resolver(
        submission,
        providers=all_providers() if providers is None else providers,
        options=options or {},
        cache=cache,
        gate=gate,
    )
    measure(resolver, pack, jobs=jobs, progress=progress)
    findings: list[Finding] = []
    deadlines: list[Deadline] = []
    for binding in pack.rules:
        for target in _targets(binding, submission):
            check = _apply(binding, target, resolver, pack, submission)
            findings.append(_finding(binding, target, check))
            if check.deadline is not None:
                left_s = (check.deadline - submission.case.submitted_at).total_seconds()
                deadlines.append(Deadline(binding.rule.id, check.deadline, left_s))
    report = _report(submission, pack, resolver, tuple(findings), tuple(deadlines))
    report = replace(report, run=replace(report.run, seconds=round(time.perf_counter() - started, 3)))
    return report if reveal else _masked(report, submission, _numbers_read(resolver))


def measure(resolver: Resolver, pack: Pack, *, jobs: int = 1, progress: Progress | None = None) -> None:
    """Establish every fact that the pack's rules ask for, item by item, and let each item's pixels go."""
    items = resolver.submission.items
    wanted = _wanted(pack, resolver)
    recalled = {item.id for item in items if resolver.recall(item, wanted[item.id])}
    begun: set[str] = set()

    def look(item: Item) -> Item:
        if item.id not in recalled:
            begun.add(item.id)
            for kind in wanted[item.id]:
                resolver.resolve(kind, item)
            begun.discard(item.id)
            resolver.keep(item, wanted[item.id])
        resolver.release(item)
        return item

    def help_with(item: Item) -> None:
        """For a core that has no item of its own left: looks at this one that nobody has begun, the last first."""
        for kind in reversed(resolver.looks(wanted[item.id], item)):
            if item.id in begun and resolver.untouched(kind, item):
                resolver.resolve(kind, item)

    with contextlib.ExitStack() as stack:
        looked: Iterable[Item] = map(look, items)
        if jobs > 1 and len(recalled) < len(items):
            # Not loaded where all of it is recalled: that would cost more than the recalling.
            from concurrent.futures import ThreadPoolExecutor, as_completed

            pool = stack.enter_context(ThreadPoolExecutor(max_workers=jobs))
            order = _longest_first(resolver.submission)
            looks = [pool.submit(look, item) for item in order]
            for item in order:
                if item.kind == "photo":  # a video's frames are decoded once, in order, by one thread
                    pool.submit(help_with, item)
            looked = (done.result() for done in as_completed(looks))
        for done, item in enumerate(looked, 1):
            if progress is not None:
                progress(item.id, done, len(items))


def _longest_first(submission: Submission) -> list[Item]:
    """Videos before photos, large files before small ones, so that no core waits for a long look begun last."""
    return sorted(submission.items, key=lambda item: (item.kind != "video", -item.bytes))


def _wanted(pack: Pack, resolver: Resolver) -> dict[str, list[type]]:
    """Item id -> the facts that the pack's rules ask of it, each once, in the rules' order."""
    found: dict[str, dict[type, None]] = {item.id: {} for item in resolver.submission.items}
    for binding in pack.rules:
        targets = _targets(binding, resolver.submission)
        for need in binding.rule.signature.needs:
            if need.form == "pairs":
                for one in resolver.able(need.type):
                    found[one.id][resolver.compared(need.type, one.kind)] = None
                continue
            about = resolver.able(need.type) if need.form == "each" else targets if need.form == "plain" else ()
            for item in about:
                if item is not None and resolver.gives(need.type, item.kind):
                    found[item.id][need.type] = None
    return {name: list(types) for name, types in found.items()}


def _targets(binding: Binding, submission: Submission) -> tuple[Target, ...]:
    match binding.rule.on:
        case "submission":
            return (None,)
        case "photo":
            return submission.counted_photos
        case "video":
            return submission.videos
        case "item":
            return submission.judged


def _apply(binding: Binding, target: Target, resolver: Resolver, pack: Pack, submission: Submission) -> Check:
    arguments = []
    for need in binding.rule.signature.needs:
        value = resolver.supply(need, target)
        if isinstance(value, Unknown) and not need.accepts_unknown:
            return Check(value.outcome, value.reason, message=value.why)
        arguments.append(value)
    try:
        check: Check = binding.rule.function(*arguments, **binding.limits)
    except Exception as problem:
        tell_crash(f"rule {binding.rule.id}", problem)
        words = Text("这一项没有检查完", f"This rule did not finish ({type(problem).__name__}).")
        return Check(Outcome.ERROR, "CRASHED", message=words)
    if check.missing is None:
        return check
    silent = pack.missing_facts == "not_applicable" or not submission.has_manifest
    return replace(
        check,
        outcome=Outcome.NOT_APPLICABLE if silent else Outcome.REVIEW,
        message=Text(f"缺少信息:{check.missing}", f"Not stated: {check.missing}."),
        advice=Text(f"请补充 {check.missing}", f"State {check.missing}."),
    )


def _finding(binding: Binding, target: Target, check: Check) -> Finding:
    return Finding(
        rule=binding.rule.id,
        clause=binding.clause,
        quote=binding.quote,
        target=None if target is None else target.id,
        outcome=check.outcome,
        required=binding.required and not check.advised,
        reason=check.reason,
        actual=check.actual,
        limit=check.limit,
        message=check.message or Text("", ""),
        advice=check.advice,
        retakable=binding.rule.retakable,
        traces=check.traces[:MOST_TRACES] or (() if target is None else (Trace(target.id),)),
    )


def verdict_of(findings: Iterable[Finding]) -> Literal["pass", "fail", "review"]:
    """fail if any required finding fails; else review if any required one is open, or nothing applied; else pass."""
    outcomes = {finding.outcome for finding in findings if finding.required}
    if Outcome.FAIL in outcomes:
        return "fail"
    if outcomes & {Outcome.REVIEW, Outcome.ERROR} or Outcome.PASS not in outcomes:
        return "review"
    return "pass"


def _report(
    submission: Submission,
    pack: Pack,
    resolver: Resolver,
    findings: tuple[Finding, ...],
    deadlines: tuple[Deadline, ...],
) -> Report:
    verdict = verdict_of(findings)
    checklist = tuple(
        ChecklistEntry(clause.clause, clause.quote, target)
        for clause in pack.checklist
        for target in _checklist_targets(clause.on, submission)
    )
    notes = list(submission.notes)
    if pack.is_old(submission.case.now.date()):
        notes.append(
            Note(
                Text(
                    f"规则包 {pack.id} 依据的文件日期是 {pack.dated},平台可能已改规则",
                    f"Pack {pack.id} follows a document of {pack.dated}; the platform may have changed it.",
                )
            )
        )
    counts = {outcome.value: 0 for outcome in Outcome}
    for finding in findings:
        counts[finding.outcome.value] += 1
    return Report(
        verdict=verdict,
        statement=_statement(verdict, findings, len({entry.clause for entry in checklist})),
        run=Run("complete", submission.case.now, 0.0),
        tool=ToolStamp("evidence-kit", __version__),
        pack=PackStamp(pack.id, pack.version, pack.sha256),
        engines=tuple(stamp for _, stamp in sorted(resolver.stamps.items())),
        submission=SubmissionStamp(submission.id, plain(submission.case)),
        items=tuple(describe_item(item, resolver.known) for item in submission.items),
        summary=counts,
        findings=findings,
        facts=collect_facts(resolver.known, deadlines),
        checklist=checklist,
        notes=tuple(notes),
    )


def _checklist_targets(on: str, submission: Submission) -> tuple[str | None, ...]:
    if on == "video":
        return tuple(item.id for item in submission.videos)
    if on == "photo":
        return tuple(item.id for item in submission.counted_photos)
    return (None,)


def _statement(verdict: str, findings: tuple[Finding, ...], human: int) -> Text:
    required = [finding for finding in findings if finding.required]
    failing = sum(finding.outcome is Outcome.FAIL for finding in required)
    doubtful = sum(finding.outcome in (Outcome.REVIEW, Outcome.ERROR) for finding in required)
    judged = {finding.rule for finding in findings if finding.outcome is not Outcome.NOT_APPLICABLE}
    skipped = list(dict.fromkeys(finding.rule for finding in findings if finding.rule not in judged))
    head = {
        "pass": Text("可以提交:能检查的要求都满足", "Ready to submit: every requirement that could be checked holds"),
        "fail": Text(f"先补拍再提交:{failing} 项不满足", f"Fix before submitting: {failing} requirement(s) not met"),
        "review": Text(f"请人工看一眼:{doubtful} 项拿不准", f"A person must look: {doubtful} point(s) are open"),
    }[verdict]
    if verdict == "review" and not doubtful:
        head = Text("请人工看一眼:没有可以检查的内容", "A person must look: nothing could be checked")
    zh, en = head.zh, head.en
    if human:
        zh, en = f"{zh};另有 {human} 条需人工判断", f"{en}; {human} clause(s) are left to a person"
    if skipped:
        titles = [load_rule(rule).title for rule in skipped]
        zh = f"{zh};没有检查:" + "、".join(title.zh for title in titles)
        en = f"{en}; not judged: " + ", ".join(title.en for title in titles)
    return Text(zh + "。", en + ".")


_NAMES = ("item", "target", "id", "submission", "sha256", "tool", "pack", "engines", "run", "items")
_FIGURES = ("quad", "waybill_quad", "goods_boxes")
"""Numbers, and most of a long report."""
_NEVER_SECRET = frozenset((*_NAMES, *_FIGURES))


def _masked(report: Report, submission: Submission, numbers: Iterable[str]) -> Report:
    """``report`` without personal data; ``numbers`` are all that were read off the pictures, sure or not."""
    secrets = secrets_of(submission.case, numbers)
    masked: Report = mask_strings(report, secrets, keep=_NEVER_SECRET)
    stamp = SubmissionStamp(report.submission.id, mask_case(report.submission.case))
    return replace(masked, submission=stamp)


def _numbers_read(resolver: Resolver) -> tuple[str, ...]:
    """Every number that a sentence of the report could repeat."""
    found: list[str] = []
    for _, fact in resolver.known(WaybillReadings):
        found += [reading.number for reading in fact.readings] + list(fact.partial)
        found += [number for both in fact.disagreements for number in (both.barcode, both.printed)]
    return tuple(found)
