"""JUnit for CI, CSV for a spreadsheet: counted right, and safe to open."""

import csv
import io
from xml.etree import ElementTree as ET

import pytest

from evidence_kit.report import csv as sheet
from evidence_kit.report import junit
from tests.report_cases import HOSTILE, hostile_report, whole_report


def test_junit_counts_what_it_holds():
    root = ET.fromstring(junit.render(whole_report()))
    suite = root.find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "9",
        "2",
        "1",
        "5",
    )
    failing = {
        case.get("name"): case.find("failure").get("type")
        for case in suite.iter("testcase")
        if case.find("failure") is not None
    }
    assert failing == {"waybill-matches": "WAYBILL_MISMATCH", "video-size [开箱 视频.mp4]": "fail"}


def test_a_doubt_or_advice_breaks_no_build():
    suite = ET.fromstring(junit.render(whole_report())).find("testsuite")
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert cases["within-window"].find("skipped").get("message").startswith("review: ")
    assert "(advised)" in cases["unboxing-video-present"].find("skipped").get("message")


def test_junit_holds_hostile_text():
    root = ET.fromstring(junit.render(hostile_report()))
    assert HOSTILE in root.find("testsuite/testcase/failure").get("message")
    broken = ET.fromstring(junit.render([whole_report(), hostile_report()]))
    assert broken.get("tests") == "10"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ud800", "\ufffe"])
def test_junit_drops_what_xml_cannot_hold(character):
    report = whole_report()
    object.__setattr__(report.submission, "id", f"a{character}b")
    assert ET.fromstring(junit.render(report)).find("testsuite").get("name") == "a�b"


def rows(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_has_a_line_for_each_finding():
    found = rows(sheet.render([whole_report(), whole_report()]))
    assert len(found) == 18 and tuple(found[0]) == sheet.COLUMNS
    size = found[2]
    assert (size["rule"], size["outcome"], size["actual"], size["limit"]) == (
        "video-size",
        "fail",
        "312400000",
        "300000000",
    )
    assert sheet.render(whole_report()).startswith("\ufeff") and "\r\n" in sheet.render(whole_report())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "|"])
def test_no_cell_becomes_a_formula(start):
    report = hostile_report()
    object.__setattr__(report.submission, "id", f"{start}1+1")
    for row in rows(sheet.render(report)):
        assert row["submission"].startswith("'")
        assert row["reason"].startswith("'=") and row["actual"] == "'=1+1"


def test_a_long_number_stays_text():
    report = hostile_report()
    object.__setattr__(report.submission, "id", "433861170925999")
    assert rows(sheet.render(report))[0]["submission"] == "'433861170925999"
