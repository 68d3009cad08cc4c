"""A certificate of the goods is there: inspection report, authorisation, purchase invoice (R45).

Why: for claims of fakes and faults the papers of the goods speak.
Passes: samples/goods-certificate-present/pass-invoice.  Fails: samples/goods-certificate-present/fail-none.
Whether it is genuine, and of these goods, is a person's to say.
"""

from __future__ import annotations

from evidence_kit.checks import failed, passed
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Quantity, Submission, Text, Trace


@rule(on="submission", title=Text("商品证明", "certificate of the goods"))
def goods_certificate_present(submission: Submission) -> Check:
    papers = [item for item in submission.items if item.role == "goods_certificate"]
    actual = Quantity(len(papers), "picture")
    if papers:
        words = Text(
            f"有商品证明 {len(papers)} 份,真伪请人工核对", f"{len(papers)} certificate(s); a person judges them."
        )
        return passed(words, actual=actual, traces=tuple(Trace(item.id) for item in papers))
    return failed(
        "MISSING_ROLE",
        Text("没有商品证明", "There is no certificate of the goods."),
        actual=actual,
        advice=Text(
            "请上传检测报告、品牌授权或进货发票", "Add an inspection report, an authorisation or a purchase invoice."
        ),
    )
