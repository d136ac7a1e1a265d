"""VIEW: the slots of its value, in terms of the slots of a state.

The shape of a view is no guess: what the state can hold, by its own shapes, bounds what the view can be.
"""

from __future__ import annotations

from collections.abc import Mapping

from aioformal.diagnostic import error
from aioformal.encode.encoding import deep_calls
from aioformal.encode.expressions import translator_of
from aioformal.encode.obligations import escape_of, obligations_of
from aioformal.encode.path import Failure, Path
from aioformal.encode.properties import MOST_STEPS
from aioformal.encode.scope import Frame
from aioformal.encode.shapes import (
    BoolShape,
    Entry,
    FunShape,
    IntShape,
    SeqShape,
    SetShape,
    Shape,
    Shapes,
    join_all,
    ordered,
    shape_of,
)
from aioformal.encode.slots import read, slots_of, write
from aioformal.encode.sources import elements_of_set, int_range, known_values
from aioformal.encode.symbols import (
    Const,
    Slot,
    Sym,
    SymBool,
    SymFun,
    SymInt,
    SymLazyFun,
    SymUnion,
    Undefined,
)
from aioformal.ir import term as ir
from aioformal.ir.reduction import View
from aioformal.ir.system import StateVariable
from aioformal.resolve.model import Model
from aioformal.syntax import ast
from aioformal.value.values import LazySet, Value

NAME = "@view"
"""What the view's value is called. No variable has such a name."""


def encode_view(model: Model, view: ast.Expr, shapes: Shapes) -> View:
    """The view of a model. Raises encode.unsupported where it cannot be encoded."""
    translator = translator_of(model)
    path = translator.path
    now = {name: read(shape, name, ir.variable) for name, shape in shapes.items()}
    with deep_calls(), translator.looking(Frame(now, settled=True)), translator.limited(MOST_STEPS):
        with path.isolated() as failures:
            value = translator.value(view, {})
            shape = _shape_of(path, value)
            written = write(path, shape, NAME, value)
        _check_about_one_state(failures, view)
    variables = tuple(StateVariable(name, sort) for name, sort in slots_of(shape, NAME))
    escape = escape_of(NAME, shape, written.escapes)
    obligations = (*obligations_of(failures), *(() if escape is None else (escape,)))
    return View(variables, written.terms, obligations)


def _check_about_one_state(failures: list[Failure], view: ast.Expr) -> None:
    if any(failure.code == "eval.unassigned" for failure in failures):
        raise error("encode.unsupported", "VIEW speaks of the next state", view.span)


def _shape_of(path: Path, sym: Sym) -> Shape:
    """The shape of all that a symbolic value can be."""
    match sym:
        case Const(value=LazySet() as value):
            return shape_of(value.freeze() if value.is_small() else value)
        case Const(value=value):
            return shape_of(value)
        case SymBool() | Undefined():
            return BoolShape()
        case SymInt(term=term):
            sort = int_range(term)
            return IntShape(sort.lo, sort.hi)
        case SymUnion(alternatives=alternatives):
            return join_all(_shape_of(path, one) for _, one in alternatives)
        case SymFun(slots=slots, is_sequence=is_sequence):
            return _of_function(path, slots, is_sequence)
        case SymLazyFun():
            return _shape_of(path, sym.whole())
        case _:
            found: set[Value] = set()
            for element, _ in elements_of_set(path, sym):
                found.update(known_values(path, element))
            return SetShape(frozenset(found))


def _of_function(path: Path, slots: Mapping[Value, Slot], is_sequence: bool) -> Shape:
    shapes = {key: _shape_of(path, slot.value) for key, slot in slots.items()}
    if is_sequence and slots and any(slot.present is not ir.true for slot in slots.values()):
        return SeqShape(len(slots), join_all(shapes.values()))
    keys = ordered(slots)
    return FunShape(tuple(Entry(key, shapes[key], slots[key].present is not ir.true) for key in keys))
