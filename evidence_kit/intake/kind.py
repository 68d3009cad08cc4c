"""What kind of file is this, by its first bytes? Never by its name.

Only the family is told here, to sort files into photos, videos and neither; format, codec and size are read
by the header sensors (docs/decisions/0004). A known family may still be damaged or hostile: nothing is parsed
beyond fixed offsets of the first 4 KiB.

Sources: ISO/IEC 14496-12 (ftyp) and the brand list of mp4ra.org; ISO/IEC 23008-12 and AV1-ISOBMFF (HEIF, AVIF
brands); the formats' own specifications for the rest (PNG, GIF89a, TIFF 6.0, BMP, WebP, JPEG 2000, JPEG XL,
ASF, RIFF/AVI, FLV, Matroska, ISO/IEC 13818-1); RealMedia's ``.RMF`` as FFmpeg's ``rmdec.c`` probes it.
"""

from __future__ import annotations

import re
from typing import Literal

from evidence_kit.records import dataclass

HEAD_BYTES = 4096
"""Enough for a Matroska DocType, twenty MPEG-TS packets and a long list of brands."""


@dataclass(frozen=True, slots=True)
class Content:
    """The family that the first bytes show."""

    kind: Literal["photo", "video", "other"]
    """``other`` is a known family that is neither: sound, archives, documents, programs."""
    family: str


_MAGIC: tuple[tuple[Literal["photo", "video", "other"], str, bytes], ...] = (
    ("photo", "jpeg", b"\xff\xd8\xff"),
    ("photo", "png", b"\x89PNG\r\n\x1a\n"),
    ("photo", "png", b"\x8aMNG\r\n\x1a\n"),
    ("photo", "gif", b"GIF87a"),
    ("photo", "gif", b"GIF89a"),
    ("photo", "tiff", b"II*\x00"),
    ("photo", "tiff", b"MM\x00*"),
    ("photo", "tiff", b"II+\x00"),
    ("photo", "tiff", b"MM\x00+"),
    ("photo", "jpeg2000", b"\x00\x00\x00\x0cjP  \r\n\x87\n"),
    ("photo", "jpeg2000", b"\xff\x4f\xff\x51"),
    ("photo", "jpegxl", b"\x00\x00\x00\x0cJXL \r\n\x87\n"),
    ("photo", "jpegxl", b"\xff\x0a"),
    ("photo", "jpegxr", b"II\xbc"),
    ("photo", "psd", b"8BPS\x00"),
    ("photo", "ico", b"\x00\x00\x01\x00"),
    ("photo", "cur", b"\x00\x00\x02\x00"),
    ("photo", "icns", b"icns"),
    ("photo", "dds", b"DDS \x7c\x00\x00\x00"),
    ("photo", "exr", b"v/1\x01"),
    ("photo", "hdr", b"#?RADIANCE"),
    ("photo", "qoi", b"qoif"),
    ("photo", "xcf", b"gimp xcf"),
    ("photo", "bpg", b"BPG\xfb"),
    ("photo", "raw", b"FUJIFILMCCD-RAW"),
    ("photo", "raw", b"IIRO"),
    ("photo", "raw", b"IIU\x00"),
    ("photo", "blp", b"BLP2"),
    ("photo", "sgi", b"\x01\xda\x00"),
    ("photo", "sgi", b"\x01\xda\x01"),
    ("photo", "djvu", b"AT&TFORM"),
    ("video", "asf", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"),
    ("video", "flv", b"FLV\x01"),
    ("video", "rm", b".RMF"),
    ("video", "rm", b".RMP"),
    ("video", "mpegps", b"\x00\x00\x01\xba"),
    ("video", "mpegvideo", b"\x00\x00\x01\xb3"),
    ("video", "h264", b"\x00\x00\x00\x01\x67"),
    ("video", "h264", b"\x00\x00\x00\x01\x27"),
    ("video", "hevc", b"\x00\x00\x00\x01\x40\x01"),
    ("video", "mxf", b"\x06\x0e\x2b\x34\x02\x05\x01\x01"),
    ("video", "wtv", b"\xb7\xd8\x00\x20\x37\x49\xda\x11\xa6\x4e\x00\x07\xe9\x5e\xad\x8d"),
    ("video", "y4m", b"YUV4MPEG2 "),
    ("video", "ivf", b"DKIF"),
    ("video", "dv", b"\x1f\x07\x00\x3f"),
    ("video", "dv", b"\x1f\x07\x00\xbf"),
    ("other", "realaudio", b".ra\xfd"),
    ("other", "mp3", b"ID3"),
    ("other", "amr", b"#!AMR"),
    ("other", "flac", b"fLaC"),
    ("other", "silk", b"\x02#!SILK"),
    ("other", "silk", b"#!SILK"),
    ("other", "pdf", b"%PDF-"),
    ("other", "zip", b"PK\x03\x04"),
    ("other", "zip", b"PK\x05\x06"),
    ("other", "rar", b"Rar!\x1a\x07"),
    ("other", "7z", b"7z\xbc\xaf\x27\x1c"),
    ("other", "gzip", b"\x1f\x8b\x08"),
    ("other", "ole", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("other", "sqlite", b"SQLite format 3\x00"),
    ("other", "elf", b"\x7fELF"),
    ("other", "rtf", b"{\\rtf"),
)

_STILL_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), "heif"),
    **dict.fromkeys((b"mif1", b"mif2", b"msf1", b"miaf", b"mini", b"jpeg", b"jpgs", b"avci", b"avcs"), "heif"),
    **dict.fromkeys((b"avif", b"avis"), "avif"),
    b"crx ": "raw",
    b"jp2 ": "jpeg2000",
    b"jpx ": "jpeg2000",
    b"jxl ": "jpegxl",
}
_SOUND_BRANDS = frozenset({b"M4A ", b"M4B ", b"M4P ", b"F4A ", b"F4B ", b"aax ", b"aaxc"})

_PNM = re.compile(rb"P[1-6]\s(?:#|\d+\s+\d+\s)|P7(?:\nWIDTH| 332)")

_QUICKTIME_FIRST = frozenset({b"moov", b"mdat", b"wide", b"pnot", b"free", b"skip"})
"""Atoms with which a QuickTime file from before ``ftyp`` begins (QuickTime File Format, 2001)."""


def content_of(head: bytes) -> Content | None:
    """The family of a file by its first ``HEAD_BYTES`` bytes; None where no known family shows."""
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head[4:8] in _QUICKTIME_FIRST and (head[:4] == b"\0\0\0\1" or int.from_bytes(head[:4]) >= 8):
        return Content("video", "mov")
    for kind, family, magic in _MAGIC:
        if head.startswith(magic):
            return Content(kind, family)
    return _riff(head) or _by_layout(head)


def _by_brand(head: bytes) -> Content:
    """ISO base media: the major brand decides; ``mif1`` and the like may be AVIF by a compatible brand."""
    length = min(int.from_bytes(head[:4]), len(head))
    major = head[8:12]
    compatible = {head[at : at + 4] for at in range(16, length - 3, 4)}
    if major in _SOUND_BRANDS:
        return Content("other", "m4a")
    if major in _STILL_BRANDS:
        avif = major in (b"mif1", b"msf1", b"miaf") and compatible & {b"avif", b"avis"}
        return Content("photo", "avif" if avif else _STILL_BRANDS[major])
    if major == b"qt  ":
        return Content("video", "mov")
    if major[:2] in (b"3g", b"3G"):
        return Content("video", "3gp")
    if major[:3] == b"M4V":
        return Content("video", "m4v")
    return Content("video", "mp4")


def _riff(head: bytes) -> Content | None:
    if head[:4] not in (b"RIFF", b"RIFX", b"RF64"):
        return None
    form = head[8:12]
    if form == b"WEBP":
        return Content("photo", "webp")
    if form in (b"AVI ", b"AVIX", b"AMV "):
        return Content("video", "avi")
    return Content("other", "wav" if form == b"WAVE" else "riff")


def _by_layout(head: bytes) -> Content | None:
    """Families without a magic number at the start, or with one too short to trust alone."""
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return Content("video", "webm" if b"webm" in head[:256] else "matroska")
    if head[:4] == b"OggS":
        return Content("video", "ogg") if b"\x80theora" in head[:256] else Content("other", "ogg")
    # A BMP says how long it is and how long its header is: "BM" alone begins many a text.
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in (12, 16, 40, 52, 56, 64, 108, 124):
        return Content("photo", "bmp")
    if _steps(head, 0, 188) or _steps(head, 4, 192) or _steps(head, 0, 204):
        return Content("video", "mpegts")
    if head[:1] == b"\x0a" and head[1:3] in (b"\0\1", b"\2\1", b"\3\1", b"\4\1", b"\5\1"):
        return Content("photo", "pcx")
    if _PNM.match(head):
        return Content("photo", "pnm")
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return Content("other", "mp3")
    return None


def _steps(head: bytes, first: int, step: int) -> bool:
    """The MPEG-TS sync byte at three packet starts in a row; at two where the file has no more."""
    marks = head[first::step][:3]
    return len(marks) >= 2 and set(marks) == {0x47} and head[first + 1] != 0x47


# fmt: off
IMAGE_EXTENSIONS = frozenset(
    {
        "apng", "arw", "avif", "bmp", "cr2", "cr3", "dib", "dng", "gif", "heic", "heif", "hif", "ico",
        "j2k", "jfif", "jp2", "jpe", "jpeg", "jpf", "jpg", "jxl", "livp", "mpo", "nef", "orf", "png", "psd",
        "raf", "rw2", "tif", "tiff", "webp",
    }
)
VIDEO_EXTENSIONS = frozenset(
    {
        "3g2", "3gp", "asf", "avi", "divx", "dv", "f4v", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpe",
        "mpeg", "mpg", "mts", "mxf", "ogv", "qt", "rm", "rmvb", "ts", "vob", "webm", "wmv",
    }
)
SIDE_EXTENSIONS = frozenset(
    {
        "7z", "aac", "aae", "amr", "apk", "ass", "bak", "cfg", "conf", "css", "csv", "db", "db-shm",
        "db-wal", "dll", "doc", "docx", "dps", "ds_store", "eml", "et", "exe", "flac", "gz", "htm", "html",
        "ini", "js", "json", "jsonl", "lnk", "log", "lrc", "m4a", "md", "mht", "mhtml", "mp3", "msg", "ods",
        "odt", "ogg", "opus", "parquet", "pdf", "ppt", "pptx", "py", "rar", "rtf", "silk", "sqlite", "srt",
        "tar", "tgz", "thm", "tmp", "toml", "tsv", "txt", "url", "wav", "wma", "wps", "xls", "xlsx", "xml",
        "xmp", "yaml", "yml", "zip",
    }
)
# fmt: on
"""Texts, documents, sound and system files that lie beside evidence and are none themselves."""
