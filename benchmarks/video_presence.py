"""When the parcel is out of the picture: absences found, and honest clips wrongly called.

``python -m benchmarks video_presence [--clips DIR] [--splits tune heldout] [--count N M] [--sides DIR] [--dry]``

Rendered clips (benchmarks/synth/presence_set.py) with exact truth: ``tune`` (operating points were set on it; its
world is also the one that models/parcel-pose was trained on) and ``heldout``. In two of five the parcel is carried
off, or the camera turned away, for 4.8 to 9.8 s; in the others it is held half out of the frame, covered by hands,
so near that it fills the picture, gone for up to 3 s, or nothing happens. ``sides`` are the clips of video_sides where
they lie in DIR: in none does the parcel leave. ``real`` are the few real clips of the development data (--real DIR).
An honest clip in which less of the parcel is left than THERE is in doubt, and told apart. ``thinned`` judges the same
clips by two views a second, as after the twentieth second. Clips and looks are kept in DIR. Results:
results/video_presence.json and the table of docs/continuity.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable
from functools import cache, reduce
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.pages import put
from benchmarks.same_frame import rate
from benchmarks.speed_media import program
from benchmarks.synth.presence_set import THERE, build
from benchmarks.video_sides import measured
from evidence_kit.facts.continuity import Continuity
from evidence_kit.facts.parcel_presence import ParcelPresence, parcel_presence
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.parcel_colours import ParcelColours, parcel_colours
from evidence_kit.sensors.parcel_looks import WEIGHTS, ParcelLooks
from evidence_kit.sensors.weights import find
from evidence_kit.wiring import provider_of

LIMIT_S = 3.0
"""Rules 1c-G: out of the frame for more than so long."""
LONG_S = 4.0
"""Absences from which on recall is asked for."""
HONEST = {
    "edge": "half out of the frame",
    "covered": "covered by hands",
    "near": "so near that it fills the picture",
    "brief": "gone for up to 3 s",
    "plain": "nothing of the kind",
}
RESULTS = Path(__file__).parent / "results" / "video_presence.json"
PAGE = Path(__file__).parents[1] / "docs" / "continuity.md"
Row = dict[str, Any]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks video_presence", description=__doc__)
    parser.add_argument("--clips", type=Path, default=Path(__file__).parent / "out" / "presence")
    parser.add_argument("--splits", nargs="*", default=["tune", "heldout"])
    parser.add_argument("--count", type=int, nargs="*", default=[60, 100], help="clips of each split")
    parser.add_argument("--sides", type=Path, default=Path(__file__).parent / "out" / "six-sides")
    parser.add_argument("--real", type=Path, default=None, help="folder with manifest.tsv of the development data")
    parser.add_argument("--dry", action="store_true", help="print every clip, keep no results")
    chosen = parser.parse_args(argv)
    results: Row = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    results |= {"model": _weights(), "limit_s": LIMIT_S, "long_s": LONG_S}
    for split, count in zip(chosen.splits, chosen.count, strict=True):
        rows = build(chosen.clips / split, split, count, program())
        pairs = [(row, *views_of(chosen.clips / split / row["file"])) for row in rows]
        judged = [(row, parcel_presence(Continuity(), looks, colours)) for row, looks, colours in pairs]
        if chosen.dry:
            for row, found in judged:
                print(line_of(row, found))
        results.setdefault("splits", {})[split] = tally(judged)
        thin = [(row, parcel_presence(Continuity(), *thinned(looks, colours))) for row, looks, colours in pairs]
        results["splits"][split]["thinned"] = tally(thin)
        if (chosen.sides / split).is_dir():
            results["splits"][split]["sides"] = plain(sorted((chosen.sides / split).glob("*.mp4")))
    if chosen.real is not None:
        results["real"] = plain(sorted((chosen.real / "continuity").glob("*.mp4")), keep=False)
    print(json.dumps(results, indent=1, ensure_ascii=False))
    if not chosen.dry:
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        put(PAGE, "presence", table(results))
    return 0


@cache
def _weights() -> str:
    return hashlib.sha256(find(WEIGHTS).read_bytes()).hexdigest()[:8]


def views_of(path: Path, keep: bool = True) -> tuple[ParcelLooks, ParcelColours]:
    """Looks and colours of one clip, kept beside it under the names of weights and sensors."""
    import msgspec

    if not keep:
        from evidence_kit.sensors.parcel_looks import parcel_looks

        footage = Footage(str(path))
        looks = parcel_looks(footage)
        return looks, parcel_colours(footage, looks)
    looks = measured(path)
    version = provider_of(parcel_colours).version
    kept = path.with_suffix(f".{_weights()}-colours-{version}.json")
    if not kept.exists():
        kept.write_bytes(msgspec.json.encode(parcel_colours(Footage(str(path)), looks)))
    return looks, msgspec.json.decode(kept.read_bytes(), type=ParcelColours)


def thinned(looks: ParcelLooks, colours: ParcelColours) -> tuple[ParcelLooks, ParcelColours]:
    """What two views a second would have shown."""
    from evidence_kit.sensors.small_views import LATER_S

    kept: list[int] = []
    for place, at_s in enumerate(colours.at_s):
        if not kept or at_s - colours.at_s[kept[-1]] >= LATER_S - 0.02:
            kept.append(place)
    moments = {colours.at_s[place] for place in kept}
    rows = (colours.at_s, colours.like, colours.inside, colours.outside)
    few = ParcelColours(*(tuple(row[place] for place in kept) for row in rows))
    return ParcelLooks(tuple(look for look in looks.looks if look.at_s in moments), looks.until_s), few


def called(found: ParcelPresence) -> list[tuple[float, float]]:
    """Absences that the rule sends to a person."""
    return [(span.from_s, span.to_s) for span in found.out if span.to_s - span.from_s > LIMIT_S]


def _length(span: Iterable[float]) -> float:
    begin, end = span
    return end - begin


def tally(pairs: list[tuple[Row, ParcelPresence]]) -> Row:
    """The figures of one part."""
    away = [(row, found) for row, found in pairs if any(_length(span) >= LONG_S for span in row["out"])]
    near = [row for row, _ in pairs if any(LIMIT_S < _length(span) < LONG_S for span in row["out"])]
    honest = [(row, found) for row, found in pairs if all(_length(span) <= LIMIT_S for span in row["out"])]
    doubt = [(row, found) for row, found in honest if row["event"] != "brief" and row["least"] < THERE]
    sure = [pair for pair in honest if pair not in doubt]
    errors = []
    for row, found in away:
        truth = max(row["out"], key=_length)
        errors += [abs(_length(span) - _length(truth)) for span in called(found) if span[0] < truth[1]][:1]
    return {
        "clips": len(pairs),
        "between_the_limits": len(near),
        "found": rate(sum(_meets(row, found) for row, found in away), len(away)),
        "found_of_told": rate(
            sum(_meets(row, found) for row, found in away if found.told), sum(found.told for _, found in away)
        ),
        "found_by_kind": {
            kind: rate(
                sum(_meets(row, found) for row, found in away if row["event"] == kind),
                sum(row["event"] == kind for row, _ in away),
            )
            for kind in sorted({row["event"] for row, _ in away})
        },
        "length_off_median_s": round(median(errors), 2) if errors else None,
        "called_of_honest": rate(sum(bool(called(found)) for _, found in sure), len(sure)),
        "called_by_kind": {
            kind: rate(
                sum(bool(called(found)) for row, found in sure if row["event"] == kind),
                sum(row["event"] == kind for row, _ in sure),
            )
            for kind in sorted({row["event"] for row, _ in sure})
        },
        "in_doubt": len(doubt),
        "called_of_doubt": sum(bool(called(found)) for _, found in doubt),
        "colours_tell": rate(sum(found.told for _, found in pairs), len(pairs)),
    }


def _meets(row: Row, found: ParcelPresence) -> bool:
    truth = max(row["out"], key=_length)
    return any(begin < truth[1] and end > truth[0] for begin, end in called(found))


def plain(paths: list[Path], keep: bool = True) -> Row:
    """Clips in which the parcel never leaves."""
    found = [parcel_presence(Continuity(), *views_of(path, keep)) for path in paths]
    return {
        "called": rate(sum(bool(called(one)) for one in found), len(found)),
        "colours_tell": rate(sum(one.told for one in found), len(found)),
        "files_called": [path.name for path, one in zip(paths, found, strict=True) if called(one)],
    }


def line_of(row: Row, found: ParcelPresence) -> str:
    told = [(span.from_s, span.to_s) for span in found.out]
    return f"{row['file']} {row['event']} {row['parcel']} out {row['out']} told {told if found.told else None}"


def table(results: Row) -> str:
    """The page's figures."""
    parts = results["splits"]
    names = {"tune": "tune", "heldout": "held-out"}

    def cells(*keys: str) -> str:
        return " | ".join(
            _share(reduce(lambda found, key: found.get(key) or {}, keys, part)) for part in parts.values()
        )

    lines = ["| | " + " | ".join(names[name] for name in parts) + " |", "|---|" + "---|" * len(parts)]
    lines.append(f"| absences of {LONG_S:g} s and more, found | {cells('found')} |")
    lines.append(f"| … by two views a second | {cells('thinned', 'found')} |")
    lines.append(f"| … parcel carried off | {cells('found_by_kind', 'carried')} |")
    lines.append(f"| … camera turned away | {cells('found_by_kind', 'turned')} |")
    lines.append(f"| **honest clips called** | {cells('called_of_honest')} |")
    lines.append(f"| … by two views a second | {cells('thinned', 'called_of_honest')} |")
    for kind, words in HONEST.items():
        lines.append(f"| … {words} | {cells('called_by_kind', kind)} |")
    if all("sides" in part for part in parts.values()):
        lines.append(f"| honest clips of the six sides called | {cells('sides', 'called')} |")
    lines.append(f"| clips whose colours tell | {cells('colours_tell')} |")
    return "\n".join(lines) + "\n"


def _share(value: Row) -> str:
    if not value or not value["of"]:
        return "–"
    low, high = value["ci95"]
    return f"{value['hits']} of {value['of']} ({100 * low:.0f}–{100 * high:.0f} %)"
