"""Operating points of ``shared_frame`` and ``photo_quality``, on development composites only; and the peers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.same_frame_cases import ROOT
from benchmarks.synth.composites import GOODS, LABEL, OPENED, SEALED
from benchmarks.synth.optics import Picture
from evidence_kit.facts.photo_quality import photo_quality
from evidence_kit.facts.shared_frame import Point
from evidence_kit.sensors.frame_content import FrameContent, Region, content_of
from evidence_kit.sensors.sharpness import measure_sharpness

SHARDS = ROOT / "benchmarks" / "out" / "frame-content"
HELD_BACK = 16
"""Shards from this number on are not trained on."""
FALSE_YES, FALSE_NO = 0.01, 0.005
"""What the accept points may let in, and the reject points may lose, of the development composites."""
SHARES = (0.001, 0.002, 0.004, 0.006, 0.01, 0.015)
SCORES = (0.35, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
PEAKS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
Regions = Callable[[FrameContent], tuple[Region, ...]]


def held_back() -> Iterator[tuple[Picture, Picture]]:
    """Pictures (288, 384, 3) and kinds (144, 192) of the shards that no training saw."""
    for path in sorted(SHARDS.glob("development-[0-9][0-9][0-9].npz")):
        if int(path.stem[-3:]) >= HELD_BACK:
            kept = np.load(path)
            yield from zip(kept["pictures"], kept["kinds"], strict=True)


def tune(_: Path) -> int:
    """Prints, for each kind, the points that are loosest within FALSE_YES and tightest within FALSE_NO."""
    seen = [(content_of(np.ascontiguousarray(picture)), kinds) for picture, kinds in held_back()]
    print(f"{len(seen)} development composites that were not trained on")
    kinds_of: dict[str, tuple[Regions, tuple[int, ...], float]] = {
        "label": (lambda c: c.labels, (LABEL,), 0.003),
        "goods": (lambda c: c.goods, (GOODS,), 0.01),
        "parcel": (lambda c: (*c.sealed, *c.opened), (SEALED, OPENED), 0.02),
    }
    grid = list(product(SHARES, SCORES, PEAKS))
    for name, (regions, numbers, least) in kinds_of.items():
        there = [regions(c) for c, kinds in seen if np.isin(kinds, numbers).mean() >= least]
        absent = [regions(c) for c, kinds in seen if not np.isin(kinds, numbers).any()]
        rows = []
        for values in grid:
            point = Point(*values)
            lets_in = float(np.mean([any(point.met_by(r) for r in found) for found in absent]))
            finds = float(np.mean([any(point.met_by(r) for r in found) for found in there]))
            rows.append((point, lets_in, finds))
        accept = max((row for row in rows if row[1] <= FALSE_YES), key=lambda row: (row[2], -row[1]))
        reject = min((row for row in rows if row[2] >= 1 - FALSE_NO), key=lambda row: row[1], default=None)
        print(f"{name}: there {len(there)}, absent {len(absent)}\n  accept {accept}\n  reject {reject}")
    return 0


def quality(_: Path) -> int:
    """Blurs and darkens development composites and says what ``photo_quality`` makes of them."""
    levels = {"as it is": (0.0, 1.0)}
    levels |= {f"blur {sigma} px": (float(sigma), 1.0) for sigma in (1, 2, 3, 5, 8)}
    levels |= {f"light {light}": (0.0, light) for light in (0.5, 0.25, 0.12, 0.06)}
    from benchmarks.synth.photos import sample_photo

    pictures = []
    for seed in range(40):
        shot = sample_photo(seed, "negative" if seed % 2 else "scene")
        scale = 1000 / max(shot.bgr.shape[:2])
        full = cv2.cvtColor(shot.bgr, cv2.COLOR_BGR2GRAY)
        pictures.append(np.asarray(cv2.resize(full, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8))
    made: dict[str, Any] = {"photos": len(pictures), "at": "long edge 1000 px", "rows": {}}
    for name, (sigma, light) in levels.items():
        counts = {"nothing": 0, "perhaps": 0, "certain": 0}
        for picture in pictures:
            soft = cv2.GaussianBlur(picture, (0, 0), sigma) if sigma else picture
            data = cv2.imencode(".jpg", cv2.convertScaleAbs(soft, alpha=light), [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
            grey: Picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
            short = photo_quality(measure_sharpness(grey, (4000, 3000))).shortfalls
            counts["certain" if any(one.certain for one in short) else "perhaps" if short else "nothing"] += 1
        made["rows"][name] = counts
        print(name, counts)
    _keep("quality", made)
    return 0


def _keep(name: str, made: Any) -> None:
    path = ROOT / "benchmarks" / "results" / "same_frame.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**kept, name: made}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
