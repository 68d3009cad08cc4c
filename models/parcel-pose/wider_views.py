"""The fourth stage's clips: a wider world than any that clips are judged in (domain randomisation).

What the third stage's network had learnt was the drawing rather than the thing: on clips of another world it missed
openings that it found in its own. So nearly everything is drawn at random here, plausible or not: skins of any colour
and pattern, prints of open boxes; lids with rims, lids lifted off and laid beside, drawers, flaps that stand at any
angle, tops slit and hardly raised; fillings of many kinds; mailers plump or flat, cut along any side or slit across;
hands of any outline, that work over a closed parcel as often as they open it; lenses, tilts, shadows, gloss and
codecs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from harder_views import FLAT, TOP, HarderShow, _creased

from benchmarks.synth.clips import Keyed
from benchmarks.synth.unboxing import Show, Wish
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
    turned,
)

WAYS = ("four", "one by one", "lid", "rimmed", "lifted", "drawer", "slit")
"""Of opening a box."""
OPEN_PICTURES = 24
HAND_SHAPE = (200, 120)
"""Height and width of a hand's picture; its finger tips lie where put_hand looks for them."""
BASE = np.array([[-1, 1, 0], [1, 1, 0], [1, -1, 0], [-1, -1, 0]], float)
"""A square in the plane of the top, clockwise from its far left."""


class WiderShow(HarderShow):
    # --- camera and motion ---

    def _camera(self) -> None:
        super()._camera()
        rng = self.rng
        self.size = [(384, 216), (352, 240), (320, 320), (216, 384), (288, 352)][
            int(rng.choice(5, p=[0.45, 0.2, 0.1, 0.15, 0.1]))
        ]
        self.focal = max(self.size) * rng.uniform(0.55, 1.6)
        self.pitch = np.radians(rng.uniform(12, 80))
        self.away = self.focal * 2 * float(np.linalg.norm(self.half)) / (rng.uniform(0.42, 1.1) * min(self.size))
        self.tilt = rng.normal(0, 0.16)
        if self.wish.kind == "bag":
            self.half[2] = rng.uniform(0.006, 0.05)

    def _view_of(self, at_s: float) -> Lens:
        lens = super()._view_of(at_s)
        lens.turn = turned((0, 0, 1), self.tilt) @ lens.turn
        return lens

    # --- opening ---

    def _opening(self) -> None:
        super()._opening()
        rng = self.rng
        whole = rng.random() < 0.5
        self.tear_at = (
            int(rng.integers(4)), rng.random() < 0.2, 1.0 if whole else rng.uniform(0.3, 1.0), rng.uniform(0, 1)
        )  # fmt: skip
        self.mouth = (rng.uniform(5, 255, 3), rng.uniform(0.5, 1.1))
        self.rim = rng.uniform(0.08, 0.95)
        self.aside = turned((0, 0, 1), rng.uniform(0, 6.3)) @ np.array([1.0, 0, 0])
        self.beside = rng.random() < 0.5
        self.busy = Keyed(rng, 40, [-1, -1, -1, -1], [1, 1, 1, 1], 0.4)
        self.waves = [float(v) for v in rng.uniform(0, max(1.0, self.path.times[-1]), int(rng.integers(0, 4)))]
        if self.opened_at_s is None or self.wish.kind == "bag":
            return
        begin, length, _ = self.flaps[0]
        self.way = str(rng.choice(WAYS, p=[0.12, 0.14, 0.14, 0.18, 0.18, 0.12, 0.12]))
        if self.way in ("four", "one by one"):
            wait = rng.uniform(0, 1.2) * (self.way == "one by one") * (self.wish.start == "sealed")
            order, stay = rng.permutation(4), rng.random() < 0.35
            self.flaps = [
                (
                    begin + wait * int(order[k]),
                    length,
                    0.0 if stay and order[k] > 1 else float(np.radians(rng.uniform(35, 255))),
                )
                for k in range(4)
            ]
        elif self.way == "slit":
            raised = np.radians(rng.uniform(8, 55, 4))
            self.flaps = [(begin, length, float(raised[k]) if k // 2 == self.hinge // 2 else 0.0) for k in range(4)]
        else:
            far = {"lid": rng.uniform(25, 260), "rimmed": rng.uniform(25, 200)}.get(self.way, 90.0)
            self.flaps = [(begin, length * rng.uniform(1, 2.2), float(np.radians(far)))] * 4

    def _parcel(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float) -> bool:
        begin, length, _ = self.flaps[0]
        part = eased((at_s - begin) / length) if self.opened_at_s is not None else 0.0
        if self.wish.kind == "bag" or self.way not in ("lifted", "drawer") or part < 0.02:
            return super()._parcel(picture, ids, lens, turn, place, at_s)
        if self.way == "drawer":
            self._drawn_out(picture, ids, lens, turn, place, at_s, part)
            return True
        self._tray(picture, ids, lens, self.half, place, turn, self.textures, (INSIDE, PARCEL), at_s)
        if self.goods_at_s is not None and at_s > self.goods_at_s + 0.5:
            self._goods(picture, ids, lens, turn, place, at_s)
        self._lifted(picture, ids, lens, turn, place, part)
        return True

    def _tray(
        self, picture: Picture, ids: Picture, lens: Lens, half: Matrix, place: Matrix, turn: Matrix,
        skin: list[Picture], marks: tuple[int, int], at_s: float | None, mouth: int = TOP,
    ) -> None:  # fmt: skip
        """A box without the face ``mouth``; ``marks`` of its inner and outer faces; filled where ``at_s`` is given."""
        for face in range(6):
            normal = -(turn @ NORMALS[face])
            if face == mouth or normal @ (lens.place - place + normal * half[face // 2]) <= 0:
                continue
            seen = lens.into((CORNERS[face] * half) @ turn.T + place)
            if (seen[:, 2] < 0.05).any():
                continue
            quad = lens.flat(seen)
            lay(picture, self.inner, quad, 0.8 * self._light(normal) * (0.65 if face == 5 else 1))
            mark(ids, quad, marks[0], 0.5)
        if at_s is not None:
            self._contents(picture, ids, lens, turn, place, at_s)
        self._cuboid(picture, ids, lens, half, place, turn, skin, marks[1], without=(mouth,))

    def _lifted(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, part: float) -> None:
        """A lid lifted straight off, then tipped, or laid beside the parcel, its rim of any height."""
        half = self.half * [1.03, 1.03, self.rim]
        up = np.array([0, 0, self.half[2] - half[2] + min(1.0, 2 * part) * (2 * half[2] + 0.03)])
        late = max(0.0, 2 * part - 1)
        aside = self.aside * late * (float(np.abs(self.half[:2]).max()) * 2.4 + 0.03)
        lid = turned(np.cross([0, 0, 1.0], self.aside), late * (np.pi if self.beside else self.rim)) @ np.eye(3)
        if self.beside:
            up = up * (1 - late) - late * np.array([0, 0, self.half[2] - half[2]])
        where = place + turn @ (up + aside)
        self._tray(picture, ids, lens, half, where, turn @ lid, self.textures, (FLAP, FLAP), None, mouth=5)

    def _drawn_out(
        self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float, part: float
    ) -> None:
        """A drawer pulled out of its sleeve."""
        axis, sign = self.hinge // 2, 1 if self.hinge % 2 == 0 else -1
        out = max(0.02, part * 0.95) * self.half[axis]
        half = self.half * 0.95
        half[axis] = out
        shift = np.zeros(3)
        shift[axis] = sign * (self.half[axis] + out)
        where = place + turn @ shift
        near = (turn @ NORMALS[self.hinge]) @ (lens.place - place) > self.half[axis]

        def tray() -> None:
            self._tray(picture, ids, lens, half, where, turn, self.textures, (INSIDE, FLAP), None)
            level = (BASE * [*half[:2] * 0.9, 0] + [0, 0, half[2] * 0.4]) @ turn.T + where
            seen = lens.into(level)
            if self.wrap and (seen[:, 2] > 0.05).all():
                lay(picture, self.filler, lens.flat(seen), 0.8)
                mark(ids, lens.flat(seen), INSIDE, 0.5)
            self._cuboid(picture, ids, lens, half, where, turn, self.textures, FLAP, without=(TOP, self.hinge ^ 1))

        if not near:
            tray()
        self._cuboid(picture, ids, lens, self.half, place, turn, self.textures, PARCEL)
        if near:
            tray()
        if self.goods_at_s is not None and at_s > self.goods_at_s:
            self._goods(picture, ids, lens, turn, where, at_s)

    def _flap(
        self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, k: int, angle: float
    ) -> None:
        if self.way != "rimmed":
            super()._flap(picture, ids, lens, turn, place, k, angle)
            return
        if k != self.hinge:
            return
        # A lid with a rim that hinges at one side: a shallow tray, mouth down while it is closed.
        axis, sign = k // 2, 1 if k % 2 == 0 else -1
        half = self.half * 1.02
        half[2] = max(0.006, 0.5 * self.rim * self.half[2])
        hinge = np.zeros(3)
        hinge[axis], hinge[2] = sign * self.half[axis], self.half[2]
        about = np.zeros(3)
        about[1 - axis] = -sign if axis else sign
        lid = turned(about, angle)
        middle = np.zeros(3)
        middle[axis], middle[2] = -sign * self.half[axis], -half[2] * 0.5
        where = place + turn @ (hinge + lid @ middle)
        marks = (FLAP, FLAP) if angle > FLAT else (FLAP, PARCEL)
        self._tray(picture, ids, lens, half, where, turn @ lid, self.textures, marks, None, mouth=5)

    def _torn_bag(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float) -> None:
        """Torn from any side, or slit across; ragged or cut clean, gaping more or less, with what is in it to see."""
        self._cuboid(picture, ids, lens, self.half, place, turn, self.textures, PARCEL)
        side, across, wide, begin = self.tear_at
        _, most, within_s, seed = self.tear
        tone, gape = self.mouth
        rng = np.random.default_rng([seed, 9])
        part = max(0.05, most * eased((at_s - self.flaps[0][0]) / within_s))
        rough = rng.uniform(0, 0.5) if rng.random() < 0.6 else 0.0
        only = int(rng.integers(4, 6)) if across else None
        for face in (4, 5):
            if (turn @ NORMALS[face]) @ (lens.place - place) <= 0 or (only is not None and face != only):
                continue
            corners = lens.flat(lens.into((CORNERS[face] * self.half) @ turn.T + place))
            corners = np.roll(corners, -side, axis=0)

            def at(u: float, v: float, corners: Matrix = corners) -> Matrix:
                """A point of the side: ``u`` along the edge that is torn, ``v`` away from it, 0..1."""
                a, b, c, d = corners
                return np.asarray((a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v)

            low = begin * (1 - wide)
            steps = np.linspace(low, low + wide, 9)
            base = 0.35 if across else 0.0
            bulge = np.sin(np.linspace(0, np.pi, 9)) if across or wide < 0.9 else np.ones(9)
            depth = part * gape * bulge * (1 + rough * rng.normal(0, 1, 9))
            near = [at(u, base - (0.4 * d if across else 0.0)) for u, d in zip(steps, depth, strict=True)]
            far = [at(u, base + max(0.0, d)) for u, d in zip(steps, depth, strict=True)]
            hole = np.array([*near, *far[::-1]])
            _filled(picture, hole, np.clip(tone * rng.uniform(0.35, 1.0), 0, 255))
            _polygon(ids, hole, INSIDE)
            if rng.random() < 0.5:  # lining, or what is in it, in a part of the hole
                inner = hole.mean(0) + (hole - hole.mean(0)) * [0.75, 0.6]
                _filled(picture, inner, np.clip(rng.uniform(0, 255, 3), 0, 255))
            if rng.random() < 0.75:
                lip = 0.1 + 0.5 * part * rng.random()
                back = [
                    at(u, base + max(0.0, d) + lip * d / max(part, 1e-3)) for u, d in zip(steps, depth, strict=True)
                ]
                edge = np.array([*far, *back[::-1]])
                light = rng.uniform(0.55, 1.35)
                shade = tone if rng.random() < 0.5 else np.median(self.textures[5].reshape(-1, 3), axis=0)
                _filled(picture, edge, np.clip(shade * light, 0, 255))
                _polygon(ids, edge, FLAP)
        self._goods(picture, ids, lens, turn, place, at_s)

    # --- what it looks like ---

    def _textures(self) -> list[Picture]:
        made, rng = super()._textures(), self.rng
        if rng.random() < 0.55:
            every = _surface(rng, self.parts.ground(rng), self.parts.page(rng).bgr) if rng.random() < 0.7 else None
            over = rng.uniform(0.6, 1.0)
            for face, skin in enumerate(made):
                sheet = every if every is not None else _surface(rng, self.parts.ground(rng), self.parts.page(rng).bgr)
                sheet = cv2.resize(sheet, skin.shape[1::-1], interpolation=cv2.INTER_AREA)
                made[face] = cv2.addWeighted(sheet, over, skin, 1 - over, 0)
        if rng.random() < 0.3:
            shot = open_picture(int(rng.integers(OPEN_PICTURES)))
            for face in rng.permutation(6)[: int(rng.integers(1, 4))]:
                h, w = made[face].shape[:2]
                middle, span = rng.uniform(0.35, 0.65, 2) * [w, h], rng.uniform(0.15, 0.4, 2) * [w, h]
                lay(made[face], shot, middle + BASE[:, :2] * span * [1, -1])
        for face in rng.permutation(6)[: int(rng.integers(0, 4))]:
            _taped(made[face], rng)
        return [_graded(skin, rng) for skin in made]

    def _skin(self) -> None:
        super()._skin()
        rng = self.rng
        if self.wish.kind == "bag" and rng.random() < 0.7:
            sheet = _surface(rng, self.parts.ground(rng), self.parts.page(rng).bgr)
            over = rng.uniform(0.3, 0.95)
            for face, skin in enumerate(self.textures):
                laid = cv2.addWeighted(
                    cv2.resize(sheet, skin.shape[1::-1], interpolation=cv2.INTER_AREA), over, skin, 1 - over, 0
                )
                self.textures[face] = _glossy(_creased(laid, rng), rng)
        if rng.random() < 0.6:
            tone = rng.uniform(5, 250, 3) if rng.random() < 0.4 else np.repeat(rng.uniform(8, 250), 3)
            grain = cv2.resize(rng.normal(0, rng.uniform(1, 14), (9, 9)), (64, 64), interpolation=cv2.INTER_CUBIC)
            self.inner = np.clip(tone + grain[:, :, None], 0, 255).astype(np.uint8)
        self.wrap = rng.random() < 0.55
        self.filler = _filling(rng, self.parts.page(rng).bgr)

    def _scene(self) -> None:
        super()._scene()
        rng = self.rng
        if rng.random() < 0.8:
            self.hands = int(rng.choice([0, 1, 2], p=[0.15, 0.35, 0.5]))
            self.hand_art = [any_hand(int(rng.integers(240))) for _ in range(2)]
            self.hand_size = rng.uniform(0.12, 0.24)
        self.grip = Keyed(rng, 40, [0, 0, -0.6, -0.6], [0.9, 0.9, 0.6, 0.6], 1.5)
        self.ambient = rng.uniform(0.2, 0.95)
        self.clutter += [
            (
                np.array([rng.choice([-1, 1]) * rng.uniform(0.12, 0.5), rng.uniform(-0.3, 0.4), 0.0]),
                self.parts.thing(rng).bgra if rng.random() < 0.7 else self.parts.page(rng).bgr,
                rng.uniform(0.03, 0.12),
                rng.uniform(0, 6.28),
            )
            for _ in range(int(rng.integers(0, 5)))
        ]
        self.field = _lit(rng, self.size) if rng.random() < 0.55 else None
        self.finish = (
            rng.uniform(0.45, 1.0) if rng.random() < 0.4 else 1.0,
            int(rng.integers(6, 40)) if rng.random() < 0.4 else 0,
            rng.uniform(0, 1.2) if rng.random() < 0.35 else 0.0,
            int(rng.integers(3, 9)) if rng.random() < 0.12 else 0,
        )

    def _hands_at(self, at_s: float, lens: Lens, turn: Matrix, place: Matrix) -> tuple[list[Any], list[Any]]:
        """At some moments hands work over the parcel, closed or open, wherever they like."""
        behind, before = super()._hands_at(at_s, lens, turn, place)
        if self.waves and min(abs(at_s - moment) for moment in self.waves) < 0.9 and self.hands:
            corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * self.half
            seen = lens.into(corners @ turn.T + place)
            flat = lens.flat(seen)
            middle, span = (flat.min(0) + flat.max(0)) / 2, (flat.max(0) - flat.min(0)) / 2
            scale = self.hand_size * lens.focal / max(0.15, float(seen[:, 2].mean())) / 154
            moved = self.busy.at(at_s)
            return [], [
                (middle + span * moved[2 * k : 2 * k + 2], float(moved[k] * 1.2), self.hand_art[k], scale)
                for k in range(self.hands)
            ]
        return behind, before

    def frame(self, at_s: float) -> tuple[Picture, Picture, Any]:
        picture, ids, truth = super().frame(at_s)
        if self.field is not None:
            picture = np.clip(picture * self.field, 0, 255).astype(np.uint8)
        smaller, quality, halo, smear = self.finish
        if smear:
            kernel = np.zeros((9, 9), np.float32)
            cv2.line(kernel, (4, 4), (4 + smear // 2, 4 + int(self.hinge) - 2), 1)
            picture = cv2.filter2D(picture, -1, kernel / kernel.sum())
        if halo:
            picture = cv2.addWeighted(picture, 1 + halo, cv2.blur(picture, (3, 3)), -halo, 0)
        if smaller < 1:
            small = cv2.resize(picture, None, fx=smaller, fy=smaller, interpolation=cv2.INTER_AREA)
            picture = cv2.resize(small, self.size, interpolation=cv2.INTER_LINEAR)
        if quality:
            code = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            picture = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR))
        return picture, ids, truth


def _filled(picture: Picture, points: Matrix, tone: Matrix) -> None:
    cv2.fillPoly(picture, [np.round(points * 16).astype(np.int32)], tuple(float(v) for v in tone), cv2.LINE_AA, 4)


def _polygon(ids: Picture, points: Matrix, number: int) -> None:
    cv2.fillPoly(ids, [np.round(points * 8).astype(np.int32)], number, cv2.LINE_8, 4)


def _surface(rng: np.random.Generator, ground: Picture, page: Picture) -> Picture:
    """Any skin at all: a tone, stripes, checks, dots, blotches, a texture, a printed sheet; (160, 160, 3)."""
    one, other = rng.uniform(0, 255, 3), rng.uniform(0, 255, 3)
    if rng.random() < 0.4:
        one = np.repeat(rng.choice([rng.uniform(5, 60), rng.uniform(60, 190), rng.uniform(190, 252)]), 3)
        other = one + rng.normal(0, 40, 3)
    y, x = np.mgrid[0:160, 0:160].astype(np.float32)
    angle, cell = rng.uniform(0, np.pi), rng.uniform(6, 70)
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    kind = int(rng.integers(8))
    if kind == 0:
        part = u / 160 * rng.uniform(-1, 1) + 0.5
    elif kind == 1:
        part = (np.sin(u / cell * 6.28) > rng.uniform(-0.8, 0.8)).astype(np.float32)
    elif kind == 2:
        part = ((np.floor(u / cell) + np.floor(v / cell)) % 2).astype(np.float32)
    elif kind == 3:
        part = ((np.mod(u, cell) - cell / 2) ** 2 + (np.mod(v, cell) - cell / 2) ** 2 < (cell * 0.3) ** 2) * 1.0
    elif kind == 4:
        steps = int(rng.integers(3, 24))
        part = cv2.resize(
            rng.uniform(0, 1, (steps, steps)).astype(np.float32), (160, 160), interpolation=cv2.INTER_CUBIC
        )
    elif kind == 5:
        part = np.zeros_like(x)
    else:
        sheet = ground if kind == 6 else page
        across = max(8, int(rng.uniform(0.2, 0.95) * min(sheet.shape[:2])))
        left, top = (int(rng.integers(0, side - across + 1)) for side in (sheet.shape[1], sheet.shape[0]))
        cut = cv2.resize(sheet[top : top + across, left : left + across], (160, 160), interpolation=cv2.INTER_AREA)
        return np.clip(cut * rng.uniform(0.5, 1.3, 3), 0, 255).astype(np.uint8)
    whole = one * (1 - part[:, :, None]) + other * part[:, :, None] + rng.normal(0, rng.uniform(0, 6), (160, 160, 1))
    return np.clip(whole, 0, 255).astype(np.uint8)


def _taped(skin: Picture, rng: np.random.Generator) -> None:
    """A band of tape across, matt or with a bright streak, in place."""
    h, w = skin.shape[:2]
    middle, along, half = rng.uniform(0.2, 0.8, 2) * [w, h], rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.1), 0.0
    half = rng.uniform(0.04, 0.13) * max(h, w)
    way, side = np.array([np.cos(along), np.sin(along)]), np.array([-np.sin(along), np.cos(along)])
    reach = way * (h + w)
    over = skin.copy()
    tone = rng.uniform(0, 255, 3)
    _filled(over, np.array([middle - reach - side * half, middle + reach - side * half,
                            middle + reach + side * half, middle - reach + side * half]), tone)  # fmt: skip
    if rng.random() < 0.4:
        shine = half * rng.uniform(0.1, 0.6)
        _filled(over, np.array([middle - reach * 0.1 - side * shine, middle + reach * 0.15 - side * shine,
                                middle + reach * 0.15 + side * shine, middle - reach * 0.1 + side * shine]),
                np.full(3, 250.0))  # fmt: skip
    # The two need not add up to one: tape may be brighter or darker than what is under it.
    skin[:] = cv2.addWeighted(over, rng.uniform(0.2, 0.95), skin, 1 - rng.uniform(0.2, 0.95), 0)


def _graded(skin: Picture, rng: np.random.Generator) -> Picture:
    """Lightness that changes over the face, at times a highlight, and worn or dark edges."""
    h, w = skin.shape[:2]
    corners = rng.uniform(0.65, 1.3, (2, 2)).astype(np.float32) if rng.random() < 0.6 else np.ones((2, 2), np.float32)
    field = cv2.resize(corners, (w, h), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.4:
        y, x = np.mgrid[0:h, 0:w]
        edge = np.minimum(np.minimum(x, w - 1 - x), np.minimum(y, h - 1 - y)).astype(np.float32)
        field *= 1 + rng.uniform(-0.4, 0.4) * np.exp(-edge / rng.uniform(1.5, 8))
    value = skin * field[:, :, None]
    if rng.random() < 0.25:
        spot = np.zeros((24, 24), np.float32)
        cv2.ellipse(spot, tuple(int(v) for v in rng.integers(0, 24, 2)), (int(rng.integers(2, 9)), 3),
                    float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(30, 150)), -1)  # fmt: skip
        value += cv2.resize(cv2.blur(spot, (7, 7)), (w, h))[:, :, None]
    return np.clip(value, 0, 255).astype(np.uint8)


def _glossy(skin: Picture, rng: np.random.Generator) -> Picture:
    """Streaks of light, as on plastic film."""
    h, w = skin.shape[:2]
    value = skin.astype(np.float32)
    for _ in range(int(rng.integers(0, 8))):
        streak = np.zeros((h, w), np.float32)
        begin = rng.uniform(0, 1, 2) * [w, h]
        end = begin + rng.normal(0, 0.3, 2) * [w, h]
        cv2.line(streak, tuple(int(v) for v in begin), tuple(int(v) for v in end), float(rng.uniform(30, 200)),
                 int(rng.integers(2, 12)), cv2.LINE_AA)  # fmt: skip
        value += cv2.GaussianBlur(streak, (0, 0), rng.uniform(1, 5))[:, :, None]
    return np.clip(value, 0, 255).astype(np.uint8)


def _filling(rng: np.random.Generator, page: Picture) -> Picture:
    """What lies over the goods: tissue, bubbles, foam, shreds, paper; (64, 64, 3)."""
    tone = rng.uniform(30, 250, 3) if rng.random() < 0.5 else np.repeat(rng.uniform(20, 250), 3)
    value = np.zeros((64, 64, 3), np.float32) + tone
    kind = int(rng.integers(5))
    if kind == 0:
        for _ in range(14):
            ends = rng.uniform(-10, 74, (2, 2)).astype(int)
            ink = tuple(float(v) for v in tone + rng.normal(0, 45))
            one, other = (tuple(map(int, end)) for end in ends)
            cv2.line(value, one, other, ink, int(rng.integers(1, 7)), cv2.LINE_AA)
    elif kind == 1:
        step = int(rng.integers(5, 12))
        for row in range(0, 70, step):
            for column in range(0, 70, step):
                cv2.circle(value, (column + row % 3, row), step // 3, tuple(float(v) for v in tone + 45), -1)
    elif kind == 2:
        value += rng.normal(0, rng.uniform(2, 18), (64, 64, 1))
        cv2.rectangle(value, (16, 14), (50, 50), tuple(float(v) for v in tone * rng.uniform(0.2, 0.7)), -1)
    elif kind == 3:
        for _ in range(90):
            x, y = rng.uniform(0, 64, 2).astype(int)
            dx, dy = rng.normal(0, 9, 2).astype(int)
            cv2.line(value, (int(x), int(y)), (int(x + dx), int(y + dy)),
                     tuple(float(v) for v in np.clip(tone + rng.normal(0, 60), 0, 255)), 1)  # fmt: skip
    else:
        value = 0.7 * cv2.resize(page, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32) + 0.3 * value
    return np.clip(value, 0, 255).astype(np.uint8)


def _lit(rng: np.random.Generator, size: tuple[int, int]) -> Matrix:
    """Light over the whole picture: a strong slope, a lamp's spot, the edge of a shadow; (h, w, 3) factors."""
    width, height = size
    field = cv2.resize(
        rng.uniform(0.5, 1.35, (3, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    if rng.random() < 0.5:
        shadow = np.ones((height, width), np.float32)
        points = rng.uniform(-0.3, 1.3, (4, 2)) * size
        cv2.fillConvexPoly(shadow, cv2.convexHull(points.astype(np.int32)), float(rng.uniform(0.35, 0.8)))
        field *= cv2.GaussianBlur(shadow, (0, 0), rng.uniform(1, 12))
    return np.asarray(field[:, :, None] * rng.uniform(0.8, 1.2, 3).astype(np.float32))


@lru_cache(maxsize=240)
def any_hand(variant: int) -> Picture:
    """Blue-green-red-opacity of a limb that ends in fingers, a fist or a mitten; any skin, glove and sleeve."""
    rng = np.random.default_rng([variant, 4711])
    height, width = HAND_SHAPE
    skin = np.array([rng.uniform(40, 190), rng.uniform(60, 205), rng.uniform(90, 250)])
    if rng.random() < 0.35:
        skin = rng.uniform(5, 250, 3)
    sleeve = rng.uniform(5, 245, 3) if rng.random() < 0.7 else skin
    mask = np.zeros((height, width), np.uint8)
    tips = 0.075 * height
    palm = (width * rng.uniform(0.42, 0.58), height * rng.uniform(0.24, 0.34))
    thick = rng.uniform(0.15, 0.26) * width
    kind = rng.choice(["fingers", "fist", "mitten"], p=[0.6, 0.2, 0.2])
    cv2.ellipse(
        mask, tuple(map(int, palm)), (int(thick * 1.3), int(height * rng.uniform(0.1, 0.16))), 0, 0, 360, 255, -1
    )
    fingers = int(rng.integers(2, 6)) if kind == "fingers" else 1 if kind == "mitten" else 0
    for k in range(fingers):
        spread = (k - (fingers - 1) / 2) * rng.uniform(0.12, 0.2) * width
        tip = (palm[0] + spread * 1.3, tips + abs(spread) * rng.uniform(0, 0.5))
        wide = int(width * (rng.uniform(0.07, 0.13) if kind == "fingers" else 0.3))
        outline = np.array([[palm[0] + spread - wide / 2, palm[1]], [tip[0] - wide / 2.6, tip[1] + wide / 3],
                            [tip[0], tip[1]], [tip[0] + wide / 2.6, tip[1] + wide / 3],
                            [palm[0] + spread + wide / 2, palm[1]]])  # fmt: skip
        cv2.fillPoly(mask, [outline.astype(np.int32)], 255, cv2.LINE_AA)
    if rng.random() < 0.7:
        end = (
            palm[0] + rng.choice([-1, 1]) * width * rng.uniform(0.25, 0.4),
            palm[1] - height * rng.uniform(-0.04, 0.1),
        )
        middle = tuple(int((p + q) / 2) for p, q in zip(palm, end, strict=True))
        cv2.ellipse(mask, middle, (int(width * 0.22), int(width * 0.08)),
                    float(np.degrees(np.arctan2(end[1] - palm[1], end[0] - palm[0]))), 0, 360, 255, -1)  # fmt: skip
    arm = np.array([[palm[0] - thick, palm[1]], [palm[0] + thick, palm[1]],
                    [width * rng.uniform(0.7, 1.0), height], [width * rng.uniform(0, 0.3), height]])  # fmt: skip
    cv2.fillPoly(mask, [arm.astype(np.int32)], 255, cv2.LINE_AA)
    mask = cv2.GaussianBlur(mask, (0, 0), 1.2)
    cuff = height * rng.uniform(0.42, 0.8)
    tone = np.where(np.arange(height)[:, None, None] < cuff, skin, sleeve)
    round_ = cv2.GaussianBlur(mask, (0, 0), rng.uniform(3, 10)).astype(np.float32)[:, :, None] / 255
    shade = cv2.resize(rng.uniform(0.7, 1.2, (6, 4)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    lit = tone * (rng.uniform(0.3, 0.8) + 0.6 * round_) * shade[:, :, None] + rng.normal(0, 4, (height, width, 1))
    return np.dstack([np.clip(lit, 0, 255), mask]).astype(np.uint8)


@lru_cache(maxsize=OPEN_PICTURES)
def open_picture(variant: int) -> Picture:
    """A photograph of an open box, as it is printed on closed ones."""
    show = Show(9_000_000 + variant, Wish(0, "opened", True, "box"))
    picture, ids, _ = show.frame(1.0)
    rows, columns = np.nonzero((ids > 0) & (ids < 10))
    if len(rows) < 40:
        return picture
    top, left = 2 * rows.min(), 2 * columns.min()
    return picture[top : 2 * rows.max() + 2, left : 2 * columns.max() + 2].copy()
