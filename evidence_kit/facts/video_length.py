"""How long does one video run?"""

from __future__ import annotations

from evidence_kit.records import dataclass
from evidence_kit.sensors.video_header import VideoHeader
from evidence_kit.wiring import fact


@dataclass(frozen=True, slots=True)
class VideoLength:
    """Both readings of the length in seconds (rules 1c-D): players and platforms differ in which they trust."""

    stated_s: float | None
    """The container's own word."""
    last_frame_end_s: float | None


@fact(on="video")
def video_length(header: VideoHeader) -> VideoLength:
    return VideoLength(header.duration_s, header.last_frame_end_s)
