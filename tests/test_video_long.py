"""What the benchmark of long videos tells of a process: its end, its CPU, its memory and that of its children."""

import sys

import pytest

from benchmarks import video_long
from benchmarks.video_long import resident_mb, watched

HOLDS = "import time; held = bytearray(80_000_000); held[::4096] = b'x' * len(held[::4096]); time.sleep(3)"
STARTS = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}]); sys.exit(3)"
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def test_memory_and_end_of_a_process(monkeypatch):
    monkeypatch.setattr(video_long, "EVERY_S", 0.1)
    row = watched([sys.executable, "-c", HOLDS])
    assert row["exit"] == 0
    assert 80 < row["peak_mb"] < 160
    assert row["resident_mb_by_quarter"][2] > 80
    assert row["rise_mb"] == row["resident_mb_by_quarter"][2] - row["resident_mb_by_quarter"][1]
    assert abs(row["rise_mb"]) < 60


def test_what_it_starts_counts():
    row = watched([sys.executable, "-c", STARTS])
    assert row["exit"] == 3
    assert max(row["resident_mb_by_quarter"]) > 85


def test_a_process_that_is_gone_needs_nothing():
    assert resident_mb(2**22 + 1) == 0.0
