"""Where model weights lie: ``models/`` of a checkout, or the copy inside an installed wheel. Our networks, loaded."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from evidence_kit.sensors import EngineMissing


def find(name: str) -> Path:
    """The path of one weights file, e.g. ``ppocrv6-tiny/rec.onnx``. Raises EngineMissing where it is not there."""
    package = Path(__file__).resolve().parent.parent
    for root in (package / "models", package.parent / "models"):
        path = root / name
        if path.is_file():
            return path
    raise EngineMissing(f"the weights {name} are missing; reinstall with: pip install --force-reinstall evidence-kit")


@cache
def network(name: str) -> Any:
    """The ONNX session of one weights file, on one thread, loaded once in a process. Raises EngineMissing."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(find(name)), options, providers=["CPUExecutionProvider"])
