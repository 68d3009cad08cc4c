"""evidence-kit: whether after-sales evidence will stand, in seconds and offline.

>>> from evidence_kit import check
>>> report = check("case/", pack="pinduoduo-return-damaged")
>>> report.verdict
'pass'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence_kit.version import __version__

if TYPE_CHECKING:
    from evidence_kit.packs import Pack, PackError, load_pack
    from evidence_kit.schema import Finding, Item, Outcome, Report, Submission, Unknown
    from evidence_kit.surface import check, scan

__all__ = [
    "Finding",
    "Item",
    "Outcome",
    "Pack",
    "PackError",
    "Report",
    "Submission",
    "Unknown",
    "__version__",
    "check",
    "load_pack",
    "scan",
]

_HOMES = {
    "check": "evidence_kit.surface",
    "scan": "evidence_kit.surface",
    "load_pack": "evidence_kit.packs",
    "Pack": "evidence_kit.packs",
    "PackError": "evidence_kit.packs",
    **dict.fromkeys(("Finding", "Item", "Outcome", "Report", "Submission", "Unknown"), "evidence_kit.schema"),
}


def __getattr__(name: str) -> Any:
    """Import on first use: ``evidence-kit --help`` must not pay for what it does not need."""
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
