"""Of which format is one file, and does its name say so? (R17, 1c-E)

What the file declares of itself decides: magic, brand, DocType. MP4, M4V and 3GP are one ISO family whose
names phones use for one another, so none of them is a lie for the other. QuickTime is another declaration
though the same demuxer reads it: ``.mp4`` on a file that declares QuickTime alone (and the reverse) is a
renamed file, unless its compatible brands name the other kind. The same holds for Matroska and WebM. A rule
makes a review of it, never a fail: such a file plays nearly everywhere.
"""

from __future__ import annotations

from evidence_kit.records import dataclass
from evidence_kit.schema import Item
from evidence_kit.sensors.photo_header import PhotoHeader
from evidence_kit.sensors.video_header import VideoHeader
from evidence_kit.wiring import fact

_ISO = ("mp4", "m4v", "3gp", "3g2", "3gpp", "mp4v", "mpg4", "f4v", "m4a")
_MOV = ("mov", "qt")
NAMES: dict[str, tuple[str, ...]] = {
    "mp4": _ISO,
    "m4v": _ISO,
    "3gp": _ISO,
    "f4v": _ISO,
    "m4a": _ISO,
    "mov": _MOV,
    "asf": ("wmv", "asf", "wma", "dvr-ms"),
    "avi": ("avi", "divx"),
    "flv": ("flv", "f4v"),
    "rm": ("rmvb", "rm", "ram", "rv"),
    "matroska": ("mkv", "mk3d", "mka"),
    "webm": ("webm",),
    "mpegts": ("ts", "mts", "m2ts", "m2t", "trp", "tod"),
    "mpegps": ("mpg", "mpeg", "mpe", "vob", "m2p", "dat", "mod"),
    "mpegvideo": ("mpg", "mpeg", "m1v", "m2v", "mpv"),
    "ogg": ("ogv", "ogg", "ogm"),
    "mxf": ("mxf",),
    "JPEG": ("jpg", "jpeg", "jpe", "jfif", "jif", "mpo"),
    "PNG": ("png", "apng"),
    "WEBP": ("webp",),
    "BMP": ("bmp", "dib"),
    "GIF": ("gif",),
    "TIFF": ("tif", "tiff", "dng", "nef", "cr2", "arw"),
    "HEIF": ("heic", "heif", "hif", "heics", "heifs"),
    "AVIF": ("avif", "avifs"),
    "JPEG2000": ("jp2", "j2k", "jpf", "jpx", "j2c", "jpc", "jpm"),
}
"""Format by content -> the extensions it goes by, the usual one first."""


@dataclass(frozen=True, slots=True)
class FileFormat:
    format: str
    """By content, in the words of the header: ``mp4``, ``mov``, ``asf``, ``matroska``, ``JPEG`` ..."""
    extension: str
    """As the file is named, lower case, without the dot; it may lie, and may be empty."""
    names: tuple[str, ...]
    """What an upload form would call it: its extension where that is true, else all names of its content."""
    renamed: bool
    """The extension is one of another format. No extension at all is no lie."""
    decodable: bool = True
    """A decoder shows a first picture (videos); the header of a photo was readable."""


@fact(on="photo")
def photo_file_format(header: PhotoHeader, item: Item) -> FileFormat:
    return _format(header.format, NAMES.get(header.format, (header.format.lower(),)), item, decodable=True)


@fact(on="video")
def video_file_format(header: VideoHeader, item: Item) -> FileFormat:
    names = NAMES.get(header.container, (header.container,))
    brands = next((value for name, value in header.tags if name.lower().endswith("compatible_brands")), "")
    compatible = {brands[at : at + 4] for at in range(0, len(brands), 4)}
    if header.container == "mov" and any(brand[:3] in ("iso", "mp4", "M4V", "avc") for brand in compatible):
        names += _ISO
    elif names is _ISO and "qt  " in compatible:
        names += _MOV
    return _format(header.container, names, item, decodable=header.first_frame_decodes)


def _format(content: str, names: tuple[str, ...], item: Item, *, decodable: bool) -> FileFormat:
    extension = item.extension
    true = extension in names
    return FileFormat(
        format=content,
        extension=extension,
        names=(extension,) if true else names,
        renamed=bool(extension) and not true,
        decodable=decodable,
    )
