"""Marks of generation written on a picture: how many are seen, and how many are seen where there is none.

Each development photo that opens is read as it is, and again with a mark drawn into it: one of WORDS, in one of the
places that GB 45438-2025 (4.2) names, letters of 5 % of the shorter side (the least that it allows), saved as JPEG of
quality 75. The threshold of ``facts/declared_marks.py`` was set with these photos in sight: development figures.
"""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.same_frame import rate
from benchmarks.synth.fonts import font

WORDS = ("AI生成", "人工智能生成", "AI-generated")
PLACES = ("lb", "rb", "lt", "rt", "mb")
LETTERS, MARGIN = 0.05, 0.03
QUALITY = 75
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def marks(data: Path) -> dict[str, Any]:
    """Counts over the photos below ``data``."""
    from evidence_kit.sensors import CannotOpen, LimitReached
    from evidence_kit.sensors.photo import Photo

    seen, drawn, false = Counter[str](), Counter[str](), 0
    photos = 0
    for path in sorted(path for path in data.rglob("*") if path.suffix.lower() in SUFFIXES):
        try:
            colour = Photo(path).colour(1600)[:, :, ::-1]
        except (CannotOpen, LimitReached):
            continue
        word, place = WORDS[photos % len(WORDS)], PLACES[photos % len(PLACES)]
        photos += 1
        picture = Image.fromarray(np.ascontiguousarray(colour))
        false += _called(picture)
        drawn[word] += 1
        seen[word] += _called(_marked(picture, word, place))
    return {
        "photos": photos,
        "called without a mark": rate(false, photos),
        "called with one": {word: rate(seen[word], drawn[word]) for word in WORDS},
    }


def _marked(picture: Image.Image, word: str, place: str) -> Image.Image:
    picture = picture.copy()
    inset = round(MARGIN * min(picture.size))
    x = {"l": inset, "r": picture.width - inset, "m": picture.width // 2}[place[0]]
    y = {"t": inset, "b": picture.height - inset}[place[1]]
    tall = max(8, round(LETTERS * min(picture.size)))
    ImageDraw.Draw(picture).text((x, y), word, fill=(240, 240, 240), font=font("cjk", tall), anchor=place,
                                 stroke_width=1, stroke_fill=(60, 60, 60))  # fmt: skip
    return picture


def _called(picture: Image.Image) -> bool:
    """Whether the fact says that the picture declares itself generated; the file has no other mark."""
    from evidence_kit.facts.declared_marks import photo_declares
    from evidence_kit.schema import Deferred
    from evidence_kit.sensors.corner_text import EDGE, read_corners
    from evidence_kit.sensors.file_marks import FileMarks
    from evidence_kit.sensors.photo import Photo
    from evidence_kit.sensors.signed_manifest import SignedManifest

    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    corners = read_corners(Photo(out.getvalue()).luma(EDGE))
    told = photo_declares(FileMarks(), Deferred(lambda: SignedManifest("unsigned")), Deferred(lambda: corners))
    return told.generated is not None
