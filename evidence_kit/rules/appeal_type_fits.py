"""The appeal is of a type that the order allows (R46).

Why: the wrong entry is turned down, and the time runs on: 「包邮商品按照平台规则不支持发货运费申诉」.
Passes: samples/appeal-type-fits/pass-goods-money.  Fails: samples/appeal-type-fits/fail-free-shipping.
"""

from __future__ import annotations

from evidence_kit.checks import failed, missing, passed
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Quantity, Text


@rule(on="submission", title=Text("申诉类型", "kind of appeal"))
def appeal_type_fits(case: Case) -> Check:
    appeal = case.appeal
    actual = Quantity(appeal.type, "text")
    match appeal.type:
        case None:
            return missing("appeal.type")
        case "运费" if appeal.free_shipping is None:
            return missing("appeal.free_shipping")
        case "运费" if appeal.free_shipping and appeal.freight_direction is None:
            return missing("appeal.freight_direction")
        case "运费" if appeal.free_shipping and appeal.freight_direction == "outbound":
            return failed(
                "WRONG_CLAIM_TYPE",
                Text("包邮商品不支持发货运费申诉", "Free shipping: the outbound freight cannot be appealed."),
                actual=actual,
                advice=Text("请改选货款申诉,或申诉退货运费", "Appeal for the goods' money or the return freight."),
            )
        case "极速退款" if appeal.instant_refund is None:
            return missing("appeal.instant_refund")
        case "极速退款" if not appeal.instant_refund:
            return failed(
                "WRONG_CLAIM_TYPE",
                Text("这一单不是极速退款,不能走极速退款申诉", "The order was no instant refund."),
                actual=actual,
                advice=Text("请改选货款申诉", "Appeal for the goods' money."),
            )
    return passed(Text(f"{appeal.type}申诉可以提交", f"An appeal of type {appeal.type} is open."), actual=actual)
