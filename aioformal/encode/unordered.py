"""Quantifiers over members that are not known in their canonical order, where it matters which comes first.

An evaluation goes through members in that order, and stops at the one that decides: what fails at a later
one is no failure. In `{x, 1}` the order depends on the state. So of each two members it is said when one
comes before the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from msgspec import Struct

from aioformal.encode.binding import Column
from aioformal.encode.choice import as_int
from aioformal.encode.path import Failure, Path
from aioformal.encode.relations import equal
from aioformal.encode.scope import Scope, extended
from aioformal.encode.shapes import ordered
from aioformal.encode.sources import known_values
from aioformal.encode.symbols import Sym, kind_of, truth_value
from aioformal.ir import term as ir
from aioformal.ir.term import Term

MOST_ORDERED = 64
"""Combinations of members that are put in order."""


MOST_STEPS = 50_000
"""Steps that it may take to say when others come before one of them."""


class _Instance(Struct, frozen=True):
    """`members`: one of each column, which are in where `guard` holds; the answer is there where `decides`
    holds, if nothing fails."""

    members: Sequence[Sym]
    guard: Term
    holds: Term
    decides: Term
    failures: Sequence[Failure]


def in_any_order(
    path: Path, columns: Sequence[Column], scope: Scope, exists: bool, judge: Callable[[Scope], Term]
) -> Sym:
    """A quantifier, every instance of which is looked at. Raises encode.unsupported where something may fail,
    and the order of so many members, or of such ones, cannot be said."""
    instances = [
        _instance(path, chosen, scope, exists, judge)
        for chosen in product(*(zip(column.elements, column.rows, strict=True) for column in columns))
    ]
    failing = [one for one in instances if one.failures]
    if failing and len(instances) > MOST_ORDERED:
        raise path.unsupported(f"the order of more than {MOST_ORDERED} members decides what fails")
    for one in failing:
        with path.at_most(MOST_STEPS):
            before = [_decides_before(path, other, one) for other in instances if other is not one]
        with path.under(ir.not_(ir.or_(*before))):
            path.repeat(one.failures)
    if exists:
        return truth_value(ir.or_(*(ir.and_(one.guard, one.holds) for one in instances)))
    return truth_value(ir.and_(*(ir.implies(one.guard, one.holds) for one in instances)))


def _instance(
    path: Path,
    chosen: Sequence[tuple[Sym, tuple[Scope, Term, Term]]],
    scope: Scope,
    exists: bool,
    judge: Callable[[Scope], Term],
) -> _Instance:
    guard = ir.and_(*(inside for _, (_, inside, _) in chosen))
    for _, (names, _, _) in chosen:
        scope = extended(scope, names)
    with path.isolated() as failures, path.under(guard):
        holds = judge(scope)
    decides = ir.and_(guard, holds if exists else ir.not_(holds))
    return _Instance([element for element, _ in chosen], guard, holds, decides, failures)


def _decides_before(path: Path, one: _Instance, other: _Instance) -> Term:
    """That an instance has the answer and comes before another: the last member changes first."""
    if one.decides is ir.false:
        return ir.false
    ways: list[Term] = []
    same = one.decides
    # Nobody compares the two, so nothing can fail in that.
    with path.isolated():
        for a, b in zip(one.members, other.members, strict=True):
            ways.append(ir.and_(same, precedes(path, a, b)))
            same = ir.and_(same, equal(path, a, b))
    return ir.or_(*ways)


def precedes(path: Path, a: Sym, b: Sym) -> Term:
    """That a value comes before another in the canonical order. Raises encode.unsupported where values other
    than integers are too many."""
    if kind_of(a) == kind_of(b) == "integer":
        return ir.lt(as_int(a), as_int(b))
    former, latter = known_values(path, a), known_values(path, b)
    ways: list[Term] = []
    later = ir.false
    for value in reversed(ordered({**former, **latter})):
        ways.append(ir.and_(former.get(value, ir.false), later))
        later = ir.or_(later, latter.get(value, ir.false))
    return ir.or_(*ways)
