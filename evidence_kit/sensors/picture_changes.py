"""How the picture changes from frame to frame: one light decode, raw measurements, no verdict.

Every frame is reduced to a small luma view and compared with the one before. Where a step stands out from its
neighbours, it is looked at closely (``Closeup``): feature tracks forward and back, the camera's move before, at and
after the step, and whether the picture returns (a flash does, a cut does not). What counts as a break is decided in
facts/continuity.py. Behaviour and cost: docs/continuity.md, benchmarks/video_continuity.py.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from math import hypot
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors.footage import Footage
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evidence_kit.sensors.picture_shifts import Place
    from evidence_kit.sensors.picture_tracks import View

AT_ONCE = 32
"""Views are kept for so many frames and then compared one after the other: each decoded frame drives program and data
of the comparison out of the processor's caches, and one by one it takes half as long again (by hand)."""
THUMB_PX = 80
"""Longer side of the view that every frame is reduced to and kept as."""
CALM_SURVIVE, CALM_MOVE = 0.68, 0.012
"""A step that keeps so many tracks and moves so little (picture widths) needs no closer look: every signal of
facts/break_signals.py that asks for the tracks asks for a third of them to be lost, or for a larger move."""
LATER = 4
"""Frames that must be known after a step before it is looked at."""
MIX_SPANS_S = (0.35, 0.6, 0.9, 1.25)
MIX_FIT = 0.50
MIX_ACROSS = 0.15
"""Blends that explain less, or whose ends have more tracks in common, are not kept: budgets, not operating points
(facts/break_signals.py asks for a fit of 0.6)."""
OUTLIER = 1.4
"""A step this much larger than its neighbours' is looked at closely: a budget, not an operating point. On all 365
clips of benchmarks/video_continuity.py it gives every break that 1.3 gives, with 0.7 of the looks; 1.5 loses one."""
ONSET = 2.5
"""The same against the calmer side only: a cut into or out of fast motion (no break is lost up to 2.6)."""
LONE_LEAST, STEP_LEAST = 1.3, 1.9
"""Such a step is looked at only where it is also so much larger than the two before and the two after it, and changes
the picture by so much (mean luma of the thumbs): no signal of facts/break_signals.py comes from a step that is less
lone or smaller, so nothing is lost but beside a covered lens, whose steps the facts leave
out. One close look of five is left in a restless take."""
RESTLESS = 6.0
APART_LEAST, APART_LONE_LEAST = 0.25, 2.0
APART_FLOOR = 0.05
"""Where steps are as large as in fast motion, one is looked at, too, that a shift of the picture explains so badly, and
by so much worse than the step before and the one after; APART_FLOOR is what noise leaves of any two frames."""
ALONE_LEAST, ALONE_STEP = 2.2, 2.9
"""A step so lone and so large is measured even if most of its tracks stay: they may all lie on what stands behind."""
MAX_CLOSEUPS_PER_FRAME = 0.12
OPEN_LIGHT, OPEN_SPREAD = 30.0, 5.5
"""A thumb with less light or spread (luma levels) shows no place: the lens is covered."""
ELSEWHERE_FRAMES = 4
"""So many open frames before a step are compared with so many from it on."""
ELSEWHERE_RETURNS, ELSEWHERE_APART = 0.45, 0.40
"""Only what agrees less than this in place, and differs by more wherever the camera points, is kept: a budget, not an
operating point."""


@dataclass(frozen=True, slots=True)
class Tracks:
    """Features followed from one frame to the next and back. Moves are in fractions of the picture's width."""

    found: int
    survive: float
    """Share that comes back to within half a pixel."""
    agree: float
    """Share of the found ones that move as one rigid whole (similarity transform)."""
    move: tuple[float, float]
    turn: float
    """Radians."""
    zoom: float
    aligned_ncc: float
    """Zero-mean correlation of the blurred views after undoing the common move."""


@dataclass(frozen=True, slots=True)
class Closeup:
    """One step seen closely; ``at`` is the step in question, ``before`` and ``after`` its neighbours."""

    index: int
    """The step ends with this frame."""
    at_s: float
    before: Tracks
    at: Tracks
    after: Tracks
    returns_ncc: float
    """Best correlation of a frame just before with one just after, the step's own pair left out (flash)."""
    edges_ncc: float
    """Correlation of edge strength after undoing the common move: blind to light, not to content."""
    apart: tuple[float, ...] = ()
    """What no shift of the whole picture explains (1 - correlation), of the two steps before, this one and the two
    after it: small in the fastest pan, large in a cut."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A step after which the place seen just before is not seen again, however the camera turned: of all pairs of an
    open frame before and one after it, over a lens that was covered for a moment, the two most alike."""

    index: int
    """The step ends with this frame."""
    at_s: float
    returns_ncc: float
    """Their correlation where they stand, -1..1."""
    apart: float
    """1 - their correlation at the best of all shifts, light evened out (picture_shifts.py)."""


@dataclass(frozen=True, slots=True)
class Mix:
    """A stretch whose frames are well made by blending its two ends, while neither end is like the other."""

    from_s: float
    to_s: float
    ends_ncc: float
    fit: float
    """Share of the frames' difference from the nearer end that the blend explains, 0..1."""
    rising: float
    """Rank agreement of blend weight with time, -1..1."""
    across: Tracks
    """Features followed straight from one end to the other: a camera's move keeps some, a dissolve none."""
    edges: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Edge correlation of middle with first, of middle with last, of first with last: in a dissolve the middle
    has the edges of both."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Moving pictures that come again, forwards (a loop) or backwards (a reversal)."""

    at_s: float
    earlier_s: float
    length_s: float
    backwards: bool
    likeness: float
    """Median difference of the paired frames over the median step in the stretch: near 0 is a copy."""


@dataclass(frozen=True, slots=True)
class PictureChanges:
    """Per compared frame (n values) and closely seen step. Luma in 0..255; a step belongs to the frame it leads to."""

    at_s: tuple[float, ...] = ()
    light: tuple[float, ...] = ()
    """Mean luma."""
    spread: tuple[float, ...] = ()
    """Standard deviation of the thumb's luma."""
    detail: tuple[float, ...] = ()
    """Mean absolute Laplacian of the view: sharpness."""
    step: tuple[float, ...] = ()
    """Mean absolute difference of thumbs, their means taken off."""
    step_max: tuple[float, ...] = ()
    """Largest absolute difference of thumbs: 0 is a duplicate."""
    ncc: tuple[float, ...] = ()
    """Zero-mean correlation of thumbs."""
    closeups: tuple[Closeup, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    mixes: tuple[Mix, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    share: float = 1.0
    """Share of the video that was looked at: what could not be decoded is missing."""


@sensor(on="video", version="6", packages=("av", "opencv-python-headless", "numpy"))
def picture_changes(footage: Footage) -> PictureChanges:
    """Decode the video once, without loop filter, and compare 15 to 30 frames a second.

    Raises CannotOpen, LimitReached.
    """
    from evidence_kit.sensors.picture_patterns import best_apart, find_repeats

    every = footage.look_every
    watch = _Watch(footage.frame_s * every)
    count = 0
    held: list[tuple[float, NDArray[np.uint8], float]] = []
    for frame in footage.frames(skip_loop_filter=True, every=every):
        count += every
        held.append((frame.at_s, frame.view, frame.detail))
        if len(held) == AT_ONCE:
            watch.see_all(held)
            held.clear()
    watch.see_all(held)
    watch.finish()
    times, thumbs, step = watch.series()
    table = footage.packets
    return PictureChanges(
        at_s=_rounded(watch.at_s, 4),
        light=_rounded(watch.light, 2),
        spread=_rounded(watch.spread, 2),
        detail=_rounded(watch.detail, 2),
        step=_rounded(watch.step, 3),
        step_max=_rounded(watch.step_max, 1),
        ncc=_rounded(watch.ncc, 4),
        closeups=tuple(watch.closeups),
        elsewhere=tuple(watch.elsewhere),
        mixes=tuple(best_apart(watch.mixes)),
        repeats=find_repeats(times, thumbs, step),
        share=min(1.0, count / len(table)) if table is not None and len(table) else 1.0,
    )


def _rounded(values: array[float], digits: int) -> tuple[float, ...]:
    return tuple(round(value, digits) for value in values)


class _Watch:
    """Sees the frames in order; holds the views of the last moments, and all thumbs."""

    def __init__(self, frame_s: float) -> None:
        self.spans = sorted({max(4, round(span_s / frame_s)) for span_s in MIX_SPANS_S})
        ring = min(96, self.spans[-1] + 2)
        self.spans = [span for span in self.spans if span < ring]
        self.at_s, self.light, self.spread, self.detail = array("d"), array("d"), array("d"), array("d")
        self.step, self.step_max = array("d"), array("d")
        self.ncc, self.unlike = array("d"), array("d")
        self.kept: list[NDArray[np.uint8]] = []
        self.held = max(ring, 2 * LATER + 4)
        self.thumb: NDArray[np.uint8] | None = None
        self.views: deque[tuple[int, View]] = deque(maxlen=self.held)
        self.flats: NDArray[np.float32] | None = None
        """The thumbs of the last moments, means off, each written twice, so that any run of them is one slice."""
        self.products: deque[list[float]] = deque(maxlen=ring)
        """Of each of those thumbs with itself, the one before it and so on, as far as ``spans`` reach."""
        self.tracked: dict[tuple[int, int], Tracks] = {}
        self.shifted: dict[int, float] = {}
        self.mixes: list[Mix] = []
        self.closeups: list[Closeup] = []
        self.elsewhere: list[Elsewhere] = []
        self.places: dict[int, Place] = {}
        self.pending: list[int] = []
        """Large steps whose next open frames are still to come."""
        self.last: NDArray[np.float32] | None = None

    def series(self) -> tuple[Any, Any, Any]:
        import numpy as np

        thumbs = np.stack(self.kept) if self.kept else np.zeros((0, 2, 2), np.uint8)
        self.kept.clear()
        return np.array(self.at_s), thumbs, np.array(self.step)

    def see_all(self, seen: Iterable[tuple[float, NDArray[np.uint8], float]]) -> None:
        """Frames in order: seconds, view and detail of each."""
        for at_s, view, detail in seen:
            self.see(at_s, view, detail)

    def see(self, at_s: float, view: NDArray[np.uint8], detail: float) -> None:
        import cv2
        import numpy as np

        from evidence_kit.sensors.picture_tracks import View

        scale = THUMB_PX / max(view.shape)
        size = (max(4, round(view.shape[1] * scale)), max(4, round(view.shape[0] * scale)))
        thumb: Any = cv2.resize(view, size, interpolation=cv2.INTER_AREA)
        if self.thumb is not None and self.thumb.shape != thumb.shape:
            # A stream that changes shape midway: kept comparable, the shape itself is in the header's field.
            thumb = cv2.resize(thumb, self.thumb.shape[::-1], interpolation=cv2.INTER_AREA)
            view = np.asarray(cv2.resize(view, self.views[-1][1].luma.shape[::-1]), np.uint8)
        mean, deviation = cv2.meanStdDev(thumb)
        flat = thumb.astype(np.float32) - np.float32(mean[0, 0])
        if self.last is None or self.thumb is None:
            step, step_max, ncc = 0.0, 255.0, 1.0
        else:
            step = cv2.norm(flat, self.last, cv2.NORM_L1) / flat.size
            step_max = cv2.norm(thumb, self.thumb, cv2.NORM_INF)
            norm = cv2.norm(flat) * cv2.norm(self.last)
            ncc = float(flat.ravel() @ self.last.ravel()) / norm if norm > 1e-6 else 1.0
        self.last = flat
        self.at_s.append(at_s)
        self.light.append(float(mean[0, 0]))
        self.spread.append(float(deviation[0, 0]))
        self.detail.append(detail)
        self.step.append(step)
        self.step_max.append(step_max)
        self.ncc.append(ncc)
        self.unlike.append(max(0.0, 1.0 - ncc))
        self.thumb = thumb
        self.kept.append(thumb)
        self.views.append((len(self.at_s) - 1, View(view)))
        if self.flats is None:
            self.flats = np.zeros((2 * self.held, flat.size), np.float32)
        place = (len(self.at_s) - 1) % self.held
        self.flats[place] = self.flats[place + self.held] = flat.ravel()
        last = len(self.at_s) - 1
        self.products.append((self._flat(max(0, last - self.spans[-1]), last) @ flat.ravel())[::-1].tolist())
        self._consider(last - LATER)
        self._compare_places(last)
        self._blend(last)

    def finish(self) -> None:
        for index in range(max(0, len(self.at_s) - LATER), len(self.at_s) - 1):
            self._consider(index)

    def _blend(self, last: int) -> None:
        """Is the stretch that ends here a blend of its ends?"""
        from evidence_kit.sensors.picture_patterns import blend_of
        from evidence_kit.sensors.picture_tracks import edges_ncc

        for span in self.spans:
            first = last - span
            if first < 0 or last % max(2, span // 3):
                continue
            rows = list(self.products)[-1 - span :]
            found = blend_of([row[k] for k, row in enumerate(rows)], rows[-1][span::-1], [row[0] for row in rows])
            if found is None or found[1] < MIX_FIT:
                continue
            views = dict(self.views)
            if first not in views:
                continue
            across = self._track(first, last)
            if across.agree > MIX_ACROSS:
                continue
            middle = (first + last) // 2
            edges = (
                round(edges_ncc(views[first], views[middle], self._track(first, middle)), 4),
                round(edges_ncc(views[middle], views[last], self._track(middle, last)), 4),
                round(edges_ncc(views[first], views[last], across), 4),
            )
            alike, fit, rising = (round(value, 4) for value in found)
            ends = round(self.at_s[first], 3), round(self.at_s[last], 3)
            self.mixes.append(Mix(*ends, alike, fit, rising, across, edges))

    def _flat(self, first: int, last: int) -> NDArray[np.float32]:
        """The frames from ``first`` to ``last`` as rows, means off."""
        assert self.flats is not None
        begin = first % self.held
        return self.flats[begin : begin + last - first + 1]

    def _track(self, first: int, second: int) -> Tracks:
        """Features followed between two held frames, once."""
        from evidence_kit.sensors.picture_tracks import track

        if (first, second) not in self.tracked:
            views = dict(self.views)
            for pair in [pair for pair in self.tracked if pair[0] not in views]:
                del self.tracked[pair]
            self.tracked[first, second] = track(views[first], views[second])
        return self.tracked[first, second]

    def _consider(self, index: int) -> None:
        """Look closely at the step into frame ``index``, if it stands out."""
        if (
            index < 2
            or index + 1 >= len(self.at_s)
            or len(self.closeups) > 20 + MAX_CLOSEUPS_PER_FRAME * len(self.at_s)
        ):
            return
        step = self.step[index]
        if step < STEP_LEAST:
            return
        lone = lone_step(self.step, index)
        if (lone >= LONE_LEAST and self._out_of_line(index)) or self._out_of_pan(index):
            self._look(index, lone)

    def _out_of_line(self, index: int) -> bool:
        """Whether the step is larger than those beside it."""
        out, onset = _stands_out(self.step, index)
        return out >= OUTLIER or onset >= ONSET or _stands_out(self.unlike, index)[0] ** 0.5 >= OUTLIER

    def _compare_places(self, last: int) -> None:
        """Of the large steps that ELSEWHERE_FRAMES open frames have followed by now: does one lead to a place that
        nothing before it shows?"""
        if self.step[last] >= RESTLESS and self._open(last) and not self._returned(last):
            self.pending.append(last)
        oldest = max(0, last + 1 - self.held)
        for index in list(self.pending):
            early = [k for k in range(index - 1, oldest - 1, -1) if self._open(k)][:ELSEWHERE_FRAMES]
            late = [k for k in range(index, last + 1) if self._open(k)][:ELSEWHERE_FRAMES]
            # A lens that is covered for longer than views are held is a blind interval, and nothing is claimed of it.
            if len(early) < ELSEWHERE_FRAMES:
                self.pending.remove(index)
            elif len(late) == ELSEWHERE_FRAMES:
                self.pending.remove(index)
                self._compare(index, early, late)

    def _returned(self, index: int) -> bool:
        """Whether the frame just before is like it already."""
        return self._open(index - 1) and self.ncc[index] > ELSEWHERE_RETURNS

    def _compare(self, index: int, early: list[int], late: list[int]) -> None:
        import numpy as np

        rows = [np.stack([self._flat(k, k)[0] for k in part]) for part in (early, late)]
        first, second = (part / (np.linalg.norm(part, axis=1, keepdims=True) + 1e-6) for part in rows)
        returns = float((first @ second.T).max())
        if returns > ELSEWHERE_RETURNS:
            return
        apart = 2.0
        for one in early:
            for other in late:
                apart = min(apart, self._nowhere(one, other))
                if apart < ELSEWHERE_APART:
                    return
        moment = round(self.at_s[index], 4)
        self.elsewhere.append(Elsewhere(index, moment, round(returns, 4), round(apart, 4)))

    def _open(self, index: int) -> bool:
        return self.light[index] >= OPEN_LIGHT and self.spread[index] >= OPEN_SPREAD

    def _nowhere(self, first: int, second: int) -> float:
        from evidence_kit.sensors.picture_shifts import Place, nowhere

        for old in [old for old in self.places if old < len(self.at_s) - self.held]:
            del self.places[old]
        for index in (first, second):
            if index not in self.places:
                self.places[index] = Place(self.kept[index])
        return nowhere(self.places[first], self.places[second])

    def _out_of_pan(self, index: int) -> bool:
        """Whether the step is one among large ones that no shift of the picture explains as it does the others."""
        if self.step[index] < RESTLESS or self._apart(index) < APART_LEAST:
            return False
        beside = max(self._apart(index - 1), self._apart(index + 1))
        return self._apart(index) >= APART_LONE_LEAST * (beside + APART_FLOOR)

    def _apart(self, index: int) -> float:
        """What no shift explains of the step into frame ``index``, found once."""
        from evidence_kit.sensors.picture_tracks import apart

        if index not in self.shifted:
            for old in [old for old in self.shifted if old < index - 2 * LATER]:
                del self.shifted[old]
            inside = 0 < index < len(self.kept)
            self.shifted[index] = round(apart(self.kept[index - 1], self.kept[index]), 4) if inside else 0.0
        return self.shifted[index]

    def _look(self, index: int, lone: float) -> None:
        from evidence_kit.sensors.picture_tracks import calm, edges_ncc

        views = dict(self.views)
        alone = lone >= ALONE_LEAST and self.step[index] >= ALONE_STEP
        if not alone and calm(views[index - 1], views[index], CALM_SURVIVE, CALM_MOVE):
            return
        at = self._track(index - 1, index)
        if not alone and at.survive > CALM_SURVIVE and hypot(*at.move) < CALM_MOVE:
            return
        after = self._track(index, index + 1)
        before = self._track(index - 2, index - 1)
        closeup = Closeup(
            index=index,
            at_s=round(self.at_s[index], 4),
            before=before,
            at=at,
            after=after,
            returns_ncc=round(self._returns(index), 4),
            edges_ncc=round(edges_ncc(views[index - 1], views[index], at), 4),
            apart=tuple(self._apart(near) for near in range(index - 2, index + 3)),
        )
        self.closeups.append(closeup)

    def _returns(self, index: int) -> float:
        """The best correlation of a frame before the step with one after, neighbours left out."""
        import numpy as np

        first, last = max(0, index - 4), min(index + LATER, len(self.at_s)) - 1
        rows = self._flat(first, last)
        shared = rows @ rows.T
        norms = np.sqrt(np.diag(shared))
        best = -1.0
        for early in range(first, index):
            for late in range(max(index, early + 2), last + 1):
                norm = float(norms[early - first] * norms[late - first])
                alike = float(shared[early - first, late - first]) / norm if norm > 1e-6 else 1.0
                best = max(best, alike)
        return best


def lone_step(steps: Sequence[float], index: int) -> float:
    """The step over the largest of the two before and the two after it."""
    around = [steps[k] for k in range(max(1, index - 2), min(len(steps), index + 3)) if k != index]
    return steps[index] / (max(around, default=0.0) + 0.05)


def _stands_out(values: array[float], index: int) -> tuple[float, float]:
    """The value over the median of its three neighbours: on the livelier side, and on the calmer side."""
    early = sorted(values[max(1, index - 3) : index])
    late = sorted(values[index + 1 : index + 4])
    around = [part[len(part) // 2] for part in (early, late) if part] or [0.0]
    return values[index] / (max(around) + 1e-3), values[index] / (min(around) + 0.3)
