"""Worker processes that outlive what they look at: kept warm, watched, replaced when a case takes one down.

Each item (file) has its own time limit; each worker a bound on its memory. A worker that hangs is killed, one that
dies (a codec's segmentation fault, the system's out-of-memory killer) is replaced, and the case is tried once more.
An item that takes two workers down is barred: its sensors answer with an error, everything else of the case is
judged. Nothing else of the scan notices. Why this and no pool from a library: docs/decisions/0030.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from evidence_kit.batch.work import Announce, Done, Order, Settings, judge_order, lost_case, pack_up
from evidence_kit.records import dataclass
from evidence_kit.schema import Text
from evidence_kit.threads import ONE_THREAD

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from evidence_kit.cache import Cache

log = logging.getLogger("evidence_kit")

ITEM_S = 300.0
"""Seconds for one item, and for opening a case."""
START_S = 300.0
"""Seconds until a worker is ready; interpreter and modules come from a disk that may be slow or far."""
MEMORY_BYTES = 3_000_000_000
"""What a worker may hold beyond what it holds when it starts."""
MOST_DEATHS = 8
"""Workers that one case may take down before it is given up as a whole."""
MOST_STILLBORN = 5
"""Workers in a row that end before they are ready, until the scan itself has failed."""
GRACE_S = 30.0
"""After its time limit a worker ends itself, even where nobody is left to end it."""
KILLED = 9
"""SIGKILL, which Windows does not have."""
Work = Callable[[Order, Settings, "Cache | None", Announce], Done]


class WorkersFailed(RuntimeError):
    """No worker starts: the scan, not a case, has failed."""


@dataclass(frozen=True, slots=True)
class Limits:
    item_s: float = ITEM_S
    memory_bytes: int = MEMORY_BYTES


@dataclass(slots=True)
class _Job:
    """A case on its way, with what happened to it so far."""

    order: Order
    deaths: int = 0
    suspects: set[str | None] = field(default_factory=set)
    """Items (None: opening or judging) that took one worker down."""


class _Worker:
    """One process, the pipe to it, and what it is doing."""

    def __init__(self, settings: Settings, limits: Limits, work: Work) -> None:
        self.limits = limits
        spawn = multiprocessing.get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        self.process: SpawnProcess = spawn.Process(
            target=_serve, args=(theirs, settings, limits, work), daemon=True, name="evidence-kit-worker"
        )
        with one_core():
            self.process.start()
        theirs.close()  # so that the pipe ends when the process does
        self.job: _Job | None = None
        self.item: str | None = None
        self.ready = False
        self.deadline = 0.0

    def give(self, job: _Job) -> None:
        self.job = job
        self.looks_at(None)
        with contextlib.suppress(OSError):  # it is dead: the pipe's end tells so
            self.pipe.send(job.order)

    def looks_at(self, item: str | None) -> None:
        self.item = item
        self.deadline = time.monotonic() + (self.limits.item_s if self.ready else START_S)

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def why_dead(self, *, hung: bool) -> Text:
        """What the operating system says about its end."""
        if hung:
            seconds = f"{self.limits.item_s if self.ready else START_S:g}"
            return Text(f"超过 {seconds} 秒没有结束,已中止", f"not finished within {seconds} s, so it was stopped")
        self.process.join()
        code = self.process.exitcode or 0
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if code == -KILLED:
            return Text("检查进程被系统终止(内存不足或被关闭)", "its process was killed (out of memory, or by hand)")
        return Text(f"检查进程异常退出({name})", f"its process crashed ({name})")


class Workers:
    """``count`` workers. Use as a context manager; ``judge`` may be called more than once."""

    def __init__(
        self, count: int, settings: Settings, limits: Limits | None = None, *, work: Work = judge_order
    ) -> None:
        self.count = max(1, count)
        self.settings = settings
        self.limits = limits or Limits()
        self.work = work
        self._idle: list[_Worker] = []
        self._busy: dict[Any, _Worker] = {}
        self._stillborn = 0

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in (*self._idle, *self._busy.values()):
            worker.end()
        self._idle.clear()
        self._busy.clear()

    def pids(self) -> list[int]:
        """The workers' process ids."""
        return [worker.process.pid or 0 for worker in (*self._idle, *self._busy.values())]

    def judge(self, orders: Iterable[Order]) -> Iterator[Done]:
        """Every order's answer as it comes, not in order. Never raises for what a case does.

        Raises WorkersFailed where workers do not even start.
        """
        coming = iter(orders)
        again: deque[_Job] = deque()
        while True:
            while len(self._busy) < self.count:
                job = again.popleft() if again else next((_Job(order) for order in coming), None)
                if job is None:
                    break
                worker = self._idle.pop() if self._idle else _Worker(self.settings, self.limits, self.work)
                self._busy[worker.pipe] = worker
                worker.give(job)
            if not self._busy:
                return
            yield from self._settle(again)

    def _settle(self, again: deque[_Job]) -> Iterator[Done]:
        """Wait for the next thing that happens; what was taken down and may be tried again goes to ``again``."""
        first = min(worker.deadline for worker in self._busy.values())
        ready = wait(list(self._busy), timeout=max(0.0, first - time.monotonic()))
        for pipe in ready:
            worker = self._busy[pipe]
            try:
                kind, said = worker.pipe.recv()
            except Exception:  # the end of the pipe, or half a message from a process that is gone
                yield from self._lost(worker, again, hung=False)
                continue
            if kind == "ready":
                worker.ready, self._stillborn = True, 0
                worker.looks_at(None)
            elif kind == "looks at":
                worker.looks_at(said)
            else:
                del self._busy[pipe]
                worker.job = None
                self._idle.append(worker)
                yield said
        now = time.monotonic()
        for worker in [worker for worker in self._busy.values() if worker.deadline <= now and not worker.pipe.poll()]:
            yield from self._lost(worker, again, hung=True)

    def _lost(self, worker: _Worker, again: deque[_Job], *, hung: bool) -> Iterator[Done]:
        """Replace a worker; its case goes on as far as it can."""
        job = worker.job
        assert job is not None
        del self._busy[worker.pipe]
        if hung:
            worker.process.kill()
        why = worker.why_dead(hung=hung)
        worker.end()
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn >= MOST_STILLBORN:
                raise WorkersFailed(why.en)
            again.append(job)
            return
        job.deaths += 1
        known = worker.item in job.suspects
        job.suspects.add(worker.item)
        hopeless = job.deaths >= MOST_DEATHS or (known and (worker.item is None or worker.item in job.order.barred))
        if not hopeless:
            if known and worker.item is not None:
                barred = {**job.order.barred, worker.item: _told(why)}
                job.order = replace(job.order, barred=barred)
            again.append(job)
            return
        yield _given_up(job.order, self.settings, why)


def _given_up(order: Order, settings: Settings, why: Text) -> Done:
    pack = settings.pack[0] if settings.pack else ""
    report = lost_case(order.case.id, pack, why, settings.now)
    return pack_up(report, pack, settings.lang)


def _told(why: Text) -> Text:
    return Text(f"这个文件没有查完:{why.zh}", f"The check of this file did not finish: {why.en}.")


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Libraries that are loaded meanwhile, here or in a process that is started, use one thread each.

    Where the environment says otherwise, it goes before.
    """
    added = [name for name in ONE_THREAD if name not in os.environ]
    os.environ.update({name: ONE_THREAD[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


# --- in the worker ---


def _serve(pipe: Connection, settings: Settings, limits: Limits, work: Work) -> None:
    """Answer orders from ``pipe`` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the scan's; it ends this process
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (open for the process's life)
    os.dup2(nowhere.fileno(), 2)  # codecs talk to a terminal that shows the scan's progress
    threading.Thread(target=_follow_parent, daemon=True).start()
    _bound_memory(limits.memory_bytes)
    cache = _cache(settings.cache)
    current: list[str | None] = [None]

    def begin(item: str | None) -> None:
        """A watch that needs no Python ends this process, should a codec hang when the scan is gone."""
        current[0] = item
        faulthandler.dump_traceback_later(limits.item_s + GRACE_S, exit=True, file=nowhere)

    def announce(item: str) -> None:
        if item != current[0]:
            begin(item)
            pipe.send(("looks at", item))

    pipe.send(("ready", None))
    try:
        while True:
            try:
                order = pipe.recv()
            except (EOFError, OSError):
                return
            begin(None)
            answer = _answer(work, order, settings, cache, announce)
            faulthandler.cancel_dump_traceback_later()
            pipe.send(("done", answer))
    finally:
        if cache is not None:
            cache.close()


def _answer(work: Work, order: Order, settings: Settings, cache: Cache | None, announce: Announce) -> Done:
    """What ``work`` says; its own fault is its case's report, and the worker lives on."""
    try:
        return work(order, settings, cache, announce)
    except Exception as problem:
        name = type(problem).__name__
        log.warning("%s: %s: %s", order.case.id, name, problem)
        log.debug("where", exc_info=True)
        return _given_up(order, settings, Text(f"程序出错({name})", f"the check itself failed ({name})"))


def _follow_parent() -> None:
    """End with the scan: a killed parent closes no pipe that a busy worker would notice."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)


def _bound_memory(most: int) -> None:
    """Allocations fail beyond ``most`` bytes on top of what is held now. Linux counts private memory only."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    which = resource.RLIMIT_DATA if os.path.exists("/proc/self/statm") else resource.RLIMIT_AS  # noqa: PTH110
    _, hard = resource.getrlimit(which)
    wanted = most + _held()
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(which, (wanted, hard))


def _held() -> int:
    """Bytes of private memory in use, as Linux counts them; 0 elsewhere."""
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123
            return int(stream.read().split()[5]) * os.sysconf("SC_PAGESIZE")
    except (OSError, IndexError, ValueError):
        return 0


def _cache(folder: str | None) -> Cache | None:
    if folder is None:
        return None
    from pathlib import Path

    from evidence_kit.cache import Cache

    return Cache(Path(folder), now_s=time.time())
