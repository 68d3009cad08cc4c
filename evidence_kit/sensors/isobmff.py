"""The box structure of an MP4, MOV, M4V or 3GP file: what the container itself says, uninterpreted.

Only headers are read (at most a few hundred small boxes), never media data. Source: ISO/IEC 14496-12.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from evidence_kit.records import dataclass

MAX_BOXES = 4_000
MAX_TABLE_ENTRIES = 4_096
MAX_TRACKS = 64
"""A phone's file has two to six. Each may hold two tables of MAX_TABLE_ENTRIES, so their number bounds the memory."""
_OPENERS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp", b"pnot")
_CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex")


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry of an edit list, in seconds. ``media_s`` is None for an empty edit."""

    length_s: float
    media_s: float | None


@dataclass(frozen=True, slots=True)
class Track:
    """One track: its kind (``vide``, ``soun``, ...), its edits, and its runs of equal sample duration."""

    kind: str
    length_s: float | None
    edits: tuple[Edit, ...]
    stts: tuple[tuple[int, float], ...]
    """(samples, seconds each), at most MAX_TABLE_ENTRIES runs; a camera writes one or a few for sound."""
    stts_runs: int
    descriptions: int


@dataclass(frozen=True, slots=True)
class IsoBoxes:
    brand: str | None
    """``major_brand``, stripped; None where the file has no ftyp box (old QuickTime)."""
    length_s: float | None
    """mvhd duration; None where absent, zero or unknown (fragmented files)."""
    tracks: tuple[Track, ...]
    truncated: bool
    """A top-level box claims more bytes than the file holds, or there is no moov at all."""


def read_iso_boxes(path: str) -> IsoBoxes | None:
    """The boxes of the file at ``path``; None where it is no ISO file. Raises OSError."""
    with Path(path).open("rb") as stream:
        stream.seek(0, 2)
        total = stream.tell()
        return _Walk(stream, total).read()


class _Walk:
    def __init__(self, stream: BinaryIO, total: int) -> None:
        self.stream = stream
        self.total = total
        self.left = MAX_BOXES
        self.brand: str | None = None
        self.timescale = 0
        self.length_s: float | None = None
        self.truncated = False
        self.moov = False
        self.raw: list[dict[str, object]] = []

    def read(self) -> IsoBoxes | None:
        first = self._at(0, 8)
        if len(first) < 8 or first[4:8] not in _OPENERS:
            return None
        self._level(0, self.total, top=True)
        return IsoBoxes(
            brand=self.brand,
            length_s=self.length_s,
            tracks=tuple(self._track(raw) for raw in self.raw),
            truncated=self.truncated or not self.moov,
        )

    def _at(self, offset: int, count: int) -> bytes:
        self.stream.seek(offset)
        return self.stream.read(count)

    def _level(self, start: int, end: int, *, top: bool = False, depth: int = 0) -> None:
        while start + 8 <= end and self.left > 0:
            self.left -= 1
            head = self._at(start, 16)
            if len(head) < 8:
                return
            size, name = struct.unpack(">I4s", head[:8])
            body = start + 8
            if size == 1 and len(head) == 16:
                size = struct.unpack(">Q", head[8:])[0]
                body = start + 16
            elif size == 0:
                size = end - start
            if size < body - start:
                self.truncated = self.truncated or top
                return
            if start + size > end:
                self.truncated = self.truncated or top
                size = end - start
            self._box(name, body, start + size, depth)
            start += size

    def _box(self, name: bytes, body: int, end: int, depth: int) -> None:
        if name in _CONTAINERS and depth < 8:
            if name == b"moov":
                self.moov = True
            if name == b"trak":
                if len(self.raw) >= MAX_TRACKS:
                    return
                self.raw.append({})
            self._level(body, end, depth=depth + 1)
        elif name == b"ftyp" and self.brand is None:
            self.brand = self._at(body, 4).decode("latin-1").strip("\0 ")
        elif name == b"mvhd":
            self.timescale, length = self._header(body)
            self.length_s = length / self.timescale if self.timescale and length else None
        elif self.raw:
            track = self.raw[-1]
            if name == b"mdhd":
                track["scale"], track["length"] = self._header(body)
            elif name == b"hdlr" and "kind" not in track:
                track["kind"] = self._at(body + 8, 4).decode("latin-1")
            elif name == b"elst":
                track["elst"] = self._at(body, min(end - body, 8 + 20 * MAX_TABLE_ENTRIES))
            elif name == b"stts":
                track["stts"] = self._at(body, min(end - body, 8 + 8 * MAX_TABLE_ENTRIES))
            elif name == b"stsd":
                track["stsd"] = self._at(body, 8)

    def _header(self, body: int) -> tuple[int, int]:
        """(timescale, duration) of an mvhd or mdhd box; an all-ones duration means unknown: 0."""
        data = self._at(body, 32)
        if len(data) < 20:
            return 0, 0
        if data[0] == 1 and len(data) == 32:
            scale, length = struct.unpack(">IQ", data[20:32])
            return scale, 0 if length == 2**64 - 1 else length
        scale, length = struct.unpack(">II", data[12:20])
        return scale, 0 if length == 2**32 - 1 else length

    def _track(self, raw: dict[str, object]) -> Track:
        scale = raw.get("scale")
        scale = scale if isinstance(scale, int) else 0
        length = raw.get("length")
        stts = raw.get("stts")
        runs = _rows(stts, ">II") if isinstance(stts, bytes) else []
        stsd = raw.get("stsd")
        return Track(
            kind=str(raw.get("kind", "")),
            length_s=length / scale if isinstance(length, int) and scale and length else None,
            edits=self._edits(raw.get("elst"), scale),
            stts=tuple((count, delta / scale) for count, delta in runs) if scale else (),
            stts_runs=_count(stts),
            descriptions=_count(stsd),
        )

    def _edits(self, data: object, scale: int) -> tuple[Edit, ...]:
        if not isinstance(data, bytes) or len(data) < 8 or not self.timescale or not scale:
            return ()
        rows = _rows(data, ">Qqi" if data[0] == 1 else ">Iii")
        return tuple(Edit(length / self.timescale, start / scale if start >= 0 else None) for length, start, _ in rows)


def _count(data: object) -> int:
    """The entry count of a full box that begins with one."""
    return int(struct.unpack(">I", data[4:8])[0]) if isinstance(data, bytes) and len(data) >= 8 else 0


def _rows(data: bytes, form: str) -> list[tuple[int, ...]]:
    """The table after an 8-byte full-box head and count, as far as the bytes go."""
    if len(data) < 8:
        return []
    width = struct.calcsize(form)
    count = min(struct.unpack(">I", data[4:8])[0], (len(data) - 8) // width)
    return [struct.unpack_from(form, data, 8 + width * index) for index in range(count)]
