"""Writes synthetic photos and their truth: ``python -m benchmarks.synth photos --n 20 --seed 1 --out DIR``."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import cv2

from benchmarks.synth.photos import sample_photo
from benchmarks.synth.truth import Shot


def truth_of(shot: Shot) -> dict[str, Any]:
    """A shot's truth as plain JSON values, without its pixels."""

    def plain(thing: Any) -> dict[str, Any]:
        return {f.name: getattr(thing, f.name) for f in fields(thing)}

    height, width = shot.bgr.shape[:2]
    return {
        "seed": shot.seed,
        "scene": shot.scene,
        "width": width,
        "height": height,
        "jpeg_quality": shot.jpeg_quality,
        "labels": [plain(t) for t in shot.labels],
        "things": [plain(t) for t in shot.things],
        "other_codes": list(shot.other_codes),
    }


def main() -> None:
    """Parses the command line and writes the files."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synth", description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    photos = what.add_parser("photos", help="photos of labels, parcels and goods")
    photos.add_argument("--n", type=int, default=20, help="how many")
    photos.add_argument("--seed", type=int, default=1, help="the first seed; the others follow it")
    photos.add_argument("--part", choices=("waybill", "scene", "negative"), default="waybill")
    photos.add_argument("--out", type=Path, required=True, help="folder for the JPEG files and truth.json")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    truth: dict[str, Any] = {}
    for seed in range(options.seed, options.seed + options.n):
        shot = sample_photo(seed, options.part)
        name = f"{options.part}-{seed:05d}.jpg"
        cv2.imwrite(str(options.out / name), shot.bgr, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg_quality])
        truth[name] = truth_of(shot)
    (options.out / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
