"""Samples that hang on what the photos show. Expected outcomes follow the rules' text and the scene, not a tool."""

from __future__ import annotations

from samples.form import (
    ACTIVATED,
    DAMAGED,
    MATCHES,
    READABLE,
    SAME_FRAME,
    Picture,
    Sample,
    bare,
    comes_to,
    finding,
    label,
    order,
)


def _close_ups(n: int, goods: str) -> tuple[Picture, ...]:
    return tuple(
        Picture(bare([goods], label_width_px=1900, ground="wood"), name=f"{i}.jpg", role="problem", long_edge_px=1280)
        for i in range(2, n + 1)
    )


def photo_cases() -> list[Sample]:
    """How many photos, and how sharp."""
    six, seven, sharp, soft = "SF2304817725901", "YT4471902386615", "773018846629517", "JT5530917724806"
    return [
        Sample(
            "photo-count/pass-six",
            "card",
            {"order": order(six)},
            (Picture(label("SF", six, ["apple", "apple"], ground="wood"), legible=True), *_close_ups(6, "apple")),
            comes_to("pass", finding("photo-count", "pass"), finding(SAME_FRAME, "pass"), finding(MATCHES, "pass")),
        ),
        Sample(
            "photo-count/fail-seven",
            "card",
            {"order": order(seven)},
            (Picture(label("YTO", seven, ["orange"], ground="concrete"), legible=True), *_close_ups(7, "orange")),
            comes_to("fail", finding("photo-count", "fail", "TOO_MANY_PHOTOS")),
        ),
        Sample(
            "photo-readable/pass-sharp",
            "card",
            {"order": order(sharp)},
            (Picture(label("STO", sharp, ["book"], ground="tile", blur_px=0.5), legible=True),),
            comes_to("pass", finding("photo-readable", "pass")),
        ),
        Sample(
            "photo-readable/fail-blurred",
            "card",
            {"order": order(soft)},
            (Picture(label("JT", soft, ["mug"], "carton", blur_px=30.0), legible=False),),
            comes_to("fail", finding("photo-readable", "fail", "TOO_BLURRED")),
        ),
    ]


def waybill_cases() -> list[Sample]:
    """Can the number be read, and is it the order's."""
    bars, digits, soft, jd, turned = (
        "SF6627310448295",
        "YT8815307746291",
        "JT3306172295484",
        "JDVA20817736459",
        "EB685782032CN",
    )
    back, other, seen, out, both, both_out = (
        "78523306179418",
        "433861170925547",
        "776610283394517",
        "SF1093377264058",
        "JT7715520936481",
        "YT2296630815574",
    )
    return [
        Sample(
            "waybill-readable/pass-barcode",
            "card",
            {"order": order(bars)},
            (Picture(label("SF", bars, ["phone"], "carton", ground="tile"), legible=True),),
            comes_to("pass", finding(READABLE, "pass"), finding(MATCHES, "pass")),
        ),
        Sample(
            "waybill-readable/pass-digits-only",
            "card",
            {"order": order(digits)},
            (
                Picture(
                    label("YTO", digits, ["shoe"], ground="tile", scratched_barcode=True, label_width_px=1500),
                    legible=True,
                ),
            ),
            comes_to("pass", finding(READABLE, "pass"), finding(MATCHES, "pass")),
        ),
        Sample(
            "waybill-readable/pass-jd-suffix",
            "card",
            {"order": order(jd)},
            (
                Picture(
                    label("JD", jd, ["bottle"], ground="wood", label_width_px=1450, module_dots=3),
                    legible=True,
                    name="mmexport1795143601123.jpg",
                ),
            ),
            comes_to("pass", finding(READABLE, "pass"), finding(MATCHES, "pass")),
        ),
        Sample(
            "waybill-readable/pass-sideways",
            "card",
            {"order": order(turned)},
            (
                Picture(
                    label("EMS", turned, ["plush"], ground="wood", turn_deg=92.0), legible=True, name="退货 合照.jpg"
                ),
            ),
            comes_to("pass", finding(READABLE, "pass"), finding(MATCHES, "pass")),
        ),
        Sample(
            "waybill-readable/fail-blurred",
            "card",
            {"order": order(soft)},
            (Picture(label("JT", soft, ["phone-cracked"], ground="dark-wood", blur_px=15.0), legible=False),),
            comes_to("fail", finding(READABLE, "fail", "TOO_BLURRED")),
        ),
        Sample(
            "waybill-matches/pass-return",
            DAMAGED,
            {"order": order(back, outbound="SF4410973352618")},
            (Picture(label("ZTO", back, ["mug"], ground="wood"), legible=True),),
            comes_to(None, finding(MATCHES, "pass"), finding(READABLE, "pass")),
        ),
        Sample(
            "waybill-matches/pass-both-labels",
            DAMAGED,
            {"order": order(both, outbound=both_out)},
            (
                Picture(
                    label(
                        "JT",
                        both,
                        [],
                        "carton",
                        n_labels=2,
                        carriers=["JT", "YTO"],
                        numbers=[both, both_out],
                        label_width_px=1050,
                        label_size_mm=(76, 130),
                        module_dots=3,
                        ground="tile",
                    ),
                    legible=True,
                ),
            ),
            comes_to(None, finding(MATCHES, "pass")),
        ),
        Sample(
            "waybill-matches/fail-other-number",
            "card",
            {"order": order("433861170925999")},
            (Picture(label("YUNDA", other, ["garment"], ground="wood"), legible=True),),
            comes_to("fail", finding(MATCHES, "fail", "WAYBILL_MISMATCH"), finding(READABLE, "pass")),
        ),
        Sample(
            "waybill-matches/fail-outbound-label",
            ACTIVATED,
            {"order": order(seen, outbound=out)},
            (Picture(label("SF", out, ["phone"], ground="tile"), legible=True),),
            comes_to("fail", finding(MATCHES, "fail", "WRONG_DIRECTION")),
        ),
    ]


def same_frame_cases() -> list[Sample]:
    """Goods and waybill in one photo, or not; and pictures in which nothing is a waybill number."""
    beside, opened, carton, nothing, alone = (
        "JT9081726635401",
        "YT6619283307745",
        "SF5501928374466",
        "75110293847560",
        "78410293847561",
    )
    return [
        Sample(
            "goods-with-waybill/pass-beside",
            "card",
            {"order": order(beside)},
            (Picture(label("JT", beside, ["coffee-cup"], ground="cloth"), legible=True),),
            comes_to("pass", finding(SAME_FRAME, "pass")),
        ),
        Sample(
            "goods-with-waybill/pass-opened-carton",
            "card",
            {"order": order(opened)},
            (Picture(label("YTO", opened, ["plush"], "open-carton", label_width_px=950, ground="tile"), legible=True),),
            comes_to("pass", finding(SAME_FRAME, "pass")),
        ),
        Sample(
            "goods-with-waybill/review-carton-only",
            "card",
            {"order": order(carton)},
            (Picture(label("SF", carton, [], "carton", label_width_px=950, ground="concrete"), legible=True),),
            comes_to("review", finding(SAME_FRAME, "review", "PARCEL_ONLY"), finding(READABLE, "pass")),
        ),
        Sample(
            "goods-with-waybill/fail-no-label",
            "card",
            {"order": order(nothing)},
            (Picture(bare(["apple", "apple", "apple"], ground="wood")),),
            comes_to("fail", finding(SAME_FRAME, "fail", "NO_SAME_FRAME"), facts={"waybill_readings": []}),
        ),
        Sample(
            "goods-with-waybill/fail-label-only",
            "card",
            {"order": order(alone)},
            (Picture(label("ZTO", alone, [], ground="wood"), legible=True),),
            comes_to("fail", finding(SAME_FRAME, "fail", "NO_SAME_FRAME"), finding(READABLE, "pass")),
        ),
        Sample(
            "goods-with-waybill/fail-book-cover",
            "card",
            {"order": order("SF7201938475561")},
            (Picture(bare(["book"], ground="marble", label_width_px=1100)),),
            comes_to("fail", finding(SAME_FRAME, "fail", "NO_SAME_FRAME"), facts={"waybill_readings": []}),
        ),
        Sample(
            "goods-with-waybill/fail-product-barcode",
            "card",
            {"order": order("YT7201938475562")},
            (Picture(bare(["product-box"], ground="wood", label_width_px=1100)),),
            comes_to("fail", finding(SAME_FRAME, "fail", "NO_SAME_FRAME"), facts={"waybill_readings": []}),
        ),
    ]
