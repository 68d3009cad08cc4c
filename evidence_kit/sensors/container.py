"""What stands in a video file beside its pictures: its container's facts and the tables of its packets.

One opening gives both, because the library decodes a few frames for each. The reader is PyAV (docs/decisions/0005).
Importing this module loads neither PyAV nor NumPy.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors import CannotOpen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,asf,avi,flv,live_flv,rm,mpegts,mpeg,ogg,dv,mxf,nut,ivf,"
    "h264,hevc,m4v,mpegvideo,obu,wav,mp3,aac,amr,flac"
)
"""The only demuxers that may open a file. Play lists and concat scripts, which open other files, may not."""

_FRESH = {
    "h264": (0, 31, frozenset({5}), frozenset(range(1, 6))),
    "hevc": (1, 63, frozenset({19, 20, 21}), frozenset(range(32))),
}
"""Where a unit's first byte says its kind (shift, mask); pictures with which a stream begins anew; all pictures."""


@dataclass(frozen=True, slots=True)
class PacketTable:
    """The packets of one stream, in file order; ``n`` rows each, presentation seconds (NaN: not stated)."""

    pts_s: NDArray[np.float64]
    dts_s: NDArray[np.float64]
    duration_s: NDArray[np.float64]
    size: NDArray[np.int64]
    key: NDArray[np.bool_]
    complete: bool
    """False where the file broke off with an error or a limit stopped the reading."""

    def __len__(self) -> int:
        return len(self.size)


@dataclass(frozen=True, slots=True)
class StreamFacts:
    index: int
    codec: str | None
    """FFmpeg's codec name; None where no decoder is known."""
    width: int
    height: int
    mean_rate: float | None
    stated_frames: int
    rate_hz: int
    """Samples a second of a sound stream, else 0."""


@dataclass(frozen=True, slots=True)
class ContainerFacts:
    """What the demuxer says when it opens the file."""

    demuxer: str
    duration_s: float | None
    start_s: float | None
    tags: tuple[tuple[str, str], ...]
    video: StreamFacts | None
    sound: StreamFacts | None
    streams: tuple[str, ...]
    """Kind of every stream: video, audio, data, subtitle."""


def open_container(path: str) -> Any:
    """The file as PyAV opens it. Raises CannotOpen."""
    import av

    try:
        return av.open(path, options={"format_whitelist": DEMUXERS}, metadata_errors="replace")
    except (av_error(), OSError, ValueError) as error:
        raise CannotOpen(f"no demuxer opens the file ({type(error).__name__})") from error


def av_error() -> type[Exception]:
    """What PyAV raises where FFmpeg fails."""
    import av

    return av.error.FFmpegError


def packet_tables(opened: Any, facts: ContainerFacts, most: int) -> dict[int, PacketTable]:
    """Packets of the first real video and of the first sound stream by index, ``most`` of both together."""
    import numpy as np

    rows = {
        stream.index: (array("d"), array("d"), array("d"), array("q"), array("b"))
        for stream in (facts.video, facts.sound)
        if stream
    }
    nan, origin = float("nan"), origin_s(facts)
    left, complete = most, True
    wanted = [opened.streams[index] for index in rows]
    # A fraction made anew for every packet and frame is a hundredth of the whole pass.
    bases = {stream.index: float(stream.time_base or 0) for stream in wanted}
    packets = opened.demux(wanted) if wanted else iter(())
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            break
        except (av_error(), OSError, ValueError):
            complete = False
            break
        if not packet.size:
            continue
        if left == 0:
            complete = False
            break
        left -= 1
        base = bases[packet.stream_index]
        pts, dts, durations, sizes, keys = rows[packet.stream_index]
        pts.append(packet.pts * base - origin if packet.pts is not None else nan)
        dts.append(packet.dts * base - origin if packet.dts is not None else nan)
        durations.append((packet.duration or 0) * base)
        sizes.append(packet.size)
        keys.append(packet.is_keyframe)
    return {
        index: PacketTable(
            np.array(pts, np.float64),
            np.array(dts, np.float64),
            np.array(durations, np.float64),
            np.array(sizes, np.int64),
            np.array(keys, np.bool_),
            complete,
        )
        for index, (pts, dts, durations, sizes, keys) in rows.items()
    }


def begins_anew(packet: Any, context: Any) -> bool:
    """Whether no frame from this packet on is made from one before it, by the stream's own words (not the container's).

    Told of H.264 and HEVC with lengths before the units, as MP4, MOV, MKV and FLV have it, in which frames stand in the
    order in which they are shown: all pictures of the packet are instantaneous refreshes or, HEVC, clean random
    accesses, which then have no leading pictures (ITU-T H.264 table 7-1, H.265 table 7-1).
    """
    if context.has_b_frames or context.name not in _FRESH:
        return False
    shift, mask, fresh, pictures = _FRESH[context.name]
    content, at = memoryview(packet), 0
    kinds = set()
    while at + 5 <= len(content):
        kinds.add(content[at + 4] >> shift & mask)
        at += 4 + int.from_bytes(content[at : at + 4], "big")
    kinds &= pictures
    return at == len(content) and bool(kinds) and kinds <= fresh


def _first(opened: Any, kind: str) -> Any:
    """The first stream of a kind; a cover picture counts as video only where there is nothing else."""
    found = [stream for stream in opened.streams if stream.type == kind and stream.codec_context is not None]
    moving = [stream for stream in found if not int(stream.disposition) & 0x400]
    return (moving or found or [None])[0]


def container_facts(opened: Any) -> ContainerFacts:
    video, sound = _first(opened, "video"), _first(opened, "audio")
    tags = dict(opened.metadata)
    for stream in (video, sound):
        for name, value in stream.metadata.items() if stream is not None else ():
            tags.setdefault(f"{stream.type}:{name}", value)
    return ContainerFacts(
        demuxer=opened.format.name,
        duration_s=opened.duration / 1e6 if opened.duration and opened.duration > 0 else None,
        start_s=opened.start_time / 1e6 if opened.start_time is not None else None,
        tags=tuple(sorted((str(name), str(value)) for name, value in tags.items())),
        video=_facts(video),
        sound=_facts(sound),
        streams=tuple(stream.type for stream in opened.streams),
    )


def origin_s(facts: ContainerFacts) -> float:
    """Seconds that are taken from every time stamp, so that the video begins at about 0.

    Transport and program streams start anywhere; an MP4 timeline starts at 0 (a late first frame is a
    delayed start), except in a lone fragment, which keeps the time of the broadcast it was taken from.
    """
    start = facts.start_s or 0.0
    if "mp4" in facts.demuxer.split(","):
        return start if start > max(60.0, facts.duration_s or 0.0) else 0.0
    return start


def _facts(stream: Any) -> StreamFacts | None:
    if stream is None:
        return None
    context = stream.codec_context
    rate = getattr(stream, "average_rate", None)
    return StreamFacts(
        index=stream.index,
        codec=context.codec.canonical_name,
        width=int(getattr(context, "width", 0) or 0),
        height=int(getattr(context, "height", 0) or 0),
        mean_rate=float(rate) if rate else None,
        stated_frames=int(stream.frames or 0),
        rate_hz=int(getattr(context, "sample_rate", 0) or 0),
    )
