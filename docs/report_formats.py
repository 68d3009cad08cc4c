"""``python -m docs.report_formats`` writes docs/report-formats.md: every format, shown on one sample."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

from evidence_kit import check
from evidence_kit.report import csv, junit, text

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "report-formats.md"
SAMPLE = "samples/waybill-matches/fail-other-number"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=8)))
SHOWN_JSON = 40

HEAD = f"""# The report, in five formats

Written by `python -m docs.report_formats`; the examples are of `{SAMPLE}`.

```sh
evidence-kit check {SAMPLE} --format text|json|html|junit|csv --output FILE
```

Numbers, names and phones are masked unless `--reveal`, on pictures too.

## html: for people
One file, no network: it can be mailed, kept and printed (A4). Chinese with an English switch. Verdict and deadline, at
most five fixes with the place in the picture, what a person must judge, a text for the appeal, photos and video with
what was found on them, every rule with clause, quote, measured value and limit, and where the report comes from.

![a report that fails](screenshots/report-fail.webp)

Others: [pass](screenshots/report-pass.webp), [review](screenshots/report-review.webp). `--pictures DIR` writes the
pictures as files of their own, in any format.

## The local page
`evidence-kit serve` opens it in the browser. The files stay on the machine.

![the page](screenshots/page-start-desk.webp)
![the page with a result](screenshots/page-result-desk.webp)

On a Windows PC no administrator's rights are needed: `uv tool install .` (or `pipx install .`) in the project's
folder, then copy [`windows/凭证检查.bat`](windows/凭证检查.bat) to the desktop. A double click opens the page; files or
a folder dropped on it are checked, and their report is opened.
"""


def page() -> str:
    """The whole page."""
    report = check(ROOT / SAMPLE, now=NOW)
    whole = report.to_json(indent=2).splitlines()
    start = next(n for n, line in enumerate(whole) if '"waybill-matches"' in line) - 1
    suite = re.sub(r' (time|timestamp)="[^"]*"', "", junit.render(report))
    parts = [
        HEAD,
        "## text: for a terminal\n```\n" + text.render(report) + "```\n",
        "## json: for programs\nExactly one object (`docs/report.schema.json`); of its findings, one:\n```json\n"
        + "\n".join(line[4:] for line in whole[start : start + SHOWN_JSON])
        + "\n…\n```\n",
        "## junit: for a CI job\nA required fail is a `failure`, an error an `error`; what is for a person to look at, "
        "only advised or not applicable is `skipped`, with its message.\n```xml\n" + suite + "```\n",
        "## csv: for a spreadsheet\nUTF-8 with a byte order mark, CRLF, one line a finding. A cell that a spreadsheet "
        "would run as a formula begins with an apostrophe.\n```csv\n"
        + csv.render(report).removeprefix(csv.BOM).replace("\r\n", "\n")
        + "```\n",
    ]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
