"""Report + files -> pictures: quads drawn, labels blurred, moments of a video, faces side by side.

The only room beside the sensors with imaging libraries, imported inside functions. ``report`` says what to show
(``Wish``) and what to write under it; here it is drawn. Words in pictures are digits and Latin letters only.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterable, Iterator, Mapping

from evidence_kit.records import dataclass
from evidence_kit.report.picture import Source, Wish
from evidence_kit.schema import Item

__all__ = ["Drawn", "draw", "draw_all", "file_name", "sources"]

log = logging.getLogger("evidence_kit")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture as a JPEG file, without any metadata of the original."""

    wish: Wish
    jpeg: bytes
    width: int
    height: int


def draw(wish: Wish, item: Item, *, reveal: bool = False) -> Drawn | None:
    """``wish`` drawn from ``item``'s file, or None where no decoder shows it. Labels are blurred unless ``reveal``."""
    from evidence_kit.pictures.compose import compose

    try:
        made = compose(wish, item, reveal=reveal)
    except Exception as problem:  # a hostile file must cost its picture, never the report
        log.warning("no picture of %s: %s", item.id, type(problem).__name__)
        log.debug("where", exc_info=True)
        return None
    return None if made is None else Drawn(wish, *made)


def draw_all(wanted: Iterable[Wish], items: Iterable[Item], *, reveal: bool = False) -> Iterator[Drawn]:
    """Every wish that can be drawn, in order; one at a time, so that one picture's pixels are held."""
    by_id = {item.id: item for item in items}
    for wish in wanted:
        drawn = draw(wish, by_id[wish.item], reveal=reveal) if wish.item in by_id else None
        if drawn is not None:
            yield drawn


def sources(drawn: Iterable[Drawn]) -> Mapping[str, Source]:
    """The pictures as ``data:`` addresses, by wish: what a self-contained page shows."""
    return {
        picture.wish.id: Source(
            "data:image/jpeg;base64," + base64.b64encode(picture.jpeg).decode("ascii"), picture.width, picture.height
        )
        for picture in drawn
    }


def file_name(wish: Wish) -> str:
    """A name for the picture's own file: the wish, and what of the item's name every system can hold."""
    stem = re.sub(r"[^\w.-]+", "_", wish.item).strip("._")[-60:] or "item"
    return f"{wish.id}-{stem}.jpg"
