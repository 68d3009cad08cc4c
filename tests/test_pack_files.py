"""Packs of the user's own: extending, changing one number, and every mistake with file, line and exit code 2."""

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence_kit.cli import main
from evidence_kit.limits import Amount, Bytes, Days, Hours, Photos, convert
from evidence_kit.packs import PackError, load_pack, pack_file, read_pack, shipped
from evidence_kit.packs.draft import MAX_DEPTH

ROOT = Path(__file__).resolve().parents[1]
BASE = "pinduoduo-return-damaged"
HEAD = f'id = "mine"\nextends = "{BASE}"\n'


def written(tmp_path, text, name="mine.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def limits_of(pack, rule):
    return dict(next(binding.limits for binding in pack.rules if binding.rule.id == rule))


# --- extending ---


def test_one_line_changes_one_number(tmp_path):
    base = load_pack(BASE)
    pack = load_pack(str(written(tmp_path, HEAD + "limits.photo-count.max_photos = 9\n")))
    assert (pack.id, pack.extends) == ("mine", BASE)
    assert limits_of(pack, "photo-count") == {"min_photos": 1, "max_photos": 9}
    assert [b.rule.id for b in pack.rules] == [b.rule.id for b in base.rules]
    others = [b for b in pack.rules if b.rule.id != "photo-count"]
    assert others == [b for b in base.rules if b.rule.id != "photo-count"]
    assert (pack.title, pack.dated, pack.checklist) == (base.title, base.dated, base.checklist)


def test_the_changed_number_is_judged(tmp_path):
    from evidence_kit import check

    seven = ROOT / "samples" / "photo-count" / "fail-seven"
    text = 'id = "mine"\nextends = "card"\nlimits.photo-count.max_photos = 7\n'
    now = datetime.fromisoformat("2026-11-22T09:00:00+08:00")
    report = check(seven, pack=str(written(tmp_path, text)), now=now)
    assert next(finding for finding in report.findings if finding.rule == "photo-count").outcome == "pass"
    assert report.pack.id == "mine"


def test_settings_are_replaced_and_reach_the_rules(tmp_path):
    text = HEAD + 'version = "2027-01"\ndated = 2027-01-05\ndirection = "outbound"\nsign_off = "buyer_signed_at"\n'
    pack = load_pack(str(written(tmp_path, text)))
    assert (pack.version, pack.dated) == ("2027-01", date(2027, 1, 5))
    assert limits_of(pack, "waybill-matches")["direction"] == "outbound"
    assert limits_of(pack, "within-window")["sign_off"] == "buyer_signed_at"


def test_a_rule_is_replaced_in_its_place_added_or_dropped(tmp_path):
    text = HEAD + (
        'drop = ["captured-after-sign-off", "R18"]\n'
        '[[rules]]\nrule = "photo-count"\nclause = "R03"\nquote = "四张"\nsource = "mine"\nrequired = false\n'
        "limits = { min_photos = 1, max_photos = 4 }\n"
        '[[rules]]\nrule = "order-number-given"\nclause = "R05"\nquote = "订单号"\nsource = "mine"\n'
        '[[checklist]]\nclause = "M1"\nquote = "本店自查"\nsource = "mine"\non = "photo"\n'
    )
    base, pack = load_pack(BASE), load_pack(str(written(tmp_path, text)))
    names = [binding.rule.id for binding in base.rules if binding.rule.id != "captured-after-sign-off"]
    assert [binding.rule.id for binding in pack.rules] == [*names, "order-number-given"]
    changed = next(binding for binding in pack.rules if binding.rule.id == "photo-count")
    assert (changed.quote, changed.required, changed.limits["max_photos"]) == ("四张", False, 4)
    assert [clause.clause for clause in pack.checklist] == [
        *(clause.clause for clause in base.checklist if clause.clause != "R18"),
        "M1",
    ]


def test_a_chain_of_files_is_followed_from_each_file_s_folder(tmp_path):
    (tmp_path / "inner").mkdir()
    written(tmp_path / "inner", HEAD + "limits.photo-count.max_photos = 9\nlimits.within-window.window_h = 36\n")
    top = 'id = "top"\nextends = "inner/mine.toml"\nlimits.photo-count.max_photos = 8\n'
    pack = load_pack(str(written(tmp_path, top, "top.toml")))
    assert limits_of(pack, "photo-count")["max_photos"] == 8
    assert limits_of(pack, "within-window")["window_h"] == 36.0


def test_the_hash_speaks_for_the_whole_chain(tmp_path):
    base = written(tmp_path, HEAD, "base.toml")
    top = written(tmp_path, 'id = "top"\nextends = "base.toml"\n', "top.toml")
    before = load_pack(str(top)).sha256
    assert load_pack(str(top)).sha256 == before
    base.write_text(HEAD + "limits.photo-count.max_photos = 5\n", encoding="utf-8")
    assert load_pack(str(top)).sha256 != before


def test_a_last_limit_wins_over_a_replaced_rule(tmp_path):
    text = HEAD + (
        "limits.photo-count.max_photos = 3\n"
        '[[rules]]\nrule = "photo-count"\nclause = "R03"\nquote = "四张"\nsource = "mine"\n'
        "limits = { min_photos = 1, max_photos = 4 }\n"
    )
    assert limits_of(load_pack(str(written(tmp_path, text))), "photo-count")["max_photos"] == 3


# --- mistakes ---

RULE = '[[rules]]\nrule = "photo-count"\nclause = "R03"\nquote = "六张"\nsource = "mine"\n'
MISTAKES = [
    # what is wrong, the file, its line, words of the error
    ("typo of a key", HEAD + 'titel = "x"\n', 3, ["titel", "did you mean 'title'"]),
    ("typo of a rule", HEAD + '[[rules]]\nrule = "photo-cuont"\n', 3, ["'clause' is missing"]),
    ("typo of a limit", HEAD + "limits.photo-count.max_photo = 9\n", 3, ["did you mean 'max_photos', a whole number"]),
    ("typo of a rule's name", HEAD + "\nlimits.photo-cuont.max_photos = 9\n", 4, ["did you mean 'photo-count'"]),
    ("typo of what is dropped", HEAD + 'drop = ["R19"]\n', 3, ["has no 'R19'"]),
    ("typo of the base", 'id = "mine"\nextends = "pinduoduo-return-damage"\n', 2, [f"did you mean '{BASE}'"]),
    ("no such file", 'id = "mine"\n\nextends = "other.toml"\n', 3, ["there is no file other.toml"]),
    ("extends itself", 'id = "mine"\nextends = "mine.toml"\n', 2, ["circle: mine.toml -> mine.toml"]),
    ("extends no text", 'id = "mine"\nextends = 3\n', 2, ["expected a pack's id"]),
    ("days given as hours", HEAD + "limits.within-window.window_d = 1\n", 3, ["window_h", "a number of h"]),
    ("megabytes for bytes", HEAD + "limits.video-size.max_bytes = 300\n", 3, ["a whole number of byte"]),
    ("a text with its unit", HEAD + 'limits.within-window.window_h = "24 h"\n', 3, ["a number of h", "'24 h'"]),
    ("minutes for hours", HEAD + "limits.within-window.window_h = 14_400\n", 3, ["0 to 2400"]),
    ("half a photo", HEAD + "limits.photo-count.max_photos = 6.5\n", 3, ["a whole number of photo"]),
    ("a negative window", HEAD + "limits.within-window.window_h = -24\n", 3, ["-24"]),
    ("no number", HEAD + "limits.within-window.window_h = nan\n", 3, ["a number of h"]),
    ("endless", HEAD + "limits.photo-count.max_photos = inf\n", 3, ["a whole number of photo"]),
    ("an impossible day", HEAD + "dated = 2027-02-29\n", 3, ["not valid TOML"]),
    ("a thirteenth month", HEAD + "\n\ndated = 2026-13-01\n", 5, ["not valid TOML"]),
    ("a date as a text", HEAD + 'dated = "2026-11-01"\n', 3, ["expected a date such as"]),
    ("a moment for a date", HEAD + "dated = 2026-11-01T10:00:00\n", 3, ["expected a date such as"]),
    ("two tables of a rule", HEAD + RULE + RULE, 9, ["bound twice"]),
    ("limits without extends", 'id = "x"\nlimits.photo-count.max_photos = 9\n', 2, ["only for a pack that extends"]),
    ("a limit left out", HEAD + RULE + "limits = { min_photos = 0 }\n", 4, ["'max_photos' is missing"]),
    ("a wrong direction", HEAD + 'direction = "back"\n', 3, ["direction", "'return'"]),
    ("not both languages", HEAD + 'title = { zh = "x" }\n', 3, ["zh = ..., en = ..."]),
    ("broken TOML", HEAD + "limits = {\n", 3, ["not valid TOML"]),
    ("a key twice", HEAD + 'id = "again"\n', 3, ["not valid TOML"]),
]


@pytest.mark.parametrize(("text", "line", "says"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_mistake_ends_with_file_line_and_exit_code_2(tmp_path, capsys, text, line, says):
    path = written(tmp_path, text)
    assert main(["packs", "--check", str(path)]) == 2
    told = capsys.readouterr().err
    assert re.search(rf"mine\.toml:{line}: ", told), told
    assert "Traceback" not in told
    for part in says:
        assert part in told


def test_negative_weights_and_amounts_are_refused():
    with pytest.raises(PackError, match=r"w\.toml:6: refund-in-proportion: tolerance_yuan: .*not -0\.5"):
        read_pack(
            b'id = "x"\nextends = "yiritao-self-refund"\n[[rules]]\nrule = "refund-in-proportion"\nclause = "R04"\n'
            b'limits.tolerance_yuan = -0.5\nquote = "q"\nsource = "s"\n',
            "w.toml",
        )


def test_a_circle_of_two_names_both_and_the_line(tmp_path, capsys):
    written(tmp_path, 'id = "a"\nextends = "b.toml"\n', "a.toml")
    written(tmp_path, 'id = "b"\n\nextends = "a.toml"\n', "b.toml")
    assert main(["packs", "--check", str(tmp_path / "a.toml")]) == 2
    told = capsys.readouterr().err
    assert "b.toml:3: extends goes round in a circle: a.toml -> b.toml -> a.toml" in told


def test_a_chain_too_deep_is_refused(tmp_path):
    for place in range(MAX_DEPTH + 2):
        written(tmp_path, f'id = "p{place}"\nextends = "p{place + 1}.toml"\n', f"p{place}.toml")
    with pytest.raises(PackError, match="packs deep"):
        load_pack(str(tmp_path / "p0.toml"))


def test_a_mistake_in_the_base_names_the_base(tmp_path):
    written(tmp_path, HEAD + "limits.photo-count.max_photos = -1\n", "base.toml")
    top = written(tmp_path, 'id = "top"\nextends = "base.toml"\n', "top.toml")
    with pytest.raises(PackError, match=r"base\.toml:3: photo-count: max_photos"):
        load_pack(str(top))


def test_a_rule_s_own_table_of_limits_is_found(tmp_path):
    path = written(tmp_path, HEAD + RULE + "[rules.limits]\nmin_photos = 1\nmax_photos = -6\n")
    with pytest.raises(PackError, match=r"mine\.toml:10: photo-count: max_photos"):
        load_pack(str(path))


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\x00", b"id = \xe9", b"[" * 5000, b"x = " + b"[" * 100_000, b"a." * 3000 + b"b = 1", b"", b"rules = 3",
     b"[rules]\n", b'rules = ["x"]', b"[[rules]]\nrule = []\n", b"x = 1" * 300_000, b"dated = 99999-01-01"],
)  # fmt: skip
def test_hostile_files_are_refused(data):
    with pytest.raises(PackError):
        read_pack(data, "mine.toml")


@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data):
    with pytest.raises(PackError):
        read_pack(data, "mine.toml")


@settings(deadline=None)
@given(
    value=st.one_of(st.integers(), st.floats(), st.text(max_size=5), st.booleans(), st.none(), st.lists(st.integers())),
    kind=st.sampled_from([Photos, Bytes, Hours, Days, Amount]),
)
def test_a_limit_is_converted_or_refused_with_its_unit(value, kind):
    try:
        found = convert(value, kind)
    except ValueError as problem:
        told = str(problem)
        assert told.startswith("expected a")
        return
    assert found == value and not isinstance(value, bool)


def test_a_folder_or_a_missing_file_is_told(tmp_path, capsys):
    (tmp_path / "dir.toml").mkdir()
    for name in ("dir.toml", "none.toml"):
        assert main(["packs", "--check", str(tmp_path / name)]) == 2
        assert name in capsys.readouterr().err
    assert main(["packs", "--check", str(tmp_path / "mine.txt")]) == 2


# --- what is told of a good one ---


def test_a_good_pack_is_told_with_its_age(tmp_path, capsys):
    path = written(tmp_path, HEAD)
    assert main(["packs", "--check", str(path), "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert f"mine 2024-08, extends {BASE}" in told
    assert "older than a year" in told
    written(tmp_path, HEAD + "dated = 2099-01-01\n")
    assert main(["packs", "--check", str(path), "--lang", "en"]) == 0
    assert "yet to come" in capsys.readouterr().out


# --- the shipped ones ---

FOURTEEN = {
    "card", "yiritao-self-refund", "yiritao-community-complaint", "yiritao-weight-or-size",
    "pinduoduo-return-activated", "pinduoduo-return-damaged", "pinduoduo-refund-appeal", "pinduoduo-shipped-wrong",
    "pinduoduo-short-shipment", "courier-parcel-damage", "taobao-fake-shipping", "taobao-no-reason-return",
    "taobao-repair-warranty", "price-protection-unopened",
}  # fmt: skip


def test_every_kind_of_case_has_its_pack():
    assert set(shipped()) == FOURTEEN


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_pack_says_what_a_clerk_and_a_reader_need(name):
    pack = load_pack(name)
    assert re.search(r"[\u4e00-\u9fff]", pack.title.zh) and re.search(r"[\u4e00-\u9fff]", pack.summary.zh)
    assert re.fullmatch(r"[^。]+。", pack.summary.zh), "one sentence"
    for entry in (*pack.rules, *pack.checklist):
        assert re.fullmatch(r"R\d\d", entry.clause)
        assert re.fullmatch(r"F\d:\d+([-,]\s?(F\d:)?\d+)*", entry.source)
    # The six photos of an upload form hold for every submission (rules 1c-A).
    assert limits_of(pack, "photo-count")["max_photos"] == 6


def test_a_pack_sent_elsewhere_finds_what_it_extends(tmp_path):
    (tmp_path / "base.toml").write_text('extends = "card"\nid = "base"\n', "utf-8")
    (tmp_path / "own.toml").write_text('extends = "base.toml"\nid = "own"\n', "utf-8")
    where, data = pack_file(str(tmp_path / "own.toml"))
    sent, loaded = read_pack(data, where), load_pack(str(tmp_path / "own.toml"))
    assert (sent.id, sent.sha256) == (loaded.id, loaded.sha256) == ("own", loaded.sha256)
