"""What a verdict costs, as multiples of what it cannot do without: ``python -m benchmarks speed [PART ...]``.

Parts: ``photo`` (one 12-megapixel photo against its own decoding and against OCR of the whole photo), ``six`` (six
photos, and what the second core brings), ``video`` (a video's check against a plain decode with one thread, and against
PySceneDetect), ``whole`` (a submission end to end, judged again, first line), ``growth`` (cost against size),
``profile`` (where the time goes). Each part replaces its own figures in ``results/speed.json`` and draws its plots into
``docs/figures``.

Every figure is a ratio of CPU times (wall times where it says so) taken in turn within one run: the median over pairs
of runs, with the smallest and the largest. Absolute times stand only beside ratios, to show of what.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import speed_media as media
from benchmarks import speed_profile as steps
from benchmarks.peers import environments
from benchmarks.peers.processes import ROOT, start
from evidence_kit.threads import ONE_THREAD, one_thread_each

RESULT = ROOT / "benchmarks" / "results" / "speed.json"
NOW = "2026-11-21T17:00:00+08:00"
OCR_PEERS = {"rapidocr v6 small": 0.5, "paddleocr v6 tiny": 1.0, "rapidocr v6 tiny": 1.2}
PACK = "pinduoduo-return-damaged"
FACTS = {"order.return_waybills": "SF1234567890123", "order.return_signed_at": "2026-11-21T10:00:00+08:00"}

PARTS = ("photo", "six", "video", "whole", "growth", "profile")

Row = dict[str, Any]


def paired(name: str, ours: Sequence[float], theirs: Sequence[float], bar: float | None = None) -> Row:
    """The ratio of each pair: median, smallest, largest."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    row: Row = {
        "median": round(statistics.median(ratios), 3),
        "min": round(min(ratios), 3),
        "max": round(max(ratios), 3),
        "pairs": len(ratios),
        "ours_s": round(statistics.median(ours), 4),
        "theirs_s": round(statistics.median(theirs), 4),
    }
    if bar is not None:
        row |= {"bar": bar, "met": row["median"] <= bar}
    print(f"{name:<64} {row['median']:>8} x  ({row['min']}-{row['max']}, {row['pairs']} pairs) {row.get('met', '')}")
    return row


def apart(pairs: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    began = time.process_time()
    work()
    return time.process_time() - began


SPAWN = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
code = subprocess.call(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wall, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as out:
    json.dump([used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024], out)
sys.exit(code)
"""
"""Starts a command from a process that is itself small: the kernel counts the memory of whoever starts a process as
that process's own peak."""


def child(arguments: Sequence[str], **more: Any) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak memory (MB) of a fresh process and its children."""
    # An installed package has its byte code; a checkout in which none may be written would compile it each time.
    more["env"] = {k: v for k, v in more.get("env", os.environ).items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "used.json"
        words = [sys.executable, "-S", "-c", SPAWN, str(told), *arguments]
        subprocess.run(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **more)
        spent, wall, peak = json.loads(told.read_text("utf-8"))
    return spent, wall, peak


def kit(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "evidence_kit", *arguments]


def check_command(paths: Sequence[Path], *more: str) -> list[str]:
    """``check`` of these files under PACK with a number and a sign-off, so that every rule has what it asks for."""
    stated = ["--pack", PACK, "--waybill", "SF1234567890123", "--signed-at", "2026-11-21T10:00:00+08:00", "--now", NOW]
    return kit("check", *map(str, paths), *stated, "-q", "--format", "json", *more)


def decoding(photos: Sequence[Path]) -> Callable[[], object]:
    """``cv2.imdecode`` of the photos in colour, bytes already read."""
    import cv2
    import numpy as np

    contents = [np.fromfile(path, np.uint8) for path in photos]
    return lambda: [cv2.imdecode(content, cv2.IMREAD_COLOR) for content in contents]


# --- one photo ---


PHOTOS, SETTLED = 200, 24
"""Photos of which those that need print are taken (about one in five), and how many of the others are."""


def photo(runs: int, only: str = "") -> Row:
    """Waybill rules alone, where bars settle and where print must be read; the same-frame sensors by themselves.

    ``only`` leaves out all but the rows with this in their names.
    """
    import cv2

    from benchmarks.waybill_reader import read
    from evidence_kit.sensors.corner_text import EDGE, read_corners
    from evidence_kit.sensors.frame_content import frame_content
    from evidence_kit.sensors.photo import Photo
    from evidence_kit.sensors.sharpness import sharpness

    cv2.setNumThreads(1)
    told = {path: read(str(path)) for path in media.photos(PHOTOS)}
    settled = [path for path, said in told.items() if said["taken"] == ["codes"] and said["numbers"]][:SETTLED]
    printed = [path for path, said in told.items() if said["taken"] != ["codes"]]
    rows: Row = {}
    ours, theirs = [], []
    for _ in range(0 if only else runs):
        for path in settled:
            ours.append(cpu(partial(read, str(path))))
            theirs.append(cpu(decoding([path])))
    if not only:
        rows["barcode settles ÷ imdecode"] = paired("barcode settles ÷ imdecode", ours, theirs, 1.5)
    peers = {name: start(name) for name in OCR_PEERS if only in f"OCR needed ÷ {name}"}
    try:
        for name, reader in peers.items():
            reader.read(printed[0])  # its models are loaded
            pairs = [
                (cpu(partial(read, str(path))), float(reader.read(path)["cpu_s"]))
                for _ in range(max(1, runs // 6))
                for path in printed
            ]
            title = f"OCR needed ÷ {name}, whole photo at 1600"
            rows[title] = paired(title, *apart(pairs), OCR_PEERS[name])
    finally:
        for reader in peers.values():
            reader.close()

    def same_frame(path: Path) -> None:
        picture = Photo(path)
        sharpness(picture)
        frame_content(picture)

    title = "sharpness and frame content, decoding included ÷ imdecode"
    if only in title:
        same_frame(settled[0])
        pairs = [
            (cpu(partial(same_frame, path)), cpu(decoding([path])))
            for _ in range(max(1, runs // 2))
            for path in settled[:8]
        ]
        rows[title] = paired(title, *apart(pairs))

    def corners(path: Path) -> float:
        picture = Photo(path).luma(EDGE)
        return cpu(lambda: read_corners(picture))

    title = "corners for a written mark, decoding left out ÷ imdecode"
    if only in title:
        pairs = [(corners(path), cpu(decoding([path]))) for _ in range(max(1, runs // 2)) for path in settled]
        rows[title] = paired(title, *apart(pairs))
    return rows


# --- six photos ---


def _spin(_: object = None) -> None:
    """About a second and a half of pure CPU work."""
    total = 0
    for number in range(30_000_000):
        total += number & 7


SIXES = 5
"""Sets of six photos that the gain of the second core is taken over."""


def _six(files: Sequence[Path], jobs: int = 1) -> None:
    """All photo rules on these photos, in this process."""
    from evidence_kit import check

    check(files, pack=PACK, facts=FACTS, jobs=jobs)


def six(runs: int) -> Row:
    """All photo rules on six photos: cold, warm, and with both cores beside a control that only spins."""
    import cv2

    cv2.setNumThreads(1)
    files = media.photos(6)
    warm = partial(_six, files)

    rows: Row = {}
    warm()
    pairs = [(cpu(warm), cpu(decoding(files))) for _ in range(runs)]
    rows["six photos, warm ÷ imdecode of the six"] = paired("six photos, warm ÷ imdecode", *apart(pairs))
    cold = check_command(files, "--cache", "off", "--jobs", "1")
    pairs = [(child(cold)[0], cpu(decoding(files))) for _ in range(max(3, runs // 2))]
    rows["six photos, cold ÷ imdecode of the six"] = paired("six photos, cold ÷ imdecode", *apart(pairs))
    rows["six photos, peak MB"] = round(child(cold)[2])
    two = check_command(files, "--cache", "off", "--jobs", "2")
    many = {**os.environ, **dict.fromkeys(ONE_THREAD, str(os.cpu_count()))}
    title = "six photos, two jobs, libraries with a thread a core ÷ with one"
    rows[title] = paired(title, *apart([(child(two, env=many)[0], child(two)[0]) for _ in range(max(3, runs // 2))]))
    rows["second core"] = second_core(runs)
    return rows


def second_core(runs: int) -> Row:
    """Wall-time gain of two jobs on several sixes of photos, beside what two spinning processes gain over one.

    Sixes differ in how evenly their photos can be shared out, so the gain is a median over all of them and all runs.
    """
    import multiprocessing

    files = media.photos(6 * SIXES)
    gains: list[list[float]] = [[] for _ in range(SIXES)]
    controls = []
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(_spin, [0, 0])
        for _ in range(max(3, runs // 2)):
            for n in range(SIXES):
                six_of_them = files[n::SIXES]
                gains[n].append(_wall(partial(_six, six_of_them, 1)) / _wall(partial(_six, six_of_them, 2)))
            alone = _wall(lambda: [pool.apply(_spin, (0,)) for _ in range(2)])
            controls.append(alone / _wall(lambda: pool.map(_spin, [0, 0])))
    each = [round(statistics.median(one), 3) for one in gains]
    gain, control = statistics.median(itertools.chain.from_iterable(gains)), statistics.median(controls)
    share = round(gain / control, 3)
    print(f"second core: {gain:.2f} x beside a control of {control:.2f} x: {share} (each six: {each})")
    row: Row = {"gain": round(gain, 3), "of_each_six": each, "control": round(control, 3), "share": share}
    return row | {"bar": 0.85, "met": share >= 0.85}


def _wall(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# --- video ---


def video(runs: int, longest: float, only: str = "") -> Row:
    """The whole check of one video against ``ffmpeg -threads 1 -f null`` and PySceneDetect on the same clip."""
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("1080p30 H.264, 1 min", {"minutes": 1}),
        ("1080p30 H.264, 3 min", {"minutes": 3}),
        ("1080p30 H.264, 10 min", {"minutes": 10}),
        ("1080p30 HEVC, 1 min", {"minutes": 1, "codec": "libx265"}),
        ("4K30 H.264, 1 min", {"minutes": 1, "width": 3840, "height": 2160}),
        ("1080p30 H.264, B-frames, 1 min", {"minutes": 1, "between": 3}),
        ("1080p30 H.264, B-frames, 3 min", {"minutes": 3, "between": 3}),
        ("1080p30 HEVC, B-frames, 1 min", {"minutes": 1, "codec": "libx265", "between": 3}),
    ]
    scenes = environments.make("scenedetect")
    script = str(ROOT / "benchmarks" / "continuity_peers.py")
    rows: Row = {}
    for name, options in kinds:
        if options["minutes"] > longest or only not in name:
            continue
        path = media.clip(**options)
        command = check_command([path], "--cache", "off", "--jobs", "1")
        plain = [media.program(), "-v", "error", "-threads", "1", "-i", str(path), "-f", "null", "-"]
        many = max(1, runs // 3) if options["minutes"] < 2 else 1
        ours, theirs = [], []
        for _ in range(many):
            spent, _, peak = child(command)
            ours.append(spent)
            theirs.append(child(plain)[0])
        row = paired(f"video, {name} ÷ decode", ours, theirs, 1.0) | {"peak_mb": round(peak)}
        if name.endswith("1 min"):
            adaptive = [child([str(scenes), script, "adaptive", str(path)], env=_single())[0] for _ in range(many)]
            title = f"video, {name} ÷ PySceneDetect adaptive"
            row["scenedetect"] = paired(title, ours, adaptive, 0.7)
        rows[name] = row
    return rows


def _single() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


# --- a whole submission ---


def whole(runs: int) -> Row:
    """Six photos and a 3-minute clip, cold; judged again from the cache; the first line."""
    files = [*media.photos(6), media.clip(3, width=1280, height=720)]
    rows: Row = {}
    again, first, walls = [], [], []
    for _ in range(max(2, runs // 4)):
        with tempfile.TemporaryDirectory() as folder:
            spent, wall, peak = child(check_command(files, "--cache", folder))
            first.append(wall)
            walls.append({"cpu_s": round(spent, 2), "wall_s": round(wall, 2), "peak_mb": round(peak)})
            again.append(child(check_command(files, "--cache", folder, "--refused-at", "2026-11-21T16:00:00+08:00"))[1])
    rows["submission, cold"] = walls
    rows["judged again ÷ first"] = paired("judged again from the cache ÷ first (wall)", again, first, 0.02)
    bare = [child([sys.executable, "-c", "pass"])[0] for _ in range(runs)]
    rows["first line"] = {
        name: paired(f"{name} ÷ bare interpreter", [child(kit(*arguments))[0] for _ in range(runs)], bare)
        for name, arguments in {
            "--help": ["--help"],
            "packs": ["packs"],
            "explain": ["explain", "within-window"],
        }.items()
    }
    return rows


# --- growth ---


def growth(runs: int) -> Row:
    """CPU against photos, megapixels, minutes, frame rate and submissions, with a straight line through each."""
    import cv2

    from evidence_kit import check

    cv2.setNumThreads(1)
    files = media.photos(8)
    facts = {"order.return_waybills": "SF1234567890123"}

    def cost(paths: Sequence[Path]) -> float:
        return statistics.median(cpu(lambda: check(paths, pack="card", facts=facts)) for _ in range(max(1, runs // 3)))

    check(files[:1], pack="card")
    minutes = {n: media.clip(n, width=640, height=360) for n in (0.5, 1, 2, 4)}
    rates = {n: media.clip(0.5, width=640, height=360, rate=n) for n in (15, 30, 60)}
    curves: dict[str, list[tuple[float, float]]] = {
        "photos": [(n, cost(files[:n])) for n in (1, 2, 4, 6, 8)],
        "megapixels": [(n, cost([media.scaled(files[0], n)])) for n in (3, 6, 12, 24, 48)],
        "minutes of video": [(n, cost([path])) for n, path in minutes.items()],
        "frames a second": [(n, cost([path])) for n, path in rates.items()],
        "submissions": [(n, sum(cost([files[k % 8]]) for k in range(n))) for n in (1, 2, 4, 8)],
    }
    return {name: fitted(name, points) for name, points in curves.items()}


def fitted(name: str, points: list[tuple[float, float]]) -> Row:
    """The straight line through ``points`` and the largest distance from it, as a share of the largest cost."""
    import numpy as np

    x, y = np.array(points).T
    slope, start_s = np.polyfit(x, y, 1)
    residual = float(np.abs(y - slope * x - start_s).max() / y.max())
    print(f"growth with {name:<18} {slope:.3f} s each + {start_s:.3f} s, residual {residual:.1%}")
    return {
        "points": [[float(a), round(float(b), 3)] for a, b in points],
        "each_s": round(float(slope), 4),
        "fixed_s": round(float(start_s), 4),
        "residual": round(residual, 4),
    }


# --- where it goes ---


def profile(_: int) -> Row:
    """Where the CPU of one minute of video and of photos goes, as multiples of their plain decode."""
    import cv2

    from evidence_kit import check

    cv2.setNumThreads(1)
    clip = media.clip(1)
    plain = [media.program(), "-v", "error", "-threads", "1", "-i", str(clip), "-f", "null", "-"]
    unit = child(plain)[0]
    run = partial(check, [clip], pack=PACK, facts=FACTS)
    run()
    start = round(child(steps.libraries())[0] / unit, 3)
    rows: Row = {"1080p30 H.264, 1 min": {**steps.shares(run, steps.VIDEO, unit), "start of the program": start}}
    files = media.photos(SIXES * 6)
    every = partial(_each, files)
    every()
    rows[f"photos of 12 megapixels, mean of {len(files)}"] = steps.shares(every, steps.PHOTO, cpu(decoding(files)))
    return rows


def _each(photos: Sequence[Path]) -> None:
    from evidence_kit import check

    for path in photos:
        check([path], pack=PACK, facts=FACTS)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks speed", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument(
        "--only", default="", metavar="NAME", help="videos, or rows of photos, with this in their names"
    )
    parser.add_argument("--longest", type=float, default=10, metavar="MINUTES", help="leave longer clips out")
    chosen = parser.parse_args(argv)
    one_thread_each()  # as every command of the kit does
    work: dict[str, Callable[[], Row]] = {
        "photo": lambda: photo(chosen.runs, chosen.only),
        "six": lambda: six(chosen.runs),
        "video": lambda: video(chosen.runs, chosen.longest, chosen.only),
        "whole": lambda: whole(chosen.runs),
        "growth": lambda: growth(chosen.runs),
        "profile": lambda: profile(chosen.runs),
    }
    result: Row = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
    result |= {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
    for part in chosen.parts or list(work):
        rows = work[part]()
        result[part] = {**result.get(part, {}), **rows} if chosen.only or part == "video" else rows
        RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    from benchmarks import speed_plots, speed_tables

    speed_plots.draw(result)
    speed_tables.write(result)
    return 0
