"""What is on a parcel's faces in the unboxing clips: board, tape, prints, the waybill's label."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.synth.composite_parts import Parts
from benchmarks.synth.unboxing_geometry import Matrix, Picture


def faces_of(rng: np.random.Generator, half: Matrix, parts: Parts) -> list[Picture]:
    """Six textures: tape on two, a label on one, prints that often repeat on the opposite side, or nothing at all."""
    style = str(rng.choice(["plain", "printed", "mixed"], p=[0.3, 0.4, 0.3]))
    sizes = [(1, 2), (1, 2), (0, 2), (0, 2), (0, 1), (0, 1)]
    tint = rng.uniform(0.75, 1.2, 3) if rng.random() < 0.5 else np.ones(3)
    plain = _plain(rng)
    made: list[Picture] = []
    for face, (a, b) in enumerate(sizes):
        wide, high = half[a] * 2000, half[b] * 2000
        px = (max(24, int(wide * 0.9)), max(24, int(high * 0.9)))
        picture = cv2.resize(plain, px, interpolation=cv2.INTER_AREA)
        repeat = face % 2 == 1 and style != "mixed" and rng.random() < 0.6
        if face < 4 and style != "plain" and rng.random() < (0.9 if style == "printed" else 0.6):
            if repeat:
                picture = made[face - 1].copy()
            else:
                print_on(picture, rng, parts)
        if face >= 4:
            _tape(picture, rng)
        made.append(picture)
    labelled = int(rng.choice([4, 4, 4, 0, 1, 2, 3, 5]))
    if rng.random() < 0.92:
        label_on(made[labelled], rng, parts, half[sizes[labelled][0]] * 2000, half[sizes[labelled][1]] * 2000)
    if rng.random() < 0.25:
        other = int(rng.integers(6))
        label_on(made[other], rng, parts, half[sizes[other][0]] * 2000, half[sizes[other][1]] * 2000)
    return [np.clip(one * tint, 0, 255).astype(np.uint8) for one in made]


def _plain(rng: np.random.Generator) -> Picture:
    """A patch of board without marks: tone, stains and grain."""
    tone = np.array([112, 150, 184]) * rng.uniform(0.7, 1.2) + rng.normal(0, 8, 3)
    if rng.random() < 0.3:
        tone = rng.uniform(20, 245, 3)
    grain = rng.normal(0, 1, (128, 128)).astype(np.float32) * rng.uniform(1, 5)
    slow = cv2.resize(rng.normal(0, 1, (5, 5)).astype(np.float32), (128, 128), interpolation=cv2.INTER_CUBIC)
    return np.clip(tone + (grain + 6 * slow)[:, :, None], 0, 255).astype(np.uint8)


def _tape(picture: Picture, rng: np.random.Generator) -> None:
    h, w = picture.shape[:2]
    middle, band = h // 2, max(3, int(rng.uniform(18, 32)))
    strip = picture[max(0, middle - band) : middle + band]
    tape = np.array([(70, 130, 180), (205, 215, 220), (120, 170, 200), (40, 60, 200)][int(rng.integers(4))], float)
    weight = rng.uniform(0.2, 0.8)
    strip[:] = np.clip(strip * (1 - weight) + tape * weight, 0, 255).astype(np.uint8)
    cv2.line(picture, (0, middle), (w, middle), tuple(int(v) for v in picture[middle, w // 2] * 0.55), 2)
    if rng.random() < 0.3:
        picture[:, : int(rng.uniform(10, 30))] = tape.astype(np.uint8)


def print_on(picture: Picture, rng: np.random.Generator, parts: Parts) -> None:
    h, w = picture.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        kind = int(rng.integers(5))
        ink = tuple(int(v) for v in (rng.uniform(0, 90, 3) if rng.random() < 0.7 else rng.uniform(0, 255, 3)))
        x, y = int(rng.uniform(0.05, 0.6) * w), int(rng.uniform(0.1, 0.7) * h)
        if kind == 0:
            text = "".join(chr(c) for c in rng.integers(65, 91, int(rng.integers(3, 9))))
            cv2.putText(picture, text, (x, y + 20), int(rng.integers(0, 5)), rng.uniform(0.7, 2.6), ink, 3, cv2.LINE_AA)
        elif kind == 1:
            cv2.circle(picture, (x, y), int(rng.uniform(0.05, 0.2) * min(h, w)) + 3, ink, int(rng.choice([-1, 3, 5])))
        elif kind == 2:
            end = (x + int(rng.uniform(0.1, 0.4) * w), y + int(rng.uniform(0.1, 0.4) * h))
            cv2.rectangle(picture, (x, y), end, ink, int(rng.choice([-1, 2, 4])), cv2.LINE_AA)
        elif kind == 3:
            sheet = parts.page(rng).bgr
            size = (max(8, int(rng.uniform(0.2, 0.7) * w)), max(8, int(rng.uniform(0.2, 0.7) * h)))
            x, y = min(x, w - size[0]), min(y, h - size[1])
            if x >= 0 and y >= 0:
                picture[y : y + size[1], x : x + size[0]] = cv2.resize(sheet, size, interpolation=cv2.INTER_AREA)
        else:
            for k in range(3):
                foot = (x + 26 * k, y + 40)
                cv2.arrowedLine(picture, foot, (foot[0], y), ink, 4, cv2.LINE_AA, tipLength=0.4)


def label_on(picture: Picture, rng: np.random.Generator, parts: Parts, wide_mm: float, high_mm: float) -> None:
    sheet = parts.label(rng)
    art = sheet.bgr if rng.random() < 0.7 else np.rot90(sheet.bgr)
    h, w = picture.shape[:2]
    scale = min(
        0.92 * w / art.shape[1], 0.92 * h / art.shape[0], rng.uniform(0.6, 1.0) * w / wide_mm * 150 / art.shape[1]
    )
    size = (max(6, int(art.shape[1] * scale)), max(6, int(art.shape[0] * scale)))
    x, y = int(rng.uniform(0, w - size[0])), int(rng.uniform(0, h - size[1]))
    picture[y : y + size[1], x : x + size[0]] = cv2.resize(
        np.ascontiguousarray(art), size, interpolation=cv2.INTER_AREA
    )
