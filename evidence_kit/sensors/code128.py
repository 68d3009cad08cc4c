"""Code 128 read off blurred bars by a model: which symbols, blurred as these bars are, give this profile?

A decoder of edges needs every narrow bar to stand out. Where blur has run them together the profile still tells the
symbols apart, because each symbol is one of a hundred known patterns and the check symbol ties them together. The
likeliest sequence is searched for symbol by symbol (Iwen, Santosa and Ward, "A symbol-based algorithm for decoding
bar codes", 2013), blur, place, stretch and light are fitted to it, and the search is repeated with what was fitted.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
"""ISO/IEC 15417, table 1: widths of bar, space, bar ... of symbol values 0 to 105 in modules."""
WIDTHS = TABLE.split()
STOP = "2331112"
SYMBOL, END = 11, 13
"""Modules of a symbol, and of the stop."""
TO_C, TO_B, FNC1, START_B, START_C = 99, 100, 102, 104, 105
FEWEST, MOST = 7, 24
"""Symbols with start and check symbol, without the stop: ten digits have seven, a container's label 24."""

FINE = 4
"""Samples of a module."""
REACH = 3
"""Modules to both sides over which blur is fitted."""
FIRST_BLUR = 0.7
"""Deviation in modules of the blur that is supposed before it is fitted."""
BEAM = 150
STRETCHES = (-0.06, -0.045, -0.03, -0.015, 0.0, 0.015, 0.03, 0.045, 0.06)
"""How much wider the first half may be than the second: the label leans."""
NUDGES = (0.015, 0.007)
"""Steps by which the stretch, and by a quarter of them in shares of the code its ends, are moved to fit."""
COMBED, MATCHED, SEARCHED = 8, 16, 3
"""Places that are kept by their boundaries (of each number of symbols), by start and stop (each way), and by single
symbols (of both ways)."""
LIKELY = 0.96
"""Fit of a place (0..1.2) below which there is no code: the 38 codes of the development areas have 0.997 and more."""
FITS = 3
CLEAR = 0.98
"""Explained share from which a second way to even the light is not tried."""
FOUND = 100.0
"""Margin from which no other place is tried."""
HOPELESS = 0.8
"""Explained share below which the first fit of a place is its last."""
ENDS = 5
"""Edges at each end of the bars that may be the code's own."""
PLAIN = 1e-6


@dataclass(frozen=True, slots=True)
class ModelRead:
    """The likeliest text of a profile."""

    text: str
    explained: float
    """Share of the profile's variance that the model explains, 0..1."""
    margin: float
    """How much likelier than the second text: difference of the log likelihoods, one sample a module counted."""
    backwards: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Place:
    """Where a code of so many symbols lies: its ends in samples of the profile, and its stretch."""

    start: float
    end: float
    stretch: float
    symbols: int

    @property
    def modules(self) -> int:
        return SYMBOL * self.symbols + END

    def at(self, module: Any) -> Any:
        """Samples of the profile at these modules from the start."""
        share = module / self.modules
        return self.start + (self.end - self.start) * (share + self.stretch * share * (1 - share))


def read_row(row: NDArray[np.float32]) -> ModelRead | None:
    """The likeliest Code 128 text of a row of luma (0..255) across the bars, quiet zones included; None where none
    fits at all."""
    ways = {False: _Shown.of(row), True: _Shown.of(row[::-1])}
    places = [(*found, backwards) for backwards, shown in ways.items() for found in _places(shown.evened)]
    places.sort(key=lambda one: -one[0])
    best: ModelRead | None = None
    for _, place, backwards in places[:SEARCHED]:
        read = _refined(ways[backwards], place, backwards)
        if read is not None and (best is None or read.explained > best.explained):
            best = read
        if best is not None and best.margin >= FOUND:
            break
    return best


def read_at(row: NDArray[np.float32], place: Place, *, backwards: bool) -> ModelRead | None:
    """As ``read_row``, at the place at which another row of the same bars was read."""
    return _refined(_Shown.of(row[::-1] if backwards else row), place, backwards)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A row twice: as it is, and with local black 0 and local white 1. Where light is even the first is truer to the
    blur; under glare and folds only the second can be fitted."""

    plain: Any
    evened: Any

    @classmethod
    def of(cls, row: Any) -> _Shown:
        import numpy as np

        low, high = np.percentile(row, (2, 98))
        return cls(((row - low) / max(high - low, 1.0)).astype(np.float32), evened(row))


def evened(row: Any) -> Any:
    """Local black to 0, local white to 1."""
    import cv2
    import numpy as np

    line = row.reshape(1, -1).astype(np.float32)
    window = max(9, (line.shape[1] // 10) | 1)
    kernel = np.ones((1, window), np.uint8)
    low = cv2.blur(cv2.erode(line, kernel), (window, 1))
    high = cv2.blur(cv2.dilate(line, kernel), (window, 1))
    spread = np.maximum(high - low, 0.25 * float(np.percentile(high - low, 90)) + 1.0)
    return ((line - low) / spread)[0]


# --- where a code may lie --------------------------------------------------------------------------------------------


def _places(row: Any) -> list[tuple[float, Place]]:
    """The likeliest places of a code with how well they fit, by its boundaries (light turns dark), its start and
    stop, and the best single symbol between each two boundaries."""
    import numpy as np

    samples = np.arange(len(row))
    heads, tail = _templates()
    combed = _combed(row)
    if not combed:
        return []
    begins = np.interp(np.stack([place.at(_centres(0, SYMBOL)) for place in combed]), samples, row)
    closes = np.interp(np.stack([place.at(_centres(place.modules - END, END)) for place in combed]), samples, row)
    scores = _alike(begins, heads).max(1) + _alike(closes, tail).max(1)
    found = [
        (_fit_of(row, combed[one]) + 0.1 * float(scores[one]), combed[one]) for one in np.argsort(-scores)[:MATCHED]
    ]
    found.sort(key=lambda one: -one[0])
    return [_nudged(row, *one) for one in found[:SEARCHED] if one[0] >= LIKELY]


def _fit_of(row: Any, place: Place) -> float:
    """How like the best single symbols a row is between the boundaries of a place, 0..1."""
    import numpy as np

    spots = place.at(_centres(SYMBOL, place.modules - SYMBOL - END))
    seen = np.interp(spots, np.arange(len(row)), row).reshape(-1, SYMBOL * FINE)
    return float(_alike(seen, _singles()).max(1).mean())


def _nudged(row: Any, score: float, place: Place) -> tuple[float, Place]:
    """The place moved and stretched a little where that fits better: over a long code the grid is a module wide."""
    best = _fit_of(row, place)
    first, module = best, (place.end - place.start) / place.modules
    for step in NUDGES:
        for start, end, stretch in ((0, 0, step), (0, 0, -step), (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)):
            move = step * place.modules / 4 * module
            tried = replace(
                place, start=place.start + start * move, end=place.end + end * move, stretch=place.stretch + stretch
            )
            fit = _fit_of(row, tried)
            if fit > best:
                best, place = fit, tried
    return score + best - first, place


def _combed(row: Any) -> list[Place]:
    """The places at whose boundaries the profile falls most steeply, COMBED for each number of symbols."""
    import cv2
    import numpy as np

    smooth = cv2.GaussianBlur(row.reshape(1, -1).astype(np.float32), (0, 0), len(row) / 1100)[0]
    slope = np.gradient(smooth)
    ends = np.array([(s, e) for s in _steepest(-slope, 0.0, 0.24) for e in _steepest(slope, 0.76, 1.0)])
    if not len(ends):
        return []
    bent, counted = _borders()
    spots = ends[:, :1, None, None] + (ends[:, 1:, None, None] - ends[:, :1, None, None]) * bent
    falls = -(slope[spots.astype(np.int32)] * counted).sum(-1)
    # Of each number of symbols the best: a few boundaries fall on edges by chance sooner than many.
    each = np.moveaxis(falls, 1, 0).reshape(falls.shape[1], -1)
    best = np.argsort(-each, axis=1)[:, :COMBED]
    many = np.repeat(np.arange(len(best)), best.shape[1])
    pair, bend = np.unravel_index(best.ravel(), (falls.shape[0], falls.shape[2]))
    return [
        Place(float(ends[p, 0]), float(ends[p, 1]), STRETCHES[t], FEWEST + int(n))
        for p, n, t in zip(pair, many, bend, strict=True)
    ]


@cache
def _borders() -> tuple[Any, Any]:
    """By number of symbols and stretch the boundaries as shares of the code (n, stretches, MOST), and their weights
    (n, 1, MOST): the mean over those that there are."""
    import numpy as np

    many = np.arange(FEWEST, MOST + 1)[:, None]
    place = np.arange(1, MOST + 1)[None]
    share = np.minimum(place, many) * SYMBOL / (SYMBOL * many + END)
    bent = share[:, None] + np.array(STRETCHES)[None, :, None] * (share * (1 - share))[:, None]
    return bent, ((place <= many) / many)[:, None]


@cache
def _centres(first: int, many: int) -> Any:
    """Middles of the samples of so many modules, in modules from the start."""
    import numpy as np

    return first + (np.arange(many * FINE) + 0.5) / FINE


def _steepest(slope: Any, first: float, last: float) -> list[float]:
    """The outermost samples between two shares of the length at which ``slope`` peaks: beyond them all is quiet."""
    import numpy as np

    low, high = int(first * len(slope)), int(last * len(slope))
    part = slope[low:high]
    peaks = np.flatnonzero((part[1:-1] >= part[:-2]) & (part[1:-1] > part[2:])) + 1
    if not len(peaks):
        return []
    strong = peaks[part[peaks] > 0.3 * part[peaks].max()]
    chosen = strong[:ENDS] if first == 0.0 else strong[-ENDS:]
    return [float(low + peak) for peak in chosen]


def _alike(seen: Any, wanted: Any) -> Any:
    """Correlation of each row of ``seen`` with each of ``wanted``."""
    import numpy as np

    one = seen - seen.mean(1, keepdims=True)
    other = wanted - wanted.mean(1, keepdims=True)
    one = one / (np.linalg.norm(one, axis=1, keepdims=True) + PLAIN)
    return one @ (other / (np.linalg.norm(other, axis=1, keepdims=True) + PLAIN)).T


@cache
def _templates() -> tuple[Any, Any]:
    """Starts of sets B and C, and the stop, under the supposed blur."""
    import numpy as np

    n = REACH
    heads = [np.concatenate([np.ones(n), _patterns()[v], np.full(n, 0.5)]) for v in (START_B, START_C)]
    stop = np.concatenate([np.ones(n), _modules(STOP), np.ones(n)])
    inner = slice(n * FINE, -n * FINE)
    kernel = _gaussian(FIRST_BLUR)
    return _blurred(np.stack(heads), kernel)[:, inner], _blurred(stop[None], kernel)[:, inner]


@cache
def _singles() -> Any:
    """Each symbol between a light module before and a dark one after, under the supposed blur."""
    import numpy as np

    one = _patterns()
    before, after = np.tile([0.5, 0.5, 1.0], (len(one), 1)), np.tile([0.0, 0.5, 0.5], (len(one), 1))
    return _blurred(np.hstack([before, one, after]), _gaussian(FIRST_BLUR))[:, REACH * FINE : -REACH * FINE]


# --- which symbols ---------------------------------------------------------------------------------------------------


def _modules(widths: str) -> list[float]:
    return [float(place % 2) for place, width in enumerate(widths) for _ in range(int(width))]


@cache
def _patterns() -> Any:
    """(106, 11): 0 where a symbol is dark."""
    import numpy as np

    return np.array([_modules(widths) for widths in WIDTHS], np.float32)


@cache
def _gaussian(sigma: float) -> Any:
    import numpy as np

    x = np.arange(-REACH * FINE, REACH * FINE + 1) / FINE
    kernel = np.exp(-0.5 * (x / sigma) ** 2)
    return (kernel / kernel.sum()).astype(np.float32)


def _blurred(rows: Any, kernel: Any) -> Any:
    """Modules (n, m) as (n, m * FINE) samples through a blur."""
    import cv2
    import numpy as np

    fine = np.repeat(np.asarray(rows, np.float32), FINE, 1)
    flipped = np.ascontiguousarray(kernel[::-1]).reshape(1, -1)
    return cv2.filter2D(fine, cv2.CV_32F, flipped, borderType=cv2.BORDER_REPLICATE)


@cache
def _permitted() -> Any:
    """(2, 106): symbols that a waybill's code holds in set B (digits, capitals, hyphen), and in set C."""
    import numpy as np

    told = np.zeros((2, len(WIDTHS)), bool)
    told[0, [13, *range(16, 26), *range(33, 59), TO_C, FNC1]] = True
    told[1, [*range(TO_C + 1), TO_B, FNC1]] = True
    return told


def _search(seen: Any, symbols: int, kernel: Any) -> list[tuple[float, tuple[int, ...]]]:
    """The best sequences (start to check symbol) whose check symbol holds, with their cost, the cheapest first."""
    import numpy as np

    first, between, last = _costs(seen, symbols, kernel)
    value = np.array([START_B, START_C])
    sums, total, inside, paths = value.copy(), first[value], value == START_C, value[:, None]
    for step in range(1, symbols - 1):
        cost = np.where(_permitted()[inside.astype(int)], total[:, None] + between(step)[value], np.inf).ravel()
        chosen = np.argpartition(cost, BEAM)[:BEAM] if len(cost) > BEAM else np.arange(len(cost))
        chosen = chosen[np.isfinite(cost[chosen])]
        row, value = chosen // len(WIDTHS), chosen % len(WIDTHS)
        total, sums, paths = cost[chosen], sums[row] + step * value, np.hstack([paths[row], value[:, None]])
        inside = np.where(inside[row], value != TO_B, value == TO_C)
    check = sums % 103
    total = total + between(symbols - 1)[value, check] + last[check]
    order = np.argsort(total)[:2]
    return [(float(total[i]), (*map(int, paths[i]), int(check[i]))) for i in order]


def _costs(seen: Any, symbols: int, kernel: Any) -> tuple[Any, Any, Any]:
    """Squared differences: (106,) of the first half symbol; by step a function to (106, 106) from the middle of one
    symbol to the middle of the next; (106,) of the last half and the stop.

    Blur is linear: what two symbols show together is the sum of what each shows with nothing beside it.
    """
    import numpy as np

    one, n = 1 - _patterns(), len(WIDTHS)
    half, width = SYMBOL * FINE // 2, SYMBOL * FINE
    empty = np.zeros((n, SYMBOL), np.float32)
    left = _blurred(np.hstack([one, empty]), kernel)[:, half : half + width]
    right = _blurred(np.hstack([empty, one]), kernel)[:, half : half + width]
    both = (left**2).sum(1)[:, None] + (right**2).sum(1) + 2 * left @ right.T
    dark = 1 - seen

    def between(step: int) -> Any:
        window = dark[half + (step - 1) * width : half + step * width]
        return (window @ window) + both - 2 * (left @ window)[:, None] - 2 * (right @ window)

    quiet = np.zeros((n, REACH + 1), np.float32)
    begin = (REACH + 1) * FINE
    head = _blurred(np.hstack([quiet, one]), kernel)[:, begin : begin + half]
    stop = np.tile(1 - np.array(_modules(STOP), np.float32), (n, 1))
    tail = _blurred(np.hstack([one, stop, quiet]), kernel)[:, half : half + len(dark) - half - (symbols - 1) * width]
    return (
        ((dark[:half] - head) ** 2).sum(1),
        between,
        ((dark[half + (symbols - 1) * width :] - tail) ** 2).sum(1),
    )


# --- how these bars are blurred --------------------------------------------------------------------------------------


def _refined(shown: _Shown, place: Place, backwards: bool) -> ModelRead | None:
    """The better of what the row as it is and the evened one give at a place."""
    read = _searched(shown, shown.plain, place, backwards)
    if read is not None and read.explained >= CLEAR:
        return read
    other = _searched(shown, shown.evened, place, backwards)
    reads = [one for one in (read, other) if one is not None]
    return max(reads, key=lambda one: one.explained, default=None)


def _searched(shown: _Shown, row: Any, place: Place, backwards: bool) -> ModelRead | None:
    """The best sequence at a place, searched again each time after blur, place and light were fitted to the last."""
    import numpy as np

    count, inner = place.modules * FINE, REACH * FINE
    spots = (np.arange(-inner, count + inner) + 0.5) / FINE
    fit = _Fit(_gaussian(FIRST_BLUR), np.zeros(len(spots)), np.zeros(len(spots)), np.ones(len(spots)), 0.0)
    ranked: list[tuple[float, tuple[int, ...]]] = []
    samples = np.arange(len(row))
    for turn in range(FITS):
        # Before anything is fitted only the evened row has its black and white at 0 and 1.
        seen = np.interp(place.at(spots + fit.shift), samples, row if turn else shown.evened)
        levelled = (seen - fit.dark) / np.maximum(fit.light, 0.2)
        before = ranked
        ranked = _search(levelled[inner : inner + count].astype(np.float32), place.symbols, fit.kernel)
        if not ranked:
            return None
        if turn and before[0][1] == ranked[0][1]:
            break
        fit = _fitted(row, place, spots, fit, ranked[0][1])
        if fit.explained < HOPELESS:
            return None
    (best, sequence), second = ranked[0], ranked[-1][0]
    text = _text(sequence)
    if text is None:
        return None
    margin = place.modules * (second - best) / (2 * max(best, PLAIN))
    return ModelRead(text, fit.explained, margin, backwards, place)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a sequence is shown: blur, displacement in modules, and grey levels of dark and light above it, by sample."""

    kernel: Any
    shift: Any
    dark: Any
    light: Any
    explained: float


def _fitted(row: Any, place: Place, spots: Any, fit: _Fit, sequence: tuple[int, ...]) -> _Fit:
    """Blur, displacement and light with which a sequence is nearest to the profile: least squares, twice."""
    import numpy as np

    modules = np.concatenate([*(_patterns()[value] for value in sequence), np.array(_modules(STOP), np.float32)])
    quiet = np.ones(2 * REACH, np.float32)
    drawn = np.repeat(np.concatenate([quiet, modules, quiet]), FINE)
    share = spots / place.modules * 2 - 1
    smooth = np.stack([np.ones_like(share), share, share**2], 1)
    taps = np.arange(-REACH * FINE, REACH * FINE + 1)
    shifted = np.stack([drawn[REACH * FINE - tap :][: len(spots)] for tap in taps], 1)
    lit = smooth[:, 1:] * (shifted @ _gaussian(FIRST_BLUR))[:, None]
    # Blur is narrow, light and place change little: what the profile does not say stays near nothing.
    held = np.concatenate([0.02 * (1 + (taps / FINE) ** 2), np.full(3, 1e-3), np.full(2, 1e-2), np.full(3, 0.5)])
    samples, shift, n = np.arange(len(row)), fit.shift, len(taps)
    for _ in range(2):
        seen = np.interp(place.at(spots + shift), samples, row)
        slope = np.gradient(seen) * FINE
        design = np.hstack([shifted, smooth, lit, -smooth * slope[:, None]])
        solved = np.linalg.solve(design.T @ design + np.diag(held * len(spots) / 50), design.T @ seen)
        shift = shift + np.clip(smooth @ solved[-3:], -0.4, 0.4)
    seen = np.interp(place.at(spots + shift), samples, row)
    residual = seen - design[:, : n + 5] @ solved[: n + 5]
    explained = 1 - float((residual**2).sum()) / (float(((seen - seen.mean()) ** 2).sum()) + PLAIN)
    gain = max(float(solved[:n].sum()), 1e-3)
    light = gain + smooth[:, 1:] @ solved[n + 3 : n + 5]
    return _Fit((solved[:n] / gain).astype(np.float32), shift, smooth @ solved[n : n + 3], light, explained)


def _text(sequence: tuple[int, ...]) -> str | None:
    """What symbols say, start to check symbol; None where they say nothing."""
    inside = sequence[0] == START_C
    said = []
    for value in sequence[1:-1]:
        if value == FNC1:
            continue
        if inside and value == TO_B:
            inside = False
        elif inside:
            said.append(f"{value:02d}")
        elif value == TO_C:
            inside = True
        else:
            said.append(chr(value + 32))
    return "".join(said) or None
