"""``shared_frame``: what is said is sure, and what is not sure is unknown."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from PIL import Image

from evidence_kit.facts.photo_quality import PhotoQuality, Shortfall, photo_quality
from evidence_kit.facts.shared_frame import GOODS as GOODS_CHANCE
from evidence_kit.facts.shared_frame import LABEL, PARCEL, parcel_chance, shared_frame
from evidence_kit.facts.waybill_readings import UnreadLabel, WaybillReading, WaybillReadings
from evidence_kit.rules.goods_with_waybill import goods_with_waybill
from evidence_kit.schema import Case, Each, Item, Outcome
from evidence_kit.sensors.frame_content import (
    CLOSER_LABELS,
    KINDS,
    LEAST,
    MAX_LONG_EDGE,
    SMALL_LABEL,
    FrameContent,
    LabelRegion,
    Region,
    closer_look,
    content_of,
    frame_content,
    labels_of,
    outline,
    probabilities,
    regions_of,
    two_looks,
)
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.sharpness import sharpness

GOOD = PhotoQuality(4000, 3000)
DIM = PhotoQuality(4000, 3000, (Shortfall("TOO_DARK", False, 0.2, 0.3, "1"),))
DARK = PhotoQuality(4000, 3000, (Shortfall("TOO_DARK", True, 0.1, 0.16, "1"),))
SOFT = PhotoQuality(4000, 3000, (Shortfall("TOO_BLURRED", False, 0.2, 0.26, "1"),))


def square(x, y, side):
    return ((x, y), (x + side, y), (x + side, y + side), (x, y + side))


def region(share=0.1, score=0.95, peak=0.99, at=(0.1, 0.1), side=0.3, at_edge=False):
    return Region(square(*at, side), share, score, peak, 0.9, at_edge)


def label(goods=0.0, parcel=0.0, **measures):
    """A region that may be a label, from near as likely as from afar, with these kinds around it and else ground."""
    one = region(**measures)
    around = dict.fromkeys(KINDS, 0.0) | {"background": 1 - goods - parcel, "sealed": parcel, "goods": goods}
    return LabelRegion(
        one.quad, one.share, one.score, one.peak, one.filled, one.at_edge, one.score, one.peak, tuple(around.values())
    )


GOODS = region(at=(0.6, 0.6))
SURE, DOUBTFUL = region(), region(share=0.02, score=0.5, peak=0.65)
SURE_LABEL, DOUBTFUL_LABEL, CARRIED = label(), label(share=0.02, score=0.45, peak=0.65), label(parcel=0.98)


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
        (content(labels=[SURE_LABEL], goods=[GOODS]), read(), ("read", "yes", "no")),
        (content(labels=[SURE_LABEL]), NOTHING_READ, ("seen", "no", "no")),
        (content(labels=[DOUBTFUL_LABEL]), NOTHING_READ, ("unknown", "no", "no")),
        (content(), NOTHING_READ, ("none", "no", "no")),
        (content(goods=[DOUBTFUL]), read(), ("read", "unknown", "no")),
        (content(sealed=[SURE], labels=[CARRIED]), read(), ("read", "no", "yes")),
        (content(opened=[region(share=0.4, peak=0.999)]), NOTHING_READ, ("none", "no", "yes")),
    ],
)
def test_what_is_said(seen, readings, expected):
    found = shared_frame(seen, readings, GOOD)
    assert (found.waybill, found.goods, found.parcel) == expected
    assert found.adequate


@pytest.mark.parametrize("quality", [DARK, SOFT])
def test_a_dark_or_blurred_photo_never_says_none(quality):
    found = shared_frame(content(), NOTHING_READ, quality)
    assert (found.waybill, found.goods, found.adequate) == ("unknown", "unknown", False)


def test_a_dim_photo_is_told_like_others():
    found = shared_frame(content(), NOTHING_READ, DIM)
    assert (found.waybill, found.goods, found.adequate) == ("none", "no", True)


def test_bars_settle_a_doubtful_label_but_are_none_on_their_own():
    bars = WaybillReadings(unread=(UnreadLabel(square(0.2, 0.2, 0.05), "TOO_SMALL"),), label_seen=True)
    assert shared_frame(content(labels=[DOUBTFUL_LABEL]), bars, GOOD).waybill == "seen"
    assert shared_frame(content(), bars, GOOD).waybill != "seen"


def test_a_paper_that_names_itself_is_no_label_unless_bars_lie_on_it():
    line = square(0.2, 0.2, 0.05)
    named = WaybillReadings(label_seen=False, other_papers=(line,))
    assert shared_frame(content(labels=[SURE_LABEL]), named, GOOD).waybill == "none"
    assert shared_frame(content(labels=[DOUBTFUL_LABEL]), named, GOOD).waybill == "none"
    elsewhere = WaybillReadings(label_seen=False, other_papers=(square(0.8, 0.8, 0.05),))
    assert shared_frame(content(labels=[SURE_LABEL]), elsewhere, GOOD).waybill == "seen"
    barred = WaybillReadings(unread=(UnreadLabel(line, None),), label_seen=True, other_papers=(line,))
    assert shared_frame(content(labels=[SURE_LABEL]), barred, GOOD).waybill == "seen"


def test_a_small_part_of_a_page_that_names_itself_is_no_label() -> None:
    page, line = region(share=0.2), square(0.2, 0.2, 0.05)
    named = WaybillReadings(label_seen=False, other_papers=(line,))
    part, whole = label(share=0.01, at=(0.3, 0.3), side=0.05), label(share=0.05, at=(0.3, 0.3), side=0.09)
    assert shared_frame(content(labels=[part], pages=[page]), named, GOOD).waybill == "none"
    assert shared_frame(content(labels=[part], pages=[page]), NOTHING_READ, GOOD).waybill == "seen"
    assert shared_frame(content(labels=[whole], pages=[page]), named, GOOD).waybill == "seen", "it may lie on the page"
    beside = label(share=0.01, at=(0.6, 0.6), side=0.05)
    assert shared_frame(content(labels=[beside], pages=[page]), named, GOOD).waybill == "seen"
    bars = replace(named, unread=(UnreadLabel(square(0.31, 0.31, 0.02), None),))
    assert shared_frame(content(labels=[part], pages=[page]), bars, GOOD).waybill == "seen"


def test_a_products_sticker_is_no_label() -> None:
    sticker = label(side=0.2)
    much, little = square(0.15, 0.15, 0.1), square(0.19, 0.19, 0.04)
    assert shared_frame(content(labels=[sticker]), WaybillReadings(product_codes=(much,)), GOOD).waybill == "none"
    assert shared_frame(content(labels=[sticker]), WaybillReadings(product_codes=(little,)), GOOD).waybill == "seen"
    elsewhere = WaybillReadings(product_codes=(square(0.7, 0.7, 0.1),))
    assert shared_frame(content(labels=[sticker]), elsewhere, GOOD).waybill == "seen"
    both = WaybillReadings(product_codes=(much,), unread=(UnreadLabel(little, None),))
    assert shared_frame(content(labels=[sticker]), both, GOOD).waybill == "seen", "other bars may be a waybill's"


def test_a_small_place_that_a_closer_look_denies_is_no_label():
    small = label(share=0.008)
    said = {
        again: shared_frame(content(labels=[replace(small, again=again)]), NOTHING_READ, GOOD).waybill
        for again in (0.04, 0.09, 0.3, None)
    }
    assert said == {0.04: "none", 0.09: "none", 0.3: "seen", None: "seen"}
    denied, other = replace(small, again=0.04), label(at=(0.6, 0.6))
    found = shared_frame(content(labels=[denied, other]), NOTHING_READ, GOOD)
    assert (found.waybill, found.waybill_quad) == ("seen", other.quad), "the others stay"
    assert shared_frame(content(labels=[denied]), read(), GOOD).waybill_quad == small.quad, "a number was read in it"
    bars = WaybillReadings(unread=(UnreadLabel(square(0.2, 0.2, 0.05), "TOO_SMALL"),), label_seen=True)
    assert shared_frame(content(labels=[denied]), bars, GOOD).waybill == "seen"


def test_what_both_closer_looks_see_may_be_a_label():
    speck = label(share=0.0005, score=0.12, peak=0.15, side=0.02)
    near = replace(speck, closer_peak=0.95)
    said = {
        again: shared_frame(content(labels=[replace(near, closer=0.9, again=again)]), NOTHING_READ, GOOD).waybill
        for again in (0.5, 0.9)
    }
    assert said == {0.5: "none", 0.9: "unknown"}
    assert shared_frame(content(labels=[speck]), NOTHING_READ, GOOD).waybill == "none"


def test_a_number_on_a_screen_is_doubted_and_says_so():
    found = shared_frame(content(pages=[SURE], goods=[GOODS]), read(), GOOD)
    assert found.waybill == "unknown"
    assert found.why is not None
    assert "屏幕" in found.why.zh


def test_a_label_taken_for_goods_is_no_goods():
    assert shared_frame(content(goods=[SURE]), read(), GOOD).goods == "unknown"


def test_what_carries_a_label_is_no_goods_and_what_lies_beside_it_is():
    """Both rectangles hold the label; the one lies all around it, the other only overlaps it."""
    around, beside = label(goods=0.9), label(goods=0.15)
    assert shared_frame(content(labels=[around], goods=[SURE]), read(), GOOD).goods == "unknown"
    assert shared_frame(content(labels=[beside], goods=[SURE]), read(), GOOD).goods == "yes"


def test_bars_on_sure_goods_or_a_parcel_are_their_own():
    bars = WaybillReadings(unread=(UnreadLabel(square(0.7, 0.7, 0.05), None),), label_seen=True)
    assert shared_frame(content(goods=[GOODS]), bars, GOOD).waybill == "none"
    assert shared_frame(content(goods=[region(score=0.5, peak=0.6, at=(0.6, 0.6))]), bars, GOOD).waybill == "unknown"
    assert shared_frame(content(sealed=[GOODS]), bars, GOOD).waybill == "none"
    both = WaybillReadings(unread=(*bars.unread, UnreadLabel(square(0.1, 0.1, 0.05), None)), label_seen=True)
    assert shared_frame(content(goods=[GOODS]), both, GOOD).waybill == "unknown"


def test_a_parcel_is_likelier_where_the_label_lies_on_one():
    maybe = region(share=0.3, score=0.6, peak=0.8)
    on, off = (content(labels=[one], sealed=[maybe]) for one in (CARRIED, SURE_LABEL))
    alone = parcel_chance(content(sealed=[maybe]))
    assert parcel_chance(off) < alone < parcel_chance(on)


def test_what_may_be_a_label_is_looked_at_from_near():
    pytest.importorskip("onnxruntime")
    photo = Photo(Path(__file__).parents[1] / "samples" / "captured-after-sign-off" / "pass-after" / "1.jpg")
    small, large = photo.colour(640), photo.colour(960)
    asked = []
    seen = content_of(small, None, lambda: asked.append(1) or large)
    nearer = [one for one in seen.labels if (one.closer, one.closer_peak) != (one.score, one.peak)]
    assert 1 <= len(nearer) == len(asked) <= CLOSER_LABELS
    surest = max(seen.labels, key=lambda one: one.score)
    assert surest.closer > 0.5, "a label is one from near, too"
    assert surest.around[KINDS.index("background")] > 0.5
    assert all(sum(one.around) == pytest.approx(1, abs=0.15) for one in seen.labels), "labels from the finer look alone"
    assert any(one.closer < 0.1 for one in nearer), "what only looked like one from afar is none from near"
    assert surest.again is None, "a large place is not looked at again"
    small_ones = [one for one in nearer if one.share < SMALL_LABEL]
    assert small_ones
    assert all(one.again == one.closer_peak for one in small_ones if one.closer_peak < LEAST), "nothing to look at"
    _, peak, there = closer_look(large, surest.quad)
    assert peak == pytest.approx(surest.closer_peak, abs=0.1)
    assert there is not None
    mask = np.zeros((400, 400), np.uint8)
    cv2.fillConvexPoly(mask, np.round(np.array(surest.quad) * 400).astype(np.int32), 1)
    assert covered(there, mask) > 0.7
    assert closer_look(np.full((480, 640, 3), 90, np.uint8), surest.quad)[2] is None

    far = np.full((480, 640, 3), 90, np.uint8)
    far[100:196, 300:428] = cv2.resize(small, (128, 96), interpolation=cv2.INTER_AREA)
    one = max(content_of(far).labels, key=lambda region: region.score)
    assert one.share < SMALL_LABEL
    assert one.again is not None
    assert one.again > 0.5, "and looked at again, where the closer look saw it"

    nothing: list[int] = []
    content_of(np.full((480, 640, 3), 90, np.uint8), None, lambda: nothing.append(1) or large)
    assert not nothing, "where nothing may be a label the larger picture is not asked for"


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


def test_a_large_label_of_the_coarser_look_counts_where_the_finer_sees_part_of_it():
    finer, coarser = np.zeros((60, 80), np.float32), np.zeros((60, 80), np.float32)
    coarser[10:40, 10:50] = 0.8
    assert not labels_of(finer, coarser).any(), "what the finer look sees nothing of is none"
    finer[12:20, 12:20], finer[50, 70] = 0.9, 0.6
    found = labels_of(finer, coarser)
    assert (found[12:20, 12:20] == np.float32(0.9)).all()
    assert (found[20:40, 20:50] == np.float32(0.8)).all()
    assert found[50, 70] == np.float32(0.6)
    coarser[:, 22:] = 0
    assert (labels_of(finer, coarser[:, ::-1]) == finer).all(), "elsewhere, it changes nothing"
    assert (labels_of(finer, np.where(finer > 0.8, coarser, 0)) == finer).all(), "small ones the finer look tells alone"


def test_what_is_surer_is_likelier():
    for chance in (LABEL, GOODS_CHANCE, PARCEL):
        assert 0 < chance.of(DOUBTFUL, ()) < chance.of(SURE, ()) < 1


def test_the_quad_is_the_label_around_the_bars():
    assert shared_frame(content(labels=[SURE_LABEL]), read(), GOOD).waybill_quad == SURE.quad
    alone = shared_frame(content(), read(), GOOD)
    assert alone.waybill_quad == square(0.2, 0.2, 0.05)


def test_a_small_unread_label_says_how_small():
    tiny = label(share=0.012, side=0.1)
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
        (content(labels=[SURE_LABEL], goods=[GOODS]), read(), Outcome.PASS),
        (content(labels=[SURE_LABEL]), read(), Outcome.FAIL),
        (content(labels=[CARRIED], sealed=[SURE]), read(), Outcome.REVIEW),
        (content(goods=[GOODS]), NOTHING_READ, Outcome.FAIL),
        (content(labels=[SURE_LABEL], goods=[GOODS]), NOTHING_READ, Outcome.REVIEW),
        (content(labels=[DOUBTFUL_LABEL], goods=[GOODS]), NOTHING_READ, Outcome.REVIEW),
        (content(labels=[SURE_LABEL], goods=[DOUBTFUL]), read(), Outcome.REVIEW),
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


ASLANT = np.array([[120, 60], [330, 100], [300, 260], [80, 180]])
"""Corners in cells of a label seen aslant, clockwise."""


def covered(quad, mask):
    """Share of a quad and of an area that both have in common."""
    drawn = np.zeros(mask.shape, np.uint8)
    spots = np.array(quad) * mask.shape[::-1]
    cv2.fillConvexPoly(drawn, np.round(spots).astype(np.int32), 1)
    return float((drawn & mask).sum() / (drawn | mask).sum())


def turns(quad):
    """Twice the area of a quad: above 0 where its corners are in clockwise order, y down."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(quad, (*quad[1:], quad[0]), strict=True))


def test_a_labels_outline_has_its_own_four_sides():
    mask = np.zeros((300, 400), np.uint8)
    cv2.fillConvexPoly(mask, ASLANT.astype(np.int32), 1)
    found = outline(mask > 0)
    (whole,) = regions_of(mask.astype(np.float32), 0.5)
    assert covered(found, mask) > 0.97
    assert covered(whole.quad, mask) < 0.85
    assert turns(found) > 0
    assert turns(whole.quad) > 0
    assert np.allclose(np.array(found) * (400, 300), ASLANT, atol=3), "the corner nearest the top left is the first"


def test_a_bite_out_of_a_label_does_not_move_its_other_sides():
    mask = np.zeros((300, 400), np.uint8)
    cv2.fillConvexPoly(mask, ASLANT.astype(np.int32), 1)
    whole = mask.copy()
    cv2.circle(mask, (200, 160), 40, 0, -1)
    cv2.fillConvexPoly(mask, np.array([[330, 100], [290, 92], [322, 140]]), 0)
    assert covered(outline(mask > 0), whole) > 0.95


@pytest.mark.parametrize("shape", ["cell", "line", "disc", "triangle", "whole", "two"])
def test_any_area_has_an_outline_within_the_picture(shape):
    mask = np.zeros((60, 80), np.uint8)
    if shape == "cell":
        mask[10, 10] = 1
    elif shape == "line":
        mask[20, 5:70] = 1
    elif shape == "disc":
        cv2.circle(mask, (75, 30), 20, 1, -1)
    elif shape == "triangle":
        cv2.fillConvexPoly(mask, np.array([[10, 10], [60, 15], [30, 50]]), 1)
    elif shape == "whole":
        mask[:] = 1
    else:
        mask[5:9, 5:9] = mask[40:50, 60:70] = 1
    found = outline(mask > 0)
    assert len(found) == 4
    assert all(0 <= value <= 1 for corner in found for value in corner)
    assert turns(found) > 0
    if shape == "whole":
        assert covered(found, mask) == 1.0


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
