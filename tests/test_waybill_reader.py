"""Numbers off pictures: real development photos where they are here, small drawn ones always."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from evidence_kit.facts.printed_numbers import decide
from evidence_kit.facts.unread_labels import cause_of, is_code
from evidence_kit.facts.waybill_numbers import same_number
from evidence_kit.facts.waybill_readings import WaybillReadings, waybill_readings
from evidence_kit.schema import Deferred, Outcome, Text, Unknown
from evidence_kit.sensors import EngineMissing, close_look, ocr
from evidence_kit.sensors.around_text import AroundText, areas, read_around
from evidence_kit.sensors.close_look import profiles
from evidence_kit.sensors.code128 import TABLE, read_row
from evidence_kit.sensors.codes import WHOLE_EDGES, BarRegion, Codes, SeenCode, codes, read_codes
from evidence_kit.sensors.engines import paddle
from evidence_kit.sensors.label_text import LabelText, read_labels
from evidence_kit.sensors.number_lines import TextLine
from evidence_kit.sensors.ocr import Character, ReadLine, TextBox
from evidence_kit.sensors.page_text import PageText, read_page
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.under_text import UnderText, read_under
from evidence_kit.sensors.weights import find

DATA = Path(os.environ.get("EVIDENCE_KIT_DATA") or Path(__file__).resolve().parents[2] / "shared") / "data" / "dev"
BOX = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.2), (0.1, 0.2))
ELSEWHERE = ((0.6, 0.6), (0.9, 0.6), (0.9, 0.7), (0.6, 0.7))


@pytest.fixture(autouse=True)
def one_thread() -> None:
    cv2.setNumThreads(1)


def read(picture: Any) -> WaybillReadings:
    """A grey picture through every look."""
    seen = read_codes(picture)
    found = waybill_readings(
        seen,
        Deferred(lambda: read_under(picture, seen)),
        Deferred(lambda: read_labels(picture, seen)),
        Deferred(lambda: read_around(picture, seen)),
        Deferred(lambda: read_page(picture)),
    )
    assert isinstance(found, WaybillReadings)
    return found


def label(text: str, *, module: int = 3, printed: str | None = None, bars: bool = True) -> Any:
    """A white label with Code 128 bars and the number below, on a grey table."""
    zxingcpp = pytest.importorskip("zxingcpp")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    picture = np.asarray(zxingcpp.write_barcode_to_image(code, scale=module, add_hrt=False, add_quiet_zones=False))
    strip = cv2.resize(picture[:1], (picture.shape[1], 90), interpolation=cv2.INTER_NEAREST)
    page = np.full((420, strip.shape[1] + 120), 235, np.uint8)
    if bars:
        page[120:210, 60:-60] = strip
    cv2.putText(page, printed or text, (70, 270), cv2.FONT_HERSHEY_SIMPLEX, 1.25, 20, 2, cv2.LINE_AA)
    table = np.full((900, 1200), 120, np.uint8)
    table[200 : 200 + page.shape[0], 150 : 150 + page.shape[1]] = page
    return table


def turned(picture: Any, degrees: float) -> Any:
    h, w = picture.shape
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1)
    return cv2.warpAffine(picture, matrix, (w, h), flags=cv2.INTER_LINEAR, borderValue=120)


@pytest.mark.parametrize("degrees", [0, 33, 90, 171, 250])
def test_bars_read_whichever_way_they_stand(degrees: float) -> None:
    found = read(turned(label("SF1234567890123"), degrees))
    assert [reading.number for reading in found.readings] == ["SF1234567890123"]
    assert found.readings[0].symbology == "CODE_128"
    assert found.readings[0].carriers[0] == "SF"


def test_bars_that_no_row_shows_read_after_averaging() -> None:
    rng = np.random.default_rng(0)
    small = cv2.resize(label("YT7412589630123"), None, fx=0.55, fy=0.55, interpolation=cv2.INTER_AREA)
    noisy = cv2.GaussianBlur(small, (0, 0), 0.7).astype(np.float32) + rng.normal(0, 22, small.shape)
    seen = read_codes(np.clip(noisy, 0, 255).astype(np.uint8))
    assert [code.text for code in seen.seen] == ["YT7412589630123"]
    assert seen.seen[0].agreeing >= 4


def profile(text: str, blur: float, noise: float = 0.01, module: float = 7.3) -> Any:
    """The mean row of a Code 128's bars under a blur of so many modules, quiet zones included."""
    zxingcpp = pytest.importorskip("zxingcpp")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    modules = np.array(code.to_image(scale=1, add_quiet_zones=False))[0] / 255.0
    wide = np.repeat(np.concatenate([np.ones(22), modules, np.ones(19)]), 16).astype(np.float32)
    soft = cv2.GaussianBlur(wide[None], (0, 0), 16 * blur)[0]
    places = np.linspace(0, len(soft) - 1, round(len(soft) / 16 * module))
    row = np.interp(places + 30 * np.sin(np.pi * places / len(soft)), np.arange(len(soft)), soft)  # it leans
    return (40 + 180 * (row + np.random.default_rng(7).normal(0, noise, len(row)))).astype(np.float32)


@pytest.mark.parametrize("text", ["SF1234567890123", "73642189075512", "JDX012345678901-1-1-", "RA123456785CN"])
@pytest.mark.parametrize("blur", [0.4, 0.8, 0.95])
def test_a_model_of_the_blur_reads_what_no_edge_shows(text: str, blur: float) -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    row = profile(text, blur)
    drawn = np.repeat(np.clip(row, 0, 255).astype(np.uint8)[None], 12, 0)
    assert blur < 0.7 or not zxingcpp.read_barcodes(drawn)
    for way in (row, row[::-1]):
        found = read_row(way)
        assert found is not None
        assert found.text == text and found.margin > 40 and found.explained > 0.92
        assert found.backwards == (way is not row)


@pytest.mark.parametrize("seed", range(6))
def test_the_model_is_sure_of_nothing_where_there_is_no_code(seed: int) -> None:
    rng = np.random.default_rng(seed)
    widths = rng.integers(1, 5, 80) * 9
    row = np.concatenate([np.ones(180), np.repeat(np.arange(80) % 2, widths), np.ones(180)]).astype(np.float32) * 200
    found = read_row(cv2.GaussianBlur(row[None], (0, 0), 7)[0])
    assert found is None or found.margin < 15 or found.explained < 0.92


def test_the_models_symbols_are_the_standards() -> None:
    widths = TABLE.split()
    assert len(set(widths)) == 106
    assert all(sum(map(int, each)) == 11 and sum(map(int, each[::2])) % 2 == 0 for each in widths)
    rows = [
        profile("".join(f"{pair:02d}" for pair in range(first, first + 10)), 0.3, 0.0) for first in range(0, 100, 10)
    ]
    for first, row in zip(range(0, 100, 10), rows, strict=True):
        found = read_row(row)
        assert found is not None and found.text == "".join(f"{pair:02d}" for pair in range(first, first + 10))


def test_a_blurred_label_reads_by_the_model() -> None:
    soft = cv2.GaussianBlur(label("YT7412589630123", module=4), (0, 0), 4.0).astype(np.float32)
    seen = read_codes(np.clip(soft + np.random.default_rng(1).normal(0, 6, soft.shape), 0, 255).astype(np.uint8))
    by_model = [code for code in seen.seen if code.look == "model"]
    assert [code.text for code in by_model] == ["YT7412589630123"]
    assert by_model[0].margin > 25 and by_model[0].parts == 3 and not seen.unread


def test_a_small_label_beside_a_large_one_is_read() -> None:
    page = np.full((1500, 2000), 120, np.uint8)
    page[100:1000, 100:1300] = label("SF1234567890123", module=5, printed=" ")[:900, :1200]
    small = cv2.GaussianBlur(label("YT7412589630123", module=2, printed=" ")[200:620, 150:-300], (0, 0), 1.3)
    page[900:1320, 1000 : 1000 + small.shape[1]] = small
    assert {code.text for code in read_codes(page).seen} == {"SF1234567890123", "YT7412589630123"}


@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_a_ruled_line_in_the_quiet_zone_does_not_hide_the_bars(side: str) -> None:
    picture = label("SF1234567890123", printed=" ")
    if side != "right":
        picture[320:410, 198:201] = 20  # the bars begin at column 210: three modules of quiet are left
    if side != "left":
        end = picture.shape[1] - np.flatnonzero(picture[360, ::-1] < 60)[0]
        picture[320:410, end + 9 : end + 12] = 20
    assert [reading.number for reading in read(picture).readings] == ["SF1234567890123"]


def test_a_dashed_line_across_the_bars_is_left_out() -> None:
    strip = np.full((120, 600), 230, np.uint8)
    strip[:, 100:500:20] = strip[:, 101:500:20] = strip[:, 102:500:20] = strip[:, 103:500:20] = 20
    for top in range(0, 120, 12):
        strip[top : top + 9, 310:314] = 20
    rows = dict(profiles(strip))
    assert rows["all"][312] < 0.5 < 0.9 < rows["bright"][312] and rows["bright"][302] < 0.1


def test_a_neighbour_is_not_taken_for_a_copy() -> None:
    one, other = label("SF1234567890123", module=2), label("SF9876543210987", module=2)
    table = np.full((1600, 2000), 120, np.uint8)
    table[400:720, 500:1000] = one[200:520, 150:650]
    table[740:1060, 500:1000] = other[200:520, 150:650]
    small = cv2.resize(table, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)  # too small for either to decode
    seen = read_codes(table, search=small)
    assert {code.text for code in seen.seen} == {"SF1234567890123", "SF9876543210987"}
    assert "copy" in {code.look for code in seen.seen}


def test_bars_and_digits_together() -> None:
    found = read(label("78123456789012"))
    assert [(r.number, r.by) for r in found.readings] == [("78123456789012", "both")]


def test_digits_alone() -> None:
    found = read(label("SF1234567890123", bars=False))
    assert [(r.number, r.by) for r in found.readings] == [("SF1234567890123", "ocr")]
    assert found.readings[0].symbology is None


def test_bars_and_digits_that_differ_are_told() -> None:
    found = read(label("SF1234567890123", printed="SF9876543210987"))
    assert [(d.barcode, d.printed) for d in found.disagreements] == [("SF1234567890123", "SF9876543210987")]


def test_a_product_is_no_waybill() -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    code = zxingcpp.create_barcode("6901234567892", zxingcpp.BarcodeFormat.EAN13)
    picture = np.asarray(zxingcpp.write_barcode_to_image(code, scale=4))
    table = np.full((700, 900), 200, np.uint8)
    table[100 : 100 + picture.shape[0], 100 : 100 + picture.shape[1]] = picture
    found = read(table)
    assert found.readings == ()


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_nothing_is_read_off_nothing(shade: int) -> None:
    found = read(np.full((600, 800), shade, np.uint8))
    assert found == WaybillReadings(label_seen=False)


@pytest.mark.parametrize("size", [(1, 1), (5, 400), (400, 3), (33, 33)])
def test_tiny_pictures_do_no_harm(size: tuple[int, int]) -> None:
    assert read(np.random.default_rng(0).integers(0, 255, size, np.uint8)).readings == ()


# --- what the facts make of looks -------------------------------------------------------------------------------


def line(text: str, look: str = "tiny", score: float = 0.99, quad: Any = BOX, weak: float | None = None) -> TextLine:
    scores = [score] * len(text)
    if weak is not None:
        scores[-1] = weak
    characters = tuple(Character(c, s) for c, s in zip(text, scores, strict=True))
    return TextLine(text, score, quad, look, 30.0, characters)


def test_one_look_is_not_enough() -> None:
    said = decide([line("SF1234567890123")])
    assert said.sure == ()
    assert said.partial == ("SF1234567890123",)


def test_two_agreeing_looks_are() -> None:
    said = decide([line("SF1234567890123"), line("SF1234567890123", "small")])
    assert [one.number for one in said.sure] == ["SF1234567890123"]


def test_two_looks_that_differ_are_none() -> None:
    lines = [line("SF1234567890123"), line("SF1234567890128", "small")]
    assert decide(lines).sure == ()


def test_a_third_look_does_not_outvote_a_sure_rival() -> None:
    lines = [line("SF1234567890123"), line("SF1234567890123", "small"), line("SF1234567890128", quad=ELSEWHERE)]
    assert decide(lines).sure == ()


def test_a_cut_off_look_is_no_rival() -> None:
    lines = [line("776578478478657"), line("776578478478657", "small"), line("76578478478657", quad=ELSEWHERE)]
    assert [one.number for one in decide(lines).sure] == ["776578478478657"]


@pytest.mark.parametrize("rest", ["订单号261016-452851244352342", "261016-452851244352342"])
def test_the_rest_of_an_order_number_is_none(rest: str) -> None:
    cut_off = [line("452851244352342"), line("452851244352342", "small")]
    assert decide(cut_off).sure != ()
    assert decide([*cut_off, line(rest, quad=ELSEWHERE)]).sure == ()


def test_a_number_that_begins_where_another_line_ends_is_none() -> None:
    before = ((0.0, 0.1), (0.095, 0.1), (0.095, 0.2), (0.0, 0.2))
    numbers = [line("452851244352342"), line("452851244352342", "small")]
    for text, kept in (("261016-4", 0), ("单号", 1)):
        sure = decide([line(text, quad=before), line(text, "small", quad=before), *numbers]).sure
        assert len(sure) == kept
    prefixed = [line("SF1234567890123"), line("SF1234567890123", "small")]
    assert len(decide([line("261016-4", quad=before), *prefixed]).sure) == 1


@pytest.mark.parametrize(("tiny", "small", "kept"), [(0.99, 0.91, 1), (0.99, 0.89, 0), (0.96, 0.96, 0)])
def test_without_a_check_digit_both_networks_must_be_sure(tiny: float, small: float, kept: int) -> None:
    said = decide([line("SF1234567890123", weak=tiny), line("SF1234567890123", "small", weak=small)])
    assert len(said.sure) == kept and len(said.partial) == 1 - kept
    both_tiny = [line("SF1234567890123"), line("SF1234567890123", quad=ELSEWHERE)]
    assert decide(both_tiny).sure == ()
    both_paddle = [line("SF1234567890123", "paddle"), line("SF1234567890123", "paddle", quad=ELSEWHERE)]
    assert len(decide(both_paddle).sure) == 1 and decide(both_paddle[:1]).sure == ()


def test_a_weak_character_makes_it_partial() -> None:
    lines = [line("SF1234567890123", weak=0.7), line("SF1234567890123", "small", weak=0.75)]
    said = decide(lines)
    assert (said.sure, said.partial) == ((), ("SF1234567890123",))


def test_a_letter_that_may_be_a_digit_needs_two_sure_looks() -> None:
    def shaky(look: str, score: float) -> TextLine:
        text = "JDVB12345678901"
        return TextLine(text, 0.98, BOX, look, 30.0, tuple(Character(c, score if c == "B" else 0.99) for c in text))

    assert decide([shaky("tiny", 0.97), shaky("small", 0.98)]).sure != ()
    assert decide([shaky("tiny", 0.7), shaky("small", 0.98)]).sure == ()


def test_a_check_digit_lets_one_sure_look_count() -> None:
    assert [one.number for one in decide([line("RA123456785CN")]).sure] == ["RA123456785CN"]


def test_a_failing_check_digit_asks_more_of_both_networks() -> None:
    wrong = "1Z999AA10123456785"
    assert decide([line(wrong, score=0.98), line(wrong, "small", score=0.98)]).sure != ()
    assert decide([line(wrong, score=0.98), line(wrong, score=0.98, quad=ELSEWHERE)]).sure == ()
    assert decide([line(wrong, score=0.98), line(wrong, "small", score=0.95)]).sure == ()


def code(text: str, **more: Any) -> Codes:
    return Codes(1000, 1000, (SeenCode(text, "CODE_128", BOX, **more),))


def interpreted(seen: Codes, near: Any = None, whole: Any = None, around: Any = None, under: Any = None) -> Any:
    return waybill_readings(
        seen,
        Deferred(lambda: under or UnderText()),
        Deferred(lambda: near or LabelText()),
        Deferred(lambda: around or AroundText()),
        Deferred(lambda: whole or PageText()),
    )


def test_headings_of_other_papers_are_kept_where_no_number_was_read() -> None:
    nothing = Codes(1000, 1000)
    headed = PageText(
        (line("纳税人识别号:91376292MA", score=0.98), line("纳税人识别号:91376292MA", "small", score=0.98))
    )
    assert interpreted(nothing, whole=headed).other_papers == (headed.lines[0].quad,), "each line once"
    assert interpreted(nothing, whole=PageText((line("托寄物:发票", score=0.98),))).other_papers == ()
    assert interpreted(nothing, whole=PageText((line("发票代码", score=0.5),))).other_papers == (), "hardly read"
    assert interpreted(code("SF1234567890123", look="half"), whole=headed).other_papers == ()


def test_newspapers_name_themselves_and_senders_do_not() -> None:
    nothing = Codes(1000, 1000)
    for text in ("昨日记者从市交通局获悉", "本报讯", "刊号CN33-1234", "销售方税号:923385"):
        assert interpreted(nothing, whole=PageText((line(text, score=0.98),))).other_papers != (), text
    for text in ("寄:王* 138****1234", "记者站3号楼", "人民邮电出版社", "订单号:24060312345"):
        assert interpreted(nothing, whole=PageText((line(text, score=0.98),))).other_papers == (), text


def test_a_district_of_depots_is_no_waybill() -> None:
    nothing = Codes(1000, 1000)
    assert interpreted(nothing, whole=PageText((line("物流园A区12栋", score=0.98),))).unread == ()
    assert interpreted(nothing, whole=PageText((line("京东物流", score=0.98),))).unread != ()


def test_bars_that_say_a_products_code_are_no_unread_label() -> None:
    product = SeenCode("6983748244995", "EAN_13", BOX, "close", 8, 0, 3)
    found = interpreted(Codes(1000, 1000, (product,), (bars(BOX),)))
    assert (found.unread, found.product_codes, found.label_seen) == ((), (BOX,), False)
    beside = interpreted(Codes(1000, 1000, (product,), (bars(BOX), bars(FAR))))
    assert [one.quad for one in beside.unread] == [FAR]
    hardly = interpreted(Codes(1000, 1000, (replace(product, agreeing=2),), (bars(BOX),)))
    assert (len(hardly.unread), hardly.product_codes) == (1, ())
    serial = interpreted(Codes(1000, 1000, (replace(product, symbology="CODE_128", text="A12"),), (bars(BOX),)))
    assert (len(serial.unread), serial.product_codes) == (1, ())


def test_a_close_look_needs_agreement() -> None:
    assert interpreted(code("SF1234567890123", look="close", agreeing=6, parts=3)).readings != ()
    assert interpreted(code("SF1234567890123", look="close", agreeing=6, parts=1)).readings == ()
    assert interpreted(code("SF1234567890123", look="close", agreeing=6, others=2, parts=3)).readings == ()
    assert interpreted(code("SF1234567890123", look="close", agreeing=3, parts=3)).partial == ("SF1234567890123",)


def test_what_the_model_says_needs_a_margin_or_the_print() -> None:
    text = "SF1234567890123"
    sure = code(text, look="model", agreeing=3, parts=3, margin=55.0)
    assert [one.number for one in interpreted(sure).readings] == [text]
    assert interpreted(code(text, look="model", agreeing=3, parts=3, margin=20.0)).readings == ()
    assert interpreted(code(text, look="model", agreeing=2, parts=2, margin=55.0)).readings == ()
    guess = Codes(1000, 1000, guesses=(SeenCode(text, "CODE_128", BOX, "model", 3, 0, 3, 20.0),))
    assert interpreted(guess).partial == (text,)
    unsure = LabelText((line(text, weak=0.7),))
    told = interpreted(guess, near=unsure)
    assert [(one.number, one.by) for one in told.readings] == [(text, "both")] and told.partial == ()
    other = LabelText((line("SF1234567890128", weak=0.7),))
    assert interpreted(guess, near=other).readings == ()


def bars(quad: Any, edges: int = 60) -> BarRegion:
    across = 1000 * (quad[1][0] - quad[0][0])
    return BarRegion(quad, 0.0, across, across / 4, 0.8, 0.5, 0.9, 0.0, 0.0, 0.0, False, 0.95, edges)


def box(x: float, y: float) -> Any:
    return ((x, y), (x + 0.1, y), (x + 0.1, y + 0.02), (x, y + 0.02))


FAR = ((0.7, 0.8), (0.9, 0.8), (0.9, 0.85), (0.7, 0.85))


def test_print_is_read_where_it_is_needed_and_nowhere_else() -> None:
    def never() -> Any:
        raise AssertionError("not to be read")

    under, text = Deferred(UnderText), "SF1234567890123"
    number, other = (line(one) for one in (text, "773456789012345"))
    read = SeenCode(text, "CODE_128", BOX, "half")
    # Bars say it: no print is searched for.
    found = waybill_readings(Codes(1000, 1000, (read,)), under, *(Deferred(never),) * 3)
    assert [one.number for one in found.readings] == [text]
    # Another label was not read: the print about it, not the whole photo.
    two = Codes(1000, 1000, (read,), (bars(FAR),))
    around = Deferred(lambda: AroundText((other, replace(other, look="small"))))
    found = waybill_readings(two, under, Deferred(never), around, Deferred(never))
    assert [one.number for one in found.readings] == [text, "773456789012345"]
    # Nothing was read: beside the bars first, the whole photo only when that gives nothing.
    near = Deferred(lambda: LabelText((number, replace(number, look="small"))))
    alone = Codes(1000, 1000, (), (bars(BOX),))
    found = waybill_readings(alone, under, near, Deferred(never), Deferred(never))
    assert [one.number for one in found.readings] == [text]
    whole = Deferred(lambda: PageText((number, replace(number, look="small"))))
    found = waybill_readings(alone, under, Deferred(LabelText), Deferred(never), whole)
    assert [one.number for one in found.readings] == [text]


@pytest.mark.parametrize(("changes", "looked"), [(WHOLE_EDGES - 1, 0), (WHOLE_EDGES, 1)])
def test_a_piece_of_bars_is_not_looked_at_alone(monkeypatch: Any, changes: int, looked: int) -> None:
    asked = []
    monkeypatch.setattr(close_look, "bar_edges", lambda picture, area: changes)
    monkeypatch.setattr(close_look, "look_closely", lambda *given, **options: asked.append(given) or [])
    row = np.clip(profile("SF1234567890123", 0.4), 0, 255).astype(np.uint8)
    picture = np.full((600, len(row) + 200), 255, np.uint8)
    picture[200:400, 100:-100] = row
    picture[200:400, 100:-100:97] = 0  # nothing decodes, and it is still bars
    found = read_codes(picture)
    assert len(found.unread) == 1 and len(asked) == looked


@pytest.mark.parametrize(("text", "looks"), [("417K-01-C4", 1), ("SF1234567890123", 2), ("417K-013-C4", 2)])
def test_only_what_may_be_a_number_is_read_by_both_networks(monkeypatch: Any, text: str, looks: int) -> None:
    line_of_it = ReadLine(tuple(Character(character, 0.99) for character in text))
    monkeypatch.setattr(
        ocr, "find_lines", lambda *given, **options: [TextBox(((10, 10), (200, 10), (200, 30), (10, 30)), 190, 20, 0.9)]
    )
    monkeypatch.setattr(ocr, "read_lines", lambda lines, **options: [line_of_it for _ in lines])
    read = read_page(np.full((400, 600), 200, np.uint8)).lines
    assert [one.look for one in read] == ["tiny", "small"][:looks]


def test_bars_that_no_area_is_about_make_the_whole_photo_be_read() -> None:
    read = SeenCode("SF1234567890123", "CODE_128", box(0.0, 0.0), "half")
    three = Codes(1000, 1000, (read,), tuple(map(bars, (box(0.5, 0.1), box(0.1, 0.5), box(0.8, 0.9)))))
    asked = []
    waybill_readings(
        three,
        Deferred(UnderText),
        Deferred(LabelText),
        Deferred(lambda: asked.append("around") or AroundText()),
        Deferred(lambda: asked.append("whole") or PageText()),
    )
    assert asked == ["whole"]


def test_areas_stay_in_the_picture_and_do_not_overlap() -> None:
    one, other, far = box(0.0, 0.0), box(0.3, 0.1), box(0.9, 0.98)
    assert areas(Codes(1000, 1000)) == []
    apart = areas(Codes(1000, 1000, (), (bars(one), bars(far))))
    assert len(apart) == 2
    assert all(0 <= left < right < 1000 and 0 <= top < bottom < 1000 for left, top, right, bottom in apart)
    assert len(areas(Codes(1000, 1000, (), (bars(one), bars(other))))) == 1


def test_a_lone_row_gives_way_to_bars_that_agree() -> None:
    wrong, right, next_one = "774768890314438", "774705890314438", "774705890314439"
    glance = SeenCode(wrong, "CODE_128", BOX, "half")
    model = SeenCode(right, "CODE_128", ELSEWHERE, "model", 3, 0, 3, 800.0)
    told = interpreted(Codes(1000, 1000, (glance, model)))
    assert [one.number for one in told.readings] == [right] and told.partial == (wrong,)
    # Two parcels may have numbers in a row: where the print says so too, both stand.
    neighbour = SeenCode(next_one, "CODE_128", BOX, "half")
    below = UnderText((line(next_one),))
    both = interpreted(Codes(1000, 1000, (neighbour, model)), under=below)
    assert {one.number for one in both.readings} == {right, next_one}


def test_without_text_bars_still_stand_and_nothing_else_does() -> None:
    missing = Unknown("ENGINE", Text("缺少引擎", "No engine."), Outcome.ERROR)
    assert interpreted(code("SF1234567890123", look="half"), near=missing).readings[0].by == "barcode"
    assert interpreted(Codes(1000, 1000), near=missing) is missing
    assert interpreted(Codes(1000, 1000), whole=missing) is missing


def region(**more: Any) -> BarRegion:
    known: dict[str, Any] = {
        "quad": BOX, "turn_deg": 0.0, "across_px": 400.0, "along_px": 90.0, "contrast": 0.7, "sharpness": 0.4,
        "brightness": 0.9, "burnt": 0.1, "lost": 0.0, "lost_bright": 0.0, "at_edge": False, "coherence": 0.95,
        "edges": 70,
    }  # fmt: skip
    return BarRegion(**{**known, **more})


@pytest.mark.parametrize(
    ("measures", "cause"),
    [
        ({}, None),
        ({"sharpness": 0.1}, "TOO_BLURRED"),
        ({"sharpness": 0.16}, None),
        ({"across_px": 120.0}, "TOO_SMALL"),
        ({"brightness": 0.1}, "TOO_DARK"),
        ({"lost": 0.4, "lost_bright": 0.97}, "GLARE"),
        ({"lost": 0.4, "lost_bright": 0.5}, None),
        ({"contrast": 0.1}, "BARCODE_FADED"),
        ({"at_edge": True}, "CUT_OFF"),
    ],
)
def test_causes(measures: dict[str, Any], cause: str | None) -> None:
    assert cause_of(region(**measures)).cause == cause


def test_lettering_is_no_code() -> None:
    assert is_code(region())
    assert not is_code(region(edges=12))
    assert not is_code(region(coherence=0.6))


# --- weights, engines, real photos ------------------------------------------------------------------------------


def test_weights_are_found_or_named() -> None:
    assert find("ppocrv6-tiny/rec.onnx").stat().st_size > 4_000_000
    with pytest.raises(EngineMissing, match=r"nothing\.onnx"):
        find("nothing.onnx")


def test_zbar_reads_or_says_how_to_get_it() -> None:
    picture = label("SF1234567890123")
    try:
        seen = read_codes(picture, engine="zbar")
    except EngineMissing as error:
        assert "pip install" in str(error)  # noqa: PT017 - either outcome is right
        pytest.skip(str(error))
    assert [entry.text for entry in seen.seen] == ["SF1234567890123"]


def test_paddle_reads_or_says_how_to_get_it() -> None:
    say = paddle.missing()
    if say is not None:
        assert "paddle_env" in say
        pytest.skip(say)
    lines = read_page(label("SF1234567890123", bars=False), engine="paddle").lines
    assert any("SF1234567890123" in entry.text.replace(" ", "") for entry in lines)


def real(kind: str) -> list[Any]:
    manifest = DATA / "manifest.tsv"
    rows = manifest.read_text(encoding="utf-8").splitlines()[1:] if manifest.exists() else []
    chosen = [row.split("\t")[:3] for row in rows if row.startswith(kind + "\t")]
    return [pytest.param(DATA / file, json.loads(truth), id=Path(file).stem) for _, file, truth in chosen]


@pytest.mark.skipif(not DATA.exists(), reason="the development data is not here")
@pytest.mark.parametrize(("path", "truth"), real("waybill_read"))
def test_real_labels(path: Path, truth: dict[str, Any]) -> None:
    photo = Photo(path)
    seen = codes(photo)
    found = waybill_readings(
        seen, Deferred(UnderText), Deferred(LabelText), Deferred(AroundText), Deferred(lambda: read_page(photo.luma()))
    )
    assert isinstance(found, WaybillReadings)
    numbers = [reading.number for reading in found.readings]
    assert numbers
    assert all(any(same_number(n, e) for e in truth["expected"] + truth["alternates"]) for n in numbers)


@pytest.mark.skipif(not DATA.exists(), reason="the development data is not here")
@pytest.mark.parametrize(("path", "truth"), real("no_waybill")[::6])
def test_real_photos_without_a_waybill(path: Path, truth: dict[str, Any]) -> None:
    assert read(Photo(path).luma()).readings == (), truth
