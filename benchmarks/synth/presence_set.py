"""Rendered clips in which the parcel is carried out of the frame, or honestly hard to see; truth in ``truth.jsonl``.

The shows of unboxing.py and unboxing_heldout.py with one event each: their clock stands still while the parcel is
carried off or the camera turned away, or (honest takes) while the parcel is held half out of the frame, covered by
hands, so near that it fills the picture, or gone for a moment only. Deterministic, and resumable by clip.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from benchmarks.synth.unboxing import Show, Truth, Wish, take
from benchmarks.synth.unboxing_geometry import Lens, Matrix, Picture, eased, turned
from benchmarks.synth.unboxing_set import maker, written

Kind = Literal["carried", "turned", "plain", "edge", "covered", "near", "brief"]
FIRST_SEED = {"tune": 61_000, "heldout": 83_000}
KINDS: tuple[Kind, ...] = (
    "carried",
    "near",
    "turned",
    "edge",
    "carried",
    "covered",
    "carried",
    "near",
    "brief",
    "plain",
)
"""By the clip's number; ``carried`` and ``turned`` are absences."""
GONE, THERE = 0.0005, 0.004
"""Visible share of the picture: below the first no parcel is there, above the second one is."""


@dataclass(frozen=True)
class Event:
    """What happens at ``at_s``: it comes on for ``ramp_s``, stays for ``hold_s`` and goes again."""

    kind: Kind
    at_s: float
    hold_s: float
    ramp_s: float
    way: tuple[float, float]
    """In the picture: where the parcel goes to, right and down; of unit length."""
    far: float
    """How far, of what the kind allows: 0 to 1."""

    @property
    def length_s(self) -> float:
        return 2 * self.ramp_s + self.hold_s

    def story_s(self, now_s: float) -> float:
        """The show's own clock, which stands still meanwhile."""
        return min(now_s, max(self.at_s, now_s - self.length_s))

    def part(self, now_s: float) -> float:
        """How far it has come on, 0 to 1."""
        since = now_s - self.at_s
        return min(eased(since / self.ramp_s), eased((self.length_s - since) / self.ramp_s))


@cache
def eventful(make: type[Show]) -> type[Show]:
    """A show of the same world that can have an event."""

    class Eventful(make):  # type: ignore[misc, valid-type]
        event: Event | None = None
        now_s = 0.0

        def happen(self, event: Event) -> None:
            self.event = event
            self.length_s += event.length_s

        def _sharp(self, at_s: float) -> tuple[Picture, Picture, Truth]:
            self.now_s = at_s
            story_s = self.event.story_s(at_s) if self.event else at_s
            picture, ids, truth = super()._sharp(story_s)
            return picture, ids, replace(truth, at_s=at_s)

        def _part(self, *kinds: Kind) -> float:
            return self.event.part(self.now_s) if self.event and self.event.kind in kinds else 0.0

        def _view_of(self, at_s: float) -> Lens:
            # The hand that holds the camera goes on shaking, unless it walks around the parcel.
            lens: Lens = super()._view_of(self.now_s if self.event and self.around is None else at_s)
            part, event = self._part("turned", "near"), self.event
            if event is None or not part:
                return lens
            reach = float(np.linalg.norm(self.half))
            if event.kind == "turned":
                angle = np.arctan(lens.size[0] / 2 / lens.focal) + np.arctan(reach / self.away) + 0.1 + 0.4 * event.far
                side = 1.0 if event.way[0] > 0 else -1.0
                return replace(lens, turn=turned((0, 1, 0), side * angle * part) @ lens.turn)
            line = super()._pose(at_s)[1] - lens.place
            away = float(np.linalg.norm(line))
            nearer = max(0.0, 1 - (1.15 * reach + 0.06) / away) * part
            return replace(lens, place=lens.place + line * nearer, focal=lens.focal * (1 + 0.8 * event.far * part))

        def _pose(self, at_s: float) -> tuple[Matrix, Matrix]:
            turn, place = super()._pose(at_s)
            part, event = self._part("carried", "brief", "edge"), self.event
            if event is None or not part:
                return turn, place
            lens = super()._view_of(at_s)
            corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * self.half
            seen = lens.into(corners @ turn.T + place)
            flat, depth, way = lens.flat(seen), float(seen[:, 2].mean()), np.array(event.way)
            ahead = (flat - np.array(lens.size) / 2) @ way
            edge = float(np.abs(way * lens.size).sum()) / 2
            off = edge - ahead.min() if event.kind != "edge" else edge - ahead.mean()
            off *= 1.15 + 0.5 * event.far if event.kind != "edge" else 0.8 + 0.25 * event.far
            return turn, place + lens.turn.T @ np.array([*way, 0.0]) * (off / lens.focal * depth * part)

        def _hands_at(self, at_s: float, lens: Lens, turn: Matrix, place: Matrix) -> tuple[list[Any], list[Any]]:
            behind, before = super()._hands_at(at_s, lens, turn, place)
            part = self._part("covered")
            if part < 0.4:
                return behind, before
            corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * self.half
            seen = lens.into(corners @ turn.T + place)
            flat = lens.flat(seen)
            middle, span = (flat.min(0) + flat.max(0)) / 2, (flat.max(0) - flat.min(0)) / 2
            scale = self.hand_size * lens.focal / max(0.15, float(seen[:, 2].mean())) / 154
            for k in range(4):
                wave = 0.15 * np.sin(self.now_s * 2 + k)
                tip = middle + span * [-0.6 + 0.4 * k + wave, -0.5 + 0.3 * (k % 2)]
                before.append((tip, 0.25 * (1.5 - k), self.hand_art[k % 2], scale * 1.5))
            return behind, before

    return Eventful


def event_of(number: int, show: Show, rng: np.random.Generator) -> Event | None:
    kind = KINDS[number % len(KINDS)]
    if kind == "plain":
        return None
    opened = show.opened_at_s
    # Of three absences one is after the opening, where there is one.
    if kind in ("carried", "turned") and opened is not None and number % 30 >= 20:
        at_s = float(rng.uniform(opened + 1.2, opened + 3.0))
    else:
        at_s = float(rng.uniform(0.25, 0.9)) * (opened if opened is not None else show.length_s)
    hold_s = float(rng.uniform(0.4, 1.6) if kind == "brief" else rng.uniform(4.0, 8.0))
    ways = [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.7071, 0.7071), (-0.7071, 0.7071), (0.0, -1.0)]
    way = ways[int(rng.choice(6, p=[0.25, 0.25, 0.25, 0.1, 0.1, 0.05]))]
    return Event(kind, at_s, hold_s, float(rng.uniform(0.4, 0.9)), way, float(rng.uniform(0, 1)))


def build(folder: Path, split: str, clips: int, ffmpeg: str) -> list[dict[str, Any]]:
    """Make what is not there yet; returns the rows of truth.jsonl, in order.

    A row: file, split, event, parcel (box or bag), out ([from, to] in seconds of every stretch without any parcel),
    least (the smallest visible share of the picture), opened_at_s, others (boxes beside the parcel), seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    rows = []
    for number in range(clips):
        kept = folder / f"{number:04d}.json"
        if not kept.exists():
            kept.write_text(json.dumps(_made(folder / f"{number:04d}.mp4", split, number, ffmpeg)))
        rows.append(json.loads(kept.read_text()))
    (folder / "truth.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return rows


def _made(path: Path, split: str, number: int, ffmpeg: str) -> dict[str, Any]:
    seed = FIRST_SEED[split] + number
    rng = np.random.default_rng([seed, 12])
    wish = Wish(int(rng.integers(1, 4)), "sealed", number % 5 != 3, "bag" if number % 7 == 3 else "box")
    if wish.kind == "bag":
        wish = replace(wish, faces=min(2, wish.faces))
    show: Any = take(seed, wish, eventful(maker(split)))  # type: ignore[arg-type]
    event = event_of(number, show, rng)
    if event is not None:
        show.happen(event)
    truths = written(show, path, ffmpeg, crf=(23, 27, 31)[number % 3])
    shares = np.array([truth.share.sum() + (truth.goods if truth.opened else 0.0) for truth in truths])
    opened = next((truth.at_s for truth in truths if truth.opened), None)
    return {
        "file": path.name,
        "split": split,
        "event": KINDS[number % len(KINDS)],
        "parcel": wish.kind,
        "out": _without(shares, show.fps),
        "least": round(float(shares.min()), 4),
        "opened_at_s": opened,
        "others": len(show.others),
        "seconds": round(len(truths) / show.fps, 3),
    }


def _without(shares: Matrix, fps: float) -> list[list[float]]:
    """Stretches [from, to) in seconds with nothing of the parcel, parted where it is surely there."""
    gone = np.flatnonzero(shares <= GONE)
    parts = np.split(gone, [k + 1 for k, (a, b) in enumerate(pairwise(gone)) if (shares[a:b] >= THERE).any()])
    return [[round(float(part[0]) / fps, 3), round(float(part[-1] + 1) / fps, 3)] for part in parts if len(part)]
