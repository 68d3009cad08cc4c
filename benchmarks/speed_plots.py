"""Draws the speed benchmark's figures into ``docs/figures``, as SVG: ratios beside their bars, and growth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.peers.processes import ROOT

FIGURES = ROOT / "docs" / "figures"


def draw(result: dict[str, Any]) -> None:
    """Writes the figures that ``result`` has parts for."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "evidence-kit"
    FIGURES.mkdir(exist_ok=True)
    rows = list(ratios(result))
    if rows:
        _bars(rows)
    if "growth" in result:
        _lines(result["growth"])


def ratios(result: dict[str, Any], name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every ratio in the results, by name."""
    if "median" in result:
        yield name, result
    for key, value in result.items():
        if isinstance(value, dict):
            yield from ratios(value, f"{name}, {key}" if "median" in result else key)


def _bars(rows: list[tuple[str, dict[str, Any]]]) -> None:
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(9, 0.42 * len(rows) + 1))
    places = range(len(rows))
    axes.barh(places, [row["median"] for _, row in rows], color="#4477aa")
    for place, (_, row) in zip(places, rows, strict=True):
        bar, value = row.get("bar"), row["median"]
        if bar is not None:
            axes.plot([bar, bar], [place - 0.4, place + 0.4], color="#cc3311", linewidth=2)
        axes.text(value, place, f" {value:g}", va="center", fontsize=8)
    axes.set_yticks(places, [name for name, _ in rows], fontsize=8)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("ratio of times in one run, median; red: at most")
    figure.tight_layout()
    figure.savefig(FIGURES / "speed-ratios.svg", metadata={"Date": None})
    plt.close(figure)


def _lines(curves: dict[str, Any]) -> None:
    from matplotlib import pyplot as plt

    figure, many = plt.subplots(1, len(curves), figsize=(3 * len(curves), 2.6))
    for axes, (name, curve) in zip(many, curves.items(), strict=True):
        x, y = zip(*curve["points"], strict=True)
        axes.plot(x, y, "o", color="#4477aa")
        axes.plot(x, [curve["each_s"] * value + curve["fixed_s"] for value in x], color="#bbbbbb")
        axes.set_xlabel(name, fontsize=9)
        axes.set_ylim(bottom=0)
        axes.set_title(f"residual {curve['residual']:.0%}", fontsize=8)
    many[0].set_ylabel("CPU seconds")
    figure.tight_layout()
    figure.savefig(FIGURES / "speed-growth.svg", metadata={"Date": None})
    plt.close(figure)
