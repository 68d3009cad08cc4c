"""``shared_frame``: what is said is sure, and what is not sure is unknown."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import cv2
import msgspec
import numpy as np
import pytest
from PIL import Image

from evidence_kit.facts.photo_quality import PhotoQuality, Shortfall, photo_quality
from evidence_kit.facts.shared_frame import GOODS as GOODS_CHANCE
from evidence_kit.facts.shared_frame import LABEL, PARCEL, shared_frame
from evidence_kit.facts.waybill_readings import UnreadLabel, WaybillReading, WaybillReadings
from evidence_kit.rules.goods_with_waybill import goods_with_waybill
from evidence_kit.schema import Case, Each, Item, Outcome
from evidence_kit.sensors.frame_content import (
    KINDS,
    MAX_LONG_EDGE,
    FrameContent,
    Region,
    content_of,
    frame_content,
    probabilities,
    regions_of,
    two_looks,
)
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.sharpness import sharpness

GOOD = PhotoQuality(4000, 3000)
DIM = PhotoQuality(4000, 3000, (Shortfall("TOO_DARK", False, 0.2, 0.3, "1"),))


def square(x, y, side):
    return ((x, y), (x + side, y), (x + side, y + side), (x, y + side))


def region(share=0.1, score=0.95, peak=0.99, at=(0.1, 0.1), side=0.3, at_edge=False):
    return Region(square(*at, side), share, score, peak, 0.9, at_edge)


GOODS = region(at=(0.6, 0.6))
SURE, DOUBTFUL = region(), region(share=0.02, score=0.6, peak=0.85)


def content(**kinds):
    return FrameContent(4000, 3000, **{name: tuple(regions) for name, regions in kinds.items()})


def read(at=(0.2, 0.2)):
    quad = square(*at, 0.05)
    return WaybillReadings(
        (WaybillReading("SF1234567890123", "barcode", "CODE_128", quad, 0.99, "zxing"),), label_seen=True
    )


NOTHING_READ = WaybillReadings(label_seen=False)


@pytest.mark.parametrize(
    ("seen", "readings", "expected"),
    [
        (content(labels=[SURE], goods=[GOODS]), read(), ("read", "yes", "no")),
        (content(labels=[SURE]), NOTHING_READ, ("seen", "no", "no")),
        (content(labels=[DOUBTFUL]), NOTHING_READ, ("unknown", "no", "no")),
        (content(), NOTHING_READ, ("none", "no", "no")),
        (content(goods=[DOUBTFUL]), read(), ("read", "unknown", "no")),
        (content(sealed=[SURE], labels=[SURE]), read(), ("read", "no", "yes")),
        (content(opened=[SURE]), NOTHING_READ, ("none", "no", "yes")),
    ],
)
def test_what_is_said(seen, readings, expected):
    found = shared_frame(seen, readings, GOOD)
    assert (found.waybill, found.goods, found.parcel) == expected
    assert found.adequate


def test_a_dim_photo_never_says_none():
    found = shared_frame(content(), NOTHING_READ, DIM)
    assert (found.waybill, found.goods, found.adequate) == ("unknown", "unknown", False)


def test_bars_settle_a_doubtful_label_but_are_none_on_their_own():
    bars = WaybillReadings(unread=(UnreadLabel(square(0.2, 0.2, 0.05), "TOO_SMALL"),), label_seen=True)
    assert shared_frame(content(labels=[DOUBTFUL]), bars, GOOD).waybill == "seen"
    assert shared_frame(content(), bars, GOOD).waybill != "seen"


def test_a_number_on_a_screen_is_doubted_and_says_so():
    found = shared_frame(content(pages=[SURE], goods=[GOODS]), read(), GOOD)
    assert found.waybill == "unknown"
    assert found.why is not None
    assert "屏幕" in found.why.zh


def test_a_label_taken_for_goods_is_no_goods():
    assert shared_frame(content(goods=[SURE]), read(), GOOD).goods == "unknown"


def test_a_strip_at_the_border_is_no_sure_goods():
    strip = Region(square(0.0, 0.0, 0.05), 0.006, 0.95, 0.99, 0.9, True)
    assert shared_frame(content(goods=[strip]), NOTHING_READ, GOOD).goods == "unknown"


def test_labels_are_told_from_the_finer_look_and_the_rest_from_both():
    pytest.importorskip("onnxruntime")
    picture = np.full((384, 512, 3), 90, np.uint8)
    cv2.rectangle(picture, (120, 100), (330, 260), (240, 240, 240), -1)
    finer, both = probabilities(picture), two_looks(picture)
    assert both.shape == finer.shape
    label = KINDS.index("label")
    assert np.array_equal(both[label], finer[label])
    assert not np.array_equal(both[KINDS.index("goods")], finer[KINDS.index("goods")])


def test_what_is_surer_is_likelier():
    for chance in (LABEL, GOODS_CHANCE, PARCEL):
        assert 0 < chance.of(DOUBTFUL, ()) < chance.of(SURE, ()) < 1


def test_the_quad_is_the_label_around_the_bars():
    assert shared_frame(content(labels=[SURE]), read(), GOOD).waybill_quad == SURE.quad
    alone = shared_frame(content(), read(), GOOD)
    assert alone.waybill_quad == square(0.2, 0.2, 0.05)


def test_a_small_unread_label_says_how_small():
    tiny = region(share=0.012, side=0.1)
    found = shared_frame(content(labels=[tiny], goods=[region(at=(0.5, 0.5))]), NOTHING_READ, GOOD)
    assert found.waybill == "seen"
    assert found.why is not None
    assert "1.2%" in found.why.zh


def outcome_of(seen, readings):
    item = Item("1.jpg", "photo", "", 9, "h")
    frame = shared_frame(seen, readings, GOOD)
    case = Case(datetime(2026, 11, 22, tzinfo=UTC))
    return goods_with_waybill(
        case, Each(((item, frame),)), Each(((item, readings),)), direction="either", min_photos=1
    ).outcome


@pytest.mark.parametrize(
    ("seen", "readings", "outcome"),
    [
        (content(labels=[SURE], goods=[GOODS]), read(), Outcome.PASS),
        (content(labels=[SURE]), read(), Outcome.FAIL),
        (content(labels=[SURE], sealed=[SURE]), read(), Outcome.REVIEW),
        (content(goods=[GOODS]), NOTHING_READ, Outcome.FAIL),
        (content(labels=[SURE], goods=[GOODS]), NOTHING_READ, Outcome.REVIEW),
        (content(labels=[DOUBTFUL], goods=[GOODS]), NOTHING_READ, Outcome.REVIEW),
        (content(labels=[SURE], goods=[DOUBTFUL]), read(), Outcome.REVIEW),
    ],
)
def test_through_the_rule(seen, readings, outcome):
    assert outcome_of(seen, readings) is outcome


def test_regions_are_found_with_their_rectangles():
    score = np.zeros((144, 192), np.float32)
    cv2.fillPoly(score, [np.array([[40, 40], [90, 60], [80, 90], [30, 70]])], 0.9)
    (found,) = regions_of(score, 0.3)
    assert found.share == pytest.approx(float((score > 0.3).mean()), abs=1e-4)
    assert found.score == pytest.approx(0.9, abs=1e-3)
    assert found.filled > 0.9
    assert not found.at_edge


@pytest.mark.parametrize("size", [(1, 1), (9, 400), (200, 260), (33, 1280)])
def test_any_size_gives_an_answer_that_survives_json(size):
    pytest.importorskip("onnxruntime")
    picture = np.random.default_rng(3).integers(0, 255, (*size, 3)).astype(np.uint8)
    seen = content_of(picture)
    assert msgspec.json.decode(msgspec.json.encode(seen), type=FrameContent) == seen


def photo_of(kind):
    """A photo that is none, as encoded bytes."""
    shape = {"dot": (1, 1), "panorama": (20_000, 600)}.get(kind, (1200, 900))
    mode = {"ink": "CMYK", "deep": "I;16", "moving": "P"}.get(kind, "RGB")
    image = Image.new(mode, shape, (255, 255, 255) if kind == "white" else 0)
    more = {"save_all": True, "append_images": [Image.new(mode, shape, 9)]} if kind == "moving" else {}
    buffer = io.BytesIO()
    image.save(buffer, {"ink": "JPEG", "moving": "GIF"}.get(kind, "PNG"), **more)
    return Photo(buffer.getvalue())


@pytest.mark.parametrize("kind", ["dot", "panorama", "ink", "deep", "moving", "black", "white"])
def test_where_nothing_is_nothing_is_seen(kind):
    pytest.importorskip("onnxruntime")
    photo = photo_of(kind)
    seen = frame_content(photo)
    assert (seen.width, seen.height) == (photo.header.width, photo.header.height)
    said = shared_frame(seen, NOTHING_READ, photo_quality(sharpness(photo)))
    assert (said.waybill, said.goods) == ("unknown", "unknown"), "a photo of nothing never says that there is none"


def test_a_panorama_is_looked_at_small():
    assert max(photo_of("panorama").colour(MAX_LONG_EDGE).shape) <= MAX_LONG_EDGE
