"""What documents' pictures say: receipts, certificates with a seal, chats, rulers (R07, R43, R44, R48, R52).

Each fact has an honest middle: what was not read is None, never a guess. Points were set on drawn papers and are
reported on others (``python -m benchmarks documents --part papers``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TypeVar

from evidence_kit.facts.printed_numbers import decide
from evidence_kit.facts.waybill_numbers import same_number
from evidence_kit.facts.waybill_readings import WaybillReadings
from evidence_kit.records import dataclass
from evidence_kit.schema import Deferred, Quad, Unknown
from evidence_kit.sensors.number_lines import TextLine
from evidence_kit.sensors.page_text import PageText
from evidence_kit.sensors.paper_text import Glyph, PaperLine, PaperText
from evidence_kit.sensors.red_marks import RedMark, RedMarks
from evidence_kit.wiring import fact

T = TypeVar("T")

LINE_ACCEPT = 0.8
"""Mean character score from which a line's words count."""
FIGURE_ACCEPT = 0.9
"""The same of a figure; both networks must give it."""

SEAL_RIM_ACCEPT, SEAL_RIM_REJECT = 0.75, 0.5
"""Share of an oval's rim on which red lies. Drawn seals 0.8 and more, worn ones from 0.6, red headlines below 0.5."""
SEAL_FILLED_LEAST, SEAL_FILLED_MOST = 0.08, 0.8
"""Red share of the oval: a ring with words, neither a thin scribble nor a red disc."""
SEAL_ASPECT_MOST = 1.8

CHAT_LINES = 3
CHAT_LEFT, CHAT_RIGHT = 0.3, 0.7
"""Lines that begin left of the first share of the width, and lines that end right of the second: two who speak."""
RULER_RUN_ACCEPT, RULER_RUN_REJECT = 5, 3
"""Figures in a row that count up by one (or ten) at even steps."""
EVEN = 0.3
"""Share by which one step between two figures may differ from the usual one."""

_AMOUNT = (
    r"(?:运费|金额|合计|实付|实收|应付|应收|费用|总计|总额|邮费|快递费)\D{0,8}?(\d{1,6}(?:\.\d{1,2})?)(?!\d|[-/:年月])"
    r"|[¥\uffe5]\s*(\d{1,6}(?:\.\d{1,2})?)|(\d{1,6}\.\d{1,2})\s*元|(\d{1,6})\s*元"
)
_DAY = r"(20\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})"
_NAMED_NUMBER = (
    r"(?:^|[^订定])(?:运?单号码?|运单|快件编?号)[\s:\uff1a为是]{0,6}"
    r"([0-9A-Za-z][0-9A-Za-z\- ]{8,32}[0-9A-Za-z])(?![0-9A-Za-z])"
)
"""A number in a letter's sentence, by its name; an order's number has another one."""
_LABEL_NAME = "运单号:"
_CLOCK = r"\b\d{1,2}:\d{2}(?::\d{2})?\b|昨天|星期[一二三四五六日天]|[上下]午|凌晨"
_CHAT_WORDS = (
    r"客服|亲[,\uff0c!\uff01~]|您好|你好|在吗|已读|未读|发送|按住说话|旺旺|聊天|店铺|退款|收到|好的|谢谢|撤回了"
)


@dataclass(frozen=True, slots=True)
class ReceiptFields:
    """What a freight receipt says."""

    amounts: tuple[float, ...] = ()
    """In yuan, as far as both networks agree; several where the paper has several."""
    days: tuple[date, ...] = ()
    numbers: tuple[str, ...] = ()
    """Waybill numbers, normalised."""
    text_seen: bool = False
    """Words were read: what was not found is not there, rather than out of sight."""


@dataclass(frozen=True, slots=True)
class SealShown:
    seal: bool | None
    """True where a red round or oval mark stands, None where it may be other red, False where none does."""
    numbers: tuple[str, ...] = ()
    quad: Quad | None = None


@dataclass(frozen=True, slots=True)
class ChatShown:
    chat: bool | None
    """True where two speak, with times or the words of a shop's chat; False where nothing is written; None between."""
    text: str = ""
    """All lines that were read surely enough, joined without spaces."""


@dataclass(frozen=True, slots=True)
class RulerShown:
    ruler: bool | None
    """True where figures count up at even steps; False where no figure stands; None between."""
    run: tuple[int, ...] = ()
    quad: Quad | None = None


@fact(on="photo", roles=("freight_receipt",))
def receipt_fields(text: PaperText, readings: WaybillReadings) -> ReceiptFields:
    """Amount, time and number of one receipt."""
    amounts: dict[float, None] = {}
    days: dict[date, None] = {}
    for line in text.lines:
        for amount in _agreed(line, _amounts):
            amounts[amount] = None
        for day in _agreed(line, _days):
            days[day] = None
    return ReceiptFields(
        tuple(amounts),
        tuple(days),
        tuple(reading.number for reading in readings.readings),
        bool(_words(text.lines)),
    )


@fact(on="photo", roles=("seal_certificate",))
def seal_shown(marks: RedMarks, readings: WaybillReadings, page: Deferred[PageText]) -> SealShown:
    """The red seal and the number on one certificate."""
    numbers = tuple(reading.number for reading in readings.readings)
    if not numbers:
        text = page()
        numbers = () if isinstance(text, Unknown) else named_numbers(text.lines)
    best = max(marks.marks, key=lambda mark: mark.rim, default=None)
    return SealShown(False, numbers) if best is None else SealShown(_seal(best), numbers, best.quad)


def _seal(mark: RedMark) -> bool | None:
    shaped = mark.aspect <= SEAL_ASPECT_MOST and SEAL_FILLED_LEAST <= mark.filled <= SEAL_FILLED_MOST
    if shaped and mark.rim >= SEAL_RIM_ACCEPT:
        return True
    return None if mark.rim >= SEAL_RIM_REJECT else False


@fact(on="photo", roles=("chat",))
def chat_shown(text: PaperText) -> ChatShown:
    """Whether one picture is a chat, and its words."""
    lines = [line for line in text.lines if line.score >= LINE_ACCEPT]
    joined = "".join(line.text.replace(" ", "") for line in lines)
    if not text.lines:
        return ChatShown(False)
    left = sum(_edge(line)[0] < CHAT_LEFT and _edge(line)[1] < 1 - 0.5 * (1 - CHAT_RIGHT) for line in lines)
    right = sum(_edge(line)[1] > CHAT_RIGHT and _edge(line)[0] > 0.5 * CHAT_LEFT for line in lines)
    signs = bool(re.search(_CLOCK, " ".join(line.text for line in lines))) + bool(re.search(_CHAT_WORDS, joined))
    two = len(lines) >= CHAT_LINES and left >= 1 and right >= 1
    return ChatShown(True if two and signs >= 1 else None, joined)


@fact(on="photo", roles=("measure",))
def ruler_shown(text: PaperText) -> RulerShown:
    """Whether a ruler's or tape's figures can be read on one picture."""
    figures = [(value, at, line) for line in text.lines for value, at in _figures(line)]
    run = _longest_run([(value, at) for value, at, _ in figures])
    if len(run) >= RULER_RUN_ACCEPT:
        quad = next(line.quad for value, at, line in figures if (value, at) == run[0])
        return RulerShown(True, tuple(value for value, _ in run), quad)
    if figures:
        return RulerShown(None, tuple(value for value, _ in run) if len(run) >= RULER_RUN_REJECT else ())
    return RulerShown(False if not text.lines else None)


def named_numbers(lines: Sequence[TextLine]) -> tuple[str, ...]:
    """Waybill numbers that a letter's sentences name; the reader of labels knows only the names that labels print.

    How sure both networks must be is the label reader's own measure (``printed_numbers.decide``).
    """
    found = decide([one for line in lines for one in _named(line)]).sure
    numbers: list[str] = []
    for one in found:
        if not any(same_number(one.number, other) for other in numbers):
            numbers.append(one.number)
    return tuple(numbers)


def _named(line: TextLine) -> Iterable[TextLine]:
    """The part of ``line`` that is a named number, as a label would print it, with its own characters."""
    spread = [character for character in line.characters for _ in character.text]
    text = "".join(character.text for character in line.characters)
    for match in re.finditer(_NAMED_NUMBER, text):
        start, end = match.span(1)
        yield replace(line, text=_LABEL_NAME + match.group(1), characters=tuple(spread[start:end]))


# --- inside -------------------------------------------------------------------------------------------------------


def _words(lines: Iterable[PaperLine]) -> list[PaperLine]:
    return [line for line in lines if line.score >= LINE_ACCEPT and len(line.text) > 1]


def _agreed(line: PaperLine, take: Callable[[str], list[T]]) -> list[T]:
    """What both networks read on one line, each being sure of it."""
    if min(line.score, line.second_score) < FIGURE_ACCEPT:
        return []
    first, second = take(line.text), take(line.second)
    return list(first) if first == second else []


def _amounts(text: str) -> list[float]:
    text = text.replace(" ", "").replace(":", ":")
    return [float(next(group for group in found.groups() if group)) for found in re.finditer(_AMOUNT, text)]


def _days(text: str) -> list[date]:
    found = []
    for match in re.finditer(_DAY, text.replace(" ", "")):
        try:
            found.append(date(*(int(part) for part in match.groups())))
        except ValueError:
            continue
    return found


def _edge(line: PaperLine) -> tuple[float, float]:
    """Leftmost and rightmost of a line, as shares of the width."""
    xs = [x for x, _ in line.quad]
    return min(xs), max(xs)


def _figures(line: PaperLine) -> list[tuple[int, tuple[float, float]]]:
    """Whole numbers on a line with their places. Figures that stand apart are numbers of their own."""
    digits = [glyph for glyph in line.glyphs if glyph.text.isdigit() and glyph.text.isascii() and glyph.score >= 0.6]
    if not digits:
        return []
    gaps = sorted(b.place - a.place for a, b in pairwise(digits))
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = line.quad
    length = max(1e-6, ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5)
    height = ((x3 - x0) ** 2 + (y3 - y0) ** 2) ** 0.5
    near = 0.75 * height / length if gaps else 0.0
    groups: list[list[Glyph]] = []
    for glyph in digits:
        if groups and glyph.place - groups[-1][-1].place <= near:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    found = []
    for group in groups:
        if len(group) > 3:
            continue
        place = sum(glyph.place for glyph in group) / len(group)
        left, right = ((x0 + x3) / 2, (y0 + y3) / 2), ((x1 + x2) / 2, (y1 + y2) / 2)
        at = (left[0] + (right[0] - left[0]) * place, left[1] + (right[1] - left[1]) * place)
        found.append((int("".join(glyph.text for glyph in group)), at))
    return found


def _longest_run(
    figures: Sequence[tuple[int, tuple[float, float]]],
) -> list[tuple[int, tuple[float, float]]]:
    """The longest row of figures that count by one or by ten at even steps along a line."""
    best: list[tuple[int, tuple[float, float]]] = []
    by_value: dict[int, list[tuple[float, float]]] = {}
    for value, at in figures[:400]:
        by_value.setdefault(value, []).append(at)
    for count in (1, 10):
        for value, starts in by_value.items():
            for start in starts[:6]:
                for second in by_value.get(value + count, [])[:6]:
                    run = _follow(by_value, value, count, start, second)
                    if len(run) > len(best):
                        best = run
    return best


def _follow(
    by_value: dict[int, list[tuple[float, float]]],
    value: int,
    count: int,
    start: tuple[float, float],
    second: tuple[float, float],
) -> list[tuple[int, tuple[float, float]]]:
    run = [(value, start), (value + count, second)]
    while True:
        (_, a), (last, b) = run[-2:]
        step = (b[0] - a[0], b[1] - a[1])
        size = (step[0] ** 2 + step[1] ** 2) ** 0.5
        wanted = (b[0] + step[0], b[1] + step[1])
        options = by_value.get(last + count, [])
        near = [at for at in options if ((at[0] - wanted[0]) ** 2 + (at[1] - wanted[1]) ** 2) ** 0.5 <= EVEN * size]
        if size < 1e-4 or not near:
            return run
        run.append((last + count, near[0]))
