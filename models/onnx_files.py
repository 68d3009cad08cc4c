"""What both trainings do to an ONNX file after torch has written it. Needs onnx and onnxruntime."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper
from onnxruntime import quantization


def pads_folded(path: Path, example: np.ndarray) -> None:
    """Makes each padding with zeros a part of the convolution after it, in place.

    TensorFlow's padding of a convolution with stride two is uneven, which torch's convolutions cannot have and ONNX's
    can. As nodes of their own the paddings, and the changes of layout around them, were 0.4 of the run time
    (docs/performance.md).

    ``example`` is a picture (1, 3, H, W) float32, H and W multiples of 32: the paddings are the same for all of them.
    """
    model = onnx.load(str(path))
    nodes = model.graph.node
    pads = [node for node in nodes if node.op_type == "Pad"]
    sizes = _values(model, [node.input[1] for node in pads], example)
    after = {node.input[0]: node for node in nodes if node.op_type == "Conv"}
    for pad, size in zip(pads, sizes, strict=True):
        conv = after[pad.output[0]]
        given = [one for one in conv.attribute if one.name == "pads"]
        assert all(not any(one.ints) for one in given) and not size[[0, 1, 4, 5]].any(), conv.name
        for one in given:
            conv.attribute.remove(one)
        conv.attribute.append(helper.make_attribute("pads", [int(v) for v in size[[2, 3, 6, 7]]]))
        conv.input[0] = pad.input[0]
        nodes.remove(pad)
    _prune(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _values(model: onnx.ModelProto, names: list[str], example: np.ndarray) -> list[np.ndarray]:
    """What the tensors of these names hold for that picture."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    probe.graph.output.extend(onnx.ValueInfoProto(name=name) for name in dict.fromkeys(names))
    session = onnxruntime.InferenceSession(probe.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(names, {"picture": example})


def _prune(model: onnx.ModelProto) -> None:
    """Takes out nodes and weights that nothing uses any more."""
    graph = model.graph
    while True:
        used = {name for node in graph.node for name in node.input} | {one.name for one in graph.output}
        idle = [node for node in graph.node if not used & set(node.output)]
        if not idle:
            break
        for node in idle:
            graph.node.remove(node)
    for one in [one for one in graph.initializer if one.name not in used]:
        graph.initializer.remove(one)


def quantised(path: Path, pictures: Iterable[np.ndarray], *, leave: Sequence[str] = ()) -> None:
    """Makes the network compute in eight bits, in place: weights per channel, activations by what ``pictures`` show.

    Weights have seven bits, so that sums do not overflow on processors without VNNI: every processor gives the same
    (onnxruntime, "Quantize ONNX models", reduce_range). Nodes whose names contain one of ``leave`` stay as they are.
    ``pictures`` are (1, 3, H, W) float32.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    whole = path.with_suffix(".whole.onnx")
    options.optimized_model_filepath = str(whole)  # constants and casts are folded
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    kept = [node.name for node in onnx.load(str(whole)).graph.node if any(part in node.name for part in leave)]
    quantization.quantize_static(
        str(whole), str(path), _Pictures(pictures), per_channel=True, reduce_range=True,
        quant_format=quantization.QuantFormat.QDQ, activation_type=quantization.QuantType.QUInt8,
        weight_type=quantization.QuantType.QInt8, op_types_to_quantize=["Conv", "Add", "Relu", "Clip", "ReduceMean"],
        nodes_to_exclude=kept,
    )  # fmt: skip
    whole.unlink()


class _Pictures(quantization.CalibrationDataReader):
    def __init__(self, pictures: Iterable[np.ndarray]) -> None:
        self._left = iter(pictures)

    def get_next(self) -> dict[str, np.ndarray] | None:
        picture = next(self._left, None)
        return None if picture is None else {"picture": picture}
