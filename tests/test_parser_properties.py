"""Parsers of what strangers write, under hypothesis: manifests, table rows, packs, MP4 boxes. Only the named errors."""

import json
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evidence_kit.batch.cases import read_cases
from evidence_kit.intake import IntakeError
from evidence_kit.intake.keys import KEYS
from evidence_kit.intake.manifest import read_manifest, settle
from evidence_kit.packs import PackError, read_pack, shipped
from evidence_kit.sensors.isobmff import MAX_BOXES, MAX_TABLE_ENTRIES, MAX_TRACKS, read_iso_boxes
from tests.scan_cases import CLIP

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PACKS = Path(__file__).resolve().parents[1] / "evidence_kit" / "packs"
relaxed = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=40)
    | st.datetimes(timezones=st.none() | st.just(UTC)).map(lambda moment: moment.isoformat())
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from([*KEYS, "files", "order", "item", "claim", "appeal"]) | st.text(max_size=20)
leaves = st.sampled_from([key.rpartition(".")[2] for key in KEYS]) | st.text(max_size=12)
manifests = st.dictionaries(names, values | st.dictionaries(leaves, values, max_size=4), max_size=6)


def told(problem):
    """An error is one line that says something."""
    assert str(problem).strip()
    assert len(str(problem).splitlines()) == 1


def opened(folder):
    """What intake makes of the manifest in ``folder``; only its own error may come."""
    try:
        manifest = read_manifest(folder)
        stated = settle(manifest, {}, NOW)
    except IntakeError as problem:
        told(problem)
        return None
    assert stated.case.now == NOW
    return stated


@relaxed
@given(content=manifests)
@example(content={"]": {}})
@example(content={"order": {"]": 1, "[": {}}, "files": [{"]": 2}]})
def test_any_json_manifest_is_a_case_or_an_intake_error(tmp_path, content):
    (tmp_path / "submission.json").write_text(json.dumps(content), encoding="utf-8", errors="surrogatepass")
    opened(tmp_path)


@relaxed
@given(data=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_as_a_manifest(tmp_path, data):
    for name in ("submission.toml", "submission.json"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        opened(folder)


@relaxed
@given(facts=st.dictionaries(st.sampled_from(list(KEYS)), st.text(max_size=60), max_size=5))
def test_any_text_as_a_fact_of_a_table(facts):
    try:
        settle(None, facts, NOW)
    except IntakeError as problem:
        told(problem)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@relaxed
@given(data=st.binary(max_size=400))
def test_any_bytes_as_a_table(tmp_path, suffix, data):
    if suffix == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra [scan])")
        data = b"PAR1" + data + b"PAR1"
    place = tmp_path / f"cases.{suffix}"
    place.write_bytes(data)
    try:
        cases = read_cases(str(place))
    except IntakeError as problem:
        told(problem)
    else:
        assert len({case.id for case in cases}) == len(cases)


@relaxed
@given(rows=st.lists(st.dictionaries(names, values, max_size=5), min_size=1, max_size=4))
def test_any_rows_as_a_table(tmp_path, rows):
    place = tmp_path / "cases.jsonl"
    place.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    cases = read_cases(str(place))
    assert len(cases) == len(rows)
    assert len({case.id for case in cases}) == len(cases)


@relaxed
@given(name=st.sampled_from(shipped()), data=st.data())
def test_a_pack_with_a_line_changed_is_a_pack_or_a_pack_error(name, data):
    lines = (PACKS / f"{name}.toml").read_text("utf-8").splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    wrong = st.text(max_size=30) | st.sampled_from(
        ["[[rules]]", "limits = { }", "rule = 5", 'rule = ""', "required = 1"]
    )
    lines[at] = data.draw(wrong)
    read_or_refused("\n".join(lines).encode("utf-8", "replace"))


@relaxed
@given(data=st.binary(max_size=300))
def test_any_bytes_as_a_pack(data):
    read_or_refused(data)


def read_or_refused(data):
    try:
        read_pack(data, "own.toml")
    except PackError as problem:
        told(problem)


def box(name, body):
    return struct.pack(">I4s", 8 + len(body), name) + body


known = st.sampled_from(
    [b"ftyp", b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvhd", b"mdhd", b"elst", b"stts"]
)
boxes = st.recursive(
    st.tuples(known | st.binary(min_size=4, max_size=4), st.binary(max_size=60)).map(lambda pair: box(*pair)),
    lambda inner: st.tuples(known, st.lists(inner, max_size=4)).map(lambda pair: box(pair[0], b"".join(pair[1]))),
    max_leaves=25,
)


@relaxed
@given(tree=st.lists(boxes, max_size=6), cut=st.integers(0, 400), claim=st.integers(0, 2**32 - 1) | st.none())
def test_any_box_tree_is_walked_in_bounds(tmp_path, tree, cut, claim):
    data = bytearray(box(b"ftyp", b"isom\0\0\0\0") + b"".join(tree))
    if claim is not None:
        at = cut % max(1, len(data) - 4)
        data[at : at + 4] = struct.pack(">I", claim)
    walked(tmp_path, bytes(data[: len(data) - cut % 7]))


@relaxed
@given(data=st.binary(max_size=200))
def test_any_bytes_as_boxes(tmp_path, data):
    walked(tmp_path, data)


@relaxed
@given(at=st.integers(0, 4000), number=st.integers(0, 2**64 - 1))
def test_a_real_clip_with_a_number_out_of_reason(tmp_path, at, number):
    data = bytearray(CLIP.read_bytes())
    moov = data.index(b"moov")
    data[moov + at : moov + at + 8] = struct.pack(">Q", number)
    walked(tmp_path, bytes(data))


def walked(folder, data):
    path = folder / "file.mp4"
    path.write_bytes(data)
    found = read_iso_boxes(str(path))
    if found is not None:
        assert len(found.tracks) <= MAX_TRACKS
        assert all(len(track.stts) <= MAX_TABLE_ENTRIES for track in found.tracks)


def test_boxes_nested_deeper_than_any_file_are_walked(tmp_path):
    data = b""
    for _ in range(3_000):
        data = box(b"trak", data)
    walked(tmp_path, box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", data))


def test_many_boxes_end_at_the_bound(tmp_path):
    walked(tmp_path, box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", box(b"trak", b"") * (MAX_BOXES * 3)))
