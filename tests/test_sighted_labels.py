"""Labels that are seen but not read: looked at only when nothing was read, and blamed only beyond the reject point."""

import pytest

from evidence_kit.facts.sighted_labels import RESOLVED_REJECT, sighted_labels
from evidence_kit.facts.waybill_readings import WaybillReading, WaybillReadings
from evidence_kit.rules.waybill_readable import waybill_readable
from evidence_kit.schema import Deferred, Each, Item
from evidence_kit.sensors.label_looks import LabelLook, LabelLooks

QUAD = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.9), (0.1, 0.9))


def look(*, long_px=1500.0, edge_px=3.0, brightness=0.8, score=0.9):
    return LabelLook(QUAD, score, long_px, 0.7, brightness, edge_px, False)


def causes(*looks, readings=()):
    found = sighted_labels(WaybillReadings(tuple(readings)), Deferred(lambda: LabelLooks(tuple(looks))))
    return [label.cause for label in found.unread]


@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        (look(), None),
        (look(edge_px=1500 / (RESOLVED_REJECT - 1)), "TOO_BLURRED"),
        (look(edge_px=1500 / (RESOLVED_REJECT + 1)), None),
        (look(long_px=150.0, edge_px=2.5), "TOO_SMALL"),
        (look(brightness=0.1), "TOO_DARK"),
    ],
)
def test_causes(seen, cause):
    assert causes(seen) == [cause]


def test_an_unsure_area_is_no_label():
    assert causes(look(score=0.4, edge_px=40.0)) == []


def test_nothing_is_measured_where_a_number_was_read():
    def never():
        raise AssertionError("looked")

    read = WaybillReadings((WaybillReading("SF1234567890123", "barcode", "CODE_128", None, 0.99, "zxing"),))
    assert sighted_labels(read, Deferred(never)).unread == ()


@pytest.mark.parametrize(("edge_px", "outcome"), [(40.0, "fail"), (3.0, "review")])
def test_the_rule_fails_only_on_a_measured_cause(edge_px, outcome):
    item = Item("1.jpg", "photo", "", 1, "h")
    readings = WaybillReadings()
    sighted = sighted_labels(readings, Deferred(lambda: LabelLooks((look(edge_px=edge_px),))))
    assert waybill_readable(Each(((item, readings),)), Each(((item, sighted),))).outcome == outcome
