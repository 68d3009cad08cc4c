"""Personal data out of a report: numbers, phones, names and addresses, unless the user asked to see them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from operator import is_
from typing import Any

from evidence_kit.schema import Case

KEEP_LAST = 4
LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Za-z-]*\d{7})[0-9A-Za-z][0-9A-Za-z-]{6,}(?![0-9A-Za-z])")
"""Anything number-like of seven digits in a row or more: a phone, an order, a waybill."""
FREE_TEXT = {"description", "reason", "contact", "recipient_phone", "problem", "request"}
NUMBERS = {"order_no", "outbound_waybills", "return_waybills"}


def mask(number: str) -> str:
    """A number with all but its last four characters starred; short ones wholly."""
    if len(number) <= KEEP_LAST:
        return "*" * len(number)
    return "*" * (len(number) - KEEP_LAST) + number[-KEEP_LAST:]


def secrets_of(case: Case, numbers: Iterable[str]) -> tuple[str, ...]:
    """What must not be shown: the case's numbers and what was read off the pictures; longest first."""
    stated = (case.order.order_no, *case.order.outbound_waybills, *case.order.return_waybills)
    contacts = (case.complaint.order_no, case.complaint.contact, case.complaint.recipient_phone)
    found = {value for value in (*stated, *contacts, *numbers) if value and len(value) > KEEP_LAST}
    return tuple(sorted(found, key=lambda value: (-len(value), value)))


def mask_text(text: str, secrets: Iterable[str]) -> str:
    """``text`` with every secret masked, whatever else stands around it."""
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, mask(secret))
    return text


def mask_strings(value: Any, secrets: tuple[str, ...], *, keep: frozenset[str] = frozenset()) -> Any:
    """``value`` (dataclasses, tuples, mappings) with every string masked, but for fields named in ``keep``.

    What holds no secret is returned itself, not a copy.
    """
    if type(value) in _UNMASKED:
        return value
    if isinstance(value, str):
        masked = mask_text(value, secrets)
        return value if masked == value else type(value)(masked)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for name in _masked_names(type(value)):
            if name not in keep:
                old = getattr(value, name)
                new = mask_strings(old, secrets, keep=keep)
                if new is not old:
                    changed[name] = new
        return replace(value, **changed) if changed else value
    if isinstance(value, Mapping):
        return {key: mask_strings(entry, secrets, keep=keep) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        entries = [mask_strings(entry, secrets, keep=keep) for entry in value]
        if all(map(is_, entries, value)):
            return value
        return tuple(entries) if isinstance(value, tuple) else entries
    return value


_UNMASKED = frozenset({type(None), bool, int, float})


@cache
def _masked_names(kind: type) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(kind) if entry.init)


def mask_case(stated: Mapping[str, Any]) -> dict[str, Any]:
    """A case as the report shows it: identifying values masked, the facts that rules used kept."""
    shown: dict[str, Any] = {}
    for key, value in stated.items():
        if isinstance(value, Mapping):
            shown[key] = mask_case(value)
        elif key in NUMBERS and value:
            shown[key] = [mask(entry) for entry in value] if isinstance(value, list) else mask(value)
        elif key in ("contact", "recipient_phone") and value:
            shown[key] = mask(str(value))
        elif key in FREE_TEXT and isinstance(value, str):
            shown[key] = LONG_NUMBER.sub(lambda found: mask(found[0]), value)
        else:
            shown[key] = value
    return shown
