"""Fonts from PyPI packages, so that a label looks the same on every machine.

No system font is ever used. Every font here may be used freely in pictures (licences beside each name); none
is copied into this repository.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont


@dataclass(frozen=True)
class FontSource:
    """Where one font file is found."""

    requirement: str
    """The PyPI distribution that ships it."""
    module: str
    path: str
    """Relative to the module's folder."""
    licence: str


FONTS: dict[str, FontSource] = {
    "cjk": FontSource("cvttf-notosanscjk-medium", "cvttf_NotoSansCJK_Medium", "NotoSansCJKtc-Medium.otf", "OFL-1.1"),
    "roboto": FontSource("font-roboto", "font_roboto", "files/Roboto-Regular.ttf", "Apache-2.0"),
    "roboto-bold": FontSource("font-roboto", "font_roboto", "files/Roboto-Bold.ttf", "Apache-2.0"),
    "source": FontSource("font-source-sans-pro", "font_source_sans_pro", "files/SourceSansPro-Semibold.ttf", "OFL-1.1"),
    "source-bold": FontSource(
        "font-source-sans-pro", "font_source_sans_pro", "files/SourceSansPro-Bold.ttf", "OFL-1.1"
    ),
    "condensed": FontSource("font-fjallaone", "font_fjallaone", "files/FjallaOne-Regular.ttf", "OFL-1.1"),
    "dejavu": FontSource("matplotlib", "matplotlib", "mpl-data/fonts/ttf/DejaVuSans-Bold.ttf", "Bitstream-Vera"),
    "mono": FontSource("matplotlib", "matplotlib", "mpl-data/fonts/ttf/DejaVuSansMono.ttf", "Bitstream-Vera"),
}
"""Only ``cjk`` has Chinese glyphs; the others are for Latin letters and digits."""


def font_path(name: str) -> Path:
    """The file of one of ``FONTS``; raises ``ModuleNotFoundError`` naming the package to install."""
    source = FONTS[name]
    # find_spec does not run the package: importing matplotlib for one file would cost half a second.
    spec = importlib.util.find_spec(source.module)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / source.path
        if path.is_file():
            return path
    raise ModuleNotFoundError(f"font '{name}' is missing: pip install {source.requirement}")


@lru_cache(maxsize=256)
def font(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """One of ``FONTS`` at an em size in pixels."""
    return ImageFont.truetype(str(font_path(name)), size_px)
