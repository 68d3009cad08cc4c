"""Where bars must be looked at closely and print must be read, on development photos: the choices of the reader.

``python -m benchmarks waybill_looks [--photos N]`` → results/waybill_looks.json: by the number of changes between dark
and light, the areas of bars that were looked at closely and those that gave a text (``WHOLE_EDGES``); numbers of photos
with a label that bars do not read, by how far from its bars they stand (``FARTHER``); and the photos whose answer the
second network changes where it reads shorter runs too (``SECOND_LOOK_LEAST``).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.speed_media import photos
from benchmarks.waybill_reader import read
from evidence_kit.facts.printed_numbers import decide
from evidence_kit.facts.waybill_numbers import of_barcode, same_number
from evidence_kit.sensors import close_look, number_lines
from evidence_kit.sensors import codes as codes_sensor
from evidence_kit.sensors.codes import Codes
from evidence_kit.sensors.label_text import centre_of, open_labels, window_side
from evidence_kit.sensors.page_text import page_text
from evidence_kit.sensors.photo import Photo

RESULT = Path(__file__).parent / "results" / "waybill_looks.json"
BAND = 4
"""Changes between dark and light are counted in bands of so many."""


def main(argv: list[str]) -> int:
    import cv2

    parser = argparse.ArgumentParser(prog="benchmarks waybill_looks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--photos", type=int, default=200)
    chosen = parser.parse_args(argv)
    cv2.setNumThreads(1)
    looked: Counter[int] = Counter()
    gave: Counter[int] = Counter()
    apart: list[float] = []
    printed = changed = 0
    for path in photos(chosen.photos):
        photo = Photo(path)
        with (
            patch.object(codes_sensor, "WHOLE_EDGES", 0),
            patch.object(close_look, "look_closely", _noting(looked, gave)),
        ):
            codes_sensor.codes(photo)
        answer = read(str(path))
        if answer["taken"] == ["codes"]:
            continue
        printed += 1
        with patch.object(number_lines, "SECOND_LOOK_LEAST", 0):
            changed += read(str(path)) != answer
        apart += _distances(photo, codes_sensor.codes(photo))
    result = {
        "photos": chosen.photos,
        "areas looked at closely, by changes": {
            f"{band}-{band + BAND - 1}": {"looked": looked[band], "gave a text": gave[band]} for band in sorted(looked)
        },
        "numbers about open bars, half sides of their window away": sorted(apart),
        "photos that need print": printed,
        "of these answer otherwise with short runs read twice": changed,
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=1))
    return 0


def _noting(looked: Counter[int], gave: Counter[int]) -> Any:
    """``look_closely``, counted."""
    whole = close_look.look_closely

    def noted(picture: Any, area: Any, **options: Any) -> Any:
        found = whole(picture, area, **options)
        band = close_look.bar_edges(picture, area) // BAND * BAND
        looked[band] += 1
        gave[band] += bool(found)
        return found

    return noted


def _distances(photo: Photo, codes: Codes) -> list[float]:
    """Sure numbers of the whole page's print that bars do not say: from the nearest open bars, in half sides."""
    said = [of_barcode(code.text, code.symbology) for code in codes.seen]
    found = []
    for one in decide(page_text(photo).lines).sure:
        if any(number is not None and same_number(one.number, number) for number in said):
            continue
        x, y = centre_of(one.line.quad, codes)
        reaches = []
        for region in open_labels(codes):
            u, v = centre_of(region.quad, codes)
            reaches.append(max(abs(x - u), abs(y - v)) / (window_side(region) / 2))
        found += [round(min(reaches), 2)] if reaches else []
    return found
