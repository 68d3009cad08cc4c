"""What other operating points of continuity would do, on the development data that video_continuity.py has measured.

``python -m benchmarks continuity_points [--clips DIR] [--splits tune test heldout fresh]``

Each line: what is changed, and of every split hard and jump cuts found and called certain, drops found, precision of
the cuts, breaks shown in honest clips and certain ones among them. A point is worth keeping only where each split, of
two unlike drawings, agrees.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.video_continuity import Row, measure, tally
from evidence_kit.facts import break_signals
from evidence_kit.facts.break_signals import Point
from evidence_kit.facts.continuity import continuity

CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"TOGETHER": 1.5},
    {"TOGETHER": 2.3},
    {"TOGETHER": 99.0},
    {"TOGETHER_UNLIKE": 0.35},
    {"TOGETHER_UNLIKE": 0.55},
    {"KEPT_BESIDE": 0.6},
    {"KEPT_BESIDE": 0.85},
    {"SHIFTED": Point(weak=1.8, strong=1.9)},
    {"SHIFTED": Point(weak=2.5, strong=2.6)},
    {"SHIFTED": Point(weak=99.0, strong=99.0)},
    {"APART": Point(weak=0.25, strong=0.4)},
    {"APART": Point(weak=0.4, strong=0.6)},
    {"STEADY_SHIFTED": 0.35},
    {"STEADY_SHIFTED": 0.65},
    {"LOST_SHIFTED": 0.35},
    {"UNLIKE_SHIFTED": 0.35},
    {"UNTRACKED": 0.0},
    {"UNTRACKED_APART": 0.35},
    {"UNTRACKED_SHIFTED": 2.0},
    {"UNTRACKED_UNLIKE": 0.6},
    {"SUDDEN_LEVEL": 1.01},
    {"SUDDEN_LEVEL": 1.04},
    {"SUDDEN_LONE": 2.5},
    {"SUDDEN_LOST": 0.7},
    {"ELSEWHERE": 0.44},
    {"ELSEWHERE": 0.46},
    {"ELSEWHERE": 0.5},
    {"ELSEWHERE": 0.54},
    {"ELSEWHERE": 99.0},
)
"""Of the values in break_signals.py; 0 and 99 switch a way of finding off."""


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks continuity_points", description=__doc__)
    parser.add_argument("--clips", type=Path, default=Path(__file__).parent / "out" / "continuity")
    parser.add_argument("--splits", nargs="*", default=["tune", "test", "heldout", "fresh"])
    chosen = parser.parse_args(argv)
    clips = {split: list(_measured(chosen.clips / split)) for split in chosen.splits}
    print("| | " + " | ".join(clips) + " |\n|---" + "|---" * len(clips) + "|")
    for change in CHANGES:
        words = ", ".join(f"{name} {_said(value)}" for name, value in change.items()) or "as it is"
        with changed(change):
            print(f"| {words} | " + " | ".join(counts(part) for part in clips.values()) + " |", flush=True)
    return 0


def _said(value: Any) -> str:
    return f"{value.weak}/{value.strong}" if isinstance(value, Point) else str(value)


def _measured(folder: Path) -> Iterator[tuple[Row, Any, Any]]:
    for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        yield row, *measure(folder / row["file"])


@contextmanager
def changed(values: dict[str, Any]) -> Iterator[None]:
    """The operating points with other values, for a while."""
    before = {name: getattr(break_signals, name) for name in values}
    for name, value in values.items():
        setattr(break_signals, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(break_signals, name, value)


def counts(clips: list[tuple[Row, Any, Any]]) -> str:
    done = tally([(row, continuity(changes, packets)) for row, changes, packets in clips])
    kinds, honest = done["kinds"], done["honest"]
    cuts = [kinds[name] for name in ("hard", "jump")]
    found, certain, truth = (sum(kind.get(name, 0) for kind in cuts) for name in ("found", "certain", "truth"))
    drops = f"{kinds['drop'].get('found', 0)}/{kinds['drop']['truth']}"
    precision = done["cuts_f1"]["precision"]
    wrong = f"{honest['false']}, {honest['false_certain']}"
    return f"{found}, {certain} of {truth}; drops {drops}; {precision:.2f}; honest {wrong}"


if __name__ == "__main__":
    raise SystemExit(main())
