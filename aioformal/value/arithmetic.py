"""The operators of Naturals and Integers. Integers have no bounds."""

from __future__ import annotations

from aioformal.value.fault import ValueFault
from aioformal.value.format import brief
from aioformal.value.sets import Interval, power
from aioformal.value.values import Bool, Value, boolean


def _not_integers(operator: str, *operands: Value) -> ValueFault:
    culprit = next(operand for operand in operands if not isinstance(operand, int))
    return ValueFault("eval.kind", f"{operator} needs integers, not {brief(culprit)}")


def add(a: Value, b: Value) -> int:
    if isinstance(a, int) and isinstance(b, int):
        return a + b
    raise _not_integers("+", a, b)


def subtract(a: Value, b: Value) -> int:
    if isinstance(a, int) and isinstance(b, int):
        return a - b
    raise _not_integers("-", a, b)


def multiply(a: Value, b: Value) -> int:
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    raise _not_integers("*", a, b)


def negate(a: Value) -> int:
    if isinstance(a, int):
        return -a
    raise _not_integers("-", a)


def raise_to(a: Value, b: Value) -> int:
    """`a ^ b` for `b >= 0`; 0^0 has no value, as in TLC."""
    if not isinstance(a, int) or not isinstance(b, int):
        raise _not_integers("^", a, b)
    if b < 0:
        raise ValueFault("eval.partial", f"{a}^({b}): the exponent must be a natural number")
    if a == b == 0:
        raise ValueFault("eval.partial", "0^0 has no value")
    return power(a, b)


def divide(a: Value, b: Value) -> int:
    """`a \\div b`, rounded down."""
    if not isinstance(a, int) or not isinstance(b, int):
        raise _not_integers("\\div", a, b)
    if b == 0:
        raise ValueFault("eval.partial", f"{brief(a)} is divided by zero")
    return a // b


def modulo(a: Value, b: Value) -> int:
    """`a % b` for `b > 0`, in 0..(b - 1)."""
    if not isinstance(a, int) or not isinstance(b, int):
        raise _not_integers("%", a, b)
    if b <= 0:
        raise ValueFault("eval.partial", f"{a} % {b}: the divisor must be positive")
    return a % b


def less(a: Value, b: Value) -> Bool:
    if isinstance(a, int) and isinstance(b, int):
        return boolean(a < b)
    raise _not_integers("<", a, b)


def at_most(a: Value, b: Value) -> Bool:
    if isinstance(a, int) and isinstance(b, int):
        return boolean(a <= b)
    raise _not_integers("<=", a, b)


def greater(a: Value, b: Value) -> Bool:
    if isinstance(a, int) and isinstance(b, int):
        return boolean(a > b)
    raise _not_integers(">", a, b)


def at_least(a: Value, b: Value) -> Bool:
    if isinstance(a, int) and isinstance(b, int):
        return boolean(a >= b)
    raise _not_integers(">=", a, b)


def interval(a: Value, b: Value) -> Interval:
    """`a .. b`."""
    if isinstance(a, int) and isinstance(b, int):
        return Interval(a, b)
    raise _not_integers("..", a, b)
