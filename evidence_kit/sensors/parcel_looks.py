"""How the parcel lies in the frames of a video: its turn, the faces seen, what is open, frame by frame.

A small network (models/parcel-pose) tells, per cell of a frame, what is there, the outward normal of the face seen and
the parcel's turn. Raw: which face is which through the turning, and what counts as shown, is for the facts to say.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence_kit.schema import Quad
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.small_views import MOST_S
from evidence_kit.sensors.weights import network
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WEIGHTS = "parcel-pose/parcel-pose.onnx"
BLOCK = 32
KINDS = ("nothing", "box", "bag", "flap", "inside", "goods", "hand")
STILL = 1.2
"""A view in which less differs from the last look where the parcel is (mean luma, 0..255) is not looked at."""
MOST_SHIFT = 0.1
"""A larger shift, of the picture's longer side, is not undone."""
STILL_S = 0.4
"""For at most so long in a row."""
OPEN_S = 4.0
"""So long with the parcel open ends the search: what is shown later is not shown sealed."""
FOCAL = 0.9
"""Of a phone's lens, in longer sides of the picture: wide lenses have 0.7, tele ones more."""
LEAST_CELLS = 12
"""Cells of 4 x 4 pixels that must show the parcel."""


@dataclass(frozen=True, slots=True)
class SeenFace:
    """One face of the parcel in one frame."""

    axis: int
    """Which of the turn's axes it is: 0 to 5 for +x, -x, +y, -y, +z, -z of that frame's own naming."""
    cos: float
    """Of the angle between its normal and the direction to the camera."""
    share: float
    """Of the picture."""
    agree: float
    """Mean cosine of the cells' normals with the axis."""
    quad: Quad


@dataclass(frozen=True, slots=True)
class ParcelLook:
    """One frame. Shares are of the picture."""

    at_s: float
    sure: float
    """How far the nine numbers are those of a turn, 0..1."""
    turn: tuple[float, ...]
    """Nine entries of the rotation, row by row; empty where no parcel is seen."""
    closed: float
    """Share that shows a face of a closed parcel."""
    bag: float
    """Part of that which looks like a soft mailer, 0..1."""
    flap: float
    inside: float
    goods: float
    hand: float
    detail: float
    """Mean absolute Laplacian of luma on the parcel: sharpness."""
    moved: float = 0.0
    """What differs from the look before where the parcel is, a mere shift undone: mean luma, 0..255."""
    faces: tuple[SeenFace, ...] = ()


@dataclass(frozen=True, slots=True)
class ParcelLooks:
    looks: tuple[ParcelLook, ...] = ()
    until_s: float = 0.0
    """Where the looking ended."""
    engine: str = WEIGHTS


@sensor(on="video", version="8", packages=("av", "onnxruntime", "opencv-python-headless", "numpy"))
def parcel_looks(footage: Footage) -> ParcelLooks:
    """Looks at the first minutes. Raises CannotOpen, LimitReached, EngineMissing."""
    import numpy as np

    seen: list[_View] = []
    open_from_s: float | None = None
    for at_s, picture in _pictures(footage):
        moved = _moved(seen[-1], picture) if seen else 0.0
        if seen and moved < STILL and at_s - seen[-1].at_s < STILL_S:
            continue
        seen.append(_viewed(np.ascontiguousarray(picture), at_s, moved))
        open_from_s = None if not seen[-1].open else at_s if open_from_s is None else open_from_s
        if open_from_s is not None and at_s - open_from_s > OPEN_S:
            break
    looks = tuple(_looks(seen))
    return ParcelLooks(looks, looks[-1].at_s if looks else 0.0)


def _pictures(footage: Footage) -> Iterator[tuple[float, Any]]:
    """(seconds, blue-green-red picture) in order of time: what other passes kept, decoded where they kept none."""
    views, done = footage.views, -1.0

    def new(to_s: float) -> Iterator[tuple[float, Any]]:
        nonlocal done
        first, last = bisect_right(views.at_s, done), bisect_right(views.at_s, to_s)
        for at_s, picture in zip(views.at_s[first:last], views.pictures[first:last], strict=True):
            done = at_s
            yield round(at_s, 3), picture[:, :, ::-1]

    for begin, end in views.gaps():
        yield from new(begin)
        for frame in footage.frames([(begin, end)], skip_loop_filter=True):
            yield from new(frame.at_s)
    yield from new(MOST_S)


def _moved(last: _View, picture: Any) -> float:
    """What differs where the parcel was, after the shift of its part of the picture is undone (mean luma, 0..255)."""
    import cv2
    import numpy as np

    if picture.shape != last.picture.shape:
        return 255.0
    height, width = picture.shape[:2]
    left, top, right, bottom = last.box
    one, other = (
        cv2.cvtColor(np.ascontiguousarray(part[top:bottom, left:right]), cv2.COLOR_BGR2GRAY).astype(np.float32)
        for part in (last.picture, picture)
    )
    plain = float(cv2.absdiff(one, other).mean())
    if plain < STILL or min(one.shape) < 16:
        return plain
    (dx, dy), _ = cv2.phaseCorrelate(one, other)
    if max(abs(dx), abs(dy)) > MOST_SHIFT * max(height, width):
        return plain
    move = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
    size = (one.shape[1], one.shape[0])
    back: Any = cv2.warpAffine(
        other, move, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return min(plain, float(cv2.absdiff(one, back).mean()))


@dataclass(frozen=True, slots=True)
class _View:
    """What the network told of one frame, before its turn is read off."""

    at_s: float
    picture: Any
    on: Any
    """Cells that show a closed face of the parcel, (h/4, w/4)."""
    normals: Any
    numbers: Any
    """The mean over those cells, (9,); zeros where there are too few."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom around the parcel, in pixels; the whole picture where there is none."""
    moved: float
    closed: float
    bag: float
    shares: tuple[float, float, float, float]
    """Flap, inside, goods, hand."""

    @property
    def open(self) -> bool:
        return self.shares[0] + self.shares[1] > self.closed


def _viewed(picture: NDArray[np.uint8], at_s: float, moved: float = 0.0) -> _View:
    """One picture (h, w, 3), blue-green-red, longer side about VIEW_PX."""
    import numpy as np

    kinds, normals, numbers = told(picture)
    closed = kinds[1] + kinds[2]
    parcel = _main_part(closed + kinds[3] + kinds[4])
    count = float(parcel.size)
    on = parcel & (closed > 0.5)
    rows, columns = (np.flatnonzero(parcel.any(axis)) for axis in (1, 0))
    box = (0, 0, picture.shape[1], picture.shape[0])
    if len(rows) and len(columns):
        box = (4 * int(columns[0]), 4 * int(rows[0]), 4 * int(columns[-1]) + 4, 4 * int(rows[-1]) + 4)
    flap, inside = (round(float((kinds[k] * parcel).sum() / count), 5) for k in (3, 4))
    goods, hand = (round(float(kinds[k].sum() / count), 5) for k in (5, 6))
    weight = closed * on
    total = float(weight.sum())
    if on.sum() < LEAST_CELLS:
        return _View(at_s, picture, on, normals, np.zeros(9), box, moved, 0.0, 0.0, (flap, inside, goods, hand))
    mean = (numbers * weight).sum((1, 2)).astype(np.float64) / total
    return _View(
        at_s, picture, on, normals, mean, box, moved, round(float(on.sum() / count), 5),
        round(float((kinds[2] * on).sum()) / total, 4), (flap, inside, goods, hand),
    )  # fmt: skip


def _looks(views: list[_View]) -> Iterator[ParcelLook]:
    import numpy as np

    from evidence_kit.sensors.parcel_frames import turns_of

    if views:
        for view, turn, score in zip(views, *turns_of(np.stack([view.numbers for view in views])), strict=True):
            yield _look(view, turn, float(score))


def _look(view: _View, turn: Any, score: float) -> ParcelLook:
    import numpy as np

    if not view.numbers.any():
        return ParcelLook(view.at_s, 0.0, (), view.closed, 0.0, *view.shares, 0.0, round(view.moved, 2))
    return ParcelLook(
        view.at_s,
        round(float(np.linalg.norm(view.numbers)) * score, 4),
        tuple(round(float(v), 5) for v in turn.ravel()),
        view.closed,
        view.bag,
        *view.shares,
        _detail(view.picture, view.on),
        round(view.moved, 2),
        tuple(_faces(view.on, view.normals, turn)),
    )


def told(picture: NDArray[np.uint8]) -> tuple[Any, Any, Any]:
    """Kinds (7, h/4, w/4), unit normals (3, ...) and turn numbers (9, ...) of a picture (h, w, 3)."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    framed = cv2.copyMakeBorder(picture, 0, -height % BLOCK, 0, -width % BLOCK, cv2.BORDER_CONSTANT)
    given = np.ascontiguousarray(framed.transpose(2, 0, 1)[None].astype(np.float32))
    found = network(WEIGHTS).run(None, {"picture": given})[0][0]
    found = found[:, : -(-height // 4), : -(-width // 4)]
    normals = found[7:10] / np.maximum(np.linalg.norm(found[7:10], axis=0), 1e-6)
    return found[:7], normals, found[10:]


def _main_part(parcel: Any) -> Any:
    """The largest connected part of what is parcel, rather in the middle than at the edge; boolean."""
    import cv2
    import numpy as np

    mask = (parcel > 0.5).astype(np.uint8)
    # A hand across the parcel must not cut it in two.
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    count, labels, stats, middles = cv2.connectedComponentsWithStats(joined, connectivity=8)
    if count < 2:
        return np.zeros(mask.shape, bool)
    half = np.array(mask.shape[::-1]) / 2
    apart = np.linalg.norm((middles[1:] - half) / half, axis=1)
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA] * (1.3 - np.minimum(apart, 1.0))))
    return (labels == best) & (mask > 0)


def _faces(on: Any, normals: Any, turn: Any) -> list[SeenFace]:
    import numpy as np

    axes = np.concatenate([turn, -turn], 1)[:, [0, 3, 1, 4, 2, 5]]
    rows, columns = np.nonzero(on)
    likeness = normals[:, rows, columns].T @ axes
    named = likeness.argmax(1)
    found = []
    shape = on.shape
    middle = np.array([columns.mean(), rows.mean()])
    for axis in range(6):
        chosen = named == axis
        if chosen.sum() < 8:
            continue
        points = np.column_stack([columns[chosen], rows[chosen]])
        offset = (points.mean(0) - middle) / (FOCAL * max(shape))
        ray = np.array([*offset, 1.0]) / np.linalg.norm([*offset, 1.0])
        cos = float(-axes[:, axis] @ ray)
        quad = _quad(points, shape)
        found.append(
            SeenFace(
                axis, round(cos, 4), round(float(chosen.sum()) / on.size, 5),
                round(float(likeness[chosen, axis].mean()), 4), quad,
            )
        )  # fmt: skip
    return found


def _quad(points: Any, shape: tuple[int, int]) -> Quad:
    """Four corners around cells (n, 2), as fractions, clockwise from the one nearest the top left."""
    import cv2
    import numpy as np

    cells = np.concatenate([points + step for step in ((0, 0), (1, 0), (0, 1), (1, 1))]).astype(np.float32)
    hull: Any = cv2.convexHull(cells)
    corners: Any = cv2.boxPoints(cv2.minAreaRect(hull))
    length = cv2.arcLength(hull, True)
    for slack in (0.02, 0.03, 0.045, 0.06, 0.08, 0.11):
        outline = cv2.approxPolyDP(hull, slack * length, True)
        if len(outline) == 4:
            corners = outline[:, 0].astype(np.float32)
            break
        if len(outline) < 4:
            break
    if cv2.contourArea(corners, oriented=True) < 0:
        corners = corners[::-1]
    corners = np.roll(corners, -int(np.argmin(corners.sum(1))), axis=0)
    a, b, c, d = (
        (round(min(1.0, max(0.0, float(x) / shape[1])), 4), round(min(1.0, max(0.0, float(y) / shape[0])), 4))
        for x, y in corners
    )
    return a, b, c, d


def _detail(picture: Any, on: Any) -> float:
    import cv2
    import numpy as np

    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    size = (picture.shape[1], picture.shape[0])
    mask = cv2.erode(cv2.resize(on.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST), np.ones((5, 5), np.uint8))
    if not mask.any():
        return 0.0
    return round(float(np.abs(cv2.Laplacian(luma, cv2.CV_16S))[mask > 0].mean()), 3)
