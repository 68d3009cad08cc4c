"""Small colour views of a video's first minutes, kept while any pass decodes it: no decode is for them alone."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VIEW_PX = 192
"""Longer side: what models/parcel-pose was trained on."""
EVERY_S = 0.11
"""Between views while the parcel may be turned: a quick turn goes 20 degrees on between two. Looked at is one in three
(parcel_looks.py); motions between them need all."""
CLOSE_S, LATER_S, MOST_S = 20.0, 0.5, 120.0
"""So long views are close together (nine in ten of the rendered clips are over by then), then so far apart, then none
is kept: at most 400 views, 33 MB. An opening is told from five looks in 2.5 s (facts/sides_shown.py), so LATER_S cannot
be more; which face is which is not followed there. What the looks cost is a figure of docs/performance.md."""


class SmallViews:
    """Views in order of time, whichever pass they come from."""

    def __init__(self, frame_s: float) -> None:
        self.slack_s = frame_s / 2
        """Keeps the rhythm where frames fall just short of it."""
        self.at_s: list[float] = []
        self.pictures: list[NDArray[np.uint8]] = []
        """Red, green, blue; (h, w, 3) uint8, upright."""
        self.whole = False
        """Whether one pass went through all of the file."""

    def see(self, frame: Any) -> None:
        """Keeps a view of ``frame`` (a Frame) where it is due."""
        at_s = float(frame.at_s)
        if not 0.0 <= at_s <= MOST_S:
            return
        apart = (EVERY_S if at_s < CLOSE_S else LATER_S) - self.slack_s
        place = bisect_left(self.at_s, at_s)
        if place and at_s - self.at_s[place - 1] < apart:
            return
        if place < len(self.at_s) and self.at_s[place] - at_s < apart:
            return
        self.at_s.insert(place, at_s)
        self.pictures.insert(place, frame.colour(VIEW_PX))

    def gaps(self) -> list[tuple[float, float]]:
        """Windows (seconds) of the first MOST_S that no pass has gone through, as far as the views tell."""
        if self.whole:
            return []
        marks = [0.0, *self.at_s, MOST_S]
        wide = 5 * max(EVERY_S, self.slack_s)
        return [
            (begin, end) for begin, end in pairwise(marks) if end - begin > (wide if end < CLOSE_S else 2.5 * LATER_S)
        ]
