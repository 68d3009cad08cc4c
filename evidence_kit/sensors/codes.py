"""Bar codes of one picture: what decodes, and where bars stand that do not.

Cheapest look first: every linear code at half size, then each bar area left over, turned exactly, enlarged and
sharpened (``close_look``; bars that seem a copy on a label that was read get one look and the model's), and the
full-size picture only where all of that saw nothing. Raw: what a text means is for the facts to say.
"""

from __future__ import annotations

from dataclasses import replace
from math import cos, hypot, radians, sin
from typing import TYPE_CHECKING, Any, Literal

from evidence_kit.records import dataclass
from evidence_kit.schema import Quad
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evidence_kit.sensors.bar_regions import BarArea
    from evidence_kit.sensors.close_look import CloseRead
    from evidence_kit.sensors.engines.barcode import RawCode

BarcodeEngine = Literal["zxing", "zbar"]

SEARCH_EDGE = 2000
"""Long edge in pixels at which bars are searched for; codes of near labels decode at it already."""
CLOSE_LOOKS = 6
"""At most so many bar areas of one picture are looked at closely."""
COPY_LOOKS = 3
"""At most so many seeming copies that did not decode are shown to the model: small labels beside a large one."""
COPY_EDGES = 40
"""A waybill's code has 44 changes at least."""
FEWEST_EDGES = 16
"""Areas with fewer changes between dark and light are lettering or patterns (development photos: codes from 16,
of which only torn ones under 30; 118 other areas of 90 photos all below)."""
WHOLE_EDGES = 33
"""Bars with fewer changes, less than three quarters of a waybill's, are at most a piece of a code: nothing is looked
for in them alone (200 development photos: of 74 areas with fewer than 40 one gave a text, not enough for a reading:
``benchmarks waybill_looks``)."""

BESIDE, BESIDE_TURNED, BELOW = 0.8, 1.4, 2.2
"""Bars stand on one label with others when they are no farther from them than so many times the latter's extent:
along the direction of reading (a label that lies beside it has its bars 1.2 away or more; a copy turned by 90 degrees
stands at the edge, up to 1.3 away where the code is short), and across it (a stub's copy)."""
LINEAR = frozenset({"CODE_128", "CODE_39", "CODE_93", "ITF", "CODABAR"})
SHORTEST = 10
"""Codes with fewer characters carry no waybill number (rules 1e.16): nothing is read beside them."""
PIECES = 12
"""Undecoded bars are measured in so many pieces along the direction of reading."""
LOST_CONTRAST = 0.3
"""A piece with less of the whole's contrast shows no bars: measured, not judged."""


@dataclass(frozen=True, slots=True)
class SeenCode:
    """One decoded code."""

    text: str
    symbology: str
    """``CODE_128``, ``EAN_13``, ``QR_CODE`` ..."""
    quad: Quad
    look: str
    """What decoded it: ``half``, ``full``, ``copy``, ``close`` or ``model``."""
    agreeing: int = 1
    """In a close look: ways of looking at the bars that gave this text."""
    others: int = 0
    """In a close look: ways that gave another text."""
    parts: int = 1
    """In a close look: different parts of the bars that gave this text."""
    margin: float = 0.0
    """Of the model: how much likelier than the next text."""


@dataclass(frozen=True, slots=True)
class BarRegion:
    """Bars that did not decode, with what might explain it."""

    quad: Quad
    """First edge along the direction of reading."""
    turn_deg: float
    across_px: float
    """Extent over the bars in pixels of the full-size picture."""
    along_px: float
    contrast: float
    """Between the 95th and 5th percentile, 0..1."""
    sharpness: float
    """Steepest change per pixel as a share of the contrast; about 0.5 for a sharp edge."""
    brightness: float
    """95th percentile, 0..1."""
    burnt: float
    """Share of pixels at the sensor's upper end."""
    lost: float
    """Share of the extent over which light and dark cannot be told apart."""
    lost_bright: float
    """Mean brightness of the lost part, 0..1; 0 where nothing is lost."""
    at_edge: bool
    """The area touches the picture's border."""
    coherence: float = 0.0
    edges: int = 0
    """Changes between dark and light along the direction of reading."""


@dataclass(frozen=True, slots=True)
class Codes:
    """What bars say in one picture of ``width`` x ``height`` pixels."""

    width: int
    height: int
    seen: tuple[SeenCode, ...] = ()
    unread: tuple[BarRegion, ...] = ()
    engine: str = "zxing"
    guesses: tuple[SeenCode, ...] = ()
    """What the model reads off unread bars without being sure: worth comparing with the print."""


@sensor(on="photo", version="4", packages=("zxing-cpp", "opencv-python-headless"))
def codes(photo: Photo, *, barcode: BarcodeEngine = "zxing") -> Codes:
    """Codes and bar areas of a photo. Raises CannotOpen, LimitReached, EngineMissing."""
    return read_codes(photo.luma(), search=photo.luma(SEARCH_EDGE), engine=barcode)


def read_codes(
    picture: NDArray[np.uint8],
    *,
    search: NDArray[np.uint8] | None = None,
    engine: BarcodeEngine = "zxing",
    closely: bool = True,
) -> Codes:
    """Codes and bar areas of a grey picture (H, W), a photo's or a video frame's.

    ``search`` is the same picture at SEARCH_EDGE, where the caller has it. Without ``closely`` areas are only listed.
    """
    import cv2

    from evidence_kit.sensors.bar_regions import find_bars
    from evidence_kit.sensors.close_look import bar_edges
    from evidence_kit.sensors.engines.barcode import decode

    height, width = picture.shape
    small: Any = search
    if small is None:
        shrink = min(1.0, SEARCH_EDGE / max(height, width))
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA) if shrink < 1 else picture
    scale = width / small.shape[1]
    seen: list[SeenCode] = []

    def add(found: list[RawCode], by: float, look: str) -> None:
        for code in found:
            corners = [(x * by, y * by) for x, y in code.corners]
            if not any(old.text == code.text and _inside(corners, old.quad, width, height) for old in seen):
                seen.append(SeenCode(code.text, code.symbology, _quad(corners, width, height), look))

    add(decode(small, engine=engine, kinds="linear", downscale=False), scale, "half")
    areas = find_bars(small)
    seen = [_grown(code, areas, scale, width, height) for code in seen]
    unread: list[BarRegion] = []
    guesses: list[SeenCode] = []
    looked: list[BarArea] = []
    copies: list[BarArea] = []
    for area in _open_areas(areas, seen, scale, width, height):
        large = _enlarged(area, scale)
        if _copy(large, seen, width, height):
            found = _at_once(picture, large, engine)
            add(found, 1.0, "copy")
            if not found:
                copies.append(large)
            continue
        edges = bar_edges(picture, large)
        if edges < FEWEST_EDGES or len(looked) == CLOSE_LOOKS:
            continue
        looked.append(large)
        whole = closely and edges >= WHOLE_EDGES
        settled = whole and _seen_closely(picture, large, seen, guesses, engine)
        if not settled:
            unread.append(_measured(picture, large, edges))
    if closely:
        torn = [large for large in looked if any(_quad(large.corners, width, height) == r.quad for r in unread)]
        _seen_joined(picture, torn, seen, guesses, engine)
        _seen_beside(picture, copies, seen, engine)
    if not seen and scale > 1.05:
        add(decode(picture, engine=engine, kinds="code128"), 1.0, "full")
    return Codes(width, height, tuple(seen), tuple(unread), engine, tuple(guesses))


def placed(found: Codes, corner: tuple[int, int], width: int, height: int) -> Codes:
    """Codes of a part of a picture as codes of the whole, ``width`` x ``height`` pixels; ``corner`` is the part's left
    and top in it."""

    def within(quad: Quad) -> Quad:
        a, b, c, d = ((x * found.width + corner[0], y * found.height + corner[1]) for x, y in quad)
        return _quad((a, b, c, d), width, height)

    seen, guesses = (
        tuple(replace(code, quad=within(code.quad)) for code in part) for part in (found.seen, found.guesses)
    )
    unread = tuple(replace(region, quad=within(region.quad)) for region in found.unread)
    return Codes(width, height, seen, unread, found.engine, guesses)


def _copy(area: BarArea, seen: list[SeenCode], width: int, height: int) -> bool:
    """Whether the bars stand on a label of which a code was read that is long enough for a waybill number."""
    quad = _quad(area.corners, width, height)
    long = [code for code in seen if code.symbology in LINEAR and len(code.text) >= SHORTEST]
    return any(on_one_label(code.quad, quad, width, height) for code in long)


def _at_once(picture: NDArray[np.uint8], area: BarArea, engine: BarcodeEngine) -> list[RawCode]:
    """What one look at the upright bars gives, with corners in pixels of ``picture``: nothing is spent on a copy, and
    a label that lies close by its neighbour is not taken for one."""
    from evidence_kit.sensors.bar_regions import corners_of
    from evidence_kit.sensors.close_look import QUIET
    from evidence_kit.sensors.engines.barcode import decode
    from evidence_kit.sensors.ocr import cut

    with_quiet = corners_of(area.centre, area.across * (1 + 2 * QUIET), area.along, area.turn_deg)
    found = decode(cut(picture, with_quiet), engine=engine, kinds="code128", upright=True, downscale=False)
    a, b, c, d = area.corners
    return [
        replace(code, corners=(a, b, c, d) if code.corners[0][0] <= code.corners[1][0] else (c, d, a, b))
        for code in found
    ]


def _seen_closely(
    picture: NDArray[np.uint8], area: BarArea, seen: list[SeenCode], guesses: list[SeenCode], engine: BarcodeEngine
) -> bool:
    """Looks closely at one area and adds what it reads to ``seen``, what the model is not sure of to ``guesses``;
    whether enough ways agree to leave it at that."""
    from evidence_kit.sensors.close_look import look_closely

    reads = look_closely(picture, area, engine=engine)
    for read in reads:
        (guesses if read.margin and not read.settles else seen).append(_of_look(read, area, picture))
    return any(read.settles for read in reads)


def _seen_joined(
    picture: NDArray[np.uint8],
    torn: list[BarArea],
    seen: list[SeenCode],
    guesses: list[SeenCode],
    engine: BarcodeEngine,
) -> None:
    """Looks closely at pairs of unread areas that may be one code, until one settles."""
    from evidence_kit.sensors.bar_regions import joined

    for whole in joined(torn)[:CLOSE_LOOKS]:
        if _seen_closely(picture, whole, seen, guesses, engine):
            break


def _seen_beside(
    picture: NDArray[np.uint8], copies: list[BarArea], seen: list[SeenCode], engine: BarcodeEngine
) -> None:
    """Adds what the model surely reads off bars that seemed a copy: a small label close by a large one."""
    from evidence_kit.sensors.close_look import bar_edges, look_by_model

    if engine != "zxing":
        return
    likely = [area for area in copies if bar_edges(picture, area) >= COPY_EDGES]
    for area in sorted(likely, key=lambda area: -area.across)[:COPY_LOOKS]:
        reads = look_by_model(picture, area, {code.text for code in seen})
        seen += [_of_look(read, area, picture) for read in reads if read.settles]


def _of_look(read: CloseRead, area: BarArea, picture: NDArray[np.uint8]) -> SeenCode:
    corners = area.corners[2:] + area.corners[:2] if read.backwards else area.corners
    quad = _quad(corners, picture.shape[1], picture.shape[0])
    look = "model" if read.margin else "close"
    return SeenCode(read.text, read.symbology, quad, look, read.agreeing, read.others, read.parts, read.margin)


def _grown(code: SeenCode, areas: list[BarArea], scale: float, width: int, height: int) -> SeenCode:
    """The code with the whole area of its bars: a decoder names only the rows that it read."""
    for area in areas:
        large = _enlarged(area, scale)
        if not _near(large.centre, 0.6 * large.across, code.quad, width, height):
            continue
        (ax, ay), (bx, by) = code.quad[0], code.quad[1]
        c, s = cos(radians(area.turn_deg)), sin(radians(area.turn_deg))
        along = (bx - ax) * width * c + (by - ay) * height * s
        reach = hypot((bx - ax) * width, (by - ay) * height)
        if abs(along) < 0.9 * reach or reach < 0.5 * large.across:
            continue  # the bars beside it, turned otherwise
        corners = large.corners if along > 0 else large.corners[2:] + large.corners[:2]
        return replace(code, quad=_quad(corners, width, height))
    return code


def _enlarged(area: BarArea, scale: float) -> BarArea:
    """The area in pixels of a picture ``scale`` times larger."""
    x, y = area.centre
    return replace(area, centre=(x * scale, y * scale), across=area.across * scale, along=area.along * scale)


def _open_areas(areas: list[BarArea], seen: list[SeenCode], scale: float, width: int, height: int) -> list[BarArea]:
    """The areas on which nothing was decoded yet."""
    left = []
    for area in areas:
        x, y = area.centre[0] * scale, area.centre[1] * scale
        reach = 0.6 * area.across * scale
        if not any(_near((x, y), reach, code.quad, width, height) for code in seen):
            left.append(area)
    return left


def on_one_label(bars: Quad, other: Quad, width: int, height: int) -> bool:
    """Whether ``other`` lies where the label of ``bars`` extends; quads are fractions of a picture of that size."""
    (ax, ay), (bx, by) = ((x * width, y * height) for x, y in bars[:2])
    extent = max(1.0, hypot(bx - ax, by - ay))
    along = ((bx - ax) / extent, (by - ay) / extent)
    (x0, y0), (x1, y1) = _middle(bars, width, height), _middle(other, width, height)
    u = (x1 - x0) * along[0] + (y1 - y0) * along[1]
    v = (y1 - y0) * along[0] - (x1 - x0) * along[1]
    (cx, cy), (dx, dy) = ((x * width, y * height) for x, y in other[:2])
    parallel = abs((dx - cx) * along[0] + (dy - cy) * along[1]) > 0.7 * hypot(dx - cx, dy - cy)
    return abs(u) <= (BESIDE if parallel else BESIDE_TURNED) * extent and abs(v) <= BELOW * extent


def _middle(quad: Quad, width: int, height: int) -> tuple[float, float]:
    return sum(corner[0] for corner in quad) / 4 * width, sum(corner[1] for corner in quad) / 4 * height


def _near(spot: tuple[float, float], reach: float, quad: Quad, width: int, height: int) -> bool:
    x = sum(corner[0] for corner in quad) / 4 * width
    y = sum(corner[1] for corner in quad) / 4 * height
    return hypot(spot[0] - x, spot[1] - y) < reach


def _inside(corners: list[tuple[float, float]], quad: Quad, width: int, height: int) -> bool:
    x, y = sum(c[0] for c in corners) / 4, sum(c[1] for c in corners) / 4
    size = max(hypot(corners[0][0] - corners[2][0], corners[0][1] - corners[2][1]), 8.0)
    return _near((x, y), size / 2, quad, width, height)


def _quad(corners: Any, width: int, height: int) -> Quad:
    """Pixels as fractions, kept inside the picture."""
    a, b, c, d = ((min(1.0, max(0.0, x / width)), min(1.0, max(0.0, y / height))) for x, y in corners)
    return (a, b, c, d)


def _measured(picture: NDArray[np.uint8], area: BarArea, edges: int) -> BarRegion:
    """What can be said about bars that did not decode; ``area`` in pixels of ``picture``."""
    import numpy as np

    from evidence_kit.sensors.ocr import cut

    height, width = picture.shape
    bars = cut(picture, area.corners).astype(np.float32)
    inner = bars[bars.shape[0] // 4 : max(bars.shape[0] // 4 + 1, 3 * bars.shape[0] // 4)]
    low, high = np.percentile(inner, (5, 95))
    contrast = float(high - low)
    steps = np.abs(np.diff(inner, axis=1))
    sharpness = float(np.percentile(steps, 98)) / max(contrast, 1.0) if steps.size else 0.0
    pieces = np.array_split(inner, PIECES, axis=1)
    flat = [piece for piece in pieces if np.ptp(np.percentile(piece, (5, 95))) < LOST_CONTRAST * max(contrast, 8.0)]
    at_edge = any(not (2 <= x <= width - 3 and 2 <= y <= height - 3) for x, y in area.corners)
    return BarRegion(
        quad=_quad(area.corners, width, height),
        turn_deg=area.turn_deg,
        across_px=area.across,
        along_px=area.along,
        contrast=contrast / 255,
        sharpness=sharpness,
        brightness=float(high) / 255,
        burnt=float((inner >= 250).mean()),
        lost=len(flat) / len(pieces),
        lost_bright=float(np.mean([piece.mean() for piece in flat])) / 255 if flat else 0.0,
        at_edge=at_edge,
        coherence=area.coherence,
        edges=edges,
    )
