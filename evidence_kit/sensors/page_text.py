"""Text of a whole photo: lines of a number's shape are found at reduced size and read, whichever way up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence_kit.records import dataclass
from evidence_kit.sensors.number_lines import TextEngine, TextLine, read_area
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PAGE_EDGE", "PageText", "TextEngine", "TextLine", "page_text", "read_page"]

PAGE_EDGE = 1600
"""Long edge in pixels at which lines are searched for."""

SMALLEST_SIDE = 16
"""A picture with a shorter side holds no line of ten characters that could be read."""


@dataclass(frozen=True, slots=True)
class PageText:
    lines: tuple[TextLine, ...] = ()
    engine: str = "rapid"


@sensor(on="photo", version="2", packages=("onnxruntime", "rapidocr", "opencv-python-headless"))
def page_text(photo: Photo, *, ocr: TextEngine = "rapid") -> PageText:
    """Lines of a photo. Raises CannotOpen, LimitReached, EngineMissing."""
    return read_page(photo.luma(), engine=ocr)


def read_page(picture: NDArray[np.uint8], *, engine: TextEngine = "rapid") -> PageText:
    """Lines of a grey picture (H, W), a photo's or a video frame's."""
    height, width = picture.shape
    if min(height, width) < SMALLEST_SIDE:
        return PageText((), engine)
    whole = ((0.0, 0.0), (width - 1.0, 0.0), (width - 1.0, height - 1.0), (0.0, height - 1.0))
    return PageText(tuple(read_area(picture, whole, edge=PAGE_EDGE, engine=engine)), engine)
