"""The meaning of terms, as Python computes it: what every solver's answer is held against."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from itertools import product

from aioformal.ir.node import Op, Payload, Term, operands, postorder
from aioformal.ir.sort import BOOL, Sort, cardinality, least_of


def evaluate(roots: Iterable[Term], assignment: Mapping[Term, bool | int]) -> list[bool | int]:
    """The values of the roots, given those of the variables below them. Raises `KeyError` for a
    variable without one. Integers are exact; division is that of `ir.term.div`."""
    roots = list(roots)
    value: dict[Term, bool | int] = {}
    for term in postorder(roots, operands):
        if term.is_variable or term.op == "bound":
            value[term] = assignment[term]
        elif term.op == "constant":
            value[term] = _constant(term.payload)
        elif term.op == "first":
            value[term] = _first(term, {leaf: value[leaf] for leaf in operands(term)})
        else:
            value[term] = _MEANINGS[term.op](*[value[arg] for arg in term.args])
    return [value[root] for root in roots]


def _first(term: Term, free: Mapping[Term, bool | int]) -> bool | int:
    *bound, condition, result = term.args
    for chosen in product(*(_values(variable.sort) for variable in bound)):
        holds, found = evaluate((condition, result), {**free, **dict(zip(bound, chosen, strict=True))})
        if holds:
            return found
    return False


def _values(sort: Sort) -> Iterable[bool | int]:
    if sort == BOOL:
        return False, True
    size = cardinality(sort)
    assert size is not None
    return range(least_of(sort), least_of(sort) + size)


def _constant(payload: Payload) -> bool | int:
    assert isinstance(payload, int)
    return payload


def _quotient(a: int, b: int) -> int:
    return a // b if b > 0 else 0


def _remainder(a: int, b: int) -> int:
    return a % b if b > 0 else 0


def _all(*parts: bool) -> bool:
    return all(parts)


def _any(*parts: bool) -> bool:
    return any(parts)


def _choice(condition: bool, then: int, otherwise: int) -> int:
    return then if condition else otherwise


_MEANINGS: Mapping[Op, Callable[..., bool | int]] = {
    "not": operator.not_,
    "and": _all,
    "or": _any,
    "ite": _choice,
    "eq": operator.eq,
    "le": int.__le__,
    "add": int.__add__,
    "neg": int.__neg__,
    "mul": int.__mul__,
    "div": _quotient,
    "mod": _remainder,
}
