"""The JSON Schema of the contract's report (``evidence-report/1``); the JSON itself is ``Report.to_json``."""

from __future__ import annotations

from typing import Any

from evidence_kit.schema import SCHEMA, Report


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12), generated from the nouns and published as docs/report.schema.json."""
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
