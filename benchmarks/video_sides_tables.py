"""Writes the sides benchmark's figures into its page and the model's card, so that none is typed by hand."""

from __future__ import annotations

from collections import Counter
from typing import Any

from benchmarks.pages import put
from benchmarks.peers.processes import ROOT

PAGES = (ROOT / "docs" / "six-sides.md", ROOT / "models" / "parcel-pose" / "CARD.md")
ROWS = (
    ("six or not, of those told", "≥ 92 %", "six_or_not_of_told"),
    ("could not be told", "≤ 25 %", "cannot_tell"),
    ("exact count, of those told", "", "exact_count_of_told"),
    ("six called, of incomplete clips", "≤ 2 %", "false_six_of_incomplete"),
    ("six called, of complete clips", "", "six_called_of_complete"),
    ("opening within 1 s", "≥ 90 %", "opening_within_near_s"),
    ("… of boxes", "", "opening_within_near_s_of_boxes"),
    ("… of those with one told", "", "opening_within_near_s_of_told"),
    ("an opening told where there is none", "", "opening_of_never_opened"),
    ("goods first seen within 1 s", "", "goods_within_near_s"),
    ("plainly opened starts called", "≥ 80 %", "plainly_opened_starts_called"),
    ("opened starts called, all", "", "opened_starts_called"),
    ("… of boxes", "", "opened_starts_called_of_boxes"),
    ("sealed starts called opened", "0", "sealed_starts_called_opened"),
    ("opened starts called sealed", "", "opened_starts_called_sealed"),
)
"""What a row says, its bar, and its key in the results."""
PARTS = {"tune": "tune", "heldout": "held-out", "heldout_seen": "held-out, counted before"}


def write(results: dict[str, Any]) -> None:
    """Puts the table of ``results`` in the place of the pages'."""
    for page in PAGES:
        put(page, "sides", told(results))


def told(results: dict[str, Any]) -> str:
    """The table: counts with 95 % intervals, for each part that was measured; and why no number was told."""
    parts = {name: results["splits"][key] for key, name in PARTS.items() if key in results["splits"]}
    head = "".join(f" {name} ({part['clips']} clips) |" for name, part in parts.items())
    lines = [f"| | bar |{head}\n|---|---|{'---|' * len(parts)}\n"]
    for name, bar, key in ROWS:
        lines.append(f"| {name} | {bar} |{''.join(f' {_share(part[key])} |' for part in parts.values())}\n")
    why = Counter(results["splits"]["heldout"]["why"])
    lines.append(f"\nWhy the number was not told, held-out: {', '.join(f'{k} {n}' for k, n in why.items())}.\n")
    if results.get("cost"):
        cost = results["cost"]
        lines.append(
            f"Cost on one minute of 1080p30: {cost['looks']} looks; CPU of the looking (making the views, network and "
            f"all) ÷ plain one-thread decode {cost['ratio_median']}; with the parcel followed and its sides counted "
            f"{cost['ratio_counted_median']}.\n"
        )
    return "".join(lines)


def _share(rate: dict[str, Any]) -> str:
    low, high = rate["ci95"]
    return f"{rate['hits']} of {rate['of']} ({100 * low:.0f}–{100 * high:.0f} %)"
