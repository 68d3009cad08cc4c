"""Photos of scales for development: kitchen, hanging and courier scales with LCD and LED seven-segment displays.

Digits are drawn segment by segment, so that weight of the strokes, slant, gaps, unlit segments and the size of the
point vary freely. The reported part of the benchmark is measured on other devices and fonts
(``benchmarks.synth.heldout.scales``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.synth.fonts import font
from benchmarks.synth.optics import add_noise, blurred, light_field, lit, sharpened, smooth_field
from benchmarks.synth.surfaces import GROUNDS, texture
from benchmarks.synth.truth import ScaleShot, WeightTruth

Picture = NDArray[np.uint8]
Rng = np.random.Generator
Colour = tuple[int, int, int]

SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd",
    "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcdfg", "-": "g", " ": "",
}  # fmt: skip
"""Lit segments: a top, b upper right, c lower right, d bottom, e lower left, f upper left, g middle."""

DEVICES = ("kitchen", "hanging", "courier-led", "courier-lcd", "pricing", "screen")
HARMS = ("none", "none", "none", "none", "blur", "motion", "glare", "covered", "small", "dark", "off")
UNITS_CN = {"g": "克", "kg": "千克", "斤": "斤"}


@dataclass(frozen=True)
class _Look:
    lit: Colour
    unlit: Colour | None
    back: Colour
    bezel: Colour
    glow: bool


def _pick(rng: Rng, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def _value(rng: Rng, device: str) -> tuple[str, str]:
    if device == "kitchen":
        unit = _pick(rng, ("g", "g", "g", "oz", "lb", "kg"))
    elif device == "hanging":
        unit = _pick(rng, ("kg", "kg", "斤", "lb"))
    else:
        unit = _pick(rng, ("kg", "kg", "kg", "斤", "g"))
    if unit == "g":
        text = str(int(10 ** rng.uniform(1.3, 3.7)))
    elif unit == "oz":
        text = f"{rng.uniform(0.5, 99):.1f}"
    else:
        text = f"{10 ** rng.uniform(-0.8, 1.5):.{int(rng.integers(2, 4))}f}"
    return text, unit


def segment_digit(glyph: str, height: int, *, thick: float, gap: float, wide: float) -> tuple[Picture, Picture]:
    """One digit: masks (height, width) of the lit and of the unlit segments, 0 or 255, four times supersampled."""
    k = 4
    h, w, t = height * k, round(height * wide) * k, thick * height * k
    shown, rest = np.zeros((h, w), np.uint8), np.zeros((h, w), np.uint8)
    g, half = gap * height * k, h / 2
    mid = t / 2

    def across(y: float) -> list[tuple[float, float]]:
        left, right = mid + g, w - mid - g
        return [(left, y), (left + mid, y - mid), (right - mid, y - mid), (right, y), (right - mid, y + mid),
                (left + mid, y + mid)]  # fmt: skip

    def down(x: float, top: float, bottom: float) -> list[tuple[float, float]]:
        top, bottom = top + g, bottom - g
        return [(x, top), (x + mid, top + mid), (x + mid, bottom - mid), (x, bottom), (x - mid, bottom - mid),
                (x - mid, top + mid)]  # fmt: skip

    places = {
        "a": across(mid), "g": across(half), "d": across(h - mid), "b": down(w - mid, mid, half),
        "c": down(w - mid, half, h - mid), "f": down(mid, mid, half), "e": down(mid, half, h - mid),
    }  # fmt: skip
    for name, points in places.items():
        onto = shown if name in SEGMENTS[glyph] else rest
        cv2.fillPoly(onto, [np.array(points).round().astype(np.int32)], 255)
    size = (w // k, height)
    return tuple(np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_AREA), np.uint8) for one in (shown, rest))  # type: ignore[return-value]


def display_masks(
    rng: Rng, text: str, height: int, cells: int, *, sans: float = 1.0
) -> tuple[Picture, Picture, tuple[float, float]]:
    """Masks of lit and unlit segments of a whole display, right-aligned, and the (left, right) of its lit digits.

    A point takes no cell of its own: it stands at the foot of its digit, as on real displays.
    """
    thick, gap = rng.uniform(0.09, 0.17) * sans, rng.uniform(0.0, 0.02)
    wide, space = rng.uniform(0.46, 0.6), rng.uniform(0.14, 0.26)
    slant = rng.choice([0.0, rng.uniform(0.04, 0.16)])
    dot = thick * rng.uniform(0.75, 1.15) * height
    step = round(height * (wide + space))
    glyphs: list[tuple[str, bool]] = []
    for char in text:
        if char == ".":
            glyphs[-1] = (glyphs[-1][0], True)
        else:
            glyphs.append((char, False))
    blank = max(0, cells - len(glyphs))
    glyphs = [(" ", False)] * blank + glyphs
    pad = round(height * 0.3)
    lit_, unlit = (np.zeros((height + 2 * pad, step * len(glyphs) + 2 * pad), np.uint8) for _ in range(2))
    dot_low = rng.uniform(0.0, 0.04) * height
    round_dot = rng.random() < 0.5
    for place, (char, point) in enumerate(glyphs):
        x = pad + place * step
        shown, rest = segment_digit(char, height, thick=thick, gap=gap, wide=wide)
        lit_[pad : pad + height, x : x + shown.shape[1]] |= shown
        unlit[pad : pad + height, x : x + shown.shape[1]] |= rest
        onto = lit_ if point else unlit
        cx, cy = x + height * (wide + space / 2), pad + height - dot / 2 + dot_low
        if round_dot:
            cv2.circle(onto, (round(cx), round(cy)), max(1, round(dot / 2)), 255, -1, cv2.LINE_AA)
        else:
            r = dot / 2
            cv2.rectangle(onto, (round(cx - r), round(cy - r)), (round(cx + r), round(cy + r)), 255, -1)
    lean = np.array([[1, -slant, slant * (pad + height / 2)], [0, 1, 0]], np.float32)
    size = (lit_.shape[1], lit_.shape[0])
    leaning = [np.asarray(cv2.warpAffine(one, lean, size), np.uint8) for one in (lit_, unlit)]
    return leaning[0], leaning[1], (float(pad + blank * step), float(pad + len(glyphs) * step))


def _look(rng: Rng, device: str) -> _Look:
    grey = int(rng.integers(20, 60))
    back: Any
    unlit: Any
    if device == "courier-led":
        hue = _pick(rng, ("red", "red", "green", "white"))
        lit_ = {"red": (40, 45, 255), "green": (90, 255, 90), "white": (255, 250, 235)}[hue]
        back = (14, 10, 16 + int(rng.integers(0, 20)))
        unlit = tuple(round(b + 0.06 * c) for b, c in zip(back, lit_, strict=True))
        return _Look(lit_, unlit if rng.random() < 0.5 else None, back, (grey, grey, grey), True)
    style = rng.random()
    if style < 0.6:  # dark on a grey-green glass
        back = tuple(int(c + rng.integers(-14, 14)) for c in (135, 170, 158))
        ink = tuple(int(c) for c in rng.integers(20, 62, 3))
    elif style < 0.75:  # dark on an orange or green backlight
        back = (70, 165, 240) if rng.random() < 0.5 else (90, 215, 160)
        ink = (25, 35, 45)
    else:  # white on blue, or on black
        back = (190, 80, 30) if rng.random() < 0.5 else (32, 28, 26)
        ink = (250, 245, 240)
    share = rng.choice([0.0, rng.uniform(0.03, 0.12)])
    unlit = tuple(round(b + share * (i - b)) for b, i in zip(back, ink, strict=True)) if share else None
    bezel = (grey, grey, grey) if rng.random() < 0.5 else (225, 228, 230)
    return _Look(ink, unlit, back, bezel, False)  # type: ignore[arg-type]


def _text(picture: Picture, at: tuple[float, float], text: str, height: float, colour: Colour, name: str) -> None:
    """Print ``text`` with its left middle at ``at`` (pixels), in place."""
    page = Image.fromarray(picture)
    ImageDraw.Draw(page).text(at, text, fill=colour, font=font(name, max(8, round(height))), anchor="lm")
    picture[:] = np.asarray(page)


@dataclass
class _Face:
    """A device's front, flat, with where its digits are."""

    bgr: Picture
    glow: Picture
    digits: NDArray[np.float64]
    height: float
    unit_shown: bool


def _window(rng: Rng, text: str, unit: str, look: _Look, height: int, cells: int, *, dead: bool = False) -> _Face:
    """One display: glass, digits, and the unit beside them in one of the ways makers print it."""
    lit_, unlit, (left, right) = display_masks(rng, " " if dead else text, height, cells)
    tail = round(height * 1.5)
    rows, cols = lit_.shape[0], lit_.shape[1] + tail
    glass = np.empty((rows, cols, 3), np.uint8)
    glass[:] = look.back
    if look.unlit is not None:
        glass = _blend(glass, unlit, look.unlit)
    glow = np.zeros_like(glass)
    wide = np.zeros((rows, cols), np.uint8)
    wide[:, : lit_.shape[1]] = lit_
    glass = _blend(glass, wide, look.lit)
    if look.glow:
        glow = _blend(glow, wide, look.lit)
    at = (lit_.shape[1] + 0.05 * height, rows * rng.uniform(0.35, 0.72))
    size = height * rng.uniform(0.34, 0.5)
    name = _pick(rng, ("roboto", "roboto-bold", "source-bold", "dejavu", "condensed"))
    style = rng.random()
    shown = True
    if style < 0.62 or unit == "斤":
        written = UNITS_CN[unit] if unit in UNITS_CN and rng.random() < 0.15 else unit
        cjk = any(ord(c) > 0x2E00 for c in written)
        _text(glass, at, written, size, look.lit, "cjk" if cjk else name)
    elif style < 0.85:  # several units, the valid one marked by a small triangle that no OCR reads
        names = [unit, *[other for other in ("g", "kg", "lb", "oz") if other != unit][: int(rng.integers(1, 4))]]
        rng.shuffle(names)
        for place, written in enumerate(names):
            spot = (at[0] + 0.3 * height, rows * (0.2 + 0.6 * place / max(1, len(names) - 1)))
            _text(glass, spot, written, height * 0.24, look.lit, name)
            if written == unit:
                x, y = spot[0] - 0.1 * height, spot[1]
                r = 0.07 * height
                mark = np.array([(x, y), (x - r, y - r), (x - r, y + r)]).round().astype(np.int32)
                cv2.fillPoly(glass, [mark], look.lit, cv2.LINE_AA)
        shown = False
    else:
        shown = False
    corners = np.array([(left, 0.3 * height), (right, 0.3 * height), (right, 1.3 * height), (left, 1.3 * height)])
    return _Face(glass, glow, corners, height, shown)


def _blend(under: Picture, mask: Picture, colour: Colour) -> Picture:
    weight = (mask.astype(np.float32) / 255)[:, :, None]
    if weight.shape[1] < under.shape[1]:
        weight = np.pad(weight, ((0, 0), (0, under.shape[1] - weight.shape[1]), (0, 0)))
    return np.asarray(under * (1 - weight) + np.array(colour, np.float32) * weight, np.uint8)


def _framed(rng: Rng, window: _Face, look: _Look, body: Colour, margins: tuple[float, float, float, float]) -> _Face:
    """The window in a bezel in the device's body; margins (left, top, right, bottom) in digit heights."""
    rim = round(window.height * rng.uniform(0.08, 0.3))
    h, w = window.bgr.shape[:2]
    left, top, right, bottom = (round(m * window.height) for m in margins)
    face = np.empty((h + 2 * rim + top + bottom, w + 2 * rim + left + right, 3), np.uint8)
    face[:] = body
    grain = smooth_field(rng, (face.shape[1], face.shape[0]), 40)[:, :, None] * 3
    face = np.clip(face + grain, 0, 255).astype(np.uint8)
    face[top : top + h + 2 * rim, left : left + w + 2 * rim] = look.bezel
    face[top + rim : top + rim + h, left + rim : left + rim + w] = window.bgr
    glow = np.zeros_like(face)
    glow[top + rim : top + rim + h, left + rim : left + rim + w] = window.glow
    return _Face(face, glow, window.digits + np.array((left + rim, top + rim)), window.height, window.unit_shown)


def _device(rng: Rng, device: str, text: str, unit: str, *, dead: bool) -> _Face:
    look = _look(rng, device)
    height = 160
    cells = max(4, sum(c != "." for c in text)) + int(rng.integers(0, 2))
    if device == "screen":
        return _screen(rng, text, unit)
    body = ((238, 240, 242), (40, 40, 42), (190, 195, 200), (60, 90, 40), (200, 205, 120))[int(rng.integers(5))]
    if device == "pricing":
        return _pricing(rng, text, unit, look, body, dead=dead)
    window = _window(rng, text, unit, look, height, cells, dead=dead)
    if device == "hanging":
        margins = (0.8, rng.uniform(0.8, 1.8), 0.8, rng.uniform(2.0, 3.5))
    else:
        margins = (rng.uniform(0.8, 3.0), rng.uniform(0.6, 2.5), rng.uniform(0.8, 3.0), rng.uniform(0.6, 1.6))
    face = _framed(rng, window, look, body, margins)
    dark = sum(body) < 300
    ink: Colour = (225, 225, 225) if dark else (50, 50, 50)
    rows, cols = face.bgr.shape[:2]
    words = ("ON/OFF", "TARE", "MODE", "UNIT", "Electronic Kitchen Scale", "MAX 5kg d=1g", "去皮", "开机", "Max:50kg")
    for place in range(int(rng.integers(1, 4))):
        word = _pick(rng, words)
        cjk = any(ord(c) > 0x2E00 for c in word)
        at = (cols * (0.08 + 0.3 * place), rows - 0.3 * height)
        _text(face.bgr, at, word, 0.26 * height, ink, "cjk" if cjk else "source")
    return face


def _pricing(rng: Rng, text: str, unit: str, look: _Look, body: Colour, *, dead: bool) -> _Face:
    """A market scale: three windows with their names, weight first."""
    height = 130
    names = (
        (f"重量({unit})", text),
        ("单价(元/kg)", f"{rng.uniform(0.5, 60):.2f}"),
        ("金额(元)", f"{rng.uniform(1, 300):.2f}"),
    )
    faces, shared = [], rng.bit_generator.state
    for name, shown in names:
        rng.bit_generator.state = shared
        window = _window(rng, shown, "斤", look, height, 5, dead=dead)
        glass = window.bgr[:, : window.bgr.shape[1] - round(height * 1.3)]
        glow = window.glow[:, : glass.shape[1]]
        plain = _Face(np.ascontiguousarray(glass), np.ascontiguousarray(glow), window.digits, height, True)
        face = _framed(rng, plain, look, body, (0.4, 0.9, 0.3, 0.2))
        ink: Colour = (225, 225, 225) if sum(body) < 300 else (50, 50, 50)
        _text(face.bgr, (0.5 * height, 0.5 * height), name, 0.42 * height, ink, "cjk")
        faces.append(face)
    rows = min(face.bgr.shape[0] for face in faces)
    whole = np.hstack([face.bgr[:rows] for face in faces])
    glow = np.hstack([face.glow[:rows] for face in faces])
    return _Face(whole, glow, faces[0].digits, height, True)


def _screen(rng: Rng, text: str, unit: str) -> _Face:
    """A courier's intranet page with the weight as a field among others."""
    size = 44
    page = np.full((900, 1500, 3), 250, np.uint8)
    page[:90] = (150, 90, 40)
    _text(page, (40, 45), "运单详情", 44, (255, 255, 255), "cjk")
    label = _pick(rng, ("重量", "计费重量", "称重重量", "实际重量"))
    rows = [
        ("运单号", "".join(str(d) for d in rng.integers(0, 10, 13))),
        (
            "寄件时间",
            f"2026-11-{int(rng.integers(1, 28)):02d} {int(rng.integers(8, 20)):02d}:{int(rng.integers(60)):02d}",
        ),
        ("件数", "1"),
        ("运费", f"{rng.uniform(5, 30):.2f}元"),
    ]
    place = int(rng.integers(1, 5))
    joined = rng.random() < 0.6
    rows.insert(place, (label if joined else f"{label}({unit})", f"{text}{unit}" if joined else text))
    digits = np.zeros((4, 2))
    for i, (name, value) in enumerate(rows):
        y = 170 + i * 120
        _text(page, (60, y), name + ":", size, (90, 90, 90), "cjk")
        x = 480
        _text(page, (x, y), value, size, (20, 20, 20), "cjk")
        if i == place:
            digits = np.array(
                [(x, y - 24.0), (x + 25.0 * len(text), y - 24.0), (x + 25.0 * len(text), y + 24.0), (x, y + 24.0)]
            )
    return _Face(page, np.zeros_like(page), digits, 36.0, True)


def scale_shot(
    seed: int, *, device: str | None = None, harm: str | None = None, size: tuple[int, int] = (2016, 1512)
) -> ScaleShot:
    """The photo of ``seed``; ``size`` is (width, height)."""
    rng = np.random.default_rng(91_000 + seed)
    device = device or DEVICES[seed % len(DEVICES)]
    harm = harm or _pick(rng, HARMS)
    harm = "none" if (device, harm) == ("screen", "off") else harm
    text, unit = _value(rng, device)
    face = _device(rng, device, text, unit, dead=harm == "off")
    if harm == "covered":
        _cover(rng, face)
    width, height = size
    digit_px = rng.uniform(9, 15) if harm == "small" else 10 ** rng.uniform(1.5, 2.25)
    plane = _pose(rng, face, digit_px, size)
    tile = texture(_pick(rng, GROUNDS))
    picture = np.tile(tile, (2, 2, 1))[:height, :width].copy()
    over = cv2.warpPerspective(face.bgr, plane, size, flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(np.full(face.bgr.shape[:2], 255, np.uint8), plane, size)
    weight = cv2.GaussianBlur(cover, (0, 0), 1.0)[:, :, None] / 255.0
    picture = np.asarray(picture * (1 - weight) + over * weight, np.uint8)
    dim = 0.35 if harm == "dark" else 1.0
    picture = lit(np.asarray(picture * dim, np.uint8), light_field(rng, size, strength=0.8))
    glow = cv2.warpPerspective(face.glow, plane, size)
    if face.glow.any():
        halo = cv2.GaussianBlur(glow, (0, 0), max(1.0, digit_px * 0.06)).astype(np.float32)
        picture = np.clip(picture * 0.85 + glow * 0.9 + 0.5 * halo, 0, 255).astype(np.uint8)
    corners = cv2.perspectiveTransform(face.digits[None].astype(np.float64), plane)[0]
    if harm == "glare":
        _glare(rng, picture, corners, digit_px)
    sigma = digit_px * (rng.uniform(0.12, 0.3) if harm == "blur" else rng.uniform(0.004, 0.03))
    motion = digit_px * rng.uniform(0.3, 0.7) if harm == "motion" else 0.0
    picture = blurred(picture, max(0.5, sigma), motion, rng.uniform(0, 180))
    picture = sharpened(picture, rng.uniform(0.1, 0.6))
    add_noise(picture, rng.uniform(6, 12) if harm == "dark" else rng.uniform(1, 5), rng)
    side = float(np.hypot(*(corners[3] - corners[0])))
    legible = harm == "none" or (harm == "dark" and side > 40)
    quad = tuple((float(x), float(y)) for x, y in corners)
    value = "" if harm == "off" else text
    truth = WeightTruth(value, unit, face.unit_shown, legible, device, harm, side, quad)  # type: ignore[arg-type]
    return ScaleShot(picture, truth, seed, int(rng.integers(60, 93)))


def _cover(rng: Rng, face: _Face) -> None:
    """Something over one end of the digits: a finger, a cable, a sticker."""
    left, right = face.digits[0, 0], face.digits[1, 0]
    x = rng.uniform(left, right - 0.3 * face.height)
    top, bottom = (int(face.digits[i, 1]) for i in (0, 2))
    tall = bottom - top
    colour = ((140, 165, 215), (60, 60, 60), (245, 245, 245))[int(rng.integers(3))]
    a = (int(x), top + int(rng.uniform(-0.2, 0.5) * tall))
    b = (int(x + rng.uniform(0.5, 1.2) * face.height), bottom + int(rng.uniform(0, 0.4) * tall))
    cv2.rectangle(face.bgr, a, b, colour, -1)
    cv2.rectangle(face.glow, a, b, (0, 0, 0), -1)


def _glare(rng: Rng, picture: Picture, corners: NDArray[np.float64], digit_px: float) -> None:
    spot = corners.mean(0) + rng.uniform(-1, 1, 2) * digit_px * 0.6
    mask = np.zeros(picture.shape[:2], np.float32)
    axes = (round(digit_px * rng.uniform(0.7, 2.0)), round(digit_px * rng.uniform(0.3, 0.9)))
    cv2.ellipse(mask, (round(spot[0]), round(spot[1])), axes, rng.uniform(0, 180), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), digit_px * 0.15)[:, :, None] * rng.uniform(0.75, 1.0)
    picture[:] = np.asarray(picture * (1 - mask) + 255 * mask, np.uint8)


def _pose(rng: Rng, face: _Face, digit_px: float, size: tuple[int, int]) -> NDArray[np.float64]:
    """(3, 3): the face's pixels to the photo's, tilted and turned a little, the digits inside the picture."""
    width, height = size
    k = digit_px / face.height
    k = min(k, 0.92 * width / max(1.0, face.digits[1, 0] - face.digits[0, 0] + 2 * face.height))
    turn, tilt_x, tilt_y = rng.normal(0, 6), rng.normal(0, 14), rng.normal(0, 12)
    rx, ry, rz = (np.radians(a) for a in (tilt_x, tilt_y, turn))
    about = (
        np.array([[np.cos(rz), -np.sin(rz), 0], [np.sin(rz), np.cos(rz), 0], [0, 0, 1]])
        @ np.array([[1, 0, 0], [0, np.cos(rx), -np.sin(rx)], [0, np.sin(rx), np.cos(rx)]])
        @ np.array([[np.cos(ry), 0, np.sin(ry)], [0, 1, 0], [-np.sin(ry), 0, np.cos(ry)]])
    )
    focal = 0.8 * width
    middle = face.digits.mean(0)
    centre = (width * rng.uniform(0.38, 0.62), height * rng.uniform(0.35, 0.65))
    flat = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]], np.float64)
    lens = np.column_stack([about[:, 0], about[:, 1], [0.0, 0.0, focal / k]])
    shift = np.array([[focal, 0, centre[0]], [0, focal, centre[1]], [0, 0, 1]], np.float64)
    plane = shift @ lens @ flat
    return np.asarray(plane / plane[2, 2], np.float64)
