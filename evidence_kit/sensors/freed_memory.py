"""Memory of freed arrays is kept for the next ones: pages asked of the system anew cost more than most arrays' work."""

from __future__ import annotations

from functools import cache

LARGEST_BYTES = 31 << 20
"""glibc learns from what is freed, up to 32 MB (mallopt(3), M_MMAP_THRESHOLD); elsewhere nothing is learnt or lost."""


@cache
def hold_freed_memory() -> None:
    """Frees one large array that was never written to: from then on arrays up to its size come from memory at hand.

    A program that works on large pictures gets there by itself, after some tens of thousands of page faults.
    """
    import numpy as np

    np.empty(LARGEST_BYTES, np.uint8)
