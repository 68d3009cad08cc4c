"""The local page beside the command line: from drop to verdict, and from a changed fact to the new verdict.

``python -m benchmarks page [--runs 3]``. Four ways to the same verdict are timed in turn, the order changing from run
to run: the first drop on a page just started, a second drop of the same files there (nothing is kept between two
drops), ``evidence-kit check --cache off`` as a fresh process, and ``check()`` in a process that has run before. Then
single facts are changed on the page. All seconds are wall time as a client of the page's HTTP interface sees it:
creating the session, uploading, judging, and the report's markup. Ratios are medians of each run's own ratio.

That nothing is decoded for a changed fact is counted (sensors called) and tried: the uploaded files are emptied
behind the page's back, and it must still answer the same. Results: results/page.json.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from evidence_kit import check

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks" / "results" / "page.json"
SAMPLES = {
    "six photos": "photo-count/pass-six",
    "one photo": "waybill-matches/pass-return",
    "video": "video-continuous/pass-handheld",
}
CHANGES: tuple[dict[str, str], ...] = (
    {"order.return_signed_at": "2026-11-19 10:00"},
    {"order.return_waybills": "773012345675547"},
    {"order.order_no": "261115-526732878918924"},
)
DROP_BAR = 1.3
"""Most that the page may take, as a multiple of a fresh ``evidence-kit check``; holds for every sample."""
AGAIN_BAR = 0.02
"""Most that judging again may take, as a share of the first judgement; holds for BARRED."""
BARRED = "six photos"
WAYS = ("page_first", "page_next", "cli_fresh", "check_warm")
MANIFEST = "submission.toml"
ANSWER_S = 120.0

Row = dict[str, Any]


class Page:
    """One client of a running page, on one connection as a browser keeps it."""

    def __init__(self, address: str) -> None:
        at = urlsplit(address)
        self.connection = HTTPConnection(at.hostname or "127.0.0.1", at.port, timeout=ANSWER_S)

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {"X-Evidence-Kit": "1", "Content-Type": "application/json"}
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        told = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {told[:200]!r}")
        return told

    def upload(self, files: list[Path]) -> str:
        """A session with these files in it; its id."""
        stated = {"files": len(files), "bytes": sum(path.stat().st_size for path in files)}
        session = str(json.loads(self.ask("POST", "/api/sessions", json.dumps(stated).encode()))["id"])
        for path in files:
            self.ask("PUT", f"/api/sessions/{session}/files?name={quote(path.name)}", path.read_bytes())
        return session

    def judge(self, session: str, facts: dict[str, str] | None = None) -> Row:
        """The last line of the answer: the verdict and the report's markup, or what went wrong."""
        told = self.ask("POST", f"/api/sessions/{session}/judge", json.dumps({"facts": facts or {}}).encode())
        last: Row = json.loads(told.decode().strip().splitlines()[-1])
        return last

    def leave(self, session: str) -> None:
        self.ask("DELETE", f"/api/sessions/{session}")


@contextlib.contextmanager
def served(scratch: Path) -> Iterator[Page]:
    """A page of its own process on a free port of this machine, ready to judge; uploads lie under ``scratch``."""
    command = [sys.executable, "-m", "evidence_kit", "serve", "--port", "0", "--no-browser"]
    own = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))}
    process = subprocess.Popen(
        command, cwd=ROOT, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        found = re.match(r"http://\S+/", line)
        if not found:
            raise RuntimeError(f"the page did not start: {line.strip()}")
        threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would stop the page
        page = Page(found[0])
        try:
            ready(page, scratch)
            yield page
        finally:
            page.connection.close()
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stderr.close()


def ready(page: Page, scratch: Path) -> None:
    """Wait for the judging process: a manifest that cannot be read is refused by it, before any pack or model."""
    broken = scratch / MANIFEST
    broken.write_text("[order\n", encoding="utf-8")
    session = page.upload([broken])
    told = page.judge(session)
    if told["event"] != "failed":
        raise RuntimeError(f"a broken manifest was taken: {told['event']}")
    page.leave(session)


@dataclass
class Tally:
    """What was measured of one sample, a value a run."""

    folder: Path
    taken: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in WAYS})
    first_judging: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    again_inside: list[float] = field(default_factory=list)
    again_share: list[float] = field(default_factory=list)
    looks_first: set[int] = field(default_factory=set)
    looks_again: set[int] = field(default_factory=set)
    verdicts: set[str] = field(default_factory=set)
    same_when_emptied: list[bool] = field(default_factory=list)

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks page", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = max(1, parser.parse_args(argv).runs)
    with tempfile.TemporaryDirectory(prefix="page-benchmark-") as place:
        tallies = {name: Tally(_copied(name, Path(place))) for name in SAMPLES}
        for tally in tallies.values():
            check(tally.folder, jobs=os.cpu_count() or 1)  # loads libraries and models; not counted
        for run in range(runs):
            for name in _turned(list(SAMPLES), run):
                measure(tallies[name], run)
        rows = {name: row(tally) for name, tally in tallies.items()}
    failed = missed(rows)
    result = {
        "runs": runs,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "seconds": "wall time",
        "bars": {"page_to_cli": DROP_BAR, "again_to_first": AGAIN_BAR, "again_to_first_on": BARRED},
        "missed": failed,
        "samples": rows,
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for name, found in rows.items():
        show(name, found)
    print("\n".join(f"missed: {line}" for line in failed) or "all bars held, no sensor called for a changed fact")
    return 1 if failed else 0


def _copied(name: str, place: Path) -> Path:
    """The sample's files without ``expected.json``, so that every way judges exactly the same ones."""
    folder = place / name.replace(" ", "-")
    shutil.copytree(ROOT / "samples" / SAMPLES[name], folder, ignore=shutil.ignore_patterns("expected.json"))
    return folder


def _turned(names: list[str], by: int) -> list[str]:
    return names[by % len(names) :] + names[: by % len(names)]


def measure(tally: Tally, run: int) -> None:
    """Every way once, in an order of this run's own."""
    ways: dict[str, Callable[[Tally], None]] = {"page": on_page, "cli": by_command, "check": in_process}
    for name in _turned(list(ways), run):
        ways[name](tally)


def by_command(tally: Tally) -> None:
    command = [sys.executable, "-m", "evidence_kit", "check", str(tally.folder), "--cache", "off", "-q"]
    started = time.perf_counter()
    ran = subprocess.run([*command, "--format", "json"], cwd=ROOT, capture_output=True, check=False)
    tally.taken["cli_fresh"].append(time.perf_counter() - started)
    tally.verdicts.add(str(json.loads(ran.stdout)["verdict"]))


def in_process(tally: Tally) -> None:
    started = time.perf_counter()
    report = check(tally.folder, jobs=os.cpu_count() or 1)
    tally.taken["check_warm"].append(time.perf_counter() - started)
    tally.verdicts.add(report.verdict)


def on_page(tally: Tally) -> None:
    """Two drops on a fresh page, then changed facts, then the same facts with the files emptied."""
    with tempfile.TemporaryDirectory(prefix="page-benchmark-", ignore_cleanup_errors=True) as place:
        scratch = Path(place)
        with served(scratch) as page:
            session, _ = _drop(page, tally, "page_first")
            page.leave(session)
            session, judging = _drop(page, tally, "page_next")
            tally.first_judging.append(judging)
            before = [_change(page, session, tally, facts, judging) for facts in CHANGES]
            _empty(scratch, {path.suffix for path in tally.files if path.name != MANIFEST})
            after = [_bare(page.judge(session, facts)) for facts in CHANGES]
            tally.same_when_emptied.append(before == after)
            page.leave(session)


def _drop(page: Page, tally: Tally, way: str) -> tuple[str, float]:
    """From the first request to the verdict; the session, and the seconds of judging alone."""
    started = time.perf_counter()
    session = page.upload(tally.files)
    sent = time.perf_counter()
    told = page.judge(session)
    done = time.perf_counter()
    tally.taken[way].append(done - started)
    tally.verdicts.add(str(told.get("verdict", told["event"])))
    tally.looks_first.add(int(told["looks"]))
    return session, done - sent


def _change(page: Page, session: str, tally: Tally, facts: dict[str, str], first: float) -> tuple[str, str]:
    started = time.perf_counter()
    told = page.judge(session, facts)
    took = time.perf_counter() - started
    tally.again.append(took)
    tally.again_inside.append(float(told["seconds"]))
    tally.again_share.append(took / first)
    tally.looks_again.add(int(told["looks"]))
    return _bare(told)


def _bare(told: Row) -> tuple[str, str]:
    """Verdict and markup, but for the count of judgements in addresses and the line of when and how long."""
    markup = re.sub(r"/pictures/\d+/", "/pictures/", str(told.get("html")))
    return str(told.get("verdict")), re.sub(r"<dd>[^<]*[(][+]08:00[)][^<]* s</dd>", "", markup)


def _empty(scratch: Path, suffixes: set[str]) -> None:
    """Leave nothing in the uploaded photos and videos."""
    uploaded = [path for path in scratch.rglob("*") if path.suffix in suffixes]
    if not uploaded:
        raise RuntimeError("the uploaded files were not found")
    for path in uploaded:
        path.write_bytes(b"")


def row(tally: Tally) -> Row:
    """Medians of one sample, its ratios run by run, and what was asserted."""
    taken = tally.taken
    over = {
        "page_first_to_cli_fresh": ("page_first", "cli_fresh"),
        "page_next_to_cli_fresh": ("page_next", "cli_fresh"),
        "page_first_to_check_warm": ("page_first", "check_warm"),
        "page_next_to_check_warm": ("page_next", "check_warm"),
    }
    return {
        "files": len(tally.files),
        "bytes": sum(path.stat().st_size for path in tally.files),
        "verdicts": sorted(tally.verdicts),
        "seconds": {way: _spread(taken[way]) for way in WAYS},
        "ratios": {
            name: _spread([a / b for a, b in zip(taken[one], taken[other], strict=True)])
            for name, (one, other) in over.items()
        },
        "first_judgement_s": _spread(tally.first_judging),
        "again": {
            "round_trip_s": _spread(tally.again),
            "judging_alone_s": _spread(tally.again_inside),
            "to_first_judgement": _spread(tally.again_share),
            "sensors_called_first": sorted(tally.looks_first),
            "sensors_called": sorted(tally.looks_again),
            "same_with_files_emptied": all(tally.same_when_emptied),
        },
    }


def _spread(values: list[float]) -> dict[str, float]:
    figures = {"median": statistics.median(values), "min": min(values), "max": max(values)}
    return {name: round(figure, 4) for name, figure in figures.items()}


def missed(rows: dict[str, Row]) -> list[str]:
    """Every bar and assertion that did not hold."""
    lines = []
    for name, found in rows.items():
        medians = {
            ratio: found["ratios"][ratio]["median"] for ratio in ("page_first_to_cli_fresh", "page_next_to_cli_fresh")
        }
        lines += [f"{name}: {ratio} {value} > {DROP_BAR}" for ratio, value in medians.items() if value > DROP_BAR]
        if len(found["verdicts"]) != 1:
            lines.append(f"{name}: verdicts differ: {found['verdicts']}")
        if found["again"]["sensors_called"] != [0]:
            lines.append(f"{name}: sensors called for a changed fact: {found['again']['sensors_called']}")
        if not found["again"]["same_with_files_emptied"]:
            lines.append(f"{name}: another answer once the files were emptied")
    share = rows[BARRED]["again"]["to_first_judgement"]["median"]
    if share > AGAIN_BAR:
        lines.append(f"{BARRED}: judging again takes {share} of the first judgement > {AGAIN_BAR}")
    return lines


def show(name: str, found: Row) -> None:
    seconds = {way: found["seconds"][way]["median"] for way in WAYS}
    print(f"{name}: " + ", ".join(f"{way} {taken:.2f} s" for way, taken in seconds.items()))
    print("  " + ", ".join(f"{ratio} {values['median']:.2f}" for ratio, values in found["ratios"].items()))
    again = found["again"]
    print(
        f"  again: {1000 * again['round_trip_s']['median']:.0f} ms "
        f"({1000 * again['judging_alone_s']['median']:.0f} ms of judging), "
        f"{again['to_first_judgement']['median']:.4f} of the first judgement, "
        f"sensors called {again['sensors_called']} (first {again['sensors_called_first']}), "
        f"same with files emptied: {again['same_with_files_emptied']}"
    )
