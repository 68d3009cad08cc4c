"""Cheap handheld unboxing stories: a table, a parcel, two hands, a restless camera, and everything honest that can
look like a cut (flash, exposure steps, autofocus, whip pans, a covered lens, low light).

A ``Story`` is continuous in time and drawn on demand, so that edits.py can skip, repeat or mix its moments. All
randomness comes from the seed. clips_heldout.py draws other stories with other means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[Any]
"""(h, w, 3) uint8, RGB."""
Sound = NDArray[Any]
"""Mono float32, RATE_HZ samples a second."""
RATE_HZ = 44_100


@dataclass(frozen=True)
class Event:
    """Something honest that happens to the picture."""

    kind: str
    at_s: float
    length_s: float
    strength: float


class Story(Protocol):
    """A continuous take. ``frame`` may be asked for any moment in [0, length_s); ``sound`` is the whole track."""

    length_s: float
    fps: float
    size: tuple[int, int]
    events: tuple[Event, ...]

    def frame(self, at_s: float) -> Picture: ...

    def sound(self) -> Sound: ...


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], octaves: int, base: int) -> NDArray[np.float32]:
    """Summed octaves of value noise, about -1..1."""
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        cells = base * 2**octave
        grid = rng.normal(size=(max(2, cells * shape[0] // shape[1]), cells)).astype(np.float32)
        total += cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC) / 2**octave
    return (total / 2).astype(np.float32)


def wander(rng: np.random.Generator, slow: float, fast: float) -> tuple[NDArray[np.float64], ...]:
    """A sum of sines: drift below 0.5 Hz of size ``slow``, hand tremor at 1-6 Hz of size ``fast``."""
    hz = np.concatenate([rng.uniform(0.05, 0.5, 4), rng.uniform(1.0, 6.0, 4)])
    size = np.concatenate([rng.uniform(0.3, 1, 4) * slow / 2, rng.uniform(0.3, 1, 4) * fast / 2])
    return hz, size, rng.uniform(0, 2 * np.pi, 8)


def along(path: tuple[NDArray[np.float64], ...], at_s: float) -> float:
    hz, size, phase = path
    return float(np.sum(size * np.sin(2 * np.pi * hz * at_s + phase)))


class Keyed:
    """A value that rests and moves by minimum-jerk steps, as hands do. Shape (k,)."""

    def __init__(
        self, rng: np.random.Generator, length_s: float, low: list[float], high: list[float], pace: float
    ) -> None:
        self.times, self.values = [0.0], [rng.uniform(low, high)]
        while self.times[-1] < length_s:
            rest = rng.exponential(pace)
            self.times += [self.times[-1] + rest]
            self.values += [self.values[-1]]
            self.times += [self.times[-1] + rng.uniform(0.35, 1.4)]
            self.values += [rng.uniform(low, high)]

    def at(self, at_s: float) -> NDArray[np.float64]:
        place = int(np.clip(np.searchsorted(self.times, at_s) - 1, 0, len(self.times) - 2))
        begin, end = self.times[place], self.times[place + 1]
        part = float(np.clip((at_s - begin) / max(end - begin, 1e-6), 0, 1))
        part = part**3 * (10 - 15 * part + 6 * part**2)
        moved: NDArray[np.float64] = self.values[place] + (self.values[place + 1] - self.values[place]) * part
        return moved


def table(rng: np.random.Generator, shape: tuple[int, int]) -> Picture:
    """A table top with grain and a clutter of flat things."""
    height, width = shape
    grain = smooth_noise(rng, (height, width), 5, 6)
    lines = cv2.resize(rng.normal(size=(height // 3, 1)).astype(np.float32), (width, height))
    tone = rng.uniform(60, 190, 3)
    picture = tone + (18 * grain + 7 * lines)[..., None] * rng.uniform(0.7, 1.1, 3)
    picture = np.clip(picture, 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(14, 34))):
        centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        colour = tuple(int(v) for v in rng.uniform(10, 245, 3))
        kind = rng.integers(3)
        if kind == 0:
            box = cv2.boxPoints((centre, (rng.uniform(20, 220), rng.uniform(15, 130)), rng.uniform(0, 180)))
            cv2.fillPoly(picture, [box.astype(np.int32)], colour, cv2.LINE_AA)
        elif kind == 1:
            cv2.circle(picture, centre, int(rng.uniform(8, 60)), colour, -1, cv2.LINE_AA)
        else:
            text = "".join(chr(c) for c in rng.integers(65, 91, 6))
            cv2.putText(picture, text, centre, 0, rng.uniform(0.5, 2), colour, 2, cv2.LINE_AA)
    return picture


def carton(rng: np.random.Generator, size: int = 256) -> Picture:
    """One face of a parcel: cardboard, tape, a label with bars and lines."""
    tone = np.array([rng.uniform(140, 200), rng.uniform(110, 160), rng.uniform(70, 120)])
    face = tone + 9 * smooth_noise(rng, (size, size), 5, 5)[..., None]
    face = np.clip(face, 0, 255).astype(np.uint8)
    middle = int(rng.uniform(0.35, 0.65) * size)
    cv2.rectangle(face, (0, middle - 14), (size, middle + 14), tuple(int(v) for v in tone * 1.12), -1)
    left, top = (int(v) for v in rng.uniform(20, 90, 2))
    cv2.rectangle(face, (left, top), (left + 130, top + 90), (240, 240, 236), -1)
    for x in range(left + 8, left + 120, 3):
        if rng.random() < 0.5:
            cv2.rectangle(face, (x, top + 8), (x + int(rng.integers(0, 3)), top + 34), (20, 20, 20), -1)
    for y in range(top + 44, top + 84, 10):
        cv2.line(face, (left + 8, y), (left + int(rng.uniform(50, 120)), y), (60, 60, 60), 2)
    return face


def events_for(rng: np.random.Generator, length_s: float, mean_gap_s: float = 5.0) -> tuple[Event, ...]:
    """Honest disturbances, on average one in ``mean_gap_s``; never two at once."""
    spans = {"flash": (0.05, 0.14), "exposure": (0.1, 0.6), "focus": (0.6, 1.4), "whip": (0.35, 0.9)}
    spans |= {"cover": (0.6, 1.6), "dim": (2.0, 4.0)}
    found, at_s = [], rng.uniform(0.8, mean_gap_s)
    while at_s < length_s - 2.5:
        kind = str(rng.choice(list(spans), p=[0.22, 0.22, 0.18, 0.18, 0.12, 0.08]))
        length = float(rng.uniform(*spans[kind]))
        found.append(Event(kind, float(at_s), length, float(rng.uniform(0.5, 1))))
        at_s += length + 0.6 + rng.exponential(mean_gap_s)
    return tuple(found)


def bump(part: float) -> float:
    return float(np.sin(np.pi * np.clip(part, 0, 1)))


def lit(picture: Picture, events: tuple[Event, ...], at_s: float) -> Picture:
    """Flash, exposure steps (lasting), dim light and a covered lens, on linear-ish values 0..255."""
    width = picture.shape[1]
    gain = 1.0
    for event in events:
        part = (at_s - event.at_s) / event.length_s
        if event.kind == "flash" and 0 <= part < 1:
            picture = picture * (1.5 + event.strength) + 40 * event.strength
        elif event.kind == "exposure" and part > 0:
            sign = 1 if int(event.at_s * 1000) % 2 else -1
            gain *= 1 + sign * 0.35 * event.strength * min(part, 1.0)
        elif event.kind == "dim" and 0 <= part < 1:
            gain *= 1 - 0.8 * event.strength * min(1.0, 8 * bump(part))
        elif event.kind == "cover" and 0 <= part < 1:
            edge = min(1.0, bump(part) * 2.2)
            ramp = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
            shade = np.clip((edge * 1.6 - ramp) * 4, 0, 1)
            picture = picture * (1 - shade) + 14 * shade
    gain = float(np.clip(gain, 0.2, 1.9))
    return picture * gain if gain != 1.0 else picture


class TableStory:
    """A parcel on a table, turned and moved by two hands, filmed by hand."""

    def __init__(
        self, seed: int, length_s: float = 26.0, fps: float = 15.0, size: tuple[int, int] = (640, 360)
    ) -> None:
        rng = np.random.default_rng([seed, 1])
        self.seed, self.length_s, self.fps, self.size = seed, length_s, fps, size
        self.events = events_for(rng, length_s)
        self.ground = table(rng, (1100, 1900))
        self.faces = [carton(rng) for _ in range(3)]
        self.turns = np.sort(rng.uniform(0, length_s, int(rng.integers(2, 7))))
        self.parcel = Keyed(rng, length_s, [-90, -60, -0.6, 0.8, 0.75], [90, 60, 0.6, 1.25, 1.3], 0.9)
        self.hands = [
            Keyed(rng, length_s, [-230, -40], [40, 190], 0.5),
            Keyed(rng, length_s, [-40, -40], [230, 190], 0.5),
        ]
        self.skin = rng.uniform([150, 100, 80], [235, 190, 170])
        shake = float(rng.choice([1.5, 4.0, 9.0], p=[0.3, 0.45, 0.25]))
        self.camera = [wander(rng, 30, shake), wander(rng, 22, shake)]
        self.roll, self.zoom = wander(rng, 4, 0.25 * shake), wander(rng, 0.08, 0.004 * shake)
        self.noise = rng.uniform(1.5, 5)
        self.whip_to = {event.at_s: rng.uniform([-420, -160], [420, 160]) for event in self.events}
        y, x = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j]
        self.vignette = (1 - rng.uniform(0.05, 0.3) * (x**2 + y**2)).astype(np.float32)[..., None]

    def frame(self, at_s: float) -> Picture:
        shutter = 0.5 / self.fps
        parts = [self._sharp(at_s + shutter * k / 3) for k in range(3)]
        picture: Picture = np.mean(parts, axis=0, dtype=np.float32) * self.vignette
        for event in self.events:
            if event.kind == "focus" and 0 <= (at_s - event.at_s) / event.length_s < 1:
                blur = 0.3 + 6 * event.strength * bump((at_s - event.at_s) / event.length_s)
                picture = cv2.GaussianBlur(picture, (0, 0), blur)
        picture = lit(picture, self.events, at_s)
        rng = np.random.default_rng([self.seed, 2, round(at_s * 1000)])
        noise = rng.normal(0, self.noise, picture.shape[:2]).astype(np.float32)
        return np.clip(picture + noise[..., None], 0, 255).astype(np.uint8)

    def _sharp(self, at_s: float) -> Picture:
        view = self._view(at_s)
        picture = cv2.warpAffine(self.ground, view, self.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        x, y, turn, scale, squash = self.parcel.at(at_s)
        face = self.faces[int(np.searchsorted(self.turns, at_s)) % len(self.faces)]
        near = self.turns[np.argmin(np.abs(self.turns - at_s))]
        squash = squash * min(1.0, 0.12 + abs(at_s - near) / 0.35)
        half = 105 * scale
        corners = np.array(
            [[-half, -half * squash], [half, -half * squash], [half, half * squash], [-half, half * squash]]
        )
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        self._quad(picture, face, self._seen(corners @ spin.T + [x, y], view))
        for side, hand in enumerate(self.hands):
            place = hand.at(at_s)
            wrist = np.array([place, place + np.array([(-1, 1)[side] * 60, 260])])
            (px, py), (wx, wy) = self._seen(wrist, view)
            cv2.line(picture, (int(px), int(py)), (int(wx), int(wy)), tuple(self.skin * 0.93), 46, cv2.LINE_AA)
            cv2.ellipse(picture, ((px, py), (74, 58), (-20, 20)[side]), tuple(self.skin), -1, cv2.LINE_AA)
            for finger in range(4):
                tip = (int(px + (finger - 1.5) * 15), int(py - 42 + 4 * abs(finger - 1.5)))
                cv2.line(
                    picture,
                    (int(px + (finger - 1.5) * 13), int(py)),
                    tip,
                    tuple(self.skin * 0.97),
                    13,
                    cv2.LINE_AA,
                )
        return picture

    def _view(self, at_s: float) -> NDArray[np.float64]:
        """Ground to picture, 2 x 3."""
        x, y = along(self.camera[0], at_s), along(self.camera[1], at_s)
        for event in self.events:
            if event.kind == "whip":
                there = bump((at_s - event.at_s) / event.length_s)
                x, y = x + self.whip_to[event.at_s][0] * there, y + self.whip_to[event.at_s][1] * there
        angle, scale = along(self.roll, at_s), 1 + along(self.zoom, at_s)
        view = cv2.getRotationMatrix2D((self.ground.shape[1] / 2, self.ground.shape[0] / 2), angle, scale)
        view[:, 2] += [
            self.size[0] / 2 - self.ground.shape[1] / 2 + x,
            self.size[1] / 2 - self.ground.shape[0] / 2 + y,
        ]
        return np.asarray(view, np.float64)

    def _seen(self, points: NDArray[np.float64], view: NDArray[np.float64]) -> NDArray[np.float64]:
        """Table points (origin in the middle of the ground) in the picture."""
        middle = np.array([self.ground.shape[1] / 2, self.ground.shape[0] / 2])
        placed: NDArray[np.float64] = (points + middle) @ view[:, :2].T + view[:, 2]
        return placed

    def _quad(self, picture: Picture, face: Picture, corners: NDArray[np.float64]) -> None:
        edge = face.shape[0]
        source = np.array([[0, 0], [edge, 0], [edge, edge], [0, edge]], np.float32)
        turn = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
        cv2.warpPerspective(face, turn, self.size, dst=picture, borderMode=cv2.BORDER_TRANSPARENT)

    def sound(self) -> Sound:
        rng = np.random.default_rng([self.seed, 3])
        count = int(self.length_s * RATE_HZ)
        moments = np.arange(count) / RATE_HZ
        white = rng.normal(size=count)
        spectrum = np.fft.rfft(white)
        hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
        room = np.fft.irfft(spectrum / (1 + (hz / rng.uniform(150, 900))) * (hz > 40), count)
        track = room / room.std() * 10 ** rng.uniform(-3.2, -2.0)
        if rng.random() < 0.5:
            level = 10 ** rng.uniform(-3.2, -2.3)
            for harmonic in (1, 2, 3):
                track += level / harmonic * np.sin(2 * np.pi * 50 * harmonic * moments + rng.uniform(0, 6))
        add_noises(rng, track, rng.poisson(self.length_s * 1.2))
        heard: Sound = np.clip(track, -1, 1).astype(np.float32)
        return heard


def add_noises(rng: np.random.Generator, track: NDArray[np.float64], count: int) -> None:
    """Taps, knocks and rustling, in place."""
    for _ in range(count):
        begin = int(rng.uniform(0, len(track) - RATE_HZ))
        if rng.random() < 0.6:
            length = int(rng.uniform(0.02, 0.12) * RATE_HZ)
            shape = np.exp(-np.arange(length) / (length / 5))
            body = rng.normal(size=length) + 2 * np.sin(np.arange(length) * rng.uniform(0.01, 0.06))
        else:
            length = int(rng.uniform(0.2, 0.9) * RATE_HZ)
            shape = np.sin(np.linspace(0, np.pi, length)) ** 2
            body = np.diff(rng.normal(size=length + 1))
        track[begin : begin + length] += 10 ** rng.uniform(-2.2, -0.7) * shape * body / 3
