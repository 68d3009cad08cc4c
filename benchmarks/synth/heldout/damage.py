"""Harm done to a label, in millimetres of the label: creases, fading, pen, tape, fingers, glare."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.random import Generator

from .camera import Bgr, Floats, Gray, Relief, flat_relief
from .sheet import Box, Mark, Sheet

PER_MM = 4
"""Resolution of the maps that say how much of the print is lost."""
SKINS = ((120, 150, 205), (105, 140, 200), (135, 170, 225), (80, 110, 165), (60, 85, 130))


@dataclass
class Wear:
    """A label's harm: what it does to the print, and how much contrast is lost where."""

    relief: Relief
    loss: Floats
    """(h * PER_MM, w * PER_MM), 0 all contrast there to 1 nothing left, from every cause."""
    hidden: Floats
    """Same shape: the part of ``loss`` from things on the label (pen, tape, fingers), not light or age."""
    cover: Bgr
    """Colour of what lies on the print, same shape with 3 channels."""
    opacity: Floats
    """How much of ``cover`` is seen, 0 to 1."""
    strokes: list[tuple[tuple[float, float], tuple[float, float], float, int]] = field(default_factory=list)
    """Pen or scratch: two ends in mm, width in mm, grey level."""
    wrinkled: bool = False
    faded: bool = False
    glare: bool = False


def no_wear(sheet: Sheet) -> Wear:
    """A fresh label."""
    shape = (round(sheet.height * PER_MM), round(sheet.width * PER_MM))
    zero = np.zeros(shape, np.float32)
    white = np.full((*shape, 3), 255, np.uint8)
    return Wear(flat_relief((sheet.width, sheet.height)), zero, zero.copy(), white, zero.copy())


def bend(rng: Generator, wear: Wear, strength: float) -> None:
    """Curve the label round a bag: a smooth bulge of up to ``strength`` mm, lit from one side."""
    rows, cols = wear.relief.dx.shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    angle = rng.uniform(0, np.pi)
    across = (x - cols / 2) * np.cos(angle) + (y - rows / 2) * np.sin(angle)
    phase = across / max(rows, cols) * np.pi * rng.uniform(0.8, 1.6) + rng.uniform(-0.5, 0.5)
    bulge = strength * (np.cos(phase) - 1)
    wear.relief.dx += (bulge * np.sin(angle)).astype(np.float32)
    wear.relief.dy += (bulge * np.cos(angle)).astype(np.float32)
    wear.relief.shade *= (1 + 0.035 * strength * np.sin(phase)).astype(np.float32)


def crease(rng: Generator, wear: Wear, count: int, strength: float) -> None:
    """Sharp folds: the print jumps along a line and the two sides catch the light differently."""
    rows, cols = wear.relief.dx.shape
    y, x = np.mgrid[0:rows, 0:cols].astype(np.float32)
    for _ in range(count):
        angle = rng.uniform(0, np.pi)
        normal = (float(np.cos(angle)), float(np.sin(angle)))
        px, py = rng.uniform(0, cols), rng.uniform(0, rows)
        signed = (x - px) * normal[0] + (y - py) * normal[1]
        along = -(x - px) * normal[1] + (y - py) * normal[0]
        reach = rng.uniform(3, 14)
        # A crease ends somewhere; a fold through the whole label is rarer.
        ends = np.clip(1.3 - np.abs(along) / rng.uniform(15, 90), 0, 1)
        tent = np.clip(1 - np.abs(signed) / reach, 0, 1) * ends
        step = strength * rng.uniform(0.3, 1.0)
        wear.relief.dx += (step * tent * normal[0]).astype(np.float32)
        wear.relief.dy += (step * tent * normal[1]).astype(np.float32)
        wear.relief.shade *= (1 + np.sign(signed) * tent * rng.uniform(-0.22, 0.22) * min(strength, 1)).astype(
            np.float32
        )
    wear.wrinkled = wear.wrinkled or (count >= 4 and strength >= 0.6)


def fade(rng: Generator, wear: Wear, strength: float) -> None:
    """Thermal print that lost its black: bands along the feed, dead dots, a rubbed patch."""
    rows, cols = wear.loss.shape
    bands = cv2.resize(rng.uniform(0, 1, (1, int(rng.integers(5, 14)))).astype(np.float32), (cols, 1))
    patch = cv2.resize(rng.uniform(0, 1, (4, 3)).astype(np.float32), (cols, rows), interpolation=cv2.INTER_CUBIC)
    lost = strength * (0.55 * np.clip(bands * 1.6 - 0.3, 0, 1) + 0.6 * np.clip(patch, 0, 1))
    for _ in range(int(rng.integers(0, 5))):
        column = int(rng.integers(cols))
        lost[:, column : column + 1] = 0.95
    wear.loss = np.maximum(wear.loss, np.clip(lost, 0, 0.9)).astype(np.float32)
    wear.faded = True


def scratch(rng: Generator, wear: Wear, marks: list[Mark]) -> None:
    """Pen strokes or scrapes over every barcode of the number, from edge to edge, sparing the digits."""
    grey = int(rng.choice([15, 30, 60, 245]))
    for mark in marks:
        if not mark.bars:
            continue
        left, top, right, bottom = mark.box
        for _ in range(int(rng.integers(3, 7))):
            width = float(rng.uniform(0.7, 2.2))
            if mark.sideways:
                a, b = rng.uniform(top, bottom, 2)
                wear.strokes.append(((left, float(a)), (right, float(b)), width, grey))
            else:
                a, b = rng.uniform(left, right, 2)
                wear.strokes.append(((float(a), top), (float(b), bottom), width, grey))


def cover_digits(rng: Generator, wear: Wear, marks: list[Mark]) -> str:
    """Hide part of every printed copy of the number; returns what with."""
    means = str(rng.choice(["tape", "marker", "finger", "sticker"]))
    fingers = 0
    for mark in marks:
        if mark.bars:
            continue
        left, top, right, bottom = mark.box
        if means == "finger" and fingers == 0 and not mark.sideways:
            fingers += 1
            tip = (left + (right - left) * float(rng.uniform(0.2, 0.75)), (top + bottom) / 2)
            finger(rng, wear, tip, float(rng.uniform(50, 130)), radius=float(rng.uniform(5.5, 8)))
            continue
        share = float(rng.uniform(0.35, 1.05))
        if mark.sideways:
            start = top + (bottom - top) * float(rng.uniform(0, 1 - min(share, 1)))
            box = (left - 0.2, start, right + 0.2, start + (bottom - top) * share)
        else:
            start = left + (right - left) * float(rng.uniform(0, 1 - min(share, 1)))
            box = (start, top - 0.2, start + (right - left) * share, bottom + 0.8)
        colour = {"tape": (120, 165, 195), "marker": (25, 22, 20)}.get(means, (235, 240, 240))
        lay(rng, wear, box, colour, ragged=means == "marker")
    return means


def lay(rng: Generator, wear: Wear, box: Box, colour: tuple[int, int, int], *, ragged: bool = False) -> None:
    """An opaque strip over ``box``."""
    corners = np.array([[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]]])
    corners = corners + rng.uniform(-0.3, 0.3, (4, 2))
    high, wide = wear.loss.shape[0], wear.loss.shape[1]
    mask = np.zeros((high, wide), np.uint8)
    cv2.fillPoly(mask, [np.round(corners * PER_MM * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    if ragged:
        rough = rng.uniform(0, 1, (high // 2 + 1, wide // 8 + 1)).astype(np.float32)
        mask[cv2.resize(rough, (wide, high)) < 0.04] = 0
    _put(wear, np.asarray(mask / 255.0, dtype=np.float32), colour)


def finger(rng: Generator, wear: Wear, tip: tuple[float, float], direction_deg: float, radius: float) -> None:
    """A finger with its tip at ``tip`` mm, coming in from ``direction_deg`` (0 right, 90 below)."""
    away = np.array([np.cos(np.deg2rad(direction_deg)), np.sin(np.deg2rad(direction_deg))])
    rows, cols = wear.loss.shape
    y, x = (np.mgrid[0:rows, 0:cols].astype(np.float32) + 0.5) / PER_MM
    along = (x - tip[0]) * away[0] + (y - tip[1]) * away[1]
    side = -(x - tip[0]) * away[1] + (y - tip[1]) * away[0]
    girth = radius * (1 + 0.05 * np.sin(along / 7) + 0.004 * np.clip(along, 0, None))
    distance = np.hypot(np.minimum(along - radius, 0), side) - girth
    mask = np.clip(0.5 - distance / 0.6, 0, 1).astype(np.float32)
    skin = np.array(SKINS[int(rng.integers(len(SKINS)))], np.float32)
    round_ = np.sqrt(np.clip(1 - (side / girth) ** 2, 0.05, 1)) * 0.45 + 0.6
    nail = (((along - radius * 0.75) / (radius * 0.62)) ** 2 + (side / (radius * 0.55)) ** 2 < 1)[..., None]
    colour = np.clip(skin * round_[..., None] + nail * np.array([22, 14, 12]), 0, 255).astype(np.uint8)
    shadow = np.clip(1 - (distance + 1.2) / 4.5, 0, 1) * 0.35
    _put(wear, np.maximum(mask, 0), None, colour)
    darker = cv2.resize(1 - shadow.astype(np.float32) * (1 - mask), wear.relief.shade.shape[::-1])
    wear.relief.shade *= darker


def film_glare(rng: Generator, wear: Wear, marks: list[Mark]) -> None:
    """Bright patches where clear film over the label mirrors a lamp: streaks with a hard core."""
    rows, cols = wear.loss.shape
    target = marks[int(rng.integers(len(marks)))].box
    total = np.zeros((rows, cols), np.float32)
    for i in range(int(rng.integers(2, 6))):
        if i == 0:
            cx = rng.uniform(target[0], target[2]) * PER_MM
            cy = rng.uniform(target[1], target[3]) * PER_MM
        else:
            cx, cy = rng.uniform(0, cols), rng.uniform(0, rows)
        long_, short = rng.uniform(12, 45) * PER_MM, rng.uniform(2, 9) * PER_MM
        spot = np.zeros((rows, cols), np.float32)
        turn = float(rng.uniform(0, 180))
        cv2.ellipse(spot, ((float(cx), float(cy)), (float(long_), float(short)), turn), 1.0, -1)
        core = cv2.GaussianBlur(spot, (0, 0), short * 0.12 + 1) * rng.uniform(0.55, 1.0)
        total = np.maximum(total, np.maximum(core, cv2.GaussianBlur(spot, (0, 0), short * 0.9) * 0.5))
    # Film is never even: its ripples break the patches up.
    ripple = cv2.resize(rng.uniform(0.5, 1.25, (rows // 28 + 2, cols // 9 + 2)).astype(np.float32), (cols, rows))
    _put(wear, np.clip(total * ripple, 0, 0.985).astype(np.float32), (255, 255, 255), light=True)
    wear.glare = True


def _put(
    wear: Wear,
    mask: Floats,
    colour: tuple[int, int, int] | None,
    field_: Bgr | None = None,
    *,
    light: bool = False,
) -> None:
    """Lay colour over what is there and take the contrast away under it."""
    top = np.full_like(wear.cover, colour if colour is not None else (0, 0, 0)) if field_ is None else field_
    weight = mask[..., None]
    wear.cover = (wear.cover * (1 - weight) + top * weight).astype(np.uint8)
    wear.opacity = np.maximum(wear.opacity, mask)
    wear.loss = np.maximum(wear.loss, mask)
    if not light:
        wear.hidden = np.maximum(wear.hidden, mask)


def worn_print(sheet: Sheet, wear: Wear, per_mm: float) -> tuple[Gray, Bgr]:
    """The sheet's grey print at ``per_mm`` with the harm in it, and its tint (``PER_MM``).

    Strokes also enter ``wear.loss``, at full weight.
    """
    raster = sheet.raster()
    size = (round(sheet.width * per_mm), round(sheet.height * per_mm))
    if per_mm > sheet.dots:
        # Dots keep their square edges before the paper's bleed rounds them off.
        raster = np.asarray(cv2.resize(raster, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
        raster = np.asarray(cv2.blur(raster, (3, 3)), dtype=np.uint8)
    else:
        raster = np.asarray(cv2.resize(raster, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    ink = cv2.bitwise_not(raster)
    if wear.loss.any():
        # Under covers the print is gone; the tint then colours the bare paper.
        keep = ((1 - np.maximum(wear.opacity, wear.loss)) * 255).astype(np.uint8)
        ink = cv2.multiply(ink, cv2.resize(keep, size), scale=1 / 255)
    for a, b, width, grey in wear.strokes:
        for target, scale, level in (
            (ink, per_mm, 255.0 - grey),
            (wear.loss, PER_MM, 1.0),
            (wear.hidden, PER_MM, 1.0),
        ):
            ends = [(round(p[0] * scale * 16), round(p[1] * scale * 16)) for p in (a, b)]
            cv2.line(target, ends[0], ends[1], level, max(1, round(width * scale)), cv2.LINE_AA, 4)
    paper = np.asarray(cv2.bitwise_not(ink), dtype=np.uint8)
    tint = np.full((*wear.loss.shape, 3), (226, 230, 232), np.uint8)
    for box, colour in sheet.tints:
        x0, y0, x1, y1 = (round(v * PER_MM) for v in box)
        tint[y0:y1, x0:x1] = colour
    weight = wear.opacity[..., None]
    return paper, (tint * (1 - weight) + wear.cover * weight).astype(np.uint8)
