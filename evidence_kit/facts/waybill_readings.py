"""Which waybill numbers can be read off one item, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evidence_kit.schema import Quad


@dataclass(frozen=True, slots=True)
class WaybillReading:
    """One number, accepted as a waybill number by rules 1e.16 without knowledge of the expected one."""

    number: str
    """Normalised: upper case, no spaces, no hyphens, JD's trailing ``-n-n-`` stripped."""
    by: Literal["barcode", "ocr", "both"]
    symbology: str | None
    quad: Quad | None
    confidence: float
    """0..1; a checksummed code is 0.99, OCR its own mean character score."""
    engine: str
    carriers: tuple[str, ...] = ()
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A label whose bars and printed digits say different numbers (CODES_DISAGREE)."""

    barcode: str
    printed: str
    quad: Quad | None
    at_s: float | None = None


Cause = Literal["TOO_BLURRED", "TOO_SMALL", "TOO_DARK", "GLARE", "CUT_OFF", "BARCODE_FADED"]


@dataclass(frozen=True, slots=True)
class UnreadLabel:
    """A place that looks like a waybill label or its barcode, off which no number was accepted."""

    quad: Quad
    cause: Cause | None
    """The measured reason, None where none of them is measurably so."""
    measured: float | None = None
    limit: float | None = None
    unit: str = "1"
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class WaybillReadings:
    """Everything that the reader established about one photo or one video."""

    readings: tuple[WaybillReading, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    unread: tuple[UnreadLabel, ...] = ()
    partial: tuple[str, ...] = ()
    """Strings that look like part of a waybill number, or one not sure enough; never compared as a reading."""
    label_seen: bool | None = None
    """True: read or seen; False: looked for and not there; None: could not be told."""
