"""What the operating points of six-or-not were chosen by, on looks that video_sides.py keeps.

``python -m benchmarks.video_sides_points [--clips DIR] [--count 64] [--held N] [--opening]``

Each line: what is changed, and of the sealed clips of ``tune`` whose truth is plain: told, right as to six or not, six
called where fewer are shown, six called rightly. With ``--held`` the same of the first N clips of DIR/heldout, every
other score of clips. ``--opening``: the weights of the opening fitted on ``tune`` and on those; how many openings are
told with other points, each half of the scores judged by weights fitted on the other; and boxes told from mailers.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synth.unboxing_set import build
from benchmarks.video_sides import NEAR_S, _ffmpeg, measured
from evidence_kit.facts import sides_shown
from evidence_kit.facts.continuity import Continuity
from evidence_kit.sensors import parcel_turning
from evidence_kit.sensors.parcel_looks import ParcelLooks

BEFORE_S, AFTER_S = 0.1, 0.6
"""Around the opening: looks that the weights of the opening are not fitted on."""
RIDGE = 0.01
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
OPENINGS: tuple[dict[str, float], ...] = (
    {}, {"AFTER_S": 3.0}, {"AFTER_S": 5.0}, {"NEARLY": 0.4}, {"NEARLY": 1.0}, {"OPEN_WORTH": 0.0}, {"OPEN_WORTH": 0.6},
)  # fmt: skip
NARROW = 2.0
"""No parcel shows so much of its faces beside the largest: what is wide makes no box."""
KINDS: tuple[dict[str, float], ...] = ({}, {"BESIDE": NARROW}, {"BESIDE": NARROW, "BAG": 0.5, "BOX": 0.35})
"""As it is, without wide sides, and with the points of before as well."""


@contextmanager
def changed(values: dict[str, Any]) -> Iterator[None]:
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


def opened_by(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> np.ndarray:
    """Of sealed clips: openings within NEAR_S, openings, told where there is none, clips without one."""
    near, there, falsely, never = 0, 0, 0, 0
    for row, looks in clips:
        at_s, truth_s = sides_shown.opening(looks.looks), row["opened_at_s"]
        there, never = there + (truth_s is not None), never + (truth_s is None)
        near += at_s is not None and truth_s is not None and abs(at_s - truth_s) <= NEAR_S
        falsely += at_s is not None and truth_s is None
    return np.array([near, there, falsely, never])


def kinds(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> str:
    """Boxes and mailers told, while they are closed, and told rightly."""
    told = right = 0
    for row, looks in clips:
        at_s = sides_shown.opening(looks.looks)
        found = sides_shown.mailer([one for one in looks.looks if at_s is None or one.at_s < at_s])
        told += found is not None
        right += found is not None and found == (row["kind"] != "box")
    return f"right {right} of {told} told, {len(clips)} clips"


def fitted(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> tuple[float, ...]:
    """Weights of EVIDENCE: logistic regression, ridge, seconds as weights, both states weighing alike.

    Left out are the looks around the opening itself, when it is neither.
    """
    rows, opens, seconds = [], [], []
    for row, looks in clips:
        begin_s = row["opened_at_s"] if row["opened_at_s"] is not None else 1e9
        for place, (look, sign) in enumerate(zip(looks.looks, sides_shown.signs(looks.looks), strict=True)):
            if not begin_s - BEFORE_S < look.at_s < begin_s + AFTER_S:
                rows.append(sign)
                opens.append(look.at_s >= begin_s)
                seconds.append(sides_shown._span(looks.looks, place))
    x, y, w = np.array(rows), np.array(opens, float), np.array(seconds)
    w[y > 0] *= w[y == 0].sum() / w[y > 0].sum()
    middle, spread = x.mean(0), x.std(0) + 1e-9
    middle[0], spread[0] = 0.0, 1.0
    z, found = (x - middle) / spread, np.zeros(x.shape[1])
    ridge = RIDGE * w.sum() * np.diag([0.0, *np.ones(x.shape[1] - 1)])
    for _ in range(30):
        p = 1 / (1 + np.exp(-z @ found))
        slope = z.T @ (w * (y - p)) - ridge @ found
        found += np.linalg.solve((z * (w * p * (1 - p) + 1e-9)[:, None]).T @ z + ridge, slope)
    plain = found / spread
    plain[0] -= (found * middle / spread)[1:].sum()
    return tuple(round(float(v), 3) for v in plain)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.video_sides_points", description=__doc__)
    parser.add_argument("--clips", type=Path, default=Path(__file__).parent / "out" / "six-sides")
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument("--held", type=int, default=0, help="clips of the held-out part to choose by as well")
    parser.add_argument("--opening", action="store_true", help="fit the weights of the opening")
    chosen = parser.parse_args()
    parts = {"tune": kept(chosen.clips, "tune", chosen.count)}
    if chosen.held:
        held = kept(chosen.clips, "heldout", chosen.held)
        parts["heldout, even scores"] = [one for place, one in enumerate(held) if place // 20 % 2 == 0]
        parts["heldout, odd scores"] = [one for place, one in enumerate(held) if place // 20 % 2]
    sealed = {name: [one for one in part if one[0]["start"] == "sealed"] for name, part in parts.items()}
    if chosen.opening:
        openings(sealed)
        return
    for values in CHANGES:
        with changed(values):
            for name, part in sealed.items():
                if "odd" not in name:
                    print(values, name, counts([one for one in part if not one[0]["grey"]]), flush=True)


def openings(sealed: dict[str, list[tuple[dict[str, Any], ParcelLooks]]]) -> None:
    """Prints the weights of the opening, what other points would tell, and boxes told from mailers."""
    tune, even, odd = (sealed.get(name, []) for name in ("tune", "heldout, even scores", "heldout, odd scores"))
    weights = fitted([*tune, *even])
    print(weights)
    folds = ((weights, odd), (fitted([*tune, *odd]), even))
    for values in OPENINGS:
        found = np.zeros(4, int)
        for fold, clips in folds:
            with changed({**values, "EVIDENCE": fold}):
                found += opened_by(clips)
        print(values, "near {} of {}, told falsely {} of {}".format(*found), flush=True)
    for values in KINDS:
        with changed({**values, "EVIDENCE": weights}):
            print(values, kinds([*tune, *even]), flush=True)


def kept(folder: Path, split: str, count: int) -> list[tuple[dict[str, Any], ParcelLooks]]:
    """Rows and looks of the first clips of a split."""
    rows = build(folder / split, split, count, _ffmpeg())
    return [(row, measured(folder / split / row["file"])) for row in rows]


if __name__ == "__main__":
    main()
