"""Bar codes in a video, read while its frames are decoded for the comparison of pictures.

A label is held to the camera for a second or more, so looking at every frame buys nothing; what is looked at is
looked at in full size (label_frames.py). Raw: what a text means is for the facts to say.
"""

from __future__ import annotations

from evidence_kit.records import dataclass
from evidence_kit.schema import Unknown
from evidence_kit.sensors.codes import BarcodeEngine
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.label_frames import LabelFrames, MomentCodes
from evidence_kit.sensors.picture_changes import PictureChanges
from evidence_kit.wiring import sensor

__all__ = ["FrameCodes", "MomentCodes", "frame_codes"]


@dataclass(frozen=True, slots=True)
class FrameCodes:
    moments: tuple[MomentCodes, ...] = ()
    """Frames on which codes were seen; where none was, the best unread ones. In order of time."""
    examined: int = 0
    """Frames looked at in full size."""


@sensor(on="video", version="5", packages=("av", "zxing-cpp", "opencv-python-headless"))
def frame_codes(footage: Footage, changes: PictureChanges | Unknown, *, barcode: BarcodeEngine = "zxing") -> FrameCodes:
    """Codes of chosen frames. Raises CannotOpen, LimitReached, EngineMissing.

    ``changes`` is asked for because it decodes the file; where it came from the cache, or another engine shall read,
    a pass of its own is made.
    """
    del changes
    labels = footage.labels if barcode == "zxing" else LabelFrames(barcode)
    if not labels.begun:
        for frame in footage.frames(skip_loop_filter=True, every=footage.look_every):
            if labels is not footage.labels:
                labels.see(frame)
    return FrameCodes(labels.finish(), labels.examined)
