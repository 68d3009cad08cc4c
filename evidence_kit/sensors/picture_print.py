"""What of one photo stays when it is saved again, made smaller, cropped, turned or framed: its local features.

A hash of the whole picture changes with every crop; corners and their surroundings do not. They let two photos be laid
over each other. Two labels of one template lie well over each other too, so the brightness of both is then compared
block by block, on a picture of each that is too small for a number to be read.
"""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EDGE = 640
"""Long edge in pixels at which features are looked for."""
FEATURES = 400
BYTES = 32
"""Length of one ORB descriptor (Rublee et al. 2011)."""
CORNER_LEVEL = 8
"""FAST's threshold in grey levels; cartons and tables have soft corners."""
PLACE = 32.0
"""Places are kept in steps of a 32nd of a pixel, as 16-bit numbers."""
MATCH_BITS = 64
"""Bits of 256 in which two descriptors of one corner may differ."""
FIT_PX = 3.0
LEAST_MATCHES = 8
SMALL_EDGE = 256
"""Long edge of the kept picture; a waybill that fills the photo has digits of 4 px on it."""
SMALL_QUALITY = 80
BLOCK = 16
"""Edge of the compared blocks, in pixels of the small picture."""
TEXTURED = 5.0
"""Standard deviation in grey levels from which a block has anything to compare."""
SLACK = 1
"""Pixels by which a block may be shifted: the overlay is as good as half a pixel."""


@dataclass(frozen=True, slots=True)
class PicturePrint:
    """The local features of one photo at EDGE pixels; a few kilobytes."""

    width: int
    height: int
    """Of the picture that was looked at."""
    places: bytes = b""
    """x, y of each feature: little-endian unsigned 16-bit, in 32nds of a pixel."""
    features: bytes = b""
    """ORB descriptors, BYTES each."""
    small: bytes = b""
    """The picture in grey at SMALL_EDGE pixels, as JPEG."""

    @property
    def count(self) -> int:
        return len(self.features) // BYTES


@dataclass(frozen=True, slots=True)
class Overlay:
    """How two prints lie over each other under the best turn, scale and shift."""

    matches: int
    """Features that are each other's nearest."""
    agreeing: int
    """Those of them that one turn, scale and shift explains."""
    share: float
    """``agreeing`` over the features of the poorer print that fall inside the other picture."""
    residual_px: float
    """Median distance of the agreeing ones after the best fit, at EDGE pixels."""
    covered: float
    """Area that the agreeing features span over the area of the smaller picture's overlap."""
    scale: float
    likeness: tuple[float, ...] = ()
    """Correlations of the blocks of the overlap that have something in them, lowest first."""


@sensor(on="photo", version="1", packages=("opencv-python-headless",))
def picture_print(photo: Photo) -> PicturePrint:
    """The local features of one photo. Raises CannotOpen, LimitReached."""
    return print_of(photo.luma(EDGE))


def print_of(picture: NDArray[np.uint8]) -> PicturePrint:
    """The features of a grey picture (H, W) of about EDGE pixels."""
    import cv2
    import numpy as np

    height, width = picture.shape
    if min(height, width) < 64:
        return PicturePrint(width, height)
    finder = cv2.ORB_create(nfeatures=FEATURES, fastThreshold=CORNER_LEVEL)  # type: ignore[attr-defined]
    points, features = finder.detectAndCompute(cv2.GaussianBlur(picture, (0, 0), 0.8), None)
    if not points:
        return PicturePrint(width, height)
    order = sorted(range(len(points)), key=lambda i: (-points[i].response, points[i].pt))[:FEATURES]
    places = np.array([points[i].pt for i in order], np.float64) * PLACE
    scale = SMALL_EDGE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    kept = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, SMALL_QUALITY])[1].tobytes()
    return PicturePrint(width, height, places.round().astype("<u2").tobytes(), features[order].tobytes(), kept)


def overlay(
    one: PicturePrint, other: PicturePrint, *, least: int = LEAST_MATCHES, most_px: float = math.inf
) -> Overlay | None:
    """How the two lie over each other; None where too few features match to say.

    None as well, before the blocks are compared, where fewer than ``least`` features agree or they lie more than
    ``most_px`` pixels off.
    """
    import cv2
    import numpy as np

    if min(one.count, other.count) < LEAST_MATCHES:
        return None
    first, second = _features(one), _features(other)
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(first, second)
    pairs = [pair for pair in pairs if pair.distance <= MATCH_BITS]
    if len(pairs) < max(LEAST_MATCHES, least):
        return None
    here, there = _places(one), _places(other)
    a = np.array([here[pair.queryIdx] for pair in pairs])
    b = np.array([there[pair.trainIdx] for pair in pairs])
    cv2.setRNGSeed(0)
    fit: Any = cv2.estimateAffinePartial2D(a, b, method=cv2.RANSAC, ransacReprojThreshold=FIT_PX, maxIters=2000)
    plan, inside = fit
    if plan is None or inside is None:
        return None
    kept = inside.ravel() > 0
    if kept.sum() < max(LEAST_MATCHES, least):
        return None
    scale = float(np.hypot(plan[0, 0], plan[1, 0]))
    if not 0.2 < scale < 5:
        return None
    moved = a[kept] @ plan[:, :2].T + plan[:, 2]
    residual = round(statistics.median(np.hypot(*(moved - b[kept]).T).tolist()), 3)
    if residual > most_px:
        return None
    in_other = _inside(here @ plan[:, :2].T + plan[:, 2], other)
    back = cv2.invertAffineTransform(plan)
    in_one = _inside(there @ back[:, :2].T + back[:, 2], one)
    shared = max(1, min(int(in_other.sum()), int(in_one.sum())))
    span = float(cv2.contourArea(cv2.convexHull(b[kept].astype(np.float32))))
    corners = np.array([(0, 0), (one.width, 0), (one.width, one.height), (0, one.height)], np.float64)
    outline = (corners @ plan[:, :2].T + plan[:, 2]).astype(np.float32)
    frame = np.array([(0, 0), (other.width, 0), (other.width, other.height), (0, other.height)], np.float32)
    common, _ = cv2.intersectConvexConvex(outline, frame)
    return Overlay(
        len(pairs),
        int(kept.sum()),
        round(float(kept.sum()) / shared, 4),
        residual,
        round(span / max(1.0, float(common)), 4),
        round(scale, 4),
        _blocks(one, other, plan),
    )


def _blocks(one: PicturePrint, other: PicturePrint, plan: Any) -> tuple[float, ...]:
    """How alike the two small pictures are, block by block, where they lie over each other; lowest first."""
    import cv2
    import numpy as np

    first, second = _small(one), _small(other)
    if first is None or second is None:
        return ()
    # The coarser of the two decides at which size they are compared.
    up, down = first.shape[1] / one.width, second.shape[1] / other.width
    linear = plan[:, :2] * down / up
    shift = plan[:, 2] * down
    size = (second.shape[1], second.shape[0])
    whole = np.column_stack([linear, shift])
    zoom = float(np.hypot(linear[0, 0], linear[1, 0]))
    if zoom < 1:
        first = cv2.GaussianBlur(first, (0, 0), max(0.3, 0.5 * (1 / zoom - 1) + 0.3))
    else:
        second = cv2.GaussianBlur(second, (0, 0), max(0.3, 0.5 * (zoom - 1) + 0.3))
    laid = cv2.warpAffine(first, whole, size, flags=cv2.INTER_LINEAR)
    inside = cv2.warpAffine(np.full(first.shape, 255, np.uint8), whole, size, flags=cv2.INTER_NEAREST)
    found = []
    for top in range(SLACK, size[1] - BLOCK - SLACK + 1, BLOCK // 2):
        for left in range(SLACK, size[0] - BLOCK - SLACK + 1, BLOCK // 2):
            if inside[top : top + BLOCK, left : left + BLOCK].min() == 0:
                continue
            block = laid[top : top + BLOCK, left : left + BLOCK]
            around = second[top - SLACK : top + BLOCK + SLACK, left - SLACK : left + BLOCK + SLACK]
            middle = around[SLACK:-SLACK, SLACK:-SLACK]
            if max(float(block.std()), float(middle.std())) < TEXTURED:
                continue
            if min(float(block.std()), float(middle.std())) < 0.5:
                found.append(0.0)
                continue
            found.append(float(cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED).max()))
    return tuple(round(value, 3) for value in sorted(found))


def _small(of: PicturePrint) -> Any:
    """The kept picture, or None where it is damaged."""
    import cv2
    import numpy as np

    return cv2.imdecode(np.frombuffer(of.small, np.uint8), cv2.IMREAD_GRAYSCALE) if of.small else None


def _features(of: PicturePrint) -> Any:
    import numpy as np

    return np.frombuffer(of.features, np.uint8).reshape(-1, BYTES)


def _places(of: PicturePrint) -> Any:
    import numpy as np

    return np.frombuffer(of.places, "<u2").reshape(-1, 2).astype(np.float64) / PLACE


def _inside(points: Any, of: PicturePrint) -> Any:
    edge = 16  # ORB finds nothing nearer to the border than its patch
    within_x = (points[:, 0] >= edge) & (points[:, 0] < of.width - edge)
    return within_x & (points[:, 1] >= edge) & (points[:, 1] < of.height - edge)
