"""The tables of docs/same-frame.md and of the model card, from ``benchmarks/results/same_frame.json``.

``python -m benchmarks same_frame --part tables`` prints them; nothing is measured.
"""

from __future__ import annotations

from typing import Any

SLICES = {
    "heldout": "held-out composites",
    "chat": "the same through a chat app",
    "heldout and chat": "both",
    "labels": "held-out label generator",
    "no-waybill": "its pages without a waybill",
    "real": "real development photos",
    "real-composed": "real labels, photographed groceries, real tables",
}
READINGS = {
    "read": "As if every label had been read",
    "bars": "With what the bars gave",
    "kit": "With what the kit's own readers gave of bars and print",
    "read, by day": "As if read, without the composites taken at night",
    "bars, by day": "With what the bars gave, without the composites taken at night",
    "kit, by day": "With what the kit's own readers gave, without the composites taken at night",
}
Row = dict[str, Any]


def share(found: Row) -> str:
    """``3/208 = 1.4 % (0.5–4.2)``, or a dash where there is nothing to count."""
    if not found["of"]:
        return "–"
    low, high = (100 * bound for bound in found["ci95"])
    return f"{found['hits']}/{found['of']} = {100 * found['share']:.1f} % ({low:.1f}–{high:.1f})"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join([_line(head), _line(["---"] * len(head)), *map(_line, rows)])


def outcomes(slices: Row, reading: str) -> str:
    """What the rule says, slice by slice."""
    head = ["slice", "photos (marginal)", "false pass", "false fail", "review of plain cases"]
    rows = []
    for key, name in SLICES.items():
        if key in slices:
            row = slices[key][reading]
            kinds = ("false_pass", "false_fail", "review", "fails_called", "passes_called")
            rows.append([name, f"{row['photos']} ({row['marginal']})", *(share(row[kind]) for kind in kinds)])
    return _table([*head, "fails called", "passes called"], rows)


def found(slices: Row) -> str:
    """What the model finds, slice by slice."""
    rows = []
    for key, name in SLICES.items():
        if key in slices:
            row = slices[key]["detection"]
            pairs = (
                f"{share(row[f'{kind}_recall'])} / {share(row[f'{kind}_precision'])}"
                for kind in ("label", "goods", "parcel")
            )
            rows.append([name, share(row["label_iou50_of_1.5_percent"]), *pairs])
    kinds = [f"{kind} recall / precision" for kind in ("label", "goods", "parcel")]
    return _table(["slice", "label, IoU ≥ 0.5, from 1.5 % of the frame", *kinds], rows)


def peers(kept: Row) -> str:
    """Each model beside ours on the same photos."""
    rows = []
    for name, model in kept.items():
        if not isinstance(model, dict):
            continue
        goods = model.get("goods")
        told = [share(goods["recall"]), share(goods["false_alarms"])] if goods else ["–", "–"]
        other = "; ".join(
            f"{kind} recall {share(model[kind]['recall'])}, false alarms {share(model[kind]['false_alarms'])}"
            for kind in ("label", "parcel")
            if kind in model
        )
        rows.append([name, str(model.get("cpu_ms_median", "–")), *told, other])
    return _table(["model", "CPU ms", "goods recall", "goods false alarms", "other"], rows)


def tables(kept: Row) -> str:
    """All of them, with a heading each."""
    made = [f"**{title}**:\n\n{outcomes(kept['slices'], reading)}" for reading, title in READINGS.items()]
    for reader, words in (("bars", "the bars alone were not read"), ("kit", "neither bars nor print were read")):
        made.append(
            f"**For a person because {words}**, of photos with goods and a label (the reader's share, not counted as"
            " review above): "
            + "; ".join(
                f"{name} {share(kept['slices'][key][f'unread_by_{reader}'])}"
                for key, name in SLICES.items()
                if key in kept["slices"]
            )
            + "."
        )
    made.append(f"**Found**:\n\n{found(kept['slices'])}")
    classes = "; ".join(
        f"{name}: " + " / ".join(str(counts.get(answer, 0)) for answer in ("yes", "unknown", "no"))
        for name, counts in kept.get("goods_classes", {}).items()
    )
    made.append(f"**Each kind of goods** (said yes / unknown / no): {classes}.")
    if "cost" in kept:
        cpu = ", ".join(f"{name} {value} ms" for name, value in kept["cost"]["cpu_ms_median_of_9"].items())
        made.append(f"**Cost**: {cpu}; peak memory of a process that does only this {kept['cost']['peak_rss_mb']} MB.")
    if "peers" in kept:
        made.append(f"**Peers** on {kept['peers']['photos']} held-out composites:\n\n{peers(kept['peers'])}")
    return "\n\n".join(made)
