"""Rendered unboxing clips with exact truth: which faces of the parcel are shown, when it is opened, what stands where.

Software rendering: every face is a textured quad in perspective, drawn far to near, over a table and a room; hands,
flaps and goods go over it, then light, lens and sensor. Geometry is in metres; the camera looks along +z with y down,
the world has z up. ``Show`` is one clip of the development world; unboxing_heldout.py draws the held-out one.
All randomness comes from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import cv2
import numpy as np

from benchmarks.synth.clips import Keyed, along, wander
from benchmarks.synth.composite_development import DEVELOPMENT
from benchmarks.synth.composite_parts import Parts
from benchmarks.synth.unboxing_geometry import (
    CORNERS,
    FLAP,
    GOODS,
    INSIDE,
    NORMALS,
    OTHER,
    PARCEL,
    Lens,
    Matrix,
    Picture,
    between,
    eased,
    facing,
    hand_art,
    lay,
    looking,
    mark,
    put_hand,
    turned,
)
from benchmarks.synth.unboxing_skins import faces_of, label_on, print_on

Start = Literal["sealed", "opened"]
SHOWN_COS, UNSEEN_COS = 0.5, 0.3
"""A face turned to the camera by more than the first is shown, by less than the second is not; between is neither."""
SHOWN_S, UNSEEN_S = 0.35, 0.12
CLEAR, LARGE = 0.55, 0.006
"""Share of a face that hands and frame leave free, and of the picture that it fills, for it to count as shown."""


@dataclass(frozen=True)
class Truth:
    """One frame's truth."""

    at_s: float
    turn: Matrix | None
    """Parcel to camera, after turning the ray to its middle onto the optical axis; None: no parcel."""
    cos: Matrix
    """Of the six faces' normals towards the camera, (6,)."""
    clear: Matrix
    """Visible share of each face's own projected area, (6,)."""
    share: Matrix
    """Visible share of the picture, (6,)."""
    opened: bool
    goods: float
    """Share of the picture that shows goods."""
    quads: Matrix
    """The faces' corners in fractions of the picture, (6, 4, 2), clockwise from the face's own top left."""


@dataclass
class Path:
    """Keyed rotations, (moment, rotation), eased between."""

    times: list[float] = field(default_factory=list)
    turns: list[Matrix] = field(default_factory=list)

    def add(self, wait_s: float, turn: Matrix) -> None:
        self.times.append((self.times[-1] if self.times else 0.0) + wait_s)
        self.turns.append(turn)

    def at(self, at_s: float) -> Matrix:
        place = int(np.clip(np.searchsorted(self.times, at_s) - 1, 0, len(self.times) - 2))
        begin, end = self.times[place], self.times[place + 1]
        return between(self.turns[place], self.turns[place + 1], eased((at_s - begin) / max(end - begin, 1e-6)))


@dataclass(frozen=True)
class Wish:
    """What a clip is to be: ``faces`` of the parcel to show, how it begins, whether it is opened, and its kind."""

    faces: int
    start: Start = "sealed"
    opens: bool = True
    kind: Literal["box", "bag"] = "box"


class Show:
    """One clip: ``frame(at_s)`` gives picture, truth map (half size) and truth."""

    parts: Parts = DEVELOPMENT

    def __init__(self, seed: int, wish: Wish, *, rehearse: bool = False) -> None:
        self.seed, self.wish = seed, wish
        rng = self.rng = np.random.default_rng([seed, 611])
        self.size = [(384, 216), (416, 234), (320, 240), (216, 384), (480, 270)][
            int(rng.choice(5, p=[0.4, 0.2, 0.15, 0.15, 0.1]))
        ]
        self.fps = float(rng.choice([10, 10, 12]))
        self.focal = max(self.size) * rng.uniform(0.72, 1.15)
        self.mode = str(rng.choice(["hands", "table", "walk"], p=[0.45, 0.35, 0.2]))
        if wish.kind == "bag":
            self.half = np.array([rng.uniform(0.09, 0.17), rng.uniform(0.11, 0.2), rng.uniform(0.008, 0.02)])
            self.mode = "hands" if rng.random() < 0.6 else "table"
        else:
            self.half = rng.uniform(0.05, 0.2, 3)
            self.half = np.maximum(self.half, self.half.max() * rng.uniform(0.28, 0.5))
        self._camera()
        self.path = self._turning()
        self._opening()
        self.length_s = self.path.times[-1]
        if wish.start == "sealed" and self.opened_at_s is not None:
            self.length_s = self.opened_at_s + self.rng.uniform(3.5, 6)
        if not rehearse:
            self._skin()
            self._scene()

    # --- what it looks like ---

    def _skin(self) -> None:
        rng, parts = self.rng, self.parts
        self.textures = self._textures()
        if self.wish.kind == "bag":
            bgr, _ = parts.mailer(rng, 260.0, 320.0)
            whole = bgr.reshape(-1, 3)[bgr.shape[0] // 2 * bgr.shape[1] : (bgr.shape[0] // 2 + 40) * bgr.shape[1]]
            tone = np.median(whole, axis=0)
            for face in range(6):
                h, w = self.textures[face].shape[:2]
                crease = cv2.resize(
                    rng.normal(0, 1, (14, 11)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
                )
                crease = np.abs(crease) * rng.uniform(4, 14)
                self.textures[face] = np.clip(tone - 8 + crease[:, :, None], 0, 255).astype(np.uint8)
            front = self.textures[4]
            label_on(front, rng, parts, self.half[0] * 2000, self.half[1] * 2000)
            if rng.random() < 0.5:
                print_on(self.textures[5], rng, parts)
            if rng.random() < 0.5:
                cv2.line(self.textures[5], (0, 18), (front.shape[1], 18), tuple(int(v) for v in tone * 0.7), 3)
        tone = np.median(self.textures[1].reshape(-1, 3), axis=0)
        inner = tone * 0.55 + 45 if rng.random() < 0.7 else rng.uniform(60, 230, 3)
        grain = rng.normal(0, 3, (64, 64)).astype(np.float32)
        self.inner = np.clip(inner + grain[:, :, None], 0, 255).astype(np.uint8)
        self.thing = self.parts.thing(rng)
        self.wrap = rng.random() < 0.4
        self.filler = np.clip(rng.uniform(40, 230, 3) + rng.normal(0, 18, (24, 24, 1)), 0, 255).astype(np.uint8)

    def _textures(self) -> list[Picture]:
        return faces_of(self.rng, self.half, self.parts)

    def _camera(self) -> None:
        rng = self.rng
        self.pitch = np.radians(rng.uniform(18, 62) if self.mode == "hands" else rng.uniform(26, 58))
        fill = rng.uniform(0.5, 0.92) if self.mode == "hands" else rng.uniform(0.4, 0.72)
        reach = 2 * float(np.linalg.norm(self.half))
        self.away = self.focal * reach / (fill * min(self.size))
        self.hover = float(self.half.max()) + rng.uniform(0.02, 0.12)
        shake = float(rng.choice([0.0015, 0.004, 0.008], p=[0.35, 0.45, 0.2]))
        self.shake = [wander(rng, 0.03, shake) for _ in range(3)]
        self.roll = wander(rng, 0.06, 0.008)
        self.sway = [wander(rng, 0.035, 0.002) for _ in range(3)]

    def _scene(self) -> None:
        rng, parts = self.rng, self.parts
        self.ground = cv2.resize(parts.ground(rng), (512, 512), interpolation=cv2.INTER_AREA)
        room = parts.room(rng)
        self.room = room if room is not None and rng.random() < 0.75 else cv2.resize(parts.ground(rng), (480, 480))
        self.ground_m = rng.uniform(0.5, 1.6)
        self.table_m = rng.uniform(0.35, 2.0)
        self.lamp = rng.normal(0, 1, 3) + np.array([0, -0.4, 2.0])
        self.lamp /= np.linalg.norm(self.lamp)
        self.ambient = rng.uniform(0.3, 0.8)
        self.tone = rng.uniform(0.75, 1.15) * (1 + rng.uniform(-0.12, 0.12, 3))
        self.hands = int(rng.choice([0, 1, 2], p=[0.1, 0.3, 0.6])) if self.mode != "walk" else int(rng.random() < 0.3)
        self.hand_art = [hand_art(int(rng.integers(24)))[0] for _ in range(2)]
        self.grip = Keyed(rng, 40, [0.05, 0.05, -0.35, -0.35], [0.3, 0.3, 0.35, 0.35], 2.5)
        self.hand_size = rng.uniform(0.15, 0.2)
        self.noise, self.soft = rng.uniform(1, 6), rng.uniform(0, 0.9)
        self.shutter = rng.uniform(0.15, 0.5) if rng.random() < 0.4 else 0.0
        y, x = np.mgrid[-1 : 1 : self.size[1] * 1j, -1 : 1 : self.size[0] * 1j]
        self.vignette = (1 - rng.uniform(0, 0.25) * (x**2 + y**2)).astype(np.float32)[:, :, None] * self.tone.astype(
            np.float32
        )
        self.drift = wander(rng, 0.1, 0.01)
        self.others = []
        if rng.random() < 0.3:
            for _ in range(int(rng.integers(1, 3))):
                half = rng.uniform(0.03, 0.09, 3)
                side = rng.choice([-1, 1])
                place = np.array([side * rng.uniform(0.26, 0.5), rng.uniform(-0.05, 0.35), half[2]])
                skin = faces_of(rng, half, parts)
                self.others.append((half, place, turned((0, 0, 1), rng.uniform(0, 3)), skin))
        self.clutter = []
        for _ in range(int(rng.integers(0, 4))):
            place = np.array([rng.choice([-1, 1]) * rng.uniform(0.2, 0.5), rng.uniform(-0.1, 0.4), 0.0])
            self.clutter.append(
                (
                    place,
                    parts.thing(rng).bgra if rng.random() < 0.6 else parts.page(rng).bgr,
                    rng.uniform(0.05, 0.12),
                    rng.uniform(0, 6.28),
                )
            )

    # --- how it moves ---

    def _view_of(self, at_s: float) -> Lens:
        """The camera: before the parcel, looking down at it, shaking; in ``walk`` it goes around it."""
        turn = self.around.at(at_s) if self.around is not None else np.eye(3)
        yaw = float(np.arctan2(turn[1, 0], turn[0, 0]))
        back = np.array([np.sin(yaw) * -1, -np.cos(yaw), 0.0])
        place = self.middle + (back * np.cos(self.pitch) + np.array([0, 0, np.sin(self.pitch)])) * self.away
        moved = np.array([along(p, at_s) for p in self.shake])
        at = self.middle + moved * 1.5 * [1, 1, 0.4]
        return looking(self.focal, self.size, place + moved, at, along(self.roll, at_s))

    def _turning(self) -> Path:
        """The parcel's rotations in the world: a walk over the faces to show, each turned to the camera in its turn."""
        rng = self.rng
        self.around: Path | None = None
        self.middle = np.array([0.0, 0.0, self.hover if self.mode == "hands" else float(self.half.max()) * 0.8])
        self.pace = rng.uniform(0.6, 1.4)
        self.rest = rng.uniform(0.3, 1.2)
        path = Path()
        upright = turned((0, 0, 1), rng.choice([0, 1, 2, 3]) * np.pi / 2 + rng.normal(0, 0.25))
        if self.wish.start == "opened":
            path.add(0, upright)
            path.add(rng.uniform(4, 9), turned((0, 0, 1), rng.normal(0, 0.5)) @ upright)
            self.shown_until_s = 0.0
            return path
        if self.mode == "hands":
            self._in_hands(path)
        else:
            self._on_table(path)
        self.shown_until_s = path.times[-1]
        last = path.turns[-1]
        best = min((turned((0, 0, 1), a) for a in np.linspace(0, 6.2, 24)), key=lambda r: -float(np.trace(r.T @ last)))
        down = best
        if self.wish.opens:
            path.add(rng.uniform(0.8, 1.4), down)
        path.add(rng.uniform(0.5, 1.5), path.turns[-1])
        return path

    def _walk(self, count: int) -> list[int]:
        """Faces in an order in which each lies beside the one before; at times one comes again."""
        rng = self.rng
        while True:
            order = [int(rng.integers(6))]
            while len(set(order)) < count:
                beside = [f for f in range(6) if f // 2 != order[-1] // 2]
                fresh = [f for f in beside if f not in order]
                order.append(
                    int(
                        rng.choice(
                            fresh if fresh and rng.random() < 0.85 else [f for f in beside if f in order] or beside
                        )
                    )
                )
                if len(order) > 12:
                    break
            if len(set(order)) == count:
                return order

    def _in_hands(self, path: Path) -> None:
        rng = self.rng
        lens = self._view_of(0.0)
        towards = -lens.turn.T @ np.array([0, 0, 1.0])
        turn = turned((0, 0, 1), rng.choice([0, 1, 2, 3]) * np.pi / 2 + rng.normal(0, 0.3))
        if self.wish.kind == "bag":
            order = [4, 5][: self.wish.faces] if rng.random() < 0.5 else [5, 4][: self.wish.faces]
        else:
            order = self._walk(self.wish.faces)
        for place, face in enumerate(order):
            lean = rng.normal(0, 0.16, 3)
            aim = towards + lean
            turn = facing(turn @ NORMALS[face], aim / np.linalg.norm(aim)) @ turn
            turn = turned(towards, rng.normal(0, 0.15)) @ turn
            path.add(0.0 if not place else self.pace * rng.uniform(0.7, 1.4), turn)
            path.add(
                self.rest * rng.uniform(0.7, 1.6), turned(towards + rng.normal(0, 0.2, 3), rng.normal(0, 0.1)) @ turn
            )
            turn = path.turns[-1]

    def _on_table(self, path: Path) -> None:
        """Yaws and rolls on the table, until as many faces have been turned to the camera as wished."""
        rng = self.rng
        turn = turned((0, 0, 1), rng.choice([0, 1, 2, 3]) * np.pi / 2 + rng.normal(0, 0.2))
        if self.wish.kind == "bag":
            path.add(0, turn)
            path.add(rng.uniform(1, 2), turn)
            if self.wish.faces > 1:
                path.add(self.pace * 0.8, turned((0, 1, 0), np.pi / 2) @ turn)
                path.add(self.pace * 0.8, turned((0, 1, 0), np.pi) @ turn)
                path.add(rng.uniform(1, 2), path.turns[-1])
            return
        path.add(0, turn)
        path.add(self.rest * 1.5, turn)
        yaw, yaws = 0.0, [0.0, 0.0]
        for _ in range(int(rng.integers(0, 8)) if self.wish.faces < 6 else 9):
            angle = float(rng.choice([-1, 1])) * (np.pi / 2 + rng.normal(0, 0.12))
            if self.mode == "walk" and rng.random() < 0.7:
                yaw += angle
                step = np.eye(3)
            elif rng.random() < 0.5:
                step = turned((0, 0, 1), angle)
            else:
                axis = (1.0, 0, 0) if rng.random() < 0.6 else (0, 1.0, 0)
                step = turned(axis, float(rng.choice([-1, 1])) * np.pi / 2)
            turn = step @ turn
            path.add(self.pace * rng.uniform(0.7, 1.4), turn)
            path.add(self.rest * rng.uniform(0.6, 1.5), turn)
            yaws += [yaw, yaw]
        if self.mode == "walk":
            self.around = Path(list(path.times), [turned((0, 0, 1), angle) for angle in yaws])

    def _opening(self) -> None:
        rng = self.rng
        self.opened_at_s: float | None = None
        self.flaps = [(0.0, 1.0, 0.0)] * 4
        self.goods_at_s: float | None = None
        if self.wish.start == "opened":
            begin = -5.0
            self.opened_at_s = 0.0
        elif self.wish.opens:
            begin = self.path.times[-1]
            self.opened_at_s = begin
        else:
            return
        self.flaps = []
        for k in range(4):
            first = k in (2, 3)
            wait = rng.uniform(0, 0.3) if first else rng.uniform(0.5, 1.2)
            self.flaps.append(
                (
                    begin + wait * (self.wish.start == "sealed"),
                    rng.uniform(0.5, 0.9),
                    np.radians(rng.uniform(95, 215) if rng.random() < 0.8 else rng.uniform(60, 95)),
                )
            )
        first_moving = min(b for b, _, _ in self.flaps)
        if self.wish.start == "sealed":
            self.opened_at_s = first_moving + 0.15
        self.goods_at_s = (begin if self.wish.start == "sealed" else 0.0) + rng.uniform(1.6, 3.0)
        if self.wish.start == "opened" and rng.random() < 0.4:
            self.goods_at_s = -2.0

    def _pose(self, at_s: float) -> tuple[Matrix, Matrix]:
        turn = self.path.at(at_s)
        sway = np.array([along(p, at_s) for p in self.sway])
        if self.mode == "hands" and self.wish.start == "sealed":
            held = 1 - eased((at_s - self.shown_until_s) / 1.0) if self.wish.opens else 1.0
            turn = turned(np.array([0.3, 1, 0.2]), sway[0] * 2.5 * held) @ turn
        else:
            held = 0.0
        low = float(np.abs(turn[2] * self.half).sum())
        place = self.middle * [1, 1, 0] + sway * held
        place[2] = held * (self.middle[2] + sway[2]) + (1 - held) * low
        return turn, place

    # --- drawing ---

    def frame(self, at_s: float) -> tuple[Picture, Picture, Truth]:
        """Picture (h, w, 3) uint8, marks (h / 2, w / 2) uint8 and truth at a moment."""
        picture, ids, truth = self._sharp(at_s)
        if self.shutter > 0.12:
            other, _, _ = self._sharp(at_s + self.shutter / self.fps)
            picture = cv2.addWeighted(picture, 0.5, other, 0.5, 0)
        if self.soft > 0.3:
            picture = cv2.GaussianBlur(picture, (5, 5), self.soft)
        mixed = picture * (self.vignette * np.float32(1 + along(self.drift, at_s)))
        rng = np.random.default_rng([self.seed, 5, round(at_s * 1000)])
        grain = rng.integers(0, 256, (self.size[1], self.size[0]), np.uint8).astype(np.float32)
        mixed += ((grain - np.float32(127.5)) * np.float32(self.noise / 74))[:, :, None]
        return np.clip(mixed, 0, 255).astype(np.uint8), ids, truth

    def _sharp(self, at_s: float) -> tuple[Picture, Picture, Truth]:
        lens = self._view_of(at_s)
        turn, place = self._pose(at_s)
        picture = self._behind(lens)
        ids = np.zeros((self.size[1] // 2, self.size[0] // 2), np.uint8)
        for half, where, other, skin in self.others:
            self._cuboid(picture, ids, lens, half, where, other, skin, OTHER)
        self._shadow(picture, lens, turn, place)
        behind, before = self._hands_at(at_s, lens, turn, place)
        for tip, angle, art, scale in behind:
            put_hand(picture, ids, art, tip, angle, scale, 0)
        opened = self._parcel(picture, ids, lens, turn, place, at_s)
        for tip, angle, art, scale in before:
            put_hand(picture, ids, art, tip, angle, scale, 0)
        return picture, ids, self._truth(ids, lens, turn, place, at_s, opened)

    def _behind(self, lens: Lens) -> Picture:
        """Room and table."""
        width, height = self.size
        wall = np.array(
            [
                [-1.6, self.table_m + 1.2, 1.5],
                [1.6, self.table_m + 1.2, 1.5],
                [1.6, self.table_m + 1.2, -0.8],
                [-1.6, self.table_m + 1.2, -0.8],
            ]
        )
        picture = cv2.resize(self.room, self.size, interpolation=cv2.INTER_AREA)
        seen = lens.into(wall)
        if (seen[:, 2] > 0.1).all() and self.around is None:
            h, w = self.room.shape[:2]
            move = cv2.getPerspectiveTransform(
                np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32), lens.flat(seen).astype(np.float32)
            )
            picture = cv2.warpPerspective(self.room, move, self.size, borderMode=cv2.BORDER_REFLECT)
        px = 512 / self.ground_m
        basis = np.array([[1 / px, 0, -256 / px], [0, 1 / px, -256 / px], [0, 0, 0.0]])
        look = lens.turn @ basis
        look[:, 2] -= lens.turn @ lens.place
        camera = np.array([[lens.focal, 0, width / 2], [0, lens.focal, height / 2], [0, 0, 1]])
        table = cv2.warpPerspective(self.ground, camera @ look, self.size, borderMode=cv2.BORDER_WRAP)
        # What lies beyond the table's edge, or above the horizon, is room.
        xs, ys = np.meshgrid(np.arange(1.5, width, 4) - width / 2, np.arange(1.5, height, 4) - height / 2)
        rays = np.stack([xs / lens.focal, ys / lens.focal, np.ones_like(xs)], -1) @ lens.turn
        reach = np.where(rays[..., 2] < -1e-3, -lens.place[2] / np.minimum(rays[..., 2], -1e-3), 1e3)
        away = lens.place[1] + reach * rays[..., 1]
        shown = ((reach < 50) & (away < self.table_m)).astype(np.uint8) * 255
        mask = cv2.resize(shown, self.size, interpolation=cv2.INTER_LINEAR) > 127
        if mask.all():
            picture = table
        else:
            np.copyto(picture, table, where=mask[..., None])
        for where, art, half, angle in self.clutter:
            spin = turned((0, 0, 1), angle)
            quad = np.array([[-1, 1, 0], [1, 1, 0], [1, -1, 0], [-1, -1, 0]]) * half @ spin.T + where
            seen = lens.into(quad)
            if (seen[:, 2] > 0.05).all():
                lay(picture, art, lens.flat(seen))
        return picture

    def _shadow(self, picture: Picture, lens: Lens, turn: Matrix, place: Matrix) -> None:
        corners = (
            np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * self.half
        ) @ turn.T + place
        slant = self.lamp[:2] / max(self.lamp[2], 0.3)
        cast = np.column_stack([corners[:, :2] - corners[:, 2:] * slant * 0.6, np.zeros(8)])
        seen = lens.into(cast)
        if (seen[:, 2] < 0.05).any():
            return
        hull = cv2.convexHull(lens.flat(seen).astype(np.float32) / 4)
        mask: Picture = np.zeros((self.size[1] // 4, self.size[0] // 4), np.float32)
        cv2.fillConvexPoly(mask, np.round(hull).astype(np.int32), 0.45 * (1 - self.ambient * 0.6))
        mask = cv2.blur(cv2.blur(mask, (9, 9)), (9, 9)) if place[2] > 1.5 * self.half.min() else cv2.blur(mask, (5, 5))
        left = cv2.resize(((1 - mask) * 255).astype(np.uint8), self.size)
        cv2.multiply(picture, cv2.merge([left] * 3), picture, 1 / 255)

    def _light(self, normal: Matrix) -> float:
        return float(self.ambient + (1.15 - self.ambient) * max(0.0, float(normal @ self.lamp)))

    def _cuboid(
        self, picture: Picture, ids: Picture, lens: Lens, half: Matrix, place: Matrix, turn: Matrix,
        skin: list[Picture], number: int, without: tuple[int, ...] = (),
    ) -> None:  # fmt: skip
        for face in range(6):
            normal = turn @ NORMALS[face]
            centre = place + normal * half[face // 2]
            if face in without or normal @ (lens.place - centre) <= 1e-4:
                continue
            seen = lens.into((CORNERS[face] * half) @ turn.T + place)
            if (seen[:, 2] < 0.05).any():
                continue
            quad = lens.flat(seen)
            lay(picture, skin[face][::-1], quad, self._light(normal))
            mark(ids, quad, face + 1 if number == PARCEL else number, 0.5)

    def _parcel(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float) -> bool:
        open_by = [end * eased((at_s - begin) / length) for begin, length, end in self.flaps]
        if max(open_by) < 0.02:
            self._cuboid(picture, ids, lens, self.half, place, turn, self.textures, PARCEL)
            return False
        if self.wish.kind == "bag":
            self._torn_bag(picture, ids, lens, turn, place, at_s)
            return True
        # Inner walls and floor that face the camera, then what is in it.
        for face in (0, 1, 2, 3, 5):
            normal = -(turn @ NORMALS[face])
            centre = place - normal * self.half[face // 2]
            if normal @ (lens.place - centre) > 0:
                seen = lens.into((CORNERS[face] * self.half) @ turn.T + place)
                quad = lens.flat(seen)
                lay(picture, self.inner, quad, 0.75 * self._light(normal) * (0.6 if face == 5 else 1))
                mark(ids, quad, INSIDE, 0.5)
        flaps = sorted(
            range(4), key=lambda k: -float(np.linalg.norm(lens.place - place - turn @ NORMALS[k] * self.half[k // 2]))
        )
        for k in flaps[:2]:
            self._flap(picture, ids, lens, turn, place, k, open_by[k])
        self._contents(picture, ids, lens, turn, place, at_s)
        self._cuboid(picture, ids, lens, self.half, place, turn, self.textures, PARCEL, without=(4,))
        for k in flaps[2:]:
            self._flap(picture, ids, lens, turn, place, k, open_by[k])
        if self.goods_at_s is not None and at_s > self.goods_at_s + 0.5:
            self._goods(picture, ids, lens, turn, place, at_s)
        return True

    def _flap(
        self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, k: int, angle: float
    ) -> None:
        axis, sign = k // 2, 1 if k % 2 == 0 else -1
        along_axis = 1 - axis
        length = min(self.half[axis], 2 * self.half[along_axis])
        hinge = np.zeros(3)
        hinge[axis], hinge[2] = sign * self.half[axis], self.half[2]
        side = np.zeros(3)
        side[along_axis] = self.half[along_axis]
        inward = np.zeros(3)
        inward[axis] = -sign
        out = inward * np.cos(angle) + np.array([0, 0, 1]) * np.sin(angle)
        quad3 = np.array([hinge - side + out * length, hinge + side + out * length, hinge + side, hinge - side])
        seen = lens.into(quad3 @ turn.T + place)
        if (seen[:, 2] < 0.05).any():
            return
        quad = lens.flat(seen)
        outer = np.cross(side / np.linalg.norm(side), out) * (1 if axis == 1 else -1) * sign
        normal = turn @ outer
        towards = lens.place - (turn @ quad3.mean(0) + place)
        texture = self.textures[4] if normal @ towards > 0 else self.inner
        lay(picture, texture, quad, self._light(normal if normal @ towards > 0 else -normal))
        mark(ids, quad, FLAP, 0.5)

    def _contents(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float) -> None:
        """Filling, and the goods while they lie in it."""
        level = -self.half[2] * 0.3
        rim = np.array([[-1, 1, 0], [1, 1, 0], [1, -1, 0], [-1, -1, 0]]) * [self.half[0] * 0.97, self.half[1] * 0.97, 0]
        seen = lens.into((rim + np.array([0, 0, level])) @ turn.T + place)
        if self.wrap:
            quad = lens.flat(seen)
            lay(picture, self.filler, quad, 0.8)
            mark(ids, quad, INSIDE, 0.5)
        if self.goods_at_s is None or at_s <= self.goods_at_s + 0.5:
            self._goods(picture, ids, lens, turn, place, at_s)

    def _goods(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float) -> None:
        if self.goods_at_s is None or (at_s < self.goods_at_s - 0.6 and self.wrap):
            return
        out = eased((at_s - self.goods_at_s) / 1.2)
        side = 0.8 * float(min(self.half[0], self.half[1]))
        lift = np.array([0.25 * out, -0.1 * out, -self.half[2] * 0.2 + out * (self.half[2] + 0.18)])
        centre = lens.into((turn @ (np.zeros(3)) + place + lift)[None])[0]
        if centre[2] < 0.1:
            return
        middle = lens.flat(centre[None])[0]
        radius = side / centre[2] * lens.focal * (1 + 0.3 * out)
        quad = middle + np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * radius * [1, 0.72 + 0.28 * out]
        before = picture[::2, ::2][: ids.shape[0], : ids.shape[1]].copy()
        lay(picture, self.thing.bgra, quad, 0.7 + 0.3 * out)
        changed = (cv2.absdiff(picture[::2, ::2][: ids.shape[0], : ids.shape[1]], before).max(2) > 4).astype(np.uint8)
        ids[cv2.morphologyEx(changed, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0] = GOODS
        if 0.02 < out < 0.999 or self.hands == 2:
            put_hand(
                picture,
                ids,
                self.hand_art[0],
                middle + radius * np.array([0.5, 0.3]),
                0.5,
                self.hand_size * lens.focal / centre[2] / 154,
                0,
            )

    def _torn_bag(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float) -> None:
        self._cuboid(picture, ids, lens, self.half, place, turn, self.textures, PARCEL)
        rng = np.random.default_rng([self.seed, 8])
        for face in (4, 5):
            normal = turn @ NORMALS[face]
            if normal @ (lens.place - place) <= 0:
                continue
            seen = lens.into((CORNERS[face] * self.half * [1, 1, 1.02]) @ turn.T + place)
            whole = lens.flat(seen)
            a, b = whole[0], whole[1]
            c, d = a + (whole[3] - a) * 0.22, b + (whole[2] - b) * rng.uniform(0.16, 0.3)
            quad = np.array([a, b, d, c])
            lay(picture, (self.inner * 0.5).astype(np.uint8), quad, 0.8)
            mark(ids, quad, INSIDE, 0.5)
            lip = np.array([c, d, d + (b - d) * 0.3, c + (a - c) * 0.25])
            lay(picture, self.textures[5], lip, 0.95)
            mark(ids, lip, FLAP, 0.5)
        self._goods(picture, ids, lens, turn, place, at_s)

    def _hands_at(self, at_s: float, lens: Lens, turn: Matrix, place: Matrix) -> tuple[list[Any], list[Any]]:
        """Hands behind and before the parcel: (finger tips, angle, picture, scale)."""
        corners = (
            np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * self.half
        ) @ turn.T + place
        seen = lens.into(corners)
        flat = lens.flat(seen)
        low, high = flat.min(0), flat.max(0)
        middle, span = (low + high) / 2, (high - low) / 2
        scale = self.hand_size * lens.focal / max(0.15, float(seen[:, 2].mean())) / 154 * 1.0
        grip = self.grip.at(at_s)
        behind: list[Any] = []
        before: list[Any] = []
        moving = self.mode == "hands" or self._turns(at_s)
        resting = self.mode == "hands" and self.wish.opens and at_s > self.shown_until_s + 0.8
        opening = self.opened_at_s is not None and self.wish.start == "sealed" and -1.2 < at_s - self.opened_at_s < 1.6
        for k in range(self.hands):
            side = -1 if k == 0 else 1
            if opening:
                tip = middle + span * [side * 0.4 + 0.3 * np.sin(at_s * 3 + k), -0.1]
                before.append((tip, -side * -0.25, self.hand_art[k], scale))
                continue
            if resting or not moving:
                away = middle + span * np.array([side * 2.2, 1.6])
                before.append((away, 0.0, self.hand_art[k], scale))
                continue
            tip = middle + span * np.array([side * (1 - grip[k]), 0.35 + grip[2 + k]])
            entry = (tip, -side * 0.9, self.hand_art[k], scale)
            (before if (self.seed + k + int(at_s / 5)) % 3 else behind).append(entry)
        return behind, before

    def _turns(self, at_s: float) -> bool:
        step = self.path.at(max(0.0, at_s - 0.2)).T @ self.path.at(at_s + 0.2)
        return float(np.arccos(np.clip((np.trace(step) - 1) / 2, -1, 1))) > 0.04

    def _truth(self, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float, opened: bool) -> Truth:
        cos, clear, share = np.zeros(6), np.zeros(6), np.zeros(6)
        quads = np.zeros((6, 4, 2))
        for face in range(6):
            normal = turn @ NORMALS[face]
            centre = place + normal * self.half[face // 2]
            towards = lens.place - centre
            cos[face] = normal @ towards / np.linalg.norm(towards)
            quad = lens.flat(lens.into((CORNERS[face] * self.half) @ turn.T + place))
            quads[face] = quad[::-1] / self.size
            if cos[face] > 0:
                area = cv2.contourArea(quad.astype(np.float32)) / 4
                visible = float((ids == face + 1).sum())
                clear[face] = visible / max(area, 1.0)
                share[face] = visible / ids.size
        centre = lens.into(place[None])[0]
        allo = facing(centre / np.linalg.norm(centre), np.array([0, 0, 1.0])) @ lens.turn @ turn
        return Truth(at_s, allo, cos, clear, share, opened, float((ids == GOODS).mean()), quads)


def rehearsed(show: Show) -> tuple[set[int], set[int]]:
    """The same as ``shown_faces`` from geometry alone, hands and frame left out: cheap, to choose takes by."""
    end_s = show.length_s if show.opened_at_s is None else show.opened_at_s
    moments = np.arange(0, end_s, 1 / 12)
    cosines = np.zeros((len(moments), 6))
    for place, at_s in enumerate(moments):
        lens = show._view_of(at_s)
        turn, middle = show._pose(at_s)
        for face in range(6):
            normal = turn @ NORMALS[face]
            towards = lens.place - middle - normal * show.half[face // 2]
            cosines[place, face] = normal @ towards / np.linalg.norm(towards)
    faces = range(6) if show.wish.kind == "box" else (4, 5)
    good, some = (cosines >= SHOWN_COS).sum(0) / 12, (cosines >= UNSEEN_COS).sum(0) / 12
    shown = {face for face in faces if good[face] >= SHOWN_S}
    return shown, {face for face in faces if face not in shown and some[face] > UNSEEN_S}


def take(seed: int, wish: Wish, make: type[Show] | None = None, tries: int = 400) -> Show:
    """The first of many takes that shows as many faces as wished, none of them by half."""
    for attempt in range(tries):
        show = (make or Show)(seed * 1000 + attempt, wish, rehearse=True)
        if wish.start == "opened":
            break
        shown, grey = rehearsed(show)
        if len(shown) == wish.faces and not grey:
            break
    return (make or Show)(seed * 1000 + attempt, wish)


def shown_faces(truths: list[Truth], fps: float, kind: str) -> tuple[set[int], set[int]]:
    """Faces that a clip shows before the opening, and those that are neither shown nor unseen."""
    faces = range(6) if kind == "box" else (4, 5)
    shown, grey = set(), set()
    for face in faces:
        good = sum(
            not t.opened and t.cos[face] >= SHOWN_COS and t.clear[face] >= CLEAR and t.share[face] >= LARGE
            for t in truths
        )
        some = sum(not t.opened and t.cos[face] >= UNSEEN_COS and t.share[face] >= LARGE / 3 for t in truths)
        if good / fps >= SHOWN_S:
            shown.add(face)
        elif some / fps > UNSEEN_S:
            grey.add(face)
    return shown, grey
