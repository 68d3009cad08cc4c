"""A folder of rendered unboxing clips with their truth in ``truth.jsonl``. Deterministic, and resumable by clip.

``python -m benchmarks.synth.unboxing_set --out DIR [--split tune|heldout] [--clips N]``

Splits: ``tune`` (operating points may be chosen on it) and ``heldout`` (another world: unboxing_heldout.py). Every
split has complete and incomplete showings, soft mailers, clips that are never opened and clips that start opened.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.synth.unboxing import Show, Truth, Wish, shown_faces, take

FIRST_SEED = {"tune": 51_000, "heldout": 73_000}
PERIOD = 20
"""Kinds of clip come round in this many: 5 complete, 11 incomplete (2 of them mailers), 1 mailer, 3 opened."""


def wish(number: int) -> Wish:
    """What clip ``number`` of a split is to be."""
    place = number % PERIOD
    opens = number % 6 != 4
    if place in (0, 4, 7, 13, 18):
        return Wish(6, "sealed", opens)
    if place in (3, 10, 17):
        return Wish(0, "opened", True, "bag" if number % 60 == 17 else "box")
    if place in (5, 15):
        return Wish(1, "sealed", opens, "bag")
    if place == 12:
        return Wish(2, "sealed", opens, "bag")
    faces = {1: 5, 2: 4, 6: 5, 8: 2, 9: 3, 11: 5, 14: 1, 16: 3, 19: 4}[place]
    return Wish(faces, "sealed", opens)


def maker(split: str) -> type[Show]:
    if split == "heldout":
        from benchmarks.synth.unboxing_heldout import HeldOutShow

        return HeldOutShow
    return Show


def build(folder: Path, split: str, clips: int, ffmpeg: str, first: int = 0) -> list[dict[str, Any]]:
    """Make what is not there yet; returns the rows of truth.jsonl, in order.

    A row: file, split, kind (box or bag), start, mode, wished (faces), shown (faces before the opening), grey (faces
    shown by half), opened_at_s, goods_at_s, seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    rows = []
    for number in range(first, clips):
        kept = folder / f"{number:04d}.json"
        if not kept.exists():
            show = take(FIRST_SEED[split] + number, wish(number), maker(split))
            row = write(show, folder / f"{number:04d}.mp4", ffmpeg, crf=(23, 27, 31)[number % 3])
            kept.write_text(json.dumps({"file": f"{number:04d}.mp4", "split": split, **row}))
        rows.append(json.loads(kept.read_text()))
    (folder / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return rows


def write(show: Show, path: Path, ffmpeg: str, crf: int, preset: str = "veryfast") -> dict[str, Any]:
    """Renders a clip to an MP4 file and returns its truth."""
    return truth_row(show, written(show, path, ffmpeg, crf, preset))


def written(show: Show, path: Path, ffmpeg: str, crf: int, preset: str = "veryfast") -> list[Truth]:
    """Renders a clip to an MP4 file and returns the truth of each frame."""
    import ffmpeg as pipes

    width, height = show.size
    source = pipes.input("pipe:", format="rawvideo", pix_fmt="bgr24", s=f"{width}x{height}", r=show.fps)
    writing = source.output(
        str(path), vcodec="libx264", pix_fmt="yuv420p", crf=crf, g=round(2 * show.fps), preset=preset, threads=1,
        fflags="+bitexact", flags="+bitexact",
    )  # fmt: skip
    process = writing.overwrite_output().run_async(cmd=ffmpeg, pipe_stdin=True, quiet=True)
    truths: list[Truth] = []
    for number in range(int(show.length_s * show.fps)):
        picture, _, truth = show.frame(number / show.fps)
        truths.append(truth)
        process.stdin.write(np.ascontiguousarray(picture).tobytes())
    process.communicate()
    if process.returncode:
        raise RuntimeError(f"ffmpeg ended with {process.returncode} on {path.name}")
    return truths


def truth_row(show: Show, truths: list[Truth]) -> dict[str, Any]:
    shown, grey = shown_faces(truths, show.fps, show.wish.kind)
    goods = next((t.at_s for t in truths if t.goods > 0.002), None)
    return {
        "kind": show.wish.kind,
        "start": show.wish.start,
        "mode": show.mode,
        "wished": show.wish.faces,
        "shown": sorted(shown),
        "grey": sorted(grey),
        "opened_at_s": None if show.opened_at_s is None else round(show.opened_at_s, 3),
        "goods_at_s": None if goods is None else round(goods, 3),
        "seconds": round(len(truths) / show.fps, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synth.unboxing_set", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", choices=sorted(FIRST_SEED), default="tune")
    parser.add_argument("--clips", type=int, default=PERIOD)
    chosen = parser.parse_args()
    import imageio_ffmpeg

    rows = build(chosen.out / chosen.split, chosen.split, chosen.clips, imageio_ffmpeg.get_ffmpeg_exe())
    print(f"{len(rows)} clips in {chosen.out / chosen.split}")


if __name__ == "__main__":
    main()
