"""When a number can be read off a picture: the one place where ``legible`` and ``intact`` are decided."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .camera import Floats, Optics, Plane, project, scale_at
from .damage import PER_MM
from .sheet import Mark

DIGIT_MIN_PX = 10.0
"""Digits lower than this run together after JPEG."""
DIGIT_BLUR_SHARE = 0.095
"""Standard deviation of the blur over digit height up to which an 8 and a 6 differ."""
MODULE_MIN_PX = 1.5
"""Narrower modules alias with the pixels."""
MODULE_BLUR_SHARE = 0.55
"""Standard deviation of the blur over module width up to which single bars keep a third of their contrast."""
NOISE_RATIO = 4.0
"""Contrast over noise that print needs."""
HIDDEN = 0.7
"""Loss of contrast from which print counts as gone."""


@dataclass(frozen=True)
class Viewing:
    """How a label was seen. Lengths are in pixels of the picture before it was made smaller by ``shrink``."""

    plane: Plane
    optics: Optics
    shrink: float
    contrast: float
    """Grey levels between paper and ink after exposure."""
    noise: float
    """Standard deviation of the noise in grey levels."""


def _window(loss: Floats, mark: Mark) -> Floats:
    left, top, right, bottom = (round(v * PER_MM) for v in mark.box)
    part = loss[max(top, 0) : bottom, max(left, 0) : right]
    return np.ascontiguousarray(part.T) if mark.sideways else part


def intact(loss: Floats, mark: Mark) -> bool:
    """Nothing of the number is gone: a clean band across all bars, or every digit mostly there."""
    window = _window(loss, mark)
    if window.size == 0:
        return False
    gone = window > HIDDEN
    if not mark.bars:
        slices = np.array_split(gone, max(8, gone.shape[1] // (2 * PER_MM)), axis=1)
        return all(part.mean() < 0.3 for part in slices if part.size)
    # A gap of half a module in every row breaks a code without redundancy along the row.
    allowed = max(1, int(mark.fine_mm * 0.5 * PER_MM))
    return bool((gone.sum(axis=1) <= allowed).sum() >= PER_MM)


def resolved(loss: Floats, mark: Mark, view: Viewing) -> bool:
    """The picture holds enough detail and contrast of this copy of the number."""
    middle = ((mark.box[0] + mark.box[2]) / 2, (mark.box[1] + mark.box[3]) / 2)
    scale = min(scale_at(view.plane, *middle, sideways=side) for side in (False, True))
    along_bars = scale_at(view.plane, *middle, sideways=mark.sideways)
    step = (0.0, 1.0) if mark.sideways else (1.0, 0.0)
    ends = project(view.plane, np.array([middle, (middle[0] + step[0], middle[1] + step[1])]))
    direction = float(np.rad2deg(np.arctan2(*(ends[1] - ends[0])[::-1])))
    window = _window(loss, mark)
    if window.size == 0:
        return False
    # Making the picture smaller averages noise away but adds a blur of about 0.45 small pixels.
    noise = view.noise * (view.shrink if view.shrink < 1 else 1.0)
    extra = 0.0 if view.shrink >= 1 else 0.35
    if mark.bars:
        module = mark.fine_mm * along_bars * view.shrink
        sigma = float(np.hypot(view.optics.sigma(direction) * view.shrink, extra))
        rows = np.sort(window.mean(axis=1))[: max(1, 2 * PER_MM)]
        contrast = view.contrast * (1 - float(rows.mean()))
        return module >= MODULE_MIN_PX and sigma <= MODULE_BLUR_SHARE * module and contrast >= NOISE_RATIO * noise
    height = mark.fine_mm * scale * view.shrink
    sigma = float(np.hypot(max(view.optics.sigma(d) for d in (direction, direction + 90)) * view.shrink, extra))
    contrast = view.contrast * (1 - float(np.quantile(window, 0.9)))
    return height >= DIGIT_MIN_PX and sigma <= DIGIT_BLUR_SHARE * height and contrast >= NOISE_RATIO * noise


def judge(hidden: Floats, loss: Floats, marks: list[Mark], view: Viewing) -> tuple[bool, bool, bool]:
    """``barcode_intact``, ``digits_intact`` and ``legible`` of a label from all copies of its number.

    Intact speaks of the label (``hidden``), legible of its picture (``loss``: glare and fading count too).
    ``legible`` is conservative: one copy must be whole and resolved at once; a number pieced together from
    two damaged copies does not count.
    """
    bars = any(intact(hidden, mark) for mark in marks if mark.bars)
    printed = any(intact(hidden, mark) for mark in marks if not mark.bars)
    readable = any(intact(loss, mark) and resolved(loss, mark, view) for mark in marks)
    return bars, printed, readable
