"""The process that does the heavy work: opens files, judges, draws. One at a time, and it can be stopped for good.

A thread cannot be stopped in the middle of a decoder; a process can. It also keeps a file that crashes a decoder
away from the page. Libraries and models stay loaded from one job to the next.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import signal
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.report.picture import Wish
from evidence_kit.schema import Item, Note, Report, Submission, Text

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from evidence_kit.packs import Pack
    from evidence_kit.wiring import Provider

STEPS: Mapping[str, str] = {
    "photo_header": "读照片信息",
    "sharpness": "看清不清楚",
    "codes": "找面单条码",
    "under_text": "认条码下的数字",
    "label_text": "认面单数字",
    "around_text": "认面单四周的字",
    "page_text": "认文字",
    "frame_content": "看商品和面单是否同框",
    "video_header": "读视频信息",
    "packet_signals": "看时间轴",
    "picture_changes": "逐帧看是否连续",
    "parcel_looks": "看展示了哪几个面",
    "parcel_colours": "看包裹有没有离开画面",
    "frame_codes": "在视频里找面单",
    "frame_texts": "认视频里的数字",
}
"""What a sensor does, in the clerk's words; others are 检查中."""


@dataclass(frozen=True, slots=True)
class JudgeJob:
    """One judgement. With ``media`` the files were opened before and are not read again."""

    files: Path
    stated: Path
    measurements: Path
    names: Mapping[str, str]
    name: str
    pack: str | None
    facts: Mapping[str, Any]
    now: datetime
    reveal: bool
    media: Submission | None = None
    without: frozenset[str] = frozenset()
    """Manifest keys that the clerk emptied."""
    uses: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Item -> what the clerk says it is for; it goes before the manifest."""


@dataclass(frozen=True, slots=True)
class DrawJob:
    """One picture."""

    wish: Wish
    item: Item
    reveal: bool


@dataclass(frozen=True, slots=True)
class Judged:
    media: Submission
    submission: Submission
    report: Report
    seconds: float
    looks: int
    """How many sensors looked at a file; 0 where everything was known already."""


def work(pipe: Connection) -> None:
    """Answer jobs from ``pipe`` until it closes: (kind, payload) pairs, the last of each job "done" or "failed"."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the page's; it ends this process
    _warm()
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = _judge(job, pipe) if isinstance(job, JudgeJob) else _draw(job)
            pipe.send(("done", answer))
        except BrokenPipeError:
            return
        except Exception as problem:
            pipe.send(("failed", _why(problem)))


def _why(problem: Exception) -> str:
    """What went wrong, for the clerk; manifest keys by the names that the form has."""
    from evidence_kit.packs import PackError
    from evidence_kit.report.words import plain_words

    text = getattr(problem, "text", None)
    if isinstance(text, Text):
        return plain_words(text).zh
    return "清单里写的申诉类型这里没有" if isinstance(problem, PackError) else f"没有查完({type(problem).__name__})"


def _warm() -> None:
    """Load what every job needs, before the first one comes."""
    import contextlib

    from evidence_kit.resolve import all_providers

    all_providers()
    for library in ("numpy", "cv2", "PIL.Image", "av", "zxingcpp", "onnxruntime"):
        with contextlib.suppress(ImportError):
            __import__(library)


def _judge(job: JudgeJob, pipe: Connection) -> Judged:
    from evidence_kit.cache import Cache
    from evidence_kit.engine import judge
    from evidence_kit.surface import DEFAULT_PACK

    started = time.perf_counter()
    media = job.media or _opened(job)
    submission = _stated(job, media)
    pack = _pack(job.pack or submission.pack or DEFAULT_PACK)
    looks = 0
    sending = threading.Lock()  # several items are looked at at once, and a pipe takes one message at a time

    def step(provider: Provider, item: Item) -> None:
        nonlocal looks
        with sending:
            looks += 1
            pipe.send(("step", {"item": item.id, "step": STEPS.get(provider.name, "检查中")}))

    def progress(item: str, done: int, total: int) -> None:
        if not looks:  # a corrected fact: all is known already, and each message costs a millisecond
            return
        with sending:
            pipe.send(("item", {"item": item, "done": done, "total": total}))

    cache = Cache(job.measurements, now_s=time.time())
    try:
        report = judge(
            submission,
            pack,
            cache=cache,
            jobs=os.cpu_count() or 1,
            reveal=job.reveal,
            gate=step,
            progress=progress,
        )
    finally:
        cache.close()
    return Judged(media, submission, report, round(time.perf_counter() - started, 3), looks)


@functools.cache
def _pack(name: str) -> Pack:
    """A shipped pack, read once: reading it takes longer than judging by it again."""
    from evidence_kit.packs import PackError, load_pack, shipped

    if name not in shipped():  # a manifest may name a file; the page opens none
        raise PackError(f"no pack {name!r}")
    return load_pack(name)


def _opened(job: JudgeJob) -> Submission:
    """The uploaded files as items, under the names that the clerk knows."""
    from evidence_kit.intake import open_submission
    from evidence_kit.intake.files import natural

    if not job.names:  # a manifest alone: text is no evidence, and a rule says so
        return Submission("", open_submission([job.stated], facts={"files": []}, now=job.now).case, ())
    found = open_submission([job.files], facts={}, now=job.now, with_manifest=False)
    items = [dataclasses.replace(item, id=job.names.get(item.id, item.id)) for item in found.items]
    notes = tuple(
        Note(note.text, job.names.get(note.target, note.target) if note.target else None) for note in found.notes
    )
    return dataclasses.replace(found, items=tuple(sorted(items, key=lambda item: natural(item.id))), notes=notes)


def _stated(job: JudgeJob, media: Submission) -> Submission:
    """Manifest and form as the case, with the media as its items."""
    from evidence_kit.intake import open_submission
    from evidence_kit.intake.manifest import read_manifest, settle
    from evidence_kit.web.claims import used_as

    manifest = read_manifest(job.stated)
    listed = settle(manifest, job.facts, job.now, without=job.without).files if manifest else None
    case = open_submission([job.stated], facts={**job.facts, "files": []}, now=job.now, without=job.without)
    items = media.items if listed is None else _listed(listed, media)
    items = tuple(used_as(item, job.uses[item.id]) if item.id in job.uses else item for item in items)
    return dataclasses.replace(
        case,
        id=case.id if manifest and case.id != job.stated.name else job.name or "submission",
        items=items,
        has_manifest=manifest is not None,
        notes=(*media.notes, *case.notes),
    )


def _listed(listed: Any, media: Submission) -> tuple[Item, ...]:
    """The files that a manifest lists, with their roles, as ``check`` takes them."""
    from pathlib import PureWindowsPath

    from evidence_kit.intake import IntakeError
    from evidence_kit.intake.files import id_of

    by_id = {item.id: item for item in media.items}
    items = []
    for entry in listed:
        item = by_id.get(id_of(*PureWindowsPath(entry.path).parts))
        if item is None:
            raise IntakeError(
                f"清单里的文件没有拖进来: {entry.path[:80]}", f"a listed file was not uploaded: {entry.path[:80]}"
            )
        items.append(dataclasses.replace(item, role=entry.role, source=entry.source))
    return tuple(items)


def _draw(job: DrawJob) -> bytes | None:
    from evidence_kit.pictures import draw

    drawn = draw(job.wish, job.item, reveal=job.reveal)
    return drawn.jpeg if drawn else None
