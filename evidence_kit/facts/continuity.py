"""Is one video a single take?"""

from __future__ import annotations

from dataclasses import dataclass

from evidence_kit.schema import Blind, Break, Span


@dataclass(frozen=True, slots=True)
class Continuity:
    """Where a take may be interrupted (rules R12, 1c-G)."""

    breaks: tuple[Break, ...] = ()
    """Each with the signals that agree; two independent strong ones make it certain."""
    certain: tuple[bool, ...] = ()
    """Per break: two independent strong signals agree."""
    blind: tuple[Blind, ...] = ()
    parcel_out: tuple[Span, ...] = ()
    examined: bool = True
    """False where too little could be decoded to say that there is no break."""
    not_original: tuple[str, ...] = ()
    """Signs that the file is not the camera's own (information only, rules 1c-G)."""

    @property
    def continuous(self) -> bool | None:
        """True: no break, nothing blind; False: a certain break; None: cannot be told."""
        if any(self.certain):
            return False
        if self.breaks or self.blind or not self.examined:
            return None
        return True
