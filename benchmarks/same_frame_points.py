"""Operating points of ``shared_frame`` and ``photo_quality``, on development pictures only.

Development pictures are the composites of the shards that no training saw, and the held-out set that is retired.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.same_frame_cases import GOODS_SHARE, LABEL_SHARE, RETIRED, ROOT, composites, generator, real_composed
from benchmarks.same_frame_measure import measure, weights_name
from benchmarks.synth.composites import GOODS, LABEL, OPENED, SEALED
from benchmarks.synth.optics import Picture
from evidence_kit.facts import shared_frame as facts
from evidence_kit.facts.photo_quality import BRIGHT_ACCEPT, photo_quality
from evidence_kit.facts.shared_frame import Chance, measures_of, stands_free
from evidence_kit.sensors.frame_content import LONG_EDGE, FrameContent, Region, content_of
from evidence_kit.sensors.sharpness import measure_sharpness

SHARDS = ROOT / "benchmarks" / "out" / "frame-content"
HELD_BACK = range(27, 30)
"""Shards that no training saw."""
MAX_FALSE_PASS, MAX_MISSED, MAX_ABSENT = 0.010, 0.004, 0.004
"""Of the photos that may not pass; of those with a label, called to have none; of those with a label and goods or a
parcel, called a bare label. Half of what is allowed in use, and the two kinds of false fail together four fifths."""
RIDGE = 1.0
"""How strongly weights are held near 0."""


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
    """One photo: its plain truth (None where it is marginal) and the model's regions."""

    label: bool | None
    goods: bool | None
    parcel: bool | None
    content: FrameContent
    pool: str


def _plain(kinds: Picture) -> tuple[bool | None, bool | None, bool]:
    """Label, goods, parcel there; None where it is marginal."""

    def there(kind: int, least: float) -> bool | None:
        share = float((kinds == kind).mean())
        return None if 1e-5 <= share < least else share > 0

    parcel = bool(np.isin(kinds, (SEALED, OPENED)).mean() > 0.003)
    return there(LABEL, LABEL_SHARE), there(GOODS, GOODS_SHARE), parcel


def _shards() -> list[_Seen]:
    """The composites that no training saw, measured once."""
    kept = SHARDS / f"seen-{weights_name()}.pickle"
    if not kept.exists():
        seen = []
        for picture, kinds in held_back():
            # What is too dark never says "none" anyhow.
            if np.percentile(picture, 99.5) >= 255 * BRIGHT_ACCEPT:
                seen.append(_Seen(*_plain(kinds), content_of(np.ascontiguousarray(picture)), "development"))
        kept.write_bytes(pickle.dumps(seen))
    found: list[_Seen] = pickle.loads(kept.read_bytes())
    return found


def _retired(data: Path) -> Iterator[_Seen]:
    """Six hundred photos of each held-out set that is retired, as far as they are good enough."""
    answers = {"yes": True, "no": False, "marginal": None}
    parts = []
    for first in RETIRED:
        parts += [composites("heldout", 360, first), composites("chat", 120, first), generator("no-waybill", 60, first)]
        if (data / "manifest.tsv").exists():
            parts.append(real_composed(data, 60, first))
    for cases in parts:
        for case in cases:
            found = measure(case)
            if found.quality.serves:
                truth = (answers[case.label], answers[case.goods], answers[case.parcel])
                yield _Seen(*truth, found.content, "retired")


KINDS: dict[str, Any] = {
    "label": lambda c: (c.labels, c.pages),
    "goods": lambda c: (c.goods, (*c.sealed, *c.opened, *c.pages)),
    "parcel": lambda c: ((*c.sealed, *c.opened), (*c.goods, *c.pages)),
}
"""Regions of a kind and their rivals."""


def fitted(kind: str, seen: list[_Seen]) -> Chance:
    """Weights with which the likeliest region of a photo best says whether the kind is there.

    Logistic regression over each photo's likeliest region, which is chosen anew with the weights found; only photos
    with a region count, the others say no by themselves.
    """
    bags, truths = [], []
    for one in seen:
        regions, rivals = KINDS[kind](one.content)
        truth = getattr(one, kind)
        if truth is not None and regions:
            bags.append(np.array([measures_of(region, rivals) for region in regions]))
            truths.append(float(truth))
    weights = np.array([0.0, 0.2, 1.0, 1.0, 0.0, 0.0, 0.0])
    for _ in range(6):
        weights = _logistic(np.array([bag[int(np.argmax(bag @ weights))] for bag in bags]), np.array(truths))
    return Chance(*(round(float(weight), 3) for weight in weights))


def _logistic(rows: NDArray[np.float64], truths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Newton's method; the first weight, which is the base, is held by nothing."""
    weights = np.zeros(rows.shape[1])
    ridge = np.diag([1e-3, *[RIDGE] * (rows.shape[1] - 1)])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-rows @ weights))
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + ridge
        weights += np.linalg.solve(bend, rows.T @ (truths - chance) - ridge @ weights)
    return weights


def _chances(chance: Chance, kind: str, content: FrameContent) -> list[tuple[Region, float]]:
    regions, rivals = KINDS[kind](content)
    return [(region, chance.of(region, rivals)) for region in regions]


def tune(data: Path) -> int:
    """Weights of the three chances, and the pairs of points, as if every label were read."""
    seen = [*_shards(), *_retired(data)]
    chance = {kind: fitted(kind, seen) for kind in KINDS}
    for kind, weights in chance.items():
        print(f"{kind.upper()} = {weights}")
    for pool in ("development", "retired", "both"):
        photos = [one for one in seen if pool in (one.pool, "both")]
        print(f"{pool}: {len(photos)} photos")
        _points(photos, chance)
    return 0


def _points(seen: list[_Seen], chance: dict[str, Chance]) -> None:
    """Prints the points that decide most within what is allowed, and what the next errors would buy."""
    top = {
        kind: np.array([max((c for _, c in _chances(weights, kind, one.content)), default=0.0) for one in seen])
        for kind, weights in chance.items()
    }
    label, goods, parcel = (
        np.array([np.nan if getattr(one, kind) is None else float(getattr(one, kind)) for one in seen])
        for kind in ("label", "goods", "parcel")
    )
    free = []
    for one in seen:
        labels = [r.quad for r, c in _chances(chance["label"], "label", one.content) if c >= facts.LABEL_SEEN]
        regions = _chances(chance["goods"], "goods", one.content)
        free.append(max((c for r, c in regions if stands_free(r, labels)), default=0.0))
    may, may_not = (label == 1) & (goods == 1), ((label == 1) & (goods == 0)) | (label == 0)
    for point, wrong, right in _upper(np.array(free)[may], np.array(free)[may_not & (label == 1)], may_not.sum()):
        print(f"  GOODS_YES {point:.3f}: {wrong} false passes of {may_not.sum()}, {right} of {may.sum()} passed")
    for point, wrong, right in _upper(top["parcel"][parcel == 1], top["parcel"][parcel == 0], (parcel == 0).sum()):
        print(f"  PARCEL_YES {point:.3f}: {wrong} of {(parcel == 0).sum()} wrong, {right} of {(parcel == 1).sum()}")
    there, absent = top["label"][label == 1], top["label"][label == 0]
    for more in range(4):
        missed = int(MAX_MISSED * len(there)) + more
        point = float(np.sort(there)[missed])
        print(f"  LABEL_NONE {point:.3f}: {missed} of {len(there)} missed, {(absent < point).sum()} of {len(absent)}")
    full = (label == 1) & ((goods == 1) | (parcel == 1))
    bare = (label == 1) & (goods == 0) & (parcel == 0)
    points = np.unique(np.round(np.concatenate([np.geomspace(0.005, 0.1, 14), np.linspace(0.1, 0.9, 33)]), 3))
    for more in range(4):
        allowed = int(MAX_ABSENT * full.sum()) + more
        best: tuple[int, int, float, float] = (-1, 0, 0.0, 0.0)
        for g in points:
            for p in points:
                none = (top["goods"] < g) & (top["parcel"] < p)
                wrong, right = int((none & full).sum()), int((none & bare).sum())
                if wrong <= allowed and (right, -wrong) > (best[0], -best[1]):
                    best = (right, wrong, float(g), float(p))
        print(
            f"  GOODS_NO {best[2]:.3f} PARCEL_NO {best[3]:.3f}: {best[1]} of {full.sum()} false fails,"
            f" {best[0]} of {bare.sum()} bare labels called"
        )


def _upper(there: NDArray[Any], absent: NDArray[Any], count: int) -> Iterator[tuple[float, int, int]]:
    """Points just above the highest that are wrong: the point, how many are wrong, how many are right."""
    for more in range(4):
        allowed = int(MAX_FALSE_PASS * count) + more
        worst = float(np.sort(absent)[::-1][allowed]) if len(absent) > allowed else 0.0
        point = worst + 1e-4
        yield point, int((absent >= point).sum()), int((there >= point).sum())


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
