"""Holds ONNX files against validation views, the one that ships beside any other: kinds, turns, time.

python models/parcel-pose/train.py --export-only STATE --plain --to plain.onnx
python models/parcel-pose/judge.py plain.onnx models/parcel-pose/parcel-pose.onnx
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import onnxruntime
from train import FOLDER, KINDS, loaded, made

from evidence_kit.sensors.parcel_frames import nearest_name, turns_of

VIEWS = 300
LEAST_SHOWN = 0.015
"""Part of a view that shows the parcel, below which its turn is not asked for."""


def judged(path: Path, data: dict[str, np.ndarray]) -> str:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    both, either = np.zeros(len(KINDS)), np.zeros(len(KINDS))
    angles, spent = [], []
    for index in range(VIEWS):
        picture, kinds, faces, turn = made(data, index, None, False)
        given = np.ascontiguousarray(picture.transpose(2, 0, 1)[None])
        began = time.process_time()
        found = session.run(None, {"picture": given})[0][0]
        spent.append(time.process_time() - began)
        guess = found[: len(KINDS)].argmax(0)
        for kind in range(len(KINDS)):
            both[kind] += ((guess == kind) & (kinds == kind)).sum()
            either[kind] += ((guess == kind) | (kinds == kind)).sum()
        if (faces > 0).mean() >= LEAST_SHOWN:
            weight = found[1] + found[2]
            numbers = (found[len(KINDS) + 3 :] * weight).sum((1, 2)) / (weight.sum() + 1)
            turns, _ = turns_of(numbers[None].astype(float))
            angles.append(np.degrees(nearest_name(turns[0], turn)[1]))
    shares = " ".join(f"{name} {both[i] / max(either[i], 1):.3f}" for i, name in enumerate(KINDS))
    half, most = np.percentile(angles, [50, 90])
    over = (np.array(angles) > 20).mean()
    turn = f"turn: median {half:.2f}, 90 % {most:.1f}, over 20: {over:.3f}"
    return f"{path.name}: {shares}; {turn}; {1000 * np.median(spent):.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    data = loaded(options.folder, range(900, 902))
    for path in options.files:
        print(judged(path, data), flush=True)


if __name__ == "__main__":
    main()
