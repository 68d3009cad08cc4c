"""Waybill labels as a thermal printer prints them: flat, sharp, 8 dots to the millimetre.

Names, streets and order numbers are made up; the wordmarks are neutral words, not any carrier's logo.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.synth import codes
from benchmarks.synth.fonts import font
from benchmarks.synth.waybills import INTERNATIONAL, Waybill, waybill

DOTS_PER_MM = 8
"""Common thermal printers have 203 dots an inch."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in label pixels."""

_WORDMARKS = {
    "SF": "顺X速运",
    "ZTO": "中X快递",
    "YTO": "圆X速递",
    "STO": "申X快递",
    "YUNDA": "韵X快递",
    "JT": "极X速递",
    "JD": "京X快递",
    "EMS": "特快专X",
    "POST": "邮X快包",
    "UPS": "U*S SAVER",
    "FEDEX": "F*X GROUND",
    "AIR": "AIR CARGO",
}
_SIZES_MM = ((100, 150), (76, 130), (100, 180))
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
_PLACES = (
    "青禾省 云岭市 东湖区 桂花路{}号 锦绣花园{}栋",
    "松江省 临溪市 高新区 创业大道{}号 {}楼",
    "南屿省 海安市 滨海区 望潮街{}号 {}单元",
    "北川省 白石市 新城区 人民中路{}号 {}室",
    "江原省 丰泽市 开发区 物流园{}号库 {}区",
    "云梦省 清河市 城关镇 学府路{}号 {}号楼",
)
_GOODS = (
    "手机壳 黑色 1件",
    "女鞋 37码 1双",
    "苹果 5斤装 1箱",
    "马克杯 蓝色 2只",
    "T恤 白色 XL 1件",
    "积木玩具 1盒",
    "保温杯 1个",
)
_LATIN = ("source", "source-bold", "roboto", "roboto-bold", "dejavu", "mono")


@dataclass(frozen=True)
class RenderedLabel:
    """A flat label and where its number is."""

    bgr: NDArray[np.uint8] = field(repr=False)
    """(height, width, 3), ``DOTS_PER_MM`` pixels to the millimetre."""
    size_mm: tuple[float, float]
    carrier: str
    number: str
    barcode_text: str
    barcodes: tuple[Box, ...]
    """Every barcode that encodes ``barcode_text``, the main one first."""
    numbers: tuple[Box, ...]
    """Every printed copy of the number, the one under the main barcode first."""
    module_mm: float
    digit_mm: float
    """Height of the digits of the largest printed copy."""
    other_codes: tuple[str, ...]


class _Paper:
    """A grey picture that grows from top to bottom; lengths in millimetres."""

    def __init__(self, rng: np.random.Generator, size_mm: tuple[float, float], latin: str) -> None:
        self.rng, self.latin = rng, latin
        self.w, self.h = size_mm
        self.image = Image.new("L", (round(self.w * DOTS_PER_MM), round(self.h * DOTS_PER_MM)), 255)
        self.draw = ImageDraw.Draw(self.image)
        self.barcodes: list[Box] = []
        self.numbers: list[Box] = []
        self.other: list[str] = []
        self.digit_mm = 0.0

    def text(self, x: float, y: float, text: str, mm: float, *, name: str | None = None, anchor: str = "la") -> Box:
        """Draws one line ``mm`` high (em); returns its box in pixels."""
        latin_only = text.isascii()
        face = font(name or (self.latin if latin_only else "cjk"), max(6, round(mm * DOTS_PER_MM)))
        spot = (x * DOTS_PER_MM, y * DOTS_PER_MM)
        self.draw.text(spot, text, fill=0, font=face, anchor=anchor)
        left, top, right, bottom = self.draw.textbbox(spot, text, font=face, anchor=anchor)
        return float(left), float(top), float(right), float(bottom)

    def rule(self, y: float, *, dashed: bool = False) -> None:
        """A line across the label."""
        row, end = round(y * DOTS_PER_MM), self.image.width - 16
        step = 14 if dashed else end
        for x in range(16, end, step):
            self.draw.line((x, row, min(x + (8 if dashed else end), end), row), fill=0, width=2)

    def paste(self, picture: NDArray[np.uint8], x: float, y: float) -> Box:
        """Pastes dots at a place in millimetres; returns the box in pixels."""
        left, top = round(x * DOTS_PER_MM), round(y * DOTS_PER_MM)
        self.image.paste(Image.fromarray(picture), (left, top))
        return float(left), float(top), float(left + picture.shape[1]), float(top + picture.shape[0])

    def number(self, x: float, y: float, text: str, mm: float, *, name: str | None = None, anchor: str = "ma") -> None:
        """Draws a printed copy of the waybill number."""
        self.numbers.append(self.text(x, y, text, mm, name=name, anchor=anchor))
        self.digit_mm = max(self.digit_mm, mm * 0.72)  # cap height of these faces


def _person(rng: np.random.Generator) -> str:
    name = str(rng.choice(list(_SURNAMES))) + "*" * int(rng.integers(1, 3))
    second = rng.choice([3, 5, 7, 8])
    return f"{name}  1{second}{rng.integers(0, 10)}****{rng.integers(0, 10000):04d}"


def _address(rng: np.random.Generator) -> str:
    return str(rng.choice(_PLACES)).format(rng.integers(1, 400), rng.integers(1, 40))


def _date(rng: np.random.Generator) -> str:
    return f"2026-11-{rng.integers(1, 22):02d} {rng.integers(7, 22):02d}:{rng.integers(0, 60):02d}"


def _sort_code(rng: np.random.Generator) -> str:
    area = f"{rng.integers(100, 990)}{rng.choice(list('WKAN'))}"
    return f"{area}-{rng.integers(1, 99):03d}-{rng.choice(list('ABC'))}{rng.integers(1, 9)}"


def _main_barcode(paper: _Paper, bill: Waybill, y: float, height: float, module_dots: int | None) -> float:
    """The Code 128 with its number below; returns the module in millimetres."""
    modules = len(codes.bars(bill.barcode_text))
    # Ten modules of quiet zone on each side, as the symbology asks.
    fitting = [m for m in (2, 3, 4) if (modules + 20) * m <= paper.image.width - 8] or [2]
    dots = module_dots or int(paper.rng.choice(fitting[-2:]))
    picture = codes.bar_picture(bill.barcode_text, dots, round(height * DOTS_PER_MM))
    x = (paper.w - picture.shape[1] / DOTS_PER_MM) / 2
    paper.barcodes.append(paper.paste(picture, x, y))
    face = str(paper.rng.choice((*_LATIN, "condensed")))
    paper.number(paper.w / 2, y + height + 0.6, bill.printed, float(paper.rng.uniform(3.6, 5.0)), name=face)
    return dots / DOTS_PER_MM


def _side_barcode(paper: _Paper, bill: Waybill, y: float, length: float) -> float:
    """A second copy of the code turned by 90 degrees at the right edge; returns the strip's width in millimetres."""
    dots = 2 if len(codes.bars(bill.barcode_text)) * 2 <= length * DOTS_PER_MM else 0
    if not dots:
        return 0.0
    picture = np.rot90(codes.bar_picture(bill.barcode_text, dots, 7 * DOTS_PER_MM), -1)
    paper.barcodes.append(paper.paste(np.ascontiguousarray(picture), paper.w - 10, y + 1))
    return 12.0


def _wrapped(paper: _Paper, x: float, y: float, text: str, *, mm: float, width: float) -> None:
    """Text broken at the width."""
    per_line = max(4, int(width / mm))
    for start in range(0, len(text), per_line):
        paper.text(x, y, text[start : start + per_line].strip(), mm)
        y += mm * 1.35


def _stub(paper: _Paper, bill: Waybill, y: float) -> float:
    """The tear-off part of a long label with its own copy of the code; returns the y below."""
    paper.rule(y, dashed=True)
    paper.text(4, y + 2, _WORDMARKS[bill.carrier], 4.2)
    paper.text(4, y + 8, _person(paper.rng), 2.9)
    paper.text(4, y + 12.5, str(paper.rng.choice(_GOODS)), 2.9)
    picture = codes.bar_picture(bill.barcode_text, 2, 10 * DOTS_PER_MM)
    paper.barcodes.append(paper.paste(picture, paper.w - 6 - picture.shape[1] / DOTS_PER_MM, y + 3))
    paper.number(paper.w - 6 - picture.shape[1] / DOTS_PER_MM, y + 13.6, bill.printed, 3.2, anchor="la")
    return y + 20


def _sort_band(paper: _Paper, y: float) -> float:
    """The big routing code; returns the y below."""
    mm = 11.0 if paper.w > 90 else 9.0
    face = str(paper.rng.choice(["roboto-bold", "source-bold", "dejavu"]))
    paper.text(paper.w / 2, y + 1, _sort_code(paper.rng), mm, name=face, anchor="ma")
    paper.rule(y + mm + 3)
    return y + mm + 3


def _code_band(paper: _Paper, bill: Waybill, y: float, module_dots: int | None) -> tuple[float, float]:
    """The main barcode; returns the y below and the module, both in millimetres."""
    height = float(paper.rng.uniform(11, 17))
    module_mm = _main_barcode(paper, bill, y + 2, height, module_dots)
    paper.rule(y + height + 9)
    return y + height + 9, module_mm


def _foot(paper: _Paper, bill: Waybill, y: float) -> None:
    """QR code, order number, contents, and what fits below."""
    room = paper.h - y
    qr_mm = min(22.0, room - 6)
    if qr_mm >= 12:
        link = f"https://example.com/r/{paper.rng.integers(10**9):09d}"
        dots = codes.squares(link)
        per = max(2, int(qr_mm * DOTS_PER_MM / dots.shape[0]))
        paper.paste(np.kron(dots, np.ones((per, per), np.uint8)), paper.w - 4 - dots.shape[0] * per / 8, y + 2.5)
        paper.other.append(link)
    order = f"26{paper.rng.integers(10, 13)}{paper.rng.integers(1, 28):02d}-{paper.rng.integers(10**14, 10**15)}"
    paper.other.append(order)
    lines = [
        f"订单号 {order}",
        str(paper.rng.choice(_GOODS)),
        f"重量 {paper.rng.uniform(0.2, 6):.2f}kg   件数 1/1",
        f"付款方式 {paper.rng.choice(['寄付', '到付', '月结'])}",
        "签收人/时间",
        "您的签字代表您已验收此包裹",
    ]
    y += 2.5
    for line in lines:
        if y > paper.h - 8:
            break
        paper.text(4, y, line, 2.7)
        y += 4.2
    if paper.h - y > 38:
        y = _stub(paper, bill, paper.h - 36)
    if paper.h - y > 11:
        paper.rule(paper.h - 9, dashed=True)
    if paper.h - y > 4.5:
        paper.number(4, paper.h - 6, bill.printed, 3.2, anchor="la")
        paper.text(paper.w - 4, paper.h - 6, str(paper.rng.choice(["已验视", "已安检", "隐私面单"])), 3.2, anchor="ra")


def _domestic(paper: _Paper, bill: Waybill, side_barcode: bool | None, module_dots: int | None) -> float:
    rng, w = paper.rng, paper.w
    side = bool(rng.random() < 0.6) if side_barcode is None else side_barcode
    sort_first = rng.random() < 0.6
    paper.text(4, 2.5, _WORDMARKS[bill.carrier], 6.0)
    paper.text(w - 4, 2.5, str(rng.choice(["标准快递", "电商标快", "特惠", "冷运", "代收货款"])), 4.2, anchor="ra")
    paper.text(w - 4, 7.5, f"打印 {_date(rng)}", 2.2, anchor="ra")
    y = 11.0
    paper.rule(y)
    if sort_first:
        y, module_mm = _code_band(paper, bill, _sort_band(paper, y), module_dots)
    else:
        y, module_mm = _code_band(paper, bill, y, module_dots)
        y = _sort_band(paper, y)
    block = 52.0 if paper.h >= 150 else 44.0
    strip = _side_barcode(paper, bill, y, block) if side else 0.0
    if strip:
        paper.draw.line(((w - strip) * 8, y * 8, (w - strip) * 8, (y + block) * 8), fill=0, width=2)
    for kind, mm, share in (("收", 4.0, 0.56), ("寄", 3.1, 0.44)):
        paper.draw.ellipse((24, (y + 2) * 8, 24 + mm * 14, (y + 2) * 8 + mm * 14), outline=0, width=3)
        paper.text(3 + mm * 0.875, y + 2 + mm * 0.875, kind, mm, anchor="mm")
        paper.text(12, y + 2, _person(rng), mm)
        _wrapped(paper, 12, y + 3 + mm * 1.4, _address(rng), mm=mm, width=w - strip - 15)
        y += block * share
        paper.rule(y, dashed=kind == "收")
    _foot(paper, bill, y)
    paper.draw.rectangle((14, 14, paper.image.width - 15, paper.image.height - 15), outline=0, width=2)
    return module_mm


def _international(paper: _Paper, bill: Waybill, module_dots: int | None) -> float:
    rng, w = paper.rng, paper.w
    city = str(rng.choice(["NORTHFIELD MN 55057", "HARBOR TOWN ON K2P", "LEIPZIG 04435", "OSAKA 559-0034"]))
    y = 4.0
    for line in (
        "SHIP FROM",
        "CLOUD RIDGE TRADING CO",
        f"{rng.integers(1, 400)} OSMANTHUS ROAD",
        "YUNLING 650000 CN",
    ):
        paper.text(4, y, line, 2.8)
        y += 3.7
    paper.text(w - 4, 4, f"{rng.uniform(0.5, 20):.1f} KG", 4, anchor="ra")
    paper.text(w - 4, 9, "1 OF 1", 4, anchor="ra")
    y += 2
    paper.text(4, y, "SHIP TO", 3.2)
    for line in ("J*** M*****", f"{rng.integers(1, 4000)} LAKE STREET", city):
        paper.text(18, y, line, 4.2)
        y += 5.4
    paper.rule(y + 1)
    square = rng.integers(0, 2, (30, 30)).astype(np.uint8) * 255
    paper.paste(np.kron(square, np.ones((5, 5), np.uint8)), 5, y + 4)  # stands in for a dot code; encodes nothing
    paper.text(
        w - 5,
        y + 5,
        f"{rng.choice(['MN', 'ON', 'DE', 'JP'])} {rng.integers(100, 999)} {rng.integers(0, 9)}-{rng.integers(10, 99)}",
        8.5,
        anchor="ra",
    )
    y += 26
    paper.rule(y)
    paper.text(4, y + 2, _WORDMARKS[bill.carrier], 6.0)
    paper.number(4, y + 10, f"TRACKING #: {bill.printed}", 3.8, anchor="la")
    y += 16
    paper.rule(y)
    module_mm = _main_barcode(paper, bill, y + 3, float(rng.uniform(18, 26)), module_dots)
    y = paper.barcodes[0][3] / DOTS_PER_MM + 9
    paper.rule(y)
    for line in (
        "BILLING: P/P",
        f"DESC: {rng.choice(['PHONE CASE', 'SHOES', 'TOY', 'CERAMICS'])}",
        f"INVOICE NO: {rng.integers(10**5, 10**6)}",
    ):
        if y < paper.h - 6:
            paper.text(4, y + 2, line, 2.9)
            y += 4.4
    return module_mm


def render_label(
    rng: np.random.Generator,
    carrier: str,
    number: str | None = None,
    *,
    size_mm: tuple[float, float] | None = None,
    spaced: bool | None = None,
    side_barcode: bool | None = None,
    module_dots: int | None = None,
) -> RenderedLabel:
    """Prints one label; what is not given is drawn at random from what that carrier's labels look like."""
    spaced = bool(rng.random() < 0.5) if spaced is None else spaced
    bill = waybill(rng, carrier, number, spaced=spaced)
    abroad = carrier in INTERNATIONAL
    choices = _SIZES_MM[:1] if abroad else _SIZES_MM
    size = size_mm or choices[int(rng.integers(len(choices)))]
    paper = _Paper(rng, size, str(rng.choice(_LATIN)))
    module_mm = (
        _international(paper, bill, module_dots) if abroad else _domestic(paper, bill, side_barcode, module_dots)
    )
    bgr = np.repeat(np.asarray(paper.image)[:, :, None], 3, axis=2)
    return RenderedLabel(
        bgr,
        size,
        carrier,
        bill.number,
        bill.barcode_text,
        tuple(paper.barcodes),
        tuple(paper.numbers),
        module_mm,
        paper.digit_mm,
        tuple(paper.other),
    )
