"""All lines of a document's picture: a receipt, a certificate, a chat, a ruler. Long screenshots are read in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.schema import Quad
from evidence_kit.sensors import ocr
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PART_EDGE = 1440
"""Long edge in pixels at which one part is searched."""
PART_ASPECT = 2.0
"""A picture longer than this is cut into parts; they overlap by OVERLAP of a part."""
OVERLAP = 0.06
MOST_PARTS = 12
MOST_LINES = 240
SMALLEST_SIDE = 32
PADDING = 0.12
TWICE_DIGITS = 2
"""Lines with so many digits are read by the second network too."""


@dataclass(frozen=True, slots=True)
class Glyph:
    text: str
    place: float
    """Centre along the line, 0..1."""
    score: float


@dataclass(frozen=True, slots=True)
class PaperLine:
    text: str
    score: float
    quad: Quad
    """Clockwise from the line's own top left, as read."""
    second: str = ""
    """The second network's reading, where it was asked."""
    second_score: float = 0.0
    glyphs: tuple[Glyph, ...] = ()
    """The characters, of lines that hold digits."""


@dataclass(frozen=True, slots=True)
class PaperText:
    width: int
    height: int
    lines: tuple[PaperLine, ...] = ()
    """From top to bottom, then from left to right."""
    cut_short: bool = False
    """The picture is longer than is read."""


@sensor(on="photo", version="1", packages=("onnxruntime", "rapidocr", "opencv-python-headless"))
def paper_text(photo: Photo) -> PaperText:
    """Lines of one picture. Raises CannotOpen, LimitReached, EngineMissing."""
    return read_paper(photo.luma())


def read_paper(picture: NDArray[np.uint8]) -> PaperText:
    """Lines of a grey picture (H, W)."""
    height, width = picture.shape
    if min(height, width) < SMALLEST_SIDE:
        return PaperText(width, height)
    part = height if height <= PART_ASPECT * width else round(PART_ASPECT * width)
    step = max(1, round(part * (1 - OVERLAP)))
    tops = list(range(0, max(1, height - round(part * OVERLAP)), step))
    lines: list[PaperLine] = []
    for top in tops[:MOST_PARTS]:
        piece = picture[top : top + part]
        for box in ocr.find_lines(piece, long_edge=PART_EDGE, most=MOST_LINES):
            line = _read(piece, box, top, width, height)
            if line is not None and not _known(line, lines):
                lines.append(line)
        if len(lines) >= MOST_LINES:
            break
    lines.sort(key=lambda line: (round(line.quad[0][1], 3), line.quad[0][0]))
    return PaperText(width, height, tuple(lines[:MOST_LINES]), len(tops) > MOST_PARTS or len(lines) > MOST_LINES)


def _read(piece: Any, box: ocr.TextBox, top: int, width: int, height: int) -> PaperLine | None:
    import numpy as np

    spots = np.array(box.corners, np.float64)
    along = (spots[1] - spots[0]) / max(box.length, 1e-6)
    down = (spots[3] - spots[0]) / max(box.height, 1e-6)
    pad = PADDING * box.height
    grown = spots + pad * np.array([-along - down, along - down, along + down, down - along])
    cutting = ocr.cut(piece, [tuple(p) for p in grown])
    read = ocr.read_lines([cutting])[0]
    if not read.text.strip():
        return None
    quad = tuple(
        (float(min(1.0, max(0.0, x / width))), float(min(1.0, max(0.0, (y + top) / height)))) for x, y in grown
    )
    second, glyphs = None, ()
    if sum(c.isdigit() for c in read.text) >= TWICE_DIGITS:
        second = ocr.read_lines([cutting], size="small")[0]
    if any(c.isdigit() for c in read.text):
        glyphs = tuple(Glyph(c.text, round(c.place, 4), round(c.score, 3)) for c in read.characters)  # type: ignore[assignment]
    return PaperLine(
        read.text,
        round(read.score, 4),
        quad,  # type: ignore[arg-type]
        second.text if second else "",
        round(second.score, 4) if second else 0.0,
        glyphs,
    )


def _known(line: PaperLine, lines: list[PaperLine]) -> bool:
    """The same text at the same place was read in the part above."""
    (x, y), tall = line.quad[0], abs(line.quad[3][1] - line.quad[0][1])
    return any(
        other.text == line.text and abs(other.quad[0][0] - x) < 0.02 and abs(other.quad[0][1] - y) < tall
        for other in lines
    )
