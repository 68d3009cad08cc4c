"""Samples of the claims that hang on dates, money, forms and roles. Expected outcomes follow the rules' text.

Two small pictures serve them all, byte for byte the same file: a mug beside a waybill, and a close-up of a shoe.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from samples.clip_cases import Clip, ClipSample
from samples.form import (
    DAMAGED,
    MATCHES,
    NO_VIDEO,
    READABLE,
    SAME_FRAME,
    SIGNED,
    YIRITAO,
    Picture,
    Sample,
    bare,
    comes_to,
    finding,
    hours,
    label,
)

NUMBER, OTHER_NUMBER = "SF3158203947561", "SF3158203947792"
APPEAL, WRONG, SHORT = "pinduoduo-refund-appeal", "pinduoduo-shipped-wrong", "pinduoduo-short-shipment"
COMPLAINT, SIZE = "yiritao-community-complaint", "yiritao-weight-or-size"
FAKE, RETURN, WARRANTY = "taobao-fake-shipping", "taobao-no-reason-return", "taobao-repair-warranty"
PRICE, COURIER = "price-protection-unopened", "courier-parcel-damage"
DAYS, PROBLEM, LISTING = "within-days", "problem-photo-present", "no-such-item-proof"

Tables = dict[str, dict[str, Any]]


def days(count: float) -> datetime:
    """A moment counted from the start that the sample is about."""
    return hours(24 * count)


def together(name: str = "1.jpg", role: str | None = "goods_with_waybill") -> Picture:
    """The goods beside the waybill NUMBER."""
    scene = label("SF", NUMBER, ["mug"], ground="marble", noise=0.6)
    return Picture(
        scene, name, role, legible=True, long_edge_px=1200, drawn_as="small/mug-and-waybill", max_bytes=90_000
    )


def close_up(name: str = "2.jpg", role: str | None = "problem") -> Picture:
    """The goods alone."""
    scene = bare(["shoe"], ground="tile", noise=0.6)
    return Picture(scene, name, role, long_edge_px=700, drawn_as="small/shoe", max_bytes=30_000)


def _order(**moments: Any) -> dict[str, Any]:
    return {"order_no": "261115-000318842067512", "outbound_waybills": [NUMBER], **moments}


# --- appeals ---


def _appeal(at: datetime, kind: str = "货款", amount: float | None = 80.0, **more: Any) -> Tables:
    stated = {"type": kind} | ({} if amount is None else {"amount": amount}) | {"refunded_amount": 80.0} | more
    order = _order(return_waybills=[OTHER_NUMBER], refund_succeeded_at=SIGNED, submitted_at=at)
    return {"order": order, "appeal": stated}


def appeal_cases() -> list[Sample]:
    """The window, the type and the amount of an appeal."""
    both = (together(), close_up())

    def sample(path: str, facts: Tables, verdict: str | None, *findings: dict[str, Any]) -> Sample:
        return Sample(path, APPEAL, facts, both, comes_to(verdict, *findings))

    return [
        sample(
            "within-days/pass-appeal-sixth-day",
            _appeal(days(6)),
            "pass",
            finding(DAYS, "pass"),
            finding(PROBLEM, "pass"),
            finding(SAME_FRAME, "pass"),
        ),
        # The refund went through at 10:00; the seventh day ends ten hours and more after 7 x 24 hours.
        sample("within-days/review-appeal-seventh-day", _appeal(days(7.4)), "review", finding(DAYS, "review", "LATE")),
        sample("within-days/fail-appeal-ninth-day", _appeal(days(8.5)), "fail", finding(DAYS, "fail", "LATE")),
        sample(
            "appeal-type-fits/pass-goods-money",
            _appeal(days(2), amount=64.5),
            "pass",
            finding("appeal-type-fits", "pass"),
            finding("appeal-amount-fits", "pass"),
            finding("liability-appeal-recovers-no-money", "not_applicable"),
        ),
        sample(
            "appeal-type-fits/fail-free-shipping",
            _appeal(days(2), "运费", 12.0, free_shipping=True, freight_direction="outbound"),
            "fail",
            finding("appeal-type-fits", "fail", "WRONG_CLAIM_TYPE"),
        ),
        sample(
            "appeal-type-fits/review-which-freight",
            _appeal(days(2), "运费", 12.0, free_shipping=True),
            None,
            finding("appeal-type-fits", "review", "MISSING_FACT"),
        ),
        sample(
            "appeal-amount-fits/fail-above-refund",
            _appeal(days(2), amount=95.0),
            "fail",
            finding("appeal-amount-fits", "fail", "AMOUNT_DIFFERS"),
        ),
        sample(
            "liability-appeal-recovers-no-money/pass-no-amount",
            _appeal(days(2), "判责", None),
            "pass",
            finding("liability-appeal-recovers-no-money", "pass"),
            finding("appeal-amount-fits", "not_applicable"),
        ),
        sample(
            "liability-appeal-recovers-no-money/review-with-amount",
            _appeal(days(2), "判责", 80.0),
            "review",
            finding("liability-appeal-recovers-no-money", "review", "WRONG_CLAIM_TYPE"),
        ),
    ]


# --- forms ---


def _complaint(**changed: str) -> Tables:
    fields = {
        "order_no": "261115-000318842067512",
        "product": "红富士苹果 10 个装",
        "problem": "收到时有三个烂了,外箱完好",
        "request": "退还三个的货款",
        "contact": "群主 13900005678",
        "recipient_phone": "13700001234",
        **changed,
    }
    return {"order": _order(submitted_at=hours(5)), "complaint": {key: value for key, value in fields.items() if value}}


def form_cases() -> list[Sample]:
    """A complaint's five fields, and the questions of a short shipment."""
    photo = (close_up("1.jpg"),)
    fields, asked = "complaint-fields-complete", "delivery-questions-answered"
    answered = {"parcel_damaged_at_sign": False, "signed_by_self": True}

    def complained(name: str, facts: Tables, verdict: str, *findings: dict[str, Any]) -> Sample:
        expected = comes_to(verdict, *findings)
        return Sample(f"{fields}/{name}", COMPLAINT, facts, photo, expected, stated={"promised_refund": False})

    return [
        complained("pass-five-fields", _complaint(), "pass", finding(fields, "pass")),
        complained("fail-no-request", _complaint(request=""), "fail", finding(fields, "fail", "MISSING_FIELD")),
        complained(
            "review-recipient-phone",
            _complaint(contact="+86 137-0000-1234"),
            "review",
            finding(fields, "review", "CONTACT_IS_RECIPIENT"),
        ),
        Sample(
            f"{asked}/pass-both",
            SHORT,
            {"order": _order(submitted_at=hours(5)), "delivery": answered},
            photo,
            comes_to(None, finding(asked, "pass")),
        ),
        Sample(
            f"{asked}/review-who-signed",
            SHORT,
            {"order": _order(submitted_at=hours(5)), "delivery": {"parcel_damaged_at_sign": True}},
            photo,
            comes_to(None, finding(asked, "review", "MISSING_FACT")),
        ),
        Sample(
            "media-present/fail-short-shipment-in-words",
            SHORT,
            {"order": _order(submitted_at=hours(5)), "delivery": answered},
            (),
            comes_to("fail", finding("media-present", "fail", "TEXT_ONLY"), finding(asked, "pass")),
            texts={"说明.txt": "仓库称重和快递称重一致,没有少发。\n"},
        ),
    ]


# --- wrong goods, fake shipping ---


def waybill_proof_cases() -> list[Sample]:
    """Claims that the outbound waybill answers."""
    plain = {"order": _order(submitted_at=hours(5))}
    other = {"order": {**_order(submitted_at=hours(5)), "outbound_waybills": [OTHER_NUMBER]}}
    unknown = {"order": {"order_no": "261115-000318842067512", "submitted_at": hours(5)}}
    shipped = "shipped-in-time"

    def paid(ship_h: float) -> Tables:
        return {"order": _order(paid_at=SIGNED, shipped_at=hours(ship_h), submitted_at=days(6))}

    return [
        Sample(
            f"{LISTING}/pass-listing",
            WRONG,
            plain,
            (together(), close_up(role="listing")),
            comes_to("pass", finding(LISTING, "pass"), finding(MATCHES, "pass"), finding(SAME_FRAME, "pass")),
        ),
        Sample(
            f"{LISTING}/fail-none",
            WRONG,
            plain,
            (together(),),
            comes_to("fail", finding(LISTING, "fail", "MISSING_ROLE"), finding(MATCHES, "pass")),
        ),
        Sample(
            f"{LISTING}/review-unmarked",
            WRONG,
            plain,
            (together(), close_up(role=None)),
            comes_to("review", finding(LISTING, "review", "MISSING_ROLE")),
        ),
        Sample(
            f"{shipped}/pass-two-days",
            FAKE,
            paid(48),
            (together(),),
            comes_to("pass", finding(shipped, "pass"), finding(MATCHES, "pass"), finding(READABLE, "pass")),
        ),
        # Late shipping is another charge than shipping nothing: it is told, and the verdict stays.
        Sample(
            f"{shipped}/fail-four-days",
            FAKE,
            paid(96),
            (together(),),
            comes_to("pass", finding(shipped, "fail", "LATE"), finding(MATCHES, "pass")),
        ),
        Sample(
            f"{MATCHES}/fail-fake-shipping-other-parcel",
            FAKE,
            other,
            (together(),),
            comes_to("fail", finding(MATCHES, "fail", "WAYBILL_MISMATCH")),
        ),
        Sample(
            f"{MATCHES}/review-fake-shipping-no-number",
            FAKE,
            unknown,
            (together(),),
            comes_to("review", finding(MATCHES, "review", "MISSING_FACT"), finding(READABLE, "pass")),
        ),
    ]


# --- windows in days ---


def _asked(after: float, **more: Any) -> Tables:
    moments = {"buyer_signed_at": SIGNED, "refund_requested_at": days(after), "submitted_at": days(after + 1)}
    return {"order": _order(**(moments | more))}


def return_cases() -> list[Sample]:
    """Each step of a return without a reason."""
    photo = (close_up("1.jpg", role=None),)
    answered, back, settled = "responded-in-time", "sent-back-in-time", "return-confirmed-in-time"
    agreed = {"responded_at": days(2), "return_agreed_at": days(2)}

    def sample(path: str, facts: Tables, verdict: str, *findings: dict[str, Any]) -> Sample:
        return Sample(path, RETURN, facts, photo, comes_to(verdict, *findings))

    return [
        sample(
            "within-days/pass-no-reason-third-day",
            _asked(3),
            "pass",
            finding(DAYS, "pass"),
            finding(answered, "pass"),
            finding(back, "not_applicable"),
            finding(settled, "not_applicable"),
        ),
        sample(
            "within-days/review-no-reason-station",
            _asked(3, sign_kind="station"),
            "review",
            finding(DAYS, "review", "STATION_SIGN_OFF"),
        ),
        sample("within-days/fail-no-reason-tenth-day", _asked(9.5), "fail", finding(DAYS, "fail", "LATE")),
        sample(f"{answered}/pass-answered", _asked(1, responded_at=days(2)), "pass", finding(answered, "pass")),
        sample(
            f"{answered}/fail-no-answer",
            _asked(1, submitted_at=days(4.5)),
            "fail",
            finding(answered, "fail", "LATE"),
            finding(DAYS, "pass"),
        ),
        sample(
            f"{back}/pass-arrived",
            _asked(1, **agreed, return_signed_at=days(6), submitted_at=days(7)),
            "pass",
            finding(back, "pass"),
            finding(settled, "pass"),
        ),
        sample(
            f"{back}/review-arrived-late",
            _asked(1, **agreed, return_signed_at=days(10), submitted_at=days(11)),
            "review",
            finding(back, "review", "LATE"),
        ),
        sample(
            f"{settled}/pass-refused-in-time",
            _asked(1, **agreed, return_signed_at=days(6), refused_at=days(8), submitted_at=days(20)),
            "pass",
            finding(settled, "pass"),
        ),
        sample(
            f"{settled}/review-between-the-readings",
            _asked(1, **agreed, return_signed_at=days(7), submitted_at=days(14)),
            "review",
            finding(settled, "review", "LATE"),
        ),
        sample(
            f"{settled}/fail-not-settled",
            _asked(1, **agreed, return_signed_at=days(6), submitted_at=days(18)),
            "fail",
            finding(settled, "fail", "LATE"),
        ),
    ]


def warranty_cases() -> list[Sample]:
    """The repair warranty: fourteen days, and a picture of the fault."""

    def completed(after: float) -> Tables:
        return {"order": _order(completed_at=SIGNED, submitted_at=days(after))}

    def sample(path: str, after: float, picture: Picture, verdict: str, *findings: dict[str, Any]) -> Sample:
        return Sample(path, WARRANTY, completed(after), (picture,), comes_to(verdict, *findings), submitter="buyer")

    fault = close_up("1.jpg")
    return [
        sample(f"{PROBLEM}/pass-close-up", 10, fault, "pass", finding(PROBLEM, "pass"), finding(DAYS, "pass")),
        sample(
            f"{PROBLEM}/fail-chat-only",
            10,
            close_up("1.jpg", role="chat"),
            "fail",
            finding(PROBLEM, "fail", "MISSING_ROLE"),
        ),
        sample(f"{PROBLEM}/review-only-together", 10, together(), "review", finding(PROBLEM, "review", "MISSING_ROLE")),
        sample("within-days/review-warranty-last-evening", 14.4, fault, "review", finding(DAYS, "review", "LATE")),
        sample("within-days/fail-warranty-third-week", 20, fault, "fail", finding(DAYS, "fail", "LATE")),
    ]


# --- price protection ---


def _price(after: timedelta, kind: str = "价保") -> Tables:
    return {"order": _order(ordered_at=SIGNED, submitted_at=SIGNED + after), "claim": {"type": kind}}


def price_cases() -> list[Sample]:
    """Price protection that fails before its video is looked at."""
    return [
        Sample(
            "sealed-item-shown/fail-no-video",
            PRICE,
            _price(timedelta(days=2)),
            (close_up("1.jpg", role=None),),
            comes_to("fail", finding("sealed-item-shown", "fail", "MISSING_ROLE"), finding(DAYS, "pass")),
            submitter="buyer",
        )
    ]


def pack_clips() -> tuple[ClipSample, ...]:
    """Price protection with picture and video."""
    sealed, cheaper = "sealed-item-shown", "cheaper-offer-in-time"

    def sample(path: str, facts: Tables, verdict: str, *findings: dict[str, Any]) -> ClipSample:
        form = Sample(
            path,
            PRICE,
            facts,
            (close_up("1.jpg", role=None),),
            comes_to(verdict, *findings),
            submitter="buyer",
            videos=("2.mp4",),
        )
        return ClipSample(form, (Clip((bare([], "carton", label_width_px=700),), name="2.mp4", seconds=2.0),))

    return (
        sample(
            f"{sealed}/pass-both",
            _price(timedelta(days=2)),
            "pass",
            finding(sealed, "pass"),
            finding(DAYS, "pass"),
            finding(cheaper, "not_applicable"),
        ),
        sample(
            "within-days/review-price-seventh-day",
            _price(timedelta(days=7, hours=3)),
            "review",
            finding(DAYS, "review", "LATE"),
        ),
        sample(f"{cheaper}/pass-same-day", _price(timedelta(hours=9), "买贵双倍赔"), "pass", finding(cheaper, "pass")),
        sample(
            f"{cheaper}/fail-two-days",
            _price(timedelta(hours=50), "买贵双倍赔"),
            "fail",
            finding(cheaper, "fail", "LATE"),
            finding(DAYS, "pass"),
        ),
    )


# --- claims whose own evidence is documents: what holds of the photos whatever they show ---


def photo_set_cases() -> list[Sample]:
    """The number of photos, one photo twice, and no photo."""
    stated = {"order": _order(submitted_at=hours(5))}
    weighing = close_up("1.jpg", role="weight")
    three = (close_up("1.jpg", "outer_package"), close_up("2.jpg", "damage_spot"))
    return [
        Sample(
            "media-present/pass-weighing", SIZE, stated, (weighing,), comes_to(None, finding("media-present", "pass"))
        ),
        Sample(
            "no-reuse/review-weighing-twice",
            SIZE,
            stated,
            (weighing, close_up("2.jpg", role="measure")),
            comes_to(None, finding("no-reuse", "review", "DUPLICATE_PHOTO")),
        ),
        Sample(
            "media-present/fail-weight-in-words",
            SIZE,
            stated,
            (),
            comes_to("fail", finding("media-present", "fail", "TEXT_ONLY")),
            texts={"说明.txt": "少了二两。\n"},
        ),
        Sample(
            "photo-readable/pass-parcel-damage",
            COURIER,
            stated,
            (close_up("1.jpg", "outer_package"),),
            comes_to(None, finding("photo-readable", "pass"), finding("photo-count", "pass")),
        ),
        Sample(
            "no-reuse/review-parcel-damage-twice",
            COURIER,
            stated,
            three,
            comes_to(None, finding("no-reuse", "review", "DUPLICATE_PHOTO")),
        ),
        Sample(
            "photo-count/fail-parcel-damage-none",
            COURIER,
            stated,
            (close_up("1.jpg", "chat"),),
            comes_to("fail", finding("photo-count", "fail", "MISSING_ROLE")),
        ),
    ]


# --- the same clauses under the packs of returns and of the self-service refund ---


def further_cases() -> list[Sample]:
    """Clauses that other samples show under another pack's words."""
    given = "order-number-given"

    def refund(order_no: str | None, number: str = NUMBER) -> Tables:
        order = {"outbound_waybills": [number], "buyer_signed_at": SIGNED, "submitted_at": hours(4)}
        return {
            "order": ({"order_no": order_no} if order_no else {}) | order,
            "item": {"name": "马克杯", "qty": 2, "paid_amount": 40.0, "declared_damaged_qty": 1},
            "claim": {"type": "仅退款", "description": "收到时杯口有裂纹", "refund_amount": 20.0},
        }

    def damaged(number: str = NUMBER, **moments: Any) -> Tables:
        stated = {"order_no": "261115-000318842067512", "return_waybills": [number], "return_signed_at": SIGNED}
        return {"order": stated | moments}

    def self_refund(path: str, facts: Tables, verdict: str, *findings: dict[str, Any]) -> Sample:
        return Sample(path, YIRITAO, facts, (together(),), comes_to(verdict, *findings), submitter="buyer")

    def returned(path: str, facts: Tables, *findings: dict[str, Any]) -> Sample:
        return Sample(path, DAMAGED, facts, (together(),), comes_to("fail", *findings, NO_VIDEO))

    return [
        self_refund(
            f"{given}/pass-given",
            refund("261115-000318842067512"),
            "pass",
            finding(given, "pass"),
            finding(MATCHES, "pass"),
            finding(READABLE, "pass"),
        ),
        self_refund(f"{given}/review-not-given", refund(None), "review", finding(given, "review", "MISSING_FACT")),
        self_refund(
            f"{MATCHES}/fail-self-refund-other-parcel",
            refund("261115-000318842067512", OTHER_NUMBER),
            "fail",
            finding(MATCHES, "fail", "WAYBILL_MISMATCH"),
        ),
        returned(
            f"{MATCHES}/fail-return-damaged-other-parcel",
            damaged(OTHER_NUMBER, submitted_at=hours(5)),
            finding(MATCHES, "fail", "WAYBILL_MISMATCH"),
        ),
        returned(
            "within-window/pass-supplement",
            damaged(first_evidence_at=hours(30), refused_at=hours(31), submitted_at=hours(70)),
            finding("within-window", "pass", "SUPPLEMENT"),
            finding("evidence-before-refusal", "pass"),
            finding(SAME_FRAME, "pass"),
        ),
        returned(
            "within-window/fail-past-both-routes",
            damaged(first_evidence_at=hours(30), refused_at=hours(31), submitted_at=hours(80)),
            finding("within-window", "fail", "LATE"),
        ),
        Sample(
            f"{PROBLEM}/fail-appeal-receipt-only",
            APPEAL,
            _appeal(days(2)),
            (close_up("1.jpg", "freight_receipt"),),
            comes_to("fail", finding(PROBLEM, "fail", "MISSING_ROLE")),
        ),
    ]


def pack_cases() -> tuple[Sample, ...]:
    """All of them but those with a video."""
    return (
        *appeal_cases(),
        *form_cases(),
        *waybill_proof_cases(),
        *return_cases(),
        *warranty_cases(),
        *price_cases(),
        *photo_set_cases(),
        *further_cases(),
    )
