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
    sheet = Sheet(made, lang=lang)
    for report in [reports] if isinstance(reports, Report) else reports:
        sheet.add(report)
    return made.getvalue()


class Sheet:
    """``render`` into a text stream opened with ``newline=""``, one report at a time."""

    def __init__(self, stream: TextIO, *, lang: Lang = "zh") -> None:
        self.lang: Lang = lang
        stream.write(BOM)
        self._writer = csv.writer(stream, lineterminator="\r\n")
        self._writer.writerow(COLUMNS)

    def add(self, report: Report) -> list[list[object]]:
        """Write one report's findings; their values as they are, nothing escaped."""
        rows = [cells(report, finding, self.lang) for finding in report.findings]
        self._writer.writerows([_safe(cell) for cell in row] for row in rows)
        return rows


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
