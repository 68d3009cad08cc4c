"""Measures the photos of the same-frame benchmark once: sharpness, bars, and the model's regions, kept on disk."""

from __future__ import annotations

import hashlib
import pickle
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.same_frame_cases import OUT, Case
from evidence_kit import schema
from evidence_kit.facts.photo_quality import PhotoQuality, photo_quality
from evidence_kit.facts.waybill_readings import WaybillReadings, waybill_readings
from evidence_kit.resolve import Resolver, all_providers
from evidence_kit.schema import Deferred, Item, Submission
from evidence_kit.sensors.around_text import AroundText
from evidence_kit.sensors.codes import read_codes
from evidence_kit.sensors.frame_content import LONG_EDGE, WEIGHTS, FrameContent, frame_content
from evidence_kit.sensors.label_text import LabelText
from evidence_kit.sensors.page_text import PageText
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.sharpness import sharpness
from evidence_kit.sensors.under_text import UnderText
from evidence_kit.sensors.weights import find
from evidence_kit.wiring import provider_of


@dataclass(frozen=True)
class Measured:
    """What the kit saw in one photo."""

    quality: PhotoQuality
    readings: WaybillReadings
    content: FrameContent
    cpu_ms: float
    """Of the regions alone: the small decode and the network."""


def _kept(case: Case, what: str, make: Any) -> Any:
    path = OUT / "measured" / case.slice / f"{case.id.replace('/', '-')}.{what}.pickle"
    if path.exists():
        return pickle.loads(path.read_bytes())
    value = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(value))
    return value


def look(case: Case) -> tuple[PhotoQuality, WaybillReadings]:
    """Quality and what the bars say; printed digits are left out: they cost seconds and have their own benchmark."""

    def make() -> tuple[PhotoQuality, WaybillReadings]:
        photo = Photo(case.path)
        codes = read_codes(photo.luma(), search=photo.luma(2000))
        readings = waybill_readings(
            codes, Deferred(UnderText), Deferred(LabelText), Deferred(AroundText), Deferred(PageText)
        )
        assert isinstance(readings, WaybillReadings)
        return photo_quality(sharpness(photo)), readings

    found: tuple[PhotoQuality, WaybillReadings] = _kept(case, "look", make)
    return found


def read_by_kit(case: Case) -> WaybillReadings:
    """What the kit's own readers say of bars and print, wired as in use, an order's photo alone in its submission.

    Where the bars gave a number, the print is not asked: what the rule then says is the same.
    """

    def make() -> WaybillReadings:
        item = Item(case.id, "photo", str(case.path), case.path.stat().st_size, "0")
        submission = Submission(case.id, schema.Case(datetime(2026, 11, 22, tzinfo=UTC)), (item,))
        found = Resolver(submission, providers=all_providers(), options={}).resolve(WaybillReadings, item)
        assert isinstance(found, WaybillReadings), found
        return found

    bars = look(case)[1]
    found: WaybillReadings = bars if bars.readings else _kept(case, "kit", make)
    return found


def weights_name() -> str:
    """Short hash of the model, its input size and the sensor's version: another of them, another measurement."""
    version = provider_of(frame_content).version
    return hashlib.sha256(find(WEIGHTS).read_bytes()).hexdigest()[:8] + f"-{LONG_EDGE}-{version}"


def measure(case: Case) -> Measured:
    quality, readings = look(case)

    def make() -> tuple[FrameContent, float]:
        photo = Photo(case.path)
        began = time.thread_time()
        return frame_content(photo), (time.thread_time() - began) * 1000

    content, cpu_ms = _kept(case, weights_name(), make)
    return Measured(quality, readings, content, cpu_ms)
