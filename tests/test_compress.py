"""``evidence-kit compress``: within the limits, nothing cut but the end, the original untouched."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from evidence_kit.cli import main
from evidence_kit.compress import CannotCompress, compress, picture_size
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.picture_changes import picture_changes

from . import moving_clips


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    """Eight seconds of one take with sound, 320 x 180, far larger than it need be."""
    folder = tmp_path_factory.mktemp("clip")
    silent = moving_clips.write(folder / "silent.mp4", moving_clips.take(3, 0, 8), options={"crf": "8"})
    path = folder / "原 片.mp4"
    with av.open(str(silent)) as given, av.open(str(path), "w") as out:
        picture = out.add_stream_from_template(given.streams.video[0])
        sound = out.add_stream("aac", rate=44_100, layout="stereo")
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is not None:
                packet.stream = picture
                out.mux(packet)
        tone = np.sin(np.arange(8 * 44_100) * 0.06).astype(np.float32) * 0.3
        heard = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
        heard.rate = 44_100
        out.mux(sound.encode(heard))
        out.mux(sound.encode(None))
    return path


def test_the_copy_is_within_the_limits_and_whole(clip, tmp_path):
    before = hashlib.sha256(clip.read_bytes()).hexdigest()
    most = clip.stat().st_size // 3
    copy = compress(clip, tmp_path / "small.mp4", max_bytes=most, max_s=600)
    assert copy.bytes == copy.path.stat().st_size <= most and not copy.shortened
    assert hashlib.sha256(clip.read_bytes()).hexdigest() == before
    assert [path.name for path in tmp_path.iterdir()] == ["small.mp4"]
    old, new = Footage(clip), Footage(copy.path)
    assert copy.frames == 120 == len(new.packets)
    assert np.allclose([f.at_s for f in old.frames()], [f.at_s for f in new.frames()], atol=0.002)
    assert new.container.sound is not None and new.container.sound.codec == "aac"
    assert abs(new.container.duration_s - old.container.duration_s) < 0.2


def test_a_take_stays_one_take(clip, tmp_path):
    copy = compress(clip, tmp_path / "small.mp4", max_bytes=clip.stat().st_size // 3, max_s=600)
    assert len(picture_changes(Footage(copy.path)).closeups) <= len(picture_changes(Footage(clip)).closeups)


def test_only_the_end_is_left_out(clip, tmp_path):
    copy = compress(clip, tmp_path / "small.mp4", max_bytes=10_000_000, max_s=5)
    assert copy.shortened and copy.frames == 75 and copy.seconds <= 5.0
    assert next(iter(Footage(copy.path).frames())).at_s == 0


def test_few_bits_make_the_picture_smaller_never_larger():
    assert picture_size(1920, 1080, 4_000_000, 1 / 30) == (1920, 1080)
    assert picture_size(3840, 2160, 3_760_000, 1 / 30) == (1920, 1080)
    assert picture_size(1080, 1920, 500_000, 1 / 30) == (360, 640)
    assert picture_size(321, 241, 9e9, 1 / 30) == (320, 240)


def test_a_turned_film_is_written_upright(clip, tmp_path):
    program = pytest.importorskip(
        "imageio_ffmpeg", reason="turned by ffmpeg: pip install -e '.[bench]'"
    ).get_ffmpeg_exe()
    turned = tmp_path / "turned.mp4"
    command = [program, "-v", "error", "-display_rotation", "90", "-i", str(clip), "-c", "copy", str(turned)]
    subprocess.run(command, check=True)
    assert next(iter(Footage(turned).frames())).size == (180, 320)
    copy = compress(turned, tmp_path / "small.mp4", max_bytes=10_000_000, max_s=600)
    assert copy.size == (180, 320)


def test_nothing_is_replaced_and_nothing_is_left_behind(clip, tmp_path):
    there = tmp_path / "there.mp4"
    there.write_bytes(b"mine")
    with pytest.raises(CannotCompress, match="exists"):
        compress(clip, there, max_bytes=1_000_000, max_s=600)
    assert there.read_bytes() == b"mine"
    with pytest.raises(CannotCompress, match="do not go into"):
        compress(clip, tmp_path / "tiny.mp4", max_bytes=9_000, max_s=600)
    for name, content in (("no.mp4", b"no film"), ("cut.mp4", clip.read_bytes()[:3000])):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CannotCompress):
            compress(tmp_path / name, tmp_path / "out.mp4", max_bytes=1_000_000, max_s=600)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut.mp4", "no.mp4", "there.mp4"]


def test_a_file_system_without_links_gets_the_copy_too(clip, tmp_path, monkeypatch):
    def refused(*_):
        raise PermissionError(1, "no links here")

    monkeypatch.setattr("os.link", refused)
    copy = compress(clip, tmp_path / "small.mp4", max_bytes=10_000_000, max_s=600)
    assert copy.path.stat().st_size == copy.bytes and [p.name for p in tmp_path.iterdir()] == ["small.mp4"]


def test_the_command_judges_the_copy(clip, tmp_path, capsys):
    own = tmp_path / "own.toml"
    most = clip.stat().st_size // 3
    own.write_text(
        f'extends = "card"\nid = "own"\nlimits.video-size.max_bytes = {most}\nlimits.video-size.review_bytes = {most}\n'
    )
    wanted = tmp_path / "copy.mp4"
    code = main(["compress", str(clip), "--output", str(wanted), "--pack", str(own), "--lang", "en", "-q"])
    out, err = capsys.readouterr()
    assert code == 0 and err == "" and wanted.stat().st_size <= most
    assert "pass    video size" in out and "pass    video length" in out and "pass    video" in out
    assert main(["compress", str(clip), "--output", str(wanted), "-q"]) == 2
    assert "exists" in capsys.readouterr().err
