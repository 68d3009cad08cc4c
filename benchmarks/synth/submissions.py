"""Whole submissions for batch work: photos as a chat sends them, short clips, a manifest each. Deterministic.

``python -m benchmarks.synth.submissions --n 150 --seed 1 --out DIR``. Two photos a case, every third with a clip of
three seconds as well; of every ten numbers stated one is not the label's, and every tenth case uses a photo of an
earlier one again. The first DRAWN cases are drawn; the others are theirs as another phone would send them (smaller,
another quality, the clip in another file), which costs the kit as much and takes a tenth of the drawing. Resumable:
a case that is there is not made again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import struct
from pathlib import Path
from typing import Any

import cv2

from benchmarks.synth.clip_set import coding, record
from benchmarks.synth.clips import TableStory
from benchmarks.synth.edits import honest, write
from benchmarks.synth.photos import sample_photo

LONG_EDGE = 1_440
QUALITY = 75
"""What a chat makes of a phone's photo (long edge 1,280 to 1,700, quality 60 to 80)."""
CLIP_S = 3.0
PARTS = ("waybill", "scene")
DRAWN = 30


def build(folder: Path, count: int, seed: int) -> list[Path]:
    """The first ``count`` cases of ``seed`` as sub-folders of ``folder``."""
    made = [folder / f"case-{number:04d}" for number in range(count)]
    for number, case in enumerate(made):
        if not (case / "submission.json").exists():
            _case(case, number, seed, made)
    return made


def _case(case: Path, number: int, seed: int, made: list[Path]) -> None:
    case.mkdir(parents=True, exist_ok=True)
    stated = None
    if number >= DRAWN:
        source = made[number % DRAWN]
        stated = _resent(source, case, number // DRAWN)
    else:
        for at, part in enumerate(PARTS):
            stated = _photo(case / f"{at + 1}.jpg", seed * 100_000 + number * 10 + at, part) or stated
        if number % 3 == 0:
            _clip(case / "unbox.mp4", seed * 1_000 + number)
    if number % 10 == 9:
        shutil.copy(made[number - 5] / "2.jpg", case / "3.jpg")
    other = number % 10 == 4
    manifest = {
        "id": case.name,
        "pack": "pinduoduo-return-damaged",
        "submitter": "merchant",
        "order": {
            "order_no": f"261115-{seed:03d}{number:012d}",
            "return_waybills": ["SF9999999999999" if other or not stated else stated],
            "return_signed_at": "2026-11-20T10:00:00+08:00",
            "submitted_at": f"2026-11-20T{12 + number % 10:02d}:{number % 60:02d}:00+08:00",
        },
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (case / "submission.json").write_text(text, encoding="utf-8")


def _photo(path: Path, seed: int, part: str) -> str | None:
    shot = sample_photo(seed, "waybill" if part == "waybill" else "scene")
    height, width = shot.bgr.shape[:2]
    scale = LONG_EDGE / max(height, width)
    small = cv2.resize(shot.bgr, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(path), small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return shot.labels[0].number if shot.labels else None


def _resent(source: Path, case: Path, turn: int) -> str:
    """The drawn case ``source`` as a phone with other settings sends it; the number that it states."""
    for photo in (source / "1.jpg", source / "2.jpg"):
        drawn: Any = cv2.imread(str(photo))
        height, width = drawn.shape[:2]
        scale = 1 - 0.02 * turn
        small = cv2.resize(drawn, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(case / photo.name), small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY + turn])
    if (source / "unbox.mp4").exists():
        # A free box at the end: another file with the same pictures.
        filler = bytes([turn]) * 8
        clip = (source / "unbox.mp4").read_bytes() + struct.pack(">I4s", 8 + len(filler), b"free") + filler
        (case / "unbox.mp4").write_bytes(clip)
    stated = json.loads((source / "submission.json").read_text("utf-8"))
    return str(stated["order"]["return_waybills"][0])


def _clip(path: Path, seed: int) -> None:
    tape = record(TableStory(seed, length_s=CLIP_S + 1), seconds=CLIP_S)
    write(path, honest(tape, CLIP_S), tape.fps, coding("tune", seed))


def main() -> None:
    """Parses the command line and writes the folders."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synth.submissions", description=__doc__)
    parser.add_argument("--n", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    build(options.out, options.n, options.seed)


if __name__ == "__main__":
    main()
