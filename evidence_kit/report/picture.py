"""Which pictures a report shows, and what is marked on them: decided from the report alone, drawn elsewhere.

``wishes`` says what to show; ``evidence_kit.pictures`` draws it; a renderer gets a ``Source`` for each that was drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from evidence_kit.checks import moment
from evidence_kit.records import dataclass
from evidence_kit.report.harm import MAX_FIXES, fixes
from evidence_kit.report.words import blind_words, break_words
from evidence_kit.schema import COUNTED_ROLES, Finding, ItemReport, Outcome, Point, Quad, Report, Text, Trace

MAX_PHOTOS = 60
MAX_MOMENTS = 12
"""Moments shown of one video."""
OVERVIEW_FRAMES = 6
MAX_FACES = 12
BEGIN_S = 36.0
"""Of a video: so long people take to show a parcel's sides."""
BEGIN_FRAMES = 12
"""Shown of it where the sides could not be told: one every three seconds, a side turned slowly is seen in one."""
BEFORE_S = 0.12
"""How long before a break its last frame is looked for: three frames of 25 a second."""

Kind = Literal["photo", "crop", "moment", "faces", "overview"]
Colour = Literal["waybill", "goods", "fail", "review"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One quad on a picture. ``number`` stands beside it, so that no colour is needed to tell it."""

    number: int
    quad: Quad
    what: Colour
    label: Text
    tail: str | None = None
    """The number's last digits, shown where the label itself is blurred."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One picture that the report wants."""

    id: str
    kind: Kind
    item: str
    caption: Text
    marks: tuple[Mark, ...] = ()
    times_s: tuple[float, ...] = ()
    """Moments of the video, one frame each, side by side."""
    areas: tuple[Quad | None, ...] = ()
    """For ``faces``: where the face lies in each frame. For ``crop``: the one place to show."""
    covered: tuple[Quad, ...] = ()
    """Labels on the picture: blurred unless personal data is shown."""
    private: bool = False
    """A chat, a receipt or a tracking page: all of it is personal data."""


@dataclass(frozen=True, slots=True)
class Source:
    """A drawn picture as a page can show it: a ``data:`` address or a path of the local page."""

    address: str
    width: int
    height: int


def wishes(report: Report) -> tuple[Wish, ...]:
    """Every picture of ``report``: one for each fix that points somewhere, then photos and videos in order."""
    found = list(_fix_wishes(report))
    photos = [item for item in report.items if item.kind == "photo"][:MAX_PHOTOS]
    for place, item in enumerate(report.items):
        if item.kind == "video":
            found += _video_wishes(report, item, f"v{place}")
        elif item in photos:
            marks = marks_of(report, item.id)
            found.append(
                Wish(
                    f"p{place}",
                    "photo",
                    item.id,
                    Text(item.id, item.id),
                    marks=marks,
                    covered=labels_of(report, item.id),
                    private=_private(item),
                )
            )
    return tuple(found)


def fix_wish(finding: Finding, place: int, report: Report) -> str | None:
    """The id of the picture beside the ``place``-th fix, or None where it points at no picture."""
    return f"f{place}" if _pointed(finding, report) is not None else None


def labels_of(report: Report, item: str, at_s: float | None = None) -> tuple[Quad, ...]:
    """Where labels lie on ``item`` (at that moment, for a video), read or not."""
    found: dict[Quad, None] = {}
    for reading in report.facts.waybill_readings:
        if reading.item == item and reading.quad and _same_moment(reading.at_s, at_s):
            found[reading.quad] = None
    for frame in report.facts.same_frame:
        if frame.item == item and frame.waybill_quad and at_s is None:
            found[frame.waybill_quad] = None
    for finding in report.findings:
        if "waybill" in finding.rule:
            for trace in finding.traces:
                if trace.item == item and trace.quad and _same_moment(trace.at_s, at_s):
                    found[trace.quad] = None
    return tuple(found)


def marks_of(report: Report, item: str, at_s: float | None = None) -> tuple[Mark, ...]:
    """What was found on ``item``: numbers read, labels seen, goods beside them."""
    marks: list[Mark] = []

    def add(quad: Quad, what: Colour, label: Text, tail: str | None = None) -> None:
        if all(not _close(quad, mark.quad) for mark in marks):
            marks.append(Mark(len(marks) + 1, quad, what, label, tail))

    wrong = {
        trace.quad
        for finding in report.findings
        if finding.rule == "waybill-matches" and finding.outcome in (Outcome.FAIL, Outcome.REVIEW)
        for trace in finding.traces
    }
    for reading in report.facts.waybill_readings:
        if reading.item == item and reading.quad and _same_moment(reading.at_s, at_s):
            tail = reading.number[-4:]
            label = Text(f"读到的单号,尾号 {tail}", f"number read, ending in {tail}")
            add(reading.quad, "fail" if reading.quad in wrong else "waybill", label, tail)
    for frame in report.facts.same_frame:
        if frame.item == item and at_s is None:
            if frame.waybill_quad and frame.waybill == "seen":
                add(frame.waybill_quad, "review", Text("面单,单号没读出来", "a label whose number was not read"))
            if frame.goods != "no":
                sure = frame.goods == "yes"
                word = Text("商品", "goods") if sure else Text("像是商品,请看一眼", "maybe goods; please look")
                labels = labels_of(report, item)
                for box in frame.goods_boxes:
                    if not any(_overlap(box, label_quad) for label_quad in labels):
                        add(box, "goods", word)
    return tuple(marks)


# --- inside ---


def _fix_wishes(report: Report) -> Iterator[Wish]:
    for place, finding in enumerate(fixes(report.findings)[:MAX_FIXES], 1):
        trace = _pointed(finding, report)
        if trace is None:
            continue
        item = next(entry for entry in report.items if entry.id == trace.item)
        what: Colour = "fail" if finding.outcome is Outcome.FAIL else "review"
        same = [other.quad for other in finding.traces if other.quad and _beside(other, trace)]
        label = finding.message
        marks = tuple(Mark(number, quad, what, label) for number, quad in enumerate(same[:4], 1))
        caption = Text(item.id, item.id)
        if item.kind == "video":
            at_s = trace.at_s or 0.0
            caption = Text(f"{item.id},第 {moment(at_s)}", f"{item.id} at {moment(at_s)}")
            times = (max(0.0, at_s - BEFORE_S), at_s) if finding.rule == "video-continuous" else (at_s,)
            covered = labels_of(report, item.id, at_s)
            shown = marks if len(times) == 1 else ()
            yield Wish(f"f{place}", "moment", item.id, caption, marks=shown, times_s=times, covered=covered)
        else:
            yield Wish(
                f"f{place}",
                "crop",
                item.id,
                caption,
                marks=marks,
                areas=(same[0],) if same else (),
                covered=labels_of(report, item.id),
                private=_private(item),
            )


def _pointed(finding: Finding, report: Report) -> Trace | None:
    """The trace to show for a finding: one with a place or a moment, else a whole photo; never a bare video."""
    kinds = {item.id: item.kind for item in report.items}
    able = [trace for trace in finding.traces if trace.item in kinds]
    exact = [trace for trace in able if trace.quad is not None or trace.at_s is not None]
    whole = [trace for trace in able if kinds[trace.item] == "photo"]
    return next(iter(exact or whole), None)


def _video_wishes(report: Report, item: ItemReport, name: str) -> list[Wish]:
    found = []
    told = [sides for sides in report.facts.sides if sides.item == item.id]
    faces = [face for sides in told for face in sides.faces][:MAX_FACES]
    if faces:
        times = tuple(face.at_s for face in faces)
        quads = tuple(face.quad for face in faces)
        covered = tuple(quad for at_s in times for quad in labels_of(report, item.id, at_s))
        caption = Text("开拆前展示的面", "faces shown before opening")
        if any(sides.shown is None for sides in told):
            caption = Text(
                "开拆前的各次展示(同一个面可能出现多次):六个面都有吗?",
                "what is shown before opening (a face may stand here twice): are all six there?",
            )
        found.append(Wish(f"{name}-faces", "faces", item.id, caption, times_s=times, areas=quads, covered=covered))
    elif item.seconds and item.width and told:
        found.append(_beginning(item, name))
    if item.seconds and item.width:
        step = item.seconds / OVERVIEW_FRAMES
        times = tuple(round(step * (place + 0.5), 2) for place in range(OVERVIEW_FRAMES))
        caption = Text("从头到尾各看一眼", "from beginning to end")
        found.append(Wish(f"{name}-all", "overview", item.id, caption, times_s=times))
    for place, (at_s, times, caption) in enumerate(_moments(report, item.id)):
        marks = marks_of(report, item.id, at_s) if len(times) == 1 else ()
        covered = labels_of(report, item.id, at_s)
        found.append(Wish(f"{name}-m{place}", "moment", item.id, caption, marks=marks, times_s=times, covered=covered))
    return found


def _beginning(item: ItemReport, name: str) -> Wish:
    """The video's beginning, view by view, for a person to count the sides on."""
    step = min(item.seconds or 0.0, BEGIN_S) / BEGIN_FRAMES
    times = tuple(round(step * (place + 0.5), 2) for place in range(BEGIN_FRAMES))
    caption = Text("开头逐段看:六个面都展示了吗?", "the beginning, view by view: are all six sides shown?")
    return Wish(f"{name}-begin", "overview", item.id, caption, times_s=times)


def _moments(report: Report, item: str) -> list[tuple[float, tuple[float, ...], Text]]:
    """(moment, frames to show, caption) of what happens in a video, in order of time; doubts before the rest."""
    found: list[tuple[int, float, tuple[float, ...], Text]] = []
    for take in report.facts.continuity:
        if take.item != item:
            continue
        for gap in take.breaks:
            word = break_words(gap.kind)
            found.append((0, gap.at_s, (max(0.0, gap.at_s - BEFORE_S), gap.end_s or gap.at_s), word))
        for blind in take.blind:
            word = blind_words(blind.cause)
            found.append((1, blind.from_s, ((blind.from_s + blind.to_s) / 2,), word))
        found += [
            (1, out.from_s, ((out.from_s + out.to_s) / 2,), Text("包裹离开画面", "parcel out of the frame"))
            for out in take.parcel_out
        ]
    for sides in report.facts.sides:
        if sides.item == item and sides.opened_at_s is not None:
            found.append((2, sides.opened_at_s, (sides.opened_at_s,), Text("开始拆开", "opening begins")))
    seen: set[str] = set()
    for reading in report.facts.waybill_readings:
        if reading.item == item and reading.at_s is not None and reading.number not in seen:
            seen.add(reading.number)
            tail = reading.number[-4:]
            word = Text(f"读到单号,尾号 {tail}", f"number read, ending in {tail}")
            found.append((2, reading.at_s, (reading.at_s,), word))
    found.sort(key=lambda entry: entry[:2])
    kept = sorted(found[:MAX_MOMENTS], key=lambda entry: entry[1])
    return [
        (at_s, times, Text(f"第 {moment(at_s)}:{word.zh}", f"{moment(at_s)}: {word.en}"))
        for _, at_s, times, word in kept
    ]


def _private(item: ItemReport) -> bool:
    return item.role not in COUNTED_ROLES


def _same_moment(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) < 0.25


def _beside(one: Trace, other: Trace) -> bool:
    return one.item == other.item and _same_moment(one.at_s, other.at_s)


def _close(one: Quad, other: Quad) -> bool:
    return all(abs(a[0] - b[0]) < 0.01 and abs(a[1] - b[1]) < 0.01 for a, b in zip(one, other, strict=True))


def _overlap(box: Quad, label: Quad) -> bool:
    """The box is the label itself: one's centre lies in the other, with a third of slack."""
    return _inside(_centre(label), box, 0.0) or _inside(_centre(box), label, 0.35)


def _centre(quad: Quad) -> Point:
    return sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4


def _inside(point: Point, quad: Quad, slack: float) -> bool:
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    more_x, more_y = slack * (max(xs) - min(xs)), slack * (max(ys) - min(ys))
    in_x = min(xs) - more_x <= point[0] <= max(xs) + more_x
    return in_x and min(ys) - more_y <= point[1] <= max(ys) + more_y
