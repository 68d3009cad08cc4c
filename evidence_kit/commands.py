"""What each command of the command line does, once its words are parsed."""

from __future__ import annotations

import argparse
import locale
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evidence_kit.cli import EXIT_CODES, USAGE, cache_folder, facts_of, open_cache, worst
from evidence_kit.intake import IntakeError
from evidence_kit.packs import Pack, PackError, load_pack, pack_file, read_pack, shipped
from evidence_kit.rules import load_rule, rule_ids
from evidence_kit.schema import Report, Submission, Text, dumps

if TYPE_CHECKING:
    from evidence_kit.report.picture import Source

Lang = Literal["zh", "en"]


END_LEFT_OUT = Text(
    "超出时长的结尾没有放进来,请确认问题在前面已经看清;原文件请保留",
    "The end beyond the length was left out: make sure the problem shows before it, and keep the original.",
)


class UsageProblem(Exception):
    """Something the user must mend: exit code 2."""


def run(args: argparse.Namespace) -> int:
    """Dispatch; the exit code."""
    handlers: dict[str, Callable[[argparse.Namespace], int]] = {
        "check": run_check,
        "scan": run_scan,
        "compress": run_compress,
        "serve": run_serve,
        "packs": run_packs,
        "explain": run_explain,
        "cache": run_cache,
        "doctor": run_doctor,
    }
    try:
        return handlers[args.command](args)
    except (IntakeError, PackError) as problem:
        raise UsageProblem(str(problem)) from None


def language(args: argparse.Namespace) -> Lang:
    """The language asked for, else the locale's (contract: default zh where the locale is Chinese)."""
    if args.lang:
        chosen: Lang = args.lang
        return chosen
    stated = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    name = stated or (locale.getlocale()[0] or "")
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def moment_now(args: argparse.Namespace) -> datetime:
    """``--now``, else the clock, to the second."""
    from evidence_kit.intake import read_time

    if args.now:
        return read_time(args.now, "--now")
    return datetime.now(UTC).replace(microsecond=0)


def run_check(args: argparse.Namespace) -> int:
    from evidence_kit.engine import judge
    from evidence_kit.intake import open_submission, stated_pack
    from evidence_kit.surface import DEFAULT_PACK

    now = moment_now(args)
    # The pack decides where --waybill and --signed-at go, and the manifest may name the pack: read it first.
    pack = load_pack(args.pack or stated_pack(args.path) or DEFAULT_PACK)
    submission = open_submission(args.path, facts=facts_of(args, pack.direction, pack.sign_off), now=now)
    cache = open_cache(args.cache, time.time())
    try:
        report = judge(
            submission,
            pack,
            options={"barcode": args.barcode, "ocr": args.ocr},
            cache=cache,
            jobs=args.jobs or os.cpu_count() or 1,
            reveal=args.reveal,
            progress=None if args.quiet else show_progress,
        )
    finally:
        if cache is not None:
            cache.close()
    pictures = draw_pictures(report, submission, args) if args.pictures or args.format == "html" else {}
    write(args.output, render(report, args.format, language(args), pictures, masked=not args.reveal))
    return EXIT_CODES[report.verdict]


def render(
    report: Report,
    form: str,
    lang: Lang,
    pictures: Mapping[str, Source] | None = None,
    *,
    masked: bool = True,
) -> str:
    if form == "json":
        return report.to_json(lang=lang, indent=2) + "\n"
    if form == "html":
        from evidence_kit.report import html

        return html.render(report, lang=lang, sources=pictures, masked=masked)
    if form == "junit":
        from evidence_kit.report import junit

        return junit.render(report, lang=lang)
    if form == "csv":
        from evidence_kit.report import csv

        return csv.render(report, lang=lang)
    from evidence_kit.report import text

    return text.render(report, lang=lang)


def draw_pictures(report: Report, submission: Submission, args: argparse.Namespace) -> Mapping[str, Source]:
    """The report's pictures, for the page and, with ``--pictures``, as files of their own."""
    from evidence_kit.pictures import draw_all, file_name, sources
    from evidence_kit.report.picture import wishes

    drawn = list(draw_all(wishes(report), submission.items, reveal=args.reveal))
    if args.pictures:
        try:
            args.pictures.mkdir(parents=True, exist_ok=True)
            for picture in drawn:
                (args.pictures / file_name(picture.wish)).write_bytes(picture.jpeg)
        except OSError as problem:
            raise UsageProblem(f"{args.pictures}: {problem.strerror or problem}") from None
    return sources(drawn)


def run_compress(args: argparse.Namespace) -> int:
    """Write the copy, then judge it by the pack's rules on the file itself (size, length, container)."""
    from evidence_kit.compress import CannotCompress, compress
    from evidence_kit.engine import verdict_of
    from evidence_kit.report.text import printable, say
    from evidence_kit.sensors import LimitReached
    from evidence_kit.surface import DEFAULT_PACK, check

    pack = load_pack(args.pack or DEFAULT_PACK)
    limits = {binding.rule.id: binding.limits for binding in pack.rules}
    if not {"video-size", "video-duration"} <= set(limits):
        raise UsageProblem(f"pack {pack.id} limits no video's size and length")
    target = args.output or args.video.with_name(f"{args.video.stem}-small.mp4")
    try:
        copy = compress(
            args.video,
            target,
            max_bytes=limits["video-size"]["max_bytes"],
            max_s=limits["video-duration"]["max_s"],
            progress=None if args.quiet else lambda share: show_progress(args.video.name, round(100 * share), 100),
        )
    except (CannotCompress, LimitReached) as problem:
        raise UsageProblem(str(problem)) from None
    lang = language(args)
    print(printable(f"{copy.path}: {copy.size[0]} × {copy.size[1]}, {copy.bytes / 1e6:.1f} MB, {copy.seconds:.1f} s"))
    if copy.shortened:
        print(say(END_LEFT_OUT, lang))
    report = check([copy.path], pack=pack, now=moment_now(args))
    about_file = [f for f in report.findings if f.rule in ("video-size", "video-duration", "video-format")]
    for finding in about_file:
        print(f"{finding.outcome.value:<8}{say(load_rule(finding.rule).title, lang)}: {say(finding.message, lang)}")
    return EXIT_CODES[verdict_of(about_file)]


def run_serve(args: argparse.Namespace) -> int:
    from evidence_kit.web import serve

    return serve(host=args.host, port=args.port, reveal=args.reveal, open_browser=not args.no_browser)


def write(output: Path | None, text: str) -> None:
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        output.write_text(text, encoding="utf-8", newline="")
    except OSError as problem:
        raise UsageProblem(f"{output}: {problem.strerror or problem}") from None


def show_progress(name: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r[{done}/{total}] {name[:60]:<60}{end}")
        sys.stderr.flush()
    else:
        print(f"[{done}/{total}] {name}", file=sys.stderr)


def run_scan(args: argparse.Namespace) -> int:
    from evidence_kit.batch.cases import read_cases
    from evidence_kit.batch.engines import EngineProblem, starter
    from evidence_kit.batch.run import Plan, run_scan
    from evidence_kit.batch.state import StateError
    from evidence_kit.batch.work import Settings

    clock = moment_now(args)
    given = pack_file(args.pack) if args.pack else None
    pack = read_pack(given[1], given[0]) if given else None
    direction, sign_off = (pack.direction, pack.sign_off) if pack else ("either", "return_signed_at")
    settings = Settings(
        now=clock,
        facts=facts_of(args, direction, sign_off),
        pack=given,
        options={"barcode": args.barcode, "ocr": args.ocr},
        reveal=args.reveal,
        cache=None if args.cache == "off" else str(cache_folder(args.cache).absolute()),
        lang=language(args),
    )
    plan = Plan(
        settings,
        stated_now=clock if args.now else None,
        out=args.out,
        progress=None if args.quiet else sys.stderr,
        index=args.index,
    )
    cases = read_cases(args.path)
    try:
        start = starter(
            args.engine,
            jobs=args.jobs,
            address=args.address,
            item_s=args.time_limit,
            memory_bytes=None if args.memory_limit is None else int(args.memory_limit * 1e6),
        )
        summary = run_scan(cases, plan, start)
    except (StateError, EngineProblem) as problem:
        raise UsageProblem(str(problem)) from None
    except OSError as problem:
        raise UsageProblem(f"{args.out}: {problem.strerror or problem}") from None
    sys.stdout.write(dumps(summary.plain(), indent=2) + "\n")
    return worst([name for name, count in summary.verdicts.items() if count])


def run_packs(args: argparse.Namespace) -> int:
    lang = language(args)
    today = datetime.now(UTC).date()
    if args.check is not None:
        if args.check.suffix != ".toml":
            raise UsageProblem(f"{args.check}: a pack file ends in .toml")
        pack = load_pack(str(args.check))
        base = f", extends {pack.extends}" if pack.extends else ""
        checked = f"{len(pack.rules)} rules, {len(pack.checklist)} clauses for a person"
        print(f"{args.check}: {pack.id} {pack.version}{base}, {checked}: valid")
        for line in age_of(pack, today, lang):
            print(f"{args.check}: {line}")
        return 0
    from evidence_kit.report.text import say

    for name in shipped():
        pack = load_pack(name)
        print(f"{pack.id}  {pack.version}  {say(pack.title, lang)}")
        print(f"    {say(pack.summary, lang)}")
        for line in (f"{pack.source}, {pack.dated}", *age_of(pack, today, lang)):
            print(f"    {line}")
    return 0


def age_of(pack: Pack, today: date, lang: Lang) -> list[str]:
    """A warning where the pack's document is old, or is dated in the future."""
    if pack.dated > today:
        zh, en = f"注意:文件日期 {pack.dated} 在今天之后", f"warning: the document's date, {pack.dated}, is yet to come"
    elif pack.is_old(today):
        zh, en = "注意:文件已超过一年,平台可能已改规则", "warning: older than a year; the platform may have changed it"
    else:
        return []
    return [zh if lang == "zh" else en]


def run_explain(args: argparse.Namespace) -> int:
    lang = language(args)
    if args.rule not in rule_ids():
        raise UsageProblem(f"no rule {args.rule!r}; the rules are {', '.join(rule_ids())}")
    rule = load_rule(args.rule)
    print(f"{rule.id}\n\n{rule.doc}\n")
    for name in (args.pack,) if args.pack else shipped():
        pack = load_pack(name)
        for binding in pack.rules:
            if binding.rule.id == rule.id:
                print(bound(pack, binding.clause, binding.quote, binding.source, binding.required, lang))
                for key, value in binding.limits.items():
                    print(f"    {key} = {value}")
    return 0


def bound(pack: Pack, clause: str, quote: str, source: str, required: bool, lang: Lang) -> str:
    word = ("必须" if required else "建议") if lang == "zh" else ("required" if required else "advised")
    return f"{pack.id} {pack.version}: {clause} 「{quote}」 ({source}), {word}"


def run_cache(args: argparse.Namespace) -> int:
    if args.cache == "off":
        raise UsageProblem("--cache off names no folder")
    cache = open_cache(args.cache, time.time())
    assert cache is not None
    info = cache.info()
    if args.action == "clear":
        print(f"{cache.clear()} measurements dropped from {info.path}")
    else:
        since = "-" if info.oldest_s is None else datetime.fromtimestamp(info.oldest_s, UTC).isoformat()
        print(f"{info.path}\n{info.entries} measurements, {info.bytes} bytes, since {since}")
    cache.close()
    return 0


def run_doctor(_args: argparse.Namespace) -> int:
    from evidence_kit.doctor import examine

    healthy = True
    for line in examine():
        print(f"{'ok     ' if line.present else 'missing'}  {line.name:<22} {line.detail}")
        if not line.present and line.add:
            print(f"         {'':<22} add it with: {line.add}")
        healthy = healthy and (line.present or not line.required)
    return 0 if healthy else USAGE
