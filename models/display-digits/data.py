"""Draws the training strips of ``display-digits``: resumable, seeded by shard.

    python models/display-digits/data.py      # 15 shards of 3,000 strips and one for validation

Needs the font packages of the project's ``bench`` extra.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from strips import strip

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "benchmarks" / "out" / "display-digits"
SEED = 20261122
STRIPS = 3000
VALIDATION, TRAINING = 900, range(15)


def shard(number: int, count: int) -> dict[str, np.ndarray]:
    """Strips as JPEG bytes one after the other, where each ends, and what stands on each."""
    rng = np.random.default_rng([SEED, number])
    made, told = [], []
    while len(made) < count:
        picture, text = strip(rng)
        made.append(cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])
        told.append(text)
    ends = np.cumsum([len(one) for one in made])
    return {"bytes": np.concatenate(made), "ends": ends, "told": np.array(told)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--count", type=int, default=STRIPS)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    options.folder.mkdir(parents=True, exist_ok=True)
    for number in (VALIDATION, *TRAINING):
        to = options.folder / f"strips-{number:03d}.npz"
        if not to.exists():
            part = to.with_suffix(".part.npz")
            np.savez(part, **shard(number, options.count))
            part.rename(to)
            print(to.name, flush=True)


if __name__ == "__main__":
    main()
