"""scan over broken files, real and made: the scan lives, no traceback, and each file is settled within its limits."""

import shutil
from pathlib import Path

import pytest

from benchmarks.synth.mutations import MUTATIONS, mutated, spread
from tests.scan_cases import CLIP, PHOTO, SAMPLES, photo, reports, scan

FUZZED = 200
TIME_LIMIT_S = 60
MEMORY_LIMIT_MB = 1_500
LIMITS = ("--time-limit", TIME_LIMIT_S, "--memory-limit", MEMORY_LIMIT_MB, "--cache", "off", "-q")


def settled(report):
    """Something is said of every item, and a file that could not be checked never lets the case pass."""
    assert report["findings"]
    said = {finding["target"] for finding in report["findings"]}
    assert all(item["id"] in said for item in report["items"]), report["submission"]["id"]
    if any(finding["outcome"] == "error" and finding["required"] for finding in report["findings"]):
        assert report["verdict"] != "pass"


def test_every_malformed_file_goes_through_scan(shared_data, tmp_path):
    rows = list(shared_data.rows("malformed"))
    assert rows
    for number, row in enumerate(rows):
        case = tmp_path / "cases" / f"{number:03d}"
        case.mkdir(parents=True)
        shutil.copy(row.path, case / row.name)
    scan(tmp_path / "cases", "--out", tmp_path / "out", *LIMITS)
    found = reports(tmp_path / "out")
    assert len(found) == len(rows)
    for number, row in enumerate(rows):
        report = found[f"{number:03d}"]
        settled(report)
        if row.truth["decodes"] == "N":
            assert report["verdict"] != "pass", row.name


def sources(folder):
    """Small good files of several kinds: what is mutated is small, so that a whole set takes no minutes."""
    from PIL import Image

    made = [photo(folder / "small.jpg", 1), Path(shutil.copy(CLIP, folder / "clip.mp4"))]
    Image.open(made[0]).save(folder / "small.png")
    Image.open(made[0]).save(folder / "small.webp")
    Image.open(PHOTO).resize((600, 450)).save(folder / "label.jpg", quality=70, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
    made += [folder / "small.png", folder / "small.webp", folder / "label.jpg"]
    renamed = next((SAMPLES / "video-format").glob("*renamed*/*.*4"), None)
    return made + ([renamed] if renamed else [])


def test_two_hundred_fuzzed_files_go_through_scan(tmp_path):
    (tmp_path / "good").mkdir()
    spread(tmp_path / "cases", sources(tmp_path / "good"), FUZZED)
    scan(tmp_path / "cases", "--out", tmp_path / "out", *LIMITS)
    found = reports(tmp_path / "out")
    assert len(found) == FUZZED
    for report in found.values():
        settled(report)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_mutations_change_files_and_repeat_themselves(mutation):
    import random

    data = CLIP.read_bytes()
    assert mutation(bytearray(data), random.Random(1)) == mutation(bytearray(data), random.Random(1)) != data
    assert mutated(data, 5) == mutated(data, 5)
