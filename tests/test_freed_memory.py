"""Memory of freed arrays comes back without page faults."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from evidence_kit.sensors.freed_memory import hold_freed_memory
if sys.argv[1] == "held":
    hold_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    large = [np.ones(1 << 20, np.uint8) for _ in range(4)]
    del large
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's allocator alone learns from what is freed")
def test_freed_arrays_cost_no_new_page_faults():
    def faults(how: str) -> int:
        done = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True)
        return int(done.stdout)

    assert 2 * faults("held") < faults("left")
