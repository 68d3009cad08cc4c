"""Hostile and broken files through the whole path: a finding for each, never a traceback, a hang or a bomb."""

import json
import os
import resource
import shutil
import time
from pathlib import Path

import pytest

from evidence_kit import check
from tests.conftest import NOW

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
MOST_S = 20.0
MOST_BYTES = 2 * 1024**3


def judged(path):
    began = time.process_time()
    report = check(path, now=NOW)
    assert time.process_time() - began < MOST_S
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < MOST_BYTES
    return report


def test_every_malformed_file_is_settled(shared_data):
    for row in shared_data.rows("malformed"):
        report = judged(row.path)
        (item,) = report.items
        own = [finding for finding in report.findings if finding.target == item.id]
        assert own, row.name
        if row.truth["decodes"] == "N":
            assert report.verdict != "pass", row.name
            reasons = {finding.reason for finding in own}
            assert reasons & {"FORMAT", "LIMIT_REACHED"}, (row.name, reasons)
        json.loads(report.to_json())


def test_a_bomb_is_refused_by_its_header(tmp_path):
    import struct
    import zlib

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)
    report = judged(tmp_path / "bomb.png")
    assert {finding.reason for finding in report.findings if finding.target} & {"LIMIT_REACHED", "FORMAT"}


@pytest.mark.parametrize(("size", "outcome"), [(300_000_000, "pass"), (300_000_001, "review"), (314_572_801, "fail")])
def test_a_video_s_size_is_judged_to_the_byte(tmp_path, size, outcome):
    clip = tmp_path / "long.mp4"
    shutil.copy(SAMPLES / "video-format" / "pass-mp4" / "unbox.mp4", clip)
    os.truncate(clip, size)
    report = judged(clip)
    (found,) = (finding for finding in report.findings if finding.rule == "video-size")
    assert (found.outcome, found.actual.value) == (outcome, size)


def test_links_are_not_followed_out_of_the_folder(tmp_path):
    outside = tmp_path / "secret.jpg"
    shutil.copy(SAMPLES / "waybill-matches" / "pass-return" / "1.jpg", outside)
    case = tmp_path / "case"
    case.mkdir()
    (case / "link.jpg").symlink_to(outside)
    shutil.copy(outside, case / "own.jpg")
    assert [item.id for item in judged(case).items] == ["own.jpg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_an_error_of_its_own(tmp_path):
    shutil.copy(SAMPLES / "waybill-matches" / "pass-return" / "1.jpg", tmp_path / "1.jpg")
    (tmp_path / "1.jpg").chmod(0)
    report = judged(tmp_path)
    assert {finding.outcome for finding in report.findings if finding.target == "1.jpg"} == {"error"}


@pytest.mark.parametrize(
    ("name", "shape", "mode"),
    [
        ("dot.png", (1, 1), "RGB"),
        ("wide.png", (20_000, 300), "L"),
        ("ink.jpg", (800, 600), "CMYK"),
        ("deep.png", (800, 600), "I;16"),
        ("black.png", (1200, 900), "RGB"),
        ("moving.gif", (1200, 900), "P"),
    ],
)
def test_odd_pictures_get_a_finding(tmp_path, name, shape, mode):
    from PIL import Image

    more = {"save_all": True, "append_images": [Image.new(mode, shape, 9)]} if name == "moving.gif" else {}
    Image.new(mode, shape).save(tmp_path / name, **more)
    report = judged(tmp_path / name)
    assert any(finding.target == name for finding in report.findings)
    assert report.verdict != "pass"
