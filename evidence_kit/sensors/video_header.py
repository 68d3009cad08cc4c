"""The container of one video: brand, streams, sizes, timestamps, tags. From packets; no pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VideoHeader:
    """What container and packets say. Seconds are presentation time."""

    container: str
    """By content and brand: mp4, mov, m4v, 3gp, asf, avi, flv, rm, matroska, webm, mpegts, mpegps, ..."""
    video_codec: str | None
    """FFmpeg's codec name; None where no video stream is there or no decoder is known."""
    width: int
    height: int
    rotation_deg: int
    """Clockwise turn that shows the picture upright: 0, 90, 180 or 270."""
    duration_s: float | None
    """The container's own word."""
    last_frame_end_s: float | None
    """End of the last frame by its timestamp, from the packets."""
    frames: int
    """Video packets."""
    frame_s_median: float | None
    frame_s_p99: float | None
    audio: bool
    first_frame_decodes: bool
    """The first frame, and nothing else, was decoded to know that the platform can show it."""
    tags: tuple[tuple[str, str], ...] = ()
    """Container and stream tags, e.g. creation_time, com.apple.quicktime.creationdate, encoder."""
    truncated: bool = False
    """The container promises more than the file holds."""
