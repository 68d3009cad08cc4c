"""The complaint states all five fields, and its contact is who complains, not the recipient (R49).

Why: 「客诉提交格式」 names five fields; a form with an empty one is sent back, and the platform calls the contact.
Passes: samples/complaint-fields-complete/pass-five-fields.  Fails: samples/complaint-fields-complete/fail-no-request.
Cannot tell: the contact's number is the recipient's; both may be one person. Without the recipient's number the five
fields are judged alone.
"""

from __future__ import annotations

import re
import unicodedata

from evidence_kit.checks import failed, passed, review
from evidence_kit.rules import rule
from evidence_kit.schema import Case, Check, Complaint, Limit, Quantity, Text

FIELDS = {
    "order_no": Text("订单号", "order number"),
    "product": Text("商品名称", "product"),
    "problem": Text("问题描述", "problem"),
    "request": Text("客户诉求", "request"),
    "contact": Text("客户联系方式", "contact"),
}
_NUMBER = r"\d(?:[\d\s()\-]*\d)?"


@rule(on="submission", title=Text("客诉五项", "complaint filled in"))
def complaint_fields_complete(case: Case) -> Check:
    complaint = case.complaint
    absent = [key for key in FIELDS if not (getattr(complaint, key) or "").strip()]
    actual, limit = Quantity(len(FIELDS) - len(absent), "field"), Limit(">=", len(FIELDS), "field")
    if absent:
        zh = "、".join(FIELDS[key].zh for key in absent)
        return failed(
            "MISSING_FIELD",
            Text("缺少:" + zh, "Missing: " + ", ".join(FIELDS[key].en for key in absent) + "."),
            actual=actual,
            limit=limit,
            advice=Text("请补填:" + zh, "Fill in " + ", ".join(f"complaint.{key}" for key in absent) + "."),
        )
    if _same_phone(complaint):
        return review(
            "CONTACT_IS_RECIPIENT",
            Text("联系方式是收件人的电话;应填反馈人的", "The contact is the recipient's number."),
            actual=actual,
            limit=limit,
            advice=Text("请填反馈人的电话,不是收件人的", "Give the number of who complains."),
        )
    return passed(Text("五项都填了", "All five fields are given."), actual=actual, limit=limit)


def _same_phone(complaint: Complaint) -> bool:
    """Whether the recipient's phone is among the numbers of the contact, however both are written."""
    recipient = set(_phones(complaint.recipient_phone or ""))
    return bool(recipient & set(_phones(complaint.contact or "")))


def _phones(text: str) -> list[str]:
    """The phone numbers in ``text`` as bare digits, without the country code."""
    plain = unicodedata.normalize("NFKC", text)
    found = (re.sub(r"\D", "", match[0]) for match in re.finditer(_NUMBER, plain))
    return [re.sub(r"^(?:0086|86)(?=1\d{10}$)", "", digits) for digits in found if digits]
