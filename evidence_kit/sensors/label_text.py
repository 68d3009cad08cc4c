"""Number lines beside the bars of a label, read at the label's own orientation."""

from __future__ import annotations

from dataclasses import dataclass

from evidence_kit.sensors.codes import Codes
from evidence_kit.sensors.page_text import TextEngine, TextLine
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor


@dataclass(frozen=True, slots=True)
class LabelText:
    lines: tuple[TextLine, ...] = ()
    engine: str = "rapid"


@sensor(on="photo", version="1", packages=("onnxruntime", "rapidocr", "opencv-python-headless"))
def label_text(photo: Photo, codes: Codes, *, ocr: TextEngine = "rapid") -> LabelText:
    """Lines beside every bar area of a photo. Raises CannotOpen, LimitReached, EngineMissing."""
    return LabelText((), ocr)
