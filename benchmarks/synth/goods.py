"""Things people send back, as cut-out pictures seen from above: colour and opacity.

Most are silhouettes blown up to a relief and shaded; the coffee cup is a photograph (CC0) that scikit-image ships.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

from benchmarks.synth.cutouts import (
    SIDE,
    Cutout,
    mask_of,
    print_on,
    ramp,
    relief,
    rounded,
    shaded,
    smooth_outline,
    soft,
)
from benchmarks.synth.surfaces import Picture, noise, shipped_picture, texture


def _fruit(rng: np.random.Generator, name: str) -> Cutout:
    outline = {
        "apple": [
            (0.5, 0.14),
            (0.72, 0.1),
            (0.93, 0.3),
            (0.92, 0.62),
            (0.7, 0.94),
            (0.5, 0.9),
            (0.3, 0.94),
            (0.08, 0.62),
            (0.07, 0.3),
            (0.28, 0.1),
        ],
        "orange": [
            (0.5, 0.06),
            (0.82, 0.14),
            (0.95, 0.5),
            (0.82, 0.86),
            (0.5, 0.95),
            (0.18, 0.86),
            (0.05, 0.5),
            (0.18, 0.14),
        ],
        "pear": [
            (0.5, 0.03),
            (0.64, 0.12),
            (0.68, 0.36),
            (0.9, 0.6),
            (0.86, 0.88),
            (0.5, 0.98),
            (0.14, 0.88),
            (0.1, 0.6),
            (0.32, 0.36),
            (0.36, 0.12),
        ],
    }[name]
    outline = [(x + rng.normal(0, 0.012), y + rng.normal(0, 0.012)) for x, y in outline]
    mask = mask_of(lambda m: cv2.fillPoly(m, [smooth_outline(outline)], 255))
    height = relief(mask)
    fine, broad = noise(rng, 128, side=SIDE), noise(rng, 5, side=SIDE)
    if name == "apple":
        streaks = noise(rng, 4, cells_x=48, side=SIDE)
        colour = ramp((60, 150, 190), (36, 32, 170), 0.62 + 0.2 * streaks + 0.2 * broad)
        colour[fine > 2.1] *= 1.25
        cv2.ellipse(colour, (256, 92), (56, 26), 0, 0, 360, (30, 70, 110), -1, cv2.LINE_AA)
        colour = np.array(cv2.GaussianBlur(colour, (0, 0), 3), np.float32)
        cv2.line(colour, (256, 96), (270, 40), (30, 50, 70), 9, cv2.LINE_AA)
        cv2.line(mask, (256, 96), (270, 40), 255, 9)
        gloss = 0.5
    elif name == "orange":
        height = height + 1.1 * fine
        colour = ramp((20, 110, 225), (40, 150, 245), 0.5 + 0.25 * broad)
        cv2.circle(colour, (285, 235), 9, (50, 110, 90), -1, cv2.LINE_AA)
        gloss = 0.3
    else:
        colour = ramp((80, 180, 190), (90, 205, 215), 0.5 + 0.3 * broad)
        colour[fine > 1.7] *= 0.82
        cv2.line(colour, (256, 40), (275, 4), (30, 50, 70), 8, cv2.LINE_AA)
        gloss = 0.25
    if rng.random() < 0.45:  # a rotten spot: what such claims are about
        spot = (int(rng.integers(170, 340)), int(rng.integers(200, 380)))
        decay = np.zeros((SIDE, SIDE), np.float32)
        cv2.circle(decay, spot, int(rng.integers(35, 80)), 1.0, -1)
        decay = cv2.GaussianBlur(decay, (0, 0), 9) * np.clip(0.85 + 0.2 * noise(rng, 40, side=SIDE), 0, 1)
        colour = colour * (1 - decay[:, :, None]) + np.array((30, 48, 72), np.float32) * decay[:, :, None]
    return Cutout(name, shaded(colour, height, rng, gloss), soft(mask), float(rng.uniform(66, 95)), 70)


def _phone(rng: np.random.Generator, cracked: bool) -> Cutout:
    mask = mask_of(lambda m: cv2.fillPoly(m, [rounded(148, 26, 364, 486, 34)], 255))
    colour = np.full((SIDE, SIDE, 3), rng.integers(28, 60), np.float32)
    wall = shipped_picture(str(rng.choice(["chelsea.png", "rocket.jpg"]))) if rng.random() < 0.5 else None
    screen = np.full((444, 200, 3), (16, 14, 14), np.uint8)
    if wall is not None:
        side = min(wall.shape[:2])
        screen = np.array(cv2.resize(wall[:side, : max(1, side * 200 // 444)], (200, 444)), np.uint8)
    colour[34:478, 156:356] = screen
    sheen = np.clip(noise(rng, 3, side=SIDE), 0, 2)
    colour[34:478, 156:356] += 14 * sheen[34:478, 156:356, None] + np.linspace(0, 34, 200)[None, :, None]
    cv2.circle(colour, (256, 50), 6, (8, 8, 8), -1, cv2.LINE_AA)
    if cracked:
        hit = np.array((rng.uniform(190, 320), rng.uniform(90, 420)))
        for _ in range(int(rng.integers(14, 24))):
            p, heading = hit.copy(), rng.uniform(0, 2 * np.pi)
            for _ in range(int(rng.integers(4, 14))):
                q = p + rng.uniform(8, 40) * np.array((np.cos(heading), np.sin(heading)))
                cv2.line(
                    colour,
                    tuple(p.round().astype(int).tolist()),
                    tuple(q.round().astype(int).tolist()),
                    (205, 210, 212),
                    1,
                    cv2.LINE_AA,
                )
                p, heading = q, heading + rng.normal(0, 0.35)
        cv2.circle(colour, tuple(hit.round().astype(int).tolist()), 10, (180, 184, 186), 2, cv2.LINE_AA)
    height = relief(mask, 0.12)
    return Cutout("phone-cracked" if cracked else "phone", shaded(colour, height, rng, 0.1), soft(mask), 178, 8)


_DYES = (
    (190, 90, 40),
    (60, 60, 190),
    (70, 140, 70),
    (225, 225, 225),
    (60, 58, 56),
    (150, 190, 225),
    (170, 120, 190),
)


def _garment(rng: np.random.Generator) -> Cutout:
    half = [(0.5, 0.1), (0.61, 0.06), (0.8, 0.12), (0.98, 0.38), (0.85, 0.47), (0.76, 0.37), (0.77, 0.96)]
    outline = half + [(1 - x, y) for x, y in half[:0:-1]]
    pts = (np.array(outline) * SIDE + rng.normal(0, 4, (len(outline), 2))).round().astype(np.int32)
    mask = mask_of(lambda m: cv2.fillPoly(m, [pts], 255))
    mask = np.asarray(cv2.threshold(cv2.GaussianBlur(mask, (0, 0), 5), 127, 255, cv2.THRESH_BINARY)[1], np.uint8)
    folds = (
        noise(rng, 5, side=SIDE) * 14 + noise(rng, 11, side=SIDE) * 5 - np.abs(noise(rng, 5, cells_x=9, side=SIDE)) * 16
    )
    weave = texture("cloth", 3)[:SIDE, :SIDE].astype(np.float32).mean(2, keepdims=True) - 120
    colour = np.array(_DYES[int(rng.integers(len(_DYES)))], np.float32) + 0.35 * weave
    cv2.ellipse(colour, (256, 44), (58, 30), 0, 0, 180, (70, 70, 72), 7, cv2.LINE_AA)
    if rng.random() < 0.6:
        cv2.circle(colour, (256, 240), 62, tuple(rng.uniform(40, 220, 3).tolist()), -1, cv2.LINE_AA)
    return Cutout(
        "garment",
        shaded(np.clip(colour, 0, 255), relief(mask, 0.12) + folds, rng, 0.0),
        soft(mask),
        float(rng.uniform(260, 380)),
        14,
    )


def _shoe(rng: np.random.Generator) -> Cutout:
    sole = [
        (0.03, 0.66),
        (0.3, 0.7),
        (0.7, 0.7),
        (0.95, 0.7),
        (0.985, 0.78),
        (0.93, 0.84),
        (0.5, 0.83),
        (0.1, 0.83),
        (0.02, 0.76),
    ]
    upper = [
        (0.05, 0.44),
        (0.1, 0.3),
        (0.22, 0.27),
        (0.34, 0.34),
        (0.5, 0.36),
        (0.66, 0.48),
        (0.9, 0.56),
        (0.97, 0.7),
        (0.6, 0.76),
        (0.05, 0.74),
    ]
    top = mask_of(lambda m: cv2.fillPoly(m, [smooth_outline(upper)], 255))
    base = mask_of(lambda m: cv2.fillPoly(m, [smooth_outline(sole)], 255))
    colour = np.zeros((SIDE, SIDE, 3), np.float32) + np.array(_DYES[int(rng.integers(len(_DYES)))], np.float32)
    colour += 9 * noise(rng, 200, side=SIDE)[:, :, None]
    accent = tuple(rng.uniform(30, 230, 3).tolist())
    cv2.polylines(
        colour,
        [smooth_outline([(0.2, 0.6), (0.4, 0.5), (0.56, 0.66), (0.42, 0.68)])],
        True,
        accent,
        14,
        cv2.LINE_AA,
    )
    for i in range(5):
        x, y = 190 + i * 34, 178 + i * 15
        cv2.line(colour, (x, y + 8), (x + 30, y + 44), (236, 236, 232), 9, cv2.LINE_AA)
    cv2.ellipse(colour, (112, 160), (56, 22), -8, 0, 360, (35, 34, 34), -1, cv2.LINE_AA)
    white = base > 0
    colour[white] = 222
    for x in range(20, 500, 12):
        cv2.line(colour, (x, 404), (x, 425), (176, 178, 178), 2)
    height = relief(top, 0.8) * 0.8 + relief(base, 0.5) * 0.5
    return Cutout(
        "shoe",
        shaded(colour, np.asarray(height, np.float32), rng, 0.15),
        soft(top | base),
        float(rng.uniform(240, 290)),
        90,
    )


def _bottle(rng: np.random.Generator) -> Cutout:
    half = [
        (0.5, 0.02),
        (0.58, 0.02),
        (0.585, 0.12),
        (0.6, 0.2),
        (0.69, 0.3),
        (0.7, 0.5),
        (0.7, 0.97),
        (0.5, 0.98),
    ]
    pts = (np.array(half + [(1 - x, y) for x, y in half[::-1]]) * SIDE).round().astype(np.int32)
    mask = mask_of(lambda m: cv2.fillPoly(m, [pts], 255))
    colour = np.zeros((SIDE, SIDE, 3), np.float32) + rng.uniform(40, 210, 3).astype(np.float32)
    colour[:62] = rng.uniform(20, 90, 3)
    colour[230:420] = rng.uniform(150, 250, 3)
    name = str(rng.choice(["SHAMPOO", "LOTION", "SOAP", "JUICE"]))
    print_on(colour, name, (256, 300), 44)
    print_on(colour, "NET 500 ml", (256, 370), 22)
    return Cutout("bottle", shaded(colour, relief(mask, 1.0), rng, 0.55), soft(mask), float(rng.uniform(190, 240)), 55)


def _plush(rng: np.random.Generator) -> Cutout:
    def body(m: Picture) -> None:
        for (x, y), r in (
            ((256, 330), 128),
            ((256, 160), 108),
            ((160, 78), 42),
            ((352, 78), 42),
            ((120, 300), 52),
            ((392, 300), 52),
            ((170, 440), 60),
            ((342, 440), 60),
        ):
            cv2.circle(m, (x, y), r, 255, -1)

    mask = mask_of(body)
    fur = noise(rng, 170, side=SIDE) + 0.7 * noise(rng, 90, side=SIDE)
    edge = cv2.GaussianBlur(mask, (0, 0), 4).astype(np.float32) + 30 * np.clip(fur, -3, 3)
    mask = np.asarray((edge > 130) * 255, np.uint8)
    brown = np.array([(70, 120, 175), (150, 170, 190), (180, 160, 215)][int(rng.integers(3))], np.float32)
    colour = brown + 9 * fur[:, :, None]
    for x in (216, 296):
        cv2.circle(colour, (x, 140), 13, (18, 16, 16), -1, cv2.LINE_AA)
        cv2.circle(colour, (x - 4, 136), 4, (230, 230, 230), -1, cv2.LINE_AA)
    cv2.ellipse(colour, (256, 192), (46, 34), 0, 0, 360, tuple((brown * 1.25).clip(0, 255).tolist()), -1, cv2.LINE_AA)
    cv2.ellipse(colour, (256, 178), (15, 11), 0, 0, 360, (30, 30, 40), -1, cv2.LINE_AA)
    parts = np.maximum(relief(mask, 0.5), 0) + 1.1 * fur
    return Cutout(
        "plush",
        shaded(np.clip(colour, 0, 255), np.asarray(parts, np.float32), rng, 0.0),
        soft(mask),
        float(rng.uniform(170, 240)),
        60,
    )


def _mug(rng: np.random.Generator) -> Cutout:
    """Seen obliquely from above: rim, inside, wall, handle."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    wall = mask_of(
        lambda m: cv2.fillPoly(
            m,
            [
                smooth_outline(
                    [
                        (0.135, 0.22),
                        (0.15, 0.5),
                        (0.16, 0.82),
                        (0.3, 0.92),
                        (0.46, 0.94),
                        (0.62, 0.9),
                        (0.74, 0.8),
                        (0.745, 0.5),
                        (0.755, 0.22),
                    ]
                )
            ],
            255,
        )
    )
    handle = mask_of(lambda m: cv2.ellipse(m, (392, 270), (76, 84), 0, -110, 110, 255, 34))
    cv2.ellipse(wall, (228, 150), (158, 84), 0, 0, 360, 255, -1)
    mask = np.asarray(wall | handle, np.uint8)
    dye = np.array(_DYES[int(rng.integers(len(_DYES)))], np.float32)
    colour = np.zeros((SIDE, SIDE, 3), np.float32) + dye + 3 * noise(rng, 60, side=SIDE)[:, :, None]
    across = (np.arange(SIDE, dtype=np.float32) - 228) / 160
    height = np.where(wall > 0, 150 * np.sqrt(np.clip(1 - across**2, 0, 1))[None, :], relief(handle, 1.0)).astype(
        np.float32
    )
    lit = shaded(colour, np.asarray(cv2.GaussianBlur(height, (0, 0), 3), np.float32), rng, 0.5).astype(np.float32)
    inside = np.clip(np.array((225, 230, 232), np.float32) * (0.55 + 0.4 * across[None, :, None]), 60, 250) + np.zeros(
        (SIDE, SIDE, 1), np.float32
    )
    rim = mask_of(lambda m: cv2.ellipse(m, (228, 150), (146, 73), 0, 0, 360, 255, -1))
    lit[rim > 0] = inside[rim > 0]
    cv2.ellipse(lit, (228, 150), (152, 79), 0, 0, 360, tuple((dye * 0.6 + 100).clip(0, 255).tolist()), 7, cv2.LINE_AA)
    return Cutout("mug", np.asarray(np.clip(lit, 0, 255), np.uint8), soft(mask), float(rng.uniform(115, 140)), 70)


@lru_cache(maxsize=1)
def _coffee() -> tuple[Picture, Picture] | None:
    photo = shipped_picture("coffee.png")
    if photo is None:
        return None
    small = cv2.resize(photo, (300, 200), interpolation=cv2.INTER_AREA)
    seeds = np.full((200, 300), cv2.GC_BGD, np.uint8)
    cv2.ellipse(seeds, (140, 112), (112, 90), 20, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.ellipse(seeds, (142, 52), (66, 50), 0, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.ellipse(seeds, (140, 100), (80, 64), 10, 0, 360, cv2.GC_FGD, -1)
    cv2.setRNGSeed(1)
    cv2.grabCut(small, seeds, (0, 0, 1, 1), np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    cut = np.isin(seeds, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8) * 255
    count, parts, stats, _ = cv2.connectedComponentsWithStats(cut)
    cut = np.asarray((parts == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))) * 255 if count > 1 else cut, np.uint8)
    cut = np.array(cv2.morphologyEx(cut, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), np.uint8)
    within = np.zeros_like(cut)
    cv2.ellipse(within, (140, 112), (108, 84), 20, 0, 360, 255, -1)
    cv2.ellipse(within, (142, 52), (66, 50), 0, 0, 360, 255, -1)
    cut &= within
    square = np.zeros((300, 300), np.uint8)
    square[50:250] = cut
    picture = np.zeros((600, 600, 3), np.uint8)
    picture[100:500] = photo
    bgr = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(bgr, np.uint8), soft(np.asarray(cv2.resize(square, (SIDE, SIDE)), np.uint8))


def _coffee_cup(rng: np.random.Generator) -> Cutout:
    cut = _coffee()
    return Cutout("coffee-cup", cut[0], cut[1], float(rng.uniform(210, 240)), 40) if cut else _mug(rng)


_MAKERS: dict[str, Callable[[np.random.Generator], Cutout]] = {
    "apple": lambda r: _fruit(r, "apple"),
    "orange": lambda r: _fruit(r, "orange"),
    "pear": lambda r: _fruit(r, "pear"),
    "phone": lambda r: _phone(r, False),
    "phone-cracked": lambda r: _phone(r, True),
    "garment": _garment,
    "shoe": _shoe,
    "bottle": _bottle,
    "plush": _plush,
    "mug": _mug,
    "coffee-cup": _coffee_cup,
}
CUTOUTS = tuple(_MAKERS)
BOXES = ("product-box", "book", "toy-block")
"""Goods that are drawn as boxes in the scene's own perspective."""


def cutout(rng: np.random.Generator, name: str) -> Cutout:
    """One of ``CUTOUTS``, drawn anew."""
    return _MAKERS[name](rng)
