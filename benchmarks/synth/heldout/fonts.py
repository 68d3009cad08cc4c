"""Free fonts out of PyPI packages, found by import spec so that no package code of theirs has to run."""

from __future__ import annotations

import importlib.util
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from PIL import ImageFont

FILES: dict[str, tuple[str, str]] = {
    # name: (package, file inside it). All are OFL or Apache.
    "gothic": ("impaper", "res/sarasa-mono-sc-regular.ttf"),
    "song": ("pylopdf_fonts_zh_cn", "NotoSerifSC-Regular.otf"),
    "hanken": ("font_hanken_grotesk", "files/HankenGrotesk-Medium.otf"),
    "hanken-bold": ("font_hanken_grotesk", "files/HankenGrotesk-Bold.otf"),
    "redhat": ("font_rhd", "files/RedHatDisplay-Medium.ttf"),
    "redhat-bold": ("font_rhd", "files/RedHatDisplay-ExtraBold.ttf"),
    "fjalla": ("font_fjallaone", "files/FjallaOne-Regular.ttf"),
    "manrope": ("font_manrope", "files/Manrope-SemiBold.ttf"),
    "caladea": ("font_caladea", "files/Caladea-Regular.ttf"),
    "caladea-bold": ("font_caladea", "files/Caladea-Bold.ttf"),
    "lato": ("font_lato", "files/Lato-Regular.ttf"),
    "lato-bold": ("font_lato", "files/Lato-Bold.ttf"),
    "serif": ("font_source_serif_pro", "files/SourceSerifPro-Regular.ttf"),
    "serif-bold": ("font_source_serif_pro", "files/SourceSerifPro-Bold.otf"),
    "fredoka": ("font_fredoka_one", "files/FredokaOne-Regular.ttf"),
}
EMBEDDED: dict[str, str] = {
    # name: code in pymupdf-fonts, which keeps its fonts as bytes.
    "cascadia": "cascadia",
    "cascadia-bold": "cascadiab",
    "firamono": "fimo",
    "firamono-bold": "fimbo",
    "spacemono": "spacemo",
    "spacemono-bold": "spacembo",
    "firago": "figo",
    "firago-bold": "figbo",
}
CHINESE = ("gothic", "song")
NUMERALS = (
    "hanken", "hanken-bold", "redhat", "redhat-bold", "fjalla", "manrope", "cascadia",
    "cascadia-bold", "firamono", "firamono-bold", "spacemono-bold", "firago", "firago-bold", "gothic",
)  # fmt: skip
LATIN = ("hanken", "hanken-bold", "redhat-bold", "fjalla", "manrope", "caladea-bold", "firago-bold")


class MissingFontError(RuntimeError):
    """A font package of this generator's requirements is not installed."""


@lru_cache(maxsize=1)
def _embedded() -> dict[str, bytes]:
    spec = importlib.util.find_spec("pymupdf_fonts")
    if spec is None:
        raise MissingFontError("pip install pymupdf-fonts")
    import pymupdf_fonts  # type: ignore[import-not-found,import-untyped,unused-ignore]

    return {name: bytes(pymupdf_fonts.myfont(code)) for name, code in EMBEDDED.items()}


@cache
def _path(name: str) -> Path:
    package, inside = FILES[name]
    spec = importlib.util.find_spec(package)
    for root in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(root) / inside
        if path.is_file():
            return path
    raise MissingFontError(f"no {inside} in {package}: see benchmarks/synth/heldout/README.md")


@lru_cache(maxsize=512)
def font(name: str, px: int) -> ImageFont.FreeTypeFont:
    """The font ``name`` with an em of ``px`` pixels."""
    if name in FILES:
        return ImageFont.truetype(str(_path(name)), px)
    return ImageFont.truetype(BytesIO(_embedded()[name]), px)
