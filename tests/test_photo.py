"""One lazy, upright decode."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from evidence_kit.sensors import CannotOpen, LimitReached
from evidence_kit.sensors.photo import Photo

DATA = Path(os.environ.get("EVIDENCE_KIT_DATA") or Path(__file__).resolve().parents[2] / "shared") / "data" / "dev"


def picture(size: tuple[int, int] = (60, 40)) -> Image.Image:
    rng = np.random.default_rng(0)
    return Image.fromarray((rng.random((8, 12, 3)) * 255).astype(np.uint8)).resize(size, Image.Resampling.NEAREST)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(kind: str, orientation: int) -> None:
    if kind == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(picture(), kind, exif=exif.tobytes(), quality=95)
    with Image.open(io.BytesIO(content)) as image:
        wanted = np.array(ImageOps.exif_transpose(image).convert("RGB"))
    photo = Photo(content)
    found = photo.colour()[:, :, ::-1]
    assert (photo.height, photo.width) == wanted.shape[:2] == found.shape[:2]
    assert np.abs(found.astype(int) - wanted).mean() < 3


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "CMYK", "I;16", "1"])
def test_every_mode_becomes_eight_bits(mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray((np.linspace(0, 65535, 2400).reshape(40, 60)).astype(np.uint16))
    else:
        image = picture().convert(mode)
    content = encoded(image, {"CMYK": "JPEG"}.get(mode, "PNG"))
    photo = Photo(content)
    assert photo.luma().shape == (40, 60)
    assert photo.colour().shape == (40, 60, 3)
    assert photo.luma().dtype == np.uint8
    assert photo.luma().std() > 10


def test_transparent_is_shown_on_white() -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert Photo(encoded(clear, "PNG")).luma().min() == 255


@pytest.mark.parametrize("edge", [None, 1, 33, 300, 640, 641, 2000])
def test_sizes(edge: int | None) -> None:
    photo = Photo(encoded(picture((1200, 800)), "JPEG"))
    wanted = min(edge or 1200, 1200)
    assert photo.luma(edge).shape == (max(1, round(800 * wanted / 1200)), wanted)
    assert photo.colour(edge).shape[:2] == photo.luma(edge).shape
    assert not photo.luma(edge).flags.writeable


def test_pixels_do_not_depend_on_who_asked_first() -> None:
    content = encoded(picture((1200, 800)), "JPEG")
    one, other = Photo(content), Photo(content)
    one.colour()
    one.luma()
    assert (one.luma(400) == other.luma(400)).all()
    assert (one.colour(400) == other.colour(400)).all()


def test_animations_give_their_first_frame() -> None:
    frames = [Image.new("RGB", (30, 20), c) for c in ("white", "black")]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert Photo(content).luma().min() > 250


def test_a_cut_off_jpeg_still_shows_its_top() -> None:
    content = encoded(picture((1200, 800)), "JPEG", quality=95)
    half = Photo(content[: len(content) // 2]).luma()
    assert half.shape == (800, 1200)
    assert half[:100].std() > 10


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"GIF89a", b"not a picture", b"%PDF-1.4"])
def test_what_no_decoder_opens(content: bytes) -> None:
    with pytest.raises(CannotOpen):
        Photo(content).luma()


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen):
        _ = Photo(tmp_path / "none.jpg").header


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    content = encoded(Image.new("1", (30_000, 30_000)), "PNG")
    started = time.process_time()
    with pytest.raises(LimitReached):
        Photo(content).luma(100)
    assert time.process_time() - started < 1


def test_the_limit_is_on_pixels() -> None:
    with pytest.raises(LimitReached):
        Photo(encoded(picture(), "PNG"), max_pixels=100).luma()


def test_importing_is_cheap() -> None:
    say = "import sys, evidence_kit.sensors.photo; print([m for m in ('cv2', 'numpy', 'PIL') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not DATA.exists(), reason="the development data is not here")
def test_malformed_files_open_only_where_something_shows() -> None:
    for row in (DATA / "manifest.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        kind, file, truth = row.split("\t")[:3]
        said = json.loads(truth)
        if kind != "malformed" or said["media"] != "image" or said["decodes"] == "some":
            continue
        started = time.process_time()
        try:
            opens = Photo(DATA / file).luma(1000).size > 0
        except (CannotOpen, LimitReached):
            opens = False
        assert opens == (said["decodes"] == "Y"), file
        assert time.process_time() - started < 20, file
