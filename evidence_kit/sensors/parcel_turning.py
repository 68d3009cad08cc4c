"""Which face of the parcel is which, through its turning: many ways in which it may have turned.

A look tells the parcel's turn up to a renaming of its axes. Between two looks a moment apart it has turned by far less
than the 90 degrees that a renaming would make of it, so the names carry over from look to look. Where looks are far
apart or misread, or much moved between them, several renamings are about as likely: every way through the looks is
weighed at once (forward, over each look's links to the looks before it), and as many are drawn as what follows needs
(backward). A thing that is true of nearly all of the ways is sure; nothing else is said.

What the faces look like plays no part: plain ones are told apart, and equal ones are not merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors.parcel_frames import renamings
from evidence_kit.sensors.parcel_looks import ParcelLook

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURE = 0.42
"""A look whose nine numbers are less those of a turn says nothing of the turn."""
LARGE = 0.012
"""Nor does one in which the parcel fills less of the picture."""
MOST_GAP_S, MOST_STEP_S = 1.0, 0.3
"""Names are not carried over a longer gap, nor where views are further apart: what moved between is not known."""
BACK = 4
"""A look is linked to so many before it: those between are passed over as misread."""
MISREAD = 0.06
"""Part of the looks that are."""
SURE_DEG, UNSURE_DEG = 5.0, 28.0
"""Error of a look that is quite sure, and what is added to it where it is not sure at all; together one standard
deviation."""
REST_DEG, MOVED_DEG = 8.0, 1.5
"""How far the parcel may have turned between two looks (one standard deviation): at rest, and for each unit that
differs from view to view above what always does."""
ALWAYS, ALWAYS_LEAST, ALWAYS_PERCENT = 1.2, 1.0, 25
"""What always differs: so many times this percentile of the video's."""
DAMPED = 1.0
"""A turning goes on at this part of its pace: where the next look is expected. Of every other score of clips
in development 135 of 160 told are right, with 0.7 it is 131 of 157 (benchmarks/video_sides_points.py)."""
MOST_DEG = 100.0
"""A link turns by no more."""
STRAY = 0.03
"""Part of the links that go anywhere."""
TURNING, TURN_DEG, TURN_PART = 0.25, 40.0, 0.3
"""The picture shows a turn where so many times what always differs, and more, goes on until it makes so many degrees;
a way that turns by less than such a part of it does not follow it."""
WAYS = 120
"""Drawn of each stretch."""
SEED = 20261123


@dataclass(frozen=True, slots=True)
class Stretch:
    """Looks between two losses of all names, and the ways in which the parcel may have turned through them."""

    looks: tuple[ParcelLook, ...]
    names: tuple[tuple[int, ...], ...]
    """Of each way, for each look: which of the 24 renamings gives its axes the names of the way; -1: passed over."""
    unfollowed: tuple[int, ...]
    """Of each way: turns that the picture shows and the way does not."""


def stretches(looks: Sequence[ParcelLook], parted_s: Sequence[float] = ()) -> list[Stretch]:
    """The looks that tell a turn, parted at gaps and at ``parted_s`` (moments of cuts, seconds)."""
    parts: list[list[int]] = []
    told = [place for place, look in enumerate(looks) if tells_turn(look)]
    for before, place in pairwise([-1, *told]):
        if before < 0 or _parted(looks[before : place + 1], parted_s):
            parts.append([])
        parts[-1].append(place)
    above, usual = _moved_above(looks)
    return [_followed([looks[place] for place in part], [above[place] for place in part], usual) for part in parts]


def tells_turn(look: ParcelLook) -> bool:
    """Whether the parcel is seen large enough, and its turn surely enough, to be followed."""
    return bool(look.turn) and look.sure >= SURE and look.closed >= LARGE


def _parted(between: Sequence[ParcelLook], parted_s: Sequence[float]) -> bool:
    """Whether no name is carried from the first to the last of these looks."""
    begin_s, end_s = between[0].at_s, between[-1].at_s
    views = sum(look.views for look in between[1:])
    if end_s - begin_s > min(MOST_GAP_S, MOST_STEP_S * views):
        return True
    return any(begin_s < cut <= end_s + 1e-6 for cut in parted_s)


def _moved_above(looks: Sequence[ParcelLook]) -> tuple[list[float], float]:
    """Up to each look, what moved above what always does, added up (mean luma); and what always does."""
    import numpy as np

    if not looks:
        return [], ALWAYS_LEAST
    views = np.array([look.views for look in looks])
    each = np.array([look.moved for look in looks]) / views
    usual = ALWAYS * max(ALWAYS_LEAST, float(np.percentile(each, ALWAYS_PERCENT)))
    return [float(v) for v in np.cumsum(np.maximum(0.0, each - usual) * views)], usual


@dataclass(frozen=True, slots=True)
class _Links:
    """The links that end at one look; the first says that a way begins there."""

    before: Any
    """(n,) int: the look at their other end, -1 for the beginning."""
    name: Any
    """(n,) int: the renaming that makes the turn from there to here."""
    step: Any
    """(n, 3): that turn, as an axis times radians."""
    gap_s: Any
    worth: Any
    """(n,): logarithm of the weight of all ways that end with this link."""
    from_links: list[Any]
    """Of each, the logarithms of the weights by which the links of ``before`` lead to it."""


def _followed(looks: list[ParcelLook], moved: list[float], usual: float) -> Stretch:
    import numpy as np

    turns = np.array([look.turn for look in looks]).reshape(-1, 3, 3)
    errors = np.radians([SURE_DEG + UNSURE_DEG * (1 - min(1.0, look.sure)) for look in looks])
    found: list[_Links] = []
    for place, look in enumerate(looks):
        named = turns[place] @ renamings()
        begin = np.log(1 - MISREAD) + np.log(MISREAD) * place
        rows: list[tuple[Any, ...]] = [(-1, np.zeros(1, int), np.zeros((1, 3)), 0.0, np.array([begin]), [None])]
        for other in range(max(0, place - BACK), place):
            gap_s, way = look.at_s - looks[other].at_s, min(moved[place] - moved[other], 90.0)
            rows.append(
                (other, *_linked(named, turns[other], found[other], gap_s, way, errors[place] ** 2 + errors[other] ** 2,
                                 np.log(1 - MISREAD) + np.log(MISREAD) * (place - other - 1)))
            )  # fmt: skip
        found.append(
            _Links(
                np.concatenate([np.full(len(row[1]), row[0]) for row in rows]),
                np.concatenate([row[1] for row in rows]),
                np.concatenate([row[2] for row in rows]),
                np.concatenate([np.full(len(row[1]), row[3]) for row in rows]),
                np.concatenate([row[4] for row in rows]),
                [one for row in rows for one in row[5]],
            )
        )
    names = _drawn(found)
    steps = np.diff(moved, prepend=moved[0])
    turning = steps > TURNING * usual * np.array([look.views for look in looks])
    unfollowed = _unfollowed(turns, names, steps * MOVED_DEG, turning)
    return Stretch(tuple(looks), tuple(map(tuple, names.tolist())), tuple(unfollowed.tolist()))


def _unfollowed(turns: Any, names: Any, moved_deg: Any, turning: Any) -> Any:
    """(WAYS,) int: turns that the picture shows (``_turns``) and a way does not, which turns by less than TURN_PART.

    Halfway through a quick turn a box may be taken for one seen straight on, again and again: its turn by 90 degrees
    then looks like none.
    """
    import numpy as np

    ways, looks = names.shape
    before = np.maximum.accumulate(np.where(names >= 0, np.arange(looks), 0), axis=1)
    after = np.minimum.accumulate(np.where(names >= 0, np.arange(looks), looks - 1)[:, ::-1], axis=1)[:, ::-1]
    named = turns[None] @ renamings()[names]
    found = np.zeros(ways, int)
    for first, last in _turns(moved_deg, turning):
        one, other = named[np.arange(ways), before[:, first]], named[np.arange(ways), after[:, last]]
        traces = np.einsum("nij,nij->n", one, other)
        degrees = np.degrees(np.arccos(np.clip((traces - 1) / 2, -1, 1)))
        found += degrees < TURN_PART * min(90.0, moved_deg[first + 1 : last + 1].sum())
    return found


def _turns(moved_deg: Any, turning: Any) -> list[tuple[int, int]]:
    """The looks before and at the end of each turn that what moved says."""
    ends = [place for place, turns in enumerate(turning) if not turns] + [len(turning)]
    runs = [(max(0, one), other - 1) for one, other in pairwise([-1, *ends]) if other - one > 1]
    return [(first, last) for first, last in runs if moved_deg[first + 1 : last + 1].sum() >= TURN_DEG]


def _linked(
    named: Any, before: Any, links: _Links, gap_s: float, way: float, error: float, prior: float
) -> tuple[Any, Any, float, Any, list[Any]]:
    """The links from one look to a later one: names, steps, gap, weights, and weights by link before."""
    import numpy as np

    steps, angles = _vectors(named @ before.T)
    near = np.flatnonzero(angles < np.radians(MOST_DEG))
    damped = DAMPED * np.minimum(2.0, gap_s / np.maximum(links.gap_s, 1e-6)) * (links.gap_s > 0)
    off = ((steps[near, None] - (links.step * damped[:, None])[None]) ** 2).sum(-1)
    may = np.radians(REST_DEG * min(1.0, gap_s / 0.3) + MOVED_DEG * min(way, 60.0))
    spread = error + (may * np.where(links.gap_s > 0, 1.0, 1.3)) ** 2
    # In units of the density of all turns that look alike.
    dense = np.log(2 * np.pi * spread) * -1.5 - np.log(24 / (8 * np.pi**2)) - off / (2 * spread)
    weight = np.logaddexp(dense + np.log(1 - STRAY), np.log(STRAY / 24)) + prior
    every = links.worth[None] + weight
    return near, steps[near], gap_s, np.logaddexp.reduce(every, axis=1), list(every)


def _vectors(turns: Any) -> tuple[Any, Any]:
    """Rotations (n, 3, 3) as axis times radians (n, 3), and the radians."""
    import numpy as np

    radians = np.arccos(np.clip((np.trace(turns, axis1=1, axis2=2) - 1) / 2, -1, 1))
    axis = np.stack(
        [turns[:, 2, 1] - turns[:, 1, 2], turns[:, 0, 2] - turns[:, 2, 0], turns[:, 1, 0] - turns[:, 0, 1]], 1
    )
    return axis * (radians / np.maximum(np.linalg.norm(axis, axis=1), 1e-9))[:, None], radians


def _drawn(found: list[_Links]) -> NDArray[np.int64]:
    """Names along WAYS ways, each as likely as its weight: from its last look back to its first."""
    import numpy as np

    rng = np.random.default_rng(SEED)
    last = range(max(0, len(found) - BACK), len(found))
    ends = [(place, link) for place in last for link in range(len(found[place].worth))]
    worth = np.array([found[place].worth[link] + np.log(MISREAD) * (len(found) - 1 - place) for place, link in ends])
    names = np.full((WAYS, len(found)), -1)
    known: dict[tuple[int, int], Any] = {}
    after = products()
    for row, end in zip(names, _picks(worth, rng, WAYS), strict=True):
        place, link = ends[int(end)]
        chain = [(place, link)]
        while (before := int(found[place].before[link])) >= 0:
            if (place, link) not in known:
                known[place, link] = _summed(found[place].from_links[link])
            link = int(np.searchsorted(known[place, link], rng.random()))
            place = before
            chain.append((place, link))
        name = identity()
        for place, link in reversed(chain):
            if found[place].before[link] >= 0:
                name = int(after[found[place].name[link], name])
            row[place] = name
    return names


def _summed(worth: Any) -> Any:
    import numpy as np

    weight = np.exp(worth - worth.max())
    summed = np.cumsum(weight / weight.sum())
    summed[-1] = 1.0
    return summed


def _picks(worth: Any, rng: Any, count: int) -> Any:
    import numpy as np

    return np.searchsorted(_summed(worth), rng.random(count))


@lru_cache(maxsize=1)
def products() -> Any:
    """(24, 24) int: which renaming one after the other makes."""
    import numpy as np

    every = renamings()
    made = np.einsum("aij,bjk->abik", every, every)
    return np.einsum("abij,cij->abc", made, every).argmax(-1)


@lru_cache(maxsize=1)
def identity() -> int:
    import numpy as np

    return int(np.trace(renamings(), axis1=1, axis2=2).argmax())


@lru_cache(maxsize=1)
def face_names() -> tuple[tuple[int, ...], ...]:
    """Of each renaming: which face of the way (+x, -x, +y, -y, +z, -z) each of a look's own six is."""
    import numpy as np

    normals = np.array([[s if k == axis else 0 for k in range(3)] for axis in range(3) for s in (1, -1)])
    own = np.einsum("nji,fj->nfi", renamings(), normals)  # Of the look's axes, in the way's.
    return tuple(map(tuple, np.einsum("nfi,gi->nfg", own, normals).argmax(-1).tolist()))
