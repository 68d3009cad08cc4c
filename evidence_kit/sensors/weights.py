"""Where model weights lie: ``models/`` of a checkout, or the copy inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

from evidence_kit.sensors import EngineMissing


def find(name: str) -> Path:
    """The path of one weights file, e.g. ``ppocrv6-tiny/rec.onnx``. Raises EngineMissing where it is not there."""
    package = Path(__file__).resolve().parent.parent
    for root in (package / "models", package.parent / "models"):
        path = root / name
        if path.is_file():
            return path
    raise EngineMissing(f"the weights {name} are missing; reinstall with: pip install --force-reinstall evidence-kit")
