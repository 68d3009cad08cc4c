"""Printed things that are no waybill: goods stickers, invoices, books, newspapers, screens, receipts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from numpy.random import Generator

from . import words
from .numbers import digits, ean13, hotline, isbn13, order_number, pick, serial_code, tax_number, upc_a
from .sheet import Sheet

Kind = Literal["goods", "screen", "page"]


def goods_sticker(rng: Generator) -> tuple[Kind, Sheet]:
    """A price or stock sticker with an EAN-13 or UPC-A."""
    s = Sheet(50, 34, 12)
    code, kind = (ean13(rng), "EAN13") if rng.random() < 0.75 else (upc_a(rng), "UPCA")
    s.text(3, 2.5, 4, pick(rng, words.GOODS), "gothic", bold=0.1)
    s.text(3, 7.5, 2.6, f"规格：{pick(rng, ('均码', '500ml', 'XL', '红色'))}   单位：件", "gothic")
    s.bars((5, 12, 45, 26), code, kind=kind, max_module=0.42)
    s.text(25, 27, 3.6, s.other(code), "hanken", anchor="mt")
    return "goods", s


def goods_box(rng: Generator) -> tuple[Kind, Sheet]:
    """The face of a product box: brand, claims, a code in the corner, a serial number as Code 128."""
    s = Sheet(180, 120, 8)
    colour = tuple(int(v) for v in rng.integers(90, 250, 3))
    s.tint((0, 0, 180, 120), (colour[0], colour[1], colour[2]))
    s.text(
        12,
        12,
        22,
        pick(rng, words.LATIN_BRANDS),
        pick(rng, ("redhat-bold", "fjalla", "caladea-bold")),
        width=150,
    )
    s.text(12, 40, 10, pick(rng, words.GOODS), "song", bold=0.2)
    s.paragraph(
        (12, 56, 100, 112),
        3.6,
        "\n".join((pick(rng, words.LINES), f"执行标准 GB/T {digits(rng, 5)}-2019", words.when(rng))),
    )
    s.tint((110, 70, 174, 114), (245, 245, 245))
    code = ean13(rng)
    s.bars((114, 72, 170, 90), code, kind="EAN13", max_module=0.42)
    s.text(142, 91, 3.6, s.other(code), "hanken", anchor="mt")
    serial = serial_code(rng)
    s.bars((114, 97, 170, 106), serial, max_module=0.34)
    s.text(142, 107, 3, "S/N " + serial, "firamono", anchor="mt")
    return "goods", s


def device_plate(rng: Generator) -> tuple[Kind, Sheet]:
    """A rating plate with two short serial codes."""
    s = Sheet(80, 45, 12)
    s.frame((1, 1, 79, 44))
    s.text(4, 3, 4.4, f"Model: {pick(rng, words.LATIN_BRANDS)[:3]}-{digits(rng, 3)}", "firago-bold")
    s.text(4, 8.5, 3, "Input: 100-240V~50/60Hz 0.5A   Output: 5V 2A", "firago")
    for i, label in enumerate(("S/N", "P/N")):
        code = serial_code(rng)
        s.bars((18, 14 + i * 14, 76, 22 + i * 14), code, max_module=0.34)
        s.text(4, 16 + i * 14, 3.4, label, "firago")
        s.text(47, 23 + i * 14, 3, code, "firamono", anchor="mt")
    return "goods", s


def invoice(rng: Generator) -> tuple[Kind, Sheet]:
    """A tax invoice with order, tax and phone numbers and a QR code."""
    s = Sheet(210, 140, 8)
    s.text(105, 7, 9, "增值税电子普通发票", "song", anchor="mt", bold=0.1)
    s.line(60, 18, 150, 18, 0.4)
    s.text(152, 8, 3.4, f"发票代码：{s.other('0' + digits(rng, 11))}", "song")
    s.text(152, 13, 3.4, f"发票号码：{s.other(digits(rng, 8))}", "song")
    s.text(152, 18, 3.4, f"开票日期：{words.when(rng)[:10]}", "song")
    s.matrix(8, 6, 22, "01,10," + digits(rng, 5))
    s.frame((8, 30, 202, 130))
    for y in (52, 60, 98, 108):
        s.line(8, y, 202, y)
    s.text(10, 32, 3.6, f"购买方名称：{pick(rng, words.PLACES)}贸易有限公司", "song")
    s.text(10, 38, 3.6, f"纳税人识别号：{s.other(tax_number(rng))}", "song")
    s.text(10, 44, 3.6, f"地址、电话：{words.address(rng)} {s.other('0571-' + digits(rng, 8))}", "song")
    for i in range(4):
        row = f"*日用*{pick(rng, words.GOODS)}   件   {int(rng.integers(1, 9))}   {rng.uniform(5, 300):.2f}"
        s.text(10, 63 + i * 8, 3.6, row, "song")
    s.text(10, 101, 4, f"价税合计（大写）  （小写）￥{rng.uniform(20, 900):.2f}", "song")
    s.text(10, 111, 3.6, f"销售方税号：{s.other(tax_number(rng))}", "song")
    s.text(
        10,
        118,
        3.6,
        f"备注：订单号 {s.other(order_number(rng))}  开户行账号 {s.other('6222' + digits(rng, 15))}",
        "song",
    )
    return "page", s


def book(rng: Generator) -> tuple[Kind, Sheet]:
    """A book's back cover with its ISBN."""
    s = Sheet(145, 208, 8)
    colour = tuple(int(v) for v in rng.integers(120, 250, 3))
    s.tint((0, 0, 145, 208), (colour[0], colour[1], colour[2]))
    s.text(72, 24, 12, pick(rng, words.BOOKS), "song", anchor="mt", bold=0.15)
    s.paragraph((18, 50, 127, 140), 4.4, "".join(pick(rng, words.NEWS) for _ in range(6)), "song", 1.5)
    s.tint((82, 160, 134, 198), (250, 250, 250))
    code = isbn13(rng)
    s.text(108, 162, 3.2, f"ISBN {code[:3]}-{code[3]}-{code[4:8]}-{code[8:12]}-{code[12]}", "hanken", anchor="mt")
    s.bars((86, 167, 130, 187), code, kind="EAN13", max_module=0.38)
    s.text(108, 188, 3.6, s.other(code), "hanken", anchor="mt")
    s.text(18, 190, 4, f"定价：{int(rng.integers(20, 90))}.00元", "song")
    return "page", s


def newspaper(rng: Generator) -> tuple[Kind, Sheet]:
    """Part of a newspaper page."""
    s = Sheet(260, 200, 8)
    s.tint((0, 0, 260, 200), (205, 218, 222))
    s.text(8, 6, 18, pick(rng, words.HEADLINES), "song", bold=0.25)
    s.text(
        252,
        8,
        3.6,
        f"{words.when(rng)[:10]}  刊号 CN33-{digits(rng, 4)}  热线 {s.other('0571-' + digits(rng, 8))}",
        "gothic",
        anchor="rt",
    )
    s.line(8, 30, 252, 30, 0.6)
    for i in range(4):
        x = 8 + i * 62
        s.paragraph((x, 34, x + 57, 192), 3.5, "".join(pick(rng, words.NEWS) for _ in range(16)), "song", 1.35)
    return "page", s


def screen(rng: Generator) -> tuple[Kind, Sheet]:
    """A phone showing an order page or a chat."""
    s = Sheet(68, 146, 12)
    dark = rng.random() < 0.4
    ink = 235 if dark else 20
    s.fill((0, 0, 68, 146), 10)
    s.fill((2, 2, 66, 144), 38 if dark else 250)
    s.text(
        34,
        5,
        2.6,
        f"{int(rng.integers(1, 24)):02d}:{int(rng.integers(60)):02d}",
        "hanken-bold",
        anchor="mt",
        grey=ink,
    )
    who = f"{words.masked_name(rng)} {words.masked_phone(rng)}"
    rows = (
        "订单详情",
        f"{pick(rng, words.GOODS)}  ￥{rng.uniform(9, 300):.2f}",
        f"订单编号：{s.other(order_number(rng))}",
        f"支付宝交易号：{s.other('2024' + digits(rng, 24))}",
        f"创建时间：{words.when(rng)}",
        f"收货：{who}",
        f"客服热线 {s.other(hotline(rng))}",
        "申请退款   联系卖家",
    )
    for i, row in enumerate(rows):
        s.text(5, 14 + i * 9, 5 if i == 0 else 3, row, "gothic", width=58, grey=ink)
    s.fill((6, 92, 62, 128), 120)
    s.text(34, 110, 6, "商品图片", "gothic", anchor="mm", grey=240)
    return "screen", s


def receipt(rng: Generator) -> tuple[Kind, Sheet]:
    """A till receipt with goods codes as plain digits."""
    s = Sheet(58, 150, 8)
    s.text(29, 4, 5, pick(rng, ("惠民超市", "好又来便利店", "佳佳生鲜")), "gothic", anchor="mt", bold=0.12)
    s.text(4, 12, 2.8, f"{words.when(rng)}  收银 {digits(rng, 3)}", "gothic")
    s.text(4, 16, 2.8, f"流水号 {s.other(digits(rng, 16))}", "gothic")
    for i in range(7):
        s.text(4, 24 + i * 11, 3, pick(rng, words.GOODS), "gothic")
        s.text(4, 28.5 + i * 11, 3, f"{s.other(ean13(rng))}  {rng.uniform(2, 90):.2f}", "gothic")
    s.line(4, 103, 54, 103)
    s.text(4, 106, 4, f"合计 {rng.uniform(50, 400):.2f}", "gothic", bold=0.1)
    s.text(
        4,
        114,
        2.8,
        f"会员卡 {s.other('8' + digits(rng, 9))}   电话 {s.other('021-' + digits(rng, 8))}",
        "gothic",
    )
    if rng.random() < 0.5:
        s.bars((6, 122, 52, 134), "R" + digits(rng, 6), max_module=0.3)
    return "page", s


PAGES: dict[str, Callable[[Generator], tuple[Kind, Sheet]]] = {
    "sticker": goods_sticker, "product box": goods_box, "rating plate": device_plate, "invoice": invoice,
    "book": book, "newspaper": newspaper, "phone": screen, "receipt": receipt,
}  # fmt: skip
