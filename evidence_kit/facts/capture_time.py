"""When was one item taken?

Sources in order of trust, the first sane one wins. EXIF ``DateTime`` (0x0132) and XMP ``ModifyDate`` are
moments of editing and never used; nor are ``DateTimeDigitized`` (a scanner's clock) and the file's date on
disk. A video's ``creation_time`` is rewritten by editors' exports, which cannot be told from it: it proves
less than a photo's clock, and ``trust`` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Literal

from evidence_kit.facts.name_time import NameTime, name_time
from evidence_kit.records import dataclass
from evidence_kit.schema import Case, Item
from evidence_kit.sensors.photo_header import PhotoHeader
from evidence_kit.sensors.video_header import VideoHeader
from evidence_kit.wiring import fact

BEIJING = timezone(timedelta(hours=8))
"""A wall clock without a zone is read in it (rules 1c-C, 1e.18)."""

FIRST_DAY = date(1995, 1, 1)
"""Exif dates from 1995; the epochs of 1904, 1970 and 1980 are clocks that were never set."""
NEVER_SET = frozenset({date(2000, 1, 1), date(2001, 1, 1)})
"""Where cameras without a battery, and Apple's reference date, begin to count."""
FUTURE = timedelta(days=1)
"""A clock may be ahead by a zone; more than a day after ``now`` it is wrong."""
SLIP = timedelta(minutes=3)
"""Two readings this close to a whole hour apart differ by a zone, not by age."""
GPS_FIX = timedelta(minutes=5)
"""A satellite time is that of the last fix, and camera clocks drift; 6 s to 101 s in the photos on hand."""

ZONES_MIN = frozenset({*range(-720, 841, 60), -570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825})
"""Every offset from UTC in civil use, in minutes (IANA time zone database, daylight saving included)."""

_CLOCK = (
    r"(?a)(\d{4})[:/-](\d{1,2})[:/-](\d{1,2})[ T]+(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)
_OFFSET = r"(?a)(Z)|([+-])(\d{2}):?(\d{2})"


@dataclass(frozen=True, slots=True)
class CaptureTime:
    """The moment of capture with its source (rules 1c-C, 1e.18); never the moment of editing."""

    taken_at: datetime | None
    zone: Literal["stated", "assumed"]
    source: str
    """The tag or the file-name form it was read from."""
    trust: Literal["gps", "clock", "container", "file-name", "none"]
    maybe_zone_slip: bool = False
    """Two sources of one file differ by whole hours: a zone bug is likelier than an old photo."""
    saved: bool = False
    """The moment is that of saving from a chat: the item was taken then or before."""


@fact(on="photo")
def capture_time(header: PhotoHeader, item: Item, case: Case) -> CaptureTime:
    """When a photo was taken: EXIF clock (zone stated, settled by GPS, or assumed), GPS, XMP, file name."""
    exif = dict(header.exif)
    return _chosen([*_photo_readings(exif, _satellite(exif)), *_named(item)], case.now)


@fact(on="video")
def video_capture_time(header: VideoHeader, item: Item, case: Case) -> CaptureTime:
    """When a video was taken: Apple's creationdate (with offset), creation_time (UTC), its name.

    Android's ``creation_time`` is the end of the recording, its file name the start: both are the capture.
    """
    tags = [(name.rpartition("/")[2].rpartition(":")[2].lower(), value) for name, value in header.tags]
    length = timedelta(seconds=max(0.0, min(header.duration_s or 0.0, 86_400.0)))
    readings: list[CaptureTime] = []
    for wanted, source in (
        ("com.apple.quicktime.creationdate", "com.apple.quicktime.creationdate"),
        ("creation_time", "creation_time"),
    ):
        for at in (clock for name, value in tags if name == wanted and (clock := _clock(value))):
            # FFmpeg writes creation_time with a Z, as the container means it; without one it is a wall clock.
            stated = at.tzinfo is not None
            aware = at if stated else at.replace(tzinfo=BEIJING)
            readings.append(CaptureTime(aware, "stated" if stated else "assumed", source, "container"))
            break
    named = _named(item)
    readings = [_as_local(reading, named, length) for reading in readings]
    return _chosen([*readings, *named], case.now, within=length)


# --- inside ---


def _chosen(readings: Sequence[CaptureTime], now: datetime, *, within: timedelta = timedelta(0)) -> CaptureTime:
    """The first sane reading, marked where another sane reading of the same file is whole hours away."""
    sane = [reading for reading in readings if reading.taken_at is not None and _sane(reading.taken_at, now)]
    if not sane:
        source = f"{readings[0].source} (absurd)" if readings else ""
        return CaptureTime(None, "assumed", source, "none")
    first = sane[0]
    # A moment of saving is no second reading of the moment of capture.
    slip = any(_hours_apart(first, other, within) for other in sane[1:] if not other.saved)
    return replace(first, maybe_zone_slip=first.maybe_zone_slip or slip)


def _photo_readings(exif: dict[str, str], satellite: datetime | None) -> Iterator[CaptureTime]:
    original = _clock(exif.get("DateTimeOriginal", ""), exif.get("SubSecTimeOriginal", ""))
    if original is not None:
        yield _clock_reading(original, exif, satellite)
    if satellite is not None:
        yield CaptureTime(satellite, "stated", "EXIF GPSDateStamp + GPSTimeStamp", "gps")
    if (described := _clock(exif.get("XMP:DateTimeOriginal", ""))) is not None:
        stated = described.tzinfo is not None
        aware = described if stated else described.replace(tzinfo=BEIJING)
        yield CaptureTime(aware, "stated" if stated else "assumed", "XMP exif:DateTimeOriginal", "clock")


def _clock_reading(original: datetime, exif: dict[str, str], satellite: datetime | None) -> CaptureTime:
    zone = original.tzinfo
    source = "EXIF DateTimeOriginal"
    wall = original.replace(tzinfo=None)
    if zone is None:
        zone, tag = _offset_tag(exif)
        source += f" + {tag}" if zone else ""
    if zone is not None:
        return CaptureTime(wall.replace(tzinfo=zone), "stated", source, "clock")
    if satellite is not None and (zone := _zone_by(wall, satellite)) is not None:
        return CaptureTime(wall.replace(tzinfo=zone), "stated", f"{source} + GPS", "gps")
    return CaptureTime(wall.replace(tzinfo=BEIJING), "assumed", source, "clock")


def _offset_tag(exif: dict[str, str]) -> tuple[tzinfo | None, str]:
    """The offset of the original; that of another moment serves only where both are the same moment."""
    for tag, of in (
        ("OffsetTimeOriginal", "DateTimeOriginal"),
        ("OffsetTimeDigitized", "DateTimeDigitized"),
        ("OffsetTime", "DateTime"),
    ):
        zone = _offset(exif.get(tag, ""))
        if zone is not None and exif.get(of) == exif.get("DateTimeOriginal"):
            return zone, tag
    return None, ""


def _satellite(exif: dict[str, str]) -> datetime | None:
    """GPS time is UTC, and worth something only with its date."""
    return _clock(f"{exif.get('GPSDateStamp', '')} {exif.get('GPSTimeStamp', '')}", zone=UTC)


def _zone_by(wall: datetime, satellite: datetime) -> timezone | None:
    """The zone in which ``wall`` is the satellite's moment, if there is such a zone."""
    ahead = wall.replace(tzinfo=UTC) - satellite
    minutes = round(ahead / timedelta(minutes=15)) * 15
    if minutes not in ZONES_MIN or abs(ahead - timedelta(minutes=minutes)) > GPS_FIX:
        return None
    return timezone(timedelta(minutes=minutes))


def _named(item: Item) -> list[CaptureTime]:
    named: NameTime | None = name_time(item.id)
    if named is None:
        return []
    aware = named.at if named.clock == "utc" else named.at.replace(tzinfo=BEIJING)
    zone: Literal["stated", "assumed"] = "stated" if named.clock == "utc" else "assumed"
    source = f"file name {named.form}" + (", saved from a chat" if named.saved else "")
    return [CaptureTime(aware, zone, source, "file-name", saved=named.saved)]


def _as_local(reading: CaptureTime, named: list[CaptureTime], length: timedelta) -> CaptureTime:
    """Some phones write the wall clock into ``creation_time`` and call it UTC; the name gives it away."""
    if reading.taken_at is None or not named or named[0].taken_at is None or named[0].saved:
        return reading
    if reading.source != "creation_time" or named[0].zone == "stated":
        return reading
    as_local = reading.taken_at.replace(tzinfo=BEIJING)
    if -SLIP <= as_local - named[0].taken_at <= length + SLIP:
        source = "creation_time, which the file name shows to be local"
        return replace(reading, taken_at=as_local, zone="assumed", source=source, maybe_zone_slip=True)
    return reading


def _hours_apart(one: CaptureTime, other: CaptureTime, within: timedelta) -> bool:
    """Hours lie between two readings. ``within`` (a recording's length) blurs it, wholly above 20 min."""
    if one.taken_at is None or other.taken_at is None or within > timedelta(minutes=20):
        return False
    apart = abs(one.taken_at - other.taken_at)
    walls = abs(one.taken_at.replace(tzinfo=None) - other.taken_at.replace(tzinfo=None))
    if other.zone == "assumed" and walls <= SLIP + within:
        return False  # the same wall clock, once with its own zone and once without
    hours = round(apart / timedelta(hours=1))
    return 1 <= hours <= 14 and abs(apart - timedelta(hours=hours)) <= SLIP + within


def _sane(at: datetime, now: datetime) -> bool:
    try:
        utc = at.astimezone(UTC)
        days = {at.date(), utc.date()}
        return utc.date() > FIRST_DAY and not days & NEVER_SET and not _new_year(at) and utc <= now + FUTURE
    except OverflowError:
        return False


def _new_year(at: datetime) -> bool:
    """The very second in which a year begins: where a clock that was reset starts."""
    return (at.month, at.day, at.hour, at.minute, at.second) == (1, 1, 0, 0, 0)


def _clock(text: str, fraction: str = "", zone: tzinfo | None = None) -> datetime | None:
    """``2026:11:21 11:02:03`` and its kin; None for what is no moment (blank, zeros, 30 February)."""
    found = re.fullmatch(_CLOCK, text.strip())
    if found is None:
        return None
    *parts, inner, offset = found.groups()
    digits = (inner or (fraction if fraction.isascii() and fraction.isdigit() else "") or "0")[:6].ljust(6, "0")
    year, month, day, hour, minute, second = (int(part) for part in parts)
    try:
        return datetime(year, month, day, hour, minute, second, int(digits), tzinfo=_offset(offset or "") or zone)
    except ValueError:
        return None


def _offset(text: str) -> timezone | None:
    """``+08:00``, ``+0800`` or ``Z``; None for anything else, and for offsets that no place on Earth has."""
    found = re.fullmatch(_OFFSET, text.strip())
    if found is None:
        return None
    if found.group(1):
        return UTC
    minutes = int(found.group(3)) * 60 + int(found.group(4))
    minutes = -minutes if found.group(2) == "-" else minutes
    return timezone(timedelta(minutes=minutes)) if minutes in ZONES_MIN else None
