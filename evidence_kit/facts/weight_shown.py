"""Which weight stands on the display of a scale, and how sure that is (R24, R25).

A wrong weight is worse than none. Digits count where two looks agree and none that is sure says otherwise; a point
counts where two looks see it at one place, and is absent only where none sees it. Set on the development part of
``python -m benchmarks documents --part scales``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Literal

from evidence_kit.records import dataclass
from evidence_kit.schema import Quad
from evidence_kit.sensors.digit_strip import StripLook
from evidence_kit.sensors.scale_display import DisplayLine, LineLook, ScaleDisplay
from evidence_kit.sensors.segment_cells import Cell
from evidence_kit.wiring import fact

Unit = Literal["g", "kg", "斤", "lb", "oz"]
GRAMS: dict[str, float] = {"g": 1.0, "kg": 1000.0, "斤": 500.0, "lb": 453.59237, "oz": 28.349523125}

LIT_ACCEPT, LIT_REJECT = 0.6, 0.4
"""Level from which a segment is lit, and up to which it is not; a digit with one between is undecided."""
POINT_ACCEPT, POINT_REJECT = 0.5, 0.25
"""The same of a point. Points of 0.6 to 1.2 and feet without one of -0.1 to 0.2 in the development photos."""
SCORE_ACCEPT, SCORE_REJECT = 0.75, 0.4
"""Mean character score from which a network's reading is a look, and below which it says nothing at all."""
LONE_ACCEPT = 0.95
"""Both networks must be so sure where the segments are no digits: printed figures, screens, dot matrices."""
NAMED_ACCEPT = 0.9
"""The same of figures with their name before them: that is print, and the line has more characters to be sure of."""
LEAST_HEIGHT = 24.0
"""Pixels of a line's height below which a point may be no pixel wide. Legible ones of development begin at 30."""
LEAST_DIGITS = 2
"""A lone digit is too little to agree on: any box is an eight, any stroke a one."""
PRINT_LINES = 2
"""Lines of words read surely, on a photo without any figure: its display would have been read too."""
SEGMENT_DIGITS = 2
"""So many cells that are digits make a line one of segments; the networks' word alone is then not taken."""
PRINT_ACCEPT = 0.99
"""Both networks are so sure of print, and hardly ever of segments."""
POINT_LEAD = 0.3
"""A point both networks see stands out by so much from the feet of the other digits, whose strokes run wide."""
LONE_POINT_ACCEPT, LONE_POINT_LEAD = 0.8, 0.5
"""A point measured so strongly, and so far above the other feet, stands without a network's word: they lose two points
in five on displays. Of two digits there is no other foot, and strokes with round ends run into the gap."""
WIDEST_PITCH = 1.05
"""Digit heights from one digit's right to the next one's; more, and a digit between them is hidden."""
APART = 0.55
"""An undecided cell so far from the digits, in digit heights, is a mark or a unit, not a digit."""
TURNED = 0.12
"""The line upside down must read so much worse before a number of turnable digits is believed; letters elsewhere
on the photo settle it from this lead on too."""
UPRIGHT_LEAD = 0.3
"""What the network of displays reads this way up is likelier by so much than what it reads upside down: of 161 lines of
turnable digits of development 123 are, and none is the other way round."""
LETTERS = 3
"""Letters on a line from which it tells which way up the photo stands."""
STRAY_SCORE = 0.6
"""A line beside the digits that both networks read worse is a mark or a smudge, no second unit."""
TALLEST = 1.4
"""A number so many times taller than any other is the display's."""
STRIP_ACCEPT, STRIP_DENY = 0.4, 0.5
"""Probability from which what the network of displays reads is a look, and from which it denies another number."""
PRINT_DENY = 0.8
"""The latter where both networks for text are surer than of a display."""
HIDDEN_REJECT = 0.3
"""Probability of a covered digit on the line from which its number does not count."""
AROUND_REJECT = 0.2
"""The same beside the line, where a bezel is taken for one more easily."""

PATTERNS = {
    "abcdef": "0", "bc": "1", "abdeg": "2", "abcdg": "3", "bcfg": "4", "acdfg": "5", "acdefg": "6", "cdefg": "6",
    "abc": "7", "abcf": "7", "abcdefg": "8", "abcdfg": "9", "abcfg": "9",
}  # fmt: skip
"""Lit segments to digits, with the two ways to draw a six, a seven and a nine."""
TURNABLE = frozenset("0125689")
"""Digits that are digits upside down too."""

_NUMBER = r"\d+(?:[.,。:：·]\d+)?"
_LETTERS_AS_DIGITS = str.maketrans("SOoIlBZ", "5001182")
"""What the networks make of single digits of segments; undone only where the segments themselves are decided."""
_CUT_OFF = r"[(\[{<|]\s*\d"
"""What the edge of a finger or of a sticker before the first digit is read as: a digit may lie under it."""
_NAMED_IN_LINE = r"[\u4e00-\u9fff]{2}\W{0,3}\d|[A-Za-z]{3}\s*[:\uff1a]\s*\d"
"""Words on the figure's own line, those in letters with a colon: no display of segments has them."""
_GARBLED_KG = r"(?i)(?<=\d)k[0q98]$"
_TAIL = r"(?i)(?<=\d)(?:kg|g|oz|0z|lbs?|[1|Il]b)$"
"""A unit that the networks read as part of the number's own line."""
_GARBLED_G = frozenset("09864")
"""What they read a small g beside digits as."""
_GARBLED: dict[str, frozenset[str]] = {
    "g": frozenset({"9", "Q", "6", "S", "8"}),
    "kg": frozenset({"K9", "KQ", "K0", "KO", "RG", "HG", "K", "K6", "K8", "KS"}),
    "lb": frozenset({"1B", "IB", "B", "1H", "LH", "16", "I6", "L6"}),
    "oz": frozenset({"0Z", "02", "O2", "Z"}),
    "斤": frozenset({"厅", "F", "斥", "行"}),
}
"""How one network misreads a small unit that the other reads."""
_UNIT_WORDS: tuple[tuple[str, Unit], ...] = (
    ("千克", "kg"), ("公斤", "kg"), ("KG", "kg"), ("市斤", "斤"), ("斤", "斤"), ("克", "g"), ("LBS", "lb"),
    ("LB", "lb"), ("磅", "lb"), ("OZ", "oz"), ("盎司", "oz"), ("G", "g"),
)  # fmt: skip
_STRIP = r"#*(\d+(?:\.\d+)?)[gklboz斤#]*"
"""A strip with one whole number on it: print before it, a unit and print after it."""
_NOT_THE_WEIGHT = (
    r"(?i)MAX|MIN|最大|最小|量程|称量|[DE]\s*[=:]|单价|金额|总价|单号|编号|"
    r"\bNo\b|№|时间|日期|运费|电话|件数|电量|电池|[%\uff05℃]"
)
_WEIGHT_WORD = r"(?i)重量|净重|毛重|称重|WEIGHT|NET"
_MONEY = r"元|¥|¥"
_UNIT_IN_NAME = (
    r"(?i)(?:重量|净重|毛重|称重|WEIGHT)[^(\uff08]{0,3}[(\uff08\[]\s*([A-Za-z\u4e00-\u9fff]{1,3})\s*[)\uff09\]]?"
)


@dataclass(frozen=True, slots=True)
class WeightShown:
    """What one photo shows of a weight."""

    digits: str | None
    """The number as displayed, with its point; None where it was not sure enough, or there is none."""
    unit: Unit | None
    seen: bool
    """Some figure stands in the picture, read or not."""
    adequate: bool = True
    """Print on the photo was read surely, so that a figure on it would have been too."""
    quad: Quad | None = None
    others: tuple[str, ...] = ()
    """Other numbers read as surely, among which the weight could not be told."""

    @property
    def grams(self) -> float | None:
        """The weight in grams; None where number or unit was not read."""
        if self.digits is None or self.unit is None:
            return None
        return float(self.digits) * GRAMS[self.unit]


@dataclass(frozen=True, slots=True)
class _Candidate:
    digits: str
    unit: Unit | None
    line: DisplayLine
    named: bool


@fact(on="photo", roles=("weight",))
def weight_shown(display: ScaleDisplay) -> WeightShown:
    """The weight on one photo of role ``weight``."""
    if any(look.score >= SCORE_REJECT and re.search(r"\d", look.text) for line in display.lines for look in line.looks):
        return decide(display)
    words = sum(line.looks[0].score >= LONE_ACCEPT and len(line.looks[0].text) > 1 for line in display.lines)
    return WeightShown(None, None, seen=False, adequate=words >= PRINT_LINES)


def decide(display: ScaleDisplay) -> WeightShown:
    """The weight among the lines of a display, where there are figures at all."""
    found: list[_Candidate] = []
    figures = [line for line in display.lines if len(line.looks) > 1]
    lead = display.lead + sum(map(_lettered_lead, figures))
    for line in figures:
        text = max((look.text for look in line.looks), key=len)
        own = re.search(_WEIGHT_WORD, text)
        name = None if own else _name_of(line, display.lines)  # words on its own line are its name
        if _another_thing(line):
            continue
        if name and re.search(_NOT_THE_WEIGHT, name):
            continue
        digits = number_of(line, lead)
        if digits is not None:
            named = bool(own or (name and re.search(_WEIGHT_WORD, name)))
            unit = unit_of(line, display.lines, name)
            shown = named or unit is not None or _digit_cells(line.cells) is not None
            if shown or _tallest(line, figures):  # print is a weight by its name, its unit or its size
                found.append(_Candidate(digits, _believed(digits, unit), line, named))
    unread = [line for line in figures if line not in [one.line for one in found]]
    chosen = _chosen(found, unread)
    if chosen is None:
        place = max(figures, key=lambda line: line.height_px, default=None)
        others = tuple(dict.fromkeys(one.digits for one in found))
        return WeightShown(None, None, seen=True, quad=place.quad if place else None, others=others)
    return WeightShown(chosen.digits, chosen.unit, seen=True, quad=chosen.line.quad)


def _another_thing(line: DisplayLine) -> bool:
    """The line says that its number is a price, a share, a capacity; a small unit is sometimes read as such a sign."""
    surest = max(line.looks, key=lambda look: look.score).text
    if re.search(_NOT_THE_WEIGHT, re.sub(r"[%\uff05元]$", "", surest)):
        return True
    signed = re.search(_MONEY, surest) or re.search(r"[%\uff05]", surest)
    return bool(signed) and not _unit_follows(line.strip)


def _unit_follows(strip: StripLook | None) -> bool:
    """The network of displays reads a unit, or the beginning of one, right after the number."""
    return strip is not None and strip.chance >= STRIP_ACCEPT and re.search(r"\d[gklo斤]", strip.text) is not None


def _tallest(line: DisplayLine, figures: Sequence[DisplayLine]) -> bool:
    """No other line of figures comes near its height, apart from those that lie on it."""
    others = [other.height_px for other in figures if other is not line and not _same_place(other, line)]
    return line.height_px >= TALLEST * max(others, default=0.0)


def _same_place(other: DisplayLine, line: DisplayLine) -> bool:
    """The middle of ``other`` lies on ``line``."""
    _, _, length, tall = _frame(line.quad)
    left, right, down, _ = _place(other, line)
    return abs(down) <= 0.5 and 0 <= (left + right) / 2 <= length / tall


def _believed(digits: str, unit: Unit | None) -> Unit | None:
    """A g beside a number with a point may be a kg whose k was lost; that is for a person."""
    return None if unit == "g" and "." in digits else unit


def _chosen(found: Sequence[_Candidate], unread: Sequence[DisplayLine]) -> _Candidate | None:
    """The one that is called a weight; else the only one with a unit; else the tallest by far."""
    if not found:
        return None
    for group in ([one for one in found if one.named], [one for one in found if one.unit], list(found)):
        if len({one.digits for one in group}) == 1:
            best = max(group, key=lambda one: (one.unit is not None, one.line.height_px))
            taller = [line for line in unread if line.height_px > best.line.height_px * 1.15 and _figures(line)]
            if not taller or best.named:
                return best
            return None
        if group:
            ranked = sorted(group, key=lambda one: -one.line.height_px)
            return ranked[0] if ranked[0].line.height_px >= TALLEST * ranked[1].line.height_px else None
    return None


def _lettered_lead(line: DisplayLine) -> float:
    """How much better a line with words and figures reads this way up; 0 for plain figures."""
    text = max((look.text for look in line.looks), key=len)
    if line.turned is None or sum(c.isalpha() for c in text) < LETTERS:
        return 0.0
    return max(look.score for look in line.looks) - line.turned.score


def _figures(line: DisplayLine) -> bool:
    """Mostly figures for a network that sees something there, so that it may be the display's number."""
    if max(look.score for look in line.looks) < SCORE_REJECT:
        return False
    text = max((look.text for look in line.looks), key=len)
    return sum(c.isdigit() for c in text) * 2 > sum(c.isalnum() for c in text)


# --- one line -----------------------------------------------------------------------------------------------------


def number_of(line: DisplayLine, lead: float = 0.0) -> str | None:
    """The number on one line, or None where its looks do not agree enough."""
    if line.height_px < LEAST_HEIGHT:
        return None
    number = _by_looks(line, lead)
    if number is None:
        return _by_strip(line, lead)
    return None if _denied(number, line) else number


def _denied(number: str, line: DisplayLine) -> bool:
    """The network of displays surely reads another number, or sees a digit that is covered.

    It knows displays better than print, so what both networks for text are quite sure of it denies only when it is too.
    """
    strip = line.strip
    if strip is None:
        return False
    sure = min(look.score for look in line.looks)
    print_ = _digit_cells(line.cells) is None and sure >= PRINT_ACCEPT
    if strip.hidden > HIDDEN_REJECT if print_ else _covered(strip):
        return True
    told = re.fullmatch(_STRIP, strip.text)
    return (told is None or told.group(1) != number) and strip.chance >= (PRINT_DENY if print_ else STRIP_DENY)


def _covered(strip: StripLook) -> bool:
    return strip.hidden > HIDDEN_REJECT or strip.around > AROUND_REJECT


def _by_strip(line: DisplayLine, lead: float) -> str | None:
    """What the network of displays reads surely and one of the other looks reads too, and none denies."""
    if line.strip is None or line.strip.chance < STRIP_ACCEPT or _covered(line.strip):
        return None
    told = re.fullmatch(_STRIP, line.strip.text)
    if told is None:
        return None
    number = told.group(1)
    digits = number.replace(".", "")
    if len(digits) < LEAST_DIGITS or any(re.search(_CUT_OFF, look.text) for look in line.looks):
        return None
    figures = [(look, _figure(_plain_text(look.text, told=True))) for look in line.looks]
    if any(look.score >= LONE_ACCEPT and not _may_be(figure, number, line.strip) for look, figure in figures):
        return None
    cells = _digit_cells(line.cells)
    same = any(figure == number and look.score >= SCORE_ACCEPT for look, figure in figures)
    if not same and not _seconded(number, figures, cells):
        return None
    return number if _stands(line, digits, None, lead) else None


def _may_be(figure: str | None, number: str, strip: StripLook) -> bool:
    """A network that reads ``figure`` may see ``number``: it is that, its point is lost, or its g is one more digit."""
    if figure is not None and re.search(r"\dg", strip.text) and figure[-1:] in _GARBLED_G and figure[:-1] == number:
        return True
    return figure in (number, number.replace(".", ""))


def _seconded(
    number: str, figures: Sequence[tuple[LineLook, str | None]], cells: list[tuple[str, Cell]] | None
) -> bool:
    """The measured segments give the digits, or a network does; and so with the point, if there is one."""
    digits, place = number.replace(".", ""), number.find(".")
    measured = cells is not None and "".join(char for char, _ in cells) == digits
    read = any(figure == digits and look.score >= SCORE_ACCEPT for look, figure in figures)
    if place < 0:
        return measured
    pointed = any(figure is not None and figure.startswith(number[: place + 1]) for _, figure in figures)
    dotted = cells is not None and _leads([cell.foot for _, cell in cells[:-1]], place - 1)
    return (measured or read) and (pointed or dotted)


def _by_looks(line: DisplayLine, lead: float) -> str | None:
    """The number as two looks of the networks for any text and the measured segments give it."""
    looks = [look for look in line.looks if look.score >= SCORE_REJECT]
    named = bool(looks) and all(re.search(_NAMED_IN_LINE, look.text) for look in looks)
    cells = None if named else _digit_cells(line.cells)  # what is named on its own line is print: it has no segments
    texts = [(look, _figure(_plain_text(look.text, told=cells is not None))) for look in looks]
    if any(figure is None for _, figure in texts) or not texts:
        return None
    if any(re.search(_CUT_OFF, look.text) for look in looks):
        return None
    segments = None if cells is None else "".join(char for char, _ in cells)
    plain = [(look, figure.replace(".", "")) for look, figure in texts if figure is not None]
    printed = named or (len(looks) > 1 and min(look.score for look in looks) >= PRINT_ACCEPT)
    if cells is None and not printed and sum(_digit(cell) is not None for cell in line.cells) >= SEGMENT_DIGITS:
        return None  # a display of segments with one that cannot be told
    if segments is not None and _beside_grams(line):
        plain = [(look, segments if _with_garbled_g(seen, segments) else seen) for look, seen in plain]
    if segments is not None and set(segments) == {"8"}:
        return None  # every segment there is: a dead display, whose unlit ones show
    digits = _agreed(plain, segments, NAMED_ACCEPT if named else LONE_ACCEPT)
    if digits is None or len(digits) < LEAST_DIGITS or not _stands(line, digits, cells, lead):
        return None
    return _with_point(digits, [figure for _, figure in texts if figure], cells, printed=printed)


def _plain_text(text: str, *, told: bool) -> str:
    """A network's text without its unit, and with letters that are digits undone where the segments are told."""
    text = re.sub(_TAIL, "", text.replace(" ", ""))
    return text.translate(_LETTERS_AS_DIGITS) if told else text


def _beside_grams(line: DisplayLine) -> bool:
    return any(_unit_by(looks) == "g" for looks in line.beside)


def _with_garbled_g(seen: str, segments: str) -> bool:
    """The network took the g after the digits for one more digit."""
    return seen[:-1] == segments and seen[-1:] in _GARBLED_G


def _figure(text: str) -> str | None:
    """The one number in ``text`` with ``.`` for its point; None where there is none or several."""
    found = re.findall(_NUMBER, re.sub(_GARBLED_KG, "kg", text.replace(" ", "")))
    if len(found) != 1:
        return None
    return re.sub(r"[,。:：·]", ".", found[0])


def _agreed(plain: Sequence[tuple[LineLook, str]], segments: str | None, least: float) -> str | None:
    """The digits that two looks give and no sure one denies."""
    readings = [digits for look, digits in plain if look.score >= SCORE_ACCEPT]
    if segments is not None:
        # Segments that are digits, all of them decided, are the strongest look; a network must agree.
        return segments if segments in [digits for _, digits in plain] else None
    if len(readings) < 2 or len(set(readings)) > 1 or min(look.score for look, _ in plain) < least:
        return None
    return readings[0]


def _digit_cells(cells: Sequence[Cell]) -> list[tuple[str, Cell]] | None:
    """The cells as digits; None where one that belongs to the number is undecided, or there is none."""
    read = [(_digit(cell), cell) for cell in cells]
    while read and read[-1][0] is None and read[-1][1].before >= APART:
        read.pop()
    while len(read) > 1 and read[0][0] is None and read[1][1].before >= APART:
        read.pop(0)
    if not read or any(char is None for char, _ in read):
        return None
    if any(cell.before + cell.wide > WIDEST_PITCH for _, cell in read[1:]):
        return None
    return [(char, cell) for char, cell in read if char is not None]


def _digit(cell: Cell) -> str | None:
    if any(LIT_REJECT < level < LIT_ACCEPT for level in cell.segments):
        return None
    lit = "".join(name for name, level in zip("abcdefg", cell.segments, strict=True) if level >= LIT_ACCEPT)
    return PATTERNS.get(lit)


def _stands(line: DisplayLine, digits: str, cells: list[tuple[str, Cell]] | None, lead: float) -> bool:
    """The line is the right way up: 125 upside down is 521."""
    if not set(digits) <= TURNABLE or lead >= TURNED or line.turned is None:
        return True
    if line.strip is not None and line.strip.chance - line.strip.turned >= UPRIGHT_LEAD:
        return True
    inner = cells[:-1] if cells is not None else []  # right of the last digit stand unit marks
    if any(cell.head >= POINT_ACCEPT > POINT_REJECT >= cell.foot for _, cell in inner):
        return False
    if any(cell.foot >= POINT_ACCEPT and cell.head <= POINT_REJECT for _, cell in inner):
        return True
    best = max(look.score for look in line.looks)
    return best - line.turned.score >= TURNED or not re.search(_NUMBER, line.turned.text)


def _with_point(
    digits: str, figures: Sequence[str], cells: list[tuple[str, Cell]] | None, *, printed: bool
) -> str | None:
    """``digits`` with its point, where its looks agree on it; None where they do not."""
    places = [figure.find(".") for figure in figures if figure.replace(".", "") == digits]
    if cells is None or len(cells) != len(digits):
        # Without segments there is nothing but the networks' word. Of a display both may lose the point; of print not.
        if len(places) < 2 or len(set(places)) > 1:
            return None
        if places[0] < 0 and (not printed or (digits.startswith("0") and len(digits) > 1)):
            return None
        return _pointed(digits, places[0])
    feet = [cell.foot for _, cell in cells[:-1]]
    seen = {figure.find(".") for figure in figures if digits.startswith(figure.partition(".")[0])}
    if len(figures) > 1 and len(seen) == 1 and (place := seen.pop()) > 0 and _leads(feet, place - 1):
        return _pointed(digits, place)
    lit = [place for place, foot in enumerate(feet, 1) if foot >= POINT_ACCEPT]
    doubtful = any(POINT_REJECT < foot < POINT_ACCEPT for foot in feet)
    if len(lit) > 1 or doubtful:
        return None
    if not lit:
        zero = digits.startswith("0") and len(digits) > 1
        return None if zero or any(place >= 0 for place in places) else digits
    # A number that begins with a nought has its point after it: that is a look of its own.
    others = [foot for at, foot in enumerate(feet, 1) if at != lit[0]]
    alone = feet[lit[0] - 1] >= max(LONE_POINT_ACCEPT, LONE_POINT_LEAD + max(others, default=9.0))
    seconded = alone or lit[0] in places or (digits.startswith("0") and lit[0] == 1)
    against = any(place >= 0 and place != lit[0] for place in places)
    return _pointed(digits, lit[0]) if seconded and not against else None


def _leads(feet: Sequence[float], place: int) -> bool:
    """The foot at ``place`` is a point's, and none of the others comes near it."""
    others = [foot for at, foot in enumerate(feet) if at != place]
    return place < len(feet) and feet[place] >= max(POINT_ACCEPT, POINT_LEAD + max(others, default=0.0))


def _pointed(digits: str, place: int) -> str:
    return digits if place < 0 else f"{digits[:place]}.{digits[place:]}"


# --- units and names ----------------------------------------------------------------------------------------------


def unit_of(line: DisplayLine, lines: Iterable[DisplayLine], name: str | None) -> Unit | None:
    """The unit printed on the line, in its name, or right beside it; None where none or several are."""
    tails = [re.sub(_GARBLED_KG, "kg", look.text.replace(" ", "")) for look in line.looks]
    own = {unit for tail in tails if (unit := _unit_in(re.split(_NUMBER, tail)[-1]))}
    if len(own) == 1:
        return own.pop()
    if len(own) > 1:
        return None
    if name is not None and (found := re.search(_UNIT_IN_NAME, name)):
        return _unit_in(found.group(1))
    # A second unit, or letters that could be one, leave it open which of them is meant.
    near = {_unit_by(looks) for looks in line.beside if max(look.score for look in looks) >= STRAY_SCORE}
    far = {_unit_by(other.looks) for other in lines if other is not line and _right_of(other, line)}
    both = near | (far - {None}) if near - {None} else far
    return both.pop() if len(both) == 1 else None


def _unit_by(looks: Sequence[LineLook]) -> Unit | None:
    """The unit that the looks at one line give: one reads it, the other the same or a known garble of it."""
    units = [_unit_in(look.text) for look in looks]
    named = {unit for unit in units if unit is not None}
    if len(named) != 1:
        return None
    (unit,) = named
    for look, read in zip(looks, units, strict=True):
        letters = re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]", "", look.text).upper()
        if read is None and letters and letters not in _GARBLED.get(unit, frozenset()):
            return None
    return unit


def _unit_in(text: str) -> Unit | None:
    """The unit that ``text`` is, apart from marks; None for anything else."""
    if re.fullmatch(r"[^0-9A-Za-z]*[1|Il]b\W*", text):
        return "lb"
    plain = re.sub(r"[^A-Za-z\u4e00-\u9fff]", "", text).upper()
    plain = "斤" if plain[1:] == "斤" else plain
    for word, unit in _UNIT_WORDS:
        if plain == word:
            return unit
    return None


def _name_of(line: DisplayLine, lines: Iterable[DisplayLine]) -> str | None:
    """The nearest words left of the line in its row, or right above it."""
    best: tuple[float, str] | None = None
    for other in lines:
        text = other.looks[0].text if other.looks else ""
        if other is line or not re.search(r"[A-Za-z\u4e00-\u9fff]{2}", text):
            continue
        apart = _named_by(other, line)
        if apart is not None and (best is None or apart < best[0]):
            best = (apart, text)
    return best[1] if best else None


def _frame(quad: Quad) -> tuple[float, float, float, float]:
    """(along x, along y) unit vector of the line with its length and height, in fractions of the picture."""
    (x0, y0), (x1, y1), _, (x3, y3) = quad
    length = math.hypot(x1 - x0, y1 - y0) or 1e-9
    return (x1 - x0) / length, (y1 - y0) / length, length, math.hypot(x3 - x0, y3 - y0) or 1e-9


def _place(other: DisplayLine, line: DisplayLine) -> tuple[float, float, float, float]:
    """Where ``other`` lies as seen from ``line``: left, right, middle (down) and height, in heights of ``line``."""
    ux, uy, _, tall = _frame(line.quad)
    ox, oy = line.quad[0]
    middle_x, middle_y = (line.quad[0][0] + line.quad[3][0]) / 2, (line.quad[0][1] + line.quad[3][1]) / 2
    alongs = [((x - ox) * ux + (y - oy) * uy) / tall for x, y in other.quad]
    downs = [(-(x - middle_x) * uy + (y - middle_y) * ux) / tall for x, y in other.quad]
    return min(alongs), max(alongs), sum(downs) / 4, max(downs) - min(downs)


def _right_of(other: DisplayLine, line: DisplayLine) -> bool:
    _, _, length, tall = _frame(line.quad)
    left, _, down, _ = _place(other, line)
    end = length / tall
    return end - 0.6 <= left <= end + 1.8 and abs(down) <= 0.75


def _named_by(other: DisplayLine, line: DisplayLine) -> float | None:
    """How far ``other`` is from ``line`` as its name, in heights; None where it is none."""
    _, _, length, tall = _frame(line.quad)
    left, right, down, _ = _place(other, line)
    end = length / tall
    if right <= 0.6 and abs(down) <= 0.6:
        return -right
    if -1.9 <= down <= -0.5 and right > -0.3 and left < end:
        return 0.5 - down
    return None
