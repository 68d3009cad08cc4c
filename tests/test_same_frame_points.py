"""The weights of the same-frame chances: what is fitted tells what is there from what is not."""

from __future__ import annotations

import numpy as np
import pytest

points = pytest.importorskip("benchmarks.same_frame_points")

from evidence_kit.sensors.frame_content import FrameContent, Region  # noqa: E402

SQUARE = ((0.1, 0.1), (0.3, 0.1), (0.3, 0.3), (0.1, 0.3))


def photos(count=400):
    """Half with goods: their likeliest region has the higher probabilities, and another one is always there."""
    rng = np.random.default_rng(11)
    made = []
    for index in range(count):
        there = index % 2 == 0
        peak = float(np.clip(rng.normal(0.9 if there else 0.6, 0.08), 0.3, 0.999))
        region = Region(SQUARE, float(rng.uniform(0.01, 0.2)), peak - 0.1, peak, 0.8, False)
        other = Region(SQUARE, 0.02, 0.35, 0.4, 0.8, True)
        made.append(points.Seen(True, there, False, FrameContent(400, 300, goods=(other, region))))
    return made


def test_fitted_weights_tell_goods_from_none():
    seen = photos()
    chance = points.fitted("goods", seen)
    found = np.array([max(c for _, c in points._chances(chance, "goods", one.content)) for one in seen])
    truth = np.array([one.goods for one in seen])
    assert (found[truth] > 0.5).mean() > 0.9
    assert (found[~truth] < 0.5).mean() > 0.9
    assert abs(found.mean() - truth.mean()) < 0.05, "chances are calibrated: their mean is the share that is there"


def test_marginal_photos_teach_nothing():
    seen = photos()
    marginal = [points.Seen(True, None, False, one.content) for one in seen]
    assert points.fitted("goods", seen) == points.fitted("goods", [*seen, *marginal])


def test_the_upper_point_lets_a_hundredth_of_what_is_not_there_through():
    point, wrong, right = points._upper(list(np.linspace(0.5, 1, 51)), list(np.linspace(0, 1, 101)))
    assert (wrong, right) == (1, 1)
    assert 0.99 < point < 1


def rates(wrong_passes, wrong_fails, right):
    def share(hits):
        return {"hits": hits, "of": 1000, "share": hits / 1000}

    one = {"false_pass": share(wrong_passes), "false_fail": share(wrong_fails)}
    one |= {"fails_called": share(right), "passes_called": share(0)}
    return dict.fromkeys(("bars", "read", "real"), one)


def test_the_points_chosen_decide_most_within_what_is_allowed():
    def judge(at):
        # Each point that is let down decides more, and errs more: passes by the one, fails by the other.
        passes, fails = 1 - at["GOODS_YES"], at["LABEL_NONE"]
        return rates(round(30 * passes), round(40 * fails), round(500 * passes + 500 * fails))

    found, outcome = points.chosen(judge)
    assert found["GOODS_YES"] == 0.60, "12 false passes of 1,000 are allowed, not 14"
    assert found["LABEL_NONE"] == 0.16, "6 false fails are allowed, not 8"
    assert points.allowed(outcome, rates(0, 0, 0))


def test_points_that_decide_nothing_more_stay_strict():
    found, _ = points.chosen(lambda at: rates(0, 0, 10))
    assert found == {name: values[0] for name, values in points.POINTS.items()}


def test_errors_of_the_strictest_points_are_no_reason_for_more():
    worse, worst = rates(0, 9, 0), rates(0, 10, 0)
    assert points.allowed(worse, worse), "9 false fails are more than allowed, and the strictest points make as many"
    assert not points.allowed(worst, worse)


def test_overlap_is_intersection_over_union_within_the_picture():
    from benchmarks.same_frame import overlap

    assert overlap(SQUARE, SQUARE) == pytest.approx(1)
    half = ((0.1, 0.1), (0.2, 0.1), (0.2, 0.3), (0.1, 0.3))
    assert overlap(SQUARE, half) == overlap(half[::-1], SQUARE) == pytest.approx(0.5)
    assert overlap(SQUARE, ((0.5, 0.5), (0.6, 0.5), (0.6, 0.6), (0.5, 0.6))) == 0
    beyond, seen = ((-0.2, 0.1), (0.2, 0.1), (0.2, 0.3), (-0.2, 0.3)), ((0.0, 0.1), (0.2, 0.1), (0.2, 0.3), (0.0, 0.3))
    assert overlap(beyond, seen) == pytest.approx(1), "what lies beyond the border counts for nothing"
    # Of these two OpenCV finds nothing in common.
    truth = ((0.619, 0.254), (0.58, 0.942), (-0.536, 0.892), (-0.423, 0.219))
    assert overlap(truth, ((0.0, 0.2344), (0.6125, 0.2562), (0.5792, 0.9187), (0.0, 0.9187))) > 0.9
    corner = ((0.2, 0.0), (0.4, 0.2), (0.2, 0.4), (0.0, 0.2))
    assert overlap(corner, ((0.1, 0.1), (0.3, 0.1), (0.3, 0.3), (0.1, 0.3))) == pytest.approx(0.04 / 0.08)
