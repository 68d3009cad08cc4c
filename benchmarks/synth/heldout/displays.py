"""Photos of scales for the reported part: seven devices that neither other generator of displays has.

Digits are strokes with round ends or bars that do not meet, wide apart and on dark or uneven glass, or printed by a
needle printer or on a phone. The reader was not changed after the first photo of this generator was read.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from ..truth import ScaleShot, WeightTruth
from .scales import Board, photographed

DEVICES = ("bench", "sunlit", "bath", "letter", "round-led", "slip", "phone")
HARMS = ("none",) * 13 + ("defocus", "shake", "reflex", "thumb", "distant", "night", "dead")
STROKES = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd",
    "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcdfg",
}  # fmt: skip
ENDS = {
    "a": ((0, 0), (1, 0)), "b": ((1, 0), (1, 1)), "c": ((1, 1), (1, 2)), "d": ((0, 2), (1, 2)),
    "e": ((0, 1), (0, 2)), "f": ((0, 0), (0, 1)), "g": ((0, 1), (1, 1)),
}  # fmt: skip
"""Corners of each segment: across 0..1, down 0..2."""
PLAIN = (("g", 0), ("kg", 2), ("kg", 3), ("kg", 1), ("lb", 2), ("斤", 2))
Colour = tuple[int, int, int]


def _weight(rng: Generator, device: str) -> tuple[str, str]:
    choices = {
        "letter": (("g", 0), ("g", 1), ("oz", 1)), "bath": (("kg", 1), ("lb", 1), ("kg", 2)),
        "sunlit": (("kg", 2), ("kg", 2), ("kg", 1)),
    }.get(device, PLAIN)  # fmt: skip
    unit, places = choices[int(rng.integers(len(choices)))]
    top = {"g": 3000.0, "oz": 80.0, "kg": 60.0, "斤": 90.0, "lb": 150.0}[unit]
    value = float(np.exp(rng.uniform(np.log(0.3 if places else 11.0), np.log(top))))
    return f"{value:.{places}f}", unit


class _Digits:
    """How one device draws its digits; lengths as shares of their height."""

    def __init__(self, rng: Generator, device: str) -> None:
        wide = {"sunlit": (0.46, 0.54), "bath": (0.48, 0.6), "letter": (0.42, 0.5)}.get(device, (0.45, 0.58))
        gaps = {"sunlit": (0.22, 0.34), "bath": (0.16, 0.3), "letter": (0.14, 0.22)}.get(device, (0.16, 0.3))
        self.wide, self.gap = float(rng.uniform(*wide)), float(rng.uniform(*gaps))
        self.thick = float(rng.uniform(0.07, 0.11) if device == "letter" else rng.uniform(0.09, 0.15))
        self.lean = float(rng.choice([0.0, rng.uniform(0.03, 0.13)]))
        self.short = float(rng.uniform(0.0, 0.12))
        """How far a stroke ends before its corner."""
        self.round = device in ("bench", "letter", "round-led")
        self.dot = float(rng.uniform(1.0, 1.35))
        self.tailed_six = bool(rng.random() < 0.85)

    @property
    def pitch(self) -> float:
        return self.wide + self.gap

    def draw(self, pen: ImageDraw.ImageDraw, at: tuple[float, float], tall: float, lit: str, ink: Colour) -> None:
        """Segments ``lit`` (letters; ``.`` is the point) of the digit whose top left is ``at``, pixels."""
        across, down = (self.wide - self.thick) * tall, (1 - self.thick) * tall / 2
        half, thick = self.thick * tall / 2, self.thick * tall
        for name in lit:
            if name == ".":
                continue
            (x0, y0), (x1, y1) = ENDS[name]
            a = np.array((x0 * across + half, y0 * down + half))
            b = np.array((x1 * across + half, y1 * down + half))
            step = (b - a) / np.hypot(*(b - a))
            a, b = a + step * self.short * thick * 2, b - step * self.short * thick * 2
            points = [self._leaning(at, point, tall) for point in (a, b)]
            pen.line([tuple(p) for p in points], fill=ink, width=max(1, round(thick)))
            if self.round:
                for x, y in points:
                    pen.ellipse((x - half, y - half, x + half, y + half), fill=ink)
        if "." in lit:
            x, y = self._leaning(at, np.array((self.wide + self.gap / 2, 1 - self.thick / 2)) * tall, tall)
            r = half * self.dot
            (pen.ellipse if self.round else pen.rectangle)((x - r, y - r, x + r, y + r), fill=ink)

    def _leaning(self, at: tuple[float, float], point: np.ndarray, tall: float) -> np.ndarray:
        return np.array(at) + point + np.array((self.lean * (tall / 2 - point[1]), 0.0))  # type: ignore[no-any-return]


def _number(
    rng: Generator, board: Board, style: _Digits, text: str, box: tuple[float, float, float], look: dict[str, object]
) -> tuple[float, float, float, float]:
    """``text`` with its right end and top at ``box`` (right, top, height in mm); its place in mm."""
    right, top, tall = (v * 8 for v in box)
    cells: list[str] = []
    for char in text:
        if char == ".":
            cells[-1] += "."
        else:
            cells.append("" if char == "!" else STROKES[char])
    if style.tailed_six is False:
        cells = [lit.replace("afgedc", "fgedc") for lit in cells]
    left = right - (len(cells) * style.pitch - style.gap) * tall
    faint = look.get("faint")
    if faint is not None:
        for place in range(-1, len(cells)):
            style.draw(board.draw, (left + place * style.pitch * tall, top), tall, "abcdefg", faint)  # type: ignore[arg-type]
    pens = [board.draw] + ([ImageDraw.Draw(board.light)] if look.get("glows") else [])
    for pen in pens:
        for place, lit in enumerate(cells):
            style.draw(pen, (left + place * style.pitch * tall, top), tall, lit, look["ink"])  # type: ignore[arg-type]
    return left / 8, top / 8, right / 8, (top + tall) / 8


def _rgb(bgr: tuple[float, ...]) -> Colour:
    return tuple(int(np.clip(c, 0, 255)) for c in bgr[::-1])  # type: ignore[return-value]


def _look(rng: Generator, device: str) -> tuple[Colour, dict[str, object]]:
    """Glass (blue, green, red) and how digits stand on it."""
    shift = rng.integers(-10, 10)
    if device == "sunlit":  # dark glass, darker digits
        glass = tuple(int(c + shift) for c in (74, 84, 78))
        deep = rng.uniform(0.35, 0.62)
        return glass, {"ink": _rgb(tuple(c * deep for c in glass))}  # type: ignore[return-value]
    if device == "bath":
        glass, ink = (((30, 24, 22), (250, 240, 232)), ((170, 70, 20), (255, 250, 245)))[int(rng.integers(2))]
        return glass, {"ink": _rgb(ink), "glows": True}
    if device == "round-led":
        ink = ((90, 245, 120), (255, 170, 90), (70, 80, 255))[int(rng.integers(3))]
        faint = tuple(0.1 * c + 14 for c in ink)
        return (14, 14, 16), {"ink": _rgb(ink), "faint": _rgb(faint), "glows": True}
    glass = ((150, 182, 176), (186, 196, 192), (128, 190, 150))[int(rng.integers(3))]
    look: dict[str, object] = {"ink": _rgb((38, 42, 40))}
    if rng.random() < 0.4:
        look["faint"] = _rgb(tuple(0.93 * c for c in glass))
    return glass, look


def _uneven(rng: Generator, board: Board, box: tuple[float, float, float, float]) -> None:
    """The sky on the glass: a ramp of light across the window."""
    x, y, w, h = (round(v * 8) for v in box)
    part = np.asarray(board.image.crop((x, y, x + w, y + h)), np.float32)
    ramp = np.linspace(rng.uniform(-12, 8), rng.uniform(4, 34), w)[None, :, None] + np.linspace(
        rng.uniform(-8, 8), rng.uniform(-8, 16), h
    )[:, None, None].astype(np.float32)
    board.image.paste(Image.fromarray(np.clip(part + ramp, 0, 255).astype(np.uint8)), (x, y))
    board.draw = ImageDraw.Draw(board.image)


def _unit(rng: Generator, board: Board, device: str, x: float, top: float, tall: float, unit: str, ink: Colour) -> bool:
    """The unit beside the digits, at their foot or head; False where it cannot be told."""
    if rng.random() < 0.15:
        return False
    name = "song" if unit == "斤" else ("redhat", "manrope", "hanken", "fjalla")[int(rng.integers(4))]
    y = top + tall * (0.22 if device == "letter" else float(rng.choice([0.3, 0.78])))
    board.words(x, y, unit, tall * float(rng.uniform(0.34, 0.5)), name, ink[::-1])
    return True


def _display(
    rng: Generator, device: str, text: str, unit: str, harm: str
) -> tuple[Board, tuple[float, float, float, float], bool]:
    style = _Digits(rng, device)
    glass, look = _look(rng, device)
    tall = float(rng.uniform(9, 15))
    cells = max(4, sum(c != "." for c in text) + int(rng.integers(0, 2)))
    wide = (cells * style.pitch + 0.35) * tall
    beside = 0.16 * tall if device == "sunlit" else 1.5 * tall
    above = tall * float(rng.uniform(0.12, 0.4))
    body = ((225, 226, 224), (60, 58, 56), (200, 205, 210), (120, 140, 90))[int(rng.integers(4))]
    side, over, under = tall * rng.uniform(0.5, 1.4), tall * rng.uniform(0.5, 1.4), tall * rng.uniform(0.9, 2.2)
    board = Board((wide + beside + 2 * side, tall + 2 * above + over + under), body)
    window = (side, over, wide + beside, tall + 2 * above)
    rim = tall * 0.05
    board.box(side - rim, over - rim, window[2] + 2 * rim, window[3] + 2 * rim, (24, 24, 24), 0.6)
    board.box(*window, glass)
    shown = "!" * sum(c != "." for c in text) if harm == "dead" else text
    place = _number(rng, board, style, shown, (side + wide, over + above, tall), look)
    ink: Colour = look["ink"]  # type: ignore[assignment]
    dark = sum(body) < 330
    print_ink: Colour = (225, 225, 225) if dark else (45, 45, 45)
    if device == "sunlit":
        _uneven(rng, board, window)
        told = rng.random() < 0.85
        if told:
            board.words(side + 0.4 * wide, over + window[3] + 0.5 * under, unit, 0.6 * tall,
                        "gothic" if unit == "斤" else "hanken-bold", print_ink)  # fmt: skip
            told = False  # under the window, not beside the digits: not counted as shown
        return board, place, told
    told = _unit(rng, board, device, side + wide + 0.3 * tall, place[1], tall, unit, ink)
    for i in range(int(rng.integers(0, 3))):
        word = ("ON", "TARE", "UNIT", "归零", "MAX 30kg", "Digital Scale")[int(rng.integers(6))]
        board.words(side + 0.4 * i * wide, over + window[3] + 0.6 * under, word, 0.32 * tall, "gothic", print_ink)
    return board, place, told


def _slip(rng: Generator, text: str, unit: str) -> tuple[Board, tuple[float, float, float, float], bool]:
    """A weighing slip: needle-printed rows."""
    board = Board((58, 52), (238, 240, 240))
    name = ("Net", "净重", "毛重")[int(rng.integers(3))]
    font = "gothic"
    rows = ["WEIGHT SLIP", "2026-11-21 10:24", f"No. {int(rng.integers(100, 999))}"]
    for i, row in enumerate(rows):
        board.words(5, 8 + 8 * i, row, 4.0, font, (70, 60, 60))
    tall = 5.0
    board.words(5, 37, f"{name}: {text} {unit}", tall, font, (60, 50, 50))
    left = 5 + tall * (0.5 * len(name) * (2 if name != "Net" else 1) + 1.0)
    return board, (left, 34.6, left + 0.5 * tall * len(text), 39.4), True


def _phone(rng: Generator, text: str, unit: str) -> tuple[Board, tuple[float, float, float, float], bool]:
    """A phone's or tablet's page of a connected scale: large figures."""
    dark = rng.random() < 0.4
    back, ink = ((30, 28, 28), (240, 240, 240)) if dark else ((250, 250, 250), (20, 20, 20))
    board = Board((66, 70), (25, 25, 25))
    board.box(3, 3, 60, 64, back, 2)
    board.words(8, 12, ("称重", "当前重量", "包裹重量")[int(rng.integers(3))], 4.4, "gothic", (150, 140, 130))
    name = ("redhat-bold", "manrope", "caladea", "hanken")[int(rng.integers(4))]
    tall = 12.0 if len(text) < 6 else 9.0
    board.words(8, 30, text, tall, name, ink)
    from .fonts import font

    right = 8 + font(name, round(tall * 8)).getlength(text) / 8
    board.words(right + 2, 31.5, unit, tall * 0.5, "gothic" if unit == "斤" else name, ink)
    board.words(8, 52, "已连接  电量 82%", 3.6, "gothic", (150, 140, 130))
    return board, (8.0, 30 - 0.36 * tall, right, 30 + 0.36 * tall), True


def display_shot(seed: int) -> ScaleShot:
    """The held-out photo of ``seed``."""
    rng = np.random.default_rng(8_400_017 + seed)
    device = DEVICES[seed % len(DEVICES)]
    harm = HARMS[int(rng.integers(len(HARMS)))]
    if device in ("slip", "phone") and harm in ("dead", "thumb"):
        harm = "none"
    text, unit = _weight(rng, device)
    if device == "slip":
        board, place, told = _slip(rng, text, unit)
    elif device == "phone":
        board, place, told = _phone(rng, text, unit)
    else:
        board, place, told = _display(rng, device, text, unit, harm)
    value = "" if harm == "dead" else text
    nowhere = ((0.0, 0.0),) * 4
    truth = WeightTruth(value, unit, told, False, device, harm, 0.0, nowhere)
    return photographed(rng, board, place, seed, truth)
