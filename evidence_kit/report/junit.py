"""JUnit XML: one test case a finding, so that a CI job or its dashboard shows what fell short.

A required fail is a ``failure``, an error an ``error``. What is for a person to look at, only advised or not
applicable is ``skipped``, with its message: a build must not break on a doubt, nor hide it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal
from xml.etree import ElementTree as ET

from evidence_kit.schema import Finding, Outcome, Report, Text

Lang = Literal["zh", "en"]
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even as a reference."""


def render(reports: Report | Iterable[Report], *, lang: Lang = "zh") -> str:
    """One ``testsuite`` a submission, as text with an XML declaration for UTF-8."""
    several = [reports] if isinstance(reports, Report) else list(reports)
    root = ET.Element("testsuites", name="evidence-kit")
    for report in several:
        root.append(_suite(report, lang))
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(report: Report, lang: Lang) -> ET.Element:
    cases = [_case(report, finding, lang) for finding in report.findings]
    count = {name: sum(case.find(name) is not None for case in cases) for name in ("failure", "error", "skipped")}
    suite = ET.Element(
        "testsuite",
        name=_clean(report.submission.id),
        tests=str(len(cases)),
        failures=str(count["failure"]),
        errors=str(count["error"]),
        skipped=str(count["skipped"]),
        time=f"{report.run.seconds:.3f}",
        timestamp=report.run.checked_at.isoformat(),
    )
    stated = {
        "verdict": report.verdict,
        "statement": _say(report.statement, lang),
        "pack": f"{report.pack.id} {report.pack.version}",
        "tool": f"{report.tool.name} {report.tool.version}",
    }
    properties = ET.SubElement(suite, "properties")
    for name, value in stated.items():
        ET.SubElement(properties, "property", name=name, value=_clean(value))
    suite.extend(cases)
    return suite


def _case(report: Report, finding: Finding, lang: Lang) -> ET.Element:
    target = f" [{finding.target}]" if finding.target else ""
    case = ET.Element(
        "testcase", classname=_clean(f"{report.pack.id}.{finding.clause}"), name=_clean(finding.rule + target)
    )
    message = _clean(_say(finding.message, lang))
    kind = finding.reason or finding.outcome.value
    if finding.outcome is Outcome.FAIL and finding.required:
        below = ET.SubElement(case, "failure", type=kind, message=message)
        below.text = _clean(_detail(finding, lang))
    elif finding.outcome is Outcome.ERROR:
        ET.SubElement(case, "error", type=kind, message=message).text = _clean(_detail(finding, lang))
    elif finding.outcome is not Outcome.PASS:
        advised = "" if finding.required else " (advised)"
        ET.SubElement(case, "skipped", message=f"{finding.outcome.value}{advised}: {message}")
    return case


def _detail(finding: Finding, lang: Lang) -> str:
    lines = [_say(finding.message, lang), f"{finding.clause} 「{finding.quote}」"]
    if finding.advice:
        lines.append(_say(finding.advice, lang))
    return "\n".join(lines)


def _say(text: Text, lang: Lang) -> str:
    return text.zh if lang == "zh" else text.en


def _clean(text: str) -> str:
    return _NO_XML.sub("�", text)
