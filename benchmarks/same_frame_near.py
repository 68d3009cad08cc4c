"""What was changed after the thirteenth held-out set and the fourteenth had been reported, on each of the last four.

What closer looks at places that may be labels deny (``--part near``), from what chance on a label is called seen
(``--part seen``), four sides of its outline instead of a rectangle (``--part outline``), what other paper is by what is
read on it (``--part read``), and from where on nothing is there (``--part fails``). Kept in results/same_frame.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.same_frame import (
    IOU,
    LABEL_COVERS,
    confusion,
    judged,
    keep,
    label_found,
    overlap,
    rate,
    readings_of,
    truth_of,
)
from benchmarks.same_frame_cases import FOURTEENTH, SEVEN, THIRTEENTH, TWELFTH, Case, composites
from benchmarks.same_frame_measure import Measured, measure
from benchmarks.same_frame_points import brief
from evidence_kit.facts import shared_frame as facts
from evidence_kit.facts.waybill_readings import WaybillReadings
from evidence_kit.sensors import frame_content
from evidence_kit.sensors.frame_content import FAINT, KINDS, LEAST, LONG_EDGE, LabelRegion, two_looks
from evidence_kit.sensors.photo import Photo

SETS = {
    "eleventh": (SEVEN[-1], 360, 120),
    "twelfth": (TWELFTH, 360, 120),
    "thirteenth": (THIRTEENTH, 450, 150),
    "fourteenth": (FOURTEENTH, 450, 150),
}
"""First seeds, composites, and composites through a chat app."""
SMALLER = (0.0, 0.0025, 0.005, 0.01)
"""Shares of the picture below which closer looks count; the last is SMALL_LABEL."""
DENIED = (0.05, 0.15, 0.2, 0.25, 0.3)
"""Values of NONE_FROM_NEAR beside the one that stands."""
AFFIRMED = (0.8, 0.85, 0.9)
"""Values of SURE_FROM_NEAR."""
LOWER = (0.07, 0.1, 0.13, 0.16, 0.2, 0.25)
"""Values of LABEL_NONE."""
SEEN = (0.5, 0.4, 0.3, 0.2, 0.1)
"""Values of LABEL_SEEN."""
GOODS = (0.25, 0.15, 0.1, 0.04)
"""Values of GOODS_NO beside the one that stands."""
PARCELS = (0.03, 0.05, 0.07, 0.1)
"""And of PARCEL_NO."""
BENDS = (0.0, 0.005, 0.01, 0.015, 0.03)
"""Values of STRAIGHT."""
Photos = list[tuple[Case, Measured, dict[str, WaybillReadings]]]
Points = dict[str, Any]
NAMES = ("LABEL_SEEN", "LABEL_NONE", "SURE_FROM_NEAR", "NONE_FROM_NEAR", "PAGE_PART", "GOODS_NO", "PARCEL_NO")
STANDING: Points = {name: getattr(facts, name) for name in NAMES}
"""What the points are where nothing else is tried."""


@cache
def _photos(name: str) -> Photos:
    first, count, chats = SETS[name]
    made = []
    for case in [*composites("heldout", count, first), *composites("chat", chats, first)]:
        seen = measure(case)
        made.append((case, seen, readings_of(case, seen.readings)))
    return made


def _outcomes(photos: Photos, points: Points) -> dict[str, str]:
    """Hits and photos of each rate, a line for each reading."""
    said: dict[str, list[tuple[str | None, str]]] = {}
    with patch.multiple(facts, **{**STANDING, **points}):
        for case, seen, readings in photos:
            for name, given in readings.items():
                frame = facts.shared_frame(seen.content, given, seen.quality)
                said.setdefault(name, []).append((truth_of(case, given), judged(case, frame, given)))
    return brief({name: confusion(pairs) for name, pairs in said.items()})


def _with(photos: Photos, change: Callable[[LabelRegion], LabelRegion]) -> Photos:
    """The same photos with each place that may be a label changed."""
    made = []
    for case, seen, readings in photos:
        labels = tuple(change(one) for one in seen.content.labels)
        made.append((case, replace(seen, content=replace(seen.content, labels=labels)), readings))
    return made


def _doubted(photos: Photos, points: Points) -> dict[str, int]:
    """Good photos with a label, and without one, in which a place is a label at least perhaps."""
    counts = {"yes": 0, "no": 0, "marginal": 0}
    with patch.multiple(facts, **{**STANDING, **points}):
        for case, seen, _ in photos:
            if facts.adequate(seen.quality):
                chances = [chance for _, chance in facts.label_chances(seen.content)]
                counts[case.label] += max(chances, default=0.0) >= facts.LABEL_NONE
    return {"with a label": counts["yes"], "without one": counts["no"]}


Ways = dict[str, tuple[Photos, Points]]
"""By its name, the photos that are judged and the points that are changed."""


def _kept(part: str, ways_of: Callable[[Photos], Ways], more: Callable[[Photos, Points], Points] | None = None) -> int:
    """Judges every set in every way, and keeps the outcomes, and what else ``more`` says of them, as a part."""
    rows: dict[str, Points] = {}
    for name in SETS:
        rows[name] = {}
        for way, (given, points) in ways_of(_photos(name)).items():
            rows[name][way] = {**_outcomes(given, points), **(more(given, points) if more else {})}
            print(name, way, rows[name][way])
    keep(**{part: rows})
    return 0


def near() -> int:
    """What closer looks deny, the first of them alone and both, of places how small; what they affirm."""

    def first_only(region: LabelRegion) -> LabelRegion:
        return region if region.again is None else replace(region, again=region.closer_peak)

    def below(share: float) -> Callable[[LabelRegion], LabelRegion]:
        return lambda region: region if region.share < share else replace(region, again=None)

    def ways_of(photos: Photos) -> Ways:
        only: Points = {"SURE_FROM_NEAR": 1.01}
        ways: Ways = {"the first closer look denies": (_with(photos, first_only), only)}
        ways |= {f"both deny, of places below {share}": (_with(photos, below(share)), only) for share in SMALLER}
        ways |= {f"both deny below {value}": (photos, {**only, "NONE_FROM_NEAR": value}) for value in DENIED}
        ways |= {f"and affirm from {value}": (photos, {"SURE_FROM_NEAR": value}) for value in AFFIRMED}
        return ways | {f"all so, LABEL_NONE {value}": (photos, {"LABEL_NONE": value}) for value in LOWER}

    return _kept("near", ways_of, lambda photos, points: {"perhaps a label": _doubted(photos, points)})


def seen() -> int:
    """What calling a label seen from a lower chance on finds, with IoU 0.5, and calls seen where there is none."""
    rows: dict[str, Any] = {}
    for name in SETS:
        photos = _photos(name)
        wide = [(c, m) for c, m, _ in photos if c.label == "yes" and c.label_share >= LABEL_COVERS]
        for value in SEEN:
            points = {"LABEL_SEEN": value}
            with patch("benchmarks.same_frame.LABEL_SEEN", value):
                found = rate(sum(label_found(case, one.content) for case, one in wide), len(wide))
            called = {"yes": 0, "no": 0, "marginal": 0}
            for case, one, _ in photos:
                called[case.label] += max((c for _, c in facts.label_chances(one.content)), default=0.0) >= value
            row = {"found": found, "called": {k: called[k] for k in ("yes", "no")}, **_outcomes(photos, points)}
            rows.setdefault(name, {})[str(value)] = row
            print(name, value, row)
    keep(seen=rows)
    return 0


def _outlines(case: Case) -> Iterator[tuple[str, list[Any]]]:
    """Each way of drawing the outlines of a photo's labels."""
    score = two_looks(Photo(case.path).colour(LONG_EDGE))[KINDS.index("label")]
    areas = list(frame_content._areas(score, LEAST)) or list(frame_content._areas(score, FAINT))
    yield "rectangle", [region.quad for region, _ in areas]
    for value in BENDS:
        with patch.multiple(frame_content, STRAIGHT=value):
            yield str(value), [frame_content.outline(inside) for _, inside in areas]


def outline() -> int:
    """IoU of the labels from LABEL_COVERS on, by how their outlines are drawn."""
    rows: dict[str, Any] = {}
    for name in SETS:
        best: dict[str, list[float]] = {}
        for case, one, _ in _photos(name):
            if case.label != "yes" or case.label_share < LABEL_COVERS:
                continue
            surely = [region for region, chance in facts.label_chances(one.content) if chance >= facts.LABEL_SEEN]
            told = [index for index, region in enumerate(one.content.labels) if region in surely]
            for way, quads in _outlines(case):
                over = [overlap(true, quads[index]) for true in case.quads for index in told]
                best.setdefault(way, []).append(max(over, default=0.0))
        for way, found in best.items():
            hits = sum(value >= IOU for value in found)
            row = {**rate(hits, len(found)), "mean": round(float(np.mean(found)), 4)}
            rows.setdefault(name, {})[way] = row
            print(name, way, row)
    keep(outline=rows)
    return 0


def read() -> int:
    """What is read of other papers: nothing, what names the place itself, parts of named pages, products' codes.

    That bars which say a product's code are no undecoded bars counts in all of them.
    """

    def ways_of(photos: Photos) -> Ways:
        plain = [(c, one, {k: replace(v, product_codes=()) for k, v in given.items()}) for c, one, given in photos]
        mute = [(c, one, {k: replace(v, other_papers=()) for k, v in given.items()}) for c, one, given in plain]
        return {
            "nothing": (mute, {}),
            "names": (plain, {"PAGE_PART": 0.0}),
            "names, and parts of pages": (plain, {}),
            "products' codes, too": (photos, {}),
        }

    return _kept("read", ways_of)


def fails() -> int:
    """What the lower points of goods, parcels and closer looks decide; the first row is what stands."""
    changes: list[Points] = [{}]
    changes += [{"GOODS_NO": value} for value in GOODS]
    changes += [{"PARCEL_NO": value} for value in PARCELS]
    changes += [{"NONE_FROM_NEAR": value} for value in DENIED]
    changes += [{"GOODS_NO": 0.25, "PARCEL_NO": 0.05, "NONE_FROM_NEAR": 0.2}]

    def named(points: Points) -> str:
        return ", ".join(f"{name} {value}" for name, value in points.items()) or "as it is"

    return _kept("fails", lambda photos: {named(points): (photos, points) for points in changes})
