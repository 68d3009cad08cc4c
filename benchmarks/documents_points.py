"""How sure the network of displays must be: set on the photos of development, one device left out at a time.

For each device the points are taken that do best on the others (``_best``); what becomes of the device with these is
summed. The points that ship are those that all devices together give.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from benchmarks import documents
from benchmarks.same_frame import rate
from evidence_kit.facts import weight_shown

ACCEPT = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
AROUND = (0.15, 0.2, 0.25, 0.3, 0.4)
Tally = dict[str, int]


def points() -> dict[str, Any]:
    """Counts of each point on all devices, and of the devices left out."""
    looks = [
        (part, *documents.looked_at(part, seed)[:2])
        for part in documents.PARTS
        if part != "held-out"
        for seed in documents.SEEDS[part]
    ]
    devices = sorted({f"{part}: {truth.device}" for part, _, truth in looks})
    told = {point: {device: _tally() for device in devices} for point in product(ACCEPT, AROUND)}
    shipped = weight_shown.STRIP_ACCEPT, weight_shown.AROUND_REJECT
    for point, by_device in told.items():
        weight_shown.STRIP_ACCEPT, weight_shown.AROUND_REJECT = point
        for part, display, truth in looks:
            _count(by_device[f"{part}: {truth.device}"], weight_shown.decide(display).digits, truth)
    weight_shown.STRIP_ACCEPT, weight_shown.AROUND_REJECT = shipped
    left_out = _tally()
    for device in devices:
        chosen = _best({p: _sum(rows, without=device) for p, rows in told.items()})
        left_out = {name: n + told[chosen][device][name] for name, n in left_out.items()}
    whole = {point: _sum(rows) for point, rows in told.items()}
    return {
        "chosen": _best(whole), "shipped": shipped, "devices": len(devices),
        "devices left out": {
            "read, of the legible": rate(left_out["read"], left_out["legible"]),
            "misread": rate(left_out["misread"], left_out["photos"]),
            "misread, of the legible": left_out["misread, legible"],
        },
        "each": [{"accept": accept, "around": around, **tally} for (accept, around), tally in whole.items()],
    }  # fmt: skip


def _tally() -> Tally:
    return dict.fromkeys(("photos", "legible", "read", "misread", "misread, legible"), 0)


def _count(tally: Tally, digits: str | None, truth: Any) -> None:
    tally["photos"] += 1
    tally["legible"] += truth.legible
    tally["read"] += truth.legible and digits == truth.value
    wrong = digits is not None and digits != truth.value
    tally["misread"] += wrong
    tally["misread, legible"] += wrong and truth.legible


def _sum(rows: dict[str, Tally], without: str = "") -> Tally:
    return {name: sum(row[name] for device, row in rows.items() if device != without) for name in _tally()}


def _best(whole: dict[Any, Tally]) -> Any:
    """Fewest legible ones misread, then most read less ``PRICE`` for each misread; of equals the surest."""
    return max(
        whole, key=lambda p: (-whole[p]["misread, legible"], whole[p]["read"] - PRICE * whole[p]["misread"], p[0])
    )


PRICE = 15
"""Reads that one misread photo more must bring: a wrong weight is worse than a photo left to a person."""
