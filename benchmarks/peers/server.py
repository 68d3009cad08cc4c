"""Runs inside a peer's environment: JSON lines in (``{"path"}``), JSON lines out (``{"texts", "cpu_s"}``).

Imports nothing of this project. One thread everywhere; ``cpu_s`` counts the photo's decoding too, as it does for
evidence-kit. The exact configuration of each peer is its function here.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Texts = list[tuple[str, str | None]]
"""Text and symbology; no symbology for print."""
Reader = Callable[[str], Texts]
PAGE_EDGE = 1600


def grey(path: str) -> Any:
    """Full size, upright."""
    import cv2

    return cv2.imread(path, cv2.IMREAD_GRAYSCALE)


def at_page_edge(path: str) -> Any:
    """Colour, upright, the long edge 1600 at most, area-averaged."""
    import cv2

    picture: Any = cv2.imread(path, cv2.IMREAD_COLOR)
    scale = PAGE_EDGE / max(picture.shape[:2])
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture


def zxing(_: list[str]) -> Reader:
    """zxing-cpp's defaults: all formats, every direction, downscaled and inverted too; full-size grey picture."""
    import zxingcpp

    return lambda path: [(code.text, str(code.format)) for code in zxingcpp.read_barcodes(grey(path))]


def zxing_code128(_: list[str]) -> Reader:
    """zxing-cpp with Code 128 alone, otherwise its defaults."""
    import zxingcpp

    only: Any = [zxingcpp.BarcodeFormat.Code128]
    return lambda path: [(c.text, str(c.format)) for c in zxingcpp.read_barcodes(grey(path), formats=only)]


def pyzbar(arguments: list[str]) -> Reader:
    """zbar's linear codes and QR on the full-size grey picture (its databar decoder only complains).

    ``arguments`` may name the shared library, which pyzbar looks for only where the system keeps it.
    """
    import ctypes.util

    if arguments:
        ctypes.util.find_library = lambda name: arguments[0] if name == "zbar" else None
    from pyzbar import pyzbar as zbar

    s = zbar.ZBarSymbol
    kinds = [s.CODE128, s.CODE39, s.I25, s.EAN13, s.EAN8, s.UPCA, s.UPCE, s.QRCODE]
    return lambda path: [(c.data.decode("utf-8", "replace"), c.type) for c in zbar.decode(grey(path), symbols=kinds)]


def rapidocr(arguments: list[str]) -> Reader:
    """RapidOCR's defaults (text-line direction classifier on), long edge 1600; ``tiny DIR`` for the tiny networks."""
    from rapidocr import RapidOCR

    settings: dict[str, Any] = {
        "Global.log_level": "error",
        "Global.max_side_len": PAGE_EDGE,
        "Det.limit_type": "max",
        "Det.limit_side_len": PAGE_EDGE,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    if arguments[:1] == ["tiny"]:
        folder = Path(arguments[1])
        settings |= {
            "Det.model_path": str(folder / "det.onnx"),
            "Rec.model_path": str(folder / "rec.onnx"),
            "Rec.rec_keys_path": str(folder / "characters.txt"),
        }
    engine: Any = RapidOCR(params=settings)

    def read(path: str) -> Texts:
        return [(str(text), None) for text in (engine(at_page_edge(path)).txts or ())]

    return read


def paddleocr(arguments: list[str]) -> Reader:
    """PaddleOCR on onnxruntime, PP-OCRv6 tiny, long edge 1600, direction classifier off (its weights are not here)."""
    from paddleocr import PaddleOCR  # type: ignore[import-not-found]  # lives in an environment of its own

    folder = Path(arguments[0])
    engine = PaddleOCR(
        engine="onnxruntime", device="cpu", cpu_threads=1,
        text_detection_model_name="PP-OCRv6_tiny_det", text_detection_model_dir=str(folder / "det"),
        text_recognition_model_name="PP-OCRv6_tiny_rec", text_recognition_model_dir=str(folder / "rec"),
        use_doc_orientation_classify=False, use_doc_unwarping=False, use_textline_orientation=False,
        text_det_limit_type="max", text_det_limit_side_len=PAGE_EDGE,
    )  # fmt: skip

    def read(path: str) -> Texts:
        pages = engine.predict(at_page_edge(path))
        return [(text, None) for page in pages for text in page.json["res"]["rec_texts"]]

    return read


READERS: dict[str, Callable[[list[str]], Reader]] = {
    "zxing": zxing, "zxing-code128": zxing_code128, "pyzbar": pyzbar, "rapidocr": rapidocr, "paddleocr": paddleocr,
}  # fmt: skip


def main() -> None:
    """``server.py READER [ARGUMENTS]``: answers until the input ends; chatter goes to the error stream."""
    import cv2

    out, sys.stdout = sys.stdout, sys.stderr
    cv2.setNumThreads(1)
    reader = READERS[sys.argv[1]](sys.argv[2:])
    for line in sys.stdin:
        started = time.process_time()
        try:
            answer: dict[str, Any] = {"texts": reader(json.loads(line)["path"])}
        except Exception as error:  # a photo that a peer cannot read is a miss, not the end
            answer = {"texts": [], "error": f"{type(error).__name__}: {error}"}
        answer["cpu_s"] = time.process_time() - started
        answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(answer, ensure_ascii=False), file=out, flush=True)


if __name__ == "__main__":
    main()
