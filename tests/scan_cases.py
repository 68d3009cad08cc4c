"""Small folders of cases, a quick pack, and ways to run a scan: shared by the tests of ``scan``."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from evidence_kit.batch.cases import read_cases
from evidence_kit.batch.run import Plan, run_scan
from evidence_kit.batch.work import Settings, judge_order
from evidence_kit.batch.workers import Limits, Workers

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
NOW = "2026-11-22T09:00:00+08:00"
PHOTO = SAMPLES / "waybill-matches" / "pass-return" / "1.jpg"
CLIP = SAMPLES / "video-format" / "pass-mp4" / "unbox.mp4"
QUICK_PACK = """
id = "quick"
version = "1"
dated = 2026-01-01
title = { zh = "快", en = "quick" }
summary = { zh = "快", en = "quick" }
source = "test"
direction = "return"
sign_off = "return_signed_at"
missing_facts = "review"

[[rules]]
rule = "media-present"
clause = "T1"
quote = "有照片"
source = "test"
limits = { min_files = 1 }

[[rules]]
rule = "photo-readable"
clause = "T2"
quote = "清晰"
source = "test"

[[rules]]
rule = "no-reuse"
clause = "T3"
quote = "不重复"
source = "test"
"""


def quick_pack(folder: Path, least: int = 1) -> Path:
    """A pack whose rules need little more than a look at each photo."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"quick-{least}.toml"
    path.write_text(QUICK_PACK.replace("min_files = 1", f"min_files = {least}"), encoding="utf-8")
    return path


def photo(path: Path, seed: int, size: tuple[int, int] = (320, 240)) -> Path:
    """A small picture of noise, another for each seed."""
    import numpy as np
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    Image.fromarray(noise).resize(size, Image.Resampling.NEAREST).save(path, quality=85)
    return path


def small_cases(folder: Path, count: int, photos: int = 2) -> Path:
    """``count`` folders of ``photos`` small pictures each."""
    for number in range(count):
        for at in range(photos):
            photo(folder / f"case-{number:03d}" / f"{at + 1}.jpg", number * 100 + at)
    return folder


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "evidence_kit", "scan", *map(str, arguments), "--now", NOW]


def scan(*arguments: object, code: set[int] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command; no traceback, and an exit code that is expected."""
    ran = subprocess.run(command(*arguments), capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)
    assert "Traceback" not in ran.stderr, ran.stderr
    assert ran.returncode in ({0, 1, 3} if code is None else code), ran.stderr
    return ran


def scan_here(place: object, out: Path, *, workers=2, work=judge_order, limits=None, cache=None, pack=None, **how):
    """A scan by worker processes that do ``work``, without the command line."""
    given = (Path(pack).name, Path(pack).read_bytes()) if pack else None
    settings = Settings(datetime.fromisoformat(NOW), pack=given, cache=str(cache) if cache else None, **how)
    plan = Plan(settings, settings.now, out)
    return run_scan(
        read_cases(str(place)), plan, lambda settings: Workers(workers, settings, limits or Limits(), work=work)
    )


def reports(out: Path) -> dict[str, dict]:
    """reports.jsonl by case, without what may differ between runs; no case twice."""
    found: dict[str, dict] = {}
    for line in (out / "reports.jsonl").read_text("utf-8").splitlines():
        report = json.loads(line)
        report.pop("run")
        name = report["submission"]["id"]
        assert name not in found, f"{name} is there twice"
        found[name] = report
    return found


def finding(report: dict, rule: str, target: str | None = None) -> dict:
    (found,) = (entry for entry in report["findings"] if entry["rule"] == rule and entry["target"] == target)
    return found


def manifest(case: Path, **order: object) -> None:
    case.mkdir(parents=True, exist_ok=True)
    (case / "submission.json").write_text(json.dumps({"id": case.name, "order": order}), encoding="utf-8")


def copy_case(sample: str, to: Path) -> Path:
    return Path(shutil.copytree(SAMPLES / sample, to))
