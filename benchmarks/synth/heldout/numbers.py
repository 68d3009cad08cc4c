"""Waybill numbers in the carriers' forms, and the other numbers that stand around them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from numpy.random import Generator


@dataclass(frozen=True)
class Waybill:
    """One number as it is stored, printed and coded."""

    carrier: str
    number: str
    """Without spaces, hyphens or suffix."""
    barcode_text: str
    printed: str
    """As the label shows it, with the gaps between groups."""


def digits(rng: Generator, count: int) -> str:
    """``count`` random decimal digits."""
    return "".join(str(d) for d in rng.integers(0, 10, count))


def pick(rng: Generator, options: str | tuple[str, ...]) -> str:
    """One of ``options`` with equal chances."""
    return options[int(rng.integers(len(options)))]


def grouped(rng: Generator, text: str) -> str:
    """``text`` as a label might space it: plain, in fours, in threes, or after the letters only."""
    head = 0
    while head < len(text) and not text[head].isdigit():
        head += 1
    style = int(rng.integers(5))
    if style <= 1:
        return text
    if style == 2:
        return f"{text[:head]} {text[head:]}".strip()
    step = 4 if style == 3 else 3
    body = text[head:]
    parts = [body[i : i + step] for i in range(0, len(body), step)]
    return " ".join(([text[:head]] if head else []) + parts)


def s10_check(serial: str) -> str:
    """Check digit of eight serial digits after UPU S10."""
    total = sum(int(d) * w for d, w in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return str({10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11))


def ups_check(body: str) -> str:
    """Check digit of the 15 characters after ``1Z``."""
    total = 0
    for place, char in enumerate(body):
        value = int(char) if char.isdigit() else (ord(char) - 63) % 10
        total += value * (2 if place % 2 else 1)
    return str(-total % 10)


def fedex_check(body: str) -> str:
    """Check digit of 11 digits of a FedEx Express number."""
    return str(sum(int(d) * (3, 1, 7)[i % 3] for i, d in enumerate(body)) % 11 % 10)


def ean_check(body: str) -> str:
    """Check digit of an EAN-13 (12 digits) or UPC-A (11 digits) body."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return str(-total % 10)


def _plain(carrier: str, number: str, rng: Generator, barcode: str = "") -> Waybill:
    return Waybill(carrier, number, barcode or number, grouped(rng, number))


def _sf(rng: Generator) -> Waybill:
    return _plain("SF", "SF" + pick(rng, ("1", "0", "6", "3")) + digits(rng, 12), rng)


def _zto(rng: Generator) -> Waybill:
    return _plain("ZTO", pick(rng, ("73", "75", "76", "78", "78")) + digits(rng, 12), rng)


def _yto(rng: Generator) -> Waybill:
    return _plain("YTO", "YT" + pick(rng, "23578") + digits(rng, 12), rng)


def _sto(rng: Generator) -> Waybill:
    return _plain("STO", "77" + digits(rng, 13), rng)


def _yunda(rng: Generator) -> Waybill:
    return _plain("YUNDA", pick(rng, ("31", "43", "46", "48")) + digits(rng, 13), rng)


def _jt(rng: Generator) -> Waybill:
    return _plain("JT", "JT" + pick(rng, "035") + digits(rng, 12), rng)


def _jd(rng: Generator) -> Waybill:
    number = "JD" + pick(rng, ("00", "V0", "X0", "AZ")) + digits(rng, 11)
    coded = number + "-1-1-"
    # Some printers show the parcel suffix under the bars, some the bare number.
    return Waybill("JD", number, coded, coded if rng.random() < 0.6 else grouped(rng, number))


def _ems(rng: Generator) -> Waybill:
    if rng.random() < 0.5:
        serial = digits(rng, 8)
        head = pick(rng, ("EA", "EB", "EZ", "CY", "LX", "RB"))
        number = head + serial + s10_check(serial) + "CN"
        shown = f"{head} {serial[:3]} {serial[3:6]} {serial[6:]}{number[10]} CN" if rng.random() < 0.5 else number
        return Waybill("EMS", number, number, shown)
    return _plain("EMS", pick(rng, ("98", "99", "11", "10", "12")) + digits(rng, 11), rng)


def _ups(rng: Generator) -> Waybill:
    letters = "ABCEFHKRVWXY0123456789"
    body = "".join(pick(rng, letters) for _ in range(6)) + pick(rng, ("03", "68", "04", "66")) + digits(rng, 7)
    number = "1Z" + body + ups_check(body)
    shown = f"1Z {number[2:5]} {number[5:8]} {number[8:10]} {number[10:14]} {number[14:]}"
    return Waybill("UPS", number, number, shown if rng.random() < 0.8 else number)


def _fedex(rng: Generator) -> Waybill:
    body = pick(rng, "78") + digits(rng, 10)
    number = body + fedex_check(body)
    coded = "9622" + "0019" + "0" + digits(rng, 10) + "000" + number if rng.random() < 0.6 else number
    return Waybill("FEDEX", number, coded, f"{number[:4]} {number[4:8]} {number[8:]}")


def _air(rng: Generator) -> Waybill:
    serial = digits(rng, 7)
    number = "005" + serial + str(int(serial) % 7)
    coded = number + "0000" + pick(rng, "123") if rng.random() < 0.5 else number
    return Waybill(
        "AIR", number, coded, f"005-{number[3:7]} {number[7:]}" if rng.random() < 0.6 else f"005-{number[3:]}"
    )


DOMESTIC: dict[str, Callable[[Generator], Waybill]] = {
    "SF": _sf, "ZTO": _zto, "YTO": _yto, "STO": _sto, "YUNDA": _yunda, "JT": _jt, "JD": _jd, "EMS": _ems,
}  # fmt: skip
INTERNATIONAL: dict[str, Callable[[Generator], Waybill]] = {"UPS": _ups, "FEDEX": _fedex, "AIR": _air}


def ean13(rng: Generator) -> str:
    """A mainland goods code: prefix 690 to 699."""
    body = "69" + digits(rng, 10)
    return body + ean_check(body)


def isbn13(rng: Generator) -> str:
    """A Chinese book number."""
    body = "9787" + digits(rng, 8)
    return body + ean_check(body)


def upc_a(rng: Generator) -> str:
    """A twelve-digit North American goods code."""
    body = pick(rng, "0678") + digits(rng, 10)
    return body + ean_check(body)


def serial_code(rng: Generator) -> str:
    """A device serial that no reading rule takes for a waybill: mostly letters, fewer than 8 digits."""
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    word = "".join(pick(rng, letters) for _ in range(int(rng.integers(2, 6))))
    return "SN" + digits(rng, 1) + word + digits(rng, int(rng.integers(2, 6)))


def order_number(rng: Generator) -> str:
    """A marketplace order: 18 or 19 digits, or a date and a serial with a hyphen."""
    if rng.random() < 0.35:
        return f"24{int(rng.integers(1, 13)):02d}{int(rng.integers(1, 29)):02d}-{digits(rng, 15)}"
    return pick(rng, ("2", "3", "4")) + digits(rng, int(rng.integers(17, 19)))


def hotline(rng: Generator) -> str:
    """A customer-service phone: five digits, 400, or a full mobile number."""
    kind = int(rng.integers(3))
    if kind == 0:
        return "95" + digits(rng, 3)
    if kind == 1:
        return f"400-{digits(rng, 3)}-{digits(rng, 4)}"
    return pick(rng, ("138", "139", "150", "186", "177")) + digits(rng, 8)


def tax_number(rng: Generator) -> str:
    """An 18-character credit code."""
    return (
        "9"
        + pick(rng, "123")
        + digits(rng, 6)
        + "MA"
        + digits(rng, 1)
        + pick(rng, "ABCEGHJKT")
        + digits(rng, 5)
        + pick(rng, "0123456789ABCDEFGHJX")
    )
