"""What is said about behaviours: the name of a step, a trace, and what a violation is blamed on."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec import Struct

from aioformal.source import Span
from aioformal.value.values import State, Value


@dataclass(frozen=True, slots=True)
class ActionLabel:
    """Which action a step took: the last operator definition that was entered before the first
    conjunct, with its arguments (or the variables bound by the quantifiers on the way)."""

    name: str
    arguments: tuple[tuple[str, Value], ...] = ()
    span: Span | None = field(default=None, compare=False)


class Trace(Struct, frozen=True):
    """A finite behaviour, or with `loop` a lasso whose last state is followed by `states[loop]`.

    `actions[i]` leads from `states[i]` to `states[i + 1]`, and `closing` from the last state to
    `states[loop]`; it is None where these are the same and nothing changes any more.
    """

    variables: tuple[str, ...]
    states: tuple[State, ...]
    actions: tuple[ActionLabel, ...]
    loop: int | None = None
    closing: ActionLabel | None = None

    @property
    def depth(self) -> int:
        """Steps from the initial state to the last."""
        return len(self.states) - 1


class Blame(Struct, frozen=True):
    """Which conjunct, for which quantifier instance, became false, and at which step.

    `step` counts states from 1, as they are printed. `bindings` are the names in the conjunct that stand for
    values there: quantified variables, parameters, those of a LET; `values` the interesting subexpressions
    with their values at that step. `because`: of an ordering rule, which step was missing or too many.
    `instance`: all that quantifiers chose on the way to the conjunct, from the outside inwards.
    """

    text: str
    step: int
    span: Span | None = None
    bindings: tuple[tuple[str, Value], ...] = ()
    values: tuple[tuple[str, Value], ...] = ()
    because: str | None = None
    instance: tuple[tuple[str, Value], ...] = ()
