"""The operators of Naturals and Integers on symbolic integers, which have no bounds of their own."""

from __future__ import annotations

from collections.abc import Callable

from aioformal.encode.choice import as_int, select
from aioformal.encode.path import Path
from aioformal.encode.sources import known_values
from aioformal.encode.symbols import (
    Const,
    Sym,
    SymInterval,
    SymUnion,
    Undefined,
    integer_value,
    kind_of,
    truth_value,
)
from aioformal.ir import term as ir
from aioformal.ir.term import Term


def as_integer(path: Path, sym: Sym, operator: str) -> Term:
    """A value as an integer term; 0, with a failure, where it is something else."""
    if isinstance(sym, Undefined):
        return ir.integer(0)
    if isinstance(sym, SymUnion):
        options: list[tuple[Term, Term]] = []
        for guard, one in sym.alternatives:
            with path.under(guard):
                if kind_of(one) == "integer":
                    options.append((guard, as_int(one)))
                else:
                    as_integer(path, one, operator)
        return select(options) if options else ir.integer(0)
    if kind_of(sym) == "integer":
        return as_int(sym)
    path.fail(ir.true, "eval.kind", f"{operator} needs integers, not a {kind_of(sym)}")
    return ir.integer(0)


def arithmetic(operator: str, make: Callable[[Term, Term], Term]) -> Callable[[Path, Sym, Sym], Sym]:
    def apply(path: Path, a: Sym, b: Sym) -> Sym:
        return integer_value(make(as_integer(path, a, operator), as_integer(path, b, operator)))

    return apply


def comparison(operator: str, make: Callable[[Term, Term], Term]) -> Callable[[Path, Sym, Sym], Sym]:
    def apply(path: Path, a: Sym, b: Sym) -> Sym:
        return truth_value(make(as_integer(path, a, operator), as_integer(path, b, operator)))

    return apply


def negation(path: Path, a: Sym) -> Sym:
    return integer_value(ir.neg(as_integer(path, a, "-")))


def interval(path: Path, a: Sym, b: Sym) -> Sym:
    lo, hi = as_integer(path, a, ".."), as_integer(path, b, "..")
    return SymInterval(integer_value(lo), integer_value(hi))


def quotient(path: Path, a: Sym, b: Sym) -> Sym:
    """`\\div`, rounded down also for a negative divisor."""
    dividend, divisor = as_integer(path, a, "\\div"), as_integer(path, b, "\\div")
    zero = ir.integer(0)
    path.fail(ir.eq(divisor, zero), "eval.partial", "division by zero")
    positive = ir.div(dividend, divisor)
    negative = ir.div(ir.neg(dividend), ir.neg(divisor))
    return integer_value(ir.ite(ir.lt(zero, divisor), positive, negative))


def remainder(path: Path, a: Sym, b: Sym) -> Sym:
    dividend, divisor = as_integer(path, a, "%"), as_integer(path, b, "%")
    path.fail(ir.le(divisor, ir.integer(0)), "eval.partial", "% by a divisor that is not positive")
    return integer_value(ir.mod(dividend, divisor))


def power(path: Path, a: Sym, b: Sym) -> Sym:
    """`^`: the exponent is split into its values."""
    base, exponent = as_integer(path, a, "^"), as_integer(path, b, "^")
    zero = ir.integer(0)
    path.fail(ir.lt(exponent, zero), "eval.partial", "the exponent must be a natural number")
    path.fail(ir.and_(ir.eq(base, zero), ir.eq(exponent, zero)), "eval.partial", "0^0 has no value")
    options = [
        (guard, _product(base, value))
        for value, guard in known_values(path, integer_value(exponent)).items()
        if isinstance(value, int) and value >= 0
    ]
    return integer_value(select(options)) if options else Const(0)


def _product(base: Term, exponent: int) -> Term:
    result = ir.integer(1)
    for _ in range(exponent):
        result = ir.mul(result, base)
    return result
