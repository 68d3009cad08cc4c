"""The contract's JSON (``evidence-report/1``)."""

from __future__ import annotations

from typing import Any, Literal

from evidence_kit.schema import SCHEMA, Report, dumps, plain


def render(report: Report, *, lang: Literal["zh", "en"] = "zh", indent: int | None = None) -> str:
    """One JSON object, ``schema`` first; ``statement`` is one sentence in ``lang``, as the contract shows it."""
    whole = plain(report)
    whole["statement"] = whole["statement"][lang]
    ordered = {"schema": whole.pop("schema"), **whole}
    return dumps(ordered, indent=indent)


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of what ``render`` gives, generated from the nouns; published as docs/report.schema.json."""
    import msgspec

    made = msgspec.json.schema(Report)
    report = made["$defs"]["Report"]
    report["properties"] = {"schema": {"const": SCHEMA}, **report["properties"], "statement": {"type": "string"}}
    report["properties"]["schema"] = {"const": SCHEMA}
    for shape in made["$defs"].values():
        if shape.get("type") == "object":
            shape["required"] = sorted(shape.get("properties", {}))
            shape["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"evidence-kit report ({SCHEMA})",
        **made,
    }
