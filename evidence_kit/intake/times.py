"""Times as a manifest or a command line writes them. Standard library only."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
"""The platforms' clock: a time without an offset is read in it (rules 1c-C)."""
FIRST_YEAR, LAST_YEAR = 2000, 2100
EXAMPLE = "2026-11-21T10:00:00+08:00"

_WRITTEN = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*(Z|z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_DATE_ALONE = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}|\d{8}", re.ASCII)


class NoMoment(ValueError):
    """A value that is no moment; the arguments say what is wrong, in Chinese and in English."""


def moment(value: object) -> tuple[datetime, bool]:
    """``value`` as an aware datetime, and whether its zone was assumed. Raises NoMoment(zh, en).

    TOML's own datetimes serve, and texts: ``2026-11-21T10:00:00+08:00``, ``2026-11-21 10:00``,
    ``2026/11/21 10:00``.
    """
    if isinstance(value, str):
        value = _read(value.strip())
    if isinstance(value, date) and not isinstance(value, datetime):
        raise NoMoment(
            f"只有日期没有时刻;应写成 {EXAMPLE}",
            f"a date without a time; expected a moment such as {EXAMPLE}",
        )
    if not isinstance(value, datetime):
        kind = "时刻" if isinstance(value, time) else "值"
        raise NoMoment(f"这个{kind}不是日期时间;应写成 {EXAMPLE}", f"expected a date and time such as {EXAMPLE}")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise NoMoment(
            f"年份 {value.year} 不合理;应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间",
            f"the year {value.year} is out of reason; expected {FIRST_YEAR} to {LAST_YEAR}",
        )
    if value.tzinfo is None or value.utcoffset() is None:
        return value.replace(tzinfo=BEIJING), True
    return value, False


def _read(text: str) -> datetime | date:
    written = _WRITTEN.fullmatch(text)
    try:
        if written is None:
            if _DATE_ALONE.fullmatch(text):
                return date.min
            if not re.search(r"[T :]", text):
                raise ValueError
            return datetime.fromisoformat(text)
        year, _, month, day, hour, minute, second, fraction, offset = written.groups()
        return datetime(
            int(year),
            int(month),
            int(day),
            int(hour),
            int(minute),
            int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")),
            tzinfo=_zone(offset),
        )
    except (ValueError, OverflowError):
        raise NoMoment(f"不是日期时间;应写成 {EXAMPLE}", f"expected a date and time such as {EXAMPLE}") from None


def _zone(offset: str | None) -> timezone | None:
    if offset is None:
        return None
    if offset in "Zz":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    minutes = int(offset[1:3]) * 60 + int(offset[-2:])
    return timezone(sign * timedelta(minutes=minutes))
