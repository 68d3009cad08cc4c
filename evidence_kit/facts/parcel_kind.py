"""Is the parcel a box or a soft mailer, by what is seen of it while it is closed?

The weights are fitted by benchmarks/video_sides_points.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from statistics import fmean, median

from evidence_kit.facts.likelihood import logistic
from evidence_kit.sensors.parcel_looks import ParcelLook
from evidence_kit.sensors.parcel_turning import LARGE, SURE

KIND: tuple[float, ...] = (
    10.917, 0.319, 0.392, 0.47, 0.684, -0.675, -5.262, -5.75, -0.505, 4.814, -19.363, 0.099, 2.733,
)  # fmt: skip
"""Weights of ``measures`` for it to be a mailer (logistic regression)."""
KIND_SURE = 0.9
"""So likely, it is one or the other: of 1,302 clips in development, cross-fitted, 1,145 are told and 1,135 of them
rightly; at 0.6 it is 1,266 and 1,237 (benchmarks/video_sides_points.py --starts)."""
TRACE = 0.02
"""Added to a part before its odds are taken."""


def mailer(looks: Sequence[ParcelLook]) -> bool | None:
    """Whether the parcel of these looks is a soft mailer; None where it is neither surely that nor surely a box."""
    measured = measures(looks)
    if not measured:
        return None
    chance = logistic(KIND, measured)
    return True if chance >= KIND_SURE else False if chance <= 1 - KIND_SURE else None


def measures(looks: Sequence[ParcelLook]) -> tuple[float, ...]:
    """What ``KIND`` weighs, over the looks in which the parcel is large; none where there are none.

    One; the odds (logarithms) of the part that looks like a mailer, in the middle look, the mean one, and those of the
    first and the last tenth; the part of the faces seen that is not the largest, of the looks that tell a turn: middle
    look, last quarter, last tenth; means of how many faces are seen, of how sure the turn is and of how far the
    foremost face is turned to the camera; the part of the looks that look more like a mailer than a box; and how well
    cells fit their faces (middle).
    """
    large = [look for look in looks if look.closed >= LARGE]
    if not large:
        return ()
    bags = sorted(look.bag for look in large)
    beside = sorted(_beside(look) for look in large if look.faces and look.sure >= SURE) or [0.0]
    agree = [face.agree for look in large for face in look.faces] or [0.0]
    return (
        1.0, _odds(median(bags)), _odds(fmean(bags)), _odds(_ranked(bags, 0.1)), _odds(_ranked(bags, 0.9)),
        median(beside), _ranked(beside, 0.75), _ranked(beside, 0.9), fmean(len(look.faces) for look in large),
        fmean(look.sure for look in large),
        fmean(max((face.cos for face in look.faces), default=0.0) for look in large),
        fmean(bag > 0.5 for bag in bags), median(agree),
    )  # fmt: skip


def _odds(part: float) -> float:
    return log((part + TRACE) / (1 + TRACE - part))


def _ranked(values: Sequence[float], rank: float) -> float:
    return values[round(rank * (len(values) - 1))]


def _beside(look: ParcelLook) -> float:
    """Of the faces seen, the part that is not the largest of them."""
    shares = [seen.share for seen in look.faces]
    return 1 - max(shares) / sum(shares) if sum(shares) else 0.0
