"""Is a photo handed in twice? ``python -m benchmarks reuse [--photos DIR]``.

Copies: every development photo of 320 px and more against itself saved again, made smaller, cropped, turned, framed
(``benchmarks/reuse_copies.py``). Look-alikes: every pair of different development photos (some are photos of one
thing), pairs of rendered waybills of one template with another number in the same place, and rendered scenes seen a
second time from a little aside. The perceptual hash that is usually taken (DCT, 64 bits) is measured beside it, with
the distance at which it makes as few false pairs. Writes ``benchmarks/results/reuse.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.reuse_copies import CHANGES, copies
from benchmarks.same_frame import rate
from evidence_kit.facts.picture_copies import LEAST_SIDE, is_copy
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.picture_print import EDGE, Overlay, PicturePrint, overlay, print_of

RESULT = Path(__file__).parent / "results" / "reuse.json"
FOLDERS = ("same_frame", "no_waybill", "waybill_read", "exif_time")
TEMPLATES = 40
SCENES = 20
Picture = NDArray[np.uint8]


def grey(picture: Picture) -> Picture:
    """As ``Photo.luma(EDGE)`` gives it."""
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    scale = EDGE / max(luma.shape)
    if scale >= 1:
        return np.asarray(luma, np.uint8)
    size = (round(luma.shape[1] * scale), round(luma.shape[0] * scale))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def dct_hash(picture: Picture) -> int:
    """The usual perceptual hash: signs of the 8 x 8 lowest DCT coefficients of a 32 x 32 picture."""
    small = cv2.resize(grey(picture), (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:8, :8].ravel()
    return int("".join("1" if value > np.median(low) else "0" for value in low), 2)


def real_photos(folder: Path) -> Iterator[tuple[str, Picture]]:
    for name in FOLDERS:
        for path in sorted((folder / name).glob("*")):
            try:
                picture = np.array(Photo(path).colour(2000))
            except Exception as problem:
                print("left out:", path.name, type(problem).__name__)
                continue
            if min(picture.shape[:2]) >= LEAST_SIDE:
                yield path.name, picture


def templates() -> Iterator[tuple[Picture, Picture]]:
    """Two photos of waybills of one template with different numbers, each with its own carton, goods and light."""
    yield from _numbered(lambda seed, turn: 70_000 + 2 * seed + turn)


def replaced() -> Iterator[tuple[Picture, Picture]]:
    """One exposure and the same with another number on the label: what an editor makes, no second photo."""
    yield from _numbered(lambda seed, turn: 70_000 + seed)


def _numbered(seed_of: Callable[[int, int], int]) -> Iterator[tuple[Picture, Picture]]:
    from benchmarks.synth.photos import photo

    for seed in range(TEMPLATES):
        pair = []
        for turn, number in enumerate((f"SF{seed:013d}", f"SF{seed * 7919 + 4_000_000_000_000:013d}")):
            shot = photo(seed_of(seed, turn), carriers=["SF"], numbers=[number], goods=["apple"], label_width_px=900)
            pair.append(
                np.asarray(cv2.resize(shot.bgr, None, fx=0.35, fy=0.35, interpolation=cv2.INTER_AREA), np.uint8)
            )
        yield pair[0], pair[1]


def second_looks(photos: list[tuple[str, Picture]]) -> Iterator[tuple[Picture, Picture]]:
    """A rendered carton or goods scene from two near places, with other noise."""
    from benchmarks.synth.photos import photo

    del photos
    for seed in range(SCENES):
        pair = []
        for turn in (4.0, 11.0):
            shot = photo(
                80_000 + seed, carriers=["YTO"], numbers=[f"YT{seed:013d}"],
                goods=["product-box"] if seed % 2 else ["shoe"],
                parcel="carton", label_width_px=900 + 40 * turn, turn_deg=turn,
            )  # fmt: skip
            pair.append(
                np.asarray(cv2.resize(shot.bgr, None, fx=0.35, fy=0.35, interpolation=cv2.INTER_AREA), np.uint8)
            )
        yield pair[0], pair[1]


def main(arguments: list[str] | None = None) -> int:
    """Runs all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, default=Path(__file__).parents[2] / "shared" / "data" / "dev")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    photos = list(real_photos(options.photos))
    prints: dict[str, PicturePrint] = {}
    hashes: dict[str, int] = {}
    seconds = []
    digests: set[str] = set()
    for name, picture in photos:
        began = time.process_time()
        prints[name] = print_of(grey(picture))
        seconds.append(time.process_time() - began)
        hashes[name] = dct_hash(picture)
        digest = hashlib.sha256(picture.tobytes()).hexdigest()
        digests.add(digest)
    found = {change: [0, 0] for change in CHANGES}
    distances: list[int] = []
    overlays: list[Overlay] = []
    for number, (name, picture) in enumerate(photos):
        for change, copy in copies(picture, number):
            second = print_of(grey(copy))
            found[change][0] += 1
            laid = overlay(prints[name], second)
            overlays += [laid] if laid is not None else []
            found[change][1] += is_copy(prints[name], second)
            distances.append((hashes[name] ^ dct_hash(copy)).bit_count())
    false_pairs = [(a, b) for a, b in combinations(prints, 2) if is_copy(prints[a], prints[b])]
    apart = sorted((hashes[a] ^ hashes[b]).bit_count() for a, b in combinations(hashes, 2))
    same_template = [is_copy(print_of(grey(a)), print_of(grey(b))) for a, b in templates()]
    edited = [is_copy(print_of(grey(a)), print_of(grey(b))) for a, b in replaced()]
    again = [is_copy(print_of(grey(a)), print_of(grey(b))) for a, b in second_looks(photos)]
    pairs = len(prints) * (len(prints) - 1) // 2
    strict = next((d for d in range(64) if apart[0] <= d), 64) - 1
    hits, total = sum(row[1] for row in found.values()), sum(row[0] for row in found.values())
    wrong = len(false_pairs) + sum(same_template) + sum(again)
    result = {
        "photos": len(photos),
        "copies found": rate(hits, total),
        "by change": {change: rate(row[1], row[0]) for change, row in found.items()},
        "look-alikes called copies": {
            "pairs of different photos": rate(len(false_pairs), pairs),
            "one template, another number": rate(sum(same_template), len(same_template)),
            "a second photo of one scene": rate(sum(again), len(again)),
            "all": rate(wrong, pairs + len(same_template) + len(again)),
            "pairs": [list(pair) for pair in false_pairs],
        },
        "one exposure, its number replaced, called a copy": rate(sum(edited), len(edited)),
        "precision": rate(hits, hits + wrong),
        "exact": {"different photos with one digest": len(photos) - len(digests), "by": "sha256 of the pixels"},
        "DCT hash beside it": {
            "largest distance without a false pair of photos": strict,
            "copies found at it": rate(sum(d <= strict for d in distances), len(distances)),
            "copies found at 10 bits": rate(sum(d <= 10 for d in distances), len(distances)),
            "false pairs at 10 bits": rate(sum(d <= 10 for d in apart), len(apart)),
        },
        "bytes a print, median": statistics.median(
            len(one.places) + len(one.features) + len(one.small) for one in prints.values()
        ),
        "processor seconds a print, median": round(statistics.median(seconds), 4),
        "overlays of copies": {
            "agreeing features, 5th percentile": float(np.percentile([one.agreeing for one in overlays], 5)),
            "residual px, 95th percentile": round(float(np.percentile([one.residual_px for one in overlays], 95)), 2),
        },
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return 0
