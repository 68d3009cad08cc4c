"""How sharp, bright and large each label area of one photo is, in full size: why nothing could be read off it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence_kit.records import dataclass
from evidence_kit.schema import Quad
from evidence_kit.sensors.frame_content import FrameContent
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_LABELS = 3
MOST_PX = 2400
"""Long edge of a label as it is looked at; larger ones are shrunk, which their sharpness can spare."""


@dataclass(frozen=True, slots=True)
class LabelLook:
    """One area that the model takes for a label."""

    quad: Quad
    score: float
    """Mean probability, 0..1."""
    long_px: float
    """Long edge in pixels of the full-size picture."""
    contrast: float
    """Between the 98th and 2nd percentile of the luma, 0..1."""
    brightness: float
    """98th percentile, 0..1: the paper."""
    edge_px: float
    """Width of the steepest edges in pixels: the contrast divided by the 99.5th percentile of the change a pixel."""
    at_edge: bool


@dataclass(frozen=True, slots=True)
class LabelLooks:
    labels: tuple[LabelLook, ...] = ()


@sensor(on="photo", version="1", packages=("opencv-python-headless",))
def label_looks(photo: Photo, content: FrameContent) -> LabelLooks:
    """The largest label areas, each measured in full size. Raises CannotOpen, LimitReached."""
    luma = photo.luma()
    found = []
    for region in content.labels[:MOST_LABELS]:
        crop, long_px = _upright(luma, region.quad)
        low, high = _ends(crop)
        found.append(
            LabelLook(
                region.quad,
                region.score,
                round(long_px, 1),
                round((high - low) / 255, 4),
                round(high / 255, 4),
                round((high - low) / max(_steepest(crop), 0.5), 3),
                region.at_edge,
            )
        )
    return LabelLooks(tuple(found))


def _upright(luma: NDArray[np.uint8], quad: Quad) -> tuple[NDArray[np.uint8], float]:
    """The quad's own rectangle cut out of the picture, and its long edge in pixels."""
    import cv2
    import numpy as np

    height, width = luma.shape
    corners = np.array([(x * width, y * height) for x, y in quad], np.float32)
    across = float(np.linalg.norm(corners[1] - corners[0]))
    down = float(np.linalg.norm(corners[3] - corners[0]))
    shrink = min(1.0, MOST_PX / max(across, down, 1.0))
    size = (max(8, round(across * shrink)), max(8, round(down * shrink)))
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    turn = cv2.getPerspectiveTransform(corners, target)
    return np.asarray(cv2.warpPerspective(luma, turn, size), np.uint8), max(across, down)


def _ends(crop: NDArray[np.uint8]) -> tuple[float, float]:
    import numpy as np

    low, high = np.percentile(crop, (2, 98))
    return float(low), float(high)


def _steepest(crop: NDArray[np.uint8]) -> float:
    """99.5th percentile of the luma's change a pixel, after the sensor's grain is smoothed away."""
    import cv2
    import numpy as np

    calm = cv2.medianBlur(crop, 3).astype(np.float32)
    steps = np.hypot(cv2.Sobel(calm, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(calm, cv2.CV_32F, 0, 1) / 8)
    return float(np.percentile(steps, 99.5))
