"""Do goods and waybill stand in one frame? ``python -m benchmarks same_frame [--part report|tune|cost|quality]``.

``report`` (default) judges held-out and real photos through the rule itself and writes
``benchmarks/results/same_frame.json``; ``tune`` fits weights and lists operating points on development pictures;
``cost`` measures time and memory alone; ``quality`` blurs and darkens development composites. Three readings of each
photo are judged: what the bars alone give; ``read``: as if every label in the picture had been read, which tempts the
rule most to pass; and ``kit``: what the kit's own readers give of bars and print, which is what is judged in use.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from math import sqrt
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks import same_frame_cases as cases
from benchmarks.memory import bytes_of
from benchmarks.same_frame_cases import OUT, ROOT, Case
from benchmarks.same_frame_measure import Measured, measure, read_by_kit, weights_name
from evidence_kit import schema
from evidence_kit.facts.shared_frame import (
    LABEL_NONE,
    LABEL_SEEN,
    SharedFrame,
    foreign_bars,
    label_chances,
    shared_frame,
)
from evidence_kit.facts.waybill_readings import WaybillReading, WaybillReadings
from evidence_kit.rules.goods_with_waybill import goods_with_waybill
from evidence_kit.schema import Each, Item
from evidence_kit.sensors.frame_content import LONG_EDGE, FrameContent

RESULT = ROOT / "benchmarks" / "results" / "same_frame.json"
DEVELOPMENT = ROOT.parent / "shared" / "data" / "dev"
CHOICES = ("sizes", "faint", "closer", "looks", "large", "papers", "eighth", "before")
"""Parts that ``same_frame_choices`` measures."""
NEAR = ("near", "seen", "outline", "read", "fails")
"""Parts that ``same_frame_near`` measures."""
KEPT = ("peers", "quality", "points", *CHOICES, *NEAR)
"""Parts of the results that the report does not measure."""
LABEL_COVERS = 0.015
"""Share of the picture from which a label must be found."""
IOU = 0.5


def keep(**parts: Any) -> None:
    """Puts parts of the results beside those that are there."""
    kept = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    RESULT.write_text(json.dumps({**kept, **parts}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def wilson(hits: int, count: int) -> list[float] | None:
    """95 % interval of a share (Wilson, 1927)."""
    if not count:
        return None
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return [round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)]


def rate(hits: int, count: int) -> dict[str, Any]:
    return {"of": count, "hits": hits, "share": round(hits / count, 4) if count else None, "ci95": wilson(hits, count)}


def truth_of(case: Case, readings: WaybillReadings) -> str | None:
    """What the rule ought to say, given what was read; None where the picture itself is marginal."""
    if "marginal" in (case.label, case.goods) or (case.parcel == "marginal" and case.goods != "yes"):
        return None
    if case.label == "no":
        return "fail"
    if case.goods == "yes":
        return "pass" if readings.readings else "review"
    return "review" if case.parcel == "yes" else "fail"


def as_read(case: Case, readings: WaybillReadings) -> WaybillReadings:
    """The readings as if the label, where there is one, had been read."""
    if case.label != "yes" or readings.readings or not case.quads:
        return readings
    a, b, c, d = (tuple(point) for point in case.quads[0])
    x, y = (sum(point[i] for point in (a, b, c, d)) / 4 for i in (0, 1))
    quad = tuple((x + (p[0] - x) * 0.4, y + (p[1] - y) * 0.4) for p in (a, b, c, d))
    return replace(
        readings,
        readings=(WaybillReading("SF1234567890123", "barcode", "CODE_128", quad, 0.99, "truth"),),  # type: ignore[arg-type]
        label_seen=True,
    )


def judged(case: Case, frame: SharedFrame, readings: WaybillReadings) -> str:
    """The outcome of the rule on this photo as the only one of its submission."""
    item = Item(case.id, "photo", str(case.path), 1, case.id)
    facts = schema.Case(datetime(2026, 11, 22, tzinfo=UTC))
    check = goods_with_waybill(
        facts, Each(((item, frame),)), Each(((item, readings),)), direction="either", min_photos=1
    )
    return str(check.outcome)


def confusion(rows: Iterable[tuple[str | None, str]]) -> dict[str, Any]:
    """Truth and outcome of many photos, as the bars of the issue ask."""
    rows = list(rows)
    plain = [(truth, said) for truth, said in rows if truth is not None]
    table = Counter(f"{truth} -> {said}" for truth, said in plain)
    wrong_pass = [said == "pass" for truth, said in plain if truth != "pass"]
    wrong_fail = [said == "fail" for truth, said in plain if truth != "fail"]
    decided = [said in ("review", "error") for truth, said in plain if truth != "review"]
    fails = [said == "fail" for truth, said in plain if truth == "fail"]
    passes = [said == "pass" for truth, said in plain if truth == "pass"]
    return {
        "photos": len(rows), "marginal": len(rows) - len(plain), "table": dict(sorted(table.items())),
        "false_pass": rate(sum(wrong_pass), len(wrong_pass)), "false_fail": rate(sum(wrong_fail), len(wrong_fail)),
        "review": rate(sum(decided), len(decided)), "fails_called": rate(sum(fails), len(fails)),
        "passes_called": rate(sum(passes), len(passes)),
    }  # fmt: skip


def overlap(one: Any, other: Any) -> float:
    """Intersection over union of two convex quads, the first one cut to the picture.

    Polygons are cut here: OpenCV's ``intersectConvexConvex`` gives nothing of two that have a part of a side in common,
    as quads have that the picture's border cuts.
    """
    seen = _cut([(float(x), float(y)) for x, y in one], [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
    whole = [(float(x), float(y)) for x, y in other]
    both = abs(_doubled(_cut(seen, whole)))
    return both / max(1e-9, abs(_doubled(seen)) + abs(_doubled(whole)) - both)


Polygon = list[tuple[float, float]]


def _doubled(polygon: Polygon) -> float:
    """Twice the area, below 0 where the corners run the other way."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(polygon, polygon[1:] + polygon[:1], strict=True))


def _cut(polygon: Polygon, by: Polygon) -> Polygon:
    """What of a polygon lies in a convex one (Sutherland and Hodgman, 1974)."""
    way = 1.0 if _doubled(by) >= 0 else -1.0
    for (ax, ay), (bx, by_) in zip(by, by[1:] + by[:1], strict=True):
        sides = [way * ((bx - ax) * (y - ay) - (by_ - ay) * (x - ax)) for x, y in polygon]
        kept: Polygon = []
        for index, (x, y) in enumerate(polygon):
            before, here = sides[index - 1], sides[index]
            if (before < 0) != (here < 0):
                (u, v), part = polygon[index - 1], before / (before - here)
                kept.append((u + part * (x - u), v + part * (y - v)))
            if here >= 0:
                kept.append((x, y))
        polygon = kept
    return polygon


def label_found(case: Case, content: FrameContent) -> bool:
    found = [region for region, chance in label_chances(content) if chance >= LABEL_SEEN]
    return any(overlap(quad, region.quad) >= IOU for quad in case.quads for region in found)


def detection(seen: list[tuple[Case, Measured, SharedFrame]]) -> dict[str, Any]:
    """Precision and recall of label, goods and parcel; a photo is the unit, ``unknown`` counts as not said."""
    wide = [(c, m) for c, m, _ in seen if c.label == "yes" and c.label_share >= LABEL_COVERS]
    hits = sum(label_found(c, m.content) for c, m in wide)
    made: dict[str, Any] = {"label_iou50_of_1.5_percent": rate(hits, len(wide))}
    said = {
        "label": [(c.label, f.waybill in ("read", "seen")) for c, _, f in seen],
        "goods": [(c.goods, f.goods == "yes") for c, _, f in seen],
        "parcel": [(c.parcel, f.parcel == "yes") for c, _, f in seen],
    }
    for name, pairs in said.items():
        plain = [(truth == "yes", yes) for truth, yes in pairs if truth != "marginal"]
        made[f"{name}_recall"] = rate(sum(t and y for t, y in plain), sum(t for t, _ in plain))
        made[f"{name}_precision"] = rate(sum(t and y for t, y in plain), sum(y for _, y in plain))
    return made


def why_asked(case: Case, seen: Measured, frame: SharedFrame) -> str:
    """Why a photo with a plain truth goes to a person."""
    shown = "no label" if case.label == "no" else "label and goods" if case.goods == "yes" else "bare label"
    if not frame.adequate:
        return f"{shown}: the photo is too dark or blurred to say that nothing is there"
    if shown != "no label" and frame.waybill != "read":
        return f"{shown}: the number seems to stand elsewhere than on a label"
    if shown != "no label":
        doubt = frame.goods != "yes" if case.goods == "yes" else frame.parcel == "no"
        return f"{shown}: " + ("whether goods are there" if doubt else "whether the ground is a parcel")
    if frame.waybill == "seen":
        return f"{shown}: printed paper seen as a label"
    doubted = any(chance >= LABEL_NONE for _, chance in label_chances(seen.content))
    bars = foreign_bars(seen.readings.unread, seen.content)
    return f"{shown}: " + ("a doubtful region" if doubted else "undecoded bars" if bars else "half a number, or a page")


def readings_of(case: Case, bars: WaybillReadings) -> dict[str, WaybillReadings]:
    """What the photo is judged with: the bars alone, as if the label had been read, and what the kit itself reads."""
    return {"bars": bars, "read": as_read(case, bars), "kit": read_by_kit(case)}


def slice_of(photos: list[Case]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The confusions of each reading, detection, and the photos on which the rule was wrong."""
    rows: dict[str, list[tuple[str | None, str]]] = defaultdict(list)
    seen, wrong = [], []
    asked: Counter[str] = Counter()
    for case in photos:
        found = measure(case)
        for reading, readings in readings_of(case, found.readings).items():
            frame = shared_frame(found.content, readings, found.quality)
            truth, said = truth_of(case, readings), judged(case, frame, readings)
            rows[reading].append((truth, said))
            if case.light >= cases.DAY:
                rows[f"{reading}, by day"].append((truth, said))
            if reading == "read" and truth in ("fail", "pass") and said == "review":
                asked[why_asked(case, found, frame)] += 1
            if (truth, said) in (("fail", "pass"), ("review", "pass"), ("pass", "fail"), ("review", "fail")):
                wrong.append(
                    {"reading": reading, "id": case.id, "truth": str(truth), "said": said, "scene": case.scene}
                )
            if reading == "bars":
                seen.append((case, found, frame))
    states = Counter(f"label {c.label} -> {f.waybill}" for c, _, f in seen)
    unread = {
        name: [
            truth == "review"
            for (truth, _), (meant, _) in zip(rows[name], rows["read"], strict=True)
            if meant == "pass"
        ]
        for name in ("bars", "kit")
    }
    return (
        {name: confusion(row) for name, row in rows.items()}
        | {f"unread_by_{name}": rate(sum(left), len(left)) for name, left in unread.items()}
        | {
            "asked": dict(asked.most_common()),
            "detection": detection(seen),
            "label_states": dict(sorted(states.items())),
        },
        wrong,
    )


def by_class(photos: list[Case]) -> dict[str, Any]:
    """Goods said yes, unknown, no, for each kind of goods that stands alone in a photo."""
    table: dict[str, Counter[str]] = {}
    for case in photos:
        kinds = {_kind(name) for name in case.classes}
        if case.goods != "yes" or len(kinds) != 1:
            continue
        found = measure(case)
        frame = shared_frame(found.content, found.readings, found.quality)
        table.setdefault(kinds.pop(), Counter())[frame.goods] += 1
    return {name: dict(sorted(counts.items())) for name, counts in sorted(table.items())}


def _kind(name: str) -> str:
    if name.startswith("photo-"):
        carton = any(word in name for word in ("juice", "milk", "yog", "soy", "oat", "fil", "cream", "vanilj"))
        return "photographed drink carton" if carton else "photographed fruit or vegetable"
    if name.startswith("object-"):
        return "rendered electronics, tools, instruments"
    return name


def cost(folder: Path) -> dict[str, Any]:
    """CPU of one thread and memory on a 12-megapixel photo, each part in a fresh Photo.

    Memory is that of the whole process: it is asked for in a process of its own.
    """
    from evidence_kit.sensors.frame_content import frame_content
    from evidence_kit.sensors.photo import Photo
    from evidence_kit.sensors.sharpness import sharpness

    source = folder / "waybill_read" / "wr_035.JPG"
    whole = {"sharpness, full grey decode included": sharpness, "frame content, small decode included": frame_content}
    alone = "frame content, network alone"
    parts: dict[str, list[float]] = {name: [] for name in (*whole, alone)}
    for _ in range(9):
        for name, sensor in whole.items():
            began = time.thread_time()
            sensor(Photo(source))
            parts[name].append((time.thread_time() - began) * 1000)
        photo = Photo(source)
        photo.colour(LONG_EDGE)
        began = time.thread_time()
        frame_content(photo)
        parts[alone].append((time.thread_time() - began) * 1000)
    median = {name: round(float(np.median(values)), 1) for name, values in parts.items()}
    return {
        "photo": "3024x4032 JPEG",
        "cpu_ms_median_of_9": median,
        "peak_rss_mb": round(bytes_of("self", "VmHWM") / 2**20),
    }


def sheet(wrong: list[dict[str, str]], photos: dict[str, Case], to: Path) -> None:
    """Every wrong photo, for people: ``benchmarks/out`` is not committed."""
    tiles = []
    for row in wrong[:120]:
        picture = cv2.imread(str(photos[row["id"]].path))
        if picture is None:
            continue
        scale = 300 / max(picture.shape[:2])
        tile = np.zeros((330, 300, 3), np.uint8)
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        tile[: small.shape[0], : small.shape[1]] = small
        words = f"{row['id'][-14:]} {row['truth']}->{row['said']} {row['reading']}"
        cv2.putText(tile, words, (2, 322), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
        tiles.append(tile)
    while len(tiles) % 6:
        tiles.append(np.zeros((330, 300, 3), np.uint8))
    if tiles:
        cv2.imwrite(str(to), np.vstack([np.hstack(tiles[i : i + 6]) for i in range(0, len(tiles), 6)]))


def report(data: Path, counts: dict[str, int]) -> dict[str, Any]:
    slices: dict[str, list[Case]] = {
        "heldout": list(cases.composites("heldout", counts["heldout"])),
        "chat": list(cases.composites("chat", counts["chat"])),
        "labels": list(cases.generator("labels", counts["labels"])),
        "no-waybill": list(cases.generator("no-waybill", counts["no-waybill"])),
    }
    if (data / "manifest.tsv").exists():
        slices["real"] = list(cases.real(data))
        slices["real-composed"] = list(cases.real_composed(data, counts["real-composed"]))
    made: dict[str, Any] = {"model": weights_name(), "slices": {}}
    wrong: list[dict[str, str]] = []
    for name, photos in slices.items():
        made["slices"][name], bad = slice_of(photos)
        wrong += [{**row, "slice": name} for row in bad]
    synthetic = slices["heldout"] + slices["chat"]
    made["slices"]["heldout and chat"], _ = slice_of(synthetic)
    made["goods_classes"] = by_class(synthetic + slices.get("real-composed", []))
    made["wrong"] = wrong
    OUT.mkdir(parents=True, exist_ok=True)
    for name, photos in slices.items():
        bad = [row for row in wrong if row["slice"] == name]
        sheet(bad, {case.id: case for case in photos}, OUT / f"wrong-{name}.png")
    if (data / "manifest.tsv").exists():
        alone = [sys.executable, "-m", "benchmarks", "same_frame", "--part", "cost", "--data", str(data)]
        made["cost"] = json.loads(subprocess.run(alone, capture_output=True, check=True, text=True).stdout)
    return made


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks same_frame", description=__doc__)
    parser.add_argument(
        "--part",
        choices=("report", "tune", "cost", "quality", "peers", "tables", *CHOICES, *NEAR),
        default="report",
    )
    parser.add_argument("--data", type=Path, default=DEVELOPMENT, help="folder of the development photos")
    parser.add_argument("--models", type=Path, default=OUT / "peers", help="folder of the peers' weights")
    parser.add_argument("--few", action="store_true", help="a tenth of the photos, nothing written")
    options = parser.parse_args(argv)
    cv2.setNumThreads(1)
    if options.part == "tables":
        from benchmarks.same_frame_tables import tables

        print(tables(json.loads(RESULT.read_text(encoding="utf-8"))))
        return 0
    if options.part == "cost":
        print(json.dumps(cost(options.data)))
        return 0
    if options.part == "peers":
        from benchmarks.same_frame_peers import peers

        found = peers(options.models)
        keep(peers=found)
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return 0
    if options.part in NEAR:
        from benchmarks import same_frame_near

        return int(getattr(same_frame_near, options.part)())
    if options.part in CHOICES:
        from benchmarks import same_frame_choices

        return int(getattr(same_frame_choices, options.part)())
    if options.part != "report":
        from benchmarks import same_frame_points

        return int(getattr(same_frame_points, options.part)(options.data))
    counts = {"heldout": 450, "chat": 150, "labels": 40, "no-waybill": 40, "real-composed": 60}
    if options.few:
        counts = {name: count // 10 for name, count in counts.items()}
    made = report(options.data, counts)
    text = json.dumps(made, indent=1, ensure_ascii=False)
    if not options.few:
        kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
        made = {**made, **{key: kept[key] for key in KEPT if key in kept}}
        RESULT.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(text)
    both = made["slices"]["heldout and chat"]
    misses = [both[r][k]["share"] or 0 for r in ("bars", "read") for k in ("false_pass", "false_fail")]
    return 0 if misses[0] <= 0.02 and misses[1] <= 0.01 else 1
