"""The form of a sample submission: its facts, its scenes, and what it should come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

BEIJING = timezone(timedelta(hours=8))
SIGNED = datetime(2026, 11, 20, 10, 0, tzinfo=BEIJING)
"""When the courier's sign-off was, in every sample that states one."""


@dataclass(frozen=True)
class Picture:
    """One photo: how it is made and saved."""

    scene: dict[str, Any]
    """Keyword arguments of ``benchmarks.synth.photos.photo``."""
    name: str = "1.jpg"
    role: str | None = "goods_with_waybill"
    taken: datetime | None = None
    offset: bool = True
    """Whether EXIF states the zone."""
    legible: bool | None = None
    """What the scene's truth must say; None where it does not matter."""
    long_edge_px: int | None = None
    draw: int = 0
    """Another number draws the same scene anew."""
    drawn_as: str | None = None
    """Samples that name the same word here share one file, byte for byte."""
    max_bytes: int = 300_000


@dataclass(frozen=True)
class Sample:
    """One submission folder and what it should come to."""

    path: str
    pack: str
    facts: dict[str, dict[str, Any]]
    pictures: tuple[Picture, ...]
    expected: dict[str, Any]
    submitter: str = "merchant"
    texts: dict[str, str] = field(default_factory=dict)
    stated: dict[str, Any] = field(default_factory=dict)
    """Keys of the manifest that stand in no table."""
    videos: tuple[str, ...] = ()
    """Names of videos that the manifest lists beside the pictures; ``clip_cases`` makes them."""


def hours(h: float) -> datetime:
    """A moment counted from the sign-off."""
    return SIGNED + timedelta(hours=h)


def order(
    number: str, *, outbound: str | None = None, signed: bool = True, submitted_h: float = 6.0, **more: Any
) -> dict[str, Any]:
    """The order's facts for a return waybill."""
    facts: dict[str, Any] = {"order_no": f"261115-{abs(stable_number(number)):015d}", "return_waybills": [number]}
    if outbound:
        facts["outbound_waybills"] = [outbound]
    if signed:
        facts["return_signed_at"] = SIGNED
    return {**facts, **more, "submitted_at": hours(submitted_h)}


def stable_number(text: str) -> int:
    """A stable number for an order number (Python's own hash changes from run to run)."""
    total = 7
    for c in text:
        total = (total * 131 + ord(c)) % 10**15
    return total


def label(carrier: str, number: str, goods: list[str], parcel: str = "none", **scene: Any) -> dict[str, Any]:
    """A scene with one label and goods; sizes leave the bars wide enough to read in the finished file."""
    base = {
        "carriers": [carrier],
        "numbers": [number],
        "goods": goods,
        "parcel": parcel,
        "label_size_mm": (100, 150),
        "label_width_px": 1250,
        "module_dots": 3 if carrier in ("JD", "UPS", "EMS") else 4,
    }
    turn = (stable_number(number) % 25 - 12) % 360
    return {**base, "wrinkle": 0.0, "turn_deg": float(turn), **scene}


def bare(goods: list[str], parcel: str = "none", **scene: Any) -> dict[str, Any]:
    """A scene without a label."""
    return {"n_labels": 0, "goods": goods, "parcel": parcel, "label_width_px": 1000, **scene}


def finding(rule: str, outcome: str, reason: str | None = None) -> dict[str, Any]:
    """One expected finding."""
    return {"rule": rule, "outcome": outcome} | ({"reason": reason} if reason else {})


def comes_to(verdict: str | None, *findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A subset of the report; ``verdict`` None where it hangs on rules the sample is not about."""
    codes = {"pass": 0, "fail": 1, "review": 3}
    head = {"verdict": verdict, "exit_code": codes[verdict]} if verdict else {}
    return {**head, "findings": list(findings), **more}


ACTIVATED, DAMAGED, YIRITAO = "pinduoduo-return-activated", "pinduoduo-return-damaged", "yiritao-self-refund"
SAME_FRAME, READABLE, MATCHES = "goods-with-waybill", "waybill-readable", "waybill-matches"
NO_VIDEO = finding("unboxing-video-present", "fail", "MISSING_ROLE")
KNOWN_MISSES: dict[str, str] = {}
"""What the kit does not do yet, though the scene says that it should; strict, so that a mended one is noticed."""
