"""Figures on a page: what a benchmark writes between two marks, so that none is typed by hand."""

from __future__ import annotations

from pathlib import Path


def put(page: Path, name: str, figures: str) -> None:
    """Puts ``figures`` between the marks ``<!-- name: begin -->`` and ``<!-- name: end -->`` of a page, in the place
    of what is there. Raises ValueError where the page has no such marks."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    text = page.read_text("utf-8")
    first, last = text.index(begin) + len(begin), text.index(end)
    page.write_text(text[:first] + figures + text[last:], "utf-8")
