"""Labels made unreadable: the paper around a waybill's code or number, averaged into coarse blocks.

Coarse blocks cannot be sharpened back, which a blur can. What a code tells of its label's extent is only a guess,
so the paper is followed outwards from the code, as far as it stays as light; where that fails, a generous
rectangle goes. Covering too much costs a look at the file; covering too little shows somebody's address.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees, hypot
from typing import TYPE_CHECKING, Any

from evidence_kit.schema import Quad

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

ACROSS = 2.2
"""Widest reach, in lengths of its code along the reading direction: 100 mm paper with a 50 mm code off its middle."""
ALONG = 7.0
"""Longest reach above and below, both together, in the same lengths: 180 mm paper and the code at one end."""
LEAST_ACROSS, LEAST_ALONG = 1.35, 1.5
"""Covered in any case, in the same lengths."""
AS_LIGHT = 0.74
"""Paper is at least this light against the lightest around the code; print on it is closed over."""
AS_COLOURLESS = 12.0
"""Paper is at most this far from the code's own paper in Lab's a and b; wood and kraft board are 15 to 30 away."""
SQUARISH = 2.4
"""A quad less elongated than this, with a code in it or a twenty-fifth of the picture large, is a whole label."""
MARGIN = 1.12
"""How far beyond a whole label's quad is covered."""
BLOCKS = 9
"""Blocks over a code's length. 95 bars or 13 digits fall into 9 values."""
BAR_LOOK_PX = 640
"""Bars are looked for at the size at which frames are shown: smaller ones cannot be read there either."""


def veil(picture: Picture, quads: Sequence[Quad], *, look_for_bars: bool = False) -> Picture:
    """``picture`` with the labels around ``quads`` (fractions) made coarse; with ``look_for_bars`` any bars too."""
    import numpy as np

    height, width = picture.shape[:2]
    places = [np.array([(x * width, y * height) for x, y in quad], np.float32) for quad in quads]
    if look_for_bars:
        places += _bars(picture)
    if not places:
        return picture
    mask: Any = np.zeros((height, width), np.uint8)
    wholes = [place for place in places if _is_whole(place, places, height * width)]
    longest = 0.0
    for place in wholes:
        _fill_quad(mask, place, MARGIN)
    for place in places:
        if any(place is whole for whole in wholes):
            continue
        length = _length(place)
        longest = max(longest, length)
        _cover(mask, picture, place, length, follow=not any(_holds(whole, place) for whole in wholes))
    if not longest:
        longest = max(_length(place) for place in wholes)
    coarse = pixelate(picture, max(8, round(longest / BLOCKS)))
    shown = picture.copy()
    shown[mask > 0] = coarse[mask > 0]
    return shown


def pixelate(picture: Picture, block_px: int) -> Picture:
    """``picture`` as blocks of ``block_px``, smoothed so that it looks blurred rather than broken."""
    import cv2

    height, width = picture.shape[:2]
    grid = (max(1, width // block_px), max(1, height // block_px))
    small = cv2.resize(picture, grid, interpolation=cv2.INTER_AREA)
    large: Any = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return large  # type: ignore[no-any-return]


# --- inside ---


def _length(place: Any) -> float:
    return max(hypot(*(place[1] - place[0])), hypot(*(place[2] - place[3])), hypot(*(place[3] - place[0])), 4.0)


def _is_whole(place: Any, places: list[Any], picture_px: int) -> bool:
    """The quad is a label, not a code or a line of digits on one."""
    import cv2

    _, sides, _ = cv2.minAreaRect(place)
    squarish = max(sides) < SQUARISH * max(min(sides), 1.0)
    others = any(other is not place and _holds(place, other) for other in places)
    return squarish and (others or sides[0] * sides[1] > picture_px / 25)


def _holds(outer: Any, inner: Any) -> bool:
    import cv2

    x, y = inner.mean(axis=0)
    return cv2.pointPolygonTest(outer, (float(x), float(y)), False) >= 0 and _length(inner) <= 1.05 * _length(outer)


def _fill_quad(mask: Any, place: Any, by: float) -> None:
    import cv2
    import numpy as np

    centre = place.mean(axis=0)
    cv2.fillConvexPoly(mask, np.round(centre + (place - centre) * by).astype(np.int32), 255)


def _cover(mask: Any, picture: Picture, place: Any, length: float, *, follow: bool) -> None:
    """Mark the label around one code or number in ``mask``; ``follow`` its paper where its extent is not known."""
    import cv2
    import numpy as np

    centre = place.mean(axis=0)
    across, down = place[1] - place[0], place[3] - place[0]
    reading = across if hypot(*across) >= hypot(*down) else down
    turn = degrees(atan2(float(reading[1]), float(reading[0])))
    reach: Any = np.zeros_like(mask)
    _fill(reach, centre, length * ACROSS, length * ALONG, turn)
    paper = _paper(picture, place, reach, length) if follow else None
    points = cv2.findNonZero(paper) if paper is not None else None
    if points is not None:
        cv2.fillConvexPoly(mask, cv2.convexHull(points), 255)
    _fill(mask, centre, length * LEAST_ACROSS, length * LEAST_ALONG, turn)


def _paper(picture: Picture, place: Any, reach: Any, length: float) -> Any:
    """The connected light area around the code within ``reach``; None where nothing is as light as paper."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    code: Any = np.zeros_like(reach)
    cv2.fillConvexPoly(code, np.round(place).astype(np.int32), 255)
    around = cv2.dilate(code, np.ones((5, 5), np.uint8), iterations=max(1, int(length / 30)))
    light = float(np.percentile(grey[around > 0], 90)) if (around > 0).any() else 255.0
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)[:, :, 1:].astype(np.float32)
    ground = lab[(around > 0) & (grey >= AS_LIGHT * light)]
    tint = np.median(ground, axis=0) if len(ground) else np.array([128.0, 128.0], np.float32)
    plain = np.abs(lab - tint).max(axis=2) <= AS_COLOURLESS
    paper = ((grey >= AS_LIGHT * light) & plain & (reach > 0)).astype(np.uint8) * 255
    paper = cv2.bitwise_or(paper, around)
    side = max(3, int(length / 14)) | 1
    opened = cv2.morphologyEx(paper, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    closed = cv2.morphologyEx(cv2.bitwise_or(opened, around), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    closed = cv2.bitwise_and(closed, reach)
    _, parts = cv2.connectedComponents(closed)
    x, y = (
        int(np.clip(v, 0, top - 1)) for v, top in zip(place.mean(axis=0), (grey.shape[1], grey.shape[0]), strict=True)
    )
    return (parts == parts[y, x]).astype(np.uint8) if parts[y, x] else None


def _fill(mask: Any, centre: Any, across: float, along: float, turn: float) -> None:
    import cv2
    import numpy as np

    corners = cv2.boxPoints(((float(centre[0]), float(centre[1])), (across, along), turn))
    cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 255)


def _bars(picture: Picture) -> list[Any]:
    """Corners of bar-like areas that nothing was read off."""
    import cv2
    import numpy as np

    from evidence_kit.sensors.bar_regions import find_bars

    height, width = picture.shape[:2]
    scale = min(1.0, BAR_LOOK_PX / max(height, width))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    small: Any = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return [np.array(area.corners, np.float32) / scale for area in find_bars(small)]
