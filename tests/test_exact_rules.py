"""Count, size, length and format: exact at their limits, and monotone in them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_kit.facts.photo_quality import PhotoQuality, Shortfall
from evidence_kit.facts.shared_frame import SharedFrame
from evidence_kit.facts.video_length import VideoLength
from evidence_kit.rules.photo_count import best, photo_count
from evidence_kit.rules.photo_readable import photo_readable
from evidence_kit.rules.video_duration import video_duration
from evidence_kit.rules.video_size import video_size
from evidence_kit.schema import Case, Each, Item, Outcome, Submission, Text, Unknown

P, F, R, N = Outcome.PASS, Outcome.FAIL, Outcome.REVIEW, Outcome.NOT_APPLICABLE
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def photos(count, **changes):
    return tuple(Item(f"{place}.jpg", "photo", "", 9, f"hash{place}", **changes) for place in range(count))


def submission(items):
    return Submission("A", Case(NOW), tuple(items))


def count(items, *, least=0, most=6):
    return photo_count(submission(items), Each(), Each(), min_photos=least, max_photos=most)


@pytest.mark.parametrize(
    ("number", "least", "outcome"), [(0, 0, N), (0, 1, F), (1, 1, P), (6, 0, P), (7, 0, F), (30, 0, F)]
)
def test_photo_count(number, least, outcome):
    assert count(photos(number), least=least).outcome is outcome


def test_slots_of_their_own_do_not_count():
    chats = tuple(Item(f"chat{place}.png", "photo", "", 9, f"c{place}", role="chat") for place in range(3))
    assert count(photos(6) + chats).outcome is P


@given(number=st.integers(0, 60), most=st.integers(0, 40), more=st.integers(0, 20))
def test_raising_the_photo_limit_never_turns_pass_into_fail(number, most, more):
    items = photos(number)
    assert not (count(items, most=most).outcome is P and count(items, most=most + more).outcome is F)


def test_which_six_to_keep():
    items = photos(8)
    together = SharedFrame("read", "yes", "yes")
    goods = SharedFrame("none", "yes", "no")
    frames = Each(tuple((item, together if item.id == "7.jpg" else goods) for item in items))
    blurred = PhotoQuality(10, 10, (Shortfall("TOO_BLURRED", True, 0.1, 0.5, "1"),))
    quality = Each(tuple((item, blurred if item.id == "0.jpg" else PhotoQuality(10, 10)) for item in items))
    kept = best(submission(items), frames, quality)[:6]
    assert items[7] in kept
    assert items[0] not in kept
    advice = photo_count(submission(items), frames, quality, min_photos=0, max_photos=6).advice
    assert advice is not None and "7.jpg" in advice.zh and "0.jpg" not in advice.zh


def test_copies_and_files_that_do_not_open_are_dropped_first():
    items = (*photos(6), Item("copy.jpg", "photo", "", 9, "hash0"), Item("broken.jpg", "photo", "", 9, "bad"))
    closed = Unknown("FORMAT", Text("", ""), N)
    quality = Each(tuple((item, closed if item.id == "broken.jpg" else PhotoQuality(10, 10)) for item in items))
    kept = best(submission(items), Each(), quality)[:6]
    assert {item.id for item in kept} == {f"{place}.jpg" for place in range(6)}


@pytest.mark.parametrize(
    ("size", "outcome", "reason"),
    [
        (0, P, None),
        (300_000_000, P, None),
        (300_000_001, R, "NEAR_SIZE_LIMIT"),
        (314_572_800, R, "NEAR_SIZE_LIMIT"),
        (314_572_801, F, "OVERSIZE"),
    ],
)
def test_video_size_bands(size, outcome, reason):
    found = video_size(Item("a.mp4", "video", "", size, ""), max_bytes=300_000_000, review_bytes=314_572_800)
    assert (found.outcome, found.reason) == (outcome, reason)


@given(size=st.integers(0, 10**9), most=st.integers(1, 10**9), more=st.integers(0, 10**9))
def test_raising_the_size_limit_never_turns_pass_into_fail(size, most, more):
    item = Item("a.mp4", "video", "", size, "")
    low = video_size(item, max_bytes=most, review_bytes=most)
    high = video_size(item, max_bytes=most + more, review_bytes=most + more)
    assert not (low.outcome is P and high.outcome is not P)


@pytest.mark.parametrize(
    ("stated", "last", "outcome", "reason"),
    [
        (600.0, 600.0, P, None),
        (599.0, 600.0, P, None),
        (600.001, 600.0, R, "NEAR_LENGTH_LIMIT"),
        (601.0, None, R, "NEAR_LENGTH_LIMIT"),
        (601.001, 600.5, F, "OVERLONG"),
        (500.0, 602.0, F, "OVERLONG"),
        (500.0, 498.9, R, "BROKEN_INDEX"),
        (None, None, R, "BROKEN_INDEX"),
        (500.0, 499.0, P, None),
    ],
)
def test_video_duration_bands(stated, last, outcome, reason):
    item = Item("a.mp4", "video", "", 1, "")
    found = video_duration(item, VideoLength(stated, last), max_s=600.0, review_s=601.0, index_tolerance_s=1.0)
    assert (found.outcome, found.reason) == (outcome, reason)


@given(seconds=st.floats(0, 2000), most=st.floats(1, 1000), more=st.floats(0, 1000), band=st.floats(0, 2))
def test_raising_the_length_limit_never_turns_pass_into_fail(seconds, most, more, band):
    item = Item("a.mp4", "video", "", 1, "")

    def judged(limit):
        length = VideoLength(seconds, seconds)
        return video_duration(item, length, max_s=limit, review_s=limit + band, index_tolerance_s=1.0).outcome

    assert not (judged(most) is P and judged(most + more) is not P)


def test_a_bad_close_up_beside_a_good_photo_is_advice():
    good, bad = photos(2)
    blurred = PhotoQuality(10, 10, (Shortfall("TOO_BLURRED", True, 0.1, 0.5, "1"),))
    every = Each(((good, PhotoQuality(10, 10)), (bad, blurred)))
    found = photo_readable(bad, blurred, every)
    assert (found.outcome, found.advised) == (F, True)
    alone = photo_readable(bad, blurred, Each(((bad, blurred),)))
    assert (alone.outcome, alone.advised) == (F, False)


def test_a_file_that_does_not_open_fails_even_beside_good_photos():
    good, bad = photos(2)
    closed = Unknown("FORMAT", Text("", ""), N)
    found = photo_readable(bad, closed, Each(((good, PhotoQuality(10, 10)), (bad, closed))))
    assert (found.outcome, found.reason, found.advised) == (F, "FORMAT", False)
