"""The engine: types to functions, each once; failures stay with their item; folding as the contract says."""

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from evidence_kit import engine
from evidence_kit.cache import Cache
from evidence_kit.engine import _longest_first, judge, verdict_of
from evidence_kit.packs import load_pack, read_pack
from evidence_kit.resolve import Resolver
from evidence_kit.schema import Case, Deferred, Each, Finding, Item, Order, Outcome, Submission, Text, Unknown
from evidence_kit.sensors import CannotOpen, EngineMissing, LimitReached
from evidence_kit.wiring import Need, fact, provider_of, read_signature, sensor

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
P, F, R, N, E = Outcome.PASS, Outcome.FAIL, Outcome.REVIEW, Outcome.NOT_APPLICABLE, Outcome.ERROR


def item(name="1.jpg", kind="photo"):
    return Item(name, kind, f"/nowhere/{name}", 5, f"hash-{name}")


def submission(*items, **order):
    return Submission("A", Case(NOW, order=Order(**order)), tuple(items))


@dataclass(frozen=True)
class Cheap:
    value: int


@dataclass(frozen=True)
class Dear:
    value: int


@dataclass(frozen=True)
class Said:
    words: str


CALLS: list[str] = []


@pytest.fixture(autouse=True)
def _forget():
    CALLS.clear()


@sensor(on="photo", version="1")
def cheap(owner: Item) -> Cheap:
    CALLS.append(f"cheap {owner.id}")
    if owner.id.startswith("bad"):
        raise ValueError("a codec fell over")
    if owner.id.startswith("closed"):
        raise CannotOpen
    if owner.id.startswith("huge"):
        raise LimitReached("too many pixels")
    if owner.id.startswith("bare"):
        raise EngineMissing("pip install it")
    return Cheap(1 if owner.id.startswith("1") else 0)


@sensor(on="photo", version="1")
def dear(owner: Item) -> Dear:
    CALLS.append(f"dear {owner.id}")
    return Dear(7)


@fact(on="photo")
def said(first: Cheap, second: Deferred[Dear]) -> Said | Unknown:
    if first.value:
        return Said("cheap was enough")
    found = second()
    return found if isinstance(found, Unknown) else Said(f"dear said {found.value}")


PROVIDERS = [provider_of(one) for one in (cheap, dear, said)]


def resolver(*items, **more):
    return Resolver(submission(*items), providers=PROVIDERS, options={}, **more)


def test_a_dear_measurement_is_taken_only_when_the_cheap_one_leaves_it_open():
    first, second = item("1.jpg"), item("2.jpg")
    found = resolver(first, second)
    assert found.resolve(Said, first) == Said("cheap was enough")
    assert CALLS == ["cheap 1.jpg"]
    assert found.resolve(Said, second) == Said("dear said 7")
    assert CALLS == ["cheap 1.jpg", "cheap 2.jpg", "dear 2.jpg"]


def test_a_core_without_an_item_of_its_own_helps_with_another_s(monkeypatch):
    helped = threading.Event()

    @sensor(on="photo", version="1")
    def waits(owner: Item) -> Cheap:
        return Cheap(int(helped.wait(20)))

    @sensor(on="photo", version="1")
    def helps(owner: Item) -> Dear:
        helped.set()
        return Dear(7)

    @fact(on="photo")
    def both(first: Cheap, second: Dear) -> Said:
        return Said(f"{first.value} {second.value}")

    one = item()
    found = Resolver(submission(one), providers=[provider_of(f) for f in (waits, helps, both)], options={})
    monkeypatch.setattr(engine, "_wanted", lambda *_: {one.id: [Said]})
    engine.measure(found, load_pack("card"), jobs=2)
    assert found.resolve(Said, one) == Said("1 7")


def test_only_looks_that_are_asked_for_in_any_case_are_helped_with():
    assert resolver(item()).looks([Said], item()) == [Cheap]


def test_several_cores_begin_with_what_takes_longest():
    small, large = item("1.jpg"), replace(item("2.jpg"), bytes=9)
    video = item("z.mp4", "video")
    assert _longest_first(submission(small, large, video)) == [video, large, small]


def test_each_thing_is_measured_once():
    one = item("2.jpg")
    found = resolver(one)
    for _ in range(3):
        found.resolve(Said, one)
    assert len(CALLS) == 2


@pytest.mark.parametrize(
    ("name", "reason", "outcome"),
    [
        ("bad.jpg", "CRASHED", E),
        ("closed.jpg", "FORMAT", N),
        ("huge.jpg", "LIMIT_REACHED", E),
        ("bare.jpg", "ENGINE_MISSING", E),
    ],
)
def test_a_failure_stays_with_its_item(name, reason, outcome):
    hurt, fine = item(name), item("1.jpg")
    every = resolver(hurt, fine).each(Said)
    assert every.known() == ((fine, Said("cheap was enough")),)
    ((owner, unknown),) = every.unknown()
    assert (owner, unknown.reason, unknown.outcome) == (hurt, reason, outcome)


def test_measurements_come_back_from_the_cache(tmp_path):
    store = Cache(tmp_path, now_s=0.0)
    one = item("2.jpg")
    before = resolver(one, cache=store).resolve(Said, one)
    CALLS.clear()
    assert resolver(one, cache=store).resolve(Said, one) == before
    assert CALLS == []
    changed = replace(one, sha256="other")
    resolver(changed, cache=store).resolve(Said, changed)
    assert CALLS == ["cheap 2.jpg", "dear 2.jpg"]
    store.close()


def test_a_gate_is_asked_before_each_look_and_can_stand_in_for_it(tmp_path):
    store = Cache(tmp_path, now_s=0.0)
    one, asked = item("2.jpg"), []

    def gate(provider, owner):
        asked.append((provider.name, owner.id))
        return Unknown("BARRED", Text("", ""), E) if provider.name == "dear" else None

    found = resolver(one, cache=store, gate=gate).resolve(Said, one)
    assert isinstance(found, Unknown) and found.reason == "BARRED"
    assert (asked, CALLS) == ([("cheap", "2.jpg"), ("dear", "2.jpg")], ["cheap 2.jpg"])
    asked.clear()
    assert resolver(one, cache=store, gate=gate).resolve(Said, one) == found, "what a gate says is not kept"
    assert asked == [("dear", "2.jpg")], "what is known needs no look"
    store.close()


def test_a_damaged_cache_entry_is_a_miss(tmp_path):
    store = Cache(tmp_path, now_s=0.0)
    one = item("2.jpg")
    resolver(one, cache=store).resolve(Said, one)
    store._connection.execute('UPDATE kept SET value = \'{"value": "seven"}\'')
    CALLS.clear()
    assert resolver(one, cache=store).resolve(Said, one) == Said("dear said 7")
    assert CALLS == ["cheap 2.jpg", "dear 2.jpg"]
    store.close()


def test_an_unannotated_parameter_is_refused():
    def loose(first) -> Said: ...

    with pytest.raises(TypeError, match="no annotation"):
        read_signature(loose)


def test_signatures_are_read_as_written():
    def rule(every: Each[Said], own: Said | Unknown, later: Deferred[Dear], *, most: int) -> Said: ...

    found = read_signature(rule)
    assert found.needs == (
        Need("every", Said, "each"),
        Need("own", Said, "plain", accepts_unknown=True),
        Need("later", Dear, "deferred"),
    )
    assert found.options == (("most", int),)


def finding(outcome, *, required=True):
    return Finding("r", "R", "q", None, outcome, required, None, None, None, Text("", ""), None, True, ())


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([P, F, R], "fail"),
        ([P, R], "review"),
        ([P, E], "review"),
        ([P, N], "pass"),
        ([N, N], "review"),
        ([], "review"),
    ],
)
def test_verdicts_fold_as_the_contract_says(outcomes, verdict):
    assert verdict_of([finding(outcome) for outcome in outcomes]) == verdict


def test_an_advised_finding_never_changes_the_verdict():
    assert verdict_of([finding(P), finding(F, required=False)]) == "pass"


WINDOW = b"""
id = "w"
version = "1"
dated = 2026-01-01
title = { zh = "w", en = "w" }
summary = { zh = "w", en = "w" }
source = "s"
direction = "return"
sign_off = "return_signed_at"
missing_facts = "review"
[[rules]]
rule = "within-window"
clause = "R40"
quote = "q"
source = "F4:54"
limits = { window_h = 24.0, refusal_window_h = 0.0 }
"""


@pytest.mark.parametrize(("manifest", "outcome"), [(True, R), (False, N)])
def test_a_missing_fact_is_review_with_a_manifest_and_not_applicable_for_bare_files(manifest, outcome):
    given = replace(submission(), has_manifest=manifest)
    (found,) = judge(given, read_pack(WINDOW, "w"), providers=PROVIDERS).findings
    assert (found.outcome, found.reason) == (outcome, "MISSING_FACT")
    assert "order.return_signed_at" in found.message.en


def test_an_old_document_is_noted():
    report = judge(submission(), load_pack("pinduoduo-return-damaged"), providers=())
    assert any("2024-08-01" in note.text.en for note in report.notes)


def test_deadlines_are_given():
    given = submission(return_signed_at=NOW)
    report = judge(given, read_pack(WINDOW, "w"), providers=PROVIDERS)
    (deadline,) = report.facts.deadlines
    assert deadline.left_s == 24 * 3600


def test_a_rule_that_crashes_is_an_error_of_its_own():
    pack = read_pack(WINDOW, "w")
    broken = replace(pack.rules[0], limits={**pack.rules[0].limits, "window_h": "a day"})
    report = judge(submission(return_signed_at=NOW), replace(pack, rules=(broken,)), providers=PROVIDERS)
    assert [(found.outcome, found.reason) for found in report.findings] == [(E, "CRASHED")]
    assert report.verdict == "review"
