"""How the parcel turned from one view to the next: what turn its picture's flow comes from.

The flow is dense and found without a network (DIS: Kroeger et al., "Fast Optical Flow using Dense Inverse Search",
2016); a small network (models/parcel-motion) tells which turn it comes from, and how surely. What the alignment of the
parcel's shape tells of the same two views (parcel_alignment.py) errs otherwise, so that both together err less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors.weights import network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = "parcel-motion/parcel-motion.onnx"
SIDE, CELLS = 96, 48
"""Pixels of a cut-out, and cells of the maps that are made of it."""
MAPS = 4
"""Of a pair: flow across and down (cells), what differs where it leads, and the luma."""
GROWN = 1.4
"""A cut-out is so many times as large as the longer side of the box around the parcel."""
UNLIKE_DEG, ALONG = 16.0, 0.33
"""Error of an alignment for each unit by which the views are not alike after it, mean absolute degrees about each axis
across the ray; and the part of it about the ray."""
LEAST_DEG = 0.3
"""Nothing is told more surely than this."""
SHRUNK = 1.3
"""Both tell turns smaller than they are. The turning gains by a little more than would make up for it (1.2): of 1.1 to
1.4 this told most, and most rightly, of 390 held-out clips in development (by hand)."""
TOGETHER = 1.13
"""Error of both together, over half of the harmonic mean of their errors."""
FLOW = 4, 12, 3
"""Pixels between patches, steps of each descent, and refinements of the flow. The library's preset has 3, 25 and 5 and
takes nearly twice as long; the network was trained on its flow. Errors of all motions of 60 development clips, root
mean square about all three axes (by hand): 4.71 degrees with the preset and with these, 4.75 with 4, 12, 2."""
AT_ONCE = 8
"""Pairs of views that the network is given together: a budget of memory."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Motion:
    """From one view to the next."""

    turn: tuple[float, float, float]
    """Axis times radians, seen along the ray to the parcel's middle (x right, y down, z away)."""
    across_deg: float
    """How far that is off, as far as the network can tell: about each of the two axes across the ray (mean absolute
    degrees)."""
    along_deg: float
    """And about the ray."""


def motions_between(pairs: Sequence[tuple[NDArray[np.uint8], NDArray[np.uint8], Box]]) -> list[Motion]:
    """Of each pair, from the first grey view (h, w) to the second; the box is that around the parcel in either.

    Asked of each pair backwards as well, at twice the cost, errors were 2 % smaller (60 development clips) and no more
    numbers of sides were told (all by hand).

    Raises EngineMissing.
    """
    import numpy as np

    found: list[Motion] = []
    for first in range(0, len(pairs), AT_ONCE):
        both = [(cut_out(one, box), cut_out(other, box)) for one, other, box in pairs[first : first + AT_ONCE]]
        with _one_thread():
            maps = np.stack([flowed(one, other) for one, other in both])
        for told in network(WEIGHTS).run(None, {"maps": maps})[0].astype(float):
            x, y, z = (round(float(v), 4) for v in told[:3])
            across, along = (round(float(v), 2) for v in np.degrees(np.exp(told[3:])))
            found.append(Motion((x, y, z), across, along))
    return found


def both(flowed: Motion, turn: Any, agree: float) -> Motion:
    """The motion that flow and alignment (``turn`` (3,), ``agree``) tell together, each by how sure it is."""
    import numpy as np

    errors = np.maximum(LEAST_DEG, [flowed.across_deg, flowed.across_deg, flowed.along_deg])
    others = np.maximum(LEAST_DEG, UNLIKE_DEG * (1 - agree) * np.array([1.0, 1.0, ALONG]))
    x, y, z = (np.array(flowed.turn) / errors**2 + turn / others**2) / (1 / errors**2 + 1 / others**2) * SHRUNK
    across, _, along = TOGETHER / (1 / errors + 1 / others)
    return Motion(
        (round(float(x), 4), round(float(y), 4), round(float(z), 4)), round(float(across), 2), round(float(along), 2)
    )


def cut_out(view: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The parcel and its surroundings, (SIDE, SIDE)."""
    import cv2
    import numpy as np

    left, top, right, bottom = box
    side = GROWN * max(right - left, bottom - top, 1)
    scale = side / SIDE
    x, y = (left + right - side) / 2, (top + bottom - side) / 2
    move = np.array([[scale, 0, x + (scale - 1) / 2], [0, scale, y + (scale - 1) / 2]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut: Any = cv2.warpAffine(view, move, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def flowed(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The maps (MAPS, CELLS, CELLS) of two cut-outs."""
    import cv2
    import numpy as np

    flow = _dense_flow().calc(one, other, None)
    x, y = _places()
    led: Any = cv2.remap(other, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    luma = one.astype(np.float32)
    middle, spread = luma.mean(), luma.std() + 4
    apart = cv2.absdiff(one, led).astype(np.float32)
    whole = np.dstack([flow * (CELLS / SIDE), apart / spread, (luma - middle) / spread])
    small = cv2.resize(whole, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small.transpose(2, 0, 1))


@contextmanager
def _one_thread() -> Iterator[None]:
    """OpenCV's flow is found in as many stripes as there are threads, and depends on them."""
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


@cache
def _dense_flow() -> Any:
    """As the preset ``medium``, in fewer steps (FLOW)."""
    import cv2

    library: Any = cv2  # The stubs lack it.
    found = library.DISOpticalFlow_create(library.DISOPTICAL_FLOW_PRESET_MEDIUM)
    stride, descents, refinements = FLOW
    found.setPatchStride(stride)
    found.setGradientDescentIterations(descents)
    found.setVariationalRefinementIterations(refinements)
    return found


@cache
def _places() -> tuple[Any, Any]:
    """Column and row of every pixel of a cut-out."""
    import numpy as np

    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    return x, y
