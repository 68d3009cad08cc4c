"""What a scan leaves in its folder: reports.jsonl, findings.csv and .parquet, duplicates.jsonl, summary.json, index.html.

Each file is written beside its place and moved there when it is whole, so that a reader never meets half a file;
only reports.jsonl grows line by line while cases are judged.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TextIO

from evidence_kit.batch.copies import SharedFile
from evidence_kit.batch.work import read_report
from evidence_kit.report import csv
from evidence_kit.schema import Outcome, Report, dumps

Lang = Literal["zh", "en"]
REPORTS = "reports.jsonl"
FINDINGS_CSV = "findings.csv"
FINDINGS_PARQUET = "findings.parquet"
DUPLICATES = "duplicates.jsonl"
SUMMARY = "summary.json"
INDEX = "index.html"
MOST_REASONS = 20
ROW_GROUP = 20_000


@dataclass(slots=True)
class Summary:
    """How a scan ended."""

    verdicts: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    incomplete: int = 0
    with_errors: int = 0
    shared_files: int = 0

    def add(self, report: Report) -> None:
        self.verdicts[report.verdict] += 1
        self.incomplete += report.run.status != "complete"
        self.with_errors += any(finding.outcome is Outcome.ERROR for finding in report.findings)
        for finding in report.findings:
            self.outcomes[finding.outcome.value] += 1
            if finding.reason and finding.required and finding.outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE):
                self.reasons[finding.reason] += 1

    def plain(self) -> dict[str, Any]:
        """The content of summary.json; every count but ``findings`` and ``reasons`` is of cases."""
        return {
            "cases": sum(self.verdicts.values()),
            "verdicts": {name: self.verdicts[name] for name in ("pass", "fail", "review")},
            "incomplete": self.incomplete,
            "with_errors": self.with_errors,
            "findings": {outcome.value: self.outcomes[outcome.value] for outcome in Outcome},
            "reasons": dict(sorted(self.reasons.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_REASONS]),
            "files_in_several_cases": self.shared_files,
        }


class ReportLines:
    """reports.jsonl as it grows. What is in it when it is opened is written anew: a kill may leave half a line."""

    def __init__(self, folder: Path, kept: Iterable[str], lang: Lang) -> None:
        self.path = folder / REPORTS
        self.lang: Lang = lang
        write_whole(self.path, lambda stream: stream.writelines(self._line(text) for text in kept))
        self._stream = self.path.open("a", encoding="utf-8", newline="")

    def add(self, report: str) -> None:
        self._stream.write(self._line(report))
        self._stream.flush()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.close()

    def _line(self, report: str) -> str:
        return read_report(report).to_json(lang=self.lang) + "\n"


def write_all(
    folder: Path,
    reports: Callable[[], Iterator[str]],
    shared: Sequence[SharedFile],
    links: Mapping[str, str],
    lang: Lang,
) -> Summary:
    """Write every output from the kept reports; how the scan ended. Raises OSError."""
    from evidence_kit.report import queue

    summary = Summary(shared_files=len(shared))
    rows: list[queue.Row] = []
    elsewhere: dict[str, set[str]] = {}
    for group in shared:
        names = {name for name, _ in group.files}
        for name in names:
            elsewhere.setdefault(name, set()).update(names - {name})

    def lines(stream: TextIO) -> None:
        for text in reports():
            report = read_report(text)
            summary.add(report)
            name = report.submission.id
            rows.append(queue.row(report, link=links.get(name), same_as=sorted(elsewhere.get(name, ()))))
            stream.write(report.to_json(lang=lang) + "\n")

    write_whole(folder / REPORTS, lines)
    write_whole(folder / FINDINGS_CSV, lambda stream: csv.write(stream, map(read_report, reports()), lang=lang))
    _write_parquet(folder / FINDINGS_PARQUET, map(read_report, reports()), lang)
    write_whole(folder / DUPLICATES, lambda stream: stream.writelines(_shared_line(group) for group in shared))
    pages = queue.render(rows, summary.plain(), lang=lang)
    for name, text in pages.items():
        write_whole(folder / name, lambda stream, text=text: stream.write(text))  # type: ignore[misc]
    for stale in folder.glob("index-*.html"):
        if stale.name not in pages:
            stale.unlink(missing_ok=True)
    write_whole(folder / SUMMARY, lambda stream: stream.write(dumps(summary.plain(), indent=2) + "\n"))
    return summary


def write_whole(path: Path, write: Callable[[TextIO], object]) -> None:
    """A text file that is there as a whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as stream:
            write(stream)
        os.replace(beside, path)  # noqa: PTH105 (the same call on every system)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _shared_line(group: SharedFile) -> str:
    files = [{"submission": case, "item": item} for case, item in group.files]
    return dumps({"kind": "same-file", "sha256": group.sha256, "files": files}) + "\n"


def _write_parquet(path: Path, reports: Iterable[Report], lang: Lang) -> bool:
    """findings.parquet, where pyarrow is installed; the columns of findings.csv, typed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        path.unlink(missing_ok=True)  # one of an earlier run would tell of other verdicts
        return False
    number = {"actual", "limit"}
    columns = [pa.field(name, pa.bool_() if name == "required" else pa.string()) for name in csv.COLUMNS]
    columns += [pa.field(f"{name}_number", pa.float64()) for name in sorted(number)]
    schema = pa.schema(columns)
    beside = path.with_name(f".{path.name}.part")
    try:
        with parquet.ParquetWriter(beside, schema, compression="zstd") as writer:
            rows: list[dict[str, Any]] = []
            for report in reports:
                rows += [_typed(csv.cells(report, finding, lang)) for finding in report.findings]
                if len(rows) >= ROW_GROUP:
                    writer.write_table(pa.Table.from_pylist(rows, schema=schema))
                    rows = []
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
        os.replace(beside, path)  # noqa: PTH105
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    return True


def _typed(values: Sequence[object]) -> dict[str, Any]:
    """One row of findings.parquet: text as text, and numbers once more in columns of numbers."""
    row: dict[str, Any] = dict(zip(csv.COLUMNS, values, strict=True))
    for name in ("actual", "limit"):
        value = row[name]
        row[f"{name}_number"] = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
        if isinstance(value, (list, tuple)):
            value = " ".join(map(str, value))
        row[name] = None if value is None else str(value)
    row["required"] = row["required"] == "yes"
    return row
