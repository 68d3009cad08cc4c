"""A scan from input to outputs: what is settled stays, the rest is judged, then everything is written."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Protocol, TextIO

from evidence_kit.batch import index, storage
from evidence_kit.batch.cases import CaseInput, digest
from evidence_kit.batch.copies import find_copies, shared_files
from evidence_kit.batch.kept import KeptMeasurements
from evidence_kit.batch.outputs import ReportLines, Summary, write_all
from evidence_kit.batch.progress import Progress
from evidence_kit.batch.state import Settled, State
from evidence_kit.batch.work import Done, Order, Settings
from evidence_kit.packs import PackError, load_pack, shipped
from evidence_kit.records import dataclass
from evidence_kit.resolve import all_providers, package_version
from evidence_kit.schema import Copy
from evidence_kit.version import __version__


class Engine(Protocol):
    """Judges orders somewhere: local processes, or a cluster."""

    def judge(self, orders: Iterable[Order]) -> Iterator[Done]: ...


StartEngine = Callable[[Settings], AbstractContextManager[Engine]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a scan is asked to do, apart from where and how."""

    settings: Settings
    """Its ``now`` is the clock's where ``stated_now`` is None."""
    stated_now: datetime | None
    out: Path
    progress: TextIO | None = None
    index: str | None = None
    """Where earlier scans have kept what was handed in, and this one does too: a folder, or an address."""


def run_scan(cases: Sequence[CaseInput], plan: Plan, start: StartEngine) -> Summary:
    """Judge ``cases`` into ``plan.out``. Raises StateError or OSError where the output cannot be written.

    Raises IntakeError where the index cannot be read or written; what was settled stays.
    """
    state = State(plan.out, now_ns=time.time_ns())
    try:
        return _Scan(cases, plan, state).run(start)
    finally:
        state.close()


class _Scan:
    def __init__(self, cases: Sequence[CaseInput], plan: Plan, state: State) -> None:
        self.cases = cases
        self.plan = plan
        self.state = state
        named = _settings_digest(plan.settings)
        now = state.begin(named, plan.stated_now, plan.settings.now)
        self.settings = replace(plan.settings, now=now)
        self.base = digest(named, now.isoformat())
        state.keep_only({case.id: case.place for case in cases})
        self.settled = state.settled()
        self.packs: dict[str, str] = {}
        if plan.index is not None and not index.has_scan(plan.index, state.scan_id()):
            index.write_scan(plan.index, state.scan_id(), [])  # a place that cannot be written is told before the work

    def run(self, start: StartEngine) -> Summary:
        copies = self._copies()
        todo = self._stale(copies)
        lines = ReportLines(self.plan.out, self.state.reports(but=[case.id for case in todo]), self.settings.lang)
        progress = Progress(self.plan.progress, len(self.cases), len(self.cases) - len(todo))
        try:
            with ExitStack() as stack:
                engine = cache(lambda: stack.enter_context(start(self.settings)))  # once, and only if it is needed
                self._judge(engine, todo, copies, lines, progress)
                # Only when all files are known is it known which of them several cases share.
                copies = self._copies()
                again = self._stale(copies)
                if again:
                    lines.close()
                    kept = self.state.reports(but=[case.id for case in again])
                    lines = ReportLines(self.plan.out, kept, self.settings.lang)
                    progress.expect_more(len(again))
                    self._judge(engine, again, copies, lines, progress)
        finally:
            lines.close()
        progress.end()
        shared = shared_files(self.state.repeated_files())
        summary = write_all(self.plan.out, self.state.reports(), shared, self._links(), self.settings.lang)
        if self.plan.index is not None:
            self._write_index(self.plan.index)
        self.state.finish()
        return summary

    def _copies(self) -> Mapping[str, tuple[Copy, ...]]:
        """The copies of the files known so far. What other scans write meanwhile, the next run finds."""
        if self.plan.index is not None:
            self.state.find_elsewhere(index.read_index(self.plan.index))
        return find_copies(self.state.repeated_files())

    def _write_index(self, place: str) -> None:
        mine = self.state.scan_id()
        before = list(index.read_scan(place, mine)) if index.has_scan(place, mine) else []
        since = {entry.case_id: entry.seen_at for entry in before}
        here = [
            replace(entry, seen_at=since.get(entry.case_id, entry.seen_at))
            for entry in self.state.entries(self.settings.now.isoformat())
        ]
        known = {entry.case_id for entry in here}
        # What has left the input was handed in all the same.
        gone = [entry for entry in before if entry.case_id not in known]
        index.write_scan(place, mine, [*gone, *here])

    def _judge(
        self,
        engine: Callable[[], Engine],
        cases: Sequence[CaseInput],
        copies: Mapping[str, tuple[Copy, ...]],
        lines: ReportLines,
        progress: Progress,
    ) -> None:
        by_id = {case.id: case for case in cases}
        left: list[Order] = []
        for done in chain(self._from_kept(cases, copies, left), self._by_looking(engine, left)):
            case = by_id[done.case_id]
            key = self._key(case, copies.get(case.id, ()))
            self.state.settle(done, key, case.place)
            self.settled[case.id] = Settled(key, done.pack, done.pack_sha256)
            lines.add(done.line)
            progress.settled(done.verdict)

    def _from_kept(
        self, cases: Iterable[CaseInput], copies: Mapping[str, tuple[Copy, ...]], left: list[Order]
    ) -> Iterator[Done]:
        """The answers that follow from kept measurements; what must be looked at is added to ``left``."""
        with closing(KeptMeasurements(self.settings)) as kept:
            for case in cases:
                digests = self.state.digests(case.id) if case.id in self.settled else {}
                order = Order(case, copies.get(case.id, ()), digests=digests)
                done = kept.judge(order)
                if done is None:
                    left.append(order)
                else:
                    yield done

    def _by_looking(self, engine: Callable[[], Engine], left: list[Order]) -> Iterator[Done]:
        if left:
            yield from engine().judge(left)

    def _stale(self, copies: Mapping[str, tuple[Copy, ...]]) -> list[CaseInput]:
        """The cases whose report is not there, or follows from something else than what is there now."""
        return [case for case in self.cases if not self._fresh(case, copies.get(case.id, ()))]

    def _fresh(self, case: CaseInput, copies: tuple[Copy, ...]) -> bool:
        kept = self.settled.get(case.id)
        if kept is None or kept.key != self._key(case, copies):
            return False
        if self.settings.pack is not None or not kept.pack.endswith(".toml"):
            return True  # the key names the packs that were given or come with the kit
        return self._pack_now(kept.pack) == kept.pack_sha256

    def _key(self, case: CaseInput, copies: tuple[Copy, ...]) -> str:
        told = [[copy.item, copy.submission, copy.other, copy.handed_in] for copy in copies]
        return digest(self.base, case.root, case.print, told)

    def _pack_now(self, name: str) -> str:
        if name not in self.packs:
            try:
                self.packs[name] = load_pack(name).sha256
            except PackError:
                self.packs[name] = ""
        return self.packs[name]

    def _links(self) -> dict[str, str]:
        """From the index to each case's folder, where it is one on this machine."""
        links = {}
        for case in self.cases:
            if case.files is None and not storage.is_address(case.root):
                try:
                    relative = os.path.relpath(case.root, self.plan.out)
                except ValueError:  # another drive
                    continue
                links[case.id] = _quoted(relative)
        return links


def _quoted(path: str) -> str:
    from urllib.parse import quote

    # A dot first: a folder's name with a colon must not be read as a scheme.
    return "./" + quote(path.replace(os.sep, "/")) + "/"


def _settings_digest(settings: Settings) -> str:
    """Everything that all reports follow from, but the files, the facts and ``now``."""
    sensors = [
        (provider.name, provider.version, [package_version(name) for name in provider.packages])
        for provider in all_providers()
        if provider.layer == "sensor"
    ]
    packs = [load_pack(name).sha256 for name in shipped()] if settings.pack is None else settings.pack[1].hex()
    return digest(__version__, sorted(sensors), packs, dict(settings.facts), dict(settings.options), settings.reveal)
