"""How much print a label must resolve to be legible: ``python -m benchmarks label_resolution [--n 70]``.

Development photos (``benchmarks.synth``, part ``waybill``, seeds from 5000): the long edge of every label that the
model finds, in widths of its steepest edges, for legible and illegible labels by construction. Sets the operating
points of ``evidence_kit/facts/sighted_labels.py``. Nothing here is a reported accuracy.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

RESULT = Path(__file__).resolve().parent / "results" / "label_resolution.json"
FIRST_SEED = 5000
NEAR = 0.08
"""A found label is the drawn one when their middles are so near, as a share of the picture."""


def main(argv: list[str]) -> int:
    import cv2

    from benchmarks.synth.photos import sample_photo
    from evidence_kit.facts.sighted_labels import RESOLVED_REJECT
    from evidence_kit.sensors.frame_content import frame_content
    from evidence_kit.sensors.label_looks import label_looks
    from evidence_kit.sensors.photo import Photo

    parser = argparse.ArgumentParser(prog="python -m benchmarks label_resolution", description=__doc__)
    parser.add_argument("--n", type=int, default=70)
    count = parser.parse_args(argv).n
    cv2.setNumThreads(1)
    resolved: dict[bool, list[float]] = {True: [], False: []}
    drawn = 0
    for seed in range(FIRST_SEED, FIRST_SEED + count):
        shot = sample_photo(seed, "waybill")
        _, data = cv2.imencode(".jpg", shot.bgr, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg_quality])
        photo = Photo(data.tobytes())
        looks = label_looks(photo, frame_content(photo)).labels
        height, width = shot.bgr.shape[:2]
        for label in shot.labels:
            drawn += 1
            middle = sum(x for x, _ in label.quad) / 4 / width, sum(y for _, y in label.quad) / 4 / height
            for look in looks:
                x, y = (sum(corner[axis] for corner in look.quad) / 4 for axis in (0, 1))
                if abs(x - middle[0]) < NEAR and abs(y - middle[1]) < NEAR:
                    resolved[label.legible].append(round(look.long_px / look.edge_px, 1))
                    break
    wrong = sum(value < RESOLVED_REJECT for value in resolved[True])
    result = {
        "benchmark": "label_resolution",
        "part": f"development, seeds {FIRST_SEED} to {FIRST_SEED + count - 1}",
        "labels": drawn,
        "found": sum(map(len, resolved.values())),
        "legible_lowest": sorted(resolved[True])[:5],
        "illegible_lowest": sorted(resolved[False])[:12],
        "reject_point": RESOLVED_REJECT,
        "legible_below_reject_point": wrong,
        "illegible_below_reject_point": sum(value < RESOLVED_REJECT for value in resolved[False]),
    }
    text = json.dumps(result, indent=1)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 1 if wrong else 0
