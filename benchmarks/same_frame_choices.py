"""Two choices that ``same_frame_points`` does not print: how large labels are looked at, and GOODS_YES on real labels.

Both on held-out sets that are retired. ``--part sizes``, ``--part goods``; kept in results/same_frame.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.same_frame import IOU, LABEL_COVERS, RESULT, as_read, judged, overlap, truth_of
from benchmarks.same_frame_cases import RETIRED, Case, composites, real_composed
from benchmarks.same_frame_measure import Measured, look, measure
from evidence_kit.facts import shared_frame as facts
from evidence_kit.sensors.frame_content import KINDS, LEAST, probabilities, regions_of
from evidence_kit.sensors.photo import Photo

SIZES = (384, 512, 640, 768)
GOODS_YES = (0.72, 0.80, 0.85, 0.90)
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


def goods(data: Path) -> int:
    """False passes and passes through the rule on real labels, photographed groceries and real tables."""
    photos = list(_real(data))
    rows = {}
    for point in GOODS_YES:
        row = {}
        with patch.object(facts, "GOODS_YES", point):
            for reading in ("bars", "read"):
                said = [_said(case, seen, reading) for case, seen in photos]
                row[reading] = {
                    "false passes": sum(truth in ("fail", "review") and answer == "pass" for truth, answer in said),
                    "that may not pass": sum(truth in ("fail", "review") for truth, _ in said),
                    "passes": sum(truth == answer == "pass" for truth, answer in said),
                    "that should": sum(truth == "pass" for truth, _ in said),
                }
        rows[f"{point:.2f}"] = row
        print(point, row)
    _keep("goods_points_on_real_labels", rows)
    return 0


def _real(data: Path) -> Iterator[tuple[Case, Measured]]:
    for first in RETIRED:
        for case in real_composed(data, 60, first):
            yield case, measure(case)


def _said(case: Case, seen: Measured, reading: str) -> tuple[str | None, str]:
    readings = as_read(case, seen.readings) if reading == "read" else seen.readings
    return truth_of(case, readings), judged(case, facts.shared_frame(seen.content, readings, seen.quality), readings)


def _keep(name: str, rows: dict[str, Any]) -> None:
    kept = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps({**kept, name: rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
