"""Trains ``parcel-pose`` and exports it: resumable, one CPU thread.

    python models/parcel-pose/data.py      # draws 116 shards and four for validation, about 29 minutes of CPU
    python models/parcel-pose/train.py     # goes on where it was stopped; writes parcel-pose-float.onnx
    python models/parcel-pose/quantise.py  # makes parcel-pose.onnx of it

Four stages, each from the mean of the weights which the one before gave: from frame-content's encoder; on harder
views as well; longer, with more weight on the turn and with views cut out around the parcel; and on openings, with the
normalisations folded. ``--last-from FILE`` runs the last stage alone, from an exported network.
Needs torch 2.13, onnx, onnxruntime and opencv-python-headless.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from pose_network import HERE, KINDS, NORMAL, OPEN, TURN, ParcelPoseNet
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
PLAINLY_OPEN = 0.03
"""Part of the parcel's cells that must show flaps or the inside, for it to be learnt that the parcel is open."""


BATCH = 16
KEEP_EVERY = 400
"""Steps between two states on the disk."""


@dataclass(frozen=True)
class Stage:
    """One part of the training, with its own shards, rate and state on the disk."""

    shards: range
    steps: int
    rate: float
    """Of the decoder at its highest; the encoder learns at four tenths of it."""
    state: str
    new: range = range(0)
    """Shards of harder views, from which half of every batch is taken."""
    first: int = 0
    """So many of them from the first step on, and one more every ``every`` steps: they may still be being drawn."""
    every: int = 60
    fall: float = 0.45
    """Last part of the steps, over which the rate falls."""
    turn: float = 1.0
    """Weight of the turn in the loss."""
    zoomed: float = 0.0
    """Part of the views that are cut out around the parcel, as the second look at a view is."""
    folded: bool = False
    """Whether the normalisations are folded into the convolutions first, and learn no statistics any more."""

    @property
    def words(self) -> list[int]:
        """By which its steps are seeded, besides the training's own and the step's number."""
        return [] if not self.new else [4] if self.folded else [2]

    def ready(self, step: int) -> range:
        """The harder shards that step ``step`` takes from."""
        return self.new[: self.first + step // self.every]


STAGES = (
    Stage(range(48), 2800, 2e-3, "state.pt"),
    Stage(range(48), 2000, 1.5e-3, "state-2.pt", new=range(48, 72), first=3, fall=0.0),
    Stage(range(48), 1500, 1.5e-3, "state-3.pt", new=range(48, 72), first=24, fall=0.6, turn=2.0, zoomed=0.6),
    Stage(
        range(32, 72), 7500, 1e-3, "state-4.pt", new=range(72, 116), first=6, every=60, fall=0.5, turn=2.0, zoomed=0.6,
        folded=True,
    ),
)  # fmt: skip


def loaded(folder: Path, numbers: range) -> dict[str, np.ndarray]:
    """The shards of these numbers, one after another; waits for those that are still being drawn."""
    parts = []
    for number in numbers:
        path = folder / f"frames-{number:03d}.npz"
        while not path.exists():
            time.sleep(2)
        parts.append(np.load(path, allow_pickle=True))
    return {
        key: np.concatenate([part[key] for part in parts]) for key in ("pictures", "marks", "turns", "bags", "opens")
    }


class Views:
    """Of which each step takes its batch."""

    def __init__(self, folder: Path, stage: Stage) -> None:
        self.folder, self.stage = folder, stage
        self.old = loaded(folder, stage.shards)
        self.new: dict[str, np.ndarray] = {}
        self.seen = range(0)

    def batch(self, step: int) -> list[Tensor]:
        """A pure function of the step's number."""
        rng = np.random.default_rng([SEED, step, *self.stage.words])
        ready = self.stage.ready(step)
        if ready != self.seen:
            more = loaded(self.folder, ready[len(self.seen) :])
            self.new = {key: np.concatenate([self.new[key], more[key]]) for key in more} if self.new else more
            self.seen = ready
        fresh = BATCH // 2 if self.new else 0
        old = rng.integers(0, len(self.old["turns"]), BATCH - fresh)
        new = rng.integers(0, len(self.new["turns"]), fresh) if fresh else []
        tall = bool(rng.random() < 0.25)
        zoomed = self.stage.zoomed
        rows = [made(self.old, int(index), rng, tall, zoomed) for index in old]
        return batch_of(rows + [made(self.new, int(index), rng, tall, zoomed) for index in new])


def kinds_of(ids: np.ndarray, bag: bool) -> np.ndarray:
    table = np.zeros(256, np.uint8)
    table[1:7] = 2 if bag else 1
    table[7], table[8], table[9], table[10] = 3, 4, 5, 6
    return table[ids]


def made(
    data: dict[str, np.ndarray], index: int, rng: np.random.Generator | None, tall: bool, zoomed: float = 0.0
) -> tuple[np.ndarray, ...]:
    """Picture (h, w, 3) float32, kinds (h/4, w/4), faces (h/4, w/4) 0..6, turn (3, 3), and of each cell whether it is
    of an open parcel (1), a closed one (0) or not known to be of either (-1); varied where rng is given."""
    picture = cv2.imdecode(np.frombuffer(data["pictures"][index], np.uint8), cv2.IMREAD_COLOR)
    ids = cv2.imdecode(np.frombuffer(data["marks"][index], np.uint8), cv2.IMREAD_GRAYSCALE)
    width, height = SIDE[::-1] if tall else SIDE
    box = None
    if rng is not None and zoomed and rng.random() < zoomed:
        box = around_parcel(ids)
        small = max(SIDE) / max(picture.shape)
        picture = cv2.resize(picture, None, fx=small, fy=small, interpolation=cv2.INTER_AREA)
    h, w = picture.shape[:2]
    middle = np.array([w / 2, h / 2])
    angle, scale, shift, mirror = 0.0, min(width / w, height / h) if rng is None else 1.0, np.zeros(2), False
    if rng is not None:
        angle = rng.normal(0, 0.12) + (rng.choice([0, 0, 0, 0, 1, 2, 3]) * np.pi / 2)
        across = (w, h) if round(angle / (np.pi / 2)) % 2 == 0 else (h, w)
        scale = max(width / across[0], height / across[1]) * rng.uniform(0.72, 1.25)
        shift = rng.normal(0, 0.05, 2) * [width, height]
        if box is not None:
            middle = box[0] * w
            wide, high = (box[1] if across == (w, h) else box[1][::-1]) * w
            scale = max(scale, min(width / wide, height / high) / rng.uniform(1.2, 2.0))
        mirror = rng.random() < 0.5
    linear = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirror:
        linear = linear @ np.diag([-1.0, 1.0])
    move = np.zeros((2, 3))
    move[:, :2] = linear * scale
    move[:, 2] = np.array([width, height]) / 2 + shift - move[:, :2] @ middle
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
    opened = opened_of(marks, bool(data["opens"][index]))
    return np.clip(value, 0, 255), kinds_of(marks, bool(data["bags"][index])), faces, turn, opened


def opened_of(marks: np.ndarray, opened: bool) -> np.ndarray:
    parcel, shows = (marks >= 1) & (marks <= 8), (marks == 7) | (marks == 8)
    plain = not opened or shows.sum() >= PLAINLY_OPEN * parcel.sum()
    return np.where(parcel & plain, np.float32(opened), np.float32(-1))


def around_parcel(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Middle and size (x, y) of what is parcel, open or closed, in widths of the picture."""
    rows, columns = np.nonzero((ids >= 1) & (ids <= 8))
    if len(rows) < 60:
        return None
    low, high = np.array([columns.min(), rows.min()]), np.array([columns.max(), rows.max()]) + 1
    return (low + high) / 2 / ids.shape[1], (high - low) / ids.shape[1]


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


def batch_of(rows: list[tuple[np.ndarray, ...]]) -> list[Tensor]:
    """Pictures, kinds, which cells show a face, their normals, the turn's nine numbers, and open or not."""
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
        torch.from_numpy(np.stack([row[4] for row in rows])),
    ]  # fmt: skip


def loss_of(found: Tensor, parts: list[Tensor], weight_of_turn: float) -> Tensor:
    _, kinds, on, normals, numbers, opened = parts
    count = len(KINDS)
    entropy = functional.cross_entropy(found[:, :count], kinds, torch.tensor(WEIGHTS))
    cells = on.float().sum() + 1
    unit = functional.normalize(found[:, NORMAL], dim=1)
    lean = ((1 - (unit * normals).sum(1)) * on).sum() / cells
    turn = found[:, TURN]
    apart = (((turn - numbers[:, :, None, None]) ** 2).sum(1) * on).sum() / cells
    weight = on[:, None].float()
    pooled = (turn * weight).sum((2, 3)) / (weight.sum((2, 3)) + 1)
    there = on.flatten(1).sum(1) > 20
    whole = (((pooled - numbers) ** 2).sum(1) * there).sum() / (there.sum() + 1)
    known = (opened >= 0).float()
    each = functional.binary_cross_entropy_with_logits(found[:, OPEN], opened.clamp(0, 1), reduction="none")
    # A view counts as much as another, a small parcel as a large one.
    share = known.flatten(1).sum(1)
    open_or_not = ((each * known).flatten(1).sum(1) / (share + 1) * (share > 20)).sum() / ((share > 20).sum() + 1)
    return entropy + lean + weight_of_turn * (apart + whole) + open_or_not


def judged(net: ParcelPoseNet, data: dict[str, np.ndarray], most: int = 480) -> str:
    """Intersection over union of the kinds, and the angle of the pooled turn where the parcel is plain to see."""
    net.eval()
    both, either, angles, sure, opened = np.zeros(7), np.zeros(7), [], [], []
    with torch.no_grad():
        for start in range(0, min(most, len(data["turns"])), 8):
            chosen = np.arange(start, min(start + 8, len(data["turns"])))
            parts = batch_of([made(data, int(index), None, False) for index in chosen])
            found = net.told(parts[0])
            guess = found[:, :7].argmax(1)
            for kind in range(7):
                both[kind] += ((guess == kind) & (parts[1] == kind)).sum()
                either[kind] += ((guess == kind) | (parts[1] == kind)).sum()
            weight = (found[:, 1:2] + found[:, 2:3]) * 1.0
            pooled = (found[:, TURN] * weight).sum((2, 3)) / (weight.sum((2, 3)) + 1)
            for place in range(len(chosen)):
                cells = parts[5][place] >= 0
                if cells.float().mean() > 0.01:
                    opened.append((float(parts[5][place].max()), float(found[place, OPEN][cells].mean())))
                if parts[2][place].float().mean() < 0.015:
                    continue
                turn, score = turn_of(pooled[place].numpy().astype(float))
                true, _ = turn_of(parts[4][place].numpy().astype(float))
                angles.append(np.degrees(nearest_name(turn, true)[1]))
                sure.append(score * float(pooled[place].norm()))
    share = " ".join(f"{name} {both[i] / max(either[i], 1):.3f}" for i, name in enumerate(KINDS))
    a = np.array(angles)
    truth, said = np.array(opened).T
    ranks = (said[truth > 0][:, None] > said[truth == 0]).mean() if 0 < truth.sum() < len(truth) else np.nan
    high = a[np.array(sure) > np.median(sure)]
    return (
        f"{share}; turn: median {np.median(a):.1f}, 90 % {np.percentile(a, 90):.1f}, over 20: {(a > 20).mean():.3f},"
        f" over 20 in the surer half: {(high > 20).mean():.3f}; open: right {((said > 0.5) == truth).mean():.3f},"
        f" ranked right {ranks:.3f}"
    )


def begun(folder: Path, earlier: Stage | None, stage: Stage, exported: Path | None = None) -> ParcelPoseNet:
    """The network before a stage: frame-content's encoder, or the running mean that the stage before gave, or, where
    that is given, an exported one."""
    net = ParcelPoseNet()
    if exported is not None:
        net.begin_with_exported(exported)
    elif earlier is None:
        net.begin_with(HERE.parent / "frame-content" / "frame-content.onnx")
    else:
        net.load_state_dict(torch.load(folder / earlier.state, weights_only=True)["mean"])
    if stage.folded and exported is None:
        net.fold()
    for module in [net.stem, *net.blocks[:FROZEN]]:
        module.requires_grad_(False)
    return net.to(memory_format=torch.channels_last)


def train(net: ParcelPoseNet, folder: Path, stage: Stage) -> ParcelPoseNet:
    """The running mean of the weights after a stage; its state is kept in ``folder`` on the way."""
    torch.manual_seed(SEED)
    encoder = [p for m in (net.stem, net.blocks) for p in m.parameters() if p.requires_grad]
    decoder = [p for m in (net.side, net.whole, net.mix, net.tell) for p in m.parameters()]
    groups = [{"params": encoder, "lr": stage.rate * 0.4}, {"params": decoder, "lr": stage.rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=1e-4)
    kept, first = folder / stage.state, 0
    mean = {name: value.clone() for name, value in net.state_dict().items()}
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        net.load_state_dict(state["net"])
        optimiser.load_state_dict(state["optimiser"])
        mean, first = state["mean"], state["step"]
    views = Views(folder, stage) if first < stage.steps else None
    numbers = (range(900, 902), *([range(902, 903)] if stage.new else []), *([range(903, 904)] if stage.folded else []))
    held = [loaded(folder, one) for one in numbers]
    spent, total = time.process_time(), 0.0
    net.train(not stage.folded)  # It has nothing else that training changes.
    for step in range(first, stage.steps):
        for group, part in zip(optimiser.param_groups, (0.4, 1.0), strict=True):
            group["lr"] = stage.rate * part * pace(step, stage)
        assert views is not None
        parts = views.batch(step)
        loss = loss_of(net(parts[0]), parts, stage.turn)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*encoder, *decoder], 2.0)
        optimiser.step()
        total += float(loss.detach())
        averaged(mean, net.state_dict(), 1 - min(MEAN, (step + 1) / (step + 10)))
        if step % 50 == 49:
            print(f"  {step + 1} {total / 50:.4f} CPU {time.process_time() - spent:.0f}s", flush=True)
            total = 0.0
        if step % KEEP_EVERY == KEEP_EVERY - 1 or step == stage.steps - 1:
            state = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "mean": mean, "step": step + 1}
            part = kept.with_suffix(".part")
            torch.save(state, part)
            part.rename(kept)
        if step % 1000 == 999 or step == stage.steps - 1:
            told = ParcelPoseNet()
            told.load_state_dict(mean)
            for one in held:
                print("  ", judged(told, one), flush=True)
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


def pace(step: int, stage: Stage) -> float:
    """Of the rate: rising over 150 steps, level, and falling at the end."""
    rise = min(1.0, (step + 1) / 150)
    left = (stage.steps - step) / (stage.fall * stage.steps) if stage.fall else 1.0
    return rise * min(1.0, 0.51 - 0.5 * float(np.cos(np.pi * min(1.0, left))))


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
    parser.add_argument("--to", type=Path, default=HERE / "parcel-pose-float.onnx")
    parser.add_argument("--export-only", type=Path, help="export the running mean of this state as it stands")
    parser.add_argument("--last-from", type=Path, help="run the last stage alone, from an exported network")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    cv2.setNumThreads(1)
    net = ParcelPoseNet()
    if options.export_only:
        net.load_state_dict(torch.load(options.export_only, weights_only=True)["mean"])
    else:
        pairs = list(zip((None, *STAGES), STAGES, strict=False))
        for earlier, stage in pairs[-1:] if options.last_from else pairs:
            net = train(begun(options.folder, earlier, stage, options.last_from), options.folder, stage)
    export(net, options.to)


if __name__ == "__main__":
    main()
