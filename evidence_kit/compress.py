"""A smaller copy of a video: within a size and a length, nothing cut but the end, the original untouched.

H.264 and AAC in MP4, which every platform of the card's list takes. Frames keep their moments, so that a copy of an
honest take is still one take; the picture is made smaller before its bit rate falls under LEAST_BITS. A copy is an
edit to whoever looks at tags, so the original is what counts and is kept (rules 1c-D).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any

from evidence_kit.records import dataclass
from evidence_kit.sensors import CannotOpen
from evidence_kit.sensors.container import open_container
from evidence_kit.sensors.footage import Footage

SHARE = 0.94
"""Of the size limit that the encoder is asked for; container and rate control take some."""
AGAIN = 0.85
"""Of the asked rate where a copy came out too large after all."""
TRIES = 4
SOUND_BITS = 64_000
LEAST_BITS = 0.05
"""Bits for each pixel of each frame; where fewer are left the picture shrinks, so that a label's print is not smeared.
A 10-minute 1080p30 film has 0.06 at 300 MB."""
EDGES = (3840, 2560, 1920, 1600, 1280, 960, 640)
"""Long edges that a smaller picture may have, in pixels."""
LOWEST_RATE = 60_000
CLOCK = Fraction(1, 90_000)

Progress = Callable[[float], None]
"""Called with the share done, 0..1."""


class CannotCompress(Exception):
    """There is no copy; the text says why."""


@dataclass(frozen=True, slots=True)
class SmallerCopy:
    path: Path
    bytes: int
    seconds: float
    size: tuple[int, int]
    """Width and height in pixels, upright."""
    frames: int
    shortened: bool
    """The end was left out, to come within the length."""


def compress(
    source: Path, target: Path, *, max_bytes: int, max_s: float, progress: Progress | None = None
) -> SmallerCopy:
    """Writes ``target`` (MP4, at most ``max_bytes`` and ``max_s`` seconds). Raises CannotCompress, LimitReached.

    ``target`` appears only when it is whole; an existing file is never replaced.
    """
    if target.exists():
        raise CannotCompress(f"{target} exists already")
    footage = Footage(str(source))
    try:
        if footage.container.video is None:
            raise CannotCompress(f"{source.name} has no picture")
        seconds = _length_s(footage)
    except CannotOpen as problem:
        raise CannotCompress(f"{source.name} cannot be read: {problem}") from problem
    kept_s = min(seconds, max_s)
    rate = SHARE * max_bytes * 8 / max(kept_s, 0.5) - (SOUND_BITS if footage.container.sound else 0)
    part = target.with_name(target.name + ".part")
    try:
        for _ in range(TRIES):
            if rate < LOWEST_RATE:
                raise CannotCompress(f"{seconds:.0f} s do not go into {max_bytes} bytes")
            copy = _written(footage, part, int(rate), kept_s, progress)
            if copy.bytes <= max_bytes:
                _put(part, target)
                return SmallerCopy(target, copy.bytes, copy.seconds, copy.size, copy.frames, seconds > max_s)
            rate *= AGAIN
    except OSError as problem:
        raise CannotCompress(f"{target}: {problem.strerror or problem}") from problem
    finally:
        part.unlink(missing_ok=True)
    raise CannotCompress(f"no copy of {source.name} came under {max_bytes} bytes")


def _put(part: Path, target: Path) -> None:
    """``part`` under the name ``target``, which no file may have."""
    try:
        os.link(part, target)  # unlike a rename it never replaces a file that has come meanwhile
    except FileExistsError:
        raise
    except OSError:  # a memory stick's file system has no links
        part.rename(target)


def _length_s(footage: Footage) -> float:
    """The larger of what the container says and where the last frame ends."""
    stated = footage.container.duration_s or 0.0
    table = footage.packets
    if table is None or not len(table):
        raise CannotOpen("no video packets")
    shown = [moment for moment in table.pts_s.tolist() if isfinite(moment)]
    return max(stated, max(shown, default=0.0) + footage.frame_s)


def picture_size(width: int, height: int, rate: float, frame_s: float) -> tuple[int, int]:
    """Width and height (even) at which ``rate`` bits a second leave LEAST_BITS for every pixel."""
    edge = max(width, height)
    fitting = [edge, *(smaller for smaller in EDGES if smaller < edge)]
    for chosen in fitting:
        scale = chosen / edge
        if rate * frame_s / (width * height * scale**2) >= LEAST_BITS:
            break
    return (max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2))


def _written(footage: Footage, part: Path, rate: int, kept_s: float, progress: Progress | None) -> SmallerCopy:
    import av

    frames, size, last_s, last_pts = 0, (0, 0), 0.0, -1
    with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart+use_metadata_tags"}) as out:
        for name, value in footage.container.tags:
            if name.rpartition(":")[2] in ("creation_time", "com.apple.quicktime.creationdate"):
                out.metadata.setdefault(name.rpartition(":")[2], value)
        video: Any = None
        sound = _Sound(footage, out)
        for frame in footage.frames():
            if frame.at_s >= kept_s:
                break
            if video is None:
                size = picture_size(*frame.size, rate, footage.frame_s)
                video = _picture_stream(out, size, rate, footage.frame_s)
            picture = av.VideoFrame.from_ndarray(frame.colour(max(size)), format="rgb24")
            picture = picture.reformat(*size, format="yuv420p")
            last_pts = max(last_pts + 1, round(frame.at_s / CLOCK))
            picture.pts, picture.time_base = last_pts, CLOCK
            out.mux(video.encode(picture))
            sound.until(frame.at_s)
            frames, last_s = frames + 1, frame.at_s
            if progress is not None and frames % 30 == 0:
                progress(min(1.0, frame.at_s / kept_s))
        if video is None:
            raise CannotCompress("no frame can be decoded")
        out.mux(video.encode(None))
        sound.until(kept_s)
        sound.close()
    return SmallerCopy(part, part.stat().st_size, last_s + footage.frame_s, size, frames, False)


def _picture_stream(out: Any, size: tuple[int, int], rate: int, frame_s: float) -> Any:
    fps = Fraction(1 / max(frame_s, 1 / 240)).limit_denominator(1001)
    video = out.add_stream("libx264", rate=fps)
    video.width, video.height = size
    video.pix_fmt = "yuv420p"
    video.codec_context.time_base = CLOCK
    video.bit_rate = rate
    video.codec_context.options = {"preset": "veryfast", "maxrate": str(rate), "bufsize": str(2 * rate)}
    return video


class _Sound:
    """The sound track, encoded again as AAC, written up to where the picture is."""

    def __init__(self, footage: Footage, out: Any) -> None:
        import av

        self.out, self.stream, self.opened = out, None, None
        facts = footage.container.sound
        if facts is None:
            return
        self.opened = open_container(footage.path)
        self.stream = out.add_stream("aac", rate=48_000, layout="mono")
        self.stream.bit_rate = SOUND_BITS
        self.resampler = av.AudioResampler(format="fltp", layout="mono", rate=48_000)
        self.frames = self._frames(facts.index, footage.origin_s)
        self.waiting: tuple[float, Any] | None = next(self.frames, None)

    def _frames(self, index: int, origin_s: float) -> Iterator[tuple[float, Any]]:
        import av

        assert self.opened is not None
        packets = self.opened.demux(self.opened.streams[index])
        while True:
            try:
                decoded = next(packets).decode()
            except StopIteration:
                return
            except (av.error.FFmpegError, OSError, ValueError):
                return  # broken sound ends here; the picture goes on
            for heard in decoded:
                assert isinstance(heard, av.AudioFrame)
                at_s = float(heard.time or 0.0) - origin_s
                for made in self.resampler.resample(heard):
                    yield at_s, made

    def until(self, at_s: float) -> None:
        while self.stream is not None and self.waiting is not None and self.waiting[0] <= at_s:
            self.out.mux(self.stream.encode(self.waiting[1]))
            self.waiting = next(self.frames, None)

    def close(self) -> None:
        if self.stream is not None and self.opened is not None:
            self.out.mux(self.stream.encode(None))
            self.opened.close()
