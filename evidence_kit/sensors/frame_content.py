"""What stands where in a photo: labels, parcels, goods, hands, pages and screens, as regions with their scores.

Raw: every region that stands out at all is listed with its mean score; what counts is for the facts to say. What may
be a label is looked at once more from near, and it is measured what surrounds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.schema import Quad
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.weights import network
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = "frame-content/frame-content.onnx"
LONG_EDGE = 640
"""Pixels at which the picture is looked at; long strips are looked at larger, so that their height shows something."""
COARSER = 0.6
"""It is looked at twice, the second time so much smaller. Small labels show in the finer look, which alone tells
them; parcels that fill the picture show in the coarser one. Labels of 320 photos of a retired held-out set, found
with IoU 0.5 (of 194), and the photos without one, of 71, told from all but 3 of 201 with one: at 384 pixels 188 and 0,
at 512 190 and 60, at 640 192 and 65, at 768 191 and 67 (``benchmarks same_frame --part sizes``)."""
LARGE_LABEL = 0.05
"""Share of the picture from which a label that the coarser look sees counts where the finer one sees part of it: from
near, a label falls apart in the finer look (``benchmarks same_frame --part large``)."""
MAX_LONG_EDGE = 1280
SHORT_EDGE = 160
BLOCK = 32
"""Both sides of what the network takes are multiples of this."""
KINDS = ("background", "label", "sealed", "opened", "goods", "hand", "page")
LEAST, FAINT = 0.3, 0.1
"""Probability above which a cell belongs to a region; every region is listed, however doubtful. A kind that reaches the
first nowhere is looked for at the second: that there is nothing at all must be told from hardly anything. Of 960
composites of two retired held-out sets 4 fail falsely without it, 2 with it, at 0.2 3, at 0.05 2; as if read 3, 1, 2, 1
(``benchmarks same_frame --part faint``)."""
MAX_REGIONS = 12
"""Of one kind, the largest first."""
CLOSER_LABELS = 2
"""So many places that may be labels, those of the highest scores, are looked at from near."""
CLOSER_FROM = 1.5
"""Of the finer look's size: the picture out of which closer looks are cut. Of a phone's photo it comes from the same
decode; one of 1,280 to 1,919 pixels, as chat apps send, is decoded once more, in full."""
CLOSER_ROOM, CLOSER_LEAST = 2.0, 115
"""A closer look takes in a square of so many times the place's longer extent, and of at least so many pixels."""
CLOSER_PX = 256
"""Pixels a side at which the network sees that square."""
SMALL_LABEL = 0.01
"""Places with less than this share of the picture are looked at again where the closer look saw a label: of larger ones
it shows no more than the first look (``benchmarks same_frame --part near``)."""
RIM = (1.05, 1.33)
"""What surrounds a label lies between its rectangle enlarged by the one and by the other."""
STRAIGHT = 0.01
"""Bends of a label's outline of less than this share of its length are none (``benchmarks same_frame --part outline``).
"""


@dataclass(frozen=True, slots=True)
class Region:
    """One connected area of a kind."""

    quad: Quad
    """The smallest turned rectangle around it, clockwise from the corner nearest the picture's top left."""
    share: float
    """Of the picture's area, 0..1: the area itself, not its rectangle."""
    score: float
    """Mean probability of the kind over the area, 0..1."""
    peak: float
    """95th percentile of the same."""
    filled: float
    """The area as a share of its rectangle."""
    at_edge: bool
    """It touches the picture's border."""


@dataclass(frozen=True, slots=True)
class LabelRegion(Region):
    """What may be a label: the same, from near, and with what is around it.

    ``quad`` has the four sides of its outline, which is a rectangle only where the label is seen from above; what else
    is measured is measured in the smallest turned rectangle.
    """

    closer: float = 0.0
    """Mean probability of a label within the rectangle in a closer look, 0..1; the score where there was none."""
    closer_peak: float = 0.0
    """95th percentile of the same; the peak where there was none."""
    around: tuple[float, ...] = ()
    """Mean probability of each of KINDS in the rim around the rectangle, seen with the rest of the picture."""
    again: float | None = None
    """Of small places: 95th percentile in a second closer look, within the rectangle around what the first one saw;
    that one's own peak where it saw hardly anything, None where there was none."""


@dataclass(frozen=True, slots=True)
class FrameContent:
    """Everything that the model tells apart in one photo."""

    width: int
    height: int
    labels: tuple[LabelRegion, ...] = ()
    goods: tuple[Region, ...] = ()
    sealed: tuple[Region, ...] = ()
    """Closed cartons and mailers."""
    opened: tuple[Region, ...] = ()
    """Opened ones."""
    hands: tuple[Region, ...] = ()
    pages: tuple[Region, ...] = ()
    """Screens and printed pages that are no label."""
    engine: str = ""


@sensor(on="photo", version="11", packages=("onnxruntime", "opencv-python-headless"))
def frame_content(photo: Photo) -> FrameContent:
    """Regions of a photo. Raises CannotOpen, LimitReached, EngineMissing."""
    header = photo.header
    strip = header.long_edge / max(1, min(header.width, header.height))
    long_edge = int(min(MAX_LONG_EDGE, max(LONG_EDGE, SHORT_EDGE * strip)))
    size = (header.width, header.height)
    return content_of(photo.colour(long_edge), size, lambda: photo.colour(round(CLOSER_FROM * long_edge)))


def content_of(
    picture: NDArray[np.uint8],
    full_size: tuple[int, int] | None = None,
    larger: Callable[[], NDArray[np.uint8]] | None = None,
) -> FrameContent:
    """Regions of a small colour picture (H, W, 3), blue-green-red, of about LONG_EDGE pixels.

    ``full_size`` is (width, height) of the photo. ``larger`` gives the same picture in a larger size, and is asked for
    where something may be a label; without it that is looked at in the small one.
    """
    height, width = picture.shape[:2]
    size = full_size or (width, height)
    if min(height, width) < 8:
        return FrameContent(size[0], size[1], engine=WEIGHTS)
    seen = two_looks(picture)
    kinds = dict(zip(KINDS, seen, strict=True))
    return FrameContent(
        size[0],
        size[1],
        labels=_labels(seen, larger or (lambda: picture)),
        goods=_found(kinds["goods"]),
        sealed=_found(kinds["sealed"]),
        opened=_found(kinds["opened"]),
        hands=_found(kinds["hand"]),
        pages=_found(kinds["page"]),
        engine=WEIGHTS,
    )


def two_looks(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(7, H / 2, W / 2): the finer look's labels, but large ones of both looks; of the other kinds the mean of both."""
    import cv2
    import numpy as np

    finer = probabilities(picture)
    rows, columns = finer.shape[1:]
    small = cv2.resize(picture, None, fx=COARSER, fy=COARSER, interpolation=cv2.INTER_AREA)
    coarser = np.ascontiguousarray(probabilities(np.asarray(small, np.uint8)).transpose(1, 2, 0))
    wider = cv2.resize(coarser, (columns, rows), interpolation=cv2.INTER_LINEAR).transpose(2, 0, 1)
    both: NDArray[np.float32] = np.asarray((wider + finer) / 2).astype(np.float32)
    label = KINDS.index("label")
    both[label] = labels_of(finer[label], wider[label])
    return both


def labels_of(finer: NDArray[np.float32], coarser: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities (H, W) of a label: the finer look's, and the higher ones of both within a large label."""
    import cv2
    import numpy as np

    count, areas, stats, _ = cv2.connectedComponentsWithStats((coarser > LEAST).astype(np.uint8), connectivity=4)
    found = finer.copy()
    for index in range(1, count):
        inside = areas == index
        if stats[index, cv2.CC_STAT_AREA] >= LARGE_LABEL * finer.size and (finer[inside] > LEAST).any():
            found[inside] = np.maximum(finer, coarser)[inside]
    return found


def probabilities(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(7, H / 2, W / 2) probabilities of ``KINDS`` for a picture (H, W, 3)."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    below, right = -height % BLOCK, -width % BLOCK
    # A mirrored rim is what the scene could look like there; it is cut off again below.
    framed = cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_REFLECT)
    given = np.ascontiguousarray(framed.transpose(2, 0, 1)[None].astype(np.float32))
    found = network(WEIGHTS).run(None, {"picture": given})[0][0]
    finer = cv2.resize(
        np.ascontiguousarray(found.transpose(1, 2, 0)), (framed.shape[1] // 2, framed.shape[0] // 2),
        interpolation=cv2.INTER_LINEAR,
    )  # fmt: skip
    return np.ascontiguousarray(finer[: -(-height // 2), : -(-width // 2)].transpose(2, 0, 1), np.float32)


def _labels(seen: NDArray[np.float32], larger: Callable[[], NDArray[np.uint8]]) -> tuple[LabelRegion, ...]:
    """What may be labels, the largest first, the likeliest of them looked at from near."""
    label = seen[KINDS.index("label")]
    areas = list(_areas(label, LEAST)) or list(_areas(label, FAINT))
    regions = [region for region, _ in areas]
    nearer = sorted(regions, key=lambda region: -region.score)[:CLOSER_LABELS]
    found = []
    for one, inside in areas:
        mean, peak, again = one.score, one.peak, None
        if one in nearer:
            picture = larger()
            mean, peak, there = closer_look(picture, one.quad)
            if one.share < SMALL_LABEL:
                again = closer_look(picture, there)[1] if there and peak >= LEAST else peak
        found.append(
            LabelRegion(
                outline(inside), one.share, one.score, one.peak, one.filled, one.at_edge, mean, peak,
                _around(seen, one.quad), again,
            )
        )  # fmt: skip
    return tuple(found)


def closer_look(picture: NDArray[np.uint8], quad: Quad) -> tuple[float, float, Quad | None]:
    """Mean and 95th percentile of a label's probability within a quad, in a square look at it and its surroundings.

    And the smallest turned rectangle around the area above LEAST that covers most of the quad; None where none does.
    """
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    corners = np.array(quad) * (width, height)
    side = max(CLOSER_ROOM * float(np.ptp(corners, axis=0).max()), CLOSER_LEAST)
    left, top = (int(v) for v in np.round(corners.mean(0) - side / 2))
    right, bottom = left + round(side), top + round(side)
    inside = picture[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    before, after = (max(0, -top), max(0, -left)), (max(0, bottom - height), max(0, right - width))
    # Beyond the border the scene is mirrored, as at the picture's own rim.
    square = cv2.copyMakeBorder(inside, before[0], after[0], before[1], after[1], cv2.BORDER_REFLECT)
    way = cv2.INTER_AREA if side > CLOSER_PX else cv2.INTER_LINEAR
    near = np.asarray(cv2.resize(square, (CLOSER_PX, CLOSER_PX), interpolation=way), np.uint8)
    label = probabilities(near)[KINDS.index("label")]
    cell = side / label.shape[0]
    within = _filled((corners - (left, top)) / cell, label.shape)
    values = label[within]
    there = _most_of(label, within, (np.array((-left, -top)) / cell, np.array((width - left, height - top)) / cell))
    place = None
    if there is not None:
        spots = (np.array(_quad(there, *there.shape[::-1])[0]) * side + (left, top)) / (width, height)
        place = tuple((round(float(x), 4), round(float(y), 4)) for x, y in spots)
    return round(float(values.mean()), 4), round(float(np.percentile(values, 95)), 4), place  # type: ignore[return-value]


def _most_of(
    label: NDArray[np.float32], within: NDArray[np.bool_], picture: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.bool_] | None:
    """The area above LEAST that covers most of ``within``, of what lies inside the picture's two corners."""
    import cv2
    import numpy as np

    sure = (label > LEAST).astype(np.uint8)
    (left, top), (right, bottom) = (np.round(corner).astype(int) for corner in picture)
    sure[: max(0, top)] = sure[max(0, bottom) :] = 0
    sure[:, : max(0, left)] = sure[:, max(0, right) :] = 0
    count, areas = cv2.connectedComponents(sure, connectivity=4)
    covered = np.bincount(areas[within], minlength=count)[1:]
    return np.asarray(areas == 1 + int(covered.argmax()), np.bool_) if covered.any() else None


def _around(seen: NDArray[np.float32], quad: Quad) -> tuple[float, ...]:
    """Mean probability of each kind in the rim around a quad; of the quad itself where it fills the picture."""
    import numpy as np

    _, height, width = seen.shape
    corners = np.array(quad) * (width, height)
    middle = corners.mean(0)
    inner, outer = (_filled(middle + share * (corners - middle), (height, width)) for share in RIM)
    rim = outer & ~inner
    return tuple(round(float(one), 4) for one in seen[:, rim if rim.any() else inner].mean(axis=1))


def _filled(corners: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Cells of a picture (H, W) that a quad covers: at least the one in its middle."""
    import cv2
    import numpy as np

    mask = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), (1,))
    x, y = (int(np.clip(at, 0, size - 1)) for at, size in zip(corners.mean(0), shape[::-1], strict=True))
    mask[y, x] = 1
    return np.asarray(mask, np.bool_)


def _found(score: NDArray[np.float32]) -> tuple[Region, ...]:
    return tuple(regions_of(score, LEAST) or regions_of(score, FAINT))


def regions_of(score: NDArray[np.float32], least: float) -> list[Region]:
    """Connected areas of (H, W) scores above ``least``, the largest first."""
    return [region for region, _ in _areas(score, least)]


def _areas(score: NDArray[np.float32], least: float) -> Iterator[tuple[Region, NDArray[np.bool_]]]:
    """The same with their cells."""
    import cv2
    import numpy as np

    height, width = score.shape
    mask = (score > least).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    order = sorted(range(1, count), key=lambda index: -int(stats[index, cv2.CC_STAT_AREA]))
    for index in order[:MAX_REGIONS]:
        area = int(stats[index, cv2.CC_STAT_AREA])
        if area < 3:
            break
        inside = labels == index
        values = score[inside]
        quad, box_area = _quad(inside, width, height)
        left, top, w, h = (int(v) for v in stats[index, :4])
        edge = left == 0 or top == 0 or left + w == width or top + h == height
        region = Region(
            quad, round(area / (width * height), 5), round(float(values.mean()), 4),
            round(float(np.percentile(values, 95)), 4), round(min(1.0, area / max(box_area, 1.0)), 4), edge,
        )  # fmt: skip
        yield region, inside


def _quad(inside: NDArray[np.bool_], width: int, height: int) -> tuple[Quad, float]:
    """The smallest rectangle around an area as fractions, and its area in cells."""
    import cv2

    box = cv2.minAreaRect(_points(inside))
    return _as_quad(cv2.boxPoints(box), width, height), float(box[1][0] * box[1][1])


def outline(inside: NDArray[np.bool_]) -> Quad:
    """The four straight sides of an area (H, W): seen aslant, a label is no rectangle.

    The sides of its convex hull, of which those go whose neighbours need the least to meet; the smallest rectangle
    where no four are left that meet.
    """
    import cv2
    import numpy as np

    hull = cv2.convexHull(_points(inside))
    bent = cv2.approxPolyDP(hull, STRAIGHT * cv2.arcLength(hull, True), True)[:, 0].astype(np.float64)
    corners: list[Any] = list(bent)
    while len(corners) > 4:
        least, at, meeting = np.inf, 0, None
        for index in range(len(corners)):
            before, one, other, after = (corners[(index + step) % len(corners)] for step in (-1, 0, 1, 2))
            spot = _meeting(before, one, other, after)
            if spot is not None and (more := _triangle(one, spot, other)) < least:
                least, at, meeting = more, index, spot
        if meeting is None:
            break
        corners[at] = meeting
        corners.pop((at + 1) % len(corners))
    height, width = inside.shape
    if len(corners) != 4:
        return _quad(inside, width, height)[0]
    return _as_quad(np.array(corners), width, height)


def _meeting(before: Any, one: Any, other: Any, after: Any) -> Any:
    """Where the side from ``before`` on beyond ``one`` meets that from ``after`` on beyond ``other``, if it does."""
    first, second, between = one - before, other - after, other - one
    turn = first[0] * second[1] - first[1] * second[0]
    if abs(turn) < 1e-9:
        return None
    along = (between[0] * second[1] - between[1] * second[0]) / turn
    back = (between[0] * first[1] - between[1] * first[0]) / turn
    return one + along * first if along > 0 and back > 0 else None


def _triangle(a: Any, b: Any, c: Any) -> float:
    """The area between three points."""
    (x, y), (u, v) = b - a, c - a
    return abs(float(x * v - y * u)) / 2


def _points(inside: NDArray[np.bool_]) -> Any:
    """The outline of an area, (N, 2) float32: cells are squares, not points, so their outer corners count."""
    import cv2
    import numpy as np

    lines, _ = cv2.findContours(inside.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    points = np.concatenate(lines)[:, 0].astype(np.float32)
    return np.concatenate([points + step for step in ((0, 0), (1, 0), (0, 1), (1, 1))]).astype(np.float32)


def _as_quad(corners: Any, width: int, height: int) -> Quad:
    """Corners in cells as fractions of the picture, within it, that nearest the top left first."""
    import numpy as np

    first = int(np.argmin(corners.sum(axis=1)))
    a, b, c, d = (
        (round(min(1.0, max(0.0, float(x) / width)), 4), round(min(1.0, max(0.0, float(y) / height)), 4))
        for x, y in np.roll(corners, -first, axis=0)
    )
    return a, b, c, d
