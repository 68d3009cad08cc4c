"""One thread for each library: the kit shares the files of a submission out over the cores by itself.

Left alone, OpenCV and the linear algebra behind NumPy start a thread for every core, for work of less than a
millisecond, and two jobs get in each other's way: what that costs is a row of docs/performance.md.
"""

from __future__ import annotations

import os

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM", "VECLIB_MAXIMUM_THREADS"),
    "1",
)
"""Environment variables that the libraries read when they are loaded."""


def one_thread_each() -> None:
    """Asks the libraries that are not loaded yet for one thread; what the environment says already goes before."""
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
