"""Seamless textures of what parcels lie on and are made of: (1024, 1024, 3) uint8 BGR, made once per process.

Gravel is a photograph (CC0) that scikit-image ships; the others are made from noise.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.synth.fonts import font

SIDE = 1024
GROUNDS = (
    "wood",
    "dark-wood",
    "tile",
    "cloth",
    "concrete",
    "desk",
    "marble",
    "newspaper",
    "gravel",
    "cardboard",
)
Picture = NDArray[np.uint8]
Field = NDArray[np.float32]


def noise(rng: np.random.Generator, cells: int, *, cells_x: int | None = None, side: int = SIDE) -> Field:
    """Smooth seamless noise, mean 0, standard deviation about 1: (side, side) float32."""
    columns = cells_x or cells
    grid = rng.standard_normal((cells, columns)).astype(np.float32)
    grid = np.pad(grid, 2, mode="wrap")
    step_y, step_x = side / cells, side / columns
    big = cv2.resize(grid, (round((columns + 4) * step_x), round((cells + 4) * step_y)), interpolation=cv2.INTER_CUBIC)
    top, left = round(2 * step_y), round(2 * step_x)
    return np.ascontiguousarray(big[top : top + side, left : left + side])


def octaves(rng: np.random.Generator, first: int, count: int, *, fall: float = 0.6, side: int = SIDE) -> Field:
    """Noise at several scales, each finer by two: (side, side) float32."""
    total = np.zeros((side, side), np.float32)
    for i in range(count):
        total += fall**i * noise(rng, min(first * 2**i, side // 2), side=side)
    return total


def tinted(field: Field, dark: tuple[int, int, int], light: tuple[int, int, int]) -> Picture:
    """Maps a field in about -2..2 onto a ramp between two BGR colours."""
    weight = np.clip(field * 0.25 + 0.5, 0, 1)[:, :, None]
    low, high = np.array(dark, np.float32), np.array(light, np.float32)
    return np.asarray(low + (high - low) * weight, np.uint8)


def shipped_picture(name: str) -> Picture | None:
    """One of scikit-image's own free pictures (CC0 or public domain) as BGR, or None where that package is missing."""
    spec = importlib.util.find_spec("skimage")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        picture = cv2.imread(str(Path(folder) / "data" / name), cv2.IMREAD_COLOR)
        if picture is not None:
            return np.asarray(picture, np.uint8)
    return None


def _wood(rng: np.random.Generator, dark: tuple[int, int, int], light: tuple[int, int, int]) -> Picture:
    grain = noise(rng, 6, cells_x=2) * 0.5
    warp = noise(rng, 3) * 9
    ys = np.mgrid[0:SIDE, 0:SIDE][0].astype(np.float32)
    rings = np.sin((ys + warp * 4) * 2 * np.pi * 24 / SIDE + noise(rng, 4, cells_x=2) * 1.5)
    fibre = noise(rng, 512, cells_x=8)
    field = 0.7 * rings + grain + 0.55 * fibre
    picture = tinted(field, dark, light)
    board = SIDE // 4
    for i in range(4):
        picture[i * board : (i + 1) * board] = np.clip(
            picture[i * board : (i + 1) * board] * rng.uniform(0.88, 1.08), 0, 255
        )
        picture[i * board : i * board + 2] = np.array(dark) * 0.55
    return picture


def _tile(rng: np.random.Generator) -> Picture:
    picture = tinted(octaves(rng, 4, 6) * 0.7, (168, 178, 186), (205, 212, 218))
    for i in range(0, SIDE, SIDE // 2):
        for axis in (0, 1):
            joint = picture[i : i + 7] if axis == 0 else picture[:, i : i + 7]
            joint[:] = (joint * 0.62).astype(np.uint8)
    return picture


def _cloth(rng: np.random.Generator) -> Picture:
    ys, xs = np.mgrid[0:SIDE, 0:SIDE]
    weave = (
        np.where((ys // 4 + xs // 4) % 2, 0.5, -0.5) + 0.4 * np.sin(xs * np.pi / 4) * np.sin(ys * np.pi / 4)
    ).astype(np.float32)
    stripes = (np.sin(xs * 2 * np.pi * 8 / SIDE) > 0.86).astype(np.float32)
    hue = [(92, 70, 58), (140, 128, 112)] if rng.random() < 0.5 else [(120, 118, 150), (178, 176, 200)]
    field = weave + 0.35 * noise(rng, 256) + 0.3 * octaves(rng, 3, 3) + stripes
    return tinted(field, hue[0], hue[1])


def _cardboard(rng: np.random.Generator) -> Picture:
    ys = np.mgrid[0:SIDE, 0:SIDE][0].astype(np.float32)
    flutes = 0.16 * np.sin(ys * 2 * np.pi * 128 / SIDE)
    fibre = 0.35 * noise(rng, 512, cells_x=160) + 0.3 * noise(rng, 400)
    return tinted(flutes + fibre + 0.3 * octaves(rng, 3, 4), (98, 138, 172), (134, 174, 206))


def _concrete(rng: np.random.Generator) -> Picture:
    field = 0.5 * octaves(rng, 3, 7, fall=0.75)
    specks = (noise(rng, 400) > 2.3).astype(np.float32)
    return tinted(field - specks, (118, 122, 124), (176, 178, 178))


def _desk(rng: np.random.Generator) -> Picture:
    low, high = [
        ((206, 210, 212), (226, 228, 230)),
        ((60, 62, 66), (84, 86, 90)),
        ((150, 170, 190), (176, 196, 214)),
    ][int(rng.integers(3))]
    return tinted(0.35 * noise(rng, 500) + 0.35 * octaves(rng, 3, 3), low, high)


def _marble(rng: np.random.Generator) -> Picture:
    vein = np.abs(octaves(rng, 3, 6))
    field = np.where(vein < 0.09, -1.2, 0.5).astype(np.float32)
    field = np.asarray(cv2.GaussianBlur(field, (0, 0), 2), np.float32)
    return tinted(field + 0.2 * octaves(rng, 6, 4), (160, 164, 166), (232, 234, 236))


_WORDS = "市场价格上涨本报讯记者昨日从有关部门了解到今年秋季新品将于下月发布消费者可在各大门店选购天气转凉请注意保暖"


def _newspaper(rng: np.random.Generator) -> Picture:
    image = Image.new("L", (SIDE, SIDE), 222)
    draw = ImageDraw.Draw(image)
    body, head = font("cjk", 15), font("cjk", 40)
    for column in range(4):
        x, y = column * 256 + 10, 12
        while y < SIDE - 30:
            if rng.random() < 0.04:
                draw.text((x, y), "".join(rng.choice(list(_WORDS), 5)), fill=40, font=head)
                y += 56
            elif rng.random() < 0.03 and y < SIDE - 200:
                draw.rectangle((x, y, x + 230, y + 140), fill=int(rng.integers(90, 170)))
                y += 150
            else:
                draw.text((x, y), "".join(rng.choice(list(_WORDS), 15)), fill=60, font=body)
                y += 20
    grey = np.asarray(image, np.float32) + 5 * noise(rng, 300)
    return np.asarray(np.clip(grey[:, :, None] * np.array((0.93, 0.98, 1.0), np.float32), 0, 255), np.uint8)


@lru_cache(maxsize=64)
def texture(kind: str, variant: int = 0) -> Picture:
    """A seamless texture; the same kind and variant always give the same pixels. Do not write to it."""
    rng = np.random.default_rng([sum(map(ord, kind)), variant])
    if kind == "gravel":
        grey = shipped_picture(f"{kind}.png")
        if grey is not None:
            # Mirrored so that it repeats without a seam.
            half = np.asarray(cv2.resize(grey, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA), np.float32)
            both = np.concatenate([half, half[:, ::-1]], 1)
            warm = np.array((0.9, 0.96, 1.0), np.float32) * np.float32(rng.uniform(0.85, 1.05))
            return np.asarray(np.clip(np.concatenate([both, both[::-1]]) * warm, 0, 255), np.uint8)
        kind = "concrete"
    if kind == "wood":
        tones = [
            ((70, 110, 150), (120, 168, 205)),
            ((92, 128, 158), (150, 188, 214)),
            ((60, 95, 140), (95, 145, 190)),
        ]
        return _wood(rng, *tones[variant % 3])
    if kind == "dark-wood":
        return _wood(rng, (28, 40, 56), (62, 84, 112))
    makers = {
        "tile": _tile,
        "cloth": _cloth,
        "cardboard": _cardboard,
        "concrete": _concrete,
        "desk": _desk,
        "marble": _marble,
        "newspaper": _newspaper,
    }
    return makers[kind](rng)
