"""A set of states as a formula: a decision diagram over the variables of a system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from aioformal.ir.relation import state
from aioformal.ir.sort import BoolSort, EnumSort, Sort
from aioformal.ir.system import TransitionSystem
from aioformal.ir.term import Term, and_, boolean, enum, eq, false, integer, or_, true

Row: TypeAlias = tuple[bool | int, ...]
"""The values of all variables, in the order of the system."""

Node: TypeAlias = tuple[int, bool | int]
"""A beginning of rows: the number of the beginning that it continues, and a value."""


def among(rows: Sequence[Row], system: TransitionSystem) -> Term:
    """That the state is one of the rows. It is built from the last variable to the first: beginnings that
    go on alike become one term, because terms are hash-consed."""
    if not rows:
        return false
    beginnings = _beginnings(rows)
    rest: dict[int, Term] = dict.fromkeys(beginnings[-1], true)
    for place in reversed(range(len(system.variables))):
        leaf = state(system.variables[place])
        tests = {value: eq(leaf, _constant(value, leaf.sort)) for _, value in beginnings[place].values()}
        branches: dict[int, dict[Term, list[Term]]] = {}
        for number, (before, value) in beginnings[place].items():
            branches.setdefault(before, {}).setdefault(rest[number], []).append(tests[value])
        rest = {before: _branching(by) for before, by in branches.items()}
    return rest[0]


def _branching(branches: Mapping[Term, list[Term]]) -> Term:
    """The values that lead to each end, and the end."""
    return or_(*(and_(or_(*tests), end) for end, tests in branches.items()))


def _beginnings(rows: Sequence[Row]) -> list[dict[int, Node]]:
    """For each variable the different beginnings of rows that end with it, numbered."""
    ends = [0] * len(rows)
    found: list[dict[int, Node]] = []
    for column in zip(*rows, strict=True):
        numbers: dict[Node, int] = {}
        ends = [numbers.setdefault(node, len(numbers)) for node in zip(ends, column, strict=True)]
        found.append({number: node for node, number in numbers.items()})
    return found


def _constant(value: bool | int, sort: Sort) -> Term:
    if isinstance(sort, BoolSort):
        return boolean(bool(value))
    return enum(value, sort.size) if isinstance(sort, EnumSort) else integer(value)
