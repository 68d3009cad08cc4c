"""Measurements kept between runs, by content: (sha256 of the file, sensor, versions, options) -> JSON.

Holds no pictures and no file names. One SQLite file (WAL, safe for several processes), private to the user, bounded
in size and age, also while a long scan writes. Losing it costs time, never a result: anything odd about it is treated
as a miss, and each value carries a checksum, so that a flipped byte is a miss and no other number.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from evidence_kit.records import dataclass

MAX_AGE_S = 30 * 86400.0
MAX_BYTES = 256 * 1024 * 1024
ENTRY_MAX_BYTES = 4 * 1024 * 1024
TRIM_SHARE = 16
"""The bound is looked at after every sixteenth of it that one process writes."""
CHECK_CHARS = 16
DAMAGE = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite says of a damaged schema quotes it, and Python cannot always read the quotation."""
FILE = "measurements.sqlite3"


@dataclass(frozen=True, slots=True)
class CacheInfo:
    path: Path
    entries: int
    bytes: int
    oldest_s: float | None
    """When the oldest entry was written, seconds since the epoch."""


class Cache:
    """Keyed texts in one SQLite file under ``folder``. ``now_s`` is the caller's clock."""

    def __init__(self, folder: Path, *, now_s: float, max_bytes: int = MAX_BYTES, max_age_s: float = MAX_AGE_S) -> None:
        self.path = folder / FILE
        self.now_s = now_s
        self.max_bytes = max_bytes
        self.max_age_s = max_age_s
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._written = 0
        with contextlib.suppress(OSError, *DAMAGE):
            self._connection = self._open(folder)

    def _open(self, folder: Path) -> sqlite3.Connection:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.touch(mode=0o600)
        try:
            return self._connect()
        except (sqlite3.DatabaseError, UnicodeDecodeError):  # a damaged file holds nothing worth keeping
            for leftover in (self.path, *folder.glob(f"{FILE}-*")):
                leftover.unlink(missing_ok=True)
            self.path.touch(mode=0o600)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=10.0, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL, written REAL NOT NULL)"
                " WITHOUT ROWID"
            )
            connection.execute("DELETE FROM kept WHERE written < ?", (self.now_s - self.max_age_s,))
        except DAMAGE:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def _use(self) -> Iterator[sqlite3.Connection | None]:
        with self._lock, contextlib.suppress(OSError, *DAMAGE):
            yield self._connection

    def get(self, key: str) -> str | None:
        """The text kept under ``key``, or None."""
        with self._use() as connection:
            if connection is None:
                return None
            row = connection.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
            if row is not None and isinstance(row[0], str):
                check, value = row[0][:CHECK_CHARS], row[0][CHECK_CHARS:]
                return value if check == _check(key, value) else None
        return None

    def put(self, key: str, value: str) -> None:
        """Keep ``value``; too large a one, a full disk or a read-only folder keeps nothing."""
        size = len(value.encode("utf-8", "surrogatepass"))
        if size > min(ENTRY_MAX_BYTES, self.max_bytes):
            return
        with self._use() as connection:
            if connection is not None:
                kept = _check(key, value) + value
                connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (key, kept, self.now_s))
                self._written += size
                if self._written >= self.max_bytes // TRIM_SHARE:
                    self._written = 0
                    self._trim(connection)

    def close(self) -> None:
        """Trim to the size bound, oldest first, and let the file go."""
        with self._use() as connection:
            if connection is None:
                return
            self._trim(connection)
        with self._use() as connection:
            if connection is not None:
                connection.close()
        self._connection = None

    def _trim(self, connection: sqlite3.Connection) -> None:
        """Drop the oldest entries above the bound; the file keeps its pages and fills them again."""
        over = self._bytes(connection) - self.max_bytes
        if over <= 0:
            return
        # Some room beyond the bound, so that a full cache is not trimmed at every turn.
        over += self.max_bytes // TRIM_SHARE
        going = []
        for key, size in connection.execute("SELECT key, length(value) FROM kept ORDER BY written, key"):
            if over <= 0:
                break
            going.append((key,))
            over -= size
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany("DELETE FROM kept WHERE key = ?", going)
        finally:
            connection.execute("COMMIT")

    def _bytes(self, connection: sqlite3.Connection) -> int:
        return int(connection.execute("SELECT COALESCE(SUM(length(value)), 0) FROM kept").fetchone()[0])

    def info(self) -> CacheInfo:
        """What is kept."""
        with self._use() as connection:
            if connection is not None:
                entries, oldest = connection.execute("SELECT COUNT(*), MIN(written) FROM kept").fetchone()
                return CacheInfo(self.path, int(entries), self._bytes(connection), oldest)
        return CacheInfo(self.path, 0, 0, None)

    def clear(self) -> int:
        """Drop everything; how many entries there were."""
        with self._use() as connection:
            if connection is not None:
                count = int(connection.execute("SELECT COUNT(*) FROM kept").fetchone()[0])
                connection.execute("DELETE FROM kept")
                connection.execute("VACUUM")
                return count
        return 0


def _check(key: str, value: str) -> str:
    text = f"{key}\0{value}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=CHECK_CHARS // 2).hexdigest()
