from __future__ import annotations

import pytest

from aioformal.encode.growth import settled, uniform, widen_shapes, with_room
from aioformal.encode.shapes import BoolShape, Entry, FunShape, IntShape, SeqShape, SetShape, Shape, contains
from aioformal.value.values import TRUE, make_tuple
from tests.unit.encode.small import shapes


@pytest.mark.parametrize(
    ("seen", "roomy"),
    [
        (IntShape(0, 0), IntShape(0, 1)),
        (IntShape(1, 3), IntShape(0, 7)),
        (IntShape(-1, 5), IntShape(-2, 7)),
        (IntShape(0, 100), IntShape(0, None)),
        (IntShape(-100, 2), IntShape(None, 3)),
        (SeqShape(2, BoolShape()), SeqShape(3, BoolShape())),
    ],
)
def test_room_beyond_a_sample(seen: Shape, roomy: Shape) -> None:
    assert with_room(seen) == roomy


@pytest.mark.parametrize(
    ("seen", "hint", "complete", "expected"),
    [
        (IntShape(0, 2), IntShape(0, 5), False, IntShape(0, 5)),
        (IntShape(0, 2), IntShape(0, 5), True, IntShape(0, 5)),
        (IntShape(0, 2), IntShape(0, None), False, IntShape(0, 3)),
        (IntShape(0, 99), IntShape(0, None), False, IntShape(0, None)),
        (IntShape(0, 9), IntShape(0, 5), False, IntShape(0, 15)),
        (IntShape(3, 9), None, True, IntShape(3, 9)),
        (SetShape(frozenset({1})), SetShape(frozenset({1, 2})), False, SetShape(frozenset({1, 2}))),
        (SetShape(frozenset({1})), SetShape(frozenset({1, 2})), True, SetShape(frozenset({1}))),
        (SeqShape(4, IntShape(0, 0)), SeqShape(1, IntShape(0, 7)), False, SeqShape(6, IntShape(0, 7))),
        (None, IntShape(0, None), False, IntShape(0, None)),
    ],
)
def test_sample_and_hint(seen: Shape | None, hint: Shape | None, complete: bool, expected: Shape) -> None:
    assert settled(seen, hint, complete) == expected


def test_widening_holds_the_state_and_keeps_the_rest() -> None:
    before = shapes(n=IntShape(0, 3), q=SeqShape(1, IntShape(0, 1)), b=BoolShape())
    after = widen_shapes(before, (4, make_tuple((0, 9)), TRUE))
    assert dict(after) == {"n": IntShape(0, 7), "q": SeqShape(3, IntShape(0, 15)), "b": BoolShape()}
    assert after.variable("n").origins == ("test", "widened")
    assert after.variable("b").origins == ("test",)
    assert after != before


def test_a_counter_loses_its_end_before_it_is_widened_often() -> None:
    grown, value, rounds = shapes(n=IntShape(0, 0)), 0, 0
    while grown["n"] != IntShape(0, None):
        shape = grown["n"]
        assert isinstance(shape, IntShape)
        assert shape.hi is not None
        value, rounds = shape.hi + 1, rounds + 1
        grown = widen_shapes(grown, (value,))
        assert contains(grown["n"], value)
    assert rounds <= 8


def test_the_elements_of_an_array_get_one_shape_and_the_fields_of_a_record_keep_theirs() -> None:
    array = FunShape((Entry(1, IntShape(0, 1)), Entry(2, IntShape(5, 6))))
    assert uniform(array) == FunShape((Entry(1, IntShape(0, 6)), Entry(2, IntShape(0, 6))))
    record = FunShape((Entry("a", IntShape(0, 1)), Entry("b", IntShape(5, 6))))
    assert uniform(record) == record
    mixed = FunShape((Entry(1, IntShape(0, 1)), Entry(2, BoolShape())))
    assert uniform(mixed) == mixed
