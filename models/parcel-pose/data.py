"""Draws the training frames of ``parcel-pose``: moments of rendered unboxing clips with their truth maps.

    python models/parcel-pose/data.py      # 116 shards and four for validation; resumable, about 13 s a shard

A shard holds 20 clips of 24 moments: JPEG pictures (longer side 256), marks (PNG), the parcel's rotation seen along
the ray to its middle, whether it is a soft mailer, and whether it is open. Seeds are [shard, clip]; shard 900 and up
are for validation. From shard 32 on every third box is wrapped in a texture that no carton has, and there are more
mailers. Shards from 48 on, and 902, are of the second stage (harder_views.py), those from 72 on, and 903, of the fourth
(openings.py); from 112 on there is no parcel.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
from harder_views import HarderShow, harder_moments
from openings import EmptyShow, OpeningShow, moments_around, opening_wish

from benchmarks.synth.unboxing import Show, Wish
from benchmarks.synth.unboxing_geometry import Picture

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "out" / "six-sides"
CLIPS, MOMENTS, LONG_EDGE = 20, 24, 256
TRAINING, VALIDATION = range(116), range(900, 904)
VARIED, HARDER, OPENINGS = range(32, 48), (*range(48, 72), 902), (*range(72, 116), 903)
EMPTY = range(112, 116)


class VariedShow(Show):
    """A box in wrapping of any texture, at times with other lightness on every face."""

    def _textures(self) -> list[Picture]:
        made, rng = super()._textures(), self.rng
        if rng.random() < 0.65:
            return made
        sheet = self.parts.ground(rng)
        part = rng.uniform(0.2, 0.9)
        for face, skin in enumerate(made):
            h, w = skin.shape[:2]
            across = max(8, int(part * min(sheet.shape[:2])))
            x, y = (int(rng.integers(0, side - across + 1)) for side in (sheet.shape[1], sheet.shape[0]))
            wrapping = cv2.resize(sheet[y : y + across, x : x + across], (w, h), interpolation=cv2.INTER_AREA)
            over = rng.uniform(0.5, 1.0)
            made[face] = np.clip(wrapping * over + skin * (1 - over), 0, 255).astype(np.uint8)
        return made


def wish(rng: np.random.Generator, bags: float, opens: float = 0.75) -> Wish:
    kind = "bag" if rng.random() < bags else "box"
    if rng.random() < 0.16:
        return Wish(0, "opened", True, kind)
    return Wish(2 if kind == "bag" else 6, "sealed", bool(rng.random() < opens), kind)


def shown(number: int, clip: int, rng: np.random.Generator) -> tuple[Show, list[float]]:
    """One clip of a shard, and the moments to look at it."""
    seed = 10_000_000 + number * 1000 + clip
    if number in HARDER:
        harder = HarderShow(seed, wish(rng, 0.33, 0.85))
        return harder, harder_moments(harder, rng, MOMENTS)
    if number in OPENINGS:
        opening = (EmptyShow if number in EMPTY else OpeningShow)(seed, opening_wish(rng))
        return opening, moments_around(opening, rng, MOMENTS)
    chosen = wish(rng, 0.3 if number in VARIED else 0.13)
    show = (VariedShow if number in VARIED else Show)(seed, chosen)
    return show, [float(v) for v in rng.uniform(0, show.length_s - 0.05, MOMENTS)]


def shard(number: int) -> dict[str, np.ndarray]:
    pictures, marks, turns, bags, opens = [], [], [], [], []
    for clip in range(CLIPS):
        rng = np.random.default_rng([number, clip, 20261123])
        show, moments = shown(number, clip, rng)
        for at_s in moments:
            picture, ids, truth = show.frame(at_s)
            scale = LONG_EDGE / max(picture.shape)
            small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            pictures.append(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(35, 95))])[1])
            marks.append(cv2.imencode(".png", ids)[1])
            turns.append(truth.turn)
            bags.append(show.wish.kind == "bag")
            opens.append(truth.opened)
    return {
        "pictures": _packed(pictures), "marks": _packed(marks), "turns": np.array(turns, np.float32),
        "bags": np.array(bags), "opens": np.array(opens),
    }  # fmt: skip


def _packed(parts: list[np.ndarray]) -> np.ndarray:
    made = np.empty(len(parts), object)
    made[:] = [part.tobytes() for part in parts]
    return made


def draw(name: str, shard: Callable[[int], dict[str, np.ndarray]], folder: Path, numbers: Iterable[int]) -> None:
    """The command line of a drawing: shards that are not there yet, as ``folder``/``name``-NNN.npz."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=folder)
    parser.add_argument("--only", type=int, nargs="*", default=[], help="draw these shards alone")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    options.folder.mkdir(parents=True, exist_ok=True)
    for number in options.only or numbers:
        to = options.folder / f"{name}-{number:03d}.npz"
        if not to.exists():
            part = to.with_suffix(".part.npz")
            np.savez(part, **shard(number))
            part.rename(to)
            print(to.name, flush=True)


if __name__ == "__main__":
    draw("frames", shard, FOLDER, (*VALIDATION, *TRAINING))
