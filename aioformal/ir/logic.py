"""Boolean connectives and the choice between two terms, folded while they are built."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aioformal.ir import interval
from aioformal.ir.node import Op, Term, compound, false, true
from aioformal.ir.sort import BOOL, IntSort, Sort, cardinality

MOST_FLATTENED = 24
"""Arguments up to which a nested conjunction is taken apart: larger ones stay shared."""


def not_(a: Term) -> Term:
    if a.op == "not":
        return a.args[0]
    if a is true:
        return false
    if a is false:
        return true
    if a.denial is None:
        a.denial = compound("not", (a,), BOOL)
    return a.denial


def and_(*terms: Term) -> Term:
    """The conjunction of any number of terms; `true` of none."""
    return _junction("and", terms, true, false)


def or_(*terms: Term) -> Term:
    """The disjunction of any number of terms; `false` of none."""
    return _junction("or", terms, false, true)


def implies(a: Term, b: Term) -> Term:
    return or_(not_(a), b)


def _junction(op: Op, terms: Iterable[Term], unit: Term, zero: Term) -> Term:
    """Arguments in order of their first appearance, without doubles; `zero` once two of them clash."""
    kept: dict[Term, None] = {}
    for term in terms:
        if term is unit or term in kept:
            continue
        parts = term.args if term.op == op and len(term.args) <= MOST_FLATTENED else (term,)
        for part in parts:
            if part is zero or _complement(part) in kept:
                return zero
            kept[part] = None
    if len(kept) < 2:
        return next(iter(kept), unit)
    return _settle(op, tuple(kept), zero)


def _complement(term: Term) -> Term | None:
    """The negation, if there is one: what was never made cannot be among the arguments."""
    if term.op == "not":
        return term.args[0]
    if term is true:
        return false
    return true if term is false else term.denial


def _settle(op: Op, parts: tuple[Term, ...], zero: Term) -> Term:
    """Use `x = 1` among the parts to decide `x = 2` and to drop `x # 2`, and see when every value of `x` is
    excluded (dually for a disjunction). The parts are different terms."""
    fixed: dict[Term, Term] = {}
    excluded: dict[Term, int] = {}
    for part in parts:
        fact = _equation(part, negated=op == "or")
        if fact is not None:
            if fixed.setdefault(fact.args[0], fact.args[1]) is not fact.args[1]:
                return zero
        elif (fact := _equation(part, negated=op == "and")) is not None:
            excluded[fact.args[0]] = excluded.get(fact.args[0], 0) + 1
    if any(count > 1 and count == cardinality(term.sort) for term, count in excluded.items()):
        return zero
    if not fixed:
        return compound(op, parts, BOOL)
    left = tuple(part for part in parts if not _follows(_equation(part, negated=op == "and"), fixed))
    return left[0] if len(left) == 1 else compound(op, left, BOOL)


def _equation(part: Term, *, negated: bool) -> Term | None:
    """The equation with a constant that a part states (or denies)."""
    if negated:
        if part.op != "not":
            return None
        part = part.args[0]
    return part if part.op == "eq" and part.args[1].is_constant else None


def _follows(other: Term | None, fixed: dict[Term, Term]) -> bool:
    """Whether what is fixed already decides this equation: its left side equals another constant."""
    return other is not None and fixed.get(other.args[0], other.args[1]) is not other.args[1]


def ite(condition: Term, then: Term, otherwise: Term) -> Term:
    """`IF condition THEN then ELSE otherwise`; both of one kind of sort."""
    if condition is true or then is otherwise:
        return then
    if condition is false:
        return otherwise
    if condition.op == "not":
        condition, then, otherwise = condition.args[0], otherwise, then
    if then.op == "ite" and then.args[0] is condition:
        then = then.args[1]
    if otherwise.op == "ite" and otherwise.args[0] is condition:
        otherwise = otherwise.args[2]
    if then is otherwise:
        return then
    if then.sort is BOOL:
        return _boolean_ite(condition, then, otherwise)
    if otherwise.op == "ite" and otherwise.args[1] is then:
        return ite(or_(condition, otherwise.args[0]), then, otherwise.args[2])
    return compound("ite", (condition, then, otherwise), _joint_sort(then.sort, otherwise.sort))


def _boolean_ite(condition: Term, then: Term, otherwise: Term) -> Term:
    if then is true or then is condition:
        return or_(condition, otherwise)
    if then is false or then is not_(condition):
        return and_(not_(condition), otherwise)
    if otherwise is true or otherwise is not_(condition):
        return or_(not_(condition), then)
    if otherwise is false or otherwise is condition:
        return and_(condition, then)
    return compound("ite", (condition, then, otherwise), BOOL)


def _joint_sort(a: Sort, b: Sort) -> Sort:
    if isinstance(a, IntSort) and isinstance(b, IntSort):
        return interval.union(a, b)
    if a != b:
        raise TypeError(f"a choice between sorts {a} and {b}")
    return a


def pushed(term: Term, apply: Callable[[Term], Term]) -> Term | None:
    """`apply` brought inside a chain of choices, where all but one end of the chain come out constant;
    None where that would only copy the chain. Iterates along the chain."""
    outer: list[tuple[Term, Term, bool]] = []
    while term.op == "ite":
        condition, then, otherwise = term.args
        done = apply(then) if then.op != "ite" else None
        if done is not None and done.is_constant:
            outer.append((condition, done, True))
            term = otherwise
            continue
        done = apply(otherwise) if otherwise.op != "ite" else None
        if done is None or not done.is_constant:
            break
        outer.append((condition, done, False))
        term = then
    if not outer:
        return None
    result = apply(term)
    for condition, done, first in reversed(outer):
        result = ite(condition, done, result) if first else ite(condition, result, done)
    return result
