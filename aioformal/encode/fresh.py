"""Elements of a set that are chosen freely: inputs of the solver instead of forks."""

from __future__ import annotations

from collections.abc import Callable

from aioformal.encode.choice import as_int, choose
from aioformal.encode.path import Path
from aioformal.encode.relations import each_once, member
from aioformal.encode.shapes import Entry, FunShape, IntShape, SetShape, Shape, join_all, shape_of
from aioformal.encode.slots import read
from aioformal.encode.sources import Element, elements_of_set, int_range, known_values, rule_of
from aioformal.encode.symbols import (
    UNDEFINED,
    Const,
    Sym,
    SymEither,
    SymFilter,
    SymFunctionSet,
    SymIntegers,
    SymInterval,
    SymPowerSet,
    SymRecordSet,
    SymSequenceSet,
)
from aioformal.ir import term as ir
from aioformal.ir.sort import EnumSort, Sort
from aioformal.ir.system import Input
from aioformal.ir.term import Term
from aioformal.value.values import Value


def fresh_member(
    path: Path,
    container: Sym,
    name: str,
    *,
    once: bool = False,
    variable: Callable[[str, Sort], Term] = ir.input_variable,
) -> tuple[Sym, Term, tuple[Input, ...]]:
    """Any element of a set, the condition that it is one, and the inputs that it is made of, or other
    variables of the same names and sorts. With `once`, no element is made of two choices of them.

    Raises encode.unsupported for sequences of any length.
    """
    inputs: list[Input] = []

    def make(slot: str, sort: Sort) -> Term:
        inputs.append(Input(slot, sort))
        return variable(slot, sort)

    shape = shape_of_members(path, container)
    if shape is None:
        elements = elements_of_set(path, container)
        if once:
            elements = each_once(path, elements)
        if not elements:
            return UNDEFINED, ir.false, ()
        element, inside = _picked(elements, make(name, EnumSort(len(elements))))
    else:
        element = read(shape, name, make)
        inside = member(path, element, container)
    return element, inside, tuple(inputs)


def _picked(elements: list[Element], which: Term) -> tuple[Sym, Term]:
    """The element with the number that an input gives."""
    numbers = [ir.eq(which, ir.enum(i, len(elements))) for i in range(len(elements))]
    element = choose((here, one) for here, (one, _) in zip(numbers, elements, strict=True))
    inside = [ir.and_(here, guard) for here, (_, guard) in zip(numbers, elements, strict=True)]
    return element, ir.or_(*inside)


def shape_of_members(path: Path, container: Sym) -> Shape | None:
    """A shape that contains every element of a set that is known by its rule; None for any other."""
    match rule_of(container):
        case SymInterval(lo=lo, hi=hi):
            least, greatest = int_range(as_int(lo)).lo, int_range(as_int(hi)).hi
            nothing = least is not None and greatest is not None and least > greatest
            return None if nothing else IntShape(least, greatest)
        case SymIntegers(lo=lo):
            return IntShape(lo, None)
        case SymPowerSet(base=base):
            return SetShape(frozenset(_values(path, base)))
        case SymFunctionSet() as functions:
            return _function_shape(path, functions)
        case SymRecordSet(fields=fields):
            return _record_shape({key: _shape(path, values) for key, values in fields.items()})
        case SymFilter(base=base):
            return shape_of_members(path, base)
        case SymEither(parts=parts):
            shapes = [_shape(path, part) for part in parts]
            return join_all([s for s in shapes if s is not None])
        case SymSequenceSet():
            raise path.unsupported("sequences of any length cannot be chosen freely")
        case _:
            return None


def _values(path: Path, container: Sym) -> set[Value]:
    """The values that an element of a finite set can have."""
    return {value for element, _ in elements_of_set(path, container) for value in known_values(path, element)}


def _shape(path: Path, container: Sym) -> Shape | None:
    """A shape for the elements of any set, None if it has none."""
    shape = shape_of_members(path, container)
    if shape is not None:
        return shape
    values = _values(path, container)
    return join_all([shape_of(value) for value in values]) if values else None


def _function_shape(path: Path, functions: SymFunctionSet) -> Shape | None:
    domain = elements_of_set(path, functions.domain)
    shape = _shape(path, functions.range)
    if any(guard is not ir.true or not isinstance(key, Const) for key, guard in domain):
        raise path.unsupported("functions on a set that depends on the state cannot be chosen freely")
    return _record_shape({key.value: shape for key, _ in domain if isinstance(key, Const)})


def _record_shape(fields: dict[Value, Shape | None]) -> Shape | None:
    entries = [Entry(key, shape) for key, shape in fields.items() if shape is not None]
    return FunShape(tuple(entries)) if len(entries) == len(fields) else None
