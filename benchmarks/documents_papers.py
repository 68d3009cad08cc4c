"""Receipts, certificates, chats and rulers of the reported part: read right, read wrong, or left to a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import cv2

from benchmarks.same_frame import rate
from benchmarks.synth.truth import PaperShot
from evidence_kit.facts.papers import chat_shown, receipt_fields, ruler_shown, seal_shown
from evidence_kit.facts.waybill_numbers import same_number
from evidence_kit.facts.waybill_readings import WaybillReadings
from evidence_kit.resolve import Resolver, all_providers
from evidence_kit.schema import Deferred, Unknown
from evidence_kit.sensors.page_text import read_page
from evidence_kit.sensors.paper_text import read_paper
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.red_marks import find_red_marks

Said = str
"""right, wrong or left."""


def _file(shot: PaperShot) -> bytes:
    return cv2.imencode(".jpg", shot.bgr, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg_quality])[1].tobytes()


def _numbers(data: bytes) -> WaybillReadings:
    """The waybill reader on one picture, as the kit asks it."""
    import tempfile
    from datetime import UTC, datetime
    from pathlib import Path

    from evidence_kit.schema import Case, Item, Submission

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "1.jpg"
        path.write_bytes(data)
        item = Item("1.jpg", "photo", str(path), len(data), "0", role="seal_certificate", extension="jpg")
        submission = Submission("1", Case(datetime(2026, 11, 22, tzinfo=UTC)), (item,))
        found = Resolver(submission, providers=all_providers(), options={}).resolve(WaybillReadings, item)
    return WaybillReadings() if isinstance(found, Unknown) else found


def _certificate(shot: PaperShot, photo: Photo, data: bytes) -> list[tuple[str, Said]]:
    seal = seal_shown(find_red_marks(photo.colour(1000)), _numbers(data), Deferred(lambda: read_page(photo.luma())))
    told = (
        "left" if seal.seal is None or (not seal.seal and shot.seal) else "right" if seal.seal == shot.seal else "wrong"
    )
    return [("seal", told), ("seal's number", _number(seal.numbers, shot.number))]


def _number(numbers: tuple[str, ...], truth: str | None) -> Said:
    if not numbers:
        return "left" if truth else "right"
    return "right" if truth and all(same_number(number, truth) for number in numbers) else "wrong"


def _receipt(shot: PaperShot, photo: Photo, data: bytes) -> list[tuple[str, Said]]:
    fields = receipt_fields(read_paper(photo.luma()), _numbers(data))
    amount = "left" if not fields.amounts else "right" if fields.amounts == (shot.amount,) else "wrong"
    days = [day.isoformat() for day in fields.days]
    day = "left" if not days else "right" if days == [shot.day] else "wrong"
    return [
        ("amount", "right" if amount == "left" and shot.amount is None else amount),
        ("time", "right" if day == "left" and shot.day is None else day),
        ("number", _number(fields.numbers, shot.number)),
    ]


def _chat(shot: PaperShot, photo: Photo, data: bytes) -> list[tuple[str, Said]]:
    del data
    found = chat_shown(read_paper(photo.luma()))
    is_chat = shot.case != "no chat"
    told = "left" if found.chat is None else "right" if found.chat == is_chat else "wrong"
    said = any("未激活" in sentence for sentence in shot.words)
    read = "未激活" in found.text
    word = "right" if read == said else "left" if said else "wrong"
    return [("is a chat", told), ("the words 未激活", word)]


def _ruler(shot: PaperShot, photo: Photo, data: bytes) -> list[tuple[str, Said]]:
    del data
    found = ruler_shown(read_paper(photo.luma()))
    there = shot.case in ("rule", "tape", "blurred")
    if found.ruler is None or (found.ruler is False and there):
        return [("ruler", "left")]
    return [("ruler", "right" if found.ruler == there else "wrong")]


JUDGES: dict[str, Callable[[PaperShot, Photo, bytes], list[tuple[str, Said]]]] = {
    "certificate": _certificate,
    "receipt": _receipt,
    "chat": _chat,
    "ruler": _ruler,
}


def papers(kinds: Sequence[str]) -> dict[str, Any]:
    """Counts of right, wrong and left for each thing that is read, over all pictures of each of ``kinds``."""
    from benchmarks.synth.heldout.papers import COUNT, MAKERS

    result: dict[str, Any] = {}
    for kind in kinds:
        make = MAKERS[kind]
        counts: dict[str, Counter[str]] = {}
        cases: dict[str, Counter[str]] = {}
        for seed in range(COUNT):
            shot = make(seed)
            data = _file(shot)
            for name, told in JUDGES[kind](shot, Photo(data), data):
                counts.setdefault(name, Counter())[told] += 1
                cases.setdefault(f"{name}, {shot.case}", Counter())[told] += 1
        result[kind] = {
            "pictures": COUNT,
            **{
                name: {told: rate(row[told], COUNT) for told in ("right", "wrong", "left")}
                for name, row in counts.items()
            },
            "by case": {name: dict(row) for name, row in sorted(cases.items())},
        }
    return result
