"""The documents say what the code does."""

import hashlib
import json
import re
import runpy
import tomllib
from pathlib import Path

import pytest

from evidence_kit.facts.sides_shown import TOLD

ROOT = Path(__file__).resolve().parents[1]
GENERATE = runpy.run_path(str(ROOT / "docs" / "generate.py"))


def test_the_published_schema_is_the_code_s():
    assert (ROOT / "docs" / "report.schema.json").read_text("utf-8") == GENERATE["schema"]()


def test_the_readme_s_tables_are_the_packs():
    page = (ROOT / "README.md").read_text("utf-8")
    assert page == GENERATE["readme"](page), "run python docs/generate.py"


def test_the_page_of_rules_is_the_code_s():
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == GENERATE["rules_page"](), "run python docs/generate.py"


def test_ci_runs_the_readme_s_test_command():
    page = (ROOT / "README.md").read_text("utf-8")
    command = re.search(r"One command runs the tests:\n\n```sh\n(.*?)\n```", page, re.DOTALL)[1]
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    for part in ("-m venv .venv", "-e '.[test,bench]'", ".venv/bin/python -m pytest"):
        assert part in command
        assert part in script


def test_readme_commands_exist():
    from evidence_kit.cli import build_parser

    page = (ROOT / "README.md").read_text("utf-8")
    known = next(action for action in build_parser()._actions if action.dest == "command").choices
    for command in re.findall(r"^evidence-kit (\w+)", page, re.MULTILINE):
        assert command in known


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


def test_no_extra_is_named_that_does_not_exist():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for group in re.findall(r"evidence-kit\[([\w,]+)\]", page.read_text("utf-8")):
            assert set(group.split(",")) <= set(extras)


@pytest.mark.parametrize("path", sorted((ROOT / "evidence_kit" / "rules").glob("*.py")), ids=lambda path: path.stem)
def test_samples_that_a_rule_names_exist(path):
    for name in re.findall(r"samples/[\w-]+/[\w-]+", path.read_text("utf-8")):
        assert (ROOT / name / "expected.json").exists(), name


def test_the_same_frame_page_shows_what_was_measured():
    from benchmarks.same_frame_tables import tables

    kept = json.loads((ROOT / "benchmarks" / "results" / "same_frame.json").read_text("utf-8"))
    page = (ROOT / "docs" / "same-frame.md").read_text("utf-8")
    rows = [line for line in tables(kept).splitlines() if line.startswith("| ") and "---" not in line]
    assert len(rows) > 20
    assert [row for row in rows if row not in page] == [], "python -m benchmarks same_frame --part tables"


@pytest.mark.parametrize(
    ("model", "results", "key"),
    [
        ("frame-content", "same_frame.json", "model"),
        ("parcel-pose", "video_sides.json", "model"),
        ("parcel-motion", "video_sides.json", "motion_model"),
        ("parcel-pose", "video_presence.json", "model"),
        ("display-digits", "documents.json", "model"),
    ],
)
def test_card_and_figures_are_of_the_weights_that_ship(model, results, key):
    weights = (ROOT / "models" / model / f"{model}.onnx").read_bytes()
    digest = hashlib.sha256(weights).hexdigest()
    card = (ROOT / "models" / model / "CARD.md").read_text("utf-8")
    kept = json.loads((ROOT / "benchmarks" / "results" / results).read_text("utf-8"))
    assert digest in card
    assert f"{len(weights):,} bytes" in card
    assert kept[key].startswith(digest[:8])


def test_the_document_page_shows_what_was_measured():
    from benchmarks.documents_tables import told

    kept = json.loads((ROOT / "benchmarks" / "results" / "documents.json").read_text("utf-8"))
    assert told(kept) in (ROOT / "docs" / "document-evidence.md").read_text("utf-8"), "python -m benchmarks documents"


def test_what_is_told_of_the_sides_is_what_was_measured_to_be():
    kept = json.loads((ROOT / "benchmarks" / "results" / "video_sides.json").read_text("utf-8"))
    assert kept["told_to_rules"] == sorted(TOLD)


def test_the_performance_page_shows_what_was_measured():
    from benchmarks.speed_tables import steps, told

    kept = json.loads((ROOT / "benchmarks" / "results" / "speed.json").read_text("utf-8"))
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")
    assert told(kept) in page, "python -m benchmarks speed"
    assert steps(kept) and steps(kept) in page, "python -m benchmarks speed profile"


def test_the_pages_of_the_sides_show_what_was_measured():
    from benchmarks.video_sides_tables import PAGES, told

    kept = json.loads((ROOT / "benchmarks" / "results" / "video_sides.json").read_text("utf-8"))
    for page in PAGES:
        assert told(kept) in page.read_text("utf-8"), "python -m benchmarks video_sides"


@pytest.mark.parametrize("part", ["video_continuity", "video_presence", "video_waybill"])
def test_the_page_of_continuity_shows_what_was_measured(part):
    from benchmarks import video_continuity, video_presence, video_waybill

    kept = json.loads((ROOT / "benchmarks" / "results" / f"{part}.json").read_text("utf-8"))
    tables = {
        "video_continuity": lambda: video_continuity.peers_table(kept["splits"][video_continuity.REPORTED]),
        "video_presence": lambda: video_presence.table(kept),
        "video_waybill": lambda: video_waybill.table(kept),
    }
    assert tables[part]() in (ROOT / "docs" / "continuity.md").read_text("utf-8"), f"python -m benchmarks {part}"


def test_the_peers_of_continuity_saw_the_clips_that_the_page_reports():
    from benchmarks.video_continuity import CUTS, REPORTED, RESULTS, TOOLS

    split = json.loads(RESULTS.read_text("utf-8"))["splits"][REPORTED]
    ours = split["full"]
    assert split["peers"].keys() == TOOLS.keys()
    for tool, peer in split["peers"].items():
        assert all(peer["kinds"][kind]["clips"] == ours["kinds"][kind]["clips"] for kind in CUTS), tool
        assert peer["honest"]["minutes"] == ours["honest"]["minutes"], tool
        assert split["packets_masked"]["cuts_f1"]["f1"] > peer["cuts_f1"]["f1"], tool


def test_the_page_of_scan_shows_what_was_measured():
    from benchmarks.scan_tables import told

    kept = json.loads((ROOT / "benchmarks" / "results" / "scan.json").read_text("utf-8"))
    assert told(kept) in (ROOT / "docs" / "scan.md").read_text("utf-8"), "python -m benchmarks scan"
