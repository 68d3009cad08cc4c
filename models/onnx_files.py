"""What both trainings do to an ONNX file after torch has written it. Needs onnx and onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper


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
