"""What the encoding of Init says about initial states, where there are too many of them to enumerate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from random import Random

from msgspec import Struct

from aioformal.diagnostic import DiagnosticError
from aioformal.encode.choice import as_fun
from aioformal.encode.encoding import Encoding
from aioformal.encode.expressions import translator_of
from aioformal.encode.leaf import Leaf
from aioformal.encode.path import Path
from aioformal.encode.shapes import (
    BoolShape,
    Entry,
    FunShape,
    IntShape,
    SeqShape,
    SetShape,
    Shape,
    Shapes,
    VariableShape,
    join,
    join_all,
    ordered,
    shape_of,
)
from aioformal.encode.sources import elements_of_set, int_range, known_values
from aioformal.encode.symbols import Const, Sym, SymBool, SymFun, SymInt, SymLazyFun, SymUnion
from aioformal.encode.transitions import ActionEncoder
from aioformal.ir import term as ir
from aioformal.ir.evaluate import evaluate
from aioformal.ir.sort import EnumSort, IntSort, Sort
from aioformal.ir.system import Initial, TransitionSystem
from aioformal.resolve.model import Model
from aioformal.syntax import ast
from aioformal.value.values import State

ATTEMPTS = 400
"""How often the inputs of Init are guessed."""

NEARBY = 4
"""Of an integer without an end, this many values are guessed."""


class Beginning(Struct, frozen=True):
    """`choices`: an upper bound on the number of initial states, None if there is none. `shapes` hold all of
    them."""

    model: Model
    rules: tuple[Initial, ...]
    choices: int | None
    shapes: Shapes

    def states(self) -> list[State]:
        """Some initial states, found by guessing with a fixed seed; none if that has no luck."""
        encoding = Encoding(self.model, self.shapes, TransitionSystem((), (), ()))
        chance = Random(2)
        found: dict[State, None] = {}
        for _ in range(ATTEMPTS if self.rules else 0):
            slots = _guessed(chance.choice(self.rules), chance)
            if slots is not None:
                found[encoding.decode_state(slots)] = None
        return list(found)


def beginning_of(model: Model, init: ast.Expr) -> Beginning | None:
    """Init by its encoding; None where it cannot be encoded."""
    try:
        translator = translator_of(model)
        leaves = ActionEncoder(translator, Shapes({}), {}).initial_leaves(init)
        shapes = _shapes(model, translator.path, leaves)
        rules = ActionEncoder(translator_of(model), shapes, {}).initial(init)
    except (DiagnosticError, RecursionError):
        return None
    sizes = [_number(i.sort for i in rule.inputs) for rule in rules]
    known = [size for size in sizes if size is not None]
    return Beginning(model, rules, sum(known) if len(known) == len(sizes) else None, shapes)


def _shapes(model: Model, path: Path, leaves: Sequence[Leaf]) -> Shapes:
    """The shapes of all values that Init gives. A variable without one makes the encoding fail later."""
    found: dict[str, VariableShape] = {}
    for name in model.variables:
        values = [leaf.frame.next[name] for leaf in leaves if name in leaf.frame.next]
        if values:
            shape = reduce(join, (shape_of_sym(path, value) for value in values))
            found[name] = VariableShape(shape, ("Init",))
    return Shapes(found)


def shape_of_sym(path: Path, sym: Sym) -> Shape:
    """A shape that contains every value that a symbolic value can have."""
    match sym:
        case Const(value=value):
            return shape_of(value)
        case SymBool():
            return BoolShape()
        case SymInt(term=term):
            return IntShape(int_range(term).lo, int_range(term).hi)
        case SymUnion(alternatives=alternatives):
            return join_all([shape_of_sym(path, one) for _, one in alternatives])
        case SymFun() | SymLazyFun():
            return _shape_of_function(path, as_fun(sym))
        case _:
            elements = elements_of_set(path, sym)
            return SetShape(frozenset(v for e, _ in elements for v in known_values(path, e)))


def _shape_of_function(path: Path, fun: SymFun) -> Shape:
    optional = any(slot.present is not ir.true for slot in fun.slots.values())
    shapes = {key: shape_of_sym(path, fun.slots[key].value) for key in ordered(fun.slots)}
    if fun.is_sequence and optional:
        return SeqShape(len(shapes), join_all(shapes.values()))
    return FunShape(tuple(Entry(k, s, fun.slots[k].present is not ir.true) for k, s in shapes.items()))


def _number(sorts: Iterable[Sort]) -> int | None:
    """How many ways there are to choose inputs of these sorts, None without bound."""
    sizes = [_size(sort) for sort in sorts]
    known = [size for size in sizes if size is not None]
    return math.prod(known) if len(known) == len(sizes) else None


def _size(sort: Sort) -> int | None:
    match sort:
        case EnumSort(size=size):
            return size
        case IntSort(lo=lo, hi=hi):
            return None if lo is None or hi is None else hi - lo + 1
        case _:
            return 2


def _guessed(rule: Initial, chance: Random) -> Mapping[str, bool | int] | None:
    """The slots that a rule makes of guessed inputs; None if these do not satisfy its guard."""
    guesses = {ir.input_variable(i.name, i.sort): _guess(i.sort, chance) for i in rule.inputs}
    holds, *values = evaluate([rule.guard, *rule.values.values()], guesses)
    return dict(zip(rule.values, values, strict=True)) if holds else None


def _guess(sort: Sort, chance: Random) -> bool | int:
    match sort:
        case EnumSort(size=size):
            return chance.randrange(size)
        case IntSort(lo=lo, hi=hi):
            least = lo if lo is not None else (0 if hi is None else hi) - NEARBY
            return chance.randint(least, hi if hi is not None else least + NEARBY)
        case _:
            return chance.random() < 0.5
