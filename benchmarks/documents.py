"""What document evidence shows: ``python -m benchmarks documents [--part scales|papers|marks|all] [--count N]``.

Scales: photos of displays, rendered (``benchmarks/synth/scales.py`` and ``benchmarks/synth/heldout/scales.py`` for
development, on which the points were set; ``benchmarks/synth/heldout/displays.py`` for what is reported). A weight
is *read* where number and point are accepted;
*misread* where the accepted number, or its unit, is not what stands there. Papers: certificates, receipts, chats,
rulers and scales' neighbours, rendered apart from what the points were set on. Writes
``benchmarks/results/documents.json``.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import statistics
import time
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.same_frame import rate
from benchmarks.synth.truth import ScaleShot, WeightTruth

RESULT = Path(__file__).parent / "results" / "documents.json"
KEPT = Path(__file__).parent / "out" / "documents"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "dev"
SCALES = 105
"""Photos of each part: fifteen of each held-out device."""
FIRST = {"held-out": 2000}
"""First seed of a part. Two draws of held-out seeds were read before, and rules followed from what was misread."""
PAPERS = ("certificate", "receipt", "chat", "ruler")
PARTS = {
    "held-out": ("benchmarks.synth.heldout.displays", "display_shot"),
    "development": ("benchmarks.synth.scales", "scale_shot"),
    "development, former held-out": ("benchmarks.synth.heldout.scales", "scale_shot"),
}


def photo(part: str, seed: int) -> tuple[Any, WeightTruth]:
    """The grey photo of ``seed`` as it comes out of its JPEG file, and its truth; drawn once, then kept."""
    module, name = PARTS[part]
    made = import_module(module)
    drawn_by = _drawn_by(module)
    stem = KEPT / "photos" / f"{part.replace(', ', '-')}-{seed}-{drawn_by}"
    if not stem.with_suffix(".json").is_file():
        stem.parent.mkdir(parents=True, exist_ok=True)
        shot: ScaleShot = getattr(made, name)(seed)
        data = cv2.imencode(".jpg", shot.bgr, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg_quality])[1]
        stem.with_suffix(".jpg").write_bytes(data.tobytes())
        stem.with_suffix(".json").write_text(json.dumps(asdict(shot.truth), ensure_ascii=False), "utf-8")
    data = np.frombuffer(stem.with_suffix(".jpg").read_bytes(), np.uint8)
    truth = json.loads(stem.with_suffix(".json").read_text("utf-8"))
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), WeightTruth(**truth)


@cache
def _drawn_by(module: str) -> str:
    """What a generator's photos were drawn with."""
    sources = {Path(str(import_module(each).__file__)) for each in (module, "benchmarks.synth.heldout.scales")}
    return _sum(sorted(sources))[:8]


@cache
def code() -> str:
    """What the rows were measured with: they are used again only for the same sources."""
    root = Path(__file__).resolve().parents[1]
    names = ("evidence_kit/sensors/scale_display.py", "evidence_kit/sensors/segment_cells.py",
             "evidence_kit/sensors/ocr.py",
             "evidence_kit/facts/weight_shown.py", "benchmarks/synth/scales.py",
             "benchmarks/synth/heldout/scales.py", "benchmarks/synth/heldout/displays.py")  # fmt: skip
    return _sum(root / name for name in names)[:16]


def _sum(sources: Iterable[Path]) -> str:
    """One sum of what the sources say, whatever their layout."""
    trees = [ast.dump(ast.parse(path.read_text("utf-8"))) for path in sources]
    return hashlib.sha256("".join(trees).encode()).hexdigest()


def row_of(seed: int, truth: WeightTruth, found: Any, seconds: float) -> dict[str, Any]:
    """What became of one photo."""
    return {
        "seed": seed, "device": truth.device, "harm": truth.harm, "value": truth.value, "unit": truth.unit,
        "unit_shown": truth.unit_shown, "legible": truth.legible, "digit_px": round(truth.digit_px, 1),
        "digits": found.digits, "read_unit": found.unit, "seconds": round(seconds, 3), "code": code(),
    }  # fmt: skip


def measure(part: str, first: int, count: int) -> None:
    """Photos ``first`` to ``first + count`` of ``part``, each kept as a line of a file, once."""
    from evidence_kit.facts.weight_shown import decide
    from evidence_kit.sensors.scale_display import read_display

    done = {row["seed"] for row in rows_of(part)}
    for seed in range(first, first + count):
        if seed in done:
            continue
        picture, truth = photo(part, seed)
        began = time.process_time()
        found = decide(read_display(picture))
        row = row_of(seed, truth, found, time.process_time() - began)
        with _rows_file(part).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _rows_file(part: str) -> Path:
    return KEPT / f"scales-{part.replace(', ', '-')}.jsonl"


def rows_of(part: str) -> list[dict[str, Any]]:
    """The kept rows of ``part`` that the present code measured, by seed."""
    KEPT.mkdir(parents=True, exist_ok=True)
    path = _rows_file(part)
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    rows = {row["seed"]: row for row in map(json.loads, lines) if row["code"] == code()}
    return [rows[seed] for seed in sorted(rows)]


def scales(part: str, count: int) -> dict[str, Any]:
    """How many of the first ``count`` weights of ``part`` are read, misread and left."""
    first = FIRST.get(part, 0)
    rows = [row for row in rows_of(part) if first <= row["seed"] < first + count]
    legible = [row for row in rows if row["legible"]]
    read = [row for row in legible if row["digits"] == row["value"]]
    misread = [row for row in rows if row["digits"] is not None and row["digits"] != row["value"]]
    told = [row for row in read if row["unit_shown"]]
    other = [row for row in rows if row["digits"] == row["value"] and row["read_unit"] not in (None, row["unit"])]
    illegible = [row for row in rows if not row["legible"]]
    devices = {
        name: {
            "photos": sum(row["device"] == name for row in rows),
            "legible": sum(row["device"] == name for row in legible),
            "read": sum(row["device"] == name for row in read),
            "misread": sum(row["device"] == name for row in (*misread, *other)),
        }
        for name in sorted({row["device"] for row in rows})
    }
    return {
        "photos": len(rows),
        "misread": rate(len(misread), len(rows)),
        "misread, of the legible": rate(sum(row["legible"] for row in misread), len(legible)),
        "wrong unit": rate(len(other), len(rows)),
        "read, of the legible": rate(len(read), len(legible)),
        "unit read, of those read whose unit is printed": rate(
            sum(row["read_unit"] == row["unit"] for row in told), len(told)
        ),
        "left for a person, of the illegible": rate(sum(row["digits"] is None for row in illegible), len(illegible)),
        "by device": devices,
        "wrong": [
            {"seed": row["seed"], "device": row["device"], "harm": row["harm"],
             "shown": f"{row['value']} {row['unit']}", "read": f"{row['digits']} {row['read_unit']}"}
            for row in (*misread, *other)
        ],
        "processor seconds a photo, median": statistics.median(row["seconds"] for row in rows) if rows else None,
    }  # fmt: skip


def merged(name: str, value: Any) -> None:
    """Put one part into the result file; the other parts stay as they were measured."""
    kept = json.loads(RESULT.read_text("utf-8")) if RESULT.is_file() else {}
    kept[name] = value
    RESULT.write_text(json.dumps(kept, ensure_ascii=False, indent=1, default=float) + "\n", encoding="utf-8")
    print(name, json.dumps(value, ensure_ascii=False, default=float))


def main(arguments: list[str] | None = None) -> int:
    """Runs the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("scales", "papers", "marks", "all"), default="all")
    parser.add_argument("--count", type=int, default=SCALES, help="photos of scales in each half")
    parser.add_argument(
        "--shard", type=int, nargs=2, metavar=("FIRST", "COUNT"), help="only measure these held-out photos"
    )
    parser.add_argument("--kind", nargs="+", choices=PAPERS, default=PAPERS, help="papers: only these")
    parser.add_argument("--data", type=Path, default=DATA, help="photos that marks are drawn into")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    np.seterr(all="raise", under="ignore")
    if options.shard:
        measure("held-out", *options.shard)
        return 0
    if options.part in ("scales", "all"):
        for part in PARTS:
            measure(part, FIRST.get(part, 0), options.count)
            merged(f"scales, {part}", scales(part, options.count))
    if options.part in ("papers", "all"):
        from benchmarks.documents_papers import papers

        kept = json.loads(RESULT.read_text("utf-8")).get("papers, held-out", {}) if RESULT.is_file() else {}
        merged("papers, held-out", {**kept, **papers(options.kind)})
    if options.part in ("marks", "all"):
        from benchmarks.documents_marks import marks

        merged("marks on pictures, development", marks(options.data))
    return 0
