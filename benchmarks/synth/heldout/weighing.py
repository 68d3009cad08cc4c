"""Photos of scales for the reported part: eight devices, fonts and a light that no generator of development has.

The reader and ``models/display-digits`` were frozen before the first photo of this generator was read. Shared with the
others are the truth's form and the camera's pose and lens; digits, glasses, grounds, light and harms are new.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from ..truth import ScaleShot, WeightTruth
from .camera import Optics, aim, blurred, outline
from .fonts import MissingFontError, font
from .scales import FOLDERS

SIZE = (1920, 1440)
MM = 8
"""Pixels a millimetre while a front is drawn."""
DEVICES = ("baby", "fourteen", "bulbs", "mesh", "crane", "sticker", "oled", "app")
HARMS = ("none",) * 13 + ("defocus", "shake", "lamp", "strap", "far", "dusk", "off")
STROKES = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")
UNITS = {
    "baby": (("kg", 2), ("kg", 3), ("lb", 1)), "fourteen": (("kg", 2), ("g", 0), ("g", 1)),
    "bulbs": (("kg", 1), ("kg", 2)), "mesh": (("kg", 3), ("g", 0), ("斤", 2)), "crane": (("kg", 0), ("kg", 1)),
    "sticker": (("kg", 3), ("kg", 2), ("g", 0)), "oled": (("g", 1), ("g", 2), ("oz", 2)),
    "app": (("kg", 2), ("kg", 1), ("斤", 1), ("g", 0)),
}  # fmt: skip
TOP = {"g": 4000.0, "oz": 90.0, "kg": 80.0, "斤": 120.0, "lb": 70.0}
Colour = tuple[int, int, int]
"""Red, green, blue."""


@dataclass
class _Front:
    """A device's face as drawn, its own light, and where its digits are (left, top, right, bottom in mm)."""

    image: Image.Image
    light: Image.Image
    place: tuple[float, float, float, float]
    told: bool

    @property
    def size_mm(self) -> tuple[float, float]:
        return self.image.width / MM, self.image.height / MM


def _pick(rng: Generator, options: Any) -> Any:
    return options[int(rng.integers(len(options)))]


def _weight(rng: Generator, device: str) -> tuple[str, str]:
    unit, places = _pick(rng, UNITS[device])
    low = 25.0 if places == 0 else 0.15
    return f"{float(np.exp(rng.uniform(np.log(low), np.log(TOP[unit])))):.{places}f}", unit


# --- digits -------------------------------------------------------------------------------------------------------


def _tapered(pen: Any, x: float, y: float, tall: float, lit: str, ink: Colour, style: dict[str, float]) -> None:
    """Strokes that are broad outside and thin towards the waist, as large liquid crystals have them."""
    w, t = style["wide"] * tall, style["thick"] * tall
    g = 0.012 * tall
    half = tall / 2
    slim = 0.55 * t
    shapes = {
        "a": [(g, 0), (w - g, 0), (w - slim - g, t * 0.8), (slim + g, t * 0.8)],
        "d": [(g, tall), (w - g, tall), (w - slim - g, tall - t * 0.8), (slim + g, tall - t * 0.8)],
        "g": [(slim, half), (slim * 1.6, half - 0.4 * t), (w - slim * 1.6, half - 0.4 * t), (w - slim, half),
              (w - slim * 1.6, half + 0.4 * t), (slim * 1.6, half + 0.4 * t)],
        "f": [(0, g), (t, t + g), (slim, half - 0.35 * t), (0, half - g)],
        "e": [(0, tall - g), (t, tall - t - g), (slim, half + 0.35 * t), (0, half + g)],
        "b": [(w, g), (w - t, t + g), (w - slim, half - 0.35 * t), (w, half - g)],
        "c": [(w, tall - g), (w - t, tall - t - g), (w - slim, half + 0.35 * t), (w, half + g)],
    }  # fmt: skip
    for name in lit:
        pen.polygon([(x + px + style["lean"] * (tall - py), y + py) for px, py in shapes[name]], fill=ink)


def _bulbs(pen: Any, x: float, y: float, tall: float, lit: str, ink: Colour, style: dict[str, float]) -> None:
    """Each stroke three or four round lamps."""
    w, r, count = style["wide"] * tall, style["thick"] * tall / 2, int(style["count"])
    ends = {"a": (0, 0, 1, 0), "b": (1, 0, 1, 1), "c": (1, 1, 1, 2), "d": (0, 2, 1, 2), "e": (0, 1, 0, 2),
            "f": (0, 0, 0, 1), "g": (0, 1, 1, 1)}  # fmt: skip
    for name in lit:
        x0, y0, x1, y1 = ends[name]
        for i in range(count):
            share = (i + 0.5) / count
            cx = x + r + (x0 + (x1 - x0) * share) * (w - 2 * r) + style["lean"] * tall * (1 - (y0 + y1) / 4)
            cy = y + r + (y0 + (y1 - y0) * share) * (tall / 2 - r)
            pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=ink)


def _blocks(pen: Any, x: float, y: float, tall: float, lit: str, ink: Colour, style: dict[str, float]) -> None:
    """Heavy rounded bars with wide gaps, as large outdoor displays have them."""
    w, t, half = style["wide"] * tall, style["thick"] * tall, tall / 2
    g = style["gap"] * tall
    boxes = {
        "a": (t / 2 + g, 0, w - t / 2 - g, t), "g": (t / 2 + g, half - t / 2, w - t / 2 - g, half + t / 2),
        "d": (t / 2 + g, tall - t, w - t / 2 - g, tall), "f": (0, t / 2 + g, t, half - g),
        "b": (w - t, t / 2 + g, w, half - g), "e": (0, half + g, t, tall - t / 2 - g),
        "c": (w - t, half + g, w, tall - t / 2 - g),
    }  # fmt: skip
    for name in lit:
        x0, y0, x1, y1 = boxes[name]
        shift = style["lean"] * (tall - (y0 + y1) / 2)
        pen.rounded_rectangle((x + x0 + shift, y + y0, x + x1 + shift, y + y1), radius=t * 0.35, fill=ink)


def _style(rng: Generator, device: str) -> tuple[Any, dict[str, float]]:
    if device == "baby":
        return _tapered, {
            "wide": rng.uniform(0.5, 0.62), "thick": rng.uniform(0.1, 0.17), "space": rng.uniform(0.16, 0.26),
            "lean": float(rng.choice([0.0, 0.09])), "dot": rng.uniform(0.07, 0.11),
        }  # fmt: skip
    if device == "bulbs":
        return _bulbs, {
            "wide": rng.uniform(0.55, 0.66), "thick": rng.uniform(0.1, 0.14), "space": rng.uniform(0.2, 0.32),
            "lean": 0.0, "count": float(rng.integers(3, 5)), "dot": rng.uniform(0.1, 0.14),
        }  # fmt: skip
    return _blocks, {
        "wide": rng.uniform(0.5, 0.6), "thick": rng.uniform(0.12, 0.17), "space": rng.uniform(0.18, 0.28),
        "gap": rng.uniform(0.015, 0.035), "lean": float(rng.choice([0.0, 0.12])), "dot": rng.uniform(0.11, 0.15),
    }  # fmt: skip


def _row(
    pens: list[Any], drawn: tuple[Any, dict[str, float]], at: tuple[float, float, float], text: str, ink: Colour,
    faint: Colour | None = None, cells: int = 0, round_dot: bool = True,
) -> float:  # fmt: skip
    """``text`` with its right end and top at ``at`` (right, top, height in pixels); its left end."""
    draw, style = drawn
    right, top, tall = at
    pitch = (style["wide"] + style["space"]) * tall
    places: list[tuple[str, bool]] = []
    for char in text:
        if char == ".":
            places[-1] = (places[-1][0], True)
        else:
            places.append((char, False))
    left = right - len(places) * pitch + style["space"] * tall
    if faint is not None:
        for i in range(len(places) - max(cells, len(places)), len(places)):
            draw(pens[0], left + i * pitch, top, tall, "abcdefg", faint, style)
    for pen in pens:
        for i, (char, point) in enumerate(places):
            if char != "!":
                draw(pen, left + i * pitch, top, tall, STROKES[int(char)], ink, style)
            if point:
                r = style["dot"] * tall / 2
                x, y = left + i * pitch + (style["wide"] + style["space"] / 2) * tall, top + tall - r
                (pen.ellipse if round_dot else pen.rectangle)((x - r, y - r, x + r, y + r), fill=ink)
    return left


@lru_cache(maxsize=64)
def _fourteen(name: str, px: int) -> ImageFont.FreeTypeFont:
    for folder in FOLDERS:
        path = Path(folder) / f"DSEG14{name}.ttf"
        if path.is_file():
            return ImageFont.truetype(str(path), px)
    raise MissingFontError("no DSEG fonts: apt-get install fonts-dseg")


# --- fronts -------------------------------------------------------------------------------------------------------


def _blank(width: float, height: float, colour: Colour) -> tuple[Image.Image, Image.Image]:
    size = (round(width * MM), round(height * MM))
    return Image.new("RGB", size, colour), Image.new("RGB", size)


def _say(
    image: Image.Image, x: float, y: float, text: str, mm: float, name: str, ink: Colour, anchor: str = "lm"
) -> None:
    ImageDraw.Draw(image).text((x * MM, y * MM), text, fill=ink, font=font(name, max(6, round(mm * MM))), anchor=anchor)


def _named_font(rng: Generator, text: str) -> str:
    if any(ord(c) > 255 for c in text):
        return str(_pick(rng, ("song", "gothic")))
    return str(_pick(rng, ("lato", "lato-bold", "serif-bold", "fredoka")))


def _instrument(rng: Generator, device: str, text: str, unit: str, harm: str) -> _Front:
    """A glass with digits in a body, its unit beside or above their end, and some of its print."""
    looks: dict[str, Any] = {
        # glass, ink, glows
        "baby": [((196, 204, 196), (40, 44, 48), False), ((90, 150, 225), (18, 24, 60), False),
                 ((40, 70, 190), (236, 240, 255), True), ((214, 150, 70), (40, 26, 16), False)],
        "fourteen": [((170, 186, 150), (34, 40, 34), False), ((205, 208, 210), (30, 30, 34), False),
                     ((24, 26, 30), (240, 244, 236), True)],
        "bulbs": [((22, 16, 16), (255, 70, 50), True), ((14, 18, 14), (90, 255, 120), True)],
        "mesh": [((10, 26, 28), (120, 250, 225), True)],
        "crane": [((16, 10, 10), (255, 60, 40), True), ((18, 14, 8), (255, 190, 60), True)],
    }  # fmt: skip
    glass, ink, glows = _pick(rng, looks[device])
    body = _pick(rng, ((240, 236, 228), (36, 38, 44), (176, 60, 44), (92, 110, 128), (222, 190, 80)))
    tall = float(rng.uniform(10, 16))
    drawn = _style(rng, device)
    count = sum(c != "." for c in text)
    cells = max(count, int(rng.integers(4, 6)))
    pitch = (drawn[1]["wide"] + drawn[1]["space"]) * tall if device != "fourteen" else 0.82 * tall
    inner = cells * pitch + 0.5 * tall
    beside = tall * float(rng.uniform(1.2, 1.7))
    above, below = tall * float(rng.uniform(0.25, 0.5)), tall * float(rng.uniform(0.25, 0.5))
    edge = tall * float(rng.uniform(0.6, 1.3))
    width, height = inner + beside + 2 * edge, tall + above + below + 2.4 * edge
    image, light = _blank(width, height, body)
    frame = [edge * MM, edge * MM, (width - edge) * MM, (edge + tall + above + below) * MM]
    pen = ImageDraw.Draw(image)
    lip = tall * 0.1 * MM
    pen.rounded_rectangle(
        [frame[0] - lip, frame[1] - lip, frame[2] + lip, frame[3] + lip],
        radius=lip * 2,
        fill=tuple(c // 3 for c in body),
    )
    pen.rectangle(frame, fill=glass)
    shown = "!" * count if harm == "off" else text
    right, top = (edge + inner) * MM, (edge + above) * MM
    pens = [pen] + ([ImageDraw.Draw(light)] if glows else [])
    faint = tuple(round(g + 0.05 * (c - g)) for g, c in zip(glass, ink, strict=True)) if rng.random() < 0.5 else None
    if device == "fourteen":
        face = _fourteen(
            str(_pick(rng, ("Classic-Regular", "Modern-Regular", "Classic-Bold", "Modern-BoldItalic"))),
            round(tall * MM),
        )
        left = right - face.getlength(text)
        for each in pens:
            if harm != "off":
                each.text((left, top), text, fill=ink, font=face, anchor="lt")
    else:
        left = _row(pens, drawn, (right, top, tall * MM), shown, ink, faint, cells, rng.random() < 0.7)
    if device == "mesh":
        for y in range(round(frame[1]), round(frame[3]), 12):
            for each in pens:
                each.line((frame[0], y, frame[2], y), fill=(4, 10, 10), width=1)
    told = rng.random() < 0.85
    if told:
        name = "gothic" if unit == "斤" else str(_pick(rng, ("lato-bold", "fredoka", "serif-bold")))
        down = float(_pick(rng, (0.2, 0.5, 0.82)))
        _say(
            image,
            edge + inner + 0.25 * tall,
            edge + above + down * tall,
            unit,
            tall * float(rng.uniform(0.36, 0.52)),
            name,
            ink,
        )
    dark = sum(body) < 330
    for i in range(int(rng.integers(1, 4))):
        word = str(_pick(rng, ("SET", "置零", "Hanging Scale", "CAL", "300kg", "BODY", "峰值", "Precision")))
        place = (edge + i * inner / 2.5, edge * 1.75 + tall + above + below)
        _say(image, *place, word, tall * 0.28, _named_font(rng, word), (232, 232, 232) if dark else (44, 44, 44))
    return _Front(image, light, (left / MM, top / MM, right / MM, top / MM + tall), told)


def _sticker(rng: Generator, text: str, unit: str) -> _Front:
    """The sticker that a weighing printer gives: what it is above, the figures below."""
    image, light = _blank(60, 42, (246, 246, 242))
    ink = (38, 38, 42)
    name = str(_pick(rng, ("lato", "serif", "lato-bold")))
    _say(image, 4, 5, str(_pick(rng, ("生鲜称重", "Parcel desk 3", "收寄称重"))), 3.8, "song", ink)
    heading = str(_pick(rng, ("净重 Net", "重量", "Weight", "毛重")))
    inline = rng.random() < 0.5
    tall = float(rng.uniform(5.5, 8.0))
    face = font(name, round(tall * MM))
    x = 4.0
    if inline:
        _say(image, x, 17, heading + ":", tall * 0.62, "gothic", ink)
        x += font("gothic", round(tall * 0.62 * MM)).getlength(heading + ": ") / MM + 0.8
    else:
        _say(image, x, 11.5, heading, 3.4, "gothic", ink)
    _say(image, x, 17, text, tall, name, ink)
    right = x + face.getlength(text) / MM
    _say(image, right + 1.2, 17.4, unit, tall * 0.66, "gothic" if unit == "斤" else name, ink)
    _say(image, 4, 25.5, f"2026/11/{int(rng.integers(10, 29))}   S/N {int(rng.integers(1000, 9999))}", 3.2, name, ink)
    pen = ImageDraw.Draw(image)
    at = 4 * MM
    while at < 54 * MM:
        wide = int(rng.integers(2, 8))
        pen.rectangle((at, 29 * MM, at + wide, 37 * MM), fill=ink)
        at += wide + int(rng.integers(3, 9))
    return _Front(image, light, (x, 17 - 0.36 * tall, right, 17 + 0.36 * tall), True)


def _oled(rng: Generator, text: str, unit: str, harm: str) -> _Front:
    """A pocket balance with a small dotted screen: coarse pixels of a computer's old font."""
    body = _pick(rng, ((28, 28, 30), (210, 212, 216), (70, 34, 84)))
    image, light = _blank(64, 34, body)
    pen = ImageDraw.Draw(image)
    box = (7 * MM, 6 * MM, 57 * MM, 26 * MM)
    pen.rectangle(box, fill=(6, 8, 12))
    ink = _pick(rng, ((235, 244, 255), (120, 200, 255), (255, 214, 90)))
    face = ImageFont.load_default_imagefont()
    words = "" if harm == "off" else text
    small = Image.new("L", (8 * len(text) + 4, 14))
    ImageDraw.Draw(small).text((1, 1), words or " ", fill=255, font=face)
    edges = small.getbbox() or (0, 0, 8, 10)
    small = small.crop(edges)
    scale = int(min(11 * MM / small.height, 34 * MM / small.width))
    large = small.resize((small.width * scale, small.height * scale), Image.Resampling.NEAREST)
    grid = np.asarray(large, np.uint8).copy()
    if rng.random() < 0.6:  # gaps between the pixels
        grid[::scale] = 0
        grid[:, ::scale] = 0
    x, y = round(10 * MM), round((16 - 0.5 * large.height / MM) * MM)
    for each in (image, light):
        each.paste(Image.new("RGB", large.size, ink), (x, y), Image.fromarray(grid))
    right = x / MM + large.width / MM
    told = harm != "off"
    if told:
        _say(image, right + 2, 18, unit, 5.0, "lato-bold", ink)
    _say(image, 10, 30, str(_pick(rng, ("MINI SCALE", "Pocket 200", "ON   CAL   TARE"))), 2.6, "lato", (150, 150, 150))
    return _Front(image, light, (x / MM, y / MM, right, y / MM + large.height / MM), told)


def _app(rng: Generator, text: str, unit: str) -> _Front:
    """A phone's page: the figures in a ring, their unit below them."""
    image, light = _blank(62, 80, (18, 18, 20))
    pen = ImageDraw.Draw(image)
    dark = rng.random() < 0.5
    back, ink = ((24, 26, 34), (238, 240, 246)) if dark else ((244, 246, 250), (28, 30, 44))
    pen.rectangle((2 * MM, 2 * MM, 60 * MM, 78 * MM), fill=back)
    _say(image, 31, 9, str(_pick(rng, ("智能体重秤", "Smart Scale", "电子秤连接中"))), 4.0, "song", ink, "mm")
    ring = _pick(rng, ((80, 200, 160), (250, 130, 80), (90, 130, 250)))
    pen.arc(
        (8 * MM, 16 * MM, 54 * MM, 62 * MM), 130, 130 + float(rng.uniform(120, 280)), fill=ring, width=round(2.2 * MM)
    )
    name = str(_pick(rng, ("fredoka", "lato", "lato-bold", "serif")))
    tall = min(15.0, 58.0 / max(3, len(text)))
    _say(image, 31, 37, text, tall, name, ink, "mm")
    wide = font(name, round(tall * MM)).getlength(text) / MM
    _say(image, 31, 48, unit, tall * 0.42, "gothic" if unit == "斤" else name, ink, "mm")
    _say(image, 9, 70, str(_pick(rng, ("历史记录", "Share", "BMI  —"))), 3.6, "gothic", ring)
    return _Front(image, light, (31 - wide / 2, 37 - 0.36 * tall, 31 + wide / 2, 37 + 0.36 * tall), True)


# --- place, light, harm -------------------------------------------------------------------------------------------


def _ground(rng: Generator) -> Any:
    """Planks, tiles or concrete, (H, W, 3)."""
    small = (SIZE[1] // 4, SIZE[0] // 4)
    tone = rng.uniform(50, 190, 3)
    base = np.ones((*small, 3), np.float32) * tone.astype(np.float32)
    kind = int(rng.integers(3))
    if kind == 0:
        grain = cv2.GaussianBlur(rng.normal(0, 30, small).astype(np.float32), (0, 0), sigmaX=22, sigmaY=0.8)
        base += grain[:, :, None] * 4
        base[:: int(rng.integers(40, 90))] *= 0.45
    elif kind == 1:
        step = int(rng.integers(50, 120))
        base[::step] *= 0.6
        base[:, ::step] *= 0.6
        base += cv2.GaussianBlur(rng.normal(0, 20, small).astype(np.float32), (0, 0), 5)[:, :, None] * 3
    else:
        base += rng.normal(0, 9, small).astype(np.float32)[:, :, None]
        base += cv2.GaussianBlur(rng.normal(0, 60, small).astype(np.float32), (0, 0), 14)[:, :, None] * 5
    picture = cv2.resize(np.clip(base, 0, 255).astype(np.uint8), SIZE, interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.5:
        picture = cv2.flip(cv2.rotate(cv2.resize(picture, SIZE[::-1]), cv2.ROTATE_90_CLOCKWISE), 1)
    return picture


def _lamps(rng: Generator) -> Any:
    """Coloured lamps at two sides and the band of a flickering one: (h, w, 3) factors."""
    h, w = SIZE[1] // 16, SIZE[0] // 16
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    field = np.full((h, w, 3), float(rng.uniform(0.5, 0.85)), np.float32)
    for _ in range(2):
        cx, cy = rng.uniform(-0.3, 1.3) * w, rng.uniform(-0.3, 1.3) * h
        reach = float(rng.uniform(0.4, 1.1)) * w
        colour = np.array(
            _pick(rng, ((0.7, 0.9, 1.15), (1.15, 1.0, 0.85), (1.0, 1.0, 1.0), (0.95, 1.1, 0.9))), np.float32
        )
        field += (float(rng.uniform(0.1, 0.4)) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / reach**2))[
            :, :, None
        ] * colour
    if rng.random() < 0.3:
        field *= 1 + float(rng.uniform(0.02, 0.08)) * np.sin(y / h * float(rng.uniform(15, 45)))[:, :, None]
    return field


def _strap(rng: Generator, picture: Any, corners: Any, side: float) -> None:
    """A bag's strap or a sleeve across some of the digits."""
    share = float(rng.uniform(0.05, 0.95))
    at = corners[0] + (corners[1] - corners[0]) * share
    angle = float(rng.uniform(60, 120))
    box = cv2.boxPoints(((float(at[0]), float(at[1])), (side * 5, side * float(rng.uniform(0.35, 0.9))), angle))
    tone = tuple(int(v) for v in rng.integers(20, 220, 3))
    cv2.fillPoly(picture, [box.astype(np.int32)], tone, cv2.LINE_AA)
    cv2.polylines(
        picture, [box.astype(np.int32)], True, tuple(v // 2 for v in tone), max(1, round(side * 0.03)), cv2.LINE_AA
    )


def _photographed(rng: Generator, front: _Front, seed: int, truth: WeightTruth) -> ScaleShot:
    harm = truth.harm
    left, top, right, bottom = front.place
    wished = float(rng.uniform(9, 16)) if harm == "far" else float(np.exp(rng.uniform(np.log(30), np.log(150))))
    top_px = min(wished / (bottom - top) * front.size_mm[0], 1.15 * SIZE[0])
    plane = aim(
        front.size_mm, top_px, turn_deg=float(rng.normal(0, 7)), tilt_deg=float(abs(rng.normal(0, 18))),
        axis_deg=float(rng.uniform(0, 360)), centre=(SIZE[0] * float(rng.uniform(0.4, 0.6)),
        SIZE[1] * float(rng.uniform(0.4, 0.6))), long_edge=SIZE[0],
    )  # fmt: skip
    matrix = plane @ np.diag([1 / MM, 1 / MM, 1.0])
    face: Any = np.asarray(front.image, np.uint8)[:, :, ::-1]
    shrink = top_px / face.shape[1]
    if shrink < 0.6:
        face = cv2.GaussianBlur(face, (0, 0), 0.4 / shrink)
    picture: Any = _ground(rng)
    over = cv2.warpPerspective(face, matrix, SIZE)
    mask = (
        cv2.warpPerspective(np.full(face.shape[:2], 255, np.uint8), matrix, SIZE).astype(np.float32)[:, :, None] / 255
    )
    picture = np.asarray(picture * (1 - mask) + over * mask, np.float32)
    corners = outline(plane @ np.array([[1, 0, left], [0, 1, top], [0, 0, 1.0]]), (right - left, bottom - top))
    side = float(np.hypot(*(corners[3] - corners[0])))
    lamps = cv2.resize(_lamps(rng), SIZE, interpolation=cv2.INTER_LINEAR) * (0.25 if harm == "dusk" else 1.0)
    picture *= lamps
    own: Any = np.asarray(front.light, np.uint8)[:, :, ::-1]
    if own.any():
        if shrink < 0.6:
            own = cv2.GaussianBlur(own, (0, 0), 0.4 / shrink)
        glow = cv2.warpPerspective(own, matrix, SIZE).astype(np.float32)
        picture += 0.65 * glow + float(rng.uniform(0.15, 0.5)) * cv2.GaussianBlur(glow, (0, 0), max(1.0, 0.1 * side))
    if truth.device in ("oled", "app") or rng.random() < 0.35:  # a veil of stray light on the glass
        slope = np.linspace(0, 1, SIZE[0], dtype=np.float32)[None, :, None] * float(rng.uniform(-25, 25))
        picture += mask * (float(rng.uniform(4, 30)) + slope)
    shot: Any = np.clip(picture, 0, 255).astype(np.uint8)
    if harm == "strap":
        _strap(rng, shot, corners, side)
    if harm == "lamp":
        spot = corners.mean(0) + rng.uniform(-0.5, 0.5, 2) * side
        glare = np.zeros(SIZE[::-1], np.float32)
        cv2.circle(glare, (round(spot[0]), round(spot[1])), round(side * rng.uniform(0.5, 1.1)), 1.0, -1)
        glare = cv2.GaussianBlur(glare, (0, 0), max(1.0, side * 0.15))[:, :, None] * rng.uniform(0.8, 1.0)
        shot = np.clip(shot * (1 - glare) + 252 * glare, 0, 255).astype(np.uint8)
    radius = side * float(rng.uniform(0.32, 0.6)) if harm == "defocus" else side * float(rng.uniform(0.01, 0.055))
    shake = side * float(rng.uniform(0.4, 0.8)) if harm == "shake" else side * float(rng.uniform(0.0, 0.05))
    shot = blurred(shot, Optics(max(0.5, radius), shake, float(rng.uniform(0, 180))))
    noise = rng.normal(0, float(rng.uniform(1, 5 if harm != "dusk" else 9)), (SIZE[1] // 2, SIZE[0] // 2, 1))
    grain = cv2.resize(noise.astype(np.float32), SIZE, interpolation=cv2.INTER_LINEAR)[:, :, None]
    shot = np.clip(shot + grain, 0, 255).astype(np.uint8)
    scale = float(rng.uniform(0.65, 0.85)) if rng.random() < 0.35 else 1.0
    if scale < 1:
        shot = cv2.resize(shot, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    legible = harm == "none" and side * scale >= 18
    quad = tuple((float(x * scale), float(y * scale)) for x, y in corners)
    known = replace(truth, legible=legible, digit_px=side * scale, quad=quad)  # type: ignore[arg-type]
    return ScaleShot(np.asarray(shot, np.uint8), known, seed, int(rng.integers(50, 92)))


def weighing_shot(seed: int) -> ScaleShot:
    """The held-out photo of ``seed``."""
    rng = np.random.default_rng(12_700_043 + seed)
    device = DEVICES[seed % len(DEVICES)]
    harm = str(_pick(rng, HARMS))
    if device in ("sticker", "app") and harm in ("off", "strap"):
        harm = "none"
    text, unit = _weight(rng, device)
    if device == "sticker":
        front = _sticker(rng, text, unit)
    elif device == "oled":
        front = _oled(rng, text, unit, harm)
    elif device == "app":
        front = _app(rng, text, unit)
    else:
        front = _instrument(rng, device, text, unit, harm)
    value = "" if harm == "off" else text
    nowhere = ((0.0, 0.0),) * 4
    truth = WeightTruth(value, unit, front.told and harm != "off", False, device, harm, 0.0, nowhere)
    return _photographed(rng, front, seed, truth)
