"""The queue of a scan as pages: one case a row, certain failures first, then what a person must look at, by harm.

Beside ``html.py``: the same style, both languages in one file, no network, everything escaped by Jinja2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from evidence_kit.records import dataclass
from evidence_kit.report import words
from evidence_kit.report.harm import fixes, place
from evidence_kit.report.html import asset, digest, environment
from evidence_kit.schema import Finding, Outcome, Report, Text

Lang = Literal["zh", "en"]
PAGE_ROWS = 500
"""Rows of one page: ten thousand in one would be ten megabytes, which a browser shows too slowly to work with."""
MOST_POINTS = 3
MOST_SAME = 5
_FIRST = {"fail": 0, "review": 1, "pass": 2}
_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to act on."""

    outcome: Outcome
    sign: str
    word: Text
    message: Text
    target: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One case as the queue shows it."""

    id: str
    verdict: str
    rank: tuple[int, int, datetime]
    """Verdict, harm of its worst point, deadline: smaller goes first."""
    points: tuple[Point, ...]
    more: int
    deadline: str | None
    over: bool
    link: str | None
    same_as: tuple[str, ...]


def row(report: Report, *, link: str | None = None, same_as: Sequence[str] = ()) -> Row:
    """What the queue needs of one report. ``link`` leads to its files, ``same_as`` names cases that share one."""
    # What is only advised changes no verdict and is no work of a queue.
    todo = [finding for finding in fixes(report.findings) if finding.required]
    first = min(report.facts.deadlines, key=lambda entry: entry.at, default=None)
    worst = place(todo[0]) if todo else len(_FIRST) + 100
    return Row(
        id=report.submission.id,
        verdict=report.verdict,
        rank=(_FIRST[report.verdict], worst, first.at if first else _FAR),
        points=tuple(_point(finding) for finding in todo[:MOST_POINTS]),
        more=max(0, len(todo) - MOST_POINTS),
        deadline=words.local_time(first.at) if first else None,
        over=first is not None and first.left_s < 0,
        link=link,
        same_as=tuple(same_as),
    )


def render(rows: Sequence[Row], summary: Mapping[str, Any], *, lang: Lang = "zh") -> dict[str, str]:
    """Every page by file name: ``index.html``, then ``index-2.html`` and so on. ``summary`` is summary.json's."""
    ordered = sorted(rows, key=lambda one: (one.rank, one.id))
    pages = [ordered[at : at + PAGE_ROWS] for at in range(0, len(ordered), PAGE_ROWS)] or [[]]
    names = [_name(number) for number in range(len(pages))]
    style, script = asset("report.css") + asset("queue.css"), asset("queue.js")
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    template = environment().get_template("queue.html.j2")
    return {
        name: template.render(
            rows=pages[number],
            first=number * PAGE_ROWS + 1,
            summary=summary,
            names=names,
            current=name,
            lang=lang,
            verdicts=words.VERDICTS,
            most_same=MOST_SAME,
            style=style,
            script=script,
            policy=policy,
        )
        for number, name in enumerate(names)
    }


# --- inside ---


def _point(finding: Finding) -> Point:
    return Point(
        finding.outcome,
        words.SIGNS[finding.outcome],
        words.OUTCOMES[finding.outcome],
        words.plain_words(finding.message),
        finding.target,
    )


def _name(number: int) -> str:
    return f"index-{number + 1}.html" if number else "index.html"
