"""What the operating points of six-or-not were chosen by, on looks that video_sides.py keeps.

``python -m benchmarks.video_sides_points [--clips DIR] [--count 64] [--held N ...] [--opening] [--starts] [--motions]``

Each line: what is changed, and of the sealed clips of ``tune`` whose truth is plain: told, right as to six or not,
six called where fewer are shown, six called rightly. With ``--held`` the same of the first N clips of DIR/heldout, or
of those from the first to before the second number, from the third to before the fourth, every other score of clips.
``--opening``: the weights of the opening fitted on ``tune`` and on all of those; how many openings are told with
other points, each half of the scores judged by weights fitted on the other half and ``tune``. ``--starts``: the
weights of opened starts and of kinds, and what they tell cross-fitted. ``--motions``: how far motions of boxes, and
looks, are from the truth.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.synth.unboxing import Show, take
from benchmarks.synth.unboxing_geometry import facing
from benchmarks.synth.unboxing_set import FIRST_SEED, build, maker, wish
from benchmarks.video_sides import NEAR_S, _ffmpeg, judged_by, measured, tally
from evidence_kit.facts import opened_start, opening_moment, parcel_kind, sides_shown
from evidence_kit.facts.continuity import Continuity
from evidence_kit.sensors import parcel_turning
from evidence_kit.sensors.parcel_frames import nearest_name
from evidence_kit.sensors.parcel_looks import ParcelLook, ParcelLooks

BEFORE_S, AFTER_S = 0.1, 0.6
"""Around the opening: looks that the weights of the opening are not fitted on."""
RIDGE = 0.01
LATE_S, SPREAD_S = 0.1, 0.35
"""The moment of the opening that the weights are fitted to: so late, and so uncertain."""
MOMENT_RIDGE, STEPS = 3.0, 8
CLIP_RIDGE = 3.0
FOLDS = 6
CHANGES: tuple[dict[str, float], ...] = (
    {},
    {"ALL_WAYS": 0.75},
    {"ALL_WAYS": 0.95},
    {"NO_WAYS": 0.08},
    {"NO_WAYS": 0.3},
    {"SHOWN_COS": 0.42, "GLIMPSED_COS": 0.34},
    {"SHOWN_COS": 0.5, "GLIMPSED_COS": 0.38},
    {"GLIMPSED_COS": 0.28, "GLIMPSED_S": 0.12},
    {"ROUND_SURE": 0.0},
    {"ROUND_SURE": 0.7},
    {"ROUND_SURE": 0.78},
    {"ROUND_DEG": 420.0},
    {"ROUND_DEG": 600.0},
    {"ROUND_MAILER_DEG": 90.0},
    {"HALF_OVER_DEG": 60.0},
    {"HALF_OVER_DEG": 360.0},
    {"THIN": 0.25},
    {"THIN": 1.0},
    {"UNSURE_DEG": 15.0},
    {"UNSURE_DEG": 32.0},
    {"MISREAD": 0.35},
    {"MISREAD": 0.5},
    {"ANEW_DEG": 5.0},
    {"ANEW_DEG": 30.0},
    {"STEP_TOLD": 0.5},
    {"STEP_TOLD": 1.2},
    {"MOST_APART_DEG": 0.0},
    {"BOTH_UNSURE_DEG": 25.0},
    {"LIKE_BEFORE": 0.0},
    {"LIKE_BEFORE": 0.8},
    {"STRAY": 0.0},
    {"STRAY": 0.08},
    {"LOST_DEG": 25.0},
    {"WAYS": 300},
    {"WAYS": 3000},
)
"""Of the values in sides_shown.py and parcel_turning.py."""
PLACES = (sides_shown, opened_start, opening_moment, parcel_kind, parcel_turning)
OPENINGS: tuple[dict[str, float], ...] = (
    {}, {"NEAR_S": 0.0}, {"MOMENT_SURE": 0.0}, {"MOMENT_SURE": 0.4}, {"NEVER": 0.6}, {"MOMENT_S": 0.6},
)  # fmt: skip


@contextmanager
def changed(values: dict[str, Any]) -> Iterator[None]:
    """The operating points with other values, for a while."""
    # A point that another module imports stands there, too.
    before = [(place, name, getattr(place, name)) for name in values for place in PLACES if hasattr(place, name)]
    assert {name for _, name, _ in before} == set(values)
    for place, name, _ in before:
        setattr(place, name, values[name])
    try:
        yield
    finally:
        for place, name, value in before:
            setattr(place, name, value)


def counts(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> str:
    figures = tally([(row, judged_by(looks, row)) for row, looks in clips])
    names = ("cannot_tell", "six_or_not_of_told", "false_six_of_incomplete", "six_called_of_complete")
    return ", ".join(f"{name} {figures[name]['hits']} of {figures[name]['of']}" for name in names)


def opened_by(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> np.ndarray:
    """Of sealed clips: openings within NEAR_S, openings, told ones, told where there is none, clips without one."""
    near, there, told, falsely, never = 0, 0, 0, 0, 0
    for row, looks in clips:
        at_s, truth_s = opening_moment.opening(looks.looks), row["opened_at_s"]
        there, never = there + (truth_s is not None), never + (truth_s is None)
        near += at_s is not None and truth_s is not None and abs(at_s - truth_s) <= NEAR_S
        told += at_s is not None and truth_s is not None
        falsely += at_s is not None and truth_s is None
    return np.array([near, there, told, falsely, never])


def kinds_by(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> np.ndarray:
    """Of sealed clips, while they are closed: told rightly to be a box or a mailer, told, all."""
    told = [(row, parcel_kind.mailer(closed_of(looks))) for row, looks in clips if row["start"] == "sealed"]
    sure = [found == (row["kind"] == "bag") for row, found in told if found is not None]
    return np.array([sum(sure), len(sure), len(told)])


def closed_of(looks: ParcelLooks) -> list[ParcelLook]:
    """Those before the opening, as far as it is told."""
    at_s = opening_moment.opening(looks.looks)
    return [one for one in looks.looks if at_s is None or one.at_s < at_s - sides_shown.LEAD_S]


def kind_weights(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> tuple[float, ...]:
    """Weights of KIND: logistic regression over sealed clips, ridge."""
    pairs = [(parcel_kind.measures(closed_of(looks)), row["kind"] == "bag") for row, looks in clips]
    rows, bags = zip(*(pair for pair in pairs if pair[0]), strict=True)
    return logistic(np.array(rows), np.array(bags, float), np.ones(len(rows)), CLIP_RIDGE)


def fitted(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> tuple[float, ...]:
    """Weights of EVIDENCE: logistic regression, ridge, seconds as weights, both states weighing alike.

    Left out are the looks around the opening itself, when it is neither.
    """
    rows, opens, seconds = [], [], []
    for row, looks in clips:
        begin_s = row["opened_at_s"] if row["opened_at_s"] is not None else 1e9
        for place, (look, sign) in enumerate(zip(looks.looks, opening_moment.signs(looks.looks), strict=True)):
            if not begin_s - BEFORE_S < look.at_s < begin_s + AFTER_S:
                rows.append(sign)
                opens.append(look.at_s >= begin_s)
                seconds.append(opening_moment.span_s(looks.looks, place))
    x, y, w = np.array(rows), np.array(opens, float), np.array(seconds)
    w[y > 0] *= w[y == 0].sum() / w[y > 0].sum()
    return logistic(x, y, w, RIDGE * w.sum())


def start_weights(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> tuple[float, ...]:
    """Weights of START: logistic regression over clips, ridge."""
    pairs = [(opened_start.beginning(looks.looks), row["start"] == "opened") for row, looks in clips]
    rows, opens = zip(*(pair for pair in pairs if pair[0]), strict=True)
    return logistic(np.array(rows), np.array(opens, float), np.ones(len(rows)), CLIP_RIDGE)


def logistic(x: np.ndarray, y: np.ndarray, w: np.ndarray, held: float) -> tuple[float, ...]:
    """Weights of the columns of ``x`` (n, k), of which the first is one, for ``y`` (n,) to be 1 rather than 0; ``w`` is
    how much each row counts, ``held`` how strongly weights of standardised columns are held near 0."""
    middle, spread = x.mean(0), x.std(0) + 1e-9
    middle[0], spread[0] = 0.0, 1.0
    z, found = (x - middle) / spread, np.zeros(x.shape[1])
    ridge = held * np.diag([0.0, *np.ones(x.shape[1] - 1)])
    for _ in range(30):
        p = 1 / (1 + np.exp(-z @ found))
        slope = z.T @ (w * (y - p)) - ridge @ found
        found += np.linalg.solve((z * (w * p * (1 - p) + 1e-9)[:, None]).T @ z + ridge, slope)
    plain = found / spread
    plain[0] -= (found * middle / spread)[1:].sum()
    return tuple(round(float(v), 3) for v in plain)


def moment_weights(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> tuple[float, ...]:
    """Weights of MOMENT: conditional logistic regression over the looks of each clip and "never", ridge.

    A clip that starts opened has no moment.
    """
    rows = [np.array(opening_moment.around(looks.looks)) for _, looks in clips]
    aims = [aim(row["opened_at_s"] if row["start"] == "sealed" else None, looks) for row, looks in clips]
    every = np.concatenate(rows)
    middle, spread = every.mean(0), every.std(0) + 1e-9
    middle[0], spread[0] = 0.0, 1.0
    never = np.zeros((1, every.shape[1]))
    parts = [np.concatenate([(one - middle) / spread, never]) for one in rows]
    ridge = MOMENT_RIDGE * np.diag([0.0, *np.ones(every.shape[1] - 1)])
    found = np.zeros(every.shape[1])
    for _ in range(STEPS):
        slope, curve = -ridge @ found, ridge + 1e-6 * np.eye(len(found))
        for z, wanted in zip(parts, aims, strict=True):
            worth = z @ found
            p = np.exp(worth - worth.max())
            p /= p.sum()
            mean = p @ z
            slope += wanted @ z - mean
            curve += (z * p[:, None]).T @ z - np.outer(mean, mean)
        step = np.linalg.solve(curve, slope)
        found += step * min(1.0, 2 / np.abs(step).max())
    plain = found / spread
    plain[0] -= (found * middle / spread)[1:].sum()
    return tuple(round(float(v), 3) for v in plain)


def aim(opened_at_s: float | None, looks: ParcelLooks) -> np.ndarray:
    """How likely each look, and at last "never", should be said to be the opening."""
    found = np.zeros(len(looks.looks) + 1)
    if opened_at_s is not None:
        away = np.array([look.at_s for look in looks.looks]) - opened_at_s - LATE_S
        found[:-1] = np.exp(-0.5 * (away / SPREAD_S) ** 2)
    if found.sum() < 1e-3:
        found[-1] = 1.0
    total: float = found.sum()
    found /= total
    return found


def openings_fitted(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> dict[str, Any]:
    """EVIDENCE of the sealed clips, and MOMENT of all, by that evidence."""
    values: dict[str, Any] = {"EVIDENCE": fitted([one for one in clips if one[0]["start"] == "sealed"])}
    with changed(values):
        enough = [one for one in clips if len(one[1].looks) >= opening_moment.LEAST_LOOKS]
        return {**values, "MOMENT": moment_weights(enough)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.video_sides_points", description=__doc__)
    parser.add_argument("--clips", type=Path, default=Path(__file__).parent / "out" / "six-sides")
    parser.add_argument("--count", type=int, default=64)
    parser.add_argument(
        "--held", type=int, nargs="*", default=[], help="clips of the held-out part to choose by as well, N or ranges"
    )
    parser.add_argument("--opening", action="store_true", help="fit the weights of the opening")
    parser.add_argument("--starts", action="store_true", help="fit the weights of opened starts and of kinds")
    parser.add_argument("--motions", action="store_true", help="errors of motions and of looks")
    chosen = parser.parse_args()
    parts = {"tune": kept(chosen.clips, "tune", chosen.count)}
    if chosen.held:
        ends = iter([0, *chosen.held] if len(chosen.held) == 1 else chosen.held)
        ranges = [range(first, last) for first, last in zip(ends, ends, strict=True)]
        held = [
            one
            for part in ranges
            for one in zip(part, kept(chosen.clips, "heldout", part.stop, part.start), strict=True)
        ]
        parts["heldout, even scores"] = [one for number, one in held if number // 20 % 2 == 0]
        parts["heldout, odd scores"] = [one for number, one in held if number // 20 % 2]
    sealed = {name: [one for one in part if one[0]["start"] == "sealed"] for name, part in parts.items()}
    if chosen.opening:
        openings(parts)
        return
    if chosen.starts:
        starts([one for part in parts.values() for one in part])
        return
    if chosen.motions:
        for name, part in parts.items():
            motions(name, [one for one in part if one[0]["start"] == "sealed" and one[0]["kind"] == "box"])
        return
    for values in CHANGES:
        with changed(values):
            for name, part in sealed.items():
                if "odd" not in name:
                    print(values, name, counts([one for one in part if not one[0]["grey"]]), flush=True)


def openings(parts: dict[str, list[tuple[dict[str, Any], ParcelLooks]]]) -> None:
    """Prints the weights of the opening, what other points would tell, and boxes told from mailers."""
    tune, even, odd = (parts.get(name, []) for name in ("tune", "heldout, even scores", "heldout, odd scores"))
    weights = openings_fitted([*tune, *even, *odd])
    print(weights)
    folds = ((openings_fitted([*tune, *even]), odd), (openings_fitted([*tune, *odd]), even))
    sealed = [(fold, [one for one in clips if one[0]["start"] == "sealed"]) for fold, clips in folds]
    for values in OPENINGS:
        found = np.zeros(5, int)
        for fold, clips in sealed:
            with changed({**fold, **values}):
                found += opened_by(clips)
        print(values, "near {} of {}, of told {}, told falsely {} of {}".format(*found), flush=True)


def starts(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> None:
    """Prints the weights of opened starts and of kinds, and what they tell of clips that they were not fitted on."""
    sealed = [one for one in clips if one[0]["start"] == "sealed"]
    print({"START": start_weights(clips), "KIND": kind_weights(sealed)}, flush=True)
    for sure in (0.6, 0.7, 0.8, 0.9):
        found, told = np.zeros(4, int), np.zeros(3, int)
        for fold in range(FOLDS):
            others = [one for place, one in enumerate(clips) if place % FOLDS != fold]
            closed = [one for one in others if one[0]["start"] == "sealed"]
            values = {"START": start_weights(others), "KIND": kind_weights(closed)}
            with changed({**values, "START_SURE": sure, "KIND_SURE": sure}):
                found += starts_by(clips[fold::FOLDS])
                told += kinds_by(clips[fold::FOLDS])
        words = "opened starts called {} of {}, sealed ones {} of {}".format(*found)
        print(f"sure from {sure}:", words, "; kinds right {} of {} told, {} clips".format(*told), flush=True)


def motions(name: str, clips: list[tuple[dict[str, Any], ParcelLooks]]) -> None:
    """Prints errors (degrees) of motions by how far they are told to be off, and of looks by how sure they are.

    Of motions: root mean square about the two axes across the ray and about the ray, how far an error goes on in the
    next motion (correlation), and by how much of what it says the parcel turned (regression).
    """
    steps: list[tuple[float, ...]] = []
    looks: list[tuple[float, float]] = []
    for row, seen in clips:
        number, split = int(row["file"].partition(".")[0]), row["split"]
        show = take(FIRST_SEED[split] + number, wish(number), maker(split))
        before: tuple[float, ...] = (np.nan,) * 3
        for earlier, look in pairwise(seen.looks):
            if show.opened_at_s is not None and look.at_s > show.opened_at_s:
                break
            moments = np.linspace(earlier.at_s, look.at_s, look.views + 1)
            turns = [turn_seen(show, float(at_s)) for at_s in moments]
            if parcel_turning.tells_turn(look):
                looks.append((look.sure, np.degrees(nearest_name(np.array(look.turn).reshape(3, 3), turns[-1])[1])))
            for step, (one, other) in zip(look.steps, pairwise(turns), strict=True):
                if step is None:
                    before = (np.nan,) * 3
                    continue
                true = cv2.Rodrigues(other @ one.T)[0].ravel()
                error = tuple(np.degrees(true - np.array(step.turn)))
                steps.append((step.across_deg, *np.degrees(step.turn), *np.degrees(true), *error, *before))
                before = error
    made = np.array(steps)
    for low, high in pairwise((0.0, 0.01, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 90.0)):
        part = made[(made[:, 0] >= low) & (made[:, 0] < high)]
        told, turned, errors, ago = part[:, 1:4], part[:, 4:7], part[:, 7:10], part[:, 10:]
        both = np.isfinite(ago).all(1)
        like = np.corrcoef(errors[both].ravel(), ago[both].ravel())[0, 1]
        gain = (told * turned).sum() / max(1e-9, (told**2).sum())
        axes = ", ".join(f"{v:.1f}" for v in np.sqrt((errors**2).mean(0)))
        words = f"{len(part)} motions, errors {axes}, goes on {like:.2f}, gain {gain:.2f}"
        print(f"{name}: told to be off by {low} to {high}: {words}")
    sure, off = np.array(looks).T
    for low, high in pairwise((0.42, 0.55, 0.65, 0.78, 0.9, 0.96, 2.0)):
        chosen = off[(sure >= low) & (sure < high)]
        wide = f"median {np.median(chosen):.1f}, over 30: {(chosen > 30).mean():.2f}"
        print(f"{name}: sure {low} to {high}: {len(chosen)} looks, {wide}", flush=True)


def turn_seen(show: Show, at_s: float) -> np.ndarray:
    """The parcel's turn at a moment, seen along the ray to its middle (``Truth.turn``, without drawing)."""
    lens = show._view_of(at_s)
    turn, place = show._pose(at_s)
    centre = lens.into(place[None])[0]
    seen: np.ndarray = facing(centre / np.linalg.norm(centre), np.array([0, 0, 1.0])) @ lens.turn @ turn
    return seen


def starts_by(clips: list[tuple[dict[str, Any], ParcelLooks]]) -> np.ndarray:
    """Of all clips: opened starts called opened, opened starts, sealed starts called opened, sealed starts."""
    found = np.zeros(4, int)
    for row, looks in clips:
        called = sides_shown.told_of(looks, Continuity(), counted=False).sealed_start is False
        found += [called, 1, 0, 0] if row["start"] == "opened" else [0, 0, called, 1]
    return found


def kept(folder: Path, split: str, last: int, first: int = 0) -> list[tuple[dict[str, Any], ParcelLooks]]:
    """Rows and looks of clips of a split, from the first to before the last."""
    rows = build(folder / split, split, last, _ffmpeg(), first)
    return [(row, measured(folder / split / row["file"])) for row in rows]


if __name__ == "__main__":
    main()
