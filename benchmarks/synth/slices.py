"""Which photos a benchmark draws: the shares of sizes, turns, wear and scenes, stated in one place."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from benchmarks.synth.goods import BOXES, CUTOUTS
from benchmarks.synth.waybills import DOMESTIC, INTERNATIONAL

Part = Literal["waybill", "scene", "negative"]
"""``waybill``: every photo has a label to read. ``scene``: is there a label, are there goods, a parcel only?
``negative``: no waybill label anywhere."""
LABEL_WIDTHS_PX = ((1400, 1650), (840, 980), (560, 660))
"""The three sizes that seeds cycle over: near, usual, far."""
SHARE_NEAR_AXIS = 0.85
"""Turns within 20 degrees of upright, sideways or upside down; the others are anywhere in the full circle."""
SHARES = {
    "blur": 0.12,
    "motion": 0.08,
    "vertical-motion": 0.06,
    "glare": 0.10,
    "scratched": 0.08,
    "covered": 0.06,
    "faded": 0.10,
    "wrinkled": 0.12,
    "two-labels": 0.10,
    "hand": 0.12,
    "hand-on-label": 0.04,
    "clutter": 0.25,
    "chat": 0.15,
    "international": 0.10,
    "portrait": 0.35,
}
"""How often each happens, on its own, in the part ``waybill``. The other parts have no wear on purpose."""
SCENES = {
    "label-on-carton-goods": 0.22,
    "label-on-mailer-goods": 0.14,
    "label-and-goods": 0.18,
    "opened-carton-goods": 0.10,
    "label-on-carton": 0.10,
    "label-on-mailer": 0.06,
    "label-only": 0.10,
    "goods-only": 0.05,
    "carton-only": 0.05,
}
NEGATIVES = {"goods-only": 0.35, "carton-only": 0.2, "product-box": 0.25, "book": 0.2}


def _drawn(rng: np.random.Generator, shares: dict[str, float]) -> str:
    names = list(shares)
    return names[int(rng.choice(len(names), p=np.array(list(shares.values())) / sum(shares.values())))]


def _goods(rng: np.random.Generator) -> list[str]:
    every = CUTOUTS + BOXES
    name = every[int(rng.integers(len(every)))]
    if name in ("apple", "orange", "pear", "toy-block"):
        return [name] * int(rng.integers(1, 4))
    return [name] + ([every[int(rng.integers(len(every)))]] if rng.random() < 0.2 else [])


def _scene(rng: np.random.Generator, scene: str) -> dict[str, Any]:
    parcel = "none"
    for word, kind in (("opened-carton", "open-carton"), ("carton", "carton"), ("mailer", "mailer")):
        if word in scene:
            parcel = kind
            break
    goods = _goods(rng) if "goods" in scene else []
    if scene in ("product-box", "book"):
        goods = [scene]
    return {"parcel": parcel, "goods": goods, "n_labels": int("label" in scene or "opened" in scene)}


def draw_options(seed: int, part: Part) -> dict[str, Any]:
    """The keyword arguments of ``photos.photo`` for one seed of a part."""
    rng = np.random.default_rng([seed, len(part)])
    low, high = LABEL_WIDTHS_PX[seed % len(LABEL_WIDTHS_PX)]
    turn = (
        float(rng.choice([0, 90, 180, 270]) + rng.uniform(-20, 20))
        if rng.random() < SHARE_NEAR_AXIS
        else float(rng.uniform(0, 360))
    )
    options: dict[str, Any] = {"label_width_px": float(rng.uniform(low, high)), "turn_deg": turn % 360}
    happens = {name: bool(rng.random() < share) for name, share in SHARES.items()}
    options["size"] = (3000, 4000) if happens["portrait"] else (4000, 3000)
    options["clutter"] = happens["clutter"]
    options["hand"] = happens["hand"]
    if part == "negative":
        return {
            **options,
            **_scene(rng, _drawn(rng, NEGATIVES)),
            "n_labels": 0,
            "clutter": happens["clutter"],
        }
    options |= _scene(rng, _drawn(rng, SCENES))
    if part == "scene":
        return options
    if not options["n_labels"]:
        options |= {"n_labels": 1, "parcel": "carton"}
    carriers = INTERNATIONAL if happens["international"] else DOMESTIC
    first = carriers[int(rng.integers(len(carriers)))]
    options["carriers"] = [first, DOMESTIC[int(rng.integers(len(DOMESTIC)))]]
    options["n_labels"] = 2 if happens["two-labels"] and options["parcel"] != "open-carton" else 1
    if happens["blur"]:
        options["blur_px"] = float(rng.uniform(1.2, 4.0))
    if happens["vertical-motion"]:
        options |= {"motion_px": float(rng.uniform(4, 16)), "motion_deg": 90.0}
    elif happens["motion"]:
        options |= {"motion_px": float(rng.uniform(4, 14)), "motion_deg": float(rng.uniform(0, 180))}
    for name, key, least in (("glare", "glare", 0.5), ("faded", "faded", 0.3), ("wrinkled", "wrinkle", 0.4)):
        if happens[name]:
            options[key] = float(rng.uniform(least, 1.0))
    # Never both: a number without bars and without digits is no longer a reading task.
    options["scratched_barcode"] = happens["scratched"]
    options["covered_digits"] = happens["covered"] and not happens["scratched"]
    options["hand_on_label"] = happens["hand-on-label"]
    if happens["chat"]:
        options["chat_long_edge"] = int(rng.integers(1280, 1701))
    return options
