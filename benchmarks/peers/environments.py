"""Makes the peers' environments: virtual environments with pinned packages, under ``benchmarks/out/peers``.

Making needs the network once; measuring needs none. ``python -m benchmarks.peers.environments`` makes all of them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / "out" / "peers"
COMMON = ("numpy==2.4.6", "opencv-python-headless==5.0.0.93")
PACKAGES: dict[str, tuple[str, ...]] = {
    "zxing": (*COMMON, "zxing-cpp==3.1.1"),
    "zbar": (*COMMON, "pyzbar==0.1.9"),
    "rapidocr": (*COMMON, "rapidocr==3.10.0", "onnxruntime==1.31.1"),
    "paddleocr": ("paddleocr==3.7.0", "onnxruntime==1.26.0"),
    "scenedetect": (*COMMON, "scenedetect==0.7.2"),
}
"""paddleocr needs older numpy and OpenCV; it gets PP-OCRv6 tiny on onnxruntime, without paddlepaddle."""


def python_of(name: str) -> Path:
    """The interpreter of one environment."""
    return HOME / name / "bin" / "python"


def make(name: str) -> Path:
    """Makes one environment unless it is there; returns its interpreter. Raises CalledProcessError."""
    python, done = python_of(name), HOME / name / "made"
    wanted = " ".join(PACKAGES[name])
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return python
    venv.create(HOME / name, with_pip=True, clear=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES[name]], check=True)
    if name == "zbar":
        _zbar_library()
    if name == "paddleocr":
        _paddle_weights()
    done.write_text(wanted, encoding="utf-8")
    return python


def _zbar_library() -> None:
    """Debian's libzbar and what it needs, unpacked beside the environment: no system directory is touched."""
    folder = HOME / "zbar" / "debian"
    folder.mkdir(exist_ok=True)
    subprocess.run(
        ["apt-get", "download", "libzbar0", "libv4l-0", "libv4lconvert0", "libjpeg62-turbo"], cwd=folder, check=True
    )
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg", "-x", str(package), str(folder)], check=True)


def unpacked_libraries(name: str) -> list[Path]:
    """Shared libraries that were unpacked beside an environment."""
    return sorted((HOME / name / "debian").glob("usr/lib/*-linux-gnu/*.so.*"))


def _paddle_weights() -> None:
    from evidence_kit.sensors.weights import find

    for part in ("det", "rec"):
        folder = HOME / "paddleocr" / "models" / part
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(find(f"ppocrv6-tiny/{part}.onnx"), folder / "inference.onnx")
        shutil.copy(find(f"ppocrv6-tiny/{part}.yml"), folder / "inference.yml")


if __name__ == "__main__":
    for each in sys.argv[1:] or list(PACKAGES):
        print(make(each))
