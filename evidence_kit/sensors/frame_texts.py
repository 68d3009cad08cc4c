"""Printed numbers in a video: a few sharp frames in full size, those with bars first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.frame_codes import FrameCodes, MomentCodes
from evidence_kit.sensors.page_text import PageText, TextEngine
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

MOST_FRAMES = 3
"""Frames read at most: print must agree on two of them, and reading one costs as much as decoding two seconds. Where
the likeliest has no line at all the others are not read."""
AROUND = 0.8
"""Print is sought around the bars, so far to every side, in lengths of the bars: the label, and little else."""


EDGE = 1280
"""Long edge in pixels at which lines are searched for: print of a frame that is lost at it cannot be read at all."""


@dataclass(frozen=True, slots=True)
class MomentText:
    at_s: float
    page: PageText


@dataclass(frozen=True, slots=True)
class FrameTexts:
    moments: tuple[MomentText, ...] = ()


@sensor(on="video", version="4", packages=("av", "onnxruntime", "rapidocr", "opencv-python-headless"))
def frame_texts(footage: Footage, codes: FrameCodes, *, ocr: TextEngine = "rapid") -> FrameTexts:
    """Lines of chosen frames. Raises CannotOpen, LimitReached, EngineMissing."""
    chosen = choose(codes.moments)
    read = _read(footage, chosen[:1], ocr)
    if any(moment.page.lines for moment in read):
        read += _read(footage, chosen[1:], ocr)
    return FrameTexts(tuple(sorted(read, key=lambda moment: moment.at_s)))


def _read(footage: Footage, chosen: list[MomentCodes], ocr: TextEngine) -> list[MomentText]:
    """What stands on these frames, in order of time."""
    chosen = sorted(chosen, key=lambda moment: moment.at_s)
    return [
        MomentText(moment.at_s, _lines(luma, moment, ocr))
        for moment, luma in zip(chosen, _pictures(footage, chosen), strict=False)
    ]


def _pictures(footage: Footage, chosen: list[MomentCodes]) -> Iterator[NDArray[np.uint8]]:
    """The frames that the pass has kept; decoded again where it was not made in this run."""
    held = [footage.labels.luma_at(moment.at_s) for moment in chosen]
    again = footage.at([moment.at_s for moment, luma in zip(chosen, held, strict=True) if luma is None])
    for luma in held:
        if luma is not None:
            yield luma
        else:
            frame = next(again, None)
            if frame is None:
                return
            yield frame.luma()


def _lines(luma: NDArray[np.uint8], moment: MomentCodes, ocr: TextEngine) -> PageText:
    """Lines around the bars of one frame; of the whole frame where none stand."""
    from evidence_kit.sensors.number_lines import read_area

    return PageText(tuple(read_area(luma, _around(moment, luma.shape), edge=EDGE, engine=ocr)), ocr)


def _around(moment: MomentCodes, shape: tuple[int, ...]) -> Any:
    """Corners (pixels) of the upright box about all bars, enlarged by AROUND; of the frame without bars."""
    height, width = shape
    points = [(x * width, y * height) for area in moment.codes.unread for x, y in area.quad]
    if not points:
        return (0.0, 0.0), (width - 1.0, 0.0), (width - 1.0, height - 1.0), (0.0, height - 1.0)
    reach = AROUND * max(area.across_px for area in moment.codes.unread)
    left, top = (max(0.0, min(point[axis] for point in points) - reach) for axis in (0, 1))
    right = min(width - 1.0, max(x for x, _ in points) + reach)
    bottom = min(height - 1.0, max(y for _, y in points) + reach)
    return (left, top), (right, top), (right, bottom), (left, bottom)


def choose(moments: tuple[MomentCodes, ...]) -> list[MomentCodes]:
    """The moments worth reading: with bars before without, sharp before soft."""
    ranked = sorted(moments, key=lambda entry: (not entry.codes.unread, -entry.sharpness, entry.at_s))
    return ranked[:MOST_FRAMES]
