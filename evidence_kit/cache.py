"""Measurements kept between runs, by content: (sha256 of the file, sensor, versions, options) -> JSON.

Holds no pictures and no file names. One SQLite file (WAL, safe for several processes), private to the user, bounded
in size and age. Losing it costs time, never a result: anything odd about it is treated as a miss.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_AGE_S = 30 * 86400.0
MAX_BYTES = 256 * 1024 * 1024
ENTRY_MAX_BYTES = 4 * 1024 * 1024
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
        with contextlib.suppress(OSError, sqlite3.Error):
            self._connection = self._open(folder)

    def _open(self, folder: Path) -> sqlite3.Connection:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.touch(mode=0o600)
        try:
            return self._connect()
        except sqlite3.DatabaseError:  # a damaged file holds nothing worth keeping
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
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def _use(self) -> Iterator[sqlite3.Connection | None]:
        with self._lock, contextlib.suppress(sqlite3.Error, OSError):
            yield self._connection

    def get(self, key: str) -> str | None:
        """The text kept under ``key``, or None."""
        with self._use() as connection:
            if connection is None:
                return None
            row = connection.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
            if row is not None:
                return str(row[0])
        return None

    def put(self, key: str, value: str) -> None:
        """Keep ``value``; too large a one, a full disk or a read-only folder keeps nothing."""
        if len(value) > ENTRY_MAX_BYTES:
            return
        with self._use() as connection:
            if connection is not None:
                connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (key, value, self.now_s))

    def close(self) -> None:
        """Trim to the size bound, oldest first, and let the file go."""
        with self._use() as connection:
            if connection is None:
                return
            over = self._bytes(connection) - self.max_bytes
            if over > 0:
                self._drop_oldest(connection, over)
            connection.close()
        self._connection = None

    def _drop_oldest(self, connection: sqlite3.Connection, over: int) -> None:
        for key, size in connection.execute("SELECT key, length(value) FROM kept ORDER BY written").fetchall():
            if over <= 0:
                break
            connection.execute("DELETE FROM kept WHERE key = ?", (key,))
            over -= size
        connection.execute("VACUUM")

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
