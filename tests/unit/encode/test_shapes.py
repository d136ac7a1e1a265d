from __future__ import annotations

import pytest

from aioformal.encode.shapes import (
    AtomShape,
    BoolShape,
    Entry,
    FunShape,
    IntShape,
    SeqShape,
    SetShape,
    Shape,
    UnionShape,
    bits,
    contains,
    join,
    join_all,
    shape_of,
    text,
)
from aioformal.value.values import TRUE, Function, ModelValue, Value, make_record, make_tuple

NULL = ModelValue("NULL")
EMPTY = make_tuple(())


def atoms(*values: Value) -> AtomShape:
    return AtomShape(frozenset(values))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, 5, 3), IntShape(1, 5)),
        ((TRUE,), BoolShape()),
        (("a", NULL), atoms("a", NULL)),
        ((frozenset({1}), frozenset({2, 3})), SetShape(frozenset({1, 2, 3}))),
        ((NULL, 0, 2), UnionShape((IntShape(0, 2), atoms(NULL)))),
        ((EMPTY, make_tuple((4,))), SeqShape(1, IntShape(4, 4))),
        ((EMPTY, EMPTY), FunShape(())),
        (
            (make_tuple((1, "x")), make_tuple((2, "y"))),
            FunShape((Entry(1, IntShape(1, 2)), Entry(2, atoms("x", "y")))),
        ),
        (
            (make_record({"a": 1}), make_record({"a": 2, "b": TRUE})),
            FunShape((Entry("a", IntShape(1, 2)), Entry("b", BoolShape(), optional=True))),
        ),
    ],
)
def test_the_join_of_the_shapes_of_values(values: tuple[Value, ...], expected: Shape) -> None:
    shape = shape_of(values[0])
    for value in values[1:]:
        shape = join(shape, shape_of(value))
    assert shape == expected
    assert all(contains(shape, value) for value in values)


def test_a_sequence_beside_another_function_keeps_its_positions_as_optional_keys() -> None:
    shape = join(SeqShape(2, IntShape(0, 1)), shape_of(Function({"k": 5})))
    assert text(shape) == '(1? -> Int(0..1), 2? -> Int(0..1), "k"? -> Int(5..5))'


@pytest.mark.parametrize(
    ("shape", "outside"),
    [
        (IntShape(0, 3), 4),
        (IntShape(0, None), -1),
        (IntShape(0, 3), TRUE),
        (atoms("a"), "b"),
        (atoms("a"), 1),
        (SetShape(frozenset({1})), frozenset({2})),
        (SeqShape(1, IntShape(0, 9)), make_tuple((1, 2))),
        (SeqShape(3, IntShape(0, 9)), Function({2: 1})),
        (FunShape((Entry("a", IntShape(0, 1)),)), make_record({})),
        (FunShape((Entry("a", IntShape(0, 1)),)), make_record({"a": 0, "b": 0})),
        (UnionShape((IntShape(0, 1), atoms(NULL))), "x"),
    ],
)
def test_what_a_shape_does_not_contain(shape: Shape, outside: Value) -> None:
    assert not contains(shape, outside)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (IntShape(0, 3), 2),
        (IntShape(None, 3), None),
        (atoms("a", "b", "c"), 2),
        (SetShape(frozenset({1, 2, 3})), 3),
        (SeqShape(3, BoolShape()), 5),
        (UnionShape((IntShape(0, 3), atoms("a", NULL))), 4),
        (FunShape((Entry("a", BoolShape(), optional=True), Entry("b", IntShape(2, 2)))), 2),
    ],
)
def test_bits(shape: Shape, expected: int | None) -> None:
    assert bits(shape) == expected


def test_text_of_records_and_arrays() -> None:
    record = FunShape((Entry("a", IntShape(0, None)), Entry("b", BoolShape(), optional=True)))
    assert text(record) == "[a: Int(0..), b?: Bool]"
    assert text(FunShape((Entry(1, record), Entry(2, record)))) == f"(1, 2 -> {text(record)})"


FEW_VALUES: list[Value] = [
    TRUE,
    3,
    7,
    "a",
    ModelValue("m"),
    frozenset(),
    frozenset({1, 2}),
    make_tuple([]),
    make_tuple([1]),
    make_tuple([1, 2]),
    make_tuple([TRUE, "a"]),
    make_record({"f": 1}),
    make_record({"f": 5, "g": make_tuple([])}),
    Function({5: 1, 6: 2}),
]


@pytest.mark.parametrize("first", range(len(FEW_VALUES)))
def test_to_join_what_is_contained_changes_nothing(first: int) -> None:
    """Who makes a shape for many values may leave those out that have a place already."""
    for second in FEW_VALUES:
        for third in FEW_VALUES:
            shape = join_all(map(shape_of, (FEW_VALUES[first], second, third)))
            for value in FEW_VALUES:
                if contains(shape, value):
                    assert join(shape, shape_of(value)) == shape
