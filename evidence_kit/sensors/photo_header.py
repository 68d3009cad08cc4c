"""The header of one photo: format, size, frames, EXIF. No pixel is decoded.

EXIF is hostile input: blocks of absurd length, values of the wrong type, pointers into nowhere. What cannot
be read as a short text is left out; a broken block never stops a picture from being shown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors.photo import FORMATS, Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    from PIL import Image

MAX_EXIF_BYTES = 1_000_000
"""A camera's EXIF with its thumbnail is below 64 KiB, an editor's below a few hundred."""
MAX_XMP_BYTES = 1_000_000
MAX_VALUE_CHARS = 200
MAX_FRAMES = 1_000
FRAMES_BYTES = 32_000_000
"""Above this, a GIF or TIFF is not walked through to count its frames."""

_FIRST_IFD = {0x010F: "Make", 0x0110: "Model", 0x0112: "Orientation", 0x0131: "Software", 0x0132: "DateTime"}
_EXIF_IFD = {
    0x9003: "DateTimeOriginal",
    0x9004: "DateTimeDigitized",
    0x9010: "OffsetTime",
    0x9011: "OffsetTimeOriginal",
    0x9012: "OffsetTimeDigitized",
    0x9291: "SubSecTimeOriginal",
}
_GPS_IFD = {0x0007: "GPSTimeStamp", 0x001D: "GPSDateStamp"}
"""Tag numbers of CIPA DC-008 (Exif 3.0). The place of a photo is nobody's business here: time only."""

_XMP_ORIGINAL = r"""exif:DateTimeOriginal(?:\s*=\s*["']|>)\s*([0-9][0-9T:+\-.Z ]{9,39})"""
_COMMON_NAME = {"MPO": "JPEG"}


@dataclass(frozen=True, slots=True)
class PhotoHeader:
    format: str
    """By content: JPEG, PNG, WEBP, BMP, GIF, TIFF, HEIF, AVIF, JPEG2000."""
    width: int
    """Upright, after EXIF orientation."""
    height: int
    frames: int = 1
    """Pictures in the file; 2 is "more than one" where counting would mean reading a large file through."""
    exif: tuple[tuple[str, str], ...] = ()
    """The tags that facts use, by EXIF name, as text; ``XMP:DateTimeOriginal`` is XMP's own."""


@sensor(on="photo", version="1", packages=("pillow", "pillow-heif"))
def photo_header(photo: Photo) -> PhotoHeader:
    """What the photo says of itself.

    Raises CannotOpen where no decoder takes the file, LimitReached where it promises too many pixels.
    """
    shape = photo.header
    frames, exif = _read(photo)
    return PhotoHeader(
        format=_COMMON_NAME.get(shape.format, shape.format),
        width=shape.width,
        height=shape.height,
        frames=frames,
        exif=exif,
    )


def _read(photo: Photo) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Frames and tags; what Pillow cannot tell is one frame and no tags, as the shape is known already."""
    import warnings

    from PIL import Image

    if photo.path is None:
        return 1, ()
    formats = list(FORMATS)
    try:
        from pillow_heif import register_heif_opener

        register_heif_opener()
        formats.append("HEIF")
    except ImportError:
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(photo.path, formats=formats) as image:
                return _frames(image, photo.path.stat().st_size), tuple(_tags(image))
    except Exception:  # Pillow's parsers raise nearly everything on hostile input
        return 1, ()


def _frames(image: Image.Image, size: int) -> int:
    """GIF and TIFF are walked frame by frame to be counted, so only small ones are."""
    try:
        if image.format in ("GIF", "TIFF") and size > FRAMES_BYTES:
            return 2 if getattr(image, "is_animated", False) else 1
        return max(1, min(MAX_FRAMES, int(getattr(image, "n_frames", 1))))
    except Exception:
        return 1


def _tags(image: Image.Image) -> Iterator[tuple[str, str]]:
    block = image.info.get("exif")
    if not isinstance(block, bytes) or len(block) <= MAX_EXIF_BYTES:
        try:
            exif = image.getexif()
        except Exception:
            exif = None
        if exif is not None:
            yield from _ifd(exif, _FIRST_IFD)
            for pointer, names in ((0x8769, _EXIF_IFD), (0x8825, _GPS_IFD)):
                inner: Any = {}
                with suppress(Exception):  # a damaged block is no block
                    inner = exif.get_ifd(pointer)
                yield from _ifd(inner, names)
    for name in ("xmp", "XML:com.adobe.xmp"):
        if found := re.search(_XMP_ORIGINAL, _xmp(image.info.get(name))):
            yield "XMP:DateTimeOriginal", found.group(1).strip()
            return


def _ifd(values: Any, names: dict[int, str]) -> Iterator[tuple[str, str]]:
    for tag, name in names.items():
        text = ""
        with suppress(Exception):  # lazy values are parsed on access
            text = _text(values.get(tag))
        if text:
            yield name, text


def _text(value: object) -> str:
    """A tag as short printable text: numbers joined by colons (as GPS times are), "" for what is neither."""
    if isinstance(value, bytes):
        value = value[:MAX_VALUE_CHARS].decode("ascii", "replace")
    if isinstance(value, str):
        text = value.split("\0", 1)[0].strip()[:MAX_VALUE_CHARS]
        return "".join(char for char in text if char.isprintable())
    if isinstance(value, tuple):
        return ":".join(_number(entry) for entry in value) if 0 < len(value) <= 4 else ""
    return _number(value)


def _number(value: Any) -> str:
    """Raises for what is no finite number; the caller then leaves the tag out."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not finite")
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _xmp(packet: object) -> str:
    if isinstance(packet, bytes):
        return packet[:MAX_XMP_BYTES].decode("utf-8", "replace")
    return packet[:MAX_XMP_BYTES] if isinstance(packet, str) else ""
