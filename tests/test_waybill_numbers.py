"""Which strings are waybill numbers (rules 1e.16)."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evidence_kit.facts.waybill_numbers import (
    air_holds,
    carriers_of,
    gtin_holds,
    normalise,
    of_barcode,
    of_print,
    other_kind,
    s10_holds,
    same_number,
    strength_of,
    ups_holds,
)

digits = st.text(string.digits, min_size=1, max_size=40)
anything = st.text(max_size=60)


def s10(serial: str) -> str:
    total = sum(int(d) * w for d, w in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return f"EA{serial}{ {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) }CN"


@pytest.mark.parametrize(
    ("text", "number", "carrier"),
    [
        ("SF1234567890123", "SF1234567890123", "SF"),
        ("sf 1234 5678 90123", "SF1234567890123", "SF"),
        ("JDVA12345678901-1-1-", "JDVA12345678901", "JD"),
        ("JDVA12345678901-2-3", "JDVA12345678901", "JD"),
        ("YT1234567890123", "YT1234567890123", "YTO"),
        ("JT1234567890123", "JT1234567890123", "JT"),
        ("78123456789012", "78123456789012", "ZTO"),
        ("771234567890123", "771234567890123", "STO"),
        ("412345678901234", "412345678901234", "YUNDA"),
        ("9812345678901", "9812345678901", "POST"),
        ("005-3379497200006", "0053379497200006", "AIR"),
        ("31001171800000017989625355702636", "31001171800000017989625355702636", "FEDEX"),
        ("1Z999AA10123456784", "1Z999AA10123456784", "UPS"),
        ("RA123456785CN", "RA123456785CN", "EMS"),
    ],
)
def test_a_code_with_a_carriers_form_is_a_number(text: str, number: str, carrier: str) -> None:
    assert of_barcode(text, "CODE_128") == number
    assert carrier in carriers_of(number)


@pytest.mark.parametrize(
    ("text", "symbology"),
    [
        ("15182881", "CODE_128"),
        ("FW727", "CODE_128"),
        ("CA 859 2-37", "CODE_128"),
        ("FGGQ6D1", "CODE_128"),
        ("070429", "ITF"),
        ("6901234567892", "EAN_13"),
        ("9812345678901", "EAN_13"),
        ("6901234567892", "CODE_128"),
        ("9787111128069", "CODE_128"),
        ("16901234567899", "ITF"),
        ("13812345678", "CODE_128"),
        ("8613812345678", "CODE_128"),
        ("4001234567", "CODE_128"),
        ("231122-123456789012345", "CODE_128"),
        ("1234567890123456789", "CODE_128"),
        ("20261121103045", "CODE_128"),
        ("https://example.com/12345678901", "QR_CODE"),
        ("(01)06901234567892(21)123456789012", "CODE_128"),
    ],
)
def test_what_is_no_waybill_number(text: str, symbology: str) -> None:
    assert of_barcode(text, symbology) is None


def test_exactly_one_check_character_makes_a_tax_number() -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    held = [c for c in alphabet if other_kind("91110108MA01A1B2C" + c) == "tax"]
    assert len(held) == 1


def test_exactly_one_check_digit_makes_a_device_number() -> None:
    held = [d for d in string.digits if other_kind("35388008000000" + d) == "device"]
    assert len(held) == 1


def test_a_container_number_is_taken_from_its_identifier() -> None:
    assert of_barcode("(00)106141411234567897", "CODE_128") == "106141411234567897"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("YT1 8120 6042 7183", "YT1812060427183"),
        ("运单号:SF1234567890123", "SF1234567890123"),
        ("TRACKING #: 1Z 999 AA1 01 2345 6784", "1Z999AA10123456784"),
        ("005-3379 4972", "00533794972"),
        ("TRK# 7989 6253 5570", "798962535570"),
        ("7989 6253 5570", None),  # twelve bare digits may be anything
        ("Mstr# 7905 2754 7720", None),
        ("1Z999AA10123456785", "1Z999AA10123456785"),  # its check digit does not hold: more is asked of the looks
        ("RA123456786CN", None),  # the check digit does not hold
        ("1Z999AA1012345678", None),
        ("-345678901234567", None),  # the tail of an order number
        ("订单号 261122-345678901234567", None),
        ("138 1234 5678", None),
        ("010-12345678", None),
        ("2026-11-20 09:39", None),
        ("77123456789012", None),  # a cut-off number of fifteen digits
        ("SF123456789012", None),
    ],
)
def test_print_needs_a_carriers_form(line: str, number: str | None) -> None:
    assert of_print(line) == number


@given(anything, st.sampled_from(["CODE_128", "EAN_13", "ITF", "QR_CODE", ""]))
def test_whatever_is_accepted_has_the_generic_form(text: str, symbology: str) -> None:
    number = of_barcode(text, symbology)
    if number is not None:
        assert 10 <= len(number) <= 34
        assert sum(c.isdigit() for c in number) >= 8
        assert normalise(number) == number
    printed = of_print(text)
    if printed is not None:
        assert strength_of(printed) is not None


@given(digits)
def test_retail_symbologies_never_carry_a_waybill(text: str) -> None:
    assert of_barcode(text, "EAN_13") is None
    assert of_barcode(text, "UPC_A") is None


@given(st.text(string.digits, min_size=8, max_size=8))
def test_s10_check_digit_catches_every_single_wrong_digit(serial: str) -> None:
    number = s10(serial)
    assert s10_holds(number)
    assert of_print(number) == number
    for place in range(2, 10):
        for digit in string.digits:
            wrong = number[:place] + digit + number[place + 1 :]
            if wrong != number and s10_holds(wrong):
                # Remainders 0 and 1 share a check digit with 5 and 10: the standard's own gap.
                assert number[10] in "05"


@given(
    st.text(string.ascii_uppercase + string.digits, min_size=6, max_size=6),
    st.text(string.digits, min_size=9, max_size=9),
)
def test_exactly_one_ups_check_digit_holds(letters: str, rest: str) -> None:
    held = [d for d in string.digits if ups_holds("1Z" + letters + rest + d)]
    assert len(held) == 1


@given(st.text(string.digits, min_size=10, max_size=10))
def test_exactly_one_air_check_digit_holds(body: str) -> None:
    assert [d for d in string.digits if air_holds(body + d)] == [str(int(body[3:]) % 7)]


@given(st.text(string.digits, min_size=12, max_size=12))
def test_a_product_code_is_told_by_its_prefix(body: str) -> None:
    code = next(body + d for d in string.digits if gtin_holds(body + d))
    if body.startswith("69"):
        assert other_kind(code) == "product"


@given(anything)
@example("U¨")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once or once.startswith("JD")


def test_agreement_is_equality_or_containment_of_something_long() -> None:
    assert same_number("sf 1234567890123", "SF1234567890123")
    assert same_number("798962535570", "31001171800000017989625355702636")
    assert same_number("00533794972", "005-3379497200006")
    assert not same_number("1234567", "12345678901234")
    assert not same_number("SF1234567890123", "SF1234567890124")
    assert not same_number("", "")
