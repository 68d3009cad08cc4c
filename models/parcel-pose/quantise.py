"""Makes ``parcel-pose.onnx``, whose convolutions count in whole numbers, from the float network that training gave.

    python models/parcel-pose/data.py --only 33 50 85 110 900 902 903    # four to calibrate with, three to judge by
    python models/parcel-pose/quantise.py    # reads parcel-pose-float.onnx, writes parcel-pose.onnx

Weights are whole numbers of 7 bits, one scale per channel (with 8 the sums of two products overflow on processors
without VNNI, and answers would depend on the machine), activations of 8 bits over the range that they have on views of
the training's world. The first layers and all after the pyramid stay float. Prints how both files do on the validation
views, and what a view costs. Needs torch 2.13, onnx, onnxruntime and opencv-python-headless.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from pose_network import HERE
from train import FOLDER, SEED, judged, loaded, made

SHARDS, VALIDATION = (33, 50, 85, 110), (900, 902, 903)
"""Of the first stage's views, of the harder ones and of those around openings."""
VIEWS = 160
"""To calibrate with."""
FLOAT = (
    "/net/Slice", "/net/Sub", "/net/Div", "/net/stem/", "/net/blocks.0/", "/net/blocks.1/",
    "/net/tell/", "/net/Resize_2", "/Slice", "/Softmax", "/Concat",
)  # fmt: skip
"""How the names of nodes begin that stay as they are. Much of the distance from the float network's answers came
from the first two blocks; left as they are they cost no more."""


class Views(CalibrationDataReader):  # type: ignore[misc]
    """Views as they are trained on, whole and cut out around the parcel; those of the last shard upright."""

    def __init__(self, folder: Path) -> None:
        self._views = self._made(folder)

    def _made(self, folder: Path) -> Iterator[np.ndarray]:
        rng = np.random.default_rng(SEED)
        shards = [loaded(folder, range(number, number + 1)) for number in SHARDS]
        for place in range(VIEWS):
            data = shards[place % len(shards)]
            picture = made(data, int(rng.integers(0, len(data["turns"]))), rng, place % 4 == 3, 0.6)[0]
            yield np.ascontiguousarray(picture.transpose(2, 0, 1)[None], np.float32)

    def get_next(self) -> dict[str, np.ndarray] | None:
        picture = next(self._views, None)
        return None if picture is None else {"picture": picture}


class Told:
    """A file's answers, as ``judged`` asks a network for them."""

    def __init__(self, path: Path) -> None:
        options: Any = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.spent_s: list[float] = []
        """CPU of every view."""

    def eval(self) -> None: ...

    def train(self) -> None: ...

    def told(self, pictures: torch.Tensor) -> torch.Tensor:
        answers = []
        for picture in pictures.contiguous().numpy():
            began = time.process_time()
            answers.append(self._session.run(None, {"picture": picture[None]})[0])
            self.spent_s.append(time.process_time() - began)
        return torch.from_numpy(np.concatenate(answers))


def quantise(source: Path, to: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as kept:
        plain = Path(kept) / "plain.onnx"
        options: Any = onnxruntime.SessionOptions()
        # Weights that are kept as half floats are cast.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(plain)
        onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
        nodes = [node.name for node in onnx.load(str(plain)).graph.node]
        quantize_static(
            str(plain), str(to), Views(folder), quant_format=QuantFormat.QDQ, per_channel=True, reduce_range=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
            nodes_to_exclude=[name for name in nodes if name.startswith(FLOAT)],
        )  # fmt: skip
    onnx.checker.check_model(onnx.load(str(to)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--source", type=Path, default=HERE / "parcel-pose-float.onnx")
    parser.add_argument("--to", type=Path, default=HERE / "parcel-pose.onnx")
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    quantise(options.source, options.to, options.folder)
    content = options.to.read_bytes()
    print(options.to.name, len(content), hashlib.sha256(content).hexdigest())
    for number in VALIDATION:
        data = loaded(options.folder, range(number, number + 1))
        for path in (options.source, options.to):
            told = Told(path)
            print(number, path.name, judged(told, data))  # type: ignore[arg-type]
            print(f"  CPU of a view {1000 * median(told.spent_s):.2f} ms")


if __name__ == "__main__":
    main()
