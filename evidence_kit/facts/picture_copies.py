"""Is one photo a copy of another: saved again, made smaller, cropped, turned, framed by a screen? (rules 1e.8)

Never from one hash. Local features must lie over each other under one turn, scale and shift, and then the two
pictures must be alike block by block: two labels of one template differ where the numbers stand, two photos of one
carton differ nearly everywhere. Operating points were set with ``python -m benchmarks reuse``.
"""

from __future__ import annotations

from functools import lru_cache

from evidence_kit.records import dataclass
from evidence_kit.schema import Item, Pairs
from evidence_kit.sensors.picture_print import Overlay, PicturePrint, overlay
from evidence_kit.wiring import fact, pair

LEAST_SIDE = 280
"""Shorter side at EDGE pixels below which a picture is not compared: on a thumbnail of 240 a second photo looks like a
copy. A phone's screenshot of 1080 x 2400 has 288."""
AGREEING_ACCEPT = 24
"""Features that one turn, scale and shift explains. Copies of the development photos have 104 and more in 19 of 20."""
RESIDUAL_ACCEPT = 1.6
"""Median distance in pixels after the fit; copies have 0.95 at most in 19 of 20, a second photo of a flat label 1.1."""
BLOCKS_ACCEPT = 60
"""Blocks with something in them; fewer, and there is nothing to be alike."""
ALIKE_REJECT = 0.7
"""Correlation below which a block shows something else."""
UNLIKE_ACCEPT = 0.04
"""Share of blocks that may: a clock on a screenshot, a watermark. Copies have 0.006 in 19 of 20, screenshots 0.06."""


@dataclass(frozen=True, slots=True)
class PictureCopy:
    """What of a photo is compared with others."""

    print: PicturePrint


@fact(on="photo")
def picture_copy(print_: PicturePrint) -> PictureCopy:
    """The photo's features, as other photos are compared with it."""
    return PictureCopy(print_)


@dataclass(frozen=True, slots=True)
class OneExposure:
    """What two photos are beside each other."""

    same: bool
    """They show one exposure. False as well where it cannot be told."""


@pair(on="photo")
def one_exposure(one: PictureCopy, other: PictureCopy) -> OneExposure:
    """Whether the two show one exposure."""
    return OneExposure(is_copy(one.print, other.print))


def near_pairs(pairs: Pairs[OneExposure]) -> list[tuple[Item, Item]]:
    """Pairs of different files that show one exposure. Byte-identical files are the same, and no pair."""
    return [
        (one, other)
        for one, other, fact in pairs
        if isinstance(fact, OneExposure) and fact.same and one.sha256 != other.sha256
    ]


@lru_cache(maxsize=256)  # a corrected fact asks of the same photos again
def is_copy(one: PicturePrint, other: PicturePrint) -> bool:
    """Whether the two show one exposure. False where it cannot be told."""
    if min(one.width, one.height, other.width, other.height) < LEAST_SIDE:
        return False
    # Nearly every pair is two pictures of their own, and is settled before the blocks are compared.
    laid = overlay(one, other, least=AGREEING_ACCEPT, most_px=RESIDUAL_ACCEPT)
    return laid is not None and accepted(laid)


def accepted(laid: Overlay) -> bool:
    """The decision on one overlay."""
    if laid.agreeing < AGREEING_ACCEPT or laid.residual_px > RESIDUAL_ACCEPT or len(laid.likeness) < BLOCKS_ACCEPT:
        return False
    unlike = sum(value < ALIKE_REJECT for value in laid.likeness)
    return unlike <= UNLIKE_ACCEPT * len(laid.likeness)
