"""The command line. Parsing, the clock, the streams and the exit code; everything else is the library's.

Exit codes: 0 every verdict is pass; 1 at least one fail; 3 none failed, at least one review; 2 wrong usage, a broken
pack or manifest, or the run itself failed.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evidence_kit.cache import Cache

EXIT_CODES = {"pass": 0, "fail": 1, "review": 3}
USAGE = 2
OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python looks for dead rings after every 700 new objects, and through all of them when it ends. Nearly all that the
start makes stays, and the end frees it anyway."""
FORMATS = ("text", "json", "html", "junit", "csv")
FACT_OPTIONS = {
    "outbound_waybill": "order.outbound_waybills",
    "return_waybill": "order.return_waybills",
    "refused_at": "order.refused_at",
    "refunded_at": "order.refund_succeeded_at",
    "submitted_at": "order.submitted_at",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Windows console in a legacy code page must not end the run
            stream.reconfigure(errors="replace")
    args = build_parser().parse_args(argv)
    if args.command is None:
        build_parser().print_help()
        return USAGE
    from evidence_kit import commands
    from evidence_kit.threads import one_thread_each

    one_thread_each()
    try:
        return commands.run(args)
    except commands.UsageProblem as problem:
        print(f"evidence-kit: {problem}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        print("evidence-kit: stopped", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        sys.stderr.close()
        return USAGE
    except Exception as problem:
        print(f"evidence-kit: the run failed: {type(problem).__name__}: {problem}", file=sys.stderr)
        return USAGE


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, documented."""
    from evidence_kit.version import __version__

    parser = argparse.ArgumentParser(
        prog="evidence-kit",
        description="Tell whether after-sales evidence will stand: photos, unboxing video, waybill, time window.",
        epilog="Exit codes: 0 pass, 1 fail, 3 review, 2 wrong usage or a run that failed.",
    )
    parser.add_argument("--version", action="version", version=f"evidence-kit {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    check = commands.add_parser("check", help="judge one submission: a folder, or files")
    check.add_argument("path", nargs="+", type=Path, help="a submission folder, or photos and videos")
    check.add_argument("--format", choices=FORMATS, default="text")
    check.add_argument("--output", type=Path, metavar="FILE", help="write the report there instead of stdout")
    check.add_argument("--pictures", type=Path, metavar="DIR", help="write annotated pictures and the face sheet there")
    check.add_argument("--lang", choices=("zh", "en"), help="default: Chinese where the locale is, else English")
    add_judging(check)

    scan = commands.add_parser("scan", help="judge many submissions: a folder of folders, or a table")
    scan.add_argument(
        "path", help="a folder with one sub-folder per case, a CSV, JSONL or Parquet table, or the address of one"
    )
    scan.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="for all that is written; run again to resume"
    )
    scan.add_argument("--lang", choices=("zh", "en"))
    scan.add_argument("--engine", choices=("local", "ray"), default="local", help="this machine, or a Ray cluster")
    scan.add_argument("--address", help="of the Ray cluster (default: RAY_ADDRESS, else one is started here)")
    scan.add_argument(
        "--index",
        metavar="URL",
        help="what earlier scans were handed in, and this one adds to: a folder, or an address (s3://…)",
    )
    scan.add_argument("--time-limit", type=float, metavar="S", help="seconds for one file (default: 300)")
    scan.add_argument(
        "--memory-limit", type=float, metavar="MB", help="of one worker, beyond its start (default: 3000)"
    )
    add_judging(scan)

    compress = commands.add_parser("compress", help="a copy of a video within the pack's size and length")
    compress.add_argument("video", type=Path)
    compress.add_argument("--output", type=Path, metavar="FILE", help="the copy (default: beside it, NAME-small.mp4)")
    compress.add_argument("--pack", metavar="ID", help="whose limits (default: card)")
    compress.add_argument("--now", metavar="TIME", help="the moment to judge the copy at (default: the clock)")
    compress.add_argument("--lang", choices=("zh", "en"))
    compress.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")

    serve = commands.add_parser("serve", help="the local web page: drag a folder in, read the result")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    serve.add_argument("--port", type=int, default=8765, help="port (default: 8765; 0 takes any free one)")
    serve.add_argument("--no-browser", action="store_true", help="do not open the page in the browser")
    serve.add_argument("--reveal", action="store_true", help="do not mask numbers and names")

    packs = commands.add_parser("packs", help="list the rule packs, or check a pack of your own")
    packs.add_argument("--check", type=Path, metavar="FILE", help="validate a pack file")
    packs.add_argument("--lang", choices=("zh", "en"))

    explain = commands.add_parser("explain", help="one rule: what it asks, clause, quote, limits")
    explain.add_argument("rule")
    explain.add_argument("--pack", metavar="ID", help="with this pack's clause and limits only")
    explain.add_argument("--lang", choices=("zh", "en"))

    cache = commands.add_parser("cache", help="the measurements kept between runs")
    cache.add_argument("action", choices=("info", "clear"))
    cache.add_argument("--cache", metavar="DIR", help="the cache folder (default: the user's)")

    commands.add_parser("doctor", help="which engines and codecs are here, and how to add what is missing")
    return parser


def add_judging(parser: argparse.ArgumentParser) -> None:
    """What ``check`` and ``scan`` share: pack, facts, engines, privacy."""
    parser.add_argument("--pack", metavar="ID", help="rule pack (default: the manifest's, else card)")
    facts = parser.add_argument_group("facts (they override the manifest; times without an offset are +08:00)")
    facts.add_argument("--waybill", metavar="NO", help="the number of the direction that the pack asks for")
    facts.add_argument("--outbound-waybill", metavar="NO")
    facts.add_argument("--return-waybill", metavar="NO")
    facts.add_argument("--signed-at", metavar="TIME", help="the sign-off that the pack counts from")
    facts.add_argument("--refused-at", metavar="TIME")
    facts.add_argument("--refunded-at", metavar="TIME")
    facts.add_argument("--submitted-at", metavar="TIME")
    facts.add_argument("--now", metavar="TIME", help="judge as of this moment (default: the clock)")
    parser.add_argument("--reveal", action="store_true", help="do not mask numbers and names")
    parser.add_argument("--jobs", type=int, default=0, metavar="N", help="items at a time (default: the cores)")
    parser.add_argument("--cache", metavar="DIR|off", help="where measurements are kept; off keeps none")
    parser.add_argument("--barcode", choices=("zxing", "zbar"), default="zxing", help="barcode engine")
    parser.add_argument("--ocr", choices=("rapid", "paddle"), default="rapid", help="text engine")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")


def facts_of(args: argparse.Namespace, direction: str, sign_off: str) -> dict[str, Any]:
    """The facts given as options, by manifest key. ``--waybill`` goes where the pack's direction points."""
    found: dict[str, Any] = {}
    if args.waybill:
        found["order.outbound_waybills" if direction == "outbound" else "order.return_waybills"] = [args.waybill]
    if args.signed_at:
        found[f"order.{sign_off}"] = args.signed_at
    for option, key in FACT_OPTIONS.items():
        value = getattr(args, option)
        if value:
            found[key] = [value] if key.endswith("waybills") else value
    return found


def worst(verdicts: Collection[str]) -> int:
    """The exit code for several verdicts: fail before review before pass."""
    return EXIT_CODES["fail" if "fail" in verdicts else "review" if "review" in verdicts else "pass"]


def open_cache(choice: str | None, now_s: float) -> Cache | None:
    """The cache that ``--cache`` names; None for ``off``."""
    if choice == "off":
        return None
    from evidence_kit.cache import Cache

    return Cache(cache_folder(choice), now_s=now_s)


def cache_folder(choice: str | None) -> Path:
    """The folder that ``--cache`` names, else the user's."""
    if choice:
        return Path(choice)
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("evidence-kit"))


if __name__ == "__main__":
    sys.exit(main())
