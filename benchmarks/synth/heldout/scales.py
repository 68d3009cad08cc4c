"""Photos of scales with other devices, display fonts, light and lens than the drawn ones.

They were the reported part until their failures were looked at; they are development since, and
``displays.py`` beside this is reported.

Digits come from the DSEG fonts (OFL; Debian's ``fonts-dseg``): other proportions, slants, cut corners and points
than the drawn ones. Nothing is shared with ``benchmarks.synth.scales`` but the truth's form.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from ..truth import ScaleShot, WeightTruth
from .camera import Bgr, Floats, Optics, aim, blurred, outline
from .conditions import draw_light, finish
from .fonts import MissingFontError, font
from .surfaces import ground

SIZE = (2400, 1800)
FOLDERS = (Path("/usr/share/fonts/truetype/dseg"), Path.home() / ".fonts")
FACES = ("Classic", "Modern", "ClassicMini", "ModernMini")
WEIGHTS = ("Light", "Regular", "Bold", "Italic", "BoldItalic", "LightItalic")
DEVICES = ("pocket", "glass", "luggage", "fluorescent", "pallet", "stacked", "terminal")
HARMS = ("none",) * 13 + ("defocus", "shake", "reflex", "thumb", "distant", "night", "dead")
INKS = {
    # glass, lit, unlit share, glows
    "yellow-green": ((92, 168, 164), (30, 44, 38), 0.05, False),
    "silver": ((172, 178, 174), (44, 46, 50), 0.0, False),
    "amber": ((60, 150, 235), (20, 30, 60), 0.06, False),
    "cyan": ((205, 190, 120), (60, 40, 20), 0.04, False),
    "negative": ((48, 34, 30), (235, 232, 226), 0.04, False),
    "vfd": ((28, 32, 18), (205, 240, 110), 0.0, True),
    "red": ((12, 8, 26), (60, 70, 250), 0.07, True),
    "orange": ((10, 14, 30), (50, 140, 255), 0.06, True),
}
LOOKS = {
    "pocket": ("yellow-green", "cyan", "negative"),
    "glass": ("silver", "negative", "cyan"),
    "luggage": ("silver", "yellow-green", "amber"),
    "fluorescent": ("vfd",),
    "pallet": ("red", "orange"),
    "stacked": ("silver", "yellow-green", "red"),
}
NAMES = ("BALANCE", "POWER", "ZERO", "PCS", "HOLD", "清零", "累计", "Model SF-400", "精密电子秤", "LOW BAT")


@lru_cache(maxsize=256)
def _segments(face: str, weight: str, px: int) -> ImageFont.FreeTypeFont:
    for folder in FOLDERS:
        path = folder / f"DSEG7{face}-{weight}.ttf"
        if path.is_file():
            return ImageFont.truetype(str(path), px)
    raise MissingFontError("no DSEG fonts: apt-get install fonts-dseg")


def _weight(rng: Generator, device: str) -> tuple[str, str]:
    choices = {
        "pocket": (("g", 2), ("g", 1), ("oz", 3), ("g", 0)),
        "glass": (("kg", 2), ("斤", 1), ("lb", 1), ("kg", 1)),
        "luggage": (("kg", 2), ("kg", 1), ("lb", 2)),
        "fluorescent": (("kg", 3), ("kg", 2), ("g", 0)),
        "pallet": (("kg", 1), ("kg", 2)),
        "stacked": (("kg", 3), ("斤", 2)),
        "terminal": (("kg", 2), ("kg", 3), ("g", 0)),
    }[device]
    unit, places = choices[int(rng.integers(len(choices)))]
    top = {"g": 2500.0, "oz": 60.0, "kg": 48.0, "斤": 90.0, "lb": 99.0}[unit]
    value = float(np.exp(rng.uniform(np.log(0.2 if places else 12.0), np.log(top))))
    return f"{value:.{places}f}", unit


class Board:
    """A flat front in pixels of its own, 8 a millimetre, drawn with Pillow."""

    def __init__(self, size_mm: tuple[float, float], colour: tuple[int, int, int]) -> None:
        self.per_mm = 8.0
        self.size_mm = size_mm
        self.image = Image.new("RGB", (round(size_mm[0] * 8), round(size_mm[1] * 8)), colour[::-1])
        self.light = Image.new("RGB", self.image.size)
        self.draw = ImageDraw.Draw(self.image)

    def box(self, x: float, y: float, w: float, h: float, colour: tuple[int, int, int], radius: float = 0) -> None:
        area = [round(v * 8) for v in (x, y, x + w, y + h)]
        self.draw.rounded_rectangle(area, radius=radius * 8, fill=colour[::-1])

    def words(self, x: float, y: float, text: str, mm: float, name: str, colour: tuple[int, int, int]) -> None:
        self.draw.text((x * 8, y * 8), text, fill=colour[::-1], font=font(name, max(6, round(mm * 8))), anchor="lm")

    def figures(
        self, right: float, middle: float, text: str, mm: float, style: tuple[str, str], look: str, cells: int
    ) -> tuple[float, float, float, float]:
        """Digits that end at ``right``; (left, top, right, bottom) of them in mm."""
        _, lit, share, glows = INKS[look]
        glass = INKS[look][0]
        face = _segments(*style, round(mm * 8))
        one = face.getlength("8")
        if share:
            faint = tuple(round(g + share * (c - g)) for g, c in zip(glass, lit, strict=True))
            whole = "8." * cells
            self.draw.text(
                (right * 8 - face.getlength(whole), middle * 8), whole, fill=faint[::-1], font=face, anchor="lm"
            )
        at = (right * 8 - face.getlength(text), middle * 8)
        self.draw.text(at, text, fill=lit[::-1], font=face, anchor="lm")
        if glows:
            ImageDraw.Draw(self.light).text(at, text, fill=lit[::-1], font=face, anchor="lm")
        count = sum(c != "." for c in text)
        left, top, _, bottom = self.draw.textbbox(at, text.replace("!", "8"), font=face, anchor="lm")
        return min(left, right * 8 - count * one) / 8, top / 8, right, bottom / 8


def _unit(rng: Generator, board: Board, x: float, y: float, unit: str, mm: float, look: str) -> bool:
    """The unit as makers show it; False where it cannot be told."""
    ink = INKS[look][1]
    name = ("gothic",) if unit == "斤" else ("hanken-bold", "redhat-bold", "firago-bold", "manrope", "caladea-bold")
    draw = rng.random()
    if draw < 0.72:
        written = unit.upper() if unit != "斤" and rng.random() < 0.2 else unit
        board.words(
            x,
            y + rng.uniform(-0.25, 0.25) * mm,
            written,
            mm * rng.uniform(0.45, 0.62),
            name[int(rng.integers(len(name)))],
            ink,
        )
        return True
    if draw < 0.9:
        for i, other in enumerate(("kg", "lb", "g")):
            board.words(x + 0.12 * mm, y + (i - 1) * 0.42 * mm, other, mm * 0.34, "hanken", ink)
        board.box(x - 0.05 * mm, y + (int(rng.integers(3)) - 1) * 0.42 * mm - 0.04 * mm, 0.1 * mm, 0.1 * mm, ink)
    return False


def _front(rng: Generator, device: str, text: str, unit: str, harm: str) -> tuple[Board, tuple[float, ...], bool]:
    """The device's front, where its digits are (mm), and whether the unit can be told."""
    if device == "terminal":
        return _terminal(rng, text, unit)
    look = LOOKS[device][int(rng.integers(len(LOOKS[device])))]
    style = (FACES[int(rng.integers(4))], WEIGHTS[int(rng.integers(6))])
    body = ((52, 50, 48), (225, 226, 224), (96, 120, 60), (150, 90, 40), (180, 182, 186))[int(rng.integers(5))]
    mm = float(rng.uniform(9, 16))
    cells = max(4, sum(c != "." for c in text) + int(rng.integers(0, 2)))
    wide = cells * mm * 0.86 + 2.4 * mm
    glass_h = mm * rng.uniform(1.5, 2.1) * (2.1 if device == "stacked" else 1)
    side, over, under = mm * rng.uniform(0.6, 1.6), mm * rng.uniform(0.7, 1.8), mm * rng.uniform(1.0, 3.0)
    board = Board((wide + 2 * side, glass_h + over + under), body)
    rim = mm * rng.uniform(0.1, 0.4)
    board.box(side - rim, over - rim, wide + 2 * rim, glass_h + 2 * rim, tuple(int(c * 0.5) for c in body), 1.5)  # type: ignore[arg-type]
    board.box(side, over, wide, glass_h, INKS[look][0], 1.0)
    right = side + wide - 1.7 * mm
    shown = "!" * len(text) if harm == "dead" else text
    middle = over + glass_h * (0.27 if device == "stacked" else 0.5)
    place = board.figures(right, middle, shown, mm, style, look, cells)
    told = _unit(rng, board, right + 0.25 * mm, middle, unit, mm, look)
    if device == "stacked":
        price = f"{rng.uniform(1, 90):.2f}"
        board.figures(right, over + glass_h * 0.76, price, mm * 0.8, style, look, cells)
        board.words(right + 0.25 * mm, over + glass_h * 0.76, "元", mm * 0.55, "gothic", INKS[look][1])
        board.words(
            side + 0.1 * mm,
            over - 0.55 * mm,
            "净重",
            mm * 0.45,
            "gothic",
            (235, 235, 235) if sum(body) < 330 else (30, 30, 30),
        )
    ink = (230, 230, 230) if sum(body) < 330 else (40, 40, 40)
    for i in range(int(rng.integers(0, 4))):
        word = NAMES[int(rng.integers(len(NAMES)))]
        board.words(side + i * wide / 3, over + glass_h + 0.65 * under, word, mm * 0.3, "gothic", ink)
    return board, place, told


def _terminal(rng: Generator, text: str, unit: str) -> tuple[Board, tuple[float, ...], bool]:
    """A courier's handheld terminal: printed figures on a bright screen."""
    board = Board((70, 60), (40, 40, 40))
    board.box(4, 4, 62, 52, (246, 244, 240))
    name = ("gothic", "song")[int(rng.integers(2))]
    board.box(4, 4, 62, 8, (60, 120, 30))
    board.words(7, 8, "收件称重", 4.4, name, (255, 255, 255))
    title = ("重量", "实重", "称重")[int(rng.integers(3))]
    told = rng.random() < 0.85
    board.words(7, 22, f"{title}:{text}{unit if told else ''}", 5.2, name, (25, 25, 25))
    board.words(7, 32, f"体积 {rng.integers(1, 9)}×{rng.integers(1, 9)}×{rng.integers(1, 9)}", 4.4, name, (70, 70, 70))
    board.words(7, 42, f"应收 ¥{rng.uniform(6, 40):.2f}", 4.4, name, (70, 70, 70))
    left = 7 + 5.2 * (len(title) + 0.6)
    return board, (left, 19.4, left + 0.55 * 5.2 * len(text), 24.6), told


def scale_shot(seed: int) -> ScaleShot:
    """The photo of ``seed``."""
    rng = np.random.default_rng(5_000_011 + seed)
    device = DEVICES[seed % len(DEVICES)]
    harm = HARMS[int(rng.integers(len(HARMS)))]
    if device == "terminal" and harm in ("dead", "thumb"):
        harm = "none"
    text, unit = _weight(rng, device)
    board, place, told = _front(rng, device, text, unit, harm)
    value = "" if harm == "dead" else text
    return photographed(
        rng, board, place, seed, WeightTruth(value, unit, told, False, device, harm, 0.0, ((0.0, 0.0),) * 4)
    )


def photographed(rng: Generator, board: Board, place: tuple[float, ...], seed: int, truth: WeightTruth) -> ScaleShot:
    """``board`` on some ground under some light; ``place`` is where its digits are (mm), ``truth.harm`` what befell."""
    harm = truth.harm
    tall_mm = place[3] - place[1]
    digit_px = float(rng.uniform(10, 17)) if harm == "distant" else float(np.exp(rng.uniform(np.log(34), np.log(190))))
    top_px = min(digit_px / tall_mm * board.size_mm[0], 1.25 * SIZE[0])
    turned = 180.0 if rng.random() < 0.04 else 0.0
    plane = aim(
        board.size_mm,
        top_px,
        turn_deg=turned + float(rng.normal(0, 5)),
        tilt_deg=float(abs(rng.normal(0, 16))),
        axis_deg=float(rng.uniform(0, 360)),
        centre=(SIZE[0] * float(rng.uniform(0.42, 0.58)), SIZE[1] * float(rng.uniform(0.42, 0.58))),
        long_edge=SIZE[0],
    )
    _, quarter = ground(rng, SIZE)
    picture = np.asarray(cv2.resize(quarter, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)
    to_board = np.array([[1 / board.per_mm, 0, 0], [0, 1 / board.per_mm, 0], [0, 0, 1]])
    matrix = plane @ to_board
    front = np.asarray(board.image, np.uint8)[:, :, ::-1]
    over = cv2.warpPerspective(front, matrix, SIZE, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full(front.shape[:2], 255, np.uint8), matrix, SIZE)
    weight = (cv2.blur(mask, (3, 3)).astype(np.float32) / 255)[:, :, None]
    picture = np.asarray(picture * (1 - weight) + over * weight, np.uint8)
    corners = outline(
        plane @ np.array([[1, 0, place[0]], [0, 1, place[1]], [0, 0, 1.0]]), (place[2] - place[0], tall_mm)
    )
    side = float(np.hypot(*(corners[3] - corners[0])))
    if harm == "thumb":
        _thumb(rng, picture, corners, side)
    light = draw_light(rng, SIZE)
    level = 0.3 if harm == "night" else 1.0
    field: Floats = np.asarray(light.field * level, np.float32)
    picture = _glowing(picture, board, matrix, field, side)
    if harm == "reflex":
        _reflex(rng, picture, corners, side)
    radius = side * float(rng.uniform(0.3, 0.6)) if harm == "defocus" else side * float(rng.uniform(0.005, 0.05))
    shake = side * float(rng.uniform(0.35, 0.8)) if harm == "shake" else 0.0
    picture = np.asarray(blurred(picture, Optics(max(0.5, radius), shake, float(rng.uniform(0, 180)))), np.uint8)
    flat = type(light)(np.ones_like(light.field), light.level, light.noise, light.smeared, 0.0)
    picture, shrink, quality, _ = finish(rng, picture, flat, 0.25)
    points = tuple((float(x * shrink), float(y * shrink)) for x, y in corners)
    legible = harm == "none" and side * shrink >= 18
    known = replace(truth, legible=legible, digit_px=side * shrink, quad=points)  # type: ignore[arg-type]
    return ScaleShot(picture, known, seed, quality)


def _glowing(picture: Bgr, board: Board, matrix: np.ndarray, field: Floats, side: float) -> Bgr:
    """Room light on everything, then the display's own light with its bloom."""
    gain = cv2.resize(field, SIZE, interpolation=cv2.INTER_LINEAR)
    lit = picture.astype(np.float32) * gain
    own = np.asarray(board.light, np.uint8)[:, :, ::-1]
    if own.any():
        glow = cv2.warpPerspective(own, matrix, SIZE).astype(np.float32)
        lit = lit * 0.9 + glow * 0.75 + 0.4 * cv2.GaussianBlur(glow, (0, 0), max(1.0, 0.08 * side))
    return np.asarray(np.clip(lit, 0, 255), np.uint8)


def _thumb(rng: Generator, picture: Bgr, corners: np.ndarray, side: float) -> None:
    """A thumb over some of the digits, with its outline and shade."""
    at = corners[3] + (corners[2] - corners[3]) * rng.uniform(0.1, 0.9)
    axes = (round(side * rng.uniform(0.4, 0.6)), round(side * rng.uniform(1.2, 2.0)))
    spot = (round(at[0]), round(at[1] + side * 0.6))
    cv2.ellipse(picture, spot, axes, rng.uniform(-25, 25), 0, 360, (110, 135, 190), -1, cv2.LINE_AA)
    cv2.ellipse(picture, spot, (axes[0] // 2, axes[1] // 2), 0, 0, 360, (130, 158, 215), -1, cv2.LINE_AA)


def _reflex(rng: Generator, picture: Bgr, corners: np.ndarray, side: float) -> None:
    """A window's reflection: a soft quadrilateral of light across the glass."""
    middle = corners.mean(0) + rng.uniform(-0.8, 0.8, 2) * side
    box = cv2.boxPoints(((float(middle[0]), float(middle[1])), (side * 1.6, side * 0.9), float(rng.uniform(0, 90))))
    mask = np.zeros(picture.shape[:2], np.float32)
    cv2.fillPoly(mask, [box.astype(np.int32)], 1.0)
    mask = cv2.GaussianBlur(mask, (0, 0), max(1.0, side * 0.08))[:, :, None] * rng.uniform(0.8, 1.0)
    picture[:] = np.asarray(picture * (1 - mask) + 250 * mask, np.uint8)
