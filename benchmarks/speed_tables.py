"""Writes the speed benchmark's figures into ``docs/performance.md``, so that none is typed by hand."""

from __future__ import annotations

from typing import Any

from benchmarks.pages import put
from benchmarks.peers.processes import ROOT
from benchmarks.speed_plots import ratios

PAGE = ROOT / "docs" / "performance.md"
HEAD = "| ratio | median | least–most | pairs | at most | |\n|---|---|---|---|---|---|\n"


def write(result: dict[str, Any]) -> None:
    """Puts the tables of ``result`` in the place of the page's."""
    put(PAGE, "ratios", told(result))
    put(PAGE, "profile", steps(result))


def told(result: dict[str, Any]) -> str:
    """The page's part that follows from ``result``."""
    parts = [HEAD + "".join(_row(name, row) for name, row in ratios(result)), *_sentences(result)]
    return "\n".join(parts)


def steps(result: dict[str, Any]) -> str:
    """Where the time goes: a table for each profiled kind of file."""
    parts = []
    for name, rows in result.get("profile", {}).items():
        shares = "".join(f"| {step} | {share:.3f} |\n" for step, share in rows.items())
        parts.append(f"| {name} | ÷ plain decode |\n|---|---|\n{shares}| **in all** | **{sum(rows.values()):.2f}** |\n")
    return "\n".join(parts)


def _row(name: str, row: dict[str, Any]) -> str:
    bar = row.get("bar")
    verdict = "" if bar is None else "reached" if row["met"] else "**not reached**"
    limit = "–" if bar is None else bar
    return f"| {name} | {row['median']} | {row['min']}–{row['max']} | {row['pairs']} | {limit} | {verdict} |\n"


def _sentences(result: dict[str, Any]) -> list[str]:
    found = []
    six = result.get("six", {})
    if "second core" in six:
        core = six["second core"]
        each = ", ".join(str(gain) for gain in core["of_each_six"])
        found.append(
            f"The second core: two jobs gain {core['gain']} x on six photos (each of five sixes: {each}), two spinning "
            f"processes {core['control']} x in the same run: {core['share']} of it (at least {core['bar']}: "
            f"{'reached' if core['met'] else '**not reached**'}). Peak memory of six photos, cold: "
            f"{six['six photos, peak MB']} MB.\n"
        )
    peaks = {name: row["peak_mb"] for name, row in result.get("video", {}).items() if "peak_mb" in row}
    if peaks:
        said = ", ".join(f"{name} {peak} MB" for name, peak in peaks.items())
        found.append(f"Peak memory of a video's whole check: {said}.\n")
    if "growth" in result:
        rows = "".join(
            f"| {name} | {curve['each_s']} | {curve['fixed_s']} | {curve['residual']:.1%} |\n"
            for name, curve in result["growth"].items()
        )
        found.append(
            "A straight line through the CPU of each kind of growth; the residual is the largest distance from it, of "
            "the largest cost:\n\n"
            f"| with | seconds each | fixed seconds | residual |\n|---|---|---|---|\n{rows}"
        )
    return found
