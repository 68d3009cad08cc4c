"""Contact sheets of what evidence-kit misread or missed: ``python -m benchmarks waybill_sheets [--part heldout]``.

Draws the photos of the last run again and puts their labels, straightened, on sheets under
``benchmarks/out/waybill/sheets`` (not committed): the truth below each, and what was read.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.peers.processes import KIT
from benchmarks.waybill import OUT, Answers, Shot, fingerprint, photo_of
from benchmarks.waybill_score import is_of, numbers_of

SIDE = 640
ACROSS = 5
PER_SHEET = 15


def faulty(row: dict[str, Any]) -> str | None:
    """``misread`` or ``missed``; None where all is well."""
    numbers = numbers_of(row)
    if any(not any(is_of(n, label) for label in row["labels"]) for n in numbers):
        return "misread"
    if any(label["legible"] and not any(is_of(n, label) for n in numbers) for label in row["labels"]):
        return "missed"
    return None


def cell(row: dict[str, Any], fault: str, folder: Path) -> Any:
    """One photo, shrunk, with truth and answer below."""
    import cv2
    import numpy as np

    part, name = row["key"].split("/")
    seed = int(name) if name.isdigit() else None
    path, _ = photo_of(Shot(part, name, seed, None if seed is not None else row.get("path")), folder)
    picture: Any = cv2.imread(str(path), cv2.IMREAD_COLOR)
    scale = SIDE / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    framed = np.zeros((SIDE + 60, SIDE, 3), np.uint8)
    framed[: small.shape[0], : small.shape[1]] = small
    truth = " ".join(label["numbers"][0] for label in row["labels"])
    for line, (text, shade) in enumerate(
        ((f"{fault} {row['key']} {truth}", (255, 255, 255)), (f"read {numbers_of(row)}", (120, 220, 255)))
    ):
        cv2.putText(framed, text[:78], (6, SIDE + 22 + 26 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.5, shade, 1, cv2.LINE_AA)
    return framed


def main(argv: list[str]) -> int:
    """Writes the sheets and prints their names."""
    import cv2
    import numpy as np

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks waybill_sheets", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--part", default="heldout")
    parser.add_argument("--also", type=Path, action="append", default=[])
    parser.add_argument("--most", type=int, default=60)
    given = parser.parse_args(argv)
    answers = Answers(OUT / "answers.jsonl", resume=True)
    for path in given.also:
        answers.take(path)
    code = fingerprint()
    rows = [r for r in answers.rows.values() if r["reader"] == KIT and r["code"] == code and r["part"] == given.part]
    found = [(fault, row) for row in rows if (fault := faulty(row)) is not None]
    found.sort(key=lambda pair: (pair[0], pair[1]["key"]))
    sheets = OUT / "sheets"
    sheets.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, min(len(found), given.most), PER_SHEET):
            cells = [cell(row, fault, Path(folder)) for fault, row in found[start : start + PER_SHEET]]
            cells += [np.zeros_like(cells[0])] * (-len(cells) % ACROSS)
            sheet = np.vstack([np.hstack(cells[i : i + ACROSS]) for i in range(0, len(cells), ACROSS)])
            path = sheets / f"{given.part}-{start // PER_SHEET:02d}.png"
            cv2.imwrite(str(path), sheet)
            print(path)
    print(json.dumps([f"{fault} {row['key']}" for fault, row in found]))
    return 0
