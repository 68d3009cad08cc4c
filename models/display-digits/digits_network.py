"""The network of ``display-digits``: a strip of a display to symbols over its length."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent
SYMBOLS = "0123456789.?gklboz斤#"
"""As in ``strips.py``; class 0 is the blank."""
CLASSES = len(SYMBOLS) + 1


def _conv(into: int, out: int, kernel: tuple[int, int] = (3, 3), stride: tuple[int, int] = (1, 1)) -> nn.Sequential:
    pad = (kernel[0] // 2 if kernel[0] < 5 else 0, kernel[1] // 2)
    return nn.Sequential(
        nn.Conv2d(into, out, kernel, stride, pad, bias=False), nn.BatchNorm2d(out), nn.ReLU(inplace=True)
    )


class DisplayDigitsNet(nn.Module):
    """Strips (n, 1, 40, W) of 0..255, W a multiple of 8, to probabilities (n, W / 2, CLASSES)."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Sequential(
            _conv(1, 24, stride=(2, 2)), _conv(24, 32), _conv(32, 48, stride=(2, 2)), _conv(48, 48),
            _conv(48, 72, stride=(2, 1)), _conv(72, 72), _conv(72, 112, (5, 1)),
        )  # fmt: skip
        self.along = nn.ModuleList([_conv(112, 112, (1, 5)) for _ in range(2)])
        self.tell = nn.Conv2d(112, 2 * CLASSES, 1)

    def logits(self, strips: Tensor) -> Tensor:
        """(n, W / 2, CLASSES): each column of the last map tells two steps."""
        mean = strips.mean((2, 3), keepdim=True)
        spread = ((strips - mean) ** 2).mean((2, 3), keepdim=True).sqrt()
        seen = self.look((strips - mean) / (spread + 4.0))
        for part in self.along:
            seen = seen + part(seen)
        told = self.tell(seen)[:, :, 0].transpose(1, 2)  # n, W / 4, 2 * CLASSES
        return told.reshape(told.shape[0], -1, CLASSES)

    def forward(self, strips: Tensor) -> Tensor:
        return torch.softmax(self.logits(strips), 2)
