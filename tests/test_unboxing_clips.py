"""The rendered unboxing clips: same seed, same clip; the truth is that of the pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks.synth.unboxing import Show, Truth, Wish, rehearsed, shown_faces, take
from benchmarks.synth.unboxing_geometry import FLAP, INSIDE, NORMALS, facing, turned
from benchmarks.synth.unboxing_set import PERIOD, maker, truth_row, wish


def truth(cos, *, opened=False, clear=1.0, share=0.05):
    values = np.array(cos, float)
    visible = (values > 0).astype(float)
    return Truth(0.0, np.eye(3), values, clear * visible, share * visible, opened, 0.0, np.zeros((6, 4, 2)))


@pytest.mark.parametrize("face", range(6))
def test_the_smallest_turn_brings_a_face_to_the_camera(face):
    towards = np.array([0.0, 0.6, -0.8])
    turn = facing(NORMALS[face], towards)
    assert np.allclose(turn @ NORMALS[face], towards)
    assert np.linalg.det(turn) == pytest.approx(1)


def test_same_seed_same_clip():
    one, other = Show(41, Wish(2)), Show(41, Wish(2))
    assert one.length_s == other.length_s
    assert (one.frame(0.7)[0] == other.frame(0.7)[0]).all()
    assert one.length_s != Show(42, Wish(2), rehearse=True).length_s


@pytest.mark.parametrize(("faces", "kind"), [(5, "box"), (1, "bag")])
def test_a_take_shows_as_many_faces_as_wished(faces, kind):
    show = take(50, Wish(faces, kind=kind))
    shown, grey = rehearsed(show)
    assert (len(shown), grey) == (faces, set())


def test_the_truth_is_that_of_the_pixels():
    show = Show(44, Wish(4, opens=False))
    picture, marks, found = show.frame(show.length_s / 2)
    assert picture.shape == (show.size[1], show.size[0], 3)
    assert marks.shape == (show.size[1] // 2, show.size[0] // 2)
    assert not found.opened
    front = int(found.cos.argmax())
    area = np.zeros(marks.shape, np.uint8)
    quad = found.quads[front] * [marks.shape[1], marks.shape[0]]
    cv2.fillConvexPoly(area, np.round(quad).astype(np.int32), 1)
    of_face = marks == front + 1
    assert of_face.mean() == pytest.approx(found.share[front])
    assert (area[of_face] == 1).mean() > 0.95
    assert not np.isin(marks, (FLAP, INSIDE)).any()
    away = [face for face in range(6) if found.cos[face] < 0]
    assert not np.isin(marks, [face + 1 for face in away]).any()


def test_an_opened_parcel_shows_flaps_or_its_inside():
    show = Show(46, Wish(1))
    assert show.opened_at_s is not None
    before, after = show.frame(show.opened_at_s - 0.6), show.frame(show.opened_at_s + 2.5)
    assert (before[2].opened, after[2].opened) == (False, True)
    assert not np.isin(before[1], (FLAP, INSIDE)).any()
    assert np.isin(after[1], (FLAP, INSIDE)).mean() > 0.003
    started = Show(47, Wish(0, "opened"))
    assert started.frame(0.0)[2].opened


def test_shown_is_long_enough_straight_enough_and_uncovered():
    fps = 10.0
    front, slanted, unseen = [0.9, -0.9, 0, 0, 0, 0], [0.4, 0, 0.8, 0, 0, 0], [0.2, 0, 0.9, 0, 0, 0]
    assert shown_faces([truth(front)] * 5, fps, "box") == ({0}, set())
    assert shown_faces([truth(front)] * 2, fps, "box") == (set(), {0})
    assert shown_faces([truth(slanted)] * 9, fps, "box") == ({2}, {0})
    assert shown_faces([truth(unseen)] * 9, fps, "box") == ({2}, set())
    assert shown_faces([truth(front, clear=0.3)] * 9, fps, "box") == (set(), {0})
    assert shown_faces([truth(front, opened=True)] * 9, fps, "box") == (set(), set())
    assert shown_faces([truth([0.9, 0, 0, 0, 0, 0])] * 9, fps, "bag") == (set(), set())


def test_a_truth_row_says_what_the_clip_shows():
    show = Show(41, Wish(2), rehearse=True)
    row = truth_row(show, [truth([0.9, 0, 0.1, 0, 0, 0])] * 20)
    assert (row["shown"], row["grey"], row["wished"], row["start"]) == ([0], [], 2, "sealed")


def test_every_round_of_clips_has_all_kinds():
    wishes = [wish(number) for number in range(PERIOD)]
    lacking = [one for one in wishes if one.start == "sealed" and one.faces < (6 if one.kind == "box" else 2)]
    assert len(lacking) == 11
    assert {one.faces for one in wishes if one.kind == "box" and one.start == "sealed"} == {1, 2, 3, 4, 5, 6}
    assert sum(one.start == "opened" for one in wishes) == 3
    assert not all(one.opens for one in wishes)


def test_the_held_out_world_draws_otherwise():
    pytest.importorskip("pymupdf_fonts", reason="fonts of the held-out labels: pip install -e .[heldout]")
    show = take(48, Wish(3), maker("heldout"))
    shown, grey = rehearsed(show)
    assert (len(shown), grey) == (3, set())
    picture, _, found = show.frame(1.0)
    assert picture.shape == (show.size[1], show.size[0], 3)
    assert found.share.sum() > 0.01
    assert turned((0, 0, 1), 0.0) == pytest.approx(np.eye(3))


@pytest.mark.parametrize("split", ["tune", "heldout"])
def test_what_is_never_opened_stays_closed(split):
    if split == "heldout":
        pytest.importorskip("pymupdf_fonts", reason="fonts of the held-out labels: pip install -e .[heldout]")
    for seed in range(6):  # Half of the held-out boxes have a lid.
        show = maker(split)(seed, Wish(2, opens=False))
        picture_marks_truth = [show.frame(at_s) for at_s in (0.0, show.length_s / 2, show.length_s - 0.1)]
        assert not any(found.opened for _, _, found in picture_marks_truth)
        assert not any(np.isin(marks, (FLAP, INSIDE)).any() for _, marks, _ in picture_marks_truth)
