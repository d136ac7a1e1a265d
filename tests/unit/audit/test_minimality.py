"""Of random small models: without its bystanders a counterexample fails alike, and no further step can go.

The oracle here knows nothing of the search for bystanders: it follows labels through the enumerated
successors.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence

import pytest

from aioformal.audit.bystanders import relevance
from aioformal.audit.explanation import explained
from aioformal.audit.replay import replay_trace
from aioformal.concrete import ActionLabel, Program, Trace
from aioformal.evidence.verdict import Blame
from aioformal.value.values import State
from tests.unit.concrete.specs import program_of

VARIABLES = ("u", "v", "w")
LONGEST = 10


def random_model(rng: random.Random) -> str:
    """Actions with guards over three small counters, some of which leave open how a counter goes on."""
    actions = [f"A{number}(p) == {random_action(rng)}" for number in range(rng.randint(3, 5))]
    choices = " \\/ ".join(action.partition(" ==")[0] for action in actions)
    limits = {name: rng.randint(1, 3) for name in VARIABLES}
    claims = " /\\ ".join(
        f"(\\A q \\in {{1, 2}} : {name}[q] < {limit} \\/ {rng.choice(VARIABLES)}[q] = 0)"
        for name, limit in limits.items()
    )
    initial = " /\\ ".join(f"{name} = [q \\in {{1, 2}} |-> 0]" for name in VARIABLES)
    return "\n".join(
        [
            f"VARIABLES {', '.join(VARIABLES)}",
            f"Init == {initial}",
            *actions,
            f"Next == \\E p \\in {{1, 2}} : {choices}",
            f"Claim == {claims}",
        ]
    )


def random_action(rng: random.Random) -> str:
    guards = [
        f"{rng.choice(VARIABLES)}[p] {rng.choice(['=', '>', '<', '#'])} {rng.randint(0, 2)}"
        for _ in range(rng.randint(0, 1))
    ]
    changed = rng.choice(VARIABLES)
    value = rng.choice(["(@ + 1) % 4", "0", "2 - @", "@ + 1"])
    update = f"{changed}' = [{changed} EXCEPT ![p] = {value}]"
    if rng.random() < 0.2:
        update = f"\\E n \\in 0..2 : {changed}' = [{changed} EXCEPT ![p] = n]"
    kept = ", ".join(name for name in VARIABLES if name != changed)
    return " /\\ ".join([*guards, f"({update})", f"UNCHANGED <<{kept}>>"])


def walk_to_violation(program: Program, rng: random.Random) -> Trace | None:
    """A random walk up to the first state in which the claim is false."""
    claim = program.predicate(program.model.properties[0].parts[0].formula)
    states = [next(program.initial_states())]
    actions: list[ActionLabel] = []
    while claim(states[-1]):
        steps = list(program.successors(states[-1]))
        if not steps or len(actions) == LONGEST:
            return None
        step = rng.choice(steps)
        states.append(step.state)
        actions.append(step.label)
    return Trace(program.variables, tuple(states), tuple(actions))


def ends_of(program: Program, labels: Sequence[ActionLabel]) -> Iterator[tuple[State, ...]]:
    """Every behaviour with these steps."""
    ways: list[tuple[State, ...]] = [(state,) for state in program.initial_states()]
    for label in labels:
        ways = [
            (*way, step.state) for way in ways for step in program.successors(way[-1]) if step.label == label
        ]
    yield from ways


def fails_alike(program: Program, labels: Sequence[ActionLabel], wanted: Blame) -> bool:
    """Whether some behaviour with these steps ends with the same conjunct false."""
    prop = program.model.properties[0]
    claim = program.predicate(prop.parts[0].formula)
    for states in ends_of(program, labels):
        if claim(states[-1]):
            continue
        found = explained(program, prop, Trace(program.variables, states, tuple(labels)))
        assert found is not None
        if (found.text, found.span) == (wanted.text, wanted.span):
            return True
    return False


@pytest.mark.parametrize("seed", range(40))
def test_what_matters_fails_alike_and_nothing_more_can_go(seed: int) -> None:
    rng = random.Random(seed)
    trace = None
    while trace is None:
        program = program_of(random_model(rng), "INIT Init\nNEXT Next\nINVARIANT Claim\n")
        trace = next(filter(None, (walk_to_violation(program, rng) for _ in range(10))), None)
    prop = program.model.properties[0]
    guilty = explained(program, prop, trace)
    assert guilty is not None
    found = relevance(program, prop, trace, guilty, math.inf)

    assert found.complete
    kept = [trace.actions[index] for index in found.steps]
    assert kept == list(found.behaviour.actions)
    assert replay_trace(program, prop, found.behaviour) == found.behaviour
    assert fails_alike(program, kept, guilty)
    for index in range(len(kept)):
        assert not fails_alike(program, kept[:index] + kept[index + 1 :], guilty)


def test_random_models_have_bystanders() -> None:
    """Else the test above would say nothing."""
    rng = random.Random(1)
    left_out = kept = 0
    for _ in range(30):
        program = program_of(random_model(rng), "INIT Init\nNEXT Next\nINVARIANT Claim\n")
        trace = walk_to_violation(program, rng)
        if trace is not None:
            prop = program.model.properties[0]
            found = relevance(program, prop, trace, explained(program, prop, trace), math.inf)
            kept += len(found.steps) > 1
            left_out += len(found.steps) < trace.depth
    assert left_out > 3
    assert kept > 3
