"""Makes every sample submission again: ``python samples/make_samples.py --out samples``.

What a sample should come to is written down beside how its scene is made (``picture_cases``, ``fact_cases``),
never taken from a tool's output. Where the picture itself decides, the scene's own truth is checked here before
the file is written.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sys
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.synth.photos import photo
from benchmarks.synth.truth import Shot
from samples.clip_cases import clip_cases, write_clips
from samples.document_cases import document_cases, write_document
from samples.fact_cases import claim_cases, time_cases
from samples.form import Picture, Sample
from samples.pack_cases import pack_cases, pack_clips
from samples.picture_cases import photo_cases, same_frame_cases, waybill_cases

CASES = (*photo_cases(), *waybill_cases(), *same_frame_cases(), *time_cases(), *claim_cases(), *pack_cases())
LONG_EDGE_PX = 1800
EXIF_IFD, DATE_TIME_ORIGINAL, OFFSET_TIME_ORIGINAL = 0x8769, 0x9003, 0x9011


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def manifest(sample: Sample) -> str:
    """The text of ``submission.toml``."""
    lines = [f"id = {_toml_value(sample.path.replace('/', '-'))}", f"pack = {_toml_value(sample.pack)}"]
    lines.append(f"submitter = {_toml_value(sample.submitter)}")
    lines += [f"{key} = {_toml_value(value)}" for key, value in sample.stated.items()]
    for table, values in sample.facts.items():
        lines += ["", f"[{table}]"] + [f"{key} = {_toml_value(value)}" for key, value in values.items()]
    for picture in sample.pictures:
        lines += ["", "[[files]]", f"path = {_toml_value(picture.name)}"]
        if picture.role:
            lines.append(f"role = {_toml_value(picture.role)}")
    for name in sample.videos:
        lines += ["", "[[files]]", f"path = {_toml_value(name)}"]
    return "\n".join(lines) + "\n"


def check_truth(sample: Sample, picture: Picture, shot: Shot) -> None:
    """Stops when a scene is not what the sample says it is."""
    legible = any(label.legible for label in shot.labels)
    if picture.legible is not None and legible != picture.legible:
        raise ValueError(
            f"{sample.path}/{picture.name}: the number is {'' if legible else 'not '}legible: {shot.labels}"
        )
    if picture.scene.get("scratched_barcode") and any(label.barcode_intact for label in shot.labels):
        raise ValueError(f"{sample.path}/{picture.name}: a barcode survived")


def jpeg(shot: Shot, taken: datetime | None, *, offset: bool = True, max_bytes: int) -> bytes:
    """The file as a phone saves it, as good as fits ``max_bytes``; ``taken`` goes into the EXIF block."""
    picture = Image.fromarray(cv2.cvtColor(shot.bgr, cv2.COLOR_BGR2RGB))
    exif = Image.Exif()
    if taken is not None:
        block = exif.get_ifd(EXIF_IFD)
        block[DATE_TIME_ORIGINAL] = taken.strftime("%Y:%m:%d %H:%M:%S")
        if offset:
            block[OFFSET_TIME_ORIGINAL] = taken.strftime("%z")[:3] + ":" + taken.strftime("%z")[3:]
    data = b""
    for quality in (86, 82, 78, 74, 70, 64, 58, 50):
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality, exif=exif)
        data = buffer.getvalue()
        if len(data) <= max_bytes:
            return data
    raise ValueError(f"too large at any quality: {len(data)} bytes")


def write(sample: Sample, out: Path) -> None:
    """One submission folder."""
    folder = out / sample.path
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / "submission.toml").write_text(manifest(sample), encoding="utf-8")
    (folder / "expected.json").write_text(
        json.dumps(sample.expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    for name, text in sample.texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    for picture in sample.pictures:
        scene = {
            "noise": 1.0,
            "tilt_deg": 9.0,
            "chat_long_edge": picture.long_edge_px or LONG_EDGE_PX,
            **picture.scene,
        }
        # From the path, so that no two samples share a file and adding one changes no other.
        seed = zlib.crc32((picture.drawn_as or f"{sample.path}/{picture.name}/{picture.draw}").encode())
        shot = photo(seed, **scene)
        check_truth(sample, picture, shot)
        data = jpeg(shot, picture.taken, offset=picture.offset, max_bytes=picture.max_bytes)
        (folder / picture.name).write_bytes(data)


def main() -> None:
    """Writes all samples, or those whose path contains ``--only``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="", help="make only samples whose path contains this")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for sample in CASES:
        if options.only in sample.path:
            write(sample, options.out)
    for entry in (*clip_cases(), *pack_clips()):
        if options.only in entry.sample.path:
            write(entry.sample, options.out)
            write_clips(entry, options.out / entry.sample.path)
    for paper in document_cases():
        if options.only in paper.sample.path:
            write(paper.sample, options.out)
            write_document(paper, manifest(paper.sample), options.out / paper.sample.path)


if __name__ == "__main__":
    main()
