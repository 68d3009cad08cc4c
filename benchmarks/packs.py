"""What becomes of every clause of the documents: decided, for review, a human's, or not applicable, and what proves it.

``python -m benchmarks packs [--out FILE]`` judges every sample, sets it beside its ``expected.json`` and prints two
tables: clauses (R01-R65) and packs. The README's table is made by the same functions, from the packs, the samples'
expectations and ``docs/clauses.toml``, without judging. Exit code 1 where a sample does not come to what it should,
or a pack lacks samples of three kinds.

A clause is *decided* where a rule of a pack is bound to it and samples prove that it can pass and can fail; *review*
where a rule speaks of it and the worst it says is that a person must look; *human* where only a checklist asks.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from evidence_kit.packs import Pack, load_pack, shipped
from samples.form import KNOWN_MISSES

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
CLAUSES = ROOT / "docs" / "clauses.toml"
RESULT = ROOT / "benchmarks" / "results" / "packs.json"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
OUTCOMES = ("pass", "fail", "review", "not_applicable")
LEAST_KINDS = 3
"""Samples of a pack must show so many different outcomes, or so many samples: pass, fail, and one that is neither."""
STANDINGS = ("decided", "review", "human", "not applicable")


@dataclass(frozen=True)
class Clause:
    """One clause of a document."""

    id: str
    quotes: tuple[str, ...]
    sources: tuple[str, ...]
    same: str | None = None
    human: str | None = None
    not_applicable: str | None = None
    tested: str | None = None
    """The test that shows a fail where no sample does: a file of 300 MB is not kept."""

    @property
    def why(self) -> str:
        """Why no pack asks for it; empty where one does."""
        return (f"as {self.same}" if self.same else self.human or self.not_applicable) or ""


@dataclass(frozen=True)
class Sample:
    """One submission with its pack and what each of its rules should come to."""

    name: str
    pack: str
    verdict: str | None
    findings: tuple[tuple[str, str], ...]
    """Rule and outcome."""


@dataclass
class Row:
    """What becomes of one clause."""

    clause: Clause
    standing: str
    rules: list[str] = field(default_factory=list)
    packs: list[str] = field(default_factory=list)
    proofs: dict[str, str] = field(default_factory=dict)
    """Outcome -> the sample that shows it."""
    asks_a_person: bool = False
    """A checklist asks a person for it too."""


@cache
def clauses() -> tuple[Clause, ...]:
    """All clauses, in order."""
    table: list[dict[str, Any]] = tomllib.loads(CLAUSES.read_text("utf-8"))["clauses"]
    return tuple(
        Clause(row.pop("id"), tuple(row.pop("quotes")), tuple(row.pop("sources")), **row)  # the rest is as named
        for row in table
    )


@cache
def packs() -> tuple[Pack, ...]:
    """The shipped packs."""
    return tuple(load_pack(name) for name in shipped())


@cache
def samples() -> tuple[Sample, ...]:
    """The samples that name a pack, with their expectations."""
    found = []
    for path in sorted(SAMPLES.glob("*/*/expected.json")):
        stated = tomllib.loads((path.parent / "submission.toml").read_text("utf-8"))
        expected = json.loads(path.read_text("utf-8"))
        name = f"{path.parent.parent.name}/{path.parent.name}"
        findings = tuple((entry["rule"], entry["outcome"]) for entry in expected["findings"])
        found.append(Sample(name, stated.get("pack", "card"), expected.get("verdict"), findings))
    return tuple(found)


def rows() -> list[Row]:
    """What becomes of every clause."""
    made = {clause.id: _row(clause) for clause in clauses()}
    for row in made.values():
        if row.clause.same:
            other = made[row.clause.same]
            row.standing, row.rules, row.packs, row.proofs = other.standing, other.rules, other.packs, other.proofs
    return list(made.values())


def _row(clause: Clause) -> Row:
    row = Row(clause, "human" if clause.human else "not applicable")
    bound: set[tuple[str, str]] = set()
    for pack in packs():
        of_pack = [binding.rule.id for binding in pack.rules if binding.clause == clause.id]
        asked = any(entry.clause == clause.id for entry in pack.checklist)
        if of_pack or asked:
            row.packs.append(pack.id)
        row.rules += [rule for rule in of_pack if rule not in row.rules]
        row.asks_a_person |= asked
        bound |= {(pack.id, rule) for rule in of_pack}
    for outcome in OUTCOMES:
        showing = [
            (sample, rule)
            for sample in samples()
            for rule, came in sample.findings
            if came == outcome and (sample.pack, rule) in bound
        ]
        if showing:
            row.proofs[outcome] = min((_distance(*pair, outcome), pair[0].name) for pair in showing)[1]
    if bound:
        row.standing = "decided" if {"pass", "fail"} <= set(row.proofs) or clause.tested else "review"
    elif row.asks_a_person:
        row.standing = "human"
    return row


def _distance(sample: Sample, rule: str, outcome: str) -> tuple[bool, bool, int]:
    """A sample proves best what its folder is named for, and the better the less else is expected of it."""
    about, _, name = sample.name.partition("/")
    return about != rule, not name.startswith(f"{outcome}-"), len(sample.findings)


def shown_by(pack: str) -> Mapping[str, str]:
    """Outcome -> a sample of ``pack`` that shows it; whole verdicts first, then single rules."""
    found: dict[str, str] = {}
    own = [sample for sample in samples() if sample.pack == pack]
    for sample in own:
        if sample.verdict:
            found.setdefault(sample.verdict, sample.name)
    for sample in own:
        for _, outcome in sample.findings:
            found.setdefault(outcome, sample.name)
    return found


def short_of_samples() -> list[str]:
    """Packs with fewer than three samples, or without pass, fail and one that is neither."""
    short = []
    for pack in packs():
        kinds = set(shown_by(pack.id))
        enough = sum(sample.pack == pack.id for sample in samples()) >= LEAST_KINDS
        if not (enough and {"pass", "fail"} <= kinds and kinds & {"review", "not_applicable"}):
            short.append(pack.id)
    return short


# --- tables ---


def clause_table(found: Iterable[Row], link: str = "samples/") -> str:
    """R01-R65 as a Markdown table."""
    lines = ["| clause | document | what becomes of it | rules | shown by |", "|---|---|---|---|---|"]
    for row in found:
        words = "<br>".join(f"「{quote}」" for quote in row.clause.quotes)
        rules = ", ".join(f"`{rule}`" for rule in row.rules) or row.clause.why
        both = row.asks_a_person and row.standing in ("decided", "review")
        standing = f"**{row.standing}**" + (" + human" if both else "")
        proofs = " ".join(
            f"[{outcome.replace('_', ' ')}]({link}{row.proofs[outcome]})"
            for outcome in OUTCOMES
            if outcome in row.proofs
        )
        if row.clause.tested:
            proofs += f" [test]({row.clause.tested})"
        source = ", ".join(row.clause.sources)
        lines.append(f"| {row.clause.id} | {words} {source} | {standing} | {rules} | {proofs} |")
    return "\n".join(lines)


def counts(found: Iterable[Row]) -> dict[str, int]:
    """How many clauses stand how."""
    every = [row.standing for row in found]
    return {standing: every.count(standing) for standing in STANDINGS}


# --- judging ---


def judged(wanted: Sequence[Sample]) -> Iterator[tuple[Sample, str, list[str]]]:
    """Each sample with the verdict it came to and what of its expectation did not hold."""
    from evidence_kit import check

    for sample in wanted:
        report = check(SAMPLES / sample.name, now=NOW)
        came = {(finding.rule, finding.outcome.value) for finding in report.findings}
        wrong = [f"{rule} is not {outcome}" for rule, outcome in sample.findings if (rule, outcome) not in came]
        if sample.verdict not in (None, report.verdict):
            wrong.append(f"verdict {report.verdict}, not {sample.verdict}")
        if sample.name in KNOWN_MISSES:
            wrong = [] if wrong else [f"no longer a known miss: {KNOWN_MISSES[sample.name]}"]
        yield sample, report.verdict, wrong


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks packs", description=__doc__)
    parser.add_argument("--out", type=Path, default=RESULT, metavar="FILE")
    parser.add_argument("--only", default="", metavar="TEXT", help="judge the samples whose path holds this; no result")
    options = parser.parse_args(argv)
    wanted = [sample for sample in samples() if options.only in sample.name]
    wrong: dict[str, list[str]] = {}
    for place, (sample, verdict, unmet) in enumerate(judged(wanted), 1):
        print(f"[{place}/{len(wanted)}] {sample.name}: {verdict} {'; '.join(unmet)}", file=sys.stderr)
        if unmet:
            wrong[sample.name] = unmet
    found = rows()
    for row in found:
        proofs = ", ".join(f"{outcome}: {row.proofs[outcome]}" for outcome in OUTCOMES if outcome in row.proofs)
        print(f"{row.clause.id}  {row.standing:<14}  {', '.join(row.rules) or row.clause.why:<60}  {proofs}")
    of_packs = {pack.id: [sample.name for sample in samples() if sample.pack == pack.id] for pack in packs()}
    print()
    for name, of_pack in of_packs.items():
        print(f"{name:<30}{len(of_pack):>4} samples: {', '.join(sorted(shown_by(name)))}")
    short = short_of_samples()
    print(f"\n{counts(found)}; {len(wanted)} samples judged, {len(wrong)} not as expected; short of samples: {short}")
    if not options.only:
        write(options.out, found, of_packs, wrong)
    return 1 if wrong or short else 0


def write(out: Path, found: list[Row], of_packs: Mapping[str, list[str]], wrong: Mapping[str, list[str]]) -> None:
    """The result as JSON."""
    result: dict[str, Any] = {
        "counts": counts(found),
        "clauses": {
            row.clause.id: {
                "standing": row.standing,
                "rules": row.rules,
                "packs": row.packs,
                "samples": row.proofs,
                "why": row.clause.why,
            }
            for row in found
        },
        "packs": of_packs,
        "samples": sum(map(len, of_packs.values())),
        "not_as_expected": wrong,
        "known_misses": KNOWN_MISSES,
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
