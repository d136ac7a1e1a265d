"""Functions, and records and tuples with them: application, EXCEPT, DOMAIN, `:>`, `@@`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aioformal.value.algebra import make_set
from aioformal.value.compare import equal, require_set
from aioformal.value.fault import ValueFault
from aioformal.value.format import brief
from aioformal.value.products import FunctionSet, RecordSet, TupleSet
from aioformal.value.sets import is_small, members
from aioformal.value.values import Function, LazyFunction, LazySet, SetValue, Value, canonical


def make_function(domain: Value, rule: Callable[[Value], Value]) -> Function | LazyFunction:
    """`[x \\in domain |-> rule(x)]`, kept as a rule when the domain is infinite or large."""
    domain = require_set(domain, "a function's domain")
    if isinstance(domain, LazySet) and not is_small(domain):
        return LazyFunction(domain, lambda argument: canonical(rule(argument)))
    return Function({key: canonical(rule(key)) for key in members(domain)})


def apply_function(function: Value, argument: Value) -> Value:
    """`function[argument]`.

    Raises `ValueFault`: eval.kind for something that is no function, eval.domain for an argument
    outside the domain.
    """
    if isinstance(function, Function):
        try:
            return function.mapping[argument]
        except KeyError:
            raise _outside(function, argument) from None
    if isinstance(function, LazyFunction):
        if function.domain.contains(argument):
            return function.at(argument)
        raise ValueFault("eval.domain", f"{brief(argument)} is not in the domain {function.domain.text()}")
    raise ValueFault("eval.kind", f"{brief(function)} is applied to {brief(argument)}, but is no function")


def _outside(function: Function, argument: Value) -> ValueFault:
    message = f"{brief(argument)} is not in the domain of {brief(function)}"
    domain = frozenset(function.mapping)
    if not domain:
        return ValueFault("eval.domain", message, "its domain is empty")
    return ValueFault("eval.domain", message, f"the domain is {brief(domain)}")


def domain_of(function: Value) -> SetValue:
    """`DOMAIN function`."""
    if isinstance(function, Function):
        return frozenset(function.mapping)
    if isinstance(function, LazyFunction):
        return function.domain
    raise ValueFault("eval.kind", f"DOMAIN needs a function, not {brief(function)}")


def update_function(function: Value, argument: Value, value: Value) -> Value:
    """`[function EXCEPT ![argument] = value]`.

    An argument outside the domain changes nothing, as TLA+ defines it; `has_argument` tells.
    """
    if isinstance(function, Function):
        mapping = function.mapping
        if argument not in mapping:
            return function
        return Function({**mapping, argument: canonical(value)})
    if isinstance(function, LazyFunction):
        return _update_rule(function, argument, canonical(value))
    raise ValueFault("eval.kind", f"EXCEPT needs a function, not {brief(function)}")


def has_argument(function: Value, argument: Value) -> bool:
    """Whether the argument is in the function's domain."""
    if isinstance(function, LazyFunction):
        return function.domain.contains(argument)
    return isinstance(function, Function) and argument in function.mapping


def _update_rule(function: LazyFunction, argument: Value, value: Value) -> LazyFunction:
    def rule(other: Value) -> Value:
        return value if equal(other, argument) else function.at(other)

    return LazyFunction(function.domain, rule)


def update_path(function: Value, path: Sequence[Value], change: Callable[[Value], Value]) -> Value:
    """`[function EXCEPT ![path[0]]...[path[-1]] = change(@)]`; `change` is not called, and nothing
    changes, when the path leads outside a domain."""
    if not path:
        return change(function)
    if isinstance(function, Function | LazyFunction) and not has_argument(function, path[0]):
        return function
    inner = update_path(apply_function(function, path[0]), path[1:], change)
    return update_function(function, path[0], inner)


def singleton(argument: Value, value: Value) -> Function:
    """`argument :> value`."""
    return Function({canonical(argument): canonical(value)})


def merge(left: Value, right: Value) -> Function:
    """`left @@ right`: where both are defined, `left` counts."""
    if not isinstance(left, Function) or not isinstance(right, Function):
        culprit = right if isinstance(left, Function) else left
        raise ValueFault("eval.kind", f"@@ needs functions with finite domains, not {brief(culprit)}")
    merged = {**right.mapping, **left.mapping}
    make_set(merged)
    return Function(merged)


def function_set(domain: Value, range_: Value) -> FunctionSet:
    """`[domain -> range]`."""
    return FunctionSet(require_set(domain, "[S -> T]"), require_set(range_, "[S -> T]"))


def record_set(fields: Mapping[str, Value]) -> RecordSet:
    """`[name : set, ...]`."""
    return RecordSet({name: require_set(place, f"the field {name}") for name, place in fields.items()})


def cartesian_product(components: Sequence[Value]) -> TupleSet:
    """`S \\X T \\X ...`."""
    return TupleSet([require_set(place, "\\X") for place in components])
