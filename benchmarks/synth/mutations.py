"""Good files made bad in every way that an upload goes wrong or a forger tries: deterministic mutations of bytes.

``mutated(data, seed)`` gives one; ``spread(folder, sources, count, first)`` writes many, one case folder for each.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

Mutation = Callable[[bytearray, random.Random], bytes]
EXTENSIONS = ("jpg", "png", "heic", "gif", "webp", "mp4", "mov", "avi", "mkv", "wmv", "3gp", "JPG", "")
NUMBERS = (0, 1, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
"""Where counters and sizes overflow."""


def cut_short(data: bytearray, draw: random.Random) -> bytes:
    return bytes(data[: draw.randrange(len(data) + 1)])


def flip_bits(data: bytearray, draw: random.Random) -> bytes:
    for _ in range(draw.choice((1, 3, 30, 300))):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(data)


def spoil_head(data: bytearray, draw: random.Random) -> bytes:
    """Numbers out of reason among the first bytes: that is where sizes and counts stand."""
    for _ in range(draw.randint(1, 4)):
        _put_number(data, draw.randrange(min(len(data), 512)), draw)
    return bytes(data)


def spoil_numbers(data: bytearray, draw: random.Random) -> bytes:
    for _ in range(draw.randint(1, 12)):
        _put_number(data, draw.randrange(len(data)), draw)
    return bytes(data)


def drop_middle(data: bytearray, draw: random.Random) -> bytes:
    begin = draw.randrange(len(data))
    del data[begin : begin + draw.randrange(1, 4096)]
    return bytes(data)


def repeat_part(data: bytearray, draw: random.Random) -> bytes:
    begin = draw.randrange(len(data))
    part = data[begin : begin + draw.randrange(1, 2048)]
    return bytes(data[:begin] + part * draw.randint(2, 40) + data[begin:])


def blank_part(data: bytearray, draw: random.Random) -> bytes:
    begin = draw.randrange(len(data))
    count = min(draw.randrange(1, 8192), len(data) - begin)
    data[begin : begin + count] = bytes([draw.choice((0, 255, 32))]) * count
    return bytes(data)


def swap_parts(data: bytearray, draw: random.Random) -> bytes:
    at = draw.randrange(len(data))
    return bytes(data[at:] + data[:at])


def spoil_boxes(data: bytearray, draw: random.Random) -> bytes:
    """Sizes and names of an MP4's boxes, wherever one of the usual names stands."""
    names = (b"moov", b"trak", b"mdia", b"stbl", b"stts", b"stsz", b"stco", b"elst", b"mdhd", b"mvhd", b"avcC")
    places = [at for name in names for at in _places(data, name)]
    for at in draw.sample(places, k=min(len(places), draw.randint(1, 3))):
        if draw.random() < 0.7:
            data[at - 4 : at] = struct.pack(">I", draw.choice((*NUMBERS, draw.randrange(4096))))
        else:
            _put_number(data, at + draw.randrange(4, 32), draw)
    return bytes(data)


def noise(data: bytearray, draw: random.Random) -> bytes:
    """The head stays, so that the kind is believed; the rest is noise."""
    keep = min(len(data), draw.choice((0, 12, 64, 600)))
    return bytes(data[:keep]) + draw.randbytes(draw.randrange(20_000))


MUTATIONS: tuple[Mutation, ...] = (
    cut_short,
    flip_bits,
    spoil_head,
    spoil_numbers,
    drop_middle,
    repeat_part,
    blank_part,
    swap_parts,
    spoil_boxes,
    noise,
)


def mutated(data: bytes, seed: int) -> bytes:
    """One bad file from a good one: one mutation, or two on top of each other."""
    draw = random.Random(seed)
    for _ in range(draw.choice((1, 1, 2))):
        if data:
            data = draw.choice(MUTATIONS)(bytearray(data), draw)
    return data


def spread(folder: Path, sources: Sequence[Path], count: int, first: int = 0) -> None:
    """``count`` cases of one bad file each, seeds from ``first``; every fifth bears another kind's name."""
    for seed in range(first, first + count):
        draw = random.Random(-seed - 1)
        source = sources[seed % len(sources)]
        extension = draw.choice(EXTENSIONS) if seed % 5 == 0 else source.suffix[1:]
        case = folder / f"{seed:06d}-{source.stem}"
        case.mkdir(parents=True, exist_ok=True)
        name = f"file.{extension}" if extension else "file"
        (case / name).write_bytes(mutated(source.read_bytes(), seed))


# --- inside ---


def _put_number(data: bytearray, at: int, draw: random.Random) -> None:
    width, form = draw.choice(((1, "B"), (2, "H"), (4, "I")))
    number = draw.choice(NUMBERS) & ((1 << 8 * width) - 1)
    data[at : at + width] = struct.pack(draw.choice("<>") + form, number)


def _places(data: bytearray, name: bytes) -> list[int]:
    found: list[int] = []
    at = data.find(name, 4)
    while at >= 0 and len(found) < 8:
        found.append(at)
        at = data.find(name, at + 1)
    return found
