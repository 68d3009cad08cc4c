"""What one open page holds: its files in a private folder, what was judged last. Gone when the page is gone."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import field
from pathlib import Path, PurePosixPath, PureWindowsPath

from evidence_kit.intake.files import MANIFEST_NAMES, id_of
from evidence_kit.records import dataclass
from evidence_kit.report.picture import Wish
from evidence_kit.schema import Report, Submission

MAX_FILES = 200
"""Files of one page; an upload form takes a few dozen."""
MAX_FILE_BYTES = 2_000_000_000
MAX_SESSION_BYTES = 3_000_000_000
"""The platforms' 300 MB six times over; more is surely the wrong folder."""
MAX_MANIFEST_BYTES = 1_000_000
MAX_SESSIONS = 32
KEEP_FREE_BYTES = 500_000_000
"""Space left on the disk for everybody else."""
LONELY_S = 20.0
"""A page that is gone this long has been closed; a reload comes back sooner."""
UNSEEN_S = 600.0
"""A session whose page never called in."""
CHUNK_BYTES = 1 << 20
MAX_PARTS = 8
MAX_NAME = 1_024


class Refused(Exception):
    """What the page may not do; ``status`` is HTTP's, the text is for the clerk."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


@dataclass(slots=True)
class Session:
    """One open page."""

    id: str
    folder: Path
    name: str = ""
    bytes: int = 0
    names: dict[str, str] = field(default_factory=dict)
    """Name on disk -> item id as the clerk knows it."""
    media: Submission | None = None
    submission: Submission | None = None
    report: Report | None = None
    wishes: dict[str, Wish] = field(default_factory=dict)
    turn: int = 0
    """Counts judgements: pictures of an older one are not shown for a newer one."""
    watchers: int = 0
    last_seen_s: float = 0.0
    seen: bool = False
    gone: bool = False

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def stated(self) -> Path:
        """Where the manifest lies, apart from the media."""
        return self.folder / "stated"

    @property
    def measurements(self) -> Path:
        return self.folder / "measurements"

    @property
    def pictures(self) -> Path:
        return self.folder / "pictures"


def safe_id(written: str) -> str:
    """The item id that a browser's path becomes: no root, no drive, no ``..``. It never names a file on disk."""
    if not written or len(written) > MAX_NAME or "\0" in written:
        raise Refused(400, "文件名无法使用")
    windows = PureWindowsPath(written)
    parts = [part for part in windows.relative_to(windows.anchor).parts if part not in ("", ".", "..")]
    if not parts or len(parts) > MAX_PARTS:
        raise Refused(400, "文件名无法使用")
    return id_of(*parts)


class Sessions:
    """All open pages, in one temporary folder that only this user can read."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="evidence-kit-"))  # mode 0700
        self._open: dict[str, Session] = {}

    def close(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def create(self, files: int, total_bytes: int, name: str = "") -> Session:
        """A new page's place. Refuses at once what would be refused later."""
        if files > MAX_FILES:
            raise Refused(413, f"一次最多 {MAX_FILES} 个文件,请只拖入这一单的照片和视频")
        if total_bytes > MAX_SESSION_BYTES:
            raise Refused(413, f"文件总共超过 {MAX_SESSION_BYTES // 10**9} GB,放不下")
        if shutil.disk_usage(self.root).free - total_bytes < KEEP_FREE_BYTES:
            raise Refused(507, "电脑磁盘空间不够,请先清理")
        self.sweep()
        if len(self._open) >= MAX_SESSIONS:
            raise Refused(503, "同时打开的页面太多,请关掉一些")
        token = secrets.token_urlsafe(24)
        session = Session(token, self.root / secrets.token_hex(8), last_seen_s=time.monotonic())
        session.name = id_of(*PurePosixPath(name.replace("\\", "/")).parts[-1:])[:80] if name else ""
        for folder in (session.folder, session.files, session.stated, session.pictures):
            folder.mkdir(mode=0o700)
        self._open[token] = session
        return session

    def get(self, token: str) -> Session:
        session = self._open.get(token)
        if session is None:
            raise Refused(404, "页面放得太久,文件已清除,请重新拖入")
        return session

    def remove(self, session: Session) -> None:
        session.gone = True
        self._open.pop(session.id, None)
        shutil.rmtree(session.folder, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what no page watches any more."""
        now = time.monotonic()
        for session in list(self._open.values()):
            limit = LONELY_S if session.seen else UNSEEN_S
            if not session.watchers and now - session.last_seen_s > limit:
                self.remove(session)

    async def take(self, session: Session, written: str, stream: AsyncIterator[bytes], stated_bytes: int | None) -> str:
        """Stream one file in; its item id. Counts what comes, whatever was announced."""
        name = safe_id(written)
        manifest = name if name in MANIFEST_NAMES else None
        most = MAX_MANIFEST_BYTES if manifest else min(MAX_FILE_BYTES, MAX_SESSION_BYTES - session.bytes)
        if stated_bytes is not None and stated_bytes > most:
            raise Refused(413, f"《{name}》太大,放不下")
        if len(session.names) >= MAX_FILES:
            raise Refused(413, f"一次最多 {MAX_FILES} 个文件")
        taken = set(session.names.values())
        turn, plain = 1, name
        while name in taken:
            turn += 1
            name = f"{plain} ({turn})"
        on_disk = manifest or _disk_name(len(session.names), name)
        target = (session.stated if manifest else session.files) / on_disk
        if not manifest:
            session.names[on_disk] = name
            session.media = None
        try:
            await _write(target, stream, most, session)
        except BaseException:
            session.names.pop(on_disk, None)
            target.unlink(missing_ok=True)
            raise
        return name


def _disk_name(place: int, name: str) -> str:
    """A name of our own; of the client's only a plain extension, which decides how a file is looked at."""
    extension = PurePosixPath(name).suffix.lower()
    return f"{place:04d}{extension if re.fullmatch(r'[.][a-z0-9]{1,5}', extension) else ''}"


async def _write(target: Path, stream: AsyncIterator[bytes], most: int, session: Session) -> None:
    """What arrives, in pieces of CHUNK_BYTES, written by a thread: a slow disk must not hold up other pages."""
    count = 0
    waiting = bytearray()
    file = await asyncio.to_thread(target.open, "xb")
    with contextlib.closing(file):
        async for chunk in stream:
            count += len(chunk)
            session.bytes += len(chunk)
            if count > most or session.gone:
                session.bytes -= count
                raise Refused(413, "文件太大,放不下")
            waiting += chunk
            if len(waiting) >= CHUNK_BYTES:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
        await asyncio.to_thread(file.write, bytes(waiting))
