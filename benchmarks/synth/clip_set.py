"""A folder of honest and edited clips with their truth in ``truth.jsonl``. Deterministic, and resumable by story.

Splits: ``tune`` (operating points may be chosen on it), ``test`` (same drawing, other seeds), ``heldout`` (another
drawing altogether, clips_heldout.py; counted, and development data since). ``fresh``, ``fresh-2``, ... are that drawing
with seeds, moments and encoder settings of their own, each for one count; once counted it is development data.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.synth.clips import Story, TableStory
from benchmarks.synth.edits import KINDS, Coding, Cut, Recording, copyjoin, edited, honest, write

FIRST_SEED = {"tune": 1_000, "test": 2_000, "heldout": 3_000, "fresh": 4_200, "fresh-2": 6_200}
"""Of each split; seeds up to 600 further on are its own, its settings follow from the name."""
CLIP_S = 17.0
CUTS = ("hard", "jump", "drop", "copyjoin")


def is_fresh(split: str) -> bool:
    return split.split("-", maxsplit=1)[0] == "fresh"


def story(split: str, number: int) -> Story:
    seed = FIRST_SEED[split] + number
    if split == "heldout" or is_fresh(split):
        from benchmarks.synth.clips_heldout import ShelfStory

        return ShelfStory(seed)
    return TableStory(seed)


def coding(split: str, number: int) -> Coding:
    """Settings rotate with the story, so that no kind of edit has one of its own."""
    if split == "heldout":
        return Coding(crf=(24, 28, 31)[number % 3], gop=(48, 120, 24)[number % 3], b_frames=2, preset="fast")
    if is_fresh(split):
        return Coding((23, 27, 30)[number % 3], (36, 90, 18)[number % 3], (2, 0)[number % 2], "faster")
    return Coding(crf=(21, 25, 29)[number % 3], gop=(15, 30, 60)[number % 3], b_frames=(0, 2)[number % 2])


def kinds_of(split: str, number: int, edits_each: int) -> list[str]:
    """The edits made of one story; a fresh split has each of the cuts of every story, and one other in turn."""
    if is_fresh(split):
        others = [kind for kind in KINDS if kind not in CUTS]
        return [*CUTS, others[number % len(others)]]
    return [KINDS[(number * edits_each + k) % len(KINDS)] for k in range(edits_each)]


def build(folder: Path, split: str, stories: int, ffmpeg: str, edits_each: int = 5) -> list[dict[str, Any]]:
    """Make what is not there yet; returns the rows of truth.jsonl.

    A row: file, split, story, kind (or ``honest``), breaks_s, length_s, covers (blind truth), gop_s.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truth = folder / "truth.jsonl"
    rows = [json.loads(line) for line in truth.read_text().splitlines()] if truth.exists() else []
    done = {row["story"] for row in rows}
    before: Recording | None = None
    for number in range(stories):
        if number in done:
            before = None
            continue
        other = before or record(story(split, number + 500), seconds=CLIP_S)
        tape = record(story(split, number))
        made = list(_story_clips(folder, split, number, tape, other, ffmpeg, edits_each))
        with truth.open("a") as out:
            out.writelines(json.dumps(row) + "\n" for row in made)
        rows += made
        before = tape
    return rows


def record(take: Story, seconds: float | None = None) -> Recording:
    count = int((seconds or take.length_s) * take.fps)
    covers = tuple(
        (event.at_s + 0.3 * event.length_s, event.at_s + 0.7 * event.length_s)
        for event in take.events
        if event.kind == "cover"
    )
    return Recording([take.frame(k / take.fps) for k in range(count)], take.sound(), take.fps, covers)


def _story_clips(
    folder: Path, split: str, number: int, tape: Recording, other: Recording, ffmpeg: str, edits_each: int
) -> Any:
    rng = np.random.default_rng([FIRST_SEED[split], number, 9])
    setting = coding(split, number)
    plain = honest(tape, CLIP_S + 6)
    name = f"{split}_{number:03d}_honest.mp4"
    write(folder / name, plain, tape.fps, setting)
    yield _row(name, split, number, "honest", plain, tape, setting)
    kinds = kinds_of(split, number, edits_each)
    if tape.covers and "covercut" not in kinds:
        kinds[-1] = "covercut"
    for kind in kinds:
        target = folder / f"{split}_{number:03d}_{kind}.mp4"
        if kind == "copyjoin":
            begin, gone = rng.uniform(4, 9), rng.uniform(2.0, 8.0)
            join = copyjoin(folder / name, target, ffmpeg, begin, begin + gone)
            yield _row(target.name, split, number, kind, Cut([], plain.sound, (join,), {}), tape, setting)
            continue
        cut = edited(kind, tape, other, rng, CLIP_S)
        if cut is None:
            continue
        write(target, cut, tape.fps, setting)
        yield _row(target.name, split, number, kind, cut, tape, setting)


def _row(name: str, split: str, number: int, kind: str, cut: Cut, tape: Recording, setting: Coding) -> dict[str, Any]:
    return {
        "file": name,
        "split": split,
        "story": number,
        "kind": kind,
        "breaks_s": [round(moment, 3) for moment in cut.breaks_s],
        "detail": {key: round(value, 3) for key, value in cut.detail.items()},
        "seconds": len(cut.frames) / tape.fps if cut.frames else None,
        "gop_s": setting.gop / tape.fps,
    }
