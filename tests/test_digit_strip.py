"""The network of displays: what it spells, how likely that is, and what its word counts for."""

from __future__ import annotations

import itertools
from dataclasses import replace

import cv2
import numpy as np
import pytest

from benchmarks.synth.scales import display_masks
from evidence_kit.facts.weight_shown import STRIP_ACCEPT, decide, number_of
from evidence_kit.sensors.digit_strip import SYMBOLS, StripLook, _chance, cut_strip, likeliest, read_strip
from evidence_kit.sensors.scale_display import ScaleDisplay
from tests.test_weights import cells, line


def collapsed(path):
    return tuple(k for i, k in enumerate(path) if k and (i == 0 or path[i - 1] != k))


@pytest.mark.parametrize("symbols", [(), (1,), (1, 1), (1, 2), (2, 1, 2)])
def test_the_chance_is_the_sum_over_all_paths(symbols):
    chances = np.random.default_rng(7).dirichlet(np.ones(3), 5)
    paths = itertools.product(range(3), repeat=5)
    whole = sum(np.prod([chances[i, k] for i, k in enumerate(path)]) for path in paths if collapsed(path) == symbols)
    assert _chance(chances, symbols) == pytest.approx(whole)


def spread(text, sure=0.98):
    """Chances of a strip on which ``text`` stands, each symbol followed by a blank."""
    rows = []
    for char in text:
        for k in (SYMBOLS.index(char) + 1, 0):
            row = np.full(len(SYMBOLS) + 1, (1 - sure) / len(SYMBOLS), np.float32)
            row[k] = sure
            rows.append(row)
    return np.array(rows)


def test_units_and_print_do_not_lower_the_chance_of_the_number():
    unsure = spread("12.5kg")
    unsure[8:] = 0
    unsure[8:, SYMBOLS.index("k") + 1] = unsure[8:, SYMBOLS.index("g") + 1] = 0.5
    assert likeliest([unsure]).chance == pytest.approx(likeliest([spread("12.5")]).chance, abs=0.002)
    assert likeliest([spread("#12.5kg")]).text == "#12.5kg"


def test_a_digit_that_may_be_another_lowers_it():
    unsure = spread("125")
    unsure[2] = 0
    unsure[2, SYMBOLS.index("2") + 1], unsure[2, SYMBOLS.index("7") + 1] = 0.6, 0.4
    assert likeliest([unsure]).text == "125"
    assert likeliest([unsure]).chance < 0.65


def test_cuts_that_differ_lower_it():
    found = likeliest([spread("125"), spread("125"), spread("725")])
    assert (found.text, found.chance < 0.67) == ("125", True)


def drawn(text, covered=False):
    """A grey picture of a dark display with this number, and the corners of its digits."""
    rng = np.random.default_rng(3)
    lit, _, (left, right) = display_masks(rng, text, 80, sum(c != "." for c in text))
    picture = np.asarray(170 - 0.55 * lit, np.uint8)
    if covered:
        middle = (round(left + 0.5 * (right - left)), 70)
        cv2.ellipse(picture, middle, (26, 60), 12, 0, 360, 120, -1)
    picture = cv2.GaussianBlur(picture, (0, 0), 1.5)
    return picture, ((left, 18), (right, 18), (right, 110), (left, 110))


@pytest.mark.parametrize("text", ["13.47", "250", "0.68", "904.2"])
def test_a_plain_display_is_read(text):
    found = read_strip(*drawn(text))
    assert found is not None
    assert (found.text, found.chance >= STRIP_ACCEPT) == (text, True)


def test_a_covered_digit_is_not_passed_over():
    found = read_strip(*drawn("13.47", covered=True))
    assert found is not None
    assert "?" in found.text or found.chance < 0.5


def test_what_is_too_small_is_no_strip():
    assert cut_strip(np.zeros((50, 50), np.uint8), ((1, 1), (40, 1), (40, 4), (1, 4)), 0.0, 0.3, 0.3) is None


@pytest.mark.parametrize(
    ("texts", "seen", "strip", "number"),
    [
        (("1.25", "125"), (), ("1.25", 0.97), "1.25"),  # its word and one network's
        (("1.25", "125"), cells("12?"), ("1.25", 0.97), "1.25"),
        (("1.25", "125"), (), ("1.25", 0.3), None),  # unsure
        (("1.25", "125"), (), ("1.25kg", 0.97), "1.25"),
        (("Net: 1.25 kg", "Net: 1.25 k9"), (), ("#1.25kg", 0.97), "1.25"),
        (("126", "127"), (), ("125", 0.99), None),  # nobody seconds it
        (("125", "125"), cells("125"), ("1?5", 0.9), None),  # something lies over a digit
        (("125", "125"), cells("125"), ("1.25", 0.9), None),  # it sees a point
        (("125", "125"), cells("125"), ("7", 0.2), "125"),  # it cannot tell
        (("12 34", "12 34"), (), ("12#34", 0.99), None),  # two numbers
        (("8", "8"), (), ("8", 0.99), None),
        (("8778", "877 g"), (), ("877g", 0.9), "877"),  # one network takes the g for an eight
        (("1.3030", "1303."), (), ("1.303kg", 0.95), "1.303"),  # one sees the point, the other the digits
        (("1303", "1303."), (), ("1.303kg", 0.95), None),  # nobody else sees the point
    ],
)
def test_what_its_word_counts_for(texts, seen, strip, number):
    with_strip = replace(line(texts, seen, score=0.9), strip=StripLook(*strip))
    assert number_of(with_strip, lead=1.0) == number


@pytest.mark.parametrize(("hidden", "around"), [(0.5, 0.0), (0.0, 0.5)])
def test_a_number_with_a_covered_digit_on_it_or_beside_it_is_left(hidden, around):
    plain = replace(line(("125", "125"), cells("125")), strip=StripLook("125", 0.9))
    covered = replace(plain, strip=StripLook("125", 0.9, hidden, around))
    assert (number_of(plain, lead=1.0), number_of(covered, lead=1.0)) == ("125", None)


@pytest.mark.parametrize(("turned", "number"), [(0.1, "1.25"), (0.8, None), (0.95, None)])
def test_turnable_digits_stand_where_upside_down_they_are_less_likely(turned, number):
    both_ways = line(("1.25", "1.25"), (), turned="521")
    seen = replace(both_ways, strip=StripLook("1.25", 0.9, turned=turned))
    assert number_of(seen, lead=0.0) == number


def test_a_point_that_no_network_for_text_sees_must_be_measured():
    lost = line(("125", "125"), cells("125", 1), score=0.97)
    unmeasured = replace(lost, cells=cells("125", foot=0.0), strip=StripLook("1.25", 0.9))
    assert number_of(replace(lost, strip=StripLook("1.25", 0.9)), lead=1.0) == "1.25"
    assert number_of(unmeasured, lead=1.0) is None
    assert number_of(replace(lost, strip=StripLook("12.5", 0.9)), lead=1.0) is None  # measured at another place


@pytest.mark.parametrize(("score", "number"), [(0.995, "1743"), (0.95, None)])
def test_print_that_both_networks_are_sure_of_is_denied_only_by_a_sure_one(score, number):
    page = replace(line(("重量:1743", "重量:1743"), score=score), strip=StripLook("798", 0.6))
    assert number_of(page, lead=1.0) == number
    assert number_of(replace(page, strip=StripLook("798", 0.85)), lead=1.0) is None


@pytest.mark.parametrize(("strip", "wanted"), [("1.23斤", "1.23"), ("1.23#", None)])
def test_a_unit_that_is_read_as_money_is_a_unit_where_the_network_of_displays_reads_one(strip, wanted):
    seen = replace(line(("1.23元", "1.23"), cells("123", 1)), strip=StripLook(strip, 0.9))
    sure = replace(seen, looks=(replace(seen.looks[0], score=0.99), seen.looks[1]))
    assert decide(ScaleDisplay(1000, 1000, (sure,), 1.0)).digits == wanted


def test_a_line_too_small_for_its_point_is_left():
    whole = line(("125", "125"), cells("125"))
    assert number_of(whole, lead=1.0) == "125"
    assert number_of(replace(whole, height_px=14.0), lead=1.0) is None
