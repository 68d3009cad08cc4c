"""Lines of text in one part of a picture, the way up settled by reading, lines of digits read twice.

Two readings by two networks are two looks: they were trained apart and rarely make the same mistake on a line that
is hard to see. Both are kept, each with its characters' probabilities; which to believe is for the facts to say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from evidence_kit.records import dataclass
from evidence_kit.schema import Point, Quad
from evidence_kit.sensors import ocr
from evidence_kit.sensors.ocr import Character, ReadLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

TextEngine = Literal["rapid", "paddle"]

NUMBER_ASPECT = 4.0
"""A line of ten characters or more is at least so many times longer than high."""
LONGEST_ASPECT = 22.0
MOST_LINES = 150
"""A newspaper under the parcel has more lines than the label: with 40, one label in sixteen was not reached."""
VOTERS = 3
"""So many of the longest lines settle which way up the text stands."""
SECOND_LOOK_DIGITS = 7
"""Lines that end in a run of plain characters with so many digits are read by both networks."""
SECOND_LOOK_LEAST = 9
"""... where the run has so many letters and digits: a waybill number has ten, of which one look may lose one. Of 41
development photos that need print none answers otherwise with shorter runs read twice: ``benchmarks waybill_looks``."""
LAST_RUN = r"[0-9A-Za-z\s\-\u2010-\u2015\u2212]+$"
"""A number ends its line; what comes before may say what it is. Times, prices and addresses need no second look."""
DOUBTFUL = 0.85
"""A line with a lower mean score is read the other way up too, and the better reading kept."""
CERTAIN_TAIL = 10
"""A line under bars that ends in so many characters of the code needs no second look."""
PADDING = 0.08
"""A box is enlarged by this share of its height before it is cut: found boxes are tight."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line as one look read it."""

    text: str
    score: float
    """Mean probability of the characters."""
    quad: Quad
    """Clockwise from the line's own top left, as read."""
    look: str
    """The network: ``tiny``, ``small`` or ``paddle``. Lines with one quad are looks at one line."""
    height_px: float = 0.0
    """Height of the line in pixels of the full-size picture."""
    characters: tuple[Character, ...] = ()


def read_area(
    picture: NDArray[np.uint8],
    corners: Sequence[Point],
    *,
    edge: int,
    enlarge: float = 1.0,
    engine: TextEngine = "rapid",
) -> list[TextLine]:
    """Lines inside the quadrilateral ``corners`` (pixels of ``picture``, grey) at ``edge`` pixels long edge at most.

    ``enlarge`` allows the part to be shown to the finder so many times larger than it is.
    """
    if engine == "paddle":
        from evidence_kit.sensors.engines.paddle import read_lines_of

        return read_lines_of(picture, corners, edge)
    part, onto = part_of(picture, corners, edge, enlarge)
    return _read_boxes(picture, ocr.find_lines(part), onto)


def read_below(picture: NDArray[np.uint8], corners: Sequence[Point], quad: Quad, code_text: str) -> list[TextLine]:
    """The line of print right under bars with these corners (pixels, clockwise from the code's own top left).

    Nothing where no line of ink stands out. The lines carry the code's ``quad``; a line of digits that is not part
    of ``code_text`` is read by both networks.
    """
    import cv2
    import numpy as np

    a, b, c, d = (np.array(corner) for corner in corners)
    down = ((d - a) + (c - b)) / 2
    length = float(np.hypot(*(b - a)))
    depth = down * min(0.8, 0.3 * length / max(1.0, float(np.hypot(*down))))
    strip = ocr.cut(picture, [tuple(p) for p in (d - 0.04 * down, c - 0.04 * down, c + depth, d + depth)])
    if strip.shape[0] < 10 or strip.shape[1] < 60:
        return []
    if strip.shape[1] > 900:
        strip = cv2.resize(strip, (900, round(strip.shape[0] * 900 / strip.shape[1])), interpolation=cv2.INTER_AREA)
    ink = np.abs(cv2.Sobel(strip, cv2.CV_16S, 1, 0, ksize=3)).mean(1)
    band = _first_band(ink)
    if band is None:
        return []
    top, bottom = band
    pad = max(2, round(0.2 * (bottom - top)))
    line = strip[max(0, top - pad) : bottom + pad]
    inked = np.flatnonzero(np.abs(cv2.Sobel(line, cv2.CV_16S, 1, 0, ksize=3)).mean(0) > 0.25 * ink[top:bottom].max())
    if len(inked) > 10:
        line = line[:, max(0, inked[0] - 2 * pad) : inked[-1] + 2 * pad]
    if not NUMBER_ASPECT <= line.shape[1] / line.shape[0] <= LONGEST_ASPECT:
        return []
    tall = (bottom - top) * length / strip.shape[1]
    reads = [("tiny", ocr.read_lines([line])[0])]
    plain, code = ("".join(c for c in text if c.isalnum()) for text in (reads[0][1].text, code_text))
    agrees = plain in code or plain[-CERTAIN_TAIL:] in code
    only = len(plain) == sum(not (c.isspace() or c == "-") for c in reads[0][1].text)
    if only and _digits(plain) > SECOND_LOOK_DIGITS and not agrees:
        reads.append(("small", ocr.read_lines([line], size="small")[0]))
    return [TextLine(read.text, read.score, quad, look, tall, read.characters) for look, read in reads]


def _first_band(ink: Any) -> tuple[int, int] | None:
    """Rows of the first run of ink after a gap: the end of the bars leads, then white, then the line."""
    import numpy as np

    inner = ink[len(ink) // 8 :]
    level = 0.35 * float(np.percentile(inner, 90))
    busy = ink > level
    row = 0
    while row < len(busy) and busy[row]:  # what is left of the bars
        row += 1
    while row < len(busy):
        while row < len(busy) and not busy[row]:
            row += 1
        start = row
        while row < len(busy) and busy[row]:
            row += 1
        if row - start >= 6:
            return start, row
    return None


def part_of(picture: Any, corners: Sequence[Point], edge: int, enlarge: float) -> tuple[Any, Any]:
    """The straightened part for the finder, and the matrix from its pixels to the picture's."""
    import cv2
    import numpy as np

    spots = np.array(corners, np.float32)
    w = float(np.hypot(*(spots[1] - spots[0])))
    h = float(np.hypot(*(spots[3] - spots[0])))
    scale = min(enlarge, edge / max(w, h))
    across, down = max(32, round(w * scale / 32) * 32), max(32, round(h * scale / 32) * 32)
    frame = np.array(((0, 0), (across - 1, 0), (across - 1, down - 1), (0, down - 1)), np.float32)
    onto = cv2.getPerspectiveTransform(frame, spots)
    if scale < 0.6 and (spots[0] == 0).all():  # the whole picture: averaged, not sampled
        return cv2.resize(picture, (across, down), interpolation=cv2.INTER_AREA), onto
    source, shrink = picture, 1.0
    while scale / shrink < 0.5:
        source = cv2.resize(source, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        shrink /= 2
    there = np.diag((shrink, shrink, 1.0)) @ onto
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    part = cv2.warpPerspective(source, there, (across, down), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return part, onto


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)


def _plain(text: str) -> int:
    return sum(c.isalnum() for c in text)


def _read_boxes(picture: Any, boxes: list[ocr.TextBox], onto: Any) -> list[TextLine]:
    height, width = picture.shape
    long = [box for box in boxes if box.length >= NUMBER_ASPECT * box.height][:MOST_LINES]
    spots = [_placed(box, onto) for box in long]
    ways: list[tuple[float, int, ReadLine, ReadLine]] = []
    for index in sorted(range(len(long)), key=lambda i: -long[i].length)[:VOTERS]:
        up = ocr.read_lines([ocr.cut(picture, spots[index])])[0]
        down = ocr.read_lines([ocr.cut(picture, _turned(spots[index]))])[0]
        ways.append((up.score - down.score, index, up, down))
    upside_down = sum(way[0] for way in ways) < 0
    known = {index: (down if upside_down else up) for _, index, up, down in ways}
    lines: list[TextLine] = []
    for index, box_spots in enumerate(spots):
        way = _turned(box_spots) if upside_down else box_spots
        cutting = ocr.cut(picture, way)
        read = known.get(index) or ocr.read_lines([cutting])[0]
        if read.score < DOUBTFUL:  # this line may stand the other way up than the rest
            other = ocr.read_lines([ocr.cut(picture, _turned(way))])[0]
            if other.score > read.score:
                way, read = _turned(way), other
                cutting = ocr.cut(picture, way)
        quad = tuple((min(1.0, max(0.0, x / width)), min(1.0, max(0.0, y / height))) for x, y in way)
        tall = ((way[3][0] - way[0][0]) ** 2 + (way[3][1] - way[0][1]) ** 2) ** 0.5
        lines.append(TextLine(read.text, read.score, quad, "tiny", tall, read.characters))  # type: ignore[arg-type]
        last = re.search(LAST_RUN, read.text)
        if last and _digits(last[0]) >= SECOND_LOOK_DIGITS and _plain(last[0]) >= SECOND_LOOK_LEAST:
            again = ocr.read_lines([cutting], size="small")[0]
            lines.append(TextLine(again.text, again.score, quad, "small", tall, again.characters))  # type: ignore[arg-type]
    return lines


def _placed(box: ocr.TextBox, onto: Any) -> tuple[Point, ...]:
    """The box's corners, a little larger, in pixels of the picture."""
    import cv2
    import numpy as np

    corners = np.array(box.corners, np.float64)
    along = (corners[1] - corners[0]) / max(box.length, 1e-6)
    across = (corners[3] - corners[0]) / max(box.height, 1e-6)
    pad = PADDING * box.height
    grown = corners + pad * np.array((-along - across, along - across, along + across, across - along))
    moved = cv2.perspectiveTransform(grown[None].astype(np.float64), onto)[0]
    return tuple((float(x), float(y)) for x, y in moved)


def _turned(corners: tuple[Point, ...]) -> tuple[Point, ...]:
    return corners[2:] + corners[:2]
