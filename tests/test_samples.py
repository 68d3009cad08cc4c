"""Every sample does what its ``expected.json`` says, which was written from how the scene was made."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from evidence_kit import check
from evidence_kit.cli import EXIT_CODES
from evidence_kit.report.json import json_schema
from samples.form import KNOWN_MISSES

ROOT = Path(__file__).resolve().parents[1] / "samples"
SAMPLES = sorted(path.parent for path in ROOT.glob("*/*/expected.json"))
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_there_are_samples():
    assert len(SAMPLES) >= 16


def differences(expected, report):
    """What of ``expected`` (a subset) the report does not hold."""
    if "verdict" in expected and expected["verdict"] != report["verdict"]:
        yield f"verdict is {report['verdict']}"
    if "exit_code" in expected and expected["exit_code"] != EXIT_CODES[report["verdict"]]:
        yield f"exit code is {EXIT_CODES[report['verdict']]}"
    for wanted in expected.get("findings", []):
        of_rule = [finding for finding in report["findings"] if finding["rule"] == wanted["rule"]]
        if not any(wanted.items() <= finding.items() for finding in of_rule):
            seen = [(finding["target"], finding["outcome"], finding["reason"]) for finding in of_rule]
            yield f"{wanted} is not among {seen}"
    unknown = set(expected) - {"verdict", "exit_code", "findings", "facts"}
    assert not unknown, f"expected.json says what is not compared: {unknown}"
    for key, wanted in expected.get("facts", {}).items():
        if wanted != report["facts"][key]:
            yield f"facts.{key} is {report['facts'][key]}"


def named(path):
    name = f"{path.parent.name}/{path.name}"
    why = KNOWN_MISSES.get(name)
    marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
    return pytest.param(path, id=name, marks=marks)


@pytest.mark.parametrize("folder", [named(sample) for sample in SAMPLES])
def test_sample(folder):
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    report = json.loads(check(folder, now=NOW).to_json())
    jsonschema.validate(report, json_schema(), cls=jsonschema.Draft202012Validator)
    assert list(differences(expected, report)) == []


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_sample_photos_are_light_and_the_name_tells_the_outcome(folder):
    for path in folder.iterdir():
        assert path.stat().st_size <= 300_000
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    outcome = folder.name.split("-")[0]
    assert outcome in ("pass", "fail", "review")
    own = [finding for finding in expected["findings"] if finding["rule"] == folder.parent.name]
    assert any(finding["outcome"] == outcome for finding in own)


def test_the_same_submission_gives_the_same_report(tmp_path):
    folder = tmp_path / "case"
    shutil.copytree(ROOT / "waybill-matches" / "pass-return", folder)
    whole = next(folder.glob("*.jpg")).read_bytes()
    (folder / "half.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "none.jpg").write_bytes(whole[:300])
    first, second = (json.loads(check(folder, now=NOW, jobs=jobs).to_json()) for jobs in (1, 2))
    first.pop("run")
    second.pop("run")
    assert first == second
