"""A line of a display as ``models/display-digits`` reads it: digits, point and unit, and how likely the number is.

The network was trained on drawn displays and print alone, with fingers, glare and cut digits among them, which it calls
by a symbol of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors import ocr, weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = "display-digits/display-digits.onnx"
SYMBOLS = "0123456789.?gklboz斤#"
"""``?`` is a digit covered or cut off, ``#`` other print; class 0 of the network is the blank."""
OF_NUMBERS = 12
"""The first so many symbols belong to numbers; the rest are units and print."""
ONE_WAY = "347"
"""Digits that are none upside down."""
HEIGHT = 40
WIDEST = 480
CUTS = ((0.05, 0.35, 0.35), (-0.06, 0.25, 0.25), (0.2, 0.5, 0.5))
"""Surroundings that are cut with the line: above and below, before, and after it, in shares of its height. Found lines
are tight or roomy."""
WIDE = (0.05, 0.7, 1.1)
"""The same, so wide that the next digit's place is on it: a line is found as far as its digits can be read."""


@dataclass(frozen=True, slots=True)
class StripLook:
    text: str
    """As read, of ``SYMBOLS``; runs of print are one ``#``."""
    chance: float
    """Probability of just these digits, points and ``?`` among all that the line could say, units and print aside:
    the mean over the ways it is cut."""
    hidden: float = 0.0
    """Probability of a digit that is covered or cut off, at the likeliest place on the line: the same mean."""
    around: float = 0.0
    """The same on the line cut wide."""
    turned: float = 1.0
    """Probability of what the line spells upside down; 0 where that has no digit, or where it cannot stand so."""


def read_strip(picture: NDArray[np.uint8], corners: Sequence[tuple[float, float]]) -> StripLook | None:
    """The line with these corners (pixels of the grey picture, clockwise from its own top left); None if it is tiny."""
    strips = [strip for cut in CUTS if (strip := cut_strip(picture, corners, *cut)) is not None]
    wide = cut_strip(picture, corners, *WIDE)
    if wide is None or not strips:
        return None
    look = likeliest([_told(strip) for strip in strips])
    around = round(_hidden(_told(wide)), 4)
    if any(char in ONE_WAY for char in look.text):
        return replace(look, around=around, turned=0.0)
    turned = likeliest([_told(strip[::-1, ::-1]) for strip in strips])
    down = turned.chance if any(char.isdigit() for char in turned.text) else 0.0
    return replace(look, around=around, turned=down)


def _told(strip: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(T, 1 + len(SYMBOLS)) probabilities over the length of the strip."""
    import numpy as np

    fed = np.ascontiguousarray(strip, np.float32)[None, None]
    return np.asarray(weights.network(WEIGHTS).run(None, {"strips": fed})[0][0], np.float32)


def cut_strip(
    picture: NDArray[np.uint8], corners: Sequence[tuple[float, float]], above: float, before: float, after: float
) -> NDArray[np.uint8] | None:
    """The line and a little around it, HEIGHT tall and a multiple of 8 wide; None where it is too small."""
    import cv2
    import numpy as np

    spots = np.array(corners, np.float64)
    length, tall = (float(np.hypot(*(spots[i] - spots[0]))) for i in (1, 3))
    if min(length, tall) < 6:
        return None
    along, down = (spots[1] - spots[0]) / length, (spots[3] - spots[0]) / tall
    left, right, up = before * tall * along, after * tall * along, above * tall * down
    grown = spots + np.array([-left - up, right - up, right + up, up - left])
    part = ocr.cut(picture, [tuple(p) for p in grown])
    width = round((length + (before + after) * tall) / (tall * (1 + 2 * above)) * HEIGHT)
    width = min(WIDEST, max(24, width))
    way = cv2.INTER_AREA if part.shape[0] > HEIGHT else cv2.INTER_CUBIC
    strip = cv2.resize(part, (width, HEIGHT), interpolation=way)
    return np.asarray(cv2.copyMakeBorder(strip, 0, 0, 0, -width % 8, cv2.BORDER_REPLICATE), np.uint8)


def likeliest(told: Sequence[NDArray[np.float32]]) -> StripLook:
    """Of what several (T, 1 + len(SYMBOLS)) probabilities spell, greedily, that whose number is likeliest for all."""
    texts = [_spelt(chances) for chances in told]
    folded = [_folded(chances) for chances in told]
    best = StripLook("", -1.0)
    for text in dict.fromkeys(texts):
        number = [SYMBOLS.index(c) + 1 for c in text if SYMBOLS.index(c) < OF_NUMBERS]
        chance = sum(_chance(each, number) for each in folded) / len(folded)
        if chance > best.chance:
            best = StripLook(text, chance)
    hidden = sum(_hidden(chances) for chances in told) / len(told)
    return StripLook(best.text, round(best.chance, 4), round(hidden, 4))


def _spelt(chances: NDArray[np.float32]) -> str:
    best = chances.argmax(1)
    return "".join(SYMBOLS[k - 1] for i, k in enumerate(best) if k and (i == 0 or best[i - 1] != k))


def _hidden(chances: NDArray[np.float32]) -> float:
    return float(chances[:, SYMBOLS.index("?") + 1].max())


def _folded(chances: NDArray[np.float32]) -> NDArray[np.float64]:
    """Units and print made blanks."""
    import numpy as np

    folded = chances[:, : OF_NUMBERS + 1].astype(np.float64)
    folded[:, 0] += chances[:, OF_NUMBERS + 1 :].sum(1)
    return np.asarray(folded, np.float64)


def _chance(chances: Any, symbols: Sequence[int]) -> float:
    """Connectionist temporal probability of ``symbols``: of all ways to spread them over the steps."""
    import numpy as np

    states = [0]
    for symbol in symbols:
        states += [symbol, 0]
    # From one symbol to the next without a blank between, unless they are the same.
    skips = np.array([float(i > 1 and s != 0 and s != states[i - 2]) for i, s in enumerate(states)])
    steps = chances[:, states]
    along = np.zeros(len(states) + 2)  # two places before the first state, from which nothing comes
    along[2:4] = steps[0, :2]
    for step in steps[1:]:
        along[2:] = (along[2:] + along[1:-1] + skips * along[:-2]) * step
    return float(along[-2:].sum()) if symbols else float(along[-1])
