"""A printed sheet: drawing in millimetres on a raster of printer dots, remembering what was put where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .fonts import font

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in millimetres of the sheet."""


@dataclass(frozen=True)
class Mark:
    """One copy of the waybill number on a sheet, as bars or as digits."""

    bars: bool
    box: Box
    fine_mm: float
    """Module width of bars, height of the digits."""
    sideways: bool = False
    """Turned 90 degrees clockwise on the sheet."""


@lru_cache(maxsize=64)
def modules(text: str, kind: str) -> NDArray[np.uint8]:
    """The symbol of ``text`` with one pixel per module, (h, w), 0 ink and 255 paper, no quiet zone."""
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    raster = np.array(code.to_image(scale=1, add_quiet_zones=False, add_hrt=False), dtype=np.uint8)
    return raster if kind in ("QRCode", "DataMatrix") else raster[:1]


class Sheet:
    """Paper of ``width`` x ``height`` mm at ``dots`` printer dots per mm, ink 0 to paper 255."""

    def __init__(self, width: float, height: float, dots: int) -> None:
        self.width, self.height, self.dots = width, height, dots
        self.image = Image.new("L", (round(width * dots), round(height * dots)), 255)
        self.pen = ImageDraw.Draw(self.image)
        # Thermal heads and cheap offset have no grey: every dot is ink or paper.
        self.pen.fontmode = "1"
        self.marks: list[Mark] = []
        self.others: list[str] = []
        self.tints: list[tuple[Box, tuple[int, int, int]]] = []
        """Coloured areas of pre-printed stock: box and BGR."""

    def _px(self, mm: float) -> int:
        return round(mm * self.dots)

    def line(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.25) -> None:
        """A rule of ``width`` mm."""
        ends = (self._px(x0), self._px(y0), self._px(x1), self._px(y1))
        self.pen.line(ends, fill=0, width=max(1, self._px(width)))

    def frame(self, box: Box, width: float = 0.3) -> None:
        """An open rectangle."""
        corners = (self._px(box[0]), self._px(box[1]), self._px(box[2]), self._px(box[3]))
        self.pen.rectangle(corners, outline=0, width=max(1, self._px(width)))

    def fill(self, box: Box, grey: int = 0) -> None:
        """A filled rectangle."""
        self.pen.rectangle([self._px(v) for v in box], fill=grey)

    def tint(self, box: Box, bgr: tuple[int, int, int]) -> None:
        """Colour of the stock under the print."""
        self.tints.append((box, bgr))

    def text(
        self,
        x: float,
        y: float,
        em: float,
        words: str,
        name: str = "gothic",
        *,
        bold: float = 0.0,
        width: float = 0.0,
        anchor: str = "lt",
        grey: int = 0,
    ) -> Box:
        """Print ``words`` with an em of ``em`` mm, shrunk to ``width`` mm where given; returns the ink box.

        ``bold`` is an extra stroke in mm, for the fonts that come in one weight.
        """
        face = font(name, max(6, self._px(em)))
        if width > 0:
            length = face.getlength(words)
            if length > self._px(width):
                face = font(name, max(6, int(self._px(em) * self._px(width) / length)))
        at = (self._px(x), self._px(y))
        stroke = int(self._px(bold))
        self.pen.text(at, words, fill=grey, font=face, anchor=anchor, stroke_width=stroke)
        left, top, right, bottom = self.pen.textbbox(at, words, font=face, anchor=anchor, stroke_width=stroke)
        return left / self.dots, top / self.dots, right / self.dots, bottom / self.dots

    def number(
        self, x: float, y: float, em: float, words: str, name: str, *, width: float = 0.0, anchor: str = "mt"
    ) -> Box:
        """Print a copy of the waybill number and remember it."""
        box = self.text(x, y, em, words, name, width=width, anchor=anchor)
        self.marks.append(Mark(False, box, (box[3] - box[1]) * 0.95))
        return box

    def other(self, text: str) -> str:
        """Remember a number that is no waybill number; returns it for printing."""
        if sum(c.isdigit() for c in text) >= 8:
            self.others.append(text)
        return text

    def bars(
        self,
        box: Box,
        text: str,
        *,
        kind: str = "Code128",
        is_number: bool = False,
        sideways: bool = False,
        max_module: float = 0.5,
    ) -> Box:
        """A linear code centred in ``box``, with modules of whole printer dots; returns the ink box.

        A code too long for the box keeps one-dot modules only if nothing larger fits, as real printers do.
        """
        pattern = modules(text, kind)
        count = pattern.shape[1]
        along = (box[3] - box[1]) if sideways else (box[2] - box[0])
        across = (box[2] - box[0]) if sideways else (box[3] - box[1])
        dots = int(min(max_module * self.dots, along * self.dots / count))
        dots = max(dots, 1 if not is_number else 2)
        picture = cv2.resize(pattern, (count * dots, max(4, self._px(across))), interpolation=cv2.INTER_NEAREST)
        if sideways:
            picture = np.ascontiguousarray(np.rot90(picture, -1))
        high, wide = picture.shape
        left = round((self._px(box[0]) + self._px(box[2]) - wide) / 2)
        top = round((self._px(box[1]) + self._px(box[3]) - high) / 2)
        self.image.paste(Image.fromarray(picture), (left, top))
        ink = (left / self.dots, top / self.dots, (left + wide) / self.dots, (top + high) / self.dots)
        if is_number:
            self.marks.append(Mark(True, ink, dots / self.dots, sideways))
        return ink

    def matrix(self, x: float, y: float, side: float, text: str, kind: str = "QRCode") -> None:
        """A QR code or DataMatrix of about ``side`` mm with its top left corner at (x, y)."""
        pattern = modules(text, kind)
        dots = max(1, int(self._px(side) / pattern.shape[1]))
        size = (pattern.shape[1] * dots, pattern.shape[0] * dots)
        picture = cv2.resize(pattern, size, interpolation=cv2.INTER_NEAREST)
        self.image.paste(Image.fromarray(picture), (self._px(x), self._px(y)))

    def sideways(self, box: Box, words: str, em: float, name: str, *, is_number: bool = False) -> None:
        """``words`` turned 90 degrees clockwise, centred in ``box``."""
        along, across = box[3] - box[1], box[2] - box[0]
        strip = Sheet(along, across, self.dots)
        ink = strip.text(along / 2, across / 2, em, words, name, width=along, anchor="mm")
        turned = strip.image.transpose(Image.Transpose.ROTATE_270)
        self.image.paste(turned, (self._px(box[0]), self._px(box[1])))
        if is_number:
            here = (box[2] - ink[3], box[1] + ink[0], box[2] - ink[1], box[1] + ink[2])
            self.marks.append(Mark(False, here, (ink[3] - ink[1]) * 0.95, True))

    def paragraph(self, box: Box, em: float, words: str, name: str = "gothic", leading: float = 1.3) -> None:
        """``words`` broken at the box's width, cut off at its foot."""
        face = font(name, max(6, self._px(em)))
        y, row = box[1], ""
        for char in words + "\n":
            if char == "\n" or face.getlength(row + char) > self._px(box[2] - box[0]):
                if y + em > box[3]:
                    return
                self.text(box[0], y, em, row, name)
                y, row = y + em * leading, "" if char == "\n" else char
            else:
                row += char

    def raster(self) -> NDArray[np.uint8]:
        """(height * dots, width * dots) grey, 0 ink to 255 paper."""
        return np.array(self.image, dtype=np.uint8)
