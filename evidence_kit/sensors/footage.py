"""One video as sensors look at it: its packet table, and its frames in presentation order.

The file is demuxed once (the tables are kept), and decoded only where a sensor asks. Whatever the file
claims, the work is bounded: packets, frames, pixels of one frame and pixels in all. The reader is PyAV
(docs/decisions/0005).
Importing this module loads neither PyAV nor NumPy nor OpenCV.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors import CannotOpen, LimitReached
from evidence_kit.sensors.container import (
    ContainerFacts,
    PacketTable,
    av_error,
    begins_anew,
    container_facts,
    open_container,
    origin_s,
    packet_tables,
)
from evidence_kit.sensors.freed_memory import hold_freed_memory
from evidence_kit.sensors.isobmff import IsoBoxes, read_iso_boxes
from evidence_kit.sensors.small_views import MOST_S, SmallViews

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evidence_kit.sensors.label_frames import LabelFrames

VIEW_PX = 320
"""Longer side of the view that a light pass looks at."""

LOOK_FPS = 15
"""A light pass is looked at at this rate or up to twice that: the operating points of continuity were set at 15 frames
a second, and the real clips of 30 give the same breaks at half their rate (benchmarks/video_continuity.py)."""

SAME_S = 1e-5
"""Time stamps this near to one another are the same one, said in fractions of another length."""

ROUNDED_S = 0.0006
"""A frame that begins so soon after a moment is the one that was meant: moments are kept to the millisecond."""

MOST_WAITING = 16
"""Packets held back, so that no file can fill the memory with them."""

_EIGHT_BIT = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21", "gray"})
_HALVED_COLOUR = frozenset({"yuv420p", "yuvj420p"})
"""Three planes, those of colour half as wide and high."""
_LUMA_OF = {1: (0.2126, 0.0722), 9: (0.2627, 0.0593)}
"""Parts of red and blue in the luma, by the number of the matrix (ITU-T H.273, MatrixCoefficients)."""
_FULL_RANGE = 2
_TEN_BIT = {"yuv420p10le": 2, "yuv422p10le": 2, "yuv444p10le": 2, "p010le": 8}


@dataclass(frozen=True, slots=True)
class FootageLimits:
    """How much work one file may cost. Defaults: ten minutes of 240 fps Full HD, or twenty of 30 fps 4K."""

    max_packets: int = 1_500_000
    max_frames: int = 150_000
    max_frame_px: int = 36_000_000
    max_total_px: int = 310_000_000_000
    max_errors: int = 600
    """Packets in a row that the decoder refuses, before it is given up."""


class Frame:
    """One decoded frame. Pixels are converted only when asked for, and always upright."""

    __slots__ = ("_detail", "_picture", "_scaler", "_view", "at_s", "index", "key", "rotation_deg")

    def __init__(self, picture: Any, at_s: float, index: int, rotation_deg: int, scaler: Any) -> None:
        self._picture = picture
        self._scaler = scaler
        self._view: NDArray[np.uint8] | None = None
        self._detail: float | None = None
        self.at_s = at_s
        """Presentation seconds."""
        self.index = index
        """Count of frames before it in this pass, those included that were left out (``every``)."""
        self.key = bool(picture.key_frame)
        self.rotation_deg = rotation_deg

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) upright, in pixels."""
        width, height = int(self._picture.width), int(self._picture.height)
        return (height, width) if self._lies else (width, height)

    @property
    def _lies(self) -> bool:
        """Whether the picture is stored on its side."""
        return self.rotation_deg in (90, 270)

    @property
    def view(self) -> NDArray[np.uint8]:
        """The luma at VIEW_PX, made once for all who look at it."""
        if self._view is None:
            self._view = self.luma(VIEW_PX)
        return self._view

    @property
    def detail(self) -> float:
        """Mean absolute Laplacian of the view: sharpness, comparable within one video."""
        import cv2

        if self._detail is None:
            self._detail = cv2.norm(cv2.Laplacian(self.view, cv2.CV_16S), cv2.NORM_L1) / self.view.size
        return self._detail

    def luma(self, width: int | None = None) -> NDArray[np.uint8]:
        """The luma plane, upright, (h, w) uint8; averaged so that the longer side is ``width``.

        At full size it is the decoder's own memory where it can be: not to be written to, its rows may lie apart.
        """
        import numpy as np

        plane, shift = self._luma_plane()
        if width is not None and width < max(plane.shape):
            plane = _reduced(plane, _within(plane.shape, width))
        small = (plane >> shift).astype(np.uint8) if shift else plane
        return _upright(small, self.rotation_deg)

    def colour(self, width: int | None = None) -> NDArray[np.uint8]:
        """The frame as RGB, upright, (h, w, 3) uint8; full size unless ``width`` (longer side) is given."""
        picture = self._picture
        halved = picture.format.name in _HALVED_COLOUR and min(plane.line_size for plane in picture.planes) > 0
        if width is not None and width <= VIEW_PX and width < max(picture.width, picture.height) and halved:
            return self._small_colour(width)
        if width is not None and width < max(picture.width, picture.height):
            size = _within((picture.height, picture.width), width)
            picture = self._scaler.reformat(picture, *size, "rgb24", interpolation="AREA", threads=1)
        return _upright(picture.to_ndarray(format="rgb24"), self.rotation_deg)

    def _small_colour(self, width: int) -> NDArray[np.uint8]:
        """From the view's luma and the colour planes, each made small by itself: less than half of what a scaler takes
        on Full HD (by hand), which reads all of the luma once more."""
        import cv2
        import numpy as np

        picture = self._picture
        size = _within((picture.height, picture.width), width)
        upright = size[:: -1 if self._lies else 1]
        if max(picture.width, picture.height) > 2 * VIEW_PX:
            made = [cv2.resize(self.view, upright, interpolation=cv2.INTER_LINEAR)]
        else:  # The view of a picture that is hardly larger is blurred enough to matter.
            made = [cv2.resize(self.luma(), upright, interpolation=cv2.INTER_AREA)]
        for plane in picture.planes[1:]:
            stride, high, wide = plane.line_size, plane.height, plane.width
            small: Any = np.frombuffer(plane, np.uint8, stride * high).reshape(high, stride)[:, :wide]
            while small.shape[1] >= 2 * size[0] and small.shape[0] >= 2 * size[1]:
                small = cv2.resize(small, (small.shape[1] // 2, small.shape[0] // 2), interpolation=cv2.INTER_AREA)
            made.append(_upright(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), self.rotation_deg))
        return np.asarray(cv2.transform(cv2.merge(made), _to_rgb(picture)), np.uint8)

    def _luma_plane(self) -> tuple[NDArray[Any], int]:
        """The plane as stored (not upright), and by how many bits its values exceed 8."""
        import numpy as np

        picture = self._picture
        name = picture.format.name
        plane = picture.planes[0]
        stride, height, width = plane.line_size, picture.height, picture.width
        if stride > 0 and name in _EIGHT_BIT:
            return np.frombuffer(plane, np.uint8, stride * height).reshape(height, stride)[:, :width], 0
        if stride > 0 and stride % 2 == 0 and name in _TEN_BIT:
            wide = np.frombuffer(plane, np.uint16, stride // 2 * height).reshape(height, stride // 2)
            return wide[:, :width], _TEN_BIT[name]
        return picture.to_ndarray(format="gray"), 0


class Footage:
    """One video file. Raises CannotOpen where no demuxer takes it, when its contents are first asked for.

    Not for use by several threads at once.
    """

    def __init__(self, path: str, limits: FootageLimits | None = None) -> None:
        self.path = str(path)
        self.limits = limits or FootageLimits()
        self._first: tuple[int, tuple[int, int]] | None = None

    # --- what needs no pixel ----------------------------------------------------------------

    @cached_property
    def iso(self) -> IsoBoxes | None:
        """The box structure, where the file is MP4, MOV, M4V or 3GP."""
        try:
            return read_iso_boxes(self.path)
        except OSError as error:
            raise CannotOpen(str(error)) from error

    @cached_property
    def container(self) -> ContainerFacts:
        """What the demuxer says on opening. Raises CannotOpen."""
        return self._looked[0]

    @cached_property
    def _looked(self) -> tuple[ContainerFacts, dict[int, PacketTable]]:
        with open_container(self.path) as opened:
            facts = container_facts(opened)
            return facts, packet_tables(opened, facts, self.limits.max_packets)

    @cached_property
    def origin_s(self) -> float:
        """Seconds that are taken from every time stamp, so that the video begins at about 0."""
        return origin_s(self.container)

    @cached_property
    def packets(self) -> PacketTable | None:
        """Packets of the first real video stream; None where there is none."""
        video = self.container.video
        return self._looked[1].get(video.index) if video else None

    @cached_property
    def sound_packets(self) -> PacketTable | None:
        """Packets of the first sound stream; None where there is none."""
        sound = self.container.sound
        return self._looked[1].get(sound.index) if sound else None

    def frames(
        self,
        windows: Sequence[tuple[float, float]] | None = None,
        *,
        only_keys: bool = False,
        skip_loop_filter: bool = False,
        every: int = 1,
        threads: int = 1,
    ) -> Iterator[Frame]:
        """Decoded frames in presentation order: all, or those inside ``windows`` (sorted, seconds).

        ``skip_loop_filter`` saves a quarter of an H.264 decode; small views hardly change, but fine print
        does. Of all frames one in ``every`` is given; of the others only those are decoded that another frame
        is made from, as the stream itself says: half of what many phones and all chats write. Packets that the
        decoder refuses are passed over. Raises CannotOpen where there is no video stream, LimitReached where
        the file asks for more than the limits allow.
        """
        facts = self.container.video
        if facts is None:
            raise CannotOpen("no video stream")
        hold_freed_memory()
        # Views come from one kind of decode, so that they do not depend on which passes were needed.
        light = skip_loop_filter and not only_keys
        with open_container(self.path) as opened:
            stream = opened.streams[facts.index]
            context = stream.codec_context
            if context is None:
                raise CannotOpen("no decoder for the video stream")
            context.thread_count = threads
            if only_keys:
                context.skip_frame = "NONKEY"
            if skip_loop_filter:
                context.options = {**context.options, "skip_loop_filter": "all"}
            budget = _Budget(self.limits)
            if windows is None:
                whole = self._pass(opened, stream, budget, None, every)
                yield from self._noted(whole, labels=not self.labels.begun) if light else whole
                self.views.whole = self.views.whole or light
                return
            for begin, end in windows:
                if not self._seek(opened, stream, begin):
                    continue
                within = (frame for frame in self._pass(opened, stream, budget, end) if frame.at_s >= begin - 1e-4)
                yield from self._noted(within, labels=False) if light else within

    def _noted(self, frames: Iterator[Frame], *, labels: bool) -> Iterator[Frame]:
        """The frames of a light pass, small views kept, and labels looked for, on their way."""
        for frame in frames:
            self.views.see(frame)
            if labels and frame.index % self.look_every == 0:
                self.labels.see(frame)
            yield frame

    def at(self, times_s: Sequence[float]) -> Iterator[Frame]:
        """The frame on show at each of ``times_s`` (sorted, to the millisecond); fewer where the file ends early."""
        wanted = list(times_s)
        if not wanted:
            return
        lead = 1.5 * self.frame_s
        best: Frame | None = None
        position = 0
        windows = [(max(0.0, moment - 1.0), moment + lead) for moment in wanted]
        for frame in self.frames(_merged(windows)):
            while position < len(wanted) and best is not None and frame.at_s > wanted[position] + ROUNDED_S:
                yield best
                position += 1
            best = frame
        while position < len(wanted) and best is not None and wanted[position] <= best.at_s + lead:
            yield best
            position += 1

    @cached_property
    def labels(self) -> LabelFrames:
        """What the first light pass over the whole file showed of labels: no decode is for that alone."""
        from evidence_kit.sensors.label_frames import LabelFrames

        return LabelFrames()

    @cached_property
    def views(self) -> SmallViews:
        """Small colour views of what has been decoded so far, see small_views.py."""
        return SmallViews(self.frame_s * self.look_every)

    def small_views(self) -> Iterator[tuple[float, NDArray[np.uint8]]]:
        """(seconds, red-green-blue picture) of the first minutes in order of time: what other passes kept, decoded
        where none went through. Raises CannotOpen, LimitReached."""
        views, done = self.views, -1.0

        def new(to_s: float) -> Iterator[tuple[float, NDArray[np.uint8]]]:
            nonlocal done
            first, last = bisect_right(views.at_s, done), bisect_right(views.at_s, to_s)
            for at_s, picture in zip(views.at_s[first:last], views.pictures[first:last], strict=True):
                done = at_s
                yield round(at_s, 3), picture

        for begin, end in views.gaps():
            yield from new(begin)
            for frame in self.frames([(begin, end)], skip_loop_filter=True):
                yield from new(frame.at_s)
        yield from new(MOST_S)

    @property
    def first(self) -> tuple[int, tuple[int, int]] | None:
        """Clockwise turn that shows the first frame that decodes upright, and (width, height) as stored; None where
        none decodes. Raises CannotOpen, LimitReached."""
        if self._first is None and self.container.video is not None:
            next(self.frames(), None)
        return self._first

    @cached_property
    def frame_s(self) -> float:
        """Median time between frames, from the packets; 1/30 where they say nothing."""
        import numpy as np

        table = self.packets
        if table is None or len(table) < 2:
            return 1 / 30
        times = np.unique(table.pts_s if np.isfinite(table.pts_s).any() else table.dts_s)
        steps = np.diff(times[np.isfinite(times)])
        return float(np.median(steps)) if len(steps) else 1 / 30

    @property
    def look_every(self) -> int:
        """Of the frames of a light pass, one in so many is looked at."""
        return max(1, int(1 / (LOOK_FPS * self.frame_s) + 0.1))

    def _seek(self, opened: Any, stream: Any, begin: float) -> bool:
        try:
            stamp = max(0, int((begin + self.origin_s) / float(stream.time_base)))
            opened.seek(stamp, stream=stream, backward=True)
        except (av_error(), OSError, ValueError):
            return False
        return True

    @cached_property
    def _moments_s(self) -> list[float]:
        """Presentation seconds of all packets in order; empty where the table does not number the frames."""
        import numpy as np

        table = self.packets
        if table is None or not table.complete or not np.isfinite(table.pts_s).all():
            return []
        moments = np.unique(table.pts_s)
        return moments.tolist() if len(moments) == len(table) else []

    def _number(self, at_s: float | None) -> int | None:
        """Which frame of the file, in order of presentation, is shown from ``at_s`` on; None where that is unknown."""
        if at_s is None or not self._moments_s:
            return None
        return max(0, bisect_right(self._moments_s, at_s + SAME_S) - 1)

    def _pass(self, opened: Any, stream: Any, budget: _Budget, end_s: float | None, every: int = 1) -> Iterator[Frame]:
        from av.video.reformatter import VideoReformatter

        context = stream.codec_context
        scaler = VideoReformatter()  # One for all frames: to set it up costs, too.
        errors, period = 0, self.frame_s
        last_s: float | None = None
        base, origin_s = float(stream.time_base or 0), self.origin_s

        def told(stamp: int | None) -> float | None:
            return stamp * base - origin_s if stamp is not None and base else None

        def number_of(stamp: int | None) -> int | None:
            return self._number(told(stamp)) if every > 1 else None

        for packet in _needed(opened.demux(stream), context, budget, every, number_of):
            try:
                pictures = packet.decode()
            except (av_error(), OSError, ValueError):
                errors += 1
                if errors > self.limits.max_errors:
                    return
                continue
            for picture in pictures:
                errors = 0
                budget.frame(picture)
                at_s = told(picture.pts)
                number = number_of(picture.pts)
                if at_s is None:
                    at_s = last_s + period if last_s is not None else 0.0
                if end_s is not None and at_s > end_s + 1e-4:
                    return
                if end_s is None and self._first is None:
                    self._first = _clockwise(picture), (int(picture.width), int(picture.height))
                last_s = at_s
                index = budget.given if number is None else number
                budget.given += 1
                if index % every == 0:
                    yield Frame(picture, at_s, index, _clockwise(picture), scaler)


def _needed(
    packets: Iterator[Any], context: Any, budget: _Budget, every: int, number_of: Callable[[int | None], int | None]
) -> Iterator[Any]:
    """Packets to be decoded, in the file's order; ``context`` is told of each whether its frame may be left out.

    Those of frames that nobody looks at wait for the packet after them, and fall away where nothing from that one on
    is made from what was before.
    """
    waiting: list[Any] = []
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av_error(), OSError, ValueError):
            yield from waiting
            return
        budget.packet(context)
        number = number_of(packet.pts)
        aside = number is not None and number % every > 0 and packet.size > 0
        if aside and len(waiting) < MOST_WAITING:
            waiting.append(packet)
            continue
        if waiting and packet.size and not begins_anew(packet, context):
            context.skip_frame = "NONREF"
            yield from waiting
        waiting.clear()
        if every > 1:
            context.skip_frame = "NONREF" if aside else "DEFAULT"
        yield packet


class _Budget:
    """Counts work, so that no file can ask for more than the limits."""

    def __init__(self, limits: FootageLimits) -> None:
        self.limits = limits
        self.packets = 0
        self.pixels = 0
        self.frames = 0
        self.given = 0

    def packet(self, context: Any) -> None:
        self.packets += 1
        if self.packets > self.limits.max_packets:
            raise LimitReached(f"more than {self.limits.max_packets} packets")
        if context.width * context.height > self.limits.max_frame_px:
            raise LimitReached(f"frames of {context.width} x {context.height} pixels")

    def frame(self, picture: Any) -> None:
        self.frames += 1
        self.pixels += picture.width * picture.height
        if self.frames > self.limits.max_frames:
            raise LimitReached(f"more than {self.limits.max_frames} frames")
        if self.pixels > self.limits.max_total_px:
            raise LimitReached(f"more than {self.limits.max_total_px} pixels in all")


def _to_rgb(picture: Any) -> NDArray[np.float64]:
    """The matrix (3, 4) from luma, blue and red difference to red, green, blue: of BT.709 or BT.2020 where the stream
    says so, else of BT.601; for full range or the narrow one, as the stream says."""
    import numpy as np

    red, blue = _LUMA_OF.get(int(picture.colorspace), (0.299, 0.114))
    full = picture.format.name.startswith("yuvj") or int(picture.color_range) == _FULL_RANGE
    green = 1 - red - blue
    turn = np.array(
        [
            [1, 0, 2 * (1 - red)],
            [1, -2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green],
            [1, 2 * (1 - blue), 0],
        ]
    )
    turn *= [1, 1, 1] if full else [255 / 219, 255 / 224, 255 / 224]
    return np.column_stack([turn, -turn @ [0 if full else 16, 128, 128]])


def _within(shape: tuple[int, ...], width: int) -> tuple[int, int]:
    """(width, height) of a picture of ``shape`` (h, w) made so small that its longer side is ``width``."""
    scale = width / max(shape)
    return max(2, round(shape[1] * scale)), max(2, round(shape[0] * scale))


def _reduced(plane: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """``plane`` averaged down to ``size`` (width, height), from two rows for each of the result's.

    Reading the decoded picture from memory is what costs: two rows of six, averaged along all their length, differ
    from the average of all by less than a grey level, at a third of the time.
    """
    import cv2

    apart = max(1, plane.shape[0] // (2 * size[1]))
    rows = plane[apart // 2 :: apart]
    if rows.shape[1] >= 2 * size[0] and rows.shape[0] >= 2 * size[1]:
        # Halving both ways has a fast path in OpenCV; one large step costs more.
        rows = cv2.resize(rows, (rows.shape[1] // 2, rows.shape[0] // 2), interpolation=cv2.INTER_AREA)
    if rows.shape == (size[1], 3 * size[0]):
        # Full HD: the mean of threes, which OpenCV's general average gives too, but more slowly.
        return cv2.extractChannel(cv2.blur(rows, (3, 1), anchor=(0, 0)).reshape(size[1], size[0], 3), 0)
    return cv2.resize(rows, size, interpolation=cv2.INTER_AREA) if rows.shape != size[::-1] else rows


def _upright(picture: NDArray[Any], rotation_deg: int) -> NDArray[np.uint8]:
    """``picture`` turned clockwise; as it is where it stands upright."""
    import cv2
    import numpy as np

    if not rotation_deg:
        return picture
    turns = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return np.asarray(cv2.rotate(picture, turns[rotation_deg]), np.uint8)


def _clockwise(picture: Any) -> int:
    """The clockwise turn that shows ``picture`` upright; the display matrix counts the other way."""
    return int(round(-picture.rotation / 90) % 4 * 90)


def _merged(windows: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for begin, end in windows:
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
