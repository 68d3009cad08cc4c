"""When was one item taken?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class CaptureTime:
    """The moment of capture with its source (rules 1c-C, 1e.18); never the moment of editing."""

    taken_at: datetime | None
    zone: Literal["stated", "assumed"]
    source: str
    """The tag or the file-name form it was read from."""
    trust: Literal["gps", "clock", "container", "file-name", "none"]
    maybe_zone_slip: bool = False
    """Two sources of one file differ by whole hours: a zone bug is likelier than an old photo."""
