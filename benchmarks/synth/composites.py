"""Photos of goods, parcels and waybills put together from parts, with the kind of every pixel.

Every scene that the same-frame rule must tell apart is drawn: label and goods, label on a parcel with and without
goods, a bare label, goods alone, parcels alone, pages and screens in place of a label, empty tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np

from benchmarks.synth.canvas import Spot, placed
from benchmarks.synth.composite_parts import Parts, Rng
from benchmarks.synth.composite_scene import GOODS, HAND, KINDS, LABEL, OPENED, PAGE, SEALED, Scene
from benchmarks.synth.optics import Picture, add_noise, blurred, light_field, lit, sharpened, through

__all__ = ["GOODS", "HAND", "KINDS", "LABEL", "OPENED", "PAGE", "SCENES", "SEALED", "Composite", "compose"]

SCENES = {
    "label+goods": 0.18, "carton+label+goods": 0.14, "mailer+label+goods": 0.12, "opened+label+goods": 0.12,
    "carton+label": 0.10, "mailer+label": 0.07, "label": 0.06, "goods": 0.07, "carton": 0.05, "page+goods": 0.04,
    "page": 0.02, "opened+label": 0.02, "empty": 0.01,
}  # fmt: skip
"""Shares of the scenes."""


@dataclass(frozen=True)
class Composite:
    """One picture and its truth."""

    bgr: Picture = field(repr=False)
    kinds: Picture = field(repr=False)
    """(height, width) uint8: index into KINDS of what is seen at each pixel."""
    scene: str
    label_quads: tuple[tuple[tuple[float, float], ...], ...]
    """Corners in pixels, clockwise from the label's own top left."""
    numbers: tuple[str, ...]
    goods: tuple[str, ...]
    page_names: tuple[str, ...] = ()
    jpeg_quality: int = 85
    light: float = 1.0
    """Of a day's: at night everything is so many times darker."""

    def share(self, kind: int) -> float:
        """Of the picture's area."""
        return float((self.kinds == kind).mean())


def _put_goods(scene: Scene, rng: Rng, inside: tuple[float, Spot, tuple[float, float]] | None) -> None:
    count = int(rng.choice([1, 1, 1, 2, 3]))
    same = scene.parts.thing(rng) if rng.random() < 0.4 else None
    for _ in range(count):
        made = same or scene.parts.thing(rng)
        box = rng.random() < 0.18
        if inside is not None and rng.random() < 0.6:
            high, spot, (width, depth) = inside
            reach = min(width, depth)
            at = through(placed(spot), np.array([[rng.uniform(-0.2, 0.2) * width, rng.uniform(-0.2, 0.2) * depth]]))[0]
            scene.thing(made, high * 0.35, at=(float(at[0]), float(at[1])), fit_mm=reach * 0.8, box=box)
        else:
            # Goods smaller than a twentieth of the view are nobody's evidence.
            made = replace(made, side_mm=max(made.side_mm, scene.span * float(rng.uniform(0.10, 0.2))))
            scene.thing(made, box=box)


def compose(rng: Rng, parts: Parts, size: tuple[int, int] = (384, 288), scene: str | None = None) -> Composite:
    """One picture of ``size`` (width, height)."""
    name = scene or str(rng.choice(list(SCENES), p=np.array(list(SCENES.values())) / sum(SCENES.values())))
    words = set(name.split("+"))
    made = Scene(rng, parts, size)
    made.ground()
    if rng.random() < 0.10 and "page" not in words:
        sheet = parts.page(rng)
        made.sheet(sheet, PAGE, (*made.spot(80), float(rng.uniform(0, 360))), 0.0)
    if "page" in words:
        sheet = parts.page(rng)
        made.sheet(sheet, PAGE, (*made.spot(60), float(rng.uniform(0, 360))), 0.0)
    inside = None
    if "carton" in words:
        if rng.random() < 0.2:
            made.carton(label=False)
        made.carton(label="label" in words)
        if rng.random() < 0.08 and "label" in words:
            made.carton(label=True)
    elif "mailer" in words:
        made.mailer(label="label" in words)
    elif "opened" in words:
        inside = made.carton(label="label" in words, sealed=False)
    elif "label" in words:
        sheet = parts.label(rng)
        made.sheet(sheet, LABEL, (*made.spot(sheet.size_mm[0] * 0.6), float(rng.uniform(0, 360))), 0.0)
    if "goods" in words:
        _put_goods(made, rng, inside)
    if rng.random() < 0.16:
        _reach_in(made, rng)
    return _developed(made, rng, name)


def _reach_in(made: Scene, rng: Rng) -> None:
    """A hand at the label's or at the goods' rim, or anywhere."""
    if made.quads and rng.random() < 0.6:
        quad = made.quads[0]
        corner, middle = quad[int(rng.integers(4))], quad.mean(0)
        at = through(
            np.linalg.inv(made.table.camera.plane(0)), (middle + (corner - middle) * rng.uniform(0.8, 1.2))[None]
        )[0]
        made.hand((float(at[0]), float(at[1])), 6.0)
    else:
        made.hand(made.spot(40, free=0.2), 6.0)


def _developed(made: Scene, rng: Rng, name: str) -> Composite:
    """Light, blur, noise and sharpening of a phone."""
    unit = max(made.size) / 384
    picture = lit(made.table.bgr, light_field(rng, made.size, strength=float(rng.uniform(0.4, 1.5))))
    light = 1.0
    if rng.random() < 0.12:  # night
        light = float(rng.uniform(0.18, 0.5))
        picture = np.asarray(cv2.convertScaleAbs(picture, alpha=light), np.uint8)
        picture = np.clip(picture * np.array([rng.uniform(0.55, 0.9), rng.uniform(0.8, 1.0), 1.0]), 0, 255).astype(
            np.uint8
        )
    blur = float(abs(rng.normal(0, 0.45))) * unit**0.5
    shake = float(rng.uniform(1, 5) * unit**0.5) if rng.random() < 0.08 else 0.0
    picture = blurred(picture, blur, shake, float(rng.uniform(0, 180)))
    if rng.random() < 0.5:
        picture = sharpened(picture, float(rng.uniform(0.1, 0.9)))
    add_noise(picture, float(rng.choice([0.5, 1.0, 2.0, 4.0])), rng)
    return Composite(
        picture, made.table.kinds, name, tuple(tuple((float(x), float(y)) for x, y in quad) for quad in made.quads),
        tuple(made.numbers), tuple(made.goods), tuple(made.pages), int(rng.integers(45, 93)), light,
    )  # fmt: skip


def through_jpeg(picture: Picture, quality: int) -> Picture:
    """Compressed once and opened again."""
    done: Any = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(done, cv2.IMREAD_COLOR), np.uint8)
