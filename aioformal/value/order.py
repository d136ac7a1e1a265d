"""The canonical order of values: total, and the same in every process.

Booleans (FALSE first), integers, strings (by code point), model values (by name), sets (by size,
then by their members in this order, compared lexicographically), functions (by the size of the
domain, then by their arguments in this order, then by their values). Sets that are too large to
enumerate come last, by their text. CHOOSE takes the least member, and printing follows the order.
"""

from __future__ import annotations

from aioformal.value.fault import ValueFault
from aioformal.value.values import Bool, Function, LazyFunction, LazySet, ModelValue, Value

OrderKey = tuple[object, ...]

_REMEMBERED_SETS = 1 << 15
_known: dict[frozenset[Value], tuple[Value, ...]] = {}


def order_key(value: Value) -> OrderKey:
    """A key that sorts values canonically; two values have the same key only if they are equal.

    Raises `ValueFault` eval.infinite for a function with an infinite domain.
    """
    if isinstance(value, int):
        return 1, value
    if isinstance(value, str):
        return 2, value
    if isinstance(value, Bool):
        return 0, value.truth
    if isinstance(value, ModelValue):
        return 3, value.name
    if isinstance(value, Function):
        return value.order(_function_key)
    return _set_key(value)


def _set_key(value: frozenset[Value] | LazySet | LazyFunction) -> OrderKey:
    if isinstance(value, LazyFunction):
        raise ValueFault("eval.infinite", f"a function on {value.domain.text()} cannot be put in order")
    if isinstance(value, LazySet):
        if not value.is_small():
            return 6, value.text()
        value = value.freeze()
    return 4, len(value), tuple(map(order_key, ordered(value)))


def _function_key(function: Function) -> OrderKey:
    mapping = function.mapping
    keys = ordered(frozenset(mapping))
    return 5, len(keys), tuple(map(order_key, keys)), tuple(order_key(mapping[key]) for key in keys)


def ordered(members: frozenset[Value]) -> tuple[Value, ...]:
    """The members of a set in canonical order. Remembered, since sets are walked again and again."""
    if len(members) < 2:
        return tuple(members)
    known = _known.get(members)
    if known is None:
        if len(_known) >= _REMEMBERED_SETS:
            _known.clear()
        known = _known[members] = tuple(_sorted(members))
    return known


def _sorted(members: frozenset[Value]) -> list[Value]:
    classes = set(map(type, members))
    if len(classes) == 1 and classes <= _DIRECTLY_COMPARABLE:
        return sorted(members)  # type: ignore[type-var]
    return sorted(members, key=order_key)


_DIRECTLY_COMPARABLE: frozenset[type] = frozenset((int, str))
