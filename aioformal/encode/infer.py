"""Shapes from concretely explored states and from what the specification says about its variables."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct, field

from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError, error
from aioformal.encode.beginning import Beginning, beginning_of
from aioformal.encode.growth import settled, uniform
from aioformal.encode.hints import hints_of
from aioformal.encode.shapes import Shape, Shapes, VariableShape, contains, join, shape_of
from aioformal.resolve.model import Model
from aioformal.value.values import State, Value


class Extent(Struct, frozen=True):
    """How much is looked at: states breadth first, and random walks of so many steps: counters that grow
    for ever show there. All walks together see `most` steps, those not taken included: where a state has very
    many successors, walks are shorter."""

    breadth: int
    walks: int
    steps: int
    most: int = 4_000


THOROUGH = Extent(1_500, 12, 100, 40_000)
QUICK = Extent(300, 6, 60)
"""For engines that widen a shape without beginning anew."""

MOST_CHOICES = 256
"""Successors of a state that a walk chooses from."""

ENUMERATED = 20_000
"""Init that may choose in more ways than this is not enumerated."""

SECONDS = 2.0
"""Wall-clock time after which sampling stops. What it has not seen is found by widening."""


class Sample(Struct):
    """States in the order they were found, the `initial` ones first; `complete` when there are no others,
    `cut` when there are more than were asked for. `steps` between them: each begins where another ended
    before, or at an initial state. ACTION_CONSTRAINT was not asked. `guessed_from`: what Init chooses in so
    many ways that some initial states were guessed. After the `deadline` nobody goes on looking."""

    states: dict[State, None] = field(default_factory=dict[State, None])
    complete: bool = False
    cut: bool = False
    steps: list[tuple[State, State]] = field(default_factory=list[tuple[State, State]])
    initial: int = 0
    guessed_from: Beginning | None = None
    deadline: float = field(default_factory=lambda: time.monotonic() + SECONDS)


def infer_shapes(
    model: Model, program: Program, extent: Extent | None = None, sample: Sample | None = None
) -> Shapes:
    """The shape of every variable, from a sample of the states (`THOROUGH` unless told). `sample`: the
    first states where they were looked at already; walks are added to them.

    Raises encode.unsupported where nothing is known about a variable, or a value has no shape.
    """
    extent = extent or THOROUGH
    sample = first_states(model, program, extent) if sample is None else sample
    if not sample.complete and sample.states:
        _walk(program, sample, extent)
    return shapes_so_far(model, program, sample)


def shapes_so_far(model: Model, program: Program, sample: Sample) -> Shapes:
    """The shape of every variable as far as a sample goes. Raises as `infer_shapes` does."""
    beginning = sample.guessed_from
    hints = hints_of(model, program.evaluate)
    columns = list(zip(*sample.states, strict=True)) or [()] * len(model.variables)
    found: dict[str, VariableShape] = {}
    for declaration, values in zip(model.flat.variables, columns, strict=True):
        name = declaration.name
        seen = _shape_of_values(values)
        if beginning is not None and name in beginning.shapes:
            first = beginning.shapes[name]
            seen = first if seen is None else join(first, seen)
        hint = hints.get(name)
        shape = settled(seen, hint, sample.complete)
        if shape is None:
            message = f"nothing is known about the values of {name}"
            raise error("encode.unsupported", message, declaration.span, hint="Add a type invariant.")
        origins = [origin for origin, known in (("sample", seen), ("hint", hint)) if known is not None]
        found[name] = VariableShape(uniform(shape), tuple(origins))
    return Shapes(found)


def _shape_of_values(values: tuple[Value, ...]) -> Shape | None:
    shape: Shape | None = None
    for value in dict.fromkeys(values):
        # Most values have a place already, and then to make a shape of them and to join it changes nothing.
        if shape is None or not contains(shape, value):
            shape = shape_of(value) if shape is None else join(shape, shape_of(value))
    return shape


def first_states(model: Model, program: Program, extent: Extent) -> Sample:
    """The first states breadth first. Initial states that are too many to enumerate are guessed, some of
    them."""
    sample = Sample()
    beginning = None if model.init is None else beginning_of(model, model.init)
    if beginning is None or (beginning.choices is not None and beginning.choices <= ENUMERATED):
        started = _initial(program, sample, extent)
    else:
        sample.states.update(dict.fromkeys(beginning.states()))
        sample.guessed_from, started = beginning, False
    sample.initial = len(sample.states)
    sample.complete = _breadth_first(program, sample, extent) and started
    return sample


def _initial(program: Program, sample: Sample, extent: Extent) -> bool:
    """Whether all initial states were seen."""
    try:
        for state in program.initial_states():
            sample.states[state] = None
            if len(sample.states) >= extent.breadth:
                sample.cut = True
                return False
    except DiagnosticError:
        return False
    return True


def _breadth_first(program: Program, sample: Sample, extent: Extent) -> bool:
    """Whether the search came to its end."""
    queue = deque(sample.states)
    whole = True
    while queue:
        if len(sample.states) >= extent.breadth:
            sample.cut = True
            return False
        before = queue.popleft()
        for state in _successors(program, before):
            if time.monotonic() > sample.deadline:
                return False
            if state is None:
                whole = False
                continue
            sample.steps.append((before, state))
            if state not in sample.states:
                sample.states[state] = None
                queue.append(state)
    return whole


def _successors(program: Program, state: State) -> Iterator[State | None]:
    """The successors of a state; None stands for those that an evaluation error hides."""
    try:
        if program.satisfies_constraints(state):
            for step in program.successors(state):
                yield step.state
    except DiagnosticError:
        yield None


def states_ahead(program: Program, states: Iterable[State], extent: Extent) -> Iterable[State]:
    """States on random walks from some others, which are among them."""
    sample = Sample(dict.fromkeys(states))
    if sample.states:
        _walk(program, sample, extent)
    return sample.states


def _walk(program: Program, sample: Sample, extent: Extent) -> None:
    """Random walks with a fixed seed: what they see depends on the specification only."""
    chance = random.Random(1)
    starts = list(sample.states)[:64]
    before = len(sample.steps)
    for walk in range(1, extent.walks + 1):
        state = chance.choice(starts)
        most = before + extent.most * walk // extent.walks
        for _ in range(extent.steps):
            choices = [s for s in islice(_successors(program, state), MOST_CHOICES) if s is not None]
            if not choices or len(sample.steps) > most or time.monotonic() > sample.deadline:
                break
            sample.steps.extend((state, after) for after in choices)
            state = chance.choice(choices)
            sample.states.update(dict.fromkeys(choices))
