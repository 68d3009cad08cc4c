"""Photos for the reported part of the waybill benchmark, from a world of their own (see README.md)."""

from __future__ import annotations

from .photos import no_waybill_photo, sample_photo

__all__ = ["no_waybill_photo", "sample_photo"]
