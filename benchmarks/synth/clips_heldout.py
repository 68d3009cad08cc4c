"""Another way of drawing: a shelf scene behind a tilted desk, a soft mailer and a bottle, gloved hands.

Nothing is shared with clips.py but the protocol, the names of the events and the sound's random taps: other textures,
a camera that walks (integrated noise with saccades and perspective), correlated coloured noise, another frame rate and
picture size. Used only to report, never to choose an operating point.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.synth.clips import RATE_HZ, Event, Picture, Sound, add_noises, bump, events_for, lit


class ShelfStory:
    """A mailer lifted, turned and opened before a shelf, filmed by a walking camera."""

    def __init__(
        self, seed: int, length_s: float = 26.0, fps: float = 12.5, size: tuple[int, int] = (568, 320)
    ) -> None:
        rng = np.random.default_rng([seed, 77])
        self.seed, self.length_s, self.fps, self.size = seed, length_s, fps, size
        self.events: tuple[Event, ...] = events_for(rng, length_s, 4.0)
        self.room = _room(rng, (1000, 1700))
        self.mailer, self.bottle = _mailer(rng), _bottle(rng)
        count = int(length_s * 100) + 200
        self.walk = _walk(rng, count, rng.uniform(3, 16))
        self.tilt = _walk(rng, count, 1.0) / 60_000
        self.goods = [_walk(rng, count, rng.uniform(20, 60)) for _ in range(2)]
        self.hands = [_walk(rng, count, rng.uniform(30, 90)) for _ in range(2)]
        self.spin = _walk(rng, count, 1.0)[:, 0] / 40
        self.glove = rng.uniform(20, 230, 3)
        self.grain = rng.uniform(2, 7)
        self.jerk = {event.at_s: rng.uniform([-500, -120], [500, 120]) for event in self.events}

    def frame(self, at_s: float) -> Picture:
        picture: Any = np.mean(
            [self._sharp(at_s), self._sharp(at_s + 0.3 / self.fps), self._sharp(at_s + 0.6 / self.fps)],
            axis=0,
            dtype=np.float32,
        )
        for event in self.events:
            part = (at_s - event.at_s) / event.length_s
            if event.kind == "focus" and 0 <= part < 1:
                kernel = 1 + 2 * int(1 + 7 * event.strength * bump(part))
                picture = cv2.blur(picture, (kernel, kernel))
        picture = lit(picture, self.events, at_s)
        rng = np.random.default_rng([self.seed, 78, round(at_s * 1000)])
        small = rng.normal(0, self.grain, (self.size[1] // 2, self.size[0] // 2, 3)).astype(np.float32)
        noise = cv2.resize(small, self.size)
        shown: Picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
        return shown

    def _sharp(self, at_s: float) -> Picture:
        moment = int(at_s * 100)
        x, y = self._at(self.walk, at_s)
        for event in self.events:
            if event.kind == "whip":
                there = bump((at_s - event.at_s) / event.length_s) ** 2
                x, y = x + self.jerk[event.at_s][0] * there, y + self.jerk[event.at_s][1] * there
        width, height = self.size
        view = np.array([[1, 0.02, x - 566], [-0.02, 1, y - 340], [*(self.tilt[moment] * 0.1), 1.0]])
        picture = cv2.warpPerspective(self.room, view, self.size, borderMode=cv2.BORDER_REFLECT)
        middle = np.array([width / 2 + 0.8 * x, height / 2 + 0.8 * y])
        for thing, path, scale in ((self.bottle, self.goods[0], 0.8), (self.mailer, self.goods[1], 1.0)):
            place = middle + np.clip(self._at(path, at_s), -150, 150) * [1, 0.5]
            turn = self.spin[moment] * scale
            matrix = cv2.getRotationMatrix2D((thing.shape[1] / 2, thing.shape[0] / 2), float(np.degrees(turn)), scale)
            matrix[:, 2] += place - [thing.shape[1] / 2, thing.shape[0] / 2]
            cv2.warpAffine(thing, matrix, self.size, dst=picture, borderMode=cv2.BORDER_TRANSPARENT)
        for side, path in enumerate(self.hands):
            px, py = middle + np.clip(self._at(path, at_s), -180, 180) * [1, 0.5] + [(-90, 90)[side], 60]
            outline = np.array(
                [[-70, 200], [-36, 10], [-30, -40], [-8, -62], [14, -58], [34, -20], [40, 20], [60, 200]]
            )
            cv2.fillPoly(picture, [(outline + np.array([px, py])).astype(np.int32)], tuple(self.glove), cv2.LINE_AA)
        return picture

    def _at(self, path: NDArray[np.float64], at_s: float) -> NDArray[np.float64]:
        place = at_s * 100
        low = int(place)
        moved: NDArray[np.float64] = path[low] * (1 - place + low) + path[low + 1] * (place - low)
        return moved

    def sound(self) -> Sound:
        rng = np.random.default_rng([self.seed, 79])
        count = int(self.length_s * RATE_HZ)
        track = np.cumsum(rng.normal(size=count))
        track -= cv2.blur(track.reshape(-1, 1), (1, 2001)).ravel()
        track *= 10 ** rng.uniform(-3.0, -2.2) / track.std()
        track += 10 ** rng.uniform(-3.6, -2.6) * rng.normal(size=count)
        add_noises(rng, track, rng.poisson(self.length_s * 2))
        return np.clip(track, -1, 1).astype(np.float32)


def _walk(rng: np.random.Generator, count: int, speed: float) -> NDArray[np.float64]:
    """A damped random walk sampled at 100 Hz with now and then a quick relocation, shape (count, 2)."""
    force = rng.normal(size=(count, 2)) * speed
    jumps = rng.random(count) < 0.006
    force[jumps] += rng.normal(size=(int(jumps.sum()), 2)) * speed * 22
    place, pace = np.zeros(2), np.zeros(2)
    path = np.zeros((count, 2))
    for k in range(count):
        pace = 0.93 * pace + force[k] * 0.04
        place = 0.995 * place + pace * 0.1 * 3
        path[k] = place
    return path


def _room(rng: np.random.Generator, shape: tuple[int, int]) -> Picture:
    """Shelves of boxes above, a checked cloth below."""
    height, width = shape
    room = np.full((height, width, 3), rng.uniform(90, 220, 3), np.uint8)
    for level in range(0, height // 2, 120):
        cv2.rectangle(room, (0, level + 104), (width, level + 120), (70, 50, 40), -1)
        x = 0
        while x < width:
            wide = int(rng.uniform(18, 90))
            colour = tuple(int(v) for v in rng.uniform(20, 240, 3))
            cv2.rectangle(room, (x, level + int(rng.uniform(4, 40))), (x + wide, level + 104), colour, -1)
            x += wide + int(rng.uniform(1, 12))
    tile = int(rng.uniform(24, 60))
    y, x2 = np.mgrid[height // 2 : height, 0:width]
    checks = ((y // tile + x2 // tile) % 2).astype(bool)
    room[height // 2 :][checks] = rng.uniform(40, 220, 3).astype(np.uint8)
    stains = cv2.resize(rng.normal(0, 14, (height // 12, width // 12)).astype(np.float32), (width, height))
    fine = rng.normal(0, 5, (height, width)).astype(np.float32)
    return np.clip(room + (stains + fine)[..., None], 0, 255).astype(np.uint8)


def _mailer(rng: np.random.Generator) -> Picture:
    height, width = int(rng.uniform(110, 170)), int(rng.uniform(170, 260))
    base = rng.uniform(60, 235, 3)
    folds = cv2.resize(rng.normal(0, 22, (7, 11)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    bag = np.clip(base + folds[..., None], 0, 255).astype(np.uint8)
    cv2.rectangle(bag, (width // 3, 20), (width - 24, height - 30), (246, 246, 242), -1)
    for row in range(30, height - 40, 14):
        cv2.putText(bag, str(int(rng.integers(10**9, 10**10))), (width // 3 + 6, row + 8), 0, 0.4, (30, 30, 30), 1)
    return bag


def _bottle(rng: np.random.Generator) -> Picture:
    tall = np.full((190, 70, 3), rng.uniform(30, 220, 3), np.uint8)
    tall[:, 8:16] = 250
    tall[70:140] = rng.uniform(30, 240, 3).astype(np.uint8)
    cv2.putText(tall, "NO." + str(int(rng.integers(10, 99))), (4, 110), 0, 0.6, (10, 10, 10), 2)
    return tall
