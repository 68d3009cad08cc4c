"""Every command asks the libraries for one thread each, before they are loaded; who asked for more gets more."""

import os
import subprocess
import sys

import pytest

from evidence_kit.threads import ONE_THREAD

SHOWS = (
    "from evidence_kit.cli import main; main(['packs']); import os, sys; loaded = 'cv2' in sys.modules; "
    "import cv2; print(os.environ['OPENBLAS_NUM_THREADS'], loaded, cv2.getNumThreads(), file=sys.stderr)"
)


@pytest.mark.parametrize(("stated", "threads"), [({}, "1 False 1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3 False 1")])
def test_a_command_uses_one_thread_for_each_library(stated, threads):
    environment = {name: value for name, value in os.environ.items() if name not in ONE_THREAD} | stated
    done = subprocess.run([sys.executable, "-c", SHOWS], capture_output=True, text=True, env=environment, check=True)
    assert done.stderr.strip().splitlines()[-1] == threads
