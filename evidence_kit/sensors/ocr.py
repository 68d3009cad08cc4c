"""PP-OCRv6 on onnxruntime: find lines of text, read lines of text. One session per model and process, one thread.

The networks are PP-OCRv6's (Apache-2.0): tiny from ``models/ppocrv6-tiny``, small as rapidocr ships it. Only the
networks are used; finding boxes and reading characters is done here, because a number needs what rapidocr does not
give: the probability of each character and its rivals, and lines skipped before they are read.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from evidence_kit.records import dataclass
from evidence_kit.sensors import EngineMissing
from evidence_kit.sensors.weights import find

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

Size = Literal["tiny", "small"]

INK_LEVEL = 0.2
BOX_LEVEL = 0.4
UNCLIP = 1.4
"""PP-OCRv6's own settings (inference.yml: thresh, box_thresh, unclip_ratio)."""
NORMAL = ((0.485, 0.229), (0.456, 0.224), (0.406, 0.225))
"""Mean and spread that the finding network expects of each channel, of 1."""
LINE_HEIGHT = 48
"""The reading network's input height in pixels."""


@dataclass(frozen=True, slots=True)
class TextBox:
    """One line that the finding network sees. Corners in pixels of the picture it was given."""

    corners: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
    """Clockwise; the first edge is the long one, so text runs along it or against it."""
    length: float
    height: float
    score: float


@dataclass(frozen=True, slots=True)
class Character:
    """One character as read, its probability, and the likeliest other letter or digit at its place."""

    text: str
    score: float
    rival: str = ""
    rival_score: float = 0.0
    place: float = 0.0
    """Centre along the line, 0..1."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    characters: tuple[Character, ...]

    @property
    def text(self) -> str:
        return "".join(character.text for character in self.characters)

    @property
    def score(self) -> float:
        """Mean probability of the characters; 0 for an empty line."""
        if not self.characters:
            return 0.0
        return sum(character.score for character in self.characters) / len(self.characters)


def _weights(size: Size, part: Literal["det", "rec"]) -> Path:
    if size == "tiny":
        return find(f"ppocrv6-tiny/{part}.onnx")
    from importlib.util import find_spec
    from pathlib import Path

    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise EngineMissing("rapidocr is not installed; add it with: pip install rapidocr")
    path = Path(spec.origin).parent / "models" / f"PP-OCRv6_{part}_small.onnx"
    if not path.is_file():
        raise EngineMissing(f"{path.name} is not in this rapidocr; add it with: pip install 'rapidocr>=3.10'")
    return path


@cache
def _session(size: Size, part: Literal["det", "rec"]) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise EngineMissing("onnxruntime is not installed; add it with: pip install onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # A plan would be kept for every width of line that is ever read: 120 MB more after a few pages.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(_weights(size, part)), options, providers=["CPUExecutionProvider"])


def _run(size: Size, part: Literal["det", "rec"], fed: NDArray[np.float32]) -> Any:
    """The network's one output. Its working memory is handed back: a page's peak is 277 MB then, else 392."""
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return _session(size, part).run(None, {"x": fed}, options)[0]


@cache
def _alphabet(size: Size) -> tuple[str, ...]:
    """Characters by class of the reading network; class 0 is the blank, the last is the space."""
    if size == "tiny":
        listed = find("ppocrv6-tiny/characters.txt").read_text(encoding="utf-8").split("\n")
        listed = listed[:-1] if listed[-1] == "" else listed
    else:
        listed = _session("small", "rec").get_modelmeta().custom_metadata_map["character"].splitlines()
    return ("", *listed, " ")


@cache
def _plain_classes(size: Size) -> Any:
    """The classes of plain letters and digits: the only rivals that matter in a number."""
    import numpy as np

    return np.array([i for i, c in enumerate(_alphabet(size)) if len(c) == 1 and c.isascii() and c.isalnum()])


def find_lines(
    picture: NDArray[np.uint8], *, size: Size = "tiny", long_edge: int | None = None, most: int = 400
) -> list[TextBox]:
    """Lines of text in ``picture`` ((H, W) grey or (H, W, 3) blue-green-red), the largest first, ``most`` at most.

    ``long_edge`` shrinks the picture for the network; corners are in pixels of ``picture``.
    """
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    scale = 1.0 if long_edge is None else min(1.0, long_edge / max(height, width))
    across = max(32, round(width * scale / 32) * 32)
    down = max(32, round(height * scale / 32) * 32)
    shrunk = cv2.resize(picture, (across, down), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    fed = np.empty((1, 3, down, across), np.float32)
    for channel, (mean, spread) in enumerate(NORMAL):
        plane = shrunk if shrunk.ndim == 2 else shrunk[:, :, channel]
        # Written in place: a page's tensor is 23 MB, and each temporary would be another.
        np.multiply(plane, 1 / (255 * spread), out=fed[0, channel])
        fed[0, channel] -= mean / spread
    ink = _run(size, "det", fed)[0, 0]
    return _boxes(ink, width / across, height / down, most)


def _boxes(ink: NDArray[np.float32], across: float, down: float, most: int) -> list[TextBox]:
    """Differentiable binarisation's own last step: outlines of ink, their rectangle grown by UNCLIP."""
    import cv2
    import numpy as np

    found: list[TextBox] = []
    outlines, _ = cv2.findContours((ink > INK_LEVEL).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines:
        (x, y), (a, b), turn = cv2.minAreaRect(outline)
        if min(a, b) < 3:
            continue
        left, top, w, h = cv2.boundingRect(outline)
        inside = np.zeros((h, w), np.uint8)
        cv2.fillPoly(inside, [outline - (left, top)], 1)
        score = cv2.mean(ink[top : top + h, left : left + w], inside)[0]
        if score < BOX_LEVEL:
            continue
        grow = 2 * (a * b * UNCLIP / (2 * (a + b)))
        corners = cv2.boxPoints(((x, y), (a + grow, b + grow), turn)) * (across, down)
        found.append(_long_first(corners, score))
    found.sort(key=lambda box: -box.length * box.height)
    return found[:most]


def _long_first(corners: Any, score: float) -> TextBox:
    import numpy as np

    sides = np.hypot(*(np.roll(corners, -1, 0) - corners).T)
    if sides[0] + sides[2] < sides[1] + sides[3]:
        corners, sides = np.roll(corners, -1, 0), np.roll(sides, -1)
    # Of the two ways along the long side, the one that runs to the right (or down) comes first.
    way = corners[1] - corners[0]
    if way[0] < -1e-6 or (abs(way[0]) <= 1e-6 and way[1] < 0):
        corners = np.roll(corners, 2, 0)
    points = tuple((float(px), float(py)) for px, py in corners)
    return TextBox(
        points,  # type: ignore[arg-type]
        float(sides[0] + sides[2]) / 2,
        float(sides[1] + sides[3]) / 2,
        float(score),
    )


def cut(picture: NDArray[np.uint8], corners: Sequence[tuple[float, float]], *, most_pixels: int = 4_000_000) -> Any:
    """The quadrilateral ``corners`` (clockwise from its own top left, pixels) of ``picture``, straightened."""
    import cv2
    import numpy as np

    spots = np.array(corners, np.float32)
    w = float(np.hypot(*(spots[1] - spots[0])) + np.hypot(*(spots[2] - spots[3]))) / 2
    h = float(np.hypot(*(spots[3] - spots[0])) + np.hypot(*(spots[2] - spots[1]))) / 2
    shrink = min(1.0, (most_pixels / max(1.0, w * h)) ** 0.5)
    across, down = max(1, round(w * shrink)), max(1, round(h * shrink))
    onto = np.array(((0, 0), (across, 0), (across, down), (0, down)), np.float32)
    plan = cv2.getPerspectiveTransform(spots, onto)
    return cv2.warpPerspective(picture, plan, (across, down), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def read_lines(lines: Sequence[NDArray[np.uint8]], *, size: Size = "tiny", longest: int = 1600) -> list[ReadLine]:
    """Reads straightened lines ((h, w) grey or (h, w, 3)), one answer each, in order."""
    return [_read(line, size, longest) for line in lines]


def _read(line: NDArray[np.uint8], size: Size, longest: int) -> ReadLine:
    import cv2
    import numpy as np

    height, width = line.shape[:2]
    if height < 2 or width < 2:
        return ReadLine(())
    across = int(min(longest, max(32, np.ceil(width * LINE_HEIGHT / height))))
    way = cv2.INTER_AREA if height > LINE_HEIGHT else cv2.INTER_CUBIC
    fed = cv2.resize(line, (across, LINE_HEIGHT), interpolation=way)
    if fed.ndim == 2:
        fed = cv2.cvtColor(fed, cv2.COLOR_GRAY2BGR)
    tensor = np.ascontiguousarray((fed.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None])
    chances = _run(size, "rec", tensor)[0]
    return _characters(chances, size)


def _characters(chances: NDArray[np.float32], size: Size) -> ReadLine:
    """Greedy connectionist decoding; each character keeps its best step and the best rival letter or digit there."""
    alphabet, plain = _alphabet(size), _plain_classes(size)
    best = chances.argmax(1)
    found: list[Character] = []
    steps = len(best)
    start = 0
    while start < steps:
        klass = int(best[start])
        end = start + 1
        while end < steps and best[end] == klass:
            end += 1
        if klass != 0:
            step = start + int(chances[start:end, klass].argmax())
            others = chances[step, plain].copy()
            others[plain == klass] = 0
            rival = int(others.argmax())
            found.append(
                Character(
                    alphabet[klass],
                    float(chances[step, klass]),
                    alphabet[int(plain[rival])],
                    float(others[rival]),
                    (start + end) / 2 / steps,
                )
            )
        start = end
    return ReadLine(tuple(found))
