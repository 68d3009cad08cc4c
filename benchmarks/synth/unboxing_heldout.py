"""The held-out world of unboxing clips: nothing here is trained on, and no operating point is set on it.

Shared with unboxing.py are the projection, the painter's order and the bookkeeping of truth. Other are: labels, pages,
goods, grounds and rooms (composites_heldout.py), the boxes' skins (kraft with creased edges, glossy retail print,
wrapping paper with patterns), hands (drawn outlines, thumb before and fingers behind), the light (a gradient across
each face, a highlight, darkened edges), the camera (a damped random walk, other lenses and sizes), the parcel's motion
(routines of a person rather than random walks; a spring that overshoots), the way of opening (a lid as often as four
flaps), and the picture's finish (bloom, chroma noise, sharpening).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from benchmarks.synth.clips import wander
from benchmarks.synth.composite_parts import Kept
from benchmarks.synth.composites_heldout import HELD_OUT
from benchmarks.synth.heldout import surfaces
from benchmarks.synth.unboxing import Path, Show, Truth
from benchmarks.synth.unboxing_geometry import (
    FLAP,
    HAND,
    NORMALS,
    Lens,
    Matrix,
    Picture,
    between,
    eased,
    facing,
    lay,
    looking,
    mark,
    turned,
)

ROUTINES = (
    (2, 0, 3, 1, 4, 5), (4, 2, 5, 3, 0, 1), (0, 4, 1, 5, 2, 3), (5, 3, 4, 2, 1, 0), (4, 0, 2, 1, 3, 5),
    (1, 3, 0, 2, 5, 4),
)  # fmt: skip
"""Orders in which people show a box's faces, opposite faces through one between them."""


@dataclass
class Springy(Path):
    """Turns that start briskly, overshoot a little and settle."""

    bounce: float = 0.06

    def at(self, at_s: float) -> Matrix:
        place = int(np.clip(np.searchsorted(self.times, at_s) - 1, 0, len(self.times) - 2))
        begin, end = self.times[place], self.times[place + 1]
        part = float(np.clip((at_s - begin) / max(end - begin, 1e-6), 0, 1))
        moved = part * part * (3 - 2 * part) + self.bounce * np.sin(np.pi * part) * part
        return between(self.turns[place], self.turns[place + 1], moved)


class HeldOutShow(Show):
    """One clip of the held-out world."""

    parts = replace(
        HELD_OUT, label=Kept(HELD_OUT.label, 40), page=Kept(HELD_OUT.page, 30), ground=Kept(HELD_OUT.ground, 30)
    )

    def _camera(self) -> None:
        super()._camera()
        rng = self.rng
        self.size = [(352, 198), (384, 216), (198, 352), (320, 240)][int(rng.choice(4, p=[0.4, 0.25, 0.2, 0.15]))]
        self.fps = 10.0
        self.focal = max(self.size) * rng.uniform(0.66, 1.3)
        self.pitch = np.radians(rng.uniform(22, 70) if self.mode == "hands" else rng.uniform(28, 62))
        reach = 2 * float(np.linalg.norm(self.half))
        fill = rng.uniform(0.48, 0.85) if self.mode == "hands" else rng.uniform(0.4, 0.75)
        self.away = self.focal * reach / (fill * min(self.size))
        count = 6000
        force = rng.normal(0, 1, (count, 3))
        force[rng.random(count) < 0.004] *= 14
        pace, place, walk = np.zeros(3), np.zeros(3), np.zeros((count, 3))
        for k in range(count):
            pace = 0.95 * pace + force[k]
            place = 0.992 * place + pace
            walk[k] = place
        self.walk = walk / walk.std() * rng.uniform(0.004, 0.02)

    def _view_of(self, at_s: float) -> Lens:
        turn = self.around.at(at_s) if self.around is not None else np.eye(3)
        yaw = float(np.arctan2(turn[1, 0], turn[0, 0]))
        back = np.array([-np.sin(yaw), -np.cos(yaw), 0.0])
        place = self.middle + (back * np.cos(self.pitch) + np.array([0, 0, np.sin(self.pitch)])) * self.away
        spot = min(5998.0, at_s * 100)
        low = int(spot)
        moved = self.walk[low] * (1 - spot + low) + self.walk[low + 1] * (spot - low)
        return looking(self.focal, self.size, place + moved * [1, 0.5, 0.6], self.middle + moved * 0.6, 2 * moved[0])

    def _turning(self) -> Path:
        base = super()._turning()
        return Springy(base.times, base.turns, float(self.rng.uniform(0.0, 0.09)))

    def _in_hands(self, path: Path) -> None:
        """A routine: the faces of a person's order, each brought to the camera and rocked a little."""
        rng = self.rng
        lens = self._view_of(0.0)
        towards = -lens.turn.T @ np.array([0, 0, 1.0])
        turn = turned((0, 0, 1), rng.choice([0, 1, 2, 3]) * np.pi / 2 + rng.normal(0, 0.35))
        if self.wish.kind == "bag":
            order = list(rng.permutation([4, 5])[: self.wish.faces])
        else:
            order = list(ROUTINES[int(rng.integers(len(ROUTINES)))])
            first = int(rng.integers(0, 7 - max(1, self.wish.faces)))
            order = order[first : first + max(1, self.wish.faces)]
        for place, face in enumerate(order):
            aim = towards + rng.normal(0, 0.2, 3)
            turn = facing(turn @ NORMALS[face], aim / np.linalg.norm(aim)) @ turn
            path.add(0.0 if not place else self.pace * rng.uniform(0.8, 1.3), turn)
            for _ in range(2):
                rock = turned(np.cross(towards, rng.normal(0, 1, 3)), rng.normal(0, 0.16)) @ turn
                path.add(self.rest * rng.uniform(0.3, 0.8), rock)
            turn = path.turns[-1]

    def _opening(self) -> None:
        super()._opening()
        self.lid = self.wish.kind == "box" and self.rng.random() < 0.5
        if self.lid and self.opened_at_s is not None:
            begin, length, _ = self.flaps[0]
            self.flaps = [
                (begin, length * 1.3, float(np.radians(self.rng.uniform(80, 130)))),
                *[(begin, length, 0.0)] * 3,
            ]

    # --- what it looks like ---

    def _textures(self) -> list[Picture]:
        rng = self.rng
        made: list[Picture] = []
        style = int(rng.integers(3))
        sizes = [(1, 2), (1, 2), (0, 2), (0, 2), (0, 1), (0, 1)]
        tone = rng.uniform(30, 240, 3)
        art: Picture | None = None
        for face, (a, b) in enumerate(sizes):
            wide, high = max(24, int(self.half[a] * 1500)), max(24, int(self.half[b] * 1500))
            if style == 0:
                skin = np.asarray(surfaces._kraft(rng, (high, wide)), np.uint8).copy()
            elif style == 1:  # glossy retail print, alike on opposite faces
                ys, xs = np.mgrid[0:high, 0:wide].astype(np.float32)
                ramp = (xs / wide * rng.uniform(-60, 60) + ys / high * rng.uniform(-60, 60))[:, :, None]
                skin = np.clip(tone + ramp, 0, 255).astype(np.uint8)
                if face % 2 == 0 or art is None:
                    art = cv2.resize(
                        self.parts.page(rng).bgr, (max(8, wide // 2), max(8, high // 2)), interpolation=cv2.INTER_AREA
                    )
                skin[high // 4 : high // 4 + art.shape[0], wide // 4 : wide // 4 + art.shape[1]] = art[
                    : high - high // 4, : wide - wide // 4
                ]
                art = art if face % 2 == 0 else None
            else:  # wrapping paper
                ys, xs = np.mgrid[0:high, 0:wide].astype(np.float32)
                cell = rng.uniform(14, 40)
                dots = (np.sin(xs * 6.28 / cell) * np.sin(ys * 6.28 / cell) > 0.35)[:, :, None]
                skin = np.where(dots, np.clip(tone + 70, 0, 255), tone).astype(np.uint8)
            if face >= 4 and rng.random() < 0.8:
                strip = slice(int(high * 0.42), int(high * 0.58))
                skin[strip] = np.clip(skin[strip] * 0.5 + np.array([180, 200, 205]) * 0.5, 0, 255).astype(np.uint8)
            made.append(skin)
        if rng.random() < 0.9:
            face = int(rng.choice([4, 4, 2, 3, 0]))
            sheet = self.parts.label(rng).bgr
            h, w = made[face].shape[:2]
            scale = min(0.9 * w / sheet.shape[1], 0.9 * h / sheet.shape[0])
            small = cv2.resize(
                sheet,
                (max(6, int(sheet.shape[1] * scale)), max(6, int(sheet.shape[0] * scale))),
                interpolation=cv2.INTER_AREA,
            )
            y, x = int(rng.uniform(0, h - small.shape[0])), int(rng.uniform(0, w - small.shape[1]))
            made[face][y : y + small.shape[0], x : x + small.shape[1]] = small
        for face in range(6):  # worn edges
            h, w = made[face].shape[:2]
            ys, xs = np.mgrid[0:h, 0:w]
            edge = np.minimum(np.minimum(xs, w - 1 - xs), np.minimum(ys, h - 1 - ys)).astype(np.float32)
            worn = 1 - 0.25 * np.exp(-edge / 4)
            gradient = 1 + rng.uniform(-0.15, 0.15) * (xs / w - 0.5) + rng.uniform(-0.15, 0.15) * (ys / h - 0.5)
            made[face] = np.clip(made[face] * (worn * gradient)[:, :, None], 0, 255).astype(np.uint8)
        return made

    def _scene(self) -> None:
        super()._scene()
        rng = self.rng
        self.skin_tone = rng.uniform([70, 110, 150], [190, 215, 245])
        if rng.random() < 0.25:
            self.skin_tone = rng.uniform(10, 250, 3)
        self.sleeve = rng.uniform(10, 230, 3)
        self.bloom, self.chroma = rng.uniform(0, 0.25), rng.uniform(0.5, 5)
        self.sharpen = rng.uniform(0, 0.8)
        self.sway = [wander(rng, 0.05, 0.003) for _ in range(3)]

    def _flap(
        self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, k: int, angle: float
    ) -> None:
        if not self.lid:
            super()._flap(picture, ids, lens, turn, place, k, angle)
            return
        if k:
            return
        hx, hy, hz = self.half
        out = np.array([-np.cos(angle), 0, np.sin(angle)])
        hinge = np.array([hx, 0, hz])
        side = np.array([0, hy, 0])
        quad3 = np.array([hinge - side + 2 * hx * out, hinge + side + 2 * hx * out, hinge + side, hinge - side])
        seen = lens.into(quad3 @ turn.T + place)
        if (seen[:, 2] < 0.05).any():
            return
        normal = turn @ np.array([np.sin(angle), 0, np.cos(angle)])
        outside = normal @ (lens.place - (turn @ quad3.mean(0) + place)) > 0
        quad = lens.flat(seen)
        lay(picture, self.textures[4] if outside else self.inner, quad, self._light(normal if outside else -normal))
        mark(ids, quad, FLAP, 0.5)

    def _sharp(self, at_s: float) -> tuple[Picture, Picture, Truth]:
        lens = self._view_of(at_s)
        turn, place = self._pose(at_s)
        picture = self._behind(lens)
        ids = np.zeros((self.size[1] // 2, self.size[0] // 2), np.uint8)
        for half, where, other, skin in self.others:
            self._cuboid(picture, ids, lens, half, where, other, skin, 11)
        self._shadow(picture, lens, turn, place)
        behind, before = self._hands_at(at_s, lens, turn, place)
        for tip, _, side, scale in behind:
            self._outline_hand(picture, ids, tip, -1.0 if side is self.hand_art[0] else 1.0, scale * 150, False)
        opened = self._parcel(picture, ids, lens, turn, place, at_s)
        for tip, _, side, scale in before:
            self._outline_hand(picture, ids, tip, -1.0 if side is self.hand_art[0] else 1.0, scale * 150, True)
        return picture, ids, self._truth(ids, lens, turn, place, at_s, opened)

    def _outline_hand(self, picture: Picture, ids: Picture, tip: Matrix, side: float, span: float, whole: bool) -> None:
        """An arm from the nearest lower corner, a palm, and fingers or a thumb at ``tip``."""
        elbow = np.array([self.size[0] * (0.5 + 0.62 * side), self.size[1] * 1.15])
        aim = (tip - elbow) / max(1.0, float(np.linalg.norm(tip - elbow)))
        across = np.array([-aim[1], aim[0]])
        palm = tip - aim * span * 0.34
        thick = max(2, int(span * 0.26))
        shapes: list[tuple[Matrix, Matrix, int, Any]] = [
            (elbow, palm - aim * span * 0.3, int(thick * 1.25), self.sleeve),
            (palm - aim * span * 0.3, palm, thick, self.skin_tone * 0.9),
            (palm, palm + aim * span * 0.05, int(thick * 1.35), self.skin_tone),
        ]
        for k in range(4 if whole else 2):
            root = palm + across * side * (k - 1.5) * span * 0.1
            shapes.append(
                (
                    root,
                    root + aim * span * (0.34 - 0.04 * abs(k - 1.5)),
                    max(2, int(span * 0.085)),
                    self.skin_tone * (0.94 + 0.04 * (k % 2)),
                )
            )
        thumb = palm - across * side * span * 0.2
        shapes.append(
            (
                thumb,
                thumb + aim * span * 0.2 - across * side * span * 0.08,
                max(2, int(span * 0.09)),
                self.skin_tone * 0.97,
            )
        )
        for one, other, wide, tone in shapes:
            a, b = (tuple(int(v) for v in p) for p in (one, other))
            cv2.line(picture, a, b, tuple(float(v) for v in np.clip(tone, 0, 255)), wide, cv2.LINE_AA)
            a, b = (tuple(int(v / 2) for v in p) for p in (one, other))
            cv2.line(ids, a, b, HAND, max(1, wide // 2))

    def frame(self, at_s: float) -> tuple[Picture, Picture, Truth]:
        picture, ids, truth = super().frame(at_s)
        value = picture.astype(np.float32)
        if self.bloom > 0.1:
            bright = cv2.resize(np.maximum(value - 170, 0), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
            value += self.bloom * 2 * cv2.resize(cv2.blur(bright, (5, 5)), self.size)
        if self.sharpen > 0.2:
            value += self.sharpen * (value - cv2.blur(value, (3, 3)))
        rng = np.random.default_rng([self.seed, 6, round(at_s * 1000)])
        small = rng.normal(0, self.chroma, (self.size[1] // 3 + 1, self.size[0] // 3 + 1, 3)).astype(np.float32)
        value += cv2.resize(small, self.size)
        return np.clip(value, 0, 255).astype(np.uint8), ids, truth


__all__ = ["HeldOutShow", "eased"]
