"""The steps out of explored states: those of `concrete` are those that the transitions of the encoding make.

Compared are the next states with their labels, as often as they are generated, the normal form of the slots,
escapes from the shapes, and evaluation errors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, product
from pathlib import Path
from random import Random

import pytest

from aioformal.concrete import Program, compile_model
from aioformal.concrete.program import Step
from aioformal.diagnostic import DiagnosticError
from aioformal.encode import Encoding, encode_model, infer_shapes
from aioformal.ir.sort import BOOL, EnumSort, IntSort
from aioformal.ir.system import Initial, Input, Obligation, Transition
from aioformal.resolve import Model, load_model
from aioformal.value.values import State
from tests.differential.step_models import MODELS
from tests.differential.symbolic_values import Assignment, Meaning

SPEC = Path(__file__).parent.parent.parent / "spec"
STATES = 120

Made = tuple[str, State]
"""A label (its arguments aside: some are inputs) and a next state."""


def choices(inputs: Sequence[Input]) -> Iterator[dict[str, bool | int]]:
    """Every way to choose the inputs."""
    columns = [values(i) for i in inputs]
    for row in product(*columns):
        yield dict(zip((i.name for i in inputs), row, strict=True))


def values(one: Input) -> Sequence[bool | int]:
    match one.sort:
        case EnumSort(size=size):
            return range(size)
        case IntSort(lo=lo, hi=hi):
            assert lo is not None
            assert hi is not None
            return range(lo, hi + 1)
        case _:
            assert one.sort is BOOL
            return (False, True)


class Symbolic:
    """What the transitions of an encoding make of one state."""

    def __init__(self, encoding: Encoding, state: State) -> None:
        self.encoding = encoding
        self.slots = encoding.encode_state(state)
        self.made: Counter[Made] = Counter()
        self.fired: list[Obligation] = []
        for transition in encoding.system.transitions:
            for inputs in choices(transition.inputs):
                self.take(transition, inputs)

    def take(self, transition: Transition, inputs: Assignment) -> None:
        meaning = Meaning(self.slots, inputs=inputs)
        enabled = bool(meaning.term(transition.guard))
        counted = [o for o in transition.obligations if enabled or o.kind != "shape"]
        fired = [o for o in counted if meaning.term(o.condition)]
        self.fired.extend(fired)
        if enabled and not fired:
            after = {**self.slots, **{slot: meaning.term(t) for slot, t in transition.updates.items()}}
            state = self.encoding.decode_state(after)
            assert self.encoding.encode_state(state) == after, "not in normal form"
            ways = meaning.term(transition.ways)
            assert ways >= 1
            self.made[transition.label.name, state] += ways

    def fires(self, *kinds: str) -> bool:
        return any(o.kind in kinds for o in self.fired)


def concrete_steps(program: Program, state: State) -> list[Step] | None:
    """The steps out of a state, None where the evaluation fails."""
    try:
        return list(program.successors(state))
    except DiagnosticError:
        return None


def explored(program: Program, count: int) -> list[State]:
    """States near the start and far from it."""
    chance = Random(3)
    found = dict.fromkeys(islice(program.initial_states(), 500))
    open_states = list(found)
    looked_at: list[State] = []
    while open_states and len(looked_at) < count:
        state = open_states.pop(chance.randrange(len(open_states)) if len(looked_at) % 2 else 0)
        looked_at.append(state)
        for step in concrete_steps(program, state) or ():
            if step.state not in found:
                found[step.state] = None
                open_states.append(step.state)
    return looked_at


def check_steps(model: Model, count: int) -> None:
    program = compile_model(model)
    shapes = infer_shapes(model, program)
    encoding = encode_model(model, shapes, model.properties, counting=True)
    for state in explored(program, count):
        if not shapes.contains(state):
            continue
        assert encoding.decode_state(encoding.encode_state(state)) == state
        symbolic = Symbolic(encoding, state)
        steps = concrete_steps(program, state)
        assert symbolic.fires("evaluation", "assert") == (steps is None), symbolic.fired
        if steps is None:
            continue
        inside = [step for step in steps if shapes.contains(step.state)]
        assert symbolic.fires("shape") == (len(inside) < len(steps))
        assert symbolic.made == Counter((step.label.name, step.state) for step in inside)


def loaded(name: str) -> Model:
    text, config = MODELS[name]
    return load_model(f"{name}.tla", f"{name}.cfg", {f"{name}.tla": text, f"{name}.cfg": config})


@pytest.mark.parametrize("name", MODELS)
def test_transitions_make_the_steps_of_the_reference(name: str) -> None:
    text, config = MODELS[name]
    check_steps(
        load_model(f"{name}.tla", f"{name}.cfg", {f"{name}.tla": text, f"{name}.cfg": config}), STATES
    )


@pytest.mark.parametrize("config", ["aio", "aio-naive", "aio-no-grace-period"])
def test_the_flagship_takes_the_same_steps(config: str) -> None:
    check_steps(load_model(str(SPEC / "aio.tla"), str(SPEC / f"{config}.cfg")), 40)


@pytest.mark.parametrize("name", MODELS)
def test_initial_rules_make_the_initial_states(name: str) -> None:
    model = loaded(name)
    program = compile_model(model)
    encoding = encode_model(model, infer_shapes(model, program), (), counting=True)
    made = Counter(state for rule in encoding.system.initial for state in initial_states(encoding, rule))
    assert made == Counter(program.initial_states())


def initial_states(encoding: Encoding, rule: Initial) -> Iterator[State]:
    for inputs in choices(rule.inputs):
        meaning = Meaning({}, inputs=inputs)
        if meaning.term(rule.guard):
            assert not any(meaning.term(o.condition) for o in rule.obligations)
            state = encoding.decode_state({slot: meaning.term(t) for slot, t in rule.values.items()})
            yield from [state] * meaning.term(rule.ways)
