"""Waybill labels: six layouts of a thermal e-waybill, drawn in millimetres."""

from __future__ import annotations

from numpy.random import Generator

from . import words
from .fonts import LATIN, NUMERALS
from .numbers import Waybill, digits, hotline, order_number, pick
from .sheet import Box, Sheet

SIZES: dict[str, tuple[tuple[float, float], ...]] = {
    "grid": ((76, 130), (76, 130), (100, 150)),
    "banner": ((100, 150), (76, 130)),
    "twopart": ((100, 180),),
    "numbertop": ((100, 150), (76, 130)),
    "post": ((100, 150), (100, 120)),
    "latin": ((101.6, 152.4),),
}
"""Width x height in mm that each layout is printed in."""

NAMES = {
    "SF": ("SF EXPRESS", "顺丰速运"),
    "ZTO": ("ZTO", "中通快递"),
    "YTO": ("YTO", "圆通速递"),
    "STO": ("STO", "申通快递"),
    "YUNDA": ("YUNDA", "韵达快递"),
    "JT": ("J&T EXPRESS", "极兔速递"),
    "JD": ("JDL", "京东物流"),
    "EMS": ("EMS", "中国邮政"),
    "UPS": ("UPS GROUND", "UPS SAVER"),
    "FEDEX": ("FedEx Ground", "FedEx Intl Priority"),
    "AIR": ("AIR CARGO", "AIR WAYBILL"),
}


class _Ink:
    """The choices one printer and one template make, the same all over a label."""

    def __init__(self, rng: Generator, sheet: Sheet, bill: Waybill) -> None:
        self.rng, self.sheet, self.bill = rng, sheet, bill
        self.numerals = pick(rng, NUMERALS)
        self.latin = pick(rng, LATIN)
        self.chinese = "gothic" if rng.random() < 0.8 else "song"
        self.k = sheet.width / 100

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def main_code(self, box: Box, em: float, *, above: bool = False) -> None:
        """Main barcode with the number above or below it inside ``box``."""
        sheet, bill = self.sheet, self.bill
        middle = (box[0] + box[2]) / 2
        room = em * 1.3
        bars = (box[0], box[1] + (room if above else 0), box[2], box[3] - (0 if above else room))
        # Long codes are allowed finer modules; short ones do not grow past half a millimetre.
        sheet.bars(bars, bill.barcode_text, is_number=True, max_module=pick_module(self.rng))
        y = box[1] if above else box[3] - em
        sheet.number(middle, y, em, bill.printed, self.numerals, width=box[2] - box[0])

    def side_code(self, box: Box) -> None:
        """A vertical code: the number again, a route, or an order number."""
        draw = self.rng.random()
        if draw < 0.6:
            text, own = self.bill.barcode_text, True
        elif draw < 0.92:
            text, own = (
                pick(self.rng, ("B", "R", "T")) + digits(self.rng, 3) + "-" + digits(self.rng, 3),
                False,
            )
        else:
            text, own = self.sheet.other(order_number(self.rng).replace("-", "")), False
        thin = box[2] - box[0]
        bars = (box[0] + thin * 0.32, box[1], box[2], box[3])
        ink = self.sheet.bars(bars, text, is_number=own, sideways=True, max_module=0.38)
        words_box = (box[0], max(box[1], ink[1]), box[0] + thin * 0.3, min(box[3], ink[3]))
        self.sheet.sideways(words_box, text, thin * 0.26, self.numerals, is_number=own)

    def party(self, box: Box, title: str, *, masked: bool = True) -> None:
        """Recipient or sender: a badge, a name, a phone and an address."""
        sheet, rng, k = self.sheet, self.rng, self.k
        side = min(7.0 * k, box[3] - box[1])
        sheet.fill((box[0], box[1], box[0] + side, box[1] + side))
        sheet.text(box[0] + side / 2, box[1] + side / 2, side * 0.75, title, self.chinese, anchor="mm", grey=255)
        phone = words.masked_phone(rng) if masked else sheet.other("138" + digits(rng, 8))
        x = box[0] + side + 1.5 * k
        em = min(3.8 * k, (box[3] - box[1]) * 0.34)
        sheet.text(x, box[1], em, f"{words.masked_name(rng)}  {phone}", self.chinese, bold=0.13)
        place = (x, box[1] + em * 1.35, box[2], box[3])
        sheet.paragraph(place, em * 0.92, words.address(rng), self.chinese)

    def small_print(self, box: Box) -> None:
        """Terms, order number, weight and date."""
        sheet, rng = self.sheet, self.rng
        em = 2.3 * self.k
        rows = [f"订单号：{sheet.other(order_number(rng))}"] if self.chance(0.7) else []
        rows.append(f"重量 {rng.uniform(0.1, 9):.2f}kg  {pick(rng, words.GOODS)} x{int(rng.integers(1, 5))}")
        rows.append(f"打印时间 {words.when(rng)}")
        if self.chance(0.6):
            rows.append(f"客服电话 {sheet.other(hotline(rng))}")
        rows.append(pick(rng, words.LINES))
        sheet.paragraph(box, em, "\n".join(rows), self.chinese, 1.25)

    def header(self, box: Box, *, inverse: bool) -> None:
        """Carrier names in a bar across the top."""
        latin, chinese = NAMES[self.bill.carrier]
        sheet, high = self.sheet, box[3] - box[1]
        if inverse:
            sheet.fill(box)
        grey = 255 if inverse else 0
        y = (box[1] + box[3]) / 2
        end = sheet.text(box[0] + 2, y, high * 0.62, latin, self.latin, anchor="lm", grey=grey)
        end = sheet.text(end[2] + 2, y, high * 0.5, chinese, self.chinese, anchor="lm", grey=grey, bold=0.1)
        date, room = words.when(self.rng), box[2] - end[2] - 5
        if room > 12:
            sheet.text(box[2] - 2, y, high * 0.3, date, self.numerals, width=room, anchor="rm", grey=grey)


def pick_module(rng: Generator) -> float:
    """Upper bound of the module in mm: most templates print generous bars, some are tight."""
    return (0.5, 0.5, 0.38, 0.34, 0.26)[int(rng.integers(5))]


def _grid(ink: _Ink) -> None:
    """Header, sort code, boxed parties, main code low, QR beside small print."""
    s, w, h, k = ink.sheet, ink.sheet.width, ink.sheet.height, ink.k
    edge = 2.5 * k
    ink.header((edge, edge, w - edge, h * 0.085), inverse=ink.chance(0.4))
    s.text(w / 2, h * 0.1, h * 0.062, words.sort_code(ink.rng), ink.latin, width=w - 4 * edge, anchor="mt")
    side = ink.chance(0.5)
    right = w - edge - (15 * k if side else 0)
    for y in (0.095, 0.185, 0.315, 0.415, 0.665):
        s.line(edge, h * y, w - edge, h * y)
    s.frame((edge, edge, w - edge, h - edge))
    ink.party((edge + 1, h * 0.195, right, h * 0.31), "收")
    ink.party((edge + 1, h * 0.325, right, h * 0.41), "寄")
    if side:
        s.line(right + 0.5, h * 0.185, right + 0.5, h * 0.415)
    ink.main_code((edge + 4 * k, h * 0.435, w - edge - 4 * k, h * 0.655), 4.6 * k, above=ink.chance(0.15))
    if side:
        ink.side_code((w - edge - 14 * k, h * 0.67, w - edge - 0.8, h * 0.975))
    s.matrix(edge + 2, h * 0.7, 21 * k, f"https://q.example.cn/{digits(ink.rng, 6)}")
    ink.small_print((edge + 26 * k, h * 0.69, right - 1, h - edge - 1))
    if ink.chance(0.4):
        s.text(edge + 2, h * 0.9, 6 * k, "已验视", ink.chinese, bold=0.2)


def _banner(ink: _Ink) -> None:
    """Main code on top, then the sort code in reverse, parties and a vertical code at the right."""
    s, w, h, k = ink.sheet, ink.sheet.width, ink.sheet.height, ink.k
    ink.main_code((6 * k, 4 * k, w - 6 * k, h * 0.19), 4.2 * k, above=ink.chance(0.25))
    s.fill((0, h * 0.205, w, h * 0.29))
    s.text(w / 2, h * 0.247, h * 0.06, words.sort_code(ink.rng), ink.latin, width=w * 0.9, anchor="mm", grey=255)
    s.text(
        4 * k,
        h * 0.305,
        7 * k,
        pick(ink.rng, ("集包地 ", "")) + pick(ink.rng, words.CITIES),
        ink.chinese,
        width=w * 0.9,
    )
    ink.party((4 * k, h * 0.37, w - 22 * k, h * 0.49), "收")
    ink.party((4 * k, h * 0.51, w - 22 * k, h * 0.60), "寄", masked=not ink.chance(0.15))
    ink.side_code((w - 18 * k, h * 0.33, w - 3 * k, h * 0.80))
    s.line(0, h * 0.625, w - 20 * k, h * 0.625, 0.3)
    s.matrix(5 * k, h * 0.65, 20 * k, "WX" + digits(ink.rng, 5))
    ink.small_print((29 * k, h * 0.65, w - 21 * k, h * 0.82))
    ink.header((0, h * 0.85, w, h * 0.93), inverse=False)
    s.text(
        4 * k,
        h * 0.945,
        3 * k,
        f"第{int(ink.rng.integers(1, 3))}联  {pick(ink.rng, words.LINES)}",
        ink.chinese,
        width=w * 0.9,
    )


def _twopart(ink: _Ink) -> None:
    """A tall label with a receipt stub below a perforation; the number stands on both."""
    s, w, h = ink.sheet, ink.sheet.width, ink.sheet.height
    ink.header((2, 2, w - 2, h * 0.07), inverse=ink.chance(0.3))
    s.text(3, h * 0.08, 15, words.sort_code(ink.rng), ink.latin, width=w - 6)
    s.line(0, h * 0.175, w, h * 0.175)
    ink.main_code((10, h * 0.185, w - 10, h * 0.325), 5)
    s.line(0, h * 0.335, w, h * 0.335)
    ink.party((4, h * 0.35, w - 4, h * 0.44), "收")
    ink.party((4, h * 0.46, w - 4, h * 0.53), "寄")
    s.line(0, h * 0.545, w, h * 0.545)
    ink.small_print((4, h * 0.555, w - 34, h * 0.67))
    s.text(w - 30, h * 0.57, 4, "签收栏：", ink.chinese)
    for x in range(0, int(w), 4):
        s.line(x, h * 0.69, x + 2, h * 0.69, 0.3)
    ink.main_code((w * 0.38, h * 0.71, w - 5, h * 0.80), 3.4)
    s.text(4, h * 0.72, 8, NAMES[ink.bill.carrier][1], ink.chinese, bold=0.2, width=w * 0.32)
    ink.party((4, h * 0.82, w * 0.7, h * 0.88), "收")
    ink.party((4, h * 0.90, w * 0.7, h * 0.96), "寄")
    s.matrix(w - 27, h * 0.83, 22, "https://m.example.cn/s?c=" + digits(ink.rng, 5))


def _numbertop(ink: _Ink) -> None:
    """Number in large type above the code, a vertical code at the left, big service letter."""
    s, w, h, k = ink.sheet, ink.sheet.width, ink.sheet.height, ink.k
    s.text(4 * k, 3 * k, 9 * k, NAMES[ink.bill.carrier][0], ink.latin, width=w * 0.5)
    s.fill((w - 17 * k, 2 * k, w - 3 * k, 14 * k))
    s.text(w - 10 * k, 8 * k, 10 * k, pick(ink.rng, "EFTCK"), ink.latin, anchor="mm", grey=255)
    s.line(0, h * 0.105, w, h * 0.105, 0.4)
    ink.main_code((18 * k, h * 0.115, w - 4 * k, h * 0.27), 5.4 * k, above=True)
    ink.side_code((2 * k, h * 0.13, 15 * k, h * 0.60))
    s.text(18 * k, h * 0.285, 13 * k, words.sort_code(ink.rng), ink.latin, width=w * 0.77)
    ink.party((18 * k, h * 0.39, w - 4 * k, h * 0.49), "收")
    ink.party((18 * k, h * 0.51, w - 4 * k, h * 0.59), "寄")
    s.line(0, h * 0.61, w, h * 0.61, 0.4)
    s.text(
        4 * k,
        h * 0.625,
        3.2 * k,
        f"代收货款：￥0.00   保价：{int(ink.rng.integers(1, 90)) * 100}元",
        ink.chinese,
    )
    s.text(
        4 * k,
        h * 0.655,
        3.2 * k,
        f"付款方式：{pick(ink.rng, ('寄付月结', '到付'))}  月结卡号 {s.other(digits(ink.rng, 10))}",
        ink.chinese,
    )
    ink.small_print((4 * k, h * 0.70, w - 34 * k, h * 0.9))
    s.matrix(
        w - 30 * k,
        h * 0.70,
        25 * k,
        "MMM={'k1':'" + digits(ink.rng, 3) + "W','k2':'" + digits(ink.rng, 3) + "'}",
    )
    if ink.chance(0.5):
        # The title is no part of the number: what hides only the title hides nothing.
        end = s.text(w * 0.22, h * 0.93, 4 * k, "运单号", ink.chinese)
        s.number(end[2] + 2 * k, h * 0.93, 4 * k, ink.bill.printed, ink.numerals, anchor="lt")


def _post(ink: _Ink) -> None:
    """Post form on pre-printed coloured stock, code in the middle of the upper half."""
    s, w, h = ink.sheet, ink.sheet.width, ink.sheet.height
    colour = ((70, 170, 90), (70, 90, 220), (200, 150, 60), (60, 200, 240))[int(ink.rng.integers(4))]
    s.tint((0, 0, w, h * 0.11), colour)
    s.tint((0, h * 0.965, w, h), colour)
    ink.header((2, 2, w - 2, h * 0.105), inverse=False)
    ink.main_code((w * 0.22, h * 0.125, w - 5, h * 0.29), 4.8, above=ink.chance(0.3))
    s.text(4, h * 0.135, 11, pick(ink.rng, ("快包", "标快", "特快", "挂号")), ink.chinese, bold=0.25)
    s.text(4, h * 0.215, 4, words.when(ink.rng)[:10], ink.numerals)
    s.line(0, h * 0.305, w, h * 0.305)
    ink.party((4, h * 0.32, w - 4, h * 0.44), "收")
    ink.party((4, h * 0.46, w - 4, h * 0.56), "寄")
    for y in (0.45, 0.575, 0.645):
        s.line(0, h * y, w, h * y)
    s.text(w / 2, h * 0.61, h * 0.045, words.sort_code(ink.rng), ink.latin, anchor="mm")
    ink.small_print((4, h * 0.66, w - 30, h * 0.88))
    s.matrix(w - 27, h * 0.665, 22, "PT" + digits(ink.rng, 5))
    s.text(4, h * 0.90, 4.4, "收件人签名：            年   月   日", ink.chinese)
    if ink.chance(0.35):
        s.text(w - 30, h * 0.86, 3.4, f"邮编 {digits(ink.rng, 6)}", ink.chinese)


def _latin(ink: _Ink) -> None:
    """A 4 x 6 inch label in English."""
    s, w, h, rng = ink.sheet, ink.sheet.width, ink.sheet.height, ink.rng
    street = f"{int(rng.integers(10, 9900))} {pick(rng, ('MAPLE RD', 'HARBOR AVE', 'COUNTY LINE RD', 'MILL ST'))}"
    town = pick(rng, ("PORTLAND OR 97209", "AUSTIN TX 78701", "LEEDS LS1 4AP", "NEWARK NJ 07114"))
    phone = s.other("1-888-" + digits(rng, 3) + "-" + digits(rng, 4))
    face = ink.latin if ink.latin != "fjalla" else "hanken"
    rows = (pick(rng, words.LATIN_BRANDS) + " LOGISTICS LLC", phone, street, town)
    for i, row in enumerate(rows):
        s.text(3, 3 + i * 3.6, 3, row, face)
    s.text(w - 4, 3, 5, f"{int(rng.integers(1, 60))} LBS", "hanken-bold", anchor="rt")
    s.text(w - 4, 9, 5, f"{int(rng.integers(1, 3))} OF 2", "hanken-bold", anchor="rt")
    s.text(3, 22, 3.6, "SHIP TO:", "hanken-bold")
    for i, row in enumerate(
        (pick(rng, ("M. ALVAREZ", "J. OKAFOR", "S. LINDQVIST")), "APT " + digits(rng, 2), street, town)
    ):
        s.text(10, 27 + i * 5, 4.2, row, face)
    s.line(0, h * 0.33, w, h * 0.33, 0.6)
    s.matrix(4, h * 0.345, 24, f"[)>{digits(rng, 4)}", "DataMatrix")
    s.text(34, h * 0.345, 12, pick(rng, ("OR 972 0-01", "TX 787 9-24", "NJ 071 3-02")), face)
    # A postal routing code, as on American labels: letters and fewer than ten digits.
    s.bars((34, h * 0.43, w - 8, h * 0.50), s.other("420" + digits(rng, 5)), max_module=0.4)
    s.line(0, h * 0.515, w, h * 0.515, 1.4)
    s.text(3, h * 0.525, 8, NAMES[ink.bill.carrier][int(rng.integers(2))], face, bold=0.1)
    title = {"AIR": "AWB No.", "UPS": "TRACKING #:", "FEDEX": "TRK#"}[ink.bill.carrier]
    s.text(3, h * 0.595, 4.4, title, face)
    s.number(30, h * 0.595, 4.4, ink.bill.printed, ink.numerals, anchor="lt")
    s.line(0, h * 0.635, w, h * 0.635, 0.6)
    s.bars((6, h * 0.65, w - 6, h * 0.83), ink.bill.barcode_text, is_number=True, max_module=0.4)
    s.line(0, h * 0.845, w, h * 0.845, 1.4)
    s.text(3, h * 0.86, 3.2, f"BILLING: P/P   REF 1: {s.other('PO' + digits(rng, 8))}", face)
    s.text(
        3,
        h * 0.89,
        3.2,
        f"DESC: {pick(rng, ('GARMENTS', 'SPARE PARTS', 'BOOKS', 'CERAMICS'))}  {words.when(rng)}",
        face,
    )


LAYOUTS = {
    "grid": _grid,
    "banner": _banner,
    "twopart": _twopart,
    "numbertop": _numbertop,
    "post": _post,
    "latin": _latin,
}


def print_label(rng: Generator, bill: Waybill) -> Sheet:
    """A label of ``bill`` in a layout its carrier could use."""
    if bill.carrier in ("UPS", "FEDEX", "AIR"):
        layout = "latin"
    elif bill.carrier == "EMS" and rng.random() < 0.6:
        layout = "post"
    else:
        layout = pick(rng, ("grid", "grid", "banner", "twopart", "numbertop"))
    sizes = SIZES[layout]
    width, height = sizes[int(rng.integers(len(sizes)))]
    sheet = Sheet(width, height, 12 if rng.random() < 0.3 else 8)
    LAYOUTS[layout](_Ink(rng, sheet, bill))
    if rng.random() < 0.1 and layout != "post":
        sheet.tint((0, 0, width, height), (190, 225, 245))
    return sheet
