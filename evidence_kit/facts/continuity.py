"""Is one video a single take?"""

from __future__ import annotations

from evidence_kit.facts.break_signals import blind_intervals, hints, may_be_copy
from evidence_kit.records import dataclass
from evidence_kit.schema import Blind, Break
from evidence_kit.sensors.packets import PacketSignals
from evidence_kit.sensors.picture_changes import PictureChanges
from evidence_kit.wiring import fact


@dataclass(frozen=True, slots=True)
class Continuity:
    """Where a take may be interrupted (rules R12, 1c-G)."""

    breaks: tuple[Break, ...] = ()
    """Each with the signals that agree; two independent strong ones make it certain."""
    certain: tuple[bool, ...] = ()
    """Per break: two independent strong signals agree."""
    blind: tuple[Blind, ...] = ()
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


APART_S = 0.35
"""Hints closer than this speak of the same break."""
MIN_FRAMES = 8
MIN_SHARE = 0.9
"""Less of the packets decoded than this, and the absence of a break is not claimed."""


@fact(on="video")
def continuity(changes: PictureChanges, packets: PacketSignals) -> Continuity:
    """Breaks where signals of picture and packets say so; certain only on two independent strong ones.

    The operating points stand in break_signals.py; benchmarks/video_continuity.py set them.
    """
    blind = blind_intervals(changes)
    found = sorted(hints(changes, packets, blind), key=lambda hint: (hint.at_s, hint.signal))
    groups: list[list[int]] = []
    for index, hint in enumerate(found):
        if groups and hint.at_s - found[groups[-1][-1]].at_s <= APART_S:
            groups[-1].append(index)
        else:
            groups.append([index])
    breaks, certain = [], []
    for group in groups:
        said = [found[index] for index in group]
        lead = max(said, key=lambda hint: (hint.weight, -hint.at_s))
        natures = {hint.nature for hint in said if hint.strong}
        breaks.append(
            Break(
                at_s=round(lead.at_s, 3),
                kind=lead.kind,
                signals=tuple(dict.fromkeys(hint.signal for hint in said)),
                end_s=max((hint.end_s for hint in said if hint.end_s is not None), default=None),
            )
        )
        certain.append(len(natures) >= 2)
    return Continuity(
        breaks=tuple(breaks),
        certain=tuple(certain),
        blind=blind,
        examined=len(changes.at_s) >= MIN_FRAMES and changes.share >= MIN_SHARE,
        not_original=may_be_copy(packets),
    )
