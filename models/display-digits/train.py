"""Trains ``display-digits`` and exports it: resumable, one CPU thread.

    python models/display-digits/data.py      # draws the strips
    python models/display-digits/train.py     # goes on where it was stopped; writes display-digits.onnx

Needs torch 2.13, onnx and opencv-python-headless.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import torch
from digits_network import HERE, SYMBOLS, DisplayDigitsNet
from onnx import helper, numpy_helper
from torch import Tensor
from torch.nn import functional

FOLDER = HERE.parents[1] / "benchmarks" / "out" / "display-digits"
SEED = 20261122
HEIGHT = 40
BATCH = 48
WIDTHS = (64, 96, 136, 192, 320)
"""Strips of about one length are taken together and filled up at the right."""
MEAN = 0.998
"""What is exported is the running mean of the weights, with this decay."""
VALIDATION = 900


def loaded(folder: Path, numbers: range) -> tuple[list[bytes], list[str]]:
    """The strips of the shards that are there, as they are kept."""
    pictures: list[bytes] = []
    told: list[str] = []
    for number in numbers:
        path = folder / f"strips-{number:03d}.npz"
        if not path.exists():
            continue
        with np.load(path) as kept:
            whole, ends = kept["bytes"].tobytes(), kept["ends"].tolist()
            pictures += [whole[a:b] for a, b in zip([0, *ends], ends, strict=False)]
            told += [str(t) for t in kept["told"]]
    return pictures, told


def width_of(data: bytes) -> int:
    return int.from_bytes(data[16:20], "big")  # a PNG's header


def batch(pictures: list[bytes], told: list[str], chosen: Any, width: int, rng: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Strips (n, 1, HEIGHT, width), their symbols one after the other, and how many each has."""
    strips = np.empty((len(chosen), 1, HEIGHT, width), np.float32)
    for row, index in enumerate(chosen):
        grey = cv2.imdecode(np.frombuffer(pictures[index], np.uint8), cv2.IMREAD_GRAYSCALE)
        grey = grey[:, :width]
        value = np.pad(grey, ((0, 0), (0, width - grey.shape[1])), mode="edge").astype(np.float32)
        if rng is not None:
            value = _varied(value, rng)
        strips[row, 0] = value
    symbols = [SYMBOLS.index(c) + 1 for index in chosen for c in told[index]]
    lengths = [len(told[index]) for index in chosen]
    return torch.from_numpy(strips), torch.tensor(symbols), torch.tensor(lengths)


def _varied(value: Any, rng: Any) -> Any:
    """The same strip inverted, in other light, a pixel up or down."""
    if rng.random() < 0.12:
        value = 255 - value
    if rng.random() < 0.4:
        value = 255 * np.clip(value / 255, 0, 1) ** np.float32(rng.uniform(0.6, 1.6))
    if rng.random() < 0.3:
        value = value + rng.normal(0, rng.uniform(1, 6), value.shape).astype(np.float32)
    if rng.random() < 0.5:
        move = np.array([[rng.uniform(0.94, 1.0), 0, 0], [0, rng.uniform(0.92, 1.08), rng.uniform(-2, 2)]], np.float32)
        value = cv2.warpAffine(value, move, value.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return value


def spelt(chances: Tensor) -> list[str]:
    """Greedy decoding of (n, T, classes)."""
    rows = chances.argmax(2).tolist()
    return ["".join(SYMBOLS[k - 1] for i, k in enumerate(row) if k and (i == 0 or row[i - 1] != k)) for row in rows]


def judged(net: DisplayDigitsNet, pictures: list[bytes], told: list[str], most: int = 1500) -> str:
    """Share of validation strips read whole."""
    net.eval()
    right = 0
    with torch.no_grad():
        for width, members in grouped(pictures[:most]).items():
            for start in range(0, len(members), 64):
                chosen = members[start : start + 64]
                strips, _, _ = batch(pictures, told, chosen, width, None)
                right += sum(a == told[i] for a, i in zip(spelt(net.logits(strips)), chosen, strict=True))
    net.train()
    return f"read whole {right / min(most, len(pictures)):.3f}"


def grouped(pictures: list[bytes]) -> dict[int, list[int]]:
    """Places of the strips by the least of ``WIDTHS`` that holds them."""
    found: dict[int, list[int]] = {width: [] for width in WIDTHS}
    for place, data in enumerate(pictures):
        found[next(w for w in WIDTHS if width_of(data) <= w)].append(place)
    return found


def rate_at(step: int, steps: int) -> float:
    """Share of the rate: rising over 100 steps, level, falling from the half on."""
    return min(1, (step + 1) / 100) * max(0.01, 1 - max(0.0, step / steps - 0.5) / 0.5)


def loss_of(net: DisplayDigitsNet, strips: Tensor, symbols: Tensor, lengths: Tensor) -> Tensor:
    logits = net.logits(strips.contiguous(memory_format=torch.channels_last))
    chances = functional.log_softmax(logits, 2).transpose(0, 1)
    steps = torch.full((len(lengths),), logits.shape[1], dtype=torch.long)
    return functional.ctc_loss(chances, symbols, steps, lengths, zero_infinity=True)


def train(options: argparse.Namespace) -> DisplayDigitsNet:
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    cv2.setNumThreads(1)
    net = DisplayDigitsNet().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=1e-3)
    mean = {name: value.clone() for name, value in net.state_dict().items()}
    kept, first, spent = options.folder / "state.pt", 0, 0.0
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        mean, first, spent = state["mean"], state["step"], state["spent"]
    pictures, told = loaded(options.folder, range(VALIDATION))
    held = loaded(options.folder, range(VALIDATION, VALIDATION + 1))
    groups = grouped(pictures)
    print(len(pictures), "strips", {w: len(g) for w, g in groups.items()}, flush=True)
    total, began = 0.0, time.process_time()
    for step in range(first, options.steps):
        rng = np.random.default_rng([SEED, step])
        if step % 150 == 0 and step > first:  # shards that were drawn since
            more = loaded(options.folder, range(VALIDATION))
            if len(more[0]) > len(pictures):
                (pictures, told), groups = more, grouped(more[0])
        width = int(rng.choice(WIDTHS, p=[len(groups[w]) / len(pictures) for w in WIDTHS]))
        chosen = rng.choice(groups[width], BATCH)
        strips, symbols, lengths = batch(pictures, told, chosen, width, rng)
        for group in optimiser.param_groups:
            group["lr"] = options.rate * rate_at(step, options.steps)
        loss = loss_of(net, strips, symbols, lengths)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        decay = min(MEAN, (1 + step) / (10 + step))
        for name, value in net.state_dict().items():
            if value.dtype.is_floating_point:
                mean[name].mul_(decay).add_(value.detach(), alpha=1 - decay)
        total += float(loss.detach())
        if (step + 1) % 50 == 0:
            took = spent + time.process_time() - began
            print(step + 1, f"loss {total / 50:.3f}", f"{took:.0f} s", flush=True)
            total = 0.0
        if (step + 1) % 300 == 0 or step + 1 == options.steps:
            took = spent + time.process_time() - began
            state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "mean": mean, "step": step + 1}
            torch.save({**state, "spent": took}, kept)
            shown = DisplayDigitsNet()
            shown.load_state_dict(mean)
            print(judged(shown, *held), flush=True)
    net.load_state_dict(mean)
    return net


def export(net: DisplayDigitsNet, to: Path) -> None:
    """One file; large weights as half floats, cast when the network is loaded."""
    net.eval()
    torch.onnx.export(
        net.to(memory_format=torch.contiguous_format), (torch.zeros(1, 1, HEIGHT, 96),), str(to), opset_version=17,
        input_names=["strips"], output_names=["told"], dynamo=False,
        dynamic_axes={"strips": {0: "n", 3: "width"}, "told": {0: "n", 1: "steps"}},
    )  # fmt: skip
    model = onnx.load(str(to))
    graph = model.graph
    for weight in list(graph.initializer):
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 1000:
            continue
        halved = f"{weight.name}_half"
        graph.initializer.remove(weight)
        graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), halved))
        graph.node.insert(0, helper.make_node("Cast", [halved], [weight.name], to=onnx.TensorProto.FLOAT))
    onnx.checker.check_model(model)
    onnx.save(model, str(to))
    print(to.name, to.stat().st_size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--steps", type=int, default=6400)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--to", type=Path, default=HERE / "display-digits.onnx")
    options = parser.parse_args()
    export(train(options), options.to)


if __name__ == "__main__":
    main()
