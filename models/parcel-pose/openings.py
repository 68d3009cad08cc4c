"""The fourth stage's clips: moments around the opening, and sealed parcels that look as if there were one.

Cartons and mailers far from the camera as well as near; hands of any colour and width, sleeved, at any angle, that also
lie on sealed parcels; goods that lie on a sealed parcel; wrappings of stripes, tiles, blobs and pictures; lids, flaps
and tears of harder_views.py and of the first stage.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from harder_views import HarderShow

from benchmarks.synth.unboxing import Show, Wish
from benchmarks.synth.unboxing_geometry import GOODS, Lens, Matrix, Picture, lay

FUMBLED = 0.35
"""Of the seconds in which a sealed parcel lies still, hands are on it."""


def opening_wish(rng: np.random.Generator) -> Wish:
    kind = "bag" if rng.random() < 0.42 else "box"
    if rng.random() < 0.25:
        return Wish(0, "opened", True, kind)
    return Wish(2 if kind == "bag" else 6, "sealed", bool(rng.random() < 0.85), kind)


class OpeningShow(HarderShow):
    def _camera(self) -> None:
        super()._camera()
        rng = self.rng
        if rng.random() < 0.55:
            self.away *= rng.uniform(1.1, 1.9)
        self.pitch = float(np.radians(rng.uniform(18, 75)))

    def _scene(self) -> None:
        super()._scene()
        rng = self.rng
        self.hand_art = [_other_hand(art, rng) for art in self.hand_art]
        if rng.random() < 0.3:
            self.hands = int(rng.integers(1, 3))
        self.lean = rng.normal(0, 0.5, 2)
        self.laid = (rng.random() < 0.3, rng.uniform(0.25, 0.7), rng.uniform(-0.4, 0.4, 2), self.parts.thing(rng).bgra)

    def _textures(self) -> list[Picture]:
        made, rng = super()._textures(), self.rng
        if rng.random() < 0.6:
            return made
        sheet = wrapping(rng, self.parts.thing(rng).bgra)
        over = rng.uniform(0.6, 1.0)
        for face, skin in enumerate(made):
            h, w = skin.shape[:2]
            y, x = (int(rng.integers(0, max(1, n - m + 1))) for n, m in zip(sheet.shape[:2], (h, w), strict=True))
            part = cv2.resize(sheet[y : y + h, x : x + w], (w, h))
            mixed = part * over + skin * (1 - over)
            kept = np.abs(skin.astype(np.float32) - np.median(skin.reshape(-1, 3), axis=0)).max(2) > 60
            made[face] = np.where(kept[:, :, None], skin, np.clip(mixed, 0, 255)).astype(np.uint8)
        return made

    def _torn_bag(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float) -> None:
        how = HarderShow._torn_bag if self.seed % 10 >= 4 else Show._torn_bag
        how(self, picture, ids, lens, turn, place, at_s)

    def _parcel(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float) -> bool:
        opened = super()._parcel(picture, ids, lens, turn, place, at_s)
        lies, size, aside, thing = self.laid
        if opened or not lies:
            return opened
        top = turn[2] * self.half
        middle = place + np.array([0, 0, float(np.abs(top).sum())]) + np.array([*aside, 0]) * float(self.half.min())
        side = size * float(np.sort(self.half)[1])
        flat = np.array([[-1, 1, 0], [1, 1, 0], [1, -1, 0], [-1, -1, 0]]) * side + middle
        seen = lens.into(flat)
        if (seen[:, 2] < 0.05).any():
            return opened
        before = picture[::2, ::2][: ids.shape[0], : ids.shape[1]].copy()
        lay(picture, thing, lens.flat(seen), 0.9)
        changed = (cv2.absdiff(picture[::2, ::2][: ids.shape[0], : ids.shape[1]], before).max(2) > 4).astype(np.uint8)
        ids[cv2.morphologyEx(changed, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0] = GOODS
        return opened

    def _hands_at(self, at_s: float, lens: Lens, turn: Matrix, place: Matrix) -> tuple[list[Any], list[Any]]:
        behind, before = super()._hands_at(at_s, lens, turn, place)
        leant = [
            [(tip, angle + self.lean[place % 2], *rest) for place, (tip, angle, *rest) in enumerate(part)]
            for part in (behind, before)
        ]
        rng = np.random.default_rng([self.seed, 17, int(at_s)])
        if rng.random() < FUMBLED and not self._turns(at_s):
            centre = lens.into(place[None])[0]
            middle = lens.flat(centre[None])[0]
            span = float(self.half.max()) / centre[2] * lens.focal
            scale = self.hand_size * lens.focal / max(0.15, float(centre[2])) / 154
            for k in range(int(rng.integers(1, 3))):
                tip = middle + rng.uniform(-0.7, 0.7, 2) * span
                leant[1].append((tip, float(rng.normal(0, 0.7)), self.hand_art[k], scale))
        return leant[0], leant[1]


class EmptyShow(OpeningShow):
    """The same without a parcel: hands, clutter, goods."""

    def _shadow(self, picture: Picture, lens: Lens, turn: Matrix, place: Matrix) -> None:
        """Of nothing."""

    def _parcel(self, picture: Picture, ids: Picture, lens: Lens, turn: Matrix, place: Matrix, at_s: float) -> bool:
        if self.laid[0]:
            self._goods(picture, ids, lens, turn, place, at_s)
        return False


def _other_hand(art: Picture, rng: np.random.Generator) -> Picture:
    """Another colour, sleeve and width for a hand (h, w, 4)."""
    made = art.astype(np.float32)
    if rng.random() < 0.6:
        grey = made[:, :, :3].mean(2, keepdims=True) / 150
        made[:, :, :3] = grey ** rng.uniform(0, 1.3) * rng.uniform(10, 250, 3)
    if rng.random() < 0.6:
        begins = int(rng.uniform(0.3, 0.7) * len(made))
        sleeve = np.clip(
            rng.uniform(10, 240, 3) + rng.normal(0, rng.uniform(0, 20), (len(made) - begins, 1, 1)), 0, 255
        )
        made[begins:, :, :3] = sleeve
    whole = np.clip(made, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(whole, None, fx=rng.uniform(0.45, 1.25), fy=1.0, interpolation=cv2.INTER_AREA))


def wrapping(rng: np.random.Generator, thing: Picture) -> Picture:
    """A sheet (640, 640, 3) of stripes, blobs, cells or a picture again and again."""
    side, tones = 640, rng.uniform(10, 245, (2, 3))
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
    kind = int(rng.integers(4))
    if kind == 0:
        angle, period = rng.uniform(0, np.pi), rng.uniform(6, 90)
        field = np.sin((xs * np.cos(angle) + ys * np.sin(angle)) * 6.28 / period) > rng.uniform(-0.8, 0.8)
    elif kind == 1:
        few = rng.normal(0, 1, (int(rng.integers(6, 60)),) * 2).astype(np.float32)
        field = cv2.resize(few, (side, side), interpolation=cv2.INTER_CUBIC) > rng.uniform(-0.5, 0.8)
    elif kind == 2:
        cell = int(rng.integers(6, 70))
        field = ((xs // cell + ys // cell) % 2) > 0
    else:
        cell = int(rng.integers(16, 90))
        small = cv2.resize(thing, (cell, cell), interpolation=cv2.INTER_AREA).astype(np.float32)
        weight = small[:, :, 3:] / 255
        tile = small[:, :, :3] * weight + tones[0] * (1 - weight)
        many = side // cell + 1
        return np.tile(tile, (many, many, 1))[:side, :side].astype(np.uint8)
    mixed = np.where(field[:, :, None], tones[0], tones[1])
    return np.asarray(np.clip(mixed, 0, 255).astype(np.uint8))


def moments_around(show: Show, rng: np.random.Generator, count: int) -> list[float]:
    """Half around the opening, where there is one; the others anywhere."""
    given = rng.uniform(0, show.length_s - 0.05, count)
    if show.wish.start == "sealed" and show.opened_at_s is not None:
        near = rng.uniform(show.opened_at_s - 1.5, show.opened_at_s + 3.5, count)
        given = np.where(np.arange(count) % 4 < 2, np.minimum(near, show.length_s - 0.05), given)
    return [float(v) for v in np.maximum(given, 0.0)]
