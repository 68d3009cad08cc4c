"""Reads waybill numbers beside every peer: ``python -m benchmarks waybill [--n-all 400] [--n-kit 3000] [--resume]``.

Parts: the development data's real photos (``real``), its photos without a waybill (``real-none``), held-out synthetic
photos (``heldout``), held-out photos without a waybill (``heldout-none``). The first ``--n-all`` held-out seeds are
read by everyone, the others by evidence-kit alone. Answers are kept in ``benchmarks/out/waybill``, one JSON line each,
so the run can be stopped and resumed; evidence-kit's answers count only for the code that gave them. With ``--carry
CODE`` photos that bars alone settled under an earlier code (nothing was left open, no print was read) are not read
again. The results say how many answers are carried so, how many others still wait to be read again (0 after a whole
run), and which photos that were read again answer otherwise.

Scoring: OCR peers' lines and barcode peers' texts go through the same number picker as evidence-kit's
(``waybill_numbers``), not "any line that equals the truth". A misread is an accepted number that no label carries.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.processes import KIT, PEERS, ROOT, Reader, start
from benchmarks.waybill_score import summary

OUT = ROOT / "benchmarks" / "out" / "waybill"
RESULT = ROOT / "benchmarks" / "results" / "waybill.json"
DATA = ROOT.parent / "shared" / "data" / "dev"
CODE = (
    "sensors/photo.py", "sensors/codes.py", "sensors/bar_regions.py", "sensors/close_look.py", "sensors/code128.py",
    "sensors/number_lines.py", "sensors/under_text.py", "sensors/label_text.py", "sensors/around_text.py",
    "sensors/page_text.py", "sensors/ocr.py", "sensors/engines/barcode.py", "facts/waybill_numbers.py",
    "facts/waybill_readings.py", "facts/printed_numbers.py", "facts/unread_labels.py",
)  # fmt: skip
"""What evidence-kit's answers depend on."""


@dataclass(frozen=True)
class Shot:
    """One photo of the benchmark, by name; its file exists only while it is read."""

    part: str
    name: str
    seed: int | None = None
    path: str | None = None

    @property
    def key(self) -> str:
        return f"{self.part}/{self.name}"


def shots(part: str, first: int, n: int) -> list[Shot]:
    """The photos of one part; ``n`` seeds from ``first`` on for synthetic parts."""
    if part.startswith("real"):
        return [shot for shot, _ in _real(part)]
    return [Shot(part, f"{seed:05d}", seed) for seed in range(first, first + n)]


def _real(part: str) -> Iterator[tuple[Shot, list[dict[str, Any]]]]:
    """Photos of the development data with their labels; none where the data is not here."""
    manifest = DATA / "manifest.tsv"
    wanted = {"real": "waybill_read", "real-none": "no_waybill"}[part]
    rows = manifest.read_text(encoding="utf-8").splitlines()[1:] if manifest.exists() else []
    for row in rows:
        kind, file, truth = row.split("\t")[:3]
        if kind == wanted:
            said = json.loads(truth)
            numbers = [*said.get("expected", ()), *said.get("alternates", ())]
            labels = [{"numbers": numbers, "legible": said["legible"] == "Y"}] if numbers else []
            yield Shot(part, Path(file).name, path=str(DATA / file)), labels


def photo_of(shot: Shot, folder: Path) -> tuple[Path, list[dict[str, Any]]]:
    """The photo's file and its labels' truth; draws it where it is synthetic."""
    if shot.path is not None:
        return Path(shot.path), next(labels for real, labels in _real(shot.part) if real.key == shot.key)
    import cv2

    if shot.part.startswith("heldout"):
        from benchmarks.synth.heldout import no_waybill_photo, sample_photo

        made = (no_waybill_photo if shot.part.endswith("none") else sample_photo)(shot.seed or 0)
    else:
        from benchmarks.synth.photos import sample_photo as sample

        made = sample(shot.seed or 0, "negative" if shot.part.endswith("none") else "waybill")
    path = folder / f"{shot.part}-{shot.name}.jpg"
    cv2.imwrite(str(path), made.bgr, [cv2.IMWRITE_JPEG_QUALITY, made.jpeg_quality])
    labels = []
    for label in made.labels:
        entry = {k: v for k, v in asdict(label).items() if k != "quad"}
        labels.append({**entry, "numbers": [label.number, label.barcode_text]})
    return path, labels


def fingerprint() -> str:
    """A short hash of the code that evidence-kit's answers depend on."""
    total = hashlib.sha256()
    for name in CODE:
        path = ROOT / "evidence_kit" / name
        total.update(path.read_bytes() if path.exists() else b"")
    return total.hexdigest()[:12]


class Answers:
    """What was answered before, in one JSON-lines file."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.replaced: dict[tuple[str, str], dict[str, Any]] = {}
        """What an earlier code answered to photos that were read again."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not resume:
            path.unlink(missing_ok=True)
        elif path.exists():
            self.take(path)

    def take(self, path: Path) -> None:
        """Adds the answers of a file; later ones replace earlier ones."""
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            place = row["key"], row["reader"]
            if place in self.rows and self.rows[place].get("code") != row.get("code"):
                self.replaced[place] = self.rows[place]
            self.rows[place] = row

    def has(self, key: str, reader: str, code: str | None) -> bool:
        row = self.rows.get((key, reader))
        return row is not None and (code is None or row.get("code") == code)

    def add(self, row: dict[str, Any]) -> None:
        self.rows[row["key"], row["reader"]] = row
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def settled(row: dict[str, Any], code: str) -> bool:
    """Whether this code read the photo by bars alone."""
    return row.get("code") == code and row.get("taken") == ["codes"]


def carried(answers: Answers, keys: set[str], code: str) -> dict[str, Any]:
    """How many answers of an earlier code count, and what reading photos again changed."""
    kept = [row for row in answers.rows.values() if row["key"] in keys and row.get("code") == code]
    alone = sum(settled(row, code) for row in kept)
    again = [row for (key, _), row in answers.replaced.items() if key in keys and row.get("code") == code]
    differ = [row["key"] for row in again if row["numbers"] != answers.rows[row["key"], KIT]["numbers"]]
    return {
        "code": code,
        "by bars alone": alone,
        "to be read again": len(kept) - alone,
        "read again": len(again),
        "of these by bars alone": sum(settled(row, code) for row in again),
        "answer otherwise": sorted(differ),
    }


def measure(wanted: list[tuple[Shot, tuple[str, ...]]], answers: Answers, carry: str | None = None) -> None:
    """Draws each photo once and shows it to every reader that has not seen it yet; ``carry`` is an earlier code whose
    answers by bars alone stand."""
    import cv2

    cv2.setNumThreads(1)
    code = fingerprint()
    running: dict[str, Reader] = {}
    with tempfile.TemporaryDirectory() as folder:
        for shot, readers in wanted:
            stands = carry is not None and settled(answers.rows.get((shot.key, KIT), {}), carry)
            open_ = [
                name
                for name in readers
                if not (answers.has(shot.key, name, code if name == KIT else None) or (name == KIT and stands))
            ]
            if not open_:
                continue
            path, labels = photo_of(shot, Path(folder))
            for name in open_:
                if name not in running:
                    running[name] = start(name)
                    running[name].read(path)  # warm: sessions are loaded, nothing is kept
                row = {"key": shot.key, "part": shot.part, "reader": name, "labels": labels}
                answers.add({**row, **running[name].read(path), "code": code if name == KIT else None})
            if shot.path is None:
                path.unlink()
    for reader in running.values():
        reader.close()


def main(argv: list[str]) -> int:
    """Runs what is missing, then writes ``benchmarks/results/waybill.json`` and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks waybill", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--n-all", type=int, default=400, help="held-out photos for every reader")
    parser.add_argument("--n-kit", type=int, default=3000, help="held-out photos for evidence-kit")
    parser.add_argument("--n-none", type=int, default=200, help="held-out photos without a waybill")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument(
        "--part", action="append", choices=["real", "real-none", "heldout", "heldout-none", "dev", "dev-none"]
    )
    parser.add_argument("--kit-only", action="store_true", help="leave the peers out")
    parser.add_argument("--resume", action="store_true", help="keep earlier answers")
    parser.add_argument("--also", type=Path, action="append", default=[], help="answers of other runs, JSON lines")
    parser.add_argument("--carry", metavar="CODE", help="an earlier code whose answers by bars alone count too")
    parser.add_argument("--score-only", action="store_true", help="read no photo; score the answers that are there")
    parser.add_argument("--no-write", action="store_true", help="print only")
    parser.add_argument("--output", type=Path, default=RESULT)
    given = parser.parse_args(argv)
    everyone = (KIT,) if given.kit_only else (KIT, *PEERS)
    wanted: list[tuple[Shot, tuple[str, ...]]] = []
    for part in given.part or ["real", "real-none", "heldout", "heldout-none"]:
        many = given.n_none if part.endswith("none") else given.n_kit
        shared = given.n_none if part.endswith("none") else given.n_all
        for place, shot in enumerate(shots(part, given.first, many)):
            wanted.append((shot, everyone if place < shared or shot.path else (KIT,)))
    answers = Answers(OUT / "answers.jsonl", resume=given.resume or given.score_only)
    for path in given.also:
        answers.take(path)
    if not given.score_only:
        measure(wanted, answers, given.carry)
    keys = {shot.key for shot, _ in wanted}
    code = fingerprint()
    codes = {None, code, given.carry}
    rows = [row for row in answers.rows.values() if row["key"] in keys and row["code"] in codes]
    result = {
        "benchmark": "waybill",
        "code": code,
        "machine": {"python": platform.python_version(), "processor": platform.machine(), "threads": 1},
        **({"carried": carried(answers, keys, given.carry)} if given.carry else {}),
        **summary(rows),
    }
    text = json.dumps(result, ensure_ascii=False, indent=1)
    if not given.no_write:
        given.output.parent.mkdir(exist_ok=True)
        given.output.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0
