"""The header of one photo: format, size, orientation, EXIF. No pixel is decoded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhotoHeader:
    format: str
    """By content: JPEG, PNG, WEBP, BMP, GIF, TIFF, HEIF, AVIF, ..."""
    width: int
    """Upright, after EXIF orientation."""
    height: int
    frames: int = 1
    exif: tuple[tuple[str, str], ...] = ()
    """The tags that facts use, by EXIF name, as text."""
