"""The development world of composites: models are trained and thresholds are set on it.

``DEVELOPMENT`` is the plain one; in ``STICKERED`` parcels carry other paper besides labels, in ``WIDER`` goods are
packs, and pages are ruled papers too.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from benchmarks.synth import composite_assets as assets
from benchmarks.synth import composite_packs, composite_pages, parcels
from benchmarks.synth.composite_parts import Kept, Parts, Rng, Sheet, Thing, pick, retinted, room_behind
from benchmarks.synth.composite_skins import interior, skin, worn
from benchmarks.synth.cutouts import relief, shaded
from benchmarks.synth.goods import CUTOUTS, cutout
from benchmarks.synth.labels import render_label
from benchmarks.synth.optics import Picture
from benchmarks.synth.surfaces import GROUNDS, Field, noise, shipped_picture, texture
from benchmarks.synth.waybills import DOMESTIC, INTERNATIONAL

PICTURES = (
    "astronaut.png", "chelsea.png", "rocket.jpg", "coffee.png", "brick.png", "grass.png", "ihc.png",
    "hubble_deep_field.jpg",
)  # fmt: skip
"""Of scikit-image, CC0 or public domain: used as prints on things."""
OWN_GOODS = tuple(name for name in CUTOUTS if not name.startswith("phone"))
"""Drawn kinds that composites use for training; phones and everything electronic are held out."""


def _label(rng: Rng) -> Sheet:
    if rng.random() < 0.3:
        picture, size = composite_pages.any_label(rng)
        return Sheet(picture, size, "label")
    names = INTERNATIONAL if rng.random() < 0.25 else DOMESTIC
    made = render_label(rng, str(rng.choice(list(names))), None)
    sheet = np.asarray(np.clip(np.rint(made.bgr * 0.82) + np.array((26, 27, 28)), 0, 255), np.uint8)
    high = sheet.shape[0]
    if rng.random() < 0.45:  # pre-printed stock and service bands
        ink = rng.integers(10, 235, 3).tolist()
        top = int(rng.uniform(0, 0.9) * high)
        band = sheet[top : top + int(rng.uniform(0.04, 0.14) * high)]
        band[:] = cv2.min(band, np.full_like(band, 255) * 0 + np.array(ink, np.uint8))
    if rng.random() < 0.25:
        paper = rng.uniform(0.72, 1.0, 3)
        sheet = np.clip(sheet * paper, 0, 255).astype(np.uint8)
    return Sheet(sheet, made.size_mm, "label", made.number)


def _own_thing(rng: Rng) -> Thing:
    name = OWN_GOODS[pick(rng, list(OWN_GOODS))]
    made = cutout(rng, name)
    small = cv2.resize(np.dstack([made.bgr, made.alpha]), (320, 320), interpolation=cv2.INTER_AREA)
    return Thing(name, np.asarray(small, np.uint8), made.side_mm, made.height_mm)


def _object(rng: Rng, *, held_out: bool) -> Thing | None:
    pool = assets.objects(held_out=held_out)
    if not pool:
        return None
    name, picture = pool[pick(rng, list(pool))]
    return Thing(name, picture, float(rng.uniform(80, 260)), float(rng.uniform(15, 80)))


def _cloth(rng: Rng) -> Field:
    """Any surface for any thing: (512, 512, 3) float32."""
    if rng.random() < 0.5:
        return skin(rng).astype(np.float32)
    kind = int(rng.integers(5))
    base = np.zeros((512, 512, 3), np.float32) + rng.uniform(15, 240, 3).astype(np.float32)
    if kind == 0:
        return np.asarray(
            base + noise(rng, int(rng.integers(4, 120)), side=512)[:, :, None] * rng.uniform(2, 22), np.float32
        )
    if kind == 1:
        ys, xs = np.mgrid[0:512, 0:512].astype(np.float32)
        wave = np.sin((xs * np.cos(k := rng.uniform(0, 3.14)) + ys * np.sin(k)) * rng.uniform(0.02, 0.3))
        return np.asarray(np.where(wave[:, :, None] > 0, base, rng.uniform(15, 240, 3)), np.float32)
    if kind == 2:
        art = shipped_picture(str(rng.choice(PICTURES)))
        if art is not None:
            side = int(rng.uniform(0.3, 0.9) * min(art.shape[:2]))
            y, x = int(rng.integers(art.shape[0] - side)), int(rng.integers(art.shape[1] - side))
            return np.asarray(cv2.resize(art[y : y + side, x : x + side], (512, 512)), np.float32)
    if kind == 3:
        part = texture(str(rng.choice(GROUNDS)), int(rng.integers(3)))[:512, :512].astype(np.float32)
        return np.asarray(part * rng.uniform(0.5, 1.2, 3).astype(np.float32), np.float32)
    return np.asarray(base + 6 * noise(rng, 90, side=512)[:, :, None], np.float32)


def _shape(rng: Rng) -> Thing:
    """A thing of no kind: a random outline blown up, with any surface, lettering at times."""
    mask = np.zeros((512, 512), np.uint8)
    kind = int(rng.integers(5))
    if kind == 0:  # a blob
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        waves = [rng.normal(0, 55 / k) * np.cos(k * angle + rng.uniform(0, 6.3)) for k in range(1, 6)]
        radius = 170 * rng.uniform(0.7, 1.2) + np.sum(waves, axis=0)
        squeeze = rng.uniform(0.35, 1.0)
        points = np.stack([256 + radius * np.cos(angle), 256 + squeeze * radius * np.sin(angle)], 1)
        cv2.fillPoly(mask, [points.clip(12, 500).astype(np.int32)], 255)
    elif kind == 1:  # tubes, bars and boards
        w, h = rng.uniform(40, 230), rng.uniform(120, 235)
        cv2.rectangle(mask, (int(256 - w), int(256 - h)), (int(256 + w), int(256 + h)), 255, -1)
        if rng.random() < 0.5:
            cv2.circle(mask, (256, int(256 - h)), int(min(w, h, 250 - h + 8)), 255, -1)
    elif kind == 2:  # several parts grown together
        for _ in range(int(rng.integers(2, 6))):
            at = (int(rng.integers(140, 372)), int(rng.integers(140, 372)))
            axes = (int(rng.integers(30, 120)), int(rng.integers(30, 120)))
            cv2.ellipse(mask, at, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
    elif kind == 3:  # slabs and packs: straight sides, corners more or less round
        w, h = rng.uniform(45, 230), rng.uniform(120, 240)
        corner = int(rng.uniform(0.02, 0.9) * min(w, h))
        cv2.rectangle(mask, (int(256 - w + corner), int(256 - h)), (int(256 + w - corner), int(256 + h)), 255, -1)
        cv2.rectangle(mask, (int(256 - w), int(256 - h + corner)), (int(256 + w), int(256 + h - corner)), 255, -1)
        for x, y in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
            cv2.circle(mask, (int(256 + x * (w - corner)), int(256 + y * (h - corner))), corner, 255, -1)
    else:  # a ring, a coil, a strap
        axes = (int(rng.integers(100, 200)), int(rng.integers(80, 200)))
        cv2.ellipse(mask, (256, 256), axes, 0, 0, 360, 255, int(rng.integers(18, 80)))
    roundness = float(rng.choice([0.08, 0.3, 0.7, 1.0]))
    height = relief(mask, roundness) + rng.uniform(0, 6) * noise(rng, int(rng.integers(5, 40)), side=512)
    colour = np.clip(_cloth(rng), 0, 255).astype(np.uint8)
    if kind == 3 and rng.random() < 0.5:  # a face set in a rim
        face = cv2.erode(mask, np.ones((int(rng.integers(5, 41)),) * 2, np.uint8))
        inner = skin(rng) if rng.random() < 0.5 else np.zeros_like(colour) + rng.integers(5, 250, 3).astype(np.uint8)
        colour = np.where(face[:, :, None] > 0, inner, colour)
    if rng.random() < (0.6 if kind == 3 else 0.3):
        words = "".join(rng.choice(list("ABEHKLMNORSTUX0123456789"), int(rng.integers(2, 9))))
        at = (int(rng.integers(60, 220)), int(rng.integers(160, 380)))
        cv2.putText(colour, words, at, cv2.FONT_HERSHEY_DUPLEX, rng.uniform(1, 3.2), rng.uniform(0, 255, 3).tolist(), 4)
    lit = shaded(colour.astype(np.float32), np.asarray(height, np.float32), rng, float(rng.uniform(0, 0.6)))
    bgra = np.dstack([lit, cv2.GaussianBlur(mask, (0, 0), 1.0)])
    small = cv2.resize(bgra, (320, 320), interpolation=cv2.INTER_AREA)
    return Thing("shape", np.asarray(small, np.uint8), float(rng.uniform(60, 280)), float(rng.uniform(5, 90)))


_OWN, _SHAPES, _LABELS = Kept(_own_thing, 120), Kept(_shape, 500), Kept(_label, 300)


def _thing(rng: Rng) -> Thing:
    draw = rng.random()
    made: Thing | None = None
    if draw < 0.42:
        made = _object(rng, held_out=False)
    elif draw < 0.68:
        made = _SHAPES(rng)
    if made is None:
        made = _OWN(rng)
    assert made is not None
    bgra = made.bgra
    if rng.random() < 0.8:
        bgra = np.dstack([retinted(np.ascontiguousarray(bgra[:, :, :3]), rng), bgra[:, :, 3]])
    return Thing(made.name, bgra, made.side_mm * float(rng.uniform(0.8, 1.2)), made.height_mm)


def _make_page(rng: Rng) -> Sheet:
    """Paper and screens that are no waybill: newspapers, letters, receipts, pictures, tracking pages."""
    if rng.random() < 0.65:
        return Sheet(*composite_pages.page(rng))
    kind = int(rng.integers(6))
    if kind == 0:
        y, x = int(rng.integers(300)), int(rng.integers(400))
        sheet = texture("newspaper", int(rng.integers(3)))[y : y + 700, x : x + 500].copy()
        return Sheet(sheet, (float(rng.uniform(100, 210)),) * 2, "newspaper")
    if kind == 1:
        return Sheet(
            parcels.tabletop_screen(rng), (float(rng.uniform(70, 140)), float(rng.uniform(140, 200))), "screen"
        )
    if kind == 2:  # a waybill on a screen is no waybill
        label = _LABELS(rng)
        screen = np.full((1000, 620, 3), rng.integers(0, 255), np.uint8)
        inner = cv2.resize(label.bgr, (540, 760), interpolation=cv2.INTER_AREA)
        screen[120:880, 40:580] = inner
        blueish = np.array((18, 0, 0))
        screen = np.clip(np.rint(screen * 0.85) + blueish, 0, 255).astype(np.uint8)
        cv2.rectangle(screen, (0, 0), (619, 999), (15, 15, 15), 26)
        return Sheet(np.asarray(screen, np.uint8), (78.0, 160.0), "screen")
    wide, high = int(rng.integers(220, 560)), int(rng.integers(300, 760))
    sheet = np.full((high, wide, 3), rng.integers(205, 250), np.uint8)
    y = 20
    while y < high - 20:
        step = int(rng.integers(10, 26))
        if rng.random() < 0.75:
            for x in range(16, int(wide * rng.uniform(0.4, 0.95)), 11):
                if rng.random() < 0.8:
                    cv2.rectangle(sheet, (x, y), (x + 7, y + step // 2), (60, 60, 60), -1 if rng.random() < 0.4 else 1)
        y += step
    if kind == 4:
        art = np.clip(_cloth(rng), 0, 255).astype(np.uint8)
        room = sheet[high // 4 : high // 4 * 3, wide // 8 : wide // 8 * 7]
        room[:] = cv2.resize(art, (room.shape[1], room.shape[0]))
    if kind == 5:  # a goods sticker or coupon with a small code
        sheet = sheet[: high // 3]
        for x in range(int(wide * 0.2), int(wide * 0.6), 5):
            cv2.line(sheet, (x, high // 9), (x, high // 5), (30, 30, 30), int(rng.integers(1, 4)))
    size = float(rng.uniform(40, 210))
    return Sheet(sheet, (size, size * sheet.shape[0] / sheet.shape[1]), "page")


_PAGES = Kept(_make_page, 400)


TABLES = tuple(name for name in GROUNDS if name != "cardboard")
"""Plain board without an edge in view is a parcel: nobody could tell it from a table of board."""


def _make_ground(rng: Rng) -> Picture:
    if rng.random() < 0.3:
        return worn(rng, skin(rng)) if rng.random() < 0.3 else skin(rng)
    kind = int(rng.integers(8))
    if kind < 4:
        made = texture(str(rng.choice(TABLES)), int(rng.integers(3))).copy()
        return retinted(made, rng, 0.7)
    if kind == 4:
        name = str(rng.choice(["gravel.png", "brick.png", "grass.png"]))
        art = shipped_picture(name)
        if art is not None:
            return retinted(np.asarray(art * rng.uniform(0.6, 1.1, 3), np.uint8), rng, 0.6)
    if kind == 5:  # a print: carpets, oilcloth, bed linen
        ys, xs = np.mgrid[0:512, 0:512].astype(np.float32)
        cell = rng.uniform(24, 110)
        inner = (np.sin(xs * 6.283 / cell) + np.sin(ys * 6.283 / cell) + 0.4 * noise(rng, 30, side=512)) > rng.uniform(
            0, 1.2
        )
        one, two = rng.uniform(20, 235, 3), rng.uniform(20, 235, 3)
        return np.asarray(
            np.clip(np.where(inner[:, :, None], one, two) + 4 * noise(rng, 200, side=512)[:, :, None], 0, 255), np.uint8
        )
    if kind == 6:
        return np.asarray(np.clip(_cloth(rng), 0, 255), np.uint8)
    flat = (
        rng.uniform(20, 245, 3)
        + 3 * noise(rng, 3, side=512)[:, :, None]
        + rng.uniform(0.5, 5) * noise(rng, 250, side=512)[:, :, None]
    )
    return np.asarray(np.clip(flat, 0, 255), np.uint8)


_GROUNDS = Kept(_make_ground, 300)


_INTERIORS = Kept(interior, 150)


def _room(rng: Rng) -> Picture | None:
    return _INTERIORS(rng) if rng.random() < 0.5 else room_behind(rng)


def _board(rng: Rng, width: float, height: float) -> Picture:
    """A carton's face in any colour of board, with tape and print at times."""
    if rng.random() < 0.4:
        return _printed_board(rng, width, height)
    box = (width, height, 60.0)
    top: Picture = parcels.carton_faces(rng, box)["top"]
    top = np.asarray(cv2.resize(top, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    if rng.random() < 0.3:
        top = worn(rng, top)
    if rng.random() < 0.35:
        top = np.clip(top.astype(np.float32) * rng.uniform(0.5, 1.5, 3), 0, 255).astype(np.uint8)
    if rng.random() < 0.15:  # white board
        top = np.clip(top.astype(np.float32) * 0.35 + 150, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:  # marks that are no label: a logo, a symbol, a square code, a sticker
        high, wide = top.shape[:2]
        w, h = int(rng.uniform(0.08, 0.3) * wide) + 2, int(rng.uniform(0.08, 0.3) * high) + 2
        x, y = int(rng.integers(max(1, wide - w))), int(rng.integers(max(1, high - h)))
        kind = int(rng.integers(4))
        ink = rng.uniform(0, 255, 3).tolist()
        if kind == 0:
            words = "".join(rng.choice(list("ACEGMNOQRSTVX"), 7))
            cv2.putText(top, words, (x, y + h), cv2.FONT_HERSHEY_DUPLEX, rng.uniform(0.7, 3), ink, 5)
        elif kind == 1:
            cells = (rng.random((7, 7)) > 0.5).astype(np.uint8) * 235
            code = cv2.resize(cells, (w, w), interpolation=cv2.INTER_NEAREST)[: high - y, : wide - x]
            top[y : y + code.shape[0], x : x + code.shape[1]] = code[:, :, None]
        elif kind == 2:
            cv2.rectangle(top, (x, y), (x + w, y + h), ink, -1)
        else:
            cv2.circle(top, (x + w // 2, y + h // 2), min(w, h) // 2, ink, int(rng.integers(2, 8)))
    return np.asarray(top, np.uint8)


_SKINS = Kept(skin, 200)


def _printed_board(rng: Rng, width: float, height: float) -> Picture:
    """A carton's face printed all over, with a seam and tape as a carton has them."""
    art = _SKINS(rng)
    side = int(rng.integers(200, 513))
    y, x = (int(v) for v in rng.integers(0, 513 - side, 2))
    size = (max(8, round(width * 2)), max(8, round(height * 2)))
    face = np.asarray(cv2.resize(art[y : y + side, x : x + side], size), np.uint8)
    if rng.random() < 0.7:
        middle, half = size[1] // 2, max(2, round(rng.uniform(20, 32) * 2))
        strip = face[max(0, middle - half) : middle + half]
        ink = rng.choice(np.array([(70, 130, 180), (205, 215, 220), (120, 170, 200), (60, 60, 60)]))
        weight = float(rng.uniform(0.1, 0.8))
        strip[:] = (strip * (1 - weight) + ink * weight).astype(np.uint8)
        face[middle : middle + 2] = (face[middle : middle + 2] * 0.5).astype(np.uint8)
    return worn(rng, face) if rng.random() < 0.4 else face


def _make_mailer(rng: Rng) -> tuple[Picture, Picture]:
    sides = float(rng.uniform(200, 320)), float(rng.uniform(220, 380))
    return parcels.mailer(rng, *sides, print_=skin(rng) if rng.random() < 0.5 else None)


_MAILERS = Kept(_make_mailer, 140)


def _mailer(rng: Rng, width: float, height: float) -> tuple[Picture, Picture]:
    bgr, alpha = _MAILERS(rng)
    return (retinted(bgr, rng, 0.6) if rng.random() < 0.6 else bgr), alpha


DEVELOPMENT = Parts(
    label=_LABELS,
    thing=_thing,
    page=_PAGES,
    ground=_GROUNDS,
    room=_room,
    board=_board,
    mailer=_mailer,
)


_STICKERS = Kept(composite_pages.page, 300)


def _stuck_on(rng: Rng, face: Picture, width: float, papers: Kept[composite_pages.Made] = _STICKERS) -> Picture:
    """A face (of ``width`` mm) with printed paper on it that is no waybill: product and price stickers, slips, notes.

    Without these, whatever printed thing is stuck on a parcel is a label in this world.
    """
    face = face.copy()
    high, wide = face.shape[:2]
    for _ in range(int(rng.choice([1, 1, 2]))):
        art, size_mm, _name = papers(rng)
        across = float(np.clip(size_mm[0] * rng.uniform(0.5, 1.0) / width, 0.08, 0.7)) * wide
        w, h = round(across), round(across * art.shape[0] / art.shape[1])
        if rng.random() < 0.25:
            art, w, h = np.asarray(np.rot90(art), np.uint8), h, w
        shrink = min(1.0, 0.9 * high / h, 0.9 * wide / w)
        w, h = max(4, round(w * shrink)), max(4, round(h * shrink))
        x, y = int(rng.integers(max(1, wide - w))), int(rng.integers(max(1, high - h)))
        room = face[y : y + h, x : x + w]
        room[:] = cv2.resize(art, room.shape[1::-1], interpolation=cv2.INTER_AREA)
    return face


def _stickered_board(rng: Rng, width: float, height: float) -> Picture:
    face = _board(rng, width, height)
    return _stuck_on(rng, face, width) if rng.random() < 0.5 and min(face.shape[:2]) > 24 else face


def _stickered_mailer(rng: Rng, width: float, height: float) -> tuple[Picture, Picture]:
    bgr, alpha = _mailer(rng, width, height)
    return (_stuck_on(rng, bgr, width) if rng.random() < 0.4 else bgr), alpha


STICKERED = replace(DEVELOPMENT, board=_stickered_board, mailer=_stickered_mailer)
"""The development world whose parcels carry other paper besides labels."""


def _make_pack(rng: Rng) -> Thing:
    return Thing("pack", composite_packs.pack(rng), float(rng.uniform(80, 280)), float(rng.uniform(10, 90)))


def _make_paper(rng: Rng) -> Sheet:
    return Sheet(*(composite_packs.sticker(rng) if rng.random() < 0.25 else composite_packs.ruled_paper(rng)))


_PACKS, _PAPERS = Kept(_make_pack, 400), Kept(_make_paper, 300)
_OWN_STICKERS = Kept(composite_packs.sticker, 200)


def _wider_thing(rng: Rng) -> Thing:
    if rng.random() > 0.27:
        return _thing(rng)
    made = _PACKS(rng)
    bgr = retinted(np.ascontiguousarray(made.bgra[:, :, :3]), rng, 0.6)
    return replace(made, bgra=np.dstack([bgr, made.bgra[:, :, 3]]))


def _wider_page(rng: Rng) -> Sheet:
    return _PAPERS(rng) if rng.random() < 0.45 else _PAGES(rng)


def _wider_board(rng: Rng, width: float, height: float) -> Picture:
    face = _board(rng, width, height)
    if rng.random() < 0.45 or min(face.shape[:2]) <= 24:
        return face
    return _stuck_on(rng, face, width, _OWN_STICKERS if rng.random() < 0.55 else _STICKERS)


def _wider_mailer(rng: Rng, width: float, height: float) -> tuple[Picture, Picture]:
    bgr, alpha = _mailer(rng, width, height)
    if rng.random() < 0.5:
        return bgr, alpha
    return _stuck_on(rng, bgr, width, _OWN_STICKERS if rng.random() < 0.5 else _STICKERS), alpha


WIDER = replace(DEVELOPMENT, thing=_wider_thing, page=_wider_page, board=_wider_board, mailer=_wider_mailer)
"""The development world with packaged goods, ruled papers and product stickers: print, rules, codes on everything."""


def development(rng: Rng, every: Parts = DEVELOPMENT) -> Parts:
    """One picture's parts: mostly everything, at times goods and ground of one tone, pale on pale or dark on dark."""
    if rng.random() > 0.08:
        return every
    pale = bool(rng.random() < 0.5)
    tone = rng.uniform(185, 245, 3) if pale else rng.uniform(12, 55, 3)

    def thing(rng: Rng) -> Thing:
        made = DEVELOPMENT.thing(rng)
        grey = made.bgra[:, :, :3].mean(2, keepdims=True)
        spread = (grey - grey.mean()) * rng.uniform(0.2, 0.6)
        bgr = np.clip(tone * rng.uniform(0.85, 1.1) + spread, 0, 255).astype(np.uint8)
        return replace(made, bgra=np.dstack([bgr, made.bgra[:, :, 3]]))

    def ground(rng: Rng) -> Picture:
        art = DEVELOPMENT.ground(rng).astype(np.float32)
        return np.asarray(np.clip(tone + (art - art.mean((0, 1))) * rng.uniform(0.05, 0.4), 0, 255), np.uint8)

    return replace(every, thing=thing, ground=ground)
