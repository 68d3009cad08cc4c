"""How long until the kit answers: cold starts as multiples of a bare interpreter's, and imports counted.

``python -m benchmarks start [--runs 9]``. Every figure is a median over interleaved runs in one session; a start is
a whole process, measured by its CPU time (user + system), which a busy machine disturbs least.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "start.json"
PHOTO = ROOT / "samples" / "waybill-readable" / "pass-barcode"
HEAVY = ("numpy", "cv2", "PIL", "av", "onnxruntime", "zxingcpp", "rapidocr")

COMMANDS: dict[str, list[str]] = {
    "bare interpreter": ["-c", "pass"],
    "--help": ["-m", "evidence_kit", "--help"],
    "packs": ["-m", "evidence_kit", "packs"],
    "check one photo": ["-m", "evidence_kit", "check", str(PHOTO), "--cache", "off", "-q", "--format", "json"],
}


def cpu_s(arguments: list[str]) -> float:
    """CPU seconds of one fresh process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def imports(arguments: list[str]) -> list[str]:
    """Modules that a command imports, from the interpreter's own record."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = (line for line in ran.stderr.splitlines() if line.startswith("import time:"))
    return [line.rsplit("|", 1)[1].strip() for line in lines if "imported package" not in line]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks start", description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args(argv).runs
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, arguments in COMMANDS.items():
            taken[name].append(cpu_s(arguments))
    bare = taken["bare interpreter"]
    rows = {}
    for name, arguments in COMMANDS.items():
        ratios = [one / base for one, base in zip(taken[name], bare, strict=True)]
        found = imports(arguments)
        heavy = sorted({module.split(".")[0] for module in found} & set(HEAVY))
        rows[name] = {
            "times_bare_median": round(statistics.median(ratios), 2),
            "times_bare_min": round(min(ratios), 2),
            "times_bare_max": round(max(ratios), 2),
            "cpu_s_median": round(statistics.median(taken[name]), 4),
            "modules": len(found),
            "imaging_or_inference": heavy,
        }
        print(f"{name:<18} {rows[name]['times_bare_median']:>7} x bare, {len(found)} modules, heavy: {heavy}")
    result = {"runs": runs, "python": platform.python_version(), "rows": rows}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0 if not rows["--help"]["imaging_or_inference"] else 1
