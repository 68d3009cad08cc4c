"""Choices that ``same_frame_points`` does not make, on held-out sets that are retired.

How large labels are looked at (``--part sizes``), how faint a place is still listed where a kind is seen nowhere
plainly (``--part faint``), what the closer look at labels and what lies around them add (``--part closer``), how the
closer look is taken (``--part looks``), from what size on a label counts as large (``--part large``), what the words
of other papers settle (``--part papers``), what a set that ``tune`` has not seen says of the lower point of labels
(``--part eighth``), and what the set that is reported would have given before (``--part before``). Kept in
results/same_frame.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks import same_frame_points as points
from benchmarks.same_frame import (
    IOU,
    LABEL_COVERS,
    RESULT,
    as_read,
    confusion,
    judged,
    keep,
    label_found,
    overlap,
    readings_of,
    truth_of,
)
from benchmarks.same_frame_cases import RETIRED, SEVEN, TWELFTH, Case, composites
from benchmarks.same_frame_measure import look, measure, read_by_kit
from benchmarks.synth.optics import Picture
from evidence_kit.facts import shared_frame as facts
from evidence_kit.facts.shared_frame import shared_frame
from evidence_kit.schema import Quad
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
Way = tuple[float, dict[str, Any], int, bool]
"""Of a picture of what times LONG_EDGE, with which values in frame_content.py, quarter turns, mirrored."""
NEAR: Way = (CLOSER_FROM, {}, 0, False)
FINER: Way = (2.5, {}, 0, False)
LOOKS: dict[str, tuple[Way, ...]] = {
    "as it is": (NEAR,),
    "and mirrored": (NEAR, (CLOSER_FROM, {}, 0, True)),
    "and turned by a half": (NEAR, (CLOSER_FROM, {}, 2, False)),
    "and turned by a quarter": (NEAR, (CLOSER_FROM, {}, 1, False)),
    "and mirrored, and both turns": (NEAR, *((CLOSER_FROM, {}, turns, turns == 0) for turns in (0, 1, 2))),
    "from a finer picture": (FINER,),
    "and from a finer picture, mirrored": (NEAR, (2.5, {}, 0, True)),
    "and both from a finer picture": (NEAR, FINER, (2.5, {}, 0, True)),
    "384 pixels": ((CLOSER_FROM, {"CLOSER_PX": 384}, 0, False),),
    "tighter": ((CLOSER_FROM, {"CLOSER_ROOM": 1.4}, 0, False),),
    "wider": ((CLOSER_FROM, {"CLOSER_ROOM": 3.0}, 0, False),),
    "and tighter, and wider": (NEAR, *((CLOSER_FROM, {"CLOSER_ROOM": room}, 0, False) for room in (1.4, 3.0))),
}
"""How a doubtful place is looked at. Of several ways the mean counts."""
DOUBTED = (0.004, 0.92)
"""Chances between which a place is looked at again."""
SHARES = (1.01, 0.02, 0.05, 0.10)
"""Values of LARGE_LABEL; with the first nothing is large."""
BEFORE = {"LABEL_SEEN": 0.50, "SURE_FROM_NEAR": 1.01, "PAGE_PART": 0.0}
"""Points of ``shared_frame`` until the thirteenth set was retired: places were looked at from near once."""
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
        for first in SEVEN
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
    """Photos of the twelfth set told to be without a label, by how doubtful places are looked at."""
    found: dict[str, Told] = {name: [] for name in LOOKS}
    first = TWELFTH
    for case in [*composites("heldout", 360, first), *composites("chat", 120, first)]:
        one = points.seen_of(case, measure(case))
        if one is None or one.label is None:
            continue
        photo = Photo(case.path)
        known: dict[Any, tuple[float, float]] = {}
        for name, ways in LOOKS.items():
            content = _looked_at(photo, one.content, ways, known)
            found[name].append((one.label, max((sure for _, sure in facts.label_chances(content)), default=0.0)))
    rows = {name: _below(pairs) for name, pairs in found.items()}
    for name, row in rows.items():
        print(name, row)
    keep(looks=rows)
    return 0


def _looked_at(
    photo: Photo, content: FrameContent, ways: tuple[Way, ...], known: dict[Any, tuple[float, float]]
) -> FrameContent:
    """The same regions, the doubtful ones looked at in these ways."""
    labels = []
    nearer = sorted(content.labels, key=lambda one: -one.score)[: frame_content.CLOSER_LABELS]
    for one in content.labels:
        if one in nearer and DOUBTED[0] <= facts.LABEL.of(one, content.pages) <= DOUBTED[1]:
            seen = []
            for way in ways:
                key = (one.quad, repr(way))
                if key not in known:
                    known[key] = _look(photo, one.quad, *way)
                seen.append(known[key])
            mean, peak = (float(value) for value in np.mean(seen, axis=0))
            labels.append(replace(one, closer=mean, closer_peak=peak))
        else:
            labels.append(one)
    return replace(content, labels=tuple(labels))


def _look(
    photo: Photo, quad: Quad, times: float, values: dict[str, Any], turns: int, mirrored: bool
) -> tuple[float, float]:
    """A closer look at a place of the photo as it is, turned anticlockwise, or mirrored."""
    picture = photo.colour(round(times * LONG_EDGE))
    for _ in range(turns):
        quad = tuple((y, 1 - x) for x, y in quad)  # type: ignore[assignment]
    if mirrored:
        quad = tuple((1 - x, y) for x, y in quad)  # type: ignore[assignment]
    turned = np.rot90(picture, turns)
    with patch.multiple(frame_content, **{"CLOSER_PX": frame_content.CLOSER_PX, **values}):
        return frame_content.closer_look(np.ascontiguousarray(turned[:, ::-1] if mirrored else turned), quad)[:2]


def large() -> int:
    """Labels found with IoU 0.5, and photos without one told, by what counts as large; on the twelfth set."""
    found: dict[float, list[bool]] = {share: [] for share in SHARES}
    told: dict[float, Told] = {share: [] for share in SHARES}
    first = TWELFTH
    for case in [*composites("heldout", 360, first), *composites("chat", 120, first)]:
        for share, content in zip(SHARES, _by_large(Photo(case.path)), strict=True):
            if case.label == "yes" and case.label_share >= LABEL_COVERS:
                found[share].append(label_found(case, content))
            if case.label != "marginal" and facts.adequate(look(case)[0]):
                sure = max((chance for _, chance in facts.label_chances(content)), default=0.0)
                told[share].append((case.label == "yes", sure))
    rows = {}
    for share, hits in found.items():
        rows[str(share)] = {"found": sum(hits), "of": len(hits), **_below(told[share])}
        print(share, rows[str(share)])
    keep(large=rows)
    return 0


def _by_large(photo: Photo) -> Iterator[FrameContent]:
    """What the sensor would say of a photo with each of SHARES."""
    picture = photo.colour(LONG_EDGE)
    larger = partial(photo.colour, round(CLOSER_FROM * LONG_EDGE))
    looks: dict[tuple[int, ...], Any] = {}
    contents: dict[bytes, FrameContent] = {}

    def once(given: Picture) -> Any:
        if given.shape not in looks:
            looks[given.shape] = probabilities(given)
        return looks[given.shape]

    for share in SHARES:
        with patch.multiple(frame_content, LARGE_LABEL=share, probabilities=once):
            seen = two_looks(picture)
        if seen.tobytes() not in contents:
            with patch.multiple(frame_content, two_looks=lambda _, seen=seen: seen):
                contents[seen.tobytes()] = frame_content.content_of(picture, None, larger)
        yield contents[seen.tobytes()]


def papers() -> int:
    """What the rule says of the twelfth set, as the kit reads it, without and with the words of other papers."""
    said: dict[str, list[tuple[str | None, str]]] = {"without": [], "with": []}
    first = TWELFTH
    for case in [*composites("heldout", 360, first), *composites("chat", 120, first)]:
        seen, readings = measure(case), read_by_kit(case)
        for name, given in (("without", replace(readings, other_papers=())), ("with", readings)):
            frame = shared_frame(seen.content, given, seen.quality)
            said[name].append((truth_of(case, given), judged(case, frame, given)))
    rows = {name: confusion(pairs) for name, pairs in said.items()}
    for name, row in rows.items():
        print(name, row["table"])
    keep(papers=rows)
    return 0


def before() -> int:
    """What the set that is reported would have given by the rule's last points: nothing is chosen by it.

    Words of newspapers, and that bars which say a product's code are no undecoded bars, count here too.
    """
    said: dict[str, list[tuple[str | None, str]]] = {"bars": [], "kit": [], "read": []}
    for case in [*composites("heldout", 450), *composites("chat", 150)]:
        seen = measure(case)
        for name, readings in readings_of(case, seen.readings).items():
            content = replace(seen.content, labels=tuple(replace(one, again=None) for one in seen.content.labels))
            given = replace(readings, product_codes=())
            set_so: dict[str, Any] = dict(BEFORE)
            with patch.multiple(facts, **set_so):
                frame = shared_frame(content, given, seen.quality)
            said[name].append((truth_of(case, given), judged(case, frame, given)))
    rows = {name: confusion(pairs) for name, pairs in said.items()}
    for name, row in rows.items():
        print(name, row["table"])
    keep(before=rows)
    return 0


def eighth() -> int:
    """What each LABEL_NONE does to the twelfth set, which ``tune`` has not seen, and to it and the seven together.

    Of the seven it counts what ``tune`` kept (``points.around``). Allowed is what ``same_frame_points`` allows.
    """
    first = TWELFTH
    photos = [(case, measure(case)) for case in [*composites("heldout", 360, first), *composites("chat", 120, first)]]
    by_kit = [(case, replace(seen, readings=read_by_kit(case))) for case, seen in photos]
    kept = json.loads(RESULT.read_text("utf-8"))["points"]["around"]["LABEL_NONE"]
    rows = {}
    for value, seven in kept.items():
        here = points.brief(points.outcomes(photos, {"LABEL_NONE": float(value)}))
        both = {part: _added(here[part], seven[part]) for part in ("bars", "read")}
        kit = points.brief(points.outcomes(by_kit, {"LABEL_NONE": float(value)}))["bars"]
        rows[value] = {"here": {part: here[part] for part in both} | {"kit": kit}, "with the seven": both}
        print(value, rows[value])
    keep(eighth=rows)
    return 0


def _added(one: str, other: str) -> str:
    """``review 5/9`` and ``review 3/4`` are ``review 8/13``, for each rate of a line."""
    made = []
    for left, right in zip(one.split(", "), other.split(", "), strict=True):
        (name, a), (_, b) = left.split(), right.split()
        hits, of = (int(x) + int(y) for x, y in zip(a.split("/"), b.split("/"), strict=True))
        made.append(f"{name} {hits}/{of}")
    return ", ".join(made)


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
    for first in RETIRED[3:5]:
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
