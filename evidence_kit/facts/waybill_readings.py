"""Which waybill numbers can be read off one item, and how sure that is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from evidence_kit.facts.printed_numbers import Printed, alike, decide, look_at
from evidence_kit.facts.unread_labels import Cause, cause_of, is_code
from evidence_kit.facts.waybill_numbers import carriers_of, normalise, of_barcode, of_print, other_kind, same_number
from evidence_kit.records import dataclass
from evidence_kit.schema import Deferred, Quad, Unknown
from evidence_kit.sensors.around_text import AroundText
from evidence_kit.sensors.codes import Codes, SeenCode, on_one_label
from evidence_kit.sensors.label_text import LabelText, open_labels
from evidence_kit.sensors.page_text import PageText, TextLine
from evidence_kit.sensors.under_text import UnderText
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
    other_papers: tuple[Quad, ...] = ()
    """Lines of print that no waybill has, but an invoice, a till's receipt or a newspaper; looked for where no number
    was read."""
    product_codes: tuple[Quad, ...] = ()
    """Bars off which a product's code was surely read (EAN, UPC)."""


LABEL_WORDS = r"(?i)快递|速运|速递|快运|物流(?!园)|面单|运单|收件|寄件|TRACKING|WAYBILL|SHIP\s*TO"
LABEL_WORD_SCORE = 0.8
PAPER_WORDS = (
    r"发票代码|发票号码|普通发票|专用发票|纳税人识别号|价税合计|购买方|销售方|开票日期|开户行|收银|会员卡|找零"
    r"|本报|记者[从在获了]|刊号"
)
"""Headings of invoices, which the tax form prescribes, words of till receipts and of newspapers. No waybill has them;
发票 alone may be what is sent."""
PAPER_WORD_SCORE = 0.8
CLOSE_ACCEPT, CLOSE_REJECT = 4, 2
"""Ways of looking closely that must give one text: from the first on it is a reading, below the second nothing.
A single look at a whole picture needs none: the decoder itself asks for several agreeing rows."""
CLOSE_PARTS = 2
"""Different parts of the bars among them."""
CLOSE_OTHERS = 0.1
"""Ways that gave another text, as a share of those that agree."""
MODEL_ACCEPT, MODEL_REJECT = 25.0, 15.0
"""How much likelier a text that a model reads off blurred bars must be than the next one. Below the first it counts
only where the print says the same; below the second it is not even shown as a part (points: ``close_look``)."""
MODEL_PARTS = 3
"""All parts of the bars that the model reads must give it."""
AGREED_CONFIDENCE = 0.97
"""Bars and print that are each unsure and say the same: they fail in different ways."""
DISAGREE_SCORE = 0.9
"""Weakest character of both looks at the printed line before its difference from the bars is reported."""


@fact(on="photo")
def waybill_readings(
    codes: Codes,
    under: Deferred[UnderText],
    near: Deferred[LabelText],
    around: Deferred[AroundText],
    whole: Deferred[PageText],
) -> WaybillReadings | Unknown:
    """What one photo reads: bars first and the digits under them; where bars say nothing, the print beside undecoded
    bars and then the whole picture's; where one label was read and another was not, the print about the other."""
    readings, partial = _by_bars(codes)
    below = under()
    if isinstance(below, Unknown):
        # Bars carry a checksum: what they say stands without the digits.
        return WaybillReadings(tuple(readings), partial=tuple(partial), label_seen=True) if readings else below
    readings, disagreements = _compared(readings, below.lines)
    readings, rivals = _without_rivals(readings, codes)
    partial += rivals
    lines: tuple[TextLine, ...] = ()
    papers: tuple[Quad, ...] = ()
    if not (readings or disagreements):
        beside = near()
        if isinstance(beside, Unknown):
            return beside
        lines = beside.lines
        readings, more = _read_on(readings, codes, lines, beside.engine)
        partial += more
    unread = _unread(codes, readings)
    if unread or not (readings or disagreements):
        here = (readings or disagreements) and not _left_out(unread, codes)
        text = around() if here else whole()
        if isinstance(text, Unknown):
            return WaybillReadings(tuple(readings), (), tuple(unread), tuple(partial), True) if readings else text
        readings, more = _read_on(readings, codes, (*lines, *text.lines), text.engine)
        partial += more
        unread = _unread(codes, readings) or ([] if readings else _named(text.lines))
        papers = () if readings else _other_papers((*lines, *text.lines))
    partial = [one for one in dict.fromkeys(partial) if not any(same_number(one, r.number) for r in readings)]
    seen = bool(readings or disagreements or partial or unread)
    products = _product_codes(codes)
    return WaybillReadings(tuple(readings), tuple(disagreements), tuple(unread), tuple(partial), seen, papers, products)


def _read_on(
    readings: list[WaybillReading], codes: Codes, lines: tuple[TextLine, ...], engine: str
) -> tuple[list[WaybillReading], tuple[str, ...]]:
    """``readings`` and what lines of print add to them; and numbers that are not sure enough."""
    printed = decide(lines)
    return _with_printed(_agreed(readings, codes, lines), printed, engine), printed.partial


def _by_bars(codes: Codes) -> tuple[list[WaybillReading], list[str]]:
    """Numbers that bars say, each once; and those that too few close looks agree on."""
    readings: list[WaybillReading] = []
    partial: list[str] = []
    for code in codes.seen:
        number = of_barcode(code.text, code.symbology)
        if number is None or any(same_number(number, old.number) for old in readings):
            continue
        if _sure(code):
            carriers = carriers_of(number)
            readings.append(WaybillReading(number, "barcode", code.symbology, code.quad, 0.99, codes.engine, carriers))
        elif code.agreeing >= CLOSE_REJECT:
            partial.append(number)
    for code in codes.guesses:
        number = of_barcode(code.text, code.symbology)
        if number is not None and code.margin >= MODEL_REJECT:
            partial.append(number)
    return readings, partial


def _sure(code: SeenCode) -> bool:
    """Whether bars alone make a reading."""
    if code.look == "model":
        return code.margin >= MODEL_ACCEPT and code.parts >= MODEL_PARTS and code.others == 0
    enough = code.agreeing >= CLOSE_ACCEPT and code.parts >= CLOSE_PARTS
    return code.look != "close" or (enough and code.others <= CLOSE_OTHERS * code.agreeing)


def _agreed(readings: list[WaybillReading], codes: Codes, lines: tuple[TextLine, ...]) -> list[WaybillReading]:
    """``readings`` and the numbers that unsure bars and a line of print both say, every character the same."""
    found = list(readings)
    printed = {of_print(line.text) or normalise(line.text) for line in lines}
    unsure = (*codes.guesses, *(code for code in codes.seen if not _sure(code)))
    for code in unsure:
        number = of_barcode(code.text, code.symbology)
        if number in printed and not any(same_number(number, old.number) for old in found):
            carriers, sure = carriers_of(number), AGREED_CONFIDENCE
            found.append(WaybillReading(number, "both", code.symbology, code.quad, sure, codes.engine, carriers))
    return found


def _without_rivals(readings: list[WaybillReading], codes: Codes) -> tuple[list[WaybillReading], list[str]]:
    """``readings`` without those that another one, nearly the same, shows to be misread; and their numbers.

    A single row of a torn or small code can pass its checksum with two wrong digits. Several parts of other bars that
    agree on nearly the same number outweigh it, unless the print says so too: two parcels may have numbers in a row.
    """
    parts = {of_barcode(code.text, code.symbology) for code in codes.seen if code.parts >= CLOSE_PARTS}
    sure = [one.number for one in readings if one.number in parts]
    lone = [
        one.number
        for one in readings
        if one.by == "barcode" and one.number not in parts and any(alike(one.number, other) for other in sure)
    ]
    return [one for one in readings if one.number not in lone], lone


def _compared(
    readings: list[WaybillReading], below: tuple[TextLine, ...]
) -> tuple[list[WaybillReading], list[Disagreement]]:
    """The bars' numbers with what is printed under them: both, or a disagreement where print surely says another."""
    compared: list[WaybillReading] = []
    disagreements: list[Disagreement] = []
    for reading in readings:
        lines = [line for line in below if line.quad == reading.quad]
        printed = [(of_print(line.text) or normalise(line.text), line) for line in lines]
        if any(same_number(text, reading.number) for text, _ in printed):
            compared.append(replace(reading, by="both", confidence=0.995))
            continue
        looks = [look for look in map(look_at, lines) if look is not None]
        if (
            len(looks) >= 2
            and len({look.number for look in looks}) == 1
            and min(look.weakest for look in looks) >= DISAGREE_SCORE
        ):
            disagreements.append(Disagreement(reading.number, looks[0].number, reading.quad))
        compared.append(reading)
    return compared, disagreements


def _with_printed(readings: list[WaybillReading], printed: Printed, engine: str) -> list[WaybillReading]:
    """``readings`` and the sure printed numbers that are not among them."""
    found = list(readings)
    for one in printed.sure:
        if not any(same_number(one.number, old.number) for old in found):
            score = round(one.score, 4)
            found.append(WaybillReading(one.number, "ocr", None, one.line.quad, score, engine, one.carriers))
    return found


def _unread(codes: Codes, readings: list[WaybillReading]) -> list[UnreadLabel]:
    """Bars of labels of which no number was read; other copies on a label that was read do not count.

    Nor do bars of which a closer look read a product's code: they are no waybill's.
    """
    taken = [reading.quad for reading in readings if reading.quad is not None]
    products = {frozenset(quad) for quad in _product_codes(codes)}
    return [
        UnreadLabel(region.quad, *cause_of(region))
        for region in codes.unread
        if is_code(region)
        and frozenset(region.quad) not in products
        and not any(on_one_label(quad, region.quad, codes.width, codes.height) for quad in taken)
    ]


def _product_codes(codes: Codes) -> tuple[Quad, ...]:
    """Where bars surely say a product's number."""
    return tuple(code.quad for code in codes.seen if _sure(code) and other_kind(code.text, code.symbology) == "product")


def _left_out(unread: list[UnreadLabel], codes: Codes) -> bool:
    """Whether undecoded bars stand where ``around_text`` does not look."""
    looked = [region.quad for region in open_labels(codes)]
    return any(
        not any(quad == label.quad or on_one_label(quad, label.quad, codes.width, codes.height) for quad in looked)
        for label in unread
    )


def _named(lines: tuple[TextLine, ...]) -> list[UnreadLabel]:
    """A label that names itself in print although no bars were found."""
    named = [line for line in lines if re.search(LABEL_WORDS, line.text) and line.score >= LABEL_WORD_SCORE]
    return [UnreadLabel(named[0].quad, None)] if named else []


def _other_papers(lines: tuple[TextLine, ...]) -> tuple[Quad, ...]:
    """Where print names a paper that is no waybill, each line once."""
    named = (line.quad for line in lines if line.score >= PAPER_WORD_SCORE and re.search(PAPER_WORDS, line.text))
    return tuple(dict.fromkeys(named))
