"""The kit's ``dataclass`` is the standard library's in all that the kit, and who uses it, asks of one."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import field

import msgspec
import pytest

from evidence_kit import records

OPTIONS = {"frozen": True, "slots": True}


def made_by(dataclass: Callable) -> dict[str, type]:
    @dataclass(**OPTIONS)
    class Place:
        """Where."""

        at_s: float
        name: str = "é"
        more: dict[str, int] = field(default_factory=dict)
        of: int = field(default=3, kw_only=True)

        @property
        def twice_s(self) -> float:
            return 2 * self.at_s

    @dataclass(**OPTIONS)
    class Further(Place):
        quad: tuple[float, ...] | None = None

    @dataclass(**OPTIONS)
    class One:
        value: float

        def __repr__(self) -> str:
            return "mine"

    @dataclass(**OPTIONS)
    class Empty:
        pass

    return {cls.__name__: cls for cls in (Place, Further, One, Empty)}


OURS, THEIRS = made_by(records.dataclass), made_by(dataclasses.dataclass)


@records.dataclass(frozen=True, slots=True)
class Kept:
    item: str
    at_s: float = 0.5


@records.dataclass(slots=True)
class Open:
    begun: bool = False


@pytest.mark.parametrize("name", OURS)
def test_the_classes_say_of_themselves_what_the_standard_ones_do(name: str) -> None:
    ours, theirs = OURS[name], THEIRS[name]
    assert dataclasses.is_dataclass(ours)
    assert str(dataclasses.fields(ours)) == str(dataclasses.fields(theirs))
    assert ours.__match_args__ == theirs.__match_args__
    assert ours.__slots__ == theirs.__slots__
    ours(*[0.0] * len([entry for entry in dataclasses.fields(ours) if entry.name in ("at_s", "value")]))
    assert [(each.name, each.kind, each.annotation) for each in inspect.signature(ours).parameters.values()] == [
        (each.name, each.kind, each.annotation) for each in inspect.signature(theirs).parameters.values()
    ]


@pytest.mark.parametrize(
    ("name", "values", "named"),
    [
        ("Place", (1.5,), {}),
        ("Place", (1.5, "b", {"a": 1}), {"of": 4}),
        ("Further", (1.0,), {"quad": (1.0, 2.0)}),
        ("One", (2.0,), {}),
        ("Empty", (), {}),
    ],
)
def test_objects_do_what_the_standard_ones_do(name: str, values: tuple, named: dict) -> None:
    ours, theirs = OURS[name](*values, **named), THEIRS[name](*values, **named)
    assert repr(ours) == repr(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert msgspec.json.encode(ours) == msgspec.json.encode(theirs)
    assert ours == OURS[name](*values, **named)
    assert ours != theirs
    assert copy.deepcopy(ours) == ours == copy.copy(ours)
    if name != "Empty":
        changed = dataclasses.replace(ours, **{dataclasses.fields(ours)[0].name: 9.0})
        assert changed != ours
        assert repr(changed) == repr(dataclasses.replace(theirs, **{dataclasses.fields(theirs)[0].name: 9.0}))
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(ours, dataclasses.fields(ours)[0].name, 9.0)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(ours, dataclasses.fields(ours)[0].name)
        with pytest.raises(TypeError, match=rf"{name}.__init__\(\) missing 1 required positional argument"):
            OURS[name]()


def test_each_object_has_a_container_of_its_own() -> None:
    one, other = OURS["Place"](1.0), OURS["Place"](1.0)
    one.more["a"] = 1
    assert other.more == {}
    assert one.twice_s == 2.0


def test_equal_ones_have_one_hash_and_it_is_the_standard_one() -> None:
    assert hash(Kept("a")) == hash(Kept("a", 0.5)) == hash(("a", 0.5))
    assert len({Kept("a"), Kept("a"), Kept("b")}) == 2
    assert hash(OURS["One"](2.0)) == hash(THEIRS["One"](2.0))


def test_they_go_to_another_process_and_through_json() -> None:
    assert pickle.loads(pickle.dumps(Kept("a", 1.5))) == Kept("a", 1.5)
    assert msgspec.json.decode(b'{"item":"a","at_s":2.0}', type=Kept) == Kept("a", 2.0)
    match Kept("a"):
        case Kept(item, at_s=at_s):
            assert (item, at_s) == ("a", 0.5)


def test_one_that_is_not_frozen_changes_and_has_no_hash() -> None:
    state = Open()
    state.begun = True
    assert state == Open(True)
    with pytest.raises(TypeError, match="unhashable"):
        hash(state)


def test_what_is_not_supported_is_refused() -> None:
    with pytest.raises(TypeError, match="not supported"):

        @records.dataclass(frozen=True, slots=True)
        class Late:
            made: int = field(default=0, init=False)

    with pytest.raises(TypeError, match="not supported"):

        @records.dataclass(frozen=True, slots=True)
        class After:
            made: int = 0

            def __post_init__(self) -> None: ...
