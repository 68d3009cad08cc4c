"""All that is measured on videos: ``python -m benchmarks video [PART ...]``, PART one of the ``video_*`` modules here.

``python -m benchmarks video`` runs every part with its own defaults; ``python -m benchmarks video_PART --help`` tells
what one part can be asked for.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path


def main(argv: list[str]) -> int:
    here = sorted(path.stem.removeprefix("video_") for path in Path(__file__).parent.glob("video_*.py"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks video", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(here))
    parts = parser.parse_args(argv).parts or here
    unknown = [part for part in parts if part not in here]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(here)}")
    return max(int(import_module(f"benchmarks.video_{part}").main([]) or 0) for part in parts)
