"""Kind by content, never by name; and what the fact FileFormat says of a name that lies."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_kit.facts.file_format import photo_file_format, video_file_format
from evidence_kit.intake import open_submission
from evidence_kit.intake.kind import HEAD_BYTES, content_of
from evidence_kit.schema import Item, Kind
from evidence_kit.sensors import CannotOpen, LimitReached
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.photo_header import PhotoHeader, photo_header
from evidence_kit.sensors.video_header import VideoHeader, video_header

from .conftest import SharedData

PACKET = b"\x47" + bytes(187)


def box(brand: bytes, *compatible: bytes) -> bytes:
    body = brand + bytes(4) + b"".join(compatible)
    return (len(body) + 8).to_bytes(4) + b"ftyp" + body + bytes(64)


@pytest.mark.parametrize(
    ("head", "kind", "family"),
    [
        (b"\xff\xd8\xff\xe1", "photo", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "photo", "png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "photo", "webp"),
        (b"BM" + bytes(12) + b"\x28\0\0\0", "photo", "bmp"),
        (b"GIF89a", "photo", "gif"),
        (b"II*\0", "photo", "tiff"),
        (b"MM\0*", "photo", "tiff"),
        (box(b"heic", b"mif1"), "photo", "heif"),
        (box(b"mif1", b"mif1", b"heic"), "photo", "heif"),
        (box(b"mif1", b"mif1", b"avif"), "photo", "avif"),
        (box(b"avif", b"mif1"), "photo", "avif"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "photo", "jpeg2000"),
        (b"\xff\x4f\xff\x51", "photo", "jpeg2000"),
        (box(b"isom", b"iso2", b"mp41"), "video", "mp4"),
        (box(b"mp42", b"isom"), "video", "mp4"),
        (box(b"qt  ", b"qt  "), "video", "mov"),
        (box(b"M4V ", b"mp42"), "video", "m4v"),
        (box(b"3gp5", b"isom"), "video", "3gp"),
        (box(b"zzzz"), "video", "mp4"),
        (box(b"M4A ", b"isom"), "other", "m4a"),
        (b"\0\0\0\x08wide\0\0\0\x10mdat", "video", "mov"),
        (b"\0\0\1\0moov", "video", "mov"),
        (b"\0\0\0\1mdat" + bytes(8), "video", "mov"),
        (bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "video", "asf"),
        (b"RIFF\0\0\0\0AVI LIST", "video", "avi"),
        (b"RIFF\0\0\0\0WAVEfmt ", "other", "wav"),
        (b"FLV\x01\x05", "video", "flv"),
        (b".RMF\0\0\0\x12", "video", "rm"),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", "video", "matroska"),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm", "video", "webm"),
        (PACKET * 4, "video", "mpegts"),
        (b"\0\0\0\0" + (PACKET + bytes(4)) * 4, "video", "mpegts"),
        (b"\0\0\1\xba\x44", "video", "mpegps"),
        (b"%PDF-1.7", "other", "pdf"),
        (b"PK\3\4", "other", "zip"),
    ],
)
def test_first_bytes(head: bytes, kind: Kind, family: str) -> None:
    found = content_of(head)
    assert found is not None
    assert (found.kind, found.family) == (kind, family)


@pytest.mark.parametrize(
    "head",
    [b"", b"\0" * 64, b"BMW is a car maker", "订单号: 1".encode(), b"P1 is the first", b"G" * 800, b"ftyp"],
)
def test_unknown_content(head: bytes) -> None:
    assert content_of(head) is None


@given(st.binary(max_size=600))
def test_any_bytes_are_sorted_without_a_crash(head: bytes) -> None:
    content_of(head)


def test_real_videos(shared_data: SharedData) -> None:
    for row in shared_data.rows("containers"):
        head = row.path.read_bytes()[:HEAD_BYTES]
        found = content_of(head)
        assert found is not None and (found.kind, found.family) == ("video", row.truth["container"]), row.name


def test_real_videos_names_and_formats(shared_data: SharedData) -> None:
    listed = {"wmv", "avi", "3gp", "mov", "mp4", "flv", "rmvb", "mkv", "m4v"}
    for row in shared_data.rows("containers"):
        item = Item(row.name, "video", str(row.path), 1, "0", extension=row.path.suffix[1:].lower())
        known = video_file_format(video_header(Footage(str(row.path))), item)
        assert known.format == row.truth["container"], row.name
        assert known.renamed == (row.truth["ext_lies"] == "Y"), row.name
        assert bool(set(known.names) & listed) == (row.truth["listed_ext"] == "Y"), row.name
        assert known.decodable == (row.truth["decodable"] == "Y"), row.name


def test_real_damaged_files_keep_their_kind(shared_data: SharedData, now: datetime) -> None:
    rows = {row.name: row for row in shared_data.rows("malformed")}
    folder = next(iter(rows.values())).path.parent
    submission = open_submission([folder], facts={}, now=now)
    assert {item.id for item in submission.items} == set(rows)
    for item in submission.items:
        assert item.kind == {"image": "photo", "video": "video"}[rows[item.id].truth["media"]], item.id


def test_real_damaged_photos_have_a_header_or_cannot_be_opened(shared_data: SharedData) -> None:
    for row in shared_data.rows("malformed"):
        if row.truth["media"] != "image":
            continue
        try:
            header = photo_header(Photo(row.path))
        except CannotOpen:
            assert row.truth["decodes"] in ("N", "some"), row.name
        except LimitReached:
            assert row.truth["decodes"] == "N", row.name
        else:
            assert header.width > 0 and header.height > 0
            assert all(len(value) <= 200 and value.isprintable() for _, value in header.exif)


VIDEO = VideoHeader("mp4", "h264", 16, 16, 0, 1.0, 1.0, 30, 0.03, 0.03, False, True)


@pytest.mark.parametrize(
    ("container", "compatible", "extension", "renamed"),
    [
        ("mp4", "isommp41", "mp4", False),
        ("mp4", "isommp41", "m4v", False),
        ("3gp", "3gp4isom", "mp4", False),
        ("m4v", "M4V mp42", "mp4", False),
        ("mov", "qt  ", "mov", False),
        ("mov", "qt  ", "mp4", True),
        ("mov", "qt  mp42", "mp4", False),
        ("mp4", "isommp41", "mov", True),
        ("asf", "", "wmv", False),
        ("asf", "", "asf", False),
        ("asf", "", "mp4", True),
        ("rm", "", "rmvb", False),
        ("matroska", "", "mkv", False),
        ("matroska", "", "mp4", True),
        ("webm", "", "mkv", True),
        ("mpegts", "", "mp4", True),
        ("avi", "", "", False),
    ],
)
def test_video_names(container: str, compatible: str, extension: str, renamed: bool) -> None:
    header = replace(VIDEO, container=container, tags=(("compatible_brands", compatible),))
    known = video_file_format(header, Item("v", "video", "v", 1, "0", extension=extension))
    assert known.renamed is renamed
    assert renamed or not extension or known.names == (extension,)


@pytest.mark.parametrize(
    ("content", "extension", "renamed"),
    [
        ("JPEG", "jpg", False),
        ("JPEG", "jfif", False),
        ("JPEG", "png", True),
        ("HEIF", "heic", False),
        ("HEIF", "jpg", True),
        ("WEBP", "jpg", True),
        ("PNG", "", False),
        ("XYZ", "xyz", False),
    ],
)
def test_photo_names(content: str, extension: str, renamed: bool) -> None:
    item = Item("p", "photo", "p", 1, "0", extension=extension)
    assert photo_file_format(PhotoHeader(content, 1, 1), item).renamed is renamed


def test_photo_header_of_common_formats(tmp_path: Path) -> None:
    from PIL import Image
    from pillow_heif import register_heif_opener

    register_heif_opener()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker\0\0"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:21 11:02:03"
    for name, made in (
        ("JPEG", "JPEG"),
        ("PNG", "PNG"),
        ("WEBP", "WEBP"),
        ("AVIF", "AVIF"),
        ("HEIF", "HEIF"),
    ):
        at = tmp_path / f"{name}.bin"
        Image.new("RGB", (64, 48), "white").save(at, made, exif=exif)
        header = photo_header(Photo(at))
        assert header.format == name
        assert dict(header.exif)["DateTimeOriginal"] == "2026:11:21 11:02:03", name
        assert dict(header.exif)["Make"] == "Maker", name
        if name != "HEIF":
            assert (header.width, header.height) == (48, 64), name
    for name in ("BMP", "GIF", "TIFF"):
        at = tmp_path / f"{name}.bin"
        Image.new("RGB", (64, 48), "white").save(at, name)
        header = photo_header(Photo(at))
        assert (header.format, header.width, header.height, header.frames) == (name, 64, 48, 1)


@pytest.mark.parametrize("content", [b"", b"x", b"\xff\xd8\xff", b"%PDF-1.4 no picture", b"\0" * 5000])
def test_no_photo_cannot_be_opened(tmp_path: Path, content: bytes) -> None:
    at = tmp_path / "1.jpg"
    at.write_bytes(content)
    with pytest.raises(CannotOpen):
        photo_header(Photo(at))


def test_hostile_exif_is_left_out(tmp_path: Path) -> None:
    """Pointers into nowhere, a value of a gigabyte, control characters: a header comes out all the same."""
    from PIL import Image

    at = tmp_path / "1.jpg"
    for block in (
        b"Exif\0\0II*\0\xff\xff\xff\x7f",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0\xff\xff\xff\x3f\0\0\0\0",
        b"Exif\0\0" + b"\xff" * 60_000,
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0" * 200,
    ):
        Image.new("RGB", (32, 32)).save(at, "JPEG", exif=block)
        header = photo_header(Photo(at))
        assert (header.width, header.height) == (32, 32)
        assert all(value.isprintable() for _, value in header.exif)
