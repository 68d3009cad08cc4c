"""The network: the encoder and pyramid of ``frame-content`` with another last layer, 19 numbers a cell.

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
from torch.nn import functional

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "frame-content"))
from network import TAPS, WIDTH, FrameContentNet  # noqa: E402  (the folder's name is no package's)

KINDS = ("nothing", "box", "bag", "flap", "inside", "goods", "hand")
CHANNELS = len(KINDS) + 3 + 9


class ParcelPoseNet(FrameContentNet):
    """(n, 3, H, W) blue-green-red 0..255, H and W multiples of 32, to (n, 19, H / 4, W / 4).

    The pyramid ends at stride 8; its answer is interpolated, which costs half of going down to stride 4.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tell = nn.Conv2d(WIDTH, CHANNELS, 1)
        del self.side[0], self.mix[0]

    def begin_with(self, weights: Path) -> None:
        """Fills what frame-content has alike: encoder and side layers, not the folded pyramid."""
        kept = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(weights)).graph.initializer}
        own = self.state_dict()
        for name in own:
            if name.startswith(("stem", "blocks", "whole")) and f"net.{name}" in kept:
                own[name].copy_(torch.from_numpy(kept[f"net.{name}"].copy()))

    def features(self, picture: Tensor) -> list[Tensor]:
        """What the encoder sees at strides 8, 16 and 32."""
        x = functional.relu6(self.stem((picture.flip(1) - 127.0) / 128.0))
        seen = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in TAPS[1:]:
                seen.append(x)
        return seen

    def pyramid(self, seen: list[Tensor]) -> Tensor:
        top = self.whole(seen[2].mean((2, 3)))[:, :, None, None] + self.side[2](seen[2])
        top = self.mix[2](top)
        for level in (1, 0):
            top = functional.interpolate(top, scale_factor=2.0, mode="bilinear", align_corners=False)
            top = self.mix[level](top + self.side[level](seen[level]))
        return functional.interpolate(self.tell(top), scale_factor=2.0, mode="bilinear", align_corners=False)

    def forward(self, picture: Tensor) -> Tensor:
        return self.pyramid(self.features(picture))

    def told(self, picture: Tensor) -> Tensor:
        """As ``forward``, with probabilities of the kinds in place of logits: what is exported."""
        return likely(self(picture))


def likely(found: Tensor) -> Tensor:
    return torch.cat([torch.softmax(found[:, : len(KINDS)], 1), found[:, len(KINDS) :]], 1)
