"""When is the parcel out of the picture, and then back?

How it is decided: docs/continuity.md. The operating points were set on the ``tune`` part of
benchmarks/video_presence.py; nothing is said of moments that were not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from evidence_kit.facts.continuity import Continuity
from evidence_kit.records import dataclass
from evidence_kit.schema import Span, Unknown
from evidence_kit.sensors.parcel_colours import ParcelColours
from evidence_kit.sensors.parcel_looks import ParcelLook, ParcelLooks
from evidence_kit.wiring import fact

AGREE = 0.3
"""Part of what the network takes for the parcel that has its colours, where it is the parcel."""
AGREEING, OUTSIDE = 5, 0.1
"""So many looks must agree, and at most so much of what is around have those colours: else nothing is known."""
LEAST = 0.008
"""Share of the picture that has them in those looks."""
GONE, MOSTLY_GONE = 0.14, 0.10
"""Of that, what is left in every view and in half the views without the parcel: hands over it leave a seventh to a
quarter, an empty picture less than a tenth."""
BACK = 0.3
"""And what shows that it is there."""
SEEN_LOOKS, SEEN_BACK = 3, 2
"""So many views show it before it leaves, and again."""
NEAR, NEAR_S = 1.8, 1.5
"""The parcel so many times as large as usual, so shortly before or after: the camera came near."""
MOST_GAP_S = 1.1
"""Views further apart leave open what was between them."""
EDGE_S = 0.25
"""The parcel was gone for at most so long before the first view without it, and after the last."""
OPENED_LOOKS = 3
"""So many looks with more of flaps and inside than of closed faces: the parcel has been opened."""
OPEN_LEFT = 0.3
"""Of what was seen of flaps, inside and goods, what is left where the opened box or the goods are shown."""


@dataclass(frozen=True, slots=True)
class ParcelPresence:
    """Where the parcel leaves the picture and comes back (rules R12, 1c-G)."""

    out: tuple[Span, ...] = ()
    told: bool = False
    """Whether its colours tell it from what is around it: where they do not, nothing is known."""
    until_s: float = 0.0
    """Where the looking ended."""


@fact(on="video")
def parcel_presence(continuity: Continuity | Unknown, looks: ParcelLooks, colours: ParcelColours) -> ParcelPresence:
    """Stretches without the parcel's colours between views that have them; what was covered or blurred is left out.

    The take is judged first: its pass through the frames keeps the views that are looked at here.
    """
    usual = _usual(colours)
    if usual is None:
        return ParcelPresence()
    blind = () if isinstance(continuity, Unknown) else continuity.blind
    views = [
        (at_s, max(like / usual, BACK if inside >= AGREE else 0.0))
        for at_s, like, inside in zip(colours.at_s, colours.like, colours.inside, strict=True)
        if not any(span.from_s <= at_s <= span.to_s for span in blind)
    ]
    told = [
        Span(round(first - before, 3), round(last + after, 3))
        for first, last, before, after in _stretches(views, looks.until_s)
        if _left(first, last, views, looks.looks)
    ]
    return ParcelPresence(tuple(told), True, looks.until_s)


def _usual(colours: ParcelColours) -> float | None:
    """Share of the picture that has the parcel's colours where the network and they agree; None: they tell nothing."""
    rows = zip(colours.like, colours.inside, colours.outside, strict=True)
    agreeing = [(like, outside) for like, inside, outside in rows if inside >= AGREE]
    if len(agreeing) < AGREEING or median(outside for _, outside in agreeing) > OUTSIDE:
        return None
    usual = median(like for like, _ in agreeing)
    return usual if usual >= LEAST else None


def _stretches(views: Sequence[tuple[float, float]], until_s: float) -> list[tuple[float, float, float, float]]:
    """(first, last view without the parcel, half the gap to the views around), of all that were looked at."""
    found: list[tuple[float, float, float, float]] = []
    run: list[tuple[float, float]] = []
    before_s: float | None = None
    for view, following in pairwise([*views, (float("inf"), 1.0)]):
        at_s, left = view
        if left < GONE and at_s <= until_s:
            run.append(view)
        ends = left >= GONE or following[0] - at_s > MOST_GAP_S or following[0] > until_s
        if run and ends:
            if median(value for _, value in run) <= MOSTLY_GONE:
                after_s = at_s if left >= GONE else following[0]
                first, last = run[0][0], run[-1][0]
                lead = EDGE_S if before_s is None else min(EDGE_S, (first - before_s) / 2)
                found.append((first, last, lead, min(EDGE_S, (after_s - last) / 2)))
            run = []
        if left >= GONE or following[0] - at_s > MOST_GAP_S:
            before_s = at_s
    return found


def _left(first: float, last: float, views: Sequence[tuple[float, float]], looks: Sequence[ParcelLook]) -> bool:
    """Whether it was there before, is there again, and neither filled the picture nor lay open in it meanwhile."""
    if sum(at_s < first and left >= BACK for at_s, left in views) < SEEN_LOOKS:
        return False
    if sum(at_s > last and left >= BACK for at_s, left in views) < SEEN_BACK:
        return False
    beside = [(first - NEAR_S, first), (last, last + NEAR_S)]
    sizes = [left for at_s, left in views if any(a <= at_s <= b for a, b in beside)]
    if max(sizes, default=0.0) >= NEAR:
        return False
    return not _lies_open([look for look in looks if first <= look.at_s <= last], [o for o in looks if o.at_s < first])


def _lies_open(during: Sequence[ParcelLook], before: Sequence[ParcelLook]) -> bool:
    """Whether the opened box or the goods are shown; they count once the parcel has been seen open."""
    opened = [look for look in before if look.flap + look.inside > look.closed]
    if len(opened) < OPENED_LOOKS or not during:
        return False
    box = median(look.flap + look.inside for look in opened)
    goods = max(look.goods for look in opened) - min(look.goods for look in before)
    shown = median(look.goods for look in during) - min(look.goods for look in before)
    return median(look.flap + look.inside for look in during) >= OPEN_LEFT * box or shown >= OPEN_LEFT * goods > 0.003
