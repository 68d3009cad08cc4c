"""Cases judged again from kept measurements, in this process: no worker is started and no picture is opened.

Only a case that was judged before, whose files have not changed since and whose every measurement is kept, is settled
here. For any other the answer is None, before a file is read through or a sensor looks, and a worker does it: so
nothing that a codec does can reach the scan's own process.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import NoReturn

from evidence_kit.batch.work import Done, Order, Settings, judge_order
from evidence_kit.batch.workers import one_core
from evidence_kit.cache import Cache

log = logging.getLogger("evidence_kit")

MOST_FILES = 60
"""Of a case judged here; facts that compare every file with every other have no time limit in this process."""


class NotKept(BaseException):
    """A measurement is not kept. No Exception: what turns a failing sensor into an answer must not catch it."""


class _Unchanged(dict[str, str]):
    """Contents by the stamps of their files; NotKept for a file that is none of them."""

    def get(self, stamp: str, _default: object = None) -> str:
        if stamp not in self:
            raise NotKept
        return self[stamp]


class KeptMeasurements:
    """Judges from the cache of ``settings`` alone. Close it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._cache = Cache(Path(settings.cache), now_s=time.time()) if settings.cache else None

    def judge(self, order: Order) -> Done | None:
        """The case's answer, or None where a worker must look. ``order.digests`` are those of its last judgement."""
        if self._cache is None or not 0 < len(order.digests) <= MOST_FILES:
            return None
        try:
            with one_core():
                return judge_order(order, self.settings, self._cache, _look, _Unchanged(order.digests))
        except NotKept:
            return None
        except Exception as problem:  # told by the worker that meets it too
            log.debug("%s: %s", order.case.id, type(problem).__name__)
            return None

    def close(self) -> None:
        if self._cache is not None:
            self._cache.close()


def _look(_item: str) -> NoReturn:
    raise NotKept
