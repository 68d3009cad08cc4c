"""Which waybill numbers can be read off one item, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evidence_kit.facts.waybill_numbers import carriers_of, of_barcode, of_print, same_number
from evidence_kit.schema import Deferred, Quad, Unknown
from evidence_kit.sensors.codes import Codes
from evidence_kit.sensors.label_text import LabelText
from evidence_kit.sensors.page_text import PageText, TextLine
from evidence_kit.wiring import fact


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


@fact(on="photo")
def waybill_readings(
    codes: Codes, near: Deferred[LabelText], whole: Deferred[PageText]
) -> WaybillReadings | Unknown:
    """What one photo reads: bars first, then the digits beside them, then the whole picture."""
    readings: list[WaybillReading] = []
    for code in codes.seen:
        number = of_barcode(code.text, code.symbology)
        if number is not None and not any(same_number(number, old.number) for old in readings):
            readings.append(
                WaybillReading(number, "barcode", code.symbology, code.quad, 0.99, codes.engine, carriers_of(number))
            )
    if readings:
        return WaybillReadings(tuple(readings), label_seen=True)
    lines: list[TextLine] = []
    for deferred in (near, whole):
        text = deferred()
        if isinstance(text, Unknown):
            return text
        lines += text.lines
        for line in text.lines:
            number = of_print(line.text)
            if number is not None and line.score > 0.9 and not any(same_number(number, r.number) for r in readings):
                readings.append(
                    WaybillReading(number, "ocr", None, line.quad, line.score, text.engine, carriers_of(number))
                )
        if readings:
            return WaybillReadings(tuple(readings), label_seen=True)
    unread = tuple(UnreadLabel(region.quad, None) for region in codes.unread)
    return WaybillReadings((), (), unread, label_seen=True if unread else None)
