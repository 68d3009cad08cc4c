"""The network: the encoder and pyramid of ``frame-content`` with another last layer, 19 numbers a cell at stride 4.

0 to 6 are logits of KINDS, 7 to 9 the outward normal of the face seen (x right, y down, z away from the camera),
10 to 18 the parcel's turn as evidence_kit.sensors.parcel_frames has it. The encoder begins with the weights of
models/frame-content/frame-content.onnx, which know cartons, hands, labels and goods.
"""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "frame-content"))
from network import WIDTH, FrameContentNet  # noqa: E402  (the folder's name is no package's)

KINDS = ("nothing", "box", "bag", "flap", "inside", "goods", "hand")
CHANNELS = len(KINDS) + 3 + 9


class ParcelPoseNet(FrameContentNet):
    """(n, 3, H, W) blue-green-red 0..255, H and W multiples of 32, to (n, 19, H / 4, W / 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.tell = nn.Conv2d(WIDTH, CHANNELS, 1)

    def begin_with(self, weights: Path) -> None:
        """Fills what frame-content has alike: encoder and side layers, not the folded pyramid."""
        kept = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(weights)).graph.initializer}
        own = self.state_dict()
        for name in own:
            if f"net.{name}" in kept and not name.startswith("tell"):
                own[name].copy_(torch.from_numpy(kept[f"net.{name}"].copy()))

    def told(self, picture: Tensor) -> Tensor:
        """As ``forward``, with probabilities of the kinds in place of logits: what is exported."""
        found = self(picture)
        return torch.cat([torch.softmax(found[:, : len(KINDS)], 1), found[:, len(KINDS) :]], 1)
