"""Rules: one requirement, one file, one function; facts and a pack's limits in, a Check out.

Function = file = rule id = sample folder. Positional parameters are facts (or ``Case``, ``Item``, ``Submission``),
found by type; keyword-only ones are limits that every pack must supply. No number stands in a rule.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from evidence_kit.records import dataclass
from evidence_kit.schema import Check, Text
from evidence_kit.wiring import Signature, Target, read_signature

F = TypeVar("F", bound=Callable[..., Check])


@dataclass(frozen=True, slots=True)
class Rule:
    """One requirement as code."""

    id: str
    on: Target
    title: Text
    """What a clerk calls it, in a few words."""
    retakable: bool
    """A photo can be taken again; an opened parcel cannot be filmed again."""
    function: Callable[..., Check]

    @property
    def signature(self) -> Signature:
        return read_signature(self.function)

    @property
    def doc(self) -> str:
        """The rule file's text: what it asks, why, what passes, fails and cannot be told."""
        return inspect.getdoc(inspect.getmodule(self.function)) or ""


def rule(*, on: Target, title: Text, retakable: bool = True) -> Callable[[F], F]:
    """Mark a function as the rule of its module."""

    def mark(function: F) -> F:
        name = function.__name__.replace("_", "-")
        function.__rule__ = Rule(name, on, title, retakable, function)  # type: ignore[attr-defined]
        return function

    return mark


@cache
def rule_ids() -> tuple[str, ...]:
    """Every rule id, in name order; nothing is imported."""
    return tuple(sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(__path__)))


def load_rule(rule_id: str) -> Rule:
    """The rule of that id. KeyError where there is none."""
    if rule_id not in rule_ids():
        raise KeyError(rule_id)
    name = rule_id.replace("-", "_")
    found: Any = getattr(import_module(f"{__name__}.{name}"), name).__rule__
    if not isinstance(found, Rule):
        raise TypeError(f"rules/{name}.py: {name} is not marked with @rule")
    return found
