"""Scans whose parent, workers or nodes are killed, and scans of mutated files: parts ``faults``, ``nodes`` and ``fuzz``
of ``python -m benchmarks scan``."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.same_frame import wilson
from benchmarks.scan_cluster import ray_cluster
from benchmarks.scan_commands import OUT, ROOT, Row, code, command, lines, reports, scan_words
from benchmarks.synth import mutations


def faults(kills: int) -> Row:
    """kill -9 of the parent and of a worker at random moments; then every report is compared."""
    with _faulty() as (cases, base, pack):
        more = ("--pack", pack, "--cache", "off", "--jobs", "2", "-q")
        whole = command(cases, "--out", base / "whole", *more)
        wanted = reports(base / "whole")
        rows = {
            victim: _tally(
                OUT / f"kills-{victim}-{code()}.jsonl",
                kills,
                lambda out, draw, way=way: way(scan_words(cases, "--out", out, *more), out, draw, whole["wall_s"]),  # type: ignore[misc]
                base,
                wanted,
            )
            for victim, way in (("parent", _kill_parent), ("worker", _kill_workers))
        }
    return {**rows, "met": all(row["kills"] >= kills and not row["wrong"] + row["failed"] for row in rows.values())}


@contextmanager
def _faulty() -> Iterator[tuple[Path, Path, Path]]:
    """24 cases of four photos, an empty folder, a pack that needs little of them."""
    cases = OUT / "small"
    _small_cases(cases, 24)
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "quick.toml"
        pack.write_text(QUICK_PACK, encoding="utf-8")
        yield cases, Path(folder), pack


def _tally(kept: Path, kills: int, way: Callable[[Path, random.Random], Row], base: Path, wanted: Row) -> Row:
    """Scans with kills until there are enough; each that came to its end is compared, and stays counted in ``kept``."""
    rows: list[Row] = [json.loads(line) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    while sum(row["kills"] for row in rows) < kills:
        out = base / f"{kept.stem}-{len(rows)}"
        row = way(out, random.Random(88 + len(rows)))
        rows.append({**row, "wrong": int(reports(out) != wanted)})
        shutil.rmtree(out)
        with kept.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(rows[-1]) + "\n")
        print(f"{kept.stem}: {sum(row['kills'] for row in rows)}", file=sys.stderr)
    return {"scans": len(rows), **{name: sum(row[name] for row in rows) for name in (rows[0] if rows else ())}}


def _kill_parent(words: list[str], out: Path, draw: random.Random, usual_s: float) -> Row:
    """Kill, run the same again, kill again …, until a scan comes to its end."""
    done, twice = 0, 0
    while True:
        ran = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            ran.wait(timeout=draw.uniform(0.05, 0.8) * usual_s)
        except subprocess.TimeoutExpired:
            ran.kill()
            ran.wait()
            done += 1
            twice += _twice(out)
            continue
        return {"kills": done, "lines_twice_after_a_kill": twice, "failed": int(ran.returncode not in (0, 1, 3))}


def _kill_workers(words: list[str], _out: Path, draw: random.Random, usual_s: float) -> Row:
    """One kill a scan, sometimes two: two deaths in one case are rightly called the case's own fault."""
    done = 0
    ran = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
    for _ in range(draw.choice((1, 1, 2))):
        try:
            ran.wait(timeout=draw.uniform(0.2, 0.6) * usual_s)
            break
        except subprocess.TimeoutExpired:
            workers = Path(f"/proc/{ran.pid}/task/{ran.pid}/children").read_text().split()
            if workers:
                os.kill(int(draw.choice(workers)), signal.SIGKILL)
                done += 1
    return {"kills": done, "failed": int(ran.wait() not in (0, 1, 3))}


def nodes(kills: int) -> Row:
    """A node with a CPU is added, the scan begins, the node is killed; the rest of the cluster finishes."""
    with _faulty() as (cases, base, pack):
        more = ("--pack", pack, "--cache", "off", "-q")
        command(cases, "--out", base / "whole", *more, "--jobs", "1")
        wanted = reports(base / "whole")
        with ray_cluster() as made:

            def way(out: Path, draw: random.Random) -> Row:
                words = scan_words(cases, "--out", out, *more, "--engine", "ray", "--address", made.address)
                return _kill_node(words, out, draw, made)

            row = _tally(OUT / f"kills-node-{code()}.jsonl", kills, way, base, wanted)
    return {**row, "met": row["kills"] >= kills and not row["wrong"] and not row["failed"]}


def _kill_node(words: list[str], out: Path, draw: random.Random, made: Any) -> Row:
    node = made.add_node(num_cpus=1, object_store_memory=80 * 1024 * 1024)
    made.wait_for_nodes()
    ran = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 300
    while not lines(out) and ran.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(draw.uniform(0.0, 1.0))
    alive = ran.poll() is None  # otherwise it was over before the kill, which does not count
    made.remove_node(node, allow_graceful=not alive)
    return {"kills": int(alive), "failed": int(ran.wait() not in (0, 1, 3))}


def _twice(out: Path) -> int:
    """Cases that stand twice in what a killed scan left."""
    names = [json.loads(line)["submission"]["id"] for line in lines(out) if line.endswith(b"\n")]
    return len(names) - len(set(names))


QUICK_PACK = """
id = "quick"
version = "1"
dated = 2026-01-01
title = { zh = "快", en = "quick" }
summary = { zh = "快", en = "quick" }
source = "benchmark"
direction = "return"
sign_off = "return_signed_at"
missing_facts = "review"

[[rules]]
rule = "photo-readable"
clause = "B1"
quote = "清晰"
source = "benchmark"

[[rules]]
rule = "no-reuse"
clause = "B2"
quote = "不重复"
source = "benchmark"
"""


def _small_cases(folder: Path, count: int) -> None:
    import cv2
    import numpy as np

    for number in range(count):
        for at in range(4):
            path = folder / f"case-{number:03d}" / f"{at}.jpg"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                noise = np.random.default_rng(number * 10 + at).integers(0, 256, (150, 200, 3), dtype=np.uint8)
                cv2.imwrite(str(path), cv2.resize(noise, (1600, 1200), interpolation=cv2.INTER_CUBIC))


def fuzz(count: int) -> Row:
    """``count`` mutated files, one case each, through the command with the pack card: resumable by the scan itself."""
    folder, out = OUT / "fuzz" / "cases", OUT / "fuzz" / f"out-{code()}"
    sources = _fuzz_sources()
    present = len(list(folder.iterdir())) if folder.exists() else 0
    if present < count:
        mutations.spread(folder, sources, count - present, present)
    words = scan_words(folder, "--out", out, "--cache", "off", "--time-limit", "120", "--memory-limit", "1500")
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    found = reports(out)
    errors = [report for report in found.values() if report["summary"]["error"]]
    reasons: dict[str, int] = {}
    for report in errors:
        for finding in report["findings"]:
            if finding["outcome"] == "error":
                told = f"{finding['reason']}: {finding['message']['en'][:70]}"
                reasons[told] = reasons.get(told, 0) + 1
    unsettled = [name for name, report in found.items() if not report["findings"]]
    passed = [name for name, report in found.items() if report["summary"]["error"] and report["verdict"] == "pass"]
    tracebacks = ran.stderr.count("Traceback")
    return {
        "files": len(found),
        "exit_code": ran.returncode,
        "tracebacks": tracebacks,
        "unsettled": len(unsettled),
        "errors": {"count": len(errors), "ci95": wilson(len(errors), len(found))},
        "error_reasons": dict(sorted(reasons.items(), key=lambda entry: -entry[1])[:12]),
        "errors_that_passed": len(passed),
        "slowest_s": max(_seconds(out), default=None),
        "met": ran.returncode in (0, 1, 3) and not tracebacks and not unsettled and not passed and len(found) == count,
    }


def _fuzz_sources() -> list[Path]:
    """Small good files: generated photos in several formats, a generated clip."""
    import cv2

    folder = OUT / "fuzz" / "good"
    folder.mkdir(parents=True, exist_ok=True)
    drawn = OUT / "cases" / "case-0000"
    for name in ("label.jpg", "label.png", "label.webp"):
        picture: Any = cv2.imread(str(drawn / "1.jpg"))
        if not (folder / name).exists():
            cv2.imwrite(str(folder / name), cv2.resize(picture, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA))
    for name in ("clip.mp4", "clip.mov"):
        if not (folder / name).exists():
            shutil.copy(drawn / "unbox.mp4", folder / name)
    return sorted(path for path in folder.iterdir() if path.stat().st_size)


def _seconds(out: Path) -> list[float]:
    return [json.loads(line)["run"]["seconds"] for line in lines(out)]
