"""Patterns over many frames, found on the small thumbs: blends (dissolves), copies forwards and backwards."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from evidence_kit.sensors.picture_changes import Mix, Repeat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

MIX_ENDS_NCC = 0.88
"""Ends more alike than this are not compared: nothing changed enough to be a blend."""
MIX_RISING = 0.8
"""Blends whose weight grows less steadily with time are not kept: a budget, not an operating point."""
LOOK_BACK_S = 30.0
MAX_REPEATS = 60
COPY = 0.35
"""A pair of frames closer than this times the usual step is kept as a candidate; the fact decides."""
SLACK = 1.6
"""Between what every seventh pixel says of two frames and what all say."""
SPARE = 0.01
"""Luma levels: more than rounding makes of a mean."""
BLOCK = 1024
"""Frames that are compared at once: a few megabytes."""


def blend_of(
    with_first: Sequence[float], with_last: Sequence[float], own: Sequence[float]
) -> tuple[float, float, float] | None:
    """(likeness of the ends, share that a blend of them explains, rank agreement of its weight with time).

    Of thumbs in order, ends included, their means taken off: the products of each with the first, with the last and
    with itself, from which all follows. None where the ends are too alike to tell, or what lies between does not turn
    steadily from one into the other.
    """
    first_2, last_2, both = own[0], own[-1], with_last[0]
    alike = both / (sqrt(first_2 * last_2) + 1e-6)
    length = first_2 + last_2 - 2 * both
    if alike > MIX_ENDS_NCC or min(first_2, last_2) < 1e-6 or length < 1e-3:
        return None
    middle = range(1, len(own) - 1)
    weights = [(with_last[k] - with_first[k] - both + first_2) / length for k in middle]
    inner = [k for k in middle if 0.2 < weights[k - 1] < 0.8]
    if not max(weights) - min(weights) > 0.4 or len(inner) < 2:
        return None
    count = len(weights)
    off = sum((rank - k) ** 2 for rank, k in enumerate(sorted(range(count), key=weights.__getitem__)))
    rising = 1 - 6 * off / (count * (count * count - 1)) if count > 2 else 0.0  # Spearman's
    if rising < MIX_RISING:
        return None
    # What a blend leaves is at right angles to the line between the ends.
    to_first = [own[k] + first_2 - 2 * with_first[k] for k in inner]
    nearer = [min(near, own[k] + last_2 - 2 * with_last[k]) for near, k in zip(to_first, inner, strict=True)]
    rest = [max(near - weights[k - 1] ** 2 * length, 0.0) for near, k in zip(to_first, inner, strict=True)]
    return alike, 1 - sum(rest) / sum(nearer), rising


def best_apart(found: list[Mix]) -> list[Mix]:
    """The best fits, none within half a second of a better one."""
    kept: list[Mix] = []
    for mix in sorted(found, key=lambda entry: -entry.fit):
        middle = (mix.from_s + mix.to_s) / 2
        if all(abs(middle - (other.from_s + other.to_s) / 2) > 0.5 for other in kept):
            kept.append(mix)
    return sorted(kept, key=lambda entry: entry.from_s)


class _Flat:
    """The thumbs as rows of float32 with their means taken off, made only for the rows asked for."""

    def __init__(self, thumbs: Any) -> None:
        self.rows = thumbs.reshape(len(thumbs), -1)
        self.means = self.rows.mean(axis=1, keepdims=True, dtype="float32")

    def __getitem__(self, rows: Any) -> Any:
        return self.rows[rows].astype("float32") - self.means[rows]

    def thinned(self, low: int, high: int) -> Any:
        """Every seventh pixel of the rows from ``low`` up to ``high``."""
        return self.rows[low:high, ::7].astype("float32") - self.means[low:high]


def _apart(one: Any, other: Any) -> Any:
    """Mean absolute difference of each row (n,); a second array for the absolute values would cost as much again."""
    import cv2
    import numpy as np

    off = one - other
    return cv2.reduce(np.abs(off, out=off), 1, cv2.REDUCE_AVG).ravel()


def find_repeats(at_s: NDArray[np.float64], thumbs: NDArray[np.uint8], step: NDArray[np.float64]) -> tuple[Repeat, ...]:
    """Stretches whose frames are near copies of earlier ones, in the same or in the opposite order."""
    import numpy as np

    count = len(at_s)
    if count < 12:
        return ()
    frame_s = float(np.median(np.diff(at_s))) or 1 / 30
    flat = _Flat(thumbs)
    return (*_turns(at_s, flat, frame_s), *_loops(at_s, flat, step, frame_s))


def _turns(at_s: Any, flat: Any, frame_s: float) -> list[Repeat]:
    """Moments about which the pictures are mirrored in time."""
    import numpy as np

    reach = max(4, round(0.4 / frame_s))
    found: list[Repeat] = []
    scores: list[tuple[float, int, bool]] = []
    for turn, even in _maybe_turns(flat, len(at_s), reach):
        # Mirrored about a frame (…2 1 0 1 2…) or about a gap (…1 0 0 1…).
        early = flat[turn - reach : turn][::-1]
        late = flat[turn + 1 - even : turn + 1 - even + reach]
        mirrored, straight = _apart(early, late), _apart(early, flat[turn])
        base = float(np.median(straight[reach // 2 :]))
        if base > 1.0:
            scores.append((float(np.median(mirrored)) / base, turn, even))
    scores.sort()
    for likeness, turn, _ in scores[:40]:
        if likeness > COPY:
            break
        if all(abs(at_s[turn] - other.at_s) > 0.5 for other in found):
            moment = round(float(at_s[turn]), 3)
            found.append(Repeat(moment, moment, round(reach * frame_s, 3), True, round(likeness, 4)))
    return found


def _maybe_turns(flat: Any, count: int, reach: int) -> Iterator[tuple[int, bool]]:
    """(frame, about a gap) worth an exact look: every seventh pixel speaks for a mirror, with room to spare."""
    import numpy as np

    for low in range(reach, count - reach, BLOCK):
        high = min(low + BLOCK, count - reach)
        rows = flat.thinned(low - reach, high + reach)

        def apart(early: int, late: int, rows: Any = rows, count: int = high - low) -> Any:
            """Of the frames so far from each turn."""
            return _apart(rows[reach + early :][:count], rows[reach + late :][:count])

        away = range(1, reach + 1)
        straight = np.stack([apart(-k, 0) for k in away])
        base = np.median(straight[reach // 2 :], axis=0)
        for even in (False, True):
            mirrored = np.median(np.stack([apart(-k, k - even) for k in away]), axis=0)
            for place in np.flatnonzero((base > 1 / SLACK) & (mirrored < SLACK * COPY * base)):
                yield low + int(place), even


def _loops(at_s: Any, flat: Any, step: Any, frame_s: float) -> list[Repeat]:
    """Stretches of at least 0.4 s that are copies of a stretch up to LOOK_BACK_S earlier."""
    import numpy as np

    reach = max(4, round(0.4 / frame_s))
    lead = max(reach, round(0.5 / frame_s))
    back = round(LOOK_BACK_S / frame_s)
    found: list[Repeat] = []
    stride = max(1, reach // 2)
    if len(at_s) <= lead + reach:
        return []
    usual = np.median(np.lib.stride_tricks.sliding_window_view(step, reach), axis=1)
    low_kept, kept_rows, sizes = 0, flat.thinned(0, 0), np.zeros(0)
    for begin in range(lead, len(at_s) - reach, stride):
        if usual[begin] < 0.25 or (found and at_s[begin] < found[-1].at_s + found[-1].length_s):
            continue
        if len(found) >= MAX_REPEATS:
            break
        low = max(0, begin - back)
        if begin - low_kept >= len(kept_rows):
            low_kept, kept_rows = low, flat.thinned(low, begin + BLOCK)
            sizes = _apart(kept_rows, 0)
        earlier = slice(low - low_kept, begin - lead + 1 - low_kept)
        # Two frames differ by no less than their sizes do, so that most need not be compared.
        limit = COPY * 2.5 * usual[begin]
        likely = np.flatnonzero(np.abs(sizes[earlier] - sizes[begin - low_kept]) <= limit + SPARE)
        if not len(likely):
            continue
        apart = _apart(kept_rows[earlier][likely], kept_rows[begin - low_kept])
        for rank in np.argsort(apart)[:2]:
            start = low + int(likely[rank])
            if apart[rank] > limit or start + reach > begin:
                continue
            middle = float(np.median(_apart(flat[start : start + reach], flat[begin : begin + reach])))
            likeness = middle / max(float(usual[begin]), 1e-3)
            if likeness < COPY and float(np.abs(flat[begin + reach - 1] - flat[begin]).mean()) > 3 * middle:
                found.append(_grown(at_s, flat, start, begin, likeness, float(usual[begin])))
                break
    kept: list[Repeat] = []
    for repeat in sorted(found, key=lambda entry: (entry.at_s, entry.likeness)):
        if all(abs(repeat.at_s - other.at_s) > 0.3 for other in kept):
            kept.append(repeat)
    return kept


def _grown(at_s: Any, flat: Any, start: int, begin: int, likeness: float, usual: float) -> Repeat:
    """The copy followed back to its first frame and on to its last."""
    import numpy as np

    def close(first: int, second: int) -> bool:
        return float(np.abs(flat[first] - flat[second]).mean()) < COPY * 1.5 * usual

    low, high = 0, 0
    while (
        low < begin - start
        and start - low - 1 >= 0
        and begin - low - 1 > start
        and close(start - low - 1, begin - low - 1)
    ):
        low += 1
    while begin + high + 1 < len(at_s) and close(start + high + 1, begin + high + 1):
        high += 1
    return Repeat(
        at_s=round(float(at_s[begin - low]), 3),
        earlier_s=round(float(at_s[start - low]), 3),
        length_s=round(float(at_s[begin + high] - at_s[begin - low]), 3),
        backwards=False,
        likeness=round(likeness, 4),
    )
