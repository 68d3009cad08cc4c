"""Every window at its exact second: over zones, leap days, year ends; the deadline printed is the deadline judged."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evidence_kit.checks import BEIJING, clock
from evidence_kit.rules.cheaper_offer_in_time import cheaper_offer_in_time
from evidence_kit.rules.evidence_before_refusal import evidence_before_refusal
from evidence_kit.rules.responded_in_time import responded_in_time
from evidence_kit.rules.return_confirmed_in_time import return_confirmed_in_time
from evidence_kit.rules.sent_back_in_time import sent_back_in_time
from evidence_kit.rules.shipped_in_time import shipped_in_time
from evidence_kit.rules.within_days import within_days
from evidence_kit.rules.within_window import within_window
from evidence_kit.schema import Case, Claim, Order, Outcome
from evidence_kit.windows import MOMENTS, day_end, days_after

P, F, R, N = Outcome.PASS, Outcome.FAIL, Outcome.REVIEW, Outcome.NOT_APPLICABLE
SECOND = timedelta(seconds=1)
START = datetime(2026, 11, 20, 10, 0, tzinfo=BEIJING)
LEAP_DAY = datetime(2028, 2, 28, 23, 59, 59, tzinfo=BEIJING)
NO_LEAP_DAY = datetime(2027, 2, 28, 23, 59, 59, tzinfo=BEIJING)
YEAR_END = datetime(2026, 12, 31, 23, 59, 59, tzinfo=BEIJING)
MIDNIGHT = datetime(2026, 11, 20, 0, 0, tzinfo=BEIJING)

moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31)).map(
    lambda naive: naive.replace(microsecond=0, tzinfo=BEIJING)
)
zones = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@dataclass(frozen=True)
class Window:
    """One window as a pack sets it: how a case is judged, and where it ends in hours and in calendar days."""

    name: str
    since: str
    until: str
    judge: object
    hours: float
    calendar: bool = False
    """Past the hours a person decides until the calendar days are over."""
    late: Outcome = F

    def case(self, start, end, **more):
        return Case(
            now=end, claim=Claim(type="买贵双倍赔"), order=Order(**({self.since: start, self.until: end} | more))
        )

    def outcome(self, start, end, **more):
        return self.judge(self.case(start, end, **more))


def in_days(since, until, days):
    return Window(
        f"within-days from {since}",
        since,
        until,
        lambda case: within_days(case, since=since, until=until, days=days),
        24.0 * days,
        calendar=True,
    )


WINDOWS = (
    Window(
        "R40",
        "return_signed_at",
        "submitted_at",
        lambda case: within_window(case, sign_off="return_signed_at", window_h=24.0, refusal_window_h=0.0),
        24.0,
    ),
    Window(
        "R41 refusal",
        "refused_at",
        "submitted_at",
        lambda case: within_window(
            replace(case, order=replace(case.order, return_signed_at=case.order.refused_at - timedelta(days=30))),
            sign_off="return_signed_at",
            window_h=24.0,
            refusal_window_h=48.0,
        ),
        48.0,
    ),
    in_days("refund_succeeded_at", "submitted_at", 7),
    in_days("buyer_signed_at", "refund_requested_at", 7),
    in_days("completed_at", "submitted_at", 14),
    in_days("ordered_at", "submitted_at", 7),
    Window(
        "R57", "refund_requested_at", "responded_at", lambda case: responded_in_time(case, window_h=72.0), 72.0
    ),
    Window("R59", "paid_at", "shipped_at", lambda case: shipped_in_time(case, window_h=72.0), 72.0),
    Window(
        "R58 buyer", "return_agreed_at", "return_signed_at", lambda case: sent_back_in_time(case, days=7), 168.0, late=R
    ),
    Window(
        "R58 seller", "return_agreed_at", "refused_at", lambda case: return_confirmed_in_time(case, days=10), 240.0,
        late=R,
    ),
    Window(
        "R62 24 h",
        "ordered_at",
        "submitted_at",
        lambda case: cheaper_offer_in_time(case, window_h=24.0, claim_types=("买贵双倍赔",)),
        24.0,
    ),
)  # fmt: skip
every_window = pytest.mark.parametrize("window", WINDOWS, ids=lambda window: window.name)
in_time = {"R41 refusal": R}
"""Inside R41's refusal route without an earlier filing a person decides (rules 1c-C)."""


@every_window
@settings(deadline=None)
@given(start=moments)
@example(start=LEAP_DAY)
@example(start=NO_LEAP_DAY)
@example(start=YEAR_END)
@example(start=MIDNIGHT)
def test_the_last_second_counts_and_the_next_does_not(window, start):
    inside = in_time.get(window.name, P)
    end = start + timedelta(hours=window.hours)
    assert window.outcome(start, end).outcome is inside
    assert window.outcome(start, end - SECOND).outcome is inside
    assert window.outcome(start, end + SECOND).outcome is (R if window.calendar else window.late)
    if window.name != "R41 refusal":  # evidence before the refusal is what that route asks for
        assert window.outcome(start, start).outcome is inside
        assert window.outcome(start, start - SECOND).reason == "BEFORE_START"


@pytest.mark.parametrize("window", [w for w in WINDOWS if w.calendar], ids=lambda window: window.name)
@settings(deadline=None)
@given(start=moments)
@example(start=LEAP_DAY)
@example(start=NO_LEAP_DAY)
@example(start=YEAR_END)
@example(start=MIDNIGHT)
def test_calendar_days_end_at_midnight_of_the_last_one(window, start):
    days = int(window.hours) // 24
    last_day = (start + timedelta(days=days)).date()
    midnight = datetime(last_day.year, last_day.month, last_day.day, tzinfo=BEIJING) + timedelta(days=1)
    assert window.outcome(start, midnight).outcome is R
    assert window.outcome(start, midnight + SECOND).outcome is F
    assert day_end(midnight) == f"{last_day} 24:00:00"
    assert day_end(midnight) in window.outcome(start, midnight).message.zh


@every_window
@settings(deadline=None)
@given(start=moments, seconds=st.integers(-86_400, 30 * 86_400), one=zones, other=zones)
def test_zones_change_nothing(window, start, seconds, one, other):
    end = start + timedelta(seconds=seconds)
    here = window.outcome(start, end)
    there = window.outcome(start.astimezone(one), end.astimezone(other))
    assert (here.outcome, here.reason, here.message) == (there.outcome, there.reason, there.message)
    assert here.deadline == there.deadline


@every_window
@settings(deadline=None)
@given(start=moments, seconds=st.integers(0, 40 * 86_400))
def test_the_deadline_printed_is_the_deadline_judged(window, start, seconds):
    """Whatever a case comes to, the deadline in the answer is the last second that is judged as well."""
    found = window.outcome(start, start + timedelta(seconds=seconds))
    if found.deadline is None:
        assert found.outcome is P
        return
    assert clock(found.deadline) in found.message.zh or day_end(found.deadline) in found.message.zh
    at_end = window.outcome(start, found.deadline)
    after = window.outcome(start, found.deadline + SECOND)
    assert at_end.outcome is not after.outcome
    rank = (P, R, F)
    assert rank.index(at_end.outcome) < rank.index(after.outcome)


@every_window
@settings(deadline=None)
@given(start=moments, first=st.integers(0, 40 * 86_400), second=st.integers(0, 40 * 86_400))
def test_later_is_never_better(window, start, first, second):
    rank = (P, R, F)
    early, late = (window.outcome(start, start + timedelta(seconds=at)) for at in sorted((first, second)))
    assert rank.index(early.outcome) <= rank.index(late.outcome)


COUNTERS = [window for window in WINDOWS if window.until in ("responded_at", "shipped_at")]


@pytest.mark.parametrize("window", COUNTERS, ids=lambda window: window.name)
@settings(deadline=None)
@given(start=moments, seconds=st.integers(0, 10 * 86_400))
def test_what_is_not_done_counts_as_of_now_and_shows_its_deadline(window, start, seconds):
    now = start + timedelta(seconds=seconds)
    found = window.judge(Case(now=now, order=Order(**{window.since: start})))
    end = start + timedelta(hours=window.hours)
    assert found.outcome is (P if now <= end else F)
    assert found.deadline == end
    assert clock(end) in found.message.zh


def test_beijing_keeps_no_daylight_saving_time():
    for month in range(1, 13):
        start = datetime(2026, month, 1, 12, tzinfo=BEIJING)
        assert start.utcoffset() == timedelta(hours=8)
        window = days_after(start, 7)
        assert window.by_hours.astimezone(BEIJING).hour == 12
        assert window.by_calendar - window.by_hours == timedelta(hours=12)


def test_utc_midnight_is_not_beijing_midnight():
    """20:00 UTC is already the next day on the platforms' clock."""
    window = days_after(datetime(2026, 11, 20, 20, 0, tzinfo=UTC), 7)
    assert day_end(window.by_calendar) == "2026-11-28 24:00:00"


def test_a_leap_day_is_a_day():
    assert day_end(days_after(LEAP_DAY, 7).by_calendar) == "2028-03-06 24:00:00"
    assert day_end(days_after(NO_LEAP_DAY, 7).by_calendar) == "2027-03-07 24:00:00"


# --- what starts or ends a window ---


@pytest.mark.parametrize(
    ("judge", "key"),
    [
        (lambda c: within_days(c, since="refund_succeeded_at", until="submitted_at", days=7), "refund_succeeded_at"),
        (lambda c: shipped_in_time(c, window_h=72.0), "paid_at"),
        (lambda c: cheaper_offer_in_time(c, window_h=24.0, claim_types=("买贵双倍赔",)), "ordered_at"),
    ],
)
def test_without_a_start_the_fact_is_named(judge, key):
    assert judge(Case(now=START, claim=Claim(type="买贵双倍赔"))).missing == f"order.{key}"


@pytest.mark.parametrize(
    "judge",
    [
        lambda c: responded_in_time(c, window_h=72.0),
        lambda c: sent_back_in_time(c, days=7),
        lambda c: return_confirmed_in_time(c, days=10),
        lambda c: cheaper_offer_in_time(c, window_h=24.0, claim_types=("买贵双倍赔",)),
        lambda c: evidence_before_refusal(c, refusal_window_h=0.0),
    ],
)
def test_a_step_that_never_began_is_not_applicable(judge):
    assert judge(Case(now=START)).outcome is N


def test_the_moment_of_asking_counts_not_that_of_the_submission():
    order = Order(buyer_signed_at=START, refund_requested_at=START + timedelta(days=6))
    case = Case(now=START + timedelta(days=40), order=order)
    found = within_days(case, since="buyer_signed_at", until="refund_requested_at", days=7)
    assert (found.outcome, found.deadline) == (P, None)


def test_a_station_s_sign_off_is_for_a_person_but_no_other_start_is():
    order = Order(buyer_signed_at=START, completed_at=START, sign_kind="station")
    for at, since, outcome in [(1, "buyer_signed_at", R), (40, "buyer_signed_at", R), (1, "completed_at", P)]:
        case = Case(now=START + timedelta(days=at), order=order)
        found = within_days(case, since=since, until="submitted_at", days=7)
        assert found.outcome is outcome
        assert (found.reason == "STATION_SIGN_OFF") is (since == "buyer_signed_at")


@pytest.mark.parametrize(
    ("agreed", "arrived", "settled", "now", "outcome"),
    [
        pytest.param(0, 5, 9, 9, P, id="in time on every reading"),
        pytest.param(0, 5, None, 9, P, id="not settled yet, in time"),
        pytest.param(0, 5, 12, 30, R, id="past ten days from the agreement, not from the arrival"),
        pytest.param(0, 5, None, 16, F, id="past ten days from the arrival"),
        pytest.param(0, None, None, 30, R, id="it never arrived"),
        pytest.param(None, 5, None, 16, F, id="agreement unknown, late from the arrival"),
        pytest.param(None, 5, None, 6, None, id="agreement unknown: when it ends cannot be told"),
    ],
)
def test_a_return_is_settled_on_every_reading_or_a_person_decides(agreed, arrived, settled, now, outcome):
    at = lambda day: None if day is None else START + timedelta(days=day)  # noqa: E731
    order = Order(return_agreed_at=at(agreed), return_signed_at=at(arrived), refused_at=at(settled))
    found = return_confirmed_in_time(Case(now=at(now), order=order), days=10)
    if outcome is None:
        assert found.missing == "order.return_agreed_at"
    else:
        assert found.outcome is outcome


def test_a_parcel_on_its_way_is_never_late_for_sure():
    order = Order(return_agreed_at=START)
    for days, outcome in ((6, P), (8, R), (60, R)):
        assert sent_back_in_time(Case(now=START + timedelta(days=days), order=order), days=7).outcome is outcome


def test_every_moment_of_an_order_has_words_and_is_a_limit():
    from typing import get_args

    from evidence_kit.limits import Moment

    named = {name for name in Order.__dataclass_fields__ if name.endswith("_at")}
    assert named == set(MOMENTS) == set(get_args(Moment))


# --- what a reader is told first ---


def told(pack, moments, after, **case):
    from evidence_kit.engine import judge
    from evidence_kit.packs import load_pack
    from evidence_kit.schema import Submission

    stated = Case(now=START + after, order=Order(**moments), **case)
    return judge(Submission("A", stated, (), has_manifest=True), load_pack(pack), providers=())


@pytest.mark.parametrize(
    ("pack", "moments", "hours", "zh", "en"),
    [
        (
            "taobao-no-reason-return",
            {"buyer_signed_at": START, "refund_requested_at": START},
            24,
            "距离响应退款申请截止(2026-11-23 10:00:00)还剩 2天",
            "2 d left until the window for the answer closes, 2026-11-23 10:00:00",
        ),
        (
            "taobao-no-reason-return",
            {"buyer_signed_at": START, "refund_requested_at": START},
            73,
            "响应退款申请已截止于 2026-11-23 10:00:00",
            "The window for the answer closed 2026-11-23 10:00:00",
        ),
        (
            "pinduoduo-refund-appeal",
            {"refund_succeeded_at": START},
            144,
            "距离提交截止(2026-11-27 10:00:00)还剩 1天",
            "1 d left until the window closes, 2026-11-27 10:00:00",
        ),
        (
            "taobao-fake-shipping",
            {"paid_at": START},
            1,
            "距离发货截止(2026-11-23 10:00:00)还剩 2天23小时",
            "2 d 23 h left until the window for shipping closes, 2026-11-23 10:00:00",
        ),
    ],
)
def test_the_nearest_deadline_stands_at_the_top_and_says_what_it_is_for(pack, moments, hours, zh, en):
    from evidence_kit.report import html, text

    report = told(pack, moments, timedelta(hours=hours))
    assert zh in text.render(report, lang="zh").splitlines()[2]
    assert en in text.render(report, lang="en").splitlines()[2]
    page = html.render(report, lang="zh")
    noun = zh.removeprefix("距离").partition("截止")[0].removesuffix("已")
    assert f"{noun}截止 <time" in page or f"{noun}已截止于" in page


def test_a_step_that_is_done_shows_no_deadline():
    moments = {"buyer_signed_at": START, "refund_requested_at": START, "responded_at": START + timedelta(hours=5)}
    assert told("taobao-no-reason-return", moments, timedelta(days=30)).facts.deadlines == ()


def test_an_appeal_in_time_says_so_in_its_text():
    from evidence_kit.report.appeal import appeal_text

    report = told("pinduoduo-refund-appeal", {"refund_succeeded_at": START}, timedelta(days=6))
    assert "2026-11-27 10:00" in appeal_text(report).zh
