"""Receipts, certificates, chats, rulers and parcel damage: what is read, and what is left to a person."""

from __future__ import annotations

from datetime import UTC, date, datetime

import cv2
import numpy as np
import pytest

from evidence_kit.facts.papers import (
    ChatShown,
    ReceiptFields,
    RulerShown,
    SealShown,
    chat_shown,
    named_numbers,
    receipt_fields,
    ruler_shown,
    seal_shown,
)
from evidence_kit.facts.waybill_readings import WaybillReading, WaybillReadings
from evidence_kit.facts.weight_shown import WeightShown
from evidence_kit.rules.chat_contains_words import chat_contains_words
from evidence_kit.rules.chat_for_promised_refund import chat_for_promised_refund
from evidence_kit.rules.courier_seal_certificate import courier_seal_certificate
from evidence_kit.rules.damage_photos_complete import damage_photos_complete
from evidence_kit.rules.freight_receipt_legible import freight_receipt_legible
from evidence_kit.rules.goods_certificate_present import goods_certificate_present
from evidence_kit.rules.weighing_or_measuring_shown import weighing_or_measuring_shown
from evidence_kit.schema import Appeal, Case, Deferred, Each, Item, Order, Outcome, Submission
from evidence_kit.sensors.number_lines import TextLine
from evidence_kit.sensors.ocr import Character
from evidence_kit.sensors.page_text import PageText
from evidence_kit.sensors.paper_text import MOST_PARTS, Glyph, PaperLine, PaperText, read_paper
from evidence_kit.sensors.red_marks import RedMark, RedMarks, find_red_marks

P, F, R, N = Outcome.PASS, Outcome.FAIL, Outcome.REVIEW, Outcome.NOT_APPLICABLE
NOW = datetime(2026, 11, 22, tzinfo=UTC)
NUMBER = "SF1234567890123"
NOTHING = WaybillReadings()


def case(**more):
    return Case(NOW, order=Order(outbound_waybills=(NUMBER,)), **more)


def line(text, second=None, *, score=0.98, x=(0.1, 0.5), y=0.1, glyphs=()):
    quad = ((x[0], y), (x[1], y), (x[1], y + 0.02), (x[0], y + 0.02))
    return PaperLine(text, score, quad, text if second is None else second, score, glyphs)


def page(*lines):
    return PaperText(1000, 1000, lines)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("运费合计:12.50元", (12.5,)),
        ("实付 ¥8.00", (8.0,)),
        ("运费 12 元", (12.0,)),
        ("重量 1.20kg", ()),
        ("运单号 1234567890123", ()),
        ("2026-11-20 12:30", ()),
    ],
)
def test_amounts(text, amounts):
    assert receipt_fields(page(line(text)), NOTHING).amounts == amounts


def test_an_amount_on_which_the_networks_differ_is_not_read():
    assert receipt_fields(page(line("运费:12.50元", "运费:125.0元")), NOTHING).amounts == ()
    assert receipt_fields(page(line("运费:12.50元", score=0.7)), NOTHING).amounts == ()


@pytest.mark.parametrize("text", ["2026-11-20 10:00", "2026/11/20", "2026年11月20日", "寄件日期:2026.11.20"])
def test_days(text):
    assert receipt_fields(page(line(text)), NOTHING).days == (date(2026, 11, 20),)


def test_an_impossible_day_is_none():
    assert receipt_fields(page(line("2026-02-30")), NOTHING).days == ()


@pytest.mark.parametrize(
    ("mark", "seal"),
    [
        ((1.02, 0.35, 0.97), True),
        ((1.4, 0.3, 0.9), True),
        ((1.0, 0.3, 0.6), None),
        ((1.0, 0.95, 0.97), None),  # a red disc
        ((4.0, 0.4, 0.3), False),  # a headline
    ],
)
def test_seal(mark, seal):
    quad = ((0.1, 0.1), (0.3, 0.1), (0.3, 0.3), (0.1, 0.3))
    marks = RedMarks((RedMark(quad, *mark, 0.2),))
    assert seal_shown(marks, NOTHING, Deferred(PageText)).seal is seal


def looked(*texts, score=0.99, weak=()):
    """One line as networks read it; characters at the places in ``weak`` are doubtful."""
    quad = ((0.1, 0.1), (0.6, 0.1), (0.6, 0.12), (0.1, 0.12))
    return [
        TextLine(text, score, quad, look, 30.0,
                 tuple(Character(c, 0.6 if i in weak else score) for i, c in enumerate(text)))
        for look, text in zip(("tiny", "small"), texts, strict=False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        (looked("单号 SF1234567890123", "单号SF1234567890123"), (NUMBER,)),
        (looked("运单号:SF1234567890123", "运单号:SF1234567890123"), (NUMBER,)),
        (looked("运单号\uff1aSF1234567890123", "运单号\uff1aSF1234567890123"), (NUMBER,)),  # as Chinese print has it
        (looked("兹有单号为SF1234567890123的快件", "兹有单号为SF1234567890123的快件"), (NUMBER,)),
        (looked("单号 SF1234567890123"), ()),  # one network alone
        (looked("单号 SF1234567890123", "单号 SF1234567890128"), ()),  # they differ
        (looked("单号 SF1234567890123", "单号 SF1234567890123", weak=(9,)), ()),  # both doubt one digit
        (looked("订单号 SF1234567890123", "订单号 SF1234567890123"), ()),  # an order's number
        (looked("电话 SF1234567890123", "电话 SF1234567890123"), ()),
        (looked("单号 " + "9" * 400, "单号 " + "9" * 400), ()),
    ],
)
def test_numbers_that_a_letter_names(lines, numbers):
    assert named_numbers(lines) == numbers


def test_a_seals_number_is_looked_for_in_its_sentences_only_where_the_label_reader_has_none():
    page_of_letter = PageText(tuple(looked("单号 SF1234567890123", "单号 SF1234567890123")))
    assert seal_shown(RedMarks(), NOTHING, Deferred(lambda: page_of_letter)).numbers == (NUMBER,)
    read = WaybillReading("YT1234567890123", "barcode", "CODE_128", None, 0.99, "zxing")
    never = Deferred(lambda: pytest.fail("the page was read again"))
    assert seal_shown(RedMarks(), WaybillReadings((read,)), never).numbers == ("YT1234567890123",)


def test_no_red_is_no_seal():
    assert seal_shown(RedMarks(), NOTHING, Deferred(PageText)).seal is False


def test_chat():
    talk = page(line("昨天 10:21"), line("您好,激活了吗"), line("未 激活", x=(0.6, 0.95)), line("好的"))
    found = chat_shown(talk)
    assert found.chat and "未激活" in found.text
    assert chat_shown(page(line("型号 X20"))).chat is None
    assert chat_shown(page()).chat is False


def ruled(*values, step=0.1, skip=()):
    glyphs = tuple(Glyph(str(value), 0.05 + step * i, 0.9) for i, value in enumerate(values) if i not in skip)
    return page(line("".join(map(str, values)), x=(0.0, 1.0), glyphs=glyphs))


def test_ruler():
    assert ruler_shown(ruled(1, 2, 3, 4, 5, 6)).ruler
    assert ruler_shown(ruled(3, 1, 4, 1, 5, 9)).ruler is None
    assert ruler_shown(ruled(1, 2, 3, 4, 5, 6, skip=(2,))).ruler is None
    assert ruler_shown(page()).ruler is False


def each(role, *facts):
    return Each(tuple((Item(f"{i}.jpg", "photo", "", 9, f"h{i}", role=role), fact) for i, fact in enumerate(facts)))


@pytest.mark.parametrize(
    ("facts", "outcome", "reason"),
    [
        ([], F, "MISSING_ROLE"),
        ([SealShown(True, (NUMBER,))], P, None),
        ([SealShown(True, ("YT1234567890123",))], R, "WAYBILL_MISMATCH"),
        ([SealShown(True)], R, "WAYBILL_UNREADABLE"),
        ([SealShown(False, (NUMBER,))], R, "SEAL_NOT_FOUND"),
        ([SealShown(None, (NUMBER,))], R, "SEAL_NOT_FOUND"),
    ],
)
def test_courier_seal_certificate(facts, outcome, reason):
    found = courier_seal_certificate(case(), each("seal_certificate", *facts))
    assert (found.outcome, found.reason) == (outcome, reason)


FULL = ReceiptFields((12.5,), (date(2026, 11, 20),), (NUMBER,), text_seen=True)


@pytest.mark.parametrize(
    ("fact", "appeal", "outcome", "reason"),
    [
        (FULL, Appeal(), P, None),
        (FULL, Appeal(type="运费", amount=12.5), P, None),
        (FULL, Appeal(type="运费", amount=13.0), R, "AMOUNT_DIFFERS"),
        (FULL, Appeal(type="货款", amount=13.0), P, None),
        (ReceiptFields((12.5,), (), (NUMBER,)), Appeal(), R, "MISSING_FIELD"),
        (ReceiptFields(text_seen=True), Appeal(), F, "MISSING_FIELD"),
        (ReceiptFields(), Appeal(), R, "MISSING_FIELD"),
        (ReceiptFields((12.5,), (date(2026, 11, 20),), ("YT1234567890123",)), Appeal(), R, "WAYBILL_MISMATCH"),
    ],
)
def test_freight_receipt(fact, appeal, outcome, reason):
    found = freight_receipt_legible(case(appeal=appeal), each("freight_receipt", fact))
    assert (found.outcome, found.reason) == (outcome, reason)


def test_no_receipt_fails():
    assert freight_receipt_legible(case(), Each()).outcome is F


@pytest.mark.parametrize(
    ("promised", "facts", "outcome"),
    [
        (True, [ChatShown(True)], P),
        (True, [ChatShown(None)], R),
        (True, [ChatShown(False)], R),
        (True, [], F),
        (False, [], N),
    ],
)
def test_chat_for_promised_refund(promised, facts, outcome):
    found = chat_for_promised_refund(case(promised_refund=promised), each("chat", *facts))
    assert found.outcome is outcome


def test_whether_a_refund_was_promised_must_be_stated():
    assert chat_for_promised_refund(case(), Each()).missing == "promised_refund"


def test_chat_contains_words():
    assert chat_contains_words(each("chat", ChatShown(True, "手机未激活")), words=("未激活",)).outcome is P
    assert chat_contains_words(each("chat", ChatShown(True, "手机激活")), words=("未激活",)).outcome is R
    assert chat_contains_words(Each(), words=("未激活",)).outcome is F


def parcel(*roles):
    return tuple(Item(f"{role}.jpg", "photo", "", 9, role, role=role) for role in roles)


SEEN = WaybillReadings((WaybillReading(NUMBER, "barcode", "CODE_128", None, 0.99, "test"),), label_seen=True)


@pytest.mark.parametrize(
    ("roles", "outer", "outcome"),
    [
        (("outer_package", "damage_spot", "inner_damage"), SEEN, P),
        (("outer_package", "damage_spot", "inner_damage"), WaybillReadings(label_seen=False), R),
        (("outer_package", "damage_spot"), SEEN, F),
        (("damage_spot", "inner_damage"), SEEN, F),
        ((), SEEN, F),
    ],
)
def test_damage_photos_complete(roles, outer, outcome):
    items = parcel(*roles)
    readings = Each(tuple((item, outer if item.role == "outer_package" else NOTHING) for item in items))
    assert damage_photos_complete(Submission("A", case(), items), readings).outcome is outcome


def test_goods_certificate():
    assert goods_certificate_present(Submission("A", case(), parcel("goods_certificate"))).outcome is P
    assert goods_certificate_present(Submission("A", case(), parcel("problem"))).outcome is F


def test_weighing_or_measuring():
    nothing = Submission("A", case(), parcel("problem"))
    assert weighing_or_measuring_shown(nothing, Each(), Each()).outcome is F
    video = Submission("A", case(), (Item("1.mp4", "video", "", 9, "h", role="weight"),))
    assert weighing_or_measuring_shown(video, Each(), Each()).outcome is R
    scale = Submission("A", case(), parcel("weight"))
    read = each("weight", WeightShown("1.25", "kg", seen=True))
    assert weighing_or_measuring_shown(scale, read, Each()).outcome is P
    ruler = Submission("A", case(), parcel("measure"))
    assert weighing_or_measuring_shown(ruler, Each(), each("measure", RulerShown(True, (1, 2, 3)))).outcome is P
    assert weighing_or_measuring_shown(ruler, Each(), each("measure", RulerShown(None))).outcome is R


def test_long_screenshots_are_read_in_bounded_parts():
    tall = np.full((200 * 2 * (MOST_PARTS + 5), 200), 255, np.uint8)
    assert read_paper(tall).cut_short
    assert read_paper(np.zeros((1, 1), np.uint8)).lines == ()


def test_red_marks_of_odd_pictures():
    for shape in ((1, 1, 3), (64, 3000, 3), (300, 300, 3)):
        assert find_red_marks(np.full(shape, 255, np.uint8)).marks == ()
    red = np.zeros((300, 300, 3), np.uint8)
    red[:, :, 2] = 255
    assert find_red_marks(red).marks == ()


def test_a_drawn_seal_is_found():
    papers = pytest.importorskip("benchmarks.synth.papers")
    whole = papers.certificate(1, number=NUMBER).bgr
    bare = papers.certificate(1, number=NUMBER, seal="none").bgr
    assert seal_shown(find_red_marks(whole), NOTHING, Deferred(PageText)).seal
    assert not seal_shown(find_red_marks(cv2.resize(bare, None, fx=0.7, fy=0.7)), NOTHING, Deferred(PageText)).seal
