"""One photo as the sensors see it: decoded lazily, upright, once.

Every array is a pure function of the file and the size that was asked for, never of which sensor asked first:
measurements stay the same whatever the cache already held. An entropy-coded JPEG costs nearly the same at every
reduction (12 MP: grey 45-50 ms full, 40 ms halved, 36 ms at an eighth; colour 90 ms, 50 ms halved, one thread),
so the grey levels of one photo come from one full decode, and small colour pictures from the halved one.
"""

from __future__ import annotations

import io
import threading
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors import CannotOpen, LimitReached

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    Luma = NDArray[np.uint8]
    """(height, width)"""
    Colour = NDArray[np.uint8]
    """(height, width, 3), blue-green-red"""

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF", "JPEG2000")
"""Pillow plug-ins that may open a photo (JPEG includes MPO); HEIF has its own package. Nothing else is a photo."""

MAX_PIXELS = 205_000_000
"""The largest phone sensors give 200 megapixels (16,320 x 12,240 with borders)."""
MAX_SIDE = 65_500
MAX_BYTES = 500_000_000
ONE_DECODE_PIXELS = 52_000_000
"""Above this a small grey picture comes from a reduced decode, to bound memory; below, all share the full one."""


@dataclass(frozen=True, slots=True)
class PictureShape:
    """What the header promises; no pixel was decoded."""

    format: str
    """By content: JPEG, MPO, PNG, WEBP, BMP, GIF, TIFF, HEIF, AVIF, JPEG2000."""
    width: int
    """Upright, in pixels."""
    height: int
    orientation: int = 1
    """EXIF orientation still to be applied to the stored pixels, 1..8."""
    mode: str = "RGB"
    """Pillow's mode of the stored pixels."""

    @property
    def long_edge(self) -> int:
        return max(self.width, self.height)


class Photo:
    """The picture of one item, shared by all sensors that look at it, from whichever thread.

    Raises CannotOpen where no decoder shows pixels, LimitReached where the header promises more than the limits.
    Both are raised on first use, not by the constructor, and again on each further use.
    """

    def __init__(self, source: Path | str | bytes, *, max_pixels: int = MAX_PIXELS) -> None:
        self._source: Path | bytes = source if isinstance(source, bytes) else Path(source)
        self._max_pixels = max_pixels
        self._decoded: dict[tuple[str, int], Any] = {}
        self._resized: dict[tuple[str, int], Any] = {}
        self._failure: CannotOpen | None = None
        self._turn = threading.Lock()

    @property
    def path(self) -> Path | None:
        """The file, or None where the photo was given as bytes."""
        return self._source if isinstance(self._source, Path) else None

    @cached_property
    def header(self) -> PictureShape:
        """Format and upright size, from the header alone."""
        with _opened(self._bytes()) as image:
            shape = _shape(image)
        self._refuse_absurd(shape)
        return shape

    @property
    def width(self) -> int:
        return self.header.width

    @property
    def height(self) -> int:
        return self.header.height

    def luma(self, long_edge: int | None = None) -> Luma:
        """Grey picture (height, width), uint8, upright; read-only.

        ``long_edge`` is the wanted length of the longer side in pixels; None, or more than the photo has, gives
        full size. Smaller ones are area-averaged.
        """
        picture: Luma = self._picture("luma", long_edge)
        return picture

    def colour(self, long_edge: int | None = None) -> Colour:
        """Colour picture (height, width, 3), uint8 blue-green-red, upright; read-only. Sizes as for ``luma``."""
        picture: Colour = self._picture("colour", long_edge)
        return picture

    # --- inside ---

    def _picture(self, channel: str, long_edge: int | None) -> Any:
        header = self.header
        wanted = header.long_edge if long_edge is None else max(1, min(long_edge, header.long_edge))
        with self._turn:
            found = self._resized.get((channel, wanted))
            if found is None:
                found = _resized(self._decode(channel, self._factor(channel, wanted)), header, wanted)
                self._resized[channel, wanted] = found
        return found

    def _factor(self, channel: str, wanted: int) -> int:
        header = self.header
        if header.format not in ("JPEG", "MPO"):
            return 1
        choices: tuple[int, ...] = (8, 4, 2)
        if header.width * header.height <= ONE_DECODE_PIXELS:
            choices = () if channel == "luma" else (2,)
        return next((factor for factor in choices if -(-header.long_edge // factor) >= wanted), 1)

    def _decode(self, channel: str, factor: int) -> Any:
        found = self._decoded.get((channel, factor))
        if found is not None:
            return found
        if self._failure is not None:
            raise self._failure
        try:
            picture = _decoded(self._bytes(), self.header, channel, factor)
        except CannotOpen as failure:
            self._failure = failure
            raise
        picture.setflags(write=False)
        self._decoded[channel, factor] = picture
        return picture

    def _bytes(self) -> bytes:
        if isinstance(self._source, bytes):
            return self._source
        try:
            size = self._source.stat().st_size
            if size > MAX_BYTES:
                raise LimitReached(f"a photo of {size} bytes is more than {MAX_BYTES}")
            return self._source.read_bytes()
        except OSError as error:
            raise CannotOpen(f"the file cannot be read: {error.strerror}") from error

    def _refuse_absurd(self, shape: PictureShape) -> None:
        if min(shape.width, shape.height) < 1:
            raise CannotOpen(f"the header promises {shape.width} x {shape.height} pixels")
        if shape.width * shape.height > self._max_pixels or shape.long_edge > MAX_SIDE:
            raise LimitReached(f"the header promises {shape.width} x {shape.height} pixels")


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """Pillow's view of ``content``, formats limited; every parser error is CannotOpen."""
    import warnings

    from PIL import Image

    formats = list(FORMATS)
    if content[4:8] == b"ftyp":
        formats = ["AVIF", *_heif()]
    pixel_guard = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None  # the guard here is ``_refuse_absurd``, with an error of its own
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=formats) as image:
                yield image
    except (CannotOpen, LimitReached, MemoryError):
        raise
    except Exception as error:  # Pillow's parsers raise nearly everything on hostile input
        raise CannotOpen(f"no decoder opens it: {type(error).__name__}: {error}") from error
    finally:
        Image.MAX_IMAGE_PIXELS = pixel_guard


def _heif() -> list[str]:
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return []
    register_heif_opener()
    return ["HEIF"]


def _shape(image: Image.Image) -> PictureShape:
    orientation = 1
    # Pillow turns TIFF itself; pillow-heif and the AVIF plug-in report what is left to do as EXIF.
    # Asking a PNG for EXIF that it did not announce makes Pillow decode all of it.
    if image.format != "TIFF" and (image.format != "PNG" or "exif" in image.info):
        try:
            orientation = int(image.getexif().get(0x0112, 1))
        except Exception:  # a broken EXIF block does not stop the picture from being shown
            orientation = 1
    if not 1 <= orientation <= 8:
        orientation = 1
    width, height = image.size
    if orientation >= 5:
        width, height = height, width
    return PictureShape(str(image.format), width, height, orientation, image.mode)


def _decoded(content: bytes, header: PictureShape, channel: str, factor: int) -> Any:
    """Upright pixels at 1/``factor`` of the stored size."""
    picture = None
    if header.format in ("JPEG", "MPO", "PNG") and header.mode in ("RGB", "L"):
        picture = _by_opencv(content, channel, factor)
    if picture is None:
        try:
            picture = _by_pillow(content, channel)
        except CannotOpen:
            # A damaged file that Pillow refuses may still be shown in part, as browsers do.
            picture = _in_part(content, header.format, channel)
            if picture is None:
                raise
    return _turned(picture, header.orientation)


def _in_part(content: bytes, kind: str, channel: str) -> Any:
    """What a damaged file still shows, at full size; None where that is nothing."""
    from PIL import ImageFile

    if kind in ("PNG", "WEBP", "BMP"):
        return _by_opencv(content, channel, 1)
    if kind not in ("JPEG", "MPO"):
        return None
    strict = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        picture = _by_pillow(content, channel)
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = strict
    # Without any scan data the decoder gives one flat colour.
    return picture if picture.max() > picture.min() else None


def _by_opencv(content: bytes, channel: str, factor: int) -> Any:
    import cv2
    import numpy as np

    name = {"luma": "GRAYSCALE", "colour": "COLOR"}[channel]
    flag = getattr(cv2, f"IMREAD_{name}" if factor == 1 else f"IMREAD_REDUCED_{name}_{factor}")
    try:
        return cv2.imdecode(np.frombuffer(content, np.uint8), flag | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        return None


def _by_pillow(content: bytes, channel: str) -> Any:
    import numpy as np

    with _opened(content) as image:
        image.load()
        plain = _eight_bit(image)
        if channel == "luma":
            return np.array(plain.convert("L"))
        return np.ascontiguousarray(np.array(plain.convert("RGB"))[:, :, ::-1])


def _eight_bit(image: Image.Image) -> Image.Image:
    """``image`` without alpha, palette or deep samples, as a viewer would show it on white."""
    import numpy as np
    from PIL import Image

    if image.mode.startswith("I") or image.mode == "F":
        deep = np.nan_to_num(np.asarray(image, dtype=np.float32))
        top = 65535.0 if deep.max() > 255 else 255.0
        return Image.fromarray(np.clip(deep * (255.0 / top), 0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        above = image.convert("RGBA")
        white = Image.new("RGBA", above.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, above).convert("RGB")
    return image


def _turned(picture: Any, orientation: int) -> Any:
    """``picture`` upright by EXIF orientation (CIPA DC-008, tag 0x0112)."""
    import numpy as np

    if orientation in (5, 6, 7, 8):
        picture = np.swapaxes(picture, 0, 1)
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    return np.ascontiguousarray(picture)


def _resized(picture: Any, header: PictureShape, wanted: int) -> Any:
    """``picture`` area-averaged so that its longer side is ``wanted`` pixels."""
    height, width = picture.shape[:2]
    if max(height, width) <= wanted:
        return picture
    import cv2

    scale = wanted / header.long_edge
    size = (max(1, round(header.width * scale)), max(1, round(header.height * scale)))
    smaller = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    smaller.setflags(write=False)
    return smaller
