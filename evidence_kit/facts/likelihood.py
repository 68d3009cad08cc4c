"""The logistic curve over what was measured, of which several facts are made."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp


def logistic(weights: Iterable[float], measures: Iterable[float]) -> float:
    """How likely, 0..1, by as many weights as measures."""
    return 1 / (1 + exp(-sum(weight * value for weight, value in zip(weights, measures, strict=True))))
