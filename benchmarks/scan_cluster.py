"""A scan on a Ray cluster of two nodes beside two workers here: part ``cluster`` of ``python -m benchmarks scan``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.scan_commands import PACK, ROOT, Row, lines, reports, scan_words, spread


def cluster(place: Path, blocks: int) -> Row:
    """Two nodes of one CPU on loopback beside two workers here: the same bytes, and what the cluster costs.

    Whole commands over parts of the cases, the two taking turns. Until its first report a command starts up.
    """
    cases = sorted(place.iterdir())
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, two_nodes() as address:
        ways = {"here": ("--jobs", "2"), "there": ("--engine", "ray", "--address", address)}
        for number in range(blocks):
            base = Path(folder) / str(number)
            part = base / "cases"
            part.mkdir(parents=True)
            for case in cases[number::blocks]:
                (part / case.name).symlink_to(case.resolve())
            row: Row = {"cases": len(list(part.iterdir()))}
            for side in (*ways,) if number % 2 else (*reversed(ways),):
                row[side] = _until_first(part, base / side, "--pack", PACK, "--cache", "off", "-q", *ways[side])
            row["same"] = reports(base / "here") == reports(base / "there")
            row["same_csv"] = len({(base / side / "findings.csv").read_bytes() for side in ways}) == 1
            rows.append(row)
            print(f"block {number + 1}/{blocks}: {row}", file=sys.stderr)
    same = all(row["same"] for row in rows)
    same_csv = all(row["same_csv"] for row in rows)
    return {
        "submissions": sum(row["cases"] for row in rows),
        "overhead_wall": spread([row["there"]["wall_s"] / row["here"]["wall_s"] - 1 for row in rows]),
        "overhead_after_first_report": spread(
            [_after_first(row["there"]) / _after_first(row["here"]) - 1 for row in rows]
        ),
        "start_s_here": spread([row["here"]["first_s"] for row in rows]),
        "start_s_there": spread([row["there"]["first_s"] for row in rows]),
        "reports_identical_but_run": same,
        "findings_csv_identical": same_csv,
        "met": same and same_csv,
    }


def _until_first(place: Path, out: Path, *more: object) -> Row:
    """Seconds of a whole command, and until its first report is written."""
    began = time.perf_counter()
    ran = subprocess.Popen(scan_words(place, "--out", out, *more), cwd=ROOT, stdout=subprocess.DEVNULL)
    while not lines(out) and ran.poll() is None:
        time.sleep(0.02)
    first = time.perf_counter() - began
    if ran.wait() not in (0, 1, 3):
        raise SystemExit(f"exit code {ran.returncode}")
    return {"first_s": round(first, 3), "wall_s": round(time.perf_counter() - began, 3)}


def _after_first(row: Row) -> float:
    return float(row["wall_s"] - row["first_s"])


@contextmanager
def two_nodes() -> Iterator[str]:
    """A Ray cluster of two nodes with one CPU each on this machine; its address."""
    with ray_cluster() as made:
        made.add_node(num_cpus=1, object_store_memory=80 * 1024 * 1024)
        made.wait_for_nodes()
        yield made.address


@contextmanager
def ray_cluster() -> Iterator[Any]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_worker_niceness", "0")  # by default 15: beside any other load its share would be nothing
    for name, value in {"initial_delay": 500, "period": 500, "timeout": 1000}.items():
        os.environ.setdefault(f"RAY_health_check_{name}_ms", str(value))
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": 80 * 1024 * 1024}
    made: Any = Cluster(initialize_head=True, head_node_args=head)
    try:
        yield made
    finally:
        made.shutdown()
