"""Ways in which one photo comes back: saved again, made smaller, cropped, turned, shown on a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Rng = np.random.Generator
Change = Callable[[Picture, Rng], Picture]


def _saved(picture: Picture, quality: int) -> Picture:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("not encoded")
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _resized(picture: Picture, long_edge: int) -> Picture:
    scale = min(1.0, long_edge / max(picture.shape[:2]))
    size = (max(8, round(picture.shape[1] * scale)), max(8, round(picture.shape[0] * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _cropped(picture: Picture, rng: Rng, share: float) -> Picture:
    """``share`` of the width and of the height cut off, split at random between the two sides."""
    high, wide = picture.shape[:2]
    dx, dy = int(wide * share), int(high * share)
    left, top = int(rng.integers(0, dx + 1)), int(rng.integers(0, dy + 1))
    return np.ascontiguousarray(picture[top : top + high - dy, left : left + wide - dx])


def _turned(picture: Picture, degrees: float) -> Picture:
    """Turned about the middle and cropped to what is left, as a phone's straightening does."""
    high, wide = picture.shape[:2]
    angle = np.radians(abs(degrees))
    grow = max(np.cos(angle) + np.sin(angle) * high / wide, np.cos(angle) + np.sin(angle) * wide / high)
    plan = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, float(grow))
    return np.asarray(cv2.warpAffine(picture, plan, (wide, high), flags=cv2.INTER_LINEAR), np.uint8)


def _screenshot(picture: Picture, rng: Rng) -> Picture:
    """The photo opened on a phone: a tall frame with bars above and below, black or white."""
    wide, high = 1080, 2340
    back = int(rng.choice([0, 24, 250]))
    page = np.full((high, wide, 3), back, np.uint8)
    scale = min(wide / picture.shape[1], (high - 400) / picture.shape[0])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    shown = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    left, top = (wide - size[0]) // 2, 200 + (high - 400 - size[1]) // 2
    page[top : top + size[1], left : left + size[0]] = shown
    ink = (230, 230, 230) if back < 128 else (40, 40, 40)
    cv2.putText(page, f"{int(rng.integers(0, 24))}:{int(rng.integers(10, 60))}", (60, 90), 0, 1.6, ink, 3, cv2.LINE_AA)
    for x in (180, 460, 740, 960):
        cv2.circle(page, (x, high - 110), 34, ink, 4, cv2.LINE_AA)
    return _saved(page, 85)


def _at_quality(picture: Picture, _: Rng, *, quality: int) -> Picture:
    return _saved(picture, quality)


def _at_crop(picture: Picture, rng: Rng, *, share: float) -> Picture:
    return _saved(_cropped(picture, rng, share), 85)


CHANGES: dict[str, Change] = {
    **{f"quality {q}": partial(_at_quality, quality=q) for q in (95, 80, 60, 40)},
    "720 px": lambda p, _: _saved(_resized(p, 720), 75),
    **{f"crop {c}%": partial(_at_crop, share=c / 100) for c in (5, 10, 20)},
    "turned 90": lambda p, _: _saved(np.ascontiguousarray(np.rot90(p)), 85),
    "turned 3": lambda p, _: _saved(_turned(p, 3.0), 85),
    "turned 8": lambda p, _: _saved(_turned(p, -8.0), 85),
    "screenshot": _screenshot,
    "brighter": lambda p, _: _saved(np.asarray(cv2.convertScaleAbs(p, alpha=1.12, beta=12), np.uint8), 85),
    "chat, cropped": lambda p, r: _saved(_cropped(_resized(p, 1080), r, 0.1), 60),
}


def copies(picture: Picture, seed: int) -> Iterator[tuple[str, Picture]]:
    """(name, copy) of every change, made from ``picture`` (H, W, 3)."""
    for name, change in CHANGES.items():
        yield name, change(picture, np.random.default_rng(seed))
