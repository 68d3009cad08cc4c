"""CSV for a spreadsheet: one line a finding. Opens in Excel as UTF-8; no cell can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Literal, TextIO

from evidence_kit.schema import Finding, Report, Text

Lang = Literal["zh", "en"]
COLUMNS = (
    "submission",
    "verdict",
    "rule",
    "clause",
    "target",
    "outcome",
    "required",
    "reason",
    "actual",
    "actual_unit",
    "limit_op",
    "limit",
    "limit_unit",
    "message",
    "advice",
    "quote",
    "pack",
    "pack_version",
    "tool_version",
)
BOM = "\ufeff"
"""Without it Excel on a Chinese Windows reads GBK."""
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def render(reports: Report | Iterable[Report], *, lang: Lang = "zh") -> str:
    """A head line and one line for each finding, ended by CRLF (RFC 4180)."""
    made = io.StringIO(newline="")
    write(made, [reports] if isinstance(reports, Report) else reports, lang=lang)
    return made.getvalue()


def write(stream: TextIO, reports: Iterable[Report], *, lang: Lang = "zh") -> None:
    """``render`` into a text stream opened with ``newline=""``, one report at a time."""
    stream.write(BOM)
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for report in reports:
        for finding in report.findings:
            writer.writerow([_safe(cell) for cell in cells(report, finding, lang)])


def cells(report: Report, finding: Finding, lang: Lang) -> list[object]:
    """One finding's values in the order of COLUMNS, as they are: nothing is escaped."""
    actual, limit = finding.actual, finding.limit
    return [
        report.submission.id,
        report.verdict,
        finding.rule,
        finding.clause,
        finding.target,
        finding.outcome.value,
        "yes" if finding.required else "advised",
        finding.reason,
        actual.value if actual else None,
        actual.unit if actual else None,
        limit.op if limit else None,
        limit.value if limit else None,
        limit.unit if limit else None,
        _say(finding.message, lang),
        _say(finding.advice, lang) if finding.advice else None,
        finding.quote,
        report.pack.id,
        report.pack.version,
        report.tool.version,
    ]


def _safe(cell: object) -> object:
    """Text that a spreadsheet would run or read as a number is made plain text with a leading apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, (list, tuple)):
        cell = " ".join(map(str, cell))
    if not isinstance(cell, str):
        return cell
    flat = cell.replace("\0", "")
    if flat.lstrip(" \u3000").startswith(_STARTS) or (flat.isascii() and flat.isdigit() and len(flat) > 11):
        return "'" + flat
    return flat


def _say(text: Text, lang: Lang) -> str:
    return text.zh if lang == "zh" else text.en
