"""Which engine judges: worker processes here, or a Ray cluster's."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import Literal

from evidence_kit.batch.run import Engine, StartEngine
from evidence_kit.batch.work import Settings
from evidence_kit.batch.workers import ITEM_S, MEMORY_BYTES, Limits, Workers


class EngineProblem(Exception):
    """An engine that cannot be used as asked; the text says why, for the user."""


def starter(
    engine: Literal["local", "ray"],
    *,
    jobs: int = 0,
    address: str | None = None,
    item_s: float | None = None,
    memory_bytes: int | None = None,
) -> StartEngine:
    """How ``engine`` is started once the settings are known. ``jobs`` 0 means every core. Raises EngineProblem."""
    limits = Limits(ITEM_S if item_s is None else item_s, MEMORY_BYTES if memory_bytes is None else memory_bytes)
    if limits.item_s <= 0 or limits.memory_bytes <= 0:
        raise EngineProblem("--time-limit and --memory-limit must be above 0")
    if engine == "local":
        if address:
            raise EngineProblem("--address is for --engine ray")
        count = jobs if jobs > 0 else os.cpu_count() or 1
        return lambda settings: Workers(count, settings, limits)

    def start(settings: Settings) -> AbstractContextManager[Engine]:
        from evidence_kit.batch.cluster import Cluster

        return Cluster(settings, limits, jobs=jobs, address=address)

    return start
