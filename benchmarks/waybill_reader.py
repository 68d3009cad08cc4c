"""evidence-kit's reader as a process: JSON lines in (``{"path"}``), JSON lines out, as the peers' server does."""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

from evidence_kit.facts.waybill_readings import WaybillReadings, waybill_readings
from evidence_kit.schema import Deferred
from evidence_kit.sensors.around_text import AroundText, around_text
from evidence_kit.sensors.codes import codes
from evidence_kit.sensors.label_text import LabelText, label_text
from evidence_kit.sensors.page_text import PageText, page_text
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.under_text import UnderText, under_text


def read(path: str) -> dict[str, Any]:
    """One photo as the waybill rules read it; which looks it took."""
    photo, taken = Photo(path), ["codes"]
    seen = codes(photo)

    def under() -> UnderText:
        return under_text(photo, seen)

    def near() -> LabelText:
        text = label_text(photo, seen)
        if text.lines:
            taken.append("label")
        return text

    def around() -> AroundText:
        taken.append("around")
        return around_text(photo, seen)

    def whole() -> PageText:
        taken.append("page")
        return page_text(photo)

    found = waybill_readings(seen, Deferred(under), Deferred(near), Deferred(around), Deferred(whole))
    if not isinstance(found, WaybillReadings):
        return {"numbers": [], "taken": taken}
    return {
        "numbers": [reading.number for reading in found.readings],
        "by": [reading.by for reading in found.readings],
        "partial": list(found.partial),
        "unread": [label.cause for label in found.unread],
        "disagreements": [[d.barcode, d.printed] for d in found.disagreements],
        "taken": taken,
    }


def main() -> None:
    """Answers until the input ends; ``decode_s`` is the CPU time of ``cv2.imdecode`` (colour) of the same photo."""
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    for line in sys.stdin:
        path = json.loads(line)["path"]
        started = time.process_time()
        try:
            answer = read(path)
        except Exception as error:  # counted, and shown in the results
            answer = {"numbers": [], "error": f"{type(error).__name__}: {error}"}
        answer["cpu_s"] = time.process_time() - started
        answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        content = np.fromfile(path, np.uint8)
        started = time.process_time()
        cv2.imdecode(content, cv2.IMREAD_COLOR)
        answer["decode_s"] = time.process_time() - started
        print(json.dumps(answer, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
