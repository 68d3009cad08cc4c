"""Scores of the waybill benchmark: what was read and misread, by slice, beside the union of the peers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import median
from typing import Any

from benchmarks.peers.processes import KIT
from evidence_kit.facts.waybill_numbers import of_barcode, of_print, same_number

Row = dict[str, Any]
NEAR_PX, FAR_PX = 1200, 720
"""Label widths between the three sizes that the generators draw (about 1400, 900 and 600 pixels)."""
TURNED_DEG = 20.0
"""Farther than that from the nearest axis."""
BLURRED = 0.5
"""Blur from half a module on."""
SHAKEN_PX = 1.0


def numbers_of(row: Row) -> list[str]:
    """The numbers that a reader's answer comes to under the shared picker."""
    if row["reader"] == KIT:
        return list(row["numbers"])
    found: list[str] = []
    for text, symbology in row.get("texts", ()):
        number = of_barcode(text, symbology) if symbology else of_print(text)
        if number is not None and not any(same_number(number, old) for old in found):
            found.append(number)
    return found


def is_of(number: str, label: Row) -> bool:
    """Whether a number is this label's."""
    return any(same_number(number, one) for one in label["numbers"])


def slices_of(label: Row, labels: list[Row]) -> list[str]:
    """The slices that one legible label belongs to."""
    if "width_px" not in label:
        return ["all"]
    width = label["width_px"]
    size = "width 1400" if width >= NEAR_PX else "width 900" if width >= FAR_PX else "width 600"
    turn = label["turn_deg"] % 90
    found = {
        "all": True,
        size: True,
        "turned": min(turn, 90 - turn) > TURNED_DEG,
        "blur": label["blur_px"] >= BLURRED * label["module_px"],
        "motion": label["motion_px"] >= SHAKEN_PX,
        "glare": label["glare"],
        "wrinkled": label["wrinkled"],
        "faded": label["faded"],
        "scratched barcode": not label["barcode_intact"],
        "covered digits": not label["digits_intact"],
        "two labels": len(labels) > 1,
    }
    return [name for name, holds in found.items() if holds]


def summary(rows: Iterable[Row]) -> dict[str, Any]:
    """Everything that the results file holds about ``rows``."""
    by_part: dict[str, dict[str, dict[str, Row]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        by_part[row["part"]][row["key"]][row["reader"]] = row
    return {"parts": {part: _part(photos) for part, photos in sorted(by_part.items())}}


def _part(photos: dict[str, dict[str, Row]]) -> dict[str, Any]:
    readers = sorted({name for answers in photos.values() for name in answers})
    shared = {key: answers for key, answers in photos.items() if len(answers) == len(readers)}
    found: dict[str, Any] = {
        "photos": len(photos),
        "readers": {name: _reader(name, photos) for name in readers},
    }
    if len(readers) > 1:
        found["beside peers"] = {"photos": len(shared), "slices": _beside(shared, readers), "cpu": _ratios(shared)}
    found["misread"] = _misread(photos)
    found["legible misses of evidence-kit"] = [
        key for key, answers in sorted(photos.items()) if KIT in answers and _missed(answers[KIT])
    ]
    return found


def _missed(row: Row) -> bool:
    numbers = numbers_of(row)
    return any(label["legible"] and not any(is_of(n, label) for n in numbers) for label in row["labels"])


def _reader(name: str, photos: dict[str, dict[str, Row]]) -> dict[str, Any]:
    """One reader alone, on every photo that it saw."""
    rows = [answers[name] for answers in photos.values() if name in answers]
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    wrong = beyond = illegible = 0
    for row in rows:
        numbers = numbers_of(row)
        wrong += sum(not any(is_of(n, label) for label in row["labels"]) for n in numbers)
        for label in row["labels"]:
            got = any(is_of(n, label) for n in numbers)
            if not label["legible"]:
                illegible, beyond = illegible + 1, beyond + got
                continue
            for name_ in slices_of(label, row["labels"]):
                counts[name_][0] += got
                counts[name_][1] += 1
    told: dict[str, Any] = {
        "photos": len(rows),
        "misread numbers": wrong,
        "slices": {slice_: _share(*pair) for slice_, pair in sorted(counts.items())},
        "illegible labels read": f"{beyond}/{illegible}",
        "cpu s mean": round(sum(row["cpu_s"] for row in rows) / max(1, len(rows)), 3),
        "peak MB": round(max((row.get("peak_mb", 0) for row in rows), default=0)),
        "errors": sum("error" in row for row in rows),
    }
    if name == KIT:
        told["looks"] = _looks(rows)
    return told


def _share(got: int, n: int) -> dict[str, Any]:
    return {"read": got, "n": n, "share": round(got / n, 4) if n else None}


def _looks(rows: list[Row]) -> dict[str, Any]:
    """By how far evidence-kit went: photos, CPU seconds, and multiples of the colour decode of the same photos."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups["+".join(row.get("taken", ["error"]))].append(row)
    return {
        name: {
            "photos": len(group),
            "cpu s mean": round(sum(row["cpu_s"] for row in group) / len(group), 3),
            "times imdecode, sums": round(sum(r["cpu_s"] for r in group) / sum(r["decode_s"] for r in group), 2),
            "times imdecode, median": round(median(r["cpu_s"] / r["decode_s"] for r in group), 2),
        }
        for name, group in sorted(groups.items())
    }


def _beside(shared: dict[str, dict[str, Row]], readers: list[str]) -> dict[str, Any]:
    """By slice, on photos that every reader saw: each reader, the union of the peers, and the gap closed."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for answers in shared.values():
        numbers = {name: numbers_of(answers[name]) for name in readers}
        labels = answers[readers[0]]["labels"]
        for label in labels:
            if not label["legible"]:
                continue
            got = {name: any(is_of(n, label) for n in numbers[name]) for name in readers}
            for slice_ in slices_of(label, labels):
                tally = counts[slice_]
                tally["n"] += 1
                tally["union of peers"] += any(got[name] for name in readers if name != KIT)
                for name in readers:
                    tally[name] += got[name]
    told = {}
    for slice_, tally in sorted(counts.items()):
        union, kit, n = tally["union of peers"], tally.get(KIT, 0), tally["n"]
        gap = n - union
        told[slice_] = {
            **dict(tally),
            "not below union": kit >= union,
            "gap closed": round((kit - union) / gap, 3) if gap else None,
            "bar met": kit >= union and (union >= 0.95 * n or kit - union >= 0.5 * gap),
        }
    return told


def _ratios(shared: dict[str, dict[str, Row]]) -> dict[str, Any]:
    """Evidence-kit's CPU time as multiples of what the bars name."""
    told: dict[str, Any] = {}
    rows = [answers for answers in shared.values() if KIT in answers]
    settled = [answers[KIT] for answers in rows if answers[KIT].get("taken") == ["codes"] and answers[KIT]["numbers"]]
    needed = [answers for answers in rows if answers[KIT].get("taken") != ["codes"]]
    if settled:
        told["barcode settles"] = {
            "photos": len(settled),
            "times imdecode, sums": round(sum(r["cpu_s"] for r in settled) / sum(r["decode_s"] for r in settled), 2),
            "bar": 2.0,
        }
    for peer, bar in (("rapidocr v6 small", 0.6), ("rapidocr v6 tiny", 1.2)):
        pairs = [(a[KIT]["cpu_s"], a[peer]["cpu_s"]) for a in needed if peer in a]
        if pairs:
            told[f"OCR needed, times {peer}"] = {
                "photos": len(pairs),
                "sums": round(sum(p[0] for p in pairs) / sum(p[1] for p in pairs), 3),
                "bar": bar,
            }
    return told


def _misread(photos: dict[str, dict[str, Row]]) -> dict[str, list[dict[str, Any]]]:
    """Every accepted number that no label carries, by reader; the first 40 each."""
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for key, answers in sorted(photos.items()):
        for name, row in answers.items():
            for number in numbers_of(row):
                if not any(is_of(number, label) for label in row["labels"]) and len(told[name]) < 40:
                    truth = [label["numbers"][0] for label in row["labels"]]
                    told[name].append({"photo": key, "number": number, "truth": truth})
    return dict(told)
