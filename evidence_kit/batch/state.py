"""What a scan has done, in one SQLite file beside its output: kill it at any moment and nothing settled is lost.

A case is settled by one transaction that holds its report and its files' digests. Its key is a digest of everything
the report follows from: files, facts, pack, options, versions, ``now``, and copies in other cases. A case whose key
has changed is judged again; one whose key has not is never looked at twice.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from evidence_kit.batch.index import Entry
from evidence_kit.batch.work import Done
from evidence_kit.cache import DAMAGE
from evidence_kit.intake.files import changed_ns
from evidence_kit.records import dataclass

FILE = "scan.sqlite3"
LAYOUT = 2
_TABLES = """
CREATE TABLE IF NOT EXISTS run (one INTEGER PRIMARY KEY CHECK (one = 1), settings TEXT, now TEXT, finished INTEGER);
CREATE TABLE IF NOT EXISTS scan (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS cases (
    id TEXT PRIMARY KEY, place INTEGER, key TEXT, verdict TEXT, pack TEXT, pack_sha256 TEXT,
    order_digest TEXT, submitted_at TEXT, report BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    case_id TEXT, item TEXT, sha256 TEXT, PRIMARY KEY (case_id, item)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_by_digest ON files (sha256);
CREATE TEMP TABLE IF NOT EXISTS elsewhere (
    sha256 TEXT, item TEXT, scan TEXT, case_id TEXT, order_digest TEXT, submitted_at TEXT, seen_at TEXT
);
CREATE TABLE IF NOT EXISTS stamps (
    case_id TEXT, stamp TEXT, sha256 TEXT, PRIMARY KEY (case_id, stamp)
) WITHOUT ROWID;
"""


SETTLED_NS = 3_000_000_000
"""A file changed less than this before it was read may change again within one tick of its file system's clock (two
seconds on FAT), and look as before: its stamp is not relied on, as in git's index."""


class StateError(Exception):
    """The scan's own file cannot be used; the text says why, for the user."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A case that has its report."""

    key: str
    pack: str
    pack_sha256: str


@dataclass(frozen=True, slots=True)
class FileSeen:
    """One file of one case, for finding the same elsewhere."""

    case_id: str
    item: str
    sha256: str
    order: str
    submitted_at: datetime | None
    scan: str = ""
    """The id of the earlier scan that it was handed in to; empty for a file of this one."""
    seen_at: str = ""
    """When that was: ISO 8601."""

    @property
    def case(self) -> str:
        """The case as it is told: one of an earlier scan with its day, as this scan may have one of that name."""
        return f"{self.case_id} ({self.seen_at[:10]})" if self.scan else self.case_id


class State:
    """The state of the scan whose output is ``folder``. One scan at a time may have it open.

    ``now_ns`` is the clock's nanoseconds since the epoch, before any file is read.
    """

    def __init__(self, folder: Path, *, now_ns: int = 0) -> None:
        self.path = folder / FILE
        self.now_ns = now_ns
        try:
            folder.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as problem:
            raise StateError(f"{folder}: {problem.strerror or problem}") from None
        try:
            self._db = self._connect()
        except DAMAGE as problem:
            raise StateError(self._say(problem)) from None

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=0.5, isolation_level=None)
        try:
            # One writer, no shared memory: a second scan into the same folder is refused, and a kill frees the lock.
            database.execute("PRAGMA locking_mode=EXCLUSIVE")
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            layout = database.execute("PRAGMA user_version").fetchone()[0]
            if layout not in (0, LAYOUT):
                raise StateError(f"{self.path} is of another version of evidence-kit; choose another --out")
            database.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={LAYOUT}; COMMIT;")
        except BaseException:
            database.close()
            raise
        return database

    def _say(self, problem: sqlite3.Error | UnicodeDecodeError) -> str:
        text = str(problem) if isinstance(problem, sqlite3.Error) else "malformed"
        if "locked" in text:
            return f"{self.path}: another scan is writing here"
        if "full" in text or "disk I/O" in text:
            return f"{self.path}: no space left; make room and run the same command again, settled cases are kept"
        if "malformed" in text or "not a database" in text:
            return f"{self.path} is damaged; delete it and run the same command again"
        return f"{self.path}: {text}"

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except DAMAGE as problem:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise StateError(self._say(problem)) from None

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._db.close()

    def begin(self, settings: str, now: datetime | None, clock: datetime) -> datetime:
        """The moment as of which this run judges: the stated one, that of an unfinished run like this, or ``clock``."""
        with self._transaction() as db:
            row = db.execute("SELECT settings, now, finished FROM run").fetchone()
            chosen = now or clock
            if now is None and row is not None and row[0] == settings and not row[2]:
                chosen = datetime.fromisoformat(row[1])
            db.execute("INSERT OR REPLACE INTO run VALUES (1, ?, ?, 0)", (settings, chosen.isoformat()))
        return chosen

    def finish(self) -> None:
        """Everything is judged and written."""
        with self._transaction() as db:
            db.execute("UPDATE run SET finished = 1")

    def settled(self) -> dict[str, Settled]:
        """Every case that has a report, by id."""
        rows = self._read("SELECT id, key, pack, pack_sha256 FROM cases")
        return {row[0]: Settled(*row[1:]) for row in rows}

    def keep_only(self, cases: Mapping[str, int]) -> None:
        """Drop what is not in the input any more; ``cases`` are ids with their positions."""
        with self._transaction() as db:
            gone = [row[0] for row in db.execute("SELECT id FROM cases") if row[0] not in cases]
            for name in gone:
                db.execute("DELETE FROM cases WHERE id = ?", (name,))
                db.execute("DELETE FROM files WHERE case_id = ?", (name,))
                db.execute("DELETE FROM stamps WHERE case_id = ?", (name,))
            db.executemany("UPDATE cases SET place = ? WHERE id = ?", ((at, name) for name, at in cases.items()))

    def settle(self, done: Done, key: str, place: int) -> None:
        """Keep one report with its key, in one transaction."""
        values = (
            done.case_id,
            place,
            key,
            done.verdict,
            done.pack,
            done.pack_sha256,
            done.order,
            done.submitted_at,
            done.report,
        )
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
            db.execute("DELETE FROM files WHERE case_id = ?", (done.case_id,))
            db.executemany(
                "INSERT INTO files VALUES (?, ?, ?)",
                ((done.case_id, item, sha256) for item, sha256 in done.files),
            )
            db.execute("DELETE FROM stamps WHERE case_id = ?", (done.case_id,))
            db.executemany(
                "INSERT INTO stamps VALUES (?, ?, ?)",
                (
                    (done.case_id, stamp, sha256)
                    for stamp, sha256 in done.digests
                    if changed_ns(stamp) + SETTLED_NS <= self.now_ns
                ),
            )

    def digests(self, case_id: str) -> dict[str, str]:
        """sha256 of one case's files by their stamps, as it was last settled."""
        return dict(self._read("SELECT stamp, sha256 FROM stamps WHERE case_id = ?", (case_id,)))

    def scan_id(self) -> str:
        """This scan's name in an index: drawn once, and kept."""
        with self._transaction() as db:
            db.execute("INSERT INTO scan SELECT ? WHERE NOT EXISTS (SELECT 1 FROM scan)", (uuid4().hex,))
            return str(db.execute("SELECT id FROM scan").fetchone()[0])

    def find_elsewhere(self, index: Iterable[tuple[str, Entry]]) -> None:
        """Note which files of this scan were handed in to earlier ones, for ``repeated_files``.

        ``index`` is read once, and only what this scan has is kept. A case that this scan wrote there itself, or
        another scan of the same case (name, order, files), is no other case.
        """
        mine = self.scan_id()
        with self._transaction() as db:
            db.execute("DELETE FROM elsewhere")
            for scan, entry in index:
                if self._is_here(db, mine, scan, entry):
                    continue
                about = (scan, entry.case_id, entry.order, entry.submitted_at, entry.seen_at)
                db.executemany(
                    "INSERT INTO elsewhere SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7"
                    " WHERE EXISTS (SELECT 1 FROM files WHERE sha256 = ?1)",
                    ((sha256, item, *about) for item, sha256 in entry.files),
                )

    @staticmethod
    def _is_here(db: sqlite3.Connection, mine: str, scan: str, entry: Entry) -> bool:
        row = db.execute("SELECT order_digest FROM cases WHERE id = ?", (entry.case_id,)).fetchone()
        if row is None:
            return False
        if scan == mine:
            return True
        here = {sha256 for (sha256,) in db.execute("SELECT sha256 FROM files WHERE case_id = ?", (entry.case_id,))}
        return row[0] == entry.order and here == {sha256 for _, sha256 in entry.files}

    def entries(self, seen_at: str) -> Iterator[Entry]:
        """This scan's cases as an index keeps them, in the input's order; cases without a file are left out."""
        rows = self._read(
            "SELECT case_id, order_digest, COALESCE(submitted_at, ''), item, sha256"
            " FROM files JOIN cases ON cases.id = case_id ORDER BY place, case_id, item"
        )
        for (name, order, submitted_at), group in groupby(rows, key=lambda row: row[:3]):
            yield Entry(name, order, submitted_at, seen_at, tuple((item, sha256) for *_, item, sha256 in group))

    def repeated_files(self) -> Iterator[FileSeen]:
        """Files whose content more than one case has, here or in an earlier scan: by digest, in the input's order."""
        rows = self._read(
            "SELECT case_id, item, sha256, order_digest, submitted_at, '' AS scan, '' AS seen_at, place"
            " FROM files JOIN cases ON cases.id = case_id"
            " WHERE sha256 IN (SELECT sha256 FROM files GROUP BY sha256 HAVING COUNT(DISTINCT case_id) > 1)"
            " OR sha256 IN (SELECT sha256 FROM elsewhere)"
            " UNION ALL SELECT case_id, item, sha256, order_digest, submitted_at, scan, seen_at, -1 FROM elsewhere"
            " ORDER BY sha256, place, seen_at, scan, case_id, item"
        )
        for name, item, sha256, order, handed_in, scan, seen_at, _ in rows:
            moment = datetime.fromisoformat(handed_in) if handed_in else None
            yield FileSeen(name, item, sha256, order, moment, scan, seen_at)

    def reports(self, but: Iterable[str] = ()) -> Iterator[bytes]:
        """Every kept report as ``Done.report`` holds it, in the input's order; without the cases ``but``."""
        without = set(but)
        for name, report in self._read("SELECT id, report FROM cases ORDER BY place, id"):
            if name not in without:
                yield report

    def verdicts(self) -> dict[str, int]:
        """How many cases ended how."""
        return dict(self._read("SELECT verdict, COUNT(*) FROM cases GROUP BY verdict"))

    def _read(self, query: str, values: tuple[str, ...] = ()) -> Iterator[tuple]:  # type: ignore[type-arg]
        try:
            yield from self._db.execute(query, values)
        except DAMAGE as problem:
            raise StateError(self._say(problem)) from None
