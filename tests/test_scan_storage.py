"""scan of object storage: a real S3 server on this machine (moto), folders and tables behind addresses."""

import json

import pytest

from evidence_kit.batch import storage
from evidence_kit.batch.cases import read_cases
from evidence_kit.intake import IntakeError
from tests.scan_cases import PHOTO, photo, quick_pack, reports, scan, scan_here, small_cases

BUCKET = "evidence"


@pytest.fixture(scope="module")
def bucket():
    """An empty bucket on a server of our own, and a file system to fill it with."""
    pytest.importorskip("s3fs", reason="s3fs is not installed (extra [s3])")
    server_of = pytest.importorskip("moto.server", reason="moto's server is not installed (extra [scan-test])")
    server = server_of.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    patch = pytest.MonkeyPatch()
    stated = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
    for name, value in stated.items():
        patch.setenv(name, value)
    import s3fs

    files = s3fs.S3FileSystem()
    files.mkdir(BUCKET)
    yield files
    server.stop()
    patch.undo()


@pytest.fixture
def cases(bucket, tmp_path):
    """Three cases, here and in the bucket."""
    folder = small_cases(tmp_path / "cases", 3)
    (folder / "case-001" / "submission.json").write_text('{"order": {"return_waybills": ["SF1234567890123"]}}')
    if bucket.exists(f"{BUCKET}/cases"):
        bucket.rm(f"{BUCKET}/cases", recursive=True)
    for path in folder.rglob("*.*"):
        bucket.put(str(path), f"{BUCKET}/cases/{path.relative_to(folder).as_posix()}")
    return folder


def test_a_folder_of_folders_in_a_bucket_is_judged_as_one_here(bucket, cases, tmp_path):
    pack = quick_pack(tmp_path)
    more = ("--pack", pack, "--cache", tmp_path / "cache")
    scan(cases, "--out", tmp_path / "here", *more)
    scan(f"s3://{BUCKET}/cases", "--out", tmp_path / "there", *more)
    assert reports(tmp_path / "there") == reports(tmp_path / "here")


def test_only_a_changed_object_is_judged_again(bucket, cases, tmp_path):
    place, pack = f"s3://{BUCKET}/cases", quick_pack(tmp_path)
    scan_here(place, tmp_path / "out", pack=pack)
    bucket.put(str(photo(tmp_path / "new.jpg", 77)), f"{BUCKET}/cases/case-002/1.jpg")
    scan_here(place, tmp_path / "out", pack=pack, work=only_the_third)
    assert set(reports(tmp_path / "out")) == {"case-000", "case-001", "case-002"}


def only_the_third(order, settings, cache, announce):
    from evidence_kit.batch.work import judge_order

    assert order.case.id == "case-002"
    return judge_order(order, settings, cache, announce)


def test_a_table_in_a_bucket_names_files_beside_it_and_elsewhere(bucket, cases, tmp_path):
    bucket.put(str(PHOTO), f"{BUCKET}/elsewhere/label.jpg")
    rows = [
        {"id": "beside", "files": ["case-000/1.jpg", "case-000/2.jpg"]},
        {"id": "elsewhere", "files": [{"path": f"s3://{BUCKET}/elsewhere/label.jpg", "role": "goods_with_waybill"}]},
        {"id": "both", "files": ["case-001/1.jpg", f"s3://{BUCKET}/cases/case-002/1.jpg"]},
        {"id": "gone", "files": [f"s3://{BUCKET}/none.jpg"]},
    ]
    bucket.pipe(f"{BUCKET}/cases/table.jsonl", "\n".join(map(json.dumps, rows)).encode())
    scan_here(f"s3://{BUCKET}/cases/table.jsonl", tmp_path / "out", pack=quick_pack(tmp_path))
    found = reports(tmp_path / "out")
    items = {name: [(item["id"], item["role"]) for item in report["items"]] for name, report in found.items()}
    assert items == {
        "beside": [("1.jpg", None), ("2.jpg", None)],
        "elsewhere": [("label.jpg", "goods_with_waybill")],
        "both": [("1.jpg", None), ("1 (2).jpg", None)],
        "gone": [],
    }
    assert found["gone"]["findings"][0]["outcome"] == "error"


def test_a_table_here_may_name_addresses(bucket, cases, tmp_path):
    table = tmp_path / "cases.csv"
    table.write_text(f"id,files\nA,s3://{BUCKET}/cases/case-000/1.jpg\nB,cases/case-001/1.jpg\n", encoding="utf-8")
    scan_here(table, tmp_path / "out", pack=quick_pack(tmp_path))
    assert {name: len(report["items"]) for name, report in reports(tmp_path / "out").items()} == {"A": 1, "B": 1}


def test_an_index_in_a_bucket_is_shared_by_scans(bucket, tmp_path):
    address = f"s3://{BUCKET}/shared/index"
    for name, seeds in (("monday", (1, 2)), ("friday", (3, 2))):
        for at, seed in enumerate(seeds):
            photo(tmp_path / name / f"{name}-case" / f"{at}.jpg", seed)
        scan(tmp_path / name, "--out", tmp_path / f"{name}-out", "--index", address, "--pack", quick_pack(tmp_path))
    assert len(bucket.ls(f"{BUCKET}/shared/index")) == 2
    (found,) = (
        entry for entry in reports(tmp_path / "friday-out")["friday-case"]["findings"] if entry["rule"] == "no-reuse"
    )
    assert found["outcome"] == "review" and "monday-case (2026-11-22) / 1.jpg" in found["message"]["en"]


def test_a_bucket_that_is_not_there_is_wrong_usage(bucket, tmp_path):
    ran = scan("s3://no-such-bucket/cases", "--out", tmp_path / "out", code={2})
    assert len(ran.stderr.strip().splitlines()) == 1


def test_nothing_that_was_brought_here_stays(bucket, cases, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    scan_here(f"s3://{BUCKET}/cases", tmp_path / "out", pack=quick_pack(tmp_path))
    assert not [path for path in temporary.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "place", ["zip://a.zip::s3://bucket/x", "reference://x", "github://a:b@/x", "s3::zip://a", "python://x"]
)
def test_addresses_within_addresses_and_unknown_ones_are_refused(place):
    with pytest.raises(IntakeError):
        read_cases(place)


def test_a_file_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "MAX_CASE_BYTES", 1_000)
    (tmp_path / "long.bin").write_bytes(b"x" * 10_000)
    (tmp_path / "here").mkdir()
    with pytest.raises(IntakeError, match="too many bytes"):
        storage.bring_files([str(tmp_path / "long.bin")], tmp_path / "here", lambda _name: None)


def test_reasons_name_no_secret_of_an_address():
    problem = ValueError("GET https://user:word@host/x.jpg?X-Amz-Signature=abc failed")
    told = storage.reason(problem)
    assert "word" not in told
    assert "abc" not in told
