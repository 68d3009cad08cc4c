"""What document evidence shows: ``python -m benchmarks documents [--part scales|papers|all] [--count N]``.

Scales: photos of displays, rendered (``benchmarks/synth/scales.py`` for development, on which the points were set;
``benchmarks/synth/heldout/scales.py`` for what is reported). A weight is *read* where number and point are accepted;
*misread* where the accepted number, or its unit, is not what stands there. Papers: certificates, receipts, chats,
rulers and scales' neighbours, rendered apart from what the points were set on. Writes
``benchmarks/results/documents.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.same_frame import rate
from benchmarks.synth.truth import ScaleShot

RESULT = Path(__file__).parent / "results" / "documents.json"
SCALES = 210
"""Held-out photos: thirty of each device."""


def grey(shot: ScaleShot) -> Any:
    """The photo as it comes out of its JPEG file, grey."""
    data = cv2.imencode(".jpg", shot.bgr, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg_quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def scales(part: str, count: int) -> dict[str, Any]:
    """How many weights of ``part`` (development, held-out) are read, misread and left."""
    from evidence_kit.facts.weight_shown import decide
    from evidence_kit.sensors.scale_display import read_display

    if part == "held-out":
        from benchmarks.synth.heldout.scales import scale_shot
    else:
        from benchmarks.synth.scales import scale_shot
    seen: Counter[str] = Counter()
    devices: dict[str, Counter[str]] = {}
    wrong, seconds = [], []
    for seed in range(count):
        shot = scale_shot(seed)
        truth, picture = shot.truth, grey(shot)
        began = time.process_time()
        found = decide(read_display(picture))
        seconds.append(time.process_time() - began)
        row = devices.setdefault(truth.device, Counter())
        row["photos"] += 1
        misread = found.digits is not None and found.digits != truth.value
        other_unit = found.digits == truth.value and found.unit is not None and found.unit != truth.unit
        if misread or other_unit:
            wrong.append({"seed": seed, "device": truth.device, "harm": truth.harm, "shown": f"{truth.value} {truth.unit}",
                          "read": f"{found.digits} {found.unit}"})  # fmt: skip
        seen["photos"] += 1
        seen["misread"] += misread
        seen["wrong unit"] += other_unit
        row["misread"] += misread or other_unit
        if not truth.legible:
            seen["illegible"] += 1
            seen["illegible left"] += found.digits is None
            continue
        seen["legible"] += 1
        row["legible"] += 1
        seen["read"] += found.digits == truth.value
        row["read"] += found.digits == truth.value
        if truth.unit_shown and found.digits == truth.value:
            seen["unit told"] += 1
            seen["unit read"] += found.unit == truth.unit
    return {
        "photos": seen["photos"],
        "misread": rate(seen["misread"], seen["photos"]),
        "wrong unit": rate(seen["wrong unit"], seen["photos"]),
        "read, of the legible": rate(seen["read"], seen["legible"]),
        "unit read, of those read whose unit is printed": rate(seen["unit read"], seen["unit told"]),
        "left for a person, of the illegible": rate(seen["illegible left"], seen["illegible"]),
        "by device": {name: dict(row) for name, row in sorted(devices.items())},
        "wrong": wrong,
        "processor seconds a photo, median": round(statistics.median(seconds), 3),
    }


def merged(name: str, value: Any) -> None:
    """Put one part into the result file; the other parts stay as they were measured."""
    kept = json.loads(RESULT.read_text("utf-8")) if RESULT.is_file() else {}
    kept[name] = value
    RESULT.write_text(json.dumps(kept, ensure_ascii=False, indent=1, default=float) + "\n", encoding="utf-8")
    print(name, json.dumps(value, ensure_ascii=False, default=float))


def main(arguments: list[str] | None = None) -> int:
    """Runs the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("scales", "papers", "all"), default="all")
    parser.add_argument("--count", type=int, default=SCALES, help="photos of scales in each half")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    np.seterr(all="raise", under="ignore")
    if options.part in ("scales", "all"):
        merged("scales, held-out", scales("held-out", options.count))
        merged("scales, development", scales("development", options.count))
    if options.part in ("papers", "all"):
        from benchmarks.documents_papers import papers

        merged("papers, held-out", papers())
    return 0
