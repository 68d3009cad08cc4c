"""HD clips in which a waybill is held to the camera: a held-out scene seen through a hand-held camera.

The scene is that of the held-out photos (``benchmarks/synth/heldout``: its own fonts, labels, harm and light). A
virtual camera comes near, lingers and leaves, with tremor, motion blur, hunting focus and sensor noise. Clips of
2.4 s at 25 frames a second, 1280 x 720 or upright, encoded as phones and chats encode. Deterministic in the seed;
truth is what the label was printed from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

FIRST_SEED = 910_000
"""No other benchmark uses these seeds."""
LENGTH_S, RATE = 2.4, 25
SCENE = (2000, 1500)
TOP_PX = (900.0, 1250.0)
"""Pixels of the scene, and of the label's top edge in it."""
SHUTTER = 0.5
"""Of a frame's time: a phone indoors."""
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Coding:
    bits: str
    gop: int
    b_frames: int


CODINGS = (Coding("8M", 25, 0), Coding("4M", 50, 0), Coding("1500k", 250, 2), Coding("6M", 25, 0))
"""By the clip's number: two cameras', a chat's, a camera's."""


class LabelTake:
    """The take of one seed: ``frame(k)`` gives RGB (h, w, 3) uint8; ``numbers`` are what its labels say."""

    def __init__(self, seed: int) -> None:
        from benchmarks.synth.heldout.photos import label_scene

        self.scene, bill, quad = label_scene(seed, SCENE, TOP_PX)
        self.numbers = sorted({bill.number, bill.barcode_text})
        rng = np.random.default_rng([seed, 77])
        self.noise = rng.uniform(1.5, 6.0)
        self.size = (720, 1280) if rng.random() < 0.4 else (1280, 720)
        self.rng = rng
        self.middle = quad.mean(0)
        self.near = rng.uniform(0.55, 1.15) * min(self.size) / float(np.linalg.norm(quad[1] - quad[0]))
        self.far = min(self.near, max(self.size) / max(SCENE)) * rng.uniform(0.8, 1.0)
        self.near_s = sorted(rng.uniform(0.5, LENGTH_S - 0.3, 2))
        if self.near_s[1] - self.near_s[0] < 0.5:
            self.near_s[1] = self.near_s[0] + 0.5
        self.turn = (rng.normal(0, 0.12), rng.normal(0, 0.25))
        self.hz = np.concatenate([rng.uniform(0.2, 0.8, 3), rng.uniform(2, 7, 4)])
        self.size_px = np.concatenate([rng.uniform(6, 30, 3), rng.uniform(0.3, 3.5, 4)])
        self.phase = rng.uniform(0, 2 * np.pi, (2, 7))
        self.start = self.middle + rng.normal(0, 0.15, 2) * max(SCENE)
        self.focus_s = self.near_s[0] + rng.uniform(-0.3, 0.5)
        self.soft = rng.uniform(1.0, 4.0)
        self.slant = rng.normal(0, 8e-5, 2)
        # One field, moved about from frame to frame: drawing a new one each time would cost more than the picture.
        shape = (self.size[1] + 64, self.size[0] + 64)
        self.grain = np.repeat(rng.normal(0, self.noise, shape)[..., None], 3, axis=2).astype(np.int16)

    def _near(self, at_s: float) -> float:
        """How near the camera is, 0..1."""
        coming = np.clip((at_s - self.near_s[0] + 0.6) / 0.6, 0, 1)
        leaving = np.clip((self.near_s[1] + 0.5 - at_s) / 0.5, 0, 1)
        part = min(float(coming), float(leaving))
        return part * part * (3 - 2 * part)

    def _view(self, at_s: float) -> Matrix:
        """Homography from the photo to the frame at a moment."""
        part = self._near(at_s)
        zoom = self.far * (self.near / self.far) ** part
        turn = self.turn[0] + self.turn[1] * (1 - part)
        centre = self.start + (self.middle - self.start) * part
        shake = (self.size_px * np.sin(2 * np.pi * self.hz * at_s + self.phase)).sum(1)
        cosine, sine = zoom * np.cos(turn), zoom * np.sin(turn)
        about = np.array([[1, 0, -centre[0]], [0, 1, -centre[1]], [0, 0, 1]])
        moved = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1.0]])
        slanted = np.array([[1, 0, 0], [0, 1, 0], [*self.slant, 1]])
        placed = np.array(
            [[1, 0, self.size[0] / 2 + shake[0]], [0, 1, self.size[1] / 2 + shake[1]], [0, 0, 1]], np.float64
        )
        return np.asarray(placed @ slanted @ moved @ about, np.float64)

    def frame(self, number: int) -> NDArray[np.uint8]:
        at_s = number / RATE
        soft = max(0.0, self.soft * (1 - max(0.0, (at_s - self.focus_s + 0.35) / 0.35))) if at_s < self.focus_s else 0.0
        # The ends of the exposure stand for what lies between: its motion is a pixel or two where print can be read.
        ends = [
            cv2.warpPerspective(
                self.scene, self._view(at_s + late), self.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
            )
            for late in (0.0, SHUTTER / RATE)
        ]
        seen = cv2.addWeighted(ends[0], 0.5, ends[1], 0.5, 0)
        if soft > 0.4:
            seen = cv2.GaussianBlur(seen, (0, 0), soft)
        x, y = self.rng.integers(0, 64, 2)
        grain = self.grain[y : y + self.size[1], x : x + self.size[0]]
        noisy = cv2.add(seen, grain, dtype=cv2.CV_8U)
        return np.ascontiguousarray(noisy[:, :, ::-1])


def build(folder: Path, count: int, program: str) -> list[dict[str, Any]]:
    """Makes what is not there yet; rows: file, seed, numbers, coding."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = folder / "truth.jsonl"
    rows = [json.loads(line) for line in truth.read_text("utf-8").splitlines()] if truth.exists() else []
    done = {row["seed"] for row in rows}
    for number in range(count):
        seed = FIRST_SEED + number
        if seed in done:
            continue
        take, coding = LabelTake(seed), CODINGS[number % len(CODINGS)]
        path = folder / f"label-{seed}.mp4"
        write(path, take, coding, program)
        row = {"file": path.name, "seed": seed, "numbers": take.numbers, "bits": coding.bits, "gop": coding.gop}
        with truth.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row) + "\n")
        rows.append(row)
    return [row for row in rows if row["seed"] < FIRST_SEED + count]


def write(path: Path, take: LabelTake, coding: Coding, program: str) -> None:
    import ffmpeg

    width, height = take.size
    source = ffmpeg.input("pipe:", format="rawvideo", pix_fmt="rgb24", s=f"{width}x{height}", r=RATE)
    made = source.output(
        str(path), vcodec="libx264", preset="veryfast", pix_fmt="yuv420p", video_bitrate=coding.bits,
        g=coding.gop, bf=coding.b_frames, sc_threshold=0, threads=1,
    )  # fmt: skip
    process = made.overwrite_output().run_async(cmd=program, pipe_stdin=True, quiet=True)
    for number in range(round(LENGTH_S * RATE)):
        process.stdin.write(take.frame(number).tobytes())
    process.stdin.close()
    process.wait()
