"""Features followed between two neighbouring frames, and what is left after the camera's move is undone."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from evidence_kit.sensors.picture_changes import Tracks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CORNERS = 110
BACK_PX = 0.7
"""A track is kept if following it back ends within this many pixels of its start."""


CLEARLY = 0.1


class View:
    """A frame's view (h, w) uint8, and what is made of it for more than one comparison."""

    def __init__(self, luma: NDArray[np.uint8]) -> None:
        self.luma = luma

    @cached_property
    def evened(self) -> Any:
        return evened(self.luma)

    @cached_property
    def corners(self) -> Any:
        import cv2

        return cv2.goodFeaturesToTrack(self.evened, CORNERS, 0.01, 6, blockSize=5)


def track(one: View, other: View) -> Tracks:
    """Lucas-Kanade forward and back between two views, and the move that most agree on."""
    import cv2
    import numpy as np

    bare = one.luma, other.luma
    first, second, corners = one.evened, other.evened, one.corners
    if corners is None or len(corners) < 8:
        return Tracks(0 if corners is None else len(corners), 0.0, 0.0, (0.0, 0.0), 0.0, 1.0, round(_ncc(*bare), 4))
    there = _followed(first, second, corners)
    back = _followed(second, first, there)
    kept = np.linalg.norm((back - corners).reshape(-1, 2), axis=1) < BACK_PX
    survive = float(kept.mean())
    move, turn, zoom, agree, matrix = (0.0, 0.0), 0.0, 1.0, 0.0, None
    if kept.sum() >= 6:
        cv2.setRNGSeed(7)
        found, inliers = cv2.estimateAffinePartial2D(
            corners[kept], there[kept], method=cv2.RANSAC, ransacReprojThreshold=1.5, maxIters=300
        )
        if found is not None:
            matrix = found
            agree = float(inliers.sum()) / len(corners)
            middle = np.array([first.shape[1] / 2, first.shape[0] / 2, 1.0])
            shift = (found @ middle - middle[:2]) / first.shape[1]
            move = (round(float(shift[0]), 5), round(float(shift[1]), 5))
            turn = round(float(np.arctan2(found[1, 0], found[0, 0])), 5)
            zoom = round(float(np.hypot(found[0, 0], found[1, 0])), 5)
    return Tracks(
        found=len(corners),
        survive=round(survive, 4),
        agree=round(agree, 4),
        move=move,
        turn=turn,
        zoom=zoom,
        aligned_ncc=round(_ncc(*_aligned(*bare, matrix)), 4),
    )


def calm(one: View, other: View, survive: float, move: float) -> bool:
    """Whether every third track settles that clearly more than ``survive`` of all last and that they move by clearly
    less than ``move`` (picture widths): a quarter of the cost of following all."""
    import numpy as np

    if one.corners is None or len(one.corners) < 8 * 3:
        return False
    some = np.ascontiguousarray(one.corners[::3])
    there = _followed(one.evened, other.evened, some)
    back = _followed(other.evened, one.evened, there)
    kept = np.linalg.norm((back - some).reshape(-1, 2), axis=1) < BACK_PX
    if kept.mean() < survive + CLEARLY:
        return False
    shift = np.median((there - some).reshape(-1, 2)[kept], axis=0) / one.luma.shape[1]
    return bool(np.hypot(*shift) < move * (1 - 2 * CLEARLY))


def apart(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """1 - the best correlation of the middle of one thumb with any part of the other, either way: 0 where a pan of up
    to a fifth of the picture leads from one to the other, about 1 where nothing does."""
    import cv2

    height, width = one.shape
    top, left = height // 5, width // 5
    best = 0.0
    for first, second in ((one, other), (other, one)):
        found: Any = cv2.matchTemplate(second, first[top : height - top, left : width - left], cv2.TM_CCOEFF_NORMED)
        best = max(best, float(found.max()))
    return 1 - best


def _followed(first: Any, second: Any, points: Any) -> Any:
    import cv2

    # The stubs want an output array where the library takes None.
    flow: Any = cv2.calcOpticalFlowPyrLK
    return flow(first, second, points, None, winSize=(15, 15), maxLevel=3, criteria=(3, 12, 0.03))[0]


def evened(view: NDArray[np.uint8], window_px: int = 21) -> Any:
    """The view with its local mean and contrast evened out, so that a change of light moves no feature."""
    import cv2
    import numpy as np

    plain = view.astype(np.float32)
    window = (window_px, window_px)
    mean = cv2.blur(plain, window)
    spread = np.sqrt(np.maximum(cv2.blur(plain * plain, window) - mean * mean, 0))
    return np.clip(128 + 40 * (plain - mean) / (spread + 5), 0, 255).astype(np.uint8)


def edges_ncc(first_view: View, second_view: View, tracks: Tracks) -> float:
    """Correlation of edge strength where the two views overlap after the common move is undone, -1..1."""
    import cv2
    import numpy as np

    first, second = first_view.luma, second_view.luma
    half = np.array([first.shape[1] / 2, first.shape[0] / 2])
    cosine, sine = np.cos(tracks.turn) * tracks.zoom, np.sin(tracks.turn) * tracks.zoom
    turn = np.array([[cosine, -sine], [sine, cosine]])
    shift = half + np.array(tracks.move) * first.shape[1] - turn @ half
    one, two = _aligned(first, second, np.column_stack([turn, shift]))
    strength = []
    for view in (one, two):
        soft = cv2.GaussianBlur(view, (0, 0), 1.5).astype(np.float32)
        edges = cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1))
        strength.append(cv2.GaussianBlur(edges / (edges + 12.0), (0, 0), 2))
    return _ncc(*strength)


def _aligned(first: Any, second: Any, matrix: Any) -> tuple[Any, Any]:
    """Both views where they overlap: the second put where the first is by the inverse of ``matrix``."""
    import cv2

    if matrix is None:
        return first, second
    height, width = first.shape
    moved = cv2.warpAffine(
        second,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    left, top = (int(min(abs(matrix[k, 2]) + 4, side * 0.3)) for k, side in ((0, width), (1, height)))
    return first[top : height - top, left : width - left], moved[top : height - top, left : width - left]


def _ncc(first: Any, second: Any) -> float:
    """Zero-mean correlation of the blurred views; 1 where both are flat."""
    import cv2
    import numpy as np

    size = (max(8, first.shape[1] // 4), max(8, first.shape[0] // 4))
    one = cv2.resize(first, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    two = cv2.resize(second, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    one, two = one - one.mean(), two - two.mean()
    norm = float(np.linalg.norm(one) * np.linalg.norm(two))
    return float((one * two).sum()) / norm if norm > 1e-6 else 1.0
