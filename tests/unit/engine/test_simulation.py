"""Random walks: what they find, that they can be walked again, and what they do not claim."""

from __future__ import annotations

from itertools import count, pairwise
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from aioformal.encode import infer
from aioformal.engine.protocol import Budget, Event, Problem, Remark
from aioformal.engine.simulation import Simulation, Walking, engine
from aioformal.engine.simulation.interpreted import InterpretedGround
from aioformal.evidence.verdict import Fault, Finding, Unknown, Vacuous, Verdict, Violated, Walks
from tests.unit.concrete.specs import model_of

COUNTER = """
VARIABLE x
Init == x \\in 0..2
Up == x < 9 /\\ x' = x + 1
Back == x > 0 /\\ x' = 0
Next == Up \\/ Back
Small == x < 7
Low == x < 10
Climbs == [][x' > x \\/ x' = 0]_x
NoLeap == [][x' # 0 \\/ x < 4]_x
Later == <>(x = 5)
Bounded == x < 5
NoReturn == x' # 0
Nowhere == x > 20
"""
WALKING = Walking(seed=1, depth=50, walks=200)


@pytest.fixture(params=["machine code", "reference semantics"], autouse=True)
def runner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "reference semantics":
        monkeypatch.setattr(engine, "MachineGround", InterpretedGround)
    return request.param


def walk(text: str, config: str = "", walking: Walking = WALKING, *, deadlock: bool = True) -> list[Event]:
    model = model_of(text, f"INIT Init\nNEXT Next\n{config}")
    return list(Simulation(walking).check(Problem(model, model.properties, deadlock), Budget()))


def verdicts(events: list[Event]) -> dict[str, Verdict]:
    return {event.property: event.verdict for event in events if isinstance(event, Finding)}


def summary(events: list[Event]) -> Walks:
    assert isinstance(events[-1], Walks)
    return events[-1]


def violation(events: list[Event], name: str) -> list[object]:
    verdict = verdicts(events)[name]
    assert isinstance(verdict, Violated)
    return [state[0] for state in verdict.trace.states]


def test_nothing_found_is_nothing_proved(runner: str) -> None:
    events = walk(COUNTER, "INVARIANT Low\nPROPERTIES Climbs Later")
    found = verdicts(events)
    assert all(isinstance(verdict, Unknown) for verdict in found.values())
    assert set(found) == {"Low", "Climbs", "Later", "deadlock"}
    low, later = found["Low"], found["Later"]
    assert isinstance(low, Unknown)
    assert low.reason == "no violation found in 200 walks of up to 50 steps, 10,000 steps in all"
    assert isinstance(later, Unknown)
    assert "whole behaviours" in later.reason
    seen = summary(events)
    assert (seen.walks, seen.steps, seen.lengths, seen.runner) == (200, 10_000, ((50, 200),), runner)
    assert sum(taken for _, taken in seen.taken) == 10_000


def test_a_violation_is_cut_short_and_ends_the_run() -> None:
    events = walk(COUNTER, "INVARIANTS Small Low")
    states = violation(events, "Small")
    # Whatever the walk did before: from where it began it can only climb.
    assert states[-1] == 7
    assert len(states) == len(set(states))
    low = verdicts(events)["Low"]
    assert isinstance(low, Unknown)
    assert "before that of Small" in low.reason
    assert summary(events).walks < 200


def test_a_step_that_violates_something_stays_the_last() -> None:
    states = violation(walk(COUNTER, "PROPERTY NoLeap"), "NoLeap")
    assert states[-1] == 0
    assert states[-2] in range(4, 10)
    assert all(after == before + 1 for before, after in pairwise(states[:-1]))


def test_an_initial_state_is_judged() -> None:
    assert violation(
        walk(COUNTER.replace("Small == x < 7", "Small == x < 2"), "INVARIANT Small"), "Small"
    ) == [2]


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_deadlock_after_the_last_step_is_noticed(depth: int) -> None:
    text = f"VARIABLE x\nInit == x = 0\nNext == x < {depth} /\\ x' = x + 1"
    assert violation(walk(text, walking=Walking(1, depth, 3)), "deadlock") == list(range(depth + 1))
    further = text.replace(f"< {depth}", f"< {depth + 1}")
    assert isinstance(verdicts(walk(further, walking=Walking(1, depth, 3)))["deadlock"], Unknown)


def test_a_deadlock_is_found_where_it_is_asked_for() -> None:
    text = COUNTER.replace("Back == x > 0", "Back == x = 5")
    assert violation(walk(text), "deadlock")[-1] == 9
    events = walk(text, "INVARIANT Low", deadlock=False)
    assert set(verdicts(events)) == {"Low"}
    assert summary(events).lengths[-1][0] < 50 or len(summary(events).lengths) > 1


def test_constraints_end_walks_and_what_lies_beyond_is_judged() -> None:
    events = walk(COUNTER, "INVARIANT Low\nCONSTRAINT Bounded")
    assert isinstance(verdicts(events)["Low"], Unknown)
    assert violation(walk(COUNTER.replace("x < 7", "x < 5"), "INVARIANT Small\nCONSTRAINT Bounded"), "Small")
    events = walk(COUNTER, "INVARIANT Low\nACTION_CONSTRAINT NoReturn")
    assert max(length for length, _ in summary(events).lengths) <= 9


def test_the_same_seed_walks_the_same_way() -> None:
    config = "INVARIANT Small"
    one, two = (summary(walk(COUNTER, config)) for _ in range(2))
    assert replace(one, seconds=0.0) == replace(two, seconds=0.0)
    others = {summary(walk(COUNTER, config, replace(WALKING, seed=seed))).taken for seed in range(8)}
    assert len(others) > 1


def test_an_assert_is_a_fault_with_the_way_there() -> None:
    text = COUNTER.replace("x' = x + 1", 'Assert(x < 6, "too far") /\\ x\' = x + 1')
    events = walk(text, "INVARIANT Low")
    fault = next(event for event in events if isinstance(event, Fault))
    assert fault.diagnostic.code == "eval.assert"
    assert fault.trace is not None
    assert fault.trace.states[-1] == (6,)
    assert len(fault.trace.states) == len(set(fault.trace.states))


def test_an_invariant_without_a_value_is_a_fault() -> None:
    events = walk(
        COUNTER.replace("Low == x < 10", "Low == IF x = 4 THEN Head(<<>>) ELSE TRUE"), "INVARIANT Low"
    )
    fault = next(event for event in events if isinstance(event, Fault))
    assert fault.diagnostic.code == "eval.partial"
    assert fault.trace is not None
    assert fault.trace.states[-1] == (4,)


def test_nowhere_to_begin() -> None:
    vacuous = verdicts(walk(COUNTER.replace("x \\in 0..2", "x \\in {}"), "INVARIANT Low"))["Low"]
    assert isinstance(vacuous, Vacuous)
    unknown = verdicts(walk(COUNTER, "INVARIANT Low\nCONSTRAINT Nowhere"))["Low"]
    assert isinstance(unknown, Unknown)
    assert "CONSTRAINT" in unknown.reason


def test_shapes_that_are_left_on_the_way_grow(runner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioformal.engine.explicit.preparation.QUICK", infer.Extent(1, 0, 0))
    text = (
        "VARIABLES n, q\nInit == n = 0 /\\ q = <<>>\n"
        "Count == n' = n + 5 /\\ UNCHANGED q\nPush == Len(q) < 6 /\\ q' = Append(q, n) /\\ UNCHANGED n\n"
        "Next == Count \\/ Push\nShort == Len(q) < 5"
    )
    events = walk(text, "INVARIANT Short")
    verdict = verdicts(events)["Short"]
    assert isinstance(verdict, Violated)
    assert (summary(events).widened > 0) is (runner == "machine code")


def test_a_model_beyond_words_walks_on_the_reference_semantics() -> None:
    text = "VARIABLE x\nInit == x = 1\nNext == x' = x * 2\nSmall == x < 2^70"
    events = walk(text, "INVARIANT Small", Walking(seed=3, depth=80, walks=2))
    assert violation(events, "Small")[-1] == 2**70
    assert summary(events).runner == "reference semantics"
    assert len([event for event in events if isinstance(event, Remark)]) <= 1


def test_time_is_a_limit_too() -> None:
    events = walk(COUNTER, "INVARIANT Low", Walking(seed=1, depth=10, walks=None, seconds=0.2))
    assert summary(events).walks > 1


def test_the_clock_is_looked_at_however_few_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()
    monkeypatch.setattr(engine, "time", SimpleNamespace(monotonic=lambda: float(next(ticks))))
    events = walk(COUNTER, "INVARIANT Low", Walking(seed=1, depth=1_000, walks=None, seconds=20.0))
    # Every look takes a second here, and so every step takes at least one.
    assert summary(events).walks == 1
    assert 0 < summary(events).steps <= 20


def interrupted(monkeypatch: pytest.MonkeyPatch, method: str, after: int, config: str) -> list[Event]:
    """What is said when somebody loses patience with a call of the ground."""
    ground = engine.MachineGround
    original, calls = getattr(ground, method), count()

    def impatient(*arguments: object) -> object:
        if next(calls) == after:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(ground, method, impatient)
    events: list[Event] = []
    model = model_of(COUNTER, f"INIT Init\nNEXT Next\n{config}")
    problem = Problem(model, model.properties, deadlock=True)
    with pytest.raises(KeyboardInterrupt):
        events.extend(Simulation(WALKING).check(problem, Budget()))
    return events


def test_an_interrupted_step_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    # A walk of 50 steps asks 51 times: the last state may be a deadlock.
    events = interrupted(monkeypatch, "moves", 61, "INVARIANT Low")
    assert (summary(events).walks, summary(events).steps, summary(events).lengths) == (
        2,
        60,
        ((10, 1), (50, 1)),
    )
    low = verdicts(events)["Low"]
    assert isinstance(low, Unknown)
    assert low.reason == "no violation found in 2 walks of up to 50 steps, 60 steps in all"


def test_nothing_is_said_of_properties_before_the_first_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    events = interrupted(monkeypatch, "begin", 0, "INVARIANT Low")
    assert verdicts(events) == {}
    assert summary(events).seed == WALKING.seed


def test_a_violation_is_said_also_when_cutting_it_short_takes_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events = interrupted(monkeypatch, "links", 0, "INVARIANT Small")
    assert violation(events, "Small")[-1] == 7
    assert summary(events).steps == sum(length * often for length, often in summary(events).lengths)


def test_walks_begin_in_all_initial_states_whatever_symmetry_and_view_say() -> None:
    text = """
CONSTANTS P, a, nobody
VARIABLES who, at
Init == who \\in P /\\ at \\in 0..3
Next == UNCHANGED <<who, at>>
NotFirst == who # a
Low == at < 3
Perms == Permutations(P)
View == nobody
"""
    for name in ("NotFirst", "Low"):
        config = (
            f"CONSTANTS P = {{a, b, c}} a = a nobody = nobody\nSYMMETRY Perms\nVIEW View\nINVARIANT {name}"
        )
        assert len(violation(walk(text, config), name)) == 1
