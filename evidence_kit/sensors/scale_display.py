"""What stands on the displays of a photo of a scale: lines of print, lines of digits looked at four ways.

Two networks that read any text and one that knows displays read each line of digits, and its segments are measured
without one. Nothing is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.schema import Point, Quad
from evidence_kit.sensors import ocr
from evidence_kit.sensors.digit_strip import StripLook, read_strip
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.segment_cells import Cell, measure_cells
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FIND_EDGE = 1280
"""Long edge in pixels at which displays are searched for; a digit of a hundredth of it is still found."""
NEAR_EDGE = 448
"""The same for digits that fill the picture: wide gaps part them for the finding network unless they are small."""
LARGER = 1.6
"""A box so many times taller than a known line around whose place it lies is a line of its own."""
CLEAR_LIMIT, CLEAR_TILES = 4.0, 8
"""Local equalisation (CLAHE) of that second search: dark segments on a dark glass have 10 to 30 grey levels."""
SMALLEST_SIDE = 32
MOST_LINES = 40
MOST_NUMBERS = 10
VOTERS = 4
PADDING = 0.15
AGAIN_EDGE = 480
"""Length to which a line with its surroundings is brought to be found again: the first box is often the bezel's."""
UNIT_WIDE = 2.2
"""Heights of the line right of it in which its unit stands."""
UNIT_EDGE = 320
MOST_UNITS = 5
SIZES: tuple[ocr.Size, ...] = ("tiny", "small")
AROUND = 0.9
"""Surroundings that are shown with it, in shares of its height."""


@dataclass(frozen=True, slots=True)
class LineLook:
    """One network's reading of a line."""

    look: str
    text: str
    score: float
    """Mean probability of the characters."""
    weakest: float


@dataclass(frozen=True, slots=True)
class DisplayLine:
    quad: Quad
    """Clockwise from the line's own top left, as read."""
    height_px: float
    looks: tuple[LineLook, ...]
    """One look where no digit was read, else one of each network."""
    cells: tuple[Cell, ...] = ()
    turned: LineLook | None = None
    """The line read upside down, where it is one of digits."""
    beside: tuple[tuple[LineLook, ...], ...] = ()
    """What stands right of the digits, enlarged: both networks' looks at each line there."""
    strip: StripLook | None = None
    """A line of digits as the network of displays reads it."""


@dataclass(frozen=True, slots=True)
class ScaleDisplay:
    width: int
    height: int
    lines: tuple[DisplayLine, ...] = ()
    lead: float = 0.0
    """How much better lines of letters read this way up than upside down, summed mean scores."""


@sensor(on="photo", version="4", packages=("onnxruntime", "rapidocr", "opencv-python-headless"))
def scale_display(photo: Photo) -> ScaleDisplay:
    """Lines of print and of digits on one photo. Raises CannotOpen, LimitReached, EngineMissing."""
    return read_display(photo.luma())


def read_display(picture: NDArray[np.uint8]) -> ScaleDisplay:
    """Lines of a grey picture (H, W)."""
    height, width = picture.shape
    if min(height, width) < SMALLEST_SIDE:
        return ScaleDisplay(width, height)
    boxes = ocr.find_lines(picture, long_edge=FIND_EDGE, most=MOST_LINES)
    spots = [_grown(box.corners) for box in boxes]
    first = [ocr.read_lines([ocr.cut(picture, spot)])[0] for spot in spots]
    lead = 0.0
    letters = sorted((i for i in range(len(boxes)) if not _digits(first[i].text)), key=lambda i: -boxes[i].length)
    for index in letters[:VOTERS]:
        lead += first[index].score - ocr.read_lines([ocr.cut(picture, _turned(spots[index]))])[0].score
    lines: list[DisplayLine] = []
    numbers = 0
    for box, spot, read in sorted(zip(boxes, spots, first, strict=True), key=lambda entry: -entry[0].height):
        if not _digits(read.text) or numbers >= MOST_NUMBERS:
            lines.append(DisplayLine(_quad(spot, width, height), box.height, (_look("tiny", read),)))
            continue
        numbers += 1
        lines.append(_number(picture, box.corners, spot, read))
    lines += _searched_near(picture, [line for line in lines if _agreed(line)])
    return ScaleDisplay(width, height, tuple(lines), round(lead, 3))


def _agreed(line: DisplayLine) -> bool:
    """Two networks read the same digits on it, two at least."""
    read = ["".join(c for c in look.text if c.isdigit()) for look in line.looks]
    return len(read) > 1 and len(set(read)) == 1 and len(read[0]) > 1


def _searched_near(picture: Any, known: list[DisplayLine]) -> list[DisplayLine]:
    """Lines of digits of the picture made small and clear, apart from those that are ``known``."""
    import cv2

    height, width = picture.shape
    clear = cv2.createCLAHE(CLEAR_LIMIT, (CLEAR_TILES, CLEAR_TILES)).apply(picture)
    scale = min(1.0, NEAR_EDGE / max(height, width))
    small = cv2.resize(clear, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    found = []
    for box in ocr.find_lines(small, most=MOST_NUMBERS):
        corners = tuple((x / scale, y / scale) for x, y in box.corners)
        if any(_within(corners, line, width, height) for line in known):
            continue
        spot = _grown(corners)
        read = ocr.read_lines([ocr.cut(clear, spot)])[0]
        if _digits(read.text):
            found.append(_number(clear, corners, spot, read, plain=picture))
    return found


def _within(corners: Any, line: DisplayLine, width: int, height: int) -> bool:
    """The middle of the box is on the line, and the box is not much larger."""
    import cv2
    import numpy as np

    place = np.array(line.quad, np.float32) * np.array((width, height), np.float32)
    middle = tuple(sum(spot[axis] for spot in corners) / 4 for axis in (0, 1))
    tall = float(np.hypot(corners[3][0] - corners[0][0], corners[3][1] - corners[0][1]))
    return cv2.pointPolygonTest(place, middle, measureDist=False) >= 0 and tall < LARGER * line.height_px


def _number(picture: Any, corners: Any, spot: Any, read: ocr.ReadLine, plain: Any = None) -> DisplayLine:
    """A line of digits found again from near, read by the other networks, and measured.

    ``plain`` is the photo where ``picture`` is one that was equalised.
    """
    height, width = picture.shape
    near = _again(picture, corners)
    if near is not None:
        corners, spot = near, _grown(near)
        read = ocr.read_lines([ocr.cut(picture, spot)])[0]
    cutting = ocr.cut(picture, spot)
    second = ocr.read_lines([cutting], size="small")[0]
    other = ocr.read_lines([ocr.cut(picture, _turned(spot))], size="small")[0]
    tall = ((corners[3][0] - corners[0][0]) ** 2 + (corners[3][1] - corners[0][1]) ** 2) ** 0.5
    return DisplayLine(
        _quad(spot, width, height),
        round(tall, 1),
        (_look("tiny", read), _look("small", second)),
        measure_cells(picture, corners),
        _look("small", other),
        _beside(picture, corners),
        read_strip(picture if plain is None else plain, corners),
    )


def _beside(picture: Any, corners: Any) -> tuple[tuple[LineLook, ...], ...]:
    """The unit's place: as wide as two digits, right of the line, enlarged before lines are searched for."""
    import cv2
    import numpy as np

    spots = np.array(corners, np.float64)
    length, tall = (max(1e-6, float(np.hypot(*(spots[i] - spots[0])))) for i in (1, 3))
    along, down = (spots[1] - spots[0]) / length, (spots[3] - spots[0]) / tall
    start, end = spots[1] - 0.3 * tall * along, spots[1] + UNIT_WIDE * tall * along
    area = [start - 0.1 * tall * down, end - 0.1 * tall * down, end + 1.1 * tall * down, start + 1.1 * tall * down]
    part = ocr.cut(picture, [tuple(p) for p in area])
    if min(part.shape[:2]) < 6:
        return ()
    scale = UNIT_EDGE / max(part.shape[:2])
    way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    part = cv2.resize(part, (round(part.shape[1] * scale), round(part.shape[0] * scale)), interpolation=way)
    found = []
    for box in ocr.find_lines(part, most=MOST_UNITS):
        cutting = ocr.cut(part, _grown(box.corners))
        if box.height > 0.8 * part.shape[0] / 1.2:
            continue  # the last digit's own strokes
        found.append(tuple(_look(size, ocr.read_lines([cutting], size=size)[0]) for size in SIZES))
    return tuple(found)


def _again(picture: Any, corners: Any) -> Any:
    """The line's corners as found in an enlarged part; None where nothing is found at its middle."""
    import cv2
    import numpy as np

    spots = np.array(corners, np.float64)
    length, tall = (float(np.hypot(*(spots[i] - spots[0]))) for i in (1, 3))
    if min(length, tall) < 4:
        return None
    along, down = (spots[1] - spots[0]) / length, (spots[3] - spots[0]) / tall
    pad = AROUND * tall
    around = spots + pad * np.array([-along - down, along - down, along + down, down - along])
    scale = AGAIN_EDGE / (length + 2 * pad)
    across, deep = AGAIN_EDGE, max(32, round((tall + 2 * pad) * scale))
    onto = np.array(((0, 0), (across, 0), (across, deep), (0, deep)), np.float32)
    plan = cv2.getPerspectiveTransform(around.astype(np.float32), onto)
    size = (across, deep)
    part: Any = cv2.warpPerspective(picture, plan, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    best = None
    for box in ocr.find_lines(part, most=12):
        found = np.array(box.corners, np.float32)
        if cv2.pointPolygonTest(found, (across / 2, deep / 2), measureDist=False) < 0:
            continue
        if best is None or box.length * box.height > best[0]:
            best = (box.length * box.height, found)
    if best is None:
        return None
    back = cv2.perspectiveTransform(best[1][None].astype(np.float64), np.linalg.inv(plan))[0]
    return tuple((float(x), float(y)) for x, y in back)


def _digits(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _look(name: str, read: ocr.ReadLine) -> LineLook:
    weakest = min((c.score for c in read.characters), default=0.0)
    return LineLook(name, read.text, round(read.score, 4), round(weakest, 4))


def _grown(corners: Any) -> tuple[Point, ...]:
    import numpy as np

    spots = np.array(corners, np.float64)
    length, tall = (max(1e-6, float(np.hypot(*(spots[i] - spots[0])))) for i in (1, 3))
    along, down = (spots[1] - spots[0]) / length, (spots[3] - spots[0]) / tall
    grown = spots + PADDING * tall * np.array([-along - down, along - down, along + down, down - along])
    return tuple((float(x), float(y)) for x, y in grown)


def _turned(corners: tuple[Point, ...]) -> tuple[Point, ...]:
    return corners[2:] + corners[:2]


def _quad(spot: Any, width: int, height: int) -> Quad:
    return tuple((min(1.0, max(0.0, x / width)), min(1.0, max(0.0, y / height))) for x, y in spot)  # type: ignore[return-value]
