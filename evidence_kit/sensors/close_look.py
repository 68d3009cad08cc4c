"""A closer look at bars that did not decode: turned exactly, averaged along the bars, enlarged, sharpened.

A line scanner sees one row; a photo gives a hundred rows of the same bars. Averaging them along the bars removes
noise and vertical blur before anything is sharpened, so that narrow bars come back which no single row shows. The
mean profile is drawn as a clean bar code again and handed to the decoder, in several parts and treatments: what
several of them agree on is read, what they disagree on is not. What no decoder reads is read by a model of its blur.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from evidence_kit.sensors.bar_regions import BarArea
    from evidence_kit.sensors.engines.barcode import Engine

DRAWN_WIDTH = 1500
"""Pixels over which the bars are drawn again: six for each of the 230 modules of a long code."""
QUIET = 0.12
"""Extra width on each side, as a share of the bars' extent."""
ROWS = 4
"""Of the bars drawn again: all rows are alike, and decoders ask for two that agree."""
SHEARS_DEG = 4.0
SHEAR_WIDTH, SHEAR_ROWS = 700, 32
"""Size in pixels at which the shear is searched for."""
SHARPENINGS = ((0.0, 0.0), (1.0, 1.5), (1.6, 2.5), (2.4, 4.0))
"""Unsharp masks tried on a profile: width in modules, amount."""


PARTS = {
    "all": (0.1, 0.9), "upper": (0.05, 0.55), "lower": (0.45, 0.95), "top": (0.03, 0.33), "middle": (0.33, 0.67),
    "bottom": (0.67, 0.97), "1": (0.02, 0.2), "2": (0.2, 0.4), "4": (0.6, 0.8), "5": (0.8, 0.98),
}  # fmt: skip
"""Shares of the bars' length that are averaged, each for itself."""
DEBLURRINGS = tuple((sigma, None) for sigma in (0.4, 0.55, 0.7, 0.85, 1.0, 1.15, 1.3, 1.5))
"""Blurs undone, in modules; the module is a guess, so the widths are several. No amount: undone altogether."""
NOISE = 0.0005
"""Noise power over signal power in Wiener's filter."""
BOTH = ("LocalAverage", "GlobalHistogram")
ROUNDS = (
    (slice(0, 3), SHARPENINGS[:2], BOTH[:1]),
    (slice(0, None), SHARPENINGS[:2], BOTH),
    (slice(0, None), SHARPENINGS[2:], BOTH),
    (slice(0, None), DEBLURRINGS, BOTH[:1]),
)
"""Parts, treatments and ways to tell black from white, the most telling first."""
PROBE = (ROUNDS[0], (slice(-1, None), SHARPENINGS[:2], BOTH[:1]))
FRAMES = ((True, True), (True, False), (False, True))
"""Sides on which the outermost line is taken for a frame where nothing decodes with it."""
ENOUGH, ENOUGH_PARTS = 4, 2
"""So many agreeing ways and parts with no other text end the look after a round; harsher treatments only add doubt."""
MODEL_LEAST_PX = 150.0
"""Bars that extend over less have modules narrower than 1.5 pixels: the model is not asked."""
MODEL_PARTS = ("all", "upper", "lower")
MODEL_MARGIN, MODEL_EXPLAINED = 25.0, 0.92
"""From here on, and where all MODEL_PARTS agree, the model's text is sure. Of 88 areas of 102 development photos that
no decoder read 39 gave the right text, all with a margin from 92 on; no wrong one had 15."""
MODEL_DOUBT = 8.0
"""A text with a smaller margin is not worth comparing with the print."""


@dataclass(frozen=True, slots=True)
class CloseRead:
    """A text and how many ways of looking gave it."""

    text: str
    symbology: str
    agreeing: int
    """Pairs of a part of the bars and a treatment that gave this text."""
    others: int
    """Pairs that gave another text."""
    parts: int
    """Different parts of the bars among those that agree."""
    backwards: bool = False
    """The code reads against the area's direction: it stands upside down."""
    margin: float = 0.0
    """Where the model read it (``code128``): how much likelier than the next text; 0 where a decoder did."""

    @property
    def settles(self) -> bool:
        """Whether enough ways agree to leave it at that."""
        if self.margin:
            return self.parts == len(MODEL_PARTS) and self.margin >= MODEL_MARGIN
        return self.agreeing >= ENOUGH and self.parts >= ENOUGH_PARTS


def straightened(picture: NDArray[np.uint8], area: BarArea) -> tuple[Any, float]:
    """The bars upright in a grey strip, quiet zones included, and pixels of the strip per pixel of the picture."""
    import cv2
    import numpy as np

    across = area.across * (1 + 2 * QUIET)
    along = max(area.along * 0.9, 6.0)
    enlarge = float(np.clip(DRAWN_WIDTH / area.across, 0.5, 6.0))
    w, h = round(across * enlarge), int(np.clip(round(along * min(enlarge, 1.0)), 8, 160))
    c, s = np.cos(np.radians(area.turn_deg)), np.sin(np.radians(area.turn_deg))
    x_step = np.array((c, s)) * across / w
    y_step = np.array((-s, c)) * along / h
    origin = np.array(area.centre) - x_step * (w / 2 - 0.5) - y_step * (h / 2 - 0.5)
    back = np.array(((x_step[0], y_step[0], origin[0]), (x_step[1], y_step[1], origin[1])))
    way = cv2.INTER_CUBIC if enlarge > 1 else cv2.INTER_LINEAR
    strip = cv2.warpAffine(picture, back, (w, h), flags=way | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE)
    return _unsheared(strip, along / h * (w / across)), enlarge


def bar_edges(picture: NDArray[np.uint8], area: BarArea) -> int:
    """Changes between dark and light across the area, a cheap sign of bars: 44 at least in a waybill's code,
    mostly under 15 where it is lettering or a pattern (development photos)."""
    import cv2
    import numpy as np

    from evidence_kit.sensors.code128 import evened

    w, h = 480, 12
    c, s = np.cos(np.radians(area.turn_deg)), np.sin(np.radians(area.turn_deg))
    x_step = np.array((c, s)) * area.across / w
    y_step = np.array((-s, c)) * area.along * 0.3 / h
    origin = np.array(area.centre) - x_step * w / 2 - y_step * h / 2
    back = np.array(((x_step[0], y_step[0], origin[0]), (x_step[1], y_step[1], origin[1])))
    strip = cv2.warpAffine(
        picture, back, (w, h), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    dark = evened(strip.mean(0, dtype=np.float32)) < 0.5
    return int(np.count_nonzero(dark[1:] != dark[:-1]))


def _unsheared(strip: Any, row_px: float) -> Any:
    """The strip with its bars exactly upright: the shear whose mean profile has the steepest edges.

    ``row_px`` is the distance of two rows in columns of the strip.
    """
    import cv2
    import numpy as np

    h, w = strip.shape
    small = cv2.resize(strip, (min(w, SHEAR_WIDTH), min(h, SHEAR_ROWS)), interpolation=cv2.INTER_AREA)
    small = small.astype(np.float32)

    def leaning(picture: Any, shear: float) -> Any:
        rows = picture.shape[0]
        lean = shear * row_px * h / rows * picture.shape[1] / w
        matrix = np.array(((1.0, lean, -lean * (rows - 1) / 2), (0.0, 1.0, 0.0)))
        way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(picture, matrix, picture.shape[::-1], flags=way, borderMode=cv2.BORDER_REPLICATE)

    def steepest(shears: Any) -> float:
        return float(max(shears, key=lambda t: float((np.diff(leaning(small, float(t)).mean(0)) ** 2).sum())))

    limit = float(np.tan(np.radians(SHEARS_DEG)))
    best = steepest(np.linspace(-limit, limit, 17))
    best = steepest(best + np.linspace(-1, 1, 7) * limit / 8)
    return leaning(strip, best)


def profiles(strip: Any) -> Iterator[tuple[str, Any]]:
    """Mean rows of the strip and of its parts, local black 0 and local white 1; then both sides of all rows.

    Glare only ever brightens, so a low percentile along the bars shows what any of its rows still shows; a dashed line
    or a pen's stroke across the bars only darkens, and a high one leaves it out.
    """
    import numpy as np

    from evidence_kit.sensors.code128 import evened

    h = strip.shape[0]
    for name in PARTS:
        yield name, evened(_mean_row(strip, name))
    inner = strip[int(0.05 * h) : max(1, int(0.95 * h))]
    yield "dark", evened(np.percentile(inner, 12, axis=0))
    yield "bright", evened(np.percentile(inner, 88, axis=0))


def _mean_row(strip: Any, part: str) -> Any:
    """The strip averaged along the bars, over one of PARTS."""
    import numpy as np

    start, end = PARTS[part]
    h = strip.shape[0]
    return strip[int(start * h) : max(int(start * h) + 1, int(end * h))].mean(0, dtype=np.float32)


def sharpened(profile: Any, sigma: float, amount: float) -> Any:
    import cv2
    import numpy as np

    if amount == 0.0:
        return profile
    row = profile.reshape(1, -1).astype(np.float32)
    return (row + amount * (row - cv2.GaussianBlur(row, (0, 0), sigma)))[0]


def deblurred(profile: Any, sigmas: Any) -> Any:
    """The profile before a Gaussian blur of each of ``sigmas`` pixels, as rows, by Wiener's filter: averaging left
    little noise."""
    import numpy as np

    padded = np.pad(profile, len(profile) // 8, mode="edge")
    passed = np.exp(-2 * (np.pi * sigmas[:, None] * np.fft.rfftfreq(len(padded))) ** 2)
    restored = np.fft.irfft(np.fft.rfft(padded) * passed / (passed**2 + NOISE), len(padded))
    return restored[:, len(profile) // 8 :][:, : len(profile)].astype(np.float32)


def look_closely(picture: NDArray[np.uint8], area: BarArea, *, engine: Engine = "zxing") -> list[CloseRead]:
    """Texts that the bars of ``area`` (in pixels of ``picture``) give, the most agreed on first.

    Where the decoder's ways settle nothing the model's text, if it has one, comes last.
    """
    strip, enlarge = straightened(picture, area)
    module = area.across * enlarge / 180
    shown = list(profiles(strip))
    ways, backwards = _ways(shown, module, ROUNDS, engine)
    if not ways:
        for sides in FRAMES:
            bare = [(part, without_frame(profile, *sides)) for part, profile in shown]
            if _ways(bare, module, PROBE, engine)[0]:
                ways, backwards = _ways(bare, module, ROUNDS, engine)
                break
    total = sum(len(each) for each in ways.values())
    reads = [
        CloseRead(text, symbology, len(each), total - len(each), len({part for part, _, _ in each}), text in backwards)
        for (text, symbology), each in ways.items()
    ]
    reads.sort(key=lambda read: -read.agreeing)
    if any(read.settles for read in reads):
        return reads
    return reads + _by_model(strip, area)


def look_by_model(picture: NDArray[np.uint8], area: BarArea, known: Collection[str]) -> list[CloseRead]:
    """What the model alone reads off the bars of ``area``: one text at most, none that is ``known`` already."""
    return _by_model(straightened(picture, area)[0], area, known) if area.across >= MODEL_LEAST_PX else []


def _by_model(strip: Any, area: BarArea, known: Collection[str] = ()) -> list[CloseRead]:
    """The model's text of the whole bars, and how many of their parts give it too."""
    from evidence_kit.sensors.code128 import read_at, read_row

    if area.across < MODEL_LEAST_PX:
        return []
    whole = read_row(_mean_row(strip, MODEL_PARTS[0]))
    if whole is None or whole.margin < MODEL_DOUBT or whole.text in known:
        return []
    rows = (_mean_row(strip, part) for part in MODEL_PARTS[1:])
    reads = [whole, *(read_at(row, whole.place, backwards=whole.backwards) for row in rows)]
    same = [read for read in reads if read is not None and read.text == whole.text]
    others = [read for read in reads if read is not None and read.text != whole.text and read.margin >= MODEL_DOUBT]
    sure = whole.explained >= MODEL_EXPLAINED and not others
    margin = whole.margin if sure else min(whole.margin, MODEL_MARGIN - 1)
    return [CloseRead(whole.text, "CODE_128", len(same), len(others), len(same), whole.backwards, margin)]


def _ways(
    shown: list[tuple[str, Any]], module: float, rounds: tuple[Any, ...], engine: Engine
) -> tuple[dict[tuple[str, str], set[tuple[str, float, str]]], set[str]]:
    """By text and symbology the ways of looking that gave it; and the texts that stand upside down."""
    import numpy as np

    from evidence_kit.sensors.engines.barcode import decode

    ways: dict[tuple[str, str], set[tuple[str, float, str]]] = defaultdict(set)
    backwards: set[str] = set()
    for parts, treatments, binarizers in rounds:
        for part, profile in shown[parts]:
            for (sigma, _), row in zip(treatments, _treated(profile, module, treatments), strict=True):
                drawn = np.repeat((np.clip(row * 0.8 + 0.1, 0, 1) * 255).astype(np.uint8)[None], ROWS, 0)
                for binarizer in binarizers:
                    found = decode(
                        drawn, engine=engine, kinds="linear", binarizer=binarizer, upright=True, downscale=False
                    )
                    for code in found:
                        ways[code.text, code.symbology].add((part, sigma, binarizer))
                        if code.corners[0][0] > code.corners[1][0]:
                            backwards.add(code.text)
        if len(ways) == 1:
            only = next(iter(ways.values()))
            if len(only) >= ENOUGH and len({part for part, _, _ in only}) >= ENOUGH_PARTS:
                break
    return ways, backwards


def _treated(profile: Any, module: float, treatments: Any) -> list[Any]:
    """The profile after each of ``treatments``: blurs are undone all at once, from one spectrum."""
    import numpy as np

    blurs = np.array([sigma for sigma, amount in treatments if amount is None]) * module
    undone = iter(deblurred(profile, blurs) if len(blurs) else ())
    return [
        next(undone) if amount is None else sharpened(profile, sigma * module, amount) for sigma, amount in treatments
    ]


def without_frame(profile: Any, first: bool, last: bool) -> Any:
    """The profile (0 black, 1 white) without the first line beyond its quiet zone, the last, or both: a ruled line
    printed too near hides a code from its decoder. Where the line was a bar of the code, nothing decodes any more."""
    import numpy as np

    dark = profile < 0.5
    begins = np.flatnonzero(dark & ~np.roll(dark, 1))
    ends = np.flatnonzero(dark & ~np.roll(dark, -1)) + 1
    quiet = 0.6 * QUIET / (1 + 2 * QUIET) * len(profile)
    bare = profile.copy()
    if first and len(lines := ends[ends > quiet]):
        bare[: _risen(profile, int(lines[0]))] = 1.0
    if last and len(lines := begins[begins < len(profile) - quiet]):
        bare[len(profile) - _risen(profile[::-1], len(profile) - int(lines[-1])) :] = 1.0
    return bare


def _risen(profile: Any, at: int) -> int:
    """Where the profile, rising from ``at`` on, has come to its height: even a grey rest there hides a code."""
    while at < len(profile) and (profile[at] > profile[at - 1] or profile[at] < 0.9):
        at += 1
    return at
