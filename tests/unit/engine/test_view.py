"""VIEW in explicit search: states are told apart by its value."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import event as count_case

from aioformal.concrete import compile_model
from aioformal.diagnostic import Severity
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Engine, Event, Problem, Remark
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration, Fault, Finding, Proved, Unknown, Violated
from aioformal.resolve.model import Model
from aioformal.value.values import State, Value
from tests.unit.concrete.specs import model_of
from tests.unit.engine.viewed_models import viewed_models

NATIVE = Explicit(Settings(small=0))
TWIN = Explicit(Settings(small=0, runner="interpreted"))
ENGINES = pytest.mark.parametrize("engine", [NATIVE, TWIN], ids=["machine code", "twin"])


def viewed(text: str, config: str = "") -> Model:
    return model_of(text, f"INIT Init\nNEXT Next\nVIEW View\n{config}")


def search(model: Model, engine: Engine) -> list[Event]:
    return list(engine.check(Problem(model, model.properties, False), Budget()))


def exploration(events: list[Event]) -> Exploration:
    return next(event for event in events if isinstance(event, Exploration))


def counts_of(model: Model) -> tuple[int, int, int]:
    """Distinct and generated states and depth, of a search that keeps the first state of each view."""
    program = compile_model(model)
    assert model.view is not None
    seen: dict[Value, State] = {}
    level, generated, depth = list(program.initial_states()), 0, -1
    while level:
        generated += len(level)
        kept: list[State] = []
        for state in level:
            view = program.evaluate(model.view, state)
            if view not in seen:
                seen[view] = state
                kept.append(state)
        depth += bool(kept)
        level = [step.state for state in kept for step in program.successors(state)]
    return len(seen), generated, depth


WALK = """
CONSTANTS p, q
VARIABLES at, steps, seen, log
Init == at = 0 /\\ steps = 0 /\\ seen = {} /\\ log = <<>>
Go(d) == /\\ at' = (at + d) % 5
         /\\ steps' = steps + 1
         /\\ seen' = seen \\cup {IF at = 2 THEN p ELSE q}
         /\\ log' = IF Len(log) < 3 THEN Append(log, at) ELSE log
Next == Go(1) \\/ Go(3)
"""

VIEWS = [
    "at",
    "<<at, seen>>",
    "[where |-> at, have |-> seen]",
    "<<at, IF p \\in seen THEN seen ELSE 0>>",
    "{<<at, x>> : x \\in seen}",
    "[x \\in seen |-> at]",
    "<<at, SubSeq(log, 2, Len(log))>>",
    "<<log, at > 2>>",
    "IF at = 0 THEN p ELSE <<at>>",
    "TRUE",
]


@ENGINES
@pytest.mark.parametrize("view", VIEWS)
def test_one_state_for_each_value_of_the_view(view: str, engine: Engine) -> None:
    model = viewed(WALK + f"View == {view}\n", "CONSTANTS p = p q = q")
    events = search(model, engine)
    remarks = [event.diagnostic.code for event in events if isinstance(event, Remark)]
    assert remarks in ([], ["run.reduction"], ["config.view"])
    seen = exploration(events)
    assert (seen.distinct_states, seen.generated_states, seen.depth) == counts_of(model)


@ENGINES
def test_traces_are_of_the_states_themselves(engine: Engine) -> None:
    model = viewed(WALK + "View == at\nLow == steps < 2\n", "CONSTANTS p = p q = q\nINVARIANT Low")
    [found] = [event.verdict for event in search(model, engine) if isinstance(event, Finding)]
    assert isinstance(found, Violated)
    states, program = found.trace.states, compile_model(model)
    assert program.is_initial(states[0])
    assert all(program.is_step(a, b) for a, b in pairwise(states))
    assert [state[1] for state in states] == [0, 1, 2]


@ENGINES
def test_a_view_without_a_value(engine: Engine) -> None:
    model = viewed(WALK + "View == 7 \\div (at - 3)\n", "CONSTANTS p = p q = q")
    [fault] = [event for event in search(model, engine) if isinstance(event, Fault)]
    assert fault.diagnostic.code == "eval.partial"
    assert fault.trace is not None


@ENGINES
def test_a_view_without_a_value_where_it_is_not_asked_for(engine: Engine) -> None:
    text = WALK + "View == IF at = 3 THEN 7 \\div (at - 3) ELSE at\nInside == at # 3\n"
    events = search(viewed(text, "CONSTANTS p = p q = q\nCONSTRAINT Inside"), engine)
    assert not [event for event in events if isinstance(event, Fault)]
    assert exploration(events).distinct_states == 4


ROUND = """
VARIABLES x, n
Init == x = 0 /\\ n = 0
Next == x' = 1 - x /\\ n' = IF n < 9 THEN n + 1 ELSE n
"""


def test_a_proof_says_what_it_rests_on() -> None:
    events = search(viewed(ROUND + "Low == x < 2\nView == x\n", "INVARIANT Low"), NATIVE)
    [remark] = [event.diagnostic for event in events if isinstance(event, Remark)]
    assert (remark.code, remark.severity) == ("run.reduction", Severity.NOTE)
    assert [type(event.verdict) for event in events if isinstance(event, Finding)] == [Proved]


@pytest.mark.parametrize(
    ("view", "low", "said"),
    [
        ("x", "n # 2", "differ in Low"),
        ("<<x, n \\in {0, 1, 4}>>", "n < 99", "the views of their successors"),
    ],
)
def test_what_is_seen_to_differ_is_said(view: str, low: str, said: str) -> None:
    # Only the first state of a view is judged, as TLC does: that is no proof of anything.
    events = search(viewed(f"{ROUND}Low == {low}\nView == {view}\n", "INVARIANT Low"), NATIVE)
    seen, doubt = [event.diagnostic for event in events if isinstance(event, Remark)]
    assert (seen.code, seen.severity, said in seen.message) == ("config.view", Severity.WARNING, True)
    assert (doubt.code, "which Low reads" in doubt.message) == ("run.reduction", True)
    assert [type(event.verdict) for event in events if isinstance(event, Finding)] == [Unknown]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(viewed_models())
def test_nothing_is_proved_that_is_hidden(pair: tuple[str, str]) -> None:
    model = viewed(*pair)
    everything = verdicts(model_of(pair[0], f"INIT Init\nNEXT Next\n{pair[1]}"), Reference())
    alone = verdicts(model, NATIVE)
    assert [kind for kind, _ in verdicts(model, TWIN).values()] == [kind for kind, _ in alone.values()]
    for name, (kind, depth) in alone.items():
        count_case(f"{name} {kind.__name__}")
        assert kind is Unknown or kind is everything[name][0]
        assert depth is None or depth >= (everything[name][1] or 0)


def verdicts(model: Model, engine: Engine) -> dict[str, tuple[type, int | None]]:
    events = list(engine.check(Problem(model, model.properties, deadlock=True), Budget()))
    found = {event.property: event.verdict for event in events if isinstance(event, Finding)}
    return {name: (type(v), v.trace.depth if isinstance(v, Violated) else None) for name, v in found.items()}


def test_the_initial_states_have_no_view() -> None:
    model = viewed(
        WALK.replace("at = 0", "at \\in 0..4") + "View == 7 \\div (at - 3)\n", "CONSTANTS p = p q = q"
    )
    [fault] = [event for event in search(model, NATIVE) if isinstance(event, Fault)]
    assert fault.diagnostic.code == "eval.partial"


def test_a_view_of_the_next_state_is_left_to_the_reference() -> None:
    model = viewed("VARIABLE x\nInit == x = 0\nNext == x' = 1 - x\nView == x'\n")
    events = search(model, NATIVE)
    codes = [event.diagnostic.code for event in events if isinstance(event, Remark)]
    assert codes == ["run.reference", "config.ignored"]
    assert exploration(events).distinct_states == 2


def test_the_reference_search_says_that_it_looks_at_all_states() -> None:
    model = viewed("VARIABLE x\nInit == x = 0\nNext == x' = 1 - x\nView == 0\n")
    events = search(model, Reference())
    assert [event.diagnostic.code for event in events if isinstance(event, Remark)] == ["config.ignored"]


@ENGINES
def test_a_view_of_what_stands_for_its_images(engine: Engine) -> None:
    text = """
CONSTANT P
VARIABLES pc, steps
Init == pc = [p \\in P |-> 0] /\\ steps = 0
Next == \\E p \\in P : pc' = [pc EXCEPT ![p] = (@ + 1) % 4] /\\ steps' = steps + 1
View == pc
Perms == Permutations(P)
"""
    model = viewed(text, "CONSTANT P = {a, b, c, d}\nSYMMETRY Perms")
    events = search(model, engine)
    assert exploration(events).distinct_states == 35
