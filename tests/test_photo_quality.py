"""``photo_quality``: blur, darkness and size are called only when they are plain."""

from __future__ import annotations

import io
from typing import get_args, get_type_hints

import cv2
import numpy as np
import pytest
from PIL import Image

from evidence_kit.facts.photo_quality import PhotoQuality, Shortfall, photo_quality
from evidence_kit.rules.photo_readable import ADVICE, WORDS
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.sharpness import Sharpness, measure_sharpness, sharpness


def mug_on_white_table(size=(1500, 2000)):
    """A plain round thing with soft shading and a narrow outline: (H, W, 3)."""
    h, w = size
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    picture = 205 + 15 * xs / w
    inside = (xs - w / 2) ** 2 + (ys - h / 2) ** 2 < (h / 4) ** 2
    picture = np.where(inside, 120 + 60 * (xs - w / 2 + h / 4) / (h / 2), picture)
    rng = np.random.default_rng(1)
    picture = cv2.GaussianBlur(picture, (0, 0), 1.0) + rng.normal(0, 1.5, (h, w))
    return np.repeat(np.clip(picture, 0, 255).astype(np.uint8)[:, :, None], 3, 2)


def encoded(bgr, kind="JPEG", **options):
    buffer = io.BytesIO()
    Image.fromarray(bgr[:, :, ::-1]).save(buffer, kind, **options)
    return buffer.getvalue()


def quality_of(content) -> PhotoQuality:
    return photo_quality(sharpness(Photo(content)))


def reasons(quality):
    return {(short.reason, short.certain) for short in quality.shortfalls}


def test_a_plain_mug_on_a_white_table_is_not_blurred():
    assert quality_of(encoded(mug_on_white_table(), quality=75)).shortfalls == ()


@pytest.mark.parametrize("sigma", [9, 12])
def test_plain_blur_is_certain(sigma):
    blurred = cv2.GaussianBlur(mug_on_white_table(), (0, 0), sigma * 1.5)
    assert ("TOO_BLURRED", True) in reasons(quality_of(encoded(blurred, quality=75)))


def test_slight_blur_is_nothing():
    blurred = cv2.GaussianBlur(mug_on_white_table(), (0, 0), 3)
    assert quality_of(encoded(blurred)).shortfalls == ()


def test_darkness():
    dark = (mug_on_white_table() * 0.1).astype(np.uint8)
    assert ("TOO_DARK", True) in reasons(quality_of(encoded(dark)))
    dusk = (mug_on_white_table() * 0.3).astype(np.uint8)
    assert ("TOO_DARK", False) in reasons(quality_of(encoded(dusk)))


def test_thumbnail_is_too_small():
    small = cv2.resize(mug_on_white_table(), (200, 150), interpolation=cv2.INTER_AREA)
    assert ("TOO_SMALL", True) in reasons(quality_of(encoded(small)))


@pytest.mark.parametrize(("level", "reason"), [(0, "TOO_DARK"), (128, "BLANK"), (255, "BLANK")])
def test_one_tone_is_a_finding(level, reason):
    """And it is called what it is: a picture without any edge is not called blurred."""
    assert reasons(quality_of(encoded(np.full((900, 1200, 3), level, np.uint8)))) == {(reason, True)}


def test_every_reason_has_its_words_and_advice():
    reasons = set(get_args(get_type_hints(Shortfall)["reason"]))
    assert reasons == set(WORDS) == set(ADVICE)


def test_one_pixel():
    assert ("TOO_SMALL", True) in reasons(quality_of(encoded(np.zeros((1, 1, 3), np.uint8), "PNG")))


def test_panorama_is_measured_without_full_memory():
    wide = np.full((600, 20_000, 3), 200, np.uint8)
    wide[100:500, ::300] = 20
    quality = quality_of(encoded(wide))
    assert (quality.width, quality.height) == (20_000, 600)


@pytest.mark.parametrize("mode", ["CMYK", "I;16", "P", "LA"])
def test_odd_modes(mode):
    base = Image.fromarray(mug_on_white_table((600, 800))[:, :, ::-1])
    if mode == "I;16":
        image = Image.fromarray(np.asarray(base.convert("L")).astype(np.uint16) * 257)
    else:
        image = base.convert("L").convert(mode) if mode == "LA" else base.convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG" if mode == "CMYK" else "PNG")
    assert quality_of(buffer.getvalue()).shortfalls == ()


def test_animation_is_its_first_frame():
    frames = [Image.fromarray(mug_on_white_table((480, 640))), Image.new("RGB", (640, 480))]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    assert not any(short.reason == "TOO_DARK" for short in quality_of(buffer.getvalue()).shortfalls)


def test_measurement_survives_json():
    import msgspec

    seen = measure_sharpness(np.zeros((50, 50), np.uint8))
    assert msgspec.json.decode(msgspec.json.encode(seen), type=Sharpness) == seen
