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
    """(n, 3, H, W) blue-green-red 0..255, H and W multiples of 32, to (n, 19, H / s, W / s): stride s is 4 or 8.

    The encoder is tuned at stride 4; what is exported gives its answer at stride 8, which halves the cost.
    """

    def __init__(self, finest: int = 1) -> None:
        super().__init__()
        self.tell = nn.Conv2d(WIDTH, CHANNELS, 1)
        self.finest = finest

    def begin_with(self, weights: Path) -> None:
        """Fills what frame-content has alike: encoder and side layers, not the folded pyramid."""
        kept = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(weights)).graph.initializer}
        own = self.state_dict()
        for name in own:
            if f"net.{name}" in kept and not name.startswith("tell"):
                own[name].copy_(torch.from_numpy(kept[f"net.{name}"].copy()))

    def features(self, picture: Tensor) -> list[Tensor]:
        """What the encoder sees at strides 4, 8, 16 and 32."""
        x = functional.relu6(self.stem((picture.flip(1) - 127.0) / 128.0))
        seen = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in TAPS:
                seen.append(x)
        return seen

    def pyramid(self, seen: list[Tensor]) -> Tensor:
        """The answer from the features; those finer than it are not looked at."""
        top = self.whole(seen[3].mean((2, 3)))[:, :, None, None] + self.side[3](seen[3])
        top = self.mix[3](top)
        for level in range(2, self.finest - 1, -1):
            top = functional.interpolate(top, scale_factor=2.0, mode="bilinear", align_corners=False)
            top = self.mix[level](top + self.side[level](seen[level]))
        return self.tell(top)

    def forward(self, picture: Tensor) -> Tensor:
        return self.pyramid(self.features(picture))

    def told(self, picture: Tensor) -> Tensor:
        """As ``forward``, with probabilities of the kinds in place of logits: what is exported."""
        return likely(self(picture))


def likely(found: Tensor) -> Tensor:
    return torch.cat([torch.softmax(found[:, : len(KINDS)], 1), found[:, len(KINDS) :]], 1)
