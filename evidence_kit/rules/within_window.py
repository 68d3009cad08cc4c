"""The evidence is in within the hours after sign-off (R40, R41; the table of rules 1e).

Why: after the window nothing counts any more, however good it is.
Passes: samples/within-window/pass-in-time.  Fails: samples/within-window/fail-late.
Cannot tell: no sign-off time, a station signed for the parcel, or the unclear 48-hour clause of R41.
The moment that counts is the first evidence where it is stated, else this submission (rules 1e.3); hours run from
the moment, and exactly the last second still counts (rules 1c-B).
"""

from __future__ import annotations

from datetime import timedelta

from evidence_kit.checks import clock, failed, missing, passed, review, span
from evidence_kit.limits import Hours, SignOff
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Quantity, Text


@rule(on="submission", retakable=False, title=Text("举证时限", "time window"))
def within_window(case: Case, *, sign_off: SignOff, window_h: Hours, refusal_window_h: Hours) -> Check:
    order = case.order
    signed = getattr(order, sign_off)
    if signed is None:
        return missing(f"order.{sign_off}")
    counted = order.first_evidence_at or case.submitted_at
    elapsed = counted - signed
    deadline = signed + timedelta(hours=window_h)
    actual = Quantity(round(elapsed / timedelta(hours=1), 4), "h")
    limit = Limit("<=", window_h, "h")
    if elapsed < timedelta(0):
        return review(
            "BEFORE_START",
            Text("提交时间早于签收时间,请核对时钟", "Filed before the sign-off: check the times."),
            actual=actual,
            limit=limit,
            deadline=deadline,
        )
    if order.sign_kind == "station":
        return review(
            "STATION_SIGN_OFF",
            Text(
                f"驿站代收,签收时间以哪一次为准需人工确认;按填写的时间,截止是 {clock(deadline)}",
                f"A station signed: which moment counts is for a person. By the stated one it ends {clock(deadline)}.",
            ),
            actual=actual,
            limit=limit,
            deadline=deadline,
        )
    if elapsed <= timedelta(hours=window_h):
        left = span((deadline - counted).total_seconds())
        supplement = case.submitted_at > deadline
        note = Text(";这次是补充材料", " This one is a supplement.") if supplement else Text("", "")
        return passed(
            Text(
                f"在时限内,截止 {clock(deadline)},还剩 {left.zh}{note.zh}",
                f"In time: the window closes {clock(deadline)} (+08:00), {left.en} left.{note.en}",
            ),
            actual=actual,
            limit=limit,
            deadline=deadline,
        )
    refused = order.refused_at
    if refusal_window_h and refused is not None:
        supplement_until = refused + timedelta(hours=refusal_window_h)
        if case.submitted_at <= supplement_until:
            if counted <= refused:
                return passed(
                    Text(
                        f"拒绝前已举证,{clock(supplement_until)} 前可补充",
                        f"Filed before the refusal; supplements count until {clock(supplement_until)} (+08:00).",
                    ),
                    actual=actual,
                    limit=limit,
                    deadline=supplement_until,
                    reason="SUPPLEMENT",
                )
            return review(
                "LATE",
                Text(
                    f"超过 {window_h:g} 小时,但在拒绝后 {refusal_window_h:g} 小时内"
                    f"(到 {clock(supplement_until)});条款读法不一,请人工确认",
                    f"Past {window_h:g} h, within {refusal_window_h:g} h of the refusal "
                    f"(until {clock(supplement_until)}): the clause reads both ways.",
                ),
                actual=actual,
                limit=limit,
                deadline=supplement_until,
            )
        deadline = max(deadline, supplement_until)
    after = span(elapsed.total_seconds())
    late = Text(
        f"签收后 {after.zh} 才举证,截止是 {clock(deadline)}",
        f"Filed {after.en} after sign-off; the window closed {clock(deadline)} (+08:00).",
    )
    return failed("LATE", late, actual=actual, limit=limit, deadline=deadline)
