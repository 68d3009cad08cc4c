"""Runs inside PaddleOCR's own environment: reads JSON lines ``{"path", "edge"}``, answers ``{"lines"}``.

Started by ``paddle.py`` with the folder of the weights; imports nothing of this package.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def reader(models: Path, edge: int) -> Any:
    """PaddleOCR on onnxruntime with PP-OCRv6 tiny. Without the limit the pipeline keeps all of a photo's 4000 px."""
    from paddleocr import PaddleOCR  # type: ignore[import-not-found]  # lives in the other environment

    return PaddleOCR(
        engine="onnxruntime", device="cpu", cpu_threads=1,
        text_detection_model_name="PP-OCRv6_tiny_det", text_detection_model_dir=str(models / "det"),
        text_recognition_model_name="PP-OCRv6_tiny_rec", text_recognition_model_dir=str(models / "rec"),
        use_doc_orientation_classify=False, use_doc_unwarping=False, use_textline_orientation=False,
        text_det_limit_type="max", text_det_limit_side_len=edge,
    )  # fmt: skip


def answer(question: dict[str, Any], models: Path, readers: dict[int, Any]) -> dict[str, Any]:
    """Reads one picture."""
    import time

    edge = int(question.get("edge", 1600))
    if edge not in readers:
        readers[edge] = reader(models, edge)
    started = time.process_time()
    lines = []
    for page in readers[edge].predict(question["path"]):
        result = page.json["res"]
        for text, score, box in zip(result["rec_texts"], result["rec_scores"], result["rec_polys"], strict=True):
            corners = [[float(x), float(y)] for x, y in box]
            lines.append({"text": text, "score": float(score), "corners": corners})
    return {"lines": lines, "cpu_s": time.process_time() - started}


def main() -> None:
    """Answers until the input ends. Answers alone go to the real standard output; chatter goes to the error one."""
    out = sys.stdout
    sys.stdout = sys.stderr
    models = Path(sys.argv[1])
    readers: dict[int, Any] = {}
    for line in sys.stdin:
        try:
            said = answer(json.loads(line), models, readers)
        except Exception as error:  # one bad picture must not end the process
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said, ensure_ascii=False), file=out, flush=True)


if __name__ == "__main__":
    main()
