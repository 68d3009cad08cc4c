"""Sensors: files -> Measurements, raw, without thresholds, stamped with engine and version.

With ``pictures`` the only room that imports imaging or inference libraries, and only inside functions, so that
importing a sensor module is cheap. May import ``intake`` and ``schema``; nothing above. One sensor is one function
marked with ``@sensor`` that takes a medium (``Photo`` or ``Footage``), and other Measurements by type.
"""

from __future__ import annotations


class CannotOpen(Exception):
    """No decoder opens the file: the platform cannot show it either (reason FORMAT, rules 1e.13)."""


class LimitReached(Exception):
    """The kit refuses to spend more on this file (pixels, bytes, frames): an error, not a verdict."""


class EngineMissing(Exception):
    """An engine that was asked for is not installed; the text says the command that adds it."""
