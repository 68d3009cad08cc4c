"""The order number is given with the evidence (R05).

Why: customer service looks the order up by it.
Passes: samples/claim-fields-complete/pass-all-given.  Cannot tell: it is not stated.
"""

from __future__ import annotations

from evidence_kit.checks import missing, passed
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Text


@rule(on="submission", title=Text("订单号", "order number"))
def order_number_given(case: Case) -> Check:
    if not (case.order.order_no or "").strip():
        return missing("order.order_no")
    return passed(Text("写了订单号", "The order number is given."))
