"""``python -m benchmarks NAME [arguments]``: runs ``benchmarks/NAME.py``'s ``main``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def names() -> list[str]:
    """The benchmarks that are here: modules of this folder with a ``main``."""
    folder = Path(__file__).parent
    return sorted(path.stem for path in folder.glob("*.py") if "def main(" in path.read_text(encoding="utf-8"))


def run(arguments: list[str]) -> int:
    """Imports ``benchmarks.NAME`` and calls ``main`` with what is left; returns its exit code."""
    known = [name for name in names() if not name.startswith("__")]
    if not arguments or arguments[0] not in known:
        print(f"usage: python -m benchmarks NAME [arguments]\nNAME is one of: {', '.join(known)}", file=sys.stderr)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    done = import_module(f"benchmarks.{arguments[0]}").main(arguments[1:])
    return int(done or 0)


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
