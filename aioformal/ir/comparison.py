"""Equality and order, decided by constants and intervals where these decide them."""

from __future__ import annotations

from aioformal.ir import interval
from aioformal.ir.arithmetic import add
from aioformal.ir.logic import not_, pushed
from aioformal.ir.node import Term, compound, false, integer, remembered, true
from aioformal.ir.sort import BOOL, IntSort


def iff(a: Term, b: Term) -> Term:
    return eq(a, b)


@remembered
def eq(a: Term, b: Term) -> Term:
    """Equality of two terms of one kind of sort. A constant argument ends up on the right."""
    if a is b:
        return true
    if a.op == "constant":
        a, b = b, a
    if a.sort is BOOL or b.sort is BOOL:
        return _equivalent(a, b)
    if isinstance(a.sort, IntSort):
        return _equal_integers(a, b)
    if a.sort != b.sort:
        raise TypeError(f"an equation between sorts {a.sort} and {b.sort}")
    return _equal(a, b)


def _equivalent(a: Term, b: Term) -> Term:
    if a.sort is not b.sort:
        raise TypeError(f"an equation between sorts {a.sort} and {b.sort}")
    if b is true:
        return a
    if b is false:
        return not_(a)
    if a.op == "not":
        return not_(_equivalent(a.args[0], b))
    if b.op == "not":
        return not_(_equivalent(a, b.args[0]))
    return true if a is b else compound("eq", (a, b), BOOL)


def _equal_integers(a: Term, b: Term) -> Term:
    if not isinstance(a.sort, IntSort) or not isinstance(b.sort, IntSort):
        raise TypeError(f"an equation between sorts {a.sort} and {b.sort}")
    if interval.disjoint(a.sort, b.sort):
        return false
    if a.sort == b.sort and a.sort.lo == a.sort.hi and a.sort.finite:
        return true
    a, b, shift = _without_constants(a, b)
    if shift == 0:
        return true if a is b else _equal(a, b)
    if a is b:
        return false
    if b.op == "constant":
        return eq(a, integer(_value(b) - shift))
    return _equal(add(a, integer(shift)), b)


def _equal(a: Term, b: Term) -> Term:
    if b.op == "constant":
        if a.op == "constant":
            return true if a is b else false
        if a.op == "ite":
            inside = pushed(a, lambda end: eq(end, b))
            if inside is not None:
                return inside
    return compound("eq", (a, b), BOOL)


def _without_constants(a: Term, b: Term) -> tuple[Term, Term, int]:
    """`a` and `b` without their added constants, and by how much a's exceeds b's."""
    shift = 0
    if a.op == "add" and a.args[-1].op == "constant":
        shift += _value(a.args[-1])
        a = a.args[0]
    if b.op == "add" and b.args[-1].op == "constant":
        shift -= _value(b.args[-1])
        b = b.args[0]
    return a, b, shift


def _value(constant: Term) -> int:
    assert isinstance(constant.payload, int)
    return constant.payload


def lt(a: Term, b: Term) -> Term:
    """`a < b`, kept as the negation of `b <= a` so that the two are seen to exclude each other."""
    return not_(le(b, a))


@remembered
def le(a: Term, b: Term) -> Term:
    """`a <= b` on integers."""
    if not isinstance(a.sort, IntSort) or not isinstance(b.sort, IntSort):
        raise TypeError(f"an order between sorts {a.sort} and {b.sort}")
    if a is b or interval.not_above(a.sort, b.sort):
        return true
    if interval.below(b.sort, a.sort):
        return false
    a, b, shift = _without_constants(a, b)
    if a is b:
        return true if shift <= 0 else false
    if b.op == "constant":
        return _at_most(a, integer(_value(b) - shift))
    if a.op == "constant":
        return _at_least(integer(_value(a) + shift), b)
    return compound("le", (add(a, integer(shift)), b), BOOL)


def _at_most(a: Term, bound: Term) -> Term:
    assert isinstance(a.sort, IntSort)
    assert isinstance(bound.sort, IntSort)
    if interval.not_above(a.sort, bound.sort):
        return true
    if interval.below(bound.sort, a.sort):
        return false
    inside = pushed(a, lambda end: le(end, bound)) if a.op == "ite" else None
    return compound("le", (a, bound), BOOL) if inside is None else inside


def _at_least(bound: Term, b: Term) -> Term:
    """`bound <= b`, written as `b <= bound - 1` is false: one form for both directions."""
    return not_(_at_most(b, integer(_value(bound) - 1)))
