"""Which face of the parcel is which, through its turning: many ways in which it may have turned.

A look tells the parcel's turn up to a renaming of its axes, and misreads it at times; a motion tells by how much it
turned from view to view, and where it does not, so many degrees either way. A thousand turns are carried along at once
by the motions, each with a doubt of its own, and those that the looks do not bear out are given up for copies of those
that they do (a particle filter: Gordon, Salmond and Smith, 1993). A copy keeps the way that it came. A thing that is
true of nearly all of the ways is sure; nothing else is said.

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
from evidence_kit.sensors.parcel_motion import Motion
from evidence_kit.sensors.quaternions import of_matrix, of_vectors, product

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SURE = 0.42
"""A look whose nine numbers are less those of a turn says nothing of the turn."""
LARGE = 0.012
"""Nor does one in which the parcel fills less of the picture."""
MOST_GAP_S, MOST_STEP_S = 1.0, 0.3
"""Names are not carried over a longer gap, nor where views are further apart: what moved between is not known."""
SURE_DEG, UNSURE_DEG = 5.0, 23.0
"""Error of a look that is quite sure, and what is added to it where it is not sure at all; together one standard
deviation."""
MISREAD = 0.25
"""Part of the looks that say nothing."""
AGAIN, ANEW_DEG = 0.15, 15.0
"""How much a look says of a parcel that has not turned since the one before, which errs alike; and the turn after which
it says nearly two thirds of what the first did."""
STEP_DEG, STEP_TOLD = 0.6, 0.8
"""Error of a motion: so many degrees, and so many times what the network tells of it; one standard deviation about each
axis (``python -m benchmarks.video_sides_points --motions``; what other values tell: without it)."""
BOTH_DEG, BOTH_UNSURE_DEG = 4.0, 45.0
"""How far the turn from one look to the next is off that both tell, if both are quite sure, and what is added where one
is not sure at all."""
MOST_APART_DEG = 40.0
"""Where looks and motions are further apart than this, the looks' names are a guess."""
LIKE_BEFORE = 0.6
"""How far a motion errs as the one before did (correlation)."""
STRAY, STRAY_DEG = 0.03, 25.0
"""Part of the motions that err by as much as this, whatever else is known."""
LOST_DEG = 10.0
"""And the error where none is known."""
WAYS = 1000
"""Turns that are carried along."""
SEED = 20261123


@dataclass(frozen=True, slots=True)
class Stretch:
    """Looks between two losses of all names, and the ways in which the parcel may have turned through them."""

    looks: tuple[ParcelLook, ...]
    names: NDArray[np.int8]
    """(WAYS, looks): which of the 24 renamings gives a look's axes the names of the way."""
    kind: tuple[int, ...]
    """Of each way, which of ``kinds`` it is like. Most ways give all looks the same names."""
    kinds: tuple[int, ...]
    """Ways of which no two are alike."""


def stretch_of(looks: Sequence[ParcelLook], names: NDArray[np.int8]) -> Stretch:
    """Of names (WAYS, looks)."""
    import numpy as np

    _, kinds, kind = np.unique(names, axis=0, return_index=True, return_inverse=True)
    return Stretch(tuple(looks), names, tuple(kind.ravel().tolist()), tuple(kinds.tolist()))


def stretches(looks: Sequence[ParcelLook], parted_s: Sequence[float] = ()) -> list[Stretch]:
    """The looks that tell a turn, parted at gaps and at ``parted_s`` (moments of cuts, seconds)."""
    parts: list[list[int]] = []
    told = [place for place, look in enumerate(looks) if tells_turn(look)]
    for before, place in pairwise([-1, *told]):
        if before < 0 or _parted(looks[before : place + 1], parted_s):
            parts.append([])
        parts[-1].append(place)
    return [_followed(looks[part[0] : part[-1] + 1]) for part in parts]


def added_up(stretch: Stretch, amounts: Sequence[Sequence[tuple[int, float]]]) -> list[list[float]]:
    """Of each kind of way, what its six faces are given over all looks, (kinds, 6).

    ``amounts``: of each look, which of its own faces (0 to 5) is given how much.
    """
    import numpy as np

    ways = np.arange(len(stretch.kinds))
    total = np.zeros((len(ways), 6))
    for names, given in zip(stretch.names[list(stretch.kinds)].T, amounts, strict=True):
        for own, amount in given:
            total[ways, face_names()[names, own]] += amount
    made: list[list[float]] = total.tolist()
    return made


def named_along(stretch: Stretch, way: int) -> list[list[int]]:
    """Of each look, which face of the way each of its own six is."""
    made: list[list[int]] = face_names()[stretch.names[way]].tolist()
    return made


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


def _followed(looks: Sequence[ParcelLook]) -> Stretch:
    """Through looks of which the first and the last tell a turn."""
    import numpy as np

    if len(looks) == 1:  # Whatever its faces are called, they are the same.
        return Stretch(tuple(looks), np.zeros((WAYS, 1), np.int8), (0,) * WAYS, (0,))
    rng = np.random.default_rng(SEED)
    told: list[ParcelLook] = []
    names = np.zeros((WAYS, 0), np.int8)
    worth, turned_deg = np.zeros(WAYS), 180.0
    turns = np.tile(of_matrix(np.array(looks[0].turn).reshape(3, 3)), WAYS)
    turns = _shaken(rng, turns, _error_deg(looks[0]))
    astray = np.zeros((WAYS, 3))
    for place, look in enumerate(looks):
        if place:
            seen = _between(looks[place - 1], look)
            for step in look.steps:
                astray = LIKE_BEFORE * astray + (1 - LIKE_BEFORE**2) ** 0.5 * rng.standard_normal((WAYS, 3))
                turns = _moved(rng, turns, step, astray * seen[1])
                turned_deg += LOST_DEG if step is None else float(np.degrees(np.linalg.norm(step.turn)))
            turns = product(seen[0], turns)
        if not tells_turn(look):
            continue
        likeness = np.abs(turns.T @ product(of_matrix(np.array(look.turn).reshape(3, 3)), names_of_axes()))
        apart = 2 * np.arccos(np.minimum(likeness.max(1), 1))
        spread = np.radians(_error_deg(look))
        # In units of the density of all turns that look alike.
        dense = np.exp(-(apart**2) / (2 * spread**2)) / (2 * np.pi * spread**2) ** 1.5 * (8 * np.pi**2 / 24)
        anew = max(AGAIN, 1 - float(np.exp(-turned_deg / ANEW_DEG)))
        worth += anew * np.log((1 - MISREAD) * dense + MISREAD)
        turned_deg = 0.0
        told.append(look)
        names = np.concatenate([names, likeness.argmax(1).astype(np.int8)[:, None]], 1)
        shares = _shares(worth)
        if 1 / (shares**2).sum() < WAYS / 2:
            kept = _drawn(shares, rng, WAYS)
            turns, names, astray, worth = turns[:, kept], names[kept], astray[kept], np.zeros(WAYS)
    return stretch_of(told, names[_drawn(_shares(worth), rng, WAYS)])


def _between(before: ParcelLook, after: ParcelLook) -> tuple[Any, float]:
    """What the two looks add to the motions between them: a rotation (4, 1) by which these are mended, and the part of
    their error that is left.

    Looks one after the other err alike, so that they tell better how far the parcel turned than how it lies.
    """
    import cv2
    import numpy as np

    nothing = (of_vectors(np.zeros((3, 1))), 1.0)
    if not (tells_turn(before) and tells_turn(after)) or None in after.steps:
        return nothing
    summed, error_deg = np.eye(3), 0.0
    for step in after.steps:
        assert step is not None
        summed = cv2.Rodrigues(np.array(step.turn))[0] @ summed
        error_deg += STEP_DEG + STEP_TOLD * step.across_deg
    one, other = (np.array(look.turn).reshape(3, 3) for look in (before, after))
    apart = np.einsum("nij,kj->nik", other @ renamings(), summed @ one)
    nearest = apart[np.einsum("nii->n", apart).argmax()]
    vector = cv2.Rodrigues(nearest)[0]
    if np.degrees(np.linalg.norm(vector)) > MOST_APART_DEG:
        return nothing
    own_deg = BOTH_DEG + BOTH_UNSURE_DEG * (1 - min(1.0, before.sure, after.sure))
    part = error_deg**2 / (error_deg**2 + own_deg**2)
    return of_vectors(vector * part), (1 - part) ** 0.5


def _error_deg(look: ParcelLook) -> float:
    return SURE_DEG + UNSURE_DEG * (1 - min(1.0, look.sure))


def _moved(rng: Any, turns: Any, step: Motion | None, astray: Any) -> Any:
    """All turns (4, WAYS) after a motion, each by an error of its own: ``astray`` (WAYS, 3), in standard deviations."""
    import numpy as np

    if step is None:
        return _shaken(rng, turns, LOST_DEG)
    told = np.array([step.across_deg, step.across_deg, step.along_deg])
    moved = of_vectors((np.array(step.turn) + np.radians(STEP_DEG + STEP_TOLD * told) * astray).T)
    turns = product(moved, turns)
    if step.across_deg:
        stray = rng.random(WAYS) < STRAY
        turns[:, stray] = _shaken(rng, turns, STRAY_DEG, stray)
    return turns


def _shaken(rng: Any, turns: Any, error_deg: float, chosen: Any = ...) -> Any:
    """Those of the turns (4, WAYS) that are chosen, each turned by a chance rotation (degrees, root mean square)."""
    import numpy as np

    by = rng.standard_normal((WAYS, 3))[chosen] * (np.radians(error_deg) / np.sqrt(3))
    return product(of_vectors(by.T), turns[:, chosen])


def _shares(worth: Any) -> Any:
    import numpy as np

    weight = np.exp(worth - worth.max())
    return weight / weight.sum()


def _drawn(shares: Any, rng: Any, count: int) -> NDArray[np.int64]:
    """Places of ``count`` drawn by their shares, evenly (systematic resampling)."""
    import numpy as np

    marks = (np.arange(count) + rng.random()) / count
    places: NDArray[np.int64] = np.minimum(np.searchsorted(np.cumsum(shares), marks), len(shares) - 1)
    return places


@lru_cache(maxsize=1)
def names_of_axes() -> Any:
    """The 24 renamings as quaternions (4, 24)."""
    import numpy as np

    return np.concatenate([of_matrix(one) for one in renamings()], 1)


@lru_cache(maxsize=1)
def face_names() -> NDArray[np.int64]:
    """(24, 6): of each renaming, which face of the way (+x, -x, +y, -y, +z, -z) each of a look's own six is."""
    import numpy as np

    normals = np.array([[s if k == axis else 0 for k in range(3)] for axis in range(3) for s in (1, -1)])
    own = np.einsum("nji,fj->nfi", renamings(), normals)  # Of the look's axes, in the way's.
    names: NDArray[np.int64] = np.einsum("nfi,gi->nfg", own, normals).argmax(-1)
    return names
