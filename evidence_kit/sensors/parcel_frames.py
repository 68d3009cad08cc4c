"""The turn of a box as nine numbers, the same for all 24 ways of naming its axes.

A box looks the same whichever of its faces is called the first, so a network cannot be asked for a rotation. The
fourth-order spherical harmonics, summed over the three axes, are the lowest that tell turns apart and forget names and
signs of axes (octahedral frames, Ray and Sokolov, "Robust polylines tracing for N-symmetry direction field", 2014).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations, product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

GRID_STEPS = 24
"""Of the grid that turns are first sought on: about four degrees."""


def numbers_of(turns: Floats) -> Floats:
    """Rotations (..., 3, 3), axes as columns, to (..., 9) of length 1."""
    import numpy as np

    x, y, z = turns[..., 0, :], turns[..., 1, :], turns[..., 2, :]
    a, b, c, d = np.sqrt(35.0), np.sqrt(35.0 / 2), np.sqrt(5.0), np.sqrt(5.0 / 2)
    each = [
        0.75 * a * x * y * (x * x - y * y),
        0.75 * b * (3 * x * x - y * y) * y * z,
        0.75 * c * x * y * (7 * z * z - 1),
        0.75 * d * y * z * (7 * z * z - 3),
        (35 * z**4 - 30 * z * z + 3) * 3 / 16,
        0.75 * d * x * z * (7 * z * z - 3),
        0.375 * c * (x * x - y * y) * (7 * z * z - 1),
        0.75 * b * (x * x - 3 * y * y) * x * z,
        a * 3 / 16 * (x * x * (x * x - 3 * y * y) - y * y * (3 * x * x - y * y)),
    ]
    found = np.stack([one.sum(-1) for one in each], -1)
    numbers: Floats = found / np.sqrt(np.float64(189.0) / 16)  # length for every rotation
    return numbers


@lru_cache(maxsize=1)
def renamings() -> Any:
    """The 24 rotations (24, 3, 3) that map the axes of a box onto one another."""
    import numpy as np

    found = []
    for order in permutations(range(3)):
        for signs in product((1, -1), repeat=3):
            made = np.zeros((3, 3))
            made[list(order), range(3)] = signs
            if np.linalg.det(made) > 0:
                found.append(made)
    return np.stack(found)


@lru_cache(maxsize=1)
def _grid() -> tuple[Any, Any]:
    """Rotations that cover all turns but for renaming, and their numbers."""
    import numpy as np

    steps = (np.arange(GRID_STEPS) + 0.5) / GRID_STEPS * 2 - 1
    reach = np.tan(np.pi / 8)  # Of Rodrigues vectors nearest to the identity among their renamings.
    vectors = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(-1, 3) * reach
    vectors = vectors[np.abs(vectors).sum(1) <= 1.0 + 0.05]
    turns = rotations(vectors)
    return turns, numbers_of(turns)


def rotations(vectors: Floats) -> Floats:
    """Rodrigues (Gibbs) vectors (n, 3), tan of half the angle times the axis, to rotations (n, 3, 3)."""
    import numpy as np

    x, y, z = vectors.T
    size = (vectors**2).sum(1)[:, None, None]
    cross = np.zeros((len(vectors), 3, 3))
    cross[:, 0, 1], cross[:, 0, 2], cross[:, 1, 2] = -z, y, -x
    cross -= cross.transpose(0, 2, 1)
    outer = vectors[:, :, None] * vectors[:, None, :]
    turns: Floats = ((1 - size) * np.eye(3) + 2 * outer + 2 * cross) / (1 + size)
    return turns


def turn_of(numbers: Floats, finer: int = 4) -> tuple[Floats, float]:
    """``turns_of`` of one: the rotation (3, 3) and how well it says the nine numbers."""
    turns, scores = turns_of(numbers[None], finer)
    return turns[0], float(scores[0])


def turns_of(numbers: Floats, finer: int = 4) -> tuple[Floats, Floats]:
    """The rotations (n, 3, 3), of each one of its 24 names, that nine numbers (n, 9) say best, and how well (n,).

    1 is exactly; numbers that are all zero say nothing: the identity, 0. ``finer`` halvings of the grid's step: none
    says it to four degrees, four to a third of one.
    """
    import numpy as np

    turns, known = _grid()
    lengths = np.linalg.norm(numbers, axis=1)
    told = lengths > 1e-6
    best = turns[np.argmax(numbers @ known.T, axis=1)]
    near = best[:, None]
    for halving in range(finer + 1):
        cells = np.einsum("nkj,nj->nk", numbers_of(near), numbers)
        best = np.take_along_axis(near, cells.argmax(1)[:, None, None, None], 1)[:, 0]
        if halving < finer:
            near = rotations(_cube() * (0.06 * 0.5**halving)) @ best[:, None]
    best[~told] = np.eye(3)
    scores = np.where(told, cells.max(1) / np.where(told, lengths, 1.0), 0.0)
    return best, scores


@lru_cache(maxsize=1)
def _cube() -> Any:
    import numpy as np

    return np.array(list(product((-0.5, 0.0, 0.5), repeat=3)))


def nearest_name(turn: Floats, to: Floats) -> tuple[Floats, float, float]:
    """``turn`` renamed to lie nearest to ``to``; the angle between them, and that of the second nearest (radians)."""
    import numpy as np

    named = turn @ renamings()
    cosines = (np.einsum("nij,ij->n", named, to) - 1) / 2
    order = np.argsort(-cosines)
    angles = np.arccos(np.clip(cosines[order[:2]], -1, 1))
    return named[order[0]], float(angles[0]), float(angles[1])
