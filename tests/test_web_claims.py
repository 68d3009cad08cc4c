"""The claims that the page offers: all packs, by platform, in the clerk's words, each with the facts it needs."""

from typing import get_args

import pytest

from evidence_kit.intake.keys import KEYS, value_of
from evidence_kit.packs import load_pack, shipped
from evidence_kit.schema import Item, Role
from evidence_kit.web.claims import FACTS_OF_RULES, claims, facts_of, field_of, use_of, used_as, uses

CLAIMS = claims()
BY_ID = {claim["id"]: claim for claim in CLAIMS}


def asked(pack):
    return [fact["key"] for fact in BY_ID[pack]["facts"]]


def test_every_pack_is_offered_and_the_general_one_is_last():
    assert set(BY_ID) == set(shipped())
    assert CLAIMS[-1]["id"] == "card"


def test_a_platform_s_claims_stand_together_and_do_not_repeat_its_name():
    platforms = [claim["platform"] for claim in CLAIMS]
    runs = [name for place, name in enumerate(platforms) if place == 0 or platforms[place - 1] != name]
    assert len(runs) == len(set(runs))
    assert runs[0] == max(set(platforms), key=platforms.count)
    for claim in CLAIMS:
        assert not claim["title"].startswith(f"{claim['platform']} ")
        assert claim["summary"].endswith("。")
    assert len({(claim["platform"], claim["title"]) for claim in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_what_is_asked_can_be_written_in_a_manifest(claim):
    for fact in claim["facts"]:
        assert fact["key"] in KEYS
        assert fact["label"] != fact["key"]
        assert (fact["kind"] == "choice") == bool(fact["choices"])
        for value, word in fact["choices"]:
            value_of(fact["key"], value, KEYS[fact["key"]], loose=True)
            assert word


def test_what_rules_ask_for_are_keys():
    for keys in FACTS_OF_RULES.values():
        assert set(keys) <= set(KEYS)


@pytest.mark.parametrize("name", shipped())
def test_a_number_or_moment_is_asked_for_only_where_a_rule_uses_it(name):
    pack = load_pack(name)
    used = {value for binding in pack.rules for value in binding.limits.values() if isinstance(value, str)}
    numbers = {key for key in facts_of(pack) if key.endswith("waybills")}
    assert bool(numbers) == bool(used & {"return", "outbound", "either"})
    for moment in used:
        if moment.endswith("_at") and moment != "submitted_at":
            assert f"order.{moment}" in facts_of(pack)


def test_the_facts_of_an_appeal_and_of_a_complaint():
    assert asked("pinduoduo-refund-appeal")[:3] == [
        "order.return_waybills",
        "order.outbound_waybills",
        "order.refund_succeeded_at",
    ]
    assert "appeal.free_shipping" in asked("pinduoduo-refund-appeal")
    assert "complaint.contact" in asked("yiritao-community-complaint")
    assert "order.completed_at" in asked("taobao-repair-warranty")
    kinds = {fact["key"]: fact["choices"] for fact in BY_ID["pinduoduo-refund-appeal"]["facts"]}
    assert [value for value, _ in kinds["appeal.type"]] == ["判责", "货款", "运费", "极速退款"]
    assert kinds["appeal.freight_direction"] == [["outbound", "发货"], ["return", "退货"]]
    prices = {fact["key"]: fact["choices"] for fact in BY_ID["price-protection-unopened"]["facts"]}
    assert ["买贵双倍赔", "买贵双倍赔"] in prices["claim.type"]


def test_kinds_of_entry():
    kinds = {key: field_of(key)["kind"] for key in ("order.paid_at", "appeal.amount", "complaint.problem", "item.name")}
    assert list(kinds.values()) == ["time", "number", "prose", "text"]


@pytest.mark.parametrize("use", ["", *uses()])
def test_a_use_is_kept_by_an_item(use):
    item = used_as(Item("1.jpg", "photo", "", 1, "", role="chat", source="courier"), use)
    assert use_of(item) == use
    assert item.role in (None, *get_args(Role))
