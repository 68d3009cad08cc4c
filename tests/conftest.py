"""Shared fixtures: where the development data lies, and a clock that stands still."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
BEIJING = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=BEIJING)


@dataclass(frozen=True)
class Row:
    """One line of the data's table: a file with its checked truth."""

    set: str
    path: Path
    truth: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class SharedData:
    """Real files with checked truth, kept outside the repository (its licences differ per file)."""

    folder: Path

    def rows(self, wanted: str) -> Iterator[Row]:
        """The rows of one set, in the table's order."""
        lines = (self.folder / "manifest.tsv").read_text("utf-8").splitlines()
        head = lines[0].split("\t")
        for line in lines[1:]:
            cells = dict(zip(head, line.split("\t"), strict=False))
            if cells["set"] == wanted:
                yield Row(wanted, self.folder / cells["file"], json.loads(cells["truth"]))


def shared_data_folder() -> Path | None:
    """``EVIDENCE_KIT_DATA``, else ``../shared/data``; or their ``dev``; None where absent."""
    given = os.environ.get("EVIDENCE_KIT_DATA")
    base = Path(given) if given else ROOT.parent / "shared" / "data"
    return next((at for at in (base, base / "dev") if (at / "manifest.tsv").is_file()), None)


@pytest.fixture(scope="session")
def shared_data() -> SharedData:
    """The development data; tests that need it are skipped where it is absent."""
    folder = shared_data_folder()
    if folder is None:
        pytest.skip("no development data: set EVIDENCE_KIT_DATA to the folder with manifest.tsv")
    return SharedData(folder)


@pytest.fixture
def now() -> datetime:
    return NOW
