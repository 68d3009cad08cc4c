"""Capture times: every source, its zone and its trust; never the moment of editing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_kit.facts.capture_time import CaptureTime, capture_time, video_capture_time
from evidence_kit.facts.name_time import name_time
from evidence_kit.schema import Case, Item
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.photo_header import PhotoHeader, photo_header
from evidence_kit.sensors.video_header import VideoHeader, video_header

from .conftest import BEIJING, NOW, Row, SharedData

CASE = Case(now=NOW)
VIDEO = VideoHeader("mp4", "h264", 1920, 1080, 0, 60.0, 60.0, 1800, 0.033, 0.034, True, True)


def item(name: str = "1.jpg", kind: str = "photo") -> Item:
    return Item(name, kind, name, 1, "0", extension=name.rpartition(".")[2])  # type: ignore[arg-type]


def photo_time(name: str = "1.jpg", **exif: str) -> CaptureTime:
    return capture_time(PhotoHeader("JPEG", 100, 100, exif=tuple(exif.items())), item(name), CASE)


def video_time(name: str = "v.mp4", **tags: str) -> CaptureTime:
    header = replace(VIDEO, tags=tuple((key.replace("__", "."), value) for key, value in tags.items()))
    return video_capture_time(header, item(name, "video"), CASE)


def of_file(row: Row) -> CaptureTime:
    at = str(row.path)
    if row.path.suffix == ".mp4":
        return video_capture_time(video_header(Footage(at)), item(row.name, "video"), CASE)
    return capture_time(photo_header(Photo(Path(at))), item(row.name), CASE)


def test_real_files_agree_with_their_truth(shared_data: SharedData) -> None:
    rows = list(shared_data.rows("exif_time"))
    assert rows
    for row in rows:
        truth, taken = row.truth, of_file(row)
        if truth["cls"] == "zoned":
            assert taken.taken_at is not None, row.name
            assert abs(taken.taken_at - datetime.fromisoformat(truth["taken_at"])) < timedelta(seconds=1)
            assert taken.zone == "stated", row.name
        elif truth["cls"] == "local":
            assert taken.taken_at is not None, row.name
            wall = taken.taken_at.replace(tzinfo=None, microsecond=0)
            assert wall == datetime.fromisoformat(truth["local"]), row.name
            if taken.zone == "assumed":
                assert taken.taken_at.utcoffset() == timedelta(hours=8), row.name
            else:
                settled = datetime.fromisoformat(truth["gps_utc"])
                assert abs(taken.taken_at - settled) < timedelta(minutes=5), row.name
        elif truth["cls"] == "none":
            assert taken.taken_at is None and taken.trust == "none", row.name
        elif taken.taken_at is not None:
            assert taken.taken_at in [datetime.fromisoformat(text) for text in truth["accept"]], row.name
        for never in truth.get("never", ()):
            assert taken.taken_at is None or taken.taken_at.replace(tzinfo=None) != datetime.fromisoformat(never)


def test_stated_offset() -> None:
    taken = photo_time(DateTimeOriginal="2026:11:21 11:02:03", OffsetTimeOriginal="+09:00", SubSecTimeOriginal="25")
    assert taken.taken_at == datetime(2026, 11, 21, 2, 2, 3, 250_000, tzinfo=UTC)
    assert (taken.zone, taken.trust) == ("stated", "clock")
    assert taken.source == "EXIF DateTimeOriginal + OffsetTimeOriginal"


def test_offset_of_another_moment_is_not_used() -> None:
    edited = photo_time(DateTimeOriginal="2026:11:21 11:02:03", DateTime="2026:11:22 08:00:00", OffsetTime="+00:00")
    assert edited.zone == "assumed"
    same = photo_time(DateTimeOriginal="2026:11:21 11:02:03", DateTime="2026:11:21 11:02:03", OffsetTime="+00:00")
    assert same.taken_at == datetime(2026, 11, 21, 11, 2, 3, tzinfo=UTC)


def test_satellite_settles_the_zone() -> None:
    taken = photo_time(DateTimeOriginal="2026:11:21 11:02:03", GPSDateStamp="2026:11:21", GPSTimeStamp="5:31:40")
    assert (taken.zone, taken.trust) == ("stated", "gps")
    assert taken.taken_at is not None and taken.taken_at.utcoffset() == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize(
    ("day", "clock"),
    [("2026:11:20", "3:02:00"), ("2026:11:21", "2:40:00"), ("", "3:02:00"), ("2026:11:21", "nan:0:0")],
)
def test_a_satellite_time_out_of_reason_settles_nothing(day: str, clock: str) -> None:
    taken = photo_time(DateTimeOriginal="2026:11:21 11:02:03", GPSDateStamp=day, GPSTimeStamp=clock)
    assert (taken.zone, taken.trust) == ("assumed", "clock")
    assert taken.taken_at == datetime(2026, 11, 21, 11, 2, 3, tzinfo=BEIJING)


@pytest.mark.parametrize(
    "absurd",
    [
        "1904:01:01 00:00:00",
        "1970:01:01 08:00:00",
        "2000:01:01 00:00:00",
        "2000:01:01 04:12:55",
        "2015:01:01 00:00:00",
        "2031:05:05 10:00:00",
        "0000:00:00 00:00:00",
        "2026:02:30 10:00:00",
        "    :  :     :  :  ",
        "9999:12:31 23:59:59",
        "0001:01:01 00:00:00",
    ],
)
def test_absurd_clocks_tell_nothing(absurd: str) -> None:
    taken = photo_time(DateTimeOriginal=absurd)
    assert (taken.taken_at, taken.trust) == (None, "none")
    # ... and leave the word to the next source.
    assert photo_time("IMG_20261121_110203.jpg", DateTimeOriginal=absurd).trust == "file-name"


def test_editing_times_are_never_used() -> None:
    taken = photo_time(DateTime="2026:11:21 11:02:03", DateTimeDigitized="2026:11:21 11:02:03", OffsetTime="+08:00")
    assert taken == CaptureTime(None, "assumed", "", "none")


def test_a_clock_a_zone_ahead_is_not_absurd() -> None:
    ahead = (NOW + timedelta(hours=20)).strftime("%Y:%m:%d %H:%M:%S")
    assert photo_time(DateTimeOriginal=ahead).taken_at is not None


def test_name_and_clock_hours_apart_is_a_zone_slip() -> None:
    slipped = photo_time("IMG_20261121_110203.jpg", DateTimeOriginal="2026:11:21 03:02:03")
    assert slipped.maybe_zone_slip
    abroad = photo_time("IMG_20261121_110203.jpg", DateTimeOriginal="2026:11:21 11:02:03", OffsetTimeOriginal="-04:00")
    assert not abroad.maybe_zone_slip
    saved = photo_time("mmexport1795230000000.jpg", DateTimeOriginal="2026:11:21 03:00:00")
    assert not saved.maybe_zone_slip


@pytest.mark.parametrize(
    ("name", "utc"),
    [
        ("mmexport1795230123456.jpg", "2026-11-21T03:02:03.456"),
        ("mmexport0123456789abcdef0123456789abcdef_1795230123456.jpeg", "2026-11-21T03:02:03.456"),
        ("wx_camera_1795230123456.mp4", "2026-11-21T03:02:03.456"),
        ("IMG_20261121_110203.jpg", "2026-11-21T03:02:03"),
        ("IMG20261121110203.jpg", "2026-11-21T03:02:03"),
        ("IMG_20261121_110203_1.jpg", "2026-11-21T03:02:03"),
        ("sub/IMG_20261121_110203123.heic", "2026-11-21T03:02:03.123"),
        ("VID_20261121_110203.mp4", "2026-11-21T03:02:03"),
        ("20261121_110203.jpg", "2026-11-21T03:02:03"),
        ("微信图片_20261121110203.jpg", "2026-11-21T03:02:03"),
        ("微信图片_20261121110203_12_34.jpg", "2026-11-21T03:02:03"),
        ("微信视频2026-11-21_110203_123.mp4", "2026-11-21T03:02:03"),
        ("QQ图片20261121110203.png", "2026-11-21T03:02:03"),
        ("Screenshot_2026-11-21-11-02-03.png", "2026-11-21T03:02:03"),
        ("Screenshot_2026-11-21-11-02-03-123_com.tencent.mm.jpg", "2026-11-21T03:02:03"),
        ("Screenshot_20261121_110203.jpg", "2026-11-21T03:02:03"),
        ("Screenshot_20261121-110203.png", "2026-11-21T03:02:03"),
        ("截屏2026-11-21 11.02.03.png", "2026-11-21T03:02:03"),
        ("屏幕截图 2026-11-21 110203.png", "2026-11-21T03:02:03"),
        ("PXL_20261121_030203123.jpg", "2026-11-21T03:02:03.123"),
        ("PXL_20261121_030203123.MP.jpg", "2026-11-21T03:02:03.123"),
        ("WIN_20261121_11_02_03_Pro.jpg", "2026-11-21T03:02:03"),
    ],
)
def test_file_names(name: str, utc: str) -> None:
    taken = photo_time(name)
    assert taken.taken_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert taken.trust == "file-name"
    assert taken.zone == ("stated" if name.startswith(("mmexport", "wx_", "PXL")) else "assumed")
    assert taken.saved == name.startswith(("mmexport", "微信", "QQ"))


@pytest.mark.parametrize(
    "name",
    [
        "1.jpg",
        "lv_0_20261121110203.mp4",
        "IMG_1234.JPG",
        "IMG-20261121-WA0001.jpg",
        "SF1234567890123.jpg",
        "IMG_20261321_110203.jpg",
        "IMG_20261121_256199.jpg",
        "mmexport12345.jpg",
        "mmexport17952301234567.jpg",
        "231122-123456789012345.jpg",
        "202611211102039999.jpg",
        "20261121.jpg",
    ],
)
def test_names_that_state_no_moment(name: str) -> None:
    assert name_time(name) is None


@given(st.text(max_size=60))
def test_any_name_is_read_without_a_crash(name: str) -> None:
    name_time(name)


@given(
    st.dictionaries(
        st.sampled_from(["DateTimeOriginal", "OffsetTimeOriginal", "GPSDateStamp", "GPSTimeStamp"]),
        st.text("0123456789:-+ .Z", max_size=25),
    )
)
def test_any_exif_text_is_read_without_a_crash(exif: dict[str, str]) -> None:
    taken = photo_time(**exif)
    assert (taken.taken_at is None) == (taken.trust == "none")
    assert taken.taken_at is None or taken.taken_at.utcoffset() is not None


def test_apple_video_states_its_zone() -> None:
    taken = video_time(
        creation_time="2026-11-21T03:02:05.000000Z",
        com__apple__quicktime__creationdate="2026-11-21T11:02:03+0800",
    )
    assert taken.taken_at == datetime(2026, 11, 21, 11, 2, 3, tzinfo=BEIJING)
    assert (taken.zone, taken.trust, taken.maybe_zone_slip) == ("stated", "container", False)


def test_creation_time_is_utc() -> None:
    taken = video_time(creation_time="2026-11-21T03:02:05.000000Z")
    assert taken.taken_at == datetime(2026, 11, 21, 3, 2, 5, tzinfo=UTC)


def test_the_name_shows_a_local_creation_time() -> None:
    taken = video_time("VID_20261121_110203.mp4", creation_time="2026-11-21T11:03:03.000000Z")
    assert taken.taken_at == datetime(2026, 11, 21, 11, 3, 3, tzinfo=BEIJING)
    assert (taken.zone, taken.maybe_zone_slip) == ("assumed", True)
    honest = video_time("VID_20261121_110203.mp4", creation_time="2026-11-21T03:03:03.000000Z")
    assert (honest.zone, honest.maybe_zone_slip) == ("stated", False)


@pytest.mark.parametrize("epoch", ["1904-01-01T00:00:00.000000Z", "1970-01-01T00:00:00.000000Z", "junk", ""])
def test_unset_video_clocks_tell_nothing(epoch: str) -> None:
    assert video_time(creation_time=epoch).taken_at is None
