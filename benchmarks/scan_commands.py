"""What the parts of the scan benchmark share: folders, the command under test, its reports."""

from __future__ import annotations

import hashlib
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from evidence_kit.batch.work import Settings
from evidence_kit.packs import pack_file

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "benchmarks" / "out" / "scan"
NOW = "2026-11-22T09:00:00+08:00"
PACK = "pinduoduo-return-damaged"
Row = dict[str, Any]


def command(place: Path, *more: object, environment: Mapping[str, str] | None = None) -> Row:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    ran = subprocess.run(
        scan_words(place, *more), cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )
    wall = time.perf_counter() - began
    if ran.returncode not in (0, 1, 3):
        raise SystemExit(ran.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": round(wall, 3), "cpu_s": round(cpu, 3)}


def scan_words(place: Path, *more: object) -> list[str]:
    return [sys.executable, "-m", "evidence_kit", "scan", str(place), *map(str, more), "--now", NOW]


def settings_of() -> Settings:
    options = {"barcode": "zxing", "ocr": "rapid"}
    return Settings(datetime.fromisoformat(NOW), pack=pack_file(PACK), options=options)


def spread(values: Sequence[float]) -> Row:
    return {
        "median": round(statistics.median(values), 3),
        "min": round(min(values), 3),
        "max": round(max(values), 3),
        "of": len(values),
    }


def lines(out: Path) -> list[bytes]:
    path = out / "reports.jsonl"
    return path.read_bytes().splitlines(keepends=True) if path.exists() else []


def reports(out: Path) -> Row:
    """Every report without ``run``, by case; KeyError where one is there twice."""
    found: Row = {}
    for line in lines(out):
        report = json.loads(line)
        del report["run"]
        name = report["submission"]["id"]
        if name in found:
            raise KeyError(name)
        found[name] = report
    return found


def code() -> str:
    """Of this very scan: what other code did is not taken up again."""
    found = hashlib.sha256()
    for path in sorted((ROOT / "evidence_kit" / "batch").glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:8]
