"""Which faces of the closed parcel does one video show?"""

from __future__ import annotations

from dataclasses import dataclass

from evidence_kit.schema import Quad
from evidence_kit.sensors.video_header import VideoHeader
from evidence_kit.wiring import fact


@dataclass(frozen=True, slots=True)
class Face:
    at_s: float
    quad: Quad


@dataclass(frozen=True, slots=True)
class SidesShown:
    """Faces shown before the parcel is opened (rules R11, 1c-F); None is "could not be told"."""

    shown: int | None = None
    faces: tuple[Face, ...] = ()
    sealed_start: bool | None = None
    opened_at_s: float | None = None
    opened_start_signals: tuple[str, ...] = ()
    """Independent signals that the parcel is open from the first frame; two make it certain."""


@fact(on="video")
def sides_shown(header: VideoHeader) -> SidesShown:
    """Nothing is told yet: which faces are shown is for a person, and the answer says so.

    Counting look-alike views is no evidence (a plain carton gave six by accident), so no number is given before a
    sensor keeps the faces' identity through the turn.
    """
    return SidesShown()
