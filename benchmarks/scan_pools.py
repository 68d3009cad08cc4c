"""Process pools under what a scan meets: a codec that crashes, one that hangs, a killed parent; and their cost.

``python -m benchmarks scan_pools``. Wanted of a pool: the neighbours of a task that crashes or hangs are answered as
if nothing had been (``answered`` of ``wanted``), the bad ones are told apart, nothing stays behind when the parent
is killed, and a task costs little. Pools that are not installed are left out (``pip install loky pebble billiard``).
Each trial is a process of its own. Results: results/scan_pools.json.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import importlib.metadata
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "scan_pools.json"
TASKS = 12
BAD = 5
LIMIT_S = 3.0
TRIAL_S = 120.0
CHEAP = 3_000
POOLS = ("ours", "concurrent.futures", "loky", "pebble", "billiard")
LICENCES = {"loky": "BSD-3-Clause", "pebble": "LGPL-3.0", "billiard": "BSD-3-Clause", "concurrent.futures": "PSF-2.0"}
TRIALS = ("crash", "hang", "orphans", "cost")


def task(number: int, what: str) -> int:
    """A short task; one of them crashes or hangs."""
    if number == BAD and what == "crash":
        ctypes.string_at(0)
    if number == BAD and what == "hang":
        time.sleep(3600)
    if what == "orphans":
        time.sleep(3600)
    if what != "cost":
        time.sleep(0.05)
    return number


def work(order: Any, settings: Any, _cache: object, _announce: object) -> Any:
    """``task`` as our workers are given it; the kind of trial is the case's folder."""
    from evidence_kit.batch.work import lost_case, pack_up
    from evidence_kit.schema import Text

    task(order.case.place, order.case.root)
    return pack_up(lost_case(order.case.id, "", Text("", "fine"), settings.now), "", "en")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks scan_pools", description=__doc__)
    parser.add_argument("--trial", nargs=2, metavar=("POOL", "WHAT"), help=argparse.SUPPRESS)
    asked = parser.parse_args(argv)
    if asked.trial:
        pool, what = asked.trial
        print(json.dumps(_trial(pool, what)), flush=True)
        return 0
    rows: dict[str, Any] = {}
    for pool in POOLS:
        if pool in ("loky", "pebble", "billiard"):
            try:
                version = importlib.metadata.version(pool)
            except importlib.metadata.PackageNotFoundError:
                continue
        else:
            version = "" if pool == "ours" else sys.version.split()[0]
        rows[pool] = {"version": version, "licence": LICENCES.get(pool, "ours")}
        for what in TRIALS:
            rows[pool][what] = _orphans(pool) if what == "orphans" else _run(pool, what)
        print(json.dumps({pool: rows[pool]}, indent=1))
    RESULT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    ours = rows["ours"]
    good = all(ours[what].get("answered") == TASKS - 1 for what in ("crash", "hang")) and ours["orphans"]["left"] == 0
    return 0 if good else 1


def _run(pool: str, what: str) -> dict[str, Any]:
    began = time.perf_counter()
    words = [sys.executable, "-m", "benchmarks", "scan_pools", "--trial", pool, what]
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as ran:
        try:
            said, _ = ran.communicate(timeout=TRIAL_S)
        except subprocess.TimeoutExpired:
            _end_group(ran.pid)
            ran.communicate()
            return {"ended": False, "waited_s": TRIAL_S}
        finally:
            _end_group(ran.pid)
    lines = said.decode().strip().splitlines()
    told: dict[str, Any] = json.loads(lines[-1]) if lines else {"ended": False, "exit_code": ran.returncode}
    return {**told, "whole_s": round(time.perf_counter() - began, 2)}


def _orphans(pool: str) -> dict[str, Any]:
    """Processes that are still there ten seconds after their parent was killed."""
    words = [sys.executable, "-m", "benchmarks", "scan_pools", "--trial", pool, "orphans"]
    ran = subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    until = time.monotonic() + 60
    while len(_group(ran.pid)) < 3 and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(3)
    ran.kill()
    ran.wait()
    until = time.monotonic() + 10
    while _group(ran.pid) and time.monotonic() < until:
        time.sleep(0.1)
    left = len(_group(ran.pid))
    _end_group(ran.pid)
    return {"left": left}


def _group(leader: int) -> list[int]:
    """The living processes of the session that ``leader`` began."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state, _, _, session = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:4]
                if int(session) == leader and state != "Z":
                    found.append(int(entry.name))
    return found


def _end_group(leader: int) -> None:
    for pid in _group(leader):
        with contextlib.suppress(OSError):
            os.kill(pid, 9)


# --- one trial, in a process of its own ---


def _trial(pool: str, what: str) -> dict[str, Any]:
    ways: dict[str, Callable[[str, int], tuple[int, int]]] = {
        "ours": _ours,
        "concurrent.futures": _futures,
        "loky": _loky,
        "pebble": _pebble,
        "billiard": _billiard,
    }
    count = CHEAP if what == "cost" else TASKS
    way = ways[pool]
    few = _spent(lambda: way("cost", 4)) if what == "cost" else 0.0  # what a pool costs to start and to end
    began, cpu = time.perf_counter(), _cpu()
    answered, failed = way(what, count)
    row: dict[str, Any] = {
        "ended": True,
        "wanted": count - (what in ("crash", "hang")),
        "answered": answered,
        "failed": failed,
    }
    if what == "cost":
        row["cpu_ms_per_task"] = round(1e3 * (_cpu() - cpu - few) / (count - 4), 2)
    else:
        row["seconds"] = round(time.perf_counter() - began, 2)
    return row


def _spent(act: Callable[[], object]) -> float:
    before = _cpu()
    act()
    return _cpu() - before


def _cpu() -> float:
    """Of this process and of those that it has waited for: every pool is therefore ended and joined."""
    import resource

    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def _ours(what: str, count: int) -> tuple[int, int]:
    from datetime import UTC, datetime

    from evidence_kit.batch.cases import CaseInput
    from evidence_kit.batch.work import Order, Settings
    from evidence_kit.batch.workers import Limits, Workers

    orders = (Order(CaseInput(str(number), number, what, "")) for number in range(count))
    with Workers(2, Settings(datetime(2026, 1, 1, tzinfo=UTC)), Limits(item_s=LIMIT_S), work=work) as workers:
        said = ["fine" in done.line for done in workers.judge(orders)]
    return said.count(True), said.count(False)


def _futures(what: str, count: int) -> tuple[int, int]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        return _outcomes([pool.submit(task, number, what) for number in range(count)])


def _loky(what: str, count: int) -> tuple[int, int]:
    from loky import get_reusable_executor

    pool = get_reusable_executor(2)
    try:
        return _outcomes([pool.submit(task, number, what) for number in range(count)])
    finally:
        pool.shutdown(wait=True)


def _outcomes(futures: list[Any]) -> tuple[int, int]:
    """No pool of this kind ends a task that runs: a hang is a hang."""
    answered = failed = 0
    for future in futures:
        try:
            future.result()
            answered += 1
        except Exception:
            failed += 1
    return answered, failed


def _pebble(what: str, count: int) -> tuple[int, int]:
    import multiprocessing

    from pebble import ProcessPool

    with ProcessPool(2, context=multiprocessing.get_context("spawn")) as pool:
        return _outcomes([pool.schedule(task, args=(number, what), timeout=LIMIT_S) for number in range(count)])


def _billiard(what: str, count: int) -> tuple[int, int]:
    from billiard.pool import Pool

    pool = Pool(2, timeout=LIMIT_S)
    results = [pool.apply_async(task, (number, what)) for number in range(count)]
    answered = failed = 0
    for result in results:
        try:
            result.get()
            answered += 1
        except Exception:
            failed += 1
    pool.close()
    pool.join()
    return answered, failed
