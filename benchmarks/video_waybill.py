"""The waybill in a video: what the kit reads off a few frames, beside zxing-cpp on every frame at full resolution.

``python -m benchmarks video_waybill [--clips N] [--folder DIR]``

Clips are held out (benchmarks/synth/label_clips.py: labels, fonts, scenes and seeds of their own). The comparison is
made on those in which zxing-cpp alone reads ten frames or more; numbers of the other clips count too, and a number
that the label does not carry is a misread. Answers are kept in DIR, so that a run can be taken up again; those of the
kit count only for the code that gave them. Results: results/video_waybill.json and the table of docs/continuity.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.pages import put
from benchmarks.same_frame import wilson
from evidence_kit.facts.waybill_numbers import of_barcode, same_number

ROOT = Path(__file__).parent
RESULTS = ROOT / "results" / "video_waybill.json"
PAGE = ROOT.parent / "docs" / "continuity.md"
READABLE = 10
"""Frames read by zxing-cpp from which on a clip is one in which the label can be read."""
EVERY_THIRD = 3
CODE = ("footage", "label_frames", "frame_codes", "frame_texts", "codes", "close_look", "bar_regions", "number_lines")

Row = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    import cv2

    from benchmarks.speed_media import program
    from benchmarks.synth.label_clips import build

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks video_waybill", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--clips", type=int, default=90)
    parser.add_argument("--folder", type=Path, default=ROOT / "out" / "video-waybill")
    chosen = parser.parse_args(argv)
    cv2.setNumThreads(1)
    truth = build(chosen.folder, chosen.clips, program())
    every = _kept(chosen.folder / "every.jsonl", truth, "", lambda row: every_frame(chosen.folder / row["file"]))
    code = fingerprint()
    ours = _kept(chosen.folder / "kit.jsonl", truth, code, lambda row: kit(chosen.folder / row["file"]))
    result = {"code": code, **summary(truth, every, ours)}
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    put(PAGE, "waybill", table(result))
    print(json.dumps({name: value for name, value in result.items() if name != "clips"}, ensure_ascii=False, indent=1))
    return 1 if result["misreads"] else 0


def fingerprint() -> str:
    """A short hash of the code that the kit's answers depend on."""
    total = hashlib.sha256()
    for name in CODE:
        total.update((ROOT.parent / "evidence_kit" / "sensors" / f"{name}.py").read_bytes())
    return total.hexdigest()[:12]


def _kept(path: Path, truth: list[Row], code: str, answer: Any) -> dict[str, Row]:
    """Answers by file, asked for where none is kept for this code."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    found = {line["file"]: line for line in lines if line["code"] == code}
    for row in truth:
        if row["file"] not in found:
            found[row["file"]] = {"file": row["file"], "code": code, **answer(row)}
            with path.open("a", encoding="utf-8") as out:
                out.write(json.dumps(found[row["file"]], ensure_ascii=False) + "\n")
    return found


def every_frame(path: Path) -> Row:
    """zxing-cpp with its own settings on every frame; on every third one also as a light decode shows it."""
    from evidence_kit.sensors.footage import Footage

    read = [_numbers(frame.luma()) for frame in Footage(str(path)).frames()]
    light = [
        bool(_numbers(frame.luma()))
        for place, frame in enumerate(Footage(str(path)).frames(skip_loop_filter=True))
        if place % EVERY_THIRD == 0
    ]
    return {
        "frames": len(read),
        "readable": sum(bool(numbers) for numbers in read),
        "numbers": sorted({number for numbers in read for number in numbers}),
        "thirds": [sum(bool(numbers) for numbers in read[::EVERY_THIRD]), sum(light)],
    }


def _numbers(luma: Any) -> set[str]:
    import zxingcpp

    found = {of_barcode(code.text, "CODE_128") for code in zxingcpp.read_barcodes(luma) if "128" in str(code.format)}
    return {number for number in found if number is not None}


def kit(path: Path) -> Row:
    """What the kit's own path reads, and how much it looked at."""
    from evidence_kit.facts.video_waybill import video_waybill
    from evidence_kit.facts.waybill_readings import WaybillReadings
    from evidence_kit.schema import Deferred
    from evidence_kit.sensors.footage import Footage
    from evidence_kit.sensors.frame_codes import frame_codes
    from evidence_kit.sensors.frame_texts import frame_texts
    from evidence_kit.sensors.picture_changes import PictureChanges

    footage = Footage(str(path))
    began = time.process_time()
    codes = frame_codes(footage, PictureChanges())
    printed = []

    def texts() -> Any:
        printed.append(frame_texts(footage, codes))
        return printed[0]

    said = video_waybill(codes, Deferred(texts))
    readings = said.readings if isinstance(said, WaybillReadings) else ()
    return {
        "numbers": [reading.number for reading in readings],
        "by": "print" if printed and readings else "bars" if readings else None,
        "examined": codes.examined,
        "print_frames": len(printed[0].moments) if printed else 0,
        "cpu_s": round(time.process_time() - began, 3),
    }


def summary(truth: list[Row], every: dict[str, Row], ours: dict[str, Row]) -> Row:
    """Shares with 95 % intervals, and every clip's row."""
    clips = []
    for row in truth:
        theirs, mine = every[row["file"]], ours[row["file"]]
        clips.append(
            {
                **{name: row[name] for name in ("file", "bits", "gop")},
                "frames": theirs["frames"],
                "readable": theirs["readable"],
                "zxing": any(_right(number, row) for number in theirs["numbers"]),
                "zxing_wrong": [number for number in theirs["numbers"] if not _right(number, row)],
                "kit": any(_right(number, row) for number in mine["numbers"]),
                "kit_wrong": [number for number in mine["numbers"] if not _right(number, row)],
                "by": mine["by"],
                "examined": mine["examined"],
                "thirds": theirs["thirds"],
            }
        )
    able = [clip for clip in clips if clip["readable"] >= READABLE and clip["zxing"]]
    rest = [clip for clip in clips if clip not in able]
    exact, light = (sum(clip["thirds"][k] for clip in clips) for k in (0, 1))
    return {
        "readable": {"clips": len(able), **_share(sum(clip["kit"] for clip in able), len(able)), "bar": 0.95},
        "fewer frames": {
            "clips": len(rest),
            "zxing on every frame": sum(clip["zxing"] for clip in rest),
            "kit by bars": sum(clip["kit"] and clip["by"] == "bars" for clip in rest),
            "kit by print": sum(clip["kit"] and clip["by"] == "print" for clip in rest),
        },
        "all": {
            "zxing": sum(clip["zxing"] for clip in clips),
            "kit": sum(clip["kit"] for clip in clips),
            "of": len(clips),
        },
        "misreads": sum(len(clip["kit_wrong"]) for clip in clips),
        "misreads of zxing": sum(len(clip["zxing_wrong"]) for clip in clips),
        "examined share": round(median(clip["examined"] / clip["frames"] for clip in clips), 4),
        "frames read, light decode ÷ exact": [light, exact, round(light / exact, 4) if exact else None],
        "clips": clips,
    }


def table(result: Row) -> str:
    """The page's figures."""
    able, rest = result["readable"], result["fewer frames"]
    low, high = able["ci95"]
    theirs = sum(clip["zxing"] for clip in result["clips"] if clip["readable"] >= READABLE)
    wrong = [sum(len(clip["kit_wrong"]) for clip in result["clips"] if (clip["readable"] >= READABLE) is one)
             for one in (True, False)]  # fmt: skip
    kit_rest = rest["kit by bars"] + rest["kit by print"]
    return (
        "| held-out clips (720p, 8 to 1.5 Mbit/s) | clips | zxing-cpp on every frame | kit | misreads |\n"
        "|---|---|---|---|---|\n"
        f"| ten or more frames that zxing-cpp reads | {able['clips']} | {theirs} | {able['read']} "
        f"({100 * low:.0f}–{100 * high:.0f} %) | {wrong[0]} |\n"
        f"| fewer | {rest['clips']} | {rest['zxing on every frame']} | {kit_rest}, {rest['kit by print']} of them by "
        f"print | {wrong[1]} |\n\n"
        f"The kit looks at {100 * result['examined share']:.0f} % of the frames in full size.\n"
    )


def _right(number: str, row: Row) -> bool:
    return any(same_number(number, one) for one in row["numbers"])


def _share(hits: int, count: int) -> Row:
    return {"read": hits, "share": round(hits / count, 4) if count else None, "ci95": wilson(hits, count)}


if __name__ == "__main__":
    raise SystemExit(main())
