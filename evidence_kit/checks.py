"""Short ways to write a rule's answer. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import partial

from evidence_kit.schema import Check, Item, Limit, Outcome, Quantity, Text, Trace

BEIJING = timezone(timedelta(hours=8))
"""The platforms' clock (rules 1c-C); China keeps no daylight saving time."""


def passed(
    message: Text,
    *,
    actual: Quantity | None = None,
    limit: Limit | None = None,
    advice: Text | None = None,
    traces: tuple[Trace, ...] = (),
    deadline: datetime | None = None,
    reason: str | None = None,
) -> Check:
    return Check(Outcome.PASS, reason, actual, limit, message, advice, traces, deadline=deadline)


def _short(
    outcome: Outcome,
    reason: str,
    message: Text,
    *,
    actual: Quantity | None = None,
    limit: Limit | None = None,
    advice: Text | None = None,
    traces: tuple[Trace, ...] = (),
    deadline: datetime | None = None,
    advised: bool = False,
) -> Check:
    return Check(outcome, reason, actual, limit, message, advice, traces, deadline=deadline, advised=advised)


failed = partial(_short, Outcome.FAIL)
review = partial(_short, Outcome.REVIEW)


def present(
    shown: Sequence[Item],
    least: int,
    unit: str,
    *,
    there: Text,
    missing: Text,
    advice: Text,
    perhaps: Sequence[Item] = (),
    maybe: Text | None = None,
) -> Check:
    """Whether ``least`` files are there; where they are not, a person looks whether ``perhaps`` stand for them."""
    actual, limit = Quantity(len(shown), unit), Limit(">=", least, unit)
    if len(shown) >= least:
        return passed(there, actual=actual, limit=limit, traces=tuple(Trace(item.id) for item in shown))
    if perhaps and maybe is not None:
        traces = tuple(Trace(item.id) for item in perhaps)
        return review("MISSING_ROLE", maybe, actual=actual, limit=limit, advice=advice, traces=traces)
    return failed("MISSING_ROLE", missing, actual=actual, limit=limit, advice=advice)


def not_applicable(message: Text) -> Check:
    return Check(Outcome.NOT_APPLICABLE, message=message)


def missing(key: str) -> Check:
    """The rule lacks a manifest fact; the engine folds it as the pack says (contract, "The report")."""
    return Check(Outcome.REVIEW, "MISSING_FACT", missing=key)


def clock(moment: datetime) -> str:
    """A moment as people on the platform read it."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def span(seconds: float) -> Text:
    """A length of time in words: the two largest units that are not zero."""
    total = int(abs(seconds))
    parts = [
        (total // 86400, "天", "d"),
        (total % 86400 // 3600, "小时", "h"),
        (total % 3600 // 60, "分", "min"),
        (total % 60, "秒", "s"),
    ]
    shown = [part for part in parts if part[0]][:2] or [parts[-1]]
    return Text("".join(f"{n}{zh}" for n, zh, _ in shown), " ".join(f"{n} {en}" for n, _, en in shown))


def moment(seconds: float) -> str:
    """A video moment as ``mm:ss``, as players show it."""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
