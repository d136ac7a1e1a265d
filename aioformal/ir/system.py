"""A transition system: what an engine sees of a model.

A state gives every variable a value of its sort. A behaviour begins in a state that one of the
`initial` rules makes; a state has as successors what the transitions make of it. A state outside
`constraint`, or reached by a step that `action_constraint` does not admit, is looked at, and so is the
step to it, but it has no successors by that way (TLC's reading of CONSTRAINT and ACTION_CONSTRAINT).

**Nothing leaves its sort unseen.** The sorts of the variables are guesses. Whatever an update may
do beyond its variable's sort is stated by an `Obligation`: the condition under which it happens.
Behaviours are described faithfully only as far as no obligation fires; showing that none does is
part of every proof. `ir.relation.obligations_of` adds the range checks that follow from the sorts alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from msgspec import Struct

from aioformal.ir.node import Term, one, true
from aioformal.ir.sort import Sort
from aioformal.resolve.model import PartKind, PropertyKind
from aioformal.source import Span
from aioformal.value.values import Value

ObligationKind: TypeAlias = Literal["shape", "evaluation", "assert"]


class StateVariable(Struct, frozen=True):
    name: str
    sort: Sort


class Input(Struct, frozen=True):
    """A value that a step (or an initial rule) chooses freely within its sort."""

    name: str
    sort: Sort


class Obligation(Struct, frozen=True):
    """Something that must not happen. `condition` is true when it does.

    `kind` "shape": an update leaves its variable's sort; it counts only where the guard holds.
    "evaluation", "assert": the specification has no value, whatever the guard is; the condition
    says by itself that evaluation comes to this place. `code` is a diagnostic code (`eval.*`).
    """

    kind: ObligationKind
    condition: Term
    message: str
    code: str = "internal.fault"
    span: Span | None = None
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """The action that a transition belongs to, with its arguments. Engines turn it into an
    `evidence.verdict.ActionLabel`."""

    name: str
    arguments: tuple[tuple[str, Value], ...] = ()
    span: Span | None = field(default=None, compare=False)


class Transition(Struct, frozen=True):
    """Where `guard` holds, a step to the state given by `updates`; variables not named keep their
    values. Guard, updates and obligations speak of the state before and of `inputs`. `ways` is how often
    the step counts as generated; only an encoding made for counting says more than 1."""

    label: Label
    guard: Term
    updates: Mapping[str, Term]
    inputs: tuple[Input, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    ways: Term = one


class Initial(Struct, frozen=True):
    """Initial states: for all `inputs` that satisfy `guard`, the state given by `values`, which
    names every variable. All terms speak of inputs alone."""

    guard: Term
    values: Mapping[str, Term]
    inputs: tuple[Input, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    ways: Term = one


class SystemPart(Struct, frozen=True):
    """INITIAL and ALWAYS: `term` over the state. STEP: over the state and the next state."""

    kind: PartKind
    term: Term
    obligations: tuple[Obligation, ...] = ()


class SystemProperty(Struct, frozen=True):
    """The conjunction of its parts."""

    name: str
    kind: PropertyKind
    parts: tuple[SystemPart, ...]


class TransitionSystem(Struct, frozen=True):
    """`unsupported` names the properties that could not be encoded, each with the reason."""

    variables: tuple[StateVariable, ...]
    initial: tuple[Initial, ...]
    transitions: tuple[Transition, ...]
    properties: tuple[SystemProperty, ...] = ()
    constraint: Term = true
    action_constraint: Term = true
    constraint_obligations: tuple[Obligation, ...] = ()
    action_constraint_obligations: tuple[Obligation, ...] = ()
    """These are about steps, also where they speak of the state before one alone."""
    unsupported: tuple[tuple[str, str], ...] = ()

    def sort_of(self, name: str) -> Sort:
        """The sort of a variable. Raises `KeyError` where there is none of that name."""
        for variable in self.variables:
            if variable.name == name:
                return variable.sort
        raise KeyError(name)
