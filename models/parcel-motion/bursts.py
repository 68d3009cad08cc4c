"""Draws the training views of ``parcel-motion``: short bursts of rendered unboxing clips, with how the parcel lies.

    python models/parcel-motion/bursts.py      # 41 shards and two for validation; resumable, about 22 s a shard

A shard holds 20 clips of ten bursts of four views, a tenth of a second apart: grey JPEG pictures (longer side 192), the
parcel's rotation seen along the ray to its middle, and the box around it. Seeds are [shard, clip]; shards from 900 on
are for validation. A third of the clips each is of the three worlds of models/parcel-pose.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "parcel-pose"))
from data import FOLDER as POSE_FOLDER  # noqa: E402  (the folder's name is no package's)
from data import VariedShow, draw  # noqa: E402
from harder_views import HarderShow  # noqa: E402

from benchmarks.synth.unboxing import Show, Wish  # noqa: E402

FOLDER = POSE_FOLDER.parent / "parcel-motion"
CLIPS, BURSTS, VIEWS, LONG_EDGE = 20, 10, 4, 192
TRAINING, VALIDATION = range(41), range(900, 902)
WORLDS: tuple[type[Show], ...] = (Show, VariedShow, HarderShow)
MOVING = 4
"""So many times as likely is a burst while the parcel turns."""


def moments(show: Show, rng: np.random.Generator) -> list[list[float]]:
    """Of the bursts of a clip, before the parcel is opened."""
    until_s = show.length_s if show.opened_at_s is None else max(0.6, show.opened_at_s)
    given = rng.uniform(0, max(0.05, until_s - 0.5), 5 * BURSTS)
    weight = np.array([MOVING if show._turns(float(at_s) + 0.15) else 1.0 for at_s in given])
    chosen = rng.choice(given, BURSTS, replace=False, p=weight / weight.sum())
    return [[float(at_s + k * gap) for k in range(VIEWS)] for at_s in chosen for gap in [rng.uniform(0.066, 0.12)]]


def shard(number: int) -> dict[str, np.ndarray]:
    pictures, turns, boxes = [], [], []
    for clip in range(CLIPS):
        rng = np.random.default_rng([number, clip, 20261124])
        kind = "bag" if rng.random() < 0.2 else "box"
        wish = Wish(2 if kind == "bag" else 6, "sealed", bool(rng.random() < 0.3), kind)
        show = WORLDS[int(rng.integers(3))](40_000_000 + number * 1000 + clip, wish)
        for burst in moments(show, rng):
            quality = int(rng.uniform(40, 95))
            for at_s in burst:
                picture, ids, truth = show.frame(at_s)
                scale = LONG_EDGE / max(picture.shape)
                grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
                small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                pictures.append(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())
                turns.append(truth.turn if truth.turn is not None else np.full((3, 3), np.nan))
                boxes.append(box_of(ids) * (small.shape[1] / ids.shape[1]))
    packed = np.empty(len(pictures), object)
    packed[:] = pictures
    return {"pictures": packed, "turns": np.array(turns, np.float32), "boxes": np.array(boxes, np.float32)}


def box_of(ids: np.ndarray) -> np.ndarray:
    """Left, top, right, bottom of what is parcel, in pixels of the map; not numbers where next to nothing is."""
    rows, columns = np.nonzero((ids >= 1) & (ids <= 8))
    if len(rows) < 60:
        return np.full(4, np.nan)
    return np.array([columns.min(), rows.min(), columns.max() + 1.0, rows.max() + 1.0])


if __name__ == "__main__":
    draw("bursts", shard, FOLDER, (*VALIDATION, *TRAINING))
