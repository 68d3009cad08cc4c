"""Samples with a video. Expected outcomes follow the rules' text and how the clip is made, not a tool.

A clip is a hand-held look at one drawn scene: a window that wanders over a large picture, with sensor noise. It is
written by ffmpeg (through ffmpeg-python, with the program of imageio-ffmpeg), one thread, so that the same versions
give the same bytes.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.synth.photos import photo
from benchmarks.synth.presence_set import Event, eventful
from benchmarks.synth.unboxing import Show, Wish, shown_faces, take
from benchmarks.synth.unboxing_set import written
from samples.form import DAMAGED, Sample, bare, comes_to, finding, label, order

Frame = NDArray[np.uint8]
FPS = 10
COVER_S = 0.5
"""How long a hand takes to cover the lens."""


@dataclass(frozen=True)
class Clip:
    """One video file: which scenes, one after another, and how it is written."""

    scenes: tuple[dict[str, Any], ...]
    """Keyword arguments of ``benchmarks.synth.photos.photo``; more than one means hard cuts between them."""
    name: str = "unbox.mp4"
    seconds: float = 3.0
    size: tuple[int, int] = (640, 360)
    fps: float = FPS
    covered: tuple[float, float] | None = None
    """From and to, seconds: a hand over the lens, the picture near black."""
    still: bool = False
    """One unmoving picture; long clips stay small."""
    codec: Literal["libx264", "libvpx"] = "libx264"
    container: str = "mp4"
    """What is written; the name may say otherwise."""
    keep: float = 1.0
    """The share of the file's bytes that is kept: a broken download."""


@dataclass(frozen=True)
class Unboxing:
    """A rendered clip of benchmarks/synth/unboxing.py in which the parcel is carried off and brought back."""

    seed: int
    gone: tuple[float, float]
    """From when, and for how long, seconds."""
    name: str = "unbox.mp4"


@dataclass(frozen=True)
class Turned:
    """A rendered clip of benchmarks/synth/unboxing.py in which so many faces of a closed box are shown."""

    seed: int
    faces: int
    name: str = "unbox.mp4"


@dataclass(frozen=True)
class ClipSample:
    """A sample submission with clips beside what ``Sample`` states."""

    sample: Sample
    clips: tuple[Clip | Unboxing | Turned, ...] = field(default=())


def frames(clip: Clip, seed: int) -> Iterator[Frame]:
    """The clip's frames, (height, width, 3) BGR."""
    width, height = clip.size
    rng = np.random.default_rng(seed)
    common: dict[str, Any] = {"size": (2000, 1500), "noise": 0.5}
    pictures = [photo(seed + place, **{**common, **scene}).bgr for place, scene in enumerate(clip.scenes)]
    count = round(clip.seconds * clip.fps)
    grain = rng.normal(0, 2.0, (4, height, width, 1)).astype(np.float32)
    for number in range(count):
        at_s = number / clip.fps
        picture = pictures[number * len(pictures) // count]
        view = _look(picture, 0.0 if clip.still else at_s, clip.size)
        if clip.covered:
            view = _covered(view, at_s, clip.covered)
        noisy = view if clip.still else np.clip(view + grain[number % len(grain)], 0, 255)
        yield noisy.astype(np.uint8)


def _covered(view: Frame, at_s: float, between: tuple[float, float]) -> Frame:
    """A hand that slides over the lens from below within COVER_S, and off again."""
    height = view.shape[0]
    part = min(1.0, (at_s - between[0]) / COVER_S, (between[1] - at_s) / COVER_S)
    if part <= 0:
        return view
    edge = round(height * (1 - part))
    dark = view.copy()
    dark[edge:] = (dark[edge:] * 0.02 + 3).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(dark, (0, 0), 12), np.uint8) if part < 1 else dark


def _look(picture: Frame, at_s: float, size: tuple[int, int]) -> Frame:
    """A wandering, slightly turning window over the picture: a hand that tries to hold still."""
    height, width = picture.shape[:2]
    scale = 1.12 * max(size[0] / width, size[1] / height)
    turn = 1.2 * math.sin(1.1 * at_s)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, scale * (1 + 0.02 * math.sin(0.7 * at_s)))
    matrix[0, 2] += size[0] / 2 - width / 2 + 0.02 * size[0] * math.sin(0.9 * at_s + 1)
    matrix[1, 2] += size[1] / 2 - height / 2 + 0.02 * size[1] * math.sin(1.3 * at_s)
    return np.asarray(
        cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def write_clip(clip: Clip, folder: Path, seed: int) -> None:
    """The file of ``clip`` in ``folder``."""
    import ffmpeg
    import imageio_ffmpeg

    width, height = clip.size
    target = folder / clip.name
    quality = {"crf": 32, "preset": "slow"} if clip.codec == "libx264" else {"crf": 34, "b:v": "400k"}
    source = ffmpeg.input("pipe:", format="rawvideo", pix_fmt="bgr24", s=f"{width}x{height}", r=clip.fps)
    writing = source.output(
        str(target),
        format=clip.container,
        vcodec=clip.codec,
        pix_fmt="yuv420p",
        g=30,
        threads=1,
        fflags="+bitexact",
        flags="+bitexact",
        **quality,
    )
    process = writing.overwrite_output().run_async(cmd=imageio_ffmpeg.get_ffmpeg_exe(), pipe_stdin=True, quiet=True)
    for frame in frames(clip, seed):
        process.stdin.write(frame.tobytes())
    process.communicate()
    if process.returncode:
        raise RuntimeError(f"ffmpeg ended with {process.returncode} on {clip.name}")
    if clip.keep < 1:
        data = target.read_bytes()
        target.write_bytes(data[: int(len(data) * clip.keep)])


def write_clips(entry: ClipSample, folder: Path) -> None:
    """All clips of one sample; a clip's seed comes from its path."""
    for clip in entry.clips:
        if isinstance(clip, Unboxing):
            write_unboxing(clip, folder)
            continue
        if isinstance(clip, Turned):
            write_turned(clip, folder)
            continue
        write_clip(clip, folder, zlib.crc32(f"{entry.sample.path}/{clip.name}".encode()) % 100_000)


def write_unboxing(clip: Unboxing, folder: Path) -> None:
    """The file of ``clip`` in ``folder``; two faces of a closed box are shown, and it stays closed."""
    import imageio_ffmpeg

    show: Any = take(clip.seed, Wish(2, "sealed", opens=False), eventful(Show))
    show.happen(Event("carried", clip.gone[0], clip.gone[1], 0.6, (1.0, 0.0), 0.5))
    written(show, folder / clip.name, imageio_ffmpeg.get_ffmpeg_exe(), crf=30)


def write_turned(clip: Turned, folder: Path) -> None:
    """The file of ``clip`` in ``folder``; the parcel stays closed."""
    import imageio_ffmpeg

    show = take(clip.seed, Wish(clip.faces, "sealed", opens=False))
    truths = written(show, folder / clip.name, imageio_ffmpeg.get_ffmpeg_exe(), crf=27)
    shown, doubtful = shown_faces(truths, show.fps, show.wish.kind)
    assert (len(shown), len(doubtful)) == (clip.faces, 0), clip


def _sample(path: str, number: str, *findings: dict[str, Any], pack: str = "card", **facts: Any) -> Sample:
    return Sample(path, pack, {"order": order(number, **facts)}, (), comes_to(None, *findings))


def clip_cases() -> tuple[ClipSample, ...]:
    """Format, length, continuity, and the waybill in the video."""
    number = "SF3108846612475"
    parcel = bare([], "carton", label_width_px=700)
    goods = bare(["mug"], "carton", label_width_px=700, ground="wood")
    shown = label("SF", number, [], "carton", label_width_px=900, module_dots=4, turn_deg=2.0)
    return (
        ClipSample(
            _sample(
                "video-format/pass-mp4",
                number,
                finding("video-format", "pass"),
                finding("video-size", "pass"),
                finding("video-duration", "pass"),
            ),
            (Clip((goods,)),),
        ),
        ClipSample(
            _sample("video-format/fail-truncated", number, finding("video-format", "fail", "FORMAT")),
            (Clip((goods,), keep=0.5),),
        ),
        ClipSample(
            _sample("video-format/review-renamed", number, finding("video-format", "review", "RENAMED")),
            (Clip((goods,), container="webm", codec="libvpx"),),
        ),
        ClipSample(
            _sample("video-format/review-unlisted", number, finding("video-format", "review", "UNLISTED_FORMAT")),
            (Clip((goods,), name="unbox.webm", container="webm", codec="libvpx"),),
        ),
        ClipSample(
            _sample("video-duration/pass-ten-minutes", number, finding("video-duration", "pass")),
            (Clip((goods,), seconds=600.0, fps=2, size=(160, 120), still=True),),
        ),
        ClipSample(
            _sample(
                "video-duration/review-half-a-second-over",
                number,
                finding("video-duration", "review", "NEAR_LENGTH_LIMIT"),
            ),
            (Clip((goods,), seconds=600.5, fps=2, size=(160, 120), still=True),),
        ),
        ClipSample(
            _sample("video-duration/fail-eleven-minutes", number, finding("video-duration", "fail", "OVERLONG")),
            (Clip((goods,), seconds=660.0, fps=2, size=(160, 120), still=True),),
        ),
        ClipSample(
            _sample(
                "video-continuous/pass-handheld",
                number,
                finding("video-continuous", "pass"),
                finding("unboxing-video-present", "pass"),
            ),
            (Clip((goods,), seconds=5.0),),
        ),
        ClipSample(
            _sample("video-continuous/fail-hard-cut", number, finding("video-continuous", "fail", "VIDEO_CUT")),
            (Clip((parcel, bare(["phone"], ground="tile", label_width_px=700)), seconds=5.0),),
        ),
        ClipSample(
            _sample(
                "video-continuous/review-covered-lens",
                number,
                finding("video-continuous", "review", "BLIND_INTERVAL"),
            ),
            (Clip((goods,), seconds=5.0, covered=(1.6, 3.6)),),
        ),
        ClipSample(
            _sample(
                "video-continuous/review-parcel-carried-off",
                number,
                finding("video-continuous", "review", "PARCEL_LEFT_FRAME"),
            ),
            (Unboxing(7, gone=(2.0, 4.0)),),
        ),
        ClipSample(
            _sample(
                "video-continuous/review-two-parts",
                number,
                finding("video-continuous", "review", "VIDEO_MULTIPART"),
            ),
            (Clip((goods,), name="1.mp4"), Clip((goods,), name="2.mp4", seconds=3.5)),
        ),
        ClipSample(
            _sample(
                "unboxing-video-present/pass-video", number, finding("unboxing-video-present", "pass"), pack=DAMAGED
            ),
            (Clip((goods,), seconds=2.0),),
        ),
        ClipSample(
            _sample("video-six-sides/pass-six-faces", number, finding("video-six-sides", "pass")),
            (Turned(51_004, 6),),
        ),
        ClipSample(
            _sample("video-six-sides/review-one-side", number, finding("video-six-sides", "review", "SIDES_MISSING")),
            (Clip((parcel,), seconds=3.0),),
        ),
        ClipSample(
            _sample(
                "video-waybill-readable/pass-label",
                number,
                finding("video-waybill-readable", "pass"),
                finding("waybill-matches", "pass"),
            ),
            (Clip((shown,), size=(1280, 720), seconds=2.0),),
        ),
        ClipSample(
            _sample(
                "video-waybill-readable/review-no-label",
                number,
                finding("video-waybill-readable", "review", "WAYBILL_UNREADABLE"),
            ),
            (Clip((goods,), seconds=2.0),),
        ),
    )
