"""The nouns every layer speaks. Standard library only; frozen, and made of what JSON can hold.

Units are in the names (``_s`` seconds, ``_px`` pixels); quads are fractions of the upright picture; times are
aware datetimes; video time is presentation seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from itertools import combinations
from typing import Any, Generic, Literal, TypeVar

from evidence_kit.records import dataclass

SCHEMA = "evidence-report/1"

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Four corners as fractions of the upright picture, clockwise from the thing's own top left where known."""

Kind = Literal["photo", "video"]
Role = Literal[
    "goods_with_waybill",
    "problem",
    "outer_package",
    "damage_spot",
    "inner_damage",
    "weight",
    "measure",
    "chat",
    "seal_certificate",
    "freight_receipt",
    "goods_certificate",
    "listing",
    "tracking_page",
    "unboxing",
    "other",
]

COUNTED_ROLES: frozenset[str | None] = frozenset(
    {
        None,
        "goods_with_waybill",
        "problem",
        "outer_package",
        "damage_spot",
        "inner_damage",
        "weight",
        "measure",
        "other",
    }
)
"""Roles whose pictures fill the photo slots of an upload form; the others have slots of their own (rules 1e.7)."""


class Outcome(StrEnum):
    """What became of one rule on one target. ``error`` is "could not be checked", never a verdict on the evidence."""

    PASS = "pass"
    FAIL = "fail"
    REVIEW = "review"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Where to look: an item, a moment of it, a place in the picture."""

    item: str
    at_s: float | None = None
    quad: Quad | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured value. ``unit`` is ``byte``, ``s``, ``h``, ``photo``, ``px``, ``1`` (a ratio) or ``text``."""

    value: int | float | str | bool | None
    unit: str


@dataclass(frozen=True, slots=True)
class Limit:
    """What a document asks of a value."""

    op: Literal["<=", ">=", "==", "in"]
    value: int | float | str | list[str]
    unit: str


# --- the dispute -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Order:
    """Order facts, as the manifest states them: claims, not measurements."""

    order_no: str | None = None
    carrier: str | None = None
    outbound_waybills: tuple[str, ...] = ()
    return_waybills: tuple[str, ...] = ()
    ordered_at: datetime | None = None
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    buyer_signed_at: datetime | None = None
    completed_at: datetime | None = None
    refund_requested_at: datetime | None = None
    return_agreed_at: datetime | None = None
    responded_at: datetime | None = None
    return_signed_at: datetime | None = None
    refused_at: datetime | None = None
    refund_succeeded_at: datetime | None = None
    first_evidence_at: datetime | None = None
    submitted_at: datetime | None = None
    sign_kind: Literal["direct", "station"] | None = None
    parcel_kind: Literal["box", "bag"] | None = None


@dataclass(frozen=True, slots=True)
class OrderedItem:
    name: str | None = None
    qty: int | None = None
    paid_amount: float | None = None
    declared_damaged_qty: int | None = None
    expected_weight_g: float | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    type: str | None = None
    reason: str | None = None
    description: str | None = None
    refund_amount: float | None = None


@dataclass(frozen=True, slots=True)
class Appeal:
    type: Literal["判责", "货款", "运费", "极速退款"] | None = None
    amount: float | None = None
    refunded_amount: float | None = None
    free_shipping: bool | None = None
    instant_refund: bool | None = None
    freight_direction: Literal["outbound", "return"] | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    order_no: str | None = None
    product: str | None = None
    problem: str | None = None
    request: str | None = None
    contact: str | None = None
    recipient_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """Declared weights in grams."""

    repack_g: float | None = None
    warehouse_g: float | None = None
    courier_g: float | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    parcel_damaged_at_sign: bool | None = None
    signed_by_self: bool | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """The dispute: what the submitter states. ``now`` is a stated fact too; nothing below the CLI reads a clock."""

    now: datetime
    submitter: Literal["buyer", "merchant", "courier"] | None = None
    promised_refund: bool | None = None
    order: Order = Order()
    item: OrderedItem = OrderedItem()
    claim: Claim = Claim()
    appeal: Appeal = Appeal()
    complaint: Complaint = Complaint()
    weights: Weights = Weights()
    delivery: Delivery = Delivery()
    assumed_zone: tuple[str, ...] = ()
    """Keys of times that had no offset and were read as +08:00 (rules 1c-C)."""

    @property
    def submitted_at(self) -> datetime:
        """The moment of this submission: the stated one, else ``now``."""
        return self.order.submitted_at or self.now


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a submission. Only what can be known without opening it as a picture."""

    id: str
    """Path relative to the submission, with ``/``."""
    kind: Kind
    path: str
    """Where the file lies on this machine; never written into a report."""
    bytes: int
    sha256: str
    role: Role | None = None
    source: Literal["warehouse", "courier", "repack"] | None = None
    extension: str = ""
    """Lower case, without the dot, as the file is named; it may lie."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the intake saw that no rule decides: an ignored file, a time without a zone."""

    text: Text
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A file of another submission that is the same, byte for byte, as one of this."""

    item: str
    submission: str
    """The other submission's id, and ``other`` the file's there."""
    other: str
    handed_in: Literal["earlier", "later", "unknown"]
    """When the other submission was, beside this one; unknown also where it may be of the same order."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A case and its items."""

    id: str
    case: Case
    items: tuple[Item, ...]
    pack: str | None = None
    has_manifest: bool = False
    notes: tuple[Note, ...] = ()
    copies: tuple[Copy, ...] = ()
    """Known only where several submissions are judged together."""

    @property
    def photos(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.kind == "photo")

    @property
    def counted_photos(self) -> tuple[Item, ...]:
        """The photos that fill the upload form's photo slots (rules 1e.7)."""
        return tuple(item for item in self.photos if item.role in COUNTED_ROLES)

    @property
    def judged(self) -> tuple[Item, ...]:
        """What the rules look at: the counted photos and the videos, in the items' order."""
        return tuple(item for item in self.items if item.kind == "video" or item.role in COUNTED_ROLES)

    @property
    def videos(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.kind == "video")


# --- what is established ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unknown:
    """A fact that could not be established, and why. ``outcome`` is what a rule that needs it folds to."""

    reason: str
    why: Text
    outcome: Outcome = Outcome.REVIEW


T = TypeVar("T")


class Deferred(Generic[T]):
    """A measurement that is taken only when it is called: a fact asks for it when the cheap ones leave it open."""

    __slots__ = ("_take",)

    def __init__(self, take: Callable[[], T | Unknown]) -> None:
        self._take = take

    def __call__(self) -> T | Unknown:
        return self._take()


@dataclass(frozen=True)
class Each(Generic[T]):
    """One fact per item, in the items' order: what a rule on the whole submission sees."""

    entries: tuple[tuple[Item, T | Unknown], ...] = ()

    def __iter__(self) -> Iterator[tuple[Item, T | Unknown]]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def known(self) -> tuple[tuple[Item, T], ...]:
        """The entries whose fact could be established."""
        return tuple((item, fact) for item, fact in self.entries if not isinstance(fact, Unknown))

    def unknown(self) -> tuple[tuple[Item, Unknown], ...]:
        return tuple((item, fact) for item, fact in self.entries if isinstance(fact, Unknown))


@dataclass(frozen=True)
class Pairs(Generic[T]):
    """One fact of every two of some items. It is established when it is reached: a rule may stop before the last."""

    items: tuple[Item, ...] = ()
    of: Callable[[Item, Item], T | Unknown] = field(kw_only=True)

    def __iter__(self) -> Iterator[tuple[Item, Item, T | Unknown]]:
        return ((one, other, self.of(one, other)) for one, other in combinations(self.items, 2))


# --- what is said ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """A rule's answer, before the pack's clause is put to it."""

    outcome: Outcome
    reason: str | None = None
    actual: Quantity | None = None
    limit: Limit | None = None
    message: Text | None = None
    advice: Text | None = None
    traces: tuple[Trace, ...] = ()
    missing: str | None = None
    """The manifest key that the rule lacks; the engine folds it to review or not_applicable as the pack says."""
    deadline: datetime | None = None
    """The last moment that still counts, where the rule is about one."""
    advised: bool = False
    """This answer is advice only, whatever the pack requires (rules 1e.14)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule of a pack on one target."""

    rule: str
    clause: str
    quote: str
    target: str | None
    outcome: Outcome
    required: bool
    reason: str | None
    actual: Quantity | None
    limit: Limit | None
    message: Text
    advice: Text | None
    retakable: bool
    traces: tuple[Trace, ...]


@dataclass(frozen=True, slots=True)
class ChecklistEntry:
    """A clause that only a person can judge, with the thing to look at."""

    clause: str
    quote: str
    target: str | None


@dataclass(frozen=True, slots=True)
class EngineStamp:
    sensor: str
    engine: str
    version: str


@dataclass(frozen=True, slots=True)
class Run:
    """The only part of a report that may differ between two runs on the same input."""

    status: Literal["complete", "incomplete"]
    checked_at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class ToolStamp:
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class PackStamp:
    id: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SubmissionStamp:
    id: str
    case: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ItemReport:
    """One file as the report shows it; what could not be read off it is null."""

    id: str
    kind: Kind
    role: str | None
    sha256: str
    bytes: int
    format: str | None = None
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    container: str | None = None
    video_codec: str | None = None
    audio: bool | None = None
    rotation_deg: int | None = None


@dataclass(frozen=True, slots=True)
class ReadingReport:
    item: str
    at_s: float | None
    number: str
    by: Literal["barcode", "ocr", "both"]
    symbology: str | None
    quad: Quad | None
    confidence: float
    engine: str
    carriers: tuple[str, ...] = ()
    """Carriers whose number form fits, likeliest first; a hint, never proof (rules 6)."""


@dataclass(frozen=True, slots=True)
class SharedFrameReport:
    item: str
    waybill: Literal["read", "seen", "none", "unknown"]
    goods: Literal["yes", "no", "unknown"]
    parcel: Literal["yes", "no", "unknown"]
    waybill_quad: Quad | None
    goods_boxes: tuple[Quad, ...]


@dataclass(frozen=True, slots=True)
class FaceReport:
    at_s: float
    quad: Quad


@dataclass(frozen=True, slots=True)
class SidesReport:
    item: str
    shown: int | None
    faces: tuple[FaceReport, ...]
    sealed_start: bool | None
    opened_at_s: float | None


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the take is interrupted, with the signals that agree on it."""

    at_s: float
    kind: str
    signals: tuple[str, ...]
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Blind:
    """An interval in which nothing can be seen, and why."""

    from_s: float
    to_s: float
    cause: str


@dataclass(frozen=True, slots=True)
class Span:
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class ContinuityReport:
    item: str
    continuous: bool | None
    breaks: tuple[Break, ...]
    blind: tuple[Blind, ...]
    parcel_out: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class TimeReport:
    item: str
    taken_at: datetime
    zone: Literal["stated", "assumed"]
    source: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last moment that still counts for a rule, and the time left at this submission (negative: over)."""

    rule: str
    at: datetime
    left_s: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What was established about the files, whatever the rules made of it."""

    waybill_readings: tuple[ReadingReport, ...] = ()
    same_frame: tuple[SharedFrameReport, ...] = ()
    sides: tuple[SidesReport, ...] = ()
    continuity: tuple[ContinuityReport, ...] = ()
    times: tuple[TimeReport, ...] = ()
    deadlines: tuple[Deadline, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer for one submission (contract: ``evidence-report/1``)."""

    verdict: Literal["pass", "fail", "review"]
    statement: Text
    run: Run
    tool: ToolStamp
    pack: PackStamp
    engines: tuple[EngineStamp, ...]
    submission: SubmissionStamp
    items: tuple[ItemReport, ...]
    summary: Mapping[str, int]
    findings: tuple[Finding, ...]
    facts: Facts
    checklist: tuple[ChecklistEntry, ...]
    notes: tuple[Note, ...] = ()
    schema: str = field(default=SCHEMA)

    def to_json(self, *, lang: Literal["zh", "en"] | None = "zh", indent: int | None = None) -> str:
        """The contract's JSON: ``schema`` first, ``statement`` as one sentence in ``lang``; None keeps both."""
        whole = plain(self)
        if lang is not None:
            whole["statement"] = whole["statement"][lang]
        ordered = {"schema": whole.pop("schema"), **whole}
        return json.dumps(ordered, ensure_ascii=False, indent=indent, allow_nan=False)


_SCALARS = frozenset({type(None), str, int, float, bool})


@cache
def _names_of(kind: Any) -> tuple[str, ...] | None:
    """The fields of a dataclass, in order; None for any other type."""
    return tuple(entry.name for entry in fields(kind)) if is_dataclass(kind) else None


def plain(value: Any) -> Any:
    """``value`` as dicts, lists and scalars, for JSON. Raises TypeError for what JSON cannot hold."""
    kind: Any = type(value)
    if kind in _SCALARS:
        return value
    if kind is tuple or kind is list:
        return [plain(entry) for entry in value]
    names = _names_of(kind)
    if names is not None:
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(value: Any, *, indent: int | None = None) -> str:
    """``value`` as JSON text; non-ASCII is kept, NaN is refused."""
    return json.dumps(plain(value), ensure_ascii=False, indent=indent, allow_nan=False)
