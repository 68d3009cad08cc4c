"""Packaged goods and commercial paper of the development world: what carries print, codes and rules without being a
waybill.

Packs are goods (bricks, cans, jars, bottles, pouches, tubes, blisters), stickers belong to the parcel they are on,
ruled papers (tax invoices, delivery notes, certificates) are pages.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.synth import codes
from benchmarks.synth.composite_pages import Ink, Made, Paper
from benchmarks.synth.composite_skins import skin
from benchmarks.synth.cutouts import relief, shaded
from benchmarks.synth.fonts import font
from benchmarks.synth.optics import Picture
from benchmarks.synth.surfaces import noise

Rng = np.random.Generator
SIDE = 512
_NAMES = ("NUVIO", "Alma", "KAPRO", "tonka", "BELMOR", "Fjord", "OSTRA", "mellow", "PURE", "Zesty", "CRUNCHY", "VITA+")
_HAN_NAMES = ("山野", "晨光", "优鲜", "小厨娘", "田园", "四季", "清泉", "百草", "原味", "香脆", "净享", "暖阳")


_TITLES = ("送货单", "电子发票", "增值税专用发票", "出货明细", "INVOICE", "Packing list", "检验报告", "报关单")

# --- prints ------------------------------------------------------------------------------------------------------


def _ink(rng: Rng) -> Ink:
    red, green, blue = (int(v) for v in rng.integers(5, 250, 3))
    return red, green, blue


def _words(rng: Rng) -> tuple[str, str]:
    """A brand and the font that has its letters."""
    if rng.random() < 0.45:
        return str(rng.choice(_HAN_NAMES)), "cjk"
    return str(rng.choice(_NAMES)), str(rng.choice(["condensed", "roboto-bold", "source-bold", "dejavu"]))


def front(rng: Rng, wide: int, high: int) -> Picture:
    """What is printed on a pack's front (high, wide, 3): ground, panels, a brand, a picture, small print, codes."""
    page = Paper(rng, wide, high, _ink(rng) if rng.random() < 0.65 else (246, 246, 242), _ink(rng))
    if rng.random() < 0.35:
        art = cv2.resize(skin(rng), (wide, high))
        page.image.paste(Image.fromarray(np.ascontiguousarray(art[:, :, ::-1])))
    for _ in range(int(rng.integers(0, 4))):  # bands, panels, discs
        x, y = rng.uniform(-0.2, 0.9, 2) * (wide, high)
        w, h = rng.uniform(0.2, 1.4) * wide, rng.uniform(0.05, 0.5) * high
        draw = page.draw.ellipse if rng.random() < 0.35 else page.draw.rectangle
        draw((x, y, x + w, y + h), fill=_ink(rng))
    if rng.random() < 0.6:  # a picture of what is inside
        art = cv2.resize(skin(rng), (int(wide * rng.uniform(0.4, 0.9)), int(high * rng.uniform(0.2, 0.45))))
        mask = Image.new("L", (art.shape[1], art.shape[0]), 0)
        ImageDraw.Draw(mask).ellipse((0, 0, art.shape[1], art.shape[0]), fill=255)
        corner = (int(wide * rng.uniform(-0.1, 0.4)), int(high * rng.uniform(0.35, 0.65)))
        page.image.paste(Image.fromarray(np.ascontiguousarray(art[:, :, ::-1])), corner, mask)
    y = high * float(rng.uniform(0.03, 0.3))
    for _ in range(int(rng.integers(1, 4))):
        name, face = _words(rng)
        size = max(9, int(min(wide / max(len(name), 2) * rng.uniform(0.8, 1.7), high * 0.3)))
        at = (wide * rng.uniform(0.02, 0.2), y)
        page.draw.text(at, name, fill=_ink(rng), font=font(face, size), stroke_width=int(rng.integers(0, 3)))
        y += size * rng.uniform(1.0, 2.2)
    if rng.random() < 0.7:
        small = high * rng.uniform(0.018, 0.035)
        page.lines(wide * 0.06, high * rng.uniform(0.6, 0.8), wide * rng.uniform(0.5, 0.94), high * 0.95, small)
    if rng.random() < 0.35:  # a table of contents, and a product's code on white
        _facts(page, rng)
    return page.done()


def back(rng: Rng, wide: int, high: int) -> Picture:
    """A pack's back or side: small print, a table, a product's code on white."""
    page = Paper(rng, wide, high, _ink(rng) if rng.random() < 0.6 else (244, 244, 240), _ink(rng))
    for _ in range(int(rng.integers(1, 4))):
        y = high * rng.uniform(0.02, 0.6)
        page.lines(wide * 0.06, y, wide * 0.94, y + high * rng.uniform(0.1, 0.4), high * rng.uniform(0.02, 0.045))
    _facts(page, rng)
    return page.done()


def _facts(page: Paper, rng: Rng) -> None:
    wide, high = page.wide, page.high
    if rng.random() < 0.6:
        x, y, w = wide * rng.uniform(0.05, 0.5), high * rng.uniform(0.4, 0.7), wide * 0.42
        page.draw.rectangle((x, y, x + w, y + high * 0.22), fill=(250, 250, 250), outline=page.ink)
        for row in range(6):
            page.rule(x, y + high * 0.037 * row, x + w, y + high * 0.037 * row, 1)
            page.text(x + 3, y + high * 0.037 * row + 1, page.words(4), high * 0.025)
    if rng.random() < 0.75:
        w, h = wide * rng.uniform(0.25, 0.5), high * rng.uniform(0.08, 0.16)
        x, y = rng.uniform(0.03, 0.5) * wide, rng.uniform(0.7, 0.85) * high
        page.draw.rectangle((x - 4, y - 4, x + w + 4, y + h * 1.25), fill=(252, 252, 252))
        page.bars(x, y, w, h, product=True)
        page.text(x, y + h, "690 1234 5678", h * 0.22, (30, 30, 30))
    if rng.random() < 0.25:
        page.code(wide * 0.7, high * 0.75, wide * 0.2)


# --- packs -------------------------------------------------------------------------------------------------------


def _warped(face: Picture, quad: Any, canvas: Picture, mask: Picture, light: float) -> None:
    high, wide = face.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    to = cv2.getPerspectiveTransform(corners, np.asarray(quad, np.float32))
    lit = np.asarray(np.clip(face.astype(np.float32) * light, 0, 255), np.uint8)
    laid = cv2.warpPerspective(lit, to, (SIDE, SIDE), flags=cv2.INTER_AREA)
    there = cv2.warpPerspective(np.full((high, wide), 255, np.uint8), to, (SIDE, SIDE))
    weight = there[:, :, None] / 255.0
    canvas[:] = (canvas * (1 - weight) + laid * weight).astype(np.uint8)
    np.maximum(mask, there, out=mask)


def _brick(rng: Rng) -> tuple[Picture, Picture]:
    """A carton standing or lying, two or three of its faces seen."""
    bgr, mask = np.zeros((SIDE, SIDE, 3), np.uint8), np.zeros((SIDE, SIDE), np.uint8)
    w, h = rng.uniform(110, 300), rng.uniform(180, 400)
    side, rise = rng.uniform(0, 130), rng.uniform(0, 90)
    if w + side > 470:
        side = 470 - w
    if h + rise > 470:
        rise = 470 - h
    x, y = (SIDE - w - side) / 2, (SIDE - h + rise) / 2
    taper, slant = rng.uniform(0.9, 1.05), side and rise * rng.uniform(0.3, 1.0)
    face = front(rng, int(w), int(h))
    _warped(face, [(x, y), (x + w, y), (x + w, y + h), (x, y + h)], bgr, mask, float(rng.uniform(0.85, 1.1)))
    if side > 8:
        other = back(rng, max(60, int(side * 2)), int(h)) if rng.random() < 0.6 else front(rng, int(side) + 60, int(h))
        right = [(x + w, y), (x + w + side, y - slant), (x + w + side, y - slant + h * taper), (x + w, y + h)]
        _warped(other, right, bgr, mask, float(rng.uniform(0.5, 0.9)))
    if rise > 8:
        top = [(x + side * 0.9, y - max(slant, rise * 0.5)), (x + w + side, y - slant), (x + w, y), (x, y)]
        _warped(front(rng, int(w), 80), top, bgr, mask, float(rng.uniform(0.9, 1.25)))
    if rng.random() < 0.3:  # a cap or a straw
        ink, at = rng.uniform(0, 255, 3).tolist(), (int(x + w * rng.uniform(0.3, 0.7)), int(y))
        cv2.circle(bgr, at, 22, ink, -1, cv2.LINE_AA)
        cv2.circle(mask, at, 22, 255, -1)
    return bgr, mask


def _round(rng: Rng) -> tuple[Picture, Picture]:
    """Cans, jars, tubs, bottles with a printed band: a print bent round a cylinder, lids, shoulders."""
    w, h = float(rng.uniform(110, 300)), float(rng.uniform(160, 420))
    bow = w * float(rng.uniform(0.0, 0.2))
    face = front(rng, int(w * 1.4), int(h))
    ys, xs = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    u = (xs - SIDE / 2) / (w / 2)
    inside = np.abs(u) < 1
    turned = np.arcsin(np.clip(u, -1, 1)) / np.pi + 0.5
    lift = bow * np.sqrt(np.clip(1 - u * u, 0, 1))
    v = (ys - (SIDE - h) / 2 - lift + bow / 2) / h
    mask = np.asarray((inside & (v >= 0) & (v <= 1)) * 255, np.uint8)
    at_x, at_y = (turned * (face.shape[1] - 1)).astype(np.float32), (v * (face.shape[0] - 1)).astype(np.float32)
    bgr = cv2.remap(face, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    gloss = float(rng.uniform(0.1, 0.6))
    tone = 0.55 + 0.6 * np.sqrt(np.clip(1 - (u + rng.uniform(-0.4, 0.4)) ** 2, 0, 1))
    tone += gloss * np.exp(-(((u - rng.uniform(-0.7, 0.7)) / 0.12) ** 2))
    bgr *= tone[:, :, None]
    top = (SIDE - h) / 2
    if rng.random() < 0.75:  # a lid seen from above, or a neck
        ink = rng.uniform(10, 250, 3)
        if rng.random() < 0.5:
            for reach, shade in ((1.0, 0.8), (0.86, 1.1)):
                axes = (int(w / 2 * reach), max(2, int(max(bow, 8) / 2 * reach)))
                cv2.ellipse(bgr, (SIDE // 2, int(top)), axes, 0, 0, 360, (ink * shade).tolist(), -1, cv2.LINE_AA)
            cv2.ellipse(mask, (SIDE // 2, int(top)), (int(w / 2), max(2, int(max(bow, 8) / 2))), 0, 0, 360, 255, -1)
        else:
            neck = w * float(rng.uniform(0.2, 0.45))
            high = min(top - 6, h * float(rng.uniform(0.12, 0.35)))
            middle = SIDE / 2
            shape = [(middle - w / 2, top + 2), (middle - neck / 2, top - high * 0.6), (middle - neck / 2, top - high)]
            shape += [(2 * middle - x, y) for x, y in shape[::-1]]
            points = np.array(shape).astype(np.int32)
            cv2.fillPoly(bgr, [points], ink.tolist(), cv2.LINE_AA)
            cv2.fillPoly(mask, [points], 255)
    return np.asarray(np.clip(bgr, 0, 255), np.uint8), mask


def _soft_pack(rng: Rng) -> tuple[Picture, Picture]:
    """Pouches, sachets, crisp bags, tubes: a print on a cushion with crimped or sealed ends."""
    w, h = int(rng.uniform(150, 380)), int(rng.uniform(200, 460))
    mask = np.zeros((SIDE, SIDE), np.uint8)
    x, y = (SIDE - w) // 2, (SIDE - h) // 2
    ends = [float(at) for at in range(x, x + w + 1, 10)]
    zig = 5 if rng.random() < 0.5 else 0
    pinch = float(rng.uniform(0, 0.12)) * w
    narrow = float(rng.choice([1.0, 1.0, 0.4]))
    upper = [(a, y + zig * (i % 2)) for i, a in enumerate(ends)]
    upper = [(SIDE / 2 + (a - SIDE / 2) * narrow, b) for a, b in upper]
    lower = [(a, y + h - zig * (i % 2)) for i, a in enumerate(ends)][::-1]
    points = [*upper, (x + w - pinch, SIDE / 2), *lower, (x + pinch, SIDE / 2)]
    cv2.fillPoly(mask, [np.array(points).astype(np.int32)], 255)
    face = front(rng, w, h)
    bgr = np.zeros((SIDE, SIDE, 3), np.float32)
    bgr[y : y + h, x : x + w] = face
    ruffle = noise(rng, int(rng.integers(3, 12)), side=SIDE) * float(rng.uniform(2, 16))
    lit = shaded(bgr, np.asarray(relief(mask, 0.6) + ruffle, np.float32), rng, float(rng.uniform(0.1, 0.6)))
    return lit, mask


def _blister(rng: Rng) -> tuple[Picture, Picture]:
    """A printed card with a hole to hang it by, and something under a clear bulge."""
    w, h = int(rng.uniform(180, 380)), int(rng.uniform(260, 460))
    x, y = (SIDE - w) // 2, (SIDE - h) // 2
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.rectangle(mask, (x, y), (x + w, y + h), 255, -1)
    bgr = np.zeros((SIDE, SIDE, 3), np.uint8)
    bgr[y : y + h, x : x + w] = front(rng, w, h)
    cv2.circle(mask, (SIDE // 2, y + 22), 9, 0, -1)
    inner = (SIDE // 2, y + int(h * 0.62))
    axes = (int(w * rng.uniform(0.2, 0.4)), int(h * rng.uniform(0.12, 0.26)))
    cv2.ellipse(bgr, inner, axes, 0, 0, 360, rng.uniform(10, 240, 3).tolist(), -1, cv2.LINE_AA)
    cv2.ellipse(bgr, inner, axes, 0, 200, 300, (250, 250, 250), 4, cv2.LINE_AA)
    return bgr, mask


_SHAPES: tuple[Callable[[Rng], tuple[Picture, Picture]], ...] = (_brick, _brick, _round, _round, _soft_pack, _blister)


def pack(rng: Rng) -> Picture:
    """A piece of packaged goods, cut out: (320, 320, 4), blue-green-red and opacity."""
    bgr, mask = _SHAPES[int(rng.integers(len(_SHAPES)))](rng)
    bgra = np.dstack([bgr, cv2.GaussianBlur(mask, (0, 0), 0.8)])
    return np.asarray(cv2.resize(bgra, (320, 320), interpolation=cv2.INTER_AREA), np.uint8)


# --- paper -------------------------------------------------------------------------------------------------------


def sticker(rng: Rng) -> Made:
    """A product's or a carton's own sticker: name, size, colour, a product's code or a stock number in bars."""
    wide = 420
    high = int(wide * rng.choice([0.45, 0.6, 0.7, 1.0, 1.4]))
    page = Paper(rng, wide, high, None if rng.random() < 0.85 else _ink(rng))
    size = float(rng.uniform(0.06, 0.14)) * wide
    y = high * float(rng.uniform(0.03, 0.1))
    if rng.random() < 0.3:
        page.draw.rectangle((0, 0, wide, size * 1.5), fill=_ink(rng))
    page.text(wide * 0.05, y, page.words(int(rng.integers(3, 7))), size)
    y += size * 1.4
    foot = high * float(rng.uniform(0.45, 0.7))
    small = size * float(rng.uniform(0.45, 0.7))
    for field in rng.permutation(["规格", "货号", "颜色", "数量", "毛重", "SIZE", "COLOR", "QTY", "N.W.", "合格证"]):
        if y + small > foot:
            break
        page.text(wide * 0.06, y, f"{field}: {page.words(int(rng.integers(1, 4)))}", small)
        y += small * rng.uniform(1.2, 1.8)
    draw = rng.random()
    if draw < 0.75:
        across = wide * float(rng.uniform(0.45, 0.92))
        tall = (high - foot) * 0.68
        page.bars((wide - across) * rng.uniform(0.1, 0.9), foot, across, tall, product=rng.random() < 0.7)
        page.text(wide * 0.25, foot + tall + 2, codes.ean13(rng), (high - foot) * 0.2)
    if draw > 0.6:
        page.code(wide * rng.uniform(0.6, 0.75), high * 0.1, min(wide * 0.24, foot * 0.8))
    if rng.random() < 0.3:
        page.draw.rectangle((3, 3, wide - 4, high - 4), outline=page.ink, width=2)
    across = float(rng.uniform(35, 100))
    return page.done(), (across, across * high / wide), "sticker"


def ruled_paper(rng: Rng) -> Made:
    """Tax invoices, delivery notes, certificates, customs forms: a wide sheet, thin rules, much white, a stamp."""
    wide = 760
    high = int(wide * rng.choice([0.5, 0.6, 0.66, 0.8, 1.4]))
    tone = int(rng.integers(225, 255))
    tints = ((tone, tone, tone), (tone, tone - 14, tone - 18), (tone - 16, tone - 4, tone), (tone, tone, tone - 30))
    inks: tuple[Ink, ...] = ((30, 30, 34), (120, 60, 40), (40, 70, 130), (40, 100, 60), (90, 90, 95))
    page = Paper(rng, wide, high, tints[int(rng.integers(4))], inks[int(rng.integers(len(inks)))])
    title = str(rng.choice(_TITLES))
    size = wide * float(rng.uniform(0.035, 0.06))
    page.text(wide / 2 - len(title) * size * 0.45, high * 0.03, title, size)
    if rng.random() < 0.6:
        page.rule(wide * 0.3, high * 0.05 + size, wide * 0.7, high * 0.05 + size, int(rng.integers(1, 3)))
    corner = rng.random()
    if corner < 0.45:
        page.code(wide * 0.04, high * 0.03, high * float(rng.uniform(0.1, 0.19)))
    elif corner < 0.55:
        page.bars(wide * 0.68, high * 0.03, wide * 0.27, high * 0.06)
    small = wide * float(rng.uniform(0.014, 0.024))
    for row in range(3):
        page.text(wide * 0.74, high * 0.04 + row * small * 1.5, page.words(6), small)
    left, right, top, bottom = wide * 0.04, wide * 0.96, high * 0.22, high * float(rng.uniform(0.8, 0.94))
    page.draw.rectangle((left, top, right, bottom), outline=page.ink, width=int(rng.integers(1, 3)))
    edges = [0.0, *np.sort(rng.uniform(0.1, 0.9, int(rng.integers(1, 7)))), 1.0]
    for low, up in pairwise(edges):
        y0, y1 = top + (bottom - top) * low, top + (bottom - top) * up
        page.rule(left, y1, right, y1, 1)
        inner = np.sort(rng.uniform(0.08, 0.92, int(rng.choice([0, 0, 1, 3, 6]))))
        for x in inner:
            page.rule(left + (right - left) * x, y0, left + (right - left) * x, y1, 1)
        for x in (0.01, *inner):
            if rng.random() < 0.7:
                page.lines(left + (right - left) * x + 3, y0 + 4, left + (right - left) * min(1.0, x + 0.35),
                           y0 + (y1 - y0) * rng.uniform(0.3, 1.0), small)  # fmt: skip
    made = page.done()
    if rng.random() < 0.5:
        middle = (int(wide * rng.uniform(0.4, 0.9)), int(high * rng.uniform(0.1, 0.85)))
        axes = (int(wide * 0.07), int(wide * rng.uniform(0.045, 0.07)))
        cv2.ellipse(made, middle, axes, float(rng.uniform(-20, 20)), 0, 360, (60, 50, 210), 3, cv2.LINE_AA)
    across = float(rng.uniform(130, 240))
    return made, (across, across * high / wide), "ruled paper"
