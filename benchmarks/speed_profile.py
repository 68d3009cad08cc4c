"""Where the time of a check goes, step by step, as shares of a plain decode: ``python -m benchmarks speed profile``.

Taken with cProfile in one process and on one thread, after a first check has loaded what is loaded once. It makes what
is Python a little dearer than it is.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Step = Callable[["Times"], float]
LIBRARIES = "import evidence_kit.engine, numpy, cv2, av, onnxruntime, zxingcpp"


@dataclass(frozen=True)
class Times:
    """CPU seconds by function, of one profiled run."""

    stats: dict[Any, Any]
    whole_s: float

    def own(self, name: str) -> float:
        """Spent in the functions of this name themselves: ``decode' of 'av.packet``."""
        return float(sum(row[2] for (_, _, said), row in self.stats.items() if name in said))

    def of(self, place: str, *less: str) -> float:
        """Spent in a function, ``footage.py:_looked``, and what it calls, less what it calls of ``less`` directly."""
        return self._all(place) - sum(self._within(one, place) for one in less)

    def _all(self, place: str) -> float:
        return float(sum(row[3] for key, row in self.stats.items() if _is(key, place)))

    def _within(self, inner: str, outer: str) -> float:
        rows = [row for key, row in self.stats.items() if _is(key, inner)]
        return float(sum(spent[3] for row in rows for caller, spent in row[4].items() if _is(caller, outer)))


def _is(key: tuple[str, int, str], place: str) -> bool:
    file, name = place.split(":")
    return key[2] == name and Path(key[0]).name == file


VIDEO: dict[str, Step] = {
    "decode without loop filter": lambda t: t.own("'decode' of 'av.packet"),
    "opening, packet tables": lambda t: t.of("footage.py:_looked"),
    "grey views of 320 pixels, their sharpness": lambda t: (
        t.of("footage.py:detail", "footage.py:view") + t.of("footage.py:view")
    ),
    "colour views": lambda t: t.of("small_views.py:see"),
    "comparison with the frame before": lambda t: t.of(
        "picture_changes.py:see", "picture_changes.py:_consider", "picture_changes.py:_blend"
    ),
    "close looks at steps that stand out": lambda t: t.of("picture_changes.py:_consider"),
    "blends": lambda t: t.of("picture_changes.py:_blend"),
    "mirrors and loops": lambda t: t.of("picture_patterns.py:find_repeats"),
    "bars: where they stand, what they say": lambda t: t.of("label_frames.py:_choose", "footage.py:detail"),
    "the parcel's turn": lambda t: t.of("parcel_looks.py:parcel_looks"),
    "the parcel's colours": lambda t: t.of("parcel_colours.py:parcel_colours"),
    "close look at unread bars (once)": lambda t: t.of("label_frames.py:finish"),
    "print on a few frames (once)": lambda t: t.of("frame_texts.py:frame_texts"),
}
PHOTO: dict[str, Step] = {
    "decode, grey and small colour": lambda t: t.of("photo.py:_decode"),
    "bars, at a glance and closely": lambda t: t.of("codes.py:codes", "photo.py:luma"),
    "print under decoded bars": lambda t: t.of("under_text.py:under_text", "photo.py:luma"),
    "print about labels without a number": lambda t: (
        t.of("label_text.py:label_text", "photo.py:luma") + t.of("around_text.py:around_text", "photo.py:luma")
    ),
    "print of the whole photo": lambda t: t.of("page_text.py:page_text", "photo.py:luma"),
    "sharpness": lambda t: t.of("sharpness.py:sharpness", "photo.py:luma"),
    "label, goods and parcel": lambda t: t.of("frame_content.py:frame_content", "photo.py:colour"),
    "print for near copies": lambda t: t.of("picture_print.py:picture_print", "photo.py:luma"),
    "corners for a written mark": lambda t: t.of("corner_text.py:corner_text", "photo.py:luma"),
}


def shares(work: Callable[[], object], steps: dict[str, Step], unit_s: float) -> dict[str, float]:
    """Each step's CPU as a multiple of ``unit_s``, and what is left of the whole as ``everything else``."""
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    work()
    profile.disable()
    stats: Any = pstats.Stats(profile)
    times = Times(stats.stats, stats.total_tt)
    rows = {title: step(times) / unit_s for title, step in steps.items()}
    rows["everything else"] = times.whole_s / unit_s - sum(rows.values())
    return {title: round(share, 3) for title, share in rows.items()}


def libraries() -> Sequence[str]:
    """The command that only starts the program and its libraries."""
    return [sys.executable, "-c", LIBRARIES]
