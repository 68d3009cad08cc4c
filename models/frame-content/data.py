"""Pictures for training ``frame-content``, drawn once and kept.

    python models/frame-content/data.py [FOLDER] [--backwards]

Shards of composites of the development world, each a pure function of its number; a run that was stopped goes on
where it was. Portrait pictures are kept lying on their side: which way is up does not matter from above.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks.synth.composite_development import DEVELOPMENT, STICKERED, WIDER, development  # noqa: E402
from benchmarks.synth.composites import Composite, compose, through_jpeg  # noqa: E402

FOLDER = ROOT / "benchmarks" / "out" / "frame-content"
SIZE, SECOND_SIZE = (512, 384), (384, 288)
"""Width and height of the first and of the second stage's pictures."""
PER_SHARD = 200
SHARDS = (*range(10), *range(20, 84))
"""Numbers of the shards, which seed them: up to 26 they train, 27 to 29 set operating points, from 30 on they train
the second stage, from 60 on the last one."""
SCENES = {
    "label+goods": 0.13, "carton+label+goods": 0.11, "mailer+label+goods": 0.09, "opened+label+goods": 0.08,
    "carton+label": 0.11, "mailer+label": 0.09, "label": 0.09, "opened+label": 0.03, "goods": 0.05, "carton": 0.05,
    "page+goods": 0.08, "page": 0.06, "empty": 0.03,
}  # fmt: skip
"""More of what goes wrong than in the benchmark: pages that pass for labels, parcels without goods, nothing at all."""
WITHOUT_LABEL = {
    "label+goods": 0.11, "carton+label+goods": 0.10, "mailer+label+goods": 0.07, "opened+label+goods": 0.07,
    "carton+label": 0.10, "mailer+label": 0.06, "label": 0.12, "opened+label": 0.02, "goods": 0.06, "carton": 0.07,
    "mailer": 0.03, "page+goods": 0.07, "page": 0.05, "carton+goods": 0.04, "empty": 0.03,
}  # fmt: skip
"""Scenes of the second stage: what the first set of weights missed or invented, see docs/same-frame.md."""
PRINTED = {
    "label+goods": 0.11, "carton+label+goods": 0.09, "mailer+label+goods": 0.06, "opened+label+goods": 0.07,
    "carton+label": 0.08, "mailer+label": 0.06, "label": 0.08, "opened+label": 0.02, "goods": 0.09, "carton": 0.10,
    "mailer": 0.03, "page+goods": 0.09, "page": 0.08, "carton+goods": 0.03, "empty": 0.01,
}  # fmt: skip
"""Scenes of the last stage: more of what is printed and no label."""
SECOND, LAST = 30, 60
"""Shards from the one on have parcels that carry other paper besides labels, and more is without one; from the other on
packaged goods, ruled papers and product stickers too."""
WORLDS = ((LAST, PRINTED, WIDER), (SECOND, WITHOUT_LABEL, STICKERED), (0, SCENES, DEVELOPMENT))
"""From which shard on, scenes, and parts."""
CLOSE = 0.14
"""Share of the scenes with a label that are cut so close that what the label is on fills the picture."""


def drawn(rng: np.random.Generator, size: tuple[int, int], number: int) -> Composite:
    """One picture of the development world, of a shard with that number; a few of them close-ups of a label."""
    scenes, every = next((scenes, parts) for first, scenes, parts in WORLDS if number >= first)
    scene = str(rng.choice(list(scenes), p=list(scenes.values())))
    parts = development(rng, every)
    if "label" not in scene or rng.random() > CLOSE:
        return compose(rng, parts, size, scene)
    made = compose(rng, parts, (2 * size[0], 2 * size[1]), scene)
    if not made.label_quads:
        return made
    quad = np.array(made.label_quads[0])
    across = float(np.ptp(quad, 0).max()) * rng.uniform(0.9, 2.2) / max(size)
    share = float(np.clip(across, 0.2, 1.0))
    wide, high = (round(share * side) for side in size)
    middle = quad.mean(0) + rng.normal(0, 0.12, 2) * (wide, high)
    left, top = (
        int(np.clip(at - part / 2, 0, 2 * side - part))
        for at, part, side in zip(middle, (wide, high), size, strict=True)
    )
    cut = made.bgr[top : top + high, left : left + wide]
    kinds = made.kinds[top : top + high, left : left + wide]
    return replace(
        made,
        bgr=np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC), np.uint8),
        kinds=np.asarray(cv2.resize(kinds, size, interpolation=cv2.INTER_NEAREST), np.uint8),
    )


def shard(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (n, height, width, 3) blue-green-red and kinds (n, height / 2, width / 2), uint8."""
    lying = SECOND_SIZE if number >= SECOND else SIZE
    pictures, kinds = [], []
    for index in range(PER_SHARD):
        rng = np.random.default_rng([number, index, 20261123])
        upright = rng.random() < 0.4
        size = lying[::-1] if upright else lying
        made = drawn(rng, size, number)
        picture, seen = through_jpeg(made.bgr, made.jpeg_quality), made.kinds
        if picture.shape[:2] != size[::-1]:  # a close-up whose label is out of view
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
            seen = np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_NEAREST), np.uint8)
        if upright:
            picture, seen = np.rot90(picture), np.rot90(seen)
        half = (lying[0] // 2, lying[1] // 2)
        pictures.append(picture)
        kinds.append(cv2.resize(np.ascontiguousarray(seen), half, interpolation=cv2.INTER_NEAREST))
    return np.stack(pictures), np.stack(kinds)


def main(folder: Path, *, backwards: bool = False) -> None:
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    numbers = list(SHARDS)
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
