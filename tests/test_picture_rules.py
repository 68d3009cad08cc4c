"""The rules on pictures and videos by hand-made facts: what each combination of things seen comes to."""

from datetime import UTC, datetime

import pytest

from evidence_kit.facts.continuity import Continuity
from evidence_kit.facts.file_format import FileFormat
from evidence_kit.facts.parcel_presence import ParcelPresence
from evidence_kit.facts.shared_frame import SharedFrame
from evidence_kit.facts.sides_shown import Face, SidesShown
from evidence_kit.facts.waybill_readings import Disagreement, UnreadLabel, WaybillReading, WaybillReadings
from evidence_kit.rules.goods_with_waybill import goods_with_waybill
from evidence_kit.rules.video_continuous import video_continuous
from evidence_kit.rules.video_format import video_format
from evidence_kit.rules.video_six_sides import video_six_sides
from evidence_kit.rules.video_waybill_readable import video_waybill_readable
from evidence_kit.rules.waybill_matches import waybill_matches
from evidence_kit.schema import Blind, Break, Case, Each, Item, Order, Outcome, Span, Submission, Text, Unknown

P, F, R, N, E = Outcome.PASS, Outcome.FAIL, Outcome.REVIEW, Outcome.NOT_APPLICABLE, Outcome.ERROR
NOW = datetime(2026, 11, 22, tzinfo=UTC)
BACK, OUT, OTHER = "SF1234567890123", "YT1234567890123", "JT5530917724806"
QUAD = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.1, 0.5))
VIDEO = Item("unbox.mp4", "video", "", 9, "h", extension="mp4")
CRASHED = Unknown("CRASHED", Text("", ""), E)


def case(**order):
    return Case(NOW, order=Order(return_waybills=(BACK,), outbound_waybills=(OUT,), **order))


def readings(*numbers, by="barcode", **more):
    found = tuple(WaybillReading(number, by, "CODE_128", QUAD, 0.99, "test") for number in numbers)
    return WaybillReadings(found, label_seen=bool(found), **more)


def each(*facts):
    return Each(tuple((Item(f"{place}.jpg", "photo", "", 9, f"h{place}"), fact) for place, fact in enumerate(facts)))


UNREAD = UnreadLabel(QUAD, None)


@pytest.mark.parametrize(
    ("facts", "direction", "outcome", "reason"),
    [
        ([readings(BACK)], "return", P, None),
        ([readings(OUT)], "outbound", P, None),
        ([readings(OUT)], "either", P, None),
        ([readings(BACK, OTHER)], "return", P, None),
        ([readings(), readings(BACK)], "return", P, None),
        ([readings(OUT)], "return", F, "WRONG_DIRECTION"),
        ([readings(BACK)], "outbound", F, "WRONG_DIRECTION"),
        ([readings(OTHER)], "return", F, "WAYBILL_MISMATCH"),
        ([readings(OTHER, unread=(UNREAD,))], "return", R, "WAYBILL_MISMATCH"),
        ([readings(OTHER), readings(partial=("SF123",))], "return", R, "WAYBILL_MISMATCH"),
        ([readings()], "return", R, "WAYBILL_UNREADABLE"),
        ([readings(BACK, disagreements=(Disagreement(BACK, OTHER, QUAD),))], "return", R, "CODES_DISAGREE"),
        ([CRASHED], "return", E, "CRASHED"),
        ([], "return", N, None),
    ],
)
def test_waybill_matches(facts, direction, outcome, reason):
    found = waybill_matches(case(), each(*facts), direction=direction)
    assert (found.outcome, found.reason) == (outcome, reason)


def test_no_expected_number_is_missing_not_passed():
    assert waybill_matches(Case(NOW), each(readings(BACK)), direction="return").missing == "order.return_waybills"


TOGETHER = SharedFrame("read", "yes", "no")
LABEL_ALONE = SharedFrame("read", "no", "no")
CARTON = SharedFrame("read", "no", "yes")
GOODS = SharedFrame("none", "yes", "no")


@pytest.mark.parametrize(
    ("frames", "outcome", "reason"),
    [
        ([TOGETHER], P, None),
        ([GOODS, GOODS, TOGETHER], P, None),
        ([CARTON], R, "PARCEL_ONLY"),
        ([LABEL_ALONE], F, "NO_SAME_FRAME"),
        ([LABEL_ALONE, GOODS], F, "NO_SAME_FRAME"),
        ([GOODS], F, "NO_SAME_FRAME"),
        ([SharedFrame("none", "yes", "no", adequate=False)], R, "NO_SAME_FRAME"),
        ([SharedFrame("unknown", "yes", "no")], R, "NO_SAME_FRAME"),
        ([SharedFrame("seen", "yes", "no")], R, "WAYBILL_UNREADABLE"),
        ([SharedFrame("read", "unknown", "no")], R, "NO_SAME_FRAME"),
        ([CRASHED], E, "CRASHED"),
    ],
)
def test_goods_with_waybill(frames, outcome, reason):
    found = goods_with_waybill(case(), each(*frames), Each(), direction="return", min_photos=1)
    assert (found.outcome, found.reason) == (outcome, reason)


def test_goods_beside_another_order_s_waybill_do_not_pass():
    found = goods_with_waybill(case(), each(TOGETHER), each(readings(OTHER)), direction="return", min_photos=1)
    assert (found.outcome, found.reason) == (R, "WAYBILL_MISMATCH")


@pytest.mark.parametrize(("least", "outcome"), [(0, N), (1, F)])
def test_no_photo_at_all(least, outcome):
    found = goods_with_waybill(case(), Each(), Each(), direction="return", min_photos=least)
    assert found.outcome is outcome


def jump(at_s=4.0):
    return Break(at_s, "jump-cut", ("frame-jump",))


@pytest.mark.parametrize(
    ("take", "outcome", "reason"),
    [
        (Continuity(), P, None),
        (Continuity((jump(),), (True,)), F, "VIDEO_CUT"),
        (Continuity((jump(),), (False,)), R, "VIDEO_CUT"),
        (Continuity((jump(), jump(9.0)), (False, True)), F, "VIDEO_CUT"),
        (Continuity(blind=(Blind(1.0, 2.0, "covered"),)), R, "BLIND_INTERVAL"),
        (Continuity(examined=False), R, "VIDEO_CUT"),
    ],
)
def test_video_continuous(take, outcome, reason):
    found = in_one_take(take)
    assert (found.outcome, found.reason) == (outcome, reason)
    assert take.continuous is {P: True, F: False, R: None}[outcome]


NOT_GONE = ParcelPresence()


def in_one_take(take, parcel=NOT_GONE):
    return video_continuous(VIDEO, Submission("A", case(), (VIDEO,)), take, parcel, max_breaks=0, parcel_out_s=3.0)


@pytest.mark.parametrize(
    ("take", "parcel", "outcome", "reason"),
    [
        (Continuity(), ParcelPresence((Span(1.0, 4.0),)), P, None),
        (Continuity(), ParcelPresence((Span(1.0, 4.1),)), R, "PARCEL_LEFT_FRAME"),
        (Continuity(), ParcelPresence((Span(1.0, 2.0), Span(7.0, 12.0))), R, "PARCEL_LEFT_FRAME"),
        (Continuity((jump(),), (True,)), ParcelPresence((Span(1.0, 9.0),)), F, "VIDEO_CUT"),
        (Continuity((jump(),), (False,)), ParcelPresence((Span(1.0, 9.0),)), R, "VIDEO_CUT"),
        (Continuity(), CRASHED, P, None),
    ],
)
def test_a_parcel_out_of_the_frame_is_for_a_person(take, parcel, outcome, reason):
    found = in_one_take(take, parcel)
    assert (found.outcome, found.reason) == (outcome, reason)
    if reason == "PARCEL_LEFT_FRAME":
        gone = max(parcel.out, key=lambda span: span.to_s - span.from_s)
        assert found.actual.value == pytest.approx(gone.to_s - gone.from_s)
        assert [trace.at_s for trace in found.traces] == [gone.from_s]


def test_a_weighing_video_is_no_unboxing():
    weighing = Item("weigh.mp4", "video", "", 9, "h", role="weight")
    take = Continuity((jump(),), (True,))
    found = video_continuous(
        weighing, Submission("A", case(), (weighing,)), take, ParcelPresence(), max_breaks=0, parcel_out_s=3.0
    )
    assert found.outcome is N


def faces(count):
    return tuple(Face(float(place), QUAD) for place in range(count))


@pytest.mark.parametrize(
    ("sides", "kind", "outcome", "reason"),
    [
        (SidesShown(6, faces(6), sealed_start=True, mailer=False), "box", P, None),
        (SidesShown(5, faces(5), sealed_start=True), "box", R, "SIDES_MISSING"),
        (SidesShown(6, faces(6), sealed_start=True), None, P, None),
        (SidesShown(6, faces(6), sealed_start=True, mailer=True), "box", R, "SIDES_MISSING"),
        (SidesShown(None, faces(2), sealed_start=True, mailer_shown=2, mailer=True), "bag", P, None),
        (SidesShown(None, faces(2), sealed_start=True, mailer_shown=2), "bag", P, None),
        (SidesShown(6, faces(6), sealed_start=True, mailer_shown=1), "bag", R, "SIDES_MISSING"),
        (SidesShown(6, faces(6), sealed_start=True, mailer_shown=2, mailer=False), "bag", R, "SIDES_MISSING"),
        (SidesShown(None, faces(2), sealed_start=True, mailer_shown=2), "box", R, "SIDES_MISSING"),
        (SidesShown(2, faces(2), sealed_start=True), None, R, "SIDES_MISSING"),
        (SidesShown(), "box", R, "SIDES_MISSING"),
        (SidesShown(0, sealed_start=False, opened_start_signals=("flaps",)), "box", R, "SIDES_MISSING"),
        (SidesShown(0, sealed_start=False, opened_start_signals=("flaps", "goods")), "box", F, "VIDEO_STARTS_OPENED"),
    ],
)
def test_video_six_sides(sides, kind, outcome, reason):
    found = video_six_sides(VIDEO, case(parcel_kind=kind), sides, box_faces=6, bag_faces=2, opened_signals=2)
    assert (found.outcome, found.reason) == (outcome, reason)


@pytest.mark.parametrize(
    ("seen", "outcome", "reason"),
    [
        (readings(BACK), P, None),
        (readings(), R, "WAYBILL_UNREADABLE"),
        (WaybillReadings(unread=(UNREAD,), label_seen=True), R, "WAYBILL_UNREADABLE"),
        (WaybillReadings(unread=(UnreadLabel(QUAD, "TOO_BLURRED", 0.1, 0.13),), label_seen=True), F, "TOO_BLURRED"),
        (
            WaybillReadings(unread=(UnreadLabel(QUAD, "TOO_SMALL"), UNREAD), label_seen=True),
            R,
            "WAYBILL_UNREADABLE",
        ),
    ],
)
def test_video_waybill_readable(seen, outcome, reason):
    found = video_waybill_readable(VIDEO, seen)
    assert (found.outcome, found.reason) == (outcome, reason)


LISTED = ("mp4", "mov", "wmv")


@pytest.mark.parametrize(
    ("file", "outcome", "reason"),
    [
        (FileFormat("mp4", "mp4", ("mp4",), renamed=False), P, None),
        (FileFormat("matroska", "mp4", ("mkv",), renamed=True), R, "RENAMED"),
        (FileFormat("webm", "webm", ("webm",), renamed=False), R, "UNLISTED_FORMAT"),
        (FileFormat("mp4", "mp4", ("mp4",), renamed=False, decodable=False), F, "FORMAT"),
        (Unknown("FORMAT", Text("", ""), N), F, "FORMAT"),
        (CRASHED, E, "CRASHED"),
    ],
)
def test_video_format(file, outcome, reason):
    found = video_format(VIDEO, file, listed=LISTED)
    assert (found.outcome, found.reason) == (outcome, reason)
