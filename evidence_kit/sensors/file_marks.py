"""What a file says of its own making: marks of generation and editing, from its headers. No pixel is decoded.

Read are XMP packets, EXIF texts, PNG and container texts, and the place where a C2PA manifest would be. Every length
is the file's own word and so is bounded: at most MAX_SEGMENTS pieces are looked at, MAX_PACKET bytes of each.
Sources: GB 45438-2025 annex E and TC260-PG-20258A (AIGC label in XMP, EXIF and container keys); C2PA 2.2 annex A
(JPEG APP11, PNG ``caBX``, RIFF ``C2PA``, ISO ``uuid`` box); IPTC's digital source types.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from evidence_kit.records import dataclass
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.photo_header import PhotoHeader
from evidence_kit.sensors.video_header import VideoHeader
from evidence_kit.wiring import sensor

MAX_SEGMENTS = 4_000
MAX_PACKET = 1_000_000
MAX_TEXT = 2_000
MAX_MARKS = 20
MAX_BOX_DEPTH = 4
C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_OPEN_BOXES = (b"moov", b"udta", b"meta", b"trak", b"ilst")

MAX_LOOKED_AT = 40
"""Places of the word AIGC that are looked at in one text, each over a bounded stretch: a text may hold nothing else."""
_ELEMENT = r"(?s)AIGC\s{0,20}>(.{0,4000}?)</(?:[\w.-]{1,40}:)?AIGC\s{0,20}>"
_ATTRIBUTE = r"""AIGC\s{0,20}=\s{0,20}(?:"([^"]{0,4000})"|'([^']{0,4000})')"""
_JSON = r'AIGC"\s{0,20}:\s{0,20}(\{[^{}]{0,2000}\}|"(?:[^"\\]|\\.){0,2000}")'
_SOURCE_TYPE = r"digitalsourcetype/([A-Za-z]{3,60})"
_CREATOR_TOOL = r"""(?:xmp|xap):CreatorTool(?:\s{0,20}=\s{0,20}["']|>)([^"'<]{1,200})"""


@dataclass(frozen=True, slots=True)
class FileMarks:
    """Marks as they stand in the file, uninterpreted."""

    aigc: tuple[tuple[str, str], ...] = ()
    """(where, text) of each AIGC label, at most MAX_TEXT characters."""
    c2pa: bool = False
    """A C2PA manifest is in the file. Its signature is not checked."""
    source_types: tuple[tuple[str, str], ...] = ()
    """(where, IPTC digital source type), such as ``trainedAlgorithmicMedia``."""
    software: tuple[tuple[str, str], ...] = ()
    """(where, program) as EXIF, XMP and containers name it."""
    prompts: tuple[str, ...] = ()
    """Names of texts that generators write for themselves (``parameters``, ``prompt``, ``workflow``)."""
    camera: str = ""
    """Make and model as EXIF or the container states them."""
    truncated: bool = False
    """More pieces or longer ones than are looked at."""


class _Marks:
    """What is collected while a file is walked."""

    def __init__(self) -> None:
        self.aigc: dict[tuple[str, str], None] = {}
        self.sources: dict[tuple[str, str], None] = {}
        self.software: dict[tuple[str, str], None] = {}
        self.prompts: dict[str, None] = {}
        self.c2pa = False
        self.truncated = False

    def xmp(self, packet: bytes, where: str = "XMP") -> None:
        text = packet[:MAX_PACKET].decode("utf-8", "replace")
        self.truncated |= len(packet) > MAX_PACKET
        for found in _labels(text, _ELEMENT, _ATTRIBUTE):
            self.aigc[where, found] = None
        for source in re.finditer(_SOURCE_TYPE, text):
            self.sources[where, source.group(1)] = None
        for tool in re.finditer(_CREATOR_TOOL, text):
            self.software[where, _plain(tool.group(1))] = None

    def text(self, value: str, where: str) -> None:
        """A free text that may hold a label as JSON."""
        for found in _labels(value[:MAX_PACKET], _JSON):
            self.aigc[where, found] = None

    def manifest(self, content: bytes) -> None:
        """A C2PA store: its assertions' texts stand in it as they are (JSON and CBOR both keep UTF-8)."""
        self.c2pa = True
        for found in re.finditer(rb"digitalsourcetype/([A-Za-z]{3,60})", content[:MAX_PACKET]):
            self.sources["C2PA", found.group(1).decode("ascii")] = None

    def done(self, camera: str = "") -> FileMarks:
        return FileMarks(
            tuple(self.aigc)[:MAX_MARKS],
            self.c2pa,
            tuple(self.sources)[:MAX_MARKS],
            tuple(self.software)[:MAX_MARKS],
            tuple(self.prompts)[:MAX_MARKS],
            camera[:MAX_TEXT],
            self.truncated,
        )


@sensor(on="photo", version="1", packages=("pillow",))
def photo_marks(photo: Photo, header: PhotoHeader) -> FileMarks:
    """The marks of one photo. A damaged header gives those that stand before the damage."""
    marks = _Marks()
    exif = dict(header.exif)
    if exif.get("Software"):
        marks.software["EXIF Software", exif["Software"]] = None
    camera = " ".join(part for part in (exif.get("Make", ""), exif.get("Model", "")) if part)
    if photo.path is not None:
        try:
            with photo.path.open("rb") as stream:
                _walk(stream, marks)
        except (OSError, ValueError, struct.error):
            marks.truncated = True
    return marks.done(camera)


@sensor(on="video", version="1", packages=("av",))
def video_marks(footage: Footage, header: VideoHeader) -> FileMarks:
    """The marks of one video: container keys and boxes."""
    marks = _Marks()
    tags = {name.rpartition("/")[2]: value for name, value in header.tags}
    for name, value in tags.items():
        if name.upper() == "AIGC":
            marks.aigc["container", _plain(value)] = None
        else:
            marks.text(value, f"container {name}")
        if name.lower() in ("encoder", "software", "com.apple.quicktime.software", "handler_name_software"):
            marks.software[f"container {name}", value] = None
    try:
        with Path(footage.path).open("rb") as stream:
            _walk(stream, marks)
    except (OSError, ValueError, struct.error):
        marks.truncated = True
    make = tags.get("com.apple.quicktime.make", "") or tags.get("com.android.manufacturer", "")
    model = tags.get("com.apple.quicktime.model", "") or tags.get("com.android.model", "")
    return marks.done(" ".join(part for part in (make, model) if part))


# --- containers ---------------------------------------------------------------------------------------------------


def _walk(stream: BinaryIO, marks: _Marks) -> None:
    head = stream.read(16)
    stream.seek(0, 2)
    size = stream.tell()
    if head[:2] == b"\xff\xd8":
        _jpeg(stream, marks)
    elif head[:8] == b"\x89PNG\r\n\x1a\n":
        _png(stream, size, marks)
    elif head[:4] == b"RIFF":
        _riff(stream, size, marks)
    elif head[4:8] in (b"ftyp", b"moov", b"wide", b"free", b"mdat", b"jP  "):
        _boxes(stream, 0, size, marks, depth=0, left=[MAX_SEGMENTS])


def _jpeg(stream: BinaryIO, marks: _Marks) -> None:
    manifest = b""
    extended = b""
    stream.seek(2)
    for _ in range(MAX_SEGMENTS):
        lead = stream.read(2)
        if len(lead) < 2 or lead[0] != 0xFF or lead[1] in (0xD9, 0xDA):
            break
        if 0xD0 <= lead[1] <= 0xD8 or lead[1] in (0x01, 0xFF):
            continue
        length = stream.read(2)
        if len(length) < 2 or (size := int.from_bytes(length, "big")) < 2:
            break
        body = stream.read(size - 2)
        if lead[1] == 0xE1 and body.startswith(b"http://ns.adobe.com/xap/1.0/\0"):
            marks.xmp(body[29:])
        elif lead[1] == 0xE1 and body.startswith(b"http://ns.adobe.com/xmp/extension/\0"):
            extended = (extended + body[75:])[: MAX_PACKET + 1]
        elif lead[1] == 0xE1 and body.startswith(b"Exif\0\0"):
            _exif(body, marks)
        elif lead[1] == 0xEB and body[:2] == b"JP" and len(manifest) <= MAX_PACKET:
            manifest += body[8:]
        elif lead[1] == 0xFE:
            marks.text(body.decode("utf-8", "replace"), "JPEG comment")
    else:
        marks.truncated = True
    if extended:
        marks.xmp(extended)
    if b"c2pa" in manifest[:4096]:
        marks.manifest(manifest)


def _exif(body: bytes, marks: _Marks) -> None:
    """The label as JSON in any EXIF text (UserComment, ImageDescription): the block holds it as plain bytes.

    UserComment may be UTF-16; both are looked through.
    """
    for text in (body.decode("latin-1"), body.decode("utf-16-le", "ignore"), body.decode("utf-16-be", "ignore")):
        marks.text(text, "EXIF")
    odd = body[1:]
    for text in (odd.decode("utf-16-le", "ignore"), odd.decode("utf-16-be", "ignore")):
        marks.text(text, "EXIF")


def _png(stream: BinaryIO, size: int, marks: _Marks) -> None:
    at = 8
    for _ in range(MAX_SEGMENTS):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            return
        length, name = struct.unpack(">I4s", head)
        if name == b"IEND" or at + 12 + length > size:
            return
        if name in (b"tEXt", b"iTXt", b"zTXt"):
            _png_text(name, stream.read(min(length, MAX_PACKET + 1)), marks)
        elif name == b"caBX":
            marks.manifest(stream.read(min(length, MAX_PACKET)))
        elif name == b"eXIf":
            _exif(stream.read(min(length, MAX_PACKET)), marks)
        at += 12 + length
    marks.truncated = True


def _png_text(name: bytes, body: bytes, marks: _Marks) -> None:
    keyword, _, rest = body.partition(b"\0")
    key = keyword[:80].decode("latin-1")
    text = rest
    if name == b"iTXt":
        body = rest[2:].split(b"\0", 2)[-1]
        text = _inflated(body) if rest[:1] == b"\1" else body
    elif name == b"zTXt":
        text = _inflated(rest[1:])
    if key == "XML:com.adobe.xmp":
        marks.xmp(text)
    elif key.upper() == "AIGC":
        marks.aigc["PNG", _plain(text[:MAX_TEXT].decode("utf-8", "replace"))] = None
    elif key in ("parameters", "prompt", "workflow", "sd-metadata", "Dream", "invokeai_metadata"):
        marks.prompts[key] = None
    elif key == "Software":
        marks.software["PNG Software", _plain(text[:200].decode("utf-8", "replace"))] = None
    else:
        marks.text(text.decode("utf-8", "replace"), f"PNG {key[:20]}")


def _inflated(packed: bytes) -> bytes:
    """At most MAX_PACKET bytes of a zlib stream, however much it would become."""
    import zlib

    try:
        return zlib.decompressobj().decompress(packed, MAX_PACKET)
    except zlib.error:
        return b""


def _riff(stream: BinaryIO, size: int, marks: _Marks) -> None:
    at = 12
    for _ in range(MAX_SEGMENTS):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            return
        name, length = struct.unpack("<4sI", head)
        if at + 8 + length > size:
            return
        if name == b"XMP ":
            marks.xmp(stream.read(min(length, MAX_PACKET + 1)))
        elif name == b"EXIF":
            _exif(stream.read(min(length, MAX_PACKET)), marks)
        elif name == b"C2PA":
            marks.manifest(stream.read(min(length, MAX_PACKET)))
        elif name in (b"AIGC", b"IAGC"):
            marks.aigc["RIFF", _plain(stream.read(min(length, MAX_TEXT)).decode("utf-8", "replace"))] = None
        at += 8 + length + (length & 1)
    marks.truncated = True


def _boxes(stream: BinaryIO, start: int, end: int, marks: _Marks, *, depth: int, left: list[int]) -> None:
    for name, body, stop in _children(stream, start, end, left):
        if name == b"uuid":
            stream.seek(body)
            kind = stream.read(16)
            if kind == C2PA_UUID:
                marks.manifest(stream.read(min(stop - body - 16, MAX_PACKET)))
            elif kind == XMP_UUID:
                marks.xmp(stream.read(min(stop - body - 16, MAX_PACKET + 1)))
        elif name == b"XMP_":
            stream.seek(body)
            marks.xmp(stream.read(min(stop - body, MAX_PACKET + 1)))
        elif name in _OPEN_BOXES and depth < MAX_BOX_DEPTH:
            skip = 4 if name == b"meta" and not _is_box(stream, body) else 0
            _boxes(stream, body + skip, stop, marks, depth=depth + 1, left=left)
    marks.truncated |= left[0] <= 0


def _children(stream: BinaryIO, start: int, end: int, left: list[int]) -> Iterator[tuple[bytes, int, int]]:
    """(name, body, end) of each box between two offsets; stops at the first that is none."""
    at = start
    while at + 8 <= end and left[0] > 0:
        left[0] -= 1
        stream.seek(at)
        head = stream.read(16)
        if len(head) < 8:
            return
        size, name = struct.unpack(">I4s", head[:8])
        body = at + 8
        if size == 1 and len(head) == 16:
            size, body = struct.unpack(">Q", head[8:])[0], at + 16
        elif size == 0:
            size = end - at
        if size < body - at:
            return
        yield name, body, min(end, at + size)
        at += size


def _is_box(stream: BinaryIO, at: int) -> bool:
    """QuickTime's meta holds boxes at once, ISO's four bytes of version and flags before them."""
    stream.seek(at + 4)
    return stream.read(4) in (b"hdlr", b"keys", b"ilst", b"mhdr")


def _labels(text: str, *forms: str) -> Iterator[str]:
    """The AIGC labels of ``text`` in one of the forms, each matched only where the word stands."""
    at = -1
    for _ in range(MAX_LOOKED_AT):
        at = text.find("AIGC", at + 1)
        if at < 0:
            return
        for form in forms:
            found = re.compile(form).match(text, at)
            if found is not None:
                yield _plain(next(group for group in found.groups() if group is not None))
                break


def _plain(text: str) -> str:
    """Entities undone, one line, printable, at most MAX_TEXT characters."""
    import html

    short = html.unescape(text[: 2 * MAX_TEXT]).strip()
    return "".join(char if char.isprintable() else " " for char in short)[:MAX_TEXT]
