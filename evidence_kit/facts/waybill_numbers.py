"""Which strings are waybill numbers, and which look like one but are not (rules 1e.16, 6).

The carriers' forms are hints gathered from public code, which disagrees with itself: they rank, and they decide how
much a string read without a checksum must prove. They never prove a carrier. Standard library only, no pixels.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from evidence_kit.records import dataclass

Strength = Literal["checked", "prefixed", "digits", "unchecked"]
"""How much the form itself says: a check digit holds, letters no other number starts with, digits alone, or a check
digit that does not hold (test labels and resellers' own numbers)."""

MIN_LENGTH, MAX_LENGTH, MIN_DIGITS = 10, 34, 8


@dataclass(frozen=True, slots=True)
class Form:
    """One way a carrier writes its numbers, after ``normalise``."""

    carrier: str
    pattern: str
    strength: Strength
    printed: Literal["yes", "named", "no"] = "yes"
    """Whether print alone may be taken for it: ``no`` where a cut-off number of another carrier would pass,
    ``named`` where the line must say itself that it is a tracking number."""


FORMS: tuple[Form, ...] = (
    Form("SF", r"SF\d{13}", "prefixed"),
    Form("YTO", r"YT\d{13}", "prefixed"),
    Form("JT", r"JT\d{13}", "prefixed"),
    Form("JD", r"JD[0-9A-Z]{2}\d{11}", "prefixed"),
    Form("DEPPON", r"DPK\d{12}", "prefixed"),
    Form("UPS", r"1Z[0-9A-Z]{16}", "checked"),
    Form("EMS", r"[A-Z]{2}\d{9}[A-Z]{2}", "checked"),
    Form("UPS", r"1Z[0-9A-Z]{6}\d{10}", "unchecked"),
    Form("ZTO", r"7[3-689]\d{12}", "digits"),
    Form("STO", r"77\d{13}", "digits"),
    Form("YUNDA", r"[34]\d{14}", "digits"),
    Form("CAINIAO", r"621\d{12}", "digits"),
    Form("POST", r"(?:9\d|1[0-2])\d{11}", "digits"),
    Form("STO", r"(?:77|43)\d{12,15}", "digits", "no"),
    Form("YUNDA", r"5\d{12}", "digits", "named"),
    Form("SF", r"SF\d{12}", "prefixed", "no"),
    Form("FEDEX", r"[2-8]\d{11}", "digits", "named"),
    Form("FEDEX", r"96\d{32}|9622\d{18}|\d{15}|100\d{29}|31\d{30}", "digits", "no"),
    Form("USPS", r"(?:420\d{5}(?:\d{4})?)?9[1-5]\d{20}", "digits", "named"),
    Form("AIR", r"\d{11}(?:\d{5})?", "checked", "no"),
)
"""In order of how telling they are; a number may fit several. Air waybills are told in print by their hyphen."""


def normalise(text: str) -> str:
    """Upper case without spaces and hyphens; of suffixes only JD's trailing ``-n-n-`` goes."""
    plain = unicodedata.normalize("NFKC", text).upper().strip()
    plain = unicodedata.normalize("NFKC", re.sub(r"[\s\u200b]+", "", plain))
    parcel = re.fullmatch(r"(JD[0-9A-Z]{2}\d{11})-\d+-\d+-?", plain)
    if parcel:
        plain = parcel[1]
    return re.sub(r"[-‐-―−_]+", "", plain)


def s10_holds(number: str) -> bool:
    """The Universal Postal Union's S10 check digit (weights 8 6 4 2 3 5 9 7, modulo 11) holds."""
    serial, check = number[2:10], number[10:11]
    if not (serial.isdigit() and check.isdigit()):
        return False
    left = 11 - sum(int(d) * w for d, w in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return int(check) == {10: 0, 11: 5}.get(left, left)


def ups_holds(number: str) -> bool:
    """The check digit of a UPS 1Z number: fifteen characters after ``1Z``, every second one doubled, modulo 10."""
    body, check = number[2:17], number[17:18]
    if len(body) != 15 or not check.isdigit() or not body.isascii() or not body.isalnum():
        return False
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in body]
    return int(check) == -(sum(values[0::2]) + 2 * sum(values[1::2])) % 10


def air_holds(number: str) -> bool:
    """An air waybill's serial: seven digits, the eighth is their remainder by seven (IATA resolution 600a)."""
    return number[:11].isdigit() and int(number[3:10]) % 7 == int(number[10])


_CHECKS = {"UPS": ups_holds, "EMS": s10_holds, "AIR": air_holds}


def carriers_of(number: str) -> tuple[str, ...]:
    """Carriers whose form a normalised number has, likeliest first; forms with a check digit only where it holds."""
    names = [form.carrier for form in FORMS if re.fullmatch(form.pattern, number) and _holds(form, number)]
    return tuple(dict.fromkeys(names))


def strength_of(number: str) -> Strength | None:
    """The strongest form that a normalised number has; None where it has no known one."""
    held = {form.strength for form in FORMS if re.fullmatch(form.pattern, number) and _holds(form, number)}
    return next((level for level in ("checked", "prefixed", "digits", "unchecked") if level in held), None)


def _holds(form: Form, number: str) -> bool:
    return form.strength != "checked" or _CHECKS[form.carrier](number)


# --- what is no waybill number ---------------------------------------------------------------------------------


def gtin_holds(digits: str) -> bool:
    """The modulo-10 check digit of EAN, UPC and ITF-14 holds."""
    body = [int(d) for d in digits[-2::-1]]
    return int(digits[-1]) == -(3 * sum(body[0::2]) + sum(body[1::2])) % 10


def luhn_holds(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B, as in IMEI and card numbers."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code_holds(text: str) -> bool:
    """A Chinese unified social credit code (tax number), GB 32100: eighteen characters, modulo 31."""
    if not re.fullmatch(r"[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}", text):
        return False
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(text[:17]))
    return _CREDIT_ALPHABET.index(text[17]) == -total % 31


_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_OTHER_FORMS: tuple[tuple[str, str], ...] = (
    ("phone", r"(?:86)?1[3-9]\d{9}"),
    ("phone", r"0(?:10|2\d|[3-9]\d\d)\d{7,8}"),
    ("phone", r"[48]00\d{7}"),
    ("phone", r"95\d{3,4}|9510\d{4,6}|12\d{3}"),
    ("date", rf"(?:19|20)\d\d{_MONTH_DAY}(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?(?:\d{{3}})?"),
    ("order", rf"2\d{_MONTH_DAY}\d{{15}}"),  # Pinduoduo: the date, then fifteen digits
    ("order", r"P?\d{18,19}"),  # Taobao, Douyin, Xiaohongshu
    ("identity", rf"[1-9]\d{{5}}(?:19|20)\d\d{_MONTH_DAY}\d{{3}}[0-9X]"),
)
_RETAIL = frozenset({"EAN13", "EAN8", "UPCA", "UPCE", "EANUPC", "ISBN", "DATABAR"})


def other_kind(number: str, symbology: str | None = None) -> str | None:
    """What a normalised string is instead of a waybill number, where its form tells; else None.

    ``symbology`` settles what length alone cannot: a 13-digit post number has the length of an EAN-13.
    """
    if symbology is not None and _plain_symbology(symbology) in _RETAIL:
        return "product"
    if number.isascii() and number.isdigit():
        if re.fullmatch(r"69\d{11}", number) and gtin_holds(number):
            return "product"
        if re.fullmatch(r"97[89]\d{10}", number) and gtin_holds(number):
            return "book"
        cartons = symbology is not None and _plain_symbology(symbology) in ("ITF", "ITF14")
        if cartons and len(number) == 14 and gtin_holds(number):
            return "product"
        if len(number) == 15 and re.match(r"86|35|01", number) and luhn_holds(number):
            return "device"
    if credit_code_holds(number):
        return "tax"
    for kind, pattern in _OTHER_FORMS:
        if re.fullmatch(pattern, number):
            # An air waybill may look like a landline; its check digit and a checksummed code speak for it.
            if kind == "phone" and symbology is not None and "AIR" in carriers_of(number):
                continue
            return kind
    return None


def _plain_symbology(symbology: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", symbology.upper())


def generic(number: str) -> bool:
    """The generic form of rules 1e.16: 10 to 34 letters and digits, at least 8 digits."""
    return (
        MIN_LENGTH <= len(number) <= MAX_LENGTH
        and number.isascii()
        and number.isalnum()
        and sum(c.isdigit() for c in number) >= MIN_DIGITS
    )


def without_identifiers(text: str) -> str | None:
    """A GS1 element string ``(00)...`` as the carrier's own number; None for product identifiers.

    ``(00)`` is a shipping container's number, ``(420)`` a postal routing prefix, ``(401)``/``(402)`` consignments.
    """
    parts = re.findall(r"\((\d{2,4})\)([^()]*)", text)
    if not parts:
        return text
    kept: list[str] = [value for identifier, value in parts if identifier in ("00", "401", "402", "403")]
    if kept:
        return kept[0]
    if parts[0][0] == "420" and len(parts) > 1:
        return str(parts[1][0] + parts[1][1])
    return None


def of_barcode(text: str, symbology: str) -> str | None:
    """The waybill number that a barcode's text is, normalised; None where it is none (rules 1e.16)."""
    own = without_identifiers(text)
    if own is None or re.search(r"[^0-9A-Za-z\s\-()]", own):
        return None
    number = normalise(own)
    # A GS1 identifier says what the digits are; their mere count would not.
    kind = other_kind(number, symbology) if own == text else None
    return number if generic(number) and kind is None else None


def same_number(a: str, b: str) -> bool:
    """Two writings of one number: equal once normalised, or one contained in the other (rules 1e.16).

    A carrier's long code contains the number that people write (FedEx, air waybills), so containment counts where
    the shorter one is long enough to be a number itself.
    """
    one, other = normalise(a), normalise(b)
    if one == other:
        return bool(one)
    short, long = sorted((one, other), key=len)
    return len(short) >= MIN_LENGTH and short in long


_LEAD = (
    r"(?i)^.*?(?:TRACKING\s*(?:NO|NUMBER|ID|#)?|TRK\s*#|WAYBILL\s*(?:NO|NUMBER)?|\bAWB|运单编?号码?|快递单号|面单号)"
    r"[\s.:#：]*"
)
_AIR_PRINT = r"(\d{3})[-‐-―]\s?(\d{4})\s?(\d{4})(\d{5})?"


def of_print(line: str) -> str | None:
    """The waybill number that a printed line is, normalised; None where it has no carrier's form (rules 1e.16)."""
    plain = re.sub(_LEAD, "", line.strip())
    named = plain != line.strip()
    air = re.fullmatch(_AIR_PRINT, plain)
    if air and air_holds("".join(air.groups("")[:3])) and not re.match(r"010|02\d|[48]00", plain):
        return "".join(air.groups(""))
    # A leading hyphen is the rest of something longer, an order number for one.
    if re.search(r"[^0-9A-Za-z\s\-]", plain) or plain.startswith("-"):
        return None
    number = normalise(plain)
    if not generic(number) or other_kind(number) is not None:
        return None
    allowed = ("yes", "named") if named else ("yes",)
    fits = any(f.printed in allowed and re.fullmatch(f.pattern, number) and _holds(f, number) for f in FORMS)
    return number if fits else None
