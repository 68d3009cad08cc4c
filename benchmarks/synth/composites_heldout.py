"""The held-out world of composites: nothing here is ever trained on, and no threshold is set on it.

Label designs, pages, grounds and parcel skins come from the held-out generator; goods are photographs of groceries,
rendered electronics, tools and instruments, and drawn phones: classes that the development world does not have.
"""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.synth import composite_assets as assets
from benchmarks.synth.composite_parts import Kept, Parts, Rng, Sheet, Thing, room_behind
from benchmarks.synth.goods import cutout
from benchmarks.synth.heldout import pages, surfaces
from benchmarks.synth.heldout.labels import print_label
from benchmarks.synth.heldout.numbers import DOMESTIC, INTERNATIONAL
from benchmarks.synth.heldout.sheet import Sheet as Printed
from benchmarks.synth.optics import Picture


def _coloured(sheet: Printed, rng: Rng) -> Picture:
    """Ink on paper as BGR, pre-printed colours included."""
    grey = np.asarray(sheet.image, np.float32)[:, :, None] / 255
    paper = np.ones((*grey.shape[:2], 3), np.float32) * rng.uniform(222, 246, 3).astype(np.float32)
    for box, bgr in sheet.tints:
        x0, y0, x1, y1 = (round(v * sheet.dots) for v in box)
        paper[y0:y1, x0:x1] = bgr
    return np.asarray(np.clip(paper * grey + 34 * (1 - grey), 0, 255), np.uint8)


def _label(rng: Rng) -> Sheet:
    table = INTERNATIONAL if rng.random() < 0.12 else DOMESTIC
    bill = table[list(table)[int(rng.integers(len(table)))]](rng)
    sheet = print_label(rng, bill)
    return Sheet(_coloured(sheet, rng), (sheet.width, sheet.height), "label", bill.number)


def _thing(rng: Rng) -> Thing:
    draw = rng.random()
    photos, objects = assets.groceries(), assets.objects(held_out=True)
    if draw < 0.55 and photos:
        name, bgra = photos[int(rng.integers(len(photos)))]
        return Thing(f"photo-{name}", bgra, float(rng.uniform(70, 240)), float(rng.uniform(20, 80)))
    if draw < 0.88 and objects:
        name, bgra = objects[int(rng.integers(len(objects)))]
        return Thing(name, bgra, float(rng.uniform(80, 240)), float(rng.uniform(15, 70)))
    made = cutout(rng, "phone-cracked" if rng.random() < 0.4 else "phone")
    small = cv2.resize(np.dstack([made.bgr, made.alpha]), (400, 400), interpolation=cv2.INTER_AREA)
    return Thing(made.name, np.asarray(small, np.uint8), made.side_mm, made.height_mm)


def _page(rng: Rng) -> Sheet:
    flat = {name: make for name, make in pages.PAGES.items() if name not in ("product box", "book", "rating plate")}
    name = list(flat)[int(rng.integers(len(flat)))]
    _, sheet = flat[name](rng)
    return Sheet(_coloured(sheet, rng), (sheet.width, sheet.height), name)


def _ground(rng: Rng) -> Picture:
    names = list(surfaces.GROUNDS)
    shape = (700, 900)
    return np.asarray(surfaces.GROUNDS[names[int(rng.integers(len(names)))]](rng, shape), np.uint8)


def _board(rng: Rng, width: float, height: float) -> Picture:
    shape = (int(np.clip(height * 1.5, 60, 700)), int(np.clip(width * 1.5, 60, 700)))
    top = surfaces._kraft(rng, shape)
    if rng.random() < 0.6:
        middle = int(shape[0] * rng.uniform(0.42, 0.58))
        band = slice(max(0, middle - 30), middle + 30)
        tape = np.array(((130, 170, 200), (210, 215, 215), (60, 130, 190))[int(rng.integers(3))])
        top[band] = (top[band] * 0.45 + tape * 0.55).astype(np.uint8)
    if rng.random() < 0.25:
        _, sticker = pages.goods_sticker(rng)
        small = cv2.resize(_coloured(sticker, rng), (75, 51), interpolation=cv2.INTER_AREA)
        if shape[0] > 60 and shape[1] > 90:
            y, x = int(rng.integers(shape[0] - 51)), int(rng.integers(shape[1] - 75))
            top[y : y + 51, x : x + 75] = small
    return np.asarray(top, np.uint8)


def _mailer(rng: Rng, width: float, height: float) -> tuple[Picture, Picture]:
    shape = (int(height * 1.6), int(width * 1.6))
    alpha = np.zeros(shape, np.uint8)
    cv2.rectangle(alpha, (4, 4), (shape[1] - 5, shape[0] - 5), 255, -1)
    return np.asarray(surfaces._film(rng, shape), np.uint8), alpha


_LABELS, _PAGES, _GROUNDS = Kept(_label, 400), Kept(_page, 200), Kept(_ground, 60)

HELD_OUT = Parts(
    label=_LABELS,
    thing=_thing,
    page=_PAGES,
    ground=_GROUNDS,
    room=lambda rng: room_behind(rng, held_out=True),
    board=_board,
    mailer=_mailer,
)
