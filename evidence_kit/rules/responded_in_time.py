"""The seller answers a refund request within the hours allowed (R57).

Why: without an answer 「系统会自动为双方达成退货协议」, whatever the evidence says.
Passes: samples/responded-in-time/pass-answered.  Fails: samples/responded-in-time/fail-no-answer.
Not applicable: no refund was requested, or the moment is not stated.
"""

from __future__ import annotations

from evidence_kit.checks import not_applicable
from evidence_kit.limits import Hours
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Text
from evidence_kit.windows import step_in_time


@rule(on="submission", retakable=False, title=Text("退款响应时限", "answer to the refund request"))
def responded_in_time(case: Case, *, window_h: Hours) -> Check:
    asked = case.order.refund_requested_at
    if asked is None:
        return not_applicable(Text("没有申请退款,或没有写申请时间", "No refund was requested, or no moment is stated."))
    act = Text("响应退款申请", "answer the refund request")
    return step_in_time(case, asked, case.order.responded_at, window_h, act)
