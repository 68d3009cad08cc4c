"""``scan --index``: what earlier scans were handed in, kept in one place for later ones."""

from __future__ import annotations

import contextlib
import gzip
import json
import shutil
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence_kit.batch.cases import read_cases
from evidence_kit.batch.index import Entry, has_scan, read_index, read_scan, write_scan
from evidence_kit.batch.run import Plan, run_scan
from evidence_kit.batch.work import Settings, judge_order
from evidence_kit.intake import IntakeError
from tests.scan_cases import NOW, finding, manifest, photo, quick_pack, reports, scan, small_cases

A, B = "a" * 32, "b" * 32
SHA = "0" * 64


class _InProcess:
    """An engine without processes: these tests are about what is compared, not about who looks."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def judge(self, orders):
        for order in list(orders):
            yield judge_order(order, self.settings, None, lambda _item: None)


def scanned(cases, out, index, *, now=NOW, engine=_InProcess):
    pack = quick_pack(out.parent)
    settings = Settings(datetime.fromisoformat(now), pack=(pack.name, pack.read_bytes()))
    plan = Plan(settings, settings.now, out, index=None if index is None else str(index))
    summary = run_scan(read_cases(str(cases)), plan, lambda settings: contextlib.nullcontext(engine(settings)))
    return summary, {name: finding(report, "no-reuse") for name, report in reports(out).items()}


def case(folder, name, seeds, **order):
    for at, seed in enumerate(seeds):
        photo(folder / name / f"{at + 1}.jpg", seed)
    if order:
        manifest(folder / name, **order)
    return folder


def test_a_file_of_an_earlier_scan_fails_the_later_order(tmp_path):
    monday = case(tmp_path / "monday", "A1", [1, 2], order_no="1000001", submitted_at="2026-11-01T10:00:00+08:00")
    friday = case(tmp_path / "friday", "A1", [2, 3], order_no="1000002", submitted_at="2026-11-05T10:00:00+08:00")
    case(friday, "A2", [4, 5], order_no="1000003", submitted_at="2026-11-05T10:00:00+08:00")
    case(friday, "A3", [6, 1])
    index = tmp_path / "index"
    _, before = scanned(monday, tmp_path / "out-1", index, now="2026-11-01T12:00:00+08:00")
    assert before["A1"]["outcome"] == "pass"
    summary, after = scanned(friday, tmp_path / "out-2", index, now="2026-11-05T12:00:00+08:00")
    assert {name: found["outcome"] for name, found in after.items()} == {"A1": "fail", "A2": "pass", "A3": "review"}
    assert "1.jpg = A1 (2026-11-01) / 2.jpg" in after["A1"]["message"]["en"]
    assert summary.shared_files == 2
    told = [json.loads(line)["files"] for line in (tmp_path / "out-2" / "duplicates.jsonl").read_text().splitlines()]
    assert {(entry["submission"], entry.get("seen_at", "")[:10]) for files in told for entry in files} == {
        ("A1", "2026-11-01"),
        ("A1", ""),
        ("A3", ""),
    }
    assert "A1 (2026-11-01)" in (tmp_path / "out-2" / "index.html").read_text("utf-8")


def test_without_an_index_nothing_of_it_is_known(tmp_path):
    monday, friday = case(tmp_path / "monday", "A1", [1]), case(tmp_path / "friday", "B1", [1])
    scanned(monday, tmp_path / "out-1", tmp_path / "index")
    assert scanned(friday, tmp_path / "out-2", None)[1]["B1"]["outcome"] == "pass"
    assert scanned(friday, tmp_path / "out-2", tmp_path / "index")[1]["B1"]["outcome"] == "review"


def test_a_case_is_no_copy_of_itself(tmp_path):
    """The same command again, more photos in the case, another --out, one order in two scans."""
    cases, index = case(tmp_path / "cases", "A1", [1, 2]), tmp_path / "index"
    case(cases, "A2", [3], order_no="1000001", submitted_at="2026-11-01T10:00:00+08:00")
    for out in ("out", "out", "other"):
        assert {found["outcome"] for found in scanned(cases, tmp_path / out, index)[1].values()} == {"pass"}
    again = case(tmp_path / "again", "B7", [3, 9], order_no="1000001", submitted_at="2026-11-02T10:00:00+08:00")
    assert scanned(again, tmp_path / "again-out", index)[1]["B7"]["outcome"] == "pass"
    shutil.rmtree(index)
    scanned(cases, tmp_path / "out", index)
    photo(cases / "A1" / "3.jpg", 4)
    assert scanned(cases, tmp_path / "out", index)[1]["A1"]["outcome"] == "pass"


def test_what_has_left_the_input_was_handed_in_all_the_same(tmp_path):
    cases, index = case(tmp_path / "cases", "A1", [1, 2]), tmp_path / "index"
    case(cases, "A2", [3])
    scanned(cases, tmp_path / "out", index, now="2026-11-01T12:00:00+08:00")
    shutil.rmtree(cases / "A1")
    scanned(cases, tmp_path / "out", index, now="2026-11-02T12:00:00+08:00")
    assert {entry.case_id: entry.seen_at[:10] for _, entry in read_index(str(index))} == {
        "A1": "2026-11-01",
        "A2": "2026-11-01",
    }
    case(cases, "A3", [2])
    assert "A1 (2026-11-01)" in scanned(cases, tmp_path / "out", index)[1]["A3"]["message"]["en"]


def test_a_scan_that_was_settled_learns_what_others_wrote_since(tmp_path):
    mine, theirs = case(tmp_path / "mine", "A1", [1, 2]), case(tmp_path / "theirs", "B1", [2])
    index = tmp_path / "index"
    scanned(mine, tmp_path / "out-1", index)
    scanned(theirs, tmp_path / "out-2", index)
    assert scanned(mine, tmp_path / "out-1", index)[1]["A1"]["outcome"] == "review"


def test_the_index_holds_no_number_and_no_name_of_a_folder_above(tmp_path):
    cases = case(tmp_path / "cases", "A1", [1], order_no="231122123456789", return_waybills=["SF1234567890123"])
    scanned(cases, tmp_path / "out", tmp_path / "index")
    (path,) = (tmp_path / "index").iterdir()
    text = gzip.decompress(path.read_bytes()).decode()
    assert "231122123456789" not in text and "SF12345" not in text and str(tmp_path) not in text
    assert path.name.startswith("scan-") and path.name.endswith(".jsonl.gz")


class _Interrupted(_InProcess):
    def judge(self, orders):
        yield next(super().judge(orders))
        raise KeyboardInterrupt


def test_an_interrupted_scan_writes_its_cases_when_it_is_done(tmp_path):
    cases, index = case(tmp_path / "cases", "A1", [1]), tmp_path / "index"
    case(cases, "A2", [2])
    with pytest.raises(KeyboardInterrupt):
        scanned(cases, tmp_path / "out", index, engine=_Interrupted)
    assert list(read_index(str(index))) == []
    scanned(cases, tmp_path / "out", index)
    assert [entry.case_id for _, entry in read_index(str(index))] == ["A1", "A2"]


ENTRY = Entry("A1", "d" * 32, "2026-11-01T10:00:00+08:00", "2026-11-01T12:00:00+08:00", (("1.jpg", SHA),))


def test_what_is_written_is_read_and_another_scan_s_is_left_alone(tmp_path):
    place = str(tmp_path / "deep" / "index")
    assert list(read_index(place)) == [] and not has_scan(place, A)
    write_scan(place, A, [ENTRY])
    write_scan(place, B, [replace(ENTRY, case_id="B1", order="", submitted_at="")])
    write_scan(place, A, [replace(ENTRY, case_id="A2")])
    (tmp_path / "deep" / "index" / "notes.txt").write_text("of somebody")
    assert [(scan, entry.case_id) for scan, entry in read_index(place)] == [(A, "A2"), (B, "B1")]
    first = (tmp_path / "deep" / "index" / f"scan-{A}.jsonl.gz").read_bytes()
    write_scan(place, A, [replace(ENTRY, case_id="A2")])
    assert (tmp_path / "deep" / "index" / f"scan-{A}.jsonl.gz").read_bytes() == first
    assert sorted(path.name for path in (tmp_path / "deep" / "index").iterdir()) == sorted(
        ["notes.txt", f"scan-{A}.jsonl.gz", f"scan-{B}.jsonl.gz"]
    )


BROKEN = {
    "no gzip": b"case",
    "half": gzip.compress(json.dumps({"case": "A"}).encode() * 100)[:-20],
    "no JSON": gzip.compress(b"{\n"),
    "a list": gzip.compress(b"[1]\n"),
    "deep": gzip.compress(b"[" * 100_000 + b"\n"),
    "no sha256": gzip.compress(
        b'{"case":"A","order":"","submitted_at":"","seen_at":"2026-11-01T10:00:00+08:00","files":[["1","../x"]]}\n'
    ),
    "no offset": gzip.compress(
        b'{"case":"A","order":"","submitted_at":"2026-11-01T10:00:00","seen_at":"","files":[]}\n'
    ),
    "a bomb": gzip.compress(bytes(50_000_000)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_damaged_part_is_told_and_never_passed_over(tmp_path, name):
    """Passed over, it would let a used file pass."""
    (tmp_path / f"scan-{A}.jsonl.gz").write_bytes(BROKEN[name])
    with pytest.raises(IntakeError, match="damaged"):
        list(read_scan(str(tmp_path), A))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("index")
    (folder / f"scan-{A}.jsonl.gz").write_bytes(gzip.compress(data))
    with contextlib.suppress(IntakeError):
        assert all(isinstance(entry, Entry) for entry in read_scan(str(folder), A))


def test_a_place_that_cannot_be_used_is_told_before_the_work(tmp_path):
    cases = small_cases(tmp_path / "cases", 1)
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file" / "index", "s4://bucket/index", "zip::s3://bucket/index"):
        with pytest.raises(IntakeError):
            scanned(cases, tmp_path / "out", place, engine=_Never)


class _Never(_InProcess):
    def judge(self, orders):
        raise AssertionError("no case may be judged")


def test_such_a_place_is_wrong_usage(tmp_path):
    cases = small_cases(tmp_path / "cases", 1)
    ran = scan(cases, "--out", tmp_path / "out", "--index", "s4://bucket/index", "--lang", "en", code={2})
    assert "no such kind of address" in ran.stderr and len(ran.stderr.strip().splitlines()) == 1
