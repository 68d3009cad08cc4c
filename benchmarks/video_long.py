"""A long video to its end: memory while it is checked, and CPU against a plain decode.

``python -m benchmarks video_long [--minutes 10] [--dry]``

The clip is 1080p30 H.264 at 4 Mbit/s (300 MB in ten minutes), made by repeating one stretch (``ffmpeg -stream_loop``,
copied). The check is a fresh process with one job; its resident memory, and that of what it starts, is read twice a
second. ``rise_mb`` is what the third quarter of the run needs more than the second, by their medians (the first loads
libraries, the last the networks): memory that grew with length would show there. Ratio: CPU over that of
``ffmpeg -threads 1 -f null`` on the same clip, run just before and just after. Results, by length:
results/video_long.json.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import speed_media as media
from benchmarks.memory import bytes_of
from benchmarks.peers.processes import ROOT
from benchmarks.speed import check_command, child

RESULTS = Path(__file__).parent / "results" / "video_long.json"
EVERY_S = 0.5
MOST_MB, MOST_RATIO = 500, 1.3
Row = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks video_long", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--dry", action="store_true", help="keep no results")
    chosen = parser.parse_args(argv)
    path = media.clip(chosen.minutes)
    plain = [media.program(), "-v", "error", "-threads", "1", "-i", str(path), "-f", "null", "-"]
    before = child(plain)[0]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        row = watched(check_command([path], "--cache", "off", "--jobs", "1", "--output", str(report)))
        told = json.loads(report.read_text("utf-8"))
    after = child(plain)[0]
    decode = (before + after) / 2
    result = {
        "minutes": chosen.minutes,
        "bytes": path.stat().st_size,
        **row,
        "decode_cpu_s": [round(before, 2), round(after, 2)],
        "ratio": round(row["cpu_s"] / decode, 3),
        "bars": {"peak_mb": MOST_MB, "ratio": MOST_RATIO},
        "met": row["peak_mb"] <= MOST_MB and row["cpu_s"] / decode <= MOST_RATIO,
        "outcomes": {one["rule"]: one["outcome"] for one in told["findings"] if one["rule"].startswith("video")},
    }
    print(json.dumps(result, ensure_ascii=False, indent=1))
    if not chosen.dry:
        kept: Row = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
        kept[f"{chosen.minutes:g} min"] = result
        RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0 if result["met"] else 1


def watched(command: list[str]) -> Row:
    """CPU, wall time, exit and memory of one process with all that it starts."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seen: list[float] = []
    peak = 0.0
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        seen.append(resident_mb(process.pid))
        peak = max(peak, seen[-1], bytes_of(process.pid, "VmHWM") / 1e6)
        time.sleep(EVERY_S)
    process.returncode = os.waitstatus_to_exitcode(status)
    quarters = [seen[len(seen) * k // 4 : len(seen) * (k + 1) // 4] for k in range(4)]
    middles = [round(statistics.median(part)) if part else None for part in quarters]
    rise = None if middles[1] is None or middles[2] is None else middles[2] - middles[1]
    return {
        "exit": process.returncode,
        "cpu_s": round(used.ru_utime + used.ru_stime, 2),
        "wall_s": round(time.perf_counter() - began, 2),
        "peak_mb": round(peak),
        "resident_mb_by_quarter": middles,
        "rise_mb": rise,
    }


def resident_mb(pid: int) -> float:
    """Resident memory of a process and its descendants, in MB; 0 where the system does not tell."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        total += bytes_of(one, "VmRSS") / 1e6
        try:
            for task in (Path("/proc") / str(one) / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return total


if __name__ == "__main__":
    raise SystemExit(main())
