"""Classes whose methods are compiled late behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from aioformal.records import lazy_dataclass

DECORATORS = [dataclasses.dataclass, lazy_dataclass]
OPTIONS: list[dict[str, bool]] = [
    {"frozen": frozen, "slots": slots, "eq": eq}
    for frozen in (False, True)
    for slots in (False, True)
    for eq in (False, True)
]


@lazy_dataclass(frozen=True, slots=True)
class Kept:
    """In a module, so that it can be pickled."""

    name: str
    parts: tuple[int, ...] = ()


def made(decorator: Any, **options: bool) -> Any:
    @decorator(**options)
    class Base:
        a: int
        b: list[int] = dataclasses.field(default_factory=list[int], compare=False)

    @decorator(**options)
    class Point(Base):
        c: str = "c"
        d: int = dataclasses.field(default=4, repr=False)
        e: int = dataclasses.field(default=5, init=False)

    return Point


def outcome(action: Callable[[], Any]) -> Any:
    """What comes of an action: its result, or the error."""
    try:
        return action()
    except Exception as failure:
        return type(failure)


@pytest.mark.parametrize("options", OPTIONS)
def test_a_class_is_like_one_of_the_standard_library(options: dict[str, bool]) -> None:
    def seen(decorator: Any) -> list[Any]:
        point = made(decorator, **options)
        one, same, other = point(1, [2]), point(a=1, c="c"), point(1, c="x")

        def assign() -> None:
            one.c = "new"

        def delete() -> None:
            del same.c

        return [
            repr(one).split(".")[-1],
            one == same,
            one == other,
            one != same,
            one == 1,
            outcome(lambda: hash(one) == hash(same)),
            outcome(assign),
            one.c,
            outcome(delete),
            outcome(lambda: point()),
            outcome(lambda: point(1, f=2)),
            point.__match_args__,
            [f.name for f in dataclasses.fields(point)],
            dataclasses.asdict(other),
            dataclasses.replace(other, a=7).a,
            copy.deepcopy(other).c,
            hasattr(one, "__dict__"),
            one.b is same.b,
            one.e,
        ]

    standard, lazy = map(seen, DECORATORS)
    assert lazy == standard


def test_methods_of_a_class_itself_stay() -> None:
    @lazy_dataclass(frozen=True)
    class Odd:
        a: int

        def __post_init__(self) -> None:
            object.__setattr__(self, "a", self.a + 1)

        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "odd"

    assert (repr(Odd(1)), Odd(1).a, Odd(1) == 5) == ("odd", 2, True)


def test_one_can_be_pickled_and_compared() -> None:
    one = Kept("x", (1, 2))
    again = pickle.loads(pickle.dumps(one))
    assert again == one
    assert len({one, again}) == 1


def test_recursion_is_shown_as_such() -> None:
    @lazy_dataclass
    class Node:
        next: Any

    node = Node(None)
    node.next = node
    assert repr(node).endswith("Node(next=...)")


def test_one_may_inherit_from_a_frozen_one_of_the_standard_library() -> None:
    @dataclasses.dataclass(frozen=True)
    class Base:
        a: int

    @lazy_dataclass(frozen=True)
    class Point(Base):
        b: int

    one = Point(1, 2)
    assert (one, hash(one)) == (Point(1, 2), hash(Point(1, 2)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.a = 2  # pyright: ignore[reportAttributeAccessIssue]
