"""Which engines, models and codecs are here, and the command that adds what is missing."""

from __future__ import annotations

import importlib
import platform
import sys
from collections.abc import Callable, Iterator

from evidence_kit.records import dataclass
from evidence_kit.resolve import package_version


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    present: bool
    detail: str
    add: str = ""
    required: bool = True


REQUIRED = (
    ("opencv-python-headless", "cv2", "photos and frames"),
    ("numpy", "numpy", "arrays"),
    ("pillow", "PIL", "photo headers, EXIF, formats beyond JPEG"),
    ("pillow-heif", "pillow_heif", "HEIC photos from iPhones"),
    ("zxing-cpp", "zxingcpp", "barcodes (default engine)"),
    ("rapidocr", "rapidocr", "printed numbers (default engine)"),
    ("onnxruntime", "onnxruntime", "inference"),
    ("av", "av", "video containers and frames"),
)


OPTIONAL = (
    ("c2pa-python", "c2pa", "c2pa", "signatures of C2PA manifests"),
    ("pyarrow", "pyarrow", "scan", "scan: Parquet tables and findings.parquet"),
    ("fsspec", "fsspec", "scan", "scan: files behind addresses"),
    ("s3fs", "s3fs", "s3", "scan: s3://"),
    ("ray", "ray", "ray", "scan: --engine ray"),
)
"""Distribution, module, the extra that adds it, and what for."""


def examine() -> Iterator[Line]:
    """Look at everything the kit may use; each import is tried, none is assumed."""
    yield Line("python", sys.version_info >= (3, 11), platform.python_version())
    for distribution, module, purpose in REQUIRED:
        yield _importable(distribution, module, purpose)
    yield _attempt("codecs", _codecs)
    yield _attempt("our weights", _weights)
    yield _attempt(
        "zbar (--barcode zbar)",
        _zbar,
        add="pip install 'evidence-kit[zbar]' and, on Debian, apt-get install libzbar0",
        required=False,
    )
    yield _attempt(
        "paddleocr (--ocr paddle)", _paddle, add="python -m evidence_kit.sensors.engines.paddle_env", required=False
    )
    for distribution, module, extra, purpose in OPTIONAL:
        yield _importable(distribution, module, purpose, extra=extra)


def _importable(distribution: str, module: str, purpose: str, *, extra: str = "") -> Line:
    def attempt() -> str:
        importlib.import_module(module)
        return f"{package_version(distribution)}: {purpose}"

    add = f"pip install 'evidence-kit[{extra}]'" if extra else f"pip install {distribution}"
    return _attempt(distribution, attempt, add=add, required=not extra)


def _attempt(name: str, attempt: Callable[[], str], *, add: str = "", required: bool = True) -> Line:
    try:
        return Line(name, True, attempt(), add, required)
    except Exception as problem:
        return Line(name, False, f"{type(problem).__name__}: {problem}".splitlines()[0], add, required)


def _codecs() -> str:
    import av

    wanted = ("h264", "hevc", "av1", "vp9", "wmv2", "wmv3", "rv40", "mpeg4", "flv", "aac")
    absent = []
    for name in wanted:
        try:
            av.CodecContext.create(name, "r")
        except av.error.FFmpegError:
            absent.append(name)
    if absent:
        raise RuntimeError("no decoder for " + ", ".join(absent))
    return "decoders for " + ", ".join(wanted)


def _weights() -> str:
    from evidence_kit.sensors.weights import find

    names = (
        "ppocrv6-tiny/det.onnx",
        "ppocrv6-tiny/rec.onnx",
        "frame-content/frame-content.onnx",
        "parcel-pose/parcel-pose.onnx",
        "parcel-motion/parcel-motion.onnx",
        "display-digits/display-digits.onnx",
    )
    return ", ".join(f"{name} {find(name).stat().st_size / 1e6:.1f} MB" for name in names)


def _zbar() -> str:
    importlib.import_module("pyzbar.pyzbar")
    return f"pyzbar {package_version('pyzbar')}"


def _paddle() -> str:
    from evidence_kit.sensors.engines.paddle import environment, missing

    if missing() is not None:
        raise FileNotFoundError("its environment is not made yet")
    return f"in {environment()}"
