"""The kinds of limit that a pack may set, with unit and sane range. Standard library only.

A rule annotates its keyword-only parameters with these; a pack's value of another type, or outside the range, is a
load error ("300" for bytes is surely meant as megabytes).
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, get_args, get_origin

from evidence_kit.records import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """Unit name and the range in which a value makes sense, both ends included."""

    name: str
    least: float
    most: float


Photos = Annotated[int, Unit("photo", 0, 1000)]
Count = Annotated[int, Unit("1", 0, 1000)]
Faces = Annotated[int, Unit("face", 1, 6)]
Bytes = Annotated[int, Unit("byte", 100_000, 10**12)]
Seconds = Annotated[float, Unit("s", 0.0, 7200.0)]
Minutes = Annotated[float, Unit("min", 0.0, 1440.0)]
Hours = Annotated[float, Unit("h", 0.0, 2400.0)]
"""0 means that the document opens no such route."""
Days = Annotated[int, Unit("day", 1, 366)]
Amount = Annotated[float, Unit("yuan", 0.0, 1e6)]
Grams = Annotated[float, Unit("g", 0.0, 100_000.0)]
Share = Annotated[float, Unit("1", 0.0, 1.0)]
Names = Annotated[tuple[str, ...], Unit("text", 1, 100)]
Keys = Annotated[tuple[str, ...], Unit("manifest key", 1, 100)]
Direction = Literal["return", "outbound", "either"]
SignOff = Literal["return_signed_at", "buyer_signed_at"]
Moment = Literal[
    "ordered_at",
    "paid_at",
    "shipped_at",
    "buyer_signed_at",
    "completed_at",
    "refund_requested_at",
    "return_agreed_at",
    "responded_at",
    "return_signed_at",
    "refused_at",
    "refund_succeeded_at",
    "first_evidence_at",
    "submitted_at",
]
"""A moment of the order, as the manifest names it without ``order.``."""


def describe(annotation: Any) -> str:
    """What a pack must write for a limit of this kind, for error messages and ``explain``."""
    if get_origin(annotation) is Literal:
        return "one of " + ", ".join(map(repr, get_args(annotation)))
    base, unit = _parts(annotation)
    if get_origin(base) is tuple:
        return "a list of texts"
    word = {int: "a whole number", float: "a number", bool: "true or false"}[base]
    return f"{word} of {unit.name}, {unit.least:g} to {unit.most:g}" if unit else word


def convert(value: Any, annotation: Any) -> Any:
    """``value`` as the limit's type. ValueError names what was expected."""
    if get_origin(annotation) is Literal:
        if value in get_args(annotation):
            return value
        raise ValueError(f"expected {describe(annotation)}, not {value!r}")
    base, unit = _parts(annotation)
    expected = f"expected {describe(annotation)}, not {value!r}"
    if get_origin(base) is tuple:
        if not isinstance(value, (list, tuple)) or not all(isinstance(entry, str) for entry in value):
            raise ValueError(expected)
        return tuple(value)
    if base is bool:
        if not isinstance(value, bool):
            raise ValueError(expected)
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -math.inf < value < math.inf:
        raise ValueError(expected)
    if base is int and value != int(value):
        raise ValueError(expected)
    if unit and not unit.least <= value <= unit.most:
        raise ValueError(expected)
    return base(value)


def _parts(annotation: Any) -> tuple[Any, Unit | None]:
    if get_origin(annotation) is Annotated:
        base, *notes = get_args(annotation)
        return base, next((note for note in notes if isinstance(note, Unit)), None)
    return annotation, None
