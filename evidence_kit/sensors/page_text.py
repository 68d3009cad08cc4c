"""Text of a whole photo: lines of a number's shape are found at reduced size and read, whichever way up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evidence_kit.schema import Quad
from evidence_kit.sensors.ocr import Character
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TextEngine = Literal["rapid", "paddle"]

PAGE_EDGE = 1600
"""Long edge in pixels at which lines are searched for."""
NUMBER_ASPECT = 4.0
"""Ten characters or more are at least so many times longer than high."""
MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line as one look read it."""

    text: str
    score: float
    """Mean probability of the characters."""
    quad: Quad
    """Clockwise from the line's own top left, as read."""
    look: str
    """Model and size, e.g. ``tiny``; two lines of one quad with different looks are two independent readings."""
    characters: tuple[Character, ...] = ()


@dataclass(frozen=True, slots=True)
class PageText:
    lines: tuple[TextLine, ...] = ()
    engine: str = "rapid"


@sensor(on="photo", version="1", packages=("onnxruntime", "rapidocr", "opencv-python-headless"))
def page_text(photo: Photo, *, ocr: TextEngine = "rapid") -> PageText:
    """Lines of a photo. Raises CannotOpen, LimitReached, EngineMissing."""
    return read_page(photo.luma(), search=photo.luma(PAGE_EDGE), engine=ocr)


def read_page(
    picture: NDArray[np.uint8], *, search: NDArray[np.uint8] | None = None, engine: TextEngine = "rapid"
) -> PageText:
    """Lines of a grey picture (H, W), a photo's or a video frame's."""
    from evidence_kit.sensors import ocr

    height, width = picture.shape
    scale = 1.0 if search is None else width / search.shape[1]
    boxes = ocr.find_lines(picture if search is None else search, long_edge=PAGE_EDGE)
    boxes = [box for box in boxes if box.length >= NUMBER_ASPECT * box.height][:MOST_LINES]
    lines: list[TextLine] = []
    for box in boxes:
        corners = tuple((x * scale, y * scale) for x, y in box.corners)
        turned = corners[2:] + corners[:2]
        upright, upside = (ocr.read_lines([ocr.cut(picture, way)])[0] for way in (corners, turned))
        way, read = (corners, upright) if upright.score >= upside.score else (turned, upside)
        quad = tuple((min(1.0, max(0.0, x / width)), min(1.0, max(0.0, y / height))) for x, y in way)
        lines.append(TextLine(read.text, read.score, quad, "tiny", read.characters))  # type: ignore[arg-type]
    return PageText(tuple(lines), engine)
