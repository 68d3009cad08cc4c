"""How the parcel turned from one view to the next: its picture in the one laid over the other, in three dimensions.

What the network tells of a view (which cells show the parcel, and which way its faces point) is a shape: planes that
meet at edges, but for its size. A rigid motion of that shape moves every pixel of it; sought is the one with which the
other view looks alike (direct image alignment, inverse compositional: Baker and Matthews, "Lucas-Kanade 20 Years On",
2004; Gauss-Newton, coarse to fine, with weights that let go of what a hand covers). Nothing is trained here, so a
motion does not depend on the world that the network was trained in; it is known only as well as the shape.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

FOCAL = 0.9
"""Of a phone's lens, in longer sides of the picture: wide lenses have 0.7, tele ones more."""
LEVELS = 2
"""Of the pyramid: the coarsest is half a view. It begins near enough, at the flow's turn: with a third level, or six
steps and a finer end, motions were no nearer to the truth (80 clips in development, by hand, by `--motions`)."""
STEPS, ENOUGH = 3, 0.01
"""At most so many on each level, fewer where one is as small as this (radians; parts of the distance)."""
POINTS = 1000
"""Pixels of the parcel that are laid over, those with the strongest gradients; half as many on each coarser level."""
LEAST_POINTS, LEAST_CELLS = 40, 6
"""A shape of fewer pixels, or a face of fewer cells, is none."""
BLUR, SPREAD, GREY = 5.0, 7.0, 4.0
"""Light is taken out: from the luma its blur (pixels), and divided by what is left's own spread (pixels; luma)."""
TURN, SHIFT = 0.1, 0.15
"""How far a parcel turns otherwise than the flow says (radians) and moves (of its distance) between two views, one
standard deviation in each direction: what the pictures do not say is little."""
LIKE = 12.0
"""So many neighbouring pixels say what one says."""
LEAST_DIFFERENCE = 0.15
"""Pixels that differ by more than this, and more than one and a half times as much as the middle one, weigh less."""
MOST_SLANT = 0.06
"""Cosine of the angle between face and ray, under which a face is not seen any more."""
FRONT = 0.08
"""And under which the cells of a face are misread: the middle one of them."""
NEAR, FAR = 0.6, 1.7
"""Of the parcel's distance: what lies out of that is misread."""


class Shades:
    """One view without its light, at several sizes."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self._picture = picture

    @cached_property
    def levels(self) -> list[Floats]:
        import cv2
        import numpy as np

        luma = cv2.cvtColor(self._picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
        left = luma - cv2.GaussianBlur(luma, (0, 0), BLUR)
        made: list[Any] = [left / (cv2.sqrt(cv2.GaussianBlur(left * left, (0, 0), SPREAD)) + GREY)]
        for _ in range(LEVELS - 1):
            made.append(cv2.pyrDown(made[-1]))
        return made

    @cached_property
    def slopes(self) -> list[tuple[Floats, Floats]]:
        return [(_slope(one, 1, 0), _slope(one, 0, 1)) for one in self.levels]


def _slope(shade: Any, x: int, y: int) -> Any:
    import cv2

    return cv2.Sobel(shade, cv2.CV_32F, x, y, scale=0.125)


class Solid:
    """The shape that one view shows: pixels of the parcel and how far each is away."""

    def __init__(self, shades: Shades, places: Any, depths: Any, ray: Any, focal: float) -> None:
        import numpy as np

        self.shades, self.ray, self.focal = shades, ray, focal
        height, width = shades.levels[0].shape
        self.middle = np.array([width - 1, height - 1], np.float32) / 2
        rays = np.column_stack([(places - self.middle) / focal, np.ones(len(places))]).astype(np.float32)
        points = rays * depths[:, None].astype(np.float32)
        self.centre = points.mean(0)
        self.points = points - self.centre
        self.places = places

    @cached_property
    def templates(self) -> list[tuple[Any, Any, Any]]:
        """Of each level: points (n, 3), their shades (n,), and how these change with a motion (n, 6)."""
        import numpy as np

        made = []
        for level, shade in enumerate(self.shades.levels):
            scale = 0.5**level
            some = slice(None, None, 2**level)
            points, places = self.points[some], self.places[some]
            x, y = ((places[:, k] + 0.5) * scale - 0.5 for k in (0, 1))
            across, down = (_sampled(slope, x, y) * (scale * self.focal) for slope in self.shades.slopes[level])
            seen = points + self.centre
            away = 1 / seen[:, 2]
            x_by, y_by = across * away, down * away
            z_by = -(x_by * seen[:, 0] + y_by * seen[:, 1]) * away
            px, py, pz = points.T
            # A turn moves each point across its own place: their cross product.
            by_turn = [py * z_by - pz * y_by, pz * x_by - px * z_by, px * y_by - py * x_by]
            made.append((points, _sampled(shade, x, y), np.stack([*by_turn, x_by, y_by, z_by], 1)))
        return made


def _sampled(picture: Any, x: Any, y: Any) -> Any:
    import cv2

    return cv2.remap(picture, x[None], y[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]


def solid_of(view: Any, turn: Any, shades: Shades) -> Solid | None:
    """What a view (``on``, ``normals``, ``part``, ``size``; parcel_looks.py) shows of a parcel that lies by ``turn``.

    Each cell belongs to the face of the turn (3, 3) that its normal is nearest to; faces are planes, and meet where
    their cells touch. None where too little of it is seen.
    """
    import numpy as np

    rows, columns = np.nonzero(view.on)
    left, top, scale = view.part
    focal = FOCAL * max(view.size)
    middle = np.array(view.size) / 2 - 0.5
    places = np.column_stack([(columns + 0.5) * 4 * scale + left, (rows + 0.5) * 4 * scale + top]) - 0.5
    rays = np.column_stack([(places - middle) / focal, np.ones(len(places))])
    if len(places) < 2 * LEAST_CELLS:
        return None
    ray = _along(rays.mean(0))
    axes = np.concatenate([turn, -turn], 1)
    named = (view.normals[:, rows, columns].T @ axes).argmax(1)
    facing = -rays @ (ray @ axes)
    """Of every cell, how far each face is turned to its ray."""
    counts = np.bincount(named, minlength=6)
    faces = [face for face in range(6) if counts[face] >= LEAST_CELLS]
    faces = [face for face in faces if np.median(facing[named == face, face]) > FRONT]
    if not faces:
        return None
    kept = np.full(6, -1)
    kept[faces] = faces
    grid = np.full(view.on.shape, -1)
    grid[rows, columns] = kept[named]
    offsets = _meeting(grid, faces, rays, facing, view.on)
    away = np.array([offsets.get(face, -np.inf) for face in range(6)])[named]
    depths = np.exp(away) / np.maximum(MOST_SLANT, facing[np.arange(len(named)), named])
    depths = np.clip(depths / np.median(depths[depths > 0]), NEAR, FAR) * (depths > 0)
    pixels, depths = _pixels(view, rows, columns, depths)
    if len(pixels) < LEAST_POINTS:
        return None
    across, down = shades.slopes[0]
    steep = across[pixels[:, 1], pixels[:, 0]] ** 2 + down[pixels[:, 1], pixels[:, 0]] ** 2
    if len(pixels) > POINTS:
        best = np.sort(np.argpartition(-steep, POINTS)[:POINTS])
        pixels, depths = pixels[best], depths[best]
    return Solid(shades, pixels.astype(np.float32), depths, ray, focal)


def _along(ray: Any) -> Any:
    """The smallest rotation (3, 3) from the optical axis to a ray."""
    import cv2
    import numpy as np

    x, y, z = ray / np.linalg.norm(ray)
    size = float(np.hypot(x, y))
    if size < 1e-9:
        return np.eye(3)
    return cv2.Rodrigues(np.array([-y, x, 0.0]) / size * float(np.arctan2(size, z)))[0]


def _meeting(grid: Any, faces: list[int], rays: Any, facing: Any, on: Any) -> dict[int, float]:
    """Of each face that hangs together with the largest one, the logarithm of its distance from the camera."""
    import numpy as np

    place = np.full(on.shape, -1)
    place[on] = np.arange(len(rays))
    sides = [
        (part[0].ravel(), part[1].ravel())
        for here, beside in (
            (np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:]), (np.s_[:-1, :-1], np.s_[1:, 1:]),
            (np.s_[:-1, 1:], np.s_[1:, :-1]),
        )
        for part in [(place[here], place[beside])]
    ]  # fmt: skip
    one, other = (np.concatenate([side[k] for side in sides]) for k in (0, 1))
    both = (one >= 0) & (other >= 0)
    one, other = one[both], other[both]
    face = grid[on]
    border = (face[one] != face[other]) & (face[one] >= 0) & (face[other] >= 0)
    one, other = one[border], other[border]
    one, other = np.concatenate([one, other]), np.concatenate([other, one])
    largest = max(faces, key=lambda name: int((face == name).sum()))
    found, waiting = {largest: 0.0}, [name for name in faces if name != largest]
    while waiting:
        # The face that shares the longest border with one that is placed.
        lengths = [
            (int(((face[one] == name) & (face[other] == known)).sum()), name, known)
            for name in waiting for known in found
        ]  # fmt: skip
        length, name, known = max(lengths)
        if length < 2:
            break
        met = (face[one] == name) & (face[other] == known)
        halfway = (facing[one[met]] + facing[other[met]]) / 2
        ratio = np.maximum(1e-3, halfway[:, name]) / np.maximum(1e-3, halfway[:, known])
        found[name] = found[known] + float(np.log(np.median(ratio)))
        waiting.remove(name)
    return found


def _pixels(view: Any, rows: Any, columns: Any, depths: Any) -> tuple[Any, Any]:
    """The pixels (n, 2) that the cells cover, and their depths (n,); none at the very border."""
    import cv2
    import numpy as np

    cells = np.zeros(view.on.shape, np.float32)
    cells[rows, columns] = depths
    left, top, scale = view.part
    side = 4 * scale
    # From the middle of a pixel to that of its cell.
    move = np.array([[1 / side, 0, (0.5 - left) / side - 0.5], [0, 1 / side, (0.5 - top) / side - 0.5]])
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    deep: Any = cv2.warpAffine(cells, move, view.size, flags=flags, borderMode=cv2.BORDER_CONSTANT)
    y, x = np.nonzero(deep[2:-2, 2:-2])
    return np.column_stack([x + 2, y + 2]), deep[y + 2, x + 2]


def aligned(
    before: Solid | None, after: Solid | None, one: Shades, other: Shades, start: Any
) -> tuple[Any, float] | None:
    """From the view ``one`` to the view ``other``, sought from the turn ``start`` (3,) on.

    Axis times radians seen along the ray to the parcel's middle, and how alike the views are after it, -1..1.

    The shape seen before is sought in the later view, and that seen after in the earlier: what turns away is in the
    one, and what turns up in the other. Each counts by what its pixels say.
    """
    import numpy as np

    found = [
        _sought(before, other, start) if before is not None else None,
        _sought(after, one, -np.asarray(start)) if after is not None else None,
    ]
    there = [(sign, *each) for sign, each in zip((1, -1), found, strict=True) if each is not None]
    if not there:
        return None
    weights = [max(0.05, agree) ** 6 * known for _, _, known, agree in there]
    summed = sum(weight @ (sign * turn) for weight, (sign, turn, _, _) in zip(weights, there, strict=True))
    turn = np.linalg.solve(sum(weights), summed)
    return turn, float(np.mean([agree for *_, agree in there]))


def _sought(solid: Solid, shades: Shades, start: Any) -> tuple[Any, Any, float]:
    """The turn (3,) along the ray, how surely it is known (3, 3), and how alike the views are."""
    import numpy as np

    moved, known, agree = _laid(solid, shades, np.array([*(solid.ray @ start), 0.0, 0.0, 0.0]))
    # What is known of the turn alone, whatever the shift is.
    alone = known[:3, :3] - known[:3, 3:] @ np.linalg.solve(known[3:, 3:], known[3:, :3])
    return solid.ray.T @ moved[:3], solid.ray.T @ alone @ solid.ray, agree


def _laid(solid: Solid, shades: Shades, start: Any) -> tuple[Any, Any, float]:
    """Turn and shift (6,), what is known of them (6, 6), and the agreement."""
    import cv2
    import numpy as np

    held = np.diag(np.repeat([1 / TURN**2, 1 / SHIFT**2], 3))
    turn, shift = cv2.Rodrigues(start[:3])[0], start[3:].copy()
    known, agree = held, 0.0
    for level in range(LEVELS - 1, -1, -1):
        points, plain, slopes = solid.templates[level]
        other, scale = shades.levels[level], 0.5**level
        height, width = other.shape
        usual = 0.0
        for _ in range(STEPS):
            seen = points @ turn.T.astype(np.float32) + (solid.centre + shift).astype(np.float32)
            x, y = (
                ((seen[:, k] / seen[:, 2] * solid.focal + solid.middle[k]) + 0.5) * np.float32(scale) - np.float32(0.5)
                for k in (0, 1)
            )
            shown = _sampled(other, x, y)
            apart = shown - plain
            within = (x > 0) & (y > 0) & (x < width - 1) & (y < height - 1)
            if not usual:
                middle = len(apart) // 2
                usual = max(LEAST_DIFFERENCE, 1.5 * float(np.partition(np.abs(apart), middle)[middle]))
            weight = within / (1 + (apart / usual) ** 2)
            noise = max(0.02, float(weight @ (apart * apart)) / max(1e-6, float(weight.sum())))
            weighed = slopes * (weight * (2**level / (noise * LIKE)))[:, None]
            known = (weighed.T @ slopes).astype(float) + held
            so_far = np.concatenate([cv2.Rodrigues(turn)[0].ravel(), shift])
            wanted = (weighed.T @ apart).astype(float) + held @ (so_far - start)
            step = cv2.solve(known, wanted[:, None], flags=cv2.DECOMP_CHOLESKY)[1][:, 0]
            far = float(np.linalg.norm(step[:3]))
            if far > 0.35:
                step *= 0.35 / far
            # The template's own motion by ``step`` is undone in the other view.
            back = cv2.Rodrigues(step[:3])[0].T
            turn, shift = turn @ back, shift - turn @ back @ step[3:]
            if np.abs(step).max() < ENOUGH:
                break
        if level == 0:
            agree = float(plain @ shown) / float(np.sqrt((plain @ plain) * (shown @ shown)) + 1e-9)
    return np.concatenate([cv2.Rodrigues(turn)[0].ravel(), shift]), known, agree
