"""Integer arithmetic, folded while it is built; every result carries the interval of its values."""

from __future__ import annotations

from aioformal.ir import interval
from aioformal.ir.node import Op, Term, compound, integer
from aioformal.ir.sort import IntSort


def _sort(term: Term) -> IntSort:
    if not isinstance(term.sort, IntSort):
        raise TypeError(f"arithmetic on a term of sort {term.sort}")
    return term.sort


def _constant(term: Term) -> int | None:
    """The value of a constant integer."""
    if term.op != "constant":
        return None
    assert isinstance(term.payload, int)
    return term.payload


def _made(op: Op, args: tuple[Term, ...], sort: IntSort) -> Term:
    """The term, or the constant where its interval leaves no choice."""
    if sort.lo is not None and sort.lo == sort.hi:
        return integer(sort.lo)
    return compound(op, args, sort)


def add(a: Term, b: Term) -> Term:
    """`a + b`. A constant ends up as the last argument, and there is at most one along a sum."""
    if a.op == "constant":
        a, b = b, a
    sort = interval.plus(_sort(a), _sort(b))
    c = _constant(b)
    if c is None:
        return _add_terms(a, b, sort)
    if c == 0:
        return a
    if a.op == "add" and (first := _constant(a.args[1])) is not None:
        return add(a.args[0], integer(first + c))
    return _made("add", (a, b), sort)


def _add_terms(a: Term, b: Term, sort: IntSort) -> Term:
    if a.op == "add" and a.args[1].op == "constant":
        return add(add(a.args[0], b), a.args[1])
    if b.op == "add" and b.args[1].op == "constant":
        return add(add(a, b.args[0]), b.args[1])
    if (b.op == "neg" and b.args[0] is a) or (a.op == "neg" and a.args[0] is b):
        return integer(0)
    return _made("add", (a, b), sort)


def neg(a: Term) -> Term:
    c = _constant(a)
    if c is not None:
        return integer(-c)
    if a.op == "neg":
        return a.args[0]
    if a.op == "add" and (added := _constant(a.args[1])) is not None:
        return add(neg(a.args[0]), integer(-added))
    return _made("neg", (a,), interval.negated(_sort(a)))


def sub(a: Term, b: Term) -> Term:
    """`a - b`, kept as `a + (-b)`."""
    return integer(0) if a is b else add(a, neg(b))


def mul(a: Term, b: Term) -> Term:
    if a.op == "constant":
        a, b = b, a
    c = _constant(b)
    if c == 0:
        return b
    if c == 1:
        return a
    if c == -1:
        return neg(a)
    return _made("mul", (a, b), interval.times(_sort(a), _sort(b)))


def div(a: Term, b: Term) -> Term:
    """Floor division for a positive divisor, as in TLA+; 0 otherwise, so that it is total."""
    x, y = _constant(a), _constant(b)
    if y is not None and y <= 0:
        return integer(0)
    if x is not None and y is not None:
        return integer(x // y)
    if y == 1:
        return a
    return _made("div", (a, b), interval.quotient(_sort(a), _sort(b)))


def mod(a: Term, b: Term) -> Term:
    """The remainder of `div`, never negative; 0 where the divisor is not positive."""
    x, y = _constant(a), _constant(b)
    if y is not None and y <= 0:
        return integer(0)
    if x is not None and y is not None:
        return integer(x % y)
    sort = _sort(a)
    if sort.lo is not None and sort.lo >= 0 and interval.below(sort, _sort(b)):
        return a
    return _made("mod", (a, b), interval.remainder(sort, _sort(b)))
