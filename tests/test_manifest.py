"""The manifest: every key, every way to get one wrong, and what the message says."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_kit.intake import IntakeError, open_submission, read_time, stated_pack
from evidence_kit.intake.keys import KEYS
from evidence_kit.schema import Submission

from .conftest import BEIJING, NOW

JPEG = b"\xff\xd8\xff\xe0"
WHOLE = """
id = "A1024"
pack = "pinduoduo-return-damaged"
submitter = "merchant"
promised_refund = true

[order]
order_no = "231122-123456789012345"
carrier = "SF"
outbound_waybills = ["SF1234567890123"]
return_waybills = ["YT1234567890123"]
ordered_at = 2026-11-10 08:00:00
return_signed_at = 2026-11-21T10:00:00+08:00
refused_at = "2026-11-21T20:00:00Z"
submitted_at = "2026/11/21 21:00"
sign_kind = "direct"
parcel_kind = "box"

[item]
name = "苹果"
qty = 10
paid_amount = 50
declared_damaged_qty = 2
expected_weight_g = 1500.5

[claim]
type = "破损"
description = "坏了两个"
refund_amount = 10.0

[appeal]
type = "货款"
amount = 10
free_shipping = false
freight_direction = "return"

[complaint]
order_no = "1"

[weights]
repack_g = 1500

[delivery]
signed_by_self = true

[[files]]
path = "图片/1.jpg"
role = "goods_with_waybill"

[[files]]
path = 'b\\2.jpg'
role = "weight"
source = "courier"
"""

Open = Callable[..., Submission]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Open a folder with two pictures and a manifest of this text."""
    for name in ("图片/1.jpg", "b/2.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(JPEG + name.encode())

    def _open(text: str | bytes, *, name: str = "submission.toml", facts: dict[str, Any] | None = None) -> Submission:
        for old in tmp_path.glob("submission.*"):
            old.unlink()
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return open_submission([tmp_path], facts=facts or {}, now=NOW)

    return _open


def refusal(opened: Open, text: str | bytes, **how: Any) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        opened(text, **how)
    return caught.value


def test_every_part_of_a_manifest(opened: Open) -> None:
    made = opened(WHOLE)
    case, order = made.case, made.case.order
    assert (made.id, made.pack, made.has_manifest) == ("A1024", "pinduoduo-return-damaged", True)
    assert (case.submitter, case.promised_refund) == ("merchant", True)
    assert order.outbound_waybills == ("SF1234567890123",)
    assert order.return_signed_at == datetime(2026, 11, 21, 2, tzinfo=UTC)
    assert order.refused_at == datetime(2026, 11, 21, 20, tzinfo=UTC)
    assert order.ordered_at == datetime(2026, 11, 10, 8, tzinfo=BEIJING)
    assert order.submitted_at == datetime(2026, 11, 21, 21, tzinfo=BEIJING)
    assert case.assumed_zone == ("order.ordered_at", "order.submitted_at")
    assert any("order.ordered_at" in note.text.en for note in made.notes)
    assert (case.item.qty, case.item.paid_amount, case.weights.repack_g) == (10, 50.0, 1500.0)
    assert (case.appeal.type, case.appeal.free_shipping) == ("货款", False)
    assert [(item.id, item.role, item.source) for item in made.items] == [
        ("图片/1.jpg", "goods_with_waybill", None),
        ("b/2.jpg", "weight", "courier"),
    ]


def test_json_says_the_same(opened: Open) -> None:
    toml = opened(WHOLE.replace("2026-11-10 08:00:00", '"2026-11-10 08:00:00"').replace("10:00:00+08:00", "02:00:00Z"))
    content = {
        "id": "A1024",
        "pack": "pinduoduo-return-damaged",
        "order": {
            "return_waybills": ["YT1234567890123"],
            "ordered_at": "2026-11-10T08:00:00",
            "refused_at": None,
        },
        "files": ["图片/1.jpg", {"path": "b/2.jpg", "role": "weight"}],
    }
    made = opened(json.dumps(content), name="submission.json")
    assert made.case.order.ordered_at == toml.case.order.ordered_at
    assert made.case.assumed_zone == ("order.ordered_at",)
    assert [item.role for item in made.items] == [None, "weight"]


@pytest.mark.parametrize(
    ("text", "key", "line", "words"),
    [
        ("idd = 'x'", "idd", 1, "did you mean id?"),
        ("[order]\nreturn_waybill = ['x']", "order.return_waybill", 2, "did you mean order.return_waybills?"),
        ("return_signed_at = 2026-11-21T10:00:00", "return_signed_at", 1, "order.return_signed_at"),
        ("[ordr]\norder_no = 'x'", "ordr", 1, "did you mean order?"),
        (
            "[[files]]\npath = '图片/1.jpg'\n[[files]]\npath = 'b/2.jpg'\nrol = 'other'",
            "files[1].rol",
            5,
            "role",
        ),
        ("[order]\nrefused_at = 2026-11-21", "order.refused_at", 2, "date without a time"),
        ("[order]\nrefused_at = '2026-11-21'", "order.refused_at", 2, "date without a time"),
        ("[order]\nrefused_at = 10:00:00", "order.refused_at", 2, "expected a date and time"),
        ("[order]\nrefused_at = 1763690400", "order.refused_at", 2, "expected a date and time"),
        ("[order]\nrefused_at = 'yesterday'", "order.refused_at", 2, "expected a date and time"),
        ("[order]\nrefused_at = 0206-11-21T10:00:00Z", "order.refused_at", 2, "year 206"),
        ("[order]\nrefused_at = 2026-02-30T10:00:00Z", None, 2, "TOML"),
        ("[order]\nrefused_at = '2026-02-30 10:00'", "order.refused_at", 2, "expected a date and time"),
        ("[order]\norder_no = 231122123456789012345", "order.order_no", 2, "expected text in quotes"),
        ("[order]\nreturn_waybills = 'SF1'", "order.return_waybills", 2, "expected a list of texts"),
        ("[order]\nreturn_waybills = ['SF1', 3]", "order.return_waybills", 2, "expected a list of texts"),
        ("[order]\nreturn_waybills = ['']", "order.return_waybills", 2, "no empty text"),
        ("[order]\nsign_kind = 'locker'", "order.sign_kind", 2, "one of direct / station"),
        ("[item]\nqty = '3'", "item.qty", 2, "expected a whole number"),
        ("[item]\nqty = true", "item.qty", 2, "expected a whole number"),
        ("[item]\nqty = 2.5", "item.qty", 2, "expected a whole number"),
        ("[item]\nqty = -1", "item.qty", 2, "at least 0"),
        ("[item]\npaid_amount = nan", "item.paid_amount", 2, "finite"),
        ("[item]\npaid_amount = inf", "item.paid_amount", 2, "finite"),
        ("[weights]\nrepack_g = 1e300", "weights.repack_g", 2, "at most"),
        ("promised_refund = 'yes'", "promised_refund", 1, "true or false"),
        ("submitter = 'seller'", "submitter", 1, "one of buyer / merchant / courier"),
        ("order = 3", "order", 1, "expected a table [order]"),
        ("files = 3", "files", 1, "expected a list"),
        ("files = [3]", "files[0]", 1, "expected a path"),
        ("[[files]]\nrole = 'other'", "files[0].path", 1, "expected a path"),
        ("[[files]]\npath = 3", "files[0].path", 2, "expected a path in quotes"),
        ("[[files]]\npath = '图片/1.jpg'\nrole = 'goods'", "files[0].role", 3, "one of goods_with_waybill"),
        ("[[files]]\npath = '图片/9.jpg'", "files[0].path", 2, "did you mean 图片/1.jpg?"),
        ("[[files]]\npath = '图片/1.jpg'\n[[files]]\npath = './图片/1.jpg'", "files[1].path", 4, "same file"),
        ("[[files]]\npath = '图片'", "files[0].path", 2, "not a file"),
        ("id = '" + "x" * 300 + "'", "id", 1, "at most 200 characters"),
        ('id = "a\\u001b[31m"', "id", 1, "control characters"),
        ("[claim]\ndescription = '''\nqty = 3\n'''\nqty = 3", "claim.qty", 5, "item.qty"),
        ("id = \n", None, 1, "not valid TOML"),
        ("id = 'a'\nid = 'b'\n", None, 2, "not valid TOML"),
    ],
)
def test_refusals_name_file_key_line_and_what_was_expected(
    opened: Open, text: str, key: str | None, line: int | None, words: str
) -> None:
    error = refusal(opened, text)
    assert (error.file, error.key, error.line) == ("submission.toml", key, line)
    assert words in str(error)
    assert str(error).startswith(f"submission.toml:{line}: ")
    assert error.text.zh != error.text.en


@pytest.mark.parametrize(
    "path",
    [
        "../other/1.jpg",
        "图片/../../1.jpg",
        "/etc/passwd",
        "\\\\server\\share\\1.jpg",
        "//server/share/1.jpg",
        "C:\\1.jpg",
        "C:1.jpg",
        "c:/1.jpg",
        "\\1.jpg",
        "..\\1.jpg",
        "",
        ".",
        "a\0b",
        "x" * 5000,
        "~/1.jpg",
    ],
)
def test_no_file_outside_the_folder_is_named(opened: Open, path: str) -> None:
    error = refusal(opened, json.dumps({"files": [path]}), name="submission.json")
    assert error.key == "files[0].path"


def test_no_link_leads_out(opened: Open, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "1.jpg"
    outside.write_bytes(JPEG)
    try:
        (tmp_path / "out.jpg").symlink_to(outside)
        (tmp_path / "dir").symlink_to(outside.parent)
        (tmp_path / "in.jpg").symlink_to(tmp_path / "b" / "2.jpg")
    except OSError:
        pytest.skip("no links on this system")
    assert "leads out" in str(refusal(opened, "files = ['out.jpg']"))
    assert "leads out" in str(refusal(opened, "files = ['dir/1.jpg']"))
    assert [item.id for item in opened("files = ['in.jpg']").items] == ["in.jpg"]


def test_facts_go_before_the_manifest(opened: Open) -> None:
    made = opened(
        WHOLE,
        facts={
            "id": "B1",
            "order.return_waybills": "YT1, YT2",
            "order.ordered_at": "2026-11-10T08:00:00+08:00",
            "item.qty": "3.0",
            "item.paid_amount": "12.5",
            "delivery.signed_by_self": "否",
            "order.order_no": 231122,
            "order.refused_at": None,
            "order.paid_at": "",
        },
    )
    order = made.case.order
    assert (made.id, order.return_waybills, order.order_no) == ("B1", ("YT1", "YT2"), "231122")
    assert (made.case.item.qty, made.case.item.paid_amount) == (3, 12.5)
    assert made.case.delivery.signed_by_self is False
    assert order.refused_at is not None and order.paid_at is None
    assert made.case.assumed_zone == ("order.submitted_at",)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"order.return_waybil": "x"}, "did you mean order.return_waybills?"),
        ({"order.refused_at": "2026-11-21"}, "date without a time"),
        ({"item.qty": "three"}, "whole number"),
        ({"item.paid_amount": "nan"}, "finite"),
        ({"order.sign_kind": "locker"}, "one of"),
        ({"assumed_zone": ["x"]}, "unknown key"),
        ({"now": "2026-11-21T10:00:00"}, "unknown key"),
        ({"files": "[1"}, "JSON list"),
        ({"files": ["../1.jpg"]}, "outside"),
    ],
)
def test_facts_are_checked_too(opened: Open, facts: dict[str, Any], words: str) -> None:
    error = refusal(opened, "id = 'x'", facts=facts)
    assert words in str(error)
    assert error.file != "submission.toml"


def test_files_of_a_table_row(opened: Open) -> None:
    rows = '[{"path": "b/2.jpg", "role": "problem"}, "图片/1.jpg"]'
    made = opened(WHOLE, facts={"files": rows})
    assert [(item.id, item.role) for item in made.items] == [("b/2.jpg", "problem"), ("图片/1.jpg", None)]
    assert opened("files = []").items == ()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"id = '\xb5\xa5'", "submission.toml", "UTF-8"),
        (b"#" + b"x" * 1_000_001, "submission.toml", "1 MB"),
        (b"{", "submission.json", "not valid JSON"),
        (b"[]", "submission.json", "JSON object"),
        (b'{"id": "a", "id": "b"}', "submission.json", "twice"),
        (b'{"item": {"paid_amount": NaN}}', "submission.json", "finite"),
        (b'{"item": {"paid_amount": 1e999}}', "submission.json", "finite"),
        (b'{"item": {"qty": ' + b"9" * 5000 + b"}}", "submission.json", ""),
        (b'{"id": ' + b"[" * 100_000, "submission.json", "nested"),
        (b"id = " + b"[" * 50_000, "submission.toml", ""),
        (b"a" * 900_000, "submission.toml", "TOML"),
        (b'{"' + b"k" * 900_000 + b'": 1}', "submission.json", "unknown key"),
    ],
)
def test_broken_and_hostile_manifests(opened: Open, content: bytes, name: str, words: str) -> None:
    error = refusal(opened, content, name=name)
    assert words in str(error)
    assert error.file == name
    assert len(str(error)) < 500


def test_byte_order_marks_of_windows_editors(opened: Open) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        assert opened('id = "单号"\r\n[order]\r\ncarrier = "SF"\r\n'.encode(encoding)).id == "单号"


def test_two_manifests_are_one_too_many(opened: Open, tmp_path: Path) -> None:
    opened("id = 'x'")
    (tmp_path / "submission.json").write_text("{}")
    with pytest.raises(IntakeError, match="keep one"):
        open_submission([tmp_path], facts={}, now=NOW)


def test_pack_is_told_without_reading_files(opened: Open, tmp_path: Path) -> None:
    opened("pack = 'card'")
    assert stated_pack([tmp_path]) == "card"
    assert stated_pack([tmp_path / "submission.toml"]) == "card"
    assert stated_pack([tmp_path / "b"]) is None


def test_read_time() -> None:
    assert read_time("2026-11-21 10:00", "--now") == datetime(2026, 11, 21, 10, tzinfo=BEIJING)
    assert read_time("20261121T100000Z", "--now") == datetime(2026, 11, 21, 10, tzinfo=UTC)
    with pytest.raises(IntakeError, match="--now: a date without a time"):
        read_time("2026-11-21", "--now")


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 31)),
    st.sampled_from([None, *range(-720, 841, 15)]),
    st.sampled_from(["T", " "]),
)
def test_any_written_time_comes_back(at: datetime, offset_min: int | None, between: str) -> None:
    zone = (
        ""
        if offset_min is None
        else f"{'-' if offset_min < 0 else '+'}{abs(offset_min) // 60:02d}:{abs(offset_min) % 60:02d}"
    )
    text = at.isoformat(between) + zone
    hours = 8 if offset_min is None else offset_min / 60
    assert read_time(text, "x") == (at - timedelta(hours=hours)).replace(tzinfo=UTC)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted({part for key in KEYS for part in key.split(".")} | {"files", "path", "role"})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(NAMES), st.dictionaries(st.sampled_from(NAMES), JSON, max_size=2) | JSON, max_size=3
    )
)
def test_whatever_a_manifest_holds_is_read_or_refused(opened: Open, content: dict[str, Any]) -> None:
    try:
        made = opened(json.dumps(content), name="submission.json")
    except IntakeError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right
        assert len(str(error)) < 600  # noqa: PT017
    else:
        assert made.has_manifest


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(opened: Open, content: bytes) -> None:
    for name in ("submission.toml", "submission.json"):
        with suppress(IntakeError):
            opened(content, name=name)
