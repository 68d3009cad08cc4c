"""Makes PaddleOCR's environment: ``python -m evidence_kit.sensors.engines.paddle_env PATH``.

It gets paddleocr with onnxruntime (no paddlepaddle: its 3.3 releases crash with oneDNN) and the weights that this
package carries, laid out as PaddleOCR wants them. Needs the network once; reading later needs none.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

from evidence_kit.sensors.engines.paddle import environment, python_of
from evidence_kit.sensors.weights import find

PACKAGES = ("paddleocr==3.7.0", "onnxruntime>=1.20")


def make(folder: Path) -> None:
    """Makes or completes the environment in ``folder``. Raises CalledProcessError where pip fails."""
    if not python_of(folder).exists():
        venv.create(folder, with_pip=True)
    subprocess.run([str(python_of(folder)), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)  # noqa: S603
    for part in ("det", "rec"):
        onto = folder / "models" / part
        onto.mkdir(parents=True, exist_ok=True)
        shutil.copy(find(f"ppocrv6-tiny/{part}.onnx"), onto / "inference.onnx")
        shutil.copy(find(f"ppocrv6-tiny/{part}.yml"), onto / "inference.yml")


def main(arguments: list[str]) -> int:
    """``PATH`` or, without it, the place where the engine looks."""
    folder = Path(arguments[0]) if arguments else environment()
    make(folder)
    print(f"PaddleOCR is in {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
