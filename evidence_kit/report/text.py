"""The report as a clerk reads it: the verdict, at most five fixes in order of harm, then the table."""

from __future__ import annotations

import unicodedata
from typing import Literal

from evidence_kit.report.harm import MAX_FIXES, fixes
from evidence_kit.report.words import VERDICTS, due_words
from evidence_kit.rules import load_rule
from evidence_kit.schema import Finding, Outcome, Report, Text

Lang = Literal["zh", "en"]
MARKS = {
    Outcome.PASS: Text("√ 通过", "ok"),
    Outcome.FAIL: Text("× 不满足", "FAIL"),
    Outcome.REVIEW: Text("? 看一眼", "look"),
    Outcome.NOT_APPLICABLE: Text("- 不适用", "n/a"),
    Outcome.ERROR: Text("! 未完成", "error"),
}


def render(report: Report, *, lang: Lang = "zh") -> str:
    """The whole report as plain text, lines ended by ``\\n``."""
    zh = lang == "zh"
    lines = [f"{'【' if zh else '['}{say(VERDICTS[report.verdict], lang)}{'】' if zh else ']'} {report.submission.id}"]
    lines += [say(report.statement, lang)]
    lines += _deadline(report, lang)
    todo = fixes(report.findings)
    if todo:
        lines += ["", "先处理这些:" if zh else "What to do first:"]
        for place, finding in enumerate(todo[:MAX_FIXES], 1):
            lines += _fix(place, finding, lang)
        if len(todo) > MAX_FIXES:
            rest = len(todo) - MAX_FIXES
            lines += [f"   还有 {rest} 项,见下表" if zh else f"   and {rest} more, see the table"]
    lines += ["", "逐项结果:" if zh else "Every rule:"]
    lines += [_row(finding, lang) for finding in report.findings]
    if report.checklist:
        lines += ["", "需要人工判断:" if zh else "For a person to judge:"]
        seen: dict[tuple[str, str], None] = {}
        for entry in report.checklist:
            seen[(entry.clause, entry.quote)] = None
        lines += [f"   [ ] {clause} 「{quote}」" for clause, quote in seen]
    if report.notes:
        lines += ["", "说明:" if zh else "Notes:"]
        lines += [f"   {note.target + ': ' if note.target else ''}{say(note.text, lang)}" for note in report.notes]
    lines += [""]
    pack = f"{report.pack.id} {report.pack.version}"
    lines += [
        f"规则包 {pack},{report.tool.name} {report.tool.version}"
        if zh
        else f"pack {pack}, {report.tool.name} {report.tool.version}"
    ]
    return "\n".join(line.rstrip() for line in map(printable, lines)) + "\n"


def say(text: Text, lang: Lang) -> str:
    return text.zh if lang == "zh" else text.en


def printable(line: str) -> str:
    """``line`` without control and direction characters that a file name could carry into a terminal."""
    return "".join(
        character if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co") else "�" for character in line
    )


def _deadline(report: Report, lang: Lang) -> list[str]:
    if not report.facts.deadlines:
        return []
    from evidence_kit.checks import clock, span

    first = min(report.facts.deadlines, key=lambda entry: entry.at)
    left, due = span(first.left_s), due_words(first.rule)
    if first.left_s < 0:
        if lang == "zh":
            return [f"{due.zh}已截止于 {clock(first.at)}"]
        return [f"The window{due.en} closed {clock(first.at)} (+08:00)."]
    if lang == "zh":
        return [f"距离{due.zh}截止({clock(first.at)})还剩 {left.zh}"]
    return [f"{left.en} left until the window{due.en} closes, {clock(first.at)} (+08:00)."]


def _fix(place: int, finding: Finding, lang: Lang) -> list[str]:
    where = f"{finding.target}: " if finding.target else ""
    lines = [f"{place}. {where}{say(finding.message, lang)}"]
    if finding.advice:
        lines.append(f"   → {say(finding.advice, lang)}")
    return lines


def _row(finding: Finding, lang: Lang) -> str:
    mark = pad(say(MARKS[finding.outcome], lang), 10)
    advised = "" if finding.required else ("(建议)" if lang == "zh" else "(advised)")
    target = f" {finding.target}" if finding.target else ""
    title = pad(say(load_rule(finding.rule).title, lang), 32 if lang == "en" else 16)
    return f"   {mark}{pad(finding.clause, 5)}{title}{target} {say(finding.message, lang)}{advised}"


def pad(text: str, width: int) -> str:
    """``text`` filled to ``width`` terminal columns; CJK characters take two."""
    taken = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * max(1, width - taken)
