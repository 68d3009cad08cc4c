"""The HTML report: one file without a network, everything escaped, both languages, what a clerk needs first."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from evidence_kit.report import html
from evidence_kit.report.appeal import appeal_text
from evidence_kit.report.picture import Source, marks_of, wishes
from tests.report_cases import HOSTILE, hostile_report, whole_report

PIXEL = "data:image/jpeg;base64,/9j/"


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text outside style and script."""

    def __init__(self, page):
        super().__init__()
        self.found, self.text, self.open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag in ("style", "script"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open and tag == self.open[-1]:
            self.open.pop()

    def handle_data(self, data):
        if not self.open:
            self.text.append(data)


def rendered(report, **how):
    return html.render(report, sources={wish.id: Source(PIXEL, 640, 480) for wish in wishes(report)}, **how)


@pytest.fixture
def page():
    return rendered(whole_report())


def test_it_asks_nothing_of_the_network(page):
    elements = Elements(page)
    for tag, attributes in elements.found:
        assert tag not in ("link", "iframe", "object", "embed", "base"), tag
        for name in ("src", "href", "action", "srcset", "poster"):
            assert attributes.get(name, "data:").startswith("data:")
        assert not any(name.startswith("on") or name == "style" for name in attributes)
    assert "url(" not in page and "@import" not in page


def test_its_policy_admits_its_own_style_and_script_only(page):
    policy = next(a["content"] for tag, a in Elements(page).found if a.get("http-equiv") == "Content-Security-Policy")
    for tag in ("style", "script"):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_names_and_facts_are_escaped():
    page = rendered(hostile_report())
    tags = Elements(page).found
    assert not any(tag == "img" and a.get("src") == "x" for tag, a in tags)
    assert sum(tag == "script" for tag, _ in tags) == 1
    assert "onerror=alert" in page and "<img src=x" not in page
    assert HOSTILE in "".join(Elements(page).text)
    assert "49" not in re.sub(r"\s", "", "".join(Elements(page).text))  # no template runs inside a name


def test_the_verdict_stands_first_and_the_deadline_with_it(page):
    text = "".join(Elements(page).text)
    for words in ("先补拍再提交", "举证截止", "3小时12分", "先处理这些"):
        assert words in text
    assert text.index("先补拍再提交") < text.index("先处理这些") < text.index("逐项结果")
    assert 'data-deadline="2026-11-22T12:12:00+08:00"' in page


def test_at_most_five_fixes_in_order_of_harm(page):
    fixes = re.findall(r'<li class="fix [^"]*">.*?<h3><span lang="zh-CN">(.*?)</span>', page, re.DOTALL)
    assert len(fixes) == 5
    assert fixes[:2] == ["说明 waybill-matches", "说明 video-size"]
    assert "还有 2 项" in page


def test_advice_alone_stands_in_nobodys_way():
    report = whole_report()
    advised = tuple(finding for finding in report.findings if not finding.required)
    text = "".join(Elements(rendered(replace(report, verdict="pass", findings=advised))).text)
    assert "不影响提交" in text and "先处理这些" not in text


def test_a_fix_shows_where_to_look(page):
    ids = [wish.id for wish in wishes(whole_report())]
    assert "f1" in ids
    block = re.search(r'<li class="fix fail pictured">(.*?)</li>', page, re.DOTALL)[1]
    assert "<img" in block and 'alt="第1张.jpg' in block


def test_every_finding_has_clause_quote_and_measure(page):
    text = "".join(Elements(page).text)
    for finding in whole_report().findings:
        assert finding.quote in text
    assert "312.4 MB" in text and "最多 300.0 MB" in text
    assert "缺少信息:退货签收时间" in text and "order.return_signed_at" not in text


def test_the_video_shows_its_time_line(page):
    text = "".join(Elements(page).text)
    for words in ("00:41", "画面跳变", "01:00", "镜头被挡住", "00:21", "开始拆开", "第 6 个面", "读到单号,尾号 5547"):
        assert words in text
    assert '<rect x="10.0%"' in page  # 41.2 s of 412 s


def test_pictures_have_words_and_numbers():
    marks = marks_of(whole_report(), "第1张.jpg")
    assert [(mark.number, mark.label.zh) for mark in marks] == [(1, "读到的单号,尾号 5547"), (2, "商品")]
    images = [a for tag, a in Elements(rendered(whole_report())).found if tag == "img" and a["src"] == PIXEL]
    assert images and all(image["alt"] for image in images)


def test_both_languages_are_in_one_file():
    for lang, checked in (("zh", "report-zh"), ("en", "report-en")):
        chosen = [a for tag, a in Elements(rendered(whole_report(), lang=lang)).found if "checked" in a]
        assert [a["id"] for a in chosen] == [checked]
    text = "".join(Elements(rendered(whole_report())).text)
    assert "Fix before submitting" in text and "What to do first" in text


def test_where_it_comes_from(page):
    text = "".join(Elements(page).text)
    for words in ("evidence-kit 0.1.0", "card 2026-11", "ab" * 32, "zxing-cpp 3.1.1", "cd" * 32):
        assert words in text


def test_without_pictures_it_still_says_everything():
    page = html.render(whole_report())
    assert "这里没有附图" in page and "先补拍再提交" in page


def test_the_appeal_says_only_what_holds():
    text = appeal_text(whole_report()).zh
    assert "一致" not in text and "没有发现剪辑" not in text
    assert text.splitlines()[1:] == ["1. 视频第 00:21 开始拆开。", "2. 【请写一句:问题是什么,希望平台怎样处理】"]


def test_the_page_of_formats_shows_each(tmp_path):
    from docs.report_formats import PAGE, page

    made, kept = page(), PAGE.read_text("utf-8")
    heads = re.findall(r"^## .*$", made, re.MULTILINE)
    assert heads == re.findall(r"^## .*$", kept, re.MULTILINE) and len(heads) == 6
    for words in ("【先补拍再提交】", '"rule": "waybill-matches"', "<testsuites", "submission,verdict,rule"):
        assert words in made and words in kept
    for shown in re.findall(r"\]\((screenshots/[^)]+)\)", kept):
        assert (PAGE.parent / shown).stat().st_size < 200_000
