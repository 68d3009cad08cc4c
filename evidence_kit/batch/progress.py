"""How far a scan is, at what rate, and how long it will take: one line on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TextIO

EVERY_S = 5.0
"""Seconds between lines where the stream is a file or a log."""
TERMINAL_S = 0.1


class Progress:
    """Counts cases as they are settled. ``clock`` is monotonic seconds."""

    def __init__(
        self, stream: TextIO | None, total: int, done: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stream = stream
        self.total = total
        self.first = self.done = done
        self.verdicts: Counter[str] = Counter()
        self._clock = clock
        self._began = clock()
        self._told = -EVERY_S
        self._terminal = bool(stream is not None and stream.isatty())

    def expect_more(self, count: int) -> None:
        """``count`` cases are to be judged once more."""
        self.total += count

    def settled(self, verdict: str) -> None:
        self.done += 1
        self.verdicts[verdict] += 1
        now = self._clock()
        if self.stream is None or now - self._told < (TERMINAL_S if self._terminal else EVERY_S):
            return
        self._told = now
        self._write(self.line())

    def line(self) -> str:
        """``[12/150] 2.4 cases/s, 58 s left: 3 fail, 2 review, 7 pass``."""
        spent = max(1e-9, self._clock() - self._began)
        rate = (self.done - self.first) / spent
        left = (self.total - self.done) / rate if rate else 0.0
        speed = f"{rate:.1f} cases/s" if rate >= 1 else f"{rate * 60:.1f} cases/min"
        counts = ", ".join(f"{self.verdicts[name]} {name}" for name in ("fail", "review", "pass"))
        return f"[{self.done}/{self.total}] {speed}, {duration(left)} left: {counts}"

    def end(self) -> None:
        if self.stream is not None:
            self._write(self.line())
            if self._terminal:
                self.stream.write("\n")

    def _write(self, line: str) -> None:
        assert self.stream is not None
        self.stream.write(f"\r{line:<78}" if self._terminal else line + "\n")
        self.stream.flush()


def duration(seconds: float) -> str:
    """``45 s``, ``3 min 20 s``, ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
