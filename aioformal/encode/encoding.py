"""A model as a transition system over the slots of its shapes."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from aioformal.diagnostic import DiagnosticError, error
from aioformal.encode.decoding import Read, reader
from aioformal.encode.events import step_between
from aioformal.encode.expressions import translator_of
from aioformal.encode.path import Path
from aioformal.encode.properties import PropertyEncoder, reason_of
from aioformal.encode.scope import Frame
from aioformal.encode.shapes import Shape, Shapes
from aioformal.encode.slots import read, slots_of, write
from aioformal.encode.symbols import Const
from aioformal.encode.transitions import ActionEncoder
from aioformal.ir import term as ir
from aioformal.ir.system import StateVariable, SystemProperty, Transition, TransitionSystem
from aioformal.resolve.model import Model, Property
from aioformal.syntax import ast
from aioformal.value.values import State, Value

DEEPEST_CALLS = 6000
"""Python frames that unfolding may take: a recursive operator needs a few dozen for each step."""


MOST_STEPS = 200_000
"""Steps that an action beside Next may take: some seconds."""


@dataclass(frozen=True)
class Encoding:
    """`system` speaks of slots; `decode_state` and `encode_state` lead to states and back."""

    model: Model
    shapes: Shapes
    system: TransitionSystem
    _written: dict[tuple[str, Value], Mapping[str, bool | int]] = field(
        default_factory=dict[tuple[str, Value], Mapping[str, bool | int]],
        init=False,
        repr=False,
        compare=False,
    )

    def decode_state(self, assignment: Mapping[str, bool | int]) -> State:
        """The state that the slots of an assignment hold. Slots that a value does not use are ignored."""
        return tuple([read(assignment) for read in self._readers])

    @cached_property
    def _readers(self) -> tuple[Read, ...]:
        return tuple(reader(shape, name) for name, shape in self.shapes.items())

    def encode_state(self, state: State) -> dict[str, bool | int]:
        """The slots of a state. Raises `ValueError` if the state does not fit the shapes."""
        found: dict[str, bool | int] = {}
        for (name, shape), value in zip(self.shapes.items(), state, strict=True):
            slots = self._written.get((name, value))
            if slots is None:
                slots = self._written[name, value] = _slots_of(name, shape, value)
            found.update(slots)
        return found


def _slots_of(name: str, shape: Shape, value: Value) -> dict[str, bool | int]:
    written = write(Path(), shape, name, Const(value))
    if written.escapes:
        raise ValueError(f"{name} is outside of its shape")
    return {slot: _payload(term) for slot, term in written.terms.items()}


def _payload(term: ir.Term) -> bool | int:
    assert isinstance(term.payload, bool | int)
    return term.payload


def encode_model(
    model: Model,
    shapes: Shapes,
    properties: Sequence[Property],
    *,
    counting: bool = False,
    looping: bool = False,
) -> Encoding:
    """The transition system of a model. Properties that cannot be encoded are listed as unsupported.
    With `counting`, its rules say how often what they make counts as generated. With `looping`, quantifiers
    over very many members become loops, which are for machine code (see `ir.first`).

    Raises encode.unsupported where Init, Next or a constraint cannot be encoded.
    """
    with deep_calls():
        try:
            return Encoding(
                model, shapes, _system(model, shapes, properties, counting=counting, looping=looping)
            )
        except RecursionError:
            reason = "the definitions unfold too deeply to be encoded"
            raise error("encode.unsupported", reason, model.next.span if model.next else None) from None


def encode_actions(
    model: Model, shapes: Shapes, actions: Sequence[ast.Expr]
) -> list[tuple[Transition, ...] | None]:
    """Actions as transitions over the same slots as those of the model; None for one that cannot be encoded,
    or not soon, or that does not give every variable a value."""
    now = {name: read(shape, name, ir.variable) for name, shape in shapes.items()}
    found: list[tuple[Transition, ...] | None] = []
    with deep_calls():
        translator = translator_of(model)
        for action in actions:
            try:
                made = ActionEncoder(translator, shapes, now).transitions(action, MOST_STEPS)
            except (DiagnosticError, RecursionError):
                found.append(None)
                # What was broken off may have left its surroundings in the old one.
                translator = translator_of(model)
                continue
            partial = any(o.code == "eval.unassigned" for rule in made for o in rule.obligations)
            found.append(None if partial else made)
    return found


@contextmanager
def deep_calls() -> Generator[None]:
    """Definitions may unfold deeply inside."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEPEST_CALLS))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _system(
    model: Model, shapes: Shapes, properties: Sequence[Property], *, counting: bool, looping: bool
) -> TransitionSystem:
    translator = translator_of(model, looping=looping)
    now = {name: read(shape, name, ir.variable) for name, shape in shapes.items()}
    then = {name: read(shape, name, ir.next_variable) for name, shape in shapes.items()}
    actions = ActionEncoder(translator, shapes, now, counting=counting)
    judge = PropertyEncoder(translator, Frame(now, settled=True), Frame(now, then, settled=True))
    constraint, constraint_failures = judge.state_formulas(model.constraints)
    action_constraint, action_failures = judge.step_formulas(model.action_constraints)
    initial = actions.initial(model.init) if model.init is not None else ()
    transitions = actions.transitions(model.next) if model.next is not None else ()
    if actions.events is None:
        encoded, unsupported = _properties(judge, properties)
    else:
        with translator.holding(actions.events, step_between(shapes, actions.own)):
            encoded, unsupported = _properties(judge, properties)
    return TransitionSystem(
        variables=tuple(state_variables(shapes)),
        initial=initial,
        transitions=transitions,
        properties=encoded,
        constraint=constraint,
        action_constraint=action_constraint,
        constraint_obligations=tuple(constraint_failures),
        action_constraint_obligations=tuple(action_failures),
        unsupported=unsupported,
    )


def state_variables(shapes: Shapes) -> Iterator[StateVariable]:
    """The slots of a state in these shapes."""
    for name, shape in shapes.items():
        for slot, sort in slots_of(shape, name):
            yield StateVariable(slot, sort)


def _properties(
    judge: PropertyEncoder, properties: Sequence[Property]
) -> tuple[tuple[SystemProperty, ...], tuple[tuple[str, str], ...]]:
    encoded: list[SystemProperty] = []
    unsupported: list[tuple[str, str]] = []
    for prop in properties:
        try:
            encoded.append(judge.encode(prop))
        except DiagnosticError as problem:
            unsupported.append((prop.name, reason_of(problem)))
    return tuple(encoded), tuple(unsupported)
