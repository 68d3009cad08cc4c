"""Sides of the parcel in unboxing clips: how many are shown, whether it was sealed, when it is opened.

``python -m benchmarks video_sides [--clips DIR] [--splits tune heldout] [--first 0 1736] [--count 64 2012] [--cost F]``

Two parts of rendered clips with exact truth: ``tune`` (operating points were chosen on it; its world is also the one
that models/parcel-pose was trained on, other seeds) and ``heldout`` (another world; from clip SEEN on used to report,
those before are in development). Clips and looks are kept in DIR, so that a run can be taken up again, and the decision
be judged anew without the network. Clips in which the truth itself is in doubt (a face turned to the camera only by
half) are left out of the counts and told apart. ``--cost`` measures the looking on one video against its plain decode.
Results: results/video_sides.json, and the tables of docs/six-sides.md and of the model's card.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import video_sides_tables
from benchmarks.same_frame import rate
from benchmarks.synth.unboxing import take
from benchmarks.synth.unboxing_geometry import INSIDE, PARCEL
from benchmarks.synth.unboxing_set import FIRST_SEED, build, maker, wish
from evidence_kit.facts.continuity import Continuity
from evidence_kit.facts.sides_shown import TOLD, SidesShown, told_of
from evidence_kit.rules.video_six_sides import video_six_sides
from evidence_kit.schema import Case, Item, Order, Outcome
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.parcel_looks import WEIGHTS, ParcelLooks, looked, parcel_looks
from evidence_kit.sensors.parcel_motion import WEIGHTS as MOTION_WEIGHTS
from evidence_kit.sensors.weights import find
from evidence_kit.wiring import provider_of

NEAR_S = 1.0
START_MOMENTS_S, PLAIN_SHARE = (0.0, 0.5, 1.0, 1.5), 0.03
"""Moments of a start, and the part of the parcel in the middle one that must show its inside, for it to be plain."""
SEEN = 1736
"""The first so many clips of the held-out part were counted with earlier networks and decisions, and then looked at:
what was done next, and the weights of the opening, were chosen by them. The clips after them are judged once."""
RESULTS = Path(__file__).parent / "results" / "video_sides.json"
Row = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks video_sides", description=__doc__)
    parser.add_argument("--clips", type=Path, default=Path(__file__).parent / "out" / "six-sides")
    parser.add_argument("--splits", nargs="*", default=["tune", "heldout"])
    parser.add_argument("--first", type=int, nargs="*", default=[0, SEEN], help="number of each split's first clip")
    parser.add_argument("--count", type=int, nargs="*", default=[64, 2012], help="and of the one after its last")
    parser.add_argument("--cost", type=Path, default=None, help="a video to measure the cost on")
    parser.add_argument("--kept", action="store_true", help="judge only clips whose looks are kept: a run cut short")
    parser.add_argument("--dry", action="store_true", help="print every clip, keep no results")
    chosen = parser.parse_args(argv)
    # Judged is what the fact would tell if every answer counted; which do is written beside it.
    pose, motion, _ = _engine().split("-")
    results: Row = {"model": pose, "motion_model": motion, "near_s": NEAR_S, "told_to_rules": sorted(TOLD)}
    results["splits"] = {}
    if RESULTS.exists():
        results["cost"] = json.loads(RESULTS.read_text("utf-8")).get("cost")
    for split, first, count in zip(chosen.splits, chosen.first, chosen.count, strict=True):
        made = enumerate(build(chosen.clips / split, split, count, _ffmpeg(), first), first)
        paths = {number: (row, chosen.clips / split / row["file"]) for number, row in made}
        numbers = [number for number, (_, path) in paths.items() if not chosen.kept or _kept(path).exists()]
        pairs = [(row, judged(path, row)) for row, path in (paths[number] for number in numbers)]
        if chosen.dry:
            for row, answer in pairs:
                print(line_of(row, answer))
        for name, part in _parts(split, numbers, pairs).items():
            results["splits"][name] = tally(part)
    if chosen.cost is not None:
        results["cost"] = cost(chosen.cost)
    print(json.dumps(results, indent=1, ensure_ascii=False))
    if not chosen.dry:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        video_sides_tables.write(results)
    return 0


def _parts(split: str, numbers: list[int], pairs: list[tuple[Row, Row]]) -> dict[str, list[tuple[Row, Row]]]:
    """What is told apart of a split."""
    if split != "heldout":
        return {split: pairs}
    new, before = (
        [pair for number, pair in zip(numbers, pairs, strict=True) if (number >= SEEN) == is_new]
        for is_new in (True, False)
    )
    return {name: part for name, part in (("heldout", new), ("heldout_seen", before)) if part}


def _ffmpeg() -> str:
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def measured(path: Path) -> ParcelLooks:
    """Looks of one clip, kept beside it under the name of weights and sensor."""
    import msgspec

    kept = _kept(path)
    if not kept.exists():
        kept.write_bytes(msgspec.json.encode(looked(Footage(str(path)), motions=True)))
    return msgspec.json.decode(kept.read_bytes(), type=ParcelLooks)


def _kept(path: Path) -> Path:
    return path.with_suffix(f".{_engine()}.json")


@cache
def _engine() -> str:
    version = provider_of(parcel_looks).version
    weights = (hashlib.sha256(find(name).read_bytes()).hexdigest()[:8] for name in (WEIGHTS, MOTION_WEIGHTS))
    return "-".join((*weights, version))


def cost(path: Path, rounds: int = 3) -> Row:
    """CPU of the looking, over a plain decode of the same file, both with one thread; the views' making is in it.

    And with the parcel followed and its sides counted as well.
    """
    looking, counting, plain, looks = [], [], [], 0
    for _ in range(rounds):
        plain.append(_cpu(lambda: _plainly(path)))
        footage = Footage(str(path))
        making = _making_views(footage)
        began = time.process_time()
        looks = len(looked(footage, motions=False).looks)
        looking.append(making + time.process_time() - began)
        began = time.process_time()
        told_of(looked(footage, motions=True), Continuity())
        counting.append(making + time.process_time() - began)
    ratios, counted = (
        sorted(one / other for one, other in zip(each, plain, strict=True)) for each in (looking, counting)
    )
    return {
        "video": path.name, "looks": looks, "looking_cpu_s": round(sorted(looking)[rounds // 2], 2),
        "plain_decode_cpu_s": round(sorted(plain)[rounds // 2], 2), "ratio_median": round(ratios[rounds // 2], 3),
        "ratio_counted_median": round(counted[rounds // 2], 3),
    }  # fmt: skip


def _making_views(footage: Footage) -> float:
    """CPU seconds that small views add to a light pass as a check makes it."""
    views, spent = footage.views, 0.0
    see = views.see

    def timed(frame: Any) -> None:
        nonlocal spent
        began = time.process_time()
        see(frame)
        spent += time.process_time() - began

    views.see = timed  # type: ignore[method-assign]
    for _frame in footage.frames(skip_loop_filter=True, every=footage.look_every):
        pass
    return spent


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _plainly(path: Path) -> None:
    """Decodes all of a video, on one thread."""
    import av

    with av.open(str(path)) as opened:
        stream = opened.streams.video[0]
        stream.thread_count = 1
        for _frame in opened.decode(stream):
            pass


def judged(path: Path, row: Row) -> Row:
    """What the kit says of one clip."""
    return judged_by(measured(path), row)


def judged_by(looks: ParcelLooks, row: Row) -> Row:
    """The fact, and the rule's outcome with the parcel's kind stated."""
    fact = told_of(looks, Continuity())
    item = Item(row["file"], "video", row["file"], 0, "")
    case = Case(datetime(2026, 11, 22, tzinfo=UTC), order=Order(parcel_kind=row["kind"]))
    check = video_six_sides(item, case, fact, box_faces=6, bag_faces=2, opened_signals=2)
    return {"fact": fact, "outcome": check.outcome, "reason": check.reason}


@cache
def inside_seen(split: str, number: int) -> float:
    """Of a clip that starts opened: the part of the parcel that shows its inside, in the middle frame of four."""
    show = take(FIRST_SEED[split] + number, wish(number), maker(split))
    shares = []
    for at_s in START_MOMENTS_S:
        marks = show.frame(at_s)[1]
        shares.append(float((marks == INSIDE).sum() / max(1, ((marks >= PARCEL) & (marks <= INSIDE)).sum())))
    return median(shares)


def plainly_open(row: Row) -> bool:
    """Whether a start is plainly opened: a lid or flap alone, upright before a box, is one more face to look at."""
    return inside_seen(row["split"], int(row["file"].partition(".")[0])) >= PLAIN_SHARE


def number_of(row: Row, fact: SidesShown) -> int | None:
    """The number that the rule takes: of the kind that is stated, unless the parcel is surely seen to be another."""
    bag = row["kind"] == "bag"
    return None if fact.mailer not in (None, bag) else fact.mailer_shown if bag else fact.shown


def line_of(row: Row, answer: Row) -> str:
    fact: SidesShown = answer["fact"]
    return (
        f"{row['file']} {row['kind']} {row['start']:6} {row['mode']:5} "
        f"shown {len(row['shown'])} grey {len(row['grey'])} told {number_of(row, fact)} {fact.why or ''} "
        f"({len(fact.faces)}) "
        f"opened {row['opened_at_s']} told {fact.opened_at_s} goods {row['goods_at_s']} told {fact.goods_at_s} "
        f"sealed {fact.sealed_start} {','.join(fact.opened_start_signals)} -> {answer['outcome'].value}"
    )


def tally(pairs: list[tuple[Row, Row]]) -> Row:
    """The figures of one split."""
    sealed = [(row, answer) for row, answer in pairs if row["start"] == "sealed"]
    plain = [(row, answer) for row, answer in sealed if not row["grey"]]
    every = {"box": 6, "bag": 2}
    told = [(row, answer) for row, answer in plain if number_of(row, answer["fact"]) is not None]
    right = sum(
        (answer["outcome"] is Outcome.PASS) == (len(row["shown"]) == every[row["kind"]]) for row, answer in told
    )
    lacking = [(row, answer) for row, answer in sealed if len(row["shown"]) + len(row["grey"]) < every[row["kind"]]]
    whole = [(row, answer) for row, answer in plain if len(row["shown"]) == every[row["kind"]]]
    opening = [(row, answer) for row, answer in sealed if row["opened_at_s"] is not None]
    opened = [(row, answer) for row, answer in pairs if row["start"] == "opened"]
    near = [
        answer["fact"].opened_at_s is not None and abs(answer["fact"].opened_at_s - row["opened_at_s"]) <= NEAR_S
        for row, answer in opening
    ]
    goods = [(row, answer) for row, answer in sealed if row["goods_at_s"] is not None]
    goods_near = [
        answer["fact"].goods_at_s is not None and abs(answer["fact"].goods_at_s - row["goods_at_s"]) <= NEAR_S
        for row, answer in goods
    ]
    return {
        "clips": len(pairs),
        "truth_in_doubt": len(sealed) - len(plain),
        "cannot_tell": rate(len(plain) - len(told), len(plain)),
        "why": dict(Counter(answer["fact"].why or "kind" for row, answer in plain if (row, answer) not in told)),
        "exact_count_of_told": rate(sum(number_of(r, a["fact"]) == len(r["shown"]) for r, a in told), len(told)),
        "six_or_not_of_told": rate(right, len(told)),
        "false_six_of_incomplete": rate(sum(a["outcome"] is Outcome.PASS for _, a in lacking), len(lacking)),
        "six_called_of_complete": rate(sum(a["outcome"] is Outcome.PASS for _, a in whole), len(whole)),
        "opening_within_near_s": rate(sum(near), len(near)),
        "opening_within_near_s_of_boxes": rate(
            sum(hit for hit, (r, _) in zip(near, opening, strict=True) if r["kind"] == "box"),
            sum(r["kind"] == "box" for r, _ in opening),
        ),
        "opening_within_near_s_of_told": rate(sum(near), sum(a["fact"].opened_at_s is not None for _, a in opening)),
        "opening_of_never_opened": rate(
            sum(a["fact"].opened_at_s is not None for r, a in sealed if r["opened_at_s"] is None),
            sum(r["opened_at_s"] is None for r, _ in sealed),
        ),
        "goods_within_near_s": rate(sum(goods_near), len(goods)),
        "opened_starts_called": rate(sum(a["outcome"] is Outcome.FAIL for _, a in opened), len(opened)),
        "plainly_opened_starts_called": rate(
            sum(a["outcome"] is Outcome.FAIL for r, a in opened if plainly_open(r)),
            sum(plainly_open(r) for r, _ in opened),
        ),
        "opened_starts_called_of_boxes": rate(
            sum(a["outcome"] is Outcome.FAIL for r, a in opened if r["kind"] == "box"),
            sum(r["kind"] == "box" for r, _ in opened),
        ),
        "opened_starts_called_sealed": rate(sum(a["fact"].sealed_start is True for _, a in opened), len(opened)),
        "sealed_starts_called_opened": rate(
            sum(a["outcome"] is Outcome.FAIL or a["fact"].sealed_start is False for _, a in sealed), len(sealed)
        ),
        "outcomes": dict(Counter(f"{r['start']} {a['outcome'].value}" for r, a in pairs)),
    }
