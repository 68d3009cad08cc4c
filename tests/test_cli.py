"""The command line as its users meet it: exit codes, streams, bad input."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evidence_kit.cli import main

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
NOW = ["--now", "2026-11-21T17:00:00+08:00", "--cache", "off", "-q"]


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


@pytest.fixture
def case(tmp_path):
    """A copy of a sample that may be spoilt."""
    return Path(shutil.copytree(SAMPLES / "waybill-matches" / "pass-return", tmp_path / "案件 1"))


def findings(out, rule):
    return [finding for finding in json.loads(out)["findings"] if finding["rule"] == rule]


def test_json_is_the_only_thing_on_stdout(capsys, case):
    code, out, _ = run(capsys, "check", case, "--format", "json", *NOW)
    report = json.loads(out)
    assert next(iter(report)) == "schema"
    assert report["schema"] == "evidence-report/1"
    assert code == {"pass": 0, "fail": 1, "review": 3}[report["verdict"]]


@pytest.mark.parametrize(("lang", "word"), [("zh", "逐项结果"), ("en", "Every rule")])
def test_both_languages(capsys, case, lang, word):
    _, out, _ = run(capsys, "check", case, "--lang", lang, *NOW)
    assert word in out


def test_the_locale_chooses_the_language(case):
    for stated, word in (("zh_CN.UTF-8", "逐项结果"), ("C.UTF-8", "Every rule")):
        ran = subprocess.run(
            [sys.executable, "-m", "evidence_kit", "check", str(case), *NOW],
            env={**os.environ, "LC_ALL": stated, "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            check=False,
        )
        assert word in ran.stdout


def test_facts_on_the_command_line_override_the_manifest(capsys, case):
    _, before, _ = run(capsys, "check", case, "--format", "json", *NOW)
    _, after, _ = run(capsys, "check", case, "--format", "json", "--waybill", "SF9999999999999", *NOW)
    assert findings(before, "waybill-matches")[0]["outcome"] == "pass"
    assert findings(after, "waybill-matches")[0]["outcome"] == "fail"


def test_waybill_goes_where_the_pack_points(capsys, case):
    number = ["--waybill", "SF9999999999999", "--reveal", "--format", "json", *NOW]
    for pack, key in (("pinduoduo-return-damaged", "return_waybills"), ("yiritao-self-refund", "outbound_waybills")):
        _, out, _ = run(capsys, "check", case, "--pack", pack, *number)
        assert json.loads(out)["submission"]["case"]["order"][key] == ["SF9999999999999"]


def test_output_file(capsys, case, tmp_path):
    target = tmp_path / "report.json"
    _, out, _ = run(capsys, "check", case, "--format", "json", "--output", target, *NOW)
    assert out == ""
    assert json.loads(target.read_text("utf-8"))["schema"] == "evidence-report/1"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "nowhere"], "nowhere"),
        (["check", "{case}", "--pack", "nope"], "no pack 'nope'"),
        (["check", "{case}", "--now", "yesterday"], "--now"),
        (["check", "{case}", "--signed-at", "2026-99-01"], "signed_at"),
        (["check", "{case}", "--output", "/nowhere/at/all/x.json"], "x.json"),
        (["explain", "no-such-rule"], "no-such-rule"),
        (["packs", "--check", "nowhere.toml"], "nowhere.toml"),
        (["scan", "nowhere", "--out", "{case}/out"], "not a folder"),
    ],
)
def test_wrong_usage_is_exit_code_two_and_names_the_place(capsys, case, arguments, says):
    arguments = [argument.replace("{case}", str(case)) for argument in arguments]
    if arguments[0] == "check":
        arguments += [word for word in NOW if "--now" not in arguments or word not in NOW[:2]]
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert says in err


def test_an_empty_folder(capsys, tmp_path):
    code, _, err = run(capsys, "check", tmp_path, *NOW)
    assert code == 2
    assert str(tmp_path.name) in err


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("return_waybil = ['X']", "return_waybills"),
        ("return_signed_at = 'soon'", "return_signed_at"),
        ("return_signed_at = 2026-11-20", "return_signed_at"),
        ("[[files]]\npath = '../../etc/passwd'", "path"),
        ("[[files]]\npath = '/etc/passwd'", "path"),
        ("[[files]]\npath = 'absent.jpg'", "absent.jpg"),
        ("[[files]]\npath = '1.jpg'\nrole = 'selfie'", "role"),
        ("= broken", "submission.toml"),
    ],
)
def test_manifest_errors_name_file_and_key(capsys, case, line, says):
    (case / "submission.toml").write_text(f"[order]\n{line}\n", encoding="utf-8")
    code, _, err = run(capsys, "check", case, *NOW)
    assert code == 2
    assert "submission.toml" in err
    assert says in err


def test_bad_files_are_findings_and_the_others_are_still_judged(capsys, case):
    (case / "submission.toml").unlink()
    (case / "empty.jpg").write_bytes(b"")
    (case / "noise.png").write_bytes(os.urandom(4096))
    shutil.copy(case / "1.jpg", case / "lies.png")
    whole = (case / "1.jpg").read_bytes()
    (case / "cut.jpg").write_bytes(whole[:200])
    code, out, _ = run(capsys, "check", case, "--format", "json", *NOW)
    by_file = {finding["target"]: finding for finding in findings(out, "photo-readable")}
    assert code == 1
    for name in ("empty.jpg", "noise.png", "cut.jpg"):
        assert (by_file[name]["outcome"], by_file[name]["reason"]) == ("fail", "FORMAT")
    for name in ("1.jpg", "lies.png"):
        assert by_file[name]["outcome"] == "pass"
    assert findings(out, "waybill-readable")[0]["outcome"] == "pass"


def test_thirty_photos_and_which_six_to_keep(capsys, case):
    (case / "submission.toml").unlink()
    for place in range(2, 31):
        (case / f"{place}.jpg").write_bytes((case / "1.jpg").read_bytes() + bytes([place]))
    _, out, _ = run(capsys, "check", case, "--format", "json", *NOW)
    (count,) = findings(out, "photo-count")
    assert (count["outcome"], count["reason"]) == ("fail", "TOO_MANY_PHOTOS")
    assert count["actual"]["value"] == 30
    assert count["advice"]["en"].count(".jpg") == 6


def test_absurd_exif_is_no_capture_time(capsys, case):
    from PIL import Image

    (case / "submission.toml").unlink()
    with Image.open(case / "1.jpg") as picture:
        exif = picture.getexif()
        exif.get_ifd(0x8769)[0x9003] = "9999:99:99 99:99:99"
        picture.save(case / "1.jpg", exif=exif)
    code, out, _ = run(capsys, "check", case, "--format", "json", "--signed-at", "2026-11-20 10:00", *NOW)
    assert code in (0, 1, 3)
    assert json.loads(out)["facts"]["times"] == []
    assert findings(out, "captured-after-sign-off")[0]["outcome"] == "not_applicable"


def test_a_file_name_cannot_write_into_the_terminal(capsys, case):
    (case / "submission.toml").unlink()
    (case / "1.jpg").rename(case / "a\x1b[31m\u202eb.jpg")
    _, out, _ = run(capsys, "check", case, "--lang", "en", *NOW)
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_scan_writes_a_line_a_case_and_goes_on_after_a_broken_one(capsys, tmp_path):
    cases = tmp_path / "cases"
    shutil.copytree(SAMPLES / "waybill-matches" / "pass-return", cases / "good")
    shutil.copytree(SAMPLES / "waybill-matches" / "pass-return", cases / "broken")
    (cases / "broken" / "submission.toml").write_text("[order\n", encoding="utf-8")
    (cases / "empty").mkdir()
    out_folder = tmp_path / "out"
    code, _, _ = run(capsys, "scan", cases, "--out", out_folder, *NOW)
    lines = [json.loads(line) for line in (out_folder / "reports.jsonl").read_text("utf-8").splitlines()]
    assert {line["submission"]["id"] for line in lines} == {"good", "broken", "empty"}
    status = {line["submission"]["id"]: line["run"]["status"] for line in lines}
    assert status == {"good": "complete", "broken": "incomplete", "empty": "incomplete"}
    assert json.loads((out_folder / "summary.json").read_text("utf-8"))["cases"] == 3
    assert code in (1, 3)


def test_help_imports_no_imaging_library():
    program = (
        "import sys, contextlib, io\n"
        "from evidence_kit.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    main(['--help'])\n"
        "print(sorted(set(sys.modules) & {'numpy', 'cv2', 'PIL', 'av', 'onnxruntime', 'zxingcpp', 'rapidocr'}))\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.strip() == "[]"


def test_judging_again_from_the_cache_loads_no_imaging_library(tmp_path):
    sample = str(ROOT / "samples" / "waybill-readable" / "pass-barcode")
    program = (
        "import sys\n"
        "from evidence_kit.cli import main\n"
        f"code = main(['check', {sample!r}, '--cache', {str(tmp_path)!r}, '-q', '--format', 'json', *{NOW[:2]!r}])\n"
        "heavy = {'numpy', 'cv2', 'PIL', 'av', 'onnxruntime', 'zxingcpp', 'importlib.metadata'}\n"
        "print(code, sorted(set(sys.modules) & heavy), file=sys.stderr)\n"
    )
    words = [sys.executable, "-c", program]
    first, again = (subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True) for _ in range(2))
    assert "cv2" in first.stderr
    assert again.stderr.strip() == "0 []"
    assert {**json.loads(first.stdout), "run": None} == {**json.loads(again.stdout), "run": None}


@pytest.mark.parametrize("command", ["check", "scan", "packs", "explain", "cache", "doctor"])
def test_every_command_has_help(capsys, command):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert command in capsys.readouterr().out


def test_explain_and_packs(capsys):
    code, out, _ = run(capsys, "explain", "within-window")
    assert code == 0
    assert "签收后24h内举证" in out
    code, out, _ = run(capsys, "packs", "--lang", "zh")
    assert code == 0
    assert "pinduoduo-return-damaged" in out


def test_the_cache_is_kept_shown_and_dropped(capsys, case, tmp_path):
    folder = tmp_path / "kept"
    now = ["--now", "2026-11-21T17:00:00+08:00", "-q", "--format", "json"]
    _, first, _ = run(capsys, "check", case, "--cache", folder, *now)
    _, second, _ = run(capsys, "check", case, "--cache", folder, *now)
    one, two = json.loads(first), json.loads(second)
    one.pop("run"), two.pop("run")
    assert one == two
    _, out, _ = run(capsys, "cache", "info", "--cache", folder)
    assert " 0 measurements" not in out
    run(capsys, "cache", "clear", "--cache", folder)
    _, out, _ = run(capsys, "cache", "info", "--cache", folder)
    assert "0 measurements" in out
    for path in folder.rglob("*"):
        assert b"1.jpg" not in path.read_bytes()


def test_the_windows_launcher_runs_commands_that_exist(capsys, case, tmp_path):
    content = (Path(__file__).parents[1] / "docs" / "windows" / "凭证检查.bat").read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") and not content.startswith(b"\xef\xbb\xbf")
    called = [line.split() for line in content.decode("utf-8").splitlines() if "evidence-kit " in line]
    called = [words for words in called if words[0] == "evidence-kit"]
    assert [words[1] for words in called] == ["serve", "check"]
    out = tmp_path / "报告 1.html"
    given = {"%*": str(case), '"%TEMP%\\evidence-kit.html"': str(out)}
    assert main([given.get(word, word) for word in called[1][1:]]) in (0, 1)
    assert out.read_text("utf-8").startswith("<!doctype html>")
