"""The report as one page: Chinese first with an English switch, one file, no network.

``render`` gives the whole file; ``render_body`` the same report for the local page. Everything that came from a file
name or a manifest goes through Jinja2's escaping; nothing is marked safe but the page's own style and script, which a
content policy admits by their digests.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

from evidence_kit.checks import moment, span
from evidence_kit.records import dataclass
from evidence_kit.report import words
from evidence_kit.report.appeal import appeal_text
from evidence_kit.report.harm import MAX_FIXES, fixes
from evidence_kit.report.picture import Mark, Source, Wish, fix_wish, wishes
from evidence_kit.rules import load_rule
from evidence_kit.schema import Finding, ItemReport, Outcome, Report, Text

Lang = Literal["zh", "en"]
ASSETS = "assets"


@dataclass(frozen=True, slots=True)
class Row:
    """One finding as the page shows it."""

    finding: Finding
    sign: str
    word: Text
    title: Text
    message: Text
    advice: Text | None
    measured: Text | None
    wanted: Text | None
    picture: Shown | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture with its caption and the legend of its numbers."""

    wish: Wish
    source: Source
    alt: Text
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One thing on a video's time line; places are percent of its length."""

    kind: str
    sign: str
    at_s: float
    left: float
    width: float
    label: Text

    @property
    def clock(self) -> str:
        return moment(self.at_s)


@dataclass(frozen=True, slots=True)
class Medium:
    """One photo or video with all that is shown of it."""

    item: ItemReport
    role: Text | None
    size: Text
    pictures: tuple[Shown, ...]
    line: tuple[Stretch, ...]
    sides: Text | None
    length: str | None


def render(
    report: Report, *, lang: Lang = "zh", sources: Mapping[str, Source] | None = None, masked: bool = True
) -> str:
    """The whole page. ``sources`` are the drawn pictures by wish id; without one its place says so."""
    style, script = asset("report.css"), asset("report.js")
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest(style)}'; "
        f"script-src 'sha256-{digest(script)}'; base-uri 'none'; form-action 'none'"
    )
    page = environment().get_template("page.html.j2")
    text: str = page.render(
        **_context(report, lang, sources or {}, masked=masked), style=style, script=script, policy=policy
    )
    return text


def render_body(
    report: Report, *, lang: Lang = "zh", sources: Mapping[str, Source] | None = None, masked: bool = True
) -> str:
    """The report alone, to stand inside another page that has the style and script."""
    body = environment().get_template("body.html.j2")
    text: str = body.render(**_context(report, lang, sources or {}, masked=masked))
    return text


@cache
def asset(name: str) -> str:
    """The text of a style, script or template of the report."""
    return (resources.files(__package__) / ASSETS / name).read_text("utf-8")


@cache
def environment() -> Any:
    """The templates of this folder, everything escaped."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        loader=FunctionLoader(asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["clock"] = moment
    return made


def digest(text: str) -> str:
    """A style or script as a content policy names it."""
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


# --- inside ---


def _context(report: Report, lang: Lang, sources: Mapping[str, Source], *, masked: bool) -> dict[str, Any]:
    wanted = {wish.id: wish for wish in wishes(report)}
    shown = {name: _shown(wish, sources[name]) for name, wish in wanted.items() if name in sources}
    todo = fixes(report.findings)
    return {
        "report": report,
        "lang": lang,
        "masked": masked,
        "verdict": words.VERDICTS[report.verdict],
        "deadline": _deadline(report),
        "fixes": [
            _row(finding, shown.get(fix_wish(finding, place, report) or ""))
            for place, finding in enumerate(todo[:MAX_FIXES], 1)
        ],
        "more_fixes": max(0, len(todo) - MAX_FIXES),
        "rows": [_row(finding) for finding in report.findings],
        "media": [_medium(report, item, shown) for item in report.items],
        "checklist": _checklist(report),
        "notes": [(note.target, words.plain_words(note.text)) for note in report.notes],
        "facts": words.fact_rows(report.submission.case),
        "checked_at": words.local_time(report.run.checked_at),
        "appeal": appeal_text(report),
        "outcomes": [(outcome, words.OUTCOMES[outcome], words.SIGNS[outcome]) for outcome in Outcome],
    }


def _row(finding: Finding, picture: Shown | None = None) -> Row:
    return Row(
        finding,
        words.SIGNS[finding.outcome],
        words.OUTCOMES[finding.outcome],
        load_rule(finding.rule).title,
        words.plain_words(finding.message),
        words.plain_words(finding.advice) if finding.advice else None,
        words.measured(finding.actual),
        words.wanted(finding.limit),
        picture,
    )


def _shown(wish: Wish, source: Source) -> Shown:
    """A picture with a text for those who cannot see it: what is on it, by number."""
    marks = wish.marks
    zh = "、".join(f"{mark.number} {mark.label.zh}" for mark in marks)
    en = ", ".join(f"{mark.number} {mark.label.en}" for mark in marks)
    caption = wish.caption if wish.item in wish.caption.zh else _named(wish)
    alt = Text(f"{caption.zh}。标出:{zh}" if zh else caption.zh, f"{caption.en}. Marked: {en}" if en else caption.en)
    return Shown(wish, source, alt, marks)


def _named(wish: Wish) -> Text:
    return Text(f"{wish.item},{wish.caption.zh}", f"{wish.item}, {wish.caption.en}")


def _deadline(report: Report) -> dict[str, Any] | None:
    if not report.facts.deadlines:
        return None
    first = min(report.facts.deadlines, key=lambda entry: entry.at)
    # Counted live only where the report was made for a submission that is still to come.
    handed_in = report.submission.case.get("order", {}).get("submitted_at") is not None
    return {
        "at": first.at.isoformat(),
        "due": words.due_words(first.rule),
        "clock": words.local_time(first.at),
        "over": first.left_s < 0,
        "left": span(first.left_s),
        "live": not handed_in,
    }


def _checklist(report: Report) -> list[tuple[str, str, tuple[str, ...]]]:
    targets: dict[tuple[str, str], list[str]] = {}
    for entry in report.checklist:
        targets.setdefault((entry.clause, entry.quote), []).extend([entry.target] if entry.target else [])
    return [(clause, quote, tuple(found)) for (clause, quote), found in targets.items()]


def _medium(report: Report, item: ItemReport, shown: Mapping[str, Shown]) -> Medium:
    pictures = tuple(
        picture for picture in shown.values() if picture.wish.item == item.id and not picture.wish.id.startswith("f")
    )
    parts = [words.file_size(item.bytes)]
    if item.width and item.height:
        parts.insert(0, f"{item.width} × {item.height}")
    size = " · ".join(parts)
    return Medium(
        item,
        words.ROLES.get(item.role or ""),
        Text(size, size),
        pictures,
        _line(report, item),
        _sides(report, item),
        moment(item.seconds) if item.seconds else None,
    )


def _sides(report: Report, item: ItemReport) -> Text | None:
    for sides in report.facts.sides:
        if sides.item == item.id:
            if sides.shown is None:
                return Text("开拆前展示了几个面:看不准,请人工看一眼", "Sides shown before opening: could not be told")
            return Text(f"开拆前展示了 {sides.shown} 个面", f"{sides.shown} sides shown before opening")
    return None


def _line(report: Report, item: ItemReport) -> tuple[Stretch, ...]:
    """What happens in a video, in order of time."""
    whole = item.seconds
    if not whole:
        return ()
    found: list[Stretch] = []

    for kind, sign, from_s, to_s, label in (*_take_events(report, item), *_parcel_events(report, item)):
        left = min(100.0, max(0.0, 100 * from_s / whole))
        width = min(100.0 - left, max(0.0, 100 * (to_s - from_s) / whole))
        found.append(Stretch(kind, sign, from_s, round(left, 2), round(width, 2), label))
    return tuple(sorted(found, key=lambda entry: entry.at_s))


Event = tuple[str, str, float, float, Text]
"""Kind, sign, begin and end in seconds, words."""


def _take_events(report: Report, item: ItemReport) -> Iterator[Event]:
    for take in report.facts.continuity:
        if take.item != item.id:
            continue
        for gap in take.breaks:
            yield "break", "✕", gap.at_s, gap.end_s or gap.at_s, words.break_words(gap.kind)
        for blind in take.blind:
            yield "blind", "?", blind.from_s, blind.to_s, words.blind_words(blind.cause)
        for out in take.parcel_out:
            yield "blind", "?", out.from_s, out.to_s, Text("包裹离开画面", "parcel out of the frame")


def _parcel_events(report: Report, item: ItemReport) -> Iterator[Event]:
    for sides in report.facts.sides:
        if sides.item == item.id:
            for place, face in enumerate(sides.faces, 1):
                label = Text(f"第 {place} 个面", f"side {place}")
                if sides.shown is None:
                    label = Text(f"第 {place} 次展示", f"showing {place}")
                yield "face", str(place), face.at_s, face.at_s, label
            if sides.opened_at_s is not None:
                yield "opened", "✂", sides.opened_at_s, sides.opened_at_s, Text("开始拆开", "opening begins")
    tails: set[str] = set()
    for reading in report.facts.waybill_readings:
        tail = reading.number[-4:]
        if reading.item == item.id and reading.at_s is not None and tail not in tails:
            tails.add(tail)
            label = Text(f"读到单号,尾号 {tail}", f"number read, ending in {tail}")
            yield "waybill", "#", reading.at_s, reading.at_s, label
