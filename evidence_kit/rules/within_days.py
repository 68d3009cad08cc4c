"""What a document wants within so many days of a moment is done in them (R42, R55, R56, R62; rules 1e.12).

Why: 「错过时效就没有任何办法进行申诉了」.
Passes: samples/within-days/pass-appeal-sixth-day.  Fails: samples/within-days/fail-appeal-ninth-day.
Cannot tell: past so many times 24 hours, but not past 24:00 of the last calendar day; a station signed for it.
The moment that counts is the stated one, else this submission; exactly the last second still counts.
"""

from __future__ import annotations

from datetime import timedelta

from evidence_kit.checks import clock, failed, missing, passed, review, span
from evidence_kit.limits import Days, Moment
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Limit, Text
from evidence_kit.windows import MOMENTS, before_start, day_end, days_after, elapsed, moment_of


@rule(on="submission", retakable=False, title=Text("办理期限", "days allowed"))
def within_days(case: Case, *, since: Moment, until: Moment, days: Days) -> Check:
    start = moment_of(case, since)
    if start is None:
        return missing(f"order.{since}")
    stated = moment_of(case, until)
    counted = stated or case.submitted_at
    window = days_after(start, days)
    actual, limit = elapsed(start, counted, "day"), Limit("<=", days, "day")
    running = until == "submitted_at" or stated is None
    began = MOMENTS[since]
    if counted < start:
        return before_start(actual, limit, window.by_hours)
    if case.order.sign_kind == "station" and since in ("buyer_signed_at", "return_signed_at"):
        return review(
            "STATION_SIGN_OFF",
            Text(
                f"驿站代收,签收时间以哪一次为准需人工确认;按填写的时间,截止是 {clock(window.by_hours)}",
                "A station signed: which moment counts is for a person. "
                f"By the stated one it ends {clock(window.by_hours)} (+08:00).",
            ),
            actual=actual,
            limit=limit,
            deadline=window.by_hours,
        )
    if counted <= window.by_hours:
        left = span((window.by_hours - counted).total_seconds())
        rest = Text(f",还剩 {left.zh}", f", {left.en} left") if running else Text("", "")
        return passed(
            Text(
                f"在期限内:{began.zh}起 {days} 天,截止 {clock(window.by_hours)}{rest.zh}",
                f"In time: {days} days ({began.en}), until {clock(window.by_hours)} (+08:00){rest.en}.",
            ),
            actual=actual,
            limit=limit,
            deadline=window.by_hours if running else None,
        )
    hours = timedelta(days=days) // timedelta(hours=1)
    if counted <= window.by_calendar:
        return review(
            "LATE",
            Text(
                f"已过 {hours} 小时({clock(window.by_hours)}),按自然日算到 {day_end(window.by_calendar)};请人工确认",
                f"Past {hours} h ({clock(window.by_hours)}), but by calendar days it ends "
                f"{day_end(window.by_calendar)} (+08:00): a person decides.",
            ),
            actual=actual,
            limit=limit,
            advice=Text("请马上提交,并保留提交时间的截图", "Submit at once, and keep a screenshot of the time."),
            deadline=window.by_calendar,
        )
    return failed(
        "LATE",
        Text(
            f"超过期限:{began.zh}起 {days} 天,最晚到 {day_end(window.by_calendar)},实际是 {clock(counted)}",
            f"Late: {days} days ({began.en}) ended {day_end(window.by_calendar)} (+08:00) at the latest; "
            f"this is {clock(counted)}.",
        ),
        actual=actual,
        limit=limit,
        deadline=window.by_calendar,
    )
