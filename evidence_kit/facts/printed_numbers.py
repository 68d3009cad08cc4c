"""Which numbers printed lines say surely enough, and which only partly (rules 1e.16). A wrong one is worse than none.

Each line was read by two networks; a number counts where looks agree on every character. Operating points were set
with ``benchmarks/waybill.py`` on the development photos, OCR forced on all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import hypot

from evidence_kit.facts.waybill_numbers import MIN_LENGTH, carriers_of, normalise, of_print, other_kind, strength_of
from evidence_kit.records import dataclass
from evidence_kit.sensors.number_lines import TextLine

AGREEING_ACCEPT = 2
"""Looks that must give exactly the same characters."""
SURE_ACCEPT, BOTH_ACCEPT, SURE_REJECT = 0.97, 0.9, 0.5
"""Weakest character. Without a check digit one network must be as sure as the first of every one and both as sure as
the second (as the first where a check digit fails) before a number is a reading; below the last it is nothing. Clean
print scores 0.99 and more; digits half under a finger and slashed zeros in blurred print score 0.64 to 0.96, and both
networks can agree on the wrong digit. Of 129 right numbers on 176 development photos 120 pass; 127 did at 0.85 in one
network, which let 5 wrong ones of 3,000 photos through, and 113 do where both must reach 0.97."""
RIVAL_REJECT = 0.6
"""Another look at the same line that says something else with no weaker character than this: no reading."""
LONE_ACCEPT = 0.97
"""A number whose check digit holds may rest on one look whose weakest character is that sure."""
CHECKED_ACCEPT = 0.85
"""... or on two looks, the better of them that sure."""
AIR_WITH_PIECE = 16
RUN = r"[0-9A-Za-z]+(?:[-‐-―−][0-9A-Za-z]+)*"
ENDING = r"[0-9\-‐-―−]\s*$"
ADJOINING = 1.5
"""A line that ends so near (in heights of the next one, in shares of the picture) runs on into it."""
MIXED = frozenset("0OQD1IL8B5S2Z6G")
"""Characters that print alike; where a form allows letters and digits at a place, they are told apart by ink alone."""
MIXED_ACCEPT = 0.9
"""Weakest score of such a character at such a place before a look counts as agreeing."""


@dataclass(frozen=True, slots=True)
class Look:
    """One network's view of one line, as a number."""

    number: str
    weakest: float
    mixed: float
    """Weakest score of a character that may be a letter or a digit at its place; 1 where there is none."""
    line: TextLine


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    number: str
    carriers: tuple[str, ...]
    score: float
    line: TextLine


@dataclass(frozen=True, slots=True)
class Printed:
    sure: tuple[PrintedNumber, ...] = ()
    partial: tuple[str, ...] = ()
    """Numbers that one look saw, or that are not sure enough."""


def look_at(line: TextLine) -> Look | None:
    """The line as a waybill number; None where it has no carrier's form."""
    number = of_print(line.text)
    if number is None:
        return None
    kept = [c for c in line.characters if c.text.isalnum()][-len(number) :]
    scores = [c.score for c in kept] or [line.score]
    places = _mixed_places(number)
    mixed = [c.score for place, c in enumerate(kept) if place in places and c.text.upper() in MIXED]
    return Look(number, min(scores), min(mixed, default=1.0), line)


def _mixed_places(number: str) -> range:
    """Places at which the number's form allows letters and digits."""
    if number.startswith("JD"):
        return range(2, 4)
    if number.startswith("1Z"):
        return range(2, 8)
    return range(0)


def decide(lines: Iterable[TextLine]) -> Printed:
    """The numbers that ``lines`` say."""
    lines = tuple(lines)
    longer = tuple(_longer(lines))
    looks = [look for look in map(look_at, lines) if look is not None]
    looks = [look for look in looks if not _part_of_more(look, lines, longer)]
    sure: list[PrintedNumber] = []
    partial: list[str] = []
    for number in dict.fromkeys(look.number for look in looks):
        agreeing = [look for look in looks if look.number == number]
        places = {look.line.quad for look in agreeing}
        # A look that lost an end of the number says nothing against it.
        against = [
            look for look in looks
            if look.number not in number and (look.line.quad in places or alike(look.number, number))
        ]  # fmt: skip
        best = max(agreeing, key=lambda look: look.weakest)
        if _accepted(number, agreeing, against):
            sure.append(PrintedNumber(number, carriers_of(number), best.line.score, best.line))
        elif best.weakest >= SURE_REJECT:
            partial.append(number)
    sure = [one for one in sure if not any(one.number in other.number for other in sure if other is not one)]
    kept = [one for one in sure if not any(alike(one.number, other.number) for other in sure if other is not one)]
    partial += [one.number for one in sure if one not in kept]
    return Printed(tuple(kept), tuple(partial))


def _longer(lines: Iterable[TextLine]) -> Iterator[str]:
    """Strings that tell by their form that they are no waybill number: orders, phones, tax numbers."""
    for line in lines:
        for run in re.findall(RUN, line.text):
            number = normalise(run)
            if len(number) > MIN_LENGTH and other_kind(number) is not None:
                yield number


def _part_of_more(look: Look, lines: tuple[TextLine, ...], longer: tuple[str, ...]) -> bool:
    """Whether digits alone are the rest of a longer number, an order's for one, that a look cut in two."""
    if strength_of(look.number) != "digits":
        return False
    if any(look.number in whole for whole in longer):
        return True
    return any(line.look == look.line.look and _runs_on(line, look.line) for line in lines)


def _runs_on(line: TextLine, after: TextLine) -> bool:
    """Whether ``line`` ends in a digit or a hyphen right where ``after`` begins, on one base line."""
    if line is after or not re.search(ENDING, line.text):
        return False
    end, begin = _between(line.quad[1], line.quad[2]), _between(after.quad[0], after.quad[3])
    high = hypot(after.quad[0][0] - after.quad[3][0], after.quad[0][1] - after.quad[3][1])
    return hypot(end[0] - begin[0], end[1] - begin[1]) <= ADJOINING * high


def _between(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _accepted(number: str, agreeing: list[Look], against: list[Look]) -> bool:
    weakest = max(look.weakest for look in agreeing)
    if any(look.weakest >= min(RIVAL_REJECT, weakest) for look in against):
        return False
    told_apart = [look for look in agreeing if look.mixed >= MIXED_ACCEPT]
    failing = strength_of(number) == "unchecked"
    sure = [look for look in told_apart if look.weakest >= (SURE_ACCEPT if failing else BOTH_ACCEPT)]
    if _witnesses(sure) >= AGREEING_ACCEPT and max(look.weakest for look in sure) >= SURE_ACCEPT:
        return True
    # An air waybill's piece count is not under its check digit.
    whole = strength_of(number) == "checked" and len(number) != AIR_WITH_PIECE
    return whole and (weakest >= LONE_ACCEPT or (len(told_apart) >= AGREEING_ACCEPT and weakest >= CHECKED_ACCEPT))


def _witnesses(looks: list[Look]) -> int:
    """Networks among ``looks``; of one that is alone on the picture (PaddleOCR) the places that it read at."""
    networks = {look.line.look for look in looks}
    return len({look.line.quad for look in looks}) if networks == {"paddle"} else len(networks)


def alike(one: str, other: str) -> bool:
    """Two numbers so near that one may be a misreading of the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    return _edits(one, other, 3) <= 3


def _edits(one: str, other: str, most: int) -> int:
    """Levenshtein's distance, given up above ``most``."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
        if min(row) > most:
            return most + 1
    return row[-1]
