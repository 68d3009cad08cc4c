"""Photos of many cases by their local features: which earlier one may a photo be a copy of?

A stored index that a run adds to and asks: ``add`` a photo's print under its case, ``like`` gives the photos of other
cases that show the same exposure. Candidates share some bits of several features (locality-sensitive hashing, Indyk
and Motwani 1998), so that asking does not read every print; each is then verified (``facts.picture_copies``). One
SQLite file; it holds features and pictures too small to read, never a name or a number.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from evidence_kit.facts.picture_copies import LEAST_SIDE, is_copy
from evidence_kit.sensors.picture_print import BYTES, PicturePrint

STRONGEST = 128
"""Features of each photo that are looked up, the strongest first. Recall of ``python -m benchmarks reuse``."""
SLICES = (0, 3, 6, 9, 12, 15, 18, 21, 24, 27)
SLICE_BYTES = 3
"""Ten keys a feature, of 24 bits each: a copy's features keep at least one of them unchanged."""
LEAST_VOTES = 6
"""Keys that two photos must share before they are compared."""
MOST_COMPARED = 20
MOST_HOLDERS = 200
"""A key that more photos share, such as that of a printed grid, tells none of them apart and is skipped."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A photo of the index."""

    case: str
    item: str
    sha256: str


class NearIndex:
    """Prints of photos in one SQLite file; ``:memory:`` keeps nothing. Not for several threads at once."""

    def __init__(self, path: Path | str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            "CREATE TABLE IF NOT EXISTS photo (id INTEGER PRIMARY KEY, case_id TEXT NOT NULL, item TEXT NOT NULL,"
            " sha256 TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, places BLOB NOT NULL,"
            " features BLOB NOT NULL, small BLOB NOT NULL, UNIQUE (case_id, item));"
            "CREATE TABLE IF NOT EXISTS slice (key INTEGER NOT NULL, photo INTEGER NOT NULL,"
            " PRIMARY KEY (key, photo)) WITHOUT ROWID;"
        )

    def add(self, case: str, item: str, sha256: str, print_: PicturePrint) -> None:
        """Keep one photo's print; the same case and item again replaces it."""
        if min(print_.width, print_.height) < LEAST_SIDE:
            return
        with self._connection:
            self._connection.execute("BEGIN")
            old = self._connection.execute(
                "SELECT id FROM photo WHERE case_id = ? AND item = ?", (case, item)
            ).fetchone()
            if old is not None:
                self._connection.execute("DELETE FROM slice WHERE photo = ?", old)
                self._connection.execute("DELETE FROM photo WHERE id = ?", old)
            row = self._connection.execute(
                "INSERT INTO photo (case_id, item, sha256, width, height, places, features, small)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (case, item, sha256, print_.width, print_.height, print_.places, print_.features, print_.small),
            ).lastrowid
            keys = [(key, row) for key in sorted(_keys(print_))]
            self._connection.executemany("INSERT OR IGNORE INTO slice VALUES (?, ?)", keys)

    def like(self, case: str, sha256: str, print_: PicturePrint) -> list[Seen]:
        """Photos of other cases that show the same exposure in another file, in the order they were added."""
        votes: dict[int, int] = {}
        for key in _keys(print_):
            query = "SELECT photo FROM slice WHERE key = ? LIMIT ?"
            holders = self._connection.execute(query, (key, MOST_HOLDERS + 1)).fetchall()
            if len(holders) <= MOST_HOLDERS:
                for (photo,) in holders:
                    votes[photo] = votes.get(photo, 0) + 1
        ranked = sorted((photo for photo, count in votes.items() if count >= LEAST_VOTES), key=lambda p: (-votes[p], p))
        found: dict[int, Seen] = {}
        compared = 0
        for photo in ranked:
            row = self._connection.execute(
                "SELECT case_id, item, sha256, width, height, places, features, small FROM photo WHERE id = ?", (photo,)
            ).fetchone()
            if row[0] == case or row[2] == sha256:
                continue
            if compared == MOST_COMPARED:
                break
            compared += 1
            if is_copy(PicturePrint(*row[3:]), print_):
                found[photo] = Seen(*row[:3])
        return [found[photo] for photo in sorted(found)]

    def close(self) -> None:
        self._connection.close()


def _keys(print_: PicturePrint) -> set[int]:
    keys: set[int] = set()
    for place in range(min(STRONGEST, print_.count)):
        feature = print_.features[place * BYTES : (place + 1) * BYTES]
        for start in SLICES:
            keys.add(start << 24 | int.from_bytes(feature[start : start + SLICE_BYTES], "big"))
    return keys
