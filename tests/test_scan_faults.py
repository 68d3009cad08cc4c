"""scan when things break: codecs that crash, hang or swallow memory, kills, full disks, damaged files of its own."""

import contextlib
import ctypes
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evidence_kit.batch.state import FILE as STATE_FILE
from evidence_kit.batch.state import State, StateError
from evidence_kit.batch.work import judge_order
from evidence_kit.batch.workers import Limits, Workers
from evidence_kit.cache import FILE as CACHE_FILE
from evidence_kit.cache import Cache
from tests.scan_cases import ROOT, command, finding, photo, quick_pack, reports, scan, scan_here, small_cases

SOON = Limits(item_s=12.0, memory_bytes=600_000_000)


# --- a sensor that breaks its process ---


def breaking(what):
    """``judge_order`` with a sensor that does ``what`` to its process on every file named ``bad.jpg``."""

    def work(order, settings, cache, announce):
        from evidence_kit.sensors import sharpness

        spoil(sharpness, what)
        return judge_order(order, settings, cache, announce)

    return work


def spoil(module, what):
    if getattr(module, "spoilt", False):
        return
    module.spoilt = True
    measured = module.measure_sharpness

    def broken(picture, size):
        if size == BAD_SIZE:
            what()
        return measured(picture, size)

    module.measure_sharpness = broken


BAD_SIZE = (336, 248)
"""A picture of just this size takes the sensor down; sensors see no names."""


def segfault():
    ctypes.string_at(0)


def killed_by_the_system():
    os.kill(os.getpid(), signal.SIGKILL)


def hang():
    time.sleep(60)


def swallow_memory():
    import numpy as np

    np.ones(2_000_000_000, np.uint8)


def crash_work(order, settings, cache, announce):
    return breaking(segfault)(order, settings, cache, announce)


def kill_work(order, settings, cache, announce):
    return breaking(killed_by_the_system)(order, settings, cache, announce)


def hang_work(order, settings, cache, announce):
    return breaking(hang)(order, settings, cache, announce)


def memory_work(order, settings, cache, announce):
    return breaking(swallow_memory)(order, settings, cache, announce)


@pytest.mark.parametrize(
    ("work", "says"),
    [
        (crash_work, "SIGSEGV"),
        (kill_work, "killed"),
        (hang_work, "not finished within 12 s"),
        pytest.param(
            memory_work,
            "Memory ran out",
            marks=pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux bounds private memory"),
        ),
    ],
)
def test_an_item_that_breaks_its_worker_is_an_error_of_its_own_and_the_scan_goes_on(tmp_path, work, says):
    cases = small_cases(tmp_path / "cases", 4)
    photo(cases / "case-001" / "bad.jpg", 1, BAD_SIZE)
    summary = scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path), work=work, limits=SOON)
    found = reports(tmp_path / "out")
    assert len(found) == 4
    bad = finding(found["case-001"], "photo-readable", "bad.jpg")
    assert bad["outcome"] == "error"
    assert says in bad["message"]["en"]
    assert found["case-001"]["verdict"] != "pass"
    for name, report in found.items():
        for item in report["items"]:
            if item["id"] != "bad.jpg":
                assert finding(report, "photo-readable", item["id"])["outcome"] != "error", (name, item["id"])
    assert summary.with_errors == 1


def once_only(order, settings, cache, announce):
    """Crashes the first time that a case is tried, and not the second."""
    mark = Path(order.case.root) / ".tried"
    if order.case.id == "case-001" and not mark.exists():
        mark.touch()
        segfault()
    return judge_order(order, settings, cache, announce)


def test_a_case_is_tried_once_more(tmp_path):
    cases = small_cases(tmp_path / "cases", 2)
    summary = scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path), work=once_only)
    assert summary.outcomes["error"] == 0


def crash_always(order, settings, cache, announce):
    if order.case.id == "case-000":
        segfault()
    if order.case.id == "case-001":
        raise RuntimeError("a bug of ours")
    return judge_order(order, settings, cache, announce)


def test_a_case_that_cannot_even_be_opened_is_one_error(tmp_path):
    cases = small_cases(tmp_path / "cases", 3)
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path), work=crash_always)
    found = reports(tmp_path / "out")
    for name, says in (("case-000", "SIGSEGV"), ("case-001", "RuntimeError")):
        (only,) = found[name]["findings"]
        assert (only["outcome"], only["reason"], found[name]["verdict"]) == ("error", "CRASHED", "review")
        assert says in only["message"]["en"]
    assert len(found["case-002"]["findings"]) > 1


# --- kills ---


def alone(report_folder):
    """reports.jsonl by case, whole."""
    return {name: json.dumps(report, sort_keys=True) for name, report in reports(report_folder).items()}


def children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds worker processes through /proc")


def kill_at_random(place, out, more, draw, victim):
    """Start the scan, kill -9 ``victim`` of it after a while; whether it ended by itself."""
    ran = subprocess.Popen(
        command(place, "--out", out, *more), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        ran.wait(timeout=draw.uniform(0.2, 4.0))
    except subprocess.TimeoutExpired:
        if victim == "parent":
            ran.kill()
        else:
            for child in draw.sample(children(ran.pid), k=min(1, len(children(ran.pid)))):
                os.kill(child, signal.SIGKILL)
    _, said = ran.communicate()
    assert b"Traceback" not in said
    return ran.returncode in (0, 1, 3)


def test_a_scan_killed_at_random_moments_is_complete_without_duplicates(tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 12), quick_pack(tmp_path)
    more = ("--pack", pack, "--cache", "off", "--jobs", "2")
    scan(cases, "--out", tmp_path / "whole", *more)
    draw = random.Random(8)
    for _ in range(3):
        kill_at_random(cases, tmp_path / "out", more, draw, "parent")
        if (tmp_path / "out" / "reports.jsonl").exists():
            half = (tmp_path / "out" / "reports.jsonl").read_bytes().rpartition(b"\n")[0]
            names = [json.loads(line)["submission"]["id"] for line in half.splitlines()]
            assert len(set(names)) == len(names)
    scan(cases, "--out", tmp_path / "out", *more)
    assert alone(tmp_path / "out") == alone(tmp_path / "whole")


@needs_proc
def test_killed_workers_cost_no_case(tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 12), quick_pack(tmp_path)
    more = ("--pack", pack, "--cache", "off", "--jobs", "2")
    scan(cases, "--out", tmp_path / "whole", *more)
    draw = random.Random(9)
    for turn in range(2):
        assert kill_at_random(cases, tmp_path / f"out-{turn}", more, draw, "worker")
        assert alone(tmp_path / f"out-{turn}") == alone(tmp_path / "whole")


@needs_proc
def test_no_worker_outlives_a_killed_scan(tmp_path):
    cases = small_cases(tmp_path / "cases", 30)
    ran = subprocess.Popen(
        command(cases, "--out", tmp_path / "out", "--cache", "off", "--jobs", "2"),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while len(children(ran.pid)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    workers = children(ran.pid)
    assert workers
    ran.kill()
    ran.wait()
    until = time.monotonic() + 60
    while any(Path(f"/proc/{pid}/exe").exists() for pid in workers) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(running(pid) for pid in workers)


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# --- the output ---


def test_no_space_left_is_said_and_the_same_command_goes_on_later(tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 8), quick_pack(tmp_path)
    more = ("--pack", pack, "--cache", "off", "--jobs", "1", "-q")

    def small_files_only():
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.RLIM_INFINITY))

    ran = subprocess.run(
        command(cases, "--out", tmp_path / "out", *more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=small_files_only,
        check=False,
    )
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr
    scan(cases, "--out", tmp_path / "out", *more)
    scan(cases, "--out", tmp_path / "whole", *more)
    assert alone(tmp_path / "out") == alone(tmp_path / "whole")


@pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="only root may mount a small disk")
def test_a_full_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=100k", "none", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        cases, pack = small_cases(tmp_path / "cases", 8), quick_pack(tmp_path)
        more = ("--pack", pack, "--cache", "off", "--jobs", "1", "-q")
        ran = scan(cases, "--out", disk / "out", *more, code={2})
        assert "space" in ran.stderr
        subprocess.run(["mount", "-o", "remount,size=10m", disk], check=True)
        scan(cases, "--out", disk / "out", *more)
        assert len(reports(disk / "out")) == 8
    finally:
        subprocess.run(["umount", disk], check=True)


def test_an_output_that_cannot_be_written_is_wrong_usage_at_once(tmp_path):
    cases = small_cases(tmp_path / "cases", 1)
    (tmp_path / "file").write_text("in the way")
    assert "file" in scan(cases, "--out", tmp_path / "file" / "out", code={2}).stderr
    if os.geteuid() != 0:
        (tmp_path / "closed").mkdir(mode=0o500)
        assert "closed" in scan(cases, "--out", tmp_path / "closed", code={2}).stderr


@pytest.mark.parametrize("damage", [b"not a database" * 1000, b""])
def test_a_damaged_state_is_told_and_an_empty_one_begins_anew(tmp_path, damage):
    cases, pack = small_cases(tmp_path / "cases", 1), quick_pack(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "scan.sqlite3").write_bytes(damage)
    ran = scan(cases, "--out", tmp_path / "out", "--pack", pack, "--cache", "off", code={2} if damage else None)
    assert ("damaged" in ran.stderr) == bool(damage)


# --- the cache ---


def test_a_cache_damaged_in_any_way_changes_no_verdict(tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 3), quick_pack(tmp_path)
    cache = tmp_path / "cache"
    scan_here(cases, tmp_path / "first", pack=pack, cache=cache)
    good = (cache / CACHE_FILE).read_bytes()
    draw = random.Random(4)
    for turn in range(4):
        for leftover in cache.glob(f"{CACHE_FILE}-*"):
            leftover.unlink()
        spoilt = bytearray(good)
        for _ in range(400):
            spoilt[draw.randrange(100 if turn else 0, len(spoilt))] = draw.randrange(256)
        (cache / CACHE_FILE).write_bytes(bytes(spoilt if turn < 3 else good[: len(good) // 2]))
        scan_here(cases, tmp_path / f"out-{turn}", pack=pack, cache=cache)
        assert alone(tmp_path / f"out-{turn}") == alone(tmp_path / "first")


def unreadable_schema(path, table):
    """Spoil a table's name where SQLite will quote it: no text in any encoding."""
    spoilt = path.read_bytes().replace(f"table{table}{table}".encode(), b"table" + b"\xeb" * 2 * len(table))
    assert spoilt != path.read_bytes()
    path.write_bytes(spoilt)
    with pytest.raises(UnicodeDecodeError), contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("SELECT * FROM kept")


def test_a_cache_whose_schema_is_no_text_is_replaced(tmp_path):
    first = Cache(tmp_path, now_s=1.0)
    first.put("key", "value")
    first.close()
    unreadable_schema(tmp_path / CACHE_FILE, "kept")
    second = Cache(tmp_path, now_s=1.0)
    assert second.get("key") is None
    second.put("key", "value")
    assert second.get("key") == "value"
    second.close()


def test_a_state_whose_schema_is_no_text_is_told(tmp_path):
    State(tmp_path).close()
    unreadable_schema(tmp_path / STATE_FILE, "cases")
    with pytest.raises(StateError, match="damaged"):
        State(tmp_path)


def test_a_kept_value_with_a_flipped_digit_is_a_miss(tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 1), quick_pack(tmp_path)
    cache = tmp_path / "cache"
    scan_here(cases, tmp_path / "first", pack=pack, cache=cache)
    with sqlite3.connect(cache / CACHE_FILE) as raw:
        raw.execute("UPDATE kept SET value = replace(replace(value, '1', '2'), 'true', 'null')")
    raw.close()
    scan_here(cases, tmp_path / "second", pack=pack, cache=cache)
    assert alone(tmp_path / "second") == alone(tmp_path / "first")


def test_many_processes_write_one_cache(tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 8), quick_pack(tmp_path)
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    scan_here(cases, tmp_path / "first", pack=pack, cache=tmp_path / "cache", workers=4)
    scan_here(cases, tmp_path / "second", pack=pack, cache=tmp_path / "cache", workers=4)
    assert alone(tmp_path / "second") == alone(tmp_path / "first")


def test_a_worker_that_never_starts_fails_the_scan_not_the_cases(tmp_path, monkeypatch):
    from evidence_kit.batch import workers
    from evidence_kit.batch.cases import read_cases
    from evidence_kit.batch.work import Order, Settings
    from tests.conftest import NOW

    monkeypatch.setattr(workers, "_serve", stillborn)
    (case,) = read_cases(str(small_cases(tmp_path / "cases", 1)))
    with Workers(1, Settings(NOW)) as engine, pytest.raises(workers.WorkersFailed):
        list(engine.judge([Order(case)]))


def stillborn(*_arguments):
    os._exit(3)
