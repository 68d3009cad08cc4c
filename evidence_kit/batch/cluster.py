"""The same workers on a Ray cluster: each actor keeps one worker process and its limits on its own machine.

Ray places the actors and tells of those that are lost; a lost one's case is given to another. Files are read where
the actor runs: from object storage, or from a folder that every machine mounts at the same path.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from evidence_kit.batch.engines import EngineProblem
from evidence_kit.batch.work import Done, Order, Settings, judge_order
from evidence_kit.batch.workers import Limits, Work, Workers
from evidence_kit.version import __version__

KNOCK_S = 10.0
"""Seconds that a cluster may take to accept a connection."""
MOST_LOST = 20
"""Actors lost in a row, without a case judged, until the cluster counts as gone."""
WAIT_S = 300.0
"""Seconds without any actor at work or starting to work, until the cluster counts as full or gone."""


class Cluster:
    """Actors on the Ray cluster at ``address``; without one, that of RAY_ADDRESS or one started on this machine.

    ``jobs`` actors, by default one for each CPU of the cluster. Raises EngineProblem where there is no such cluster.
    """

    def __init__(
        self, settings: Settings, limits: Limits, *, jobs: int = 0, address: str | None = None, work: Work = judge_order
    ) -> None:
        self.settings = settings
        self.limits = limits
        self.jobs = jobs
        self.address = address
        self.work = work
        self._ray: Any = None
        self._ours = False
        self._lanes: dict[Any, Any] = {}
        self._lost = 0

    def __enter__(self) -> Cluster:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves the machine
        try:
            import ray
        except ImportError:
            raise EngineProblem("--engine ray needs a package: pip install 'evidence-kit[ray]'") from None
        self._ray = ray
        if not ray.is_initialized():
            self._connect(ray)
        return self

    def _connect(self, ray: Any) -> None:
        address = self.address or os.environ.get("RAY_ADDRESS")
        quiet = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": False}
        try:
            if address:
                _answers(address)
                ray.init(address=address, **quiet)
            else:
                ray.init(include_dashboard=False, num_cpus=self.jobs or os.cpu_count() or 1, **quiet)
        except (ConnectionError, RuntimeError, ValueError, OSError) as problem:
            first = str(problem).strip().splitlines() or [type(problem).__name__]
            raise EngineProblem(f"no Ray cluster at {address or 'this machine'}: {first[0]}") from None
        self._ours = True

    def __exit__(self, *_: object) -> None:
        for actor in self._lanes.values():
            with contextlib.suppress(Exception):
                self._ray.kill(actor)
        self._lanes.clear()
        if self._ours:
            self._ray.shutdown()

    def judge(self, orders: Iterable[Order]) -> Iterator[Done]:
        """Every order's answer as it comes, not in order. A lost machine's cases are judged elsewhere."""
        coming = iter(orders)
        again: deque[Order] = deque()
        given: dict[Any, tuple[Any, Order | None]] = {}
        idle: list[Any] = []
        for actor in self._lanes.values():
            given[actor.hello.remote()] = (actor, None)
        wanted = self.jobs or max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        for _ in range(wanted - len(self._lanes)):
            self._hire(given)
        while given:
            reference = self._next(given)
            if reference is None:
                continue
            actor, order = given.pop(reference)
            answer = self._answer(reference)
            if answer is None:
                self._dismiss(actor)
                self._hire(given)
                if order is None:
                    continue
                again.append(order)
                if not idle:
                    continue
                actor = idle.pop()  # it holds a CPU that a new one might wait for in vain
            elif isinstance(answer, Done):
                yield answer
            else:
                _same_version(answer)
            following = again.popleft() if again else next(coming, None)
            if following is not None:
                given[actor.judge.remote(following)] = (actor, following)
            elif all(waiting is None for _, waiting in given.values()):
                return  # actors that are still starting have nothing to start for
            else:
                idle.append(actor)

    def _next(self, given: dict[Any, tuple[Any, Order | None]]) -> Any:
        """The next reference that is ready; None where all are still at work."""
        ready, _ = self._ray.wait(list(given), num_returns=1, timeout=WAIT_S)
        if not ready and all(order is None for _, order in given.values()):
            raise EngineProblem(f"the Ray cluster has had no free CPU for {WAIT_S:g} s")
        return ready[0] if ready else None

    def _answer(self, reference: Any) -> Done | str | None:
        """What an actor says: a judged case, or its version as a greeting; None where it is lost."""
        errors = self._ray.exceptions
        try:
            answer: Done | str = self._ray.get(reference)
        except errors.RayTaskError as problem:
            raise EngineProblem(f"the check itself failed on a worker: {_first_line(problem)}") from None
        except errors.RayError as problem:
            self._lost += 1
            if self._lost > MOST_LOST:
                raise EngineProblem(f"the Ray cluster keeps losing its workers: {_first_line(problem)}") from None
            return None
        if isinstance(answer, Done):
            self._lost = 0
        return answer

    def _hire(self, given: dict[Any, tuple[Any, Order | None]]) -> None:
        """Ask for one more actor. It gets its first case when it has answered."""
        actor = self._actor_class().remote(self.settings, self.limits, self.work)
        self._lanes[actor._actor_id] = actor
        given[actor.hello.remote()] = (actor, None)

    def _dismiss(self, actor: Any) -> None:
        self._lanes.pop(actor._actor_id, None)
        with contextlib.suppress(Exception):
            self._ray.kill(actor)

    def _actor_class(self) -> Any:
        return self._ray.remote(
            num_cpus=1,
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy="SPREAD",
        )(_Lane)


class _Lane:
    """One worker process on the machine where the actor is, with the same limits as anywhere."""

    def __init__(self, settings: Settings, limits: Limits, work: Work) -> None:
        self._workers = Workers(1, settings, limits, work=work)

    def hello(self) -> str:
        return __version__

    def judge(self, order: Order) -> Done:
        return next(iter(self._workers.judge([order])))


def _same_version(theirs: str) -> None:
    if theirs != __version__:
        raise EngineProblem(f"a machine of the cluster has evidence-kit {theirs}, this one has {__version__}")


def _first_line(problem: BaseException) -> str:
    return (str(problem).strip().splitlines() or [type(problem).__name__])[-1][:200]


def _answers(address: str) -> None:
    """Raises OSError where nobody listens at ``host:port`` or ``ray://host:port``: Ray itself would ask for minutes."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK_S).close()
