"""A picture of the shop's listing shows that it does not sell the item (R27 「提供店铺没有该商品的凭证」).

Why: the buyer's photo shows goods that are not the shop's; the listing says so.
Passes: samples/no-such-item-proof/pass-listing.  Fails: samples/no-such-item-proof/fail-none.
Cannot tell: a picture without a stated use may be it. What the listing proves is a person's to judge.
"""

from __future__ import annotations

from evidence_kit.checks import present
from evidence_kit.limits import Photos
from evidence_kit.rules import rule
from evidence_kit.schema import Check, Submission, Text


@rule(on="submission", title=Text("店铺无此商品", "item not sold here"))
def no_such_item_proof(submission: Submission, *, min_pictures: Photos) -> Check:
    shown = [item for item in submission.photos if item.role == "listing"]
    return present(
        shown,
        min_pictures,
        "photo",
        there=Text(f"有店铺商品页面 {len(shown)} 张", f"{len(shown)} picture(s) of the shop's listing."),
        missing=Text("缺少店铺没有该商品的凭证", "No proof that the shop does not sell it."),
        advice=Text("请补充店铺商品页面的截图", "Add a screenshot of the shop's listing."),
        perhaps=[item for item in submission.photos if item.role is None],
        maybe=Text("没有标明哪张是店铺商品页面", "No picture is marked as the shop's listing."),
    )
