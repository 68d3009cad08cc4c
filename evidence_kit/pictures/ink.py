"""Quads, numbers and digits on a picture. The font is Pillow's own (Aileron, Latin only): no Chinese here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from evidence_kit.report.picture import Mark

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

COLOURS = {"waybill": (11, 110, 79), "goods": (29, 78, 216), "fail": (185, 28, 28), "review": (180, 83, 9)}
"""Each at least 4.5 : 1 against the white of its plate; a white line runs along, to stand out on any ground."""


def draw_marks(picture: Picture, marks: Sequence[Mark], *, tails: bool) -> Picture:
    """``picture`` with each mark's quad, its number at the top left corner and, with ``tails``, its last digits."""
    if not marks:
        return picture
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    height, width = picture.shape[:2]
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    thick = max(2, round(max(width, height) / 320))
    font = ImageFont.load_default(max(13, round(max(width, height) / 44)))
    for mark in reversed(marks):
        points = [(x * width, y * height) for x, y in mark.quad]
        ring = [*points, points[0]]
        draw.line(ring, fill=(255, 255, 255), width=thick + 2, joint="curve")
        draw.line(ring, fill=COLOURS[mark.what], width=thick, joint="curve")
    for mark in reversed(marks):
        text = f"{mark.number}  ...{mark.tail}" if tails and mark.tail else str(mark.number)
        _tag(draw, font, text, mark, (width, height))
    return np.asarray(image).copy()


def plate(picture: Picture, text: str) -> Picture:
    """``picture`` with ``text`` on a dark strip along its foot, so that nothing of the frame is covered."""
    import numpy as np
    from PIL import Image, ImageDraw, ImageFont

    height, width = picture.shape[:2]
    strip = max(18, round(width / 16))
    whole: Picture = np.full((height + strip, width, 3), 31, np.uint8)
    whole[:height] = picture
    image = Image.fromarray(whole)
    font = ImageFont.load_default(round(strip * 0.7))
    ImageDraw.Draw(image).text((width / 2, height + strip / 2), text, font=font, fill=(255, 255, 255), anchor="mm")
    return np.asarray(image).copy()


def _tag(draw: Any, font: Any, text: str, mark: Mark, size: tuple[int, int]) -> None:
    """The mark's number on a plate just above its top left corner, moved inside the picture."""
    width, height = size
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    pad = max(3, (bottom - top) // 4)
    wide, high = right - left + 2 * pad, bottom - top + 2 * pad
    x = min(max(0.0, mark.quad[0][0] * width - pad), max(0.0, width - wide))
    y = min(max(0.0, min(point[1] for point in mark.quad) * height - high - 2), max(0.0, height - high))
    draw.rectangle((x, y, x + wide, y + high), fill=COLOURS[mark.what], outline=(255, 255, 255))
    draw.text((x + pad - left, y + pad - top), text, font=font, fill=(255, 255, 255))
