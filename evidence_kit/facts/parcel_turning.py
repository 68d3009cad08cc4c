"""Which face of the parcel is which, through its turning.

A look tells the parcel's turn up to a renaming of its axes. Between two looks a moment apart the parcel has turned by
far less than the 90 degrees that a renaming would make of it, so the names carry over from look to look; where they
cannot (too long a gap, too large a step) identity is lost and a new stretch begins. Nothing is taken from what the
faces look like: plain ones are told apart, and equal ones are not merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import permutations, product
from math import acos, cos, degrees, sin
from typing import Any

from evidence_kit.sensors.parcel_looks import ParcelLook, SeenFace

SURE = 0.42
"""A look whose nine numbers are less those of a turn says nothing of the turn."""
LARGE = 0.012
"""Nor does one in which the parcel fills less of the picture."""
MOST_GAP_S = 0.5
"""Names are carried over no longer gap."""
DAMPED = 0.6
"""A turning goes on at this part of its pace: where the next look is expected."""
MOST_OFF_DEG = 40.0
"""Names are not carried over where the next look lies further from what is expected."""
APART_DEG = 12.0
"""Nor where the second nearest naming is nearer than this to the nearest."""
OFF_COST = 1.0
"""Of a look that lies MOST_OFF_DEG off, in looks."""
PASSED_COST = 0.5
"""Of a look passed over, beside what it would be worth."""

Rotation = tuple[float, ...]
"""Nine entries, row by row."""


def _renamings() -> tuple[tuple[tuple[int, int], ...], ...]:
    """The 24 ways of naming a box's axes: for each new axis the old one and its sign."""
    found = []
    for order in permutations(range(3)):
        for signs in product((1, -1), repeat=3):
            swaps = sum(order[i] > order[j] for i in range(3) for j in range(i + 1, 3))
            if signs[0] * signs[1] * signs[2] * (-1) ** swaps > 0:
                found.append(tuple(zip(order, signs, strict=True)))
    return tuple(found)


RENAMINGS = _renamings()


def renamed(turn: Rotation, names: Sequence[tuple[int, int]]) -> Rotation:
    return tuple(sign * turn[3 * row + axis] for row in range(3) for axis, sign in names)


def _two_nearest(turn: Rotation, to: Rotation) -> tuple[tuple[float, Any], tuple[float, Any]]:
    """(trace, naming) of the nearest and the second nearest."""
    products = [[sum(turn[3 * r + a] * to[3 * r + b] for r in range(3)) for b in range(3)] for a in range(3)]
    traces = ((sum(sign * products[axis][place] for place, (axis, sign) in enumerate(one)), one) for one in RENAMINGS)
    first, second = nlargest(2, traces)
    return first, second


def _degrees(trace: float) -> float:
    return degrees(acos(max(-1.0, min(1.0, (trace - 1) / 2))))


def angle_between(one: Rotation, other: Rotation) -> float:
    """Degrees, names as they are."""
    return _degrees(sum(a * b for a, b in zip(one, other, strict=True)))


def _times(one: Rotation, other: Rotation) -> Rotation:
    return tuple(sum(one[3 * r + k] * other[3 * k + c] for k in range(3)) for r in range(3) for c in range(3))


def _turned_on(before: Rotation, now: Rotation, part: float) -> Rotation:
    """``now`` turned on by ``part`` of what it was turned since ``before``."""
    back = tuple(before[3 * c + r] for r in range(3) for c in range(3))
    step = _times(now, back)
    angle = acos(max(-1.0, min(1.0, (step[0] + step[4] + step[8] - 1) / 2)))
    if angle < 1e-3:
        return now
    x, y, z = (value / (2 * sin(angle)) for value in (step[7] - step[5], step[2] - step[6], step[3] - step[1]))
    c, s = cos(angle * part), sin(angle * part)
    d = 1 - c
    more = (
        c + x * x * d, x * y * d - z * s, x * z * d + y * s, y * x * d + z * s, c + y * y * d, y * z * d - x * s,
        z * x * d - y * s, z * y * d + x * s, c + z * z * d,
    )  # fmt: skip
    return _times(more, now)


@dataclass(frozen=True, slots=True)
class Named:
    """A look whose turn has its axes named as in the rest of its stretch."""

    look: ParcelLook
    turn: Rotation
    step_deg: float
    """From the look before it in the stretch; 0 at its beginning."""

    def face(self, seen: SeenFace) -> int:
        """Which of the stretch's six faces (+x, -x, +y, -y, +z, -z) a seen face is."""
        axis, sign = seen.axis // 2, 1 - 2 * (seen.axis % 2)
        normal = [sign * self.look.turn[3 * row + axis] for row in range(3)]
        likeness = [sum(normal[row] * self.turn[3 * row + place] for row in range(3)) for place in range(3)]
        place = max(range(3), key=lambda index: abs(likeness[index]))
        return 2 * place + (likeness[place] < 0)


@dataclass(frozen=True, slots=True)
class _Chain:
    """The best way to a look."""

    worth: float
    before: int | None
    turn: Rotation
    step_deg: float
    earlier: Rotation | None
    """The turn of the look before, in the same names."""
    gap_s: float


def stretches(looks: Sequence[ParcelLook], parted_s: Sequence[float] = ()) -> list[list[Named]]:
    """The looks that tell a turn, in stretches through which the names are kept.

    A look that fits neither its neighbours before nor after (a misread one) is passed over: of all ways through the
    looks the one is taken that uses the most of them and lies nearest to where each is expected from the pace of the
    turning so far. ``parted_s`` are moments of cuts.
    """
    told = [look for look in looks if look.turn and look.sure >= SURE and look.closed >= LARGE]
    chains: list[_Chain] = []
    for place, look in enumerate(told):
        best = _Chain(1.0, None, look.turn, 0.0, None, 0.0)
        for other in range(place - 1, -1, -1):
            gap = look.at_s - told[other].at_s
            if gap > MOST_GAP_S or any(told[other].at_s < moment <= look.at_s + 1e-6 for moment in parted_s):
                break
            best = max(best, _linked(chains[other], other, look, gap, place - other - 1), key=lambda one: one.worth)
        chains.append(best)
    return _read_back(told, chains)


def _linked(chain: _Chain, other: int, look: ParcelLook, gap: float, passed: int) -> _Chain:
    """The chain with ``look`` next; worthless where its names are not certain."""
    expected = chain.turn
    if chain.earlier is not None:
        expected = _turned_on(chain.earlier, chain.turn, DAMPED * min(2.0, gap / chain.gap_s))
    (first, names), (second, _) = _two_nearest(look.turn, expected)
    off = _degrees(first)
    if off > MOST_OFF_DEG or _degrees(second) - off < APART_DEG:
        return _Chain(0.0, None, look.turn, 0.0, None, 0.0)
    turn = renamed(look.turn, names)
    worth = chain.worth + 1.0 - OFF_COST * (off / MOST_OFF_DEG) ** 2 - PASSED_COST * passed
    return _Chain(worth, other, turn, angle_between(turn, chain.turn), chain.turn, gap)


def _read_back(told: list[ParcelLook], chains: list[_Chain]) -> list[list[Named]]:
    """Stretches from the links: the worthiest chain first, then what it leaves on either side."""
    found: list[list[Named]] = []

    def take(first: int, last: int) -> None:
        if first > last:
            return
        end = max(range(first, last + 1), key=lambda index: chains[index].worth)
        way = [end]
        while (before := chains[way[-1]].before) is not None and before >= first:
            way.append(before)
        way.reverse()
        take(first, way[0] - 1)
        found.append([Named(told[index], chains[index].turn, chains[index].step_deg) for index in way])
        take(end + 1, last)

    take(0, len(told) - 1)
    return found
