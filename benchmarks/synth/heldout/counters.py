"""Photos of scales for the reported part: eight devices, fonts and a light that no other generator has.

The reader, ``models/display-digits`` and the points were frozen before the first photo of this generator was read.
Shared with the others are the truth's form and the camera's pose and lens.
"""

from __future__ import annotations

import importlib.util
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

SIZE = (1800, 1400)
MM = 8
"""Pixels a millimetre while a front is drawn."""
DEVICES = ("notched", "rounded", "shaded", "panel", "roll", "tablet", "mirror", "paper")
HARMS = ("none",) * 13 + ("soft", "jerk", "flash", "tape", "tiny", "gloom", "dead")
UNITS = {
    "notched": (("g", 0), ("kg", 2), ("oz", 1)), "rounded": (("kg", 2), ("kg", 1), ("lb", 1)),
    "shaded": (("kg", 2), ("kg", 3), ("斤", 2)), "panel": (("kg", 1), ("kg", 2)),
    "roll": (("kg", 3), ("kg", 2), ("g", 0)),
    "tablet": (("kg", 2), ("kg", 3)), "mirror": (("kg", 1), ("lb", 1), ("kg", 2)), "paper": (("g", 0), ("kg", 3)),
}  # fmt: skip
TOP = {"g": 3500.0, "oz": 70.0, "kg": 90.0, "斤": 60.0, "lb": 90.0}
LIT = dict(zip("0123456789", (0x3F, 0x06, 0x5B, 0x4F, 0x66, 0x6D, 0x7D, 0x07, 0x7F, 0x6F), strict=True))
"""Bits 0 to 6: top, right above, right below, bottom, left below, left above, middle."""
Colour = tuple[int, int, int]
"""Red, green, blue."""


@dataclass
class _Face:
    """A device's face, its own light, its digits' place (left, top, right, bottom in mm), and whether a unit shows."""

    image: Image.Image
    light: Image.Image
    place: tuple[float, float, float, float]
    told: bool


def _pick(rng: Generator, options: Any) -> Any:
    return options[int(rng.integers(len(options)))]


def _weight(rng: Generator, device: str) -> tuple[str, str]:
    unit, places = _pick(rng, UNITS[device])
    low = 22.0 if places == 0 else 0.2
    return f"{float(np.exp(rng.uniform(np.log(low), np.log(TOP[unit])))):.{places}f}", unit


@lru_cache(maxsize=128)
def _type(name: str, px: int) -> ImageFont.FreeTypeFont:
    """A font of matplotlib's, or one of the generator's Chinese ones."""
    if name in ("song", "gothic"):
        return font(name, px)
    spec = importlib.util.find_spec("matplotlib")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / f"{name}.ttf"
        if path.is_file():
            return ImageFont.truetype(str(path), px)
    raise MissingFontError(f"no {name} in matplotlib")


def _say(
    image: Image.Image, x: float, y: float, text: str, mm: float, name: str, ink: Colour, anchor: str = "lm"
) -> float:
    """Prints in mm; the right end."""
    face = _type("gothic" if any(ord(c) > 255 for c in text) else name, max(6, round(mm * MM)))
    ImageDraw.Draw(image).text((x * MM, y * MM), text, fill=ink, font=face, anchor=anchor)
    return x + face.getlength(text) / MM


# --- digits -------------------------------------------------------------------------------------------------------


def _notched(pen: Any, x: float, y: float, tall: float, bits: int, ink: Colour, style: dict[str, float]) -> None:
    """Strokes with one slanting and one square end, leaning far."""
    w, t, h = style["wide"] * tall, style["thick"] * tall, tall / 2
    g = 0.03 * tall
    parts = [
        [(g, 0), (w - g, 0), (w - g - t, t), (g, t)], [(w - t, t + g), (w, g), (w, h - g), (w - t, h - g)],
        [(w - t, h + g), (w, h + g), (w, tall - g), (w - t, tall - g - t)],
        [(g + t, tall - t), (w - g, tall - t), (w - g, tall), (g, tall)],
        [(0, h + g), (t, h + g), (t, tall - t - g), (0, tall - g)], [(0, g), (t, g), (t, h - g), (0, h - g)],
        [(t + g, h - t / 2), (w - t - g, h - t / 2), (w - t - g, h + t / 2), (t + g, h + t / 2)],
    ]  # fmt: skip
    for i, part in enumerate(parts):
        if bits >> i & 1:
            pen.polygon([(x + px + style["lean"] * (tall - py), y + py) for px, py in part], fill=ink)


def _rounded(pen: Any, x: float, y: float, tall: float, bits: int, ink: Colour, style: dict[str, float]) -> None:
    """Strokes that are bent where two meet: one line with soft corners."""
    w, t, h = style["wide"] * tall, style["thick"] * tall, tall / 2
    lines = [
        [(0.22 * w, t / 2), (0.78 * w, t / 2)], [(w - t / 2, 0.14 * tall), (w - t / 2, h - 0.07 * tall)],
        [(w - t / 2, h + 0.07 * tall), (w - t / 2, tall - 0.14 * tall)],
        [(0.22 * w, tall - t / 2), (0.78 * w, tall - t / 2)],
        [(t / 2, h + 0.07 * tall), (t / 2, tall - 0.14 * tall)], [(t / 2, 0.14 * tall), (t / 2, h - 0.07 * tall)],
        [(0.24 * w, h), (0.76 * w, h)],
    ]  # fmt: skip
    for i, line in enumerate(lines):
        if bits >> i & 1:
            _stroke(pen, [(x + px, y + py) for px, py in line], t, ink)
    # Corners that join two lit strokes: top left, top right, bottom right, bottom left.
    corners = {
        (5, 0): [(t / 2, 0.14 * tall), (0.06 * w + t / 2, 0.04 * tall + t / 2), (0.22 * w, t / 2)],
        (0, 1): [(0.78 * w, t / 2), (0.94 * w - t / 2, 0.04 * tall + t / 2), (w - t / 2, 0.14 * tall)],
        (2, 3): [(w - t / 2, 0.86 * tall), (0.94 * w - t / 2, 0.96 * tall - t / 2), (0.78 * w, tall - t / 2)],
        (3, 4): [(0.22 * w, tall - t / 2), (0.06 * w + t / 2, 0.96 * tall - t / 2), (t / 2, 0.86 * tall)],
    }
    for (a, b), line in corners.items():
        if bits >> a & 1 and bits >> b & 1:
            _stroke(pen, [(x + px, y + py) for px, py in line], t, ink)


def _stroke(pen: Any, points: list[tuple[float, float]], thick: float, ink: Colour) -> None:
    pen.line(points, fill=ink, width=max(1, round(thick)), joint="curve")
    for px, py in (points[0], points[-1]):
        pen.ellipse((px - thick / 2, py - thick / 2, px + thick / 2, py + thick / 2), fill=ink)


def _slabs(pen: Any, x: float, y: float, tall: float, bits: int, ink: Colour, style: dict[str, float]) -> None:
    """Broad strokes cut from one outline by thin diagonal lines."""
    w, t, h, g = style["wide"] * tall, style["thick"] * tall, tall / 2, 0.014 * tall
    parts = [
        [(2 * g, 0), (w - 2 * g, 0), (w - t - g, t - g), (t + g, t - g)],
        [(w, 2 * g), (w, h - g), (w - t + g, h - t / 2), (w - t + g, t + g)],
        [(w, h + g), (w, tall - 2 * g), (w - t + g, tall - t - g), (w - t + g, h + t / 2)],
        [(2 * g, tall), (w - 2 * g, tall), (w - t - g, tall - t + g), (t + g, tall - t + g)],
        [(0, h + g), (0, tall - 2 * g), (t - g, tall - t - g), (t - g, h + t / 2)],
        [(0, 2 * g), (0, h - g), (t - g, h - t / 2), (t - g, t + g)],
        [(2 * g, h), (t, h - t / 2 + g), (w - t, h - t / 2 + g), (w - 2 * g, h),
         (w - t, h + t / 2 - g), (t, h + t / 2 - g)],
    ]  # fmt: skip
    for i, part in enumerate(parts):
        if bits >> i & 1:
            pen.polygon([(x + px + style["lean"] * (tall - py), y + py) for px, py in part], fill=ink)


DRAWN = {"notched": _notched, "rounded": _rounded, "shaded": _slabs, "mirror": _slabs}


def _row(
    pens: list[Any], device: str, style: dict[str, float], at: tuple[float, float, float], text: str, ink: Colour
) -> float:
    """``text`` with its right end and top at ``at`` (right, top, height in pixels); its left end."""
    right, top, tall = at
    pitch = (style["wide"] + style["space"]) * tall
    digits = text.replace(".", "")
    left = right - len(digits) * pitch + style["space"] * tall
    for pen in pens:
        for i, char in enumerate(digits):
            DRAWN[device](pen, left + i * pitch, top, tall, LIT.get(char, 0), ink, style)
        if "." in text:
            r = style["dot"] * tall / 2
            x = left + text.index(".") * pitch - style["space"] * tall / 2
            (pen.ellipse if style["round"] else pen.rectangle)((x - r, top + tall - 2 * r, x + r, top + tall), fill=ink)
    return left


# --- faces --------------------------------------------------------------------------------------------------------


def _new(width: float, height: float, colour: Colour) -> tuple[Image.Image, Image.Image]:
    size = (round(width * MM), round(height * MM))
    return Image.new("RGB", size, colour), Image.new("RGB", size)


def _gauge(rng: Generator, device: str, text: str, unit: str, harm: str) -> _Face:
    """A display in its housing."""
    looks: dict[str, Any] = {
        # glass, ink, glows
        "notched": [((184, 196, 206), (36, 38, 50), False), ((150, 176, 140), (28, 36, 26), False),
                    ((52, 58, 66), (214, 222, 226), False)],
        "rounded": [((10, 12, 20), (120, 190, 255), True), ((20, 12, 10), (255, 140, 60), True),
                    ((12, 12, 12), (245, 245, 250), True)],
        "shaded": [((222, 178, 96), (52, 36, 18), False), ((196, 206, 176), (42, 46, 38), False),
                   ((176, 200, 214), (32, 42, 54), False)],
        "mirror": [((46, 50, 56), (252, 252, 255), True), ((70, 70, 74), (255, 236, 210), True)],
        "panel": [((18, 18, 18), (255, 90, 40), True), ((14, 20, 16), (160, 255, 90), True)],
    }  # fmt: skip
    glass, ink, glows = _pick(rng, looks[device])
    body = _pick(rng, ((250, 248, 244), (58, 62, 66), (30, 60, 110), (160, 164, 150), (96, 60, 40)))
    tall = float(rng.uniform(10, 15))
    style = {
        "wide": float(rng.uniform(0.46, 0.62)), "thick": float(rng.uniform(0.1, 0.16)),
        "space": float(rng.uniform(0.17, 0.3)),
        "lean": float(rng.uniform(0.1, 0.18)) if device == "notched" else float(_pick(rng, (0.0, 0.06))),
        "dot": float(rng.uniform(0.1, 0.14)), "round": float(rng.random() < 0.5),
    }  # fmt: skip
    count = len(text.replace(".", ""))
    pitch = (style["wide"] + style["space"]) * tall if device != "panel" else 0.86 * tall
    inner = max(count, int(rng.integers(4, 7))) * pitch + 0.6 * tall
    beside, above, edge = (
        tall * float(rng.uniform(1.1, 1.6)),
        tall * float(rng.uniform(0.22, 0.55)),
        tall * float(rng.uniform(0.5, 1.2)),
    )
    image, light = _new(inner + beside + 2 * edge, tall + 2 * above + 2.3 * edge, body)
    pen = ImageDraw.Draw(image)
    window = [edge * MM, edge * MM, (edge + inner + beside) * MM, (edge + tall + 2 * above) * MM]
    pen.rounded_rectangle(
        [window[0] - 6, window[1] - 6, window[2] + 6, window[3] + 6], radius=14, fill=tuple(c * 2 // 3 for c in body)
    )
    pen.rounded_rectangle(window, radius=10, fill=glass)
    right, top = (edge + inner) * MM, (edge + above) * MM
    shown = "" if harm == "dead" else text
    pens = [pen] + ([ImageDraw.Draw(light)] if glows else [])
    if device == "panel":
        left = _dots(pens, (right, top, tall * MM), shown or "0", ink if shown else glass)
    else:
        if device == "shaded" and shown:  # the strokes' shade on the ground of the glass
            shade = tuple(round(g + 0.28 * (c - g)) for g, c in zip(glass, ink, strict=True))
            off = tall * MM * float(rng.uniform(0.02, 0.05))
            _row([pen], device, style, (right + off, top + off, tall * MM), shown, shade)
        left = (
            _row(pens, device, style, (right, top, tall * MM), shown or "0", ink) if shown else right - 2 * pitch * MM
        )
    if device == "mirror" and shown:  # the second pane's picture of them
        faint = tuple(round(g + 0.2 * (c - g)) for g, c in zip(glass, ink, strict=True))
        copy = Image.new("RGB", image.size, glass)
        _row(
            [ImageDraw.Draw(copy)],
            device,
            style,
            (right + 0.07 * tall * MM, top - 0.06 * tall * MM, tall * MM),
            shown,
            faint,
        )
        image.paste(
            Image.fromarray(np.maximum(np.asarray(image), np.where(np.asarray(copy) != glass, np.asarray(copy), 0)))
        )
    told = rng.random() < 0.85
    if told:
        name = str(_pick(rng, ("DejaVuSerif", "STIXGeneralBol", "DejaVuSansMono-Bold", "cmss10")))
        down = float(_pick(rng, (0.18, 0.5, 0.84)))
        _say(
            image,
            edge + inner + 0.22 * tall,
            edge + above + down * tall,
            unit,
            tall * float(rng.uniform(0.36, 0.5)),
            name,
            ink,
        )
    bright = sum(body) > 330
    for i in range(int(rng.integers(1, 4))):
        word = str(_pick(rng, ("POWER", "峰值保持", "Kitchen", "M+", "HOLD", "校准", "LOAD CELL", "READY")))
        _say(
            image,
            edge + i * inner / 2.6,
            edge * 1.7 + tall + 2 * above,
            word,
            tall * 0.26,
            "cmss10",
            (50, 50, 50) if bright else (226, 226, 226),
        )
    return _Face(image, light, (left / MM, top / MM, right / MM, top / MM + tall), told)


def _dots(pens: list[Any], at: tuple[float, float, float], text: str, ink: Colour) -> float:
    """Round lamps, fourteen in the height, that show a typeface's digits; the left end."""
    right, top, tall = at
    face = _type("DejaVuSans-Bold", 18)
    small = Image.new("L", (14 * len(text) + 8, 24))
    ImageDraw.Draw(small).text((2, 2), text, fill=255, font=face)
    box = small.getbbox() or (0, 0, 8, 14)
    lamps = np.asarray(small.crop(box)) > 110
    step = tall / lamps.shape[0]
    left = float(right - lamps.shape[1] * step)
    for pen in pens:
        for row, column in np.argwhere(lamps):
            x, y, r = left + (column + 0.5) * step, top + (row + 0.5) * step, step * 0.42
            pen.ellipse((x - r, y - r, x + r, y + r), fill=ink)
    return left


def _roll(rng: Generator, text: str, unit: str) -> _Face:
    """A till's roll with its weight among its rows."""
    image, light = _new(58, 64, (250, 250, 246))
    ink = (58, 56, 66)
    name = str(_pick(rng, ("cmtt10", "DejaVuSansMono")))
    head = str(_pick(rng, ("DEPOT 7", "驿站 称重单", "GREEN SHOP")))
    _say(image, 29, 7, head, 4.4, name, ink, "mm")
    _say(
        image,
        4,
        17,
        f"{int(rng.integers(10, 28))}.11.2026  {int(rng.integers(9, 19))}:{int(rng.integers(10, 59))}",
        3.6,
        name,
        ink,
    )
    tall = float(rng.uniform(4.6, 6.5))
    label = str(_pick(rng, ("NET WT", "WEIGHT", "重量", "净重")))
    x = _say(image, 4, 29, label + (":" if rng.random() < 0.5 else "  "), tall * 0.8, name, ink) + 1.5
    right = _say(image, x, 29, text, tall, name, ink)
    _say(image, right + (0.2 if rng.random() < 0.5 else 1.4), 29, unit, tall, name, ink)
    _say(image, 4, 41, f"PRICE   {rng.uniform(2, 40):.2f} 元", 3.8, name, ink)
    _say(image, 4, 49, f"TOTAL   {rng.uniform(2, 99):.2f} 元", 3.8, name, ink)
    return _Face(image, light, (x, 29 - 0.38 * tall, right, 29 + 0.38 * tall), True)


def _tablet(rng: Generator, text: str, unit: str) -> _Face:
    """A page of a warehouse's tablet: a card with its title and the weight."""
    image, light = _new(84, 58, (34, 34, 38))
    pen = ImageDraw.Draw(image)
    pen.rectangle((3 * MM, 3 * MM, 81 * MM, 55 * MM), fill=(236, 239, 243))
    pen.rounded_rectangle((7 * MM, 16 * MM, 77 * MM, 51 * MM), radius=20, fill=(255, 255, 255))
    name = str(_pick(rng, ("DejaVuSerif", "STIXGeneral", "cmss10", "DejaVuSerif-Bold")))
    _say(image, 8, 9, str(_pick(rng, ("包裹复核", "Outbound check", "出库称重"))), 4.6, "cmss10", (40, 60, 90))
    title = str(_pick(rng, ("Weight", "称重结果", "实际重量")))
    _say(image, 11, 22, title, 3.8, name, (110, 118, 130))
    tall = float(rng.uniform(9, 13))
    ink = _pick(rng, ((20, 24, 32), (0, 110, 80), (30, 70, 170)))
    right = _say(image, 11, 35, text, tall, name, ink)
    _say(image, right + 1.5, 36.5, unit, tall * 0.5, name, ink)
    _say(image, 11, 46, str(_pick(rng, ("稳定", "Stable", "OK"))), 3.6, name, (110, 118, 130))
    return _Face(image, light, (11, 35 - 0.36 * tall, right, 35 + 0.36 * tall), True)


def _paper(rng: Generator, text: str, unit: str) -> _Face:
    """A shelf balance with electronic paper: grey figures on grey, with a frame."""
    image, light = _new(62, 32, (206, 208, 206))
    pen = ImageDraw.Draw(image)
    tone = int(rng.integers(176, 206))
    pen.rectangle((4 * MM, 4 * MM, 58 * MM, 28 * MM), fill=(tone, tone + 2, tone - 2))
    ink = (int(rng.integers(50, 84)),) * 3
    name = str(_pick(rng, ("STIXGeneralBol", "DejaVuSerif-Bold", "cmr10")))
    tall = float(rng.uniform(11, 14))
    right = _say(image, 8, 15, text, tall, name, ink)
    _say(image, right + 1.6, 17, unit, tall * 0.55, name, ink)
    _say(image, 8, 25, str(_pick(rng, ("shelf 12", "库位 A-3", "net"))), 2.8, "cmss10", ink)
    return _Face(image, light, (8, 15 - 0.36 * tall, right, 15 + 0.36 * tall), True)


# --- place, light, harm -------------------------------------------------------------------------------------------


def _ground(rng: Generator) -> Any:
    """Corrugated board, checked cloth or a strewn table, (H, W, 3)."""
    h, w = SIZE[1] // 4, SIZE[0] // 4
    tone = rng.uniform(70, 200, 3).astype(np.float32)
    base = np.ones((h, w, 3), np.float32) * tone
    kind = int(rng.integers(3))
    if kind == 0:
        base += (7 * np.sin(np.arange(w) * float(rng.uniform(0.5, 1.4))))[None, :, None].astype(np.float32)
        base += cv2.GaussianBlur(rng.normal(0, 40, (h, w)).astype(np.float32), (0, 0), 9)[:, :, None] * 3
    elif kind == 1:
        step = int(rng.integers(16, 40))
        lines = ((np.arange(h) // step % 2)[:, None] + (np.arange(w) // step % 2)[None, :]).astype(np.float32)
        base *= (1 - 0.22 * lines)[:, :, None]
        base += rng.normal(0, 6, (h, w, 1)).astype(np.float32)
    else:
        for _ in range(60):
            at = (int(rng.integers(w)), int(rng.integers(h)))
            cv2.ellipse(
                base,
                at,
                (int(rng.integers(5, 40)), int(rng.integers(3, 20))),
                float(rng.uniform(0, 180)),
                0,
                360,
                tuple(float(v) for v in tone * rng.uniform(0.7, 1.25)),
                -1,
            )
    return cv2.resize(np.clip(base, 0, 255).astype(np.uint8), SIZE, interpolation=cv2.INTER_CUBIC)


def _window_light(rng: Generator) -> Any:
    """Day from one side, the bars of a blind or the edge of a shade now and then: (h, w, 3) factors."""
    h, w = SIZE[1] // 8, SIZE[0] // 8
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    angle = float(rng.uniform(0, 2 * np.pi))
    along = (x / w - 0.5) * np.cos(angle) + (y / h - 0.5) * np.sin(angle)
    field = float(rng.uniform(0.75, 1.05)) + float(rng.uniform(0.1, 0.5)) * along
    if rng.random() < 0.25:
        bars = np.sin(along * float(rng.uniform(20, 60)) + float(rng.uniform(0, 6)))
        field = field * (
            1 - float(rng.uniform(0.06, 0.22)) * (cv2.GaussianBlur((bars > 0).astype(np.float32), (0, 0), 2))
        )
    elif rng.random() < 0.3:
        shade = cv2.GaussianBlur(
            (along > float(rng.uniform(-0.2, 0.2))).astype(np.float32), (0, 0), float(rng.uniform(1, 8))
        )
        field = field * (1 - float(rng.uniform(0.15, 0.4)) * shade)
    cast = np.array(_pick(rng, ((0.78, 0.93, 1.1), (1.08, 1.0, 0.94), (1.0, 1.0, 1.0))), np.float32)
    return np.clip(field, 0.25, 1.4)[:, :, None] * cast


def _tape(rng: Generator, picture: Any, corners: Any, side: float) -> None:
    """A strip of tape or a leaf of paper over some of the digits."""
    at = corners[0] + (corners[1] - corners[0]) * float(rng.uniform(0.05, 0.95)) + (corners[3] - corners[0]) * 0.5
    half, tall = side * float(rng.uniform(0.2, 0.5)), side * float(rng.uniform(0.7, 1.4))
    turn = float(rng.uniform(-25, 25))
    box = cv2.boxPoints(((float(at[0]), float(at[1])), (2 * half, 2 * tall), turn))
    box = box + rng.normal(0, 0.05 * side, (4, 2)).astype(np.float32)
    cv2.fillPoly(picture, [box.astype(np.int32)], tuple(int(v) for v in rng.integers(120, 250, 3)), cv2.LINE_AA)


def _photographed(rng: Generator, face: _Face, seed: int, truth: WeightTruth) -> ScaleShot:
    harm = truth.harm
    left, top, right, bottom = face.place
    size = (face.image.width / MM, face.image.height / MM)
    wished = float(rng.uniform(9, 16)) if harm == "tiny" else float(np.exp(rng.uniform(np.log(30), np.log(140))))
    top_px = min(wished / (bottom - top) * size[0], 1.15 * SIZE[0])
    plane = aim(
        size, top_px, turn_deg=float(rng.normal(0, 8)), tilt_deg=float(abs(rng.normal(0, 17))),
        axis_deg=float(rng.uniform(0, 360)), centre=(SIZE[0] * float(rng.uniform(0.4, 0.6)),
        SIZE[1] * float(rng.uniform(0.4, 0.6))), long_edge=SIZE[0],
    )  # fmt: skip
    matrix = plane @ np.diag([1 / MM, 1 / MM, 1.0])
    front: Any = np.asarray(face.image, np.uint8)[:, :, ::-1]
    own: Any = np.asarray(face.light, np.uint8)[:, :, ::-1]
    shrink = top_px / front.shape[1]
    if shrink < 0.6:
        front, own = (cv2.GaussianBlur(each, (0, 0), 0.4 / shrink) for each in (front, own))
    mask = cv2.warpPerspective(np.full(front.shape[:2], 255, np.uint8), matrix, SIZE).astype(np.float32)[:, :, None]
    mask /= 255
    picture: Any = _ground(rng) * (1 - mask) + cv2.warpPerspective(front, matrix, SIZE) * mask
    corners = outline(plane @ np.array([[1, 0, left], [0, 1, top], [0, 0, 1.0]]), (right - left, bottom - top))
    side = float(np.hypot(*(corners[3] - corners[0])))
    picture = (
        picture
        * cv2.resize(_window_light(rng), SIZE, interpolation=cv2.INTER_LINEAR)
        * (0.24 if harm == "gloom" else 1.0)
    )
    if own.any():
        glow = cv2.warpPerspective(own, matrix, SIZE).astype(np.float32)
        picture = (
            picture + 0.55 * glow + float(rng.uniform(0.2, 0.6)) * cv2.GaussianBlur(glow, (0, 0), max(1.0, 0.07 * side))
        )
    shot: Any = np.clip(picture, 0, 255).astype(np.uint8)
    if harm == "tape":
        _tape(rng, shot, corners, side)
    if harm == "flash":
        spot = corners.mean(0) + rng.uniform(-0.6, 0.6, 2) * side
        y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]].astype(np.float32)
        reach = side * float(rng.uniform(0.4, 0.9))
        shot = np.clip(
            shot + 300 * np.exp(-((x - spot[0]) ** 2 + (y - spot[1]) ** 2) / reach**2)[:, :, None], 0, 255
        ).astype(np.uint8)
    radius = side * float(rng.uniform(0.32, 0.6)) if harm == "soft" else side * float(rng.uniform(0.01, 0.055))
    shake = side * float(rng.uniform(0.4, 0.8)) if harm == "jerk" else side * float(rng.uniform(0.0, 0.05))
    shot = blurred(shot, Optics(max(0.5, radius), shake, float(rng.uniform(0, 180))))
    noise = rng.normal(0, float(rng.uniform(1, 5 if harm != "gloom" else 9)), (SIZE[1] // 2, SIZE[0] // 2))
    shot = shot + cv2.resize(noise.astype(np.float32), SIZE, interpolation=cv2.INTER_LINEAR)[:, :, None]
    shot = np.clip(shot, 0, 255).astype(np.uint8)
    scale = float(rng.uniform(0.65, 0.9)) if rng.random() < 0.35 else 1.0
    if scale < 1:
        shot = cv2.resize(shot, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    quad = tuple((float(x * scale), float(y * scale)) for x, y in corners)
    legible = harm == "none" and side * scale >= 18
    known = replace(truth, legible=legible, digit_px=side * scale, quad=quad)  # type: ignore[arg-type]
    return ScaleShot(np.asarray(shot, np.uint8), known, seed, int(rng.integers(50, 92)))


def counter_shot(seed: int) -> ScaleShot:
    """The held-out photo of ``seed``."""
    rng = np.random.default_rng(31_415_927 + seed)
    device = DEVICES[seed % len(DEVICES)]
    harm = str(_pick(rng, HARMS))
    printed = device in ("roll", "tablet", "paper")
    if printed and harm == "dead":
        harm = "none"
    text, unit = _weight(rng, device)
    if printed:
        face = {"roll": _roll, "tablet": _tablet, "paper": _paper}[device](rng, text, unit)
    else:
        face = _gauge(rng, device, text, unit, harm)
    nowhere = ((0.0, 0.0),) * 4
    value = "" if harm == "dead" else text
    truth = WeightTruth(value, unit, face.told and harm != "dead", False, device, harm, 0.0, nowhere)
    return _photographed(rng, face, seed, truth)
