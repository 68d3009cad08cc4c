"""Footage: packets and frames of any file, within bounds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter

from evidence_kit.sensors import CannotOpen, LimitReached
from evidence_kit.sensors.container import begins_anew
from evidence_kit.sensors.footage import Footage, FootageLimits, Frame, _Budget, _reduced, _within
from tests.moving_clips import take, write


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("footage") / "clip.mp4", take(1, 0, 4))


def test_importing_the_module_loads_nothing_heavy():
    code = "import sys, evidence_kit.sensors.footage as f; print([m for m in ('av','cv2','numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_packet_table_tells_times_sizes_and_keys(clip: Path):
    table = Footage(str(clip)).packets
    assert table is not None
    assert len(table) == 60
    assert table.complete
    assert np.flatnonzero(table.key).tolist() == [0, 15, 30, 45]
    assert np.sort(table.pts_s)[-1] == pytest.approx(59 / 15, abs=1e-3)
    assert Footage(str(clip)).sound_packets is None


def test_frames_come_in_presentation_order_with_their_times(clip: Path):
    times = [frame.at_s for frame in Footage(str(clip)).frames()]
    assert len(times) == 60
    assert times == sorted(times)
    assert times[30] == pytest.approx(2.0, abs=1e-3)


def test_key_frames_only(clip: Path):
    frames = list(Footage(str(clip)).frames(only_keys=True))
    assert [round(frame.at_s, 2) for frame in frames] == [0, 1, 2, 3]
    assert all(frame.key for frame in frames)


def test_windows_and_moments(clip: Path):
    footage = Footage(str(clip))
    inside = [frame.at_s for frame in footage.frames([(0.5, 0.7), (3.0, 3.1)])]
    assert [round(moment * 15) for moment in inside] == [8, 9, 10, 45, 46]
    assert [round(frame.at_s * 15) for frame in footage.at([0.5, 0.52, 2.0, 3.99, 9.0])] == [7, 7, 30, 59]


def test_views_are_reduced_and_upright(clip: Path):
    frame = next(Footage(str(clip)).frames())
    assert frame.size == (320, 180)
    assert frame.luma(80).shape == (45, 80)
    assert frame.luma().shape == (180, 320)
    assert frame.colour().shape == (180, 320, 3)
    assert abs(float(frame.luma().mean()) - float(frame.colour().mean())) < 20


def painted(width: int, height: int, form: str, matrix: int, full: bool) -> av.VideoFrame:
    """A soft picture with colours of all kinds, encoded as the stream would say."""
    rng = np.random.default_rng(8)
    soft = cv2.resize(rng.integers(0, 256, (9, 16, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    picture = av.VideoFrame.from_ndarray(soft, format="rgb24")
    made = picture.reformat(
        format=form, dst_colorspace=matrix, dst_color_range=2 if full else 1, interpolation="ACCURATE_RND"
    )
    made.colorspace, made.color_range = matrix, 2 if full else 1
    return made


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(("width", "height", "form", "matrix", "full"), [
    (1920, 1080, "yuv420p", 5, False), (1920, 1080, "yuv420p", 1, False), (720, 1280, "yuvj420p", 5, True),
    (384, 216, "yuv420p", 5, False), (322, 242, "yuv420p", 1, True), (1920, 1080, "yuv422p", 5, False),
])  # fmt: skip
def test_small_colour_views_have_the_colours_of_the_picture(width, height, form, matrix, full, rotation):
    picture = painted(width, height, form, matrix, full)
    frame = Frame(picture, 0.0, 0, rotation, VideoReformatter())
    whole = frame.colour()
    small = frame.colour(192)
    assert small.dtype == np.uint8 and max(small.shape) == 192
    assert (
        small.shape[1] > small.shape[0]
        if (width > height) == (rotation in (0, 180))
        else small.shape[1] < small.shape[0]
    )
    apart = cv2.resize(whole, small.shape[1::-1], interpolation=cv2.INTER_AREA).astype(int) - small
    assert np.abs(apart).mean() < 3 and np.abs(np.median(apart, axis=(0, 1))).max() <= 3


def test_the_first_frame_is_told_without_another_decode(clip: Path, monkeypatch):
    footage = Footage(str(clip))
    assert footage.first == (0, (320, 180))
    footage = Footage(str(clip))
    list(footage.frames([(1.0, 1.2)]))
    assert footage._first is None, "a frame of the middle is not the first"
    list(footage.frames(skip_loop_filter=True, every=2))
    monkeypatch.setattr(Footage, "frames", None)
    assert footage.first == (0, (320, 180))


@pytest.mark.parametrize(("kind", "top"), [(np.uint8, 256), (np.uint16, 1024)])
@pytest.mark.parametrize("shape", [(1080, 1920), (1920, 1080)])
def test_the_quick_mean_of_threes_is_the_general_one(shape, kind, top):
    plane = np.random.default_rng(5).integers(0, top, shape).astype(kind)
    size = _within(shape, 320)
    half = cv2.resize(plane[1::3], (shape[1] // 2, shape[0] // 6), interpolation=cv2.INTER_AREA)
    assert half.shape == (size[1], 3 * size[0])
    assert np.array_equal(_reduced(plane, size), cv2.resize(half, size, interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize(("codec", "options"), [
    ("libx264", {"bf": "3", "b-pyramid": "normal"}), ("libx264", {"bf": "0"}),
    ("libx265", {"x265-params": "bframes=4"}),
])  # fmt: skip
def test_frames_left_out_are_not_decoded_where_no_other_is_made_from_them(tmp_path, monkeypatch, codec, options):
    path = write(tmp_path / "clip.mp4", take(2, 0, 4, 30), 30, gop=60, codec=codec, options=options)
    every = [frame for frame in Footage(str(path)).frames(skip_loop_filter=True) if frame.index % 2 == 0]
    decoded = []
    monkeypatch.setattr(_Budget, "frame", lambda _, picture: decoded.append(picture.pts))
    some = list(Footage(str(path)).frames(skip_loop_filter=True, every=2))
    assert [frame.index for frame in some] == list(range(0, 120, 2))
    assert [frame.at_s for frame in some] == [frame.at_s for frame in every]
    assert all(np.array_equal(one.luma(), other.luma()) for one, other in zip(some, every, strict=True))
    # Without B-frames, all but the last of each group of pictures.
    assert len(decoded) == 118 if options.get("bf") == "0" else len(decoded) < 90


@pytest.mark.parametrize(("name", "codec", "options", "spared"), [
    ("clip.mp4", "libx264", {"bf": "0"}, True), ("clip.mkv", "libx264", {"bf": "0"}, True),
    ("clip.ts", "libx264", {"bf": "0"}, False),  # Start codes: nothing is told of these.
    ("clip.mp4", "libx264", {"bf": "0", "x264-params": "intra-refresh=1:ref=3"}, False),
    ("clip.mp4", "libx265", {"x265-params": "bframes=0"}, True),
    ("clip.mkv", "libx264", {"bf": "3", "x264-params": "open-gop=1"}, False),
    ("clip.mp4", "libx265", {"x265-params": "bframes=4:open-gop=1"}, False),
])  # fmt: skip
@pytest.mark.parametrize(("gop", "every"), [(15, 2), (16, 4)])
def test_what_follows_the_last_frame_wanted_of_a_group_falls_away(
    tmp_path, monkeypatch, name, codec, options, spared, gop, every
):
    path = write(tmp_path / name, take(3, 0, 3, 30), 30, gop=gop, codec=codec, options=options)
    whole = [frame for frame in Footage(str(path)).frames(skip_loop_filter=True) if frame.index % every == 0]
    decoded = []
    monkeypatch.setattr(_Budget, "frame", lambda _, picture: decoded.append(picture.pts))
    frames = list(Footage(str(path)).frames(skip_loop_filter=True, every=every))
    assert [frame.at_s for frame in frames] == [frame.at_s for frame in whole]
    assert all(np.array_equal(one.luma(), other.luma()) for one, other in zip(frames, whole, strict=True))
    fewer = len(decoded)
    monkeypatch.setattr("evidence_kit.sensors.footage.begins_anew", lambda packet, context: False)
    assert len(list(Footage(str(path)).frames(skip_loop_filter=True, every=every))) == len(frames)
    assert (fewer < len(decoded) - fewer) == spared


def test_a_group_begins_where_the_stream_says_so():
    def anew(codec: str, *kinds: int, reordered: bool = False, tail: bytes = b"") -> bool:
        heads = [kind if codec == "h264" else kind << 1 for kind in kinds]
        units = b"".join(b"\0\0\0\x03" + bytes([head, 7, 7]) for head in heads)
        return begins_anew(units + tail, SimpleNamespace(name=codec, has_b_frames=reordered))

    assert anew("h264", 9, 7, 8, 6, 5, 5)
    assert not anew("h264", 6, 1), "an intra frame with a recovery point"
    assert not anew("h264", 5, 1), "a second field made from the first, or two frames in one packet"
    assert not anew("h264", 5, tail=b"\0\0\0\x09\x65"), "a unit that ends elsewhere"
    assert not anew("h264") and not anew("h264", 6)
    assert not begins_anew(b"\0\0\0\x01\x65\x88\x84", SimpleNamespace(name="h264", has_b_frames=False)), "start codes"
    assert anew("hevc", 35, 19) and anew("hevc", 20) and anew("hevc", 21)
    assert not anew("hevc", 21, reordered=True) and not anew("h264", 5, reordered=True), "others may be to come before"
    assert not anew("hevc", 1) and not anew("hevc", 34)
    assert not anew("vp9", 5)


def test_frames_without_a_number_are_all_decoded(clip: Path, monkeypatch):
    footage = Footage(str(clip))
    assert footage.packets is not None
    footage.packets.pts_s[3] = np.nan
    assert [frame.index for frame in footage.frames(skip_loop_filter=True, every=4)] == list(range(0, 60, 4))


def test_limits_end_the_work(clip: Path):
    with pytest.raises(LimitReached):
        list(Footage(str(clip), FootageLimits(max_frames=10)).frames())
    with pytest.raises(LimitReached):
        list(Footage(str(clip), FootageLimits(max_frame_px=1000)).frames())
    table = Footage(str(clip), FootageLimits(max_packets=10)).packets
    assert table is not None
    assert len(table) == 10
    assert not table.complete


@pytest.mark.parametrize("content", [b"", b"\0" * 64, bytes(range(256)) * 40, b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n"])
def test_what_is_no_video_cannot_be_opened(tmp_path: Path, content: bytes):
    path = tmp_path / "lies.mp4"
    path.write_bytes(content)
    with pytest.raises(CannotOpen):
        _ = Footage(str(path)).container


def test_half_a_file_gives_what_it_holds(tmp_path: Path, clip: Path):
    whole = clip.read_bytes()
    path = tmp_path / "half.mp4"
    path.write_bytes(whole[: len(whole) // 2])
    footage = Footage(str(path))
    try:
        frames = list(footage.frames())
    except CannotOpen:
        return
    assert len(frames) < 60
