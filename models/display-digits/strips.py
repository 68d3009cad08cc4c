"""Draws strips of displays for ``display-digits``: a line of figures as the reader cuts it, with what stands there.

Everything is drawn here from its own geometry, in grey: five kinds of segments, dot matrices and print, on any glass,
in any light. No generator of the benchmark is used, so all its devices are others than these.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.synth.fonts import font_path

HEIGHT = 40
WIDEST = 320
TALL = 56
"""Digit height in pixels while drawing; the canvas is then warped to the strip."""
SYMBOLS = "0123456789.?gklboz斤#"
"""``?`` is a digit that is covered or cut off, ``#`` any other print; class 0 of the network is the blank."""
LIT = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
    "8": "abcdefg", "9": "abcdfg", " ": "", "-": "g",
}  # fmt: skip
ENDS = {
    "a": ((0, 0), (1, 0)), "b": ((1, 0), (1, 1)), "c": ((1, 1), (1, 2)), "d": ((0, 2), (1, 2)), "e": ((0, 1), (0, 2)),
    "f": ((0, 0), (0, 1)), "g": ((0, 1), (1, 1)),
}  # fmt: skip
MATRIX = {
    "0": "01110 10001 10011 10101 11001 10001 01110", "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00010 00100 01000 11111", "3": "11111 00010 00100 00010 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010", "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110", "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110", "9": "01110 10001 10001 01111 00001 00010 01100",
    " ": "00000 00000 00000 00000 00000 00000 00000",
}  # fmt: skip
UNITS = ("g", "kg", "lb", "oz", "斤", "KG", "G", "LB", "公斤", "克", "lbs")
PREFIXES = (
    "Net: ",
    "NET ",
    "净重: ",
    "重量:",
    "毛重 ",
    "Weight: ",
    "实重:",
    "W ",
    "Gross ",
    "称重：",
    "皮重:",
    "TARE ",
)
WORDS = ("ON/OFF", "TARE", "UNIT", "MODE", "MAX 5kg", "d=1g", "去皮", "ZERO", "HOLD", "Digital Scale", "LOW", "STABLE",
         "NET", "AUTO", "No.", "2026-11-21", "10:24", "82%", "¥12.50", "单价", "元", "件数 1")  # fmt: skip
LATIN = ("roboto", "roboto-bold", "source", "source-bold", "condensed", "dejavu", "mono", "cjk")
Picture = Any


@lru_cache(maxsize=64)
def _font(name: str, px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(name)), px)


@dataclass
class Line:
    """A drawn line: how much of each pixel is ink, the unlit rest, and its symbols with their boxes."""

    ink: Picture
    unlit: Picture
    symbols: list[tuple[str, tuple[float, float, float, float]]]
    glows: bool = False


def number(rng: np.random.Generator) -> str:
    """A weight's digits: every length and place of the point, leading noughts as displays have them."""
    style = rng.random()
    if style < 0.22:
        text = str(int(10 ** rng.uniform(1, 5)))
    elif style < 0.27:
        text = "".join(str(d) for d in rng.integers(0, 10, int(rng.integers(2, 7))))
    else:
        text = f"{10 ** rng.uniform(-1.2, 2.6):.{int(rng.integers(1, 4))}f}"
    if rng.random() < 0.3:  # even use of every digit
        text = "".join(str(rng.integers(0, 10)) if c.isdigit() else c for c in text)
    return "0.88" if set(text) == {"8"} else text


class Pen:
    """One maker's segments; lengths as shares of the digit's height."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.kind = str(rng.choice(["hexagon", "mitre", "bar", "round", "dots"], p=[0.26, 0.26, 0.2, 0.2, 0.08]))
        self.wide = float(rng.uniform(0.4, 0.68))
        self.thick = float(rng.uniform(0.06, 0.2) if rng.random() < 0.8 else rng.uniform(0.045, 0.08))
        self.thin = self.thick * float(rng.choice([1.0, rng.uniform(0.65, 1.1)]))
        """Of the level strokes."""
        self.gap = float(rng.choice([rng.uniform(0.0, 0.02), rng.uniform(0.0, 0.06)]))
        """Between two strokes."""
        self.space = float(rng.uniform(0.1, 0.3) if rng.random() < 0.8 else rng.uniform(0.3, 0.5))
        self.waist = float(rng.uniform(0.47, 0.53))
        self.dot = self.thick * float(rng.uniform(0.75, 1.5))
        self.dot_round = rng.random() < 0.6
        self.dot_own = rng.random() < 0.25
        """The point has a place of its own and shifts what follows."""
        self.dot_tail = rng.random() < 0.1
        self.dot_low = float(rng.uniform(-0.02, 0.05))
        self.forms = dict(LIT)
        if rng.random() < 0.2:
            self.forms["6"] = "fgedc"
        if rng.random() < 0.2:
            self.forms["9"] = "abcfg"
        if rng.random() < 0.25:
            self.forms["7"] = "abcf"

    def stroke(self, onto: Picture, name: str, left: float, top: float) -> None:
        (x0, y0), (x1, y1) = ENDS[name]
        rows = (0.0, self.waist, 1.0)
        half = (self.thin if name in "adg" else self.thick) / 2
        inner_x, inner_y = self.wide - self.thick, 1 - self.thin
        a = np.array((x0 * inner_x + self.thick / 2, rows[y0] * inner_y + self.thin / 2))
        b = np.array((x1 * inner_x + self.thick / 2, rows[y1] * inner_y + self.thin / 2))
        step = (b - a) / np.hypot(*(b - a))
        side = np.array((-step[1], step[0]))
        a, b = a + step * self.gap, b - step * self.gap
        at = np.array((left, top))
        if self.kind == "round":
            cv2.line(onto, _px(at + a * TALL), _px(at + b * TALL), 255, max(1, round(2 * half * TALL)), cv2.LINE_AA, 4)
            return
        if self.kind == "dots":
            count = 3 if self.thick > 0.11 else 4
            for i in range(count + 1):
                spot = at + (a + (b - a) * (i / count)) * TALL
                cv2.circle(onto, _px(spot), max(16, round(half * TALL * 15)), 255, -1, cv2.LINE_AA, 4)
            return
        if self.kind == "hexagon":
            points = [a, a + (step + side) * half, b + (side - step) * half, b, b - (step + side) * half,
                      a + (step - side) * half]  # fmt: skip
        elif self.kind == "bar":
            a, b = a + step * half * 0.9, b - step * half * 0.9
            points = [a + side * half, b + side * half, b - side * half, a - side * half]
        else:  # mitred: long outside, short inside; the middle one is a hexagon
            middle = np.array((self.wide / 2, 0.5))
            out = side if np.dot(side, (a + b) / 2 - middle) > 0 else -side
            if name == "g":
                points = [a, a + (step + side) * half, b + (side - step) * half, b, b - (step + side) * half,
                          a + (step - side) * half]  # fmt: skip
            else:
                points = [a + (out - step) * half, b + (out + step) * half, b - (out + step) * half,
                          a + (step - out) * half]  # fmt: skip
                waist = [np.array(p) for p in points]
                points = waist
        cv2.fillPoly(onto, [np.array([_px(at + p * TALL) for p in points], np.int32)], 255, cv2.LINE_AA, 4)

    def point(self, onto: Picture, x: float, base: float) -> tuple[float, float, float, float]:
        r = self.dot * TALL / 2
        y = base - r + self.dot_low * TALL
        if self.dot_round:
            cv2.circle(onto, _px((x, y)), max(16, round(16 * r)), 255, -1, cv2.LINE_AA, 4)
        else:
            box = [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]
            cv2.fillPoly(onto, [np.array([_px(p) for p in box], np.int32)], 255, cv2.LINE_AA, 4)
        if self.dot_tail:
            cv2.line(onto, _px((x, y)), _px((x - r, y + 2 * r)), 255, max(1, round(r)), cv2.LINE_AA, 4)
        return x - r, y - r, x + r, y + r


def _px(point: Any) -> tuple[int, int]:
    return round(float(point[0]) * 16), round(float(point[1]) * 16)


def segments(rng: np.random.Generator, text: str, unit: str, *, dead: bool = False) -> Line:
    """A seven-segment line, with blank places before it and its unit after it."""
    pen = Pen(rng)
    blanks = int(rng.choice([0, 0, 0, 1, 2, 3]))
    if sum(c != "." for c in text) > 5:
        blanks = 0
    size = (round(TALL * 2), round(TALL * (len(text) + blanks + 1) * (pen.wide + pen.space) + 5.5 * TALL))
    lit, unlit = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    x, top = 1.6 * TALL, 0.5 * TALL
    found: list[tuple[str, tuple[float, float, float, float]]] = []
    for char in " " * blanks + text:
        if char == ".":
            at = x - (pen.space / 2) * TALL * float(rng.uniform(0.9, 1.1))
            box = pen.point(lit if not dead else unlit, at + (pen.dot * TALL * 0.6 if pen.dot_own else 0), top + TALL)
            if not dead:
                found.append((".", box))
            x += pen.dot * TALL * 1.2 if pen.dot_own else 0
            continue
        shown = "" if dead else pen.forms[char]
        for name in "abcdefg":
            pen.stroke(lit if name in shown else unlit, name, x, top)
        if char != " " and not dead:
            left = x + (pen.wide - pen.thick) * TALL if char == "1" else x
            found.append((char, (left, top, x + pen.wide * TALL, top + TALL)))
        x += (pen.wide + pen.space) * TALL
    line = Line(lit, unlit, found)
    if unit and not dead:
        line.symbols += _unit(rng, line.ink, x + rng.uniform(-0.05, 0.5) * TALL, top, unit)
    elif rng.random() < 0.2 and not dead:
        line.symbols += _stacked(rng, line.ink, x + rng.uniform(0, 0.3) * TALL, top)
    if rng.random() < 0.5:
        slant = float(rng.uniform(0.02, 0.2))
        lean = np.array([[1, -slant, slant * (top + TALL)], [0, 1, 0]], np.float32)
        for which in ("ink", "unlit"):
            setattr(line, which, cv2.warpAffine(getattr(line, which), lean, size[::-1]))
        line.symbols = [
            (c, (x0 + slant * (top + TALL - y1), y0, x1 + slant * (top + TALL - y0), y1))
            for c, (x0, y0, x1, y1) in line.symbols
        ]
    return line


def _print(onto: Picture, x: float, middle: float, text: str, px: float, name: str) -> list[tuple[float, float]]:
    """Print ``text`` with its left middle there; (left, right) of each of its characters."""
    font = _font(name, max(8, round(px)))
    page = Image.new("L", onto.shape[::-1])
    ImageDraw.Draw(page).text((x, middle), text, fill=255, font=font, anchor="lm")
    np.maximum(onto, np.asarray(page), out=onto)
    ends = [x + font.getlength(text[:i]) for i in range(len(text) + 1)]
    return list(pairwise(ends))


def _symbol(char: str) -> str:
    low = {"公": "k", "克": "g"}.get(char, char.lower())
    return low if low in "gklboz斤" else "#"


def _unit(rng: np.random.Generator, onto: Picture, x: float, top: float, unit: str) -> list[Any]:
    name = "cjk" if any(ord(c) > 255 for c in unit) else str(rng.choice(LATIN[:-1]))
    px = TALL * rng.uniform(0.26, 0.62)
    middle = top + TALL * rng.uniform(0.25, 0.88)
    spans = _print(onto, x, middle, unit, px, name)
    written = "斤" if unit == "公斤" else unit
    spans = spans[-len(written) :]
    if unit == "公斤":
        spans = [(spans[0][0], spans[-1][1])]
        return [("k", (*_box(spans[0], middle, px),)), ("g", (*_box(spans[0], middle, px),))]
    return [(_symbol(c), _box(span, middle, px)) for c, span in zip(written, spans, strict=True) if c != "s"]


def _box(span: tuple[float, float], middle: float, px: float) -> tuple[float, float, float, float]:
    return span[0], middle - 0.4 * px, span[1], middle + 0.4 * px


def _stacked(rng: np.random.Generator, onto: Picture, x: float, top: float) -> list[Any]:
    """Several small units or marks one above the other."""
    name = str(rng.choice(LATIN[:-1]))
    px = TALL * rng.uniform(0.2, 0.3)
    for i, word in enumerate(rng.choice(["kg", "lb", "g", "oz", "NET", "0", "TARE"], 3, replace=False)):
        _print(onto, x, top + TALL * (0.15 + 0.35 * i), str(word), px, name)
    return [("#", (x, top, x + px, top + TALL))]


def matrix(rng: np.random.Generator, text: str, unit: str) -> Line:
    """A dot matrix, 5 by 7."""
    dot = TALL / 7
    form = rng.random()
    fill = float(rng.uniform(0.6, 1.0))
    space = float(rng.choice([1, 1, 2]))
    size = (2 * TALL, round(len(text) * dot * 7.5 + 6 * TALL))
    lit, unlit = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    x, top = 1.6 * TALL, 0.5 * TALL
    squeeze = float(rng.uniform(0.75, 1.0))
    narrow = rng.random() < 0.5
    """The point has one or two columns, else five."""
    found = []

    def put(onto: Picture, column: float, row: float) -> None:
        cx, cy, r = x + (column + 0.5) * dot * squeeze, top + (row + 0.5) * dot, dot * fill / 2
        if form < 0.5:
            cv2.circle(onto, _px((cx, cy)), round(16 * r), 255, -1, cv2.LINE_AA, 4)
        else:
            box = [
                (cx - r * squeeze, cy - r),
                (cx + r * squeeze, cy - r),
                (cx + r * squeeze, cy + r),
                (cx - r * squeeze, cy + r),
            ]
            cv2.fillPoly(onto, [np.array([_px(p) for p in box], np.int32)], 255, cv2.LINE_AA, 4)

    for char in text:
        if char == ".":
            shift = 0 if narrow else 1
            for column in range(shift, shift + (1 if rng.random() < 0.3 else 2)):
                for row in (5, 6):
                    put(lit, column, row)
            found.append((".", (x + shift * dot * squeeze, top + 5 * dot, x + (shift + 2) * dot * squeeze, top + TALL)))
            x += (2 + space if narrow else 5 + space) * dot * squeeze
            continue
        for row, bits in enumerate(MATRIX[char].split()):
            for column, bit in enumerate(bits):
                put(lit if bit == "1" else unlit, column, row)
        found.append((char, (x, top, x + 5 * dot * squeeze, top + TALL)))
        x += (5 + space) * dot * squeeze
    line = Line(lit, unlit, found)
    if unit:
        line.symbols += _unit(rng, lit, x + rng.uniform(0.05, 0.5) * TALL, top + 0.15 * TALL, unit)
    return line


def printed(rng: np.random.Generator, text: str, unit: str) -> Line:
    """Figures in print, on a screen or on paper, often with their name before and the unit after them."""
    before = str(rng.choice(PREFIXES)) if rng.random() < 0.45 else ""
    after = (" " if rng.random() < 0.5 else "") + unit if unit else ""
    if rng.random() < 0.08:
        before, after = str(rng.choice(["¥", "No.", "-", "("])), str(rng.choice(["%", "元", "/3", ")", "-1"]))
    whole = before + text + after
    chinese = any(ord(c) > 255 for c in whole)
    name = "cjk" if chinese or rng.random() < 0.12 else str(rng.choice(LATIN[:-1]))
    px = TALL * float(rng.uniform(1.1, 1.45))
    font = _font(name, round(px))
    spread = float(rng.choice([0.0, rng.uniform(0.0, 0.12)])) * px
    size = (2 * TALL, round(font.getlength(whole) + spread * len(whole) + 4 * TALL))
    page = Image.new("L", size[::-1])
    pen = ImageDraw.Draw(page)
    x, middle = 1.4 * TALL, TALL
    found: list[Any] = []
    for place, char in enumerate(whole):
        pen.text((x, middle), char, fill=255, font=font, anchor="lm")
        end = x + font.getlength(char)
        number_here = len(before) <= place < len(before) + len(text)
        tail = place >= len(before) + len(text)
        if char not in {" ", "s"}:
            if char == ".":
                box = (x, middle + 0.2 * px, end, middle + 0.5 * px)
            else:
                box = (x, middle - 0.42 * px, end, middle + 0.42 * px)
            found.append((char if number_here else _symbol(char) if tail and char in "".join(UNITS) else "#", box))
        x = end + spread
    if unit == "公斤" and after:
        found = [*found[:-2], ("k", found[-2][1]), ("g", found[-1][1])]
    ink = np.asarray(page).copy()
    if rng.random() < 0.15:  # a needle or heat printer
        mask = (np.indices(ink.shape).sum(0) if rng.random() < 0.5 else np.indices(ink.shape)[0]) % 6 < 4
        ink = np.where(mask, ink, ink // 3).astype(np.uint8)
    return Line(ink, np.zeros_like(ink), found)


def words(rng: np.random.Generator) -> Line:
    """Print that is no number."""
    text = " ".join(str(w) for w in rng.choice(WORDS, int(rng.integers(1, 3))))
    px = TALL * float(rng.uniform(1.1, 1.4))
    size = (2 * TALL, round(_font("cjk", round(px)).getlength(text) + 4 * TALL))
    ink = np.zeros(size, np.uint8)
    spans = _print(ink, 1.4 * TALL, TALL, text, px, "cjk")
    found = []
    for char, span in zip(text, spans, strict=True):
        if char != " ":
            box = (span[0], TALL - 0.4 * px, span[1], TALL + 0.4 * px)
            found.append((char if char.isdigit() or (char == "." and found) else "#", box))
    return Line(ink, np.zeros_like(ink), found)


# --- glass, light, lens -------------------------------------------------------------------------------------------


def _levels(rng: np.random.Generator, glows: bool) -> tuple[float, float]:
    """Grey of the glass and of the ink."""
    if glows:
        glass = float(rng.uniform(5, 70))
        return glass, glass + float(np.exp(rng.uniform(np.log(50), np.log(250))))
    contrast = float(np.exp(rng.uniform(np.log(16), np.log(200))))
    glass = float(rng.uniform(20, 245))
    way = -1 if rng.random() < 0.75 else 1
    ink = glass + way * contrast
    if not 0 <= ink <= 255:
        glass = float(np.clip(glass - way * contrast, 0, 255))
        ink = glass + way * contrast
    return glass, float(np.clip(ink, 0, 255))


def _field(rng: np.random.Generator, shape: tuple[int, int], least: int = 2) -> Picture:
    """A smooth field, -1 to 1."""
    coarse = rng.uniform(-1, 1, (int(rng.integers(2, 4)), int(rng.integers(least, 7)))).astype(np.float32)
    return cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)


def _shown(rng: np.random.Generator, line: Line, glows: bool) -> Picture:
    """The line on its glass under its light, float grey."""
    glass, ink = _levels(rng, glows)
    shape = line.ink.shape
    canvas = np.full(shape, glass, np.float32)
    share = rng.choice([0.0, 0.0, rng.uniform(0.02, 0.16)])
    canvas += (ink - glass) * share * line.unlit.astype(np.float32) / 255
    if rng.random() < 0.25:  # the shade that LCD strokes throw on their ground
        shift = rng.uniform(-0.06, 0.06, 2) * TALL
        shade = cv2.warpAffine(line.ink, np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32), shape[::-1])
        canvas += (ink - glass) * rng.uniform(0.05, 0.3) * shade.astype(np.float32) / 255
    weight = line.ink.astype(np.float32) / 255
    if rng.random() < 0.15:  # strokes unevenly lit
        weight = weight * (0.85 + 0.15 * _field(rng, shape, 5))
    canvas = canvas * (1 - weight) + ink * weight
    if glows:
        bloom = cv2.GaussianBlur(line.ink, (0, 0), TALL * float(rng.uniform(0.03, 0.14))).astype(np.float32) / 255
        canvas += bloom * (ink - glass) * float(rng.choice([0.0, rng.uniform(0.1, 0.8)]))
    return canvas


def _surroundings(rng: np.random.Generator, canvas: Picture, box: tuple[float, float, float, float]) -> None:
    """Bezel, print and other lines around the figures (left, top, right, bottom), in place."""
    height, width = canvas.shape
    left, top, right, bottom = box
    level = float(rng.uniform(0, 255))
    thick = TALL * rng.uniform(0.03, 0.3)
    beyond = float(rng.uniform(0, 255))
    for side in range(4):
        if rng.random() > 0.4:
            continue
        apart = TALL * float(rng.uniform(0.06, 0.5))
        if side == 0:
            canvas[: max(0, round(top - apart))] = beyond
            canvas[max(0, round(top - apart - thick)) : max(0, round(top - apart))] = level
        elif side == 1:
            canvas[round(bottom + apart) :] = beyond
            canvas[round(bottom + apart) : round(bottom + apart + thick)] = level
        elif side == 2:
            canvas[:, : max(0, round(left - apart))] = beyond
            canvas[:, max(0, round(left - apart - thick)) : max(0, round(left - apart))] = level
        else:
            canvas[:, min(width, round(right + apart)) :] = beyond
            canvas[:, min(width, round(right + apart)) : min(width, round(right + apart + thick))] = level
    for above in (True, False):
        if rng.random() < 0.2:
            ink = np.zeros((height, width), np.uint8)
            word = str(rng.choice(WORDS)) if rng.random() < 0.7 else number(rng)
            size = TALL * rng.uniform(0.25, 1.0)
            apart = (0.15 + 0.45 * size / TALL + rng.uniform(0, 0.2)) * TALL
            middle = top - apart if above else bottom + apart
            _print(ink, left + rng.uniform(-0.5, 0.8) * (right - left), middle, word, size, "cjk")
            canvas += (rng.uniform(0, 255) - canvas) * ink.astype(np.float32) / 255


def _covered(rng: np.random.Generator, canvas: Picture, box: tuple[float, float, float, float]) -> Picture:
    """A finger, a sticker or a glare over some of the line, in place; the mask of what can no longer be read."""
    height, width = canvas.shape
    mask = np.zeros((height, width), np.uint8)
    x = rng.uniform(box[0] - 0.3 * TALL, box[2] + 0.3 * TALL)
    y = rng.uniform(box[1], box[3] + 0.6 * TALL)
    axes = (max(3, round(TALL * rng.uniform(0.15, 0.8))), max(3, round(TALL * rng.uniform(0.3, 1.6))))
    if rng.random() < 0.6:
        cv2.ellipse(mask, (round(x), round(y)), axes, float(rng.uniform(-40, 40)), 0, 360, 255, -1)
    else:
        spots = cv2.boxPoints(((float(x), float(y)), (2.0 * axes[0], 1.5 * axes[1]), float(rng.uniform(-30, 30))))
        cv2.fillPoly(mask, [spots.astype(np.int32)], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), TALL * float(rng.uniform(0.005, 0.12))).astype(np.float32) / 255
    level = 250.0 if rng.random() < 0.3 else float(rng.uniform(10, 245))
    tone = level + 20 * _field(rng, (height, width))
    canvas += (tone - canvas) * soft * float(rng.uniform(0.93, 1.0))
    return soft


def _seen(rng: np.random.Generator, grey: Picture, digit_px: float, strong: bool) -> Picture:
    """Lens, shake, sensor and file, at the size at which the photo has it."""
    blur = digit_px * (rng.uniform(0.0, 0.07) if not strong else rng.uniform(0.3, 0.6))
    if blur > 0.3:
        grey = cv2.GaussianBlur(grey, (0, 0), float(blur))
    if rng.random() < 0.25:
        length = int(max(2, digit_px * rng.uniform(0.03, 0.16)))
        kernel = np.zeros((2 * length + 1,) * 2, np.float32)
        angle = rng.uniform(0, np.pi)
        end = np.array((np.cos(angle), np.sin(angle))) * length / 2
        cv2.line(
            kernel,
            tuple((length - end).round().astype(int).tolist()),
            tuple((length + end).round().astype(int).tolist()),
            1,
        )
        grey = cv2.filter2D(grey, -1, kernel / kernel.sum())
    if rng.random() < 0.3:  # sharpened by the camera
        grey = grey + rng.uniform(0.3, 1.5) * (grey - cv2.GaussianBlur(grey, (0, 0), 1.2))
    noise = rng.normal(0, rng.uniform(0.5, 9), grey.shape).astype(np.float32)
    if rng.random() < 0.4:
        noise = cv2.GaussianBlur(noise, (0, 0), 0.8)
    grey = np.clip(grey + noise, 0, 255).astype(np.uint8)
    data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])[1]
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def strip(rng: np.random.Generator) -> tuple[Picture, str]:
    """One strip (HEIGHT, W) uint8 and what stands on it in ``SYMBOLS``."""
    kind = rng.random()
    line = _line(rng, kind)
    glows = kind < 0.7 and rng.random() < 0.35
    boxes = np.array([box for _, box in line.symbols] or [(1.6 * TALL, 0.5 * TALL, 4 * TALL, 1.5 * TALL)])
    figures = np.array([box for c, box in line.symbols if c.isdigit()] or boxes)
    whole, middle = _around(boxes), _around(figures)
    canvas = _shown(rng, line, glows)
    if rng.random() < 0.6:
        _surroundings(rng, canvas, whole)
    cover = _covered(rng, canvas, middle) if rng.random() < 0.14 else None
    canvas = _lit(rng, canvas)
    corners, width, share = _cut(rng, whole, middle)
    digit_px = float(np.exp(rng.uniform(np.log(11), np.log(60))))
    scale = min(digit_px / (HEIGHT * share), 2.0)
    size = (max(8, round(width * scale)), max(10, round(HEIGHT * scale)))
    onto = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    plan = cv2.getPerspectiveTransform(corners.astype(np.float32), onto)
    if scale < 0.6:
        canvas = cv2.GaussianBlur(canvas, (0, 0), 0.35 * TALL / digit_px)
    small = cv2.warpPerspective(canvas, plan, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    strong = rng.random() < 0.02
    small = _seen(rng, small, digit_px, strong)
    if rng.random() < 0.2:
        small = cv2.createCLAHE(4.0, (int(rng.integers(1, 5)), int(rng.integers(1, 8)))).apply(small)
    way = cv2.INTER_AREA if scale > 1 else cv2.INTER_CUBIC
    told = _told(line.symbols, plan, size, cover) if not strong else "?"
    small = cv2.resize(small, (width, HEIGHT), interpolation=way)
    if rng.random() < 0.03 and set(told) & set("347"):
        small, told = cv2.rotate(small, cv2.ROTATE_180), "?"
    return small, told


def _line(rng: np.random.Generator, kind: float) -> Line:
    """What is drawn, by ``kind`` 0 to 1."""
    text = number(rng)
    unit = str(rng.choice(UNITS)) if rng.random() < 0.55 else ""
    if kind < 0.62:
        return segments(rng, text, unit, dead=kind < 0.025)
    if kind < 0.7:
        return matrix(rng, text, unit)
    return printed(rng, text, unit) if kind < 0.95 else words(rng)


def _around(boxes: Any) -> tuple[float, float, float, float]:
    return boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max()


def _lit(rng: np.random.Generator, canvas: Picture) -> Picture:
    """Uneven light, and a glare that leaves the digits readable."""
    if rng.random() < 0.55:
        gain = 1 + rng.uniform(0.05, 0.45) * _field(rng, canvas.shape)
        canvas = canvas * gain + rng.uniform(0, 14) * _field(rng, canvas.shape)
    if rng.random() < 0.12:
        at = (int(rng.integers(canvas.shape[1])), int(rng.integers(2 * TALL)))
        spot = cv2.circle(np.zeros_like(canvas), at, TALL // 3, 1.0, -1)
        canvas += cv2.GaussianBlur(spot, (0, 0), TALL * 0.25) * rng.uniform(10, 60)
    return canvas


def _cut(rng: np.random.Generator, whole: Any, middle: Any) -> tuple[Any, int, float]:
    """Corners of the box that is cut, its width as a strip, and the digits' share of its height.

    The whole line or the figures alone; loose or tight, a little turned and tilted.
    """
    cut = whole if rng.random() < 0.4 else middle
    tall = middle[3] - middle[1]
    share = float(np.exp(rng.uniform(np.log(0.36), np.log(0.88))))
    high = tall / share
    centre = (middle[1] + middle[3]) / 2 + rng.normal(0, 0.13) * (high - tall)
    left = cut[0] - tall * rng.uniform(0.1, 0.9)
    right = cut[2] + tall * rng.uniform(0.1, 0.9)
    if rng.random() < 0.08:
        left = cut[0] + tall * rng.uniform(0.0, 0.6)
    if rng.random() < 0.08:
        right = cut[2] - tall * rng.uniform(0.0, 0.6)
    top, bottom = centre - high / 2, centre + high / 2
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    turn = np.radians(rng.normal(0, 1.8))
    about = corners.mean(0)
    corners = (corners - about) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + about
    corners += rng.normal(0, 0.035 * high, (4, 2))
    squeeze = float(np.exp(rng.normal(0, 0.1)))
    return corners, int(np.clip(round((right - left) / high * HEIGHT * squeeze), 24, WIDEST)), share


def _told(symbols: list[Any], plan: Any, size: tuple[int, int], cover: Picture | None) -> str:
    """The symbols from left to right as they can be seen; runs of ``#`` and of ``?`` are one."""
    told = ""
    for char, (x0, y0, x1, y1) in sorted(symbols, key=lambda entry: entry[1][0]):
        spots = np.array([[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], np.float64)
        seen = cv2.perspectiveTransform(spots, plan)[0]
        wide = max(1e-6, seen[:, 0].max() - seen[:, 0].min())
        inside = (min(size[0], seen[:, 0].max()) - max(0, seen[:, 0].min())) / wide
        if inside < 0.12:
            continue
        if char.isdigit() or char == ".":
            tall = max(1e-6, seen[:, 1].max() - seen[:, 1].min())
            if char == "." and seen[:, 1].mean() > size[1] * 0.97:
                char = "?"  # noqa: PLW2901
            outside = max(0.0, seen[:, 1].max() - size[1], -seen[:, 1].min()) / tall
            hidden = 0.0
            if cover is not None:
                part = cover[max(0, round(y0)) : max(1, round(y1)), max(0, round(x0)) : max(1, round(x1))]
                hidden = float((part > 0.5).mean()) if part.size else 0.0
            if inside < 0.85 or outside > 0.2 or hidden > 0.13:
                char = "?"  # noqa: PLW2901
        elif inside < 0.6:
            char = "#"  # noqa: PLW2901
        if char in "#?" and told.endswith(char):
            continue
        told += char
    return told
