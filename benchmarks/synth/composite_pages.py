"""Printed things and screens of the development world that are no waybill, and labels of no known design.

What passes for a label has dense print, rules and bars: receipts, price labels, forms, notices, coupons, packing
slips, book covers, screens. What is a label has them too, stuck on a parcel and laid out around one large bar code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.synth import codes
from benchmarks.synth.composite_skins import skin
from benchmarks.synth.fonts import font
from benchmarks.synth.optics import Picture

Rng = np.random.Generator
_HAN = (
    "的商品价格合计收银日期数量折扣会员卡号电话地址通知请勿停车保持安静物业管理处发票说明书使用方法配料净含量生产许可"
)
_LATIN = list("ABCDEFGHIKLMNOPRSTUWXYZabcdefghiklmnoprstuwxyz0123456789     ")
Ink = tuple[int, int, int]


class Paper:
    """A sheet being printed."""

    def __init__(self, rng: Rng, wide: int, high: int, paper: Ink | None = None, ink: Ink | None = None) -> None:
        self.rng, self.wide, self.high = rng, wide, high
        tone = int(rng.integers(205, 254))
        self.ink: Ink = ink or (int(rng.integers(10, 90)),) * 3
        self.image = Image.new("RGB", (wide, high), paper or (tone, tone, int(tone - rng.integers(0, 18))))
        self.draw = ImageDraw.Draw(self.image)

    def words(self, count: int) -> str:
        if self.rng.random() < 0.6:
            return "".join(self.rng.choice(list(_HAN), count))
        return "".join(self.rng.choice(_LATIN, count * 2))

    def text(self, x: float, y: float, words: str, size: float, ink: Ink | None = None) -> None:
        self.draw.text((x, y), words, fill=ink or self.ink, font=font("cjk", max(8, int(size))))

    def lines(self, x: float, y: float, to_x: float, to_y: float, size: float) -> None:
        while y + size < to_y:
            count = int((to_x - x) / size * self.rng.uniform(0.3, 1.0))
            if count > 0:
                self.text(x, y, self.words(count)[: max(1, int((to_x - x) / size * 1.4))], size)
            y += size * self.rng.uniform(1.2, 2.2)

    def paste(self, grey: Picture, x: float, y: float, wide: float, high: float) -> None:
        if wide >= 4 and high >= 4:
            small = cv2.resize(grey, (int(wide), int(high)), interpolation=cv2.INTER_AREA)
            self.image.paste(Image.fromarray(small), (int(x), int(y)))

    def bars(self, x: float, y: float, wide: float, high: float, *, product: bool = False) -> None:
        words = codes.ean13(self.rng) if product else "".join(self.rng.choice(list("0123456789"), 14))
        self.paste(codes.bar_picture(words, 2, 60, "ean13" if product else "code128"), x, y, wide, high)

    def code(self, x: float, y: float, side: float) -> None:
        cells = np.kron((self.rng.random((25, 25)) > 0.5) * 255, np.ones((4, 4))).astype(np.uint8)
        for top, left in ((0, 0), (0, 72), (72, 0)):
            cells[top : top + 28, left : left + 28] = 0
            cells[top + 4 : top + 24, left + 4 : left + 24] = 255
            cells[top + 8 : top + 20, left + 8 : left + 20] = 0
        self.paste(cells, x, y, side, side)

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: int = 2) -> None:
        self.draw.line((x0, y0, x1, y1), fill=self.ink, width=width)

    def done(self) -> Picture:
        return np.ascontiguousarray(np.asarray(self.image)[:, :, ::-1])


Size = tuple[float, float]
Made = tuple[Picture, Size, str]


def receipt(rng: Rng) -> Made:
    """A till slip: names left, prices right, a total, a code at the foot."""
    wide, high = 300, int(rng.integers(380, 1100))
    page = Paper(rng, wide, high)
    page.text(wide * 0.2, 16, page.words(5), 30)
    y, size = 66.0, float(rng.uniform(14, 20))
    foot = high - (120 if (coded := rng.random() < 0.6) else 20)
    while y < foot - 60:
        page.text(14, y, page.words(int(rng.integers(3, 8))), size)
        page.text(wide - 78, y, f"{rng.uniform(1, 300):.2f}", size)
        y += size * rng.uniform(1.2, 1.7)
        if rng.random() < 0.1:
            page.text(8, y, "-" * 30, size)
            y += size
    page.text(14, y, f"合计 {rng.uniform(20, 900):.2f}", size * 1.6)
    if coded and rng.random() < 0.5:
        page.bars(40, high - 90, wide - 80, rng.uniform(30, 60))
    elif coded:
        page.code(wide / 2 - 45, high - 105, 90)
    across = float(rng.uniform(52, 82))
    return page.done(), (across, across * high / wide), "receipt"


def price(rng: Rng) -> Made:
    """A price label of a shelf or a sticker on goods."""
    wide, high = int(rng.integers(260, 480)), int(rng.integers(150, 300))
    band: Ink = tuple(int(v) for v in rng.integers(20, 250, 3))  # type: ignore[assignment]
    page = Paper(rng, wide, high, band if rng.random() < 0.25 else None)
    page.draw.rectangle((0, 0, wide, int(high * rng.uniform(0.08, 0.3))), fill=band)
    page.text(12, high * 0.3, page.words(6), high * 0.12)
    page.text(wide * 0.35, high * 0.42, f"{rng.uniform(1, 400):.1f}", high * 0.38)
    if rng.random() < 0.7:
        page.bars(10, high * 0.72, wide * rng.uniform(0.25, 0.5), high * 0.22, product=True)
    across = float(rng.uniform(30, 110))
    return page.done(), (across, across * high / wide), "price"


def notice(rng: Rng) -> Made:
    """A poster, sign, flyer or door notice: few large words, a frame, a picture."""
    wide, high = int(rng.integers(400, 640)), int(rng.integers(360, 800))
    back: Ink = tuple(int(v) for v in rng.integers(20, 255, 3))  # type: ignore[assignment]
    ink: Ink = (250, 250, 245) if sum(back) < 330 else (20, 20, 30)
    page = Paper(rng, wide, high, back if rng.random() < 0.6 else None)
    page.ink = ink if page.image.getpixel((1, 1)) == back else page.ink
    y, size = high * 0.06, float(rng.uniform(0.09, 0.2)) * wide
    for _ in range(int(rng.integers(1, 4))):
        page.text(wide * 0.07, y, page.words(max(2, int(wide * 0.8 / size))), size)
        y += size * 1.3
    if rng.random() < 0.5 and y + 60 < high * 0.8:
        art = cv2.resize(skin(rng), (int(wide * 0.84), int(high * 0.8 - y)))
        page.image.paste(Image.fromarray(np.ascontiguousarray(art[:, :, ::-1])), (int(wide * 0.08), int(y)))
        y = high * 0.82
    page.lines(wide * 0.08, y, wide * 0.92, high * 0.95, wide * rng.uniform(0.03, 0.06))
    if rng.random() < 0.5:
        page.draw.rectangle((8, 8, wide - 8, high - 8), outline=page.ink, width=int(rng.integers(2, 10)))
    across = float(rng.uniform(90, 300))
    return page.done(), (across, across * high / wide), "notice"


def form(rng: Rng) -> Made:
    """Forms, invoices, test reports, warranty cards: a grid with words in it, a stamp, at times a small code."""
    wide, high = int(rng.integers(460, 720)), int(rng.integers(400, 900))
    page = Paper(rng, wide, high)
    page.text(wide * 0.3, 14, page.words(6), wide * 0.05)
    rows = int(rng.integers(4, 16))
    top, bottom = high * 0.12, high * rng.uniform(0.6, 0.95)
    columns = np.sort(rng.uniform(0.1, 0.9, int(rng.integers(1, 6))))
    for i in range(rows + 1):
        y = top + (bottom - top) * i / rows
        page.rule(wide * 0.05, y, wide * 0.95, y, int(rng.integers(1, 4)))
        if i < rows:
            for x in (0.06, *columns):
                if rng.random() < 0.75:
                    page.text(wide * x + 4, y + 3, page.words(int(rng.integers(2, 6))), (bottom - top) / rows * 0.5)
    for x in (0.05, *columns, 0.95):
        page.rule(wide * x, top, wide * x, bottom)
    if rng.random() < 0.3:
        page.code(wide * 0.8, high * 0.86, wide * 0.12)
    made = page.done()
    if rng.random() < 0.5:
        middle = (int(wide * rng.uniform(0.5, 0.9)), int(high * rng.uniform(0.6, 0.9)))
        cv2.circle(made, middle, int(wide * 0.1), (50, 40, 200), 4, cv2.LINE_AA)
    across = float(rng.uniform(80, 210))
    return made, (across, across * high / wide), "form"


def letter(rng: Rng) -> Made:
    """A letter, manual or open book: paragraphs in one or two columns."""
    wide, high = int(rng.integers(440, 760)), int(rng.integers(480, 900))
    page = Paper(rng, wide, high)
    columns = int(rng.choice([1, 1, 2, 3]))
    size = float(rng.uniform(13, 22))
    for i in range(columns):
        x0, x1 = wide * (0.06 + 0.9 * i / columns), wide * (0.9 * (i + 1) / columns)
        y = high * 0.05
        while y < high * 0.9:
            end = min(high * 0.95, y + high * rng.uniform(0.1, 0.4))
            if rng.random() < 0.2:
                page.text(x0, y, page.words(5), size * 1.8)
                y += size * 2.4
            page.lines(x0, y, x1, end, size)
            y = end + size
    across = float(rng.uniform(100, 260))
    return page.done(), (across, across * high / wide), "letter"


def coupon(rng: Rng) -> Made:
    """Tickets, coupons, hang tags, business cards, thank-you cards, with a code at times."""
    wide, high = int(rng.integers(380, 620)), int(rng.integers(200, 400))
    made = cv2.resize(skin(rng), (wide, high))
    paper = np.full_like(made, rng.integers(190, 255)) if rng.random() < 0.6 else made
    page = Paper(rng, wide, high)
    page.image.paste(Image.fromarray(np.ascontiguousarray(paper[:, :, ::-1])))
    page.ink = (20, 20, 30) if paper.mean() > 120 else (245, 245, 240)
    page.text(wide * 0.06, high * 0.1, page.words(5), high * rng.uniform(0.15, 0.3))
    page.lines(wide * 0.06, high * 0.5, wide * 0.6, high * 0.92, high * 0.08)
    draw = rng.random()
    if draw < 0.35:
        page.code(wide * 0.68, high * 0.3, min(wide * 0.28, high * 0.6))
    elif draw < 0.6:
        page.bars(wide * 0.62, high * 0.7, wide * 0.33, high * 0.2, product=rng.random() < 0.5)
    across = float(rng.uniform(50, 150))
    if rng.random() < 0.3:
        return np.asarray(np.rot90(page.done()), np.uint8).copy(), (across * high / wide, across), "coupon"
    return page.done(), (across, across * high / wide), "coupon"


def cover(rng: Rng) -> Made:
    """A magazine, leaflet or picture book lying flat."""
    wide, high = 460, int(rng.integers(420, 680))
    page = Paper(rng, wide, high)
    art = cv2.resize(skin(rng), (wide, high))
    page.image.paste(Image.fromarray(np.ascontiguousarray(art[:, :, ::-1])))
    page.ink = tuple(int(v) for v in rng.integers(0, 255, 3))  # type: ignore[assignment]
    page.text(wide * 0.06, high * 0.05, page.words(4), wide * rng.uniform(0.12, 0.22))
    for _ in range(int(rng.integers(0, 6))):
        page.text(wide * rng.uniform(0, 0.6), high * rng.uniform(0.3, 0.9), page.words(5), wide * 0.05)
    if rng.random() < 0.3:
        page.bars(wide * 0.66, high * 0.85, wide * 0.28, high * 0.11, product=True)
    across = float(rng.uniform(130, 230))
    return page.done(), (across, across * high / wide), "cover"


def screen(rng: Rng) -> Made:
    """A phone, tablet or laptop that shows a chat, a list, a shop or a picture; dark or light."""
    tall = rng.random() < 0.7
    wide, high = (340, int(rng.integers(560, 740))) if tall else (640, 400)
    dark = rng.random() < 0.3
    page = Paper(rng, wide, high, (24, 26, 30) if dark else (246, 247, 249), (220, 220, 224) if dark else (50, 50, 54))
    accent: Ink = tuple(int(v) for v in rng.integers(20, 250, 3))  # type: ignore[assignment]
    if rng.random() < 0.6:
        page.draw.rectangle((0, 0, wide, high * 0.08), fill=accent)
    y = high * 0.1
    while y < high * 0.93:
        tall_row = float(rng.uniform(0.05, 0.2)) * high
        kind = int(rng.integers(4))
        if kind == 0:
            left = rng.random() < 0.5
            box = (wide * (0.05 if left else 0.35), y, wide * (0.65 if left else 0.95), y + tall_row * 0.8)
            page.draw.rounded_rectangle(box, 12, fill=accent if not left else (200, 202, 206))
        elif kind == 1:
            art = cv2.resize(skin(rng), (int(wide * 0.3), max(6, int(tall_row * 0.9))))
            page.image.paste(Image.fromarray(np.ascontiguousarray(art[:, :, ::-1])), (int(wide * 0.04), int(y)))
            page.lines(wide * 0.38, y, wide * 0.95, y + tall_row, 16)
        elif kind == 2:
            page.lines(wide * 0.06, y, wide * 0.94, y + tall_row, float(rng.uniform(13, 24)))
        elif rng.random() < 0.3:
            page.code(wide * 0.3, y, min(wide * 0.4, tall_row))
        y += tall_row + 6
    made = page.done()
    shown: Any = cv2.convertScaleAbs(made, alpha=float(rng.uniform(0.6, 1.0)), beta=float(rng.uniform(0, 40)))
    rim = int(rng.integers(8, 34))
    edge = [int(v) for v in ((15, 15, 15) if rng.random() < 0.6 else rng.integers(0, 250, 3))]
    shown = cv2.copyMakeBorder(shown, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=edge)
    across = float(rng.uniform(64, 78) if tall else rng.uniform(190, 330))
    return np.asarray(shown, np.uint8), (across, across * shown.shape[0] / shown.shape[1]), "screen"


PAGES: tuple[Callable[[Rng], Made], ...] = (receipt, price, notice, form, letter, coupon, cover, screen, receipt, form)


def page(rng: Rng) -> Made:
    """Picture, size in mm and name of any of these."""
    return PAGES[int(rng.integers(len(PAGES)))](rng)


def any_label(rng: Rng) -> tuple[Picture, Size]:
    """A waybill of no carrier: one large bar code, large routing letters, addresses, rules, in any order of rows."""
    wide = 460
    high = int(wide * rng.choice([0.62, 1.0, 1.3, 1.5, 1.8]) * rng.uniform(0.95, 1.05))
    band: Ink = tuple(int(v) for v in rng.integers(10, 240, 3))  # type: ignore[assignment]
    page = Paper(rng, wide, high, ink=(int(rng.integers(5, 60)),) * 3)
    rows = ["bars", "route", "address", "address", *rng.choice(["text", "bars", "code", "band", "route", "grid"], 3)]
    rng.shuffle(rows)
    weights = np.array([{"bars": 1.3, "band": 0.45, "route": 0.9}.get(row, 1.0) for row in rows])
    weights *= rng.uniform(0.7, 1.3, len(rows))
    edges = np.concatenate([[0], np.cumsum(weights / weights.sum())]) * (high - 12) + 6
    for row, y0, y1 in zip(rows, edges, edges[1:], strict=False):
        tall = y1 - y0
        if row == "bars":
            left = wide * rng.uniform(0.04, 0.2)
            page.bars(left, y0 + tall * 0.1, wide * rng.uniform(0.6, 0.95) - left, tall * 0.62)
            page.text(wide * 0.25, y0 + tall * 0.74, "".join(rng.choice(list("0123456789 "), 16)), tall * 0.2)
        elif row == "route":
            page.text(wide * 0.05, y0 + tall * 0.05, page.words(5)[:8], min(tall * 0.75, wide * 0.14))
        elif row == "address":
            page.text(wide * 0.03, y0 + tall * 0.2, str(rng.choice(["收", "寄", "TO", "FROM"])), tall * 0.35)
            page.lines(wide * 0.16, y0 + 4, wide * 0.95, y1, tall * 0.24)
        elif row == "code":
            page.code(wide * rng.uniform(0.03, 0.7), y0 + 4, min(tall - 8, wide * 0.3))
            page.lines(wide * 0.4, y0 + 4, wide * 0.95, y1, tall * 0.2)
        elif row == "band":
            page.draw.rectangle((0, y0, wide, y1), fill=band)
            page.text(wide * 0.1, y0 + 2, page.words(5), tall * 0.7, (250, 250, 250))
        elif row == "grid":
            for x in np.linspace(0.05, 0.95, int(rng.integers(3, 7))):
                page.rule(wide * x, y0, wide * x, y1)
            page.lines(wide * 0.06, y0 + 2, wide * 0.95, y1, tall * 0.3)
        else:
            page.lines(wide * 0.04, y0 + 3, wide * 0.96, y1, tall * rng.uniform(0.15, 0.3))
        if rng.random() < 0.75:
            page.rule(4, y1, wide - 4, y1, int(rng.integers(1, 4)))
    page.draw.rectangle((2, 2, wide - 3, high - 3), outline=page.ink, width=2)
    across = float(rng.choice([76, 80, 100, 100]))
    return page.done(), (across, across * high / wide)
