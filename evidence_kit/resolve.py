"""Plan and measure: from a wanted type to the functions that provide it, each called at most once per item.

A fact or a sensor that fails becomes an ``Unknown`` of its item; the other items are still judged.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from evidence_kit import established
from evidence_kit.cache import Cache
from evidence_kit.collect import SHOWN
from evidence_kit.intake import UNREADABLE
from evidence_kit.schema import Case, Deferred, Each, EngineStamp, Item, Kind, Outcome, Pairs, Submission, Text, Unknown
from evidence_kit.sensors import CannotOpen, EngineMissing, LimitReached
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import Need, Provider, providers_in

MEDIA: Mapping[type, Kind] = {Photo: "photo", Footage: "video"}
Gate = Callable[[Provider, Item], Unknown | None]
"""Asked just before a sensor looks at an item; an Unknown stands in for the look."""
CANNOT_OPEN = Unknown("FORMAT", Text("文件打不开", "The file cannot be opened."), Outcome.NOT_APPLICABLE)


@cache
def all_providers() -> tuple[Provider, ...]:
    """Every sensor and fact of the kit."""
    return providers_in("evidence_kit.sensors", "evidence_kit.facts")


@cache
def package_version(name: str) -> str:
    """The installed version of a distribution, or ``absent``."""
    found = _installed().get(_normal(name))
    if found is not None:
        return found
    # Slow to load beside all that judging again from the cache does: only for what was not installed from a wheel.
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


@cache
def _installed() -> Mapping[str, str]:
    """Versions by name, as the folders of installed wheels state them: ``NAME-VERSION.dist-info`` (PEP 427)."""
    found: dict[str, str] = {}
    for place in sys.path:
        for folder in Path(place).glob("*.dist-info"):
            name, _, version = folder.stem.partition("-")
            if version:
                found.setdefault(_normal(name), version)
    return found


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


class Resolver:
    """Answers for one submission: facts and measurements by type and item, each established once.

    ``options`` are engine choices by name (``barcode``, ``ocr``) for the sensors that take them. ``gate`` is asked
    before each look.
    """

    def __init__(
        self,
        submission: Submission,
        *,
        providers: Iterable[Provider],
        options: Mapping[str, str],
        cache: Cache | None = None,
        gate: Gate | None = None,
    ) -> None:
        self.submission = submission
        self.options = options
        self.cache = cache
        self.gate = gate
        self.stamps: dict[str, EngineStamp] = {}
        self._wired = _wired(tuple(providers))
        self._providers = self._wired.slots
        self._known: dict[tuple[type, str], Any] = {}
        self._answered: dict[str, set[str]] = {item.id: set() for item in submission.items}
        self._recalled: set[str] = set()
        self._media: dict[str, Photo | Footage] = {}
        self._locks = {item.id: threading.RLock() for item in submission.items}
        self._turns: dict[tuple[type, str], threading.RLock] = {}
        """Who establishes a fact of an item; others wait. Facts follow from one another without a circle."""
        self._able: dict[type, tuple[Item, ...]] = {}

    def gives(self, wanted: type, kind: Kind) -> bool:
        """Whether there is a function that provides ``wanted`` for items of ``kind``."""
        return (wanted, kind) in self._providers

    def supply(self, need: Need, item: Item | None) -> Any:
        """The argument for one parameter: a fact, a medium, the case, or ``Unknown``."""
        if need.form == "each":
            return self.each(need.type)
        if need.form == "pairs":
            return self.pairs(need.type)
        if need.type is Submission:
            return self.submission
        if need.type is Case:
            return self.submission.case
        if item is None:
            raise TypeError(f"{need.name}: {need.type.__name__} is about one item; ask for Each of it")
        if need.type is Item:
            return item
        if need.type in MEDIA:
            return self._medium(item)
        if need.form == "deferred":
            return Deferred(lambda: self.resolve(need.type, item))
        return self.resolve(need.type, item)

    def able(self, wanted: type) -> tuple[Item, ...]:
        """The items that ``Each`` of ``wanted`` is about: those of its roles, or every judged one it can be had of."""
        if wanted not in self._able:
            judged = {item.id for item in self.submission.judged}
            found = []
            for item in self.submission.items:
                slot = (wanted, item.kind)
                provider = self._providers.get(slot) or self._wired.pairs.get(slot)
                if provider is None:
                    continue
                if item.role in provider.roles if provider.roles else item.id in judged:
                    found.append(item)
            self._able[wanted] = tuple(found)
        return self._able[wanted]

    def each(self, wanted: type) -> Each[Any]:
        """``wanted`` of every item that it is about."""
        return Each(tuple((item, self.resolve(wanted, item)) for item in self.able(wanted)))

    def pairs(self, wanted: type) -> Pairs[Any]:
        """``wanted`` of every two of the items that it is about."""
        return Pairs(self.able(wanted), of=lambda one, other: self._compare(wanted, one, other))

    def compared(self, wanted: type, kind: Kind) -> type:
        """The fact of either item from which ``wanted`` of two follows."""
        return self._wired.pairs[wanted, kind].signature.needs[0].type

    def resolve(self, wanted: type, item: Item) -> Any:
        """``wanted`` of ``item``, or ``Unknown``. Never raises for what a file does."""
        slot = (wanted, item.id)
        with self._turns.setdefault(slot, threading.RLock()):
            if slot not in self._known:
                self._known[slot] = self._provide(wanted, item)
            return self._known[slot]

    def looks(self, wanted: Iterable[type], item: Item) -> list[type]:
        """The sensors that ``wanted`` asks for in any case, in the order in which it comes to them."""
        found: dict[type, None] = {}
        for kind in wanted:
            provider = self._providers.get((kind, item.kind))
            if provider is None:
                continue
            found |= dict.fromkeys(
                self.looks((need.type for need in provider.signature.needs if need.form == "plain"), item)
            )
            if provider.layer == "sensor":
                found[kind] = None
        return list(found)

    def untouched(self, wanted: type, item: Item) -> bool:
        """Whether nobody has begun to establish this."""
        return (wanted, item.id) not in self._turns

    def known(self, wanted: type) -> tuple[tuple[Item, Any], ...]:
        """What has been established of ``wanted``, in the items' order; nothing is measured for this."""
        found = ((item, self._known.get((wanted, item.id))) for item in self.submission.items)
        return tuple((item, value) for item, value in found if isinstance(value, wanted))

    def recall(self, item: Item, wanted: Collection[type]) -> bool:
        """Take over what the cache has of an earlier run of ``item`` that was asked for the same, if it has it."""
        key = self._entry_key((item,), wanted)
        text = self.cache.get(key) if self.cache is not None and key is not None else None
        found = established.decode(text, self._types(item)) if text is not None else None
        if found is None:
            return False
        with self._locks[item.id]:
            self._recalled.add(item.id)
            self._known |= {(kind, item.id): value for kind, value in found.known.items()}
            for name in found.sensors:
                self._stamp(self._wired.by_name[name], item)
            for kind in SHOWN.intersection(found.again):
                self.resolve(kind, item)
        return True

    def keep(self, item: Item, wanted: Collection[type]) -> None:
        """Put what was established of ``item`` into the cache, unless it was recalled or something went wrong."""
        key = self._entry_key((item,), wanted)
        if self.cache is None or key is None or item.id in self._recalled:
            return
        known = {kind: self._known[kind, item.id] for kind in self._types(item) if (kind, item.id) in self._known}
        made = {kind: self._providers[kind, item.kind] for kind in known}
        looks = {kind for kind in known if made[kind].layer == "sensor"}
        # What a look, or code that fell over, did not give today it may give tomorrow.
        for kind, value in known.items():
            if isinstance(value, Unknown) and (kind in looks or value.outcome is Outcome.ERROR):
                return
        stated = [kind for kind in known if not established.of_item_alone(made[kind], self._providers)]
        kept = {
            kind: value
            for kind, value in known.items()
            if kind not in stated and (kind not in looks or kind in wanted or kind in SHOWN)
        }
        self.cache.put(key, established.encode(kept, self._answered[item.id], anew=stated))

    def _types(self, item: Item) -> list[type]:
        return [kind for kind, on in self._providers if on == item.kind]

    def _entry_key(self, items: tuple[Item, ...], wanted: Collection[type]) -> str | None:
        """None where nothing is asked or can be kept."""
        if self.cache is None or not wanted or self._wired.about is None:
            return None
        if any(item.sha256 == UNREADABLE for item in items):
            return None
        chosen = (f"{name}={value}" for name, value in sorted(self.options.items()))
        return established.key_of(items, wanted, (*self._wired.about, *chosen))

    def _compare(self, wanted: type, one: Item, other: Item) -> Any:
        """``wanted`` of two items, or ``Unknown``; kept between runs where it follows from the files alone.

        What goes wrong in it is the rule's that asks.
        """
        provider = self._wired.pairs[wanted, one.kind]
        alone = established.of_item_alone(provider, self._providers)
        key = self._entry_key((one, other), (wanted,)) if alone else None
        text = self.cache.get(key) if self.cache is not None and key is not None else None
        kept = _decode(text, wanted) if text is not None else None
        if kept is not None:
            return kept
        values = [self.resolve(self.compared(wanted, item.kind), item) for item in (one, other)]
        for value in values:
            if isinstance(value, Unknown):
                return value
        found = provider.function(*values)
        if key is not None and self.cache is not None:
            self.cache.put(key, _encode(found))
        return found

    def release(self, item: Item) -> None:
        """Let the item's decoded pixels go."""
        with self._locks[item.id]:
            self._media.pop(item.id, None)

    def _medium(self, item: Item) -> Photo | Footage:
        found = self._media.get(item.id)
        if found is None:
            made = Photo(Path(item.path)) if item.kind == "photo" else Footage(item.path)
            found = self._media.setdefault(item.id, made)  # two threads must look at one and the same
        return found

    def _provide(self, wanted: type, item: Item) -> Any:
        provider = self._providers.get((wanted, item.kind))
        if provider is None:
            raise TypeError(f"nothing provides {wanted.__name__} for a {item.kind}")
        if provider.layer == "sensor" and item.sha256 == UNREADABLE:
            return _error("UNREADABLE_FILE", "文件读不出来,请检查权限", "The file cannot be read.")
        key = self._cache_key(provider, item) if provider.layer == "sensor" else None
        if key is not None:
            value = self._kept(key, provider, wanted, item)
            if value is not None:
                return value
        try:
            value = self._call(provider, item)
        except CannotOpen:
            return CANNOT_OPEN
        except LimitReached as problem:
            return _error("LIMIT_REACHED", f"超出处理上限:{problem}", f"A limit was reached: {problem}")
        except EngineMissing as problem:
            return _error("ENGINE_MISSING", f"缺少引擎:{problem}", f"An engine is missing: {problem}")
        except MemoryError:
            return _error("LIMIT_REACHED", "内存不足", "Memory ran out.")
        except Exception as problem:
            tell_crash(f"{provider.name} on {item.id}", problem)
            return _error("CRASHED", "检查没有完成", f"The check did not finish ({type(problem).__name__}).")
        if key and self.cache is not None and not isinstance(value, Unknown):
            self.cache.put(key, _encode(value))
        return value

    def _kept(self, key: str, provider: Provider, wanted: type, item: Item) -> Any:
        """The measurement that the cache has, or None."""
        kept = self.cache.get(key) if self.cache is not None else None
        value = _decode(kept, wanted) if kept is not None else None
        if value is not None:
            self._stamp(provider, item)
        return value

    def _call(self, provider: Provider, item: Item) -> Any:
        signature = provider.signature
        arguments = []
        for need in signature.needs:
            value = self.supply(need, item)
            if isinstance(value, Unknown) and not need.accepts_unknown:
                return value
            arguments.append(value)
        chosen = {name: self.options[name] for name, _ in signature.options if name in self.options}
        if provider.layer == "sensor":
            barred = self.gate(provider, item) if self.gate is not None else None
            if barred is not None:
                return barred
            self._stamp(provider, item)
        return provider.function(*arguments, **chosen)

    def _cache_key(self, provider: Provider, item: Item) -> str:
        chosen = [f"{name}={self.options.get(name, '')}" for name, _ in provider.signature.options]
        engines = [f"{name}={package_version(name)}" for name in provider.packages]
        parts = [
            item.sha256,
            str(item.bytes),
            provider.name,
            provider.version,
            *engines,
            *chosen,
            *self._upstream(provider),
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _upstream(self, provider: Provider) -> list[str]:
        """Versions of the measurements that this one is made from: they change it too."""
        found = []
        for need in provider.signature.needs:
            for kind in provider.on:
                source = self._providers.get((need.type, kind))
                if source is not None:
                    engines = [f"{name}={package_version(name)}" for name in source.packages]
                    chosen = [f"{name}={self.options.get(name, '')}" for name, _ in source.signature.options]
                    found += [source.name, source.version, *engines, *chosen, *self._upstream(source)]
        return found

    def _stamp(self, provider: Provider, item: Item) -> None:
        self._answered[item.id].add(provider.name)
        engine = ", ".join(f"{name} {package_version(name)}" for name in provider.packages)
        self.stamps[provider.name] = EngineStamp(provider.name, engine or "evidence-kit", provider.version)


class _Wired:
    """What is the same for all submissions that the same providers answer."""

    def __init__(self, providers: tuple[Provider, ...]) -> None:
        self.providers = providers
        self.by_name = {provider.name: provider for provider in providers}
        self.slots: dict[tuple[type, Kind], Provider] = {}
        """Who provides a type for an item of a kind."""
        self.pairs: dict[tuple[type, Kind], Provider] = {}
        """The same for two items."""
        for provider in providers:
            there = self.pairs if provider.layer == "pair" else self.slots
            if provider.layer == "pair" and len({need.type for need in provider.signature.needs}) != 1:
                raise TypeError(f"{provider.name}: two of one fact are wanted")
            for kind in provider.on:
                slot = (provider.signature.gives, kind)
                if slot in there:
                    raise TypeError(f"{slot[0].__name__} of a {kind} has two providers")
                there[slot] = provider

    @cached_property
    def about(self) -> tuple[str, ...] | None:
        """Code and packages that all facts follow from; None where the code cannot be read."""
        code = established.code_print(self.providers)
        names = {name for provider in self.providers for name in provider.packages}
        return None if code is None else (code, *(f"{name}={package_version(name)}" for name in sorted(names)))


_wired = lru_cache(maxsize=8)(_Wired)


def tell_crash(what: str, problem: Exception) -> None:
    """A warning that ``what`` fell over, and where, for who asks for that much. Only this loads ``logging``."""
    import logging

    log = logging.getLogger("evidence_kit")
    log.warning("%s: %s: %s", what, type(problem).__name__, problem)
    log.debug("where", exc_info=True)


def _error(reason: str, zh: str, en: str) -> Unknown:
    return Unknown(reason, Text(zh, en), Outcome.ERROR)


def _encode(value: Any) -> str:
    import msgspec

    return msgspec.json.encode(value).decode()


def _decode(kept: str, wanted: type) -> Any:
    """The kept measurement, or None where it is damaged or of another shape: a miss."""
    import msgspec

    try:
        return msgspec.json.decode(kept, type=wanted)
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError):
        return None
