"""One wished picture, from the file to JPEG bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_kit.checks import moment
from evidence_kit.pictures.ink import COLOURS, draw_marks, plate
from evidence_kit.pictures.veil import pixelate, veil
from evidence_kit.report.picture import Mark, Wish
from evidence_kit.schema import Item, Quad

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    """(height, width, 3), red-green-blue"""

PHOTO_PX = 1280
"""Long edge of a shown photo: a third of an A4 page's 300 dpi width, and small enough to mail six."""
PHOTO_REVEALED_PX = 1600
CROP_PX = 640
FRAME_PX = 480
"""Frames of a video show the scene, not the print: at this size a label's small lines cannot be read."""
FRAME_REVEALED_PX = 1280
CELL_PX = 320
PRIVATE_PX = 640
CROP_LEAST = 0.45
"""A crop shows at least this share of the longer side, so that one sees where in the photo it lies."""
QUALITY = 80
GAP_PX = 6


def compose(wish: Wish, item: Item, *, reveal: bool) -> tuple[bytes, int, int] | None:
    """JPEG bytes, width and height; None where the video shows no frame at the wished moments."""
    if item.kind == "photo":
        picture = _photo(wish, item, reveal)
    else:
        frames = _frames(wish, item, reveal)
        if not frames:
            return None
        picture = _sheet(frames, wish.kind)
    return (_jpeg(picture), int(picture.shape[1]), int(picture.shape[0]))


# --- inside ---


def _photo(wish: Wish, item: Item, reveal: bool) -> Picture:
    import numpy as np

    from evidence_kit.sensors.photo import Photo

    long_edge = PHOTO_REVEALED_PX if reveal else PHOTO_PX
    picture: Picture = np.ascontiguousarray(Photo(Path(item.path)).colour(long_edge)[:, :, ::-1])
    if wish.private and not reveal:
        return pixelate(_smaller(picture, PRIVATE_PX), PRIVATE_PX // 40)
    if not reveal:
        picture = veil(picture, wish.covered)
    if wish.kind != "crop":
        return draw_marks(picture, wish.marks, tails=not reveal)
    left, top, right, bottom = _window(picture, wish.areas[0] if wish.areas else None)
    height, width = picture.shape[:2]
    marks = [
        Mark(
            mark.number, _moved(mark.quad, width, height, (left, top, right, bottom)), mark.what, mark.label, mark.tail
        )
        for mark in wish.marks
    ]
    cut = _smaller(np.ascontiguousarray(picture[top:bottom, left:right]), CROP_PX)
    return draw_marks(cut, marks, tails=not reveal)


def _window(picture: Picture, quad: Quad | None) -> tuple[int, int, int, int]:
    """The part of the picture around ``quad``: three times its size, at least CROP_LEAST of the longer side."""
    height, width = picture.shape[:2]
    if quad is None:
        return 0, 0, width, height
    xs, ys = [x * width for x, _ in quad], [y * height for _, y in quad]
    half = max(1.5 * (max(xs) - min(xs)), 1.5 * (max(ys) - min(ys)), CROP_LEAST * max(width, height) / 2)
    x, y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    left, right = _span(x, half, width)
    top, bottom = _span(y, half * 0.75, height)
    return left, top, right, bottom


def _span(centre: float, half: float, length: int) -> tuple[int, int]:
    begin = min(max(0.0, centre - half), max(0.0, length - 2 * half))
    return int(begin), max(int(begin) + 1, int(min(length, begin + 2 * half)))


def _moved(quad: Quad, width: int, height: int, window: tuple[int, int, int, int]) -> Quad:
    left, top, right, bottom = window
    a, b, c, d = (((x * width - left) / (right - left), (y * height - top) / (bottom - top)) for x, y in quad)
    return (a, b, c, d)


def _frames(wish: Wish, item: Item, reveal: bool) -> list[Picture]:
    from evidence_kit.sensors.footage import Footage

    long_edge = FRAME_REVEALED_PX if reveal and len(wish.times_s) == 1 else FRAME_PX
    made: list[Picture] = []
    order = sorted(set(wish.times_s))
    for at_s, frame in zip(order, Footage(item.path).at(order), strict=False):
        picture: Picture = frame.colour(long_edge)
        if not reveal:
            picture = veil(picture, wish.covered, look_for_bars=True)
        if wish.kind == "faces":
            areas = [area for area, moment_s in zip(wish.areas, wish.times_s, strict=False) if moment_s == at_s]
            for area in areas or [None]:
                made.append(plate(_face_cell(picture, area), f"{len(made) + 1}  {moment(at_s)}"))
            continue
        if wish.kind == "overview" or len(wish.times_s) > 1:
            picture = _smaller(picture, CELL_PX)
        if len(wish.times_s) == 1:
            picture = draw_marks(picture, wish.marks, tails=not reveal)
        made.append(plate(picture, _clock(at_s)))
    return made


def _face_cell(picture: Picture, area: Quad | None) -> Picture:
    """The parcel with the face outlined, and beside it the face alone, turned flat; CELL_PX * 3/4 high."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    shown: Any = picture
    if area is not None:
        ring = np.round(np.array(area) * [width, height]).astype(np.int32)
        shown = cv2.polylines(picture.copy(), [ring], True, (255, 255, 255), 4, cv2.LINE_AA)
        shown = cv2.polylines(shown, [ring], True, COLOURS["waybill"], 2, cv2.LINE_AA)
    left, top, right, bottom = _window(picture, area)
    high = CELL_PX * 3 // 4
    around = _fitted(np.asarray(shown[top:bottom, left:right], np.uint8), CELL_PX * 2 // 3, high)
    if area is None:
        return around
    return np.hstack([around, _fitted(_flat(picture, area), CELL_PX // 2, high)])


def _flat(picture: Picture, area: Quad) -> Picture:
    """A face as if looked at straight on; its sides in the ratio of the quad's mean edges."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    quad = (np.array(area) * [width, height]).astype(np.float32)
    edges = np.linalg.norm(np.roll(quad, -1, 0) - quad, axis=1)
    wide, high = max(4, int((edges[0] + edges[2]) / 2)), max(4, int((edges[1] + edges[3]) / 2))
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    flat: Any = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(quad, target), (wide, high))
    return flat  # type: ignore[no-any-return]


def _fitted(picture: Picture, wide: int, high: int) -> Picture:
    """The picture as large as fits, in the middle of a dark field (high, wide, 3)."""
    import cv2
    import numpy as np

    scale = min(wide / picture.shape[1], high / picture.shape[0])
    size = (max(1, min(wide, round(picture.shape[1] * scale))), max(1, min(high, round(picture.shape[0] * scale))))
    field: Picture = np.full((high, wide, 3), 31, np.uint8)
    left, top = (wide - size[0]) // 2, (high - size[1]) // 2
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    field[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=how)
    return field


def _clock(at_s: float) -> str:
    """Minutes, seconds and hundredths: two frames around a cut are less than a second apart."""
    return f"{moment(at_s)}.{int(at_s * 100) % 100:02d}"


def _sheet(frames: list[Picture], kind: str) -> Picture:
    """Frames side by side on white, three to a row (two around a break)."""
    import numpy as np

    if len(frames) == 1:
        return frames[0]
    columns = 2 if kind == "moment" else 3
    cell_h = max(frame.shape[0] for frame in frames)
    cell_w = max(frame.shape[1] for frame in frames)
    rows = -(-len(frames) // columns)
    wide = min(columns, len(frames))
    shape = (rows * cell_h + (rows - 1) * GAP_PX, wide * cell_w + (wide - 1) * GAP_PX, 3)
    sheet: Picture = np.full(shape, 255, np.uint8)
    for place, frame in enumerate(frames):
        top, left = place // columns * (cell_h + GAP_PX), place % columns * (cell_w + GAP_PX)
        sheet[top : top + frame.shape[0], left : left + frame.shape[1]] = frame
    return sheet


def _smaller(picture: Picture, long_edge: int) -> Picture:
    import cv2

    height, width = picture.shape[:2]
    scale = long_edge / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smaller: Any = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return smaller  # type: ignore[no-any-return]


def _jpeg(picture: Picture) -> bytes:
    import cv2

    done, coded = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise ValueError("the picture cannot be encoded")
    return coded.tobytes()
