"""Writes the scales' figures into ``docs/document-evidence.md``, so that none is typed by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.pages import put

PAGE = Path(__file__).resolve().parents[1] / "docs" / "document-evidence.md"
PARTS = (
    ("held-out", "**held out, reported**"),
    ("development", "development: kitchen, hanging, courier, market, screen"),
    ("development, former held-out", "development: DSEG displays, terminal"),
    ("development, displays", "development: strokes, sunlit glass, slip, phone"),
    ("development, weighing", "development: large crystals, lamps, meshes, sticker, coarse pixels, app"),
    ("held-out, first draw", "formerly held out, first draw, as read then"),
    ("held-out, second draw", "formerly held out, second draw, as read then"),
    ("held-out, third draw", "formerly held out, third draw, as read then"),
    ("held-out, fourth draw", "formerly held out, fourth draw, as read then"),
)


def write() -> None:
    """Puts the tables in the place of the page's."""
    from benchmarks.documents import RESULT

    put(PAGE, "scales", told(json.loads(RESULT.read_text("utf-8"))))


def told(kept: dict[str, Any]) -> str:
    """The page's part that follows from the results."""
    head = "| photos | misread | wrong unit | legible ones read | unit of these | CPU s a photo |\n"
    head += "|---|---|---|---|---|---|\n"
    rows = [_row(name, kept[f"scales, {part}"]) for part, name in PARTS if f"scales, {part}" in kept]
    reported = kept.get("scales, held-out", {})
    devices = "".join(
        f"| {name} | {row['read']} of {row['legible']} | {row['misread']} of {row['photos']} |\n"
        for name, row in reported.get("by device", {}).items()
    )
    wrong = "".join(
        f"- {row['device']}, {row['harm']}: {row['shown']} read as {row['read'].replace(' None', '')}\n"
        for row in reported.get("wrong", [])
    )
    missed = f"\nMisread among them:\n\n{wrong}" if wrong else ""
    return (
        f"{head}{''.join(rows)}\nThe reported ones by device:\n\n"
        f"| device | legible ones read | misread or wrong unit |\n|---|---|---|\n{devices}{missed}{_left_out(kept)}"
    )


def _left_out(kept: dict[str, Any]) -> str:
    """What becomes of devices of development that the points were not set on."""
    found = kept.get("scales, points")
    if found is None:
        return ""
    accept, around = found["shipped"]
    rates = found["devices left out"]
    return (
        f"\nThe network's number counts from a probability of {accept}, where a covered digit beside it has at most "
        f"{around}: the safer side of what development gives. With each of the {found['devices']} devices of "
        f"development left out while these are set: {_share(rates['read, of the legible'])} of the legible read, "
        f"{_share(rates['misread'])} misread.\n"
    )


def _row(name: str, row: dict[str, Any]) -> str:
    parts = ("misread", "wrong unit", "read, of the legible", "unit read, of those read whose unit is printed")
    cells = " | ".join(_share(row[part]) for part in parts)
    return f"| {name} ({row['photos']}) | {cells} | {row['processor seconds a photo, median']:.2f} |\n"


def _share(rate: dict[str, Any]) -> str:
    low, high = (100 * end for end in rate["ci95"])
    return f"{rate['hits']} of {rate['of']} ({low:.1f}–{high:.1f} %)"
