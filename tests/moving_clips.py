"""Small clips made on the fly for the video tests: a textured ground seen by a moving camera."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np


def ground(seed: int, size: tuple[int, int] = (700, 1100)) -> np.ndarray:
    """A textured plane, (h, w) uint8."""
    rng = np.random.default_rng(seed)
    plane = np.zeros(size, np.float32)
    for cells in (6, 18, 54):
        grid = rng.normal(size=(cells, 2 * cells)).astype(np.float32)
        plane += cv2.resize(grid, size[::-1], interpolation=cv2.INTER_CUBIC) * 26
    plane += 120
    for _ in range(60):
        x, y = int(rng.uniform(0, size[1])), int(rng.uniform(0, size[0]))
        cv2.rectangle(
            plane,
            (x, y),
            (x + int(rng.uniform(8, 70)), y + int(rng.uniform(8, 40))),
            float(rng.uniform(20, 240)),
            -1,
        )
    return np.clip(plane, 0, 255).astype(np.uint8)


def seen(plane: np.ndarray, at_s: float, size: tuple[int, int] = (320, 180)) -> np.ndarray:
    """What the camera sees of ``plane`` at a moment, (h, w) uint8."""
    x = 350 + 60 * np.sin(0.7 * at_s) + 3 * np.sin(9 * at_s)
    y = 240 + 40 * np.sin(0.9 * at_s + 1) + 3 * np.sin(7 * at_s)
    turn = cv2.getRotationMatrix2D((x, y), 2 * np.sin(1.3 * at_s), 1.0)
    turn[:, 2] += [size[0] / 2 - x, size[1] / 2 - y]
    return cv2.warpAffine(plane, turn, size, flags=cv2.INTER_LINEAR)


def write(
    path: Path,
    pictures: list[np.ndarray],
    fps: float = 15,
    *,
    gop: int = 15,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
) -> Path:
    """``pictures`` (h, w) uint8 as grey video, one encoder thread."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=Fraction(fps).limit_denominator(1001))
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        stream.options = {
            "g": str(gop),
            "crf": "23",
            "preset": "veryfast",
            "sc_threshold": "0",
            "bf": "0",
            **(options or {}),
        }
        for picture in pictures:
            colour = np.repeat(picture[..., None], 3, axis=2)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(colour), format="rgb24")))
        out.mux(stream.encode())
    return path


def take(seed: int, begin_s: float, end_s: float, fps: float = 15) -> list[np.ndarray]:
    """A stretch of one continuous take."""
    plane = ground(seed)
    return [seen(plane, begin_s + k / fps) for k in range(round((end_s - begin_s) * fps))]
