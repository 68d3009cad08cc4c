"""Made-up waybill numbers in the forms that carriers print.

The forms are hints gathered from public code, not a carrier's promise; every number is random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DOMESTIC = ("SF", "ZTO", "YTO", "STO", "YUNDA", "JT", "JD", "EMS", "POST")
INTERNATIONAL = ("UPS", "FEDEX", "AIR")
CARRIERS = DOMESTIC + INTERNATIONAL


@dataclass(frozen=True)
class Waybill:
    """A number, what its barcode encodes, and how it is grouped in print."""

    carrier: str
    number: str
    barcode_text: str
    printed: str


def _digits(rng: np.random.Generator, n: int) -> str:
    return "".join(str(d) for d in rng.integers(0, 10, n))


def s10_check_digit(serial: str) -> int:
    """The ninth digit of a Universal Postal Union S10 number, from its eight serial digits."""
    total = sum(int(d) * w for d, w in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)


def ups_check_digit(body: str) -> int:
    """The last digit of a 1Z number, from the fifteen characters after ``1Z``."""
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in body]
    total = sum(values[0::2]) + 2 * sum(values[1::2])
    return -total % 10


def random_number(rng: np.random.Generator, carrier: str) -> str:
    """A number as the carrier writes it, without spaces, hyphens or suffix."""

    def pick(options: list[str]) -> str:
        return str(rng.choice(options))

    if carrier == "SF":
        return "SF" + _digits(rng, 13)
    if carrier == "ZTO":
        return pick(["73", "74", "75", "76", "78", "78"]) + _digits(rng, 12)
    if carrier in ("YTO", "JT"):
        return {"YTO": "YT", "JT": "JT"}[carrier] + _digits(rng, 13)
    if carrier == "STO":
        return "77" + _digits(rng, 13)
    if carrier == "YUNDA":
        return pick(["3", "4"]) + _digits(rng, 14)
    if carrier == "JD":
        return "JD" + pick(["VA", "VB", "VC", "X0", "00"]) + _digits(rng, 11)
    if carrier == "EMS":
        serial = _digits(rng, 8)
        return pick(["EA", "EB", "EZ", "LX"]) + serial + str(s10_check_digit(serial)) + "CN"
    if carrier == "POST":
        return pick(["98", "97", "11", "12"]) + _digits(rng, 11)
    if carrier == "UPS":
        letters = "ABCDEFGHJKLMNPRSTUVWXY"
        body = "".join(letters[i] for i in rng.integers(0, len(letters), 3)) + _digits(rng, 12)
        return "1Z" + body + str(ups_check_digit(body))
    if carrier == "FEDEX":
        return pick(["2", "3", "7", "8"]) + _digits(rng, 11)
    if carrier == "AIR":
        serial = _digits(rng, 7)
        return pick(["784", "999", "160", "297"]) + serial + str(int(serial) % 7)
    raise ValueError(f"no such carrier: {carrier}")


def _grouped(number: str, carrier: str, spaced: bool) -> str:
    if carrier == "AIR":
        return f"{number[:3]}-{number[3:]}"
    if not spaced:
        return number
    if carrier == "UPS":
        return " ".join((number[:2], number[2:5], number[5:8], number[8:10], number[10:14], number[14:]))
    if carrier == "EMS":
        return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:11]} {number[11:]}"
    letters = 2 if number[:2].isalpha() else 0
    head = letters + (len(number) - letters) % 4 or 4
    groups = [number[:head]] + [number[i : i + 4] for i in range(head, len(number), 4)]
    return " ".join(groups)


def waybill(rng: np.random.Generator, carrier: str, number: str | None = None, *, spaced: bool = False) -> Waybill:
    """A waybill of one carrier; ``number`` is random unless given."""
    number = number if number is not None else random_number(rng, carrier)
    text = number
    if carrier == "JD":
        text = f"{number}-1-1-"
    elif carrier == "FEDEX" and rng.random() < 0.5:
        # The long ground form carries the twelve-digit number at its end.
        text = "96" + _digits(rng, 18) + "00" + number
    elif carrier == "AIR":
        text = number + "00001"  # the piece number
    return Waybill(carrier, number, text, _grouped(number, carrier, spaced))
