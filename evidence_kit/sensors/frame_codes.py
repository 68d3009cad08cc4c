"""Bar codes in a video: key frames first, one look a second where those are rare, until a code has shown often.

A label is held to the camera for a second or more, so looking at every frame buys nothing; what is looked at is
looked at in full size. Raw: what a text means is for the facts to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence_kit.sensors.codes import BarcodeEngine, Codes, read_codes
from evidence_kit.sensors.footage import Footage
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evidence_kit.sensors.footage import Frame

MOST_FRAMES = 900
"""Frames examined at most: ten minutes at a key frame a second, and half as many again."""
STEP_S = 1.0
"""Between looks where key frames are rarer than that."""
MOST_STEPS = 240
"""Looks beside the key frames at most."""
OFTEN = 3
"""A linear code seen in so many frames ends the search."""
MIN_TEXT = 10
"""Shorter texts are no waybill numbers (rules 1e.16) and end no search."""
VIEW_EDGE = 480
"""Long edge in pixels of the view that sharpness is taken from."""


@dataclass(frozen=True, slots=True)
class MomentCodes:
    """What one frame reads."""

    at_s: float
    sharpness: float
    """Variance of the Laplacian at VIEW_EDGE, grey levels squared: compares frames of one video only."""
    codes: Codes


@dataclass(frozen=True, slots=True)
class FrameCodes:
    moments: tuple[MomentCodes, ...] = ()
    """Frames on which bars or codes were seen, and the sharpest others, in order of time."""
    examined: int = 0


@sensor(on="video", version="1", packages=("av", "zxing-cpp", "opencv-python-headless"))
def frame_codes(footage: Footage, *, barcode: BarcodeEngine = "zxing") -> FrameCodes:
    """Codes of chosen frames. Raises CannotOpen, LimitReached, EngineMissing."""
    times: dict[str, int] = {}
    kept: list[MomentCodes] = []
    examined = 0
    for frame in _looks(footage):
        examined += 1
        luma = frame.luma()
        moment = MomentCodes(round(frame.at_s, 3), _sharpness(frame), read_codes(luma, engine=barcode, closely=False))
        kept.append(moment)
        for code in moment.codes.seen:
            if len(code.text) >= MIN_TEXT and code.symbology.startswith(("CODE", "ITF")):
                times[code.text] = times.get(code.text, 0) + 1
        if examined >= MOST_FRAMES or any(count >= OFTEN for count in times.values()):
            break
    return FrameCodes(_worth_keeping(kept), examined)


def _looks(footage: Footage) -> Iterator[Frame]:
    """Key frames; then moments between them where they stand more than STEP_S apart."""
    keys = []
    for frame in footage.frames(only_keys=True):
        keys.append(frame.at_s)
        yield frame
    table = footage.packets
    if table is None or not len(table):
        return
    end_s = float(table.pts_s.max())
    wanted: list[float] = []
    for begin, end in zip(keys, [*keys[1:], end_s], strict=False):
        steps = int((end - begin) / STEP_S)
        wanted += [begin + (end - begin) * (step + 1) / (steps + 1) for step in range(steps)]
    if len(wanted) > MOST_STEPS:
        wanted = [wanted[place * len(wanted) // MOST_STEPS] for place in range(MOST_STEPS)]
    yield from footage.at(wanted)


def _sharpness(frame: Frame) -> float:
    import cv2

    return round(float(cv2.Laplacian(frame.luma(VIEW_EDGE), cv2.CV_32F).var()), 3)


def _worth_keeping(moments: list[MomentCodes], most: int = 60) -> tuple[MomentCodes, ...]:
    """Frames with codes, then with bars, then the sharpest; at most ``most``, in order of time."""
    ranked = sorted(
        moments, key=lambda entry: (not entry.codes.seen, not entry.codes.unread, -entry.sharpness, entry.at_s)
    )
    return tuple(sorted(ranked[:most], key=lambda entry: entry.at_s))
