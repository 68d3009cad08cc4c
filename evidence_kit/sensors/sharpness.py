"""How sharp and how bright a photo is, in figures that depend little on what it shows.

The blur is measured on edges, as the width that the edges have, and not as the amount of detail: a plain mug on a
white table has few edges and little detail, but the edges that it has are narrow. An edge blurred by a Gaussian of
width s has a peak gradient proportional to 1 / sqrt(s^2 + a^2) after a further blur of width a; the ratio of two such
peaks gives s, whatever the edge's contrast (after Elder and Zucker, "Local scale control for edge detection and blur
estimation", 1998; Zhuo and Sim, "Defocus map estimation from a single image", 2011).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONG_EDGE = 1000
"""Pixels at which edges are measured; blur that a picture of this size does not show harms nobody."""
FINE, COARSE = 0.8, 2.0
"""Standard deviations in pixels of the two smoothings whose gradients are compared."""
WIDE_PX = 1.8
MAX_BLUR_PX = 12.0
"""Wider edges are all alike to the two smoothings."""
MIN_EDGES = 60
"""Fewer edge pixels than this say nothing about blur."""
NOISE_FLOOR = 1.2
"""Coarse gradient, in grey levels a pixel, below which sensor noise and JPEG blocks look like edges."""


@dataclass(frozen=True, slots=True)
class Sharpness:
    """Raw figures of one photo; widths are in pixels at a long edge of 1000."""

    width: int
    height: int
    """Of the upright full-size picture."""
    edge_px: float | None
    """Width (standard deviation) of the sharper fifth of the strong edges; None where there are too few edges."""
    worst_edge_px: float | None
    """The same for the direction in which edges are widest: motion smears one direction only."""
    edges: int
    """Number of edge pixels that were measured."""
    dark: float
    """1st, 50th, 95th and 99.5th percentile of the grey levels, 0..1."""
    middle: float
    bright: float
    brightest: float


@sensor(on="photo", version="2", packages=("opencv-python-headless",))
def sharpness(photo: Photo) -> Sharpness:
    """Edge widths and exposure of a photo. Raises CannotOpen, LimitReached."""
    header = photo.header
    return measure_sharpness(photo.luma(LONG_EDGE), (header.width, header.height))


def measure_sharpness(picture: NDArray[np.uint8], full_size: tuple[int, int] | None = None) -> Sharpness:
    """Figures of a grey picture (H, W); ``full_size`` is (width, height) before it was made small."""
    import numpy as np

    height, width = picture.shape
    levels = np.percentile(picture, (1, 50, 95, 99.5)) / 255
    sharp, worst, edges = _widths(picture)
    dark, middle, bright, brightest = (round(float(level), 4) for level in levels)
    full = full_size or (width, height)
    return Sharpness(full[0], full[1], sharp, worst, edges, dark, middle, bright, brightest)


def _widths(picture: NDArray[np.uint8]) -> tuple[float | None, float | None, int]:
    """Width of the sharper edges, the same in the worst direction, and the number of edges.

    The two smoothings tell widths up to about two pixels well; wider edges are measured in a picture half the size.
    """
    import cv2

    sharp, worst, edges = _at_one_size(picture)
    scale, smaller = 1, picture
    while sharp is not None and sharp / scale > WIDE_PX and scale < 8:
        scale *= 2
        half = (max(1, smaller.shape[1] // 2), max(1, smaller.shape[0] // 2))
        smaller = cv2.resize(smaller, half, interpolation=cv2.INTER_AREA).astype("uint8")
        again, worst_again, _ = _at_one_size(smaller)
        if again is None or worst_again is None:
            break
        sharp, worst = round(again * scale, 3), round(worst_again * scale, 3)
    return sharp, worst, edges


def _at_one_size(picture: NDArray[np.uint8]) -> tuple[float | None, float | None, int]:
    """As ``_widths``, in pixels of this picture."""
    import numpy as np

    widths, turns = _edge_widths(picture)
    if len(widths) < MIN_EDGES:
        return None, None, len(widths)
    sharp = worst = round(float(np.percentile(widths, 20)), 3)
    for sector in range(4):
        inside = widths[turns == sector]
        # A direction with a handful of edges would let one shadow decide.
        if len(inside) >= max(MIN_EDGES, len(widths) // 10):
            worst = max(worst, round(float(np.percentile(inside, 20)), 3))
    return sharp, worst, len(widths)


def _edge_widths(picture: NDArray[np.uint8]) -> tuple[Any, Any]:
    """Widths in pixels (n,) of the strong edges, and the eighth-turn sector 0..3 of their gradients (n,)."""
    import cv2
    import numpy as np

    if min(picture.shape) < 16:
        return np.zeros(0, np.float32), np.zeros(0, np.int8)
    fine_x, fine_y, fine = _gradient(picture, FINE)
    _, _, coarse = _gradient(picture, COARSE)
    # A ridge of the coarse gradient is where an edge runs; its flanks would read as wider edges.
    ridge = coarse >= cv2.dilate(coarse, np.ones((3, 3), np.uint8)) * 0.98
    ridge[:4] = ridge[-4:] = False
    ridge[:, :4] = ridge[:, -4:] = False
    strong = coarse[ridge]
    if not len(strong):
        return np.zeros(0, np.float32), np.zeros(0, np.int8)
    least = max(NOISE_FLOOR, float(np.percentile(strong, 80)) * 0.5)
    ys, xs = np.nonzero(ridge & (coarse > least))
    ratio = np.clip(fine[ys, xs] / coarse[ys, xs], 1.0 + 1e-3, COARSE / FINE - 1e-3)
    square = ratio**2
    width = np.sqrt(np.clip((COARSE**2 - square * FINE**2) / (square - 1), 0, MAX_BLUR_PX**2))
    turn = np.arctan2(fine_y[ys, xs], fine_x[ys, xs])
    sector = np.round(turn / (np.pi / 4)).astype(np.int64) % 4
    return width.astype(np.float32), sector


def _gradient(picture: NDArray[np.uint8], sigma: float) -> tuple[Any, Any, Any]:
    """Gradient in grey levels a pixel after smoothing: x, y and length, float32 (H, W)."""
    import cv2

    smooth = cv2.GaussianBlur(picture.astype("float32"), (0, 0), sigma)
    x = cv2.Scharr(smooth, cv2.CV_32F, 1, 0, scale=1 / 32)
    y = cv2.Scharr(smooth, cv2.CV_32F, 0, 1, scale=1 / 32)
    return x, y, cv2.magnitude(x, y)
