"""Plain words for what a report holds: manifest keys, roles, measured values, what happens in a video."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from evidence_kit.checks import BEIJING, span
from evidence_kit.schema import Limit, Outcome, Quantity, Text
from evidence_kit.windows import MOMENTS

VERDICTS: Mapping[str, Text] = {
    "pass": Text("可以提交", "Ready to submit"),
    "fail": Text("先补拍再提交", "Fix before submitting"),
    "review": Text("请人工看一眼", "A person must look"),
}
OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.PASS: Text("通过", "met"),
    Outcome.FAIL: Text("不满足", "not met"),
    Outcome.REVIEW: Text("看一眼", "look"),
    Outcome.NOT_APPLICABLE: Text("不适用", "n/a"),
    Outcome.ERROR: Text("没查完", "not finished"),
}
SIGNS: Mapping[Outcome, str] = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✕",
    Outcome.REVIEW: "?",
    Outcome.NOT_APPLICABLE: "–",
    Outcome.ERROR: "!",
}
"""A sign beside each word: a report must be readable without colour."""

ROLES: Mapping[str, Text] = {
    "goods_with_waybill": Text("商品和面单合照", "goods and waybill"),
    "problem": Text("问题照片", "the problem"),
    "outer_package": Text("外包装", "outer package"),
    "damage_spot": Text("破损处", "damaged spot"),
    "inner_damage": Text("内部损坏", "damage inside"),
    "weight": Text("称重", "weighing"),
    "measure": Text("测量", "measuring"),
    "chat": Text("聊天截图", "chat screenshot"),
    "seal_certificate": Text("快递盖章证明", "courier's sealed certificate"),
    "freight_receipt": Text("运费凭证", "freight receipt"),
    "goods_certificate": Text("商品证明", "goods certificate"),
    "listing": Text("商品页面", "listing"),
    "tracking_page": Text("物流页面截图", "tracking page"),
    "unboxing": Text("开箱视频", "unboxing video"),
    "other": Text("其他", "other"),
}
KEYS: Mapping[str, Text] = {
    "order.order_no": Text("订单号", "order number"),
    "order.carrier": Text("快递公司", "carrier"),
    "order.outbound_waybills": Text("发货单号", "outbound waybill"),
    "order.return_waybills": Text("退货单号", "return waybill"),
    **{f"order.{name}": words for name, words in MOMENTS.items()},
    "order.sign_kind": Text("签收方式", "kind of sign-off"),
    "order.parcel_kind": Text("包裹类型", "kind of parcel"),
    "promised_refund": Text("客服是否承诺退款", "refund promised"),
    "submitter": Text("提交人", "submitter"),
    "item.name": Text("商品名称", "goods"),
    "item.qty": Text("购买数量", "quantity"),
    "item.paid_amount": Text("实付金额", "amount paid"),
    "item.declared_damaged_qty": Text("损坏数量", "damaged quantity"),
    "item.expected_weight_g": Text("商品重量", "expected weight"),
    "claim.type": Text("申请类型", "kind of claim"),
    "claim.reason": Text("申请原因", "reason"),
    "claim.description": Text("问题描述", "description"),
    "claim.refund_amount": Text("退款金额", "refund asked"),
    "appeal.type": Text("申诉类型", "kind of appeal"),
    "appeal.amount": Text("申诉金额", "amount appealed"),
    "appeal.refunded_amount": Text("已退款金额", "amount refunded"),
    "appeal.free_shipping": Text("是否包邮", "free shipping"),
    "appeal.instant_refund": Text("是否极速退款", "instant refund"),
    "appeal.freight_direction": Text("运费方向", "direction of freight"),
    "appeal.reason": Text("申诉理由", "reason of appeal"),
    "complaint.order_no": Text("投诉订单号", "order complained of"),
    "complaint.product": Text("投诉商品", "product"),
    "complaint.problem": Text("投诉问题", "problem"),
    "complaint.request": Text("投诉诉求", "request"),
    "complaint.contact": Text("联系电话", "contact"),
    "complaint.recipient_phone": Text("收件人电话", "recipient's phone"),
    "weights.repack_g": Text("重新打包重量", "repacked weight"),
    "weights.warehouse_g": Text("仓库称重", "warehouse weight"),
    "weights.courier_g": Text("快递称重", "courier's weight"),
    "delivery.parcel_damaged_at_sign": Text("签收时包裹是否破损", "damaged at sign-off"),
    "delivery.signed_by_self": Text("是否本人签收", "signed by oneself"),
}
_VALUES: Mapping[str, Text] = {
    "merchant": Text("商家", "merchant"),
    "buyer": Text("买家", "buyer"),
    "courier": Text("快递", "courier"),
    "direct": Text("本人签收", "direct"),
    "station": Text("驿站代收", "station"),
    "box": Text("纸箱", "box"),
    "bag": Text("快递袋", "bag"),
    "outbound": Text("发货", "outbound"),
    "return": Text("退货", "return"),
}
BREAKS: Mapping[str, Text] = {
    "jump-cut": Text("画面跳变", "the picture jumps"),
    "sudden-cover": Text("镜头忽然被挡", "the lens is covered all at once"),
    "dissolve": Text("画面渐变", "one picture fades into another"),
    "loop": Text("画面重复", "the picture repeats"),
    "reverse": Text("画面倒放", "the picture runs backwards"),
    "freeze": Text("画面定住", "the picture stands still"),
    "black-insert": Text("插入黑屏", "black frames"),
    "dropped": Text("时间轴缺一段", "a gap in the timeline"),
    "join": Text("像是拼接处", "maybe a join"),
}
CAUSES: Mapping[str, Text] = {
    "covered": Text("镜头被挡住", "lens covered"),
    "blurred": Text("画面太晃看不清", "too shaken to see"),
    "black": Text("黑屏", "black"),
    "dark": Text("太暗", "dark"),
}
_DUE: Mapping[str, Text] = {
    "within-days": Text("提交", ""),
    "responded-in-time": Text("响应退款申请", " for the answer"),
    "shipped-in-time": Text("发货", " for shipping"),
    "sent-back-in-time": Text("买家寄回", " for sending back"),
    "return-confirmed-in-time": Text("确认退货", " for settling the return"),
    "cheaper-offer-in-time": Text("申请站外低价补偿", " for a cheaper offer"),
}
_EVIDENCE_DUE = Text("举证", "")
_OTHER_BREAK = Text("画面可能中断", "maybe interrupted")
_OTHER_CAUSE = Text("看不到画面", "nothing can be seen")
_UNITS: Mapping[str, Text] = {
    "photo": Text("张", "photo(s)"),
    "file": Text("个文件", "file(s)"),
    "video": Text("段", "video(s)"),
    "break": Text("处中断", "break(s)"),
    "blind interval": Text("段看不到画面", "blind interval(s)"),
    "face": Text("个面", "face(s)"),
    "field": Text("项未填", "field(s) missing"),
    "copy": Text("个重复", "copies"),
    "piece": Text("件", "piece(s)"),
    "px": Text("像素", "px"),
    "yuan": Text("元", "yuan"),
    "h": Text("小时", "h"),
    "day": Text("天", "day(s)"),
    "min": Text("分钟", "min"),
    "g": Text("克", "g"),
}
_OPS = {"<=": Text("最多", "at most"), ">=": Text("至少", "at least"), "==": Text("应为", "exactly")}
_IN = Text("应为", "one of")
_KEY = re.compile(
    r"(?<![\w.])(" + "|".join(re.escape(key) for key in sorted(KEYS, key=len, reverse=True)) + r")(?![\w.])"
)


def plain_words(text: Text) -> Text:
    """``text`` with manifest keys as people call them."""
    return Text(_KEY.sub(lambda key: KEYS[key[1]].zh, text.zh), _KEY.sub(lambda key: KEYS[key[1]].en, text.en))


def break_words(kind: str) -> Text:
    """What happens at a break, in words; kinds are added faster than words."""
    return BREAKS.get(kind, _OTHER_BREAK)


def blind_words(cause: str) -> Text:
    """Why nothing can be seen."""
    return CAUSES.get(cause, _OTHER_CAUSE)


def value_words(value: str) -> Text:
    """A manifest's word as people say it."""
    return _VALUES.get(value, Text(value, value))


def due_words(rule: str) -> Text:
    """What a rule's deadline is for: a noun in Chinese, what follows "the window" in English."""
    return _DUE.get(rule, _EVIDENCE_DUE)


def file_size(count: int) -> str:
    """Bytes as people read them: 1 MB is a million (docs/decisions/0011)."""
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1e3))} KB"


def measured(value: Quantity | None) -> Text | None:
    """A measured value as people read it; None where there is none."""
    if value is None or value.value is None:
        return None
    return _amount(value.value, value.unit)


def wanted(limit: Limit | None) -> Text | None:
    """What the document asks of the value."""
    if limit is None:
        return None
    if isinstance(limit.value, list):
        return Text(_IN.zh + " " + "、".join(map(str, limit.value)), _IN.en + " " + ", ".join(map(str, limit.value)))
    word = _OPS.get(limit.op, _IN)
    amount = _amount(limit.value, limit.unit)
    return Text(f"{word.zh} {amount.zh}", f"{word.en} {amount.en}")


def fact_rows(case: Mapping[str, object], prefix: str = "") -> list[tuple[Text, Text]]:
    """The stated facts that are there, each with its name in words."""
    rows: list[tuple[Text, Text]] = []
    for key, value in case.items():
        dotted = prefix + key
        if isinstance(value, Mapping):
            rows += fact_rows(value, dotted + ".")
        elif dotted in KEYS and value not in (None, [], ()):
            rows.append((KEYS[dotted], _stated(value)))
    return rows


def local_time(moment: datetime) -> str:
    """A moment on the platforms' clock, to the minute."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


# --- inside ---


def _amount(value: object, unit: str) -> Text:
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no")
    if unit == "byte" and isinstance(value, (int, float)):
        return Text(file_size(int(value)), file_size(int(value)))
    if unit == "s" and isinstance(value, (int, float)):
        return span(value) if value >= 60 else Text(f"{value:g} 秒", f"{value:g} s")
    if isinstance(value, float):
        value = f"{value:.4g}" if abs(value) < 10_000 else f"{value:.0f}"
    if unit in ("text", "1"):
        return Text(str(value), str(value))
    word = _UNITS.get(unit, Text(unit, unit))
    return Text(f"{value} {word.zh}", f"{value} {word.en}")


def _stated(value: object) -> Text:
    if isinstance(value, bool):
        return Text("是" if value else "否", "yes" if value else "no")
    if isinstance(value, (list, tuple)):
        return Text("、".join(map(str, value)), ", ".join(map(str, value)))
    if isinstance(value, str):
        if value in _VALUES:
            return value_words(value)
        if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", value):
            try:
                shown = local_time(datetime.fromisoformat(value))
            except ValueError:
                return Text(value, value)
            return Text(shown, shown)
    return Text(str(value), str(value))
