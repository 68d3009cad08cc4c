"""How the parcel lies in the frames of a video: its turn, the faces seen, what is open, frame by frame.

A small network (models/parcel-pose) tells, per cell of a frame, what is there, the outward normal of the face seen and
the parcel's turn. Raw: which face is which through the turning, and what counts as shown, is for the facts to say.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.schema import Quad
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.parcel_alignment import FOCAL, Shades, Solid, aligned, solid_of
from evidence_kit.sensors.parcel_motion import Motion, both, motions_between
from evidence_kit.sensors.small_views import CLOSE_S, EVERY_S
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
"""Less that differs from view to view where the parcel is (mean luma, 0..255) is nothing."""
MOST_SHIFT = 0.1
"""A larger shift, of the picture's longer side, is not undone."""
EARLY_S = 0.3
"""Between looks while views are close together; later each is looked at. With more looks where the parcel turns fewer
openings were told (docs/decisions/0007)."""
ALWAYS, ALWAYS_LEAST, ALWAYS_PART = 1.2, 1.0, 4
"""What always moves: so many times the video's lowest quarter of what differs from view to view. Where no more does,
the parcel has not turned."""
GROWN = 1.5
"""A view is cut out around the parcel, so many times as large, and enlarged: the network sees a small parcel better."""
MOST_STEP_S = 0.3
"""Between views: over a longer time no motion is sought."""
STOOD = Motion((0.0, 0.0, 0.0), 0.0, 0.0)
FOLLOWED = True
"""Whether motions are sought: only the number of sides needs them (``TOLD`` in facts/sides_shown.py)."""
CALM, CALM_OPEN, BACK_S = 0.3, 0.5, 4.6
"""Once views are far apart every second one is looked at, as long as flaps and inside are less than the first of the
closed parcel and it is likelier closed than the second. Where that ends, all views of the last BACK_S are looked at,
which is what the opening is told from. Of 78 rendered clips that are opened after the twentieth second 70 openings are
told within a second, 72 with looks at every view, and the same numbers of sides (by hand)."""
OPEN_S = 4.0
"""So long with the parcel open ends the search: what is shown later is not shown sealed."""
LEAST_ZOOM = 0.8
"""Where the part would be larger, the picture is shown as it is."""
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
    moved: float = 0.0
    """What differs from view to view since the look before, added up: mean luma (0..255) where the parcel is, a mere
    shift undone."""
    views: int = 1
    """So many views."""
    faces: tuple[SeenFace, ...] = ()
    steps: tuple[Motion | None, ...] = ()
    """How the parcel turned from view to view since the look before; None where it could not be told. Empty unless the
    parcel is followed."""
    open: float = 0.5
    """How likely the parcel is open, judged by all that is seen of it, 0..1; 0.5 where there is none."""


@dataclass(frozen=True, slots=True)
class ParcelLooks:
    looks: tuple[ParcelLook, ...] = ()
    until_s: float = 0.0
    """Where the looking ended."""
    engine: str = WEIGHTS


@sensor(on="video", version="19", packages=("av", "onnxruntime", "opencv-python-headless", "numpy"))
def parcel_looks(footage: Footage) -> ParcelLooks:
    """Looks at the first minutes. Raises CannotOpen, LimitReached, EngineMissing."""
    return looked(footage, motions=FOLLOWED)


def looked(footage: Footage, *, motions: bool) -> ParcelLooks:
    """Looks at the first minutes; with ``motions`` also how the parcel turned between them. Raises as above."""
    pass_ = _Pass()
    open_from_s: float | None = None
    for at_s, picture in footage.small_views():
        look = pass_.see(at_s, picture)
        if look is None:
            continue
        open_from_s = None if not look.flaps_most else at_s if open_from_s is None else open_from_s
        if open_from_s is not None and at_s - open_from_s > OPEN_S:
            break
    looks = pass_.looks(motions=motions)
    return ParcelLooks(looks, looks[-1].at_s if looks else 0.0)


class _Pass:
    """Views in order, and which of them are looked at."""

    def __init__(self) -> None:
        self.at_s: list[float] = []
        self.pictures: list[Any] = []
        """Red, green, blue."""
        self.grey: Any = None
        """The last one's luma."""
        self.moved: list[float] = []
        """From the view before."""
        self.looked: dict[int, _View] = {}

    def see(self, at_s: float, picture: Any) -> _View | None:
        """Takes a view; what the network tells of it, where it is looked at."""
        import cv2

        place = len(self.at_s)
        last = next(reversed(self.looked), None)
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        self.moved.append(0.0 if last is None else _moved(self.looked[last].box, self.grey, grey))
        self.grey = grey
        self.at_s.append(at_s)
        self.pictures.append(picture)
        if last is not None and at_s < CLOSE_S and at_s - self.at_s[last] < EARLY_S - EVERY_S / 4:
            return None
        near = None if last is None else self.looked[last]
        if near is not None and at_s >= CLOSE_S and near.calm and place - 1 in self.looked:
            return None
        found = self.looked[place] = self._look_at(place, near)
        if at_s >= CLOSE_S and not found.calm:
            self._look_back(place)
        return found

    def _look_at(self, place: int, near: _View | None) -> _View:
        import cv2

        return _viewed(cv2.cvtColor(self.pictures[place], cv2.COLOR_RGB2BGR), self.at_s[place], near)

    def _look_back(self, place: int) -> None:
        """Looks at the views before ``place`` that were passed over."""
        first = bisect_left(self.at_s, max(CLOSE_S, self.at_s[place] - BACK_S))
        missed = [one for one in range(first, place) if one not in self.looked]
        for one in missed:
            self.looked[one] = self._look_at(one, self.looked[one - 1])
        if missed:
            self.looked = dict(sorted(self.looked.items()))

    def looks(self, *, motions: bool) -> tuple[ParcelLook, ...]:
        import numpy as np

        from evidence_kit.sensors.parcel_frames import turns_of

        if not self.looked:
            return ()
        order = sorted(self.looked)
        turns, scores = turns_of(np.stack([self.looked[place].numbers for place in order]))
        steps = self._steps(dict(zip(order, turns, strict=True))) if motions else ()
        found, before = [], -1
        for place, turn, score in zip(order, turns, scores, strict=True):
            moved = sum(self.moved[before + 1 : place + 1])
            since = steps[max(0, before) : place]
            found.append(_look(self.looked[place], moved, place - before, turn, float(score), since))
            before = place
        return tuple(found)

    def _steps(self, turns: dict[int, Any]) -> tuple[Motion | None, ...]:
        """From each view to the next: by the flow in the box that the look nearest to both shows, and by the shape that
        the looks nearest to either show."""
        import cv2
        import numpy as np

        places = sorted(turns)
        lowest = sorted(self.moved)[len(self.moved) // ALWAYS_PART]
        usual = ALWAYS * max(ALWAYS_LEAST, lowest)
        shades = [Shades(picture) for picture in self.pictures[: places[-1] + 1]]
        greys = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in self.pictures[: places[-1] + 1]]

        def near(place: float) -> int:
            after = bisect_left(places, place)
            return min(places[max(0, after - 1) : after + 1], key=lambda one: (abs(one - place), one))

        @lru_cache(maxsize=2)
        def solid(place: int) -> Solid | None:
            view = self.looked[near(place)]
            return solid_of(view, turns[near(place)], shades[place]) if view.there else None

        steps: list[Motion | None] = [None] * places[-1]
        sought = []
        for place in range(places[-1]):
            if self.at_s[place + 1] - self.at_s[place] > MOST_STEP_S:
                continue
            if self.moved[place + 1] < usual:
                steps[place] = STOOD
            elif self.looked[near(place + 0.5)].there:
                sought.append(place)
        pairs = [(greys[place], greys[place + 1], self.looked[near(place + 0.5)].box) for place in sought]
        for place, flowed in zip(sought, motions_between(pairs), strict=True):
            laid = aligned(solid(place), solid(place + 1), shades[place], shades[place + 1], np.array(flowed.turn))
            steps[place] = flowed if laid is None else both(flowed, *laid)
            shades[place] = Shades(self.pictures[place])  # What was made of it is not needed any more.
        return tuple(steps)


def _moved(box: tuple[int, int, int, int], before: Any, luma: Any) -> float:
    """What differs in ``box``, after the shift of that part of the picture is undone (mean luma, 0..255)."""
    import cv2
    import numpy as np

    if luma.shape != before.shape:
        return 255.0
    height, width = luma.shape
    left, top, right, bottom = box
    one, other = (part[top:bottom, left:right].astype(np.float32) for part in (before, luma))
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
    """What the network told of one frame, before its turn is read off; cells are those of the part that it saw."""

    at_s: float
    on: Any
    """Cells that show a closed face of the parcel, (h/4, w/4)."""
    normals: Any
    numbers: Any
    """The mean over those cells, (9,); zeros where there are too few."""
    box: tuple[int, int, int, int]
    """Left, top, right, bottom around the parcel, in pixels; the whole picture where there is none."""
    size: tuple[int, int]
    """Width and height of the picture."""
    part: tuple[float, float, float]
    """Left, top, and pixels of the picture per pixel of the part that the network was shown."""
    closed: float
    bag: float
    shares: tuple[float, float, float, float]
    """Flap, inside, goods, hand."""
    open: float
    """Mean over the parcel's cells, 0..1; 0.5 where there are none."""

    @property
    def flaps_most(self) -> bool:
        return self.shares[0] + self.shares[1] > self.closed

    @property
    def calm(self) -> bool:
        """Whether little speaks for an open parcel."""
        return self.shares[0] + self.shares[1] < CALM * self.closed and self.open < CALM_OPEN

    @property
    def there(self) -> bool:
        return bool(self.closed)


def _viewed(picture: Any, at_s: float, near: _View | None = None) -> _View:
    """One picture (h, w, 3), blue-green-red, longer side about VIEW_PX; the part around ``near``'s parcel, if given."""
    import numpy as np

    height, width = picture.shape[:2]
    shown, part = _part(picture, near)
    kinds, normals, numbers, opened = told(shown)
    closed = kinds[1] + kinds[2]
    parcel = _main_part(closed + kinds[3] + kinds[4])
    count = width * height / (4 * part[2]) ** 2  # Cells that the whole picture would have.
    on = parcel & (closed > 0.5)
    rows, columns = (np.flatnonzero(parcel.any(axis)) for axis in (1, 0))
    box = (0, 0, width, height)
    if len(rows) and len(columns):
        ends = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) * 4 * part[2] + [*part[:2], *part[:2]]
        left, top, right, bottom = (int(v) for v in np.clip(np.round(ends), 0, [width, height, width, height]))
        # A single cell of a part that is enlarged is less than a pixel.
        left, top = min(left, width - 1), min(top, height - 1)
        box = (left, top, max(right, left + 1), max(bottom, top + 1))
    flap, inside = (round(float((kinds[k] * parcel).sum() / count), 5) for k in (3, 4))
    goods, hand = (round(float(kinds[k].sum() / count), 5) for k in (5, 6))
    likely_open = round(float(opened[parcel].mean()), 4) if parcel.any() else 0.5
    weight = closed * on
    total = float(weight.sum())
    mean, seen, bag = np.zeros(9), 0.0, 0.0
    if on.sum() >= LEAST_CELLS:
        mean = (numbers * weight).sum((1, 2)).astype(np.float64) / total
        seen, bag = round(float(on.sum() / count), 5), round(float((kinds[2] * on).sum()) / total, 4)
    elif near is not None:
        return _viewed(picture, at_s)  # It is not where it was.
    return _View(
        at_s, on, normals, mean, box, (width, height), part, seen, bag, (flap, inside, goods, hand), likely_open
    )


def _part(picture: Any, near: _View | None) -> tuple[Any, tuple[float, float, float]]:
    """What the network is shown: the picture, or what lies around the parcel, enlarged to the picture's size."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    whole = np.ascontiguousarray(picture), (0.0, 0.0, 1.0)
    if near is None or near.size != (width, height) or not near.there:
        return whole
    left, top, right, bottom = near.box
    scale = GROWN * max((right - left) / width, (bottom - top) / height)
    if scale > LEAST_ZOOM:
        return whole
    x, y = (left + right - scale * width) / 2, (top + bottom - scale * height) / 2
    x, y = min(max(x, 0.0), width * (1 - scale)), min(max(y, 0.0), height * (1 - scale))
    move = np.array([[scale, 0, x + (scale - 1) / 2], [0, scale, y + (scale - 1) / 2]])
    shown = cv2.warpAffine(whole[0], move, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return shown, (x, y, scale)


def _look(
    view: _View, moved: float, views: int, turn: Any, score: float, steps: tuple[Motion | None, ...]
) -> ParcelLook:
    import numpy as np

    moved = round(moved, 2)
    if not view.there:
        return ParcelLook(view.at_s, 0.0, (), view.closed, 0.0, *view.shares, moved, views, (), steps, view.open)
    return ParcelLook(
        view.at_s,
        round(float(np.linalg.norm(view.numbers)) * score, 4),
        tuple(round(float(v), 5) for v in turn.ravel()),
        view.closed,
        view.bag,
        *view.shares,
        moved,
        views,
        tuple(_faces(view, turn)),
        steps,
        view.open,
    )


def told(picture: NDArray[np.uint8]) -> tuple[Any, Any, Any, Any]:
    """Kinds (7, h/4, w/4), unit normals (3, ...), turn numbers (9, ...) and how likely it is part of an open parcel
    (...) of a picture (h, w, 3)."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    framed = cv2.copyMakeBorder(picture, 0, -height % BLOCK, 0, -width % BLOCK, cv2.BORDER_CONSTANT)
    found = network(WEIGHTS).run(None, {"picture": cv2.dnn.blobFromImage(framed)})[0][0]
    found = found[:, : -(-height // 4), : -(-width // 4)]
    normals = found[7:10] / np.maximum(np.linalg.norm(found[7:10], axis=0), 1e-6)
    return found[:7], normals, found[10:19], found[19]


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


def _faces(view: _View, turn: Any) -> list[SeenFace]:
    import numpy as np

    on, (left, top, scale) = view.on, view.part
    axes = np.concatenate([turn, -turn], 1)[:, [0, 3, 1, 4, 2, 5]]
    rows, columns = np.nonzero(on)
    likeness = view.normals[:, rows, columns].T @ axes
    named = likeness.argmax(1)
    found = []
    cell = 4 * scale / np.array(view.size)
    """Of the picture's width and height."""
    middle = np.array([columns.mean(), rows.mean()])
    for axis in range(6):
        chosen = named == axis
        if chosen.sum() < 8:
            continue
        points = np.column_stack([columns[chosen], rows[chosen]])
        offset = (points.mean(0) - middle) * 4 * scale / (FOCAL * max(view.size))
        ray = np.array([*offset, 1.0]) / np.linalg.norm([*offset, 1.0])
        cos = float(-axes[:, axis] @ ray)
        quad = _quad(points, cell, np.array([left, top]) / view.size)
        found.append(
            SeenFace(
                axis, round(cos, 4), round(float(chosen.sum() * cell.prod()), 5),
                round(float(likeness[chosen, axis].mean()), 4), quad,
            )
        )  # fmt: skip
    return found


def _quad(points: Any, cell: Any, begin: Any) -> Quad:
    """Four corners around cells (n, 2), as fractions, clockwise from the one nearest the top left.

    ``cell`` is a cell's size and ``begin`` the place of the first, both (2,) as fractions.
    """
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
        (round(min(1.0, max(0.0, float(x))), 4), round(min(1.0, max(0.0, float(y))), 4))
        for x, y in corners * cell + begin
    )
    return a, b, c, d
