"""Every row of the R40/R41 table of the rules, and the seconds at the boundaries."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_kit.facts.capture_time import CaptureTime
from evidence_kit.rules.captured_after_sign_off import captured_after_sign_off
from evidence_kit.rules.evidence_before_refusal import evidence_before_refusal
from evidence_kit.rules.within_window import within_window
from evidence_kit.schema import Case, Item, Order, Outcome

SIGNED = datetime(2026, 11, 21, 10, 0, 0, tzinfo=timezone(timedelta(hours=8)))
P, F, R, N = Outcome.PASS, Outcome.FAIL, Outcome.REVIEW, Outcome.NOT_APPLICABLE
R40, R41 = 0.0, 48.0


def case(*, filed_h=None, refused_h=None, submitted_h=None, signed=SIGNED, **order):
    """A case with its times in hours after sign-off; ``filed_h`` is the first evidence."""
    at = lambda hours: None if hours is None else SIGNED + timedelta(hours=hours)  # noqa: E731
    return Case(
        now=at(submitted_h if submitted_h is not None else filed_h or 0.0),
        order=Order(
            return_signed_at=signed,
            first_evidence_at=at(filed_h),
            refused_at=at(refused_h),
            submitted_at=at(submitted_h),
            **order,
        ),
    )


def window(made, route):
    return within_window(made, sign_off="return_signed_at", window_h=24.0, refusal_window_h=route)


def refusal(made, route):
    return evidence_before_refusal(made, refusal_window_h=route)


TABLE = [
    # f, r, this submission, clause -> within-window, evidence-before-refusal
    pytest.param(20, None, 20, R40, P, N, id="in time, not refused"),
    pytest.param(20, None, 20, R41, P, N, id="in time, not refused (R41)"),
    pytest.param(20, 22, 22, R40, P, P, id="in time, then refused"),
    pytest.param(20, 22, 60, R41, P, P, id="in time, then refused, supplement"),
    pytest.param(20, 19, 20, R40, P, F, id="R40: refused first"),
    pytest.param(20, 19, 20, R41, P, R, id="R41: refused first, within 48 h"),
    pytest.param(23.5, -25, 23.5, R41, P, F, id="R41: refused first, past 48 h"),
    pytest.param(30, None, 30, R40, F, N, id="R40: late"),
    pytest.param(30, 31, 31, R40, F, P, id="R40: late, order right"),
    pytest.param(30, 29, 30, R40, F, F, id="R40: late and refused first"),
    pytest.param(30, 31, 70, R41, P, P, id="R41: late, filed before refusal, supplement in 48 h"),
    pytest.param(30, 29, 40, R41, R, R, id="R41: late, nothing filed before refusal, in 48 h"),
    pytest.param(30, 31, 80, R41, F, P, id="R41: supplement past 48 h"),
    pytest.param(80, 30, 80, R41, F, F, id="R41: filed past 48 h after the refusal"),
    pytest.param(30, None, 30, R41, F, N, id="R41: late, not refused"),
]


@pytest.mark.parametrize(("filed", "refused", "submitted", "route", "in_window", "in_order"), TABLE)
def test_every_row_of_the_table(filed, refused, submitted, route, in_window, in_order):
    made = case(filed_h=filed, refused_h=refused, submitted_h=submitted)
    assert window(made, route).outcome is in_window
    assert refusal(made, route).outcome is in_order


def test_unknown_sign_off_is_missing_and_order_is_still_judged():
    made = case(filed_h=20, refused_h=19, submitted_h=20, signed=None)
    assert window(made, R41).missing == "order.return_signed_at"
    assert refusal(made, R41).outcome is R
    assert refusal(made, R40).outcome is F


@pytest.mark.parametrize(("past_s", "outcome"), [(-1, P), (0, P), (1, F)])
def test_the_last_second_counts(past_s, outcome):
    made = case(submitted_h=24 + past_s / 3600)
    assert window(made, R40).outcome is outcome


@pytest.mark.parametrize(("past_s", "outcome"), [(0, R), (1, F)])
def test_the_last_second_of_the_refusal_route(past_s, outcome):
    made = case(filed_h=29 + 48 + past_s / 3600, refused_h=29)
    assert window(made, R41).outcome is outcome
    assert refusal(made, R41).outcome is outcome


def test_before_sign_off_is_for_a_person():
    assert window(case(submitted_h=-1), R40).reason == "BEFORE_START"


def test_station_sign_off_is_for_a_person_early_and_late():
    for hours in (2, 40):
        found = window(case(submitted_h=hours, sign_kind="station"), R40)
        assert (found.outcome, found.reason) == (R, "STATION_SIGN_OFF")


@given(hours=st.floats(0, 100), offset=st.integers(-12, 14))
def test_zones_change_nothing(hours, offset):
    zone = timezone(timedelta(hours=offset))
    moment = SIGNED + timedelta(hours=hours)
    one = Case(now=moment, order=Order(return_signed_at=SIGNED))
    other = Case(now=moment.astimezone(zone), order=Order(return_signed_at=SIGNED.astimezone(UTC)))
    assert window(one, R40) == window(other, R40)


@given(hours=st.floats(0, 200), limit=st.floats(1, 100), more=st.floats(0, 100))
def test_a_longer_window_never_turns_pass_into_fail(hours, limit, more):
    made = case(submitted_h=hours)
    short = within_window(made, sign_off="return_signed_at", window_h=limit, refusal_window_h=0.0)
    long = within_window(made, sign_off="return_signed_at", window_h=limit + more, refusal_window_h=0.0)
    assert not (short.outcome is P and long.outcome is not P)


def test_leap_day_and_year_end():
    leap = datetime(2028, 2, 28, 23, 59, 59, tzinfo=UTC)
    for start in (leap, datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)):
        made = Case(now=start + timedelta(hours=24), order=Order(return_signed_at=start))
        assert window(made, R40).outcome is P
        assert window(made, R40).deadline == start + timedelta(hours=24)


@pytest.mark.parametrize(("early_s", "outcome"), [(-5, P), (600, P), (601, R)])
def test_capture_tolerance_is_inclusive(early_s, outcome):
    item = Item("1.jpg", "photo", "", 1, "")
    taken = CaptureTime(SIGNED - timedelta(seconds=early_s), "stated", "EXIF", "clock")
    found = captured_after_sign_off(item, case(submitted_h=1), taken, sign_off="return_signed_at", tolerance_min=10.0)
    assert found.outcome is outcome
