"""Parts of variables, as a map writes them: `kioctx[c].users`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from aioformal.value.values import Function, ModelValue, Value

PART = re.compile(r'\.([A-Za-z_]\w*)|\[([A-Za-z_]\w*)\]|\[(-?\d{1,18})\]|\["([^"\\]*)"\]')
VARIABLE = re.compile(r"[A-Za-z_]\w*")


class PathSyntaxError(ValueError):
    """`at`: the offset of what cannot be read."""

    def __init__(self, at: int) -> None:
        super().__init__(f"cannot be read from character {at + 1} on")
        self.at = at


class Argument(Struct, frozen=True):
    """An index that is the value of a parameter of the step's action."""

    parameter: str


class VariablePath(Struct, frozen=True):
    """A variable and the arguments at which it is looked at, one after the other."""

    text: str
    variable: str
    index: int
    steps: tuple[Argument | Value, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that it takes to know which part is meant."""
        return tuple(step.parameter for step in self.steps if isinstance(step, Argument))

    def value(self, of_variable: Value, arguments: Mapping[str, Value]) -> Value | None:
        """The part of a variable's value; None where it has no such part. Raises `KeyError` for a
        parameter that is not known."""
        found: Value = of_variable
        for step in self.steps:
            key = arguments[step.parameter] if isinstance(step, Argument) else step
            if not isinstance(found, Function) or key not in found.mapping:
                return None
            found = found.mapping[key]
        return found


def parse_path(
    text: str, variables: tuple[str, ...], model_value: Callable[[str], ModelValue | None]
) -> VariablePath:
    """The path that a text writes. A name in brackets is a model value if there is one of that name, and
    else a parameter.

    Raises `PathSyntaxError`, and `KeyError` for a variable that there is not.
    """
    head = VARIABLE.match(text)
    if head is None:
        raise PathSyntaxError(0)
    if head[0] not in variables:
        raise KeyError(head[0])
    steps = tuple(_steps(text, head.end(), model_value))
    return VariablePath(text, head[0], variables.index(head[0]), steps)


def _steps(text: str, at: int, model_value: Callable[[str], ModelValue | None]) -> Iterator[Argument | Value]:
    while at < len(text):
        found = PART.match(text, at)
        if found is None:
            raise PathSyntaxError(at)
        field, name, number, string = found.groups()
        if name is not None:
            yield model_value(name) or Argument(name)
        elif number is not None:
            yield int(number)
        else:
            yield field if field is not None else string
        at = found.end()
