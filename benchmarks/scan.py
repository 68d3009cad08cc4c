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
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.memory import bytes_of
from benchmarks.scan_cluster import cluster
from benchmarks.scan_commands import OUT, PACK, ROOT, Row, command, settings_of, spread
from benchmarks.scan_faults import faults, fuzz, nodes
from benchmarks.synth import submissions
from evidence_kit.batch.cases import CaseInput, read_cases
from evidence_kit.batch.work import Announce, Done, Order, Settings, judge_case, lost_case, pack_up
from evidence_kit.batch.workers import Workers
from evidence_kit.packs import pack_file
from evidence_kit.schema import Text

RESULT = ROOT / "benchmarks" / "results" / "scan.json"
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
    settings = settings_of()
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
        "cpu_s_per_submission": spread([row["loop"]["cpu_s"] / row["cases"] for row in rows]),
        "isolation_cpu": spread(isolation),
        "gain_of_second_worker": spread(gains),
        "gain_of_second_spin": spread(controls),
        "scaling_of_spin": spread(scaling),
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
    with Workers(1, settings_of()) as engine:
        _all(engine, cases[:1])
        (pid,) = engine.pids()
        for number in range(rounds):
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the mark of the peak is set back to what is held now
            _all(engine, cases)
            rows.append({"peak": bytes_of(pid, "VmHWM"), "rest": bytes_of(pid, "VmRSS")})
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
            runs.append(command(place, "--out", base / "out", *more, environment=environment))
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
