"""The examples of docs/packs.md work as they stand, and the table of clauses says what the packs and samples say."""

import re
from pathlib import Path

import pytest

from benchmarks import packs as clauses
from evidence_kit.cli import main
from evidence_kit.packs import load_pack, shipped

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "packs.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"<!-- example: (\S+) -->\n```toml\n(.*?)```", PAGE, re.DOTALL))
TOLD = re.findall(
    r"^\| `(.+?)`(?: where .*?)? \| `(.+)` \|$", PAGE.split("## When something is wrong")[1], re.MULTILINE
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in EXAMPLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_a_valid_pack(folder, capsys, name):
    assert main(["packs", "--check", name, "--lang", "en"]) == 0
    assert f"{name}: " in capsys.readouterr().out


def test_the_session_shown_is_what_is_printed(folder, capsys):
    command, printed = re.search(r"\$ evidence-kit ([^\n]+)\n(.*?)```", PAGE, re.DOTALL).groups()
    assert main(command.split()) == 0
    assert capsys.readouterr().out == printed


def test_what_the_page_says_of_extending_holds(folder):
    base, nine, ours = (load_pack(name) for name in ("pinduoduo-return-damaged", "nine-photos.toml", "our-shop.toml"))
    limits = {binding.rule.id: dict(binding.limits) for binding in ours.rules}
    assert limits["photo-count"]["max_photos"] == 9 and limits["within-window"]["window_h"] == 12
    assert "captured-after-sign-off" not in limits and ours.rules[-1].rule.id == "order-number-given"
    assert [entry.clause for entry in ours.checklist] == [
        *(entry.clause for entry in base.checklist if entry.clause != "R18"),
        "S2",
    ]
    assert ours.title == nine.title == base.title


@pytest.mark.parametrize(("written", "told"), TOLD)
def test_every_mistake_shown_is_told_like_that(tmp_path, capsys, monkeypatch, written, told):
    monkeypatch.chdir(tmp_path)
    head = 'id = "a"\nextends = "pinduoduo-return-damaged"\n'
    text = {
        "rule": head + f'[[rules]]\n{written}\nclause = "c"\nquote = "q"\nsource = "s"\n',
        "max_bytes": head + f"limits.video-size.{written}\n",
        "window_d": head + f"limits.within-window.{written}\n",
        "dated": head + written + "\n",
        "extends": f'id = "a"\n{written}\n',
    }[written.split(" ")[0]]
    Path("a.toml").write_text(text, encoding="utf-8")
    Path("b.toml").write_text('id = "b"\nextends = "a.toml"\n', encoding="utf-8")
    assert main(["packs", "--check", "a.toml"]) == 2
    assert told in capsys.readouterr().err


def test_the_page_shows_mistakes_of_each_kind():
    assert len(TOLD) == 5 and len(EXAMPLES) == 3


# --- the table of clauses ---


def test_quotes_of_packs_are_the_documents_words():
    words = {clause.id: clause.quotes for clause in clauses.clauses()}
    for name in shipped():
        pack = load_pack(name)
        for entry in (*pack.rules, *pack.checklist):
            assert any(entry.quote in quote for quote in words[entry.clause]), (name, entry.clause, entry.quote)


def test_every_clause_has_its_place():
    rows = {row.clause.id: row for row in clauses.rows()}
    assert sorted(rows) == [f"R{n:02}" for n in range(1, 66) if n not in (37, 38, 39)]
    for row in rows.values():
        assert row.standing in clauses.STANDINGS
        assert bool(row.packs) != bool(row.clause.why) or row.clause.same, row.clause.id
        if row.standing == "decided":
            assert "pass" in row.proofs and ("fail" in row.proofs or row.clause.tested)
        if row.clause.tested:
            assert (ROOT / row.clause.tested).exists()


@pytest.mark.parametrize("name", shipped())
def test_every_pack_has_three_samples(name):
    assert name not in clauses.short_of_samples()
    own = [sample for sample in clauses.samples() if sample.pack == name]
    assert len(own) >= 3


def test_every_rule_of_a_pack_has_a_sample_that_expects_it():
    bound = {binding.rule.id for pack in clauses.packs() for binding in pack.rules}
    expected = {rule for sample in clauses.samples() for rule, _ in sample.findings}
    assert bound <= expected


def test_a_sample_that_comes_to_something_else_is_told():
    from dataclasses import replace

    sample = next(entry for entry in clauses.samples() if entry.name == "media-present/fail-text-only")
    wrong = replace(sample, verdict="pass", findings=(("media-present", "pass"),))
    ((_, verdict, unmet),) = clauses.judged([wrong])
    assert verdict == "fail" and len(unmet) == 2
    ((_, _, none),) = clauses.judged([sample])
    assert none == []
