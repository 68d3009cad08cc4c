"""The network: the encoder and pyramid of ``frame-content`` with another last layer, 20 numbers a cell.

0 to 6 are logits of KINDS, 7 to 9 the outward normal of the face seen (x right, y down, z away from the camera),
10 to 18 the parcel's turn as evidence_kit.sensors.parcel_frames has it, 19 the logit of the parcel being open, told by
all of its cells and not only by those that show it. The encoder begins with the weights of
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
NORMAL, TURN, OPEN = (slice(len(KINDS), len(KINDS) + 3), slice(len(KINDS) + 3, len(KINDS) + 12), len(KINDS) + 12)
CHANNELS = OPEN + 1


class ParcelPoseNet(FrameContentNet):
    """(n, 3, H, W) blue-green-red 0..255, H and W multiples of 32, to (n, 20, H / 4, W / 4).

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

    def begin_with_exported(self, exported: Path) -> None:
        """Fills everything from an ONNX file that ``train.py`` wrote; its normalisations are folded, a channel that it
        lacks stays at zero."""
        graph = onnx.load(str(exported)).graph
        kept = {
            one.name.removesuffix(".half"): torch.from_numpy(numpy_helper.to_array(one).astype("float32"))
            for one in graph.initializer
        }
        with torch.no_grad():
            self.tell.weight.zero_()
            self.tell.bias.zero_()  # type: ignore[union-attr]
            for name, own in self.named_parameters():
                if f"net.{name}" in kept:
                    value = kept[f"net.{name}"]
                    own[: len(value)].copy_(value)
            for node in graph.node:
                # "/net/mix.2/mix.2.0/Conv" is the convolution ``mix.2.0`` and the normalisation ``mix.2.1`` after it.
                if node.op_type != "Conv" or "/mix." not in node.name:
                    continue
                level, index = (int(part) for part in node.name.split("/")[-2].split(".")[1:])
                sequence = self.mix[level]
                sequence[index].weight.copy_(kept[node.input[1]])
                unnormed(sequence[index + 1], kept[node.input[2]])

    def fold(self) -> None:
        """Takes the normalisations into the convolutions before them, in place."""
        with torch.no_grad():
            for sequence in self.mix:
                for conv, norm in ((sequence[0], sequence[1]), (sequence[3], sequence[4])):
                    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                    conv.weight.mul_(scale[:, None, None, None])
                    unnormed(norm, norm.bias - norm.running_mean * scale)

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
        """As ``forward``, with probabilities of the kinds and of open in place of logits: what is exported."""
        return likely(self(picture))


def unnormed(norm: nn.BatchNorm2d, bias: Tensor) -> None:
    """Makes a normalisation, when it does not learn statistics, add a bias and nothing else."""
    norm.running_mean.zero_()  # type: ignore[union-attr]
    norm.running_var.fill_(1.0)  # type: ignore[union-attr]
    norm.weight.fill_((1 + norm.eps) ** 0.5)
    norm.bias.copy_(bias)


def likely(found: Tensor) -> Tensor:
    kinds, opened = torch.softmax(found[:, : len(KINDS)], 1), torch.sigmoid(found[:, OPEN:])
    return torch.cat([kinds, found[:, len(KINDS) : OPEN], opened], 1)
