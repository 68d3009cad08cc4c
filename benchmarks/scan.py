"""Scanning many submissions: cost, scaling, isolation, memory, judging again, a Ray cluster, faults, fuzzed files.

``python -m benchmarks scan [PART …] [--cases 150] [--blocks 10] [--cluster-blocks 4] [--rounds 30] [--kills 50]
[--node-kills 5] [--fuzz 5000]``. Parts: speed, memory, again, cluster, faults, nodes, fuzz; all without a name. 150
small generated submissions (two photos, every third with a clip of three seconds), the pack pinduoduo-return-damaged,
no cache but where it is the subject.

A busy machine stretches wall time, so no second stands alone. ``speed`` goes through the cases in blocks; in each
block a loop in one process, one worker, two workers and a pure CPU spin under one and two workers take turns, the
order changing from block to block. Scaling is the gain of the second worker over that of the spin, isolation is CPU
of a worker and its parent over CPU of the loop, both as medians of the blocks' own ratios. ``memory`` judges the same
cases round after round in one worker, the kernel's mark of its peak set back before each: what grows is a leak, no
larger picture. ``again`` times whole commands of a package that is compiled, as an installed one is. ``cluster`` takes
turns between two Ray nodes and two workers here, one part of the cases after the other. ``faults`` kills -9 the scan
and its workers at random moments, ``nodes`` Ray nodes, and every report is compared. Results: results/scan.json and
the table of docs/scan.md; what was made and measured so far lies in benchmarks/out/scan and is taken up again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.same_frame import wilson
from benchmarks.synth import mutations, submissions
from evidence_kit.batch.cases import CaseInput, read_cases
from evidence_kit.batch.work import Announce, Done, Order, Settings, judge_case, lost_case, pack_up
from evidence_kit.batch.workers import Workers
from evidence_kit.packs import pack_file
from evidence_kit.schema import Text

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "benchmarks" / "out" / "scan"
RESULT = ROOT / "benchmarks" / "results" / "scan.json"
NOW = "2026-11-22T09:00:00+08:00"
PACK = "pinduoduo-return-damaged"
SPIN_ROUNDS = 400_000
SPINS = 16
"""Spin tasks of one block: even, so that two workers have equal shares."""
BARS = {"scaling_of_spin": 0.85, "isolation_cpu": 1.10, "again_times_faster": 50.0, "growth_mb_per_100_cases": 1.0}
AGAIN = 3
"""Times that the cases are judged again; their median counts."""
ROUND_CASES = 10
WARM_SHARE = 0.2
"""Models and working memory are there after the first fifth of the rounds; what grows from then on is a leak."""
PARTS = ("speed", "memory", "again", "cluster", "faults", "nodes", "fuzz")
Row = dict[str, Any]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks scan", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all")
    parser.add_argument("--cases", type=int, default=150)
    parser.add_argument("--blocks", type=int, default=10)
    parser.add_argument("--cluster-blocks", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=30, help="of memory: each judges the same ten cases")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--node-kills", type=int, default=5)
    parser.add_argument("--fuzz", type=int, default=5_000)
    asked = parser.parse_args(argv)
    from benchmarks import scan_tables  # it takes the bars from here

    OUT.mkdir(parents=True, exist_ok=True)
    made = submissions.build(OUT / "cases", asked.cases, seed=1)
    # The folder may hold more from a run with more cases; the parts see just the asked ones.
    place = OUT / f"cases-{asked.cases}"
    place.mkdir(exist_ok=True)
    for case in made:
        if not (place / case.name).exists():
            (place / case.name).symlink_to(case)
    todo: dict[str, Callable[[], Row]] = {
        "speed": lambda: speed(read_cases(str(place)), asked.blocks),
        "memory": lambda: memory(read_cases(str(place))[:ROUND_CASES], asked.rounds),
        "again": lambda: again(place),
        "cluster": lambda: cluster(place, asked.cluster_blocks),
        "faults": lambda: faults(asked.kills),
        "nodes": lambda: nodes(asked.node_kills),
        "fuzz": lambda: fuzz(asked.fuzz),
    }
    met = []
    for part in asked.parts or PARTS:
        row = todo[part]()
        met.append(row["met"])
        # Read only now: another part may have been run meanwhile.
        results: Row = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
        results[part] = row
        results["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
        RESULT.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        scan_tables.write(results)
        print(json.dumps({part: row}, indent=1))
    return 0 if all(met) else 1


# --- speed ---


def speed(cases: Sequence[CaseInput], blocks: int) -> Row:
    """Cost of one submission, isolation, scaling, memory; a block that was measured before is not measured again."""
    kept = OUT / f"speed-{len(cases)}-{blocks}.jsonl"
    rows = [json.loads(line) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    parts = [cases[at::blocks] for at in range(blocks)]
    settings = _settings()
    with ExitStack() as stack:
        engines = {count: stack.enter_context(Workers(count, settings)) for count in (1, 2)}
        spinners = {count: stack.enter_context(Workers(count, settings, work=spin)) for count in (1, 2)}
        if len(rows) < blocks:
            for engine in (*engines.values(), *spinners.values()):  # started, and models loaded, before it counts
                list(engine.judge(Order(case) for case in (*parts[0][:1], *parts[0][:1])))
            _loop(parts[0][:1], settings)
        ways: dict[str, Callable[[Sequence[CaseInput]], Row]] = {
            "loop": lambda part: _timed(lambda: _loop(part, settings), ()),
            "one": lambda part: _timed(lambda: _all(engines[1], part), engines[1].pids()),
            "two": lambda part: _timed(lambda: _all(engines[2], part), engines[2].pids()),
            "spin_one": lambda part: _timed(lambda: _all(spinners[1], [part[0]] * SPINS), ()),
            "spin_two": lambda part: _timed(lambda: _all(spinners[2], [part[0]] * SPINS), ()),
        }
        for number in range(len(rows), blocks):
            names = list(ways)
            turned = names[number % len(names) :] + names[: number % len(names)]
            row: Row = {"cases": len(parts[number])}
            row |= {name: ways[name](parts[number]) for name in turned}
            rows.append(row)
            with kept.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(row) + "\n")
            print(f"block {number + 1}/{blocks}", file=sys.stderr)
    return _speed_summary(rows)


def _speed_summary(rows: list[Row]) -> Row:
    gains = [row["one"]["wall_s"] / row["two"]["wall_s"] for row in rows]
    controls = [row["spin_one"]["wall_s"] / row["spin_two"]["wall_s"] for row in rows]
    scaling = [gain / control for gain, control in zip(gains, controls, strict=True)]
    isolation = [row["one"]["cpu_s"] / row["loop"]["cpu_s"] for row in rows]
    return {
        "submissions": sum(row["cases"] for row in rows),
        "cpu_s_per_submission": _spread([row["loop"]["cpu_s"] / row["cases"] for row in rows]),
        "isolation_cpu": _spread(isolation),
        "gain_of_second_worker": _spread(gains),
        "gain_of_second_spin": _spread(controls),
        "scaling_of_spin": _spread(scaling),
        "met": statistics.median(scaling) >= BARS["scaling_of_spin"]
        and statistics.median(isolation) <= BARS["isolation_cpu"],
    }


def spin(order: Order, settings: Settings, _cache: object, _announce: Announce) -> Done:
    """Pure CPU: what a second core can give at most."""
    total = 0
    for number in range(SPIN_ROUNDS):
        total += number * number
    return pack_up(lost_case(order.case.id, "", Text("", str(total)), settings.now), "", "en")


def _loop(cases: Sequence[CaseInput], settings: Settings) -> None:
    from evidence_kit.packs import load_pack

    pack = load_pack(PACK)
    for case in cases:
        report, submission = judge_case(Order(case), settings, None, lambda _item: None, pack=pack)
        pack_up(report, PACK, settings.lang, submission)


def _all(engine: Workers, cases: Sequence[CaseInput]) -> None:
    for _ in engine.judge(Order(case) for case in cases):
        pass


def _timed(act: Callable[[], None], pids: Sequence[int]) -> Row:
    cpu, wall = time.process_time() + _cpu_of(pids), time.perf_counter()
    act()
    return {
        "cpu_s": time.process_time() + _cpu_of(pids) - cpu,
        "wall_s": time.perf_counter() - wall,
    }


def _cpu_of(pids: Sequence[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


# --- memory ---


def memory(cases: Sequence[CaseInput], rounds: int) -> Row:
    """Peak and rest of one worker, round by round over the same cases."""
    rows: list[Row] = []
    with Workers(1, _settings()) as engine:
        _all(engine, cases[:1])
        (pid,) = engine.pids()
        for number in range(rounds):
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the mark of the peak is set back to what is held now
            _all(engine, cases)
            rows.append({"peak": _bytes_of(pid, "VmHWM"), "rest": _bytes_of(pid, "VmRSS")})
            print(f"round {number + 1}/{rounds}: {rows[-1]}", file=sys.stderr)
        same = engine.pids() == [pid]
    return {**_memory_summary(rows, len(cases)), "one_process": same} | ({} if same else {"met": False})


def _memory_summary(rows: Sequence[Row], cases: int) -> Row:
    warm = max(1, round(len(rows) * WARM_SHARE))
    grows = {name: _slope([row[name] for row in rows[warm:]]) / cases * 100 / 1e6 for name in ("peak", "rest")}
    return {
        "submissions": len(rows) * cases,
        "peak_mb_by_round": [round(row["peak"] / 1e6, 1) for row in rows],
        "rest_mb_by_round": [round(row["rest"] / 1e6, 1) for row in rows],
        "rounds_left_out": warm,
        "peak_growth_mb_per_100_cases": round(grows["peak"], 2),
        "rest_growth_mb_per_100_cases": round(grows["rest"], 2),
        "met": max(grows.values()) <= BARS["growth_mb_per_100_cases"],
    }


def _slope(values: Sequence[float]) -> float:
    """By least squares, for each step."""
    return statistics.linear_regression(range(len(values)), values).slope if len(values) > 1 else 0.0


def _bytes_of(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


# --- judging again ---


def again(place: Path) -> Row:
    """The first scan, and the same each time a limit in the pack has changed: whole commands, start and outputs too."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        packs = []
        # pip compiles what it installs; in a checkout that may not have been done.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        subprocess.run(
            [sys.executable, "-m", "compileall", "-q", "evidence_kit"], cwd=ROOT, env=environment, check=True
        )
        for days in ("first", "changed"):
            text = pack_file(PACK)[1].decode("utf-8")
            if days == "changed":
                text = text.replace("max_photos = 6", "max_photos = 1", 1)
            packs.append(base / f"{days}.toml")
            packs[-1].write_text(text, encoding="utf-8")
        runs = []
        for number in range(1 + AGAIN):
            pack = packs[number % 2]
            more = ("--pack", pack, "--cache", base / "cache", "--jobs", "2", "-q")
            runs.append(_command(place, "--out", base / "out", *more, environment=environment))
            shutil.copy(base / "out" / "summary.json", base / f"{pack.stem}.json")
        changed = (base / "first.json").read_bytes() != (base / "changed.json").read_bytes()
    first, *later = runs
    wall = first["wall_s"] / statistics.median(run["wall_s"] for run in later)
    cpu = first["cpu_s"] / statistics.median(run["cpu_s"] for run in later)
    return {
        "first": first,
        "changed_pack": later,
        "times_faster_wall": round(wall, 1),
        "times_faster_cpu": round(cpu, 1),
        "verdicts_changed": changed,
        "met": changed and min(wall, cpu) >= BARS["again_times_faster"],
    }


def _command(place: Path, *more: object, environment: Mapping[str, str] | None = None) -> Row:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    ran = subprocess.run(_words(place, *more), cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    wall = time.perf_counter() - began
    if ran.returncode not in (0, 1, 3):
        raise SystemExit(ran.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": round(wall, 3), "cpu_s": round(cpu, 3)}


def _words(place: Path, *more: object) -> list[str]:
    return [sys.executable, "-m", "evidence_kit", "scan", str(place), *map(str, more), "--now", NOW]


# --- a cluster ---


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
            row["same"] = _reports(base / "here") == _reports(base / "there")
            row["same_csv"] = len({(base / side / "findings.csv").read_bytes() for side in ways}) == 1
            rows.append(row)
            print(f"block {number + 1}/{blocks}: {row}", file=sys.stderr)
    same = all(row["same"] for row in rows)
    same_csv = all(row["same_csv"] for row in rows)
    return {
        "submissions": sum(row["cases"] for row in rows),
        "overhead_wall": _spread([row["there"]["wall_s"] / row["here"]["wall_s"] - 1 for row in rows]),
        "overhead_after_first_report": _spread(
            [_after_first(row["there"]) / _after_first(row["here"]) - 1 for row in rows]
        ),
        "start_s_here": _spread([row["here"]["first_s"] for row in rows]),
        "start_s_there": _spread([row["there"]["first_s"] for row in rows]),
        "reports_identical_but_run": same,
        "findings_csv_identical": same_csv,
        "met": same and same_csv,
    }


def _until_first(place: Path, out: Path, *more: object) -> Row:
    """Seconds of a whole command, and until its first report is written."""
    began = time.perf_counter()
    ran = subprocess.Popen(_words(place, "--out", out, *more), cwd=ROOT, stdout=subprocess.DEVNULL)
    while not _lines(out) and ran.poll() is None:
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


# --- faults ---


def faults(kills: int) -> Row:
    """kill -9 of the parent and of a worker at random moments; then every report is compared."""
    with _faulty() as (cases, base, pack):
        more = ("--pack", pack, "--cache", "off", "--jobs", "2", "-q")
        whole = _command(cases, "--out", base / "whole", *more)
        wanted = _reports(base / "whole")
        rows = {
            victim: _tally(
                OUT / f"kills-{victim}-{_code()}.jsonl",
                kills,
                lambda out, draw, way=way: way(_words(cases, "--out", out, *more), out, draw, whole["wall_s"]),  # type: ignore[misc]
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


def _code() -> str:
    """Of this very scan: what other code did is not taken up again."""
    code = hashlib.sha256()
    for path in sorted((ROOT / "evidence_kit" / "batch").glob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()[:8]


def _tally(kept: Path, kills: int, way: Callable[[Path, random.Random], Row], base: Path, wanted: Row) -> Row:
    """Scans with kills until there are enough; each that came to its end is compared, and stays counted in ``kept``."""
    rows: list[Row] = [json.loads(line) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    while sum(row["kills"] for row in rows) < kills:
        out = base / f"{kept.stem}-{len(rows)}"
        row = way(out, random.Random(88 + len(rows)))
        rows.append({**row, "wrong": int(_reports(out) != wanted)})
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
        _command(cases, "--out", base / "whole", *more, "--jobs", "1")
        wanted = _reports(base / "whole")
        with ray_cluster() as made:

            def way(out: Path, draw: random.Random) -> Row:
                words = _words(cases, "--out", out, *more, "--engine", "ray", "--address", made.address)
                return _kill_node(words, out, draw, made)

            row = _tally(OUT / f"kills-node-{_code()}.jsonl", kills, way, base, wanted)
    return {**row, "met": row["kills"] >= kills and not row["wrong"] and not row["failed"]}


def _kill_node(words: list[str], out: Path, draw: random.Random, made: Any) -> Row:
    node = made.add_node(num_cpus=1, object_store_memory=80 * 1024 * 1024)
    made.wait_for_nodes()
    ran = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 300
    while not _lines(out) and ran.poll() is None and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(draw.uniform(0.0, 1.0))
    alive = ran.poll() is None  # otherwise it was over before the kill, which does not count
    made.remove_node(node, allow_graceful=not alive)
    return {"kills": int(alive), "failed": int(ran.wait() not in (0, 1, 3))}


def _lines(out: Path) -> list[bytes]:
    path = out / "reports.jsonl"
    return path.read_bytes().splitlines(keepends=True) if path.exists() else []


def _twice(out: Path) -> int:
    """Cases that stand twice in what a killed scan left."""
    names = [json.loads(line)["submission"]["id"] for line in _lines(out) if line.endswith(b"\n")]
    return len(names) - len(set(names))


def _reports(out: Path) -> Row:
    """Every report without ``run``, by case; KeyError where one is there twice."""
    found: Row = {}
    for line in _lines(out):
        report = json.loads(line)
        del report["run"]
        name = report["submission"]["id"]
        if name in found:
            raise KeyError(name)
        found[name] = report
    return found


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


# --- fuzzed files ---


def fuzz(count: int) -> Row:
    """``count`` mutated files, one case each, through the command with the pack card: resumable by the scan itself."""
    folder, out = OUT / "fuzz" / "cases", OUT / "fuzz" / f"out-{_code()}"
    sources = _fuzz_sources()
    present = len(list(folder.iterdir())) if folder.exists() else 0
    if present < count:
        mutations.spread(folder, sources, count - present, present)
    words = _words(folder, "--out", out, "--cache", "off", "--time-limit", "120", "--memory-limit", "1500")
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    found = _reports(out)
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
    return [json.loads(line)["run"]["seconds"] for line in _lines(out)]


# --- inside ---


def _settings() -> Settings:
    options = {"barcode": "zxing", "ocr": "rapid"}
    return Settings(datetime.fromisoformat(NOW), pack=pack_file(PACK), options=options)


def _spread(values: Sequence[float]) -> Row:
    return {
        "median": round(statistics.median(values), 3),
        "min": round(min(values), 3),
        "max": round(max(values), 3),
        "of": len(values),
    }
