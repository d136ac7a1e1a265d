"""Boolean connectives and the choice between two terms, folded while they are built."""

from __future__ import annotations

from collections.abc import Callable

from aioformal.ir import interval
from aioformal.ir.node import Op, Term, compound, false, remembered, true
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
    return _junction("and", terms)


def or_(*terms: Term) -> Term:
    """The disjunction of any number of terms; `false` of none."""
    return _junction("or", terms)


def implies(a: Term, b: Term) -> Term:
    return or_(not_(a), b)


@remembered
def _junction(op: Op, terms: tuple[Term, ...]) -> Term:
    """Arguments in order of their first appearance, without doubles; `zero` once two of them clash."""
    unit, zero = (true, false) if op == "and" else (false, true)
    some = [term for term in terms if term is not unit]
    if len(some) < 2:
        return some[0] if some else unit
    kept: dict[Term, None] = {}
    for term in some:
        if term in kept:
            continue
        for part in term.args if term.op == op and len(term.args) <= MOST_FLATTENED else (term,):
            # A negation that was never made cannot be among the arguments.
            other = part.args[0] if part.op == "not" else part.denial
            if part is zero or other in kept:
                return zero
            kept[part] = None
    if len(kept) < 2:
        return next(iter(kept), unit)
    return _settle(op, tuple(kept), zero)


def _settle(op: Op, parts: tuple[Term, ...], zero: Term) -> Term:
    """Use `x = 1` among the parts to decide `x = 2` and to drop `x # 2`, and see when every value of `x` is
    excluded (dually for a disjunction). The parts are different terms."""
    fixed: dict[Term, Term] = {}
    excluded: dict[Term, int] = {}
    fixing = op == "and"
    for part in parts:
        positive = part.op != "not"
        fact = part if positive else part.args[0]
        if fact.op != "eq" or fact.args[1].op != "constant":
            continue
        of, value = fact.args
        if positive is not fixing:
            excluded[of] = excluded.get(of, 0) + 1
        elif fixed.setdefault(of, value) is not value:
            return zero
    if any(count > 1 and count == cardinality(term.sort) for term, count in excluded.items()):
        return zero
    if not fixed or fixed.keys().isdisjoint(excluded):
        return compound(op, parts, BOOL)
    left = tuple([part for part in parts if not _follows(part, fixed, fixing)])
    return left[0] if len(left) == 1 else compound(op, left, BOOL)


def _follows(part: Term, fixed: dict[Term, Term], fixing: bool) -> bool:
    """Whether a part denies (or states) an equation that what is fixed decides: its left side equals another
    constant."""
    if (part.op == "not") is not fixing:
        return False
    fact = part.args[0] if fixing else part
    if fact.op != "eq" or fact.args[1].op != "constant":
        return False
    return fixed.get(fact.args[0], fact.args[1]) is not fact.args[1]


@remembered
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
