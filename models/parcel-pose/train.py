"""Trains ``parcel-pose`` and exports it: resumable, one CPU thread.

    python models/parcel-pose/data.py      # draws 48 shards and two for validation, about 12 minutes of CPU
    python models/parcel-pose/train.py     # goes on where it was stopped; writes parcel-pose.onnx

Needs torch 2.13, onnx, onnxruntime and opencv-python-headless.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from pose_network import HERE, KINDS, ParcelPoseNet
from torch import Tensor
from torch.nn import functional

sys.path.append(str(HERE.parent))
from onnx_files import pads_folded

from evidence_kit.sensors.parcel_frames import nearest_name, numbers_of, turn_of

FOLDER = HERE.parents[1] / "benchmarks" / "out" / "six-sides"
SEED = 20261123
FROZEN = 5
"""Stem and so many blocks of the encoder stay as frame-content left them."""
MEAN = 0.998
"""What is exported is the running mean of the weights, with this decay."""
SIDE = (192, 128)
"""Width and height of a landscape picture in training."""
NORMALS = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], np.float32)
WEIGHTS = (0.5, 1.0, 3.0, 2.5, 3.5, 5.0, 1.2)
"""Of the kinds in the cross entropy."""


def loaded(folder: Path, first: int, last: int) -> dict[str, np.ndarray]:
    parts = [
        np.load(p, allow_pickle=True) for n in range(first, last) if (p := folder / f"frames-{n:03d}.npz").exists()
    ]
    return {key: np.concatenate([part[key] for part in parts]) for key in ("pictures", "marks", "turns", "bags")}


def kinds_of(ids: np.ndarray, bag: bool) -> np.ndarray:
    table = np.zeros(256, np.uint8)
    table[1:7] = 2 if bag else 1
    table[7], table[8], table[9], table[10] = 3, 4, 5, 6
    return table[ids]


def made(
    data: dict[str, np.ndarray], index: int, rng: np.random.Generator | None, tall: bool
) -> tuple[np.ndarray, ...]:
    """Picture (h, w, 3) float32, kinds (h/4, w/4), faces (h/4, w/4) 0..6, turn (3, 3); varied where rng is given."""
    picture = cv2.imdecode(np.frombuffer(data["pictures"][index], np.uint8), cv2.IMREAD_COLOR)
    ids = cv2.imdecode(np.frombuffer(data["marks"][index], np.uint8), cv2.IMREAD_GRAYSCALE)
    width, height = SIDE[::-1] if tall else SIDE
    h, w = picture.shape[:2]
    angle, scale, shift, mirror = 0.0, min(width / w, height / h) if rng is None else 1.0, np.zeros(2), False
    if rng is not None:
        angle = rng.normal(0, 0.12) + (rng.choice([0, 0, 0, 0, 1, 2, 3]) * np.pi / 2)
        across = (w, h) if round(angle / (np.pi / 2)) % 2 == 0 else (h, w)
        scale = max(width / across[0], height / across[1]) * rng.uniform(0.72, 1.25)
        shift = rng.normal(0, 0.05, 2) * [width, height]
        mirror = rng.random() < 0.5
    linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirror:
        linear = linear @ np.diag([-1.0, 1.0])
    move = np.zeros((2, 3))
    move[:, :2] = linear * scale
    move[:, 2] = np.array([width, height]) / 2 + shift - move[:, :2] @ [w / 2, h / 2]
    fill = (0, 0, 0) if rng is None else tuple(int(v) for v in rng.integers(0, 255, 3))
    border = cv2.BORDER_CONSTANT if rng is None or rng.random() < 0.5 else cv2.BORDER_REFLECT
    value = cv2.warpAffine(picture, move, (width, height), flags=cv2.INTER_AREA, borderMode=border, borderValue=fill)
    small = move / 4
    small[:, :2] *= w / ids.shape[1]
    marks = cv2.warpAffine(ids, small, (width // 4, height // 4), flags=cv2.INTER_NEAREST)
    turn = np.eye(3)
    turn[:2, :2] = linear
    turn = turn @ data["turns"][index]
    value = value.astype(np.float32)
    if rng is not None and rng.random() < 0.3:
        _cover(value, marks, rng)
    faces = np.where(marks <= 6, marks, 0)
    if rng is not None:
        value = _relit(value, rng)
    return np.clip(value, 0, 255), kinds_of(marks, bool(data["bags"][index])), faces, turn


def _relit(value: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another light, another lens, another sensor."""
    if rng.random() < 0.7:
        value *= rng.uniform(0.8, 1.2, 3).astype(np.float32) * np.float32(rng.uniform(0.65, 1.3))
    if rng.random() < 0.3:
        value = 255 * np.clip(value / 255, 0, 1) ** np.float32(rng.uniform(0.6, 1.7))
    if rng.random() < 0.4:
        corners = rng.uniform(0.6, 1.3, (2, 2)).astype(np.float32)
        value *= cv2.resize(corners, value.shape[1::-1], interpolation=cv2.INTER_LINEAR)[:, :, None]
    if rng.random() < 0.25:
        value = value[:, :, rng.permutation(3)]
    if rng.random() < 0.06:
        value = np.repeat(value.mean(2, keepdims=True), 3, 2)
    if rng.random() < 0.25:
        length = int(rng.integers(2, 9))
        kernel = np.zeros((9, 9), np.float32)
        cv2.line(kernel, (4, 4), (4 + int(rng.integers(-4, 5)), min(8, 4 + length // 2)), 1)
        value = cv2.filter2D(value, -1, kernel / kernel.sum())
    elif rng.random() < 0.2:
        value = cv2.GaussianBlur(value, (0, 0), float(rng.uniform(0.5, 1.8)))
    if rng.random() < 0.4:
        value += rng.normal(0, rng.uniform(1, 9), value.shape).astype(np.float32)
    return value


def _cover(value: np.ndarray, marks: np.ndarray, rng: np.random.Generator) -> None:
    """A patch of one tone over a part of the picture, in place: something that is neither parcel nor hand."""
    height, width = marks.shape
    middle = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
    axes = (int(rng.uniform(0.04, 0.2) * width), int(rng.uniform(0.04, 0.2) * width))
    shape = (middle, axes, float(rng.uniform(0, 180)), 0.0, 360.0)
    cv2.ellipse(marks, *shape, 11, -1)
    large = (tuple(4 * v for v in middle), tuple(4 * v for v in axes), *shape[2:])
    cv2.ellipse(value, *large, tuple(float(v) for v in rng.uniform(0, 255, 3)), -1)


def batch(data: dict[str, np.ndarray], chosen: np.ndarray, rng: np.random.Generator | None, tall: bool) -> list[Tensor]:
    """Pictures, kinds, which cells show a face, their normals, and the turn's nine numbers."""
    rows = [made(data, int(index), rng, tall) for index in chosen]
    faces = np.stack([row[2] for row in rows])
    turns = np.stack([row[3] for row in rows])
    normals = np.einsum("nij,kj->nki", turns, NORMALS)  # n, 6, 3
    normals = np.concatenate([np.zeros((len(rows), 1, 3)), normals], 1)
    seen = np.take_along_axis(normals, faces.reshape(len(rows), -1, 1).astype(int).repeat(3, 2), 1)
    seen = seen.reshape(*faces.shape, 3).transpose(0, 3, 1, 2)
    pictures = torch.from_numpy(np.stack([row[0] for row in rows]))
    return [
        pictures.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last),
        torch.from_numpy(np.stack([row[1] for row in rows])).long(),
        torch.from_numpy(faces > 0), torch.from_numpy(seen).float(), torch.from_numpy(numbers_of(turns)).float(),
    ]  # fmt: skip


def loss_of(found: Tensor, parts: list[Tensor]) -> Tensor:
    _, kinds, on, normals, numbers = parts
    count = len(KINDS)
    entropy = functional.cross_entropy(found[:, :count], kinds, torch.tensor(WEIGHTS))
    cells = on.float().sum() + 1
    unit = functional.normalize(found[:, count : count + 3], dim=1)
    lean = ((1 - (unit * normals).sum(1)) * on).sum() / cells
    turn = found[:, count + 3 :]
    apart = (((turn - numbers[:, :, None, None]) ** 2).sum(1) * on).sum() / cells
    weight = on[:, None].float()
    pooled = (turn * weight).sum((2, 3)) / (weight.sum((2, 3)) + 1)
    there = on.flatten(1).sum(1) > 20
    whole = (((pooled - numbers) ** 2).sum(1) * there).sum() / (there.sum() + 1)
    return entropy + lean + apart + whole


def judged(net: ParcelPoseNet, data: dict[str, np.ndarray], most: int = 160) -> str:
    """Intersection over union of the kinds, and the angle of the pooled turn where the parcel is plain to see."""
    net.eval()
    both, either, angles, sure = np.zeros(7), np.zeros(7), [], []
    with torch.no_grad():
        for start in range(0, min(most, len(data["turns"])), 8):
            chosen = np.arange(start, min(start + 8, len(data["turns"])))
            parts = batch(data, chosen, None, False)
            found = net.told(parts[0])
            guess = found[:, :7].argmax(1)
            for kind in range(7):
                both[kind] += ((guess == kind) & (parts[1] == kind)).sum()
                either[kind] += ((guess == kind) | (parts[1] == kind)).sum()
            weight = (found[:, 1:2] + found[:, 2:3]) * 1.0
            pooled = (found[:, 10:] * weight).sum((2, 3)) / (weight.sum((2, 3)) + 1)
            for place in range(len(chosen)):
                if parts[2][place].float().mean() < 0.015:
                    continue
                turn, score = turn_of(pooled[place].numpy().astype(float))
                true, _ = turn_of(parts[4][place].numpy().astype(float))
                angles.append(np.degrees(nearest_name(turn, true)[1]))
                sure.append(score * float(pooled[place].norm()))
    net.train()
    share = " ".join(f"{name} {both[i] / max(either[i], 1):.3f}" for i, name in enumerate(KINDS))
    a = np.array(angles)
    high = a[np.array(sure) > np.median(sure)]
    return (
        f"{share}; turn: median {np.median(a):.1f}, 90 % {np.percentile(a, 90):.1f}, over 20: {(a > 20).mean():.3f},"
        f" over 20 in the surer half: {(high > 20).mean():.3f}"
    )


def train(options: argparse.Namespace) -> ParcelPoseNet:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    cv2.setNumThreads(1)
    net = ParcelPoseNet()
    net.begin_with(HERE.parent / "frame-content" / "frame-content.onnx")
    for module in [net.stem, *net.blocks[:FROZEN]]:
        module.requires_grad_(False)
    net = net.to(memory_format=torch.channels_last)
    encoder = [p for m in (net.stem, net.blocks) for p in m.parameters() if p.requires_grad]
    decoder = [p for m in (net.side, net.whole, net.mix, net.tell) for p in m.parameters()]
    groups = [{"params": encoder, "lr": options.rate * 0.4}, {"params": decoder, "lr": options.rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=1e-4)
    kept, first = options.folder / "state.pt", 0
    mean = {name: value.clone() for name, value in net.state_dict().items()}
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        mean, first = state["mean"], state["step"]
    data = loaded(options.folder, 0, options.shards)
    held = loaded(options.folder, 900, 902)
    print(len(data["turns"]), "frames", flush=True)
    spent, total = time.process_time(), 0.0
    net.train()
    for step in range(first, options.steps):
        for group, part in zip(optimiser.param_groups, (0.4, 1.0), strict=True):
            group["lr"] = options.rate * part * pace(step, options.steps)
        rng = np.random.default_rng([SEED, step])
        if step % 200 == 0 and len(data["turns"]) < options.shards * 480:  # shards may still be being drawn
            data = loaded(options.folder, 0, options.shards)
        chosen = rng.integers(0, len(data["turns"]), options.batch)
        parts = batch(data, chosen, rng, bool(rng.random() < 0.25))
        loss = loss_of(net(parts[0]), parts)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*encoder, *decoder], 2.0)
        optimiser.step()
        total += float(loss.detach())
        averaged(mean, net.state_dict(), 1 - min(MEAN, (step + 1) / (step + 10)))
        if step % 50 == 49:
            print(f"  {step + 1} {total / 50:.4f} CPU {time.process_time() - spent:.0f}s", flush=True)
            total = 0.0
        if step % 400 == 399 or step == options.steps - 1:
            state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "mean": mean, "step": step + 1}
            part = kept.with_suffix(".part")
            torch.save(state, part)
            part.rename(kept)
            told = ParcelPoseNet()
            told.load_state_dict(mean)
            print("  ", judged(told, held), flush=True)
    net.load_state_dict(mean)
    return net


def averaged(mean: dict[str, Tensor], now: dict[str, Tensor], part: float) -> None:
    """Moves the running mean of the weights, in place."""
    with torch.no_grad():
        for name, value in now.items():
            if value.dtype.is_floating_point:
                mean[name].lerp_(value, part)
            else:
                mean[name].copy_(value)


def pace(step: int, steps: int) -> float:
    """Of the rate: rising over 150 steps, level, falling over the last 45 %."""
    left = min(1.0, (steps - step) / (0.45 * steps))
    return min(1.0, (step + 1) / 150) * min(1.0, 0.51 - 0.5 * float(np.cos(np.pi * left)))


def export(net: ParcelPoseNet, to: Path) -> None:
    """Writes ONNX with free height and width, weights kept as half floats, and prints its sha256."""

    class Telling(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, picture: Tensor) -> Tensor:
            return self.net.told(picture)

    axes = {"picture": {0: "frames", 2: "height", 3: "width"}, "told": {0: "frames", 2: "rows", 3: "columns"}}
    torch.onnx.export(
        Telling().eval(), (torch.zeros(1, 3, 128, 192),), str(to), input_names=["picture"], output_names=["told"],
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    pads_folded(to, np.zeros((1, 3, 128, 192), np.float32))
    halved(to)
    content = to.read_bytes()
    print(to.name, len(content), hashlib.sha256(content).hexdigest())


def halved(path: Path) -> None:
    """Keeps the large weights of an ONNX file as half floats, cast back when it is loaded: half the size."""
    model = onnx.load(str(path))
    graph, casts = model.graph, []
    for one in list(graph.initializer):
        value = numpy_helper.to_array(one)
        if value.dtype == np.float32 and value.size > 256:
            graph.initializer.remove(one)
            graph.initializer.append(numpy_helper.from_array(value.astype(np.float16), f"{one.name}.half"))
            casts.append(helper.make_node("Cast", [f"{one.name}.half"], [one.name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--shards", type=int, default=48)
    parser.add_argument("--steps", type=int, default=2800)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--to", type=Path, default=HERE / "parcel-pose.onnx")
    parser.add_argument("--export-only", action="store_true", help="export the running mean as it stands")
    options = parser.parse_args()
    if options.export_only:
        net = ParcelPoseNet()
        net.load_state_dict(torch.load(options.folder / "state.pt", weights_only=True)["mean"])
    else:
        net = train(options)
    export(net, options.to)


if __name__ == "__main__":
    main()
