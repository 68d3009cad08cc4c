"""A clerk's way through the page in a real Chromium, on a desk and on a phone; skipped where there is none."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

import pytest

from evidence_kit import check
from tests.conftest import ROOT
from tests.web_page import CHROMIUM, DRIVER, browser, drop, resize, served

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER and importlib.util.find_spec("selenium")),
    reason="no Chromium: apt-get install chromium chromium-driver; pip install 'evidence-kit[page-test]'",
)
SAMPLE = ROOT / "samples" / "waybill-matches" / "fail-other-number"
FILES = [SAMPLE / "1.jpg", SAMPLE / "submission.toml"]
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def address():
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def chromium():
    with browser() as driver:
        yield driver


@pytest.fixture(params=SIZES, ids=list(SIZES))
def page(request, chromium, address):
    """The page freshly opened; no message in the console when it is left."""
    resize(chromium, *SIZES[request.param])
    grants = {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": address.rstrip("/")}
    chromium.execute_cdp_cmd("Browser.grantPermissions", grants)
    chromium.get(address)
    chromium.get_log("browser")
    until(lambda: chromium.execute_script("return document.querySelectorAll('input[name=claim]').length"))
    yield chromium
    assert chromium.get_log("browser") == []


def until(holds, seconds=60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come")


def one(driver, selector):
    from selenium.webdriver.common.by import By

    return driver.find_element(By.CSS_SELECTOR, selector)


def judged(driver, files=FILES):
    drop(driver, files)
    until(lambda: one(driver, "#go").is_enabled())
    press(driver, "#go")
    until(lambda: one(driver, "#page").get_attribute("data-state") == "result")
    until(lambda: drawn(driver))


def drawn(driver):
    """All pictures are there: until then they have no size to be pressed on."""
    return driver.execute_script("return Array.from(document.images).every(function (i) { return i.complete; })")


def press(driver, selector):
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", one(driver, selector))
    one(driver, selector).click()


def verdict(driver):
    return one(driver, "#verdict-word").text


def expected_number():
    return check(SAMPLE, reveal=True).facts.waybill_readings[0].number


def write(driver, selector, text):
    field = one(driver, selector)
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
    field.clear()
    field.send_keys(text)


def test_a_clerks_way(page):
    judged(page)
    assert verdict(page) == "先补拍再提交"
    assert "不是这笔订单的" in one(page, ".fixes").text
    write(page, "[data-key='order.return_waybills']", expected_number())
    until(lambda: "已按新信息重新判断" in one(page, "#changed").text)
    until(lambda: verdict(page) != "先补拍再提交")
    assert "不是这笔订单的" not in one(page, "#report").text

    until(lambda: drawn(page))
    press(page, ".photo .enlarge")
    box = one(page, "dialog.lightbox")
    assert (
        box.is_displayed() and page.execute_script("return arguments[0].querySelector('img').naturalWidth", box) > 600
    )
    assert box.text and one(page, "dialog.lightbox img").get_attribute("alt")
    press(page, "dialog.lightbox .close")
    assert not box.is_displayed()

    press(page, "#copy-appeal")
    until(lambda: one(page, "#copied-note").text == "已复制")
    copied = page.execute_async_script("navigator.clipboard.readText().then(arguments[arguments.length - 1])")
    assert copied.startswith("举证说明:\n1. ") and "尾号" in copied


def test_an_emptied_field_takes_back_what_the_manifest_states(page):
    judged(page)
    assert one(page, "[data-key='order.return_waybills']").get_attribute("value")
    assert "不是这笔订单的" in one(page, "#report").text
    write(page, "[data-key='order.return_waybills']", " ")
    until(lambda: "已按新信息重新判断" in one(page, "#changed").text)
    until(lambda: "不是这笔订单的" not in one(page, "#report").text)
    assert "缺少信息" in one(page, ".every").text


def test_what_is_pasted_is_understood(page):
    write(page, "#paste", "退货单号 YT1234567890123 签收时间 2026-11-21 10:00")
    until(lambda: "认出" in one(page, "#understood").text)
    assert one(page, "[data-key='order.return_waybills']").get_attribute("value") == "YT1234567890123"
    assert one(page, "[data-key='order.return_signed_at']").get_attribute("value") == "2026-11-21 10:00:00"


def test_the_report_switches_to_english(page):
    judged(page)
    press(page, "label[for='report-en']")
    assert verdict(page) == "Fix before submitting" and one(page, ".every h2").text == "Every rule"


def test_nothing_reaches_over_the_side(page):
    judged(page)
    assert page.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")


def test_markup_in_a_name_stays_text(page, tmp_path):
    path = tmp_path / "<img src=x onerror=alert(1)>.jpg"
    path.write_bytes(FILES[0].read_bytes())
    judged(page, [path])
    assert "<img src=x onerror=alert(1)>.jpg" in one(page, "#report").text
    assert page.execute_script("return document.querySelectorAll('img[onerror]').length") == 0


def test_a_file_that_is_no_picture_is_said(page, tmp_path):
    path = tmp_path / "坏.jpg"
    path.write_bytes(b"no picture")
    judged(page, [path])
    assert verdict(page) == "先补拍再提交"


# --- accessibility ---

AXE = importlib.util.find_spec("axe_playwright_python")


@pytest.mark.skipif(AXE is None, reason="axe-core not here: pip install axe-playwright-python")
@pytest.mark.parametrize("state", ["start", "result", "enlarged"])
def test_axe_finds_nothing_serious(page, state):
    if state != "start":
        judged(page)
    if state == "enlarged":
        press(page, ".photo .enlarge")
    serious(page)


@pytest.mark.skipif(AXE is None, reason="axe-core not here: pip install axe-playwright-python")
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious_in_a_saved_report(chromium, tmp_path, width):
    from tests.report_cases import whole_report
    from tests.test_html_report import rendered

    saved = tmp_path / "报告 1.html"
    saved.write_text(rendered(whole_report()), "utf-8")
    resize(chromium, width, 900)
    chromium.get(saved.as_uri())
    serious(chromium)
    assert chromium.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    assert [entry for entry in chromium.get_log("browser") if "image" not in entry["message"]] == []


def serious(driver):
    script = (Path(AXE.submodule_search_locations[0]) / "axe.min.js").read_text("utf-8")
    driver.execute_cdp_cmd("Runtime.evaluate", {"expression": script})  # the page's own policy admits no other script
    found = driver.execute_async_script("axe.run(document).then(arguments[arguments.length - 1])")
    bad = [
        f"{rule['id']}: {[node['html'][:160] for node in rule['nodes'][:3]]}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
    ]
    assert bad == []


def test_claims_stand_by_platform(page):
    """A desk shows them all; on a phone only the chosen one's platform is open, and a tap opens another."""
    wide = page.execute_script("return window.matchMedia('(min-width: 44rem)').matches")
    groups = "Array.from(document.querySelectorAll('.platform'))"
    names = page.execute_script(f"return {groups}.map(function (each) {{ return [each.dataset.name, each.open]; }})")
    assert names[0][0] == "拼多多" and names[-1] == ["通用", True]
    assert all(shown for _, shown in names) is wide
    assert len(page.execute_script("return document.querySelectorAll('.platform input[name=claim]')")) == 14
    if not wide:
        press(page, ".platform[data-name='拼多多'] summary")
    press(page, "input[value='pinduoduo-refund-appeal']")
    labels = page.execute_script(
        "return Array.from(document.querySelectorAll('#fields label')).map(function (l) { return l.textContent; })"
    )
    assert "申诉类型" in labels and "退款成功时间" in labels and "退货签收时间" not in labels
    assert page.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
