"""Which faces of the closed parcel does one video show, was it sealed, and when is it opened?

How it is decided, with pictures and failure cases: docs/six-sides.md. The operating points were set on the ``tune``
split of benchmarks/video_sides.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import degrees, hypot
from statistics import fmean, median

from evidence_kit.facts.continuity import Continuity
from evidence_kit.facts.opened_start import BEGIN_S, SIGNAL_SHARE, START_SURE, opened_chance, start_signals
from evidence_kit.facts.opening_moment import LEAST_LOOKS, opening, openness, span_s
from evidence_kit.facts.parcel_kind import mailer
from evidence_kit.records import dataclass
from evidence_kit.schema import Quad, Unknown
from evidence_kit.sensors.parcel_looks import ParcelLook, ParcelLooks
from evidence_kit.sensors.parcel_turning import LARGE, WAYS, Stretch, added_up, named_along, stretches, tells_turn
from evidence_kit.wiring import fact

SHOWN_COS, GLIMPSED_COS = 0.48, 0.36
"""A face turned to the camera by more than the first is shown; by less than the second it is not."""
SHOWN_S, GLIMPSED_S = 0.28, 0.18
"""For so long in all."""
SHOWN_SHARE = 0.006
"""Of the picture: a face smaller than that shows nothing."""
ALL_WAYS, NO_WAYS = 0.85, 0.15
"""All faces are shown where they are in so many of the ways in which the parcel may have turned, and are not where they
may have been in so few."""
HALF_OVER_DEG = 90.0
"""A mailer that turned by more than this in all may have been turned over, whatever its looks say: edge on it is
hardly seen."""
ROUND_DEG, ROUND_MAILER_DEG, ROUND_SURE = 510.0, 60.0, 0.74
"""And a parcel that turned by more than these in all may have shown all of it, where the mean look is less sure than
the third: of 869 clips in development (the held-out ones up to 239 and from 932 to 1735, by hand) that withholds
24 of 63 wrong answers, and 27 right ones."""
THIN = 0.33
"""Part of what was seen of a parcel that is not its two largest sides, up to which it may be a mailer."""
LEAD_S = 0.25
"""What is shown in the last moment before the opening does not count."""
SEALED_CHANCE, SEALED_SHARE = 0.05, 0.11
"""A start is sealed where an opened one is less likely than the first, and the openness in the middle look of the
beginning, of those that show the parcel large, is less than the second."""
TURNING, TURNING_LEAST = 1.6, 1.0
"""A turn ends a showing: more differs from view to view than so many times the video's median, or than this."""
SHOWING_S = 3.0
"""A longer showing is shown again."""
MOST_FACES = 12
"""In the sheet."""
TOLD: frozenset[str] = frozenset({"shown"})
"""Which answers are told: ``shown`` (the number; a rule can pass by it), ``opened`` (open from the start; a rule can
fail by it), ``sealed`` (sealed at the start), ``opening`` (its moment), ``goods`` (when they are first seen). One is
put here when its bar is met on the held-out part of benchmarks/video_sides.py; until then it is "could not be told",
and the faces are for a person."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face at its best."""

    at_s: float
    quad: Quad


@dataclass(frozen=True, slots=True)
class SidesShown:
    """Faces shown before the parcel is opened (rules R11, 1c-F); None is "could not be told"."""

    shown: int | None = None
    faces: tuple[Face, ...] = ()
    sealed_start: bool | None = None
    opened_at_s: float | None = None
    opened_start_signals: tuple[str, ...] = ()
    """Independent signals that the parcel is open from the first frame; two make it certain."""
    goods_at_s: float | None = None
    """When goods are first seen."""
    mailer_shown: int | None = None
    """Sides of it were it a soft mailer, which has two; ``shown`` is the number of a box."""
    mailer: bool | None = None
    """Whether it is surely seen to be a soft mailer, or a box."""
    why: str | None = None
    """Where the number of what it is likelier to be could not be told: ``lost`` (which face is which is not sure),
    ``glimpsed`` (a face was seen too briefly or too slanted to say), ``unseen`` (hardly any parcel was seen), ``wide``
    (a mailer would not show such sides), ``unproven`` (the answer is not told, see TOLD)."""


@fact(on="video")
def sides_shown(continuity: Continuity | Unknown, looks: ParcelLooks) -> SidesShown:
    """Faces with their moments, and what of number and opening is proven enough to be told (``TOLD``).

    The take is judged first: its pass through the frames keeps the views that are looked at here.
    """
    found = told_of(looks, continuity, counted="shown" in TOLD)
    if found.sealed_start is False and "opened" not in TOLD:
        found = replace(found, sealed_start=None, opened_start_signals=())
        found = replace(found, shown=None, mailer_shown=None, why="unproven")
    if found.sealed_start is not False and "shown" not in TOLD:
        found = replace(found, shown=None, mailer_shown=None, why=found.why or "unproven")
    if found.shown is None and found.mailer_shown is None:
        # Of the whole beginning: an opening that is not certain must hide no face from the person.
        found = replace(found, faces=tuple(in_order(showings(looks.looks))))
    return replace(
        found,
        sealed_start=None if found.sealed_start and "sealed" not in TOLD else found.sealed_start,
        opened_at_s=found.opened_at_s if "opening" in TOLD else None,
        goods_at_s=found.goods_at_s if "goods" in TOLD else None,
    )


def told_of(looks: ParcelLooks, continuity: Continuity | Unknown, *, counted: bool = True) -> SidesShown:
    """Counts the faces of the best stretch through which each face keeps its name; see parcel_turning.py.

    Where no number can be told, every face of every stretch is listed, so that a person sees them all. Unless
    ``counted`` no turning is followed: it would be work for nobody.
    """
    seen = looks.looks
    opened_at_s = opening(seen)
    signals = start_signals(seen)
    sealed = sealed_start(seen, opened_at_s, signals)
    goods_at_s = goods_first(seen, opened_at_s)
    if sealed is False:
        return SidesShown(0, (), False, seen[0].at_s, signals, goods_first(seen, seen[0].at_s), 0)
    closed = [look for look in seen if opened_at_s is None or look.at_s < opened_at_s - LEAD_S]
    kind = mailer(closed)
    box = bag = Count(why=hindered(closed))
    if counted and box.why is None:
        parted = [] if isinstance(continuity, Unknown) else [one.at_s for one in continuity.breaks]
        box, bag = counts(stretches(closed, parted))
    likelier = bag if kind else box
    faces = showings(closed) if likelier.shown is None else likelier.faces
    return SidesShown(
        box.shown, tuple(in_order(faces)), sealed, opened_at_s, signals, goods_at_s, bag.shown, kind, likelier.why
    )


def in_order(faces: Sequence[Face]) -> list[Face]:
    return sorted(faces, key=lambda face: (face.at_s, face.quad))


def showings(looks: Sequence[ParcelLook]) -> list[Face]:
    """The best view of the foremost face of each showing: looks between two turns, for a person to count on."""
    found: list[tuple[float, Face]] = []
    calm = median(look.moved / look.views for look in looks) if looks else 0.0
    parted, since_s = True, -SHOWING_S
    for look in looks:
        turning = look.moved / look.views >= TURNING * max(calm, TURNING_LEAST)
        parted = parted or turning or look.at_s - since_s >= SHOWING_S
        front = max(look.faces, key=lambda seen: seen.cos * seen.share**0.5, default=None)
        if front is None or front.share < SHOWN_SHARE or front.cos < SHOWN_COS:
            continue
        worth = front.cos * front.share**0.5 * (0.5 if turning else 1.0)
        if parted:
            found.append((worth, Face(look.at_s, front.quad)))
            parted, since_s = False, look.at_s
        elif worth > found[-1][0]:
            found[-1] = (worth, Face(look.at_s, front.quad))
    best = sorted(found, key=lambda one: -one[0])[:MOST_FACES]
    return [face for _, face in best]


def counts(told: list[Stretch]) -> tuple[Count, Count]:
    """How many faces are shown, if the parcel is a box, and if it is a soft mailer."""
    each = [seen_along(stretch) for stretch in told]
    return _counted(told, each, mailer=False), _counted(told, each, mailer=True)


@dataclass(frozen=True, slots=True)
class Count:
    """A number of faces, or why there is none."""

    shown: int | None = None
    why: str | None = None
    faces: tuple[Face, ...] = ()


def _counted(told: list[Stretch], seen: list[Along], *, mailer: bool) -> Count:
    """All faces are shown where one stretch shows them in nearly every way in which the parcel may have turned.

    Fewer are where even all that the stretches may have shown, taken as different faces, are fewer in nearly every way;
    told is then the most likely number of the best stretch.
    """
    each = [shown_in(along, mailer=mailer) for along in seen]
    every = 2 if mailer else 6
    # Which face of one stretch is which of another is not known: the best one counts, or all of them together. Most
    # are one look long, and say the same in every way.
    several = [one for one in each if len(one.sure) > 1]
    alone = [one for one in each if len(one.sure) == 1]
    ways = Counter(zip(*(one.kind for one in several), strict=True) if several else [()] * WAYS)
    most = max((len(one.sure[0]) for one in alone), default=0)
    more = sum(len(one.maybe[0]) for one in alone)
    sure = {way: max([most, *_sizes(several, way, "sure")]) for way in ways}
    maybe = {way: more + sum(_sizes(several, way, "maybe")) for way in ways}

    def part(chosen: Callable[[Kinds], bool]) -> float:
        return sum(count for way, count in ways.items() if chosen(way)) / WAYS

    if part(lambda way: sure[way] >= every) >= ALL_WAYS:
        if mailer and median(one.beside for one in each) > THIN:
            return Count(why="wide")
        number = every
    elif part(lambda way: maybe[way] >= every) <= NO_WAYS:
        if went_round(told, mailer=mailer):
            return Count(why="lost")
        numbers: Counter[int] = Counter()
        for way, count in ways.items():
            numbers[min(sure[way], every - 1)] += count
        number = numbers.most_common(1)[0][0]
    else:
        glimpsed = len(each) == 1 and part(lambda way: sure[way] < every <= maybe[way]) > 0.5
        return Count(why="glimpsed" if glimpsed else "lost")
    kinds = iter(next((way for way in ways if sure[way] == number), next(iter(ways))))
    chosen = [next(kinds) if len(shown.sure) > 1 else 0 for shown in each]
    one, shown, kind = max(zip(told, each, chosen, strict=True), key=lambda three: len(three[1].sure[three[2]]))
    return Count(number, None, tuple(faces_of(one, one.kinds[kind], shown.sure[kind])))


def _sizes(each: Sequence[Shown], way: Kinds, name: str) -> list[int]:
    return [len(getattr(one, name)[kind]) for one, kind in zip(each, way, strict=True)]


def went_round(told: Sequence[Stretch], *, mailer: bool) -> bool:
    """Whether the parcel may have been turned all round, whatever its looks say."""
    turned = turned_deg(told)
    if mailer and turned > HALF_OVER_DEG:
        return True
    sure = fmean(look.sure for one in told for look in one.looks)
    return turned > (ROUND_MAILER_DEG if mailer else ROUND_DEG) and sure < ROUND_SURE


def turned_deg(told: Sequence[Stretch]) -> float:
    """Degrees by which the parcel turned from view to view, added up."""
    steps = [step for one in told for look in one.looks for step in look.steps if step is not None]
    return degrees(sum(hypot(*step.turn) for step in steps))


def hindered(looks: Sequence[ParcelLook]) -> str | None:
    """Why these looks give no number, however the parcel is turned; None where they may."""
    return "unseen" if sum(tells_turn(look) for look in looks) < LEAST_LOOKS else None


@dataclass(frozen=True, slots=True)
class Shown:
    """Of one stretch, for each kind of its ways: the faces (0 to 5) that are surely shown, and all that may be."""

    kind: Kinds
    """Of each way."""
    sure: tuple[frozenset[int], ...]
    maybe: tuple[frozenset[int], ...]
    beside: float
    """Of what was seen of the parcel, weighed by its size, the part that is not its two largest sides; middle way."""


@dataclass(frozen=True, slots=True)
class Along:
    """Of one stretch, for each kind of its ways and each of the six faces, (kinds, 6)."""

    kind: Kinds
    """Of each way."""
    shown_s: list[list[float]]
    glimpsed_s: list[list[float]]
    areas: list[list[float]]
    """Shares of the picture times seconds."""


def seen_along(stretch: Stretch) -> Along:
    spans = [span_s(stretch.looks, place) for place in range(len(stretch.looks))]
    timed = list(zip(stretch.looks, spans, strict=True))

    def seconds(cos: float) -> list[list[float]]:
        return added_up(
            stretch,
            [
                [(one.axis, span) for one in look.faces if one.share >= SHOWN_SHARE and one.cos >= cos]
                for look, span in timed
            ],
        )

    areas = added_up(stretch, [[(one.axis, span * one.share) for one in look.faces] for look, span in timed])
    return Along(stretch.kind, seconds(SHOWN_COS), seconds(GLIMPSED_COS), areas)


def shown_in(along: Along, *, mailer: bool) -> Shown:
    """Faces of one stretch. Of a mailer only the two sides across its thin axis count."""
    rows = list(zip(map(tuple, along.shown_s), map(tuple, along.glimpsed_s), map(tuple, along.areas), strict=True))
    sure, maybe, beside = zip(*(_shown(*row, mailer=mailer) for row in rows), strict=True)
    return Shown(along.kind, sure, maybe, median(beside[kind] for kind in along.kind))


Seconds = tuple[float, ...]
"""Of each of the six faces."""
Kinds = tuple[int, ...]
"""Of ways: of each way of one stretch, or of each stretch of one way, of which kind it is."""


def _shown(
    shown_s: Seconds, glimpsed_s: Seconds, area: Seconds, *, mailer: bool
) -> tuple[frozenset[int], frozenset[int], float]:
    """Faces that one way shows surely, those that it may show, and the part that is not the two largest sides."""
    pairs = [area[0] + area[1], area[2] + area[3], area[4] + area[5]]
    counted = [face for face in range(6) if not mailer or pairs[face // 2] == max(pairs)]
    sure = frozenset(face for face in counted if shown_s[face] >= SHOWN_S)
    maybe = sure | {face for face in counted if glimpsed_s[face] >= GLIMPSED_S}
    return sure, maybe, 1 - max(pairs) / max(sum(pairs), 1e-9)


def faces_of(stretch: Stretch, way: int, wanted: frozenset[int]) -> list[Face]:
    """The best view of each face that is wanted, along one way."""
    best: dict[int, tuple[float, Face]] = {}
    for look, faces in zip(stretch.looks, named_along(stretch, way), strict=True):
        for seen in look.faces:
            face = faces[seen.axis]
            worth = seen.cos * seen.share**0.5
            if face in wanted and (face not in best or worth > best[face][0]):
                best[face] = (worth, Face(look.at_s, seen.quad))
    return [face for _, face in best.values()]


def sealed_start(looks: Sequence[ParcelLook], opened_at_s: float | None, signals: tuple[str, ...]) -> bool | None:
    """Whether the parcel is closed when the video begins; None where neither that nor the contrary is sure."""
    chance, at_once = opened_chance(looks), opened_at_s is not None and opened_at_s <= BEGIN_S
    if chance >= START_SURE and len(signals) >= 2 and (opened_at_s is None or at_once):
        return False
    seen = [look for look in looks if look.at_s <= BEGIN_S and look.closed >= LARGE]
    if not seen or signals or chance >= SEALED_CHANCE or at_once:
        return None
    return True if median(openness(look) for look in seen) < SEALED_SHARE else None


def goods_first(looks: Sequence[ParcelLook], opened_at_s: float | None) -> float | None:
    """When goods are first seen, after the opening."""
    if opened_at_s is None:
        return None
    late = [look for look in looks if look.at_s >= opened_at_s]
    for place, look in enumerate(late):
        after = late[place : place + 4]
        if min(one.goods for one in after) >= SIGNAL_SHARE["goods"]:
            return look.at_s
    return None
