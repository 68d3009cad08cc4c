"""The container of one video: brand, streams, sizes, timestamps, tags. From packets; one frame is decoded."""

from __future__ import annotations

from pathlib import Path

from evidence_kit.records import dataclass
from evidence_kit.sensors.footage import Footage
from evidence_kit.wiring import sensor


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


MAX_TAGS = 200
MAX_TAG_CHARS = 500
_BRANDS = {"qt": "mov", "M4A": "m4a", "M4B": "m4a", "F4V": "f4v", "heic": "heif", "heix": "heif"}
_BRANDS |= {"mif1": "heif", "avif": "avif", "avis": "avif"}
_DEMUXERS = {"mpeg": "mpegps", "live_flv": "flv", "asf_o": "asf"}


@sensor(on="video", version="1", packages=("av",))
def video_header(footage: Footage) -> VideoHeader:
    """What the file says of itself, and whether its first frame can be shown.

    Raises CannotOpen where no demuxer takes the file, LimitReached where one frame is too large to decode.
    """
    import numpy as np

    facts = footage.container
    video = facts.video
    table = footage.packets
    last_end = median = p99 = None
    if table is not None and len(table):
        stamps = table.pts_s if np.isfinite(table.pts_s).any() else table.dts_s
        ends = stamps + table.duration_s
        if np.isfinite(ends).any():
            last_end = float(np.nanmax(ends))
        steps = np.diff(np.unique(stamps[np.isfinite(stamps)]))
        if len(steps):
            median, p99 = float(np.median(steps)), float(np.percentile(steps, 99))
    rotation, size = footage.first or (0, None)
    width, height = size or ((video.width, video.height) if video else (0, 0))
    return VideoHeader(
        container=_container(footage),
        video_codec=video.codec if video else None,
        width=width,
        height=height,
        rotation_deg=rotation,
        duration_s=_duration(footage),
        last_frame_end_s=last_end,
        frames=len(table) if table is not None else 0,
        frame_s_median=median,
        frame_s_p99=p99,
        audio=facts.sound is not None,
        first_frame_decodes=size is not None,
        tags=tuple((name[:MAX_TAG_CHARS], value[:MAX_TAG_CHARS]) for name, value in facts.tags[:MAX_TAGS]),
        truncated=_truncated(footage),
    )


def _container(footage: Footage) -> str:
    demuxer = footage.container.demuxer
    names = demuxer.split(",")
    if "mp4" in names:
        brand = footage.iso.brand if footage.iso else None
        if brand is None:
            return "mov"
        if brand.upper().startswith("M4V"):
            return "m4v"
        if brand.startswith(("3gp", "3gr", "3gs", "3ge", "3gg", "3g2")):
            return "3gp"
        return _BRANDS.get(brand, "mp4")
    if "matroska" in names:
        with Path(footage.path).open("rb") as stream:
            head = stream.read(96)
        return "webm" if b"webm" in head[:64] else "matroska"
    return _DEMUXERS.get(names[0], names[0])


def _duration(footage: Footage) -> float | None:
    iso = footage.iso
    if iso is not None and iso.length_s is not None:
        return iso.length_s
    return footage.container.duration_s


def _truncated(footage: Footage) -> bool:
    """More is promised than the file holds: by box sizes, by the RIFF size, or by the count of frames."""
    iso, video, table = footage.iso, footage.container.video, footage.packets
    if iso is not None:
        missing = video is not None and table is not None and len(table) < 0.98 * video.stated_frames - 2
        return iso.truncated or missing
    with Path(footage.path).open("rb") as stream:
        head = stream.read(8)
        total = stream.seek(0, 2)
    if head[:4] == b"RIFF":
        return int.from_bytes(head[4:8], "little") + 8 > total + 1
    return table is not None and not table.complete
