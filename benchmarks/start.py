"""How long until the kit answers: cold starts as multiples of a bare interpreter's, imports counted, a class's cost.

``python -m benchmarks start [--runs 9]``. Every figure is a median over interleaved runs in one session; a start is
a whole process, measured by its CPU time (user + system), which a busy machine disturbs least.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evidence_kit import records

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "start.json"
AGAIN = "check again"
"""The photo judged again from the cache, after a run that filled it."""
PHOTO = ROOT / "samples" / "waybill-readable" / "pass-barcode"
HEAVY = ("numpy", "cv2", "PIL", "av", "onnxruntime", "zxingcpp", "rapidocr")

COMMANDS: dict[str, list[str]] = {
    "bare interpreter": ["-c", "pass"],
    "--help": ["-m", "evidence_kit", "--help"],
    "packs": ["-m", "evidence_kit", "packs"],
    "check one photo": ["-m", "evidence_kit", "check", str(PHOTO), "--cache", "off", "-q", "--format", "json"],
    AGAIN: ["-m", "evidence_kit", "check", str(PHOTO), "-q", "--format", "json", "--cache"],
}
CLASSES = 200
FIELDS = "item: str; at_s: float | None = None; quad: tuple[float, ...] | None = None; number: str = ''; by: str = ''"
"""Of the classes whose making is compared: as many as the kit's have at the median."""


def class_cost(head: str, then: str = "") -> float:
    """CPU seconds of making one class of FIELDS, and of ``then``."""
    import msgspec

    known: dict[str, Any] = {
        "standard": dataclasses.dataclass, "ours": records.dataclass, "msgspec": msgspec, "__name__": __name__
    }  # fmt: skip
    code = compile(f"from __future__ import annotations\n{head}: {FIELDS}\n{then}", "class", "exec")
    began = time.process_time()
    for _ in range(CLASSES):
        exec(code, known)
    return (time.process_time() - began) / CLASSES


WAYS: dict[str, Callable[[], float]] = {
    "standard dataclass": lambda: class_cost("@standard(frozen=True, slots=True)\nclass A"),
    "the same without slots": lambda: class_cost("@standard(frozen=True)\nclass A"),
    "the same, eq and repr left out": lambda: class_cost(
        "@standard(frozen=True, slots=True, eq=False, repr=False)\nclass A"
    ),
    "ours": lambda: class_cost("@ours(frozen=True, slots=True)\nclass A"),
    "ours, with a first object": lambda: class_cost("@ours(frozen=True, slots=True)\nclass A", "A('')"),
    "msgspec.Struct": lambda: class_cost("class A(msgspec.Struct, frozen=True)"),
}


def classes(runs: int) -> dict[str, float]:
    """What making a class costs, as shares of the standard frozen dataclass with slots: medians of runs in turn."""
    taken = [{name: way() for name, way in WAYS.items()} for _ in range(runs)]
    first = next(iter(WAYS))
    found = {name: round(statistics.median(run[name] / run[first] for run in taken), 3) for name in WAYS}
    for name, share in found.items():
        print(f"a class, {name:<32} {share:>6} of the standard frozen dataclass with slots")
    return found


def cpu_s(arguments: list[str]) -> float:
    """CPU seconds of one fresh process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # An installed package has its byte code; a checkout in which none may be written would compile it each time.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, check=False)
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
    with tempfile.TemporaryDirectory() as folder:
        return measure(runs, {**COMMANDS, AGAIN: [*COMMANDS[AGAIN], folder]})


def measure(runs: int, commands: dict[str, list[str]]) -> int:
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for arguments in commands.values():  # byte code and cache are there
        cpu_s(arguments)
    for _ in range(runs):
        for name, arguments in commands.items():
            taken[name].append(cpu_s(arguments))
    bare = taken["bare interpreter"]
    rows = {}
    for name, arguments in commands.items():
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
    result = {"runs": runs, "python": platform.python_version(), "rows": rows, "classes": classes(runs)}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0 if not rows["--help"]["imaging_or_inference"] else 1
