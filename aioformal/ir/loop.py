"""What a loop over bound variables has to do each time, and what it need not.

`f[i]` for a bound `i` is a chain of choices, `IF i = 1 THEN f1 ELSE IF i = 2 ...`, or, of truth values, a
disjunction of `i = 1 /\\ f1`, ... In a loop over `i` only one of them matters each time: the chain is a
place in a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from math import prod

from msgspec import Struct

from aioformal.ir.logic import and_, not_, or_
from aioformal.ir.node import Term, false, leaves, operands, postorder
from aioformal.ir.sort import BOOL, cardinality, least_of

FEWEST = 4
"""Values that are told apart, from which on a table is worth it."""

LARGEST = 512
"""Values that the variable may have."""


class Lookup(Struct, frozen=True):
    """`rows`: what the term is worth for each value of the variable, from its least one on."""

    variable: Term
    rows: tuple[Term, ...]


class LoopBody(Struct, frozen=True):
    """`fixed` are the terms, as large as possible, that loops do not change; `lookups` those that are places
    in tables of such terms; `changing` are all others, outside of tables."""

    fixed: tuple[Term, ...]
    lookups: Mapping[Term, Lookup]
    changing: tuple[Term, ...]


def body_of(roots: Iterable[Term], own: Set[Term]) -> LoopBody:
    """What is to be computed for some terms in loops over their `own` variables."""
    roots = list(roots)
    moving = _moving(roots, own)
    fixed, lookups, changing = list[Term](), dict[Term, Lookup](), list[Term]()
    seen: set[Term] = set(own)
    stack = roots
    while stack:
        term = stack.pop()
        if term in seen:
            continue
        seen.add(term)
        if term not in moving:
            fixed.append(term)
            continue
        found = lookup_of(term)
        if found is not None and found.variable in own and own.isdisjoint(leaves(found.rows)):
            lookups[term] = found
        else:
            changing.append(term)
            stack.extend(operands(term))
    return LoopBody(tuple(fixed), lookups, tuple(changing))


def _moving(roots: Iterable[Term], own: Set[Term]) -> set[Term]:
    """The terms that depend on what the loops go through."""
    moving: set[Term] = set(own)
    for term in postorder(roots, operands):
        if not moving.isdisjoint(operands(term)):
            moving.add(term)
    return moving


class Cost(Struct, frozen=True):
    """`rounds`: how many combinations of values are gone through, also by loops within loops, and `effort`:
    how many operations that takes, where no loop ends early."""

    rounds: int = 0
    effort: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.rounds + other.rounds, self.effort + other.effort)


def cost_of(term: Term) -> Cost:
    """What the loops of a term `first` cost."""
    body = body_of(term.args[-2:], frozenset(term.args[:-2]))
    inner = sum((cost_of(part) for part in body.changing if part.op == "first"), Cost())
    own = prod(cardinality(variable.sort) or 1 for variable in term.args[:-2])
    each = len(body.changing) + len(body.lookups) + inner.effort
    return Cost(own * max(1, inner.rounds), own * each)


def lookup_of(term: Term) -> Lookup | None:
    """A term as a place in a table, if it is one."""
    match term.op:
        case "ite":
            return _of_chain(term)
        case "or":
            return _of_disjunction(term.args)
        case "and":
            denied = _of_disjunction([not_(part) for part in term.args])
            return None if denied is None else Lookup(denied.variable, tuple(map(not_, denied.rows)))
        case _:
            return None


def _of_chain(term: Term) -> Lookup | None:
    variable = _chosen_by(term.args[0])
    if variable is None:
        return None
    values: dict[int, Term] = {}
    while term.op == "ite" and _chosen_by(term.args[0]) is variable:
        for value in _values(term.args[0]):
            values.setdefault(value, term.args[1])
        term = term.args[2]
    return _table(variable, values, term)


def _of_disjunction(parts: Iterable[Term]) -> Lookup | None:
    variable: Term | None = None
    values: dict[int, Term] = {}
    for part in parts:
        factors = _factors(part)
        test = next((factor for factor in factors if _chosen_by(factor) is not None), None)
        if test is None or _chosen_by(test) is not (variable or _chosen_by(test)):
            return None
        variable = _chosen_by(test)
        rest = and_(*(factor for factor in factors if factor is not test))
        for value in _values(test):
            values[value] = or_(values.get(value, false), rest)
    return None if variable is None else _table(variable, values, false)


def _factors(part: Term) -> Sequence[Term]:
    if part.op == "not" and part.args[0].op == "or":
        return [not_(option) for option in part.args[0].args]
    return part.args if part.op == "and" else (part,)


def _table(variable: Term, values: dict[int, Term], otherwise: Term) -> Lookup | None:
    size = cardinality(variable.sort)
    if size is None or size > LARGEST or len(values) < FEWEST:
        return None
    least = least_of(variable.sort)
    return Lookup(variable, tuple(values.get(least + n, otherwise) for n in range(size)))


def _chosen_by(test: Term) -> Term | None:
    """The bound variable that a test compares with constants, and with nothing else."""
    tests = test.args if test.op == "or" else (test,)
    for one in tests:
        if one.op != "eq" or one.args[0].op != "bound" or not one.args[1].is_constant:
            return None
        if one.args[0].sort is BOOL or one.args[0] is not tests[0].args[0]:
            return None
    return tests[0].args[0]


def _values(test: Term) -> list[int]:
    found: list[int] = []
    for one in test.args if test.op == "or" else (test,):
        assert isinstance(one.args[1].payload, int)
        found.append(one.args[1].payload)
    return found
