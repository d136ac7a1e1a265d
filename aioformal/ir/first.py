"""The first assignment of bound variables that satisfies a condition: what a loop finds.

This is how a quantifier over very many members is said without writing them all down. `first` is more than
"there is one", because an evaluation that goes through members in order may fail at one, or come to its
answer before: what matters then is which comes first.

Only machine code and its twin take it, and `ir.evaluate`; solvers are never given one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from aioformal.ir.logic import and_
from aioformal.ir.node import Term, compound, false, leaf, leaves, true
from aioformal.ir.sort import BOOL, Sort, cardinality

MOST_TOGETHER = 1 << 24
"""Combinations of values up to which loops within each other are joined."""


def bound_variable(name: str, sort: Sort) -> Term:
    """A variable for `first` to bind."""
    return leaf("bound", name, sort)


def first(bound: Sequence[Term], condition: Term, value: Term) -> Term:
    """The truth value of `value` under the first assignment for which `condition` holds; `false` where there
    is none. Assignments are in lexicographic order, each variable from its least value on. Raises
    `TypeError` for a sort without an end."""
    if condition is false or value is false:
        return false
    if value is true:
        bound, condition = _joined(bound, condition)
    free = leaves((condition, value))
    kept = [variable for variable in bound if variable in free]
    for variable in kept:
        if variable.op != "bound" or cardinality(variable.sort) is None:
            raise TypeError(f"{variable.name} cannot be gone through")
    if not kept:
        return and_(condition, value)
    return compound("first", (*kept, condition, value), BOOL)


def _joined(bound: Sequence[Term], condition: Term) -> tuple[Sequence[Term], Term]:
    """A loop within a loop as one: what its condition says of the outer variables can be tested earlier. A
    loop that is there twice, perhaps with other values filled in, stays one of its own the second time."""
    parts = condition.args if condition.op == "and" else (condition,)
    for number, part in enumerate(parts):
        others = (*parts[:number], *parts[number + 1 :])
        if part.op == "first" and part.args[-1] is true and _can_join(bound, part.args[:-2], others):
            joined = and_(*parts[:number], part.args[-2], *parts[number + 1 :])
            return _joined((*bound, *part.args[:-2]), joined)
    return bound, condition


def _can_join(bound: Sequence[Term], more: Sequence[Term], others: Sequence[Term]) -> bool:
    """Whether a loop may bind more variables: nothing else may speak of variables of these names."""
    combinations = prod(cardinality(variable.sort) or 1 for variable in (*bound, *more))
    return combinations <= MOST_TOGETHER and set(more).isdisjoint((*bound, *leaves(others)))
