"""The video header against the containers set, and on files that lie."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence_kit.sensors import CannotOpen
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.video_header import VideoHeader, video_header
from tests.moving_clips import take, write


def header(path: Path) -> VideoHeader:
    return video_header(Footage(str(path)))


def test_every_container_of_the_development_data(shared_data: Any):
    for row in shared_data.rows("containers"):
        found, truth = header(row.path), row.truth
        assert found.container == truth["container"], row.name
        assert found.video_codec == truth["codec"], row.name
        assert found.frames == truth["frames"], row.name
        assert found.first_frame_decodes == (truth["decodable"] == "Y"), row.name
        assert found.duration_s == pytest.approx(truth["duration_s"], abs=0.05), row.name
        if truth["last_frame_s"] is not None:
            assert found.last_frame_end_s == pytest.approx(truth["last_frame_s"], abs=0.05), row.name


def test_malformed_videos_end_in_an_answer(shared_data: Any):
    for row in shared_data.rows("malformed"):
        if row.truth["media"] != "video":
            continue
        try:
            found = header(row.path)
        except CannotOpen:
            assert row.truth["decodes"] != "Y", row.name
        else:
            assert found.first_frame_decodes == (row.truth["decodes"] == "Y"), row.name


@pytest.mark.parametrize(
    ("name", "codec", "container"),
    [
        ("a.mp4", "libx264", "mp4"),
        ("a.mov", "libx264", "mov"),
        ("a.m4v", "libx264", "m4v"),
        ("a.3gp", "libx264", "3gp"),
        ("a.mkv", "libx264", "matroska"),
        ("a.avi", "mpeg4", "avi"),
        ("a.ts", "libx264", "mpegts"),
        ("a.flv", "libx264", "flv"),
    ],
)
def test_containers_are_named_by_content(tmp_path: Path, name: str, codec: str, container: str):
    options = {} if codec == "libx264" else {"crf": "-1"}
    made = write(tmp_path / name, take(2, 0, 1), codec=codec, options=options)
    lying = made.rename(tmp_path / "renamed.bin")
    found = header(lying)
    assert found.container == container
    assert found.first_frame_decodes
    assert found.last_frame_end_s == pytest.approx(1.0, abs=0.1)
    assert not found.truncated


@pytest.mark.parametrize("fps", [1, 240])
def test_odd_frame_rates(tmp_path: Path, fps: int):
    pictures = take(3, 0, 1, fps=60)
    found = header(write(tmp_path / "a.mp4", pictures, fps=fps))
    assert found.frame_s_median == pytest.approx(1 / fps, rel=0.01)
    assert found.duration_s == pytest.approx(60 / fps, rel=0.02)


def test_a_cut_off_file_is_truncated(tmp_path: Path):
    whole = write(tmp_path / "a.mkv", take(4, 0, 3)).read_bytes()
    (tmp_path / "b.mkv").write_bytes(whole[: len(whole) * 2 // 3])
    assert (header(tmp_path / "b.mkv").last_frame_end_s or 9) < 2.9
    whole = write(tmp_path / "a.mp4", take(4, 0, 3), options={"movflags": "faststart"}).read_bytes()
    (tmp_path / "b.mp4").write_bytes(whole[: len(whole) - 2000])
    with contextlib.suppress(CannotOpen):
        assert header(tmp_path / "b.mp4").truncated


def test_a_header_that_lies_about_its_length(tmp_path: Path):
    path = write(tmp_path / "a.mp4", take(5, 0, 2))
    data = bytearray(path.read_bytes())
    place = data.index(b"mvhd") + 4
    data[place + 16 : place + 20] = (1000 * 3600).to_bytes(4, "big")
    path.write_bytes(bytes(data))
    found = header(path)
    assert found.duration_s == pytest.approx(3600, rel=0.01)
    assert found.last_frame_end_s == pytest.approx(2.0, abs=0.1)


def test_an_8k_header_is_read_in_bounded_work(tmp_path: Path):
    picture = np.full((4320, 7680), 128, np.uint8)
    found = header(write(tmp_path / "a.mp4", [picture], options={"preset": "ultrafast"}))
    assert (found.width, found.height) == (7680, 4320)


def test_sound_alone_has_no_picture(tmp_path: Path):
    import av

    path = tmp_path / "a.m4a"
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=44100)
        for k in range(40):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44100, k * 1024
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    found = header(path)
    assert found.video_codec is None
    assert found.audio
    assert not found.first_frame_decodes
