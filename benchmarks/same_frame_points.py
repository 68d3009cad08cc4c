"""Operating points of ``shared_frame`` and ``photo_quality``, on development pictures only.

Development pictures are the composites of the shards that no training saw, and the held-out sets that are retired.
Weights of the chances are fitted on both; points are chosen by what the rule then says of the retired photos.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.same_frame import as_read, confusion, judged, keep, truth_of
from benchmarks.same_frame_cases import (
    GOODS_SHARE,
    LABEL_SHARE,
    ROOT,
    SEVEN,
    Case,
    composites,
    generator,
    real_composed,
)
from benchmarks.same_frame_measure import Measured, measure, weights_name
from benchmarks.synth.composites import GOODS, LABEL, OPENED, SEALED
from benchmarks.synth.optics import Picture
from evidence_kit.facts import shared_frame as facts
from evidence_kit.facts.photo_quality import BRIGHT_ACCEPT, photo_quality
from evidence_kit.facts.shared_frame import Chance, Resting, measures_of, resting_measures
from evidence_kit.sensors.frame_content import LONG_EDGE, FrameContent, Region, content_of
from evidence_kit.sensors.sharpness import measure_sharpness

SHARDS = ROOT / "benchmarks" / "out" / "frame-content"
HELD_BACK = range(27, 30)
"""Shards that no training saw."""
MAX_FALSE_PASS, MAX_FALSE_FAIL, MAX_REAL, MAX_PARCEL = 0.012, 0.006, 0.03, 0.01
"""Of the photos that may not pass, of those that may not fail, of real labels on real tables that may not pass: of the
first two 60 % of what is allowed in use. And of photos without a parcel, called to have one."""
POINTS = {
    "GOODS_YES": (0.95, 0.90, 0.85, 0.80, 0.75, 0.70, 0.65, 0.60, 0.55, 0.50),
    "LABEL_NONE": (0.02, 0.03, 0.05, 0.07, 0.10, 0.13, 0.16, 0.20, 0.25, 0.30, 0.40),
    "GOODS_NO": (0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50),
    "PARCEL_NO": (0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50, 0.60),
    "CARRIES_RIM": (0.10, 0.20, 0.35, 0.50),
}
"""What is tried, the strictest first. Goods that take up more than half of the rim around a label carry it in any
case."""
BESIDE = {"CARRIES_RIM": (0.65, 0.80), "OWN_CODE": (0.50, 0.65, 0.90, 1.01)}
"""Points that are not chosen here: what other values would do is printed, too."""
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
class Seen:
    """One photo: its plain truth (None where it is marginal) and the model's regions."""

    label: bool | None
    goods: bool | None
    parcel: bool | None
    content: FrameContent


def _plain(kinds: Picture) -> tuple[bool | None, bool | None, bool]:
    """Label, goods, parcel there; None where it is marginal."""

    def there(kind: int, least: float) -> bool | None:
        share = float((kinds == kind).mean())
        return None if 1e-5 <= share < least else share > 0

    parcel = bool(np.isin(kinds, (SEALED, OPENED)).mean() > 0.003)
    return there(LABEL, LABEL_SHARE), there(GOODS, GOODS_SHARE), parcel


def _shards() -> list[Seen]:
    """The composites that no training saw, measured once."""
    kept = SHARDS / f"seen-{weights_name()}.pickle"
    if not kept.exists():
        seen = []
        for picture, kinds in held_back():
            # What is dim teaches nothing.
            if np.percentile(picture, 99.5) >= 255 * BRIGHT_ACCEPT:
                seen.append(Seen(*_plain(kinds), content_of(np.ascontiguousarray(picture))))
        kept.write_bytes(pickle.dumps(seen))
    found: list[Seen] = pickle.loads(kept.read_bytes())
    return found


def _retired(data: Path) -> Iterator[tuple[Case, Measured]]:
    """Six hundred photos of each of seven held-out sets that are retired."""
    for first in SEVEN:
        parts = [composites("heldout", 360, first), composites("chat", 120, first), generator("no-waybill", 60, first)]
        if (data / "manifest.tsv").exists():
            parts.append(real_composed(data, 60, first))
        for cases in parts:
            for case in cases:
                yield case, measure(case)


def seen_of(case: Case, found: Measured) -> Seen | None:
    """None where the photo is not good enough to say "none" anyhow."""
    answers = {"yes": True, "no": False, "marginal": None}
    if not facts.adequate(found.quality):
        return None
    return Seen(answers[case.label], answers[case.goods], answers[case.parcel], found.content)


KINDS: dict[str, Any] = {
    "label": lambda c: ([one for one in c.labels if not facts.is_none_from_near(one)], c.pages),
    "goods": lambda c: (c.goods, (*c.sealed, *c.opened, *c.pages)),
    "parcel": lambda c: ((*c.sealed, *c.opened), (*c.goods, *c.pages)),
}
"""Regions of a kind and their rivals."""


def fitted(kind: str, seen: list[Seen]) -> Chance:
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
    weights = np.array([0.0, 0.2, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    for _ in range(6):
        weights = _logistic(np.array([bag[int(np.argmax(bag @ weights))] for bag in bags]), np.array(truths))
    return Chance(*(round(float(weight), 3) for weight in weights))


def rested(seen: list[Seen]) -> Resting:
    """Weights with which what a label lies on says whether a parcel is there, where no goods are.

    Where goods are, no rule asks for the parcel. The chances of labels and parcels are those that ``facts`` has.
    """
    rows, truths = [], []
    for one in seen:
        labels = facts.label_chances(one.content)
        if one.label and one.goods is False and one.parcel is not None and labels:
            likeliest = facts.highest(facts.parcel_chances(one.content))
            rows.append(resting_measures(likeliest, labels[0][0].around))
            truths.append(float(one.parcel))
    return Resting(*(round(float(weight), 3) for weight in _logistic(np.array(rows), np.array(truths))))


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
    """Weights of the chances and of what labels rest on, and the points that decide most within what is allowed."""
    retired = list(_retired(data))
    seen = [*_shards(), *(one for case, found in retired if (one := seen_of(case, found)))]
    chance = {kind: fitted(kind, seen) for kind in KINDS}
    for kind, weights in chance.items():
        print(f"{kind.upper()} = {weights}")
    weighed: dict[str, Any] = {kind.upper(): weights for kind, weights in chance.items()}
    with patch.multiple(facts, **weighed):
        weighed["RESTING"] = rested(seen)
    print(f"RESTING = {weighed['RESTING']}")
    with patch.multiple(facts, **weighed), remembered():
        parcel = [(one.parcel, facts.parcel_chance(one.content)) for one in seen]
        point, wrong, right = _upper([c for truth, c in parcel if truth], [c for truth, c in parcel if truth is False])
        print(f"PARCEL_YES = {point:.3f}: {wrong} wrong, {right} of {sum(bool(truth) for truth, _ in parcel)} told")
        points, best = chosen(lambda points: outcomes(retired, points))
        with patch.multiple(facts, **cast("dict[str, Any]", points)):
            own = own_codes(retired)
        print(f"OWN_CODE = {facts.OWN_CODE}: {own}")
        dim = brief(outcomes([(case, seen) for case, seen in retired if is_dim(seen)], points))
        print(f"dim: {dim}")
        around: dict[str, dict[str, Any]] = {}
        for name, values in (*POINTS.items(), *BESIDE.items()):
            for value in values:
                tried = brief(outcomes(retired, {**points, name: value}))
                around.setdefault(name, {})[str(value)] = tried
    print(json.dumps({"points": points, "around": around}, indent=1))
    keep(points={"weights": {kind.lower(): astuple(weights) for kind, weights in weighed.items()},
                 "own_codes": own, "dim": dim, "points": points, **best, "around": around})  # fmt: skip
    return 0


def is_dim(seen: Measured) -> bool:
    """Darkness is all that speaks against the photo, and it is not certain."""
    return bool(seen.quality.shortfalls) and facts.adequate(seen.quality)


def own_codes(photos: list[tuple[Case, Measured]]) -> dict[str, int]:
    """Photos in which no label is likely and bars that nothing decodes lie on goods or parcels alone, by the truth.

    On goods: on nothing else; on a parcel: some of them are on one.
    """
    counts = {f"{truth} a label, on {what}": 0 for truth in ("without", "with") for what in ("goods", "a parcel")}
    for case, seen in photos:
        bars, labels = seen.readings.unread, facts.label_chances(seen.content)
        unlikely = max((chance for _, chance in labels), default=0.0) < facts.LABEL_NONE and not seen.readings.readings
        if case.label == "marginal" or not unlikely or not bars or not facts.adequate(seen.quality):
            continue
        if not facts.foreign_bars(bars, seen.content):
            parcels = replace(seen.content, sealed=(), opened=())
            what = "a parcel" if facts.foreign_bars(bars, parcels) else "goods"
            counts[f"{'with' if case.label == 'yes' else 'without'} a label, on {what}"] += 1
    return counts


CHANCES = ("label_chances", "goods_chances", "parcel_chances", "parcel_chance")
"""Functions of the facts that say the same of a photo at whatever point."""


@contextmanager
def remembered() -> Iterator[None]:
    """While the weights stay as they are, chances are computed once for each photo; photos must outlive it."""

    def once(function: Callable[[FrameContent], Any]) -> Callable[[FrameContent], Any]:
        known: dict[int, Any] = {}

        def found(content: FrameContent) -> Any:
            if id(content) not in known:
                known[id(content)] = function(content)
            return known[id(content)]

        return found

    each: dict[str, Any] = {name: once(getattr(facts, name)) for name in CHANCES}
    with patch.multiple(facts, **each):
        yield


def brief(found: Rates) -> dict[str, str]:
    """Hits and photos of each rate, a line for each part."""
    rates = ("false_pass", "false_fail", "review", "fails_called", "passes_called")
    return {
        part: ", ".join(f"{name} {one[name]['hits']}/{one[name]['of']}" for name in rates)
        for part, one in found.items()
    }


def _upper(there: list[float], absent: list[float]) -> tuple[float, int, int]:
    """The point just above all but a hundredth of what is not there, how many are above it, and how many rightly."""
    allowed = int(MAX_PARCEL * len(absent))
    point = float(np.sort(absent)[::-1][allowed]) + 1e-4 if len(absent) > allowed else 0.0
    return point, sum(c >= point for c in absent), sum(c >= point for c in there)


Rates = dict[str, dict[str, Any]]


def outcomes(photos: list[tuple[Case, Measured]], points: dict[str, float]) -> Rates:
    """What the rule makes of photos with these points: composites with their bars and as if read, real labels."""
    found: Rates = {}
    set_so: dict[str, Any] = dict(points)
    with patch.multiple(facts, **set_so):
        for name, reading, real in (("bars", "bars", False), ("read", "read", False), ("real", "read", True)):
            said = []
            for case, seen in photos:
                if real != (case.slice == "real-composed"):
                    continue
                readings = as_read(case, seen.readings) if reading == "read" else seen.readings
                frame = facts.shared_frame(seen.content, readings, seen.quality)
                said.append((truth_of(case, readings), judged(case, frame, readings)))
            found[name] = confusion(said)
    return found


def allowed(found: Rates, least: Rates) -> bool:
    """Errors are within what is allowed in every part, or no more than ``least``, which the strictest points make."""
    most = {"bars": MAX_FALSE_PASS, "read": MAX_FALSE_PASS, "real": MAX_REAL}

    def within(part: str, error: str, limit: float) -> bool:
        return (found[part][error]["share"] or 0) <= max(limit, least[part][error]["share"] or 0)

    return all(
        within(part, "false_pass", limit) and within(part, "false_fail", MAX_FALSE_FAIL) for part, limit in most.items()
    )


def chosen(judge: Callable[[dict[str, float]], Rates]) -> tuple[dict[str, float], Rates]:
    """One point after the other, from the strictest on, until none decides more plain photos within what is allowed."""

    def right(found: Rates) -> int:
        return sum(found[part][what]["hits"] for part in ("bars", "read") for what in ("fails_called", "passes_called"))

    points = {name: values[0] for name, values in POINTS.items()}
    best = least = judge(points)
    while True:
        before = dict(points)
        for name, values in POINTS.items():
            for value in values:
                tried = judge({**points, name: value})
                if allowed(tried, least) and right(tried) > right(best):
                    points, best = {**points, name: value}, tried
        if points == before:
            return points, best


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
    keep(quality=made)
    return 0
