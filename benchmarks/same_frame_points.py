"""Operating points of ``shared_frame`` and ``photo_quality``, on development composites only; and the peers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.same_frame_cases import GOODS_SHARE, LABEL_SHARE, ROOT
from benchmarks.synth.composites import GOODS, LABEL, OPENED, SEALED
from benchmarks.synth.optics import Picture
from evidence_kit.facts.photo_quality import BRIGHT_ACCEPT, photo_quality
from evidence_kit.facts.shared_frame import LABEL_ACCEPT, Point, sure_goods
from evidence_kit.schema import Quad
from evidence_kit.sensors.frame_content import LONG_EDGE, FrameContent, Region, content_of
from evidence_kit.sensors.sharpness import measure_sharpness

SHARDS = ROOT / "benchmarks" / "out" / "frame-content"
HELD_BACK = range(27, 30)
"""Shards that no training saw."""
MAX_FALSE_PASS, MAX_FALSE_FAIL = 0.005, 0.004
"""Less than half of what is allowed in use; and still too much: with 0.0075 and 0.004 a held-out set showed five times
as many of each, so ``shared_frame`` keeps stricter points for what is missed."""
SHARES = (0.001, 0.002, 0.004, 0.006, 0.01, 0.015)
SCORES = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
PEAKS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
GRID = [Point(*values) for values in product(SHARES, SCORES, PEAKS)]
COARSE = [point for point in GRID if point.peak <= 0.8 and point.score <= 0.6]
ANY = Point(0.0, 0.0, 0.0)


def held_back() -> Iterator[tuple[Picture, Picture]]:
    """Pictures with a long edge of LONG_EDGE and their kinds, of the shards that no training saw."""
    for path in sorted(SHARDS.glob("development-[0-9][0-9][0-9].npz")):
        if int(path.stem[-3:]) in HELD_BACK:
            kept = np.load(path)
            for picture, kinds in zip(kept["pictures"], kept["kinds"], strict=True):
                scale = LONG_EDGE / picture.shape[1]
                small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                yield np.asarray(small, np.uint8), kinds


@dataclass(frozen=True)
class _Seen:
    """One development composite: its plain truth and the model's regions."""

    label: bool
    goods: bool
    parcel: bool
    content: FrameContent

    @property
    def labels(self) -> list[Quad]:
        return [region.quad for region in self.content.labels if LABEL_ACCEPT.met_by(region)]


def _plain(kinds: Picture) -> tuple[bool, bool, bool] | None:
    """Label, goods, parcel there; None where one of the first two is marginal."""
    shares = [float((kinds == kind).mean()) for kind in (LABEL, GOODS)]
    for share, least in zip(shares, (LABEL_SHARE, GOODS_SHARE), strict=True):
        if 1e-5 <= share < least:
            return None
    return shares[0] > 0, shares[1] > 0, bool(np.isin(kinds, (SEALED, OPENED)).mean() > 0.003)


def tune(_: Path) -> int:
    """Operating points from development composites that were not trained on, as if every label were read.

    False passes come from goods that are not there, false fails from a label, goods or a parcel that is missed; so
    each pair is set on its own: the most decided within MAX_FALSE_PASS and MAX_FALSE_FAIL of all such photos.
    """
    seen = []
    for picture, kinds in held_back():
        truth = _plain(kinds)
        # What is too dark never says "none" anyhow.
        if truth is not None and np.percentile(picture, 99.5) >= 255 * BRIGHT_ACCEPT:
            seen.append(_Seen(*truth, content_of(np.ascontiguousarray(picture))))
    no_pass = sum(not (one.label and one.goods) for one in seen)
    no_fail = [one for one in seen if one.label and (one.goods or one.parcel)]
    bare = [one for one in seen if one.label and not one.goods and not one.parcel]
    print(
        f"{len(seen)} plain composites: {no_pass} may not pass, {len(no_fail)} may not fail,"
        f" {len(bare)} are bare labels"
    )
    passes, fails = int(MAX_FALSE_PASS * no_pass), int(MAX_FALSE_FAIL * len(no_fail))
    for more in range(3):  # what the next errors would buy
        print(f"goods accept, {passes + more} false passes allowed: {_best_goods(seen, passes + more)}")
    for more in range(3):
        print(f"goods and parcel reject, {fails + more} false fails: {_best_absence(no_fail, bare, fails + more)}")
    for more in range(3):
        print(f"label reject, {fails + more} missed: {_best_none(seen, fails + more)}")
    return 0


def _met(photos: list[list[Region]], point: Point) -> NDArray[np.bool_]:
    """Which photos have a region that meets a point."""
    return np.array([any(map(point.met_by, regions)) for regions in photos], bool)


def _best_goods(seen: list[_Seen], allowed: int) -> str:
    """The point that passes most photos with goods, with so many false passes at most."""
    labelled = [one for one in seen if one.label]
    there = np.array([one.goods for one in labelled], bool)
    compact = [[r for r in one.content.goods if sure_goods(r, one.labels, ANY)] for one in labelled]
    rows = []
    for point in GRID:
        said = _met(compact, point)
        rows.append((int((said & ~there).sum()), int((said & there).sum()), point))
    within = [row for row in rows if row[0] <= allowed] or [min(rows, key=lambda row: row[0])]
    # Of points that do the same on these photos the stricter one.
    wrong, right, point = max(within, key=lambda row: (row[1], -row[0], row[2].share, row[2].score))
    return f"{wrong} wrong, {right} of {int(there.sum())} passed, {point}"


def _best_absence(no_fail: list[_Seen], bare: list[_Seen], allowed: int) -> str:
    """The two reject points that call most bare labels, with so many false fails at most."""

    def regions(one: _Seen, what: str) -> list[Region]:
        return list(one.content.goods) if what == "goods" else [*one.content.sealed, *one.content.opened]

    def none(what: str) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_], Point]]:
        full, empty = ([regions(one, what) for one in photos] for photos in (no_fail, bare))
        return [(~_met(full, point), ~_met(empty, point), point) for point in COARSE]

    best: Any = (-1, 0, None, None)
    parcels = none("parcel")
    for wrong_g, right_g, point_g in none("goods"):
        for wrong_p, right_p, point_p in parcels:
            wrong, right = int((wrong_g & wrong_p).sum()), int((right_g & right_p).sum())
            if wrong <= allowed and (right, -wrong) > (best[0], -best[1]):
                best = (right, wrong, point_g, point_p)
    return f"{best[1]} wrong, {best[0]} of {len(bare)} called, goods {best[2]}, parcel {best[3]}"


def _best_none(seen: list[_Seen], allowed: int) -> str:
    """The point below which a photo shows no label, with so many labels missed at most."""
    there = np.array([one.label for one in seen], bool)
    labels = [list(one.content.labels) for one in seen]
    rows = []
    for point in GRID:
        none = ~_met(labels, point)
        rows.append((int((none & there).sum()), int((none & ~there).sum()), point))
    within = [row for row in rows if row[0] <= allowed] or [min(rows, key=lambda row: row[0])]
    missed, right, point = max(within, key=lambda row: (row[1], -row[0]))
    return f"{missed} missed, {right} of {int((~there).sum())} said to have none, {point}"


def quality(_: Path) -> int:
    """Blurs and darkens development composites and says what ``photo_quality`` makes of them."""
    levels = {"as it is": (0.0, 1.0)}
    levels |= {f"blur {sigma} px": (float(sigma), 1.0) for sigma in (1, 2, 3, 5, 8)}
    levels |= {f"light {light}": (0.0, light) for light in (0.5, 0.25, 0.12, 0.06)}
    from benchmarks.synth.photos import sample_photo

    pictures = []
    for seed in range(40):
        shot = sample_photo(seed, "negative" if seed % 2 else "scene")
        scale = 1000 / max(shot.bgr.shape[:2])
        full = cv2.cvtColor(shot.bgr, cv2.COLOR_BGR2GRAY)
        pictures.append(np.asarray(cv2.resize(full, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8))
    made: dict[str, Any] = {"photos": len(pictures), "at": "long edge 1000 px", "rows": {}}
    for name, (sigma, light) in levels.items():
        counts = {"nothing": 0, "perhaps": 0, "certain": 0}
        for picture in pictures:
            soft = cv2.GaussianBlur(picture, (0, 0), sigma) if sigma else picture
            data = cv2.imencode(".jpg", cv2.convertScaleAbs(soft, alpha=light), [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
            grey: Picture = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
            short = photo_quality(measure_sharpness(grey, (4000, 3000))).shortfalls
            counts["certain" if any(one.certain for one in short) else "perhaps" if short else "nothing"] += 1
        made["rows"][name] = counts
        print(name, counts)
    _keep("quality", made)
    return 0


def _keep(name: str, made: Any) -> None:
    path = ROOT / "benchmarks" / "results" / "same_frame.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**kept, name: made}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
