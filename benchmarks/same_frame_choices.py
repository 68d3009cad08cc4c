"""A choice that ``same_frame_points`` does not make: how large labels are looked at, on a held-out set that is retired.

``--part sizes``; kept in results/same_frame.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.same_frame import IOU, LABEL_COVERS, RESULT, overlap
from benchmarks.same_frame_cases import RETIRED, Case, composites
from benchmarks.same_frame_measure import look
from evidence_kit.sensors.frame_content import KINDS, LEAST, probabilities, regions_of
from evidence_kit.sensors.photo import Photo

SIZES = (384, 512, 640, 768)
MISSED = 3
"""So many photos with a label may score below the point at which those without one are counted."""
SURE_PEAK = 0.5
"""Of a region that is taken for the label."""


def sizes(_: Path) -> int:
    """Labels found with IoU 0.5, and photos without one told from nearly all with one, by the finer look's size."""
    found: dict[int, list[tuple[Case, float, bool]]] = {size: [] for size in SIZES}
    first = RETIRED[1]
    for case in [*composites("heldout", 260, first), *composites("chat", 60, first)]:
        if case.label == "marginal" or not look(case)[0].serves:
            continue
        photo = Photo(case.path)
        for size in SIZES:
            regions = regions_of(probabilities(photo.colour(size))[KINDS.index("label")], LEAST)
            score = max((r.score * r.peak * min(1.0, r.share / 0.003) for r in regions), default=0.0)
            hit = any(overlap(quad, r.quad) >= IOU for quad in case.quads for r in regions if r.peak > SURE_PEAK)
            found[size].append((case, score, hit))
    rows = {}
    for size, photos in found.items():
        wide = [hit for case, _, hit in photos if case.label == "yes" and case.label_share >= LABEL_COVERS]
        there = np.sort([score for case, score, _ in photos if case.label == "yes"])
        absent = np.array([score for case, score, _ in photos if case.label == "no"])
        below = int((absent < there[MISSED]).sum())
        rows[str(size)] = {"found": sum(wide), "of": len(wide), "told apart": below, "without a label": len(absent)}
        print(size, rows[str(size)])
    _keep("sizes", rows)
    return 0


def _keep(name: str, rows: dict[str, Any]) -> None:
    kept = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps({**kept, name: rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
