"""Printed numbers in a video: a few sharp frames in full size, those with bars first."""

from __future__ import annotations

from dataclasses import dataclass

from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.frame_codes import FrameCodes, MomentCodes
from evidence_kit.sensors.page_text import PageText, TextEngine, read_page
from evidence_kit.wiring import sensor

MOST_FRAMES = 8
"""Frames read at most: reading one costs as much as decoding half a minute."""
APART_S = 0.4
"""Two frames nearer than that say the same thing twice."""


@dataclass(frozen=True, slots=True)
class MomentText:
    at_s: float
    page: PageText


@dataclass(frozen=True, slots=True)
class FrameTexts:
    moments: tuple[MomentText, ...] = ()


@sensor(on="video", version="1", packages=("av", "onnxruntime", "rapidocr", "opencv-python-headless"))
def frame_texts(footage: Footage, codes: FrameCodes, *, ocr: TextEngine = "rapid") -> FrameTexts:
    """Lines of chosen frames. Raises CannotOpen, LimitReached, EngineMissing."""
    times = choose(codes.moments)
    found = [MomentText(round(frame.at_s, 3), read_page(frame.luma(), engine=ocr)) for frame in footage.at(times)]
    return FrameTexts(tuple(found))


def choose(moments: tuple[MomentCodes, ...]) -> list[float]:
    """The moments worth reading: with bars before without, sharp before soft, never two of one instant; sorted."""
    ranked = sorted(moments, key=lambda entry: (not entry.codes.unread, -entry.sharpness, entry.at_s))
    chosen: list[float] = []
    for entry in ranked:
        if len(chosen) == MOST_FRAMES:
            break
        if all(abs(entry.at_s - other) >= APART_S for other in chosen):
            chosen.append(entry.at_s)
    return sorted(chosen)
