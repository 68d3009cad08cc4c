"""Personal data: masked everywhere in a report, whole only when asked for."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from evidence_kit.engine import judge
from evidence_kit.facts.waybill_readings import Disagreement, WaybillReading, WaybillReadings
from evidence_kit.masking import mask, mask_case, mask_text
from evidence_kit.packs import load_pack
from evidence_kit.schema import Case, Claim, Complaint, Item, Order, Submission, plain
from evidence_kit.wiring import fact, provider_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NUMBER, OTHER, PHONE, ORDER = "SF1234567890123", "YT9876543210987", "13800138000", "231122-123456789012345"
PRINTED = "YT9876543210989"


@given(st.text(min_size=0, max_size=30))
def test_a_mask_keeps_length_and_at_most_four(number):
    masked = mask(number)
    assert len(masked) == len(number)
    assert masked.count("*") >= len(number) - 4


@given(st.text(alphabet="0123456789", min_size=10, max_size=20), st.text(max_size=20))
def test_a_secret_never_survives(secret, around):
    assert secret not in mask_text(f"{around}{secret}{around}", [secret])


def test_a_case_is_masked_and_its_times_are_kept():
    case = Case(
        NOW,
        order=Order(order_no=ORDER, return_waybills=(NUMBER,), return_signed_at=NOW),
        claim=Claim(description=f"电话 {PHONE} 找张三"),
        complaint=Complaint(contact=PHONE, recipient_phone=PHONE),
    )
    shown = mask_case(plain(case))
    assert NUMBER not in str(shown)
    assert PHONE not in str(shown)
    assert ORDER not in str(shown)
    assert shown["order"]["return_signed_at"] == NOW.isoformat()


@fact(on="photo")
def reading(item: Item) -> WaybillReadings:
    return WaybillReadings((WaybillReading(OTHER, "barcode", "CODE_128", None, 0.99, "test"),))


@fact(on="photo")
def disagreeing(item: Item) -> WaybillReadings:
    return WaybillReadings(disagreements=(Disagreement(OTHER, PRINTED, None),), partial=(PRINTED,))


def report(*, reveal, provider=reading):
    submission = Submission(
        "A", Case(NOW, order=Order(return_waybills=(NUMBER,))), (Item("1.jpg", "photo", "", 1, "h"),)
    )
    card = load_pack("card")
    only = tuple(binding for binding in card.rules if binding.rule.id in ("waybill-matches", "waybill-readable"))
    return judge(submission, replace(card, rules=only), providers=[provider_of(provider)], reveal=reveal)


def test_numbers_are_masked_in_every_corner_of_a_report():
    text = report(reveal=False).to_json()
    assert NUMBER not in text
    assert OTHER not in text
    assert mask(OTHER) in text


def test_reveal_shows_whole_numbers():
    text = report(reveal=True).to_json()
    assert NUMBER in text
    assert OTHER in text


def test_numbers_that_disagree_are_masked_both():
    """They are no readings, yet the sentence that tells of them repeats them."""
    text = report(reveal=False, provider=disagreeing).to_json()
    assert "CODES_DISAGREE" in text
    assert OTHER not in text
    assert PRINTED not in text
    assert PRINTED in report(reveal=True, provider=disagreeing).to_json()
