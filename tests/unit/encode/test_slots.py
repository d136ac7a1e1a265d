from __future__ import annotations

import pytest

from aioformal.encode.path import Path
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
)
from aioformal.encode.slots import read, slots_of, write
from aioformal.encode.symbols import Const
from aioformal.ir import term as ir
from aioformal.ir.sort import Sort
from aioformal.value.values import FALSE, TRUE, ModelValue, Value, make_record, make_tuple

NULL = ModelValue("NULL")
PAIR = FunShape((Entry("a", IntShape(2, 5), optional=True), Entry("b", BoolShape())))
QUEUE = SeqShape(2, IntShape(1, 3))
MIXED = UnionShape((IntShape(0, 3), AtomShape(frozenset({NULL, "x"})), QUEUE))
KEYED = FunShape((Entry("a b", BoolShape()), Entry(NULL, BoolShape())))


def written(shape: Shape, value: Value) -> dict[str, bool | int | str | None]:
    found = write(Path(), shape, "v", Const(value))
    assert not found.escapes
    return {name: term.payload for name, term in found.terms.items()}


@pytest.mark.parametrize(
    ("shape", "names"),
    [
        (IntShape(0, 1), ["v"]),
        (PAIR, ["v.a?", "v.a", "v.b"]),
        (QUEUE, ["v#", "v[1]", "v[2]"]),
        (SetShape(frozenset({1, 0})), ["v{0}", "v{1}"]),
        (MIXED, ["v!", "v!integer", "v!function#", "v!function[1]", "v!function[2]"]),
        (KEYED, ['v["a b"]', "v[NULL]"]),
    ],
)
def test_names_of_slots(shape: Shape, names: list[str]) -> None:
    assert [name for name, _ in slots_of(shape, "v")] == names


@pytest.mark.parametrize(
    ("shape", "value", "slots"),
    [
        (PAIR, make_record({"b": TRUE}), {"v.a?": False, "v.a": 2, "v.b": True}),
        (PAIR, make_record({"a": 5, "b": FALSE}), {"v.a?": True, "v.a": 5, "v.b": False}),
        (QUEUE, make_tuple((3,)), {"v#": 1, "v[1]": 3, "v[2]": 1}),
        (SetShape(frozenset({7, 8})), frozenset({8}), {"v{7}": False, "v{8}": True}),
        (
            MIXED,
            3,
            {"v!": 0, "v!integer": 3, "v!function#": 0, "v!function[1]": 1, "v!function[2]": 1},
        ),
        (
            MIXED,
            NULL,
            {"v!": 2, "v!integer": 0, "v!function#": 0, "v!function[1]": 1, "v!function[2]": 1},
        ),
    ],
)
def test_slots_that_a_value_does_not_use_are_zero(
    shape: Shape, value: Value, slots: dict[str, bool | int]
) -> None:
    assert written(shape, value) == slots


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (IntShape(0, 3), 4),
        (IntShape(0, 3), "x"),
        (IntShape(0, None), -1),
        (BoolShape(), 1),
        (AtomShape(frozenset({"x"})), "y"),
        (AtomShape(frozenset({"x"})), 0),
        (SetShape(frozenset({1})), frozenset({1, 2})),
        (QUEUE, make_tuple((1, 1, 1))),
        (QUEUE, make_tuple((1, 4))),
        (QUEUE, make_record({"a": 1})),
        (PAIR, make_record({"a": 2})),
        (PAIR, make_record({"b": TRUE, "c": TRUE})),
        (MIXED, frozenset()),
        (MIXED, "y"),
        (MIXED, 4),
    ],
)
def test_what_does_not_fit_escapes(shape: Shape, value: Value) -> None:
    assert ir.or_(*write(Path(), shape, "v", Const(value)).escapes) is ir.true


def test_an_integer_escapes_under_the_condition_that_it_is_out_of_range() -> None:
    def make(name: str, sort: Sort) -> ir.Term:
        return ir.variable(name, sort)

    wide = read(IntShape(0, 9), "x", make)
    (escape,) = write(Path(), IntShape(0, 3), "v", wide).escapes
    assert ir.text(escape) == "~(x <= 3)"


@pytest.mark.parametrize("shape", [PAIR, QUEUE, MIXED, KEYED, SetShape(frozenset({1, "a"}))])
def test_writing_what_was_read_changes_nothing_that_is_used(shape: Shape) -> None:
    sym = read(shape, "v", ir.variable)
    found = write(Path(), shape, "v", sym)
    assert not found.escapes
    assert list(found.terms) == [name for name, _ in slots_of(shape, "v")]
