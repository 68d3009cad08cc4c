"""What the operating points of six-or-not were chosen by, on the looks of ``tune`` that video_sides.py keeps.

``python -m benchmarks.video_sides_points [--clips DIR] [--count 64]``

Each line: what is changed, and of the sealed clips of ``tune`` whose truth is plain: told, right as to six or not, six
called where fewer are shown, six called rightly.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.synth.unboxing_set import build
from benchmarks.video_sides import _ffmpeg, measured
from evidence_kit.facts import sides_shown
from evidence_kit.facts.continuity import Continuity
from evidence_kit.sensors import parcel_turning
from evidence_kit.sensors.parcel_looks import ParcelLooks

CHANGES: tuple[dict[str, float], ...] = (
    {},
    {"ALL_WAYS": 0.7},
    {"ALL_WAYS": 0.9},
    {"NO_WAYS": 0.2},
    {"NO_WAYS": 0.3},
    {"A_TURN": 0},
    {"A_TURN": 1},
    {"SHOWN_COS": 0.5, "SHOWN_S": 0.3, "GLIMPSED_COS": 0.36, "GLIMPSED_S": 0.2},
    {"SHOWN_COS": 0.42, "SHOWN_S": 0.25, "GLIMPSED_COS": 0.36, "GLIMPSED_S": 0.15},
    {"TURN_PART": 0.4},
    {"UNSURE_DEG": 40.0},
    {"UNSURE_DEG": 20.0},
    {"MISREAD": 0.15},
)
"""Of the values in sides_shown.py and parcel_turning.py."""


@contextmanager
def changed(values: dict[str, float]) -> Iterator[None]:
    """The operating points with other values, for a while."""
    places = {name: sides_shown if hasattr(sides_shown, name) else parcel_turning for name in values}
    before = {name: getattr(place, name) for name, place in places.items()}
    for name, place in places.items():
        setattr(place, name, values[name])
    try:
        yield
    finally:
        for name, place in places.items():
            setattr(place, name, before[name])


def counts(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> str:
    told = right = false_six = six = 0
    for row, looks in clips:
        every = 6 if row["kind"] == "box" else 2
        shown = sides_shown.told_of(looks, Continuity()).shown
        all_shown, called = len(row["shown"]) == every, shown is not None and shown >= every
        told += shown is not None
        right += shown is not None and called == all_shown
        false_six += called and not all_shown
        six += called and all_shown
    return f"told {told} of {len(clips)}, right {right}, six called falsely {false_six}, rightly {six}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.video_sides_points", description=__doc__)
    parser.add_argument("--clips", type=Path, default=Path(__file__).parent / "out" / "six-sides")
    parser.add_argument("--count", type=int, default=64)
    chosen = parser.parse_args()
    rows = build(chosen.clips / "tune", "tune", chosen.count, _ffmpeg())
    plain = [row for row in rows if row["start"] == "sealed" and not row["grey"]]
    clips = [(row, measured(chosen.clips / "tune" / row["file"])) for row in plain]
    for values in CHANGES:
        with changed(values):
            print(values, counts(clips), flush=True)


if __name__ == "__main__":
    main()
