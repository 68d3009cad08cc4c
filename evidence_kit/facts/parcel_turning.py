"""Which face of the parcel is which, through its turning.

A look tells the parcel's turn up to a renaming of its axes. Between two looks a moment apart the parcel has turned by
far less than the 90 degrees that a renaming would make of it, so the names carry over from look to look; where they
cannot (too long a gap, too large a step) identity is lost and a new stretch begins. Nothing is taken from what the
faces look like: plain ones are told apart, and equal ones are not merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, product
from math import acos, degrees

from evidence_kit.sensors.parcel_looks import ParcelLook, SeenFace

SURE = 0.42
"""A look whose nine numbers are less those of a turn says nothing of the turn."""
LARGE = 0.012
"""Nor does one in which the parcel fills less of the picture."""
MOST_GAP_S = 0.5
"""Names are carried over no longer gap."""
MOST_STEP_DEG = 33.0
"""Nor over a larger step: at 45 degrees two names are equally near."""
STEP_COST = 1.0
"""Of a step of MOST_STEP_DEG, in looks passed over."""
BREAK_COST = 6.0
"""Of beginning anew, in looks passed over."""

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


def nearest(turn: Rotation, to: Rotation) -> tuple[Rotation, float]:
    """``turn`` renamed to lie nearest to ``to``, and the angle between them in degrees."""
    products = [[sum(turn[3 * r + a] * to[3 * r + b] for r in range(3)) for b in range(3)] for a in range(3)]
    best, names = max(
        (sum(sign * products[axis][place] for place, (axis, sign) in enumerate(one)), one) for one in RENAMINGS
    )
    return renamed(turn, names), degrees(acos(max(-1.0, min(1.0, (best - 1) / 2))))


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


def stretches(looks: Sequence[ParcelLook], parted_s: Sequence[float] = ()) -> list[list[Named]]:
    """The looks that tell a turn, in stretches through which the names are kept.

    A look that fits neither its neighbours before nor after (a misread one) is passed over: of all ways through the
    looks the one is taken that uses the most of them at the smallest steps. ``parted_s`` are moments of cuts.
    """
    told = [look for look in looks if look.turn and look.sure >= SURE and look.closed >= LARGE]
    worth: list[float] = []
    before: list[tuple[int, float] | None] = []
    for place, look in enumerate(told):
        best, link = 0.0, None
        for other in range(place - 1, -1, -1):
            gap = look.at_s - told[other].at_s
            if gap > MOST_GAP_S:
                break
            if any(told[other].at_s < moment <= look.at_s + 1e-6 for moment in parted_s):
                break
            _, angle = nearest(look.turn, told[other].turn)
            if angle <= MOST_STEP_DEG:
                value = worth[other] - STEP_COST * (angle / MOST_STEP_DEG) ** 2
                if value > best:
                    best, link = value, (other, angle)
        worth.append(best + 1.0)
        before.append(link)
    return _read_back(told, worth, before)


def _read_back(told: list[ParcelLook], worth: list[float], before: list[tuple[int, float] | None]) -> list[list[Named]]:
    """Stretches from the links: the worthiest chain first, then what it leaves on either side."""
    found: list[list[Named]] = []

    def take(first: int, last: int) -> None:
        if first > last:
            return
        end = max(range(first, last + 1), key=lambda index: worth[index])
        chain = [end]
        while (link := before[chain[-1]]) is not None and link[0] >= first:
            chain.append(link[0])
        chain.reverse()
        take(first, chain[0] - 1)
        named = [Named(told[chain[0]], told[chain[0]].turn, 0.0)]
        for index in chain[1:]:
            turn, angle = nearest(told[index].turn, named[-1].turn)
            named.append(Named(told[index], turn, angle))
        found.append(named)
        take(end + 1, last)

    take(0, len(told) - 1)
    return found
