"""Whether a change made the kit slower: ``python -m benchmarks speed_gate [--write]``, run by the tests too.

A small part of the speed benchmark, as ratios within one run, against ``baselines/speed.json``. Each ratio is that of
the least times of several runs, which a busy machine disturbs least; it may exceed its baseline by MARGIN.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import speed_media as media
from benchmarks.peers.processes import ROOT
from benchmarks.speed import check_command, child, cpu, decoding, kit

BASELINE = ROOT / "benchmarks" / "baselines" / "speed.json"
MARGIN = 1.6
"""Least times of one machine's runs differed by up to 1.3; other processors and library versions take the rest."""
RUNS = 5


def ratios(folder: Path) -> dict[str, float]:
    """The gate's ratios, measured; photos are drawn into ``folder``, which must be new: it keeps the cache too."""
    import cv2

    from benchmarks.waybill_reader import read

    cv2.setNumThreads(1)
    close, _, glance = media.photos(3, folder)
    read(str(close))

    def least(work: Callable[[], float]) -> float:
        return min(work() for _ in range(RUNS))

    bare = least(lambda: child([sys.executable, "-c", "pass"])[0])
    first = child(check_command([glance], "--cache", str(folder / "cache")))[0]

    def to_decode(photo: Path) -> float:
        return least(lambda: cpu(lambda: read(str(photo)))) / least(lambda: cpu(decoding([photo])))

    return {
        "bars read at a glance ÷ imdecode": to_decode(glance),
        "bars looked at closely ÷ imdecode": to_decode(close),
        "--help ÷ bare interpreter": least(lambda: child(kit("--help"))[0]) / bare,
        "judged again in a new process ÷ first": least(
            lambda: child(check_command([glance], "--cache", str(folder / "cache")))[0]
        )
        / first,
    }


def slower(found: dict[str, float]) -> list[str]:
    """The ratios beyond baseline and margin, in words."""
    kept: dict[str, float] = json.loads(BASELINE.read_text("utf-8"))
    return [
        f"{name}: {ratio:.2f}, baseline {kept[name]:.2f}"
        for name, ratio in found.items()
        if ratio > MARGIN * kept[name]
    ]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks speed_gate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true", help="make today's ratios the baseline")
    chosen = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        found = ratios(Path(folder))
    for name, ratio in found.items():
        print(f"{name:<44} {ratio:8.3f}")
    if chosen.write:
        BASELINE.parent.mkdir(exist_ok=True)
        rounded = {name: round(ratio, 3) for name, ratio in found.items()}
        BASELINE.write_text(json.dumps(rounded, ensure_ascii=False, indent=1) + "\n", "utf-8")
        return 0
    bad = slower(found)
    print("\n".join(bad) or "no slower than the baseline")
    return 1 if bad else 0
