"""Writes what the documents say of the code: the JSON schema, and the README's rule table and example report.

``python docs/generate.py`` writes; ``tests/test_docs.py`` fails where a document has fallen behind.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from evidence_kit import check  # noqa: E402
from evidence_kit.packs import load_pack, shipped  # noqa: E402
from evidence_kit.report import text  # noqa: E402
from evidence_kit.report.json import json_schema  # noqa: E402

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EXAMPLE = ROOT / "samples" / "waybill-matches" / "fail-outbound-label"


def schema() -> str:
    """The report's JSON Schema as the file holds it."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def shown(value: object) -> str:
    """A limit as people write it."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:,g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def rule_table() -> str:
    """Every rule of every pack with its clauses and limits, as a Markdown table."""
    rows: dict[str, tuple[str, list[str], list[str]]] = {}
    for name in shipped():
        pack = load_pack(name)
        for binding in pack.rules:
            title, clauses, limits = rows.setdefault(binding.rule.id, (binding.rule.title.zh, [], []))
            said = f"{binding.clause} 「{binding.quote}」"
            if said not in clauses:
                clauses.append(said)
            for key, value in binding.limits.items():
                limit = f"{key} = {shown(value)}"
                if limit not in limits:
                    limits.append(limit)
    lines = ["| rule | 中文 | clause | limits in the packs |", "|---|---|---|---|"]
    for rule, (title, clauses, limits) in sorted(rows.items()):
        lines.append(f"| `{rule}` | {title} | {'<br>'.join(clauses)} | {'<br>'.join(limits)} |")
    return "\n".join(lines)


def pack_table() -> str:
    """The packs in the clerk's words."""
    lines = ["| pack | 名称 | 什么时候用 | document |", "|---|---|---|---|"]
    for name in shipped():
        pack = load_pack(name)
        lines.append(f"| `{pack.id}` | {pack.title.zh} | {pack.summary.zh} | {pack.source}, {pack.dated} |")
    return "\n".join(lines)


def example(lang: str) -> str:
    """The text report of a shipped sample."""
    report = check(EXAMPLE, now=NOW)
    return "```text\n" + text.render(report, lang="zh" if lang == "zh" else "en") + "```"


def readme(current: str) -> str:
    """``current`` with its generated blocks made anew."""
    blocks = {"packs": pack_table, "rules": rule_table, "example-zh": lambda: example("zh")}
    for name, make in blocks.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        if not pattern.search(current):
            raise SystemExit(f"README.md has no block {name}")
        made = make()
        current = pattern.sub(lambda _, begin=begin, made=made, end=end: f"{begin}\n{made}\n{end}", current)
    return current


def main() -> None:
    (ROOT / "docs" / "report.schema.json").write_text(schema(), encoding="utf-8")
    page = ROOT / "README.md"
    page.write_text(readme(page.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
