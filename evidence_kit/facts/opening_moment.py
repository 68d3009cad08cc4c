"""When is the parcel opened? The moment that is likeliest by what is seen before and after it.

How it is decided, and how often rightly: docs/six-sides.md. The weights are fitted by benchmarks/video_sides_points.py.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import exp, log, log1p
from statistics import median

from evidence_kit.sensors.parcel_looks import ParcelLook

LOOK_S = 0.3
"""One look stands for at most so long."""
LEAST_LOOKS = 8
OPEN_LEAST = 0.004
"""Flaps and inside over the picture, for the parcel to be open."""
SIGNS = ("openness", "root", "flap", "inside", "goods", "closed", "none", "hand", "sure", "open")
"""By which a look speaks for an open parcel: openness and its root; logarithms of shares; whether no closed face is
seen; how sure its turn is; and how likely the network holds it to be open (logit)."""
COMPARED = ("openness", "flap", "inside", "goods", "closed", "hand", "open")
"""Those that are also compared with their middle over all looks before."""
TRACE = 0.002
"""Share of the picture that is added before a logarithm is taken."""
EVIDENCE: tuple[float, ...] = (
    -0.137, 0.198, 0.457, -0.387, 0.497, 0.392, -0.369, -0.039, 0.005, 0.925, 0.568, 0.56, 0.32, 0.599, 0.567,
    0.122, 0.263, -0.017,
)  # fmt: skip
"""Weights of one, SIGNS, and COMPARED, of a logistic regression (benchmarks/video_sides_points.py --opening), for the
looks of the network as it ships."""
SURELY = 0.01
"""Is added to both sides of a likelihood before its logit is taken."""
MOST_EVIDENCE = 2.5
"""One look says no more, either way."""
AFTER_S = 4.0
"""What follows a moment, where it is compared with all that is before."""
WINDOWS_S = ((-4.0, -2.0), (-2.0, -0.8), (-0.8, 0.0), (0.0, 0.8), (0.8, 2.0), (2.0, 4.0))
"""Around a moment: what speaks for an open parcel, and the logarithms of SEEN (of ``open`` the logit), are averaged
over each."""
SEEN = ("flap", "inside", "goods", "closed", "hand", "moved", "open")
MOMENT: tuple[float, ...] = (
    -6.005, 0.034, 0.79, -0.602, -0.085, 0.016, -0.2, -0.158, 0.022, 1.011, -0.204, -0.337, 0.27, -0.479, -0.11,
    0.783, -0.828, -0.695, -0.543, 0.59, 1.086, 0.77, 0.812, -0.278, -0.374, -1.177, 0.607, 0.028, -0.003, -0.014,
    -0.101, -0.194, 0.099, -0.72, -0.765, 0.604, 0.622, 0.105, 0.121, 1.234, 0.787, -0.688, 0.181, 1.071, 0.917,
    -1.195, 0.129, 0.378, 0.066, 0.342, 0.465,
)  # fmt: skip
"""Weights of ``around``, for a moment to be the opening rather than that there is none: a softmax over all looks of a
clip (benchmarks/video_sides_points.py --opening). Fitted on the development clips and either half of 1,468 once
held-out ones, and judged on the other: 952 of 1,029 openings within a second, 997 told. These are fitted on all."""
MOMENT_S = 1.0
"""The opening is where most of the likelihood lies within so much."""
NEAR_S = 0.3
"""Told is the look, so near the middle of that or next to it, which best parts what speaks for closed from what speaks
for open."""
NEVER, MOMENT_SURE = 0.5, 0.3
"""None is told where that there is none is likelier than the first, or less likelihood than the second lies there. With
0.6 and 0.3: 956, 1,002 told; 10 told of 219 clips that have none, where it is 7. With 0.5 and 0.4: 949, 993, 5."""


def span_s(looks: Sequence[ParcelLook], place: int) -> float:
    """Seconds that a look stands for."""
    at_s = looks[place].at_s
    before = at_s - looks[place - 1].at_s if place else LOOK_S
    after = looks[place + 1].at_s - at_s if place + 1 < len(looks) else LOOK_S
    return min(LOOK_S, before) / 2 + min(LOOK_S, after) / 2


def openness(look: ParcelLook) -> float:
    """Flaps and inside over the parcel, 0..1; 0 where next to nothing of them is seen."""
    opened = look.flap + look.inside
    return opened / (opened + look.closed) if opened >= OPEN_LEAST else 0.0


def open_logit(look: ParcelLook) -> float:
    """Of how likely the parcel is open, by one look; 0 where none is seen."""
    return log((look.open + SURELY) / (1 - look.open + SURELY))


def signs(looks: Sequence[ParcelLook]) -> list[tuple[float, ...]]:
    """Of each look: one, its SIGNS, and its COMPARED less their middle before."""
    earlier: dict[str, list[float]] = {name: [] for name in COMPARED}
    rows = []
    for look in looks:
        opened = openness(look)
        shares = {name: log(getattr(look, name) + TRACE) for name in ("flap", "inside", "goods", "closed", "hand")}
        values = {"openness": opened, "root": opened**0.5, "none": float(not look.closed), "sure": look.sure, **shares}
        values["open"] = open_logit(look)
        beyond = [values[name] - (_middle(earlier[name]) if earlier[name] else values[name]) for name in COMPARED]
        rows.append((1.0, *(values[name] for name in SIGNS), *beyond))
        for name, kept in earlier.items():
            insort(kept, values[name])
    return rows


def _middle(ordered: Sequence[float]) -> float:
    """The median of what is in order already."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def evidence(looks: Sequence[ParcelLook]) -> list[float]:
    """How far each look speaks for an open parcel (above 0) or a closed one."""
    told = (sum(weight * sign for weight, sign in zip(EVIDENCE, row, strict=True)) for row in signs(looks))
    return [max(-MOST_EVIDENCE, min(MOST_EVIDENCE, one)) for one in told]


def around(looks: Sequence[ParcelLook]) -> list[tuple[float, ...]]:
    """Of each look, as the moment of the opening: one; by how much more what follows speaks for an open parcel than
    what is before, and what follows alone (evidence times seconds, halved); the mean evidence in each of WINDOWS_S,
    weighted by the seconds that looks stand for; and of each of SEEN the means there, less its middle over the clip."""
    told, moments = evidence(looks), [look.at_s for look in looks]
    spans = [span_s(looks, place) for place in range(len(looks))]
    until = _summed([one * span for one, span in zip(told, spans, strict=True)])
    after = [until[bisect_left(moments, at_s + AFTER_S)] - until[place] for place, at_s in enumerate(moments)]
    rows = [[1.0, (late - early) / 2, late / 2] for late, early in zip(after, until, strict=False)]
    seconds, windows = _summed(spans), [_window(moments, *window) for window in WINDOWS_S]
    for values in (told, *(_lifted(looks, name) for name in SEEN)):
        until = _summed([value * span for value, span in zip(values, spans, strict=True)])
        for window in windows:
            for row, (first, last, near) in zip(rows, window, strict=True):
                empty = first >= last
                row.append(values[near] if empty else (until[last] - until[first]) / (seconds[last] - seconds[first]))
    return [tuple(row) for row in rows]


def _lifted(looks: Sequence[ParcelLook], name: str) -> list[float]:
    """Logarithms, less their middle: a share's, or of what moves from view to view; and logits."""
    if name == "open":
        found = [open_logit(look) for look in looks]
    elif name == "moved":
        found = [log1p(look.moved / look.views) for look in looks]
    else:
        found = [log(getattr(look, name) + TRACE) for look in looks]
    middle = median(found)
    return [one - middle for one in found]


def _window(moments: Sequence[float], begin_s: float, end_s: float) -> list[tuple[int, int, int]]:
    """Around each moment, the looks from the first to before the second, and the next one, should there be none."""
    found = []
    for at_s in moments:
        first, last = (bisect_left(moments, at_s + edge - 1e-6) for edge in (begin_s, end_s))
        near = min(bisect_left(moments, at_s + (begin_s + end_s) / 2), len(moments) - 1)
        found.append((first, last, near))
    return found


def _summed(values: Sequence[float]) -> list[float]:
    return list(accumulate(values, initial=0.0))


def likely(rows: Sequence[Sequence[float]]) -> list[float]:
    """How likely each look, by its row of ``around``, is the opening; the rest, to one, is that there is none."""
    worth = [sum(weight * value for weight, value in zip(MOMENT, row, strict=True)) for row in rows]
    top = max(0.0, *worth)
    parts = [exp(one - top) for one in worth]
    total = sum(parts) + exp(-top)
    return [part / total for part in parts]


def opening(looks: Sequence[ParcelLook]) -> float | None:
    """The moment around which most of the likelihood lies; None where there is none, or it is not sure enough.

    A change point: a single look that was misread does not make one, and need not be got over.
    """
    if len(looks) < LEAST_LOOKS:
        return None
    rows, moments = around(looks), [look.at_s for look in looks]
    parts = likely(rows)
    if 1 - sum(parts) > NEVER:
        return None
    until, weighed = _summed(parts), _summed([part * at_s for part, at_s in zip(parts, moments, strict=True)])
    best, mean_s = 0.0, 0.0
    for at_s in moments:
        first, last = bisect_left(moments, at_s - MOMENT_S), bisect_left(moments, at_s + MOMENT_S + 1e-6)
        if (within := until[last] - until[first]) > best:
            best, mean_s = within, (weighed[last] - weighed[first]) / within
    if best < MOMENT_SURE:
        return None
    nearest = min(range(len(moments)), key=lambda place: abs(moments[place] - mean_s))
    reach_s = max(NEAR_S, *(b - a for a, b in pairwise(moments[max(0, nearest - 1) : nearest + 2])))
    beside = [place for place, at_s in enumerate(moments) if abs(at_s - mean_s) <= reach_s]
    return moments[max(beside, key=lambda place: rows[place][1])]
