"""Cuts a rendered story into honest and edited clips, and writes both through one encoder.

Honest and edited clips differ in nothing but the edit: same encoder, fixed GOP, scene-cut off, cut times at random,
sound in both. Only ``copyjoin`` is made from an encoded honest clip, by stream copy, as it is in life.
"""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synth.clips import RATE_HZ, Picture, Sound

KINDS = (
    "hard",
    "jump",
    "drop",
    "copyjoin",
    "dissolve",
    "freeze",
    "loop",
    "black",
    "reverse",
    "speed",
    "covercut",
)


@dataclass(frozen=True)
class Recording:
    """A rendered story: n frames, and its sound."""

    frames: list[Picture]
    sound: Sound
    fps: float
    covers: tuple[tuple[float, float], ...] = ()
    """Intervals in which the lens is fully covered."""


@dataclass(frozen=True)
class Coding:
    """One encoder setting for honest and edited clips alike."""

    crf: int = 25
    gop: int = 30
    b_frames: int = 0
    preset: str = "veryfast"
    sound_bits: int = 64_000


@dataclass(frozen=True)
class Cut:
    """An edited clip before encoding, with its truth."""

    frames: list[Picture]
    sound: Sound
    breaks_s: tuple[float, ...]
    detail: dict[str, float]


def honest(tape: Recording, length_s: float) -> Cut:
    count = round(length_s * tape.fps)
    return Cut(tape.frames[:count], tape.sound[: round(length_s * RATE_HZ)], (), {})


def edited(kind: str, tape: Recording, other: Recording, rng: np.random.Generator, length_s: float) -> Cut | None:
    """One edit of ``kind`` at a random time; None where this tape cannot carry it (no covered moment)."""
    fps, count = tape.fps, round(length_s * tape.fps)
    at = int(rng.uniform(0.2, 0.7) * count)
    room = len(tape.frames) - count
    if kind == "covercut":
        inside = [span for span in tape.covers if span[0] > 2 and span[1] < length_s - 2]
        if not inside:
            return None
        at = round(sum(inside[0]) / 2 * fps)
    gone = int(rng.uniform(2.0 * fps, max(2.5 * fps, room)))
    if kind == "drop":
        gone = int(rng.uniform(0.5, 1.2) * fps)
    long = int(rng.uniform(0.7, 2.0) * fps)
    join = at / fps
    if kind == "hard":
        cut = [*tape.frames[:at], *other.frames[at:count]]
        return _cut(cut, _sound(rng, fps, (tape, 0, at), (other, at, count)), (join,), {})
    if kind in ("jump", "drop", "covercut"):
        cut = [*tape.frames[:at], *tape.frames[at + gone : count + gone]]
        return _cut(
            cut,
            _sound(rng, fps, (tape, 0, at), (tape, at + gone, count + gone)),
            (join,),
            {"gone_s": gone / fps},
        )
    if kind == "dissolve":
        span = max(4, int(rng.uniform(0.3, 0.9) * fps))
        weights = (np.arange(span) + 1) / (span + 1)
        mixed = [
            (tape.frames[at + k] * (1 - w) + tape.frames[at + gone + k] * w).astype(np.uint8)
            for k, w in enumerate(weights)
        ]
        cut = [*tape.frames[:at], *mixed, *tape.frames[at + gone + span : count + gone]]
        sound = _sound(rng, fps, (tape, 0, at), (tape, at + gone, count + gone), blend_s=span / fps)
        return _cut(cut, sound, ((at + span / 2) / fps,), {"span_s": span / fps})
    if kind == "freeze":
        cut = [*tape.frames[:at], *[tape.frames[at - 1]] * long, *tape.frames[at : count - long]]
        sound = _sound(rng, fps, (tape, 0, at), (other, 0, long), (tape, at, count - long))
        return _cut(cut, sound, (join, (at + long) / fps), {"span_s": long / fps})
    if kind == "loop":
        cut = [*tape.frames[:at], *tape.frames[at - long : count - long]]
        return _cut(
            cut,
            _sound(rng, fps, (tape, 0, at), (tape, at - long, count - long)),
            (join,),
            {"span_s": long / fps},
        )
    if kind == "black":
        span = int(rng.uniform(0.3, 0.8) * fps)
        cut = [
            *tape.frames[:at],
            *[np.zeros_like(tape.frames[0])] * span,
            *tape.frames[at + gone : count + gone - span],
        ]
        sound = _sound(rng, fps, (tape, 0, at), (None, 0, span), (tape, at + gone, count + gone - span))
        return _cut(cut, sound, (join,), {"span_s": span / fps})
    if kind == "reverse":
        span = int(rng.uniform(1.5, 3.5) * fps)
        cut = [*tape.frames[:at], *tape.frames[at : at + span][::-1], *tape.frames[at + span : count]]
        sound = np.concatenate(
            [
                tape.sound[: _n(at, fps)],
                tape.sound[_n(at, fps) : _n(at + span, fps)][::-1],
                tape.sound[_n(at + span, fps) : _n(count, fps)],
            ]
        )
        return _cut(cut, sound, (join, (at + span) / fps), {"span_s": span / fps})
    if kind == "speed":
        span = int(rng.uniform(2.0, 4.0) * fps)
        cut = [
            *tape.frames[:at],
            *tape.frames[at : at + 2 * span : 2],
            *tape.frames[at + 2 * span : count + span],
        ]
        quick = tape.sound[_n(at, fps) : _n(at + 2 * span, fps)][::2]
        sound = np.concatenate(
            [tape.sound[: _n(at, fps)], quick, tape.sound[_n(at + 2 * span, fps) : _n(count + span, fps)]]
        )
        return _cut(cut, sound, (join, (at + span) / fps), {"span_s": span / fps})
    raise ValueError(kind)


def _n(frame: int, fps: float) -> int:
    return round(frame / fps * RATE_HZ)


def _cut(frames: list[Picture], sound: Sound, breaks_s: tuple[float, ...], detail: dict[str, float]) -> Cut:
    return Cut(frames, sound, breaks_s, detail)


def _sound(
    rng: np.random.Generator,
    fps: float,
    *parts: tuple[Recording | None, int, int],
    blend_s: float | None = None,
) -> Sound:
    """The parts' sound joined: half of the joins hard, half with a short cross-fade as some editors make it."""
    if blend_s is None:
        blend_s = float(rng.uniform(0.005, 0.03)) if rng.random() < 0.5 else 0.0
    blend = int(blend_s * RATE_HZ)
    out = np.zeros(0, np.float32)
    for tape, begin, end in parts:
        wanted = _n(end, fps) - _n(begin, fps)
        piece = np.zeros(wanted, np.float32) if tape is None else tape.sound[_n(begin, fps) : _n(end, fps)].copy()
        piece = np.pad(piece, (0, max(0, wanted - len(piece))))
        if len(out) and blend and tape is not None and _n(begin, fps) >= 0:
            reach = min(blend, len(out), len(piece))
            ramp = np.linspace(0, 1, reach, dtype=np.float32)
            before = out[-reach:][::-1] * (1 - ramp)
            piece[:reach] = piece[:reach] * ramp + before
        out = np.concatenate([out, piece])
    return out


def write(path: Path, cut: Cut, fps: float, coding: Coding) -> None:
    """H.264 and AAC in MP4, one thread, fixed GOP, no scene-cut detection."""
    from fractions import Fraction

    import av

    with av.open(str(path), "w") as out:
        height, width = cut.frames[0].shape[:2]
        video: Any = out.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000))
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        video.codec_context.thread_count = 1
        video.options = {
            "crf": str(coding.crf),
            "preset": coding.preset,
            "g": str(coding.gop),
            "keyint_min": str(coding.gop),
            "sc_threshold": "0",
            "bf": str(coding.b_frames),
        }
        track: Any = out.add_stream("aac", rate=RATE_HZ, layout="mono")
        track.bit_rate = coding.sound_bits
        sent = 0
        for index, picture in enumerate(cut.frames):
            for packet in video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                out.mux(packet)
            due = min(len(cut.sound), round((index + 1) / fps * RATE_HZ))
            while sent + 1024 <= due:
                out.mux(track.encode(_sound_frame(cut.sound, sent)))
                sent += 1024
        out.mux(video.encode())
        out.mux(track.encode())


def _sound_frame(sound: Sound, begin: int) -> Any:
    import av

    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(sound[None, begin : begin + 1024]), format="fltp", layout="mono"
    )
    frame.sample_rate, frame.pts = RATE_HZ, begin
    return frame


def copyjoin(source: Path, path: Path, ffmpeg: str, first_end_s: float, second_begin_s: float) -> float:
    """Two pieces of ``source`` joined without re-encoding; returns the moment of the join.

    The second piece begins at the key frame at or before ``second_begin_s``.
    """
    with tempfile.TemporaryDirectory() as folder:
        pieces = [Path(folder) / f"{k}.mp4" for k in range(2)]
        _run(ffmpeg, "-i", str(source), "-to", str(first_end_s), "-c", "copy", str(pieces[0]))
        _run(
            ffmpeg,
            "-ss",
            str(second_begin_s),
            "-i",
            str(source),
            "-c",
            "copy",
            "-avoid_negative_ts",
            "make_zero",
            str(pieces[1]),
        )
        listing = Path(folder) / "list.txt"
        listing.write_text("".join(f"file '{piece}'\n" for piece in pieces))
        _run(ffmpeg, "-f", "concat", "-safe", "0", "-i", str(listing), "-c", "copy", str(path))
        return _join_moment(pieces[0])


def _join_moment(first: Path) -> float:
    import av

    with av.open(str(first)) as piece:
        return float(piece.duration or 0) / 1e6


def _run(ffmpeg: str, *arguments: str) -> None:
    subprocess.run([ffmpeg, "-v", "error", "-y", *arguments], check=True)
