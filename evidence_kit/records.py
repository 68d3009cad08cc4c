"""``dataclass`` as the standard library's, at a fraction of its cost: docs/decisions/0033.

The standard library compiles six methods of every class while its module is loaded, a large part of every start. Here
``__init__`` is compiled when the first object is made, and the other methods are the same few for all classes. What is
made is a dataclass: ``fields``, ``replace``, ``asdict`` and matching work, and so do pickling and copying.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["dataclass"]

T = TypeVar("T")


def _dataclass(*, frozen: bool = False, slots: bool = False, eq: bool = True) -> Callable[[type[T]], type[T]]:
    """As ``dataclasses.dataclass``, which says what the options mean.

    Raises TypeError for what the kit has no use for: ``__post_init__``, and fields left out of ``__init__``, of the
    text or of the comparison.
    """

    def make(cls: type[T]) -> type[T]:
        said = cls.__doc__
        cls.__doc__ = said or cls.__name__  # else the standard library has one made of the signature
        made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
        made.__doc__ = said
        fields = dataclasses.fields(made)
        if hasattr(made, "__post_init__") or not all(entry.init and entry.repr and entry.compare for entry in fields):
            raise TypeError(f"{made.__qualname__}: not supported here; take the standard library's dataclass")
        names = tuple(entry.name for entry in fields)
        made.__values__ = staticmethod(_values_of(names))
        methods = {"__init__": _first_init(made, fields), **_METHODS}
        if eq:
            methods |= {"__eq__": _eq, "__hash__": _hash if frozen else None}
        if frozen:
            methods |= {"__setattr__": _bar, "__delattr__": _bar}
        for name, method in methods.items():
            if name not in cls.__dict__:
                setattr(made, name, method)
        result: type[T] = made
        return result

    return make


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _dataclass


def _values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Gives an object's values, in the fields' order."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _first_init(cls: Any, fields: tuple[Field[Any], ...]) -> Callable[..., None]:
    """``__init__`` until the first object is made: most classes of a run have none."""

    def first(self: Any, *values: Any, **named: Any) -> None:
        cls.__init__ = _init_of(cls, fields)
        cls.__init__(self, *values, **named)

    return first


def _init_of(cls: type, fields: tuple[Field[Any], ...]) -> Callable[..., None]:
    """``__init__``: sets each field past ``__setattr__``, which a frozen class bars."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_MISSING": MISSING}
    plain: list[str] = []
    by_name: list[str] = []
    body: list[str] = []
    for entry in fields:
        name, value = entry.name, entry.name
        stated = name
        if entry.default is not MISSING:
            known[f"_default_{name}"] = entry.default
            stated = f"{name}=_default_{name}"
        elif entry.default_factory is not MISSING:
            known[f"_make_{name}"] = entry.default_factory
            stated = f"{name}=_MISSING"
            value = f"_make_{name}() if {name} is _MISSING else {name}"
        (by_name if entry.kw_only else plain).append(stated)
        body.append(f" _set(self, {name!r}, {value})")
    taken = ", ".join(["self", *plain, *(["*", *by_name] if by_name else [])])
    exec("\n".join([f"def __init__({taken}):", *body, " pass"]), known)  # noqa: S102 (names of the kit's own fields)
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {entry.name: entry.type for entry in fields} | {"return": None}
    return init


def _repr(self: Any) -> str:
    values = zip(dataclasses.fields(self), self.__values__(self), strict=True)
    return f"{type(self).__qualname__}({', '.join(f'{entry.name}={value!r}' for entry, value in values)})"


def _eq(self: Any, other: Any) -> Any:
    return self.__values__(self) == self.__values__(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(self.__values__(self))


def _bar(self: Any, name: str, _value: object = None) -> None:
    raise FrozenInstanceError(f"cannot change {name!r} of a {type(self).__qualname__}")


def _get_state(self: Any) -> tuple[Any, ...]:
    state: tuple[Any, ...] = self.__values__(self)
    return state


def _set_state(self: Any, state: tuple[Any, ...]) -> None:
    for entry, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, entry.name, value)


_METHODS: dict[str, Any] = {"__repr__": _repr, "__getstate__": _get_state, "__setstate__": _set_state}
