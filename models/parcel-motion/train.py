"""Trains ``parcel-motion`` and exports it: resumable, one CPU thread.

    python models/parcel-motion/bursts.py    # draws 41 shards and two for validation, about 15 minutes of CPU
    python models/parcel-motion/train.py     # 4,000 steps of 48 pairs, about 25 minutes of CPU

Resumable; writes parcel-motion.onnx. Needs torch 2.13, onnx and opencv-python-headless.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from motion_network import HERE, ParcelMotionNet
from torch import Tensor

from evidence_kit.sensors.parcel_motion import CELLS, GROWN, MAPS, SIDE, flowed

FOLDER = HERE.parents[1] / "benchmarks" / "out" / "parcel-motion"
SEED = 20261124
TRAINING, VALIDATION = range(41), range(900, 902)
VIEWS = 4
"""In a burst."""
BATCH, STEPS, RATE = 48, 4000, 1.5e-3
MEAN = 0.998
"""What is exported is the running mean of the weights, with this decay."""
KEEP_EVERY = 200
MOST_TURN = 1.2
"""Radians: wider turns are left out."""


class Bursts:
    """All bursts, in memory; new shards join while they are being drawn."""

    def __init__(self, folder: Path, numbers: range) -> None:
        self.folder, self.waiting = folder, list(numbers)
        self.pictures: list[bytes] = []
        self.turns = np.zeros((0, 3, 3), np.float32)
        self.boxes = np.zeros((0, 4), np.float32)
        self.whole = np.zeros(0, np.int64)

    def more(self) -> None:
        """Takes what has been drawn by now."""
        while self.waiting and (path := self.folder / f"bursts-{self.waiting[0]:03d}.npz").exists():
            part = np.load(path, allow_pickle=True)
            self.pictures += list(part["pictures"])
            self.turns = np.concatenate([self.turns, part["turns"]])
            self.boxes = np.concatenate([self.boxes, part["boxes"]])
            self.waiting.pop(0)
        seen = np.isfinite(self.boxes).all(1) & np.isfinite(self.turns).all((1, 2))
        self.whole = np.flatnonzero(seen.reshape(-1, VIEWS).all(1))


def pair(bursts: Bursts, rng: np.random.Generator, plain: bool = False) -> tuple[np.ndarray, np.ndarray] | None:
    """Two cut-outs (2, SIDE, SIDE) float32 and the turn between them (3,); varied unless ``plain``."""
    first = int(rng.choice(bursts.whole)) * VIEWS
    apart = int(rng.choice([1, 2, 3], p=[0.6, 0.2, 0.2]))
    one = first + int(rng.integers(VIEWS - apart))
    chosen = [one, one + apart]
    if rng.random() < 0.5:
        chosen.reverse()
    turn = bursts.turns[chosen[1]] @ bursts.turns[chosen[0]].T
    vector = cv2.Rodrigues(turn.astype(np.float64))[0].ravel()
    if np.linalg.norm(vector) > MOST_TURN:
        return None
    left, top, right, bottom = bursts.boxes[first + int(rng.integers(VIEWS))]
    middle = np.array([left + right, top + bottom]) / 2
    side = max(right - left, bottom - top)
    angle, mirror = 0.0, False
    if not plain:
        middle += rng.normal(0, 0.05, 2) * side
        side *= rng.uniform(0.85, 1.2)
        angle, mirror = rng.uniform(0, 2 * np.pi), bool(rng.random() < 0.5)
    linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirror:
        linear = linear @ np.diag([-1.0, 1.0])
        vector = vector * [1, -1, -1]
    vector[:2] = (linear if not mirror else linear @ np.diag([-1.0, 1.0])) @ vector[:2]
    scale = SIDE / (GROWN * side)
    move = np.column_stack([linear * scale, SIDE / 2 - 0.5 - linear @ middle * scale + linear @ [0.5, 0.5] * scale])
    made = []
    for number in chosen:
        grey = cv2.imdecode(np.frombuffer(bursts.pictures[number], np.uint8), cv2.IMREAD_GRAYSCALE)
        border = cv2.BORDER_REPLICATE
        made.append(cv2.warpAffine(grey, move, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=border))
    views = np.stack(made).astype(np.float32)
    if not plain:
        views = varied(views, rng)
    return flowed(*views.astype(np.uint8)), vector.astype(np.float32)


def varied(views: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another light and sensor for both, a little other for each; a patch that stands still, or moves."""
    if rng.random() < 0.3:
        views = 255 * (views / 255) ** np.float32(rng.uniform(0.6, 1.7))
    if rng.random() < 0.3:
        tone, axes = float(rng.uniform(0, 255)), tuple(int(v) for v in rng.uniform(4, 18, 2))
        at, tilt = rng.uniform(0, SIDE, 2), float(rng.uniform(0, 180))
        for view in views:
            centre = tuple(int(v) for v in at)
            cv2.ellipse(view, centre, axes, tilt, 0.0, 360.0, tone, -1)
            at = at + rng.normal(0, 3, 2)
    for place in range(len(views)):
        if rng.random() < 0.5:
            views[place] *= np.float32(rng.uniform(0.85, 1.15))
        if rng.random() < 0.2:
            views[place] = cv2.GaussianBlur(views[place], (0, 0), float(rng.uniform(0.4, 1.2)))
        if rng.random() < 0.4:
            views[place] += rng.normal(0, rng.uniform(1, 7), views[place].shape).astype(np.float32)
    return np.clip(views, 0, 255)


def batch(bursts: Bursts, rng: np.random.Generator, count: int, plain: bool = False) -> tuple[Tensor, Tensor]:
    rows: list[tuple[np.ndarray, np.ndarray]] = []
    while len(rows) < count:
        made = pair(bursts, rng, plain)
        if made is not None:
            rows.append(made)
    return torch.from_numpy(np.stack([row[0] for row in rows])), torch.from_numpy(np.stack([row[1] for row in rows]))


def loss_of(found: Tensor, turn: Tensor) -> Tensor:
    """Laplace's: what is told to be sure must be near."""
    apart = (found[:, :3] - turn).abs()
    spread = found[:, 3:].clamp(-6, 1)
    across = apart[:, :2].sum(1) / spread[:, 0].exp() + 2 * spread[:, 0]
    along = apart[:, 2] / spread[:, 1].exp() + spread[:, 1]
    return (across + along).mean() + 5 * apart.mean()


def judged(net: ParcelMotionNet, bursts: Bursts, count: int = 960) -> str:
    """Errors (degrees; median and root mean square) by how far the parcel turned."""
    rng, found, true = np.random.default_rng(SEED), [], []
    net.eval()
    with torch.no_grad():
        for _ in range(count // BATCH):
            maps, turn = batch(bursts, rng, BATCH, plain=True)
            found.append(net(maps)[:, :3])
            true.append(turn)
    net.train()
    told, turn = np.degrees(torch.cat(found).numpy()), np.degrees(torch.cat(true).numpy())
    off, size = np.linalg.norm(told - turn, axis=1), np.linalg.norm(turn, axis=1)
    parts = [(low, high, off[(size >= low) & (size < high)]) for low, high in pairwise((0, 3, 8, 16, 30, 70))]
    return ", ".join(f"{a}-{b}: {np.median(o):.1f}/{np.sqrt((o**2).mean()):.1f}" for a, b, o in parts)


def train(folder: Path, state: Path) -> ParcelMotionNet:
    torch.manual_seed(SEED)
    net = ParcelMotionNet()
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-4)
    mean, first = {name: value.clone() for name, value in net.state_dict().items()}, 0
    if state.exists():
        kept = torch.load(state, weights_only=True)
        net.load_state_dict(kept["net"])
        optimiser.load_state_dict(kept["optimiser"])
        mean, first = kept["mean"], kept["step"]
    bursts, held = Bursts(folder, TRAINING), Bursts(folder, VALIDATION)
    held.more()
    spent, total = time.process_time(), 0.0
    for step in range(first, STEPS):
        if step % 50 == 0 or step == first:
            bursts.more()
            while not len(bursts.whole):
                time.sleep(2)
                bursts.more()
        rate = RATE * min(1.0, (step + 1) / 150) * (0.5 + 0.5 * float(np.cos(np.pi * step / STEPS)))
        for group in optimiser.param_groups:
            group["lr"] = rate
        views, turn = batch(bursts, np.random.default_rng([SEED, step]), BATCH)
        loss = loss_of(net(views), turn)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        total += float(loss.detach())
        part = 1 - min(MEAN, (step + 1) / (step + 10))
        with torch.no_grad():
            for name, value in net.state_dict().items():
                if value.dtype.is_floating_point:
                    mean[name].lerp_(value, part)
                else:
                    mean[name].copy_(value)
        if step % 50 == 49:
            print(
                f"  {step + 1} {total / 50:.3f} CPU {time.process_time() - spent:.0f}s, {len(bursts.whole)} bursts",
                flush=True,
            )
            total = 0.0
        if step % KEEP_EVERY == KEEP_EVERY - 1 or step == STEPS - 1:
            kept = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "mean": mean, "step": step + 1}
            torch.save(kept, state.with_suffix(".part"))
            state.with_suffix(".part").rename(state)
            told = ParcelMotionNet()
            told.load_state_dict(mean)
            print("  ", judged(told, held), flush=True)
    net.load_state_dict(mean)
    return net


def export(net: ParcelMotionNet, to: Path) -> None:
    """Writes ONNX for any number of pairs, and prints its sha256."""
    axes = {"maps": {0: "pairs"}, "told": {0: "pairs"}}
    torch.onnx.export(
        net.eval(), (torch.zeros(1, MAPS, CELLS, CELLS),), str(to), input_names=["maps"], output_names=["told"],
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    content = to.read_bytes()
    print(to.name, len(content), hashlib.sha256(content).hexdigest())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--to", type=Path, default=HERE / "parcel-motion.onnx")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    cv2.setNumThreads(1)
    export(train(options.folder, options.folder / "state.pt"), options.to)


if __name__ == "__main__":
    main()
