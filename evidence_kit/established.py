"""What was established of one file, kept between runs as one entry beside its measurements.

A changed limit changes no fact. Facts are cheap each, but a case has dozens, and their measurements are long to read
back. An entry holds only what follows from the file: from its content, name and role, the code of sensors and facts,
the versions of their packages and the options. What follows from the case's statements is made anew.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec

from evidence_kit.records import dataclass
from evidence_kit.schema import Case, Item, Kind, Submission, Unknown
from evidence_kit.wiring import Provider

MOST_BYTES = 8_192
"""Of one fact in an entry. A larger one carries its measurement along, which is kept already."""
ROOMS = ("*.py", "facts/*.py", "sensors/**/*.py", "intake/*.py")
"""Where the code is that facts follow from: everything below the engine that they may import."""
_FIELDS = tuple(entry for entry in fields(Item) if entry.name != "path")
"""Where a file lies says nothing of what it is."""


@dataclass(frozen=True, slots=True)
class Established:
    """What is known of one item when its pixels are let go."""

    known: Mapping[type, Any]
    """By type; an Unknown where it could not be established."""
    again: tuple[type, ...]
    """Known as well; they are made anew from kept measurements when they are asked for."""
    sensors: tuple[str, ...]
    """Those that answered, by name."""


@dataclass(frozen=True, slots=True)
class _Entry:
    known: dict[str, msgspec.Raw]
    unknown: dict[str, Unknown]
    again: list[str]
    sensors: list[str]


def key_of(items: Iterable[Item], wanted: Iterable[type], about: Iterable[str]) -> str:
    """Names all that an entry of one item, or of two, follows from; ``about`` are code, packages and options."""
    seen = (f"{entry.name}={getattr(item, entry.name)}" for item in items for entry in _FIELDS)
    parts = ("established", *about, *seen, *sorted(map(_name, wanted)))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def code_print(providers: tuple[Provider, ...]) -> str | None:
    """Changes with the code that facts follow from (``ROOMS``, and the modules that hold ``providers``).

    None where the code is no file that can be read.
    """
    here = Path(__file__).parent
    files = {path for room in ROOMS for path in here.glob(room)}
    homes = (sys.modules.get(provider.function.__module__) for provider in providers)
    files |= {Path(str(getattr(home, "__file__", None))) for home in homes}  # none of what was typed into a prompt
    digest = hashlib.sha256()
    try:
        for path in sorted(files):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    except OSError:
        return None
    return digest.hexdigest()


def of_item_alone(provider: Provider, slots: Mapping[tuple[type, Kind], Provider]) -> bool:
    """Whether what ``provider`` gives follows from the file: nothing on its way asks for the case or for others."""
    for need in provider.signature.needs:
        if need.form in ("each", "pairs") or need.type in (Case, Submission):
            return False
        sources = (slots.get((need.type, kind)) for kind in provider.on)
        if any(source is not None and not of_item_alone(source, slots) for source in sources):
            return False
    return True


def encode(known: Mapping[type, Any], sensors: Iterable[str], *, anew: Iterable[type] = ()) -> str:
    """An entry's text. ``anew``, and what would not come back the same or is long, are named in it only."""
    again = list(map(_name, anew))
    kept: dict[str, msgspec.Raw] = {}
    unknown: dict[str, Unknown] = {}
    for kind, value in known.items():
        if isinstance(value, Unknown):
            unknown[_name(kind)] = value
            continue
        written = msgspec.json.encode(value)
        if len(written) <= MOST_BYTES and _comes_back(value, written, kind):
            kept[_name(kind)] = msgspec.Raw(written)
        else:
            again.append(_name(kind))
    return msgspec.json.encode(_Entry(kept, unknown, again, sorted(sensors))).decode()


def decode(text: str, types: Iterable[type]) -> Established | None:
    """The entry in ``text``; None where it is damaged or of another shape: a miss. ``types`` may stand in it."""
    named = {_name(kind): kind for kind in types}
    try:
        entry = msgspec.json.decode(text, type=_Entry)
        known: dict[type, Any] = {
            named[name]: msgspec.json.decode(raw, type=named[name]) for name, raw in entry.known.items()
        }
        return Established(
            known | {named[name]: value for name, value in entry.unknown.items()},
            tuple(named[name] for name in entry.again),
            tuple(entry.sensors),
        )
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError, KeyError):
        return None


def _comes_back(value: Any, written: bytes, kind: type) -> bool:
    """Whether ``written`` is read as the same value: 0 for a float would come back as 0.0."""
    try:
        back: Any = msgspec.json.decode(written, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError):
        return False
    return bool(back == value) and msgspec.json.encode(back) == written


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
