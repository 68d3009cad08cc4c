"""Labels in a video: read while another sensor's pass decodes it, from few frames, and the best kept where unread."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from evidence_kit.facts.video_waybill import video_waybill
from evidence_kit.facts.waybill_readings import WaybillReadings
from evidence_kit.schema import Deferred
from evidence_kit.sensors.codes import placed, read_codes
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.frame_codes import frame_codes
from evidence_kit.sensors.frame_texts import MOST_FRAMES, choose, frame_texts
from evidence_kit.sensors.label_frames import APART_S, KEPT, PLAIN, glance
from evidence_kit.sensors.picture_changes import PictureChanges, picture_changes
from tests.moving_clips import ground, seen, write

NUMBER = "SF1234567890123"


def bars(text: str = NUMBER, *, high: int = 60) -> np.ndarray:
    """A Code 128 with its quiet zone, (h, w) uint8."""
    import zxingcpp

    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    row = np.asarray(code.to_image(scale=2))[0]
    return np.repeat(np.pad(row, 20, constant_values=255)[None], high, axis=0)


def shown(from_s: float, to_s: float, *, soft: float = 0.0, turn: int = 0, length_s: float = 3.0) -> list[np.ndarray]:
    """A moving ground of 640 x 360; the label lies on it from one moment to another."""
    plane, label = ground(31), bars()
    pictures = []
    for k in range(round(length_s * 15)):
        picture = np.asarray(cv2.resize(seen(plane, k / 15), (640, 360), interpolation=cv2.INTER_CUBIC))
        if from_s <= k / 15 < to_s:
            lying = np.ascontiguousarray(np.rot90(label, turn))
            top, left = 100 if turn % 2 == 0 else 5, 120
            picture[top : top + lying.shape[0], left : left + lying.shape[1]] = lying[: 360 - top]
        pictures.append(np.asarray(cv2.GaussianBlur(picture, (0, 0), soft)) if soft else picture)
    return pictures


@pytest.mark.parametrize("turned", [0.0, 22.5, 45.0, 90.0, 160.0])
def test_a_glance_sees_bars_whichever_way_they_lie(turned: float):
    label = np.full((480, 640), 235, np.uint8)
    label[200:260, 140 : 140 + bars().shape[1]] = bars()
    about = cv2.getRotationMatrix2D((320, 230), turned, 1.0)
    picture = np.asarray(cv2.warpAffine(label, about, (640, 480), borderValue=235.0), np.uint8)
    strength, box, standing = glance(picture)
    assert strength > 0
    assert standing == (turned in (0.0, 22.5, 160.0))
    assert box is not None
    left, top, right, bottom = box
    assert left < 320 < right
    assert top < 230 < bottom


def test_a_glance_sees_none_in_an_even_or_tiny_picture():
    assert glance(np.full((480, 640), 128, np.uint8)) == (0.0, None, False)
    assert glance(np.zeros((9, 700), np.uint8)) == (0.0, None, False)


def test_a_label_held_for_a_moment_is_read_in_the_pass_of_another_sensor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = write(tmp_path / "label.mp4", shown(1.2, 1.9), gop=60)
    footage, passes = Footage(str(path)), []
    decoded = Footage._pass
    monkeypatch.setattr(Footage, "_pass", lambda *given: passes.append(given[4]) or decoded(*given))
    found = frame_codes(footage, picture_changes(footage))
    assert passes == [None]
    assert {code.text for moment in found.moments for code in moment.codes.seen} == {NUMBER}
    assert all(1.1 < moment.at_s < 2.0 for moment in found.moments)
    assert found.examined <= 10
    read = video_waybill(found, Deferred(lambda: pytest.fail("no print is needed")))
    assert isinstance(read, WaybillReadings)
    assert [reading.number for reading in read.readings] == [NUMBER]


def test_what_goes_wrong_with_labels_leaves_the_comparison_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from evidence_kit.sensors import EngineMissing
    from evidence_kit.sensors.label_frames import LabelFrames

    def broken(*_: Any) -> None:
        raise EngineMissing("no reader")

    monkeypatch.setattr(LabelFrames, "_look", broken)
    footage = Footage(str(write(tmp_path / "label.mp4", shown(0.5, 2.0))))
    assert len(picture_changes(footage).at_s) == 45
    with pytest.raises(EngineMissing):
        frame_codes(footage, PictureChanges())


def test_a_measurement_from_the_cache_is_followed_by_a_pass_of_its_own(tmp_path: Path):
    path = write(tmp_path / "label.mp4", shown(0.5, 2.0, turn=1))
    found = frame_codes(Footage(str(path)), PictureChanges())
    assert {code.text for moment in found.moments for code in moment.codes.seen} == {NUMBER}


def test_quads_are_relative_and_lie_on_the_label(tmp_path: Path):
    path = write(tmp_path / "label.mp4", shown(0.0, 3.0))
    found = frame_codes(Footage(str(path)), PictureChanges())
    for moment in found.moments:
        for code in moment.codes.seen:
            assert all(0.15 <= x <= 0.95 and 0.25 <= y <= 0.47 for x, y in code.quad)


def test_unread_bars_are_kept_few_and_apart_and_read_no_number(tmp_path: Path):
    path = write(tmp_path / "soft.mp4", shown(0.4, 2.8, soft=3.0))
    footage = Footage(str(path))
    found = frame_codes(footage, PictureChanges())
    assert not any(code for moment in found.moments for code in moment.codes.seen)
    assert 0 < len(footage.labels.kept) <= KEPT + PLAIN
    times = sorted(entry.at_s for entry in footage.labels.kept if entry.bars)
    assert all(later - earlier >= APART_S for earlier, later in pairwise(times))


def test_print_is_sought_on_kept_frames_and_decoded_again_only_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from evidence_kit.sensors import number_lines

    looked: list[Any] = []
    monkeypatch.setattr(number_lines, "read_area", lambda picture, *_, **__: looked.append(picture.copy()) or ["line"])
    path = write(tmp_path / "soft.mp4", shown(0.4, 2.8, soft=3.0))
    footage = Footage(str(path))
    found = frame_codes(footage, PictureChanges())
    monkeypatch.setattr(Footage, "at", lambda *_: iter(()))
    moments = [entry.at_s for entry in frame_texts(footage, found).moments]
    first, *others = (m.at_s for m in choose(found.moments))
    assert moments == sorted([first, *others])
    monkeypatch.undo()
    monkeypatch.setattr(number_lines, "read_area", lambda picture, *_, **__: looked.append(picture.copy()) or ["line"])
    frame_texts(Footage(str(path)), found)
    half = len(looked) // 2
    assert half == len(moments) > 1
    frames = [(frame.at_s, frame.luma().copy()) for frame in Footage(str(path)).frames()]
    for at_s, kept, again in zip([first, *sorted(others)], looked[:half], looked[half:], strict=True):
        # Without loop filter the one, with it the other: the same moment all the same.
        for picture in (kept, again):
            nearest = min(frames, key=lambda frame, picture=picture: cv2.norm(frame[1], picture, cv2.NORM_L1))
            assert nearest[0] == pytest.approx(at_s, abs=0.01)


def test_more_frames_are_read_only_where_the_likeliest_has_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from evidence_kit.sensors import number_lines

    path = write(tmp_path / "soft.mp4", shown(0.4, 2.8, soft=3.0))
    footage = Footage(str(path))
    found = frame_codes(footage, PictureChanges())
    assert len(choose(found.moments)) == MOST_FRAMES
    for lines in ([[]], [["line"], [], []], [["line"], ["line"], []]):
        left = list(lines)
        monkeypatch.setattr(number_lines, "read_area", lambda *_, left=left, **__: left.pop(0))
        moments = frame_texts(footage, found).moments
        assert not left
        assert [m.at_s for m in moments] == sorted(m.at_s for m in choose(found.moments)[: len(lines)])


def test_bars_of_a_part_lie_where_they_are_in_the_whole_frame():
    whole = np.full((720, 1280), 210, np.uint8)
    label = bars()
    whole[500 : 500 + len(label), 640 : 640 + label.shape[1]] = label
    part = read_codes(whole[450:650, 600:1200], closely=False)
    assert [code.text for code in part.seen] == [NUMBER]
    found, plain = placed(part, (600, 450), 1280, 720), read_codes(whole, closely=False)
    assert (found.width, found.height) == (1280, 720)
    assert np.allclose(found.seen[0].quad, plain.seen[0].quad, atol=0.01)


@pytest.mark.parametrize(("rate", "every"), [(12, 1), (15, 1), (25, 1), (30, 2), (60, 4), (240, 16)])
def test_a_light_pass_looks_15_to_30_times_a_second(tmp_path: Path, rate: int, every: int):
    path = write(tmp_path / "rate.mp4", [np.full((64, 96), k % 200, np.uint8) for k in range(24)], rate)
    footage = Footage(str(path))
    assert footage.look_every == every
    assert len(picture_changes(footage).at_s) == -(-24 // every)
    assert picture_changes(footage).share == 1.0
