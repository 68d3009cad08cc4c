"""Cartons, mailer bags, product boxes, books and hands: pictures for the canvas to lay down."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.synth import codes
from benchmarks.synth.canvas import Canvas, Spot, onto, placed, rectangle
from benchmarks.synth.cutouts import SIDE, relief, shaded
from benchmarks.synth.fonts import font
from benchmarks.synth.optics import Picture, through
from benchmarks.synth.surfaces import Field, noise, shipped_picture, texture

_DOTS = 4
"""Pixels to the millimetre of carton and box faces."""


def _board(rng: np.random.Generator, width_mm: float, height_mm: float) -> Picture:
    """A piece of cardboard with stains and dents."""
    size = (max(8, round(width_mm * _DOTS)), max(8, round(height_mm * _DOTS)))
    tile = texture("cardboard", int(rng.integers(3)))
    reps = -(-size[1] // tile.shape[0]), -(-size[0] // tile.shape[1])
    board = np.tile(tile, (*reps, 1))[: size[1], : size[0]]
    small = cv2.resize(noise(rng, 4, side=64), size, interpolation=cv2.INTER_CUBIC)
    tone = np.clip(128 + 5 * small, 0, 255).astype(np.uint8)
    return np.asarray(cv2.multiply(board, cv2.merge([tone] * 3), scale=1 / 128), np.uint8)


def _stamp(
    picture: Picture,
    text: str,
    mm: float,
    spot: tuple[float, float],
    ink: tuple[int, int, int],
    *,
    name: str = "cjk",
) -> None:
    """Prints words on a face; ``spot`` is the middle in millimetres."""
    mask = Image.new("L", (picture.shape[1], picture.shape[0]), 0)
    middle = (spot[0] * _DOTS, spot[1] * _DOTS)
    ImageDraw.Draw(mask).text(middle, text, fill=215, font=font(name, max(8, round(mm * _DOTS))), anchor="mm")
    box = mask.getbbox()
    if box is None:
        return
    weight = np.asarray(mask.crop(box), np.float32)[:, :, None] / 255
    area = picture[box[1] : box[3], box[0] : box[2]]
    area[:] = (area * (1 - weight) + np.array(ink, np.float32) * weight).astype(np.uint8)


def carton_faces(rng: np.random.Generator, size_mm: tuple[float, float, float]) -> dict[str, Picture]:
    """``top`` with seam and tape, ``side`` with handling marks."""
    width, depth, height = size_mm
    top, side = _board(rng, width, depth), _board(rng, max(width, depth), height)
    middle = top.shape[0] // 2
    top[middle - 2 : middle + 2] = (top[middle - 2 : middle + 2] * 0.45).astype(np.uint8)
    half = round(rng.uniform(22, 30) * _DOTS)
    strip = top[max(0, middle - half) : middle + half]
    tape = np.array([(70, 130, 180), (205, 215, 220), (120, 170, 200)][int(rng.integers(3))], np.float32)
    shine = 1 + 0.05 * cv2.resize(noise(rng, 4, cells_x=16, side=64), (strip.shape[1], strip.shape[0]))[:, :, None]
    strip[:] = np.clip((strip * 0.62 + tape * 0.38) * shine, 0, 255).astype(np.uint8)
    strip[:2] = strip[-2:] = (strip[:2] * 0.85).astype(np.uint8)
    ink = (40, 60, 80)
    if rng.random() < 0.7:
        _stamp(
            side,
            str(rng.choice(["易碎品 小心轻放", "向上 防潮", "云岭优选", "FRAGILE"])),
            min(22.0, height * 0.3),
            (max(width, depth) / 2, height / 2),
            ink,
        )
    return {"top": top, "side": side}


def draw_open_carton(
    canvas: Canvas, rng: np.random.Generator, size_mm: tuple[float, float, float], spot: Spot, top_mm: float
) -> None:
    """An opened carton: walls seen from inside, dark bottom, four flaps folded out."""
    width, depth, height = size_mm
    board = _board(rng, width, depth)
    foot = through(placed(spot), rectangle(width, depth))
    canvas.cast(foot, top_mm - height, height, 0.55)
    bottom_mm = top_mm - height * 0.92
    canvas.lay_flat(board, None, (width, depth), spot, bottom_mm)
    h, w = board.shape[:2]
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    for i in range(4):
        a, b = foot[i], foot[(i + 1) % 4]
        wall = canvas.camera.project([(*a, top_mm), (*b, top_mm), (*b, bottom_mm), (*a, bottom_mm)])
        edge, fall = wall[1] - wall[0], wall[3] - wall[0]
        if edge[0] * fall[1] - edge[1] * fall[0] > 0:  # its inside faces the camera
            canvas.lay(
                board,
                None,
                onto(source, wall),
                light=0.5 + 0.06 * i,
            )
    canvas.shadow(canvas.camera.project(np.hstack([foot, np.full((4, 1), bottom_mm)])), 0.35, 30)
    for i in range(4):
        a, b = foot[i], foot[(i + 1) % 4]
        out = (a + b) / 2 - foot.mean(0)
        out = out / np.linalg.norm(out)
        length, lift = min(width, depth) * 0.48, float(rng.uniform(-25, 12))
        along = (b - a) * rng.uniform(0.0, 0.02)
        c, d = b + out * length - along, a + out * length + along
        flap = canvas.camera.project([(*d, top_mm + lift), (*c, top_mm + lift), (*b, top_mm), (*a, top_mm)])
        canvas.lay(
            board,
            None,
            onto(source, flap),
            light=0.9 + 0.05 * (i % 2),
        )


_FILMS = {
    "white": (226, 228, 226),
    "grey": (150, 150, 148),
    "black": (44, 42, 42),
    "kraft": (110, 156, 190),
    "pink": (180, 160, 235),
    "green": (140, 180, 120),
}


def mailer(
    rng: np.random.Generator,
    width_mm: float,
    height_mm: float,
    film: str | None = None,
    print_: Picture | None = None,
) -> tuple[Picture, Picture]:
    """A stuffed courier bag from above: BGR and opacity, 512 px wide, with folds and plastic shine.

    ``print_`` (512, 512, 3) is what its film is printed with; else it is of one colour.
    """
    size = (SIDE, max(64, round(SIDE * height_mm / width_mm)))
    colour = _FILMS[film or str(rng.choice(list(_FILMS)))]
    mask = np.zeros((size[1], size[0]), np.uint8)
    wobble = rng.normal(0, 3, 40)
    ring: list[tuple[float, float]] = []
    for i, corner in enumerate([(8, 8), (size[0] - 8, 8), (size[0] - 8, size[1] - 8), (8, size[1] - 8)]):
        nxt = [(8, 8), (size[0] - 8, 8), (size[0] - 8, size[1] - 8), (8, size[1] - 8)][(i + 1) % 4]
        ring += [
            (
                corner[0] + (nxt[0] - corner[0]) * t / 10 + wobble[i * 10 + t],
                corner[1] + (nxt[1] - corner[1]) * t / 10 + wobble[39 - i * 10 - t],
            )
            for t in range(10)
        ]
    cv2.fillPoly(mask, [np.array(ring).round().astype(np.int32)], 255)
    body = np.asarray(cv2.resize(mask, (SIDE, SIDE)), np.uint8)
    # Film creases along sharp, mostly slanting lines over a broad bulge.
    bend = (noise(rng, 4, side=SIDE) * 40).astype(np.float32)
    ys, xs = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    ridges = -np.abs(noise(rng, 14, cells_x=6, side=SIDE)) - 0.8 * np.abs(noise(rng, 9, cells_x=17, side=SIDE))
    bent = cv2.remap(ridges.astype(np.float32), xs + bend, ys - bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    fine = -np.abs(noise(rng, 34, cells_x=24, side=SIDE))
    height = relief(body, 0.5) * 0.35 + 7 * noise(rng, 3, side=SIDE) + 4.5 * bent + 1.3 * fine
    base = (
        np.zeros((SIDE, SIDE, 3), np.float32)
        + np.array(colour, np.float32)
        + 2 * noise(rng, 200, side=SIDE)[:, :, None]
    )
    if print_ is not None:  # the print follows the film's folds
        wave = cv2.GaussianBlur(height, (0, 0), 3) * 1.5
        print32 = print_.astype(np.float32)
        bent_print = cv2.remap(print32, xs + wave, ys + wave, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        base = np.asarray(bent_print, np.float32)
    gloss = 0.06 if colour == _FILMS["kraft"] else 0.3
    picture = cv2.resize(shaded(base, np.asarray(height, np.float32), rng, gloss), size, interpolation=cv2.INTER_LINEAR)
    strip = slice(size[1] - 34, size[1] - 30)
    picture[strip] = (picture[strip] * 0.8).astype(np.uint8)
    return np.asarray(picture, np.uint8), np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.0), np.uint8)


def product_faces(
    rng: np.random.Generator, name: str, size_mm: tuple[float, float, float]
) -> tuple[dict[str, Picture], tuple[str, ...]]:
    """Faces of a boxed product or book, and the codes printed on it."""
    width, depth, height = size_mm
    shape = (round(depth * _DOTS), round(width * _DOTS), 3)
    low, high = rng.uniform(30, 150, 3), rng.uniform(120, 250, 3)
    fade = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None, None]
    top = np.asarray((low * (1 - fade) + high * fade) * np.ones((1, shape[1], 1)), np.uint8)
    ink = (245, 245, 245) if low.mean() < 110 else (25, 25, 30)
    found: list[str] = []
    if name == "book":
        art = shipped_picture(str(rng.choice(["chelsea.png", "rocket.jpg", "coffee.png"])))
        if art is not None:
            w, h = round(shape[1] * 0.8), round(shape[0] * 0.45)
            top[
                round(shape[0] * 0.36) : round(shape[0] * 0.36) + h,
                round(shape[1] * 0.1) : round(shape[1] * 0.1) + w,
            ] = cv2.resize(art, (w, h))
        _stamp(
            top,
            str(rng.choice(["山中旧事", "海边来信", "数学游戏", "家常菜谱"])),
            width * 0.13,
            (width / 2, depth * 0.15),
            ink,
        )
        _stamp(top, "某某 著", width * 0.05, (width / 2, depth * 0.27), ink)
        _stamp(top, "某某出版社  1998-2026", width * 0.04, (width / 2, depth * 0.93), ink)
        side = np.full((max(8, round(height * _DOTS)), shape[1], 3), 226, np.uint8)
        side[::3] = 196
        return {"top": top, "side": side}, ()
    _stamp(
        top,
        str(rng.choice(["云上生活", "NOVA HOME", "小鹿玩具", "AURORA"])),
        width * 0.12,
        (width / 2, depth * 0.25),
        ink,
    )
    _stamp(
        top,
        str(rng.choice(["无线耳机 2代", "智能台灯", "益智积木 120粒", "护手霜礼盒"])),
        width * 0.06,
        (width / 2, depth * 0.43),
        ink,
    )
    _stamp(
        top,
        f"型号 {rng.choice(['FW727', 'CA 859 2-37', 'NH-2046B'])}  净含量 1件",
        width * 0.045,
        (width / 2, depth * 0.54),
        ink,
    )
    ean = codes.ean13(rng)
    found.append(ean)
    bars = codes.bar_picture(ean, 2 if width < 150 else 3, round(depth * 0.2 * _DOTS), "ean13")
    pad = np.full((bars.shape[0] + 44, bars.shape[1] + 60), 255, np.uint8)
    pad[10 : 10 + bars.shape[0], 30 : 30 + bars.shape[1]] = bars
    if pad.shape[0] + 24 < shape[0] and pad.shape[1] + 24 < shape[1]:
        top[-pad.shape[0] - 12 : -12, 12 : 12 + pad.shape[1]] = pad[:, :, None]
        middle = ((12 + pad.shape[1] / 2) / _DOTS, (shape[0] - 12 - 17) / _DOTS)
        _stamp(top, f"{ean[0]} {ean[1:7]} {ean[7:]}", 22 / _DOTS, middle, (20, 20, 20), name="mono")
    side = np.asarray(np.ones((max(8, round(height * _DOTS)), shape[1], 3)) * (low * 0.5 + high * 0.5), np.uint8)
    return {"top": top, "side": side}, tuple(found)


def hand(rng: np.random.Generator) -> tuple[Picture, Picture, tuple[float, float], float]:
    """The back of a hand with the fingers pointing up, and a sleeved arm below.

    Returns BGR and opacity (rows, 512), the size in millimetres, and the fingertips' y against the middle.
    """
    skin = np.array(
        [(140, 172, 214), (120, 156, 204), (96, 132, 182), (150, 184, 226)][int(rng.integers(4))], np.float32
    )
    total, height = np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), np.float32)
    nails: list[tuple[tuple[int, int], float]] = []

    def add(points: list[tuple[float, float]], widths: list[float]) -> None:
        nonlocal total, height
        part = np.zeros((SIDE, SIDE), np.uint8)
        for (p, q), (wp, wq) in zip(pairwise(points), pairwise(widths), strict=True):
            for t in np.linspace(0, 1, 24):
                at = (round(p[0] + (q[0] - p[0]) * t), round(p[1] + (q[1] - p[1]) * t))
                cv2.circle(part, at, round(wp + (wq - wp) * t), 255, -1, cv2.LINE_AA)
        total = np.asarray(cv2.max(total, part), np.uint8)
        height = np.maximum(height, relief(np.asarray((part > 127) * 255, np.uint8), 1.0))

    add([(256, 520), (256, 440), (262, 330)], [66, 72, 92])
    for i, (x, length, lean) in enumerate(((186, 150, -0.16), (232, 182, -0.04), (280, 172, 0.06), (326, 128, 0.2))):
        bend = lean + rng.normal(0, 0.04)
        knuckle = (x, 290 + 12 * (i == 3) + 8 * (i == 0))
        tip = (x + np.sin(bend) * length, knuckle[1] - np.cos(bend) * length)
        mid = ((x + tip[0]) / 2 + rng.normal(0, 3), (knuckle[1] + tip[1]) / 2)
        add([knuckle, mid, tip], [28, 24, 18])
        nails.append(((round(tip[0]), round(tip[1] + 4)), float(np.degrees(bend))))
    add([(196, 400), (130, 330), (104, 262)], [40, 29, 19])
    nails.append(((103, 264), -18.0))
    colour = (
        skin
        + 5 * noise(rng, 90, side=SIDE)[:, :, None]
        + 7 * noise(rng, 7, side=SIDE)[:, :, None] * np.array((0.4, 0.7, 1.0), np.float32)
    )
    for middle, deg in nails:
        cv2.ellipse(
            colour,
            middle,
            (10, 15),
            deg,
            0,
            360,
            (skin * 0.85 + np.array((50, 44, 48))).tolist(),
            -1,
            cv2.LINE_AA,
        )
    picture = shaded(np.clip(colour, 0, 255), np.asarray(height, np.float32), rng, 0.06)
    arm = 1100  # rows below the wrist: repeats its last row, wherever the edge of the photo may be
    alpha = np.asarray(cv2.GaussianBlur(total, (0, 0), 1.2), np.uint8)
    wrist = np.repeat(picture[-1:], arm, 0).astype(np.float32)
    dye = rng.uniform(25, 170, 3)
    shade = wrist.mean(2, keepdims=True) / max(float(skin.mean()), 1.0)
    wrist[60:] = np.clip(
        dye * shade[60:] + 6 * np.resize(noise(rng, 60, side=SIDE), (arm - 60, SIDE))[:, :, None], 0, 255
    )
    ring = np.repeat(alpha[-1:], arm, 0)
    ring[60:] = cv2.dilate(ring[60:], np.ones((1, 37), np.uint8))
    px_per_mm = SIDE / 215
    rows = SIDE + arm
    return (
        np.vstack([picture, wrist.astype(np.uint8)]),
        np.vstack([alpha, ring]),
        (215.0, rows / px_per_mm),
        (108 - rows / 2) / px_per_mm,
    )


def tabletop_screen(rng: np.random.Generator) -> Picture:
    """A tablet showing a tracking page: text and a progress line, (640, 420, 3). No waybill number on it."""
    page = Image.new("RGB", (420, 640), (250, 250, 250))
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 420, 70), fill=(230, 120, 50))
    draw.text((20, 20), "物流详情", fill=(255, 255, 255), font=font("cjk", 28))
    for i in range(7):
        y = 110 + i * 72
        draw.ellipse((22, y, 36, y + 14), fill=(240, 140, 60) if i == 0 else (190, 190, 190))
        draw.text(
            (56, y - 6),
            str(rng.choice(["快件已到达 云岭转运中心", "派送中 请保持电话畅通", "已揽收", "运输中"])),
            fill=(60, 60, 60),
            font=font("cjk", 18),
        )
        draw.text(
            (56, y + 20),
            f"11-{20 - i:02d} {rng.integers(7, 22):02d}:{rng.integers(10, 60)}",
            fill=(150, 150, 150),
            font=font("source", 15),
        )
    return np.asarray(page, np.uint8)[:, :, ::-1].copy()


def crease_field(rng: np.random.Generator, size: tuple[int, int], cells: int) -> Field:
    """The relief of creased paper or film: (height, width), a few units high."""
    smooth = cv2.resize(noise(rng, cells, side=128), size, interpolation=cv2.INTER_CUBIC)
    sharp = np.abs(cv2.resize(noise(rng, cells * 2, cells_x=cells, side=128), size, interpolation=cv2.INTER_CUBIC))
    fine = np.abs(cv2.resize(noise(rng, cells * 3, side=128), size, interpolation=cv2.INTER_CUBIC))
    return np.asarray(0.5 * smooth - 0.8 * sharp - 0.3 * fine, np.float32)
