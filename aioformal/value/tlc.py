"""The operators of module TLC that are functions of their arguments.

`RandomElement(S)` and `JavaTime` mean what the module defines: `CHOOSE x \\in S : TRUE` and
`CHOOSE n : n \\in Nat`. They are the same in every run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations as arrangements

from aioformal.value.compare import require_set
from aioformal.value.fault import ValueFault
from aioformal.value.format import brief, format_value
from aioformal.value.sets import members, size
from aioformal.value.values import ENUMERATION_LIMIT, FALSE, TRUE, Bool, Function, ModelValue, Value


class Output:
    """Where `Print` and `PrintT` write. Without a `sink` their text is dropped."""

    __slots__ = ("sink",)

    def __init__(self) -> None:
        self.sink: Callable[[str], None] | None = None

    def write(self, text: str) -> None:
        if self.sink is not None:
            self.sink(text)


OUTPUT = Output()
"""The process has one output, as it has one terminal. An operator may be evaluated more often or
less often than TLC does it, so the number of lines means nothing."""


def print_value(message: Value, value: Value) -> Value:
    """`Print(message, value)`: writes both, is the value."""
    OUTPUT.write(f"{format_value(message)}  {format_value(value)}")
    return value


def print_text(message: Value) -> Bool:
    """`PrintT(message)`: writes it, is TRUE."""
    OUTPUT.write(format_value(message))
    return TRUE


def assert_true(condition: Value, message: Value) -> Bool:
    """`Assert(condition, message)`. Raises `ValueFault` eval.assert."""
    if condition is TRUE:
        return TRUE
    if condition is not FALSE:
        raise ValueFault("eval.kind", f"Assert needs a Boolean, not {brief(condition)}")
    raise ValueFault("eval.assert", message if isinstance(message, str) else format_value(message))


def to_string(value: Value) -> str:
    """`ToString(value)`."""
    return format_value(value)


def evaluated(value: Value) -> Value:
    """`TLCEval(value)`: the value."""
    return value


def permutations(the_set: Value) -> frozenset[Value]:
    """`Permutations(S)`: all bijections of a set with itself."""
    count = size(require_set(the_set, "Permutations"))
    if count is not None and math.factorial(min(count, 20)) > ENUMERATION_LIMIT:
        raise ValueFault("eval.too-large", f"a set of {count} elements has too many permutations")
    keys = tuple(members(the_set))
    return frozenset(Function(dict(zip(keys, images, strict=True))) for images in arrangements(keys))


def random_element(the_set: Value) -> Value:
    """`RandomElement(S)`: the least member in the canonical order."""
    for member in members(require_set(the_set, "RandomElement")):
        return member
    raise ValueFault("eval.partial", "RandomElement of the empty set")


def model_value(name: Value) -> ModelValue:
    """`TLCModelValue(name)`: the model value of that name."""
    if not isinstance(name, str):
        raise ValueFault("eval.kind", f"TLCModelValue needs a string, not {brief(name)}")
    return ModelValue(name)
