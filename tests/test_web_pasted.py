"""What a clerk pastes from the back office becomes facts, and nothing is guessed beyond its words."""

import pytest

from evidence_kit.web.pasted import understand

RETURN = "order.return_waybills"
SIGNED = "order.return_signed_at"


def facts(text, direction="return", sign_off="return_signed_at"):
    return {found.key: found.value for found in understand(text, direction=direction, sign_off=sign_off)}


def test_labelled_text():
    found = facts("订单编号:231122-123456789012345\n退货物流单号:YT1234567890123\n签收时间:2026-11-21 10:00:00")
    assert found == {
        "order.order_no": "231122-123456789012345",
        RETURN: "YT1234567890123",
        SIGNED: "2026-11-21 10:00:00",
    }


def test_full_width_signs_are_understood():
    found = facts("退货物流单号\uff1aYT1234567890123\n签收时间\uff1a2026-11-21 10\uff1a05\n退款金额\uff1a\uffe512.50")
    assert found[RETURN] == "YT1234567890123" and found[SIGNED] == "2026-11-21 10:05:00"
    assert found["claim.refund_amount"] == "12.50"


def test_a_row_under_its_heads():
    found = facts(
        "订单号\t退货单号\t商家签收时间\t拒绝时间\r\n"
        "231122-123456789012345\tSF1234567890123\t2026/11/21 10:00\t2026/11/21 20:30\r\n"
    )
    assert found["order.refused_at"] == "2026-11-21 20:30:00" and found[SIGNED] == "2026-11-21 10:00:00"
    assert found[RETURN] == "SF1234567890123"


def test_a_bare_row_takes_only_what_cannot_be_else():
    found = facts("231122-123456789012345\t张三\tSF1234567890123\t2026-11-21 10:00:00")
    assert found == {
        "order.order_no": "231122-123456789012345",
        RETURN: "SF1234567890123",
        SIGNED: "2026-11-21 10:00:00",
    }


def test_two_bare_times_are_not_guessed():
    assert SIGNED not in facts("2026-11-21 10:00 2026-11-22 11:00 SF1234567890123")


def test_both_directions_are_kept_apart():
    found = facts("发货单号 SF1234567890123 退货单号 YT1234567890123")
    assert found == {"order.outbound_waybills": "SF1234567890123", RETURN: "YT1234567890123"}


def test_a_bare_word_goes_where_the_claim_points():
    found = facts("快递单号:SF1234567890123,签收 2026年11月21日 9点05分", "outbound", "buyer_signed_at")
    assert found == {"order.outbound_waybills": "SF1234567890123", "order.buyer_signed_at": "2026-11-21 09:05:00"}


def test_amounts():
    found = facts("实付金额:50.00元 数量 10 损坏数量:2个 退款金额 ¥10")
    assert found == {
        "item.paid_amount": "50.00",
        "item.qty": "10",
        "item.declared_damaged_qty": "2",
        "claim.refund_amount": "10",
    }


@pytest.mark.parametrize("text", ["", "你好", "13812345678", "2026-13-45 10:00", "\t\t\n\t", "订单号", "x" * 50_000])
def test_nothing_is_made_up(text):
    assert facts(text) == {}
