"""Pictures from elsewhere that composites are made of, in one folder; everything else is drawn.

    python -m benchmarks.synth.composite_assets [FOLDER] [--groceries REPOSITORY]

fetches them once (npm, git and the package OpenEXR needed): Fluent Emoji 3D (MIT, npm ``@lobehub/fluent-emoji-3d``
1.1.0: 3,391 rendered things with opacity), rooms (CC0, npm ``@pmndrs/assets`` 1.7.0: 18 panoramas), and photographs
of groceries (MIT, git ``marcusklasson/GroceryStoreDataset``, 81 of them: evaluation only, no model is trained on
them). None is shipped. A copy of that repository on the disk serves as well: ``--groceries FOLDER``.
"""

from __future__ import annotations

import argparse
import base64
import re
import subprocess
import tarfile
import tempfile
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from benchmarks.synth.optics import Picture

FOLDER = Path(__file__).resolve().parent.parent / "out" / "assets"

_GOODS_RANGES = (
    "1f32d-1f32f 1f336 1f345-1f37f 1f950-1f96f 1f9c0-1f9c8 1fad0-1fadb 1f330 1f33d 1f95f "  # food
    "1f400-1f43d 1f980-1f997 1f999-1f9ae 1f648 "  # animals: toys
    "1f451-1f462 1f97b-1f97f 1f9e2-1f9e6 1fa70-1fa74 1f45a 1f392 1f393 1f3a9 "  # clothing
    "1f380 1f381 1f384 1f388 1f38f 1f3ae 1f3b1 1f3b2 1f3b3 1f3be 1f3c0 1f3c6 1f3c8 1f3c9 1f3d0 1f3d2 1f3d3 "  # play
    "1f697-1f69f 1f6a4 1f6f5-1f6fa 1f680 1f682 1f9e9 1f9f8 1fa80-1fa86 1f9ff 1f9f9-1f9fd "  # toys and household
    "1f484 1f48d 1f48e 1f489 1f48a 1f4a1 1f4a3 1f4b0 1f4ba 1f4bc 1f4d5-1f4d9 1f4ff 1f52a-1f52e 1f56f 1f576 1f6cb 1f6d2 "
    "1f9ea 1f9f4 1f9f5 1f9f6 1fa91 1fab4 1fab5 1fac0-1fac2 1f6bf 1f6c1 1f9ef 1fa79 1fa7a 1fa78 "
    "231a 23f0 23f2 26bd 26be 2615 1f3f8"
)
_HELD_OUT_RANGES = (
    "1f4bb 1f4be-1f4c0 1f4de-1f4e0 1f4f1 1f4f7-1f4fd 1f50b 1f50c 1f5a5 1f5a8 1f5b1 1f579 1f39a 1f39b 1f399 1f3a4 1f3a7 "
    "1f3a5 2328 260e "  # electronics
    "1f527-1f529 1f6e0 1f9f0 1f9f2 1fa9a 1fa9b 1fa93 1fa9c 1fa9d 1f526 1fa92 1faa3 1faa4 1faa0 1f4cf 1f4d0 "  # tools
    "1f3b7-1f3bb 1f941 1fa95 1fa97 1fa98 1f3b9 2702"  # musical instruments
)
"""Kinds of goods (hexadecimal Unicode points) that no model is trained on."""


def _points(ranges: str) -> set[int]:
    found: set[int] = set()
    for part in ranges.split():
        low, _, high = part.partition("-")
        found.update(range(int(low, 16), int(high or low, 16) + 1))
    return found


@lru_cache(maxsize=2)
def objects(*, held_out: bool, folder: Path = FOLDER) -> tuple[tuple[str, Picture], ...]:
    """Rendered things as (name, (256, 256, 4) BGRA); empty where the folder is missing."""
    wanted = _points(_HELD_OUT_RANGES) if held_out else _points(_GOODS_RANGES) - _points(_HELD_OUT_RANGES)
    found = []
    for point in sorted(wanted):
        for name in (f"{point:x}", f"{point:x}-fe0f"):
            path = folder / "objects" / f"{name}.webp"
            picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED) if path.is_file() else None
            if picture is not None and picture.ndim == 3 and picture.shape[2] == 4:
                found.append((f"object-{point:x}", np.asarray(picture, np.uint8)))
                break
    return tuple(found)


HELD_OUT_ROOMS = ("apartment", "hall", "lab", "park", "venice", "warehouse")


@lru_cache(maxsize=2)
def rooms(*, held_out: bool, folder: Path = FOLDER) -> tuple[Picture, ...]:
    """Panoramas (256, 512, 3), 360 degrees wide."""
    found = [p for p in sorted((folder / "rooms").glob("*.png")) if (p.stem in HELD_OUT_ROOMS) == held_out]
    return tuple(np.asarray(cv2.imread(str(path)), np.uint8) for path in found)


@lru_cache(maxsize=1)
def groceries(folder: Path = FOLDER) -> tuple[tuple[str, Picture], ...]:
    """Photographs of goods cut out of their white ground, as (name, BGRA): evaluation only."""
    found = []
    for path in sorted((folder / "groceries").glob("*.jpg")):
        photo = cv2.imread(str(path))
        if photo is None:
            continue
        scale = 400 / max(photo.shape[:2])
        photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found.append((path.stem.removesuffix("_Iconic").lower(), _off_white(np.asarray(photo, np.uint8))))
    return tuple(found)


def _off_white(photo: Picture) -> Picture:
    """Opacity from the white around a thing: what the flood from the border does not reach."""
    high, wide = photo.shape[:2]
    framed = cv2.copyMakeBorder(photo, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    seen = np.zeros((high + 6, wide + 6), np.uint8)
    how = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (255 << 8)
    cv2.floodFill(framed, seen, (0, 0), (0, 0, 0), (9,) * 3, (9,) * 3, how)
    thing = cv2.morphologyEx(cv2.bitwise_not(seen[3:-3, 3:-3]), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(thing, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(thing, [line for line in outlines if cv2.contourArea(line) > 200], -1, 255, cv2.FILLED)
    thing = cv2.GaussianBlur(cv2.erode(thing, np.ones((3, 3), np.uint8)), (0, 0), 0.8)
    x, y, w, h = cv2.boundingRect((thing > 127).astype(np.uint8))
    cut = np.dstack([photo, thing])[y : y + h, x : x + w]
    side = max(w, h)
    square = np.zeros((side, side, 4), np.uint8)
    square[(side - h) // 2 : (side - h) // 2 + h, (side - w) // 2 : (side - w) // 2 + w] = cut
    return square


GROCERIES = "https://github.com/marcusklasson/GroceryStoreDataset"
_PACKAGES = ("@lobehub/fluent-emoji-3d@1.1.0", "@pmndrs/assets@1.7.0")


def fetch(folder: Path, groceries_from: str) -> dict[str, int]:
    """Fills ``folder`` and counts what is there; what fails to come raises, and nothing is lost."""
    for part in ("objects", "rooms", "groceries"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        for package in _PACKAGES:
            subprocess.run(["npm", "pack", "--silent", package], cwd=work, check=True, stdout=subprocess.DEVNULL)
        for ball in Path(work).glob("*.tgz"):
            with tarfile.open(ball) as tar:
                tar.extractall(Path(work) / ball.stem, filter="data")
        for path in Path(work).rglob("assets/*.webp"):
            (folder / "objects" / path.name).write_bytes(path.read_bytes())
        for path in Path(work).rglob("hdri/*.exr.js"):
            _room(path, folder / "rooms" / f"{path.name.removesuffix('.exr.js')}.png")
        subprocess.run(["git", "clone", "--quiet", "--depth", "1", groceries_from, "groceries"], cwd=work, check=True)
        for path in Path(work).rglob("*_Iconic.jpg"):
            (folder / "groceries" / path.name).write_bytes(path.read_bytes())
    return {part.name: sum(1 for _ in part.iterdir()) for part in sorted(folder.iterdir()) if part.is_dir()}


def _room(script: Path, to: Path) -> None:
    """A panorama out of the script that carries it, its light brought into 0..255."""
    import OpenEXR  # type: ignore[import-not-found]

    found = re.search(r"base64,([A-Za-z0-9+/=]+)", script.read_text(encoding="utf-8"))
    if found is None:
        return
    with tempfile.NamedTemporaryFile(suffix=".exr") as file:
        file.write(base64.b64decode(found.group(1)))
        file.flush()
        with OpenEXR.File(file.name) as opened:
            channels = opened.channels()
            linear = np.asarray(channels["RGB" if "RGB" in channels else "RGBA"].pixels, np.float32)[:, :, 2::-1]
    linear = linear / (np.percentile(linear, 90) + 1e-6) * 0.7
    cv2.imwrite(str(to), (np.clip(linear / (1 + linear / 4), 0, 1) ** (1 / 2.2) * 255).astype(np.uint8))


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.synth.composite_assets")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--groceries", default=GROCERIES, help="address or folder of that git repository")
    options = parser.parse_args()
    for part, count in fetch(options.folder, options.groceries).items():
        print(f"{part}: {count}")


if __name__ == "__main__":
    main()
