"""Choices that ``same_frame_points`` does not make, on held-out sets that are retired.

How large labels are looked at (``--part sizes``), how faint a place is still listed where a kind is seen nowhere
plainly (``--part faint``), what the closer look at labels and what lies around them add (``--part closer``), and how
the closer look is taken (``--part looks``). Kept in results/same_frame.json.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks import same_frame_points as points
from benchmarks.same_frame import IOU, LABEL_COVERS, as_read, confusion, judged, keep, overlap, truth_of
from benchmarks.same_frame_cases import RETIRED, Case, composites
from benchmarks.same_frame_measure import look, measure
from benchmarks.synth.optics import Picture
from evidence_kit.facts import shared_frame as facts
from evidence_kit.facts.shared_frame import shared_frame
from evidence_kit.sensors import frame_content
from evidence_kit.sensors.frame_content import (
    CLOSER_FROM,
    KINDS,
    LEAST,
    LONG_EDGE,
    FrameContent,
    probabilities,
    regions_of,
    two_looks,
)
from evidence_kit.sensors.photo import Photo

SIZES = (384, 512, 640, 768)
FAINT = (0.3, 0.2, 0.1, 0.05)
"""The first is LEAST: nothing fainter is listed."""
MISSED = 3
"""So many photos with a label may score below the point at which those without one are counted."""
MISSES = (0.01, 0.02, 0.04)
"""Shares of the photos with a thing that may score below the point at which those without it are counted."""
LOOKS: tuple[dict[str, Any], ...] = (
    {}, {"CLOSER_LABELS": 1}, {"CLOSER_LABELS": 3}, {"CLOSER_ROOM": 1.4}, {"CLOSER_ROOM": 3.0}, {"CLOSER_LEAST": 60},
    {"CLOSER_LEAST": 200}, {"CLOSER_PX": 192}, {"CLOSER_PX": 384},
)  # fmt: skip
"""Of the values in frame_content.py."""
SURE_PEAK = 0.5
"""Of a region that is taken for the label."""


def sizes() -> int:
    """Labels found with IoU 0.5, and photos without one told from nearly all with one, by the finer look's size."""
    found: dict[int, list[tuple[Case, float, bool]]] = {size: [] for size in SIZES}
    first = RETIRED[1]
    for case in [*composites("heldout", 260, first), *composites("chat", 60, first)]:
        if case.label == "marginal" or not look(case)[0].serves:
            continue
        photo = Photo(case.path)
        for size in SIZES:
            regions = regions_of(probabilities(photo.colour(size))[KINDS.index("label")], LEAST)
            score = max((r.score * r.peak * min(1.0, r.share / 0.003) for r in regions), default=0.0)
            hit = any(overlap(quad, r.quad) >= IOU for quad in case.quads for r in regions if r.peak > SURE_PEAK)
            found[size].append((case, score, hit))
    rows = {}
    for size, photos in found.items():
        wide = [hit for case, _, hit in photos if case.label == "yes" and case.label_share >= LABEL_COVERS]
        there = np.sort([score for case, score, _ in photos if case.label == "yes"])
        absent = np.array([score for case, score, _ in photos if case.label == "no"])
        below = int((absent < there[MISSED]).sum())
        rows[str(size)] = {"found": sum(wide), "of": len(wide), "told apart": below, "without a label": len(absent)}
        print(size, rows[str(size)])
    keep(sizes=rows)
    return 0


Told = list[tuple[bool, float]]
"""Truth and chance of each photo."""


def closer() -> int:
    """Photos told to be without a label, or their label without a parcel, without and with what the looks add.

    The retired sets are halved; what is fitted on one half counts on the other.
    """
    sets = [
        [
            one
            for case in [*composites("heldout", 360, first), *composites("chat", 120, first)]
            if (one := points.seen_of(case, measure(case)))
        ]
        for first in RETIRED
    ]
    halves = [one for part in sets[::2] for one in part], [one for part in sets[1::2] for one in part]
    found: dict[str, Told] = {}
    for fit, counted in (halves, halves[::-1]):
        far = [replace(one, content=_from_afar(one.content)) for one in (*fit, *counted)]
        told = {
            "labels, first look": _labels(far[: len(fit)], far[len(fit) :]),
            "labels, closer look too": _labels(fit, counted),
            **_parcels(fit, counted),
        }
        for name, pairs in told.items():
            found.setdefault(name, []).extend(pairs)
    made = {name: _below(pairs) for name, pairs in found.items()}
    for name, row in made.items():
        print(name, row)
    keep(closer=made)
    return 0


def looks() -> int:
    """Photos told to be without a label, by how the closer look is taken; on two of the retired sets."""
    sets = []
    for first in (RETIRED[1], RETIRED[4]):
        cases = [*composites("heldout", 360, first), *composites("chat", 120, first)]
        seen = [(case, points.seen_of(case, measure(case))) for case in cases]
        sets.append([(Photo(case.path).colour(round(CLOSER_FROM * LONG_EDGE)), one) for case, one in seen if one])
    rows = {}
    for change in LOOKS:
        with patch.multiple(frame_content, **change):
            halves = [[replace(one, content=_closer(picture, one.content)) for picture, one in part] for part in sets]
        pairs = [pair for fit, counted in (halves, halves[::-1]) for pair in _labels(fit, counted)]
        name = ", ".join(f"{key} {value}" for key, value in change.items()) or "as it is"
        rows[name] = _below(pairs)
        print(name, rows[name], flush=True)
    keep(looks=rows)
    return 0


def _closer(picture: Picture, content: FrameContent) -> FrameContent:
    """The same regions, looked at from near as the sensor now would."""
    seen = sorted(content.labels, key=lambda one: -one.score)[: frame_content.CLOSER_LABELS]
    labels = []
    for one in content.labels:
        mean, peak = frame_content.closer_look(picture, one.quad) if one in seen else (one.score, one.peak)
        labels.append(replace(one, closer=mean, closer_peak=peak))
    return replace(content, labels=tuple(labels))


def _labels(fit: list[points.Seen], counted: list[points.Seen]) -> Told:
    chance = points.fitted("label", fit)

    def sure(content: FrameContent) -> float:
        return max((chance.of(region, content.pages) for region in content.labels), default=0.0)

    return [(one.label, sure(one.content)) for one in counted if one.label is not None]


def _parcels(fit: list[points.Seen], counted: list[points.Seen]) -> dict[str, Told]:
    """Of photos with a label and no goods, the likeliest parcel by itself, and weighed with what the label lies on."""
    alone, weighed = [], []
    chances: dict[str, Any] = {"LABEL": points.fitted("label", fit), "PARCEL": points.fitted("parcel", fit)}
    # The second is fitted while the first stand.
    with patch.multiple(facts, **chances), patch.multiple(facts, RESTING=points.rested(fit)):
        for one in counted:
            if one.label and one.goods is False and one.parcel is not None:
                alone.append((one.parcel, facts.highest(facts.parcel_chances(one.content))))
                weighed.append((one.parcel, facts.parcel_chance(one.content)))
    return {"parcels, by themselves": alone, "parcels, with what the label lies on": weighed}


def _below(pairs: Told) -> dict[str, int]:
    """Photos without the thing that score below all but a share of those with it."""
    there = np.sort([sure for truth, sure in pairs if truth])
    absent = np.array([sure for truth, sure in pairs if not truth])
    counts = {f"below all but {share:.0%}": int((absent < there[int(share * len(there))]).sum()) for share in MISSES}
    return {"there": len(there), "absent": len(absent), **counts}


def _from_afar(content: FrameContent) -> FrameContent:
    """The same photo as if no label had been looked at from near."""
    return replace(content, labels=tuple(replace(one, closer=0.5, closer_peak=0.5) for one in content.labels))


def faint() -> int:
    """What the rule says of two retired sets, weights and points as they are, by the faintest place that is listed."""
    said: dict[float, dict[str, list[tuple[str | None, str]]]] = {least: {"bars": [], "read": []} for least in FAINT}
    for first in RETIRED[-2:]:
        for case in [*composites("heldout", 360, first), *composites("chat", 120, first)]:
            quality, bars = look(case)
            photo = Photo(case.path)
            picture = photo.colour(LONG_EDGE)
            larger = partial(photo.colour, round(CLOSER_FROM * LONG_EDGE))
            seen = two_looks(picture)
            for least, found in said.items():
                with patch.multiple(frame_content, FAINT=least, two_looks=lambda _, seen=seen: seen):
                    content = frame_content.content_of(picture, None, larger)
                for reading, readings in (("bars", bars), ("read", as_read(case, bars))):
                    frame = shared_frame(content, readings, quality)
                    found[reading].append((truth_of(case, readings), judged(case, frame, readings)))
    rows = {str(least): {name: confusion(pairs) for name, pairs in found.items()} for least, found in said.items()}
    for point, parts in rows.items():
        print(point, {name: part["table"] for name, part in parts.items()})
    keep(faint=rows)
    return 0
