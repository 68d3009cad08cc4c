"""How much of each view has the parcel's colours: whether it is in the picture at all.

The network behind parcel_looks.py was shown no view without a parcel, and takes an empty table for one. Where it is
sure of the parcel, and sees it as large as usual, its faces are cut out: colours that are commoner there than around
it are the parcel's (histogram back-projection, Swain and Ballard, "Color Indexing", 1991). Raw: what counts as gone is
for the facts to say. The points here were set on the ``tune`` part of benchmarks/video_presence.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.parcel_looks import ParcelLook, ParcelLooks
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEVELS, HUES = 8, 32
"""Cells of luma, and of each of the two colour differences (Y'CbCr, 8 bits) within 48 of grey. Of 24
absences 16 or 24 cells of the latter find 20 and 19, 32 find 21; so do those of CIE Lab, at thrice the time."""
SURE_PART = 0.85
"""A look that teaches the parcel's colours is at least so sure, in parts of what the surer half of the looks is."""
START_S = 3.0
"""The beginning, in which the parcel is shown."""
USUAL_SIZE = (0.5, 1.6)
"""And shows so much of the parcel: in parts of the median, at the start or of all such looks."""
LEAST_SHARE = 0.012
"""Of the picture."""
RATHER = 0.5
"""Part of a colour's pixels that were the parcel's, above which the colour is."""
FEW = 2.0
"""Pixels added to each colour's count of others: what was hardly ever seen belongs to no one."""


@dataclass(frozen=True, slots=True)
class ParcelColours:
    """View by view, in order of time."""

    at_s: tuple[float, ...] = ()
    like: tuple[float, ...] = ()
    """Share of the picture that has the parcel's colours."""
    inside: tuple[float, ...] = ()
    """Part of what the network takes for the parcel that has them; -1 where it was not asked or sees none."""
    outside: tuple[float, ...] = ()
    """Part of what lies around that; likewise."""


@sensor(on="video", version="2", packages=("av", "opencv-python-headless", "numpy"))
def parcel_colours(footage: Footage, looks: ParcelLooks) -> ParcelColours:
    """Of the views of the first two minutes. Raises CannotOpen, LimitReached."""
    import numpy as np

    teachers = {look.at_s for look in teaching(looks.looks)}
    if not teachers:
        return ParcelColours()
    told = {look.at_s: look for look in looks.looks if look.faces}
    seen: list[tuple[float, Any]] = [(at_s, _cells(picture)) for at_s, picture in footage.small_views()]
    areas = {at_s: _areas(told[at_s], cells.shape) for at_s, cells in seen if at_s in told}
    own, other = (np.zeros(LEVELS * HUES * HUES) for _ in range(2))
    for at_s, cells in seen:
        if at_s in teachers and at_s in areas:
            inner, around = areas[at_s]
            own += np.bincount(cells[inner], minlength=own.size)
            other += np.bincount(cells[around], minlength=other.size)
    own, other = _smooth(own), _smooth(other)
    parcels = own > RATHER * (own + other + FEW)
    rows = []
    for at_s, cells in seen:
        like = parcels.take(cells)
        parts = [_part(like[area]) for area in areas[at_s]] if at_s in areas else [-1.0, -1.0]
        rows.append((at_s, round(float(np.count_nonzero(like) / like.size), 5), *parts))
    return ParcelColours(*zip(*rows, strict=True)) if rows else ParcelColours()


def teaching(looks: Sequence[ParcelLook]) -> list[ParcelLook]:
    """The looks that surely show the closed parcel, about as large as usual."""
    told = [look for look in looks if look.faces and look.closed >= LEAST_SHARE]
    if not told:
        return []
    surer = sorted(look.sure for look in told)[len(told) // 2 :]
    sure = [look for look in told if look.sure >= SURE_PART * median(surer)]
    usual = [median(look.closed for look in sure)]
    usual.append(median(look.closed for look in sure if look.at_s <= sure[0].at_s + START_S))
    return [look for look in sure if USUAL_SIZE[0] * min(usual) <= look.closed <= USUAL_SIZE[1] * max(usual)]


def _cells(picture: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Which cell of colours each pixel of a red-green-blue picture (h, w, 3) lies in, (h, w)."""
    import cv2
    import numpy as np

    planes = cv2.split(cv2.cvtColor(cv2.GaussianBlur(picture, (3, 3), 0.8), cv2.COLOR_RGB2YCrCb))
    luma, red, blue = (cv2.LUT(plane, weight) for plane, weight in zip(planes, _weights(), strict=True))
    return np.asarray(luma + red + blue, np.int16)


@cache
def _weights() -> NDArray[np.int16]:
    """What each value of luma, red and blue adds to the number of the cell, (3, 256)."""
    import numpy as np

    values = np.arange(256)
    hues = np.clip((values - 128) * HUES // 96 + HUES // 2, 0, HUES - 1)
    return np.stack([values * LEVELS // 256 * HUES * HUES, hues * HUES, hues]).astype(np.int16)


def _areas(look: ParcelLook, shape: tuple[int, ...]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The parcel's own area, a little drawn in, and what lies well around it, each (h, w)."""
    import cv2
    import numpy as np

    faces = np.zeros(shape, np.uint8)
    for face in look.faces:
        corners = np.round(np.array(face.quad) * [shape[1], shape[0]]).astype(np.int32)
        cv2.fillConvexPoly(faces, corners, 1)
    inner, wider = cv2.erode(faces, np.ones((3, 3), np.uint8)), cv2.dilate(faces, np.ones((9, 9), np.uint8))
    return inner > 0, wider == 0


def _smooth(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Counts spread over the neighbouring cells, so that a shade of light does not make another colour."""
    import numpy as np

    cube = counts.reshape(LEVELS, HUES, HUES)
    for axis in range(3):
        padded = np.pad(cube, [(1, 1) if axis == one else (0, 0) for one in range(3)])
        parts = [np.take(padded, range(step, step + cube.shape[axis]), axis) for step in range(3)]
        cube = 0.25 * parts[0] + 0.5 * parts[1] + 0.25 * parts[2]
    return cube.ravel()


def _part(picture: NDArray[np.bool_]) -> float:
    return round(float(picture.mean()), 4) if picture.size else -1.0
