"""Which findings to put first: certain failures before doubts, lost cases before lost slots."""

from __future__ import annotations

from collections.abc import Iterable

from evidence_kit.schema import Finding, Outcome

MAX_FIXES = 5
"""What a person can act on in one go (rules 5)."""
ORDER = (
    "within-window",
    "within-days",
    "responded-in-time",
    "return-confirmed-in-time",
    "shipped-in-time",
    "cheaper-offer-in-time",
    "evidence-before-refusal",
    "media-present",
    "appeal-type-fits",
    "appeal-amount-fits",
    "waybill-matches",
    "goods-with-waybill",
    "unboxing-video-present",
    "damage-photos-complete",
    "weighing-or-measuring-shown",
    "weights-agree",
    "weight-pictures-present",
    "freight-receipt-legible",
    "chat-for-promised-refund",
    "no-such-item-proof",
    "sealed-item-shown",
    "problem-photo-present",
    "complaint-fields-complete",
    "video-continuous",
    "video-format",
    "video-size",
    "video-duration",
    "waybill-readable",
    "video-waybill-readable",
    "video-six-sides",
    "photo-count",
    "photo-readable",
)
"""Harm when it is ignored, greatest first (rules 5, 1e.10): time cannot be had back, a slot can be freed."""
RANK = {Outcome.FAIL: 0, Outcome.ERROR: 1, Outcome.REVIEW: 2}


def fixes(findings: Iterable[Finding]) -> list[Finding]:
    """What a person should act on, in order of harm."""
    open_ = [finding for finding in findings if finding.outcome in RANK]
    return sorted(open_, key=lambda finding: (not finding.required, RANK[finding.outcome], place(finding)))


def place(finding: Finding) -> int:
    """Where a finding stands in ORDER; what is surely lost already comes before all."""
    if finding.reason in ("CODES_DISAGREE", "LATE"):
        return -1
    return ORDER.index(finding.rule) if finding.rule in ORDER else len(ORDER)
