"""How functions say what they need: the signature is the contract. Standard library only.

A sensor, a fact and a rule are plain functions. Their positional parameters are found by type, their keyword-only
parameters are options (sensors: which engine) or limits (rules: from the pack). The return type of a sensor or a
fact is what it provides. Nothing here calls them; the engine does.
"""

from __future__ import annotations

import inspect
import pkgutil
import typing
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from evidence_kit.records import dataclass
from evidence_kit.schema import Deferred, Each, Kind, Pairs, Role, Unknown

Target = Literal["photo", "video", "item", "submission"]
Form = Literal["plain", "deferred", "each", "pairs"]
Layer = Literal["sensor", "fact", "pair"]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Need:
    """One positional parameter: a type, and in which form it is wanted."""

    name: str
    type: type
    form: Form = "plain"
    accepts_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    needs: tuple[Need, ...]
    options: tuple[tuple[str, Any], ...]
    """Keyword-only parameters with their annotations (``Annotated`` kept)."""
    gives: type


@dataclass(frozen=True, slots=True)
class Provider:
    """A sensor, a fact or a fact of two: what it gives, for which kind of item, and what it takes."""

    function: Callable[..., Any]
    layer: Layer
    on: frozenset[Kind]
    version: str = "1"
    packages: tuple[str, ...] = ()
    """Distributions whose versions belong to the measurement's identity."""
    roles: tuple[Role, ...] = ()
    """Only items of these roles are asked for it, in whichever slot they are handed in; empty: every judged item."""

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def signature(self) -> Signature:
        return read_signature(self.function)


def sensor(*, on: Kind | tuple[Kind, ...], version: str, packages: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Mark a function as a sensor: pixels or headers in, a raw Measurement out.

    ``version`` changes whenever the same file could give another measurement; it is part of the cache key.
    ``packages`` are the distributions that do the work; their versions are too.
    """
    return _mark("sensor", on, version, packages)


def fact(*, on: Kind | tuple[Kind, ...], roles: tuple[Role, ...] = ()) -> Callable[[F], F]:
    """Mark a function as a fact: Measurements in, a statement that a clerk would make out. Cheap and pure.

    With ``roles`` it is established of items of those roles alone: nothing is spent on the others.
    """
    return _mark("fact", on, "1", (), roles)


def pair(*, on: Kind | tuple[Kind, ...]) -> Callable[[F], F]:
    """Mark a function as a fact of two items: one fact of either in, what both together say out. Pure."""
    return _mark("pair", on, "1", ())


def _mark(
    layer: Layer,
    on: Kind | tuple[Kind, ...],
    version: str,
    packages: tuple[str, ...],
    roles: tuple[Role, ...] = (),
) -> Callable[[F], F]:
    kinds: frozenset[Kind] = frozenset((on,) if isinstance(on, str) else on)

    def mark(function: F) -> F:
        function.__provider__ = Provider(function, layer, kinds, version, packages, roles)  # type: ignore[attr-defined]
        return function

    return mark


def provider_of(function: Callable[..., Any]) -> Provider:
    """The provider record of a marked function; TypeError where it is not marked."""
    found = getattr(function, "__provider__", None)
    if not isinstance(found, Provider):
        raise TypeError(f"{function!r} is neither a sensor nor a fact")
    return found


@cache
def read_signature(function: Callable[..., Any]) -> Signature:
    """What ``function`` takes and gives. TypeError where an annotation is missing."""
    hints = typing.get_type_hints(function, include_extras=True)
    needs: list[Need] = []
    options: list[tuple[str, Any]] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name not in hints:
            raise TypeError(f"{function.__qualname__}: parameter {name} has no annotation")
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            options.append((name, hints[name]))
        else:
            needs.append(_need(name, hints[name]))
    gives = [part for part in _union(hints.get("return", type(None))) if part is not Unknown]
    return Signature(tuple(needs), tuple(options), gives[0])


def _union(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (UnionType, Union) else (annotation,)


_FORMS: dict[Any, Form] = {Deferred: "deferred", Each: "each", Pairs: "pairs"}


def _need(name: str, annotation: Any) -> Need:
    parts = [part for part in _union(annotation) if part is not Unknown]
    if len(parts) != 1:
        raise TypeError(f"parameter {name}: one type (or that type | Unknown) is wanted, not {annotation}")
    accepts = len(_union(annotation)) > 1
    origin = get_origin(parts[0])
    if origin in _FORMS:
        return Need(name, get_args(parts[0])[0], _FORMS[origin], accepts)
    return Need(name, parts[0], "plain", accepts)


def providers_in(*packages: str) -> tuple[Provider, ...]:
    """Every marked function of the modules of ``packages``, in name order."""
    found: dict[Callable[..., Any], Provider] = {}
    for package in packages:
        for info in pkgutil.iter_modules(import_module(package).__path__):
            module = import_module(f"{package}.{info.name}")
            for value in vars(module).values():
                record = getattr(value, "__provider__", None)
                if isinstance(record, Provider) and value.__module__ == module.__name__:
                    found[value] = record
    return tuple(found.values())
