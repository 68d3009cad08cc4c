"""PaddleOCR as a text engine: a process of its own in an environment of its own, one JSON line each way.

paddleocr pins numpy and OpenCV to versions that cannot share an environment with this package. ``python -m
evidence_kit.sensors.engines.paddle_env PATH`` makes the environment; EVIDENCE_KIT_PADDLE names it (default: a folder
``paddle`` in the user's data directory).
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_kit.sensors import EngineMissing

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evidence_kit.schema import Point
    from evidence_kit.sensors.number_lines import TextLine

VARIABLE = "EVIDENCE_KIT_PADDLE"


def environment() -> Path:
    """The folder of PaddleOCR's environment, there or not."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("evidence-kit") / "paddle"


def python_of(folder: Path) -> Path:
    """The interpreter of an environment."""
    windows = folder / "Scripts" / "python.exe"
    return windows if windows.exists() else folder / "bin" / "python"


def missing() -> str | None:
    """What to do to add the engine; None where it is there."""
    folder = environment()
    if python_of(folder).exists() and (folder / "models" / "det" / "inference.onnx").exists():
        return None
    return (
        f"PaddleOCR's environment is missing; make it with: python -m evidence_kit.sensors.engines.paddle_env {folder}"
    )


@cache
def _process() -> subprocess.Popen[str]:
    say = missing()
    if say is not None:
        raise EngineMissing(say)
    folder = environment()
    quiet = dict(os.environ, PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK="True", OMP_NUM_THREADS="1")
    server = Path(__file__).with_name("paddle_server.py")
    started = subprocess.Popen(  # noqa: S603 - both paths are ours
        [str(python_of(folder)), str(server), str(folder / "models")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=quiet,
        encoding="utf-8",
    )  # fmt: skip
    atexit.register(started.kill)
    return started


def _ask(question: dict[str, Any]) -> dict[str, Any]:
    process = _process()
    if process.stdin is None or process.stdout is None:
        raise EngineMissing("PaddleOCR's process has no pipes")
    process.stdin.write(json.dumps(question) + "\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        _process.cache_clear()
        raise EngineMissing("PaddleOCR's process ended; make its environment again")
    answer: dict[str, Any] = json.loads(line)
    if "error" in answer:
        raise EngineMissing(f"PaddleOCR: {answer['error']}")
    return answer


def read_lines_of(picture: NDArray[np.uint8], corners: Sequence[Point], edge: int) -> list[TextLine]:
    """Lines in the quadrilateral ``corners`` (pixels of ``picture``) as PaddleOCR finds and reads them.

    Raises EngineMissing where the environment is not there.
    """
    import tempfile

    import cv2
    import numpy as np

    from evidence_kit.sensors.number_lines import TextLine, part_of

    part, onto = part_of(picture, corners, edge, 1.0)
    height, width = picture.shape
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.png"
        cv2.imwrite(str(path), part)
        answer = _ask({"path": str(path), "edge": edge})
    lines = []
    for entry in answer["lines"]:
        spots = cv2.perspectiveTransform(np.array(entry["corners"], np.float64)[None], onto)[0]
        quad = tuple((min(1.0, max(0.0, x / width)), min(1.0, max(0.0, y / height))) for x, y in spots.tolist())
        tall = float(np.hypot(*(spots[3] - spots[0])))
        lines.append(TextLine(entry["text"], entry["score"], quad, "paddle", tall))  # type: ignore[arg-type]
    return lines
