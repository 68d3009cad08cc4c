"""The moment that a file's name states: phones, chat programs and screen recorders write one.

Only forms whose writer is known are read; any other run of digits may be anything. Names of editors'
exports (``lv_0_…``, ``retouch_…``) state when they were edited, and are left alone.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Literal

from evidence_kit.records import dataclass


@dataclass(frozen=True, slots=True)
class NameTime:
    at: datetime
    """Aware (UTC) where ``clock`` is ``utc``, else the wall clock without a zone."""
    clock: Literal["utc", "local"]
    form: str
    saved: bool
    """The name states when the file was saved from a chat: it was taken then or before."""


_DATE = r"(?P<Y>(?:19|20)\d\d){0}(?P<m>\d\d){0}(?P<d>\d\d)"
_TIME = r"(?P<H>\d\d){0}(?P<M>\d\d){0}(?P<S>\d\d)(?P<ms>\d{{3}})?"
_END = r"(?!\d)"
_EPOCH = r"(?P<epoch>1\d{12})" + _END


def _tight(between: str) -> str:
    """``20261121`` and ``110203`` with ``between`` between them."""
    return _DATE.format("") + between + _TIME.format("") + _END


def _spelt(between: str, dash: str = "-", colon: str = "[-.:_]?") -> str:
    return _DATE.format(dash) + between + _TIME.format(colon) + _END


_FORMS: tuple[tuple[str, str, Literal["utc", "local", "epoch"], bool], ...] = (
    # (name of the form, pattern at the name's start, clock, saved from a chat)
    ("mmexport<epoch ms>", "mmexport(?:[0-9a-f]{32}_)?" + _EPOCH, "epoch", True),
    ("wx_camera_<epoch ms>", "wx_camera_" + _EPOCH, "epoch", False),
    ("microMsg.<epoch ms>", r"microMsg\." + _EPOCH, "epoch", True),
    (
        "微信图片_<date><time>",
        r"(?:微信(?:图片|视频|截图)|WeChat(?: (?:Image|Video)))_?" + _tight("_?"),
        "local",
        True,
    ),
    ("微信图片_<date>_<time>", r"微信(?:图片|视频|截图)_?" + _spelt("[_ ]"), "local", True),
    ("QQ图片<date><time>", r"QQ(?:图片|视频|截图)" + _tight(""), "local", True),
    ("PXL_<date>_<time> (UTC)", "PXL_" + _tight("_"), "utc", False),
    (
        "IMG_<date>_<time>",
        r"(?:IMG|VID|MVIMG|PANO|BURST|VIDEO|video|P|C360|TimePhoto|SVID|MTXX_?CAM)[_-]?" + _tight("[_-]?"),
        "local",
        False,
    ),
    ("<date>_<time>", _tight("_"), "local", False),
    (
        "Screenshot_<date>-<time>",
        r"(?:Screenshot|Screenrecorder|Screenrecord|Screen_?Recording|Record)[_ -]?(?:"
        + _spelt("[-_ ]", "[-_]?")
        + ")",
        "local",
        False,
    ),
    (
        "截屏<date> <time>",
        r"(?:截屏|屏幕截图|录屏|屏幕录制|Screen ?[Ss]hot)[ _]?" + _spelt(r"(?: at |[ _-])"),
        "local",
        False,
    ),
    ("WIN_<date>_<time>", "WIN_" + _DATE.format("") + "_" + _TIME.format("_") + _END, "local", False),
)


def name_time(item_id: str) -> NameTime | None:
    """The moment stated by the name of an item (its id, with ``/``); None where no known form fits."""
    name = PurePosixPath(item_id).name
    for form, pattern, clock, saved in _FORMS:
        if (found := re.match(pattern, name, re.ASCII)) is None:
            continue
        try:
            if clock == "epoch":
                at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(found["epoch"]))
                return NameTime(at, "utc", form, saved)
            parts = [int(found[part]) for part in "YmdHMS"]
            at = datetime(*parts[:6], microsecond=int(found["ms"] or 0) * 1000)  # type: ignore[arg-type, misc]
        except (ValueError, OverflowError):
            continue
        return NameTime(at.replace(tzinfo=UTC) if clock == "utc" else at, clock, form, saved)
    return None
