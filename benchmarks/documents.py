"""What document evidence shows: ``python -m benchmarks documents [--part scales|points|papers|marks|all] [--count N]``.

Scales: photos of displays, rendered (``benchmarks/synth/scales.py`` and, of ``benchmarks/synth/heldout``,
``scales.py``, ``displays.py`` and ``weighing.py`` for development, on which the points were set; ``counters.py`` there
for what is reported). A weight is *read* where number and point are accepted; *misread* where the accepted number, or
its unit, is not what stands there. Papers: certificates, receipts, chats, rulers and scales' neighbours, rendered apart
from what the points were set on. Writes ``benchmarks/results/documents.json``, and the scales' figures into
``docs/document-evidence.md``.
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
import msgspec
import numpy as np

from benchmarks.same_frame import rate
from benchmarks.synth.truth import ScaleShot, WeightTruth
from evidence_kit.facts.weight_shown import decide
from evidence_kit.sensors.scale_display import ScaleDisplay, read_display

RESULT = Path(__file__).parent / "results" / "documents.json"
KEPT = Path(__file__).parent / "out" / "documents"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "dev"
PAPERS = ("certificate", "receipt", "chat", "ruler")
PARTS = {
    "held-out": ("benchmarks.synth.heldout.counters", "counter_shot"),
    "development": ("benchmarks.synth.scales", "scale_shot"),
    "development, former held-out": ("benchmarks.synth.heldout.scales", "scale_shot"),
    "development, displays": ("benchmarks.synth.heldout.displays", "display_shot"),
    "development, weighing": ("benchmarks.synth.heldout.weighing", "weighing_shot"),
}
SEEDS: dict[str, tuple[int, ...]] = {
    "held-out": tuple(range(320)),
    "development": tuple(range(105)),
    "development, former held-out": tuple(range(105)),
    "development, displays": (*range(140), *range(1000, 1105), *range(2000, 2105)),
    "development, weighing": tuple(range(320)),
}
"""Photos of each part: forty of each held-out device; the three draws of ``displays.py`` and the one of ``weighing.py``
were reported once."""


def photo(part: str, seed: int) -> tuple[Any, WeightTruth]:
    """The grey photo of ``seed`` as it comes out of its JPEG file, and its truth; drawn once, then kept."""
    module, name = PARTS[part]
    made = import_module(module)
    stem = _stem(part, seed)
    if not stem.with_suffix(".json").is_file():
        stem.parent.mkdir(parents=True, exist_ok=True)
        shot: ScaleShot = getattr(made, name)(seed)
        data = cv2.imencode(".jpg", shot.bgr, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg_quality])[1]
        stem.with_suffix(".jpg").write_bytes(data.tobytes())
        stem.with_suffix(".json").write_text(json.dumps(asdict(shot.truth), ensure_ascii=False), "utf-8")
    data = np.frombuffer(stem.with_suffix(".jpg").read_bytes(), np.uint8)
    truth = json.loads(stem.with_suffix(".json").read_text("utf-8"))
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), WeightTruth(**truth)


def _stem(part: str, seed: int) -> Path:
    module = PARTS[part][0]
    return KEPT / "photos" / f"{module.rpartition('.')[2]}-{seed}-{_drawn_by(module)}"


@cache
def _drawn_by(module: str) -> str:
    """What a generator's photos were drawn with."""
    sources = {Path(str(import_module(each).__file__)) for each in (module, "benchmarks.synth.heldout.scales")}
    return _sum(sorted(sources))[:8]


@cache
def code() -> str:
    """What displays were read with: they are used again only for the same sources and weights."""
    root = Path(__file__).resolve().parents[1] / "evidence_kit" / "sensors"
    names = ("scale_display.py", "segment_cells.py", "ocr.py", "digit_strip.py")
    return (weights_sum()[:8] + _sum(root / name for name in names))[:24]


def weights_sum() -> str:
    """SHA-256 of the network of displays."""
    from evidence_kit.sensors.digit_strip import WEIGHTS
    from evidence_kit.sensors.weights import find

    return hashlib.sha256(find(WEIGHTS).read_bytes()).hexdigest()


def _sum(sources: Iterable[Path]) -> str:
    """One sum of what the sources say, whatever their layout."""
    trees = [ast.dump(ast.parse(path.read_text("utf-8"))) for path in sources]
    return hashlib.sha256("".join(trees).encode()).hexdigest()


def looked_at(part: str, seed: int) -> tuple[ScaleDisplay, WeightTruth, float]:
    """What is measured on the photo of ``seed``, its truth, and the processor seconds that it took; kept."""
    kept = _stem(part, seed).with_suffix(f".{code()}.json")
    if kept.is_file():
        truth = WeightTruth(**json.loads(_stem(part, seed).with_suffix(".json").read_text("utf-8")))
        display, seconds = msgspec.json.decode(kept.read_bytes(), type=tuple[ScaleDisplay, float])
        return display, truth, seconds
    picture, truth = photo(part, seed)
    began = time.process_time()
    display = read_display(picture)
    seconds = round(time.process_time() - began, 3)
    kept.write_bytes(msgspec.json.encode((display, seconds)))
    return display, truth, seconds


def rows_of(part: str, seeds: Iterable[int]) -> list[dict[str, Any]]:
    """What becomes of these photos of ``part``."""
    rows = []
    for seed in seeds:
        display, truth, seconds = looked_at(part, seed)
        found = decide(display)
        rows.append(
            {"seed": seed, "device": truth.device, "harm": truth.harm, "value": truth.value, "unit": truth.unit,
             "unit_shown": truth.unit_shown, "legible": truth.legible, "digits": found.digits,
             "read_unit": found.unit, "seconds": seconds}
        )  # fmt: skip
    return rows


def scales(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How many weights of ``rows_of`` are read, misread and left."""
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
    parser.add_argument("--part", choices=("scales", "points", "papers", "marks", "all"), default="all")
    parser.add_argument("--count", type=int, help="photos of scales in each part")
    parser.add_argument(
        "--shard", type=int, nargs=2, metavar=("FIRST", "COUNT"), help="only measure these held-out photos"
    )
    parser.add_argument("--kind", nargs="+", choices=PAPERS, default=PAPERS, help="papers: only these")
    parser.add_argument("--data", type=Path, default=DATA, help="photos that marks are drawn into")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    np.seterr(all="raise", under="ignore")
    if options.shard:
        for seed in range(options.shard[0], sum(options.shard)):
            looked_at("held-out", seed)
        return 0
    if options.part in ("scales", "all"):
        from benchmarks.documents_tables import write

        for part in PARTS:
            merged(f"scales, {part}", scales(rows_of(part, SEEDS[part][: options.count])))
        merged("model", weights_sum()[:8])
        write()
    if options.part in ("points", "all"):
        from benchmarks.documents_points import points

        merged("scales, points", points())
    if options.part in ("papers", "all"):
        from benchmarks.documents_papers import papers

        kept = json.loads(RESULT.read_text("utf-8")).get("papers, held-out", {}) if RESULT.is_file() else {}
        merged("papers, held-out", {**kept, **papers(options.kind)})
    if options.part in ("marks", "all"):
        from benchmarks.documents_marks import marks

        merged("marks on pictures, development", marks(options.data))
    return 0
