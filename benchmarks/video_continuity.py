"""Continuity of a take: what is found, how surely, and what honest footage is wrongly called.

``python -m benchmarks video_continuity [--clips DIR] [--stories N] [--peer-python PATH] [--real DIR]``

Development data are ``tune``, ``test`` (same drawing, other seeds), ``heldout`` (another drawing, once held out) and
``fresh`` (that drawing with seeds, moments and encoder settings of its own, counted once and since looked at);
``fresh-2`` is drawn as ``fresh`` with other seeds, and counted once after everything was chosen (what else was tried:
continuity_points.py). ``real`` are the few real handheld clips of the development data.
Clips, measurements and the peers' answers are kept in DIR, so that a run can be taken up again. Results:
results/video_continuity.json.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.pages import put
from benchmarks.same_frame import wilson
from evidence_kit.facts.continuity import Continuity, continuity
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.packets import PacketSignals, packet_signals
from evidence_kit.sensors.picture_changes import PictureChanges, picture_changes

NEAR_S = 0.5
SPLITS = ("tune", "test", "heldout", "fresh", "fresh-2")
REPORTED = "fresh-2"
"""What the page reports, beside the peers, which are run on every clip of it that they are asked about."""
PEERS = ("content", "adaptive", "scdet", "transnet")
CUTS = ("hard", "jump", "drop", "copyjoin")
"""Kinds that every tool claims to find; the comparison with peers is made on them and on honest footage."""
ASKED = frozenset({*CUTS, "dissolve", "honest"})
"""What the peers are run on."""
RESULTS = Path(__file__).parent / "results" / "video_continuity.json"
PAGE = Path(__file__).parents[1] / "docs" / "continuity.md"
TOOLS = {
    "content": "PySceneDetect, content",
    "adaptive": "PySceneDetect, adaptive",
    "scdet": "ffmpeg scdet",
    "transnet": "TransNetV2",
}

Row = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks video_continuity", description=__doc__)
    parser.add_argument("--clips", type=Path, default=Path(__file__).parent / "out" / "continuity")
    parser.add_argument("--stories", type=int, default=24, help="stories per split; each gives one honest clip")
    parser.add_argument("--splits", nargs="*", default=list(SPLITS))
    parser.add_argument("--peer-python", default=None, help="python of the environment with the peers")
    parser.add_argument("--peers", nargs="*", default=list(PEERS), help="none: their kept counts stay")
    parser.add_argument("--peer-stories", type=int, default=24, help="stories that the peers are run on")
    parser.add_argument("--real", type=Path, default=None, help="folder with manifest.tsv of the development data")
    parser.add_argument(
        "--packets-first", action="store_true", help="only the recall of decoding what packets leave open"
    )
    parser.add_argument("--ffmpeg", default=None)
    chosen = parser.parse_args(argv)
    ffmpeg = chosen.ffmpeg or _ffmpeg()
    results: Row = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    results = {"near_s": NEAR_S, "splits": {}, **results}
    if chosen.packets_first:
        for split in chosen.splits:
            rows = _clips(chosen.clips / split, split, chosen.stories, ffmpeg)
            results.setdefault("packets_first", {})[split] = packets_first(rows)
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(json.dumps(results["packets_first"], indent=1))
        return 0
    for split in chosen.splits:
        rows = _clips(chosen.clips / split, split, chosen.stories, ffmpeg)
        counted = score_split(rows, chosen, ffmpeg)
        if not chosen.peers:
            counted["peers"] = results["splits"].get(split, {}).get("peers", {})
        results["splits"][split] = counted
    if chosen.real is not None:
        results["real"] = score_real(chosen.real, chosen.clips)
    if any(chosen.clips.glob("tune/*_honest.mp4")):
        results["cost"] = cost(chosen.clips, ffmpeg)
    if results["splits"].get(REPORTED, {}).get("peers"):
        put(PAGE, "peers", peers_table(results["splits"][REPORTED]))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1, ensure_ascii=False))
    certain = [split["full"]["honest"]["false_certain"] for split in results["splits"].values()]
    return 1 if any(certain) else 0


def _ffmpeg() -> str:
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _clips(folder: Path, split: str, stories: int, ffmpeg: str) -> list[Row]:
    from benchmarks.synth.clip_set import build

    rows = [row for row in build(folder, split, stories, ffmpeg) if row["story"] < stories]
    return [{**row, "path": str(folder / row["file"])} for row in rows]


def score_split(rows: list[Row], chosen: argparse.Namespace, ffmpeg: str) -> Row:
    """All ways of deciding on one part of the data."""
    measured = [(row, *measure(Path(row["path"]))) for row in rows]
    done: Row = {
        "full": tally([(row, continuity(changes, packets)) for row, changes, packets in measured]),
        "packets_masked": tally([(row, continuity(changes, masked(packets))) for row, changes, packets in measured]),
        "packets_only": tally([(row, packets_alone(packets)) for row, _, packets in measured]),
    }
    done["peers"] = {}
    few = [row for row in rows if row["story"] < chosen.peer_stories and row["kind"] in ASKED]
    for peer in chosen.peers:
        answers = peer_answers(peer, few, chosen, ffmpeg)
        if answers:
            kept = [(row, answers[row["file"]]) for row in few if row["file"] in answers]
            done["peers"][peer] = tally(kept)
    done["comparison"] = {name: part["cuts_f1"] for name, part in done["peers"].items()}
    # On the same clips as the peers, or the comparison would not be one.
    shared = [entry for entry in measured if entry[0]["story"] < chosen.peer_stories]
    ways = {"ours": lambda packets: packets, "ours, packets masked": masked}
    for name, way in ways.items():
        done["comparison"][name] = tally(
            [(row, continuity(changes, way(packets))) for row, changes, packets in shared]
        )["cuts_f1"]
    return done


def measure(path: Path) -> tuple[PictureChanges, PacketSignals]:
    """Measurements of one clip, kept beside it."""
    import msgspec

    kept = path.with_suffix(".measured.json")
    if kept.exists():
        changes, packets = msgspec.json.decode(kept.read_bytes(), type=tuple[PictureChanges, PacketSignals])
        return changes, packets
    footage = Footage(str(path))
    pair = picture_changes(footage), packet_signals(footage)
    if os.access(path.parent, os.W_OK):
        kept.write_bytes(msgspec.json.encode(pair))
    return pair


def masked(packets: PacketSignals) -> PacketSignals:
    """Without anything but the pictures: what a careful re-encoding leaves."""
    return PacketSignals(frame_s=packets.frame_s, frames=packets.frames)


def packets_alone(packets: PacketSignals) -> Continuity:
    """What the packets alone propose (no picture decoded), as breaks."""
    from evidence_kit.schema import Break

    moments = [gap.at_s for gap in (*packets.gaps, *packets.sound_gaps)] + [key.at_s for key in packets.early_keys]
    moments += [burst.at_s for burst in packets.bursts] + [run.from_s for run in packets.tiny]
    kept: list[float] = []
    for moment in sorted(moments):
        if not kept or moment - kept[-1] > NEAR_S:
            kept.append(moment)
    return Continuity(tuple(Break(moment, "proposal", ()) for moment in kept), tuple(False for _ in kept))


def packets_first(rows: list[Row]) -> list[Row]:
    """What would be found, of the breaks found with every frame decoded, if only key frames and the surroundings of
    large packets were: per threshold of the packet's size over its neighbours' median."""
    measured = [(row, _odd_packets(Path(row["path"])), continuity(*measure(Path(row["path"])))) for row in rows]
    return [_proposed(measured, over) for over in (1.15, 1.3, 1.5, 2.0)]


def _odd_packets(path: Path) -> tuple[Any, Any, Any]:
    """Presentation times, key flags, and each packet's size over the median of the nine about it."""
    import numpy as np

    table = Footage(str(path)).packets
    assert table is not None
    order = np.argsort(np.where(np.isfinite(table.pts_s), table.pts_s, table.dts_s), kind="stable")
    times, key, size = table.pts_s[order], table.key[order], table.size[order].astype(float)
    ratio = np.zeros(len(size))
    plain = np.flatnonzero(~key)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(size[plain], 4, mode="reflect"), 9)
    ratio[plain] = size[plain] / (np.median(around, axis=1) + 64)
    return times, key, ratio


def _proposed(measured: list[tuple[Row, tuple[Any, Any, Any], Continuity]], over: float) -> Row:
    import numpy as np

    decoded = frames = 0
    kinds: dict[str, list[int]] = {}
    for row, (times, key, ratio), found in measured:
        odd, starts = times[ratio > over], times[key]
        needed = key.copy()
        for moment in odd:
            before = starts[starts <= moment - 0.25]
            needed |= (times >= (before[-1] if len(before) else 0.0) - 1e-6) & (times <= moment + 0.35)
        decoded, frames = decoded + int(needed.sum()), frames + len(times)
        for moment in row["breaks_s"]:
            if any(_near(entry, moment) for entry in found.breaks):
                kind = kinds.setdefault(row["kind"], [0, 0])
                kind[0] += 1
                kind[1] += bool(len(odd)) and bool(np.abs(odd - moment).min() <= 0.3)
    return {
        "packet_over_median": over,
        "share_decoded": round(decoded / frames, 3),
        "found_of_those_with_all_decoded": {name: f"{some}/{every}" for name, (every, some) in sorted(kinds.items())},
    }


def tally(pairs: list[tuple[Row, Any]]) -> Row:
    """Recall per kind at +-NEAR_S, false alarms on honest footage, precision and F1 over the cuts."""
    kinds: dict[str, Counter[str]] = {}
    honest: Counter[str] = Counter()
    seconds = 0.0
    stray = 0
    for row, found in pairs:
        result = found if isinstance(found, Continuity) else _as_continuity(found)
        kind = kinds.setdefault(row["kind"], Counter())
        kind["clips"] += 1
        hit: set[int] = set()
        for moment in row["breaks_s"]:
            near = [k for k, entry in enumerate(result.breaks) if _near(entry, moment)]
            hit.update(near)
            kind["truth"] += 1
            kind["found"] += bool(near)
            kind["certain"] += any(result.certain[k] for k in near)
            kind["shown_blind"] += not near and any(
                span.from_s - NEAR_S <= moment <= span.to_s + NEAR_S for span in result.blind
            )
        extra = [k for k in range(len(result.breaks)) if k not in hit]
        kind["stray"] += len(extra)
        kind["stray_certain"] += sum(result.certain[k] for k in extra)
        kind["says_cut"] += result.continuous is False
        if row["kind"] == "honest":
            seconds += row["seconds"] or 0.0
            honest["clips"] += 1
            honest["false"] += len(extra)
            honest["false_certain"] += sum(result.certain[k] for k in extra)
            honest["said_continuous"] += result.continuous is True
            honest["to_review"] += result.continuous is None
        if row["kind"] in {*CUTS, "honest"}:
            stray += len(extra)
    truth = sum(kinds[kind]["truth"] for kind in CUTS if kind in kinds)
    right = sum(kinds[kind]["found"] for kind in CUTS if kind in kinds)
    precision = right / (right + stray) if right + stray else 0.0
    recall = right / truth if truth else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {
        "kinds": {
            name: {**dict(kind), "recall": _share(kind, "found"), "certain_share": _share(kind, "certain")}
            for name, kind in kinds.items()
            if name != "honest"
        },
        "honest": {
            "minutes": round(seconds / 60, 2),
            **{name: honest[name] for name in ("clips", "false", "false_certain", "said_continuous", "to_review")},
        },
        "cuts_f1": {
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(f1, 4),
            "n": truth,
        },
    }


def peers_table(split: Row) -> str:
    """The kit beside its peers on one part, of which the peers saw every clip."""
    ways = {"this kit": split["full"], "… packets and tags masked": split["packets_masked"]}
    ways |= {words: split["peers"][name] for name, words in TOOLS.items() if name in split["peers"]}
    head = "| | " + " | ".join(CUTS) + " | precision | recall | F1 | false on honest clips |\n"
    return head + "|---" * (len(CUTS) + 5) + "|\n" + "".join(_tool_row(words, way) for words, way in ways.items())


def _tool_row(words: str, way: Row) -> str:
    kinds = [f"{way['kinds'][kind].get('found', 0)}/{way['kinds'][kind]['truth']}" for kind in CUTS]
    cuts, honest = way["cuts_f1"], way["honest"]
    low, high = wilson(round(cuts["recall"] * cuts["n"]), cuts["n"]) or (0.0, 1.0)
    figures = [f"{cuts['precision']:.2f}", f"{cuts['recall']:.2f} ({low:.2f}–{high:.2f})", f"{cuts['f1']:.2f}"]
    return f"| {words} | {' | '.join([*kinds, *figures])} | {honest['false']} in {honest['minutes']} min |\n"


def _near(entry: Any, moment: float) -> bool:
    return bool(abs(entry.at_s - moment) <= NEAR_S or (entry.end_s is not None and abs(entry.end_s - moment) <= NEAR_S))


def _share(kind: Counter[str], name: str) -> float | None:
    return round(kind[name] / kind["truth"], 4) if kind["truth"] else None


def _as_continuity(moments: list[float]) -> Continuity:
    from evidence_kit.schema import Break

    return Continuity(tuple(Break(moment, "cut", ()) for moment in moments), tuple(False for _ in moments))


def peer_answers(peer: str, rows: list[Row], chosen: argparse.Namespace, ffmpeg: str) -> dict[str, list[float]]:
    """The peer's moments per file; asked of its own environment, and kept."""
    if not rows or (peer != "scdet" and not chosen.peer_python):
        return {}
    kept = Path(rows[0]["path"]).parent / f"peer_{peer}.jsonl"
    lines = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    answers = {line["file"]: line["breaks_s"] for line in lines}
    wanted = [row["path"] for row in rows if row["file"] not in answers]
    if wanted:
        script = Path(__file__).parent / "continuity_peers.py"
        python = chosen.peer_python or "python"
        environment = {**os.environ, "FFMPEG": ffmpeg, "OMP_NUM_THREADS": "1"}
        with kept.open("a") as out:
            done = subprocess.run([python, str(script), peer, *wanted], env=environment, stdout=out, check=False)
        if done.returncode:
            print(f"{peer}: stopped with {done.returncode}; what it had answered counts")
        answers = {line["file"]: line["breaks_s"] for line in map(json.loads, kept.read_text().splitlines())}
    return answers


def score_real(data: Path, cache: Path) -> Row:
    """The real handheld clips and their edits: few, so every answer is listed."""
    listed = []
    for line in (data / "manifest.tsv").read_text("utf-8").splitlines()[1:]:
        cells = line.split("\t")
        if cells[0] != "continuity":
            continue
        truth = json.loads(cells[2])
        footage = Footage(str(data / cells[1]))
        result = continuity(picture_changes(footage), packet_signals(footage))
        listed.append(
            {
                "file": cells[1],
                "kind": truth["kind"],
                "breaks_s": truth["breaks_s"],
                "continuous": result.continuous,
                "found": [
                    {"at_s": entry.at_s, "kind": entry.kind, "signals": list(entry.signals), "certain": sure}
                    for entry, sure in zip(result.breaks, result.certain, strict=True)
                ],
                "blind": len(result.blind),
            }
        )
    return {"clips": listed, "n": len(listed), "cache": None if cache is None else "clips are read in place"}


def cost(folder: Path, ffmpeg: str) -> Row:
    """CPU seconds against ``ffmpeg -f null`` with one thread, on Full HD made by enlarging one story."""
    clip = folder / "cost_hd.mp4"
    if not clip.exists():
        source = min(folder.glob("tune/*_honest.mp4"))
        _run_cpu(
            [
                ffmpeg,
                "-v",
                "error",
                "-y",
                "-i",
                str(source),
                "-an",
                "-r",
                "30",
                "-t",
                "11",
                "-vf",
                "setpts=PTS/2,scale=1920:1080:flags=bicubic,noise=alls=8:allf=t",
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-b:v",
                "5M",
                "-g",
                "30",
                "-bf",
                "0",
                "-threads",
                "1",
                str(clip),
            ]
        )
    plain = min(
        _run_cpu([ffmpeg, "-v", "error", "-threads", "1", "-i", str(clip), "-f", "null", "-"]) for _ in range(2)
    )
    footage = Footage(str(clip))
    before = time.process_time()
    packets = packet_signals(footage)
    packet_s = time.process_time() - before
    changes = picture_changes(footage)
    whole_s = time.process_time() - before
    continuity(changes, packets)
    return {
        "clip": "1920x1080, 30 frames/s, H.264, 5 Mbit/s, a story at double speed",
        "ffmpeg_null_cpu_s": round(plain, 3),
        "packets_cpu_s": round(packet_s, 3),
        "continuity_cpu_s": round(whole_s, 3),
        "ratio": round(whole_s / plain, 3),
        "ratio_packets": round(packet_s / plain, 3),
    }


def _run_cpu(arguments: list[str]) -> float:
    before = os.times()
    subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
