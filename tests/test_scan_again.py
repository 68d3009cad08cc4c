"""Judging again: from kept measurements, in the scan's own process, and never from an old content."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from evidence_kit.batch.cases import read_cases
from evidence_kit.batch.kept import KeptMeasurements
from evidence_kit.batch.state import FILE, SETTLED_NS, State
from evidence_kit.batch.work import Order, Settings, judge_order, line_of
from evidence_kit.cache import Cache
from evidence_kit.intake import open_submission
from evidence_kit.intake.files import changed_ns, look, stamp_of
from tests.scan_cases import NOW, finding, photo, quick_pack, reports, scan_here, small_cases

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of a file's last change")


def nobody_works(order, settings, cache, announce):
    """A worker that is not meant to be asked; its parent would say CRASHED."""
    raise AssertionError(order.case.id)


@pytest.fixture
def long_ago(monkeypatch):
    """The clock stands an hour later than the files: their stamps are relied on at once."""
    real = time.time_ns
    monkeypatch.setattr("evidence_kit.batch.run.time.time_ns", lambda: real() + 3_600_000_000_000)


def kept_stamps(out):
    with closing(sqlite3.connect(out / FILE)) as database:
        return dict(database.execute("SELECT case_id, COUNT(*) FROM stamps GROUP BY case_id"))


def test_a_changed_pack_starts_no_worker(tmp_path, long_ago):
    cases, cache = small_cases(tmp_path / "cases", 3), tmp_path / "cache"
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path), cache=cache)
    again = scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path, least=4), cache=cache, work=nobody_works)
    assert (again.outcomes["error"], again.verdicts["fail"]) == (0, 3)
    fresh = scan_here(cases, tmp_path / "fresh", pack=quick_pack(tmp_path, least=4))
    assert fresh.plain() == again.plain()
    assert reports(tmp_path / "out") == reports(tmp_path / "fresh")


def test_copies_found_at_the_end_start_no_second_look(tmp_path, long_ago):
    cases = small_cases(tmp_path / "cases", 2)
    photo(cases / "case-001" / "3.jpg", 0)  # case-000's first
    looked = tmp_path / "looked"
    looked.mkdir()
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path), cache=tmp_path / "cache", work=_Noted(looked))
    assert sorted(path.name for path in looked.iterdir()) == ["case-000 1", "case-001 1"]
    assert finding(reports(tmp_path / "out")["case-000"], "no-reuse")["reason"] == "DUPLICATE_PHOTO"


class _Noted:
    """Judges, and leaves a file for each time that a worker is asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, order, settings, cache, announce):
        turn = 1 + len(list(self.folder.glob(f"{order.case.id} *")))
        (self.folder / f"{order.case.id} {turn}").touch()
        return judge_order(order, settings, cache, announce)


@pytest.mark.parametrize("how", ["in place", "replaced", "time put back"])
def test_a_changed_file_is_never_judged_from_its_old_content(tmp_path, long_ago, how):
    """Same name and same size; where the time is put back, only the time of the inode tells."""
    cases, cache = small_cases(tmp_path / "cases", 2), tmp_path / "cache"
    target = cases / "case-001" / "1.jpg"
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path), cache=cache)
    before = reports(tmp_path / "out")["case-001"]
    seen, content = target.stat(), photo(tmp_path / "other.jpg", 4711).read_bytes()
    content = (content + bytes(seen.st_size))[: seen.st_size]
    if how == "replaced":
        (tmp_path / "new.jpg").write_bytes(content)
        (tmp_path / "new.jpg").replace(target)
    else:
        target.write_bytes(content)
    if how != "in place":
        os.utime(target, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert target.stat().st_size == seen.st_size
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path, least=4), cache=cache)
    after = reports(tmp_path / "out")["case-001"]
    said = {item["id"]: item["sha256"] for item in after["items"]}
    assert said["1.jpg"] == look(target).sha256 != before["items"][0]["sha256"]


def test_a_file_changed_just_before_the_scan_is_read_again(tmp_path):
    """Within one tick of the file system's clock it could change once more and look the same."""
    cases = small_cases(tmp_path / "cases", 1)
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path), cache=tmp_path / "cache")
    assert kept_stamps(tmp_path / "out") == {}


def test_stamps_are_kept_of_settled_files_and_go_with_their_case(tmp_path, long_ago):
    cases = small_cases(tmp_path / "cases", 2)
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path))
    assert kept_stamps(tmp_path / "out") == {"case-000": 2, "case-001": 2}
    (cases / "case-000" / "1.jpg").unlink()
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path))
    assert kept_stamps(tmp_path / "out") == {"case-000": 1, "case-001": 2}
    for file in (cases / "case-000").iterdir():
        file.unlink()
    (cases / "case-000").rmdir()
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path))
    assert kept_stamps(tmp_path / "out") == {"case-001": 2}


def test_what_is_not_kept_is_looked_at_by_a_worker(tmp_path, long_ago):
    cases, cache = small_cases(tmp_path / "cases", 3), tmp_path / "cache"
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path), cache=cache)
    emptied = Cache(cache, now_s=time.time())
    assert emptied.clear() > 0
    emptied.close()
    again = scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path, least=4), cache=cache)
    assert (again.outcomes["error"], again.verdicts["fail"]) == (0, 3)


def kept(tmp_path, cases):
    """A scan that has ended, and what judges again from its measurements."""
    settings = Settings(datetime.fromisoformat(NOW), pack=("quick", quick_pack(tmp_path).read_bytes()))
    settings = replace(settings, cache=str(tmp_path / "cache"))
    cache, digests = Cache(tmp_path / "cache", now_s=time.time()), {}
    order = Order(read_cases(str(cases))[0])
    done = judge_order(order, settings, cache, lambda _item: None, digests)
    cache.close()
    return settings, replace(order, digests=digests), done


def test_the_answer_is_the_worker_s_and_every_doubt_is_the_worker_s_too(tmp_path):
    cases = small_cases(tmp_path / "cases", 1)
    settings, order, done = kept(tmp_path, cases)
    with closing(KeptMeasurements(settings)) as judges:
        again = judges.judge(order)
        assert again is not None
        for name in ("verdict", "files", "digests", "order", "pack_sha256"):
            assert getattr(again, name) == getattr(done, name)
        plain = [json.loads(answer.report) for answer in (again, done)]
        assert plain[0].pop("run")["status"] == plain[1].pop("run")["status"] == "complete"
        assert plain[0] == plain[1]
        assert judges.judge(replace(order, digests={})) is None  # never judged before
        first = dict(list(order.digests.items())[:1])
        assert judges.judge(replace(order, digests=first)) is None  # a file is new
        assert judges.judge(replace(order, digests={str(at): "" for at in range(61)})) is None
        (cases / "case-000" / "submission.toml").write_text("pack = 7")
        with closing(KeptMeasurements(replace(settings, cache=None))) as none:
            assert none.judge(order) is None
        told = judges.judge(order)
        assert told is None or json.loads(told.report)["findings"][0]["outcome"] == "error"


def test_a_stamp_tells_a_content(tmp_path):
    path = tmp_path / "1.bin"
    path.write_bytes(b"x" * 10_000)
    digests: dict[str, str] = {}
    seen = look(path, digests)
    assert digests == {stamp_of(path.stat()): seen.sha256}
    assert changed_ns(stamp_of(path.stat())) == max(path.stat().st_mtime_ns, path.stat().st_ctime_ns)
    assert look(path, {stamp_of(path.stat()): "kept"}) == replace(seen, sha256="kept")
    path.write_bytes(b"x" * 10_001)
    assert look(path, digests).sha256 == look(path).sha256 != seen.sha256
    assert len(digests) == 2


def test_digests_are_used_for_the_files_of_a_row_too(tmp_path):
    photo(tmp_path / "1.jpg", 1)
    digests = {stamp_of((tmp_path / "1.jpg").stat()): "kept"}
    for files in (None, ["1.jpg"]):
        facts = {"files": files} if files else {}
        opened = open_submission([tmp_path], facts=facts, now=datetime.fromisoformat(NOW), digests=digests)
        assert [item.sha256 for item in opened.items] == ["kept"]


def test_a_state_relies_on_no_stamp_of_the_last_seconds(tmp_path):
    _, _, done = kept(tmp_path, small_cases(tmp_path / "cases", 1))
    latest = max(changed_ns(stamp) for stamp, _ in done.digests)
    for late, count in ((SETTLED_NS - 1, 0), (SETTLED_NS, 2)):
        state = State(tmp_path / f"state-{late}", now_ns=latest + late)
        state.settle(done, "key", 0)
        earlier = sum(changed_ns(stamp) + SETTLED_NS <= latest + late for stamp, _ in done.digests)
        assert len(state.digests(done.case_id)) == earlier
        assert (earlier == 2) == (count == 2)
        state.close()


def test_a_kept_report_gives_the_line_in_either_language(tmp_path):
    _, _, done = kept(tmp_path, small_cases(tmp_path / "cases", 1))
    statement = json.loads(done.report)["statement"]
    for lang in ("zh", "en"):
        line = line_of(done.report, lang)
        assert json.loads(line) == {**json.loads(done.report), "statement": statement[lang]}
        assert list(json.loads(line))[:3] == ["schema", "verdict", "statement"]
