"""The names at the top of a generated module, and which definitions it needs in which form."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct, field

from aioformal.pymodule.embedding import runtime_names
from aioformal.pymodule.laziness import Laziness
from aioformal.pymodule.names import Names, spelled, text_of_string
from aioformal.resolve.model import Model
from aioformal.value.order import ordered
from aioformal.value.values import Bool, Function, LazySet, ModelValue, Value

OWN = frozenset(
    [
        "State",
        "CHECKS",
        "NOT_CHECKED",
        "CONSTRAINTS",
        "ACTION_CONSTRAINTS",
        "CHECK_DEADLOCK",
        "RULES",
        "events",
        "initial_states",
        "successors",
        "monitor",
        "old",
        "argument",
        "annotations",
    ]
)
"""What every generated module defines."""

ATTRIBUTES = frozenset(
    [
        "copy",
        "named",
        "where",
        "gives",
        "keeps",
        "chooses",
        "complete",
        "step",
        "action",
        "arguments",
        "bound",
        "wanted",
    ]
)
"""What a variable of a state cannot be called."""

Variant = tuple[str, str]
"""The key of a definition, and `plain`, `action` or `initial`."""


class Needs(Struct):
    """What writing a module turned out to need: definitions in some form, and for each action those that it
    leads through to the names of its steps."""

    variants: dict[Variant, None] = field(default_factory=dict[Variant, None])
    below: dict[str, set[str]] = field(default_factory=dict[str, set[str]])


class ModuleSymbols:
    """Gives names on demand, and remembers which definitions were asked for.

    A module is written twice: the first time finds what is needed, the second has the names that follow.
    """

    def __init__(self, model: Model, laziness: Laziness, expected: Needs) -> None:
        self.model = model
        self.laziness = laziness
        self.facts = laziness.facts
        self.expected = expected
        self.needs = Needs()
        self._names = Names({*runtime_names(), *OWN})
        self._attributes = Names(ATTRIBUTES)
        self._variables = {name: self._attributes.fresh(name) for name in model.variables}
        self._constants = {name: self._names.fresh(name) for name in model.constants}
        self.model_values = self._model_values()
        self._definitions = self._name_definitions(expected.variants)

    def _model_values(self) -> dict[str, str]:
        """The Python names of model values; a constant that is one shares its name."""
        own = {name for name, value in self.model.constants.items() if value is ModelValue(name)}
        found: dict[str, str] = {name: self._constants[name] for name in own}
        for name in sorted(model_values_in(self.model.constants.values()) - own):
            found[name] = self._names.fresh(name)
        return found

    def _name_definitions(self, wanted: dict[Variant, None]) -> dict[Variant, str]:
        """An action, or Init, has the definition's own name; what else there is of it, a longer one."""
        found: dict[Variant, str] = {}
        order = {"action": 0, "initial": 1, "plain": 2}
        suffix = {"initial": "_initial", "plain": "_holds"}
        taken: set[str] = set()
        for key, variant in sorted(wanted, key=lambda one: (order[one[1]], one[0])):
            found[key, variant] = self._names.fresh(key + (suffix[variant] if key in taken else ""))
            taken.add(key)
        return found

    def variable(self, key: str) -> str:
        """The attribute of a state for a variable."""
        return self._variables[key]

    def constant(self, key: str) -> str:
        """The name of a constant; a complaint for one that has no value."""
        return self._constants.get(key) or f'unsupported("the constant {key} has no value")'

    def definition(self, key: str, variant: str = "plain") -> str:
        """The name of the function for a definition."""
        self.needs.variants[key, variant] = None
        return self._definitions.get((key, variant), f"{spelled(key)}_{variant}")

    def free_name(self, name: str) -> str:
        """A name at the top that nothing else has."""
        return self._names.fresh(name)

    def inner_name(self, name: str) -> str:
        """A name for what an expression binds: that of the specification, if the module has no such name."""
        text = spelled(name)
        return text + "_" if text in self._names.taken else text

    def inside(self) -> Names:
        """The names of a function's inside."""
        return Names(self._names.taken)

    def reaches_from(self, owner: str) -> Callable[[str], None]:
        """Notes which actions an action leads through to the names of its steps."""
        return self.needs.below.setdefault(owner, set()).add

    def reached_names(self, key: str) -> list[str]:
        """The names that a step through an action can have."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(self.expected.below.get(one, ()))
        return sorted(found)

    def literal(self, value: Value) -> str:
        """Python for the value of a constant."""
        match value:
            case Bool() | int():
                return repr(value)
            case str():
                return text_of_string(value)
            case ModelValue(name=name):
                return self.model_values[name]
            case frozenset():
                inner = ", ".join(map(self.literal, ordered(value)))
                return f"frozenset({{{inner}}})" if value else "frozenset()"
            case Function(mapping=mapping):
                pairs = (
                    f"{self.literal(k)}: {self.literal(mapping[k])}" for k in ordered(frozenset(mapping))
                )
                return f"Function({{{', '.join(pairs)}}})"
            case LazySet() if value.is_small():
                return self.literal(value.freeze())
            case LazySet():
                return {"Nat": "NAT", "Int": "INT", "STRING": "Strings()"}.get(
                    value.text(), _no_literal(value)
                )
            case _:
                return _no_literal(value)


def _no_literal(value: Value) -> str:
    return f'unsupported("a constant with the value {value!r} cannot be written down")'


def model_values_in(values: Iterable[Value]) -> set[str]:
    """The names of the model values within some values."""
    found: set[str] = set()
    waiting = list(values)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ModelValue):
            found.add(one.name)
        elif isinstance(one, frozenset):
            waiting.extend(one)
        elif isinstance(one, Function):
            waiting.extend((*one.mapping, *one.mapping.values()))
    return found
