"""Bars and squares of printed codes, as black-and-white arrays."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import zxingcpp
from numpy.typing import NDArray


@lru_cache(maxsize=512)
def _modules(text: str, symbology: str) -> NDArray[np.uint8]:
    form = {
        "code128": zxingcpp.BarcodeFormat.Code128,
        "ean13": zxingcpp.BarcodeFormat.EAN13,
        "qr": zxingcpp.BarcodeFormat.QRCode,
    }[symbology]
    picture = np.array(zxingcpp.create_barcode(text, form).to_image(scale=1, add_quiet_zones=False))
    return np.asarray(picture, np.uint8)


def bars(text: str, symbology: str = "code128") -> NDArray[np.uint8]:
    """One line of a linear code without quiet zones: (modules,) of 0 (bar) and 255."""
    return np.asarray(_modules(text, symbology)[0], np.uint8)


def squares(text: str) -> NDArray[np.uint8]:
    """A QR code without quiet zone: (modules, modules) of 0 and 255."""
    return _modules(text, "qr")


def bar_picture(text: str, module_dots: int, height_dots: int, symbology: str = "code128") -> NDArray[np.uint8]:
    """A linear code drawn crisply: (height_dots, modules * module_dots)."""
    return np.tile(np.repeat(bars(text, symbology), module_dots), (height_dots, 1))


def ean13(rng: np.random.Generator) -> str:
    """A made-up product number with the Chinese prefix 690-699 and a right check digit."""
    body = "69" + "".join(str(d) for d in rng.integers(0, 10, 10))
    total = sum(int(d) * (1 if i % 2 == 0 else 3) for i, d in enumerate(body))
    return body + str(-total % 10)
