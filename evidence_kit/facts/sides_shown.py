"""Which faces of the closed parcel does one video show, was it sealed, and when is it opened?

How it is decided, with pictures and failure cases: docs/six-sides.md. The operating points were set on the ``tune``
split of benchmarks/video_sides.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median

from evidence_kit.facts.continuity import Continuity
from evidence_kit.facts.parcel_turning import LARGE, Named, angle_between, stretches
from evidence_kit.schema import Quad, Unknown
from evidence_kit.sensors.parcel_looks import ParcelLook, ParcelLooks
from evidence_kit.wiring import fact

SHOWN_COS, GLIMPSED_COS = 0.50, 0.36
"""A face turned to the camera by more than the first is shown; by less than the second it is not."""
SHOWN_S, GLIMPSED_S = 0.30, 0.22
"""For so long in all."""
SHOWN_SHARE = 0.006
"""Of the picture: a face smaller than that shows nothing."""
LOOK_S = 0.25
"""One look stands for at most so long."""
OPEN_SHARE = 0.30
"""Flaps and inside over the whole parcel, above which it looks open."""
OPEN_LEAST = 0.004
"""Flaps and inside over the picture, for the parcel to be open."""
LASTING_S, SURE_MEAN = 2.5, 0.36
"""An opening lasts so long at this mean; a turn that looks like a flap does not."""
LEAD_S = 0.25
"""What is shown in the last moment before the opening does not count."""
START_S = 1.6
"""The beginning, by which "started opened" is decided."""
START_SHARE, EVER_SHARE = 0.22, 0.14
"""Openness in the middle of the beginning, and of all but one in twenty looks of the video: what is open from the start
is never seen closed."""
SIGNAL_SHARE = {"flaps": 0.008, "inside": 0.003, "goods": 0.010}
"""Of the picture, through the whole beginning: what then speaks for an opened start."""
BOX_SURE = 0.25
"""Part that looks like a soft mailer, above which no opened start is told: a mailer's folds look like flaps."""
BAG, BOX = 0.6, 0.35
"""Part of the parcel that looks like a soft mailer: a mailer above the first, a box below the second."""
LEAST_LOOKS = 8
TURNING, TURNING_LEAST = 1.6, 1.0
"""A turn ends a showing: more differs from look to look than so many times the video's median, or than this."""
LIVELY, LIVELY_LOOKS, LIVELY_DEG = 2.0, 2, 40.0
"""So many looks in a row in which so many times the median differs are a turn; below this angle none was followed."""
SHOWING_S = 3.0
"""A longer showing is shown again."""
MOST_FACES = 12
"""In the sheet."""
TOLD: frozenset[str] = frozenset()
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
    why: str | None = None
    """Where the number could not be told: ``lost`` (which face is which was lost), ``glimpsed`` (a face was seen too
    briefly or too slanted to say), ``unseen`` (hardly any parcel was seen), ``kind`` (box or mailer),
    ``unproven`` (the answer is not told, see TOLD)."""


@fact(on="video")
def sides_shown(continuity: Continuity | Unknown, looks: ParcelLooks) -> SidesShown:
    """Faces with their moments, and what of number and opening is proven enough to be told (``TOLD``).

    The take is judged first: its pass through the frames keeps the views that are looked at here.
    """
    found = told_of(looks, continuity)
    if found.sealed_start is False and "opened" not in TOLD:
        found = replace(found, shown=None, sealed_start=None, opened_start_signals=(), why="unproven")
    if found.sealed_start is not False and "shown" not in TOLD:
        found = replace(found, shown=None, why=found.why or "unproven")
    if found.shown is None:
        # Of the whole beginning: an opening that is not certain must hide no face from the person.
        found = replace(found, faces=tuple(in_order(showings(looks.looks))))
    return replace(
        found,
        sealed_start=None if found.sealed_start and "sealed" not in TOLD else found.sealed_start,
        opened_at_s=found.opened_at_s if "opening" in TOLD else None,
        goods_at_s=found.goods_at_s if "goods" in TOLD else None,
    )


def told_of(looks: ParcelLooks, continuity: Continuity | Unknown) -> SidesShown:
    """Counts the faces of the best stretch through which each face keeps its name; see parcel_turning.py.

    Where no number can be told, every face of every stretch is listed, so that a person sees them all.
    """
    seen = looks.looks
    opened_at_s = opening(seen)
    signals = opened_start(seen)
    sealed = sealed_start(seen, opened_at_s, signals)
    goods_at_s = goods_first(seen, opened_at_s)
    if sealed is False:
        return SidesShown(0, (), False, seen[0].at_s, signals, goods_first(seen, seen[0].at_s))
    closed = [look for look in seen if opened_at_s is None or look.at_s < opened_at_s - LEAD_S]
    parted = [] if isinstance(continuity, Unknown) else [one.at_s for one in continuity.breaks]
    kind = mailer(closed)
    kept = stretches(closed, parted)
    told = [shown_in(stretch, mailer=bool(kind)) for stretch in kept]
    shown, why = count(told, kind)
    if shown is not None and shown < (2 if kind else 6) and any(unfollowed(one, closed) for one in kept):
        shown, why = None, "lost"
    best = max(told, key=lambda one: len(one.sure), default=None)
    faces = showings(closed) if best is None or shown is None else list(best.sure.values())
    return SidesShown(shown, tuple(in_order(faces)), sealed, opened_at_s, signals, goods_at_s, why)


def in_order(faces: Sequence[Face]) -> list[Face]:
    return sorted(faces, key=lambda face: (face.at_s, face.quad))


def unfollowed(stretch: list[Named], looks: Sequence[ParcelLook]) -> bool:
    """Whether the picture says that the parcel was turned where the named turns say that it hardly was."""
    lively = LIVELY * max(median(look.moved for look in looks), TURNING_LEAST)
    run: list[int] = []
    for place, named in enumerate([*stretch, None]):
        if named is not None and named.look.moved >= lively:
            run.append(place)
            continue
        if len(run) >= LIVELY_LOOKS:
            first, last = stretch[max(0, run[0] - 1)], stretch[run[-1]]
            if angle_between(first.turn, last.turn) < LIVELY_DEG:
                return True
        run = []
    return False


def showings(looks: Sequence[ParcelLook]) -> list[Face]:
    """The best view of the foremost face of each showing: looks between two turns, for a person to count on."""
    found: list[tuple[float, Face]] = []
    calm = median(look.moved for look in looks) if looks else 0.0
    parted, since_s = True, -SHOWING_S
    for look in looks:
        parted = parted or look.moved >= TURNING * max(calm, TURNING_LEAST) or look.at_s - since_s >= SHOWING_S
        front = max(look.faces, key=lambda seen: seen.cos * seen.share**0.5, default=None)
        if front is None or front.share < SHOWN_SHARE or front.cos < SHOWN_COS:
            continue
        worth = front.cos * front.share**0.5 * (1.0 if look.moved < TURNING * max(calm, TURNING_LEAST) else 0.5)
        if parted:
            found.append((worth, Face(look.at_s, front.quad)))
            parted, since_s = False, look.at_s
        elif worth > found[-1][0]:
            found[-1] = (worth, Face(look.at_s, front.quad))
    best = sorted(found, key=lambda one: -one[0])[:MOST_FACES]
    return [face for _, face in best]


@dataclass(frozen=True, slots=True)
class Shown:
    """Of one stretch: faces surely shown, at their best, and those seen by half."""

    looks: int
    sure: dict[int, Face]
    doubtful: frozenset[int]


def count(told: list[Shown], kind: bool | None) -> tuple[int | None, str | None]:
    """The number of faces shown, or why it cannot be told; ``kind`` as ``mailer`` says."""
    if sum(one.looks for one in told) < LEAST_LOOKS:
        return None, "unseen"
    if kind is None:
        return None, "kind"
    every = 2 if kind else 6
    sure = max(len(one.sure) for one in told)
    if sure >= every:
        return every, None
    if any(one.doubtful for one in told):
        return None, "glimpsed"
    if sum(bool(one.sure) for one in told) > 1:
        return None, "lost"
    return sure, None


def shown_in(stretch: list[Named], *, mailer: bool) -> Shown:
    """Faces of one stretch. Of a mailer only the two sides across its thin axis count."""
    seconds: dict[int, float] = {}
    glimpsed: dict[int, float] = {}
    best: dict[int, tuple[float, Face]] = {}
    for place, named in enumerate(stretch):
        span = _span(stretch, place)
        for seen in named.look.faces:
            face = named.face(seen)
            if seen.share < SHOWN_SHARE or seen.cos < GLIMPSED_COS:
                continue
            glimpsed[face] = glimpsed.get(face, 0.0) + span
            if seen.cos < SHOWN_COS:
                continue
            seconds[face] = seconds.get(face, 0.0) + span
            rank = seen.cos * seen.share**0.5
            if face not in best or rank > best[face][0]:
                best[face] = (rank, Face(named.look.at_s, seen.quad))
    flat = _flat_axis(stretch) if mailer else None
    counted = [face for face in glimpsed if flat is None or face // 2 == flat]
    sure = {face: best[face][1] for face in counted if seconds.get(face, 0.0) >= SHOWN_S}
    doubtful = frozenset(face for face in counted if face not in sure and glimpsed[face] >= GLIMPSED_S)
    return Shown(len(stretch), sure, doubtful)


def _span(stretch: list[Named], place: int) -> float:
    """Seconds that a look stands for."""
    at_s = stretch[place].look.at_s
    before = at_s - stretch[place - 1].look.at_s if place else LOOK_S
    after = stretch[place + 1].look.at_s - at_s if place + 1 < len(stretch) else LOOK_S
    return min(LOOK_S, before) / 2 + min(LOOK_S, after) / 2


def _flat_axis(stretch: list[Named]) -> int:
    """The axis across a mailer: that of the faces that are seen largest."""
    area = [0.0, 0.0, 0.0]
    for named in stretch:
        for seen in named.look.faces:
            area[named.face(seen) // 2] += seen.share
    return max(range(3), key=lambda axis: area[axis])


def mailer(looks: Sequence[ParcelLook]) -> bool | None:
    """Whether the parcel is a soft mailer; None where it is neither surely that nor surely a box."""
    values = [look.bag for look in looks if look.closed >= LARGE]
    middle = median(values) if values else 0.5
    return True if middle >= BAG else False if middle <= BOX else None


def openness(look: ParcelLook) -> float:
    """Flaps and inside over the parcel, 0..1; 0 where next to nothing of them is seen."""
    opened = look.flap + look.inside
    return opened / (opened + look.closed) if opened >= OPEN_LEAST else 0.0


def opening(looks: Sequence[ParcelLook]) -> float | None:
    """The first moment from which the parcel looks open and goes on to; None where there is none."""
    seen = [look for look in looks if look.closed + look.flap + look.inside >= LARGE]
    for place, look in enumerate(seen):
        if openness(look) < OPEN_SHARE:
            continue
        after = [one for one in seen[place:] if one.at_s <= look.at_s + LASTING_S]
        soon = [one for one in after if one.at_s <= look.at_s + LASTING_S / 2]
        if len(after) >= 5 and all(fmean(openness(one) for one in part) >= SURE_MEAN for part in (soon, after)):
            return look.at_s
    return None


def opened_start(looks: Sequence[ParcelLook]) -> tuple[str, ...]:
    """Signals that the parcel is open from the first frame on."""
    first = [look for look in looks if look.at_s <= START_S]
    if len(first) < 5 or median(look.bag for look in first) > BOX_SURE:
        return ()
    ever = sorted(openness(look) for look in looks)
    if median(openness(look) for look in first) < START_SHARE or ever[len(ever) // 20] < EVER_SHARE:
        return ()
    shares = {
        "flaps": median(look.flap for look in first),
        "inside": median(look.inside for look in first),
        "goods": median(look.goods for look in first),
    }
    return tuple(name for name, share in shares.items() if share >= SIGNAL_SHARE[name])


def sealed_start(looks: Sequence[ParcelLook], opened_at_s: float | None, signals: tuple[str, ...]) -> bool | None:
    first = [look for look in looks if look.at_s <= START_S]
    if len(signals) >= 2:
        return False
    seen = [look for look in first if look.closed >= LARGE]
    if not seen or signals or (opened_at_s is not None and opened_at_s <= START_S):
        return None
    return True if median(openness(look) for look in seen) < START_SHARE / 2 else None


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
