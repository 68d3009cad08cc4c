"""``python -m benchmarks.synth.heldout --n 20 --seed 1 --out DIR``: JPEG files and their truth as JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

import cv2

from . import no_waybill_photo, sample_photo


def main() -> None:
    """Write ``n`` photos of consecutive seeds, each with a JSON file of the same name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--no-waybill", action="store_true", help="the photos without any waybill")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    make = no_waybill_photo if given.no_waybill else sample_photo
    for seed in range(given.seed, given.seed + given.n):
        shot = make(seed)
        stem = f"{'none' if given.no_waybill else 'label'}-{seed:05d}"
        quality = [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg_quality]
        cv2.imwrite(str(given.out / f"{stem}.jpg"), shot.bgr, quality)
        truth = dataclasses.asdict(dataclasses.replace(shot, bgr=shot.bgr[:0, :0]))
        truth["size"] = [shot.bgr.shape[1], shot.bgr.shape[0]]
        del truth["bgr"]
        text = json.dumps(truth, ensure_ascii=False, indent=1)
        (given.out / f"{stem}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
