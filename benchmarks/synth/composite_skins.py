"""Surfaces of the development world in any print, colour and state: for cartons, mailers, grounds, goods and rooms.

A detector that knows parcels by plain board and film takes a marbled bag for goods. Here nothing but shape, seams,
folds and what lies on what tells the kinds apart.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.synth import composite_assets as assets
from benchmarks.synth.fonts import font
from benchmarks.synth.optics import Picture
from benchmarks.synth.surfaces import GROUNDS, Field, noise, octaves, shipped_picture, texture

Rng = np.random.Generator
SIDE = 512
PHOTOGRAPHS = (
    "astronaut.png", "chelsea.png", "rocket.jpg", "coffee.png", "brick.png", "grass.png", "ihc.png", "gravel.png",
    "hubble_deep_field.jpg",
)  # fmt: skip
"""Of scikit-image, CC0 or public domain."""
WORDS = (
    "云岭优选", "新品上市", "NORDIC", "Hello", "满199减30", "MILANO", "小满家居", "SALE", "FRESH", "谢谢惠顾", "KOMO",
)  # fmt: skip


def _colours(rng: Rng, count: int) -> Field:
    """Colours that go together: (count, 3) float32, from one pale or deep family or from anywhere."""
    if rng.random() < 0.4:
        return np.asarray(rng.uniform(10, 250, (count, 3)), np.float32)
    base, spread = rng.uniform(15, 240, 3), rng.uniform(12, 60)
    return np.asarray(np.clip(base + rng.normal(0, spread, (count, 3)), 4, 252), np.float32)


def _grid(rng: Rng) -> tuple[Field, Field]:
    """Turned pixel positions (SIDE, SIDE) along two axes."""
    ys, xs = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    turn = float(rng.choice([0, np.pi / 2, np.pi / 4, rng.uniform(0, np.pi)]))
    return xs * np.cos(turn) + ys * np.sin(turn), ys * np.cos(turn) - xs * np.sin(turn)


def _plain(rng: Rng) -> Field:
    flat = np.zeros((SIDE, SIDE, 3), np.float32) + _colours(rng, 1)[0]
    grain = noise(rng, int(rng.choice([60, 200, 256])), side=SIDE)[:, :, None] * rng.uniform(0.5, 8)
    return np.asarray(flat + grain + noise(rng, 4, side=SIDE)[:, :, None] * rng.uniform(0, 9), np.float32)


def _stripes(rng: Rng) -> Field:
    along, _ = _grid(rng)
    colours = _colours(rng, int(rng.integers(2, 5)))
    widths = rng.uniform(4, 60, len(colours)).astype(np.float32)
    place = along % widths.sum()
    made = np.zeros((SIDE, SIDE, 3), np.float32)
    for index, end in enumerate(np.cumsum(widths)):
        made[(place >= end - widths[index]) & (place <= end)] = colours[index]
    return made


def _repeated(rng: Rng) -> Field:
    """Checks, dots, rings, diamonds on a grid."""
    u, v = _grid(rng)
    cell = float(rng.uniform(14, 110))
    u, v = (u % cell) / cell - 0.5, (v % cell) / cell - 0.5
    size = float(rng.uniform(0.15, 0.45))
    inside = [
        np.abs(u) < size, u * u + v * v < size * size, np.abs(u) + np.abs(v) < size,
        np.abs(np.hypot(u, v) - size) < 0.07, (np.abs(u) < 0.08) | (np.abs(v) < 0.08), u * v > 0,
    ][int(rng.integers(6))]  # fmt: skip
    one, two = _colours(rng, 2)
    return np.asarray(np.where(inside[:, :, None], one, two), np.float32)


def _marbled(rng: Rng) -> Field:
    """Noise bent by noise and mapped onto a ramp of colours."""
    ys, xs = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    bend = float(rng.uniform(15, 90))
    dx, dy = (noise(rng, int(rng.integers(2, 7)), side=SIDE) * bend for _ in range(2))
    base = octaves(rng, int(rng.integers(2, 8)), int(rng.integers(2, 6)), side=SIDE)
    bent = cv2.remap(base, xs + dx, ys + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    if rng.random() < 0.6:
        bent = np.sin(bent * rng.uniform(1, 5)) if rng.random() < 0.5 else np.abs(bent)
    place = (bent - bent.min()) / max(1e-6, float(bent.max() - bent.min()))
    colours = _colours(rng, int(rng.integers(2, 6)))
    stops = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(place, stops, colours[:, i]) for i in range(3)], 2).astype(np.float32)


def _blotches(rng: Rng) -> Field:
    """Camouflage, cow hide, terrazzo."""
    made = np.zeros((SIDE, SIDE, 3), np.float32) + _colours(rng, 1)[0]
    for colour in _colours(rng, int(rng.integers(1, 4))):
        made[noise(rng, int(rng.integers(4, 40)), side=SIDE) > rng.uniform(0.2, 1.4)] = colour
    return np.asarray(made, np.float32)


def _polygons(rng: Rng) -> Field:
    made = np.zeros((SIDE, SIDE, 3), np.float32) + _colours(rng, 1)[0]
    for colour in _colours(rng, int(rng.integers(4, 40))):
        middle, reach = rng.uniform(0, SIDE, 2), rng.uniform(20, 200)
        points = (middle + rng.normal(0, reach, (int(rng.integers(3, 6)), 2))).astype(np.int32)
        cv2.fillPoly(made, [points], colour.tolist(), cv2.LINE_AA)
    return np.asarray(made, np.float32)


def _faded(rng: Rng) -> Field:
    along, across = _grid(rng)
    place = along if rng.random() < 0.6 else np.hypot(along - rng.uniform(0, SIDE), across - rng.uniform(0, SIDE))
    place = (place - place.min()) / max(1.0, float(place.max() - place.min()))
    low, high = _colours(rng, 2)
    return np.asarray(low + (high - low) * place[:, :, None], np.float32)


@lru_cache(maxsize=1)
def _motifs() -> tuple[Picture, ...]:
    """Small pictures (64, 64, 4) that prints repeat."""
    return tuple(
        np.asarray(cv2.resize(bgra, (64, 64), interpolation=cv2.INTER_AREA), np.uint8)
        for _, bgra in assets.objects(held_out=False)[::3]
    )


def _motif(rng: Rng) -> Field:
    """Little pictures scattered or in rows, as on wrapping paper and toddlers' bags."""
    made = _faded(rng) if rng.random() < 0.4 else _plain(rng)
    pool = _motifs()
    if not pool:
        return _repeated(rng)
    chosen = [pool[int(rng.integers(len(pool)))] for _ in range(int(rng.integers(1, 4)))]
    step, size = int(rng.integers(40, 150)), int(rng.integers(24, 80))
    ink = _colours(rng, 1)[0] if rng.random() < 0.5 else None
    for row, y in enumerate(range(0, SIDE - size, step)):
        for x in range((row % 2) * step // 2, SIDE - size, step):
            one = cv2.resize(chosen[(x + y) // step % len(chosen)], (size, size), interpolation=cv2.INTER_AREA)
            weight = one[:, :, 3:].astype(np.float32) / 255
            area = made[y : y + size, x : x + size]
            area[:] = area * (1 - weight) + (one[:, :, :3] if ink is None else ink) * weight
    return made


def _lettered(rng: Rng) -> Field:
    """A brand's name in rows, or large across everything."""
    ground, ink = _colours(rng, 2)
    image = Image.new("L", (SIDE, SIDE), 0)
    draw = ImageDraw.Draw(image)
    size = int(rng.integers(18, 130))
    words = str(rng.choice(list(WORDS)))
    for row, y in enumerate(range(-size, SIDE, int(size * rng.uniform(1.1, 3.5)))):
        for x in range(-(row % 2) * size, SIDE, int(size * (len(words) * 0.8 + rng.uniform(0.4, 4)))):
            draw.text((x, y), words, fill=255, font=font("cjk", size))
    mask = np.asarray(image.rotate(float(rng.choice([0, 0, 90, rng.uniform(0, 360)]))), np.float32)[:, :, None] / 255
    return np.asarray(ground * (1 - mask) + ink * mask, np.float32)


def _photograph(rng: Rng) -> Field:
    rooms = assets.rooms(held_out=False)
    if rooms and rng.random() < 0.4:
        art: Picture | None = rooms[int(rng.integers(len(rooms)))]
    else:
        art = shipped_picture(str(rng.choice(PHOTOGRAPHS)))
    if art is None:
        return _marbled(rng)
    if art.ndim == 2:
        art = np.asarray(cv2.cvtColor(art, cv2.COLOR_GRAY2BGR), np.uint8)
    side = int(rng.uniform(0.3, 0.95) * min(art.shape[:2]))
    y, x = int(rng.integers(art.shape[0] - side)), int(rng.integers(art.shape[1] - side))
    return np.asarray(cv2.resize(art[y : y + side, x : x + side], (SIDE, SIDE)) * rng.uniform(0.6, 1.2, 3), np.float32)


def _known(rng: Rng) -> Field:
    part = texture(str(rng.choice([name for name in GROUNDS if name != "cardboard"])), int(rng.integers(3)))
    zoom = int(rng.choice([512, 768, 1024]))
    return np.asarray(cv2.resize(part[:zoom, :zoom], (SIDE, SIDE)) * rng.uniform(0.5, 1.2, 3), np.float32)


SKINS: tuple[Callable[[Rng], Field], ...] = (
    _plain, _stripes, _repeated, _marbled, _blotches, _polygons, _faded, _motif, _lettered, _photograph, _known,
)  # fmt: skip


def skin(rng: Rng) -> Picture:
    """Any surface, at times two of them mixed, flat or with a grain: (512, 512, 3)."""
    made = SKINS[int(rng.integers(len(SKINS)))](rng)
    if rng.random() < 0.25:
        other = SKINS[int(rng.integers(len(SKINS)))](rng)
        if rng.random() < 0.5:
            made = made * (k := float(rng.uniform(0.3, 0.8))) + other * (1 - k)
        else:
            along, _ = _grid(rng)
            made = np.where((along > np.percentile(along, rng.uniform(20, 80)))[:, :, None], made, other)
    if rng.random() < 0.5:
        made = made + noise(rng, 256, side=SIDE)[:, :, None] * rng.uniform(1, 10)
    if rng.random() < 0.3:  # pale, as unbleached board prints
        made = made * (k := float(rng.uniform(0.25, 0.7))) + rng.uniform(120, 235) * (1 - k)
    if rng.random() < 0.45:  # most things at home are greyer than a colour wheel
        grey = made.mean(2, keepdims=True)
        made = grey + (made - grey) * rng.uniform(0.05, 0.6)
    return np.asarray(np.clip(made, 0, 255), np.uint8)


def worn(rng: Rng, picture: Picture) -> Picture:
    """Stains, scratches, dents, torn patches and strips of any tape on a face."""
    high, wide = picture.shape[:2]
    made = picture.astype(np.float32)
    if rng.random() < 0.5:
        stain = cv2.resize(octaves(rng, 2, 3, side=64), (wide, high), interpolation=cv2.INTER_CUBIC)
        made *= 1 - np.clip(stain - rng.uniform(0, 1.2), 0, 1)[:, :, None] * rng.uniform(0.1, 0.5)
    for _ in range(int(rng.integers(0, 9))):
        one = rng.uniform(0, 1, 2) * (wide, high)
        two = one + rng.normal(0, 0.25, 2) * max(wide, high)
        tone = float(rng.uniform(0.5, 1.4))
        line = np.zeros((high, wide), np.uint8)
        ends = [(int(x), int(y)) for x, y in (one, two)]
        cv2.line(line, ends[0], ends[1], 255, max(1, int(rng.uniform(0.002, 0.01) * wide)))
        made *= 1 + (tone - 1) * (line[:, :, None] / 255.0)
    if rng.random() < 0.25:  # a torn patch shows the board's grey inside
        middle = rng.uniform(0, 1, 2) * (wide, high)
        points = middle + rng.normal(0, 0.08, (9, 2)) * (wide, high)
        torn = cv2.convexHull(points.astype(np.int32))
        cv2.fillPoly(made, [torn], (rng.uniform(0.7, 1.1) * np.array((130, 150, 165))).tolist())
    for _ in range(int(rng.choice([0, 0, 1, 1, 2]))):
        colour = np.array([(70, 130, 180), (225, 230, 232), (40, 40, 200), (60, 160, 60), (30, 30, 30)])[
            int(rng.integers(5))
        ]
        band = int(max(3, rng.uniform(0.06, 0.2) * min(high, wide)))
        at = int(rng.uniform(0, 1) * ((high if (flat := rng.random() < 0.6) else wide) - band))
        part = made[at : at + band] if flat else made[:, at : at + band]
        part[:] = part * (k := float(rng.uniform(0.2, 0.9))) + colour * (1 - k)
    return np.asarray(np.clip(made, 0, 255), np.uint8)


# --- what stands behind ----------------------------------------------------------------------------------------


def _fence(rng: Rng) -> Field:
    """Slats, bars, blinds, a grille: with something seen between."""
    behind = skin(rng).astype(np.float32) * rng.uniform(0.3, 1)
    along, across = _grid(rng)
    step = float(rng.uniform(10, 90))
    bar = (along % step) < step * rng.uniform(0.15, 0.85)
    if rng.random() < 0.35:
        bar |= (across % (step * rng.uniform(1, 5))) < step * rng.uniform(0.1, 0.5)
    shade = 0.8 + 0.35 * np.sin((along % step) / step * np.pi)
    return np.asarray(np.where(bar[:, :, None], _colours(rng, 1)[0] * shade[:, :, None], behind), np.float32)


def _shelf(rng: Rng) -> Field:
    """Boards with rows of spines, boxes or nothing on them."""
    made = np.zeros((SIDE, SIDE, 3), np.float32) + _colours(rng, 1)[0]
    made += noise(rng, 5, side=SIDE)[:, :, None] * 5
    board = _colours(rng, 1)[0]
    y = int(rng.integers(20, 90))
    while y < SIDE:
        floor = min(SIDE, y + int(rng.integers(60, 190)))
        x = 0
        while x < SIDE:
            wide = int(rng.integers(8, 90))
            if rng.random() < 0.7:
                top = int(floor - rng.uniform(0.3, 0.95) * (floor - y))
                cv2.rectangle(made, (x, top), (x + wide - 2, floor), rng.uniform(10, 245, 3).tolist(), -1)
                if rng.random() < 0.3:
                    cv2.rectangle(
                        made, (x + 2, top + 4), (x + wide - 4, top + 16), rng.uniform(10, 245, 3).tolist(), -1
                    )
            x += wide
        cv2.rectangle(made, (0, floor), (SIDE, floor + int(rng.integers(4, 16))), board.tolist(), -1)
        y = floor + 16
    return np.asarray(made * np.linspace(1, rng.uniform(0.5, 1), SIDE)[:, None, None], np.float32)


def _door(rng: Rng) -> Field:
    """Doors, wardrobes, windows and drawers: panels within panels, handles."""
    made = _plain(rng)
    columns, rows = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    ink = _colours(rng, 1)[0]
    glass = rng.random() < 0.35
    pane = skin(rng).astype(np.float32) if glass else None
    for i in range(columns):
        for j in range(rows):
            x0, x1 = (int((i + k) * SIDE / columns) + s for k, s in ((0.06, 0), (0.94, 0)))
            y0, y1 = (int((j + k) * SIDE / rows) for k in (0.05, 0.95))
            if pane is not None:
                made[y0:y1, x0:x1] = pane[y0:y1, x0:x1]
            cv2.rectangle(made, (x0, y0), (x1, y1), ink.tolist(), int(rng.integers(1, 9)))
            if rng.random() < 0.4:
                at = (x0 + int(rng.uniform(0.05, 0.95) * (x1 - x0)), (y0 + y1) // 2)
                cv2.ellipse(made, at, (int(rng.integers(2, 8)), int(rng.integers(2, 26))), 0, 0, 360, (60,) * 3, -1)
    return made


def _curtain(rng: Rng) -> Field:
    """Cloth in folds, or a sofa's cushions."""
    along, _ = _grid(rng)
    wave = np.sin((along + noise(rng, 3, side=SIDE) * rng.uniform(4, 30)) * 6.283 / rng.uniform(20, 120))
    return np.asarray(skin(rng) * (1 + 0.3 * wave[:, :, None]), np.float32)


def _tiles(rng: Rng) -> Field:
    """A tiled or brick wall."""
    ys, xs = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    wide, high = rng.uniform(20, 130), rng.uniform(16, 110)
    row = np.floor(ys / high)
    xs = xs + (row % 2) * wide / 2 * float(rng.random() < 0.5)
    joint = ((xs % wide) < rng.uniform(1, 6)) | ((ys % high) < rng.uniform(1, 6))
    tone = (np.sin(np.floor(xs / wide) * 12.9898 + row * 78.233) * 43758.5453) % 1
    one, two = _colours(rng, 2)
    made = one * (1 + (tone[:, :, None] - 0.5) * rng.uniform(0, 0.5))
    return np.asarray(np.where(joint[:, :, None], two, made), np.float32)


INTERIORS = (_fence, _shelf, _door, _curtain, _tiles)


def interior(rng: Rng) -> Picture:
    """Something that stands behind a table, seen from the front, out of focus at times: (512, 512, 3)."""
    made = INTERIORS[int(rng.integers(len(INTERIORS)))](rng)
    if rng.random() < 0.35:  # two storeys: a wall above a cupboard
        other = INTERIORS[int(rng.integers(len(INTERIORS)))](rng)
        at = int(rng.uniform(0.2, 0.8) * SIDE)
        made = np.vstack([made[:at], other[at:]])
    zoom = float(rng.uniform(0.4, 1.0))
    part = np.clip(made[: int(SIDE * zoom), : int(SIDE * zoom)] * rng.uniform(0.4, 1.15), 0, 255).astype(np.uint8)
    lean = rng.uniform(0, 0.25, 4) * SIDE * zoom
    far = SIDE * zoom
    source = np.array([[0, lean[0]], [far, lean[1]], [far, far - lean[2]], [0, far - lean[3]]], np.float32)
    target = np.array([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]], np.float32)
    turned = cv2.warpPerspective(part, cv2.getPerspectiveTransform(source, target), (SIDE, SIDE), borderMode=4)
    if rng.random() < 0.6:
        turned = cv2.GaussianBlur(turned, (0, 0), float(rng.uniform(0.5, 5)))
    return np.asarray(turned, np.uint8)
