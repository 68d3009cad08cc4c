"""A printed label on a parcel in the photo: wear on the paper, folds, glare, blur, and what can still be read.

Whether a patient person can read the number is decided here, from how the picture was made.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.synth.labels import DOTS_PER_MM, Box, RenderedLabel
from benchmarks.synth.optics import Field, Matrix, Picture, blurred, sharpened, smooth_field, through
from benchmarks.synth.parcels import crease_field
from benchmarks.synth.truth import LabelTruth, Quad

# What makes a number legible. Lengths are in pixels of the finished photo.
MIN_MODULE_PX = 1.3
"""Bars narrower than this run together on the sensor."""
MAX_BLUR_PER_MODULE = 0.75
MAX_MOTION_PER_MODULE = 1.4
"""Motion counts only across the bars."""
MIN_DIGIT_PX = 11.0
MAX_BLUR_PER_DIGIT = 0.14
MAX_MOTION_PER_DIGIT = 0.25
"""Per height of a digit, in any direction."""
MIN_FREE_ROWS = 0.12
"""A barcode still reads if this share of its scan lines is untouched."""
MAX_LOST_DIGITS = 0.04
"""A printed number still reads if no more than this share of its area is hidden."""


@dataclass(frozen=True)
class Wear:
    """What happened to one label and its picture. Strengths go from 0 (none) to 1 (strong)."""

    blur_px: float = 0.6
    motion_px: float = 0.0
    motion_deg: float = 0.0
    """Direction of the motion in the picture: 0 sideways, 90 vertical."""
    glare: float = 0.0
    wrinkle: float = 0.0
    faded: float = 0.0
    scratched_barcode: bool = False
    covered_digits: bool = False
    sharpening: float = 0.35
    scale: float = 1.0
    """How much the whole photo is shrunk afterwards (chat apps): 0 < scale <= 1."""


def _fade(sheet: Picture, strength: float, rng: np.random.Generator) -> Picture:
    """Pale thermal print with missing dot columns and blotches."""
    h, w = sheet.shape[:2]
    ink = (255 - sheet[:, :, 0]).astype(np.float32)
    blotch = np.clip(0.75 + 0.22 * smooth_field(rng, (w, h), 6), 0.35, 1.0)
    columns = np.where(rng.random(w) < 0.006 * strength, 0.35, 1.0).astype(np.float32)
    ink *= (1 - 0.62 * strength) * np.where(strength > 0, blotch, 1.0) * columns[None, :]
    grey = 255 - np.clip(ink, 0, 255)
    return np.asarray(np.repeat(grey[:, :, None], 3, 2), np.uint8)


def _scratch(sheet: Picture, box: Box, rng: np.random.Generator) -> None:
    """Scrapes print off right across a linear code, so that no scan line survives; print beside it stays whole."""
    left, top, right, bottom = (round(v) for v in box)
    area = sheet[max(0, top - 4) : bottom + 2, max(0, left - 4) : right + 4]
    wide = right - left >= bottom - top
    along, across = (right - left, bottom - top) if wide else (bottom - top, right - left)
    for _ in range(int(rng.integers(3, 6))):
        start = rng.uniform(0.1, 0.9) * along
        drift = rng.normal(0, along * 0.06)
        steps = np.linspace(-0.12, 1.12, 12)
        jag = rng.normal(0, 3, 12)
        line = np.stack([start + drift * steps + jag, steps * across], 1)
        pts = line if wide else line[:, ::-1]
        shade = int(rng.integers(228, 250)) if rng.random() < 0.75 else int(rng.integers(30, 70))
        cv2.polylines(
            area,
            [(pts + 4).round().astype(np.int32)],
            False,
            (shade, shade, shade),
            # Wider than the widest gap of a code (four modules), or it could fall between two bars.
            round(along * rng.uniform(0.035, 0.06)),
            cv2.LINE_AA,
        )


def _cover(sheet: Picture, box: Box, rng: np.random.Generator) -> None:
    """Hides several digits of a printed number under marker or a paper patch."""
    left, top, right, bottom = box
    width = (right - left) * rng.uniform(0.35, 0.6)
    x = left + rng.uniform(0.1, 0.9) * (right - left - width)
    # Only the number: the bars above must stay whole.
    patch = np.array([[x, top - 1], [x + width, top], [x + width + 3, bottom + 6], [x - 2, bottom + 5]])
    shade = (40, 36, 34) if rng.random() < 0.6 else (150, 190, 214)
    cv2.fillPoly(sheet, [patch.round().astype(np.int32)], shade, cv2.LINE_AA)


def _samples(box: Box, to_picture: Matrix, rows: int, columns: int, *, turned: bool) -> NDArray[np.int32]:
    """Picture positions on a grid over a box: (rows, columns, 2); rows are scan lines."""
    left, top, right, bottom = box
    u = np.linspace(left + 2, right - 2, rows if turned else columns)
    v = np.linspace(top + 2, bottom - 2, columns if turned else rows)
    grid = np.stack(np.meshgrid(u, v), -1)
    if turned:
        grid = grid.transpose(1, 0, 2)
    return through(to_picture, grid.reshape(-1, 2)).reshape(rows, columns, 2).round().astype(np.int32)


def _hidden(map_: Picture, spots: NDArray[np.int32], offset: tuple[int, int]) -> NDArray[np.bool_]:
    """Where a map is over half; outside the picture counts as hidden."""
    x, y = spots[..., 0] - offset[0], spots[..., 1] - offset[1]
    inside = (x >= 0) & (y >= 0) & (x < map_.shape[1]) & (y < map_.shape[0])
    values = map_[np.clip(y, 0, map_.shape[0] - 1), np.clip(x, 0, map_.shape[1] - 1)]
    return np.asarray(~inside | (values > 127))


def _glare(rng: np.random.Generator, strength: float, centre: Matrix, size: tuple[int, int], reach: float) -> Field:
    """A lamp's reflection with a torn edge: (height, width), 1 where the sensor is full."""
    w, h = size
    small = (max(4, w // 8), max(4, h // 8))
    ys, xs = np.mgrid[0 : small[1], 0 : small[0]].astype(np.float32) * 8
    turn = rng.uniform(0, np.pi)
    dx, dy = xs - centre[0], ys - centre[1]
    long = (dx * np.cos(turn) + dy * np.sin(turn)) / (reach * rng.uniform(0.5, 0.9))
    short = (-dx * np.sin(turn) + dy * np.cos(turn)) / (reach * rng.uniform(0.14, 0.3))
    field = strength * 1.9 * np.exp(-(long**2 + short**2)) * (1 + 0.35 * smooth_field(rng, small, 14))
    return np.asarray(
        cv2.resize(np.clip(field, 0, 1.4).astype(np.float32), size, interpolation=cv2.INTER_CUBIC), np.float32
    )


def _half_area(half: Picture, box: tuple[int, int, int, int]) -> Picture:
    """A region of a half-size picture at full size."""
    left, top, right, bottom = box
    h, w = half.shape[:2]
    x0, y0 = left // 2, top // 2
    x1, y1 = min(w, -(-right // 2) + 1), min(h, -(-bottom // 2) + 1)
    big = cv2.resize(half[y0:y1, x0:x1], None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    dx, dy = left - 2 * x0, top - 2 * y0
    big = cv2.copyMakeBorder(big, 0, 2, 0, 2, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(big[dy : dy + bottom - top, dx : dx + right - left])


def _worn(label: RenderedLabel, wear: Wear, rng: np.random.Generator) -> Picture:
    """The print after its journey: faded, scratched, covered."""
    sheet = _fade(label.bgr, wear.faded, rng) if wear.faded else label.bgr.copy()
    if wear.scratched_barcode:
        for code in label.barcodes:
            _scratch(sheet, code, rng)
    if wear.covered_digits:
        for copy in label.numbers:
            _cover(sheet, copy, rng)
    # Paper is not pure white and ink not pure black.
    return np.asarray(cv2.convertScaleAbs(sheet, alpha=0.80, beta=31), np.uint8)


def _creased(
    layer: Picture, alpha: Picture, strength: float, px_per_mm: float, rng: np.random.Generator
) -> tuple[Picture, Picture]:
    """A label that follows a soft parcel's folds.

    Paper bends but does not tear: it moves with the broad folds and only catches light on the sharp ones.
    """
    size = (layer.shape[1], layer.shape[0])
    creases = cv2.GaussianBlur(crease_field(rng, (max(8, size[0] // 4), max(8, size[1] // 4)), 4), (0, 0), 1.6)
    dx, dy = cv2.Sobel(creases, cv2.CV_32F, 1, 0), cv2.Sobel(creases, cv2.CV_32F, 0, 1)
    push_x, push_y = (cv2.GaussianBlur(d, (0, 0), 1.2 * px_per_mm) for d in (dx, dy))
    push = 0.3 * px_per_mm * strength / max(float(push_x.std()), 1e-6)
    xs = np.arange(size[0], dtype=np.float32)[None, :] + cv2.resize(push_x * push, size)
    ys = np.arange(size[1], dtype=np.float32)[:, None] + cv2.resize(push_y * push, size)
    moved = cv2.remap(layer, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    outline = cv2.remap(alpha, xs, ys, cv2.INTER_LINEAR)
    slope = (0.8 * dx + 0.6 * dy) / max(float(dx.std()), 1e-6)
    tone = np.clip(118 + 15 * strength * slope, 50, 165).astype(np.uint8)
    shaded = cv2.multiply(moved, cv2.merge([cv2.resize(tone, size)] * 3), scale=1 / 128)
    return np.asarray(shaded, np.uint8), np.asarray(outline, np.uint8)


def stick(
    photo: Picture,
    label: RenderedLabel,
    to_photo: Matrix,
    wear: Wear,
    rng: np.random.Generator,
    *,
    light: Picture,
    front: Picture,
) -> LabelTruth | None:
    """Draws a label into the photo and says what is true of it; None when it lies outside.

    ``photo`` (height, width, 3) is changed in place; ``to_photo`` maps label pixels to photo pixels; ``light`` and
    ``front`` are half the photo's size.
    """
    height, width = photo.shape[:2]
    lh, lw = label.bgr.shape[:2]
    quad = through(to_photo, np.array([[0, 0], [lw, 0], [lw, lh], [0, lh]], float))
    low, high = quad.min(0) - 14, quad.max(0) + 14
    box = (max(0, int(low[0])), max(0, int(low[1])), min(width, int(high[0])), min(height, int(high[1])))
    left, top, right, bottom = box
    if right - left < 20 or bottom - top < 20:
        return None
    sheet = _worn(label, wear, rng)
    size = (right - left, bottom - top)
    local = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]]) @ to_photo
    px_per_mm = float(np.linalg.norm(quad[1] - quad[0])) / label.size_mm[0]
    if px_per_mm < DOTS_PER_MM * 0.6:  # warpPerspective does not average: shrink first
        ratio = max(0.25, px_per_mm / DOTS_PER_MM * 1.3)
        small = cv2.resize(sheet, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
        local = local @ np.diag([lw / small.shape[1], lh / small.shape[0], 1.0])
        sheet = np.asarray(small, np.uint8)
    layer = cv2.warpPerspective(sheet, local, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(np.full(sheet.shape[:2], 255, np.uint8), local, size, flags=cv2.INTER_LINEAR)
    if wear.wrinkle:
        layer, alpha = _creased(np.asarray(layer, np.uint8), np.asarray(alpha, np.uint8), wear.wrinkle, px_per_mm, rng)
    layer = cv2.multiply(layer, _half_area(light, box), scale=1 / 128)
    full = np.zeros((size[1], size[0]), np.uint8)
    if wear.glare:
        target = label.barcodes[0] if rng.random() < 0.7 else label.numbers[0]
        spot = through(
            local_of(to_photo, left, top),
            np.array([[(target[0] + target[2]) / 2, (target[1] + target[3]) / 2]]),
        )[0]
        spot += rng.normal(0, 9 * px_per_mm, 2)
        shine = _glare(rng, wear.glare, spot, size, 42 * px_per_mm)
        full = np.asarray((shine > 0.62) * 255, np.uint8)
        layer = cv2.add(layer, cv2.merge([np.clip(shine * 235, 0, 255).astype(np.uint8)] * 3))
    four = blurred(
        np.asarray(cv2.merge([*cv2.split(layer), alpha]), np.uint8),
        wear.blur_px,
        wear.motion_px,
        wear.motion_deg,
    )
    layer, alpha = four[:, :, :3], np.ascontiguousarray(four[:, :, 3])
    if wear.sharpening:
        layer = sharpened(np.ascontiguousarray(layer), wear.sharpening)
    cover = _half_area(front, box)
    weight = cv2.merge([cv2.multiply(alpha, cv2.bitwise_not(cover), scale=1 / 255)] * 3)
    area = photo[top:bottom, left:right]
    over = cv2.multiply(np.ascontiguousarray(layer), weight, scale=1 / 255)
    cv2.add(over, cv2.multiply(area, cv2.bitwise_not(weight), scale=1 / 255), dst=area)
    hidden = np.asarray(cv2.max(cover, full), np.uint8)
    return _truth(label, quad, to_photo, wear, hidden=hidden, offset=(left, top))


def local_of(to_photo: Matrix, left: int, top: int) -> Matrix:
    """The same mapping with its origin at a region's corner."""
    return np.asarray(np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]]) @ to_photo, np.float64)


def _truth(
    label: RenderedLabel, quad: Matrix, to_photo: Matrix, wear: Wear, *, hidden: Picture, offset: tuple[int, int]
) -> LabelTruth:
    px_per_mm = float(np.linalg.norm(quad[1] - quad[0])) / label.size_mm[0]
    bars_left = False
    for code in label.barcodes:
        turned = code[3] - code[1] > code[2] - code[0]
        rows = _hidden(hidden, _samples(code, to_photo, 24, 60, turned=turned), offset)
        bars_left |= bool((~rows.any(1)).mean() >= MIN_FREE_ROWS)
    digits_left = False
    for copy in label.numbers:
        digits_left |= bool(
            _hidden(hidden, _samples(copy, to_photo, 6, 60, turned=False), offset).mean() <= MAX_LOST_DIGITS
        )
    bars_left &= not wear.scratched_barcode
    digits_left &= not wear.covered_digits
    across = quad[1] - quad[0]
    turn = float(np.degrees(np.arctan2(across[1], across[0]))) % 360
    s = wear.scale
    module_px, digit_px = label.module_mm * px_per_mm * s, label.digit_mm * px_per_mm * s
    blur, motion = wear.blur_px * s, wear.motion_px * s
    smear = abs(motion * np.cos(np.radians(wear.motion_deg - turn)))
    bars_ok = (
        bars_left
        and module_px >= MIN_MODULE_PX
        and blur <= MAX_BLUR_PER_MODULE * module_px
        and smear <= MAX_MOTION_PER_MODULE * module_px
    )
    digits_ok = (
        digits_left
        and digit_px >= MIN_DIGIT_PX
        and blur <= MAX_BLUR_PER_DIGIT * digit_px
        and motion <= MAX_MOTION_PER_DIGIT * digit_px
    )
    return LabelTruth(
        label.carrier,
        label.number,
        label.barcode_text,
        as_quad(quad * s),
        float(np.linalg.norm(across)) * s,
        module_px,
        turn,
        blur,
        motion,
        wear.glare > 0,
        wear.wrinkle > 0,
        wear.faded > 0,
        bars_left,
        digits_left,
        bool(bars_ok or digits_ok),
    )


def as_quad(points: NDArray[np.floating]) -> Quad:
    """Four points as a tuple of tuples."""
    a, b, c, d = (((float(x), float(y))) for x, y in points)
    return (a, b, c, d)
