"""The queue before the one workbench: quick things first, heavy ones one by one, and any can be called off."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
from collections.abc import Callable
from dataclasses import field
from typing import Any

from evidence_kit.records import dataclass
from evidence_kit.web.workbench import DrawJob, JudgeJob, work

Listener = Callable[[str, Any], None]
"""Called with ("queued", how many are ahead), ("started", None), ("step", …), ("item", …)."""

AGAIN, DRAWING, HEAVY = 0, 1, 2
"""Urgency: a corrected fact decodes nothing and somebody watches it; a first look takes as long as it takes."""


class Broken(Exception):
    """The job could not be done; the text is for the clerk."""


@dataclass(slots=True, eq=False)
class _Waiting:
    job: JudgeJob | DrawJob
    urgency: int
    listen: Listener
    answer: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    begun: bool = False


class Desk:
    """Hands jobs to the workbench process. Start it inside the event loop that uses it."""

    def __init__(self) -> None:
        self._queue: list[_Waiting] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._process: Any = None
        self._pipe: Any = None

    def start(self) -> None:
        """Begin: the process is started at once, so that its libraries are loaded when the first files come."""
        self._open_workbench()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """End the work in hand and the process."""
        if self._task is not None:
            self._task.cancel()
        self._end_workbench()
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def do(self, job: JudgeJob | DrawJob, *, urgency: int = HEAVY, listen: Listener | None = None) -> Any:
        """The job's answer. Cancelling this call calls the job off, also in the middle of a decoder."""
        waiting = _Waiting(job, urgency, listen or _nobody)
        later = (n for n, other in enumerate(self._queue) if other.urgency > urgency and not other.begun)
        self._queue.insert(next(later, len(self._queue)), waiting)
        self._news.set()
        self._tell_places()
        try:
            return await waiting.answer
        finally:
            if waiting.begun and not waiting.answer.done():
                waiting.answer.cancel()
            if waiting.answer.cancelled() and waiting.begun and waiting in self._queue:
                self._end_workbench()  # the reader sees the pipe close, and opens another
            elif waiting in self._queue and not waiting.begun:
                self._queue.remove(waiting)
            self._tell_places()

    # --- inside ---

    def _tell_places(self) -> None:
        for ahead, waiting in enumerate(self._queue):
            if not waiting.begun:
                waiting.listen("queued", {"ahead": ahead})

    async def _run(self) -> None:
        while True:
            while not self._queue:
                self._news.clear()
                await self._news.wait()
            waiting = self._queue[0]
            waiting.begun = True
            waiting.listen("started", None)
            try:
                kind, answer = await self._hand_over(waiting)
                if not waiting.answer.done():
                    if kind == "done":
                        waiting.answer.set_result(answer)
                    else:
                        waiting.answer.set_exception(Broken(answer))
            except (EOFError, OSError):
                self._end_workbench()
                self._open_workbench()
                if not waiting.answer.done():
                    waiting.answer.set_exception(Broken("检查时出错停止了,可能有文件已损坏;请去掉可疑的文件再试"))
            except Exception as problem:  # whatever it is, the next in the queue must have its turn
                if not waiting.answer.done():
                    waiting.answer.set_exception(Broken(f"没有查完({type(problem).__name__})"))
            finally:
                if waiting in self._queue:
                    self._queue.remove(waiting)
                self._tell_places()

    async def _hand_over(self, waiting: _Waiting) -> tuple[str, Any]:
        if self._process is None or not self._process.is_alive():
            self._open_workbench()
        pipe = self._pipe
        await asyncio.to_thread(pipe.send, waiting.job)
        while True:
            kind, news = await asyncio.to_thread(pipe.recv)
            if kind in ("done", "failed"):
                return kind, news
            waiting.listen(kind, news)

    def _open_workbench(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=work, args=(theirs,), daemon=True, name="evidence-kit-workbench")
        self._process.start()
        theirs.close()

    def _end_workbench(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
            self._process = None


def _nobody(_kind: str, _news: Any) -> None:
    """Nobody listens."""
