from __future__ import annotations

import pytest

from aioformal.encode.decoding import reader
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
from aioformal.encode.slots import read, write
from aioformal.encode.symbols import Const
from aioformal.ir import term as ir
from aioformal.ir.sort import BOOL, EnumSort, Sort
from aioformal.value.values import FALSE, TRUE, ModelValue, Value, make_record, make_tuple

NULL = ModelValue("NULL")
PAIR = FunShape((Entry("a", IntShape(2, 5), optional=True), Entry("b", BoolShape())))
QUEUE = SeqShape(2, IntShape(1, 3))
MEMBERS = SetShape(frozenset({NULL, "x", 7}))
ATOMS = AtomShape(frozenset({NULL, "x"}))
MIXED = UnionShape((BoolShape(), IntShape(-1, 3), ATOMS, QUEUE))
STACK = SeqShape(3, FunShape((Entry("pc", ATOMS), Entry("to", MIXED, optional=True))))


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (BoolShape(), TRUE),
        (IntShape(-3, 3), -3),
        (IntShape(None, None), 10**30),
        (ATOMS, NULL),
        (PAIR, make_record({"b": TRUE})),
        (PAIR, make_record({"a": 5, "b": FALSE})),
        (QUEUE, make_tuple(())),
        (QUEUE, make_tuple((3, 1))),
        (MEMBERS, frozenset()),
        (MEMBERS, frozenset({NULL, 7})),
        (MIXED, FALSE),
        (MIXED, 0),
        (MIXED, 1),
        (MIXED, "x"),
        (MIXED, make_tuple((2,))),
        (STACK, make_tuple((make_record({"pc": "x"}), make_record({"pc": NULL, "to": make_tuple(())})))),
    ],
)
def test_a_value_comes_back_from_its_slots_both_ways(shape: Shape, value: Value) -> None:
    slots = {
        slot: int(term.payload or 0) for slot, term in write(Path(), shape, "v", Const(value)).terms.items()
    }

    def make(name: str, sort: Sort) -> ir.Term:
        held = slots[name]
        if sort is BOOL:
            return ir.boolean(bool(held))
        return ir.enum(held, sort.size) if isinstance(sort, EnumSort) else ir.integer(held)

    found = reader(shape, "v")(slots)
    assert found == value
    assert type(found) is type(value)
    symbolic = read(shape, "v", make)
    assert isinstance(symbolic, Const)
    assert symbolic.value == value
