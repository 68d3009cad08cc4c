"""A row from the back office, or a sentence, as facts: numbers and times found beside the words that name them.

What is found is put into the form for the clerk to look at; nothing is judged by it unseen. A value whose meaning is
not said stays out, but for two that cannot be anything else: a lone waybill form and a lone time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from evidence_kit.facts.waybill_numbers import carriers_of, normalise, strength_of
from evidence_kit.records import dataclass

MAX_CHARACTERS = 20_000
TIME = re.compile(
    r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[\sT]*(\d{1,2})\s*[:\uff1a点时]\s*(\d{1,2})?(?:\s*[:\uff1a分]\s*(\d{1,2})秒?)?"
)
NUMBER = re.compile(r"(?<![0-9A-Za-z.-])[A-Za-z]{0,4}\d[0-9A-Za-z]*(?:-\d+)*(?![0-9A-Za-z])")
AMOUNT = re.compile(r"[¥\uffe5]?\s*(\d+(?:\.\d{1,2})?)\s*(?:元|件|个|克|g)?")
ORDER_NO = re.compile(r"\d{6}-\d{12,18}|\d{17,20}")

WORDS: tuple[tuple[str, str], ...] = (
    (r"退[货回](?:物流|快递|运)?单号|退货运单(?:号)?|寄回单号|return waybill", "order.return_waybills"),
    (r"发货(?:物流|快递|运)?单号|发货运单(?:号)?|outbound waybill", "order.outbound_waybills"),
    (r"(?:物流|快递|运|面|包裹)单号|运单编号|tracking(?: no| number)?", "waybill"),
    (r"订单(?:编号|号)|order no", "order.order_no"),
    (r"(?:退货|商家|退件|退回|卖家|仓库)(?:物流|包裹)?签收(?:时间)?", "order.return_signed_at"),
    (r"(?:买家|用户|消费者|客户|收货)签收(?:时间)?|确认收货(?:时间)?", "order.buyer_signed_at"),
    (r"签收(?:时间)?|signed(?: at| for)?", "sign_off"),
    (r"(?:拒绝|拒签|驳回|拒绝售后|拒绝退款)(?:时间)?", "order.refused_at"),
    (r"退款成功(?:时间)?|退款完成(?:时间)?|退款时间", "order.refund_succeeded_at"),
    (r"(?:首次|第一次)举证(?:时间)?", "order.first_evidence_at"),
    (r"(?:申请退款|申请售后|售后申请|退款申请)(?:时间)?|申请时间", "order.refund_requested_at"),
    (r"同意退货(?:时间)?", "order.return_agreed_at"),
    (r"(?:交易成功|交易完成|成交)时间", "order.completed_at"),
    (r"发货时间", "order.shipped_at"),
    (r"(?:付款|支付)时间", "order.paid_at"),
    (r"(?:下单|创建|拍下)时间", "order.ordered_at"),
    (r"(?:损坏|破损|变质|坏)(?:数量|个数|件数)", "item.declared_damaged_qty"),
    (r"(?:购买|商品)?(?:数量|件数)", "item.qty"),
    (r"申诉金额", "appeal.amount"),
    (r"已退(?:款)?金额", "appeal.refunded_amount"),
    (r"(?:退款|申请)金额", "claim.refund_amount"),
    (r"(?:实付|实收|付款|支付)(?:金额|款)?", "item.paid_amount"),
)
"""What people and back offices call things, the longer and surer ones first."""
_WORD = re.compile("|".join(f"(?P<w{place}>{pattern})" for place, (pattern, _) in enumerate(WORDS)), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """One fact of a pasted text, as the form shows it."""

    key: str
    value: str


def understand(text: str, *, direction: str, sign_off: str) -> tuple[Found, ...]:
    """The facts in ``text``. ``direction`` and ``sign_off`` are the pack's: where a bare 快递单号 or 签收 belongs."""
    text = text[:MAX_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    meant = {
        "waybill": "order.outbound_waybills" if direction == "outbound" else "order.return_waybills",
        "sign_off": f"order.{sign_off}",
    }
    found: dict[str, str] = {}
    for name, value in (*_table(text), *_named(text)):
        key = meant.get(name, name)
        read = _read(key, value)
        if read and key not in found:
            found[key] = read
    _lone(text, found, meant)
    return tuple(Found(key, value) for key, value in found.items())


# --- inside ---


def _table(text: str) -> Iterator[tuple[str, str]]:
    """Cells under their heads, where the first line of tab-separated text is heads."""
    rows = [line.split("\t") for line in text.split("\n") if "\t" in line]
    if len(rows) < 2:
        return
    heads = [_name(cell) for cell in rows[0]]
    if sum(head is not None for head in heads) < 2 or any(TIME.search(cell) for cell in rows[0]):
        return
    for head, cell in zip(heads, rows[1], strict=False):
        if head and cell.strip():
            yield head, cell


def _named(text: str) -> Iterator[tuple[str, str]]:
    """Each known word with the text up to the next one, or to the end of its line and the one after."""
    words = list(_WORD.finditer(text))
    for place, word in enumerate(words):
        end = words[place + 1].start() if place + 1 < len(words) else len(text)
        name = _name(word[0])
        if name:
            yield name, text[word.end() : min(end, word.end() + 80)]


def _name(cell: str) -> str | None:
    hit = _WORD.search(cell)
    return WORDS[int(str(hit.lastgroup)[1:])][1] if hit else None


def _read(key: str, value: str) -> str | None:
    if key.endswith("_at"):
        return _time(value)
    if key.endswith("waybills"):
        return next((number for number in _numbers(TIME.sub(" ", value))), None)
    if key == "order.order_no":
        hit = ORDER_NO.search(value) or NUMBER.search(value)
        return hit[0] if hit and sum(c.isdigit() for c in hit[0]) >= 6 else None
    hit = AMOUNT.match(re.sub(r"^[\s:\uff1a=是为]+", "", value))
    return hit[1] if hit else None


def _time(text: str) -> str | None:
    hit = TIME.search(text)
    if hit is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in hit.groups())
    try:
        return datetime(year, month, day, hour, minute, second).isoformat(sep=" ")
    except ValueError:
        return None


def _numbers(text: str) -> Iterator[str]:
    for hit in NUMBER.finditer(text):
        if not ORDER_NO.fullmatch(hit[0]):
            number = normalise(hit[0])
            if sum(character.isdigit() for character in number) >= 8 and carriers_of(number):
                yield number


def _lone(text: str, found: dict[str, str], meant: dict[str, str]) -> None:
    """What needs no word: an order number's form, one number with a carrier's letters, one time."""
    order = ORDER_NO.findall(text)
    if "order.order_no" not in found and len(set(order)) == 1:
        found["order.order_no"] = order[0]
    if not any(key.endswith("waybills") for key in found):
        rest = TIME.sub(" ", text)
        numbers = list(dict.fromkeys(_numbers(rest)))
        sure = [number for number in numbers if strength_of(number) in ("checked", "prefixed")] or numbers
        if len(sure) == 1:
            found[meant["waybill"]] = sure[0]
    if not any(key.endswith("_at") for key in found):
        times = list(dict.fromkeys(hit[0] for hit in TIME.finditer(text)))
        moment = _time(times[0]) if len(times) == 1 else None
        if moment:
            found[meant["sign_off"]] = moment
