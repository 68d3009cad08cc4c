"""Writes what the documents say of the code: the JSON schema, the README's tables and example, the page of rules.

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

from benchmarks.packs import STANDINGS, clause_table, counts, rows  # noqa: E402
from evidence_kit import check  # noqa: E402
from evidence_kit.limits import describe  # noqa: E402
from evidence_kit.packs import load_pack, shipped  # noqa: E402
from evidence_kit.report import text  # noqa: E402
from evidence_kit.report.json import json_schema  # noqa: E402
from evidence_kit.rules import load_rule, rule_ids  # noqa: E402

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EXAMPLE = ROOT / "samples" / "waybill-matches" / "fail-outbound-label"


RULES_HEAD = (
    "Written by `python docs/generate.py`. A pack binds a rule to a clause and gives every limit a value; "
    "`direction` and `sign_off` are taken from the pack unless a rule states its own. "
    "[packs.md](packs.md) shows how to write a pack."
)


def schema() -> str:
    """The report's JSON Schema as the file holds it."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def shown(value: object) -> str:
    """A limit as people write it."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:,g}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def rule_table() -> str:
    """Every clause of the documents and what becomes of it, as the packs benchmark proves it."""
    found = rows()
    told = ", ".join(f"{number} {standing}" for standing, number in counts(found).items() if standing in STANDINGS)
    return f"{len(found)} clauses: {told}.\n\n{clause_table(found)}"


def rules_page() -> str:
    """``docs/rules.md``: every rule with its limits and the packs that ask for it."""
    packs = [load_pack(name) for name in shipped()]
    lines = [
        "# Rules and their limits",
        "",
        RULES_HEAD,
    ]
    for name in rule_ids():
        rule = load_rule(name)
        lines += ["", f"## `{name}` {rule.title.zh}", "", rule.doc.split("\n\n")[0].replace("\n", " "), ""]
        lines += [f"- `{limit}`: {describe(kind)}" for limit, kind in rule.signature.options]
        rows_of = [(pack, binding) for pack in packs for binding in pack.rules if binding.rule.id == name]
        if rows_of:
            lines += ["", "| pack | clause | limits |", "|---|---|---|"]
        for pack, binding in rows_of:
            limits = ", ".join(f"{key} = {shown(value)}" for key, value in binding.limits.items())
            advised = "" if binding.required else ", advised"
            lines.append(f"| `{pack.id}` | {binding.clause}{advised} | {limits} |")
    text = "\n".join(lines) + "\n"
    return re.sub(r"\n{3,}", "\n\n", text)


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
    (ROOT / "docs" / "rules.md").write_text(rules_page(), encoding="utf-8")
    page = ROOT / "README.md"
    page.write_text(readme(page.read_text("utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
