"""Weights off displays: looks that agree, points that are lost, units, and the rules on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from benchmarks.synth.scales import display_masks
from evidence_kit.facts.weight_shown import PATTERNS, WeightShown, _digit, decide, number_of
from evidence_kit.rules.weight_legible import weight_legible
from evidence_kit.rules.weight_pictures_present import weight_pictures_present
from evidence_kit.rules.weights_agree import weights_agree
from evidence_kit.schema import Case, Each, Item, Outcome, Submission, Text, Unknown, Weights
from evidence_kit.sensors.scale_display import DisplayLine, LineLook, ScaleDisplay, read_display
from evidence_kit.sensors.segment_cells import Cell, measure_cells

P, F, R, N, E = Outcome.PASS, Outcome.FAIL, Outcome.REVIEW, Outcome.NOT_APPLICABLE, Outcome.ERROR
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LIT = {digit: lit for lit, digit in PATTERNS.items() if lit not in ("cdefg", "abcf", "abcfg")}


def looks(*texts, score=0.97):
    return tuple(LineLook(name, text, score, score) for name, text in zip(("tiny", "small"), texts, strict=True))


def cells(digits, point=None, *, foot=1.0, gap=0.2):
    found = []
    for place, digit in enumerate(digits, 1):
        levels = tuple(1.0 if name in LIT.get(digit, "") else 0.0 for name in "abcdefg") if digit != "?" else (0.5,) * 7
        found.append(Cell(levels, foot if place == point else 0.05, 0.0, 0.5, 9.0 if place == 1 else gap))
    return tuple(found)


def line(texts, seen=(), *, at=0.5, turned="", score=0.97, beside=()):
    quad = ((0.4, at), (0.6, at), (0.6, at + 0.1), (0.4, at + 0.1))
    back = LineLook("small", turned, 0.3 if not turned else 0.97, 0.3)
    return DisplayLine(quad, 100.0, looks(*texts, score=score), seen, back, beside)


@pytest.mark.parametrize(
    ("texts", "seen", "number"),
    [
        (("1.25", "1.25"), cells("125", 1), "1.25"),
        (("125", "125"), cells("125", 1), "1.25"),  # both networks lost a point that is plainly there
        (("125", "125"), cells("125", 1, foot=0.35), None),  # there may be a point
        (("1.25", "125"), cells("125"), None),  # a point that nothing but one network sees
        (("0674", "0674"), cells("0674"), None),  # a nought leads: its point is lost
        (("0674", "0.674"), cells("0674", 1), "0.674"),
        (("674", "674"), cells("1674"), None),  # the networks lost a thin one
        (("1674", "674"), cells("1674"), "1674"),
        (("125", "126"), cells("125"), "125"),  # two of three looks
        (("126", "126"), cells("125"), None),  # the segments say otherwise
        (("12S", "125"), cells("125"), "125"),
        (("125", "125"), cells("12?"), None),  # a digit that cannot be told
        (("1.25kg", "1.25kg"), (), "1.25"),
        (("1.25kg", "1.26kg"), (), None),
        (("8", "8"), cells("8"), None),
        (("12 34", "12 34"), (), None),  # of a display both networks may lose the point
        (("重量:1234g", "重量:1234g"), (), "1234"),  # of print they do not
        (("1.2.3", "1.2.3"), (), None),
        (("abc", "abc"), (), None),
        (("03", "03"), cells("03", gap=0.95), None),  # something lies over a digit between
    ],
)
def test_number_of_one_line(texts, seen, number):
    assert number_of(line(texts, seen), lead=1.0) == number


def test_unsure_networks_are_no_looks():
    assert number_of(line(("47", "47"), score=0.6), lead=1.0) is None


def test_upside_down_digits_are_left():
    both_ways = line(("125", "125"), cells("125"), turned="521")
    assert number_of(both_ways, lead=0.0) is None
    assert number_of(both_ways, lead=0.5) == "125"
    assert number_of(line(("437", "437"), cells("437"), turned="LEh"), lead=0.0) == "437"


def unit(*texts):
    return tuple(LineLook(name, text, 0.9, 0.9) for name, text in zip(("tiny", "small"), texts, strict=True))


@pytest.mark.parametrize(
    ("beside", "wanted"),
    [
        ([unit("kg", "kg")], "kg"),
        ([unit("9", "g")], "g"),
        ([unit("1b", "|b")], "lb"),
        ([unit("斤", "斤")], "斤"),
        ([unit("kg", "kg"), unit("lb", "lb")], None),
        ([unit("kg", "oz")], None),
        ([unit("x7", "q")], None),
        ([], None),
    ],
)
def test_unit(beside, wanted):
    display = ScaleDisplay(1000, 1000, (line(("437", "437"), cells("437"), beside=tuple(beside)),), 1.0)
    found = decide(display)
    assert (found.digits, found.unit) == ("437", wanted)


def test_words_on_its_own_line_name_a_number_before_those_above_it():
    display = ScaleDisplay(
        1000, 1000, (line(("No.476", "No. 476"), at=0.3), line(("净重:2.58", "净重:2.58"), at=0.43)), 1.0
    )
    assert decide(display).digits == "2.58"


def test_a_smudge_taller_than_the_number_does_not_hide_it():
    smudge = replace(line(("0", "0"), score=0.3, at=0.1), height_px=400.0)
    sure = replace(smudge, looks=looks("47", "41"))
    number = line(("437", "437"), cells("437"))
    assert decide(ScaleDisplay(1000, 1000, (smudge, number), 1.0)).digits == "437"
    assert decide(ScaleDisplay(1000, 1000, (sure, number), 1.0)).digits is None


def test_bare_print_is_a_weight_only_where_no_other_figures_come_near():
    large = replace(line(("31.4", "31.4"), score=0.995), height_px=120.0)
    small = replace(line(("82.5", "82.5"), score=0.6, at=0.8), height_px=30.0)
    assert decide(ScaleDisplay(1000, 1000, (large, small), 1.0)).digits == "31.4"
    assert decide(ScaleDisplay(1000, 1000, (large, replace(small, height_px=100.0)), 1.0)).digits is None


def test_capacity_and_price_are_not_the_weight():
    display = ScaleDisplay(
        1000,
        1000,
        (
            line(("Max:50kg", "Max:50kg"), at=0.1),
            line(("12.50元", "12.50元"), at=0.3),
            line(("重量:1.25kg", "重量:1.25kg"), at=0.6),
        ),
        1.0,
    )
    assert decide(display).grams == 1250


def test_two_weights_are_for_a_person():
    display = ScaleDisplay(
        1000,
        1000,
        (line(("437kg", "437kg"), cells("437"), at=0.2), line(("439kg", "439kg"), cells("439"), at=0.6)),
        1.0,
    )
    found = decide(display)
    assert found.digits is None and found.seen and set(found.others) == {"437", "439"}


@pytest.mark.parametrize("shape", [(1, 1), (20, 400), (400, 20), (64, 64)])
@pytest.mark.parametrize("fill", [0, 255])
def test_nothing_to_see(shape, fill):
    assert decide(read_display(np.full(shape, fill, np.uint8))).digits is None


@pytest.mark.parametrize(
    "corners", [[(0, 0)] * 4, [(0, 0), (5000, 0), (5000, 3), (0, 3)], [(-9, -9), (9, -9), (9, 9), (-9, 9)]]
)
def test_absurd_corners_measure_nothing(corners):
    noise = np.random.default_rng(1).integers(0, 255, (200, 200), np.uint8)
    for cell in measure_cells(noise, corners):
        assert all(np.isfinite(cell.segments))


def test_drawn_display_is_read_whole():
    scales = pytest.importorskip("benchmarks.synth.scales")
    shot = scales.scale_shot(24, device="kitchen", harm="none")
    data = cv2.imencode(".jpg", shot.bgr, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    found = decide(read_display(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)))
    assert (found.digits, found.unit) == (shot.truth.value, shot.truth.unit)


# --- rules --------------------------------------------------------------------------------------------------------


def weighed(place, fact, source=None):
    return Item(f"{place}.jpg", "photo", "", 9, f"h{place}", role="weight", source=source), fact


READ = WeightShown("1.25", "kg", seen=True)
UNITLESS = WeightShown("1.25", None, seen=True)
UNSURE = WeightShown(None, None, seen=True)
BARE = WeightShown(None, None, seen=False)
DULL = WeightShown(None, None, seen=False, adequate=False)
CRASHED = Unknown("CRASHED", Text("", ""), E)


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ([], N),
        ([READ], P),
        ([UNITLESS], R),
        ([UNSURE], R),
        ([BARE], F),
        ([DULL], R),
        ([READ, UNSURE], R),
        ([CRASHED], E),
    ],
)
def test_weight_legible(facts, outcome):
    assert weight_legible(Each(tuple(weighed(i, fact) for i, fact in enumerate(facts)))).outcome is outcome


def agree(repack=None, warehouse=None, courier=None, shown=()):
    case = Case(NOW, weights=Weights(repack, warehouse, courier))
    return weights_agree(
        case,
        Each(tuple(shown)),
        warehouse_tolerance_g=20.0,
        warehouse_tolerance=0.01,
        courier_tolerance_g=50.0,
        courier_tolerance=0.02,
    )


@pytest.mark.parametrize(
    ("weights", "outcome"),
    [
        ((1220.0, 1200.0, 1200.0), P),  # 20 g more than the warehouse's is still allowed
        ((1220.1, 1200.0, 1200.0), F),
        ((1200.0, 1200.0, 1150.0), P),
        ((1200.0, 1200.0, 1149.9), F),
        ((1000.0, 1200.0, 1200.0), P),  # signed: lighter when packed again is no short shipment
        ((10_100.0, 10_000.0, 10_000.0), P),  # one per cent of ten kilograms
        ((None, 1200.0, 1200.0), R),
        ((1400.0, 1200.0, None), F),  # what is there is enough
        ((1200.0, 1200.0, None), R),
        ((None, None, None), R),
    ],
)
def test_weights_agree(weights, outcome):
    assert agree(*weights).outcome is outcome


def test_a_stated_weight_must_be_the_shown_one():
    shown = [weighed(1, READ, "warehouse")]
    assert agree(1250.0, 1250.0, 1250.0, shown).outcome is P
    found = agree(900.0, 900.0, 900.0, shown)
    assert (found.outcome, found.reason) == (R, "WEIGHT_DIFFERS")


def test_weights_off_the_pictures_are_compared():
    shown = [weighed(i, READ, source) for i, source in enumerate(("repack", "warehouse", "courier"))]
    assert agree(shown=shown).outcome is P


@pytest.mark.parametrize(
    ("sources", "outcome"),
    [(("warehouse", "courier"), P), (("warehouse",), R), ((None, None), R), ((), F), (("repack", "courier"), R)],
)
def test_weight_pictures_present(sources, outcome):
    items = tuple(weighed(i, None, source)[0] for i, source in enumerate(sources))
    assert weight_pictures_present(Submission("A", Case(NOW), items)).outcome is outcome


# --- what real glass does -----------------------------------------------------------------------------------------


def test_a_number_that_its_own_line_names_is_print_and_needs_no_point():
    named = line(("称重:1257g", "称重:1257g"), cells("12578"), score=0.96)
    assert number_of(named, lead=1.0) == "1257"
    assert number_of(line(("1257", "1257"), score=0.96), lead=1.0) is None  # a display's point may be lost


@pytest.mark.parametrize(
    ("texts", "seen", "number"),
    [
        (("45.001", "45.00"), "4500", "45.00"),  # the bezel's edge was read as a one
        (("3.1680z", "3.168oz"), "3168", "3.168"),
        (("(80kg", "80kg"), "80", None),  # a thumb's edge before the first digit
        (("130", "139"), "13", None),  # a nine or a g: nothing beside it tells
    ],
)
def test_marks_beside_the_digits(texts, seen, number):
    point = {"45.00": 2, "3.168": 1}.get(number or "")
    assert number_of(line(texts, cells(seen, point)), lead=1.0) == number


def test_a_dead_display_whose_unlit_segments_show_is_no_weight():
    assert number_of(line(("8888", "8888"), cells("8888")), lead=1.0) is None
    assert number_of(line(("8880", "8880"), cells("8880")), lead=1.0) == "8880"


def test_a_percentage_is_no_weight():
    assert decide(ScaleDisplay(1000, 1000, (line(("已连接 电量82%", "已连接 电量 82%")),), 1.0)).digits is None


@pytest.mark.parametrize(("shown", "unit_read"), [("08", None), ("48", "g")])
def test_a_g_after_a_point_may_be_a_kg_whose_k_was_lost(shown, unit_read):
    number = line((f"{shown[0]}.{shown[1]}",) * 2, cells(shown, 1), beside=(unit("g", "g"),))
    whole = line((f"{shown}",) * 2, cells(shown), beside=(unit("g", "g"),))
    found = decide(ScaleDisplay(1000, 1000, (number if unit_read is None else whole,), 1.0))
    assert (found.digits, found.unit) == ("0.8" if unit_read is None else "48", unit_read)


def test_a_g_that_was_read_as_a_digit_is_one_where_the_unit_stands_beside():
    both = line(("139", "139"), cells("13"), beside=(unit("g", "9"),))
    assert number_of(both, lead=1.0) == "13"


def test_the_point_stands_out_from_feet_that_run_wide():
    def wide(*feet):
        return tuple(replace(cell, foot=foot) for cell, foot in zip(cells("4202"), feet, strict=True))

    assert number_of(line(("42.02", "42.02"), wide(0.45, 1.1, 0.55, 0.0)), lead=1.0) == "42.02"
    assert number_of(line(("42.02", "42.02"), wide(0.45, 0.8, 0.7, 0.0)), lead=1.0) is None  # which of them is it?


def strip(*, light=0.0, bezel=False, stack=False):
    """A display with 45.0 as dark strokes on glass; ``light`` ramps over it, a bezel or small units stand beside."""
    lit, _, _ = display_masks(np.random.default_rng(3), "45.0", 100, 3)
    page = np.full((lit.shape[0] + 80, lit.shape[1] + 240), 170, np.float32)
    page[40 : 40 + lit.shape[0], 120 : 120 + lit.shape[1]] -= lit.astype(np.float32) / 255 * 60
    right = 120 + lit.shape[1]
    if stack:
        small = page.astype(np.uint8)
        for row in range(3):
            cv2.putText(small, "kg", (right - 10, 90 + 40 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 90, 2)
        page = small.astype(np.float32)
    page += np.linspace(-light, light, page.shape[1])[None, :]
    if bezel:
        page[:, right - 12 :] = 40
    rows, columns = np.nonzero(lit)
    corners = [(120 + columns.min(), 40 + rows.min()), (120 + columns.max(), 40 + rows.min()),
               (120 + columns.max(), 40 + rows.max()), (120 + columns.min(), 40 + rows.max())]  # fmt: skip
    return np.clip(page, 0, 255).astype(np.uint8), [(float(x), float(y)) for x, y in corners]


@pytest.mark.parametrize("harm", [{}, {"light": 55.0}, {"stack": True}, {"light": 40.0, "stack": True}])
def test_cells_under_uneven_light_and_beside_units(harm):
    found = measure_cells(*strip(**harm))
    assert "".join(_digit(cell) or "?" for cell in found) == "450"


def test_digits_too_large_for_the_finder_are_found_on_the_small_picture():
    picture, _ = strip()
    large = cv2.resize(picture, None, fx=3.4, fy=3.4, interpolation=cv2.INTER_CUBIC)
    large = np.clip(large.astype(np.float32) * 0.25 + 40, 0, 255).astype(np.uint8)  # dark strokes on dark glass
    found = read_display(large)
    assert any("45" in look.text for look_line in found.lines for look in look_line.looks)
