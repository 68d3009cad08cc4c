"""Barcode readers by name: ``zxing`` (zxing-cpp, the default) and ``zbar`` (pyzbar, extra ``zbar``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from evidence_kit.records import dataclass
from evidence_kit.sensors import EngineMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Engine = Literal["zxing", "zbar"]
Kinds = Literal["code128", "waybill", "linear", "all"]
"""``code128`` alone; ``waybill`` also Code 39, ITF and DataMatrix; ``linear`` every bar code; ``all`` every code."""


@dataclass(frozen=True, slots=True)
class RawCode:
    """One decoded code. Corners in pixels of the given picture, clockwise from the code's own top left."""

    text: str
    symbology: str
    """``CODE_128``, ``EAN_13``, ``QR_CODE`` ..."""
    corners: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


def decode(
    picture: NDArray[np.uint8],
    *,
    engine: Engine = "zxing",
    kinds: Kinds = "waybill",
    binarizer: str = "LocalAverage",
    upright: bool = False,
    downscale: bool = True,
) -> list[RawCode]:
    """Codes in a grey picture (H, W). ``upright`` skips the search for codes turned by 90 degrees.

    Raises EngineMissing where the engine is not installed.
    """
    if engine == "zbar":
        return _by_zbar(picture, kinds)
    try:
        import zxingcpp
    except ImportError as error:
        raise EngineMissing("zxing-cpp is not installed; add it with: pip install zxing-cpp") from error
    found = zxingcpp.read_barcodes(
        picture,
        formats=_zxing_formats(kinds),
        try_rotate=not upright,
        try_downscale=downscale,
        try_invert=False,
        binarizer=getattr(zxingcpp.Binarizer, binarizer),
        ean_add_on_symbol=zxingcpp.EanAddOnSymbol.Ignore,
    )
    return [RawCode(code.text, _name(code.format), _zxing_corners(code)) for code in found if code.text]


def _zxing_formats(kinds: Kinds) -> Any:
    import zxingcpp

    f = zxingcpp.BarcodeFormat
    if kinds == "code128":
        return [f.Code128]
    if kinds == "waybill":
        return [f.Code128, f.Code39, f.ITF, f.DataMatrix]
    if kinds == "linear":
        return [f.Code128, f.Code39, f.ITF, f.EANUPC]
    return None


_NAMES = {
    "Code128": "CODE_128", "Code39": "CODE_39", "Code39Std": "CODE_39", "Code39Ext": "CODE_39", "Code93": "CODE_93",
    "ITF": "ITF", "ITF14": "ITF", "EAN13": "EAN_13", "EAN8": "EAN_8", "UPCA": "UPC_A", "UPCE": "UPC_E",
    "ISBN": "EAN_13", "DataMatrix": "DATA_MATRIX", "QRCode": "QR_CODE", "PDF417": "PDF_417", "Codabar": "CODABAR",
    "MaxiCode": "MAXICODE", "Aztec": "AZTEC",
}  # fmt: skip


def _name(found: Any) -> str:
    import re

    # "Code 128", "EAN-13", "BarcodeFormat.Code128": the spelling differs between releases.
    plain = re.sub(r"[^A-Za-z0-9]", "", str(found).rsplit(".", 1)[-1])
    return _NAMES.get(plain, plain.upper())


def _zxing_corners(code: Any) -> Any:
    place = code.position
    spots = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return tuple((float(spot.x), float(spot.y)) for spot in spots)


def _by_zbar(picture: NDArray[np.uint8], kinds: Kinds) -> list[RawCode]:
    try:
        from pyzbar import pyzbar
    except ImportError as error:  # pyzbar raises it too where the shared library is missing
        raise EngineMissing(
            "pyzbar or its library is missing; add them with: pip install 'evidence-kit[zbar]' && "
            "apt-get install libzbar0"
        ) from error
    s = pyzbar.ZBarSymbol
    chosen = {
        "code128": [s.CODE128],
        "waybill": [s.CODE128, s.CODE39, s.I25],
        "linear": [s.CODE128, s.CODE39, s.I25, s.EAN13, s.EAN8, s.UPCA, s.UPCE],
        "all": [s.CODE128, s.CODE39, s.I25, s.EAN13, s.EAN8, s.UPCA, s.UPCE, s.QRCODE],
    }[kinds]
    names = {"CODE128": "CODE_128", "CODE39": "CODE_39", "I25": "ITF", "EAN13": "EAN_13", "EAN8": "EAN_8"}
    names |= {"UPCA": "UPC_A", "UPCE": "UPC_E", "QRCODE": "QR_CODE"}
    found = []
    for code in pyzbar.decode(picture, symbols=chosen):
        text = code.data.decode("utf-8", "replace")
        x, y, w, h = code.rect
        box = ((float(x), float(y)), (float(x + w), float(y)), (float(x + w), float(y + h)), (float(x), float(y + h)))
        found.append(RawCode(text, names.get(code.type, code.type), box))
    return found
