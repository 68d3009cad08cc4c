"""Intake: files and manifest -> Submission. Names, sizes, digests and first bytes; no picture is opened.

May import ``schema`` only. Hostile input ends in an IntakeError that names file and key, or in an item that a
later layer finds unreadable; never in another exception.
"""

from __future__ import annotations

from evidence_kit.intake.errors import IntakeError
from evidence_kit.intake.submission import UNREADABLE, open_submission

__all__ = ["UNREADABLE", "IntakeError", "open_submission"]
