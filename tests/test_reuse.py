"""Copies of one exposure, and what only looks like one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from benchmarks.reuse_copies import CHANGES, copies
from evidence_kit.facts.picture_copies import PictureCopy, accepted, is_copy, one_exposure
from evidence_kit.rules.no_reuse import no_reuse
from evidence_kit.schema import Case, Item, Outcome, Pairs, Submission
from evidence_kit.sensors.picture_print import EDGE, Overlay, PicturePrint, overlay, print_of


def scene(seed, size=(900, 1200)):
    """Blocks, discs and lines of many sizes with grain: enough corners, nothing repeated."""
    rng = np.random.default_rng(seed)
    picture = np.full((*size, 3), rng.integers(90, 170, 3), np.uint8)
    for _ in range(160):
        at = rng.integers(0, (size[1], size[0]))
        ink = tuple(int(c) for c in rng.integers(0, 255, 3))
        if rng.random() < 0.5:
            to = at + rng.integers(8, 160, 2)
            cv2.rectangle(picture, tuple(map(int, at)), tuple(map(int, to)), ink, -1)
        else:
            cv2.circle(picture, tuple(map(int, at)), int(rng.integers(4, 60)), ink, -1, cv2.LINE_AA)
    picture = cv2.GaussianBlur(picture, (0, 0), 1.0)
    return np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)


def printed(picture):
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    scale = EDGE / max(grey.shape)
    return print_of(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey)


PICTURE = scene(1)
COPIES = dict(copies(PICTURE, 1))


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_copies_are_found(change):
    assert is_copy(printed(PICTURE), printed(COPIES[change]))


def test_another_picture_is_none():
    assert not is_copy(printed(PICTURE), printed(scene(2)))


def test_one_template_with_another_number_is_none():
    """The same layout in the same place, and only what is printed in a few boxes differs."""
    pair = []
    for seed in (5, 6):
        page = PICTURE.copy()
        rng = np.random.default_rng(seed)
        for top in (100, 330, 560):
            page[top : top + 110, 150:1050] = 255
            for x in range(160, 1040, 12):
                if rng.random() < 0.5:
                    page[top + 8 : top + 100, x : x + 8] = 10
        pair.append(page)
    laid = overlay(printed(pair[0]), printed(pair[1]))
    assert laid is not None and laid.residual_px < 1  # they do lie over each other
    assert not is_copy(printed(pair[0]), printed(pair[1]))


def test_thumbnails_and_blank_pictures_are_not_compared():
    small = cv2.resize(PICTURE, (200, 150), interpolation=cv2.INTER_AREA)
    assert not is_copy(printed(small), printed(small))
    blank = np.full((600, 800, 3), 200, np.uint8)
    assert not is_copy(printed(blank), printed(blank))
    assert print_of(np.zeros((1, 1), np.uint8)) == PicturePrint(1, 1)


def test_prints_are_the_same_every_time():
    assert printed(PICTURE) == printed(PICTURE)


def item(name, sha):
    return Item(name, "photo", "", 9, sha)


def said(*entries):
    items = tuple(entry[0] for entry in entries)
    prints = {owner.id: PictureCopy(printed(picture)) for owner, picture in entries}
    pairs = Pairs(items, of=lambda one, other: one_exposure(prints[one.id], prints[other.id]))
    return no_reuse(Submission("A", Case(datetime(2026, 11, 22, tzinfo=UTC)), items), pairs)


def test_rule():
    assert said((item("1.jpg", "a"), PICTURE), (item("2.jpg", "b"), scene(2))).outcome is Outcome.PASS
    near = said((item("1.jpg", "a"), PICTURE), (item("2.jpg", "b"), COPIES["crop 10%"]))
    assert (near.outcome, near.reason) == (Outcome.REVIEW, "DUPLICATE_PHOTO") and "1.jpg" in near.message.zh
    same = said((item("1.jpg", "a"), PICTURE), (item("2.jpg", "a"), PICTURE))
    assert same.outcome is Outcome.REVIEW and "完全相同" in same.message.zh


def test_damaged_prints_say_nothing():
    whole = printed(PICTURE)
    for small in (b"", b"no jpeg", whole.small[:40]):
        assert not is_copy(whole, PicturePrint(whole.width, whole.height, whole.places, whole.features, small))


def test_many_unlike_blocks_are_counted_however_many_blocks_there_are():
    whole = Overlay(300, 200, 0.9, 0.1, 0.9, 1.0, (0.1,) * 60 + (0.95,) * 600)
    assert not accepted(whole)
    assert accepted(replace(whole, likeness=(0.1,) * 20 + (0.95,) * 640))
