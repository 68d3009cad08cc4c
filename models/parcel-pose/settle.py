"""The last leg of ``parcel-pose``: the encoder stays as train.py left it, pyramid and last layer settle on its features.

    python models/parcel-pose/settle.py --begin 2 --frames 3600 --steps 1500

Every frame is varied and seen by the encoder once (20 ms of CPU each); the features are kept in memory, and training
on them costs a fortieth of a step through the whole network. Writes parcel-pose.onnx.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from pose_network import HERE, KINDS, ParcelPoseNet, likely
from torch import Tensor
from torch.nn import functional
from train import FOLDER, SEED, batch, export, loaded

from evidence_kit.sensors.parcel_frames import nearest_name, turn_of

WEIGHTS = (0.5, 1.0, 1.6, 2.5, 2.5, 2.0, 1.2)


def coarse(parts: list[Tensor]) -> list[Tensor]:
    """Targets of ``batch`` at stride 8: shares of the kinds, which cells show a face, normals, turn."""
    _, kinds, on, normals, numbers = parts
    shares = functional.avg_pool2d(functional.one_hot(kinds, len(KINDS)).permute(0, 3, 1, 2).float(), 2)
    return [shares.half(), on[:, 1::2, 1::2], normals[:, :, 1::2, 1::2].half(), numbers]


def seen_by(net: ParcelPoseNet, data: dict[str, np.ndarray], count: int, *, vary: bool) -> list[Tensor]:
    """Features at strides 8, 16 and 32 and targets of ``count`` frames, landscape, half precision."""
    kept: list[list[Tensor]] = []
    order = np.random.default_rng([SEED, 77]).permutation(len(data["turns"]))[:count]
    began = time.process_time()
    with torch.no_grad():
        for start in range(0, len(order), 8):
            rng = np.random.default_rng([SEED, 78, start]) if vary else None
            parts = batch(data, order[start : start + 8], rng, False)
            features = [one.half().contiguous() for one in net.features(parts[0])[1:]]
            kept.append([*features, *coarse(parts)])
            if start % 400 == 0:
                print("  seen", start, f"CPU {time.process_time() - began:.0f}s", flush=True)
    return [torch.cat([row[place] for row in kept]) for place in range(len(kept[0]))]


def loss_of(found: Tensor, rows: list[Tensor]) -> Tensor:
    shares, on, normals, numbers = rows
    count = len(KINDS)
    weights = torch.tensor(WEIGHTS)[None, :, None, None]
    entropy = -(shares * functional.log_softmax(found[:, :count], 1) * weights).sum(1).mean()
    cells = on.float().sum() + 1
    unit = functional.normalize(found[:, count : count + 3], dim=1)
    lean = ((1 - (unit * normals).sum(1)) * on).sum() / cells
    turn = found[:, count + 3 :]
    apart = (((turn - numbers[:, :, None, None]) ** 2).sum(1) * on).sum() / cells
    weight = on[:, None].float()
    pooled = (turn * weight).sum((2, 3)) / (weight.sum((2, 3)) + 1)
    there = on.flatten(1).sum(1) > 6
    whole = (((pooled - numbers) ** 2).sum(1) * there).sum() / (there.sum() + 1)
    return 1.5 * entropy + lean + apart + whole


def judged(net: ParcelPoseNet, rows: list[Tensor]) -> str:
    """Intersection over union of the kinds, and the angle of the pooled turn where the parcel is plain to see."""
    net.eval()
    count = len(KINDS)
    with torch.no_grad():
        found = likely(net.pyramid([rows[0][:1].float(), *[one.float() for one in rows[:3]]]))
    guess, true = found[:, :count].argmax(1), rows[3].argmax(1)
    share = " ".join(
        f"{name} {float(((guess == k) & (true == k)).sum() / ((guess == k) | (true == k)).sum().clamp(min=1)):.3f}"
        for k, name in enumerate(KINDS)
    )
    weight = found[:, 1:2] + found[:, 2:3]
    pooled = (found[:, count + 3 :] * weight).sum((2, 3)) / (weight.sum((2, 3)) + 0.25)
    angles, sure = [], []
    for place in range(len(pooled)):
        if rows[4][place].float().mean() < 0.015:
            continue
        turn, score = turn_of(pooled[place].numpy().astype(float))
        known, _ = turn_of(rows[6][place].numpy().astype(float))
        angles.append(np.degrees(nearest_name(turn, known)[1]))
        sure.append(score * float(pooled[place].norm()))
    net.train()
    a, s = np.array(angles), np.array(sure)
    high = a[s > np.median(s)]
    return (
        f"{share}; turn: median {np.median(a):.1f}, 90 % {np.percentile(a, 90):.1f}, over 20 {(a > 20).mean():.3f};"
        f" surer half (over {np.median(s):.2f}): median {np.median(high):.1f}, over 20 {(high > 20).mean():.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--begin", default="2")
    parser.add_argument("--frames", type=int, default=3600)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    cv2.setNumThreads(1)
    net = ParcelPoseNet(finest=1)
    net.load_state_dict(torch.load(options.folder / f"state-{options.begin}.pt", weights_only=True)["net"])
    net.eval()
    held = seen_by(net, loaded(options.folder, 900, 902), 200, vary=False)
    print(judged(net, held), flush=True)
    rows = seen_by(net, loaded(options.folder, 0, 40), options.frames, vary=True)
    for module in (net.stem, net.blocks, net.side[0], net.mix[0]):
        module.requires_grad_(False)
    own = [p for p in net.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(own, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.rate, total_steps=options.steps, pct_start=0.1)
    net.train()
    spent, total = time.process_time(), 0.0
    for step in range(options.steps):
        rng = np.random.default_rng([SEED, 79, step])
        chosen = torch.from_numpy(rng.integers(0, len(rows[0]), options.batch))
        some = [one[chosen].float() if one.dtype == torch.half else one[chosen] for one in rows]
        loss = loss_of(net.pyramid([some[0], *some[:3]]), some[3:])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(own, 2.0)
        optimiser.step()
        schedule.step()
        total += float(loss.detach())
        if step % 100 == 99:
            print(f"  {step + 1} {total / 100:.4f} CPU {time.process_time() - spent:.0f}s", flush=True)
            total = 0.0
        if step % 500 == 499 or step == options.steps - 1:
            print("  ", judged(net, held), flush=True)
            torch.save({"net": net.state_dict()}, options.folder / "state-settled.pt")
    export(net, HERE / "parcel-pose.onnx")


if __name__ == "__main__":
    main()
