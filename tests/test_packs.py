"""Packs load strictly: every mistake is an error that names file and line."""

import datetime
import tomllib
from importlib import resources

import pytest

from evidence_kit.packs import PackError, load_pack, read_pack, shipped
from evidence_kit.rules import load_rule, rule_ids

CARD = (resources.files("evidence_kit.packs") / "card.toml").read_text("utf-8")
CORE = {
    "photo-count", "photo-readable", "goods-with-waybill", "waybill-readable", "waybill-matches", "video-format",
    "video-size", "video-duration", "video-continuous", "video-six-sides", "video-waybill-readable", "within-window",
    "evidence-before-refusal", "captured-after-sign-off", "no-reuse",
}  # fmt: skip


def broken(old, new):
    assert old in CARD
    with pytest.raises(PackError) as caught:
        read_pack(CARD.replace(old, new, 1).encode(), "mine.toml")
    return str(caught.value)


@pytest.mark.parametrize("name", shipped())
def test_shipped_packs_load_and_say_where_each_rule_comes_from(name):
    pack = load_pack(name)
    assert pack.id == name
    for binding in pack.rules:
        assert binding.clause.startswith("R")
        assert binding.quote
        assert binding.source


@pytest.mark.parametrize("name", shipped())
def test_packs_round_trip(name):
    """What a pack holds can be written again and reads the same."""
    data = (resources.files("evidence_kit.packs") / f"{name}.toml").read_bytes()
    table = tomllib.loads(data.decode())
    again = read_pack(write_toml(table).encode(), name)
    first = read_pack(data, name)
    assert [(b.rule.id, dict(b.limits), b.quote, b.required) for b in again.rules] == [
        (b.rule.id, dict(b.limits), b.quote, b.required) for b in first.rules
    ]
    assert (again.checklist, again.direction, again.dated) == (first.checklist, first.direction, first.dated)


def write_toml(table):
    def value(entry):
        if isinstance(entry, bool):
            return str(entry).lower()
        if isinstance(entry, str):
            return '"' + entry.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if isinstance(entry, list):
            return "[" + ", ".join(map(value, entry)) + "]"
        if isinstance(entry, dict):
            return "{ " + ", ".join(f"{key} = {value(inner)}" for key, inner in entry.items()) + " }"
        return entry.isoformat() if isinstance(entry, datetime.date) else repr(entry)

    plain = [f"{key} = {value(entry)}" for key, entry in table.items() if key not in ("rules", "checklist")]
    for name in ("rules", "checklist"):
        for entry in table.get(name, []):
            plain += [f"[[{name}]]"] + [f"{key} = {value(inner)}" for key, inner in entry.items()]
    return "\n".join(plain) + "\n"


def test_every_core_rule_exists_and_is_in_the_card():
    assert set(rule_ids()) >= CORE
    assert {binding.rule.id for binding in load_pack("card").rules} >= CORE


@pytest.mark.parametrize("rule_id", rule_ids())
def test_every_rule_says_why(rule_id):
    rule = load_rule(rule_id)
    assert rule.id == rule_id
    assert "Why:" in rule.doc


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('rule = "photo-count"', 'rule = "photo-cuont"', ["mine.toml:19", "photo-cuont", "did you mean 'photo-count'"]),
        ("max_photos = 6", "max_photo = 6", ["mine.toml:23", "max_photo", "did you mean 'max_photos'"]),
        (", max_photos = 6", "", ["photo-count", "'max_photos' is missing"]),
        ("max_bytes = 300_000_000", "max_bytes = 300", ["max_bytes", "byte"]),
        ("max_bytes = 300_000_000", 'max_bytes = "300 MB"', ["max_bytes", "whole number of byte"]),
        ("max_bytes = 300_000_000", "max_mb = 300", ["unknown limit 'max_mb'"]),
        ('direction = "either"', 'direction = "back"', ["direction", "'return'"]),
        ('direction = "either"\n', "", ["'direction' is missing"]),
        ("dated = 2026-11-01", 'dated = "soon"', ["dated"]),
        ("dated = 2026-11-01", "dated = 2026-13-01", ["mine.toml"]),
        ("required = false", 'required = "no"', ["required"]),
        ('clause = "R03"', 'clauze = "R03"', ["clauze", "clause"]),
        ("window_h = 24.0", "window_h = -1.0", ["window_h"]),
        ('on = "video"', 'on = "film"', ["on", "video"]),
    ],
)  # fmt: skip
def test_mistakes_name_the_place(old, new, says):
    message = broken(old, new)
    for part in says:
        assert part in message, message


def test_a_pack_without_rules_is_refused():
    with pytest.raises(PackError, match="without rules"):
        read_pack(CARD.split("[[rules]]")[0].encode(), "mine.toml")


def test_binary_and_huge_packs_are_refused(tmp_path):
    with pytest.raises(PackError):
        read_pack(b"\xff\xfe\x00", "mine.toml")
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 2_000_000)
    with pytest.raises(PackError, match="larger"):
        load_pack(str(large))


def test_the_same_rule_twice_is_refused():
    twice = CARD + CARD[CARD.index("[[rules]]") : CARD.index("[[rules]]", CARD.index("[[rules]]") + 5)]
    with pytest.raises(PackError, match="twice"):
        read_pack(twice.encode(), "mine.toml")
