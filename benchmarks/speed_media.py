"""Photos and clips that the speed benchmark measures on, made once under ``benchmarks/out/speed``."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.processes import ROOT

OUT = ROOT / "benchmarks" / "out" / "speed"
FIRST_SEED = 60_000
"""Of the development generator; no other benchmark and no operating point uses these photos."""
STORY_S = 20.0


def photos(count: int, folder: Path = OUT) -> list[Path]:
    """12-megapixel photos with a waybill."""
    import cv2

    from benchmarks.synth.photos import sample_photo

    made = []
    for seed in range(FIRST_SEED, FIRST_SEED + count):
        path = folder / f"photo-{seed}.jpg"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            shot = sample_photo(seed)
            cv2.imwrite(str(path), shot.bgr, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg_quality])
        made.append(path)
    return made


def scaled(photo: Path, megapixels: float) -> Path:
    """The photo enlarged or reduced to so many megapixels."""
    import cv2

    path = OUT / f"{photo.stem}-{megapixels:g}mp.jpg"
    if not path.exists():
        picture = cv2.imread(str(photo))
        assert picture is not None
        by = (megapixels * 1e6 / (picture.shape[0] * picture.shape[1])) ** 0.5
        way = cv2.INTER_AREA if by < 1 else cv2.INTER_CUBIC
        cv2.imwrite(str(path), cv2.resize(picture, None, fx=by, fy=by, interpolation=way))
    return path


def program() -> str:
    """The ffmpeg of the wheel."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def story(rate: int) -> Path:
    """A small take of an unboxing, STORY_S long, drawn by the generator of the video benchmark."""
    import ffmpeg
    import numpy as np

    from benchmarks.synth.clips import TableStory

    path = OUT / f"story-{rate}.mkv"
    if path.exists():
        return path
    OUT.mkdir(parents=True, exist_ok=True)
    take = TableStory(FIRST_SEED, length_s=STORY_S, fps=rate)
    width, height = take.size
    source = ffmpeg.input("pipe:", format="rawvideo", pix_fmt="rgb24", s=f"{width}x{height}", r=take.fps)
    writing = source.output(str(path), vcodec="ffv1").overwrite_output()
    process = writing.run_async(cmd=program(), pipe_stdin=True, quiet=True)
    for number in range(round(STORY_S * take.fps) - 1):
        process.stdin.write(np.ascontiguousarray(take.frame(number / take.fps)).tobytes())
    process.stdin.close()
    process.wait()
    return path


def clip(
    minutes: float, *, width: int = 1920, height: int = 1080, rate: int = 30, codec: str = "libx264", between: int = 0
) -> Path:
    """The story enlarged, with grain, repeated to so many minutes: one encoded stretch, joined by copying.

    ``between`` is the most B-frames in a row: many phones write none, others and every chat two or three.
    """
    import ffmpeg

    name = f"{height}p{rate}-{codec}" + (f"-b{between}" if between else "")
    path = OUT / f"clip-{minutes:g}min-{name}.mp4"
    if path.exists():
        return path
    once = OUT / f"once-{name}.mp4"
    if not once.exists():
        picture = (
            ffmpeg.input(str(story(rate)))
            .filter("scale", width, height, flags="bicubic")
            .filter("noise", alls=6, allf="t")
            .filter("format", "yuv420p")
        )
        bits = f"{max(1, round(4 * width * height / (1920 * 1080) * rate / 30 * 10) / 10)}M"
        more = {"x265-params": "log-level=error"} if codec == "libx265" else {}
        picture.output(
            str(once), vcodec=codec, preset="veryfast", video_bitrate=bits, g=rate * 2, bf=between, threads=2, **more
        ).overwrite_output().run(cmd=program(), quiet=True)
    repeats = max(0, round(minutes * 60 / STORY_S) - 1)
    joined = ffmpeg.input(str(once), stream_loop=repeats).output(str(path), c="copy", t=minutes * 60)
    joined.overwrite_output().run(cmd=program(), quiet=True)
    return path
