"""The contract's JSON (``evidence-report/1``)."""

from __future__ import annotations

from typing import Literal

from evidence_kit.schema import Report, dumps, plain


def render(report: Report, *, lang: Literal["zh", "en"] = "zh", indent: int | None = None) -> str:
    """One JSON object, ``schema`` first; ``statement`` is one sentence in ``lang``, as the contract shows it."""
    whole = plain(report)
    whole["statement"] = whole["statement"][lang]
    ordered = {"schema": whole.pop("schema"), **whole}
    return dumps(ordered, indent=indent)
