"""The operators of Bitwise: the binary digits of natural numbers."""

from __future__ import annotations

from aioformal.value.fault import ValueFault
from aioformal.value.format import brief
from aioformal.value.values import Value


def _natural(operator: str, value: Value) -> int:
    if isinstance(value, int) and value >= 0:
        return value
    raise ValueFault("eval.kind", f"{operator} needs natural numbers, not {brief(value)}")


def conjunction(a: Value, b: Value) -> int:
    """`a & b`."""
    return _natural("&", a) & _natural("&", b)


def disjunction(a: Value, b: Value) -> int:
    """`a | b`."""
    return _natural("|", a) | _natural("|", b)


def difference(a: Value, b: Value) -> int:
    """`a ^^ b`: the digits that only one of them has."""
    return _natural("^^", a) ^ _natural("^^", b)


def complement(a: Value) -> int:
    """`Not(a)`, among the digits that `a` has."""
    number = _natural("Not", a)
    return number ^ ((1 << number.bit_length()) - 1)


def shifted_right(a: Value, places: Value) -> int:
    """`shiftR(a, places)`."""
    return _natural("shiftR", a) >> _natural("shiftR", places)
