"""Shapes and values come back from JSON as they were."""

from __future__ import annotations

import json

import pytest

from aioformal.encode.shapes import (
    AtomShape,
    BoolShape,
    Entry,
    FunShape,
    IntShape,
    SeqShape,
    SetShape,
    UnionShape,
)
from aioformal.engine.explicit.written import read_shapes, read_value, write_shapes, write_value
from aioformal.value.sets import Interval
from aioformal.value.values import EMPTY_FUNCTION, FALSE, TRUE, ModelValue, Value, make_record, make_tuple
from tests.unit.encode.small import shapes

ONE = ModelValue("one")
VALUES: list[Value] = [
    TRUE,
    FALSE,
    0,
    -(2**80),
    "",
    'tla "quoted" ∈ \\ud800',
    ONE,
    "one",
    frozenset(),
    frozenset((1, frozenset((2,)))),
    frozenset((TRUE, FALSE)),
    EMPTY_FUNCTION,
    make_tuple([1, make_tuple([]), "x"]),
    make_record({"a": TRUE, "b": frozenset((ONE,))}),
]


@pytest.mark.parametrize("value", VALUES, ids=map(str, range(len(VALUES))))
def test_a_value_comes_back(value: Value) -> None:
    back = read_value(json.loads(json.dumps(write_value(value))))
    assert back == value
    assert type(back) is type(value)


def test_equal_values_are_written_alike() -> None:
    assert write_value(frozenset((3, 1, 2))) == write_value(frozenset((2, 3, 1)))


def test_a_set_that_is_only_a_rule_is_not_written() -> None:
    with pytest.raises(ValueError, match="written"):
        write_value(Interval(1, 10))


@pytest.mark.parametrize(
    "written",
    [
        None,
        [],
        ["int", True],
        ["int", "1"],
        ["bool", 1],
        ["str", 1],
        ["model", 1],
        ["set", 1],
        ["fun", [1]],
        ["eval", "1"],
        [["int"], 1],
    ],
)
def test_nothing_else_is_read(written: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_value(written)


def test_shapes_come_back() -> None:
    number = IntShape(-3, None)
    known = shapes(
        a=BoolShape(),
        b=number,
        c=AtomShape(frozenset(("x", ONE))),
        d=SetShape(frozenset((1, make_tuple([2])))),
        e=FunShape((Entry(1, number), Entry("k", SeqShape(4, BoolShape()), optional=True))),
        f=UnionShape((IntShape(0, 3), AtomShape(frozenset((ONE,))))),
    )
    assert read_shapes(json.loads(json.dumps(write_shapes(known)))) == known
