"""The second stage's clips: what the first stage's network was found to misread.

Boxes in every turn and not only on their way between two faces, quick ones, of one colour all round; closed boxes with
dark pictures and pictures of goods on them; lids hinged at any side, and flaps opened one after another; mailers
creased, bent, and torn open bit by bit.
"""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.synth.unboxing import Path, Show, Truth
from benchmarks.synth.unboxing_geometry import (
    CORNERS,
    FLAP,
    INSIDE,
    NORMALS,
    PARCEL,
    Lens,
    Matrix,
    Picture,
    eased,
    lay,
    mark,
)

TOP = 4
"""The face that opens."""
FLAT = 0.12
"""Radians below which a flap still looks like the closed top."""


def any_turn(rng: np.random.Generator) -> Matrix:
    """A rotation, all equally likely."""
    q, r = np.linalg.qr(rng.normal(0, 1, (3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else q[:, [1, 0, 2]]


class HarderShow(Show):
    def _in_hands(self, path: Path) -> None:
        rng = self.rng
        self.pace *= rng.uniform(0.4, 1.0)
        if rng.random() < 0.35:
            super()._in_hands(path)
            return
        for place in range(int(rng.integers(7, 12))):
            path.add(rng.uniform(0.35, 1.1) if place else 0.0, any_turn(rng))

    def _on_table(self, path: Path) -> None:
        self.pace *= self.rng.uniform(0.4, 1.0)
        super()._on_table(path)

    # --- opening ---

    def _opening(self) -> None:
        super()._opening()
        rng = self.rng
        self.way = str(rng.choice(["four", "lid", "one by one"], p=[0.2, 0.45, 0.35]))
        self.hinge = int(rng.integers(4))
        self.tear = (int(rng.integers(2)), rng.uniform(0.1, 0.65), rng.uniform(0.4, 1.6), int(rng.integers(1 << 30)))
        if self.opened_at_s is None or self.wish.kind == "bag":
            return
        begin, length, _ = self.flaps[0]
        if self.way == "lid":
            self.flaps = [(begin, length * rng.uniform(1, 2), float(np.radians(rng.uniform(35, 200))))] * 4
        if self.way == "one by one":
            order, wait = rng.permutation(4), rng.uniform(0.4, 1.4)
            stay = rng.random() < 0.3
            self.flaps = [
                (
                    begin + wait * int(order[k]) * (self.wish.start == "sealed"),
                    length,
                    0.0 if stay and order[k] > 1 else float(np.radians(rng.uniform(60, 210))),
                )
                for k in range(4)
            ]

    def _flap(
        self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, k: int, angle: float
    ) -> None:
        if self.way == "lid":
            if k == self.hinge:
                self._board(picture, ids, lens, turn, place, k, angle, 2 * self.half[k // 2])
            return
        axis = k // 2
        length = min(self.half[axis], 2 * self.half[1 - axis])
        self._board(picture, ids, lens, turn, place, k, angle, length)

    def _board(
        self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, k: int, angle: float,
        length: float,
    ) -> None:  # fmt: skip
        """A flap or lid at side ``k`` of the top, raised by ``angle`` (radians), ``length`` metres long."""
        axis, sign = k // 2, 1 if k % 2 == 0 else -1
        hinge, side, out = np.zeros(3), np.zeros(3), np.zeros(3)
        hinge[axis], hinge[2] = sign * self.half[axis], self.half[2]
        side[1 - axis] = self.half[1 - axis]
        out[axis], out[2] = -sign * np.cos(angle), np.sin(angle)
        quad3 = np.array([hinge - side + out * length, hinge + side + out * length, hinge + side, hinge - side])
        seen = lens.into(quad3 @ turn.T + place)
        if (seen[:, 2] < 0.05).any():
            return
        upper = np.zeros(3)
        upper[axis], upper[2] = sign * np.sin(angle), np.cos(angle)
        normal = turn @ upper
        outside = normal @ (lens.place - (turn @ quad3.mean(0) + place)) > 0
        quad = lens.flat(seen)
        lay(picture, self.textures[TOP] if outside else self.inner, quad, self._light(normal if outside else -normal))
        mark(ids, quad, TOP + PARCEL if outside and angle < FLAT else FLAP, 0.5)

    def _torn_bag(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float) -> None:
        """Torn from one end on one side, further and further, with a ragged edge and a lip folded back."""
        self._cuboid(picture, ids, lens, self.half, place, turn, self.textures, PARCEL)
        end, most, within_s, seed = self.tear
        rng = np.random.default_rng([seed, 8])
        part = max(0.06, most * eased((at_s - self.flaps[0][0]) / within_s))
        for face in (4, 5):
            if (turn @ NORMALS[face]) @ (lens.place - place) <= 0:
                continue
            whole = lens.flat(lens.into((CORNERS[face] * self.half) @ turn.T + place))
            a, b, c, d = whole if end else whole[[2, 3, 0, 1]]
            ragged = [part * rng.uniform(0.55, 1.25) for _ in range(5)]
            for k in range(4):
                along = [a + (b - a) * v for v in (k / 4, (k + 1) / 4)]
                far = [d + (c - d) * v for v in (k / 4, (k + 1) / 4)]
                low = [p + (q - p) * r for p, q, r in zip(along, far, ragged[k : k + 2], strict=True)]
                strip = np.array([along[0], along[1], low[1], low[0]])
                lay(picture, (self.inner * rng.uniform(0.3, 0.7)).astype(np.uint8), strip, 0.9)
                mark(ids, strip, INSIDE, 0.5)
                back = [p + (q - p) * (r + 0.4 * part) for p, q, r in zip(along, far, ragged[k : k + 2], strict=True)]
                lip = np.array([low[0], low[1], back[1], back[0]])
                lay(picture, self.inner if rng.random() < 0.5 else self.textures[5], lip, rng.uniform(0.7, 1.15))
                mark(ids, lip, FLAP, 0.5)
        self._goods(picture, ids, lens, turn, place, at_s)

    # --- what it looks like ---

    def _textures(self) -> list[Picture]:
        made, rng = super()._textures(), self.rng
        style = rng.random()
        if style < 0.3:  # one colour all round
            tone = np.median(made[1].reshape(-1, 3), axis=0) if rng.random() < 0.5 else rng.uniform(10, 245, 3)
            for face, skin in enumerate(made):
                made[face] = np.clip(tone + rng.normal(0, rng.uniform(1, 4), (*skin.shape[:2], 1)), 0, 255).astype(
                    np.uint8
                )
        elif style < 0.65:
            for face in rng.permutation(6)[: int(rng.integers(1, 5))]:
                made[face] = _printed(made[face], rng, self.parts.thing(rng).bgra)
        return made

    def _skin(self) -> None:
        super()._skin()
        rng = self.rng
        self.bent = rng.normal(0, 1, (2, 4, 5)).astype(np.float32) * (rng.uniform(0.004, 0.018) * max(self.size))
        if self.wish.kind == "bag":
            for face, skin in enumerate(self.textures):
                self.textures[face] = _creased(skin, rng)

    def frame(self, at_s: float) -> tuple[Picture, Picture, Truth]:
        picture, ids, truth = super().frame(at_s)
        if self.wish.kind == "bag":
            picture, ids = _bent(picture, self.bent, 1.0, cv2.INTER_LINEAR), _bent(ids, self.bent, 0.5, 0)
        return picture, ids, truth


def _printed(skin: Picture, rng: np.random.Generator, thing: Picture) -> Picture:
    """A dark print with lighter borders, at times with goods on it: what a hasty look takes for an opening."""
    made = skin.copy()
    h, w = made.shape[:2]
    across, high = rng.uniform(0.35, 1.0, 2)
    x, y = rng.uniform(0, 1 - across) * w, rng.uniform(0, 1 - high) * h
    quad = np.array([[x, y], [x + across * w, y], [x + across * w, y + high * h], [x, y + high * h]])
    if rng.random() < 0.8:
        quad += rng.normal(0, 0.04, (4, 2)) * [w, h]
        dark = np.clip(rng.uniform(5, 90, 3) + rng.normal(0, 6, (24, 24, 1)), 0, 255)
        ramp = np.linspace(rng.uniform(0.6, 1.4), rng.uniform(0.6, 1.4), 24)[:, None, None]
        lay(made, np.clip(dark * ramp, 0, 255).astype(np.uint8), quad)
    if rng.random() < 0.6:
        lay(made, thing, quad.mean(0) + (quad - quad.mean(0)) * rng.uniform(0.5, 1.0))
    return made


def _creased(skin: Picture, rng: np.random.Generator) -> Picture:
    h, w = skin.shape[:2]
    value = skin.astype(np.float32)
    for steps in (5, 12, 28):
        field = cv2.resize(rng.normal(0, 1, (steps, steps)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
        value += field[:, :, None] * rng.uniform(0, 12)
    for _ in range(int(rng.integers(0, 9))):
        ends = [tuple(int(v) for v in rng.uniform(-0.1, 1.1, 2) * [w, h]) for _ in range(2)]
        fold = np.zeros((h, w), np.float32)
        cv2.line(fold, ends[0], ends[1], float(rng.uniform(-45, 45)), int(rng.integers(2, 9)), cv2.LINE_AA)
        value += cv2.GaussianBlur(fold, (0, 0), rng.uniform(0.8, 3))[:, :, None]
    return np.clip(value, 0, 255).astype(np.uint8)


def _bent(picture: Picture, field: Matrix, scale: float, how: int) -> Picture:
    """The picture with its pixels shifted by a smooth field (2, rows, columns), pixels of a scale of 1."""
    h, w = picture.shape[:2]
    dx, dy = (cv2.resize(part, (w, h), interpolation=cv2.INTER_CUBIC) * scale for part in field)
    x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
    return cv2.remap(picture, x + dx, y + dy, how, borderMode=cv2.BORDER_REPLICATE)


def harder_moments(show: HarderShow, rng: np.random.Generator, count: int) -> list[float]:
    """Moments of a clip: more while the parcel turns and just after it is opened."""
    given = rng.uniform(0, show.length_s - 0.05, 4 * count)
    weight = np.ones(len(given))
    for place, at_s in enumerate(given):
        if show.opened_at_s is not None and -0.4 < at_s - show.opened_at_s < 3.0:
            weight[place] = 3.0
        elif show._turns(float(at_s)):
            weight[place] = 2.5
    return [float(v) for v in rng.choice(given, count, replace=False, p=weight / weight.sum())]
