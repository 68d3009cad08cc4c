"""What was established of a file comes back from the cache as it was, and only where all that it follows from is so."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from evidence_kit import established
from evidence_kit.cache import Cache
from evidence_kit.engine import judge
from evidence_kit.intake import open_submission
from evidence_kit.packs import load_pack
from evidence_kit.resolve import Resolver, all_providers
from evidence_kit.schema import Case, Deferred, Item, Order, Outcome, Submission, Text, Unknown
from evidence_kit.sensors import CannotOpen
from evidence_kit.wiring import Need, fact, pair, provider_of, sensor

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CALLS: list[str] = []


@pytest.fixture(autouse=True)
def _forget():
    CALLS.clear()


@pytest.fixture
def store(tmp_path):
    made = Cache(tmp_path, now_s=0.0)
    yield made
    made.close()


@dataclass(frozen=True)
class Seen:
    value: int


@dataclass(frozen=True)
class Also:
    value: int


@dataclass(frozen=True)
class Plain:
    words: str
    share: float = 0.5


@dataclass(frozen=True)
class Late:
    words: str


@sensor(on="photo", version="1")
def seen(owner: Item) -> Seen:
    if owner.id.startswith("closed"):
        raise CannotOpen
    return Seen(3)


@sensor(on="photo", version="1")
def also(owner: Item) -> Also:
    return Also(4)


@fact(on="photo")
def plain(first: Seen, second: Deferred[Also], owner: Item) -> Plain | Unknown:
    CALLS.append("plain")
    if owner.id.startswith("doubtful"):
        return Unknown("DOUBT", Text("看不清", "Not clear."))
    if owner.id.startswith("broken"):
        raise ValueError("a fact fell over")
    if owner.id.startswith("long"):
        return Plain("x" * established.MOST_BYTES)
    if owner.id.startswith("crash"):
        return Plain("crash")
    if owner.id.startswith("whole"):
        return Plain("a whole number", 0)
    return Plain(f"{first.value} {second().value}")


@fact(on="photo")
def late(before: Plain, case: Case) -> Late:
    CALLS.append("late")
    return Late(f"{before.words} of {case.order.order_no}")


PROVIDERS = tuple(provider_of(one) for one in (seen, also, plain, late))


def item(name="1.jpg"):
    return Item(name, "photo", f"/nowhere/{name}", 5, f"hash-{name}")


def told(store, one, wanted=(Plain, Late), order="A1", options=()):
    """One run: everything that is known of the item at its end, and which sensors answered."""
    submission = Submission("A", Case(NOW, order=Order(order_no=order)), (one,))
    found = Resolver(submission, providers=PROVIDERS, options=dict(options), cache=store)
    found.recall(one, wanted)
    values = [found.resolve(kind, one) for kind in wanted]
    found.keep(one, wanted)
    return values, found.stamps, [bool(found.known(kind)) for kind in (Plain, Late)]


def again(store, one, *, later=None, **changed):
    """Two runs, the second of ``later``, and the facts that the second makes."""
    first = told(store, one)
    CALLS.clear()
    second = told(store, later or one, **changed)
    return first, second, list(CALLS)


def test_a_fact_is_made_once_and_one_of_the_case_s_statements_each_time(store):
    first, second, calls = again(store, item())
    assert (first, calls) == (second, ["late"])
    assert [stamp.sensor for stamp in first[1].values()] == ["seen", "also"]
    _, other, calls = again(store, item(), order="B2")
    assert (other[0], calls) == ([Plain("3 4"), Late("3 4 of B2")], ["late"])


@pytest.mark.parametrize(
    "changed",
    [
        {"later": replace(item(), sha256="other")},
        {"later": replace(item(), id="2.jpg")},
        {"later": replace(item(), role="problem")},
        {"wanted": (Plain,)},
        {"options": {"ocr": "other"}},
    ],
)
def test_whatever_a_fact_follows_from_makes_it_anew(store, changed):
    _, _, calls = again(store, item(), **changed)
    assert "plain" in calls


def test_where_the_file_lies_changes_nothing(store):
    assert again(store, item(), later=replace(item(), path="/elsewhere/1.jpg"))[2] == ["late"]


@pytest.mark.parametrize(("code", "calls"), [("other", ["plain", "late"]), (None, ["plain", "late"])])
def test_other_code_or_code_that_cannot_be_read_makes_it_anew(store, monkeypatch, code, calls):
    from evidence_kit import resolve

    told(store, item())
    CALLS.clear()
    resolve._wired.cache_clear()
    monkeypatch.setattr(established, "code_print", lambda _providers: code)
    told(store, item())
    monkeypatch.undo()
    resolve._wired.cache_clear()
    assert calls == CALLS


def test_the_code_is_the_kit_s_and_the_providers_own(tmp_path, monkeypatch):
    before = established.code_print(PROVIDERS)
    assert before == established.code_print(PROVIDERS) != established.code_print(PROVIDERS[:0])
    monkeypatch.setattr(established, "__file__", str(tmp_path / "established.py"))
    (tmp_path / "facts").mkdir()
    for path in ("schema.py", "facts/one.py"):
        (tmp_path / path).write_text("1")
        now = established.code_print(PROVIDERS)
        (tmp_path / path).write_text("2")
        assert established.code_print(PROVIDERS) != now
    monkeypatch.setattr(established, "ROOMS", ("gone/*.py",))
    monkeypatch.setitem(established.sys.modules, __name__, type("Module", (), {"__file__": str(tmp_path / "none.py")}))
    assert established.code_print(PROVIDERS) is None
    monkeypatch.setitem(established.sys.modules, __name__, type("Typed", (), {}))
    assert established.code_print(PROVIDERS) is None


@pytest.mark.parametrize("name", ["long.jpg", "whole.jpg"])
def test_a_long_fact_and_one_that_would_come_back_changed_are_made_anew(store, name):
    first, second, calls = again(store, item(name))
    assert (first, calls) == (second, ["plain", "late"])
    assert repr(first[0]) == repr(second[0])


def test_what_cannot_be_told_of_a_file_is_kept_with_its_reason(store):
    first, second, calls = again(store, item("doubtful.jpg"))
    assert first == second and "plain" not in calls
    assert first[0][0].reason == "DOUBT"


@pytest.mark.parametrize("name", ["broken.jpg", "closed.jpg"])
def test_a_failure_is_kept_for_no_other_run(store, name):
    first = told(store, item(name))
    assert first[0][0].outcome in (Outcome.ERROR, Outcome.NOT_APPLICABLE)
    entries = store._connection.execute("SELECT COUNT(*) FROM kept").fetchone()[0]
    assert entries == (1 if name.startswith("broken") else 0), "its measurement alone"


def test_a_damaged_entry_is_a_miss():
    entry = {"known": {"nowhere.Thing": 1}, "unknown": {}, "again": [], "sensors": []}
    for text in ("[]", "{", str(entry).replace("'", '"')):
        assert established.decode(text, [Plain]) is None


def plain_report(submission, pack, **more):
    """The report's text but for what a run may change."""
    report = judge(submission, pack, providers=all_providers(), **more)
    return replace(report, run=replace(report.run, seconds=0.0)).to_json(lang=None)


@pytest.mark.parametrize(
    ("sample", "name"),
    [
        ("waybill-matches/pass-return", "pinduoduo-return-damaged"),
        ("no-reuse/review-saved-again", "card"),
        ("video-continuous/fail-hard-cut", "pinduoduo-return-damaged"),
    ],
)
def test_a_report_is_the_same_with_nothing_kept_with_measurements_and_with_facts(tmp_path, sample, name):
    folder = SAMPLES / sample
    if not folder.is_dir():
        pytest.skip(f"no sample {sample}")
    submission, pack = open_submission([folder], facts={}, now=NOW), load_pack(name)
    alone = plain_report(submission, pack)
    store, looked = Cache(tmp_path, now_s=0.0), []

    def gate(provider, owner):
        looked.append(provider.name)

    said = [plain_report(submission, pack, cache=store, gate=gate) for _ in range(2)]
    looks = len(looked)
    said.append(plain_report(submission, pack, cache=store, gate=gate))
    store.close()
    assert said == [alone] * 3
    assert looks and len(looked) == looks


def test_a_second_core_is_asked_only_where_something_is_left_to_look_at(tmp_path, monkeypatch):
    begun: list[str] = []
    start = Thread.start
    monkeypatch.setattr(Thread, "start", lambda self: (begun.append(self.name), start(self)))
    submission = open_submission([SAMPLES / "waybill-readable" / "pass-barcode"], facts={}, now=NOW)
    store, seen, pack = Cache(tmp_path, now_s=0.0), [], load_pack("card")
    for _ in range(2):
        plain_report(submission, pack, cache=store, jobs=2, progress=lambda *told: seen.append(told))
        begun.append("end of a run")
    store.close()
    assert "end of a run" in begun[1:]
    assert begun[-2:] == ["end of a run"] * 2
    assert len(seen) == 2 * len(submission.items)


# --- of two files ---


@dataclass(frozen=True)
class Alike:
    words: str


@pair(on="photo")
def alike(one: Plain, other: Plain) -> Alike:
    CALLS.append("alike")
    if "crash" in one.words:
        raise ValueError("a fact fell over")
    return Alike(f"{one.words} and {other.words}")


@pair(on="photo")
def unlike(one: Plain, other: Late) -> Alike: ...


def compared(store, *items):
    """``alike`` of every two items, in one run."""
    providers = (*PROVIDERS, provider_of(alike))
    found = Resolver(Submission("A", Case(NOW), items), providers=providers, options={}, cache=store)
    pairs = found.supply(Need("every", Alike, "pairs"), None)
    return [(one.id, other.id, fact) for one, other, fact in pairs]


def test_two_files_are_compared_once(store):
    items = [item(name) for name in ("1.jpg", "2.jpg", "3.jpg")]
    first = compared(store, *items)
    assert [names[:2] for names in first] == [("1.jpg", "2.jpg"), ("1.jpg", "3.jpg"), ("2.jpg", "3.jpg")]
    assert first[0][2] == Alike("3 4 and 3 4")
    assert CALLS.count("alike") == 3
    assert compared(store, *items) == first
    assert CALLS.count("alike") == 3
    compared(store, items[0], replace(items[1], sha256="other"))
    assert CALLS.count("alike") == 4


def test_nothing_is_compared_before_it_is_reached(store):
    found = Resolver(
        Submission("A", Case(NOW), (item("1.jpg"), item("2.jpg"))),
        providers=(*PROVIDERS, provider_of(alike)),
        options={},
    )
    found.pairs(Alike)
    assert CALLS == []


def test_what_is_unknown_of_one_is_unknown_of_two(store):
    ((_, _, fact),) = compared(store, item("1.jpg"), item("doubtful.jpg"))
    assert isinstance(fact, Unknown) and fact.reason == "DOUBT"


def test_a_comparison_that_falls_over_is_told_to_the_rule_and_not_kept(store):
    for _ in range(2):
        with pytest.raises(ValueError, match="fell over"):
            compared(store, item("crash.jpg"), item("2.jpg"))
    assert CALLS.count("alike") == 2


def test_two_different_facts_make_no_pair():
    with pytest.raises(TypeError, match="two of one fact"):
        Resolver(Submission("A", Case(NOW), ()), providers=(provider_of(unlike),), options={})
