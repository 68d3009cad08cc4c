"""Reports to render, made by hand: one that passes, one with everything in it, one of hostile text."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from evidence_kit.schema import (
    Blind,
    Break,
    ChecklistEntry,
    ContinuityReport,
    Deadline,
    EngineStamp,
    FaceReport,
    Facts,
    Finding,
    ItemReport,
    Limit,
    Note,
    Outcome,
    PackStamp,
    Quantity,
    ReadingReport,
    Report,
    Run,
    SharedFrameReport,
    SidesReport,
    SubmissionStamp,
    Text,
    ToolStamp,
    Trace,
)

BEIJING = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=BEIJING)
QUAD = ((0.2, 0.2), (0.5, 0.2), (0.5, 0.3), (0.2, 0.3))
HOSTILE = "<img src=x onerror=alert(1)>\"'&</script>{{7*7}}"


def finding(
    rule, outcome, *, target=None, message=None, actual=None, limit=None, traces=(), required=True, reason=None
):
    said = message or Text(f"说明 {rule}", f"about {rule}")
    advice = Text(f"怎么办 {rule}", f"do {rule}") if outcome is not Outcome.PASS else None
    return Finding(
        rule, "R99", f"原文 {rule}", target, outcome, required, reason, actual, limit, said, advice, False, traces
    )


def whole_report() -> Report:
    """A report with a photo, a video and something of every kind."""
    video, photo = "开箱 视频.mp4", "第1张.jpg"
    findings = (
        finding("waybill-matches", Outcome.FAIL, traces=(Trace(photo, None, QUAD),), reason="WAYBILL_MISMATCH"),
        finding("video-continuous", Outcome.REVIEW, target=video, traces=(Trace(video, 41.2),), reason="VIDEO_CUT"),
        finding(
            "video-size",
            Outcome.FAIL,
            target=video,
            actual=Quantity(312_400_000, "byte"),
            limit=Limit("<=", 300_000_000, "byte"),
        ),
        finding("photo-count", Outcome.PASS, actual=Quantity(1, "photo"), limit=Limit("<=", 6, "photo")),
        finding("photo-readable", Outcome.ERROR, target=photo),
        finding(
            "captured-after-sign-off", Outcome.NOT_APPLICABLE, message=Text("缺少信息:order.return_signed_at", "no")
        ),
        finding("unboxing-video-present", Outcome.FAIL, required=False),
        finding("within-window", Outcome.REVIEW),
        finding("goods-with-waybill", Outcome.REVIEW, traces=(Trace(photo, None, QUAD),)),
    )
    facts = Facts(
        waybill_readings=(
            ReadingReport(photo, None, "***********5547", "both", "CODE_128", QUAD, 0.99, "zxing"),
            ReadingReport(video, 12.0, "***********5547", "barcode", "CODE_128", QUAD, 0.99, "zxing"),
        ),
        same_frame=(
            SharedFrameReport(photo, "read", "yes", "no", QUAD, (((0.6, 0.6), (0.9, 0.6), (0.9, 0.9), (0.6, 0.9)),)),
        ),
        sides=(SidesReport(video, 6, tuple(FaceReport(float(at), QUAD) for at in range(6)), True, 21.0),),
        continuity=(
            ContinuityReport(
                video, None, (Break(41.2, "jump-cut", ("frame-jump",)),), (Blind(60.1, 60.9, "covered"),), ()
            ),
        ),
        deadlines=(Deadline("within-window", NOW + timedelta(hours=3, minutes=12), 11_520.0),),
    )
    return Report(
        verdict="fail",
        statement=Text("先补拍再提交:2 项不满足。", "Fix before submitting."),
        run=Run("complete", NOW, 1.84),
        tool=ToolStamp("evidence-kit", "0.1.0"),
        pack=PackStamp("card", "2026-11", "ab" * 32),
        engines=(EngineStamp("codes", "zxing-cpp 3.1.1", "1"),),
        submission=SubmissionStamp("A1024", {"order": {"return_waybills": ["***********5999"], "submitted_at": None}}),
        items=(
            ItemReport(photo, "photo", "goods_with_waybill", "cd" * 32, 286_585, "JPEG", 1800, 1350),
            ItemReport(video, "video", None, "ef" * 32, 312_400_000, width=1920, height=1080, seconds=412.0),
        ),
        summary={"pass": 1, "fail": 3, "review": 3, "not_applicable": 1, "error": 1},
        findings=findings,
        facts=facts,
        checklist=(ChecklistEntry("R14", "清晰展示商家所反馈的问题", video),),
        notes=(Note(Text("按北京时间读取: order.refused_at", "read as Beijing time"), None),),
    )


def hostile_report() -> Report:
    """The same with markup and formulas wherever a file or a manifest can put text."""
    report = whole_report()
    name = f"{HOSTILE}.jpg"
    found = replace(
        report.findings[0],
        target=name,
        quote=HOSTILE,
        message=Text(HOSTILE, HOSTILE),
        advice=Text(HOSTILE, HOSTILE),
        actual=Quantity("=1+1", "text"),
        traces=(Trace(name, None, QUAD),),
        reason="=cmd|' /C calc'!A0",
    )
    return replace(
        report,
        submission=SubmissionStamp(f"=HYPERLINK(1){HOSTILE}", {"item": {"name": HOSTILE}, "order": {}}),
        items=(replace(report.items[0], id=name),),
        findings=(found,),
        facts=Facts(waybill_readings=(replace(report.facts.waybill_readings[0], item=name),)),
        checklist=(ChecklistEntry("R14", HOSTILE, name),),
        notes=(Note(Text(HOSTILE, HOSTILE), name),),
    )
