"""Complaints, appeals and stated roles: each rule on hand-made cases."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_kit.rules.appeal_amount_fits import appeal_amount_fits
from evidence_kit.rules.appeal_type_fits import appeal_type_fits
from evidence_kit.rules.complaint_fields_complete import FIELDS, complaint_fields_complete
from evidence_kit.rules.delivery_questions_answered import delivery_questions_answered
from evidence_kit.rules.liability_appeal_recovers_no_money import liability_appeal_recovers_no_money
from evidence_kit.rules.no_such_item_proof import no_such_item_proof
from evidence_kit.rules.problem_photo_present import problem_photo_present
from evidence_kit.rules.sealed_item_shown import sealed_item_shown
from evidence_kit.schema import Appeal, Case, Complaint, Delivery, Item, Outcome, Submission

P, F, R, N = Outcome.PASS, Outcome.FAIL, Outcome.REVIEW, Outcome.NOT_APPLICABLE
NOW = datetime(2026, 11, 22, tzinfo=UTC)
FULL = {"order_no": "A1", "product": "苹果", "problem": "烂了三个", "request": "退款", "contact": "13900005678"}


def complaint(**changed):
    return complaint_fields_complete(Case(NOW, complaint=Complaint(**(FULL | changed))))


def submission(*roles, videos=()):
    photos = [Item(f"{place}.jpg", "photo", "", 1, str(place), role=role) for place, role in enumerate(roles)]
    clips = [Item(f"{place}.mp4", "video", "", 1, f"v{place}", role=role) for place, role in enumerate(videos)]
    return Submission("A", Case(NOW), tuple(photos + clips))


# --- complaint ---


def test_five_fields_pass_and_the_recipient_is_someone_else():
    assert complaint(recipient_phone="13700001234").outcome is P
    assert complaint().outcome is P


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("empty", [None, "", "  ", "\n\t", "\u3000"])
def test_an_empty_field_fails_and_is_named(field, empty):
    found = complaint(**{field: empty})
    assert (found.outcome, found.reason, found.actual.value) == (F, "MISSING_FIELD", 4)
    assert FIELDS[field].zh in found.message.zh
    assert f"complaint.{field}" in found.advice.en


@pytest.mark.parametrize(
    ("contact", "recipient"),
    [
        ("13700001234", "13700001234"),
        ("+86 137-0000-1234", "13700001234"),
        ("李女士 137 0000 1234", "13700001234"),
        ("13700001234", "137 0000 1234"),
        ("13900005678 / 13700001234", "86 13700001234"),
        ("010-62345678", "01062345678"),
    ],
)
def test_the_recipient_s_number_is_for_a_person_however_it_is_written(contact, recipient):
    found = complaint(contact=contact, recipient_phone=recipient)
    assert (found.outcome, found.reason) == (R, "CONTACT_IS_RECIPIENT")
    for words in (found.message, found.advice):
        assert "1234" not in words.zh + words.en


@pytest.mark.parametrize(
    ("contact", "recipient"),
    [("13900005678", "13700001234"), ("群主小王", "13700001234"), ("wx_137", ""), ("137", "13700001234")],
)
def test_another_number_is_no_recipient(contact, recipient):
    assert complaint(contact=contact, recipient_phone=recipient).outcome is P


@settings(deadline=None)
@given(contact=st.text(max_size=40), recipient=st.text(max_size=40))
def test_no_text_breaks_the_comparison(contact, recipient):
    found = complaint(contact=contact, recipient_phone=recipient)
    assert found.outcome is (F if not contact.strip() else found.outcome)
    assert found.outcome in (P, F, R)


# --- appeal ---


def appeal(rule, **stated):
    limits = {"tolerance_yuan": 0.01} if rule is appeal_amount_fits else {}
    return rule(Case(NOW, appeal=Appeal(**stated)), **limits)


@pytest.mark.parametrize(
    ("stated", "outcome"),
    [
        ({"type": "判责"}, P),
        ({"type": "货款"}, P),
        ({"type": "货款", "free_shipping": True}, P),
        ({"type": "运费", "free_shipping": False}, P),
        ({"type": "运费", "free_shipping": True, "freight_direction": "return"}, P),
        ({"type": "运费", "free_shipping": True, "freight_direction": "outbound"}, F),
        ({"type": "极速退款", "instant_refund": True}, P),
        ({"type": "极速退款", "instant_refund": False}, F),
    ],
)
def test_type_of_appeal(stated, outcome):
    found = appeal(appeal_type_fits, **stated)
    assert found.outcome is outcome
    assert found.reason == (None if outcome is P else "WRONG_CLAIM_TYPE")


@pytest.mark.parametrize(
    ("stated", "key"),
    [
        ({}, "appeal.type"),
        ({"type": "运费"}, "appeal.free_shipping"),
        ({"type": "运费", "free_shipping": True}, "appeal.freight_direction"),
        ({"type": "极速退款"}, "appeal.instant_refund"),
    ],
)
def test_what_the_type_needs_is_named(stated, key):
    assert appeal(appeal_type_fits, **stated).missing == key


@pytest.mark.parametrize(
    ("kind", "amount", "refunded", "outcome"),
    [
        ("货款", 80.0, 80.0, P),
        ("货款", 80.01, 80.0, P),
        ("货款", 80.02, 80.0, F),
        ("货款", 0.0, 80.0, R),
        ("极速退款", 90.0, 80.0, F),
        ("极速退款", 12.5, 80.0, P),
        ("运费", 12.0, None, P),
        ("运费", 0.0, None, R),
        ("判责", 80.0, None, N),
    ],
)
def test_amount_of_appeal(kind, amount, refunded, outcome):
    found = appeal(appeal_amount_fits, type=kind, amount=amount, refunded_amount=refunded)
    assert found.outcome is outcome


@pytest.mark.parametrize(
    ("stated", "key"),
    [
        ({}, "appeal.type"),
        ({"type": "货款"}, "appeal.amount"),
        ({"type": "运费"}, "appeal.amount"),
        ({"type": "货款", "amount": 1.0}, "appeal.refunded_amount"),
    ],
)
def test_what_the_amount_needs_is_named(stated, key):
    assert appeal(appeal_amount_fits, **stated).missing == key


@settings(deadline=None)
@given(amount=st.floats(0.01, 1e6), refunded=st.floats(0, 1e6), more=st.floats(0, 1e6))
def test_a_larger_refund_never_turns_pass_into_fail(amount, refunded, more):
    low = appeal(appeal_amount_fits, type="货款", amount=amount, refunded_amount=refunded)
    high = appeal(appeal_amount_fits, type="货款", amount=amount, refunded_amount=refunded + more)
    assert not (low.outcome is P and high.outcome is not P)


@pytest.mark.parametrize(
    ("kind", "amount", "outcome"),
    [("判责", None, P), ("判责", 0.0, P), ("判责", 0.01, R), ("判责", 1e6, R), ("货款", 80.0, N), ("运费", None, N)],
)
def test_liability_and_money(kind, amount, outcome):
    assert appeal(liability_appeal_recovers_no_money, type=kind, amount=amount).outcome is outcome


# --- answers and roles ---


@pytest.mark.parametrize(
    ("damaged", "self_signed", "missing"),
    [
        (False, True, None),
        (True, False, None),
        (None, True, "delivery.parcel_damaged_at_sign"),
        (None, None, "delivery.parcel_damaged_at_sign"),
        (True, None, "delivery.signed_by_self"),
    ],
)
def test_delivery_questions(damaged, self_signed, missing):
    found = delivery_questions_answered(Case(NOW, delivery=Delivery(damaged, self_signed)))
    assert found.missing == missing
    if missing is None:
        assert found.outcome is P
        assert (found.advice is not None) == (damaged or not self_signed)


@pytest.mark.parametrize(
    ("roles", "outcome"),
    [
        (["listing"], P),
        (["goods_with_waybill", "listing", None], P),
        (["goods_with_waybill"], F),
        ([], F),
        (["goods_with_waybill", None], R),
    ],
)
def test_proof_that_the_item_is_not_sold_here(roles, outcome):
    found = no_such_item_proof(submission(*roles), min_pictures=1)
    assert found.outcome is outcome
    assert found.reason == (None if outcome is P else "MISSING_ROLE")


@pytest.mark.parametrize(
    ("roles", "outcome"),
    [
        (["problem"], P),
        (["damage_spot"], P),
        ([None], P),
        (["goods_with_waybill"], R),
        (["goods_with_waybill", "problem"], P),
        (["chat", "listing", "freight_receipt"], F),
        ([], F),
    ],
)
def test_a_picture_of_the_problem(roles, outcome):
    assert problem_photo_present(submission(*roles), min_photos=1).outcome is outcome


@pytest.mark.parametrize(
    ("roles", "videos", "outcome", "absent"),
    [
        ([None], [None], P, ""),
        ([None], [], F, "视频"),
        ([], [None], F, "图片"),
        ([], [], F, "图片、视频"),
        (["chat"], [None], F, "图片"),
    ],
)
def test_picture_and_video_of_the_sealed_item(roles, videos, outcome, absent):
    found = sealed_item_shown(submission(*roles, videos=videos), min_photos=1, min_videos=1)
    assert found.outcome is outcome
    assert absent in found.message.zh
