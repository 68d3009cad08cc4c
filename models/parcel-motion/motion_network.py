"""The network: how a parcel's picture flowed from one view to the next in, by how much the parcel turned out, and how
surely.

The flow is OpenCV's (DIS: Kroeger et al., "Fast Optical Flow using Dense Inverse Search", 2016), which no training
teaches what parcels look like; the network learns only what turn such a flow comes from.
"""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

from evidence_kit.sensors.parcel_motion import CELLS, MAPS

HERE = Path(__file__).resolve().parent


def _layer(given: int, made: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(given, made, 3, stride, 1, bias=False), nn.BatchNorm2d(made), nn.ReLU())


class ParcelMotionNet(nn.Module):
    """(n, MAPS, CELLS, CELLS) to (n, 5): turn (axis times radians, x right, y down, z away) and the logarithms of its
    error across and along the ray (radians, mean absolute)."""

    def __init__(self) -> None:
        super().__init__()
        self.see = nn.Sequential(
            _layer(MAPS, 32), _layer(32, 48, 2), _layer(48, 48), _layer(48, 64, 2), _layer(64, 64), _layer(64, 96, 2),
            _layer(96, 96),
        )  # fmt: skip
        self.tell = nn.Sequential(nn.Flatten(), nn.Linear(96 * (CELLS // 8) ** 2, 128), nn.ReLU(), nn.Linear(128, 5))

    def forward(self, maps: Tensor) -> Tensor:
        return self.tell(self.see(maps))
