"""scan: input from folders and tables, outputs, resuming, judging again, files that several cases share."""

import csv
import io
import json
import re
import shlex
import shutil
import sqlite3
import tomllib
from pathlib import Path

import pytest

from evidence_kit import scan as scan_in_python
from evidence_kit.batch.cases import read_cases
from evidence_kit.batch.progress import Progress
from evidence_kit.batch.work import read_report
from evidence_kit.cli import build_parser
from evidence_kit.intake import IntakeError, open_submission
from evidence_kit.report import csv as report_csv
from tests.conftest import NOW as MOMENT
from tests.scan_cases import (
    CLIP,
    PHOTO,
    ROOT,
    copy_case,
    finding,
    manifest,
    photo,
    quick_pack,
    reports,
    scan,
    scan_here,
    small_cases,
)

# --- outputs ---


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """One scan of four cases through the command line, and its folder."""
    base = tmp_path_factory.mktemp("scan")
    cases = base / "cases"
    copy_case("waybill-matches/pass-return", cases / "a good")
    copy_case("photo-count/fail-seven", cases / "b seven")
    shutil.rmtree(cases / "b seven")
    for at in range(7):
        photo(cases / "b seven" / f"{at}.jpg", at)
    (cases / "c broken").mkdir()
    (cases / "c broken" / "submission.toml").write_text("[order\n", encoding="utf-8")
    photo(cases / "d <script>" / "=1+1.jpg", 99)
    ran = scan(cases, "--out", base / "out", "--cache", base / "cache", "--lang", "en")
    return base, ran


def test_every_output_is_there_and_agrees(scanned):
    base, ran = scanned
    out = base / "out"
    found = reports(out)
    assert set(found) == {"a good", "b seven", "c broken", "d <script>"}
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["cases"] == 4
    assert json.loads(ran.stdout) == summary
    assert summary["verdicts"] == {
        name: sum(report["verdict"] == name for report in found.values()) for name in ("pass", "fail", "review")
    }
    assert summary["incomplete"] == 1
    rows = list(csv.DictReader(io.StringIO((out / "findings.csv").read_text("utf-8-sig"))))
    assert len(rows) == sum(len(report["findings"]) for report in found.values()) == sum(summary["findings"].values())
    assert ran.returncode == (1 if summary["verdicts"]["fail"] else 3)
    assert not list(out.glob(".*.part"))


def test_progress_goes_to_stderr_and_says_rate_and_time_left(scanned):
    _, ran = scanned
    assert "[4/4]" in ran.stderr
    assert "cases/" in ran.stderr
    assert "left" in ran.stderr


def test_the_index_puts_certain_failures_first_and_escapes_names(scanned):
    base, _ = scanned
    page = (base / "out" / "index.html").read_text("utf-8")
    assert "<script>" not in page.replace("<script>(function", "")
    assert "d &lt;script&gt;" in page
    order = [page.index(f">{name}</a>") for name in ("b seven", "c broken")]
    assert order == sorted(order)
    assert "http" not in page.split("<main>")[1]


def test_parquet_has_the_table_s_rows_with_types(scanned):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed (extra [scan])")
    base, _ = scanned
    table = parquet.read_table(base / "out" / "findings.parquet")
    assert set(report_csv.COLUMNS) <= set(table.column_names)
    counts = [row for row in table.to_pylist() if row["rule"] == "photo-count" and row["submission"] == "b seven"]
    assert [(row["actual_number"], row["limit_number"], row["required"]) for row in counts] == [(7.0, 6.0, True)]


def test_kept_reports_say_what_the_contract_s_lines_say(scanned):
    base, _ = scanned
    lines = (base / "out" / "reports.jsonl").read_text("utf-8").splitlines()
    with sqlite3.connect(base / "out" / "scan.sqlite3") as database:
        kept = [row[0] for row in database.execute("SELECT report FROM cases ORDER BY place")]
    database.close()
    assert [read_report(text).to_json(lang="en") for text in kept] == lines


def test_python_judges_the_same_in_one_process(scanned):
    base, _ = scanned
    ours = {report.submission.id: report for report in scan_in_python(base / "cases", now=MOMENT, options={})}
    assert {name: report.verdict for name, report in ours.items()} == {
        name: report["verdict"] for name, report in reports(base / "out").items()
    }


# --- resuming ---


def test_a_second_run_with_nothing_new_judges_nothing_and_writes_the_same(tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 3), quick_pack(tmp_path)
    scan_here(cases, tmp_path / "out", pack=pack)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.suffix != ".sqlite3"}
    scan_here(cases, tmp_path / "out", pack=pack, work=no_work)
    after = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.suffix != ".sqlite3"}
    assert {**before, "findings.parquet": b""} == {**after, "findings.parquet": b""}


def test_only_what_changed_is_judged_again(tmp_path):
    cases, pack = small_cases(tmp_path / "cases", 4), quick_pack(tmp_path)
    scan_here(cases, tmp_path / "out", pack=pack)
    photo(cases / "case-001" / "3.jpg", 7)
    shutil.rmtree(cases / "case-002")
    photo(cases / "case-009" / "1.jpg", 8)
    scan_here(cases, tmp_path / "out", pack=pack, work=only_changed)
    found = reports(tmp_path / "out")
    assert set(found) == {"case-000", "case-001", "case-003", "case-009"}
    assert [item["id"] for item in found["case-001"]["items"]] == ["1.jpg", "2.jpg", "3.jpg"]


def test_a_changed_pack_is_judged_from_kept_measurements(tmp_path):
    cases = small_cases(tmp_path / "cases", 2, photos=3)
    out, cache = tmp_path / "out", tmp_path / "cache"
    scan_here(cases, out, pack=quick_pack(tmp_path), cache=cache)
    before = reports(out)
    again = scan_here(cases, out, pack=quick_pack(tmp_path, least=4), cache=cache, work=no_decoding)
    assert again.outcomes["error"] == 0
    for name, after in reports(out).items():
        assert (finding(before[name], "media-present")["outcome"], after["verdict"]) == ("pass", "fail")
        for at in ("1.jpg", "2.jpg", "3.jpg"):
            assert finding(before[name], "photo-readable", at) == finding(after, "photo-readable", at)


def test_an_unfinished_run_keeps_its_moment_and_a_finished_one_takes_a_new(tmp_path):
    from evidence_kit.batch.state import State

    state = State(tmp_path)
    later = MOMENT.replace(hour=12)
    assert state.begin("settings", None, MOMENT) == MOMENT
    assert state.begin("settings", None, later) == MOMENT
    assert state.begin("other settings", None, later) == later
    state.finish()
    assert state.begin("other settings", None, MOMENT) == MOMENT
    state.close()


def test_two_scans_do_not_write_one_output(tmp_path):
    from evidence_kit.batch.state import State, StateError

    state = State(tmp_path)
    with pytest.raises(StateError, match="another scan"):
        State(tmp_path)
    state.close()
    State(tmp_path).close()


# --- tables ---


def table_rows(folder):
    shutil.copy(PHOTO, photo(folder / "A1" / "1.jpg", 1))
    photo(folder / "A1" / "2.jpg", 2)
    photo(folder / "B2" / "图.jpg", 3)
    shutil.copy(CLIP, folder / "B2" / "unbox.mp4")
    return [
        {
            "id": "A1024",
            "order.return_waybills": "78523306179418",
            "order.return_signed_at": "2026-11-21T10:00:00+08:00",
            "files": [{"path": "A1/1.jpg", "role": "goods_with_waybill"}, "A1/2.jpg"],
        },
        {"id": "B2", "order.return_waybills": "", "files": ["B2/图.jpg", "B2/unbox.mp4"]},
        {"id": "missing file", "files": ["B2/none.jpg"]},
        {"id": "no files", "files": []},
        {"id": "wrong value", "order.sign_kind": "maybe", "files": ["B2/图.jpg"]},
        {"id": "B2", "files": ["B2/图.jpg"]},
        {"id": "out", "files": ["../../etc/passwd"]},
    ]


def as_csv(rows, encoding):
    columns = list(dict.fromkeys(key for row in rows for key in row))
    made = io.StringIO(newline="")
    writer = csv.DictWriter(made, columns)
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "files": json.dumps(row["files"], ensure_ascii=False)})
    return made.getvalue().encode(encoding)


def as_parquet(rows, path):
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra [scan])")
    from pyarrow import parquet

    flat = [{**row, "files": json.dumps(row["files"])} for row in rows]
    columns = list(dict.fromkeys(key for row in flat for key in row))
    parquet.write_table(pa.table({key: [row.get(key) for row in flat] for key in columns}), path)


@pytest.mark.parametrize("kind", ["utf-8-sig.csv", "gb18030.csv", "jsonl", "parquet"])
def test_a_table_gives_facts_and_files(tmp_path, kind):
    rows = table_rows(tmp_path)
    place = tmp_path / f"cases.{kind.rpartition('.')[2]}"
    if kind == "jsonl":
        place.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\nnot json\n", "utf-8")
    elif kind == "parquet":
        as_parquet(rows, place)
    else:
        place.write_bytes(as_csv(rows, kind.removesuffix(".csv")))
    scan_here(place, tmp_path / "out", pack=quick_pack(tmp_path), reveal=True)
    found = reports(tmp_path / "out")
    assert found["A1024"]["submission"]["case"]["order"]["return_waybills"] == ["78523306179418"]
    assert [(item["id"], item["role"]) for item in found["A1024"]["items"]] == [
        ("1.jpg", "goods_with_waybill"),
        ("2.jpg", None),
    ]
    assert [item["kind"] for item in found["B2"]["items"]] == ["photo", "video"]
    assert found["B2 (2)"]["items"][0]["id"] == "图.jpg"
    wrong = {"missing file": "no such file", "no files": "names no file", "wrong value": "sign_kind", "out": ".."}
    for name, says in wrong.items():
        (only,) = found[name]["findings"]
        assert only["outcome"] == "error"
        assert says in only["message"]["en"]
    assert ("row-8" in found) == (kind == "jsonl")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,order.return_waybil,files\n1,2,3\n", "order.return_waybills"),
        ("id,id,files\n1,1,[]\n", "twice"),
        ('id,files\n1,"x\n', "not a CSV"),
        ("", "no case"),
    ],
)
def test_a_broken_table_is_wrong_usage_and_names_the_place(tmp_path, text, says):
    place = tmp_path / "cases.csv"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(IntakeError, match=says):
        read_cases(str(place))
    assert says in scan(place, "--out", tmp_path / "out", code={2}).stderr


def test_absolute_paths_and_rows_without_an_id(tmp_path):
    photo(tmp_path / "far" / "1.jpg", 1)
    place = tmp_path / "tables" / "cases.jsonl"
    place.parent.mkdir()
    place.write_text(json.dumps({"files": [str(tmp_path / "far" / "1.jpg")]}), encoding="utf-8")
    scan_here(place, tmp_path / "out", pack=quick_pack(tmp_path))
    assert reports(tmp_path / "out")["row-1"]["items"][0]["id"] == "1.jpg"


def test_no_two_cases_have_one_name(tmp_path):
    photo(tmp_path / "1.jpg", 1)
    place = tmp_path / "cases.jsonl"
    names = ["A", "A", "A (2)", "A", "x" * 300, "x" * 300]
    place.write_text("\n".join(json.dumps({"id": name, "files": ["1.jpg"]}) for name in names), encoding="utf-8")
    assert len({case.id for case in read_cases(str(place))}) == len(names)


def test_a_row_with_a_strange_address_is_its_own_trouble(tmp_path):
    place = tmp_path / "cases.jsonl"
    rows = [{"id": "bad", "files": ["gopher://x/1.jpg"]}, {"id": "worse", "files": ["zip://a::s3://b/c", "\0"]}]
    place.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert all(case.trouble for case in read_cases(str(place)))


# --- the document ---


def document_blocks(kind):
    text = (ROOT / "docs" / "scan.md").read_text("utf-8")
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


def test_every_command_of_the_document_is_one():
    lines = [line.partition("#")[0] for block in document_blocks("sh") for line in block.splitlines()]
    ours = [shlex.split(line)[1:] for line in lines if line.startswith("evidence-kit")]
    assert len(ours) >= 4
    for words in ours:
        assert build_parser().parse_args(words).command == "scan"
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = re.findall(r"evidence-kit\[(\w+)\]", (ROOT / "docs" / "scan.md").read_text("utf-8"))
    assert named
    assert set(named) <= set(extras)


def test_the_document_s_table_is_one(tmp_path):
    (block,) = document_blocks("csv")
    for name in ("A1024/1.jpg", "A1024/unbox.mp4", "A1025/1.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "cases.csv").write_text(block, encoding="utf-8")
    cases = read_cases(str(tmp_path / "cases.csv"))
    assert [(case.id, case.trouble, len(case.files or ())) for case in cases] == [
        ("A1024", None, 2),
        ("A1025", None, 1),
    ]
    for case in cases:
        assert open_submission([Path(case.root)], facts={**case.facts, "files": case.files}, now=MOMENT).items


# --- files that several cases share ---


def test_a_file_used_before_for_another_order_fails_the_later_case(tmp_path):
    cases = small_cases(tmp_path / "cases", 5)
    for name in ("case-001", "case-002", "case-003", "case-004"):
        shutil.copy(cases / "case-000" / "1.jpg", cases / name / "1.jpg")
    manifest(cases / "case-000", order_no="1000001", submitted_at="2026-11-21T10:00:00+08:00")
    manifest(cases / "case-001", order_no="1000002", submitted_at="2026-11-21T11:00:00+08:00")
    manifest(cases / "case-002", order_no="1000003")
    manifest(cases / "case-003", order_no="1000001", submitted_at="2026-11-21T12:00:00+08:00")
    summary = scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path))
    found = {name: finding(report, "no-reuse") for name, report in reports(tmp_path / "out").items()}
    assert {name: entry["outcome"] for name, entry in found.items()} == {
        "case-000": "review",  # case-002 and -004 do not say when: it may have been before
        "case-001": "fail",
        "case-002": "review",
        "case-003": "fail",  # the same order as case-000, but case-001's is another
        "case-004": "review",
    }
    assert "case-000 / 1.jpg" in found["case-001"]["message"]["en"]
    assert summary.shared_files == 1
    (line,) = (tmp_path / "out" / "duplicates.jsonl").read_text("utf-8").splitlines()
    assert [entry["submission"] for entry in json.loads(line)["files"]] == sorted(found)
    assert "1000002" not in (tmp_path / "out" / "scan.sqlite3").read_bytes().decode("latin-1")


def test_the_first_of_two_is_told_and_one_order_is_no_reuse(tmp_path):
    cases = small_cases(tmp_path / "cases", 3)
    shutil.copy(cases / "case-000" / "1.jpg", cases / "case-001" / "9.jpg")
    shutil.copy(cases / "case-000" / "2.jpg", cases / "case-002" / "9.jpg")
    manifest(cases / "case-000", order_no="1000001", submitted_at="2026-11-21T10:00:00+08:00")
    manifest(cases / "case-001", order_no="1000002", submitted_at="2026-11-21T11:00:00+08:00")
    manifest(cases / "case-002", order_no="1000001", submitted_at="2026-11-21T11:00:00+08:00")
    scan_here(cases, tmp_path / "out", pack=quick_pack(tmp_path))
    found = {name: finding(report, "no-reuse") for name, report in reports(tmp_path / "out").items()}
    assert {name: entry["outcome"] for name, entry in found.items()} == {
        "case-000": "pass",
        "case-001": "fail",
        "case-002": "pass",
    }
    assert "case-001" in found["case-000"]["message"]["en"]


# --- progress ---


def test_progress_counts_rate_and_time_left():
    seconds = iter(range(0, 1000, 10))
    stream = io.StringIO()
    progress = Progress(stream, total=10, done=4, clock=lambda: float(next(seconds)))
    progress.settled("fail")
    progress.settled("pass")
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith("[5/10] ")
    assert "1 fail, 0 review, 1 pass" in lines[1]
    assert "left" in lines[1]


# --- what a worker does in these tests ---


def no_work(order, settings, cache, announce):
    raise AssertionError(f"{order.case.id} is judged again")


def only_changed(order, settings, cache, announce):
    from evidence_kit.batch.work import judge_order

    assert order.case.id in ("case-001", "case-009"), order.case.id
    return judge_order(order, settings, cache, announce)


def no_decoding(order, settings, cache, announce):
    from evidence_kit.batch.work import judge_order
    from evidence_kit.sensors import photo as decoder

    def decoded(*_arguments, **_options):
        raise AssertionError("decoded again")

    decoder.Photo.__init__ = decoded  # type: ignore[method-assign]
    return judge_order(order, settings, cache, announce)
