"""Writes the scan benchmark's figures into ``docs/scan.md``, so that none is typed by hand."""

from __future__ import annotations

from typing import Any

from benchmarks.pages import put
from benchmarks.scan import BARS
from benchmarks.scan_commands import ROOT

PAGE = ROOT / "docs" / "scan.md"
HEAD = "| what | figure | aim | |\n|---|---|---|---|\n"
Row = dict[str, Any]
Line = tuple[str, str, str, bool | None]
"""What, figure, aim, and whether it is reached."""


def write(result: Row) -> None:
    """Puts the table of ``result`` in the place of the page's."""
    put(PAGE, "figures", told(result))


def told(result: Row) -> str:
    """The page's table, a part of the benchmark after the other; what was not run has no line."""
    parts = {
        "speed": _speed,
        "again": _again,
        "memory": _memory,
        "cluster": _cluster,
        "nodes": _nodes,
        "faults": _faults,
        "fuzz": _fuzz,
    }
    lines = [line for name, part in parts.items() if name in result for line in part(result[name])]
    return HEAD + "".join(map(_written, lines))


def _written(line: Line) -> str:
    what, figure, aim, met = line
    verdict = "" if met is None else "reached" if met else "**not reached**"
    return f"| {what} | {figure} | {aim} | {verdict} |\n"


def _speed(row: Row) -> list[Line]:
    cost, isolation, scaling = row["cpu_s_per_submission"], row["isolation_cpu"], row["scaling_of_spin"]
    gains = row["gain_of_second_worker"]["median"], row["gain_of_second_spin"]["median"]
    return [
        (f"CPU of one submission ({row['submissions']} submissions)", f"{_spread(cost)} s", "", None),
        (
            "CPU of a worker and its parent, of an in-process loop's",
            _spread(isolation),
            f"at most {BARS['isolation_cpu']}",
            isolation["median"] <= BARS["isolation_cpu"],
        ),
        (
            "gain of the second worker, of a spinning control's in the same block",
            f"{_spread(scaling)}; {gains[0]} and {gains[1]} times",
            f"at least {BARS['scaling_of_spin']}",
            scaling["median"] >= BARS["scaling_of_spin"],
        ),
    ]


def _again(row: Row) -> list[Line]:
    what, bar = "judging again under a changed pack, ", BARS["again_times_faster"]
    cpu, wall = row["times_faster_cpu"], row["times_faster_wall"]
    first = row["first"]["wall_s"]
    later = sorted(run["wall_s"] for run in row["changed_pack"])[len(row["changed_pack"]) // 2]
    return [
        (what + "CPU", f"{cpu} times less than the first scan", f"{bar:g} times", cpu >= bar),
        (
            what + "wall time; the first scan on two workers",
            f"{wall} times: {first:.0f} s, then {later:.1f} s",
            f"{bar:g} times",
            wall >= bar,
        ),
    ]


def _memory(row: Row) -> list[Line]:
    growth = row["peak_growth_mb_per_100_cases"], row["rest_growth_mb_per_100_cases"]
    peaks = row["peak_mb_by_round"]
    half = len(peaks) // 2
    return [
        (
            f"growth of one worker for 100 cases, over {row['submissions']} cases, the same ten round after round",
            f"peak {growth[0]} MB, rest {growth[1]} MB",
            f"at most {BARS['growth_mb_per_100_cases']:g} MB",
            row["met"],
        ),
        (
            "its peak in the first round, after half the cases, at the end",
            f"{peaks[0]}, {peaks[half - 1]}, {peaks[-1]} MB",
            "",
            None,
        ),
    ]


def _cluster(row: Row) -> list[Line]:
    each = row["submissions"] // row["overhead_wall"]["of"]
    over, after = row["overhead_wall"], row["overhead_after_first_report"]
    starts = row["start_s_here"]["median"], row["start_s_there"]["median"]
    same = row["reports_identical_but_run"] and row["findings_csv_identical"]
    return [
        (
            f"two Ray nodes on loopback beside two workers: reports of {row['submissions']} submissions",
            "the same bytes but for `run`" if same else "not the same",
            "the same",
            same,
        ),
        (
            f"time of a whole scan of {each} there, beyond that here",
            f"{_percent(over)}; after the first report {_percent(after)}",
            "",
            None,
        ),
        ("start, to the first report", f"{starts[1]:.1f} s there, {starts[0]:.1f} s here", "", None),
    ]


def _nodes(row: Row) -> list[Line]:
    return [("Ray nodes killed while they judge", _kills(row), "complete, none twice, the same", row["met"])]


def _faults(row: Row) -> list[Line]:
    names = {"parent": "kill -9 of the scan at random moments", "worker": "kill -9 of a worker at random moments"}
    return [
        (what, _kills(row[name]), "complete, none twice, the same", not row[name]["wrong"] + row[name]["failed"])
        for name, what in names.items()
    ]


def _kills(row: Row) -> str:
    wrong = row["wrong"] + row["failed"]
    return f"{row['kills']} kills, {row['scans']} scans, {wrong or 'none'} wrong"


def _fuzz(row: Row) -> list[Line]:
    low, high = row["errors"]["ci95"]
    figure = (
        f"{row['tracebacks']} tracebacks, {row['unsettled']} unsettled, {row['errors']['count']} `error` "
        f"({low:.2%} to {high:.2%}), the slowest {row['slowest_s']:.1f} s"
    )
    return [(f"{row['files']:,} mutated files", figure, "each settled", row["met"])]


def _spread(row: Row) -> str:
    return f"{row['median']} ({row['min']} to {row['max']} in {row['of']} blocks)"


def _percent(row: Row) -> str:
    return f"{row['median']:+.0%} ({row['min']:+.0%} to {row['max']:+.0%} in {row['of']} blocks)"
