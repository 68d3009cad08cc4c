"""Readers as the benchmark asks them: one started process each, a photo's path in, texts and CPU seconds out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.peers import environments

ROOT = Path(__file__).resolve().parent.parent.parent
TINY = ROOT / "models" / "ppocrv6-tiny"
SINGLE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

PEERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "zxing-cpp": ("zxing", ("zxing",)),
    "zxing-cpp code128": ("zxing", ("zxing-code128",)),
    "pyzbar": ("zbar", ("pyzbar",)),
    "rapidocr v6 small": ("rapidocr", ("rapidocr",)),
    "rapidocr v6 tiny": ("rapidocr", ("rapidocr", "tiny", str(TINY))),
    "paddleocr v6 tiny": ("paddleocr", ("paddleocr", str(environments.HOME / "paddleocr" / "models"))),
}
"""Environment and arguments of ``server.py``, by the name in the results."""
KIT = "evidence-kit"


@dataclass
class Reader:
    """A running reader."""

    name: str
    process: subprocess.Popen[str] = field(repr=False)

    def read(self, path: Path) -> dict[str, Any]:
        """The answer to one photo. Raises RuntimeError where the process has ended."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError(f"{self.name} has no pipes")
        self.process.stdin.write(json.dumps({"path": str(path)}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with {self.process.poll()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Ends the process."""
        self.process.kill()
        self.process.wait()


def start(name: str) -> Reader:
    """Starts evidence-kit or a peer; a peer's environment is made first where it is missing."""
    environ = dict(os.environ, PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK="True", **SINGLE)
    if name == KIT:
        command = [sys.executable, "-m", "benchmarks.waybill_reader"]
    else:
        environment, arguments = PEERS[name]
        command = [str(environments.make(environment)), str(Path(__file__).with_name("server.py")), *arguments]
        libraries = environments.unpacked_libraries(environment)
        if libraries:
            command.append(str(next(path for path in libraries if path.name == "libzbar.so.0")))
            environ["LD_LIBRARY_PATH"] = str(libraries[0].parent)
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        encoding="utf-8", env=environ, cwd=ROOT,
    )  # fmt: skip
    return Reader(name, process)
