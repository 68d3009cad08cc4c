"""What a process holds, as the kernel tells it. ``getrusage`` also counts the process that started this one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Mark = Literal["VmHWM", "VmRSS"]
"""The most so far, and now."""


def bytes_of(pid: int | Literal["self"], mark: Mark) -> int:
    """Bytes of one process; 0 where it is gone, or the system does not tell."""
    try:
        lines = (Path("/proc") / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{mark}:")), 0)
