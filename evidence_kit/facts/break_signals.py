"""What speaks for a break in the take, one function per signal, each with its operating points.

Points come in pairs: at ``strong`` a signal counts towards certainty, from ``weak`` on a person is asked to look,
below that nothing is said. Set on the ``tune`` split of benchmarks/video_continuity.py (see its results file) and on
the honest real clips; a false alarm on an honest take is the costliest error, so strong points lie beyond
everything seen in honest footage.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot
from statistics import median
from typing import Literal

from evidence_kit.records import dataclass
from evidence_kit.schema import Blind
from evidence_kit.sensors.packets import PacketSignals
from evidence_kit.sensors.picture_changes import Closeup, PictureChanges, lone_step

Nature = Literal["content", "geometry", "copy", "timeline"]
"""What a signal is made of. Only signals of different nature are independent of one another."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One signal at one moment."""

    at_s: float
    kind: str
    signal: str
    nature: Nature
    strong: bool
    weight: float
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    weak: float
    strong: float


LOST = Point(weak=0.33, strong=0.62)
"""Share of the feature tracks that the step breaks, of those that its neighbours keep."""
UNLIKE = Point(weak=0.20, strong=0.45)
"""1 - correlation of edges across the step, the common move undone."""
LONE = Point(weak=1.6, strong=1.5)
"""The step over the largest of the two before and the two after: a cut is one step, a whip or a hand several.
The weak point is the higher one, because there the picture says less."""
TOGETHER, TOGETHER_UNLIKE, KEPT_BESIDE = 1.9, 0.45, 0.75
"""Who cuts one take of a table finds the table in its place: its tracks stay, and only those on the parcel and the
hands break. Where both neighbours keep nearly all tracks, LOST.weak is strong if (loss + unlikeness) x loneness reaches
TOGETHER (this and the points below with other values: ``python -m benchmarks continuity_points``)."""
APART = Point(weak=0.3, strong=0.5)
SHIFTED = Point(weak=2.1, strong=2.2)
STEADY_SHIFTED = 0.5
"""Within a pan every step is large. There a cut is lone by what no shift of the picture explains (APART at least, this
much more than of its neighbours, SHIFTED)."""
LOST_SHIFTED, UNLIKE_SHIFTED = 0.5, 0.5
"""Weak by SHIFTED only where this many tracks break and the edges are this unlike."""
UNTRACKED, UNTRACKED_APART, UNTRACKED_SHIFTED, UNTRACKED_UNLIKE = 0.3, 0.45, 2.5, 0.8
"""In the fastest pans not even the neighbours keep so many tracks: then the shifts alone make it worth a look, in level
light."""
LONE_ALONE = 2.3
LONE_RETURNS = 0.93
LONE_STEP = 3.0
"""A step this lone is worth a look whatever the tracks say, where the picture does not come back. Weak only."""
LIT_UNLIKE = 0.60
"""Where brightness changes by LIGHT_RATIO at the step, UNLIKE must reach this to count at all."""
LIT_WEAK = 0.45
LIT_LONE = 2.0
"""Below it, such a step is still worth a look where it is this lone and this unlike."""
LIGHT_RATIO = 1.18
WEAK_STEP = 2.0
"""Thumbs must differ by this much (luma levels) for a weak signal: in a flat picture noise alone is lone."""
SUDDEN_LONE, SUDDEN_LEVEL = 1.4, 1.02
SUDDEN_LOST = 0.9
"""A lens that is covered or freed within one frame, and on its open side no brighter or darker a frame away: a hand
leaves its shadow there. Weak only."""
DISPLACED, DISPLACED_LONE = 0.014, 1.4
"""Camera move at the step beyond what its neighbours lead to expect, in picture widths, of a step this lone: weak
only."""
ELSEWHERE = 0.5
"""Nothing of the place seen just before a step is seen just after it: what no shift explains of the two frames most
alike, less half their correlation in place. Weak only: who turns the camera by more within a frame, or while the lens
is covered, does the same. Half way between the honest steps (up to 0.46) and the hard cut that nothing else finds
(0.56) of tune, test and heldout; of fresh, honest steps reach 0.47 and the four such cuts begin at 0.53
(``python -m benchmarks continuity_points``)."""
STEADY = 0.45
"""Tracks must survive this well before and after a step for it to count as strong."""
USABLE_LIGHT = (38.0, 222.0)
USABLE_SPREAD = 5.5
RETURNS = 0.80
"""Correlation across the step's surroundings from which on a shaken camera is the simpler reading."""
MIX_FIT = 0.60
MIX_ENDS = 0.80
MIX_RISING = 0.96
MIX_AGREE = 0.16
MIX_EDGES = 0.50
MIX_BOTH = 0.22
"""A dissolve: the blend explains this much, the ends are this unlike, no common move joins them, and the middle shares
edges with both ends, by MIX_BOTH more than these share with each other. Weak only."""
COPY_LIKENESS = Point(weak=0.22, strong=0.12)
TURN_LIKENESS = Point(weak=0.16, strong=0.08)
FROZEN_S = 0.4
FROZEN_STEP = 0.12
MOVING_STEP = 0.4
BLACK_S = 0.1
OFF_GRID = 0.04
"""A step before an early key frame that differs by this share from the usual one: two files were joined there."""
GAP_S = Point(weak=0.34, strong=1.0)
COVERED_S = 0.25
BLURRED_S = 1.0


def hints(changes: PictureChanges, packets: PacketSignals, blind: tuple[Blind, ...]) -> Iterator[Hint]:
    """Every signal found, in no order."""
    yield from _steps(changes, blind)
    yield from _elsewhere(changes)
    yield from _mixes(changes, blind)
    yield from _copies(changes, blind)
    yield from _frozen(changes)
    yield from _black(changes)
    yield from _timeline(packets)


@dataclass(frozen=True, slots=True)
class _Look:
    """What decides about one step."""

    lost: float
    """Share of the tracks that its neighbours keep and it breaks."""
    unlike: float
    """1 - correlation of edges, the common move undone."""
    lone: float
    """The step over its neighbours' largest."""
    shifted: float
    """The same of what no shift of the picture explains."""
    apart: float
    """What no shift explains of it."""
    sides: float
    """Share of the tracks that both neighbours keep."""

    @property
    def strong(self) -> bool:
        """Content and geometry each pass their strong points."""
        panned = self.apart >= APART.strong and self.shifted >= SHIFTED.strong and self.sides >= STEADY_SHIFTED
        whole = self.lost >= LOST.strong and self.unlike >= UNLIKE.strong and self.sides >= STEADY
        partly = self.lost >= LOST.weak and self.unlike >= TOGETHER_UNLIKE and self.sides >= KEPT_BESIDE
        alone = self.lone >= LONE.strong
        together = (self.lost + self.unlike) * self.lone >= TOGETHER
        return (whole and (alone or panned)) or (partly and alone and together)

    @property
    def weak(self) -> bool:
        """Worth a person's look."""
        panned = self.apart >= APART.weak and self.shifted >= SHIFTED.weak
        usual = self.lost >= LOST.weak and self.unlike >= UNLIKE.weak and self.lone >= LONE.weak
        return usual or (panned and self.lost >= LOST_SHIFTED and self.unlike >= UNLIKE_SHIFTED)

    @property
    def untracked(self) -> bool:
        """Worth a look although nothing could be followed."""
        unexplained = self.apart >= UNTRACKED_APART and self.shifted >= UNTRACKED_SHIFTED
        return self.sides < UNTRACKED and unexplained and self.unlike >= UNTRACKED_UNLIKE


def _look(changes: PictureChanges, closeup: Closeup, blind: tuple[Blind, ...]) -> _Look:
    sides = min(closeup.before.survive, closeup.after.survive)
    # What a hand before the lens does a moment earlier or later is not the unrest of the picture itself.
    beside = _beside(changes, closeup.index)
    # Where all of them are, that is no reason to take the step for a lone one.
    near = [k for k in beside if not _near(blind, changes.at_s[k], 0.15)] or beside
    step, apart = changes.step[closeup.index], closeup.apart[2] if closeup.apart else 0.0
    others = [closeup.apart[k - closeup.index + 2] for k in near] if closeup.apart else []
    return _Look(
        lost=1 - closeup.at.survive / sides if sides > 0.2 else 0.0,
        unlike=1 - closeup.edges_ncc,
        lone=step / (max((changes.step[k] for k in near), default=0.0) + 0.05),
        shifted=apart / (max(others, default=0.0) + 0.05),
        apart=apart,
        sides=sides,
    )


def _beside(changes: PictureChanges, index: int) -> list[int]:
    """The two steps before and the two after."""
    return [k for k in range(max(1, index - 2), min(len(changes.step), index + 3)) if k != index]


def _steps(changes: PictureChanges, blind: tuple[Blind, ...]) -> Iterator[Hint]:
    for closeup in changes.closeups:
        at_s, index = closeup.at_s, closeup.index
        look = _look(changes, closeup, blind)
        lost, lone = look.lost, look.lone
        usable = _usable(changes, index - 1), _usable(changes, index)
        if changes.step[index] < WEAK_STEP:
            continue
        if usable[0] != usable[1] and lost >= SUDDEN_LOST and _sudden(changes, index, usable[0]):
            yield Hint(at_s, "sudden-cover", "sudden-cover", "content", False, 1.5)
        if _near(blind, at_s, 0.15) or not all(usable):
            continue
        lit = _ratio(changes.light[index - 1], changes.light[index]) > LIGHT_RATIO
        if lit and look.unlike < LIT_UNLIKE:
            if look.unlike >= LIT_WEAK and lone >= LIT_LONE and lost >= LOST.strong:
                yield Hint(at_s, "jump-cut", "frame-jump", "content", False, 2 + lost)
            continue
        if look.strong:
            yield Hint(at_s, "jump-cut", "frame-jump", "content", True, 2 + lost)
            yield Hint(at_s, "jump-cut", "tracks-lost", "geometry", True, 1 + lost)
        elif look.weak or (look.untracked and not lit):
            yield Hint(at_s, "jump-cut", "frame-jump", "content", False, 2 + lost)
        elif _stands_alone(changes, closeup, lone, look.sides) and not lit:
            yield Hint(at_s, "jump-cut", "lone-step", "content", False, 1.5)
        beyond = _displaced(closeup)
        if beyond >= DISPLACED and lone >= DISPLACED_LONE and closeup.returns_ncc < RETURNS and closeup.at.agree > 0.2:
            yield Hint(at_s, "jump-cut", "camera-jump", "geometry", False, 1 + beyond)


def _elsewhere(changes: PictureChanges) -> Iterator[Hint]:
    for place in changes.elsewhere:
        if place.apart - max(0.0, place.returns_ncc) / 2 >= ELSEWHERE:
            yield Hint(place.at_s, "jump-cut", "other-scene", "content", False, 1 + place.apart)


def _sudden(changes: PictureChanges, index: int, open_before: bool) -> bool:
    """Whether nothing before, or after, announces that the lens is covered, or freed, at this step."""
    near, far = (index - 1, index - 2) if open_before else (index, index + 1)
    level = 0 <= far < len(changes.light) and _ratio(changes.light[near], changes.light[far]) <= SUDDEN_LEVEL
    return level and lone_step(changes.step, index) >= SUDDEN_LONE


def _stands_alone(changes: PictureChanges, closeup: Closeup, lone: float, sides: float) -> bool:
    large = changes.step[closeup.index] >= LONE_STEP
    return lone >= LONE_ALONE and large and closeup.returns_ncc < LONE_RETURNS and sides >= STEADY


def _near(blind: tuple[Blind, ...], at_s: float, margin_s: float) -> bool:
    return any(span.from_s - margin_s <= at_s <= span.to_s + margin_s for span in blind)


def _usable(changes: PictureChanges, index: int) -> bool:
    low, high = USABLE_LIGHT
    return low <= changes.light[index] <= high and changes.spread[index] >= USABLE_SPREAD


def _ratio(one: float, two: float) -> float:
    return (max(one, two) + 8) / (min(one, two) + 8)


def _displaced(closeup: Closeup) -> float:
    """Move at the step beyond the expected one and beyond twice its neighbours' own disagreement."""
    before, at, after = closeup.before.move, closeup.at.move, closeup.after.move
    expected = (before[0] + after[0]) / 2, (before[1] + after[1]) / 2
    beyond = hypot(at[0] - expected[0], at[1] - expected[1])
    usual = max(hypot(*before), hypot(*after), hypot(before[0] - after[0], before[1] - after[1]))
    return beyond - 1.5 * usual


def _mixes(changes: PictureChanges, blind: tuple[Blind, ...]) -> Iterator[Hint]:
    for mix in changes.mixes:
        if _near(blind, mix.from_s, 0.2) or _near(blind, mix.to_s, 0.2):
            continue
        shared = min(mix.edges[:2])
        both = shared >= MIX_EDGES and shared - mix.edges[2] >= MIX_BOTH
        gone = both and mix.across.agree <= MIX_AGREE
        if mix.fit >= MIX_FIT and mix.ends_ncc <= MIX_ENDS and mix.rising >= MIX_RISING and gone:
            middle = (mix.from_s + mix.to_s) / 2
            yield Hint(middle, "dissolve", "blend", "content", False, 1 + mix.fit, mix.to_s)


def _copies(changes: PictureChanges, blind: tuple[Blind, ...]) -> Iterator[Hint]:
    for repeat in changes.repeats:
        if _near(blind, repeat.at_s, 0.6) or _still(changes, repeat.at_s):
            continue
        point = TURN_LIKENESS if repeat.backwards else COPY_LIKENESS
        if repeat.likeness <= point.weak:
            kind, signal = ("reverse", "mirrored-frames") if repeat.backwards else ("loop", "repeated-frames")
            strong = repeat.likeness <= point.strong
            yield Hint(repeat.at_s, kind, signal, "copy", strong, 3 - repeat.likeness)


def _still(changes: PictureChanges, at_s: float) -> bool:
    """Hardly anything moves within 0.2 s: pictures that stand still repeat themselves in either direction."""
    steps = [step for step, moment in zip(changes.step, changes.at_s, strict=True) if abs(moment - at_s) <= 0.2]
    return not steps or median(steps) < MOVING_STEP


def _frozen(changes: PictureChanges) -> Iterator[Hint]:
    """Duplicates in a row between moving pictures."""
    count = len(changes.at_s)
    begin = None
    for index in range(1, count + 1):
        if index < count and changes.step[index] <= FROZEN_STEP and changes.step_max[index] <= 4:
            begin = index if begin is None else begin
            continue
        if begin is not None and begin > 4 and index < count - 4:
            length = changes.at_s[index - 1] - changes.at_s[begin - 1]
            around = (*changes.step[max(1, begin - 6) : begin], *changes.step[index : index + 6])
            if length >= FROZEN_S and median(around) >= MOVING_STEP and changes.light[begin] > USABLE_LIGHT[0]:
                yield Hint(changes.at_s[begin], "freeze", "frozen-frames", "copy", False, 4, changes.at_s[index - 1])
        begin = None


def _black(changes: PictureChanges) -> Iterator[Hint]:
    """A dark interval that is flat as no lens is, and begins and ends from one frame to the next."""
    dark = [light < 19 and spread < 0.6 for light, spread in zip(changes.light, changes.spread, strict=True)]
    for span in _runs(changes, dark, BLACK_S, "black"):
        first, last = changes.at_s.index(span.from_s), changes.at_s.index(span.to_s)
        if first < 2 or last > len(changes.at_s) - 3:
            continue
        sudden = all(
            _ratio(changes.light[inside], changes.light[outside]) > 1.5
            and _ratio(changes.light[outside], changes.light[beyond]) < 1.2
            for inside, outside, beyond in ((first, first - 1, first - 2), (last, last + 1, last + 2))
        )
        if sudden:
            yield Hint(span.from_s, "black-insert", "flat-black", "content", False, 2, span.to_s)


def _timeline(packets: PacketSignals) -> Iterator[Hint]:
    for gap in packets.gaps:
        if gap.step_s - gap.usual_s >= GAP_S.weak:
            strong = gap.step_s >= GAP_S.strong
            yield Hint(gap.at_s, "dropped", "pts-gap", "timeline", strong, 1.5)
    if packets.steady > 0.97 and len(packets.early_keys) <= 8:
        for key in packets.early_keys:
            if abs(key.step_s - packets.frame_s) > OFF_GRID * packets.frame_s:
                yield Hint(key.at_s, "join", "key-off-grid", "timeline", True, 1.4)
    if packets.sound_steady > 0.97:
        odd = [gap for gap in packets.sound_gaps if abs(gap.step_s - gap.usual_s) > max(0.25 * gap.usual_s, 0.004)]
        if 0 < len(odd) <= 4:
            for gap in odd:
                yield Hint(gap.at_s, "join", "sound-spacing", "timeline", True, 1.2)


def blind_intervals(changes: PictureChanges) -> tuple[Blind, ...]:
    """Where nothing can be seen: dark or covered for COVERED_S, blurred away for BLURRED_S."""
    if len(changes.at_s) < 3:
        return ()
    usual = median(changes.detail)
    covered = [
        light < 26 or spread < 4.0 or (spread < 12 and detail < 0.12 * usual)
        for light, spread, detail in zip(changes.light, changes.spread, changes.detail, strict=True)
    ]
    blurred = [detail < 0.3 * usual and not dark for detail, dark in zip(changes.detail, covered, strict=True)]
    found = [*_runs(changes, covered, COVERED_S, "covered"), *_runs(changes, blurred, BLURRED_S, "blurred")]
    return tuple(sorted(found, key=lambda span: span.from_s))


def _runs(changes: PictureChanges, marked: list[bool], least_s: float, cause: str) -> Iterator[Blind]:
    begin = None
    for index in range(len(marked) + 1):
        if index < len(marked) and marked[index]:
            begin = index if begin is None else begin
        elif begin is not None:
            if changes.at_s[index - 1] - changes.at_s[begin] >= least_s:
                yield Blind(changes.at_s[begin], changes.at_s[index - 1], cause)
            begin = None


def may_be_copy(packets: PacketSignals) -> tuple[str, ...]:
    """Signs of re-writing: information for a person, never a signal (chats and players rewrite honest files too)."""
    found = [f"encoder {maker}" for maker in packets.makers if maker.startswith(("Lavf", "Lavc", "HandBrake"))]
    if packets.edits > 2:
        found.append(f"{packets.edits} edit-list entries")
    return tuple(found)
