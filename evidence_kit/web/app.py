"""The page's routes. Judging is ``engine.judge``'s, the report ``report.html``'s; here it only goes in and out."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from evidence_kit.packs import PackError, load_pack, shipped
from evidence_kit.report import html
from evidence_kit.report.picture import Source, wishes
from evidence_kit.report.words import KEYS
from evidence_kit.schema import dumps, plain
from evidence_kit.web.claims import asked_of, claims, field_of, use_of, uses
from evidence_kit.web.desk import AGAIN, DRAWING, HEAVY, Broken, Desk
from evidence_kit.web.guard import Guard
from evidence_kit.web.pasted import understand
from evidence_kit.web.sessions import MAX_FILES, MAX_SESSION_BYTES, Refused, Session, Sessions
from evidence_kit.web.workbench import DrawJob, Judged, JudgeJob

MAX_JSON_BYTES = 200_000
BEAT_S = 10.0
"""How often an idle stream says that it is there; a closed tab is noticed then at the latest."""
UNSHOWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 120" width="480" height="120">'
    '<rect width="480" height="120" fill="#e8ecf1"/><text x="240" y="68" text-anchor="middle" font-size="22" '
    'font-family="sans-serif" fill="#46505e">这个文件打不开,没有图可看</text></svg>'
)
"""In place of a picture that no decoder shows."""
ASSETS = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "report.css": "text/css; charset=utf-8",
    "report.js": "text/javascript; charset=utf-8",
}


class Page:
    """The page's state and its answers."""

    def __init__(self, *, reveal: bool) -> None:
        self.reveal = reveal
        self.sessions = Sessions()
        self.desk: Desk | None = None

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self.desk = Desk()
        self.desk.start()
        sweeper = asyncio.get_running_loop().create_task(self._sweep())
        try:
            yield
        finally:
            sweeper.cancel()
            await self.desk.stop()
            self.sessions.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(BEAT_S)
            self.sessions.sweep()

    # --- the page itself ---

    async def index(self, _request: Request) -> Response:
        return Response(own_asset("index.html"), media_type="text/html; charset=utf-8")

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            raise Refused(404, "没有这个页面")
        text = own_asset(name) if name.startswith("page.") else html.asset(name)
        return Response(text, media_type=ASSETS[name])

    async def claims(self, _request: Request) -> Response:
        every = [field_of(key) for key in KEYS]
        limits = {"files": MAX_FILES, "bytes": MAX_SESSION_BYTES}
        return JSONResponse({"claims": claims(), "keys": every, "uses": uses(), "limits": limits})

    async def understand(self, request: Request) -> Response:
        told = await _told(request)
        pack = load_pack(_pack_id(told.get("pack")) or "card")
        found = understand(str(told.get("text", "")), direction=pack.direction, sign_off=pack.sign_off)
        shown = [{"key": entry.key, "value": entry.value, "label": KEYS[entry.key].zh} for entry in found]
        return JSONResponse({"found": shown})

    # --- files ---

    async def create(self, request: Request) -> Response:
        told = await _told(request)
        files, total = told.get("files"), told.get("bytes")
        if not isinstance(files, int) or not isinstance(total, int) or files < 0 or total < 0:
            raise Refused(400, "请求不完整")
        session = self.sessions.create(files, total, str(told.get("name", "")))
        return JSONResponse({"id": session.id}, status_code=201)

    async def upload(self, request: Request) -> Response:
        session = self._session(request)
        stated = request.headers.get("content-length", "")
        length = int(stated) if stated.isdecimal() else None
        try:
            name = await self.sessions.take(session, request.query_params.get("name", ""), request.stream(), length)
        except ClientDisconnect:
            raise Refused(400, "上传中断") from None
        return JSONResponse({"name": name}, status_code=201)

    async def remove(self, request: Request) -> Response:
        self.sessions.remove(self._session(request))
        return Response(status_code=204)

    async def alive(self, request: Request) -> Response:
        """Open as long as the page is: when it closes, the files go."""
        session = self._session(request)

        async def beats() -> AsyncIterator[str]:
            session.watchers += 1
            session.seen = True
            try:
                while not session.gone:
                    yield "."
                    await asyncio.sleep(BEAT_S)
            finally:
                session.watchers -= 1
                session.last_seen_s = time.monotonic()

        return StreamingResponse(beats(), media_type="text/plain")

    # --- judging ---

    async def judge(self, request: Request) -> Response:
        """Progress, then the report, as one JSON object a line. Closing the connection calls the work off."""
        session = self._session(request)
        told = await _told(request)
        pack = _pack_id(told.get("pack"))
        given = told.get("facts") or {}
        if not isinstance(given, dict) or any(key not in KEYS for key in given):
            raise Refused(400, "请求不完整")
        chosen = told.get("uses") or {}
        if not isinstance(chosen, dict) or any(use not in ("", *uses()) for use in chosen.values()):
            raise Refused(400, "请求不完整")
        facts = {key: value for key, value in given.items() if isinstance(value, (str, int, float, bool))}
        job = JudgeJob(
            session.files,
            session.stated,
            session.measurements,
            dict(session.names),
            session.name,
            pack,
            facts,
            datetime.now(UTC).replace(microsecond=0),
            self.reveal,
            session.media,
            frozenset(key for key, value in given.items() if value is None),
            chosen,
        )
        return StreamingResponse(self._judged(session, job), media_type="application/x-ndjson")

    async def _judged(self, session: Session, job: JudgeJob) -> AsyncIterator[str]:
        assert self.desk is not None
        news: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        work = asyncio.ensure_future(
            self.desk.do(
                job, urgency=AGAIN if job.media else HEAVY, listen=lambda kind, what: news.put_nowait((kind, what))
            )
        )
        work.add_done_callback(lambda _: news.put_nowait(("end", None)))
        try:
            while True:
                try:
                    kind, what = await asyncio.wait_for(news.get(), 1.0)
                except TimeoutError:
                    yield "\n"  # nothing new; a closed connection shows in writing
                    continue
                if kind == "end":
                    break
                yield _line(kind, what)
            try:
                yield _line("done", await self._settle(session, work.result()))
            except Broken as problem:
                yield _line("failed", {"text": str(problem)})
        finally:
            work.cancel()

    async def _settle(self, session: Session, judged: Judged) -> dict[str, Any]:
        session.media, session.submission, session.report = judged.media, judged.submission, judged.report
        session.turn += 1
        session.wishes = {wish.id: wish for wish in wishes(judged.report)}
        prefix = f"api/sessions/{session.id}/pictures/{session.turn}"
        places = {name: Source(f"{prefix}/{name}.jpg", 0, 0) for name in session.wishes}
        body = await asyncio.to_thread(
            html.render_body, judged.report, lang="zh", sources=places, masked=not self.reveal
        )
        stated = plain(judged.submission.case)
        return {
            "verdict": judged.report.verdict,
            "html": body,
            "pack": judged.report.pack.id,
            "asked": list(asked_of(judged.report.pack.id)),
            "facts": _stated(stated),
            "uses": {item.id: use_of(item) for item in judged.submission.items},
            "seconds": judged.seconds,
            "looks": judged.looks,
        }

    # --- what is taken away ---

    async def picture(self, request: Request) -> Response:
        session = self._session(request)
        name = request.path_params["name"]
        if request.path_params["turn"] != session.turn or name not in session.wishes:
            raise Refused(404, "没有这张图")
        jpeg = await self._jpeg(session, name)
        if jpeg is None:
            return Response(UNSHOWN, media_type="image/svg+xml")
        return Response(jpeg, media_type="image/jpeg")

    async def _jpeg(self, session: Session, name: str) -> bytes | None:
        kept = session.pictures / f"{session.turn}-{name}.jpg"
        if not kept.exists():
            assert self.desk is not None and session.submission is not None
            wish = session.wishes[name]
            item = next(item for item in session.submission.items if item.id == wish.item)
            jpeg: bytes | None = await self.desk.do(DrawJob(wish, item, self.reveal), urgency=DRAWING)
            if jpeg is None or session.gone:
                return None
            kept.write_bytes(jpeg)
        return kept.read_bytes()

    async def save(self, request: Request) -> Response:
        """The report as one file to keep, mail or print."""
        session = self._session(request)
        if session.report is None:
            raise Refused(404, "还没有检查")
        report, drawn = session.report, {}
        for name in list(session.wishes):
            with contextlib.suppress(Broken):
                jpeg = await self._jpeg(session, name)
                if jpeg:
                    width, height = _jpeg_size(jpeg)
                    address = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
                    drawn[name] = Source(address, width, height)
        lang = "en" if request.query_params.get("lang") == "en" else "zh"
        text = await asyncio.to_thread(
            html.render, report, lang="en" if lang == "en" else "zh", sources=drawn, masked=not self.reveal
        )
        name = quote(f"检查报告-{report.submission.id.replace('/', '_')[:60]}.html")
        head = {"content-disposition": f"attachment; filename=\"report.html\"; filename*=UTF-8''{name}"}
        return Response(text, media_type="text/html; charset=utf-8", headers=head)

    def _session(self, request: Request) -> Session:
        session = self.sessions.get(request.path_params["id"])
        session.last_seen_s = time.monotonic()
        return session


def build_app(*, hosts: frozenset[str], reveal: bool = False) -> Guard:
    """The page as an ASGI application that answers only on ``hosts``."""
    page = Page(reveal=reveal)
    one = "/api/sessions/{id}"
    routes = [
        Route("/", page.index),
        Route("/assets/{name}", page.asset),
        Route("/api/claims", page.claims),
        Route("/api/understand", page.understand, methods=["POST"]),
        Route("/api/sessions", page.create, methods=["POST"]),
        Route(one, page.remove, methods=["DELETE"]),
        Route(one + "/alive", page.alive),
        Route(one + "/files", page.upload, methods=["PUT"]),
        Route(one + "/judge", page.judge, methods=["POST"]),
        Route(one + "/pictures/{turn:int}/{name}.jpg", page.picture),
        Route(one + "/report.html", page.save),
    ]
    handlers = {Refused: _refused, PackError: _pack_refused, Broken: _broken}
    app = Starlette(routes=routes, lifespan=page.lifespan, exception_handlers=handlers)
    return Guard(app, hosts=hosts)


@cache
def own_asset(name: str) -> str:
    """The text of one of the page's own files."""
    return (resources.files("evidence_kit.web") / "assets" / name).read_text("utf-8")


# --- inside ---


async def _refused(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Refused)
    # The rest of a refused upload is not read: the connection ends here.
    return JSONResponse({"text": problem.text}, status_code=problem.status, headers={"connection": "close"})


async def _pack_refused(_request: Request, _problem: Exception) -> Response:
    return JSONResponse({"text": "没有这种申诉"}, status_code=400)


async def _broken(_request: Request, problem: Exception) -> Response:
    return JSONResponse({"text": str(problem)}, status_code=500)


async def _told(request: Request) -> dict[str, Any]:
    """The request's JSON object, bounded."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_JSON_BYTES:
            raise Refused(413, "内容太长")
    try:
        told = json.loads(bytes(raw) or b"{}")
    except (ValueError, RecursionError):
        raise Refused(400, "请求不完整") from None
    if not isinstance(told, dict):
        raise Refused(400, "请求不完整")
    return told


def _pack_id(written: object) -> str | None:
    """A shipped pack's id: a path from a client is never opened."""
    if written in (None, ""):
        return None
    if written not in shipped():
        raise Refused(400, "没有这种申诉")
    return str(written)


def _line(kind: str, what: Any) -> str:
    return dumps({"event": kind, **(what or {})}) + "\n"


def _stated(case: dict[str, Any]) -> dict[str, Any]:
    """The stated facts by dotted key, for the form that the clerk corrects."""
    found: dict[str, Any] = {}
    for key, value in case.items():
        if isinstance(value, dict):
            found |= {f"{key}.{leaf}": inner for leaf, inner in value.items() if inner not in (None, [], "")}
        elif value not in (None, [], ""):
            found[key] = value
    return {key: value for key, value in found.items() if key in KEYS}


def _jpeg_size(jpeg: bytes) -> tuple[int, int]:
    """Width and height from the frame header (ITU T.81, B.2.2); (0, 0) where there is none."""
    at = 2
    while at + 9 < len(jpeg):
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(jpeg[at + 7 : at + 9], "big"), int.from_bytes(jpeg[at + 5 : at + 7], "big")
        at += 2 + length
    return 0, 0
