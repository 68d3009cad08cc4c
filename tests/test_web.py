"""The local page's other side: hostile names, sizes and senders, two people at once, and nothing decoded twice."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from evidence_kit.web import sessions as rooms
from evidence_kit.web.guard import Guard, allowed_hosts
from evidence_kit.web.sessions import Refused, Sessions, safe_id
from tests.conftest import ROOT
from tests.web_page import served

SAMPLE = ROOT / "samples" / "waybill-matches" / "fail-other-number"
OWN = {"X-Evidence-Kit": "1", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def address():
    with served() as found:
        yield found


class Client:
    """One page's requests, without a browser."""

    def __init__(self, address):
        self.at = urlsplit(address)
        self.begun = []

    def ask(self, method, path, body=None, headers=OWN):
        connection = HTTPConnection(self.at.hostname, self.at.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def begin(self, files=1, total=1_000):
        status, _, body = self.ask("POST", "/api/sessions", json.dumps({"files": files, "bytes": total}))
        assert status == 201, body
        self.begun.append(json.loads(body)["id"])
        return self.begun[-1]

    def leave(self):
        for session in self.begun:
            self.ask("DELETE", f"/api/sessions/{session}")

    def put(self, session, name, content):
        return self.ask("PUT", f"/api/sessions/{session}/files?name={quote(name)}", content)

    def judge(self, session, pack=None, facts=None):
        told = json.dumps({"pack": pack, "facts": facts or {}})
        status, _, body = self.ask("POST", f"/api/sessions/{session}/judge", told)
        assert status == 200, body
        return [json.loads(line) for line in body.decode().splitlines() if line.strip()]

    def submit(self, folder=SAMPLE):
        session = self.begin()
        for path in sorted(folder.iterdir()):
            if path.name != "expected.json":
                assert self.put(session, path.name, path.read_bytes())[0] == 201
        return session


@pytest.fixture
def client(address):
    made = Client(address)
    yield made
    made.leave()


# --- the same judging ---


def test_the_page_judges_as_check_does(client):
    from evidence_kit import check

    told = client.judge(client.submit())[-1]
    report = check(SAMPLE)
    assert (told["event"], told["verdict"], told["pack"]) == ("done", report.verdict, "card")
    assert all(finding.message.zh.replace("'", "&#39;") in told["html"] for finding in report.findings)


def test_progress_names_files_and_real_steps(client):
    told = client.judge(client.submit())
    steps = [(news["item"], news["step"]) for news in told if news["event"] == "step"]
    assert ("1.jpg", "找面单条码") in steps
    assert [news for news in told if news["event"] == "item"] == [
        {"event": "item", "item": "1.jpg", "done": 1, "total": 1}
    ]


def test_a_changed_fact_is_judged_without_looking_again(client):
    session = client.submit()
    first = client.judge(session)[-1]
    *news, number = client.judge(session, facts={"order.return_waybills": "773012345675547"})
    assert first["looks"] > 0 and number["looks"] == 0
    assert not [told for told in news if told["event"] in ("step", "item")], "nothing was looked at"
    assert number["seconds"] < 0.2 * first["seconds"] + 0.05


def test_another_claim_changes_the_clauses(client):
    session = client.submit()
    told = client.judge(session, pack="pinduoduo-return-damaged")[-1]
    assert told["pack"] == "pinduoduo-return-damaged" and "R10" in told["html"]


def test_the_saved_report_is_one_file_with_pictures(client):
    session = client.submit()
    client.judge(session)
    status, headers, body = client.ask("GET", f"/api/sessions/{session}/report.html")
    assert status == 200 and headers["content-disposition"].startswith("attachment")
    assert b"data:image/jpeg;base64," in body and b"api/sessions" not in body


def test_a_broken_manifest_is_said_in_chinese(client):
    session = client.begin()
    client.put(session, "submission.toml", b"[order\n")
    client.put(session, "1.jpg", (SAMPLE / "1.jpg").read_bytes())
    told = client.judge(session)[-1]
    assert told["event"] == "failed" and "submission.toml:1" in told["text"]


def test_a_manifest_opens_no_pack_file(client):
    session = client.begin()
    client.put(session, "submission.toml", b'pack = "/tmp/x.toml"\n')
    client.put(session, "1.jpg", (SAMPLE / "1.jpg").read_bytes())
    told = client.judge(session)[-1]
    assert told == {"event": "failed", "text": "清单里写的申诉类型这里没有"}


def test_a_wrong_time_is_said(client):
    told = client.judge(client.submit(), facts={"order.refused_at": "昨天"})[-1]
    assert told["event"] == "failed" and "拒绝时间" in told["text"]


# --- names ---


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.jpg", "/etc/x.jpg", "C:\\Windows\\x.jpg", "..\\..\\x.jpg", "a/../../x.jpg", "\\\\h\\s\\x.jpg"],
)
def test_a_path_is_only_ever_a_name(client, name):
    session = client.begin()
    status, _, body = client.put(session, name, b"x")
    assert status == 201
    shown = json.loads(body)["name"]
    assert ".." not in shown.split("/") and not shown.startswith("/") and ":" not in shown


@pytest.mark.parametrize("name", ["", "..", "/", "a\0.jpg", "x" * 2000, "a/" * 20 + "x.jpg"])
def test_a_name_that_is_none_is_refused(client, name):
    assert client.put(client.begin(), name, b"x")[0] == 400


def test_nothing_is_written_under_a_clients_name(tmp_path, monkeypatch):
    monkeypatch.setattr(rooms.tempfile, "mkdtemp", lambda prefix: str(tmp_path))
    places = Sessions()
    session = places.create(1, 1)
    asyncio.run(places.take(session, "../../订单 1/第 1 张.JPG", _stream(b"x"), None))
    assert session.names == {"0000.jpg": "订单 1/第 1 张.JPG"}
    assert [path.name for path in session.files.iterdir()] == ["0000.jpg"]
    assert safe_id("C:\\用户\\订单 1\\1.jpg") == "用户/订单 1/1.jpg"


def test_markup_in_names_and_facts_is_shown_as_text(client):
    session = client.begin()
    name = "<img src=x onerror=alert(1)>.jpg"
    client.put(session, name, (SAMPLE / "1.jpg").read_bytes())
    told = client.judge(session, facts={"item.name": "<script>alert(1)</script>"})[-1]
    assert "<img src=x" not in told["html"] and "<script" not in told["html"]
    assert "&lt;img src=x onerror" in told["html"] and "&lt;script&gt;" in told["html"]


# --- sizes ---


async def _stream(*chunks):
    for chunk in chunks:
        yield chunk


def test_five_gigabytes_are_refused_before_they_come(client):
    session = client.begin()
    with socket.create_connection((client.at.hostname, client.at.port), timeout=10) as raw:
        head = (
            f"PUT /api/sessions/{session}/files?name=a.mp4 HTTP/1.1\r\nHost: {client.at.netloc}\r\n"
            "X-Evidence-Kit: 1\r\nContent-Length: 5000000000\r\n\r\n"
        )
        raw.sendall(head.encode())
        started = time.monotonic()
        assert b" 413 " in raw.recv(200)
        assert time.monotonic() - started < 2
    assert client.ask("POST", "/api/sessions", json.dumps({"files": 1, "bytes": 5_000_000_000}))[0] == 413


def test_what_comes_is_counted_whatever_was_announced(tmp_path, monkeypatch):
    monkeypatch.setattr(rooms.tempfile, "mkdtemp", lambda prefix: str(tmp_path))
    monkeypatch.setattr(rooms, "MAX_FILE_BYTES", 10_000)
    places = Sessions()
    session = places.create(1, 1)
    with pytest.raises(Refused) as refused:
        asyncio.run(places.take(session, "a.mp4", _stream(*[b"x" * 4_000] * 9), None))
    assert refused.value.status == 413
    assert list(session.files.iterdir()) == [] and session.bytes == 0 and session.names == {}


def test_a_session_has_one_allowance_for_all_its_files(tmp_path, monkeypatch):
    monkeypatch.setattr(rooms.tempfile, "mkdtemp", lambda prefix: str(tmp_path))
    monkeypatch.setattr(rooms, "MAX_SESSION_BYTES", 10_000)
    places = Sessions()
    session = places.create(1, 1)
    asyncio.run(places.take(session, "a.mp4", _stream(b"x" * 8_000), None))
    with pytest.raises(Refused):
        asyncio.run(places.take(session, "b.mp4", _stream(b"x" * 4_000), None))


def test_ten_thousand_files_are_refused(client, tmp_path, monkeypatch):
    assert client.ask("POST", "/api/sessions", json.dumps({"files": 10_000, "bytes": 1}))[0] == 413
    session = client.begin()
    statuses = [client.put(session, f"{number}.jpg", b"x")[0] for number in range(rooms.MAX_FILES + 3)]
    assert statuses.count(201) == rooms.MAX_FILES and set(statuses[rooms.MAX_FILES :]) == {413}


def test_a_long_request_is_refused(client):
    assert client.ask("POST", "/api/understand", b'{"text": "' + b"x" * 300_000 + b'"}')[0] == 413


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"null", b'{"files": "x", "bytes": 1}', b'{"files": -1, "bytes": 1}']
)
def test_an_odd_request_is_refused(client, body):
    assert client.ask("POST", "/api/sessions", body)[0] == 400


def test_a_pack_is_a_name_never_a_path(client):
    for pack in ("/etc/passwd.toml", "../x.toml", "nothing"):
        told = json.dumps({"pack": pack, "facts": {}})
        assert client.ask("POST", f"/api/sessions/{client.begin()}/judge", told)[0] == 400
    told = json.dumps({"facts": {"files": '[{"path": "/etc/passwd"}]'}})
    assert client.ask("POST", f"/api/sessions/{client.begin()}/judge", told)[0] == 400


# --- senders ---


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "127.0.0.1:1", "localhost"])
def test_a_forged_host_is_refused(client, host):
    assert client.ask("GET", "/", headers={"Host": host})[0] == 403


@pytest.mark.parametrize(
    "headers",
    [
        {**OWN, "Origin": "https://evil.example"},
        {**OWN, "Origin": "null"},
        {**OWN, "Origin": "http://127.0.0.1:1"},
        {**OWN, "Sec-Fetch-Site": "cross-site"},
        {**OWN, "Sec-Fetch-Site": "same-site"},
        {"Content-Type": "application/json"},
    ],
)
def test_a_post_from_another_site_is_refused(client, headers):
    assert client.ask("POST", "/api/sessions", b'{"files": 1, "bytes": 1}', headers)[0] == 403


def test_another_site_gets_no_permission_and_no_frame(client):
    preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}
    status, headers, _ = client.ask("OPTIONS", "/api/sessions", headers=preflight)
    assert status == 403 and "access-control-allow-origin" not in headers
    assert client.ask("GET", "/api/claims", headers={"Sec-Fetch-Site": "cross-site"})[0] == 403


def test_every_answer_has_the_headers(client):
    for path in ("/", "/assets/page.js", "/api/claims", "/nothing", "/assets/../app.py"):
        _, headers, _ = client.ask("GET", path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
        assert "server" not in headers


def test_only_this_machine_is_listened_to_by_default(client):
    assert client.at.hostname == "127.0.0.1"
    assert allowed_hosts("127.0.0.1", 80) >= {"127.0.0.1", "127.0.0.1:80"}
    assert "evil.example:8765" not in allowed_hosts("0.0.0.0", 8765)
    assert Guard(None, hosts=frozenset({"a:1"})).objection({"headers": [], "method": "GET", "path": "/"})


# --- several at once, and the end ---


def test_two_people_at_once_do_not_see_each_other(client):
    told = {}

    def judge(name, folder):
        session = client.submit(ROOT / "samples" / "waybill-matches" / folder)
        told[name] = (session, client.judge(session)[-1])

    both = [threading.Thread(target=judge, args=pair) for pair in (("a", "fail-other-number"), ("b", "pass-return"))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(60)
    (first, a), (second, b) = told["a"], told["b"]
    assert (a["verdict"], b["verdict"]) == ("fail", client.judge(second)[-1]["verdict"])
    assert first != second and first not in b["html"] and "fail-other-number" not in b["html"]
    assert client.ask("GET", f"/api/sessions/{first}x/report.html")[0] == 404


def test_who_waits_is_told_so(client):
    sessions = [client.submit() for _ in range(3)]
    heard = {}
    waiting = [threading.Thread(target=lambda one=one: heard.update({one: client.judge(one)})) for one in sessions]
    for thread in waiting:
        thread.start()
    for thread in waiting:
        thread.join(60)
    ahead = [news["ahead"] for told in heard.values() for news in told if news["event"] == "queued"]
    assert max(ahead) >= 1 and all(told[-1]["event"] == "done" for told in heard.values())


def test_closing_the_connection_frees_the_queue(client):
    session = client.submit()
    told = json.dumps({"facts": {}}).encode()
    with socket.create_connection((client.at.hostname, client.at.port)) as raw:
        head = f"POST /api/sessions/{session}/judge HTTP/1.1\r\nHost: {client.at.netloc}\r\nX-Evidence-Kit: 1\r\n"
        raw.sendall(head.encode() + f"Content-Length: {len(told)}\r\n\r\n".encode() + told)
        assert b"200" in raw.recv(100)
    assert client.judge(client.submit())[-1]["event"] == "done"


def test_work_that_nobody_waits_for_is_ended(tmp_path):
    from datetime import UTC, datetime

    from evidence_kit.web.desk import Desk
    from evidence_kit.web.workbench import JudgeJob

    (tmp_path / "stated").mkdir()
    now = datetime(2026, 11, 22, tzinfo=UTC)
    job = JudgeJob(SAMPLE, tmp_path / "stated", tmp_path / "m", {"1.jpg": "1.jpg"}, "", None, {}, now, False)

    async def go():
        desk = Desk()
        desk.start()
        try:
            begun = asyncio.Event()
            work = asyncio.ensure_future(desk.do(job, listen=lambda kind, _: kind == "step" and begun.set()))
            await asyncio.wait_for(begun.wait(), 60)
            process = desk._process
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work
            process.join(10)
            assert process.exitcode not in (None, 0)  # stopped in the middle, not waited for
            assert (await asyncio.wait_for(desk.do(job), 60)).report.findings
        finally:
            await desk.stop()

    asyncio.run(go())


def test_files_go_with_the_page(client, tmp_path, monkeypatch):
    session = client.submit()
    assert client.ask("DELETE", f"/api/sessions/{session}")[0] == 204
    assert client.ask("GET", f"/api/sessions/{session}/alive")[0] == 404
    monkeypatch.setattr(rooms.tempfile, "mkdtemp", lambda prefix: str(tmp_path))
    places = Sessions()
    forgotten = places.create(1, 1)
    forgotten.last_seen_s -= rooms.UNSEEN_S + 1
    places.sweep()
    assert not forgotten.folder.exists() and list(Path(tmp_path).iterdir()) == []
    with pytest.raises(Refused):
        places.get(forgotten.id)


# --- what a file is for ---


def test_a_file_s_use_is_said_on_the_page_and_nothing_is_read_again(client):
    session = client.submit(ROOT / "samples" / "no-such-item-proof" / "review-unmarked")
    first = client.judge(session)[-1]
    assert (first["verdict"], first["uses"]) == ("review", {"1.jpg": "goods_with_waybill", "2.jpg": ""})
    told = json.dumps({"facts": {}, "uses": {"2.jpg": "listing", "other.jpg": "chat"}})
    _, _, body = client.ask("POST", f"/api/sessions/{session}/judge", told)
    second = json.loads(body.decode().splitlines()[-1])
    assert (second["verdict"], second["looks"]) == ("pass", 0)
    assert second["uses"]["2.jpg"] == "listing"


@pytest.mark.parametrize("uses", ['["listing"]', '{"1.jpg": "nothing"}', '{"1.jpg": 3}', '{"1.jpg": {"a": 1}}', '"x"'])
def test_an_odd_use_is_refused(client, uses):
    told = f'{{"facts": {{}}, "uses": {uses}}}'
    assert client.ask("POST", f"/api/sessions/{client.begin()}/judge", told.encode())[0] == 400
