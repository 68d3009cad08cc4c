"""Continuity: cuts are found, honest takes are left alone, and certainty needs two natures of signal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from evidence_kit.facts import break_signals as signals
from evidence_kit.facts.continuity import Continuity, continuity
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.packets import EarlyKey, PacketSignals, Spacing, packet_signals
from evidence_kit.sensors.picture_changes import (
    ALONE_LEAST,
    ALONE_STEP,
    APART_LEAST,
    APART_LONE_LEAST,
    LONE_LEAST,
    STEP_LEAST,
    Closeup,
    Elsewhere,
    PictureChanges,
    Tracks,
    picture_changes,
)
from evidence_kit.sensors.picture_shifts import Place, nowhere
from tests.moving_clips import ground, take, write


def judged(path: Path) -> Continuity:
    footage = Footage(str(path))
    return continuity(picture_changes(footage), packet_signals(footage))


def near(found: Continuity, at_s: float) -> list[int]:
    return [k for k, entry in enumerate(found.breaks) if abs(entry.at_s - at_s) <= 0.5]


def test_an_honest_take_is_continuous(tmp_path: Path):
    assert judged(write(tmp_path / "a.mp4", take(11, 0, 6))).continuous is True


def test_a_cut_to_another_scene_is_certain(tmp_path: Path):
    found = judged(write(tmp_path / "a.mp4", [*take(11, 0, 3), *take(12, 0, 3)]))
    assert found.continuous is False
    assert [round(entry.at_s, 1) for entry in found.breaks] == [3.0]


def test_a_jump_in_the_same_scene_is_found(tmp_path: Path):
    found = judged(write(tmp_path / "a.mp4", [*take(13, 0, 3), *take(13, 5.5, 8.5)]))
    assert near(found, 3.0)


def test_a_flash_and_an_exposure_step_are_honest(tmp_path: Path):
    pictures = take(14, 0, 6)
    for k in (30, 31):
        pictures[k] = np.clip(pictures[k] * 1.6 + 30.0, 0, 255).astype(np.uint8)
    pictures[60:] = [np.clip(picture * 0.75, 0, 255).astype(np.uint8) for picture in pictures[60:]]
    assert judged(write(tmp_path / "a.mp4", pictures)).continuous is True


def test_autofocus_is_honest(tmp_path: Path):
    pictures = take(15, 0, 6)
    for k in range(30, 42):
        pictures[k] = cv2.GaussianBlur(pictures[k], (0, 0), 0.1 + 4 * np.sin(np.pi * (k - 29) / 13))
    assert judged(write(tmp_path / "a.mp4", pictures)).continuous is True


def test_a_covered_lens_is_a_blind_interval_and_no_break(tmp_path: Path):
    pictures = take(16, 0, 6)
    for k in range(36, 56):
        shade = min(1.0, 0.25 * min(k - 35, 56 - k))
        pictures[k] = np.clip(pictures[k] * (1 - shade) + 10 * shade, 0, 255).astype(np.uint8)
    found = judged(write(tmp_path / "a.mp4", pictures))
    assert not any(found.certain)
    assert [span.cause for span in found.blind] == ["covered"]
    assert found.continuous is None


def test_frozen_repeated_and_mirrored_pictures_are_shown(tmp_path: Path):
    whole = take(17, 0, 8)
    frozen = [*whole[:45], *[whole[44]] * 20, *whole[45:90]]
    assert [found.kind for found in judged(write(tmp_path / "f.mp4", frozen)).breaks] == ["freeze"]
    looped = [*whole[:60], *whole[30:100]]
    assert near(judged(write(tmp_path / "l.mp4", looped)), 4.0)
    back = [*whole[:60], *whole[30:60][::-1], *whole[60:]]
    assert any(entry.kind == "reverse" for entry in judged(write(tmp_path / "r.mp4", back)).breaks)


def on_a_table(seed: int, begin_s: float, end_s: float) -> list[np.ndarray]:
    """A camera that hardly moves, and before it a parcel that does."""
    table, parcel = ground(seed), ground(seed + 1)[300:400, 300:440]
    pictures = []
    for k in range(round((end_s - begin_s) * 15)):
        at_s = begin_s + k / 15
        picture = table[200 + round(np.sin(5 * at_s)) :, 300 + round(2 * np.sin(4 * at_s)) :][:180, :320].copy()
        x, y = round(90 + 85 * np.sin(1.1 * at_s)), round(40 + 38 * np.sin(0.7 * at_s + 2))
        picture[y : y + 100, x : x + 140] = parcel
        pictures.append(picture)
    return pictures


def panned(seed: int, count: int, px: int) -> list[np.ndarray]:
    """A steady pan by ``px`` a frame."""
    plane = cv2.resize(ground(seed), None, fx=1.2, fy=1.2)
    return [plane[200:380, 20 + px * k : 340 + px * k] for k in range(count)]


def test_a_jump_before_a_scene_that_stays_is_certain(tmp_path: Path):
    whole = on_a_table(31, 0, 6)
    assert judged(write(tmp_path / "h.mp4", whole)).continuous is True
    path = write(tmp_path / "a.mp4", [*whole[:45], *on_a_table(31, 4.6, 7.6)])
    found = judged(path)
    assert [found.certain[k] for k in near(found, 3.0)] == [True]
    closeup = min(picture_changes(Footage(str(path))).closeups, key=lambda seen: abs(seen.at_s - 3.0))
    assert closeup.at.survive > 0.4, "the scene behind keeps its tracks, or the test is of something else"


def test_a_cut_within_a_fast_pan_is_found_and_the_pan_is_honest(tmp_path: Path):
    assert judged(write(tmp_path / "h.mp4", panned(33, 26, 28))).continuous is True
    path = write(tmp_path / "a.mp4", [*panned(33, 13, 28), *panned(34, 26, 28)[13:]])
    assert near(judged(path), 13 / 15)
    steps = picture_changes(Footage(str(path))).step
    assert steps[13] < LONE_LEAST * min(steps[11:13]), "the pan hides the step, or the test is of something else"


@pytest.mark.parametrize(
    ("apart", "certain"), [((0.08, 0.1, 0.7, 0.1, 0.08), True), ((0.08, 0.1, 0.38, 0.1, 0.08), False)]
)
def test_within_a_pan_what_no_shift_explains_makes_a_step_lone(apart: tuple[float, ...], certain: bool):
    tracks = [Tracks(90, share, 0.9, (0.0, 0.0), 0.0, 1.0, 0.5) for share in (0.7, 0.1, 0.7)]
    panning = PictureChanges(
        at_s=tuple(k / 15 for k in range(12)), light=(120.0,) * 12, spread=(40.0,) * 12, detail=(9.0,) * 12,
        step=tuple(26.0 if k == 6 else 21.0 for k in range(12)), step_max=(90.0,) * 12, ncc=(0.3,) * 12,
        closeups=(Closeup(6, 0.4, *tracks, 0.2, 0.2, apart),),
    )  # fmt: skip
    packets = PacketSignals(1 / 15, 12)
    assert continuity(panning, packets).certain == (certain,)
    explained = replace(panning, closeups=(replace(panning.closeups[0], apart=(0.1,) * 5),))
    assert continuity(explained, packets).breaks == ()


@pytest.mark.parametrize(("announced", "found"), [(120.0, True), (100.0, False)])
def test_a_lens_covered_by_a_cut_is_shown_and_one_covered_by_a_hand_is_not(announced: float, found: bool):
    """A hand leaves its shadow on the frame before; and what comes next is no unrest of the picture."""
    tracks = [Tracks(90, share, 0.9, (0.0, 0.0), 0.0, 1.0, 0.5) for share in (0.8, 0.0, 0.25)]
    light = (120.0,) * 5 + (announced, *[14.0] * 6)
    covered = PictureChanges(
        at_s=tuple(k / 15 for k in range(12)), light=light, spread=(40.0,) * 6 + (0.9,) * 6, detail=(9.0,) * 12,
        step=(9.0,) * 6 + (18.0,) + (0.9,) * 5, step_max=(90.0,) * 12, ncc=(0.3,) * 12,
        closeups=(Closeup(6, 0.4, *tracks, 0.0, 0.0, (0.1, 0.1, 0.9, 0.9, 0.9)),),
    )  # fmt: skip
    said = continuity(covered, PacketSignals(1 / 15, 12))
    assert [entry.kind for entry in said.breaks] == (["sudden-cover"] if found else [])
    assert not any(said.certain) and [span.cause for span in said.blind] == ["covered"]


def test_a_step_between_two_covered_moments_is_not_lone_for_that():
    """Steps beside a covered lens say nothing of the picture's unrest; where there are no others they do."""
    tracks = [Tracks(90, share, 0.9, (0.0, 0.0), 0.0, 1.0, 0.5) for share in (0.8, 0.0, 0.8)]
    hands = PictureChanges(
        at_s=tuple(k / 15 for k in range(12)), light=(120.0,) * 12, spread=(40.0,) * 12, detail=(9.0,) * 12,
        step=(20.0,) * 12, step_max=(90.0,) * 12, ncc=(0.3,) * 12,
        closeups=(Closeup(6, 0.4, *tracks, 0.0, 0.0, (0.5,) * 5),),
    )  # fmt: skip
    around = tuple(signals.Blind(*span, "covered") for span in ((0.1, 0.2), (0.6, 0.7)))
    assert not list(signals.hints(hands, PacketSignals(1 / 15, 12), around))
    alone = replace(hands, step=tuple(20.0 if k == 6 else 1.0 for k in range(12)))
    assert list(signals.hints(alone, PacketSignals(1 / 15, 12), around))


def test_a_cut_just_before_a_covered_lens_is_found(tmp_path: Path):
    whole, other = take(35, 0, 3), take(36, 0, 3)
    hand = [np.where(np.arange(320) < 170, 235, other[2]).astype(np.uint8)]
    dark = [np.full((180, 320), 12, np.uint8)] * 12
    path = write(tmp_path / "a.mp4", [*whole, *other[:2], *hand, *dark, *other[15:40]])
    assert near(judged(path), 3.0)
    steps = picture_changes(Footage(str(path))).step
    assert steps[45] < LONE_LEAST * max(steps[46:48]), "the hand hides the step, or the test is of something else"


@pytest.mark.parametrize(("dark", "other_scene"), [(0, True), (2, True), (2, False)])
def test_a_cut_into_a_pan_or_under_a_hand_is_told_from_a_hand_by_the_place(
    tmp_path: Path, dark: int, other_scene: bool
):
    """Panned: every step about the cut is as large. Under a hand: too short to be a blind interval."""
    before = panned(41, 30, 24)
    after = panned(42, 30, 24) if other_scene else before
    hand = [np.full((180, 320), 12, np.uint8)] * dark
    path = write(tmp_path / "a.mp4", [*before[:13], *hand, *after[13:]])
    changes = picture_changes(Footage(str(path)))
    seen = [place for place in changes.elsewhere if abs(place.at_s - (13 + dark) / 15) < 0.01]
    assert bool(seen) == other_scene
    found = judged(path)
    said = [k for k in near(found, 13 / 15) if "other-scene" in found.breaks[k].signals]
    assert bool(said) == other_scene
    bare = list(signals.hints(replace(changes, closeups=(), elsewhere=()), PacketSignals(1 / 15, 40), ()))
    assert not [hint for hint in bare if hint.kind == "jump-cut"]


@pytest.mark.parametrize(("apart", "returns", "found"), [(0.6, 0.1, True), (0.6, 0.4, False), (0.45, -0.3, False)])
def test_another_scene_is_one_that_no_shift_explains_and_that_does_not_return(
    apart: float, returns: float, found: bool
):
    place = Elsewhere(6, 0.4, returns, apart)
    moving = PictureChanges(
        at_s=tuple(k / 15 for k in range(12)), light=(120.0,) * 12, spread=(40.0,) * 12, detail=(9.0,) * 12,
        step=(20.0,) * 12, step_max=(90.0,) * 12, ncc=(0.3,) * 12, elsewhere=(place,),
    )  # fmt: skip
    said = continuity(moving, PacketSignals(1 / 15, 12))
    assert [entry.signals for entry in said.breaks] == ([("other-scene",)] if found else [])
    assert not any(said.certain)


def test_a_place_is_found_again_wherever_the_camera_turned():
    plane = cv2.resize(ground(43), (550, 350), interpolation=cv2.INTER_AREA)
    other = cv2.resize(ground(44), (550, 350), interpolation=cv2.INTER_AREA)
    here = Place(plane[100:145, 100:180])
    assert nowhere(here, Place(plane[100:145, 140:220])) < 0.2
    assert nowhere(here, Place((plane[112:157, 110:190] * 0.6).astype(np.uint8))) < 0.2
    assert nowhere(here, Place(other[100:145, 100:180])) > 0.5
    flat = Place(np.full((45, 80), 120, np.uint8))
    assert nowhere(here, flat) > 0.5


def test_a_step_that_no_signal_comes_from_is_not_looked_at_closely():
    lone = min(signals.LONE.weak, signals.LONE.strong, signals.LIT_LONE, signals.LONE_ALONE, signals.DISPLACED_LONE)
    assert min(lone, signals.SUDDEN_LONE) > LONE_LEAST and signals.WEAK_STEP > STEP_LEAST
    assert signals.APART.weak > APART_LEAST and signals.SHIFTED.weak > APART_LONE_LEAST
    assert signals.LONE_ALONE > ALONE_LEAST and signals.LONE_STEP > ALONE_STEP
    for step, small in ((LONE_LEAST + 0.05, 0.3), (LONE_LEAST - 0.05, 9.0)):
        steps = (small, small, small * step, small, small, small)
        closeup = Closeup(2, 0.2, *(Tracks(90, share, 0.9, (0.0, 0.0), 0.0, 1.0, 0.5) for share in (1, 0, 1)), 0.0, 0.0)
        seen = PictureChanges(
            at_s=tuple(0.1 * k for k in range(6)), light=(120.0,) * 6, spread=(40.0,) * 6, detail=(9.0,) * 6,
            step=steps, step_max=(50.0,) * 6, ncc=(0.0,) * 6, closeups=(closeup,),
        )  # fmt: skip
        assert not list(signals.hints(seen, PacketSignals(0.1, 6), ()))
        larger = replace(seen, step=(4.0, 4.0, 12.0, 4.0, 4.0, 4.0))
        assert list(signals.hints(larger, PacketSignals(0.1, 6), ()))


def test_one_signal_is_never_certain():
    calm = PictureChanges(
        at_s=tuple(k / 15 for k in range(60)),
        light=(120.0,) * 60,
        spread=(30.0,) * 60,
        detail=(8.0,) * 60,
        step=(1.0,) * 60,
        step_max=(30.0,) * 60,
        ncc=(0.99,) * 60,
    )
    gap = PacketSignals(1 / 15, 60, gaps=(Spacing(2.0, 2.5, 1 / 15),))
    key = PacketSignals(1 / 15, 60, early_keys=(EarlyKey(2.0, 0.4, 2.0, 0.11),))
    spacing = PacketSignals(1 / 15, 60, sound=True, sound_gaps=(Spacing(2.0, 0.05, 0.023),))
    for packets in (gap, key, spacing):
        found = continuity(calm, packets)
        assert len(found.breaks) == 1
        assert found.certain == (False,)
        assert found.continuous is None
    assert continuity(calm, PacketSignals(1 / 15, 60, makers=("Lavf62.1",))).continuous is True


def test_too_little_is_not_called_continuous(tmp_path: Path):
    assert judged(write(tmp_path / "a.mp4", take(18, 0, 0.2))).continuous is None


def test_the_same_file_gives_the_same_measurement(tmp_path: Path):
    path = str(write(tmp_path / "a.mp4", [*take(19, 0, 2), *take(19, 4, 6)]))
    assert picture_changes(Footage(path)) == picture_changes(Footage(path))


@pytest.mark.parametrize("kind", ["continuous", "control"])
def test_real_honest_clips_are_not_failed(shared_data: Any, kind: str):
    for row in shared_data.rows("continuity"):
        if row.truth["kind"] == kind:
            found = judged(row.path)
            assert found.continuous is not False, row.name
            assert not found.breaks, (row.name, found.breaks)


def test_real_edits_are_found(shared_data: Any):
    for row in shared_data.rows("continuity"):
        if row.truth["kind"] in ("jump", "copyjoin", "freeze"):
            found = judged(row.path)
            assert all(near(found, moment) for moment in row.truth["breaks_s"]), (row.name, found.breaks)
