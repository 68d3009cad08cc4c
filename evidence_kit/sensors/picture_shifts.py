"""Whether two small pictures can show the same place, wherever the camera has turned meanwhile."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from evidence_kit.sensors.picture_tracks import evened

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OVERLAP = 0.4
"""Share of the picture that the two must have in common: with less, unlike pictures agree somewhere by chance."""
EVENED_PX = 15
FLAT = 0.1
"""A part whose variance is under this share of its picture's does not count as textured."""


class Place:
    """A thumb (h, w) uint8 with its light evened out, and what every comparison with it needs."""

    def __init__(self, thumb: NDArray[np.uint8]) -> None:
        import cv2
        import numpy as np

        plain = evened(thumb, EVENED_PX).astype(np.float32)
        self.plain = plain - plain.mean()
        self.shape = plain.shape
        self.waves = np.fft.rfft2(self.plain, (2 * self.shape[0], 2 * self.shape[1]))
        self.sums, self.squares = cv2.integral2(self.plain, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
        self.floor = FLAT * max(1e-3, float((self.plain**2).mean()))


def nowhere(one: Place, other: Place) -> float:
    """1 - the best correlation of the two over all shifts that leave OVERLAP of them in common (Padfield 2012, masked
    registration in the Fourier domain, its masks two rectangles). 0 where a pan leads from one to the other."""
    import numpy as np

    height, width = one.shape
    down, right, common = _shifts(height, width)
    size = (2 * height, 2 * width)
    shared = np.fft.irfft2(other.waves * np.conj(one.waves), size)[down % size[0]][:, right % size[1]]
    first, first_2 = _over_common(one, -down, -right)
    second, second_2 = _over_common(other, down, right)
    spread = np.maximum(first_2 - first * first / common, one.floor * common)
    spread = spread * np.maximum(second_2 - second * second / common, other.floor * common)
    alike = (shared - first * second / common) / np.sqrt(spread)
    return 1 - float(alike[common >= OVERLAP * height * width].max())


@lru_cache(maxsize=4)
def _shifts(height: int, width: int) -> tuple[Any, Any, Any]:
    """Shifts downwards (n,) and to the right (m,) in pixels, and what they leave in common (n, m) in pixels."""
    import numpy as np

    down = np.arange(-int(height * (1 - OVERLAP)), int(height * (1 - OVERLAP)) + 1)
    right = np.arange(-int(width * (1 - OVERLAP)), int(width * (1 - OVERLAP)) + 1)
    return down, right, (height - np.abs(down))[:, None] * (width - np.abs(right))[None, :].astype(np.float64)


def _over_common(place: Place, down: Any, right: Any) -> tuple[Any, Any]:
    """Sum and sum of squares of the picture's part that lies within the other, for every shift (n, m)."""
    import numpy as np

    height, width = place.shape
    top, bottom = np.maximum(0, down), np.minimum(height, height + down)
    left, end = np.maximum(0, right), np.minimum(width, width + right)

    def over(table: Any) -> Any:
        low, high = table[top], table[bottom]
        return high[:, end] - low[:, end] - high[:, left] + low[:, left]

    return over(place.sums), over(place.squares)
