"""What a scan leaves in its folder: reports, findings as CSV and Parquet, duplicates, a summary, the queue's pages.

Each file is written beside its place and moved there when it is whole, so that a reader never meets half a file;
only reports.jsonl grows line by line while cases are judged.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Literal, TextIO

from evidence_kit.batch.copies import SharedFile
from evidence_kit.batch.work import line_of, read_report
from evidence_kit.records import dataclass
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
MOST_TOLD = 50
"""Cases named beside one that shares a file with them."""
NUMBERS = ("actual", "limit")
"""Columns whose values are numbers or text."""


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

    def __init__(self, folder: Path, kept: Iterable[bytes], lang: Lang) -> None:
        path = folder / REPORTS
        with whole(path) as stream:
            stream.writelines(line_of(text, lang) + "\n" for text in kept)
        self._stream = path.open("a", encoding="utf-8", newline="")

    def add(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.close()


def write_all(
    folder: Path,
    reports: Iterable[bytes],
    shared: Sequence[SharedFile],
    links: Mapping[str, str],
    lang: Lang,
) -> Summary:
    """Write every output from the kept reports; how the scan ended. Raises OSError."""
    from evidence_kit.report import queue

    summary = Summary(shared_files=len(shared))
    rows: list[queue.Row] = []
    elsewhere = _elsewhere(shared)
    with whole(folder / REPORTS) as lines, whole(folder / FINDINGS_CSV) as table, _Parquet(folder) as typed:
        sheet = csv.Sheet(table, lang=lang)
        for text in reports:
            report = read_report(text)
            name = report.submission.id
            summary.add(report)
            rows.append(queue.row(report, link=links.get(name), same_as=elsewhere.get(name, ())))
            lines.write(line_of(text, lang) + "\n")
            found = sheet.add(report)
            typed.add(found)
    with whole(folder / DUPLICATES) as stream:
        stream.writelines(_shared_line(group) for group in shared)
    pages = queue.render(rows, summary.plain(), lang=lang)
    for name, page in pages.items():
        with whole(folder / name) as stream:
            stream.write(page)
    for stale in folder.glob("index-*.html"):
        if stale.name not in pages:
            stale.unlink(missing_ok=True)
    with whole(folder / SUMMARY) as stream:
        stream.write(dumps(summary.plain(), indent=2) + "\n")
    return summary


@contextlib.contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """A text file that is there as a whole or not at all."""
    with _moved(path) as beside, beside.open("w", encoding="utf-8", newline="") as stream:
        yield stream


@contextlib.contextmanager
def _moved(path: Path) -> Iterator[Path]:
    """A place beside ``path``; what is written there is moved to ``path`` unless something goes wrong."""
    beside = path.with_name(f".{path.name}.part")
    try:
        yield beside
        os.replace(beside, path)  # noqa: PTH105 (the same call on every system)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _elsewhere(shared: Sequence[SharedFile]) -> dict[str, tuple[str, ...]]:
    """For each case the others that hold one of its files."""
    found: dict[str, set[str]] = {}
    for group in shared:
        names = list(dict.fromkeys(file.case for file in group.files))[: MOST_TOLD + 1]
        for file in group.files:
            if not file.scan:
                found.setdefault(file.case_id, set()).update(names)
    return {name: tuple(sorted(others - {name})) for name, others in found.items()}


def _shared_line(group: SharedFile) -> str:
    files = [
        {"submission": file.case_id, "item": file.item} | ({"seen_at": file.seen_at} if file.scan else {})
        for file in group.files
    ]
    return dumps({"kind": "same-file", "sha256": group.sha256, "files": files}) + "\n"


class _Parquet:
    """findings.parquet, where pyarrow is installed: the columns of findings.csv, typed."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FINDINGS_PARQUET
        self.rows: list[dict[str, Any]] = []
        self._stack = contextlib.ExitStack()
        self._writer: Any = None

    def __enter__(self) -> _Parquet:
        try:
            import pyarrow as pa
            from pyarrow import parquet
        except ImportError:
            self.path.unlink(missing_ok=True)  # one of an earlier run would tell of other verdicts
            return self
        columns = [pa.field(name, pa.bool_() if name == "required" else pa.string()) for name in csv.COLUMNS]
        columns += [pa.field(f"{name}_number", pa.float64()) for name in NUMBERS]
        beside = self._stack.enter_context(_moved(self.path))
        self._writer = self._stack.enter_context(parquet.ParquetWriter(beside, pa.schema(columns), compression="zstd"))
        return self

    def __exit__(self, *problem: Any) -> bool | None:
        if self._writer is not None and problem[0] is None:
            self._flush()
        return self._stack.__exit__(*problem)

    def add(self, found: Iterable[Sequence[object]]) -> None:
        if self._writer is not None:
            self.rows += map(_typed, found)
            if len(self.rows) >= ROW_GROUP:
                self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_pylist(self.rows, schema=self._writer.schema))
        self.rows = []


def _typed(values: Sequence[object]) -> dict[str, Any]:
    """One row of findings.parquet: text as text, and numbers once more in columns of numbers."""
    row: dict[str, Any] = dict(zip(csv.COLUMNS, values, strict=True))
    for name in NUMBERS:
        value = row[name]
        row[f"{name}_number"] = (
            float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
        )
        if isinstance(value, (list, tuple)):
            value = " ".join(map(str, value))
        row[name] = None if value is None else str(value)
    row["required"] = row["required"] == "yes"
    return row
