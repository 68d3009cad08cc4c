"""Samples that hang on times, claims and what was left out. Expected outcomes follow the rules' text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from samples.form import (
    ACTIVATED,
    BEIJING,
    DAMAGED,
    MATCHES,
    NO_VIDEO,
    SAME_FRAME,
    SIGNED,
    YIRITAO,
    Picture,
    Sample,
    comes_to,
    finding,
    hours,
    label,
    order,
    stable_number,
)


def _plain(number: str, carrier: str, goods: str, **more: Any) -> tuple[Picture, ...]:
    return (Picture(label(carrier, number, [goods], ground="marble"), legible=True, **more),)


def time_cases() -> list[Sample]:
    """The window, the order of evidence and refusal, and when the photo was taken."""
    n = [f"SF81{i}0293847561"[:15] for i in range(10, 20)]
    early = datetime(2026, 11, 17, 9, 30, tzinfo=BEIJING)
    return [
        Sample(
            "within-window/pass-in-time",
            "card",
            {"order": order(n[0], submitted_h=23.5)},
            _plain(n[0], "SF", "mug"),
            comes_to("pass", finding("within-window", "pass")),
        ),
        Sample(
            "within-window/fail-late",
            "card",
            {"order": order(n[1], submitted_h=30)},
            _plain(n[1], "SF", "phone"),
            comes_to("fail", finding("within-window", "fail", "LATE")),
        ),
        Sample(
            "within-window/review-no-sign-off",
            ACTIVATED,
            {"order": order(n[2], signed=False)},
            _plain(n[2], "SF", "phone"),
            comes_to("fail", finding("within-window", "review", "MISSING_FACT"), NO_VIDEO),
        ),
        Sample(
            "within-window/review-48h-route",
            DAMAGED,
            {"order": order(n[3], refused_at=hours(20), submitted_h=40)},
            _plain(n[3], "SF", "mug"),
            comes_to("fail", finding("within-window", "review"), NO_VIDEO),
        ),
        Sample(
            "evidence-before-refusal/pass-order",
            "card",
            {"order": order(n[4], first_evidence_at=hours(6), refused_at=hours(9), submitted_h=10)},
            _plain(n[4], "SF", "shoe"),
            comes_to("pass", finding("evidence-before-refusal", "pass")),
        ),
        Sample(
            "evidence-before-refusal/fail-refused-first",
            ACTIVATED,
            {"order": order(n[5], refused_at=hours(3), submitted_h=8)},
            _plain(n[5], "SF", "phone"),
            comes_to("fail", finding("evidence-before-refusal", "fail", "EVIDENCE_AFTER_REFUSAL")),
        ),
        Sample(
            "evidence-before-refusal/review-refused-first",
            DAMAGED,
            {"order": order(n[6], refused_at=hours(3), submitted_h=8)},
            _plain(n[6], "SF", "phone-cracked"),
            comes_to("fail", finding("evidence-before-refusal", "review", "EVIDENCE_AFTER_REFUSAL"), NO_VIDEO),
        ),
        Sample(
            "captured-after-sign-off/pass-after",
            "card",
            {"order": order(n[7])},
            _plain(n[7], "SF", "bottle", taken=hours(1.5)),
            comes_to("pass", finding("captured-after-sign-off", "pass")),
        ),
        Sample(
            "captured-after-sign-off/pass-other-zone",
            "card",
            {"order": order(n[8])},
            # 03:30 in Greenwich is an hour and a half after 10:00 in Beijing.
            _plain(n[8], "SF", "garment", taken=hours(1.5).astimezone(UTC)),
            comes_to("pass", finding("captured-after-sign-off", "pass")),
        ),
        Sample(
            "captured-after-sign-off/review-early",
            "card",
            {"order": order(n[9])},
            _plain(n[9], "SF", "book", taken=early),
            comes_to("review", finding("captured-after-sign-off", "review", "CAPTURED_EARLY")),
        ),
    ]


def _fruit_claim(
    number: str, *, damaged: int = 2, amount: float = 10.0, description: str = "收到时有两个苹果烂了"
) -> dict[str, Any]:
    claim: dict[str, Any] = (
        {"type": "仅退款", "reason": "变质"}
        | ({"description": description} if description else {})
        | {"refund_amount": amount}
    )
    return {
        "order": {
            "order_no": f"261115-{stable_number(number):015d}",
            "outbound_waybills": [number],
            "buyer_signed_at": SIGNED,
            "submitted_at": hours(4),
        },
        "item": {"name": "苹果", "qty": 10, "paid_amount": 50.0, "declared_damaged_qty": damaged},
        "claim": claim,
    }


def claim_cases() -> list[Sample]:
    """Submissions that hang on what was written or left out."""
    numbers = [
        "9891367680354",
        "9791367680361",
        "9891367680478",
        "1191367680485",
        "432200918273645",
        "SF8899001122334",
    ]

    def fruit(i: int, ground: str) -> tuple[Picture, ...]:
        carrier = "YUNDA" if i == 4 else "POST"
        return (Picture(label(carrier, numbers[i], ["apple", "apple"], ground=ground), legible=True),)

    return [
        Sample(
            "claim-fields-complete/pass-all-given",
            YIRITAO,
            _fruit_claim(numbers[0]),
            fruit(0, "wood"),
            comes_to(
                "pass",
                finding("claim-fields-complete", "pass"),
                finding("damaged-count-within-order", "pass"),
                finding("refund-in-proportion", "pass"),
                finding(SAME_FRAME, "pass"),
            ),
            submitter="buyer",
        ),
        Sample(
            "claim-fields-complete/fail-no-description",
            YIRITAO,
            _fruit_claim(numbers[1], description=""),
            fruit(1, "tile"),
            comes_to("fail", finding("claim-fields-complete", "fail", "MISSING_FIELD")),
            submitter="buyer",
        ),
        Sample(
            "damaged-count-within-order/fail-more-than-ordered",
            YIRITAO,
            _fruit_claim(numbers[2], damaged=12, amount=50.0),
            fruit(2, "marble"),
            comes_to("fail", finding("damaged-count-within-order", "fail")),
            submitter="buyer",
        ),
        Sample(
            "refund-in-proportion/review-too-much",
            YIRITAO,
            _fruit_claim(numbers[4], amount=30.0),
            fruit(4, "wood"),
            comes_to("review", finding("refund-in-proportion", "review")),
            submitter="buyer",
        ),
        Sample(
            "media-present/fail-text-only",
            "card",
            {"order": order(numbers[5])},
            (),
            comes_to("fail", finding("media-present", "fail", "TEXT_ONLY")),
            texts={"说明.txt": "买家退回来的东西不对,请平台处理。\n"},
        ),
        Sample(
            "unboxing-video-present/fail-none",
            ACTIVATED,
            {"order": order("1ZYGC6676799987905")},
            (Picture(label("UPS", "1ZYGC6676799987905", ["phone"], ground="tile"), legible=True),),
            comes_to("fail", NO_VIDEO, finding(MATCHES, "pass")),
        ),
    ]
