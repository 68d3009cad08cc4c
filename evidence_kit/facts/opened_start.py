"""Was the parcel open when the video began? One likelihood over all of it, and the signals that speak for it.

How it is decided, and how often rightly: docs/six-sides.md. The weights are fitted by benchmarks/video_sides_points.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from statistics import fmean, median

from evidence_kit.facts.likelihood import logistic
from evidence_kit.facts.opening_moment import TRACE, open_logit, openness
from evidence_kit.sensors.parcel_looks import ParcelLook

BEGIN_S, BEGIN_LOOKS = 1.6, 4
"""The beginning, and the fewest looks in it."""
SOON_S, SECOND_S = 4.0, 1.0
"""What the beginning is compared with; and a stretch of the video in which something may be seen closed."""
LEAST_TOGETHER = 3
"""Looks in such a stretch."""
OPEN_LOOK = 0.3
"""Openness of a look that shows an open parcel."""
SHARES = ("flap", "inside", "goods", "closed", "hand")
"""Of which the logarithm is taken."""
START: tuple[float, ...] = (
    3.135, 2.672, 1.471, 2.335, 0.712, 1.789, 3.376, -5.467, 0.376, 0.319, 0.622, 0.383, -0.153, 0.247, 0.499, 0.58,
    -0.685, 0.06, 3.179, -2.586, 1.112, 2.333, 4.749, 0.677, -0.165, -1.157, -3.81,
)  # fmt: skip
"""Weights of ``beginning``, for the parcel to be open from the first frame on (logistic regression)."""
START_SURE = 0.6
"""So likely, it is told: of clips in development, cross-fitted, 189 of 230 opened starts and two of 1,302 sealed
ones; at 0.7 it is 188 and one, at 0.9 167 and none (benchmarks/video_sides_points.py --starts)."""
SIGNAL_SHARE = {"flaps": 0.008, "inside": 0.003, "goods": 0.010}
"""Of the picture, in the middle look of the beginning: what then speaks for an opened start."""


def beginning(looks: Sequence[ParcelLook]) -> tuple[float, ...]:
    """What ``START`` weighs: one; the openness in the middle and least look of the beginning, in the twentieth and the
    quarter of all looks that show least of it, mean of the first SOON_S, and of the second that shows least; the part
    of all looks that show an open parcel; how likely the network holds it to be open (logits): mean of the beginning
    and of the first SOON_S, the second that shows least of it, and again the twentieth and the quarter; the means of
    SHARES (logarithms), of how sure the turn is and of how much the parcel looks like a mailer in the beginning; and
    how far the first SOON_S differ from that. None but one where there are too few looks."""
    first = [look for look in looks if look.at_s <= BEGIN_S]
    if len(first) < BEGIN_LOOKS:
        return ()
    soon = [look for look in looks if look.at_s <= SOON_S]
    opened = [openness(look) for look in looks]
    ranked, early = sorted(opened), opened[: len(first)]
    least = min(_together(looks, opened), default=fmean(opened))
    told = [open_logit(look) for look in looks]
    least_told, ranked_told = min(_together(looks, told), default=fmean(told)), sorted(told)
    now, later = _middle(first), _middle(soon)
    return (
        1.0, median(early), min(early), ranked[len(ranked) // 20], ranked[len(ranked) // 4],
        fmean(opened[: len(soon)]), least,
        fmean(one > OPEN_LOOK for one in opened), fmean(told[: len(first)]), fmean(told[: len(soon)]), least_told,
        ranked_told[len(told) // 20], ranked_told[len(told) // 4],
        *now, *(after - before for before, after in zip(now, later, strict=True)),
    )  # fmt: skip


def _together(looks: Sequence[ParcelLook], values: Sequence[float]) -> list[float]:
    """Means over each stretch of SECOND_S."""
    made, last = [], 0
    for place, look in enumerate(looks):
        while last < len(looks) and looks[last].at_s <= look.at_s + SECOND_S:
            last += 1
        if last - place >= LEAST_TOGETHER:
            made.append(fmean(values[place:last]))
    return made


def _middle(looks: Sequence[ParcelLook]) -> list[float]:
    shares = [fmean(log(getattr(look, name) + TRACE) for look in looks) for name in SHARES]
    return [*shares, fmean(look.sure for look in looks), fmean(look.bag for look in looks)]


def opened_chance(looks: Sequence[ParcelLook]) -> float:
    """How likely the parcel is open from the start, 0..1; 0 where too little is seen of the beginning."""
    measured = beginning(looks)
    return logistic(START, measured) if measured else 0.0


def start_signals(looks: Sequence[ParcelLook]) -> tuple[str, ...]:
    """What is seen of an open parcel in the beginning, each by itself."""
    first = [look for look in looks if look.at_s <= BEGIN_S]
    if len(first) < BEGIN_LOOKS:
        return ()
    shares = {
        "flaps": median(look.flap for look in first),
        "inside": median(look.inside for look in first),
        "goods": median(look.goods for look in first),
    }
    return tuple(name for name, share in shares.items() if share >= SIGNAL_SHARE[name])
