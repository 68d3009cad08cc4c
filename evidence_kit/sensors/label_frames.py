"""Labels in a video, watched while another sensor's pass decodes it: no decode is for them alone.

Of every third of a second the sharpest frame is looked at: where bars stand at a glance, and what they say, both in
full size. What cannot be read is kept, the few best frames of the video, for a closer look at the end. The frames are
those of a light pass, decoded without loop filter: how many numbers that costs is a figure of
benchmarks/video_waybill.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors.codes import BarcodeEngine, Codes, SeenCode, placed, read_codes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evidence_kit.sensors.footage import Frame

LOOK_S = 0.33
"""Between looks: a label that can be read on ten frames of 30 a second is met at least once."""
SETTLED_S = 1.0
"""Between looks once a number has been read OFTEN: another parcel's label would still be seen."""
OFTEN = 3
MIN_TEXT = 10
"""Shorter texts are no waybill numbers (rules 1e.16)."""
KEPT = 3
"""Unread frames with bars that are kept for the end; PLAIN of those without."""
PLAIN = 2
APART_S = 0.4
"""Two frames nearer than that show the same thing twice."""
CLOSE_FRAMES = 2
"""Kept frames whose bars are looked at closely (sensors/close_look.py)."""
MOST_MOMENTS = 60

GLANCE_EDGE = 1600
"""Pictures with a longer side are glanced at in half size."""
CELL = 4
LEAN = 6
"""Grey levels by which the change across bars exceeds the change along them, and COHERENT: as a share of both."""
COHERENT = 0.4
STANDING = 0.1
"""Where no larger share of the marked cells changes more down than across, bars are sought along rows only."""
MARGIN = 0.35
"""Of its extent, added about the bars on every side: the quiet zone, and ends that the glance missed."""


@dataclass(frozen=True, slots=True)
class MomentCodes:
    """What one frame reads."""

    at_s: float
    sharpness: float
    """Mean absolute Laplacian of the view: compares frames of one video only."""
    codes: Codes


@dataclass(frozen=True, slots=True)
class Kept:
    """A frame in which nothing could be read."""

    at_s: float
    detail: float
    bars: float
    """How much of the frame looks like bars, and how strongly; 0 where none stand."""
    luma: NDArray[np.uint8]
    box: tuple[int, int, int, int] | None
    """Around all bars that stand at a glance: left, top, right, bottom in pixels."""

    @property
    def rank(self) -> float:
        return (self.bars or 1.0) * self.detail


class LabelFrames:
    """Shown every frame of one pass, in order; ``finish`` gives what was read."""

    def __init__(self, engine: BarcodeEngine = "zxing") -> None:
        self.engine = engine
        self.begun = False
        self.examined = 0
        """Frames looked at in full size."""
        self.kept: list[Kept] = []
        self._plain: list[Kept] = []
        self._times: dict[str, int] = {}
        self._moments: list[MomentCodes] = []
        self._best: Frame | None = None
        self._since_s = 0.0
        self._done = False
        self._problem: Exception | None = None

    def see(self, frame: Frame) -> None:
        """Never raises: the pass is another sensor's; ``finish`` says what went wrong."""
        self.begun = True
        if self._problem is None:
            try:
                self._choose(frame)
            except Exception as problem:
                self._problem = problem

    def _choose(self, frame: Frame) -> None:
        if self._best is None:
            self._best, self._since_s = frame, frame.at_s
        elif not 0 <= frame.at_s - self._since_s < (SETTLED_S if self.settled else LOOK_S) - 1e-3:
            self._look(self._best)
            self._best, self._since_s = frame, frame.at_s
        elif frame.detail > self._best.detail:
            self._best = frame

    @property
    def settled(self) -> bool:
        """A number has been read often enough."""
        return any(count >= OFTEN for count in self._times.values())

    def finish(self) -> tuple[MomentCodes, ...]:
        """Moments with codes; where no number was read, those of the kept frames, looked at closely.

        Raises EngineMissing.
        """
        if self._problem is not None:
            raise self._problem
        if not self._done:
            self._done = True
            if self._best is not None:
                self._look(self._best)
            self._best = None
            if self._times:
                self.kept.clear()
                self._plain.clear()
            else:
                self._look_closely()
            del self._moments[MOST_MOMENTS:]
            self._moments.sort(key=lambda entry: entry.at_s)
        return tuple(self._moments)

    def luma_at(self, at_s: float) -> NDArray[np.uint8] | None:
        """The kept frame of a moment that ``finish`` gave."""
        return next((entry.luma for entry in self.kept if round(entry.at_s, 3) == at_s), None)

    def _look(self, frame: Frame) -> None:
        self.examined += 1
        luma = frame.luma()
        bars, box, standing = glance(luma)
        found = self._read(luma, box, standing) if box is not None else Codes(luma.shape[1], luma.shape[0])
        texts = {code.text for code in found.seen}
        if not texts:
            if not self._times:
                self._keep(Kept(frame.at_s, frame.detail, bars, luma, box))
            return
        if any(self._times.get(text, 0) < OFTEN for text in texts):
            whole = read_codes(luma, engine=self.engine, closely=False)
            both = whole if texts <= {code.text for code in whole.seen} else replace(found, unread=whole.unread)
            self._moments.append(MomentCodes(round(frame.at_s, 3), round(frame.detail, 3), both))
        for text in texts:
            self._times[text] = self._times.get(text, 0) + 1

    def _read(self, luma: NDArray[np.uint8], box: tuple[int, int, int, int], standing: bool) -> Codes:
        """Long linear codes inside ``box`` (left, top, right, bottom), whose bars all stand or lie as well."""
        from evidence_kit.sensors.engines.barcode import decode

        height, width = luma.shape
        left, top, right, bottom = box
        part = luma[top:bottom, left:right]
        found = decode(part, engine=self.engine, kinds="linear", upright=standing, downscale=False)
        seen = []
        for code in found:
            if len(code.text) >= MIN_TEXT and code.symbology.startswith(("CODE", "ITF")):
                a, b, c, d = (((x + left) / width, (y + top) / height) for x, y in code.corners)
                seen.append(SeenCode(code.text, code.symbology, (a, b, c, d), "half"))
        return Codes(width, height, tuple(seen), (), self.engine)

    def _keep(self, entry: Kept) -> None:
        held, most = (self.kept, KEPT) if entry.bars else (self._plain, PLAIN)
        near = [old for old in held if abs(old.at_s - entry.at_s) < APART_S]
        worst = near or (held if len(held) >= most else [])
        if worst:
            least = min(worst, key=lambda old: old.rank)
            if least.rank >= entry.rank:
                return
            held.remove(least)
        held.append(entry)

    def _look_closely(self) -> None:
        """What the kept frames say, those with the clearest bars closely."""
        self.kept.sort(key=lambda entry: -entry.rank)
        for place, entry in enumerate(self.kept):
            height, width = entry.luma.shape
            left, top, right, bottom = entry.box or (0, 0, width, height)
            part = entry.luma[top:bottom, left:right]
            found = placed(
                read_codes(part, engine=self.engine, closely=place < CLOSE_FRAMES), (left, top), width, height
            )
            self._moments.append(MomentCodes(round(entry.at_s, 3), round(entry.detail, 3), found))
        for entry in self._plain:
            bare = Codes(entry.luma.shape[1], entry.luma.shape[0], (), (), self.engine)
            self._moments.append(MomentCodes(round(entry.at_s, 3), round(entry.detail, 3), bare))
        self.kept += self._plain


def glance(luma: NDArray[np.uint8]) -> tuple[float, tuple[int, int, int, int] | None, bool]:
    """Where bars are in a grey picture (h, w): how much of it, the box about all of them or None, whether all stand.

    Bars change across and not along; the change is taken in four directions and averaged over cells, an eighth of the
    cost of ``bar_regions.find_bars``, which tells the areas apart.
    """
    import cv2
    import numpy as np

    height, width = luma.shape
    small: Any = luma
    if max(luma.shape) >= GLANCE_EDGE:
        small = cv2.resize(luma, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    if min(small.shape) < 8 * CELL:
        return 0.0, None, False
    grid = ((small.shape[1] - 1) // CELL, (small.shape[0] - 1) // CELL)
    wide, high = grid[0] * CELL, grid[1] * CELL

    def cells(one: Any, other: Any) -> Any:
        half = cv2.resize(cv2.absdiff(one, other), (wide // 2, high // 2), interpolation=cv2.INTER_AREA)
        return cv2.resize(half, grid, interpolation=cv2.INTER_AREA)

    # Whole cells, halved twice: OpenCV halves several times faster than it averages anything else.
    here, right = small[:high, :wide], small[:high, 1 : wide + 1]
    below, beyond = small[1 : high + 1, :wide], small[1 : high + 1, 1 : wide + 1]
    across, down, falling, rising = cells(right, here), cells(below, here), cells(beyond, here), cells(below, right)
    lean = cv2.max(cv2.absdiff(across, down), cv2.absdiff(falling, rising))
    mask = ((lean > LEAN) & (lean > COHERENT * cv2.add(across, down, dtype=cv2.CV_32F))).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    left, top, wide, high = cv2.boundingRect(mask)
    if not wide:
        return 0.0, None, False
    lying = cv2.countNonZero(cv2.bitwise_and(cv2.compare(down, across, cv2.CMP_GT), mask))
    scale = CELL * width / small.shape[1], CELL * height / small.shape[0]
    pad_x, pad_y = MARGIN * wide + 4, MARGIN * high + 4
    box = (
        max(0, int((left - pad_x) * scale[0])),
        max(0, int((top - pad_y) * scale[1])),
        min(width, int((left + wide + pad_x) * scale[0]) + 1),
        min(height, int((top + high + pad_y) * scale[1]) + 1),
    )
    marked = float(cv2.sumElems(cv2.bitwise_and(lean, lean, mask=mask))[0])
    return marked, box, lying <= STANDING * cv2.countNonZero(mask)
