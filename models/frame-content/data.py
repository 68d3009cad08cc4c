"""Pictures for training ``frame-content``, drawn once and kept.

    python models/frame-content/data.py [FOLDER] [--backwards]

Shards of composites of the development world, each a pure function of its number; a run that was stopped goes on
where it was. Portrait pictures are kept lying on their side: which way is up does not matter from above.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

FOLDER = ROOT / "benchmarks" / "out" / "frame-content"
SIZE = (384, 288)
PER_SHARD = 200
SHARDS = 28
"""0 to 15 train both rounds, 16 to 19 choose operating points, 20 to 27 join in the second round."""
HARD = {
    "page+goods": 0.20, "page": 0.10, "carton+label": 0.15, "mailer+label": 0.10, "label": 0.10, "carton": 0.08,
    "opened+label": 0.05, "label+goods": 0.08, "opened+label+goods": 0.06, "mailer+label+goods": 0.05, "empty": 0.03,
}  # fmt: skip
"""Scenes of the shards from 20 on: pages that pass for labels, and everything without goods."""


def shard(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (n, 288, 384, 3) blue-green-red and kinds (n, 144, 192), uint8."""
    from benchmarks.synth.composite_parts import DEVELOPMENT
    from benchmarks.synth.composites import compose, through_jpeg

    pictures, kinds = [], []
    for index in range(PER_SHARD):
        rng = np.random.default_rng([number, index, 20261122])
        upright = rng.random() < 0.4
        scene = str(rng.choice(list(HARD), p=list(HARD.values()))) if number >= 20 else None
        made = compose(rng, DEVELOPMENT, SIZE[::-1] if upright else SIZE, scene)
        picture = through_jpeg(made.bgr, made.jpeg_quality)
        seen = made.kinds
        if upright:
            picture, seen = np.rot90(picture), np.rot90(seen)
        pictures.append(picture)
        kinds.append(
            cv2.resize(np.ascontiguousarray(seen), (SIZE[0] // 2, SIZE[1] // 2), interpolation=cv2.INTER_NEAREST)
        )
    return np.stack(pictures), np.stack(kinds)


def main(folder: Path, *, backwards: bool = False) -> None:
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    numbers = list(range(SHARDS))
    # Two runs at once meet in the middle.
    for number in reversed(numbers) if backwards else numbers:
        path = folder / f"development-{number:03d}.npz"
        if path.exists():
            continue
        pictures, kinds = shard(number)
        part = path.with_suffix(".part.npz")
        np.savez(part, pictures=pictures, kinds=kinds)
        part.rename(path)
        print(path.name, flush=True)


if __name__ == "__main__":
    rest = [argument for argument in sys.argv[1:] if argument != "--backwards"]
    main(Path(rest[0]) if rest else FOLDER, backwards="--backwards" in sys.argv)
