"""The words of a specification that a map may use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from aioformal.concrete import Program
from aioformal.concrete.naming import action_names
from aioformal.diagnostic import DiagnosticError
from aioformal.resolve.model import Definition, Level
from aioformal.value.values import Function, ModelValue, Value, canonical


class Vocabulary(Struct, frozen=True, dict=True):
    """Actions with their parameters, variables, constant sets, and model values."""

    program: Program

    @cached_property
    def actions(self) -> Mapping[str, tuple[str, ...]]:
        """The parameters of each action, in the order of the next-state action. Those of an action that
        has none are what the quantifiers around it bind, and are not known here."""
        definitions = self.program.model.flat.definitions
        names = action_names(self.program)
        return {name: tuple(p.name for p in definitions[name].params) for name in names}

    @property
    def variables(self) -> tuple[str, ...]:
        return self.program.variables

    @cached_property
    def model_values(self) -> frozenset[str]:
        """The names of the model values among the constants."""
        return frozenset(_names(self.program.model.constants.values()))

    def model_value(self, name: str) -> ModelValue | None:
        return ModelValue(name) if name in self.model_values else None

    @property
    def sets(self) -> tuple[str, ...]:
        """The constants that are finite sets."""
        constants = self.program.model.constants
        return tuple(name for name, value in constants.items() if isinstance(value, frozenset))

    def set_named(self, name: str) -> frozenset[Value] | None:
        """The members of a constant, or of a definition that is one; None if there is no finite set of
        that name."""
        model = self.program.model
        value = model.constants.get(name)
        definition = model.flat.definitions.get(name)
        if value is None and definition is not None and not definition.params:
            value = self._evaluated(definition)
        value = None if value is None else canonical(value)
        return value if isinstance(value, frozenset) else None

    def _evaluated(self, definition: Definition) -> Value | None:
        if definition.level is not Level.CONSTANT or definition.recursive:
            return None
        try:
            return self.program.evaluate(definition.body)
        except DiagnosticError:
            return None


def _names(values: Iterable[Value]) -> Iterator[str]:
    for value in values:
        if isinstance(value, ModelValue):
            yield value.name
        elif isinstance(value, frozenset):
            yield from _names(value)
        elif isinstance(value, Function):
            yield from _names(value.mapping)
            yield from _names(value.mapping.values())
