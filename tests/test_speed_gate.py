"""No change makes the kit slower unnoticed; what is measured and how much is allowed: benchmarks/speed_gate.py."""

from __future__ import annotations

import pytest

pytest.importorskip("skimage", reason="the photos are drawn with the extra: pip install -e '.[bench]'")


def test_no_ratio_is_beyond_its_baseline(tmp_path):
    from benchmarks.speed_gate import ratios, slower

    found = ratios(tmp_path / "first")
    if slower(found):
        # A busy moment spoils one ratio here and another there: each keeps its better one of three measurements.
        for again in ("second", "third"):
            found = {name: min(found[name], ratio) for name, ratio in ratios(tmp_path / again).items()}
    assert not slower(found)


def test_the_gate_can_close():
    from benchmarks.speed_gate import BASELINE, MARGIN, slower

    assert BASELINE.exists()
    name = "--help ÷ bare interpreter"
    assert slower({name: 1e9}) and not slower({name: 0.0}) and 1 < MARGIN < 2
