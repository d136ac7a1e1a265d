"""What only the search in machine code has to cope with: shapes that are left, tables that grow, models
that words cannot hold, several workers. The reference search says what must come out."""

from __future__ import annotations

import pytest

from aioformal.encode import infer
from aioformal.engine.explicit import Explicit, Settings, widening
from aioformal.engine.protocol import Budget, Engine, Event, Problem, Remark
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration, Fault, Finding, Unknown, Violated
from aioformal.native import machine_code
from tests.unit.concrete.specs import model_of

NATIVE = Explicit(Settings(small=0))


def search(engine: Engine, text: str, config: str = "", depth: int | None = None) -> list[Event]:
    model = model_of(text, f"INIT Init\nNEXT Next\n{config}")
    return list(engine.check(Problem(model, model.properties, False), Budget(depth=depth)))


def exploration(events: list[Event]) -> Exploration:
    return next(event for event in events if isinstance(event, Exploration))


def summary(events: list[Event]) -> object:
    """Verdicts with the lengths of traces, and counts."""
    verdicts = {
        event.property: (
            type(event.verdict).__name__,
            getattr(getattr(event.verdict, "trace", None), "depth", None),
        )
        for event in events
        if isinstance(event, Finding)
    }
    faults = [event.diagnostic.code for event in events if isinstance(event, Fault)]
    return verdicts, faults, seen if (seen := exploration(events)).complete else None


def taken(events: list[Event]) -> list[tuple[str, int]]:
    """How often each action was taken: which of them is first to find a state depends on the order."""
    details = exploration(events).details
    assert details is not None
    return [(c.action, c.taken) for c in details.coverage]


def agree(text: str, config: str = "", engine: Engine = NATIVE, depth: int | None = None) -> Exploration:
    """What both engines say, if it is the same; with the details of the native one."""
    native = search(engine, text, config, depth)
    assert not [event for event in native if isinstance(event, Remark)]
    reference = search(Reference(), text, config, depth)
    assert summary(native) == summary(reference)
    if exploration(native).complete:
        assert taken(native) == taken(reference)
    return exploration(native)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shapes that know next to nothing, and learn no more than they must."""
    monkeypatch.setattr(widening, "MOST_WALKS", 0)
    monkeypatch.setattr(infer, "QUICK", infer.Extent(1, 0, 0))
    monkeypatch.setattr("aioformal.engine.explicit.preparation.QUICK", infer.Extent(1, 0, 0))


GROWING = """
VARIABLES n, q, s, f, u
Init == n = 0 /\\ q = <<>> /\\ s = {} /\\ f = [a |-> 0] /\\ u = "none"
Count == n < 70 /\\ n' = n + 3 /\\ UNCHANGED <<q, s, f, u>>
Sink == n > 60 /\\ n' = n - 100 /\\ UNCHANGED <<q, s, f, u>>
Push == Len(q) < 2 /\\ \\E v \\in {"x", "y"} : q' = Append(q, v) /\\ UNCHANGED <<n, s, f, u>>
Gather == n > 30 /\\ s' = s \\cup {n % 4} /\\ UNCHANGED <<n, q, f, u>>
Extend == n = 33 /\\ f' = [b |-> n, c |-> TRUE] /\\ UNCHANGED <<n, q, s, u>>
Other == n = 36 /\\ u' = n /\\ UNCHANGED <<n, q, s, f>>
Next == Count \\/ Sink \\/ Push \\/ Gather \\/ Extend \\/ Other
Low == n < 71
Early == n # 69
Grows == [][n' > n]_n
Few == Len(q) < 3
"""


@pytest.mark.usefixtures("narrow")
def test_shapes_that_are_left_in_every_way() -> None:
    seen = agree(GROWING, "INVARIANTS Low Early Few\nPROPERTY Grows")
    assert seen.details is not None
    assert seen.details.widened >= 4
    assert seen.distinct_states > 5_000


@pytest.mark.parametrize("walks", [0, 32])
def test_a_shape_that_is_left_again_and_again_is_widened_by_what_comes_later(
    narrow: None,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
    walks: int,
) -> None:
    monkeypatch.setattr(widening, "MOST_WALKS", walks)
    seen = agree(
        """
        VARIABLE bag
        Init == bag = {}
        Next == /\\ Cardinality(bag) < 5
                /\\ \\E v \\in 0..7 : Cardinality(bag) >= v /\\ bag' = bag \\union {v * v}
        """
    )
    assert seen.details is not None
    assert (seen.details.widened > 3) is (walks == 0)


def test_what_only_walks_come_to_is_no_failure() -> None:
    """They do not know of ACTION_CONSTRAINT."""
    seen = agree(
        """
        VARIABLES n, m, v
        Init == n = 0 /\\ m = 0 /\\ v = 0
        Next == n' = n + 1 /\\ m' = (IF n = 350 THEN 5 ELSE 0) /\\ v' = IF n = 370 THEN Nat ELSE 0
        Soon == n' <= 360
        Low == m < 6
        """,
        "ACTION_CONSTRAINT Soon\nINVARIANT Low\nCHECK_DEADLOCK FALSE",
    )
    assert seen.distinct_states == 361


@pytest.mark.usefixtures("narrow")
def test_shapes_that_are_left_by_one_of_two_workers() -> None:
    agree(GROWING, "INVARIANTS Low Early Few\nPROPERTY Grows", Explicit(Settings(workers=2, small=0)))


RETURNING = """
VARIABLES x, y
Init == x = 0 /\\ y = 0
Around == \\E d \\in 1..9 : x' = (x + d) % 40 /\\ y' = y
Often == x = 30 /\\ \\E d \\in 1..9, e \\in 1..30 : x' = (x + d) % 40 /\\ y' = y
Grow == x \\in {31, 39} /\\ y < 400 /\\ x' = 0 /\\ y' = 2 * y + 1
Next == Around \\/ Often \\/ Grow
"""


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("workers", [1, 2])
def test_steps_to_states_that_are_remembered_are_counted_once(workers: int) -> None:
    """Most steps lead back. Those out of a state that then leaves its shape are counted when it is looked at
    again, and those that are too many to be taken back go the other way."""
    seen = agree(RETURNING, engine=Explicit(Settings(workers=workers, small=0)))
    assert seen.details is not None
    assert seen.details.widened >= 4


def test_an_action_constraint_that_fails_in_the_state_before_a_step() -> None:
    """It is no failure of CONSTRAINT, though it speaks of one state."""
    text = "VARIABLE x\nInit == x \\in -1..1\nNext == x' = 1 - x\nAC == 10 \\div x > 0 \\/ x' # 2"
    agree(text, "ACTION_CONSTRAINT AC")


def test_a_violated_invariant_may_fail_elsewhere() -> None:
    text = (
        "VARIABLES x, y\nInit == x \\in -1..1 /\\ y = 0\nNext == y' = 1 - y /\\ x' = x\n"
        "Bad == 10 \\div (y - 1) > 0\nGood == y < 2"
    )
    seen = agree(text, "INVARIANTS Bad Good")
    assert seen.distinct_states == 6


@pytest.mark.usefixtures("narrow")
def test_initial_states_outside_the_first_shapes() -> None:
    agree("VARIABLES x, y\nInit == x \\in 0..40 /\\ y = x * x\nNext == UNCHANGED <<x, y>>")


def test_more_initial_states_than_the_first_table_holds() -> None:
    text = (
        "VARIABLES x, y\nInit == x \\in 0..299 /\\ y \\in 0..299\nNext == UNCHANGED <<x, y>>\nLow == x < 299"
    )
    seen = exploration(search(NATIVE, "" + text, "INVARIANT Low"))
    assert (seen.initial_states, seen.distinct_states) == (90_000, 90_000)


def test_more_successors_than_the_buffer_holds() -> None:
    text = (
        "VARIABLES x, y\nInit == x = 0 /\\ y = 0\n"
        "Next == (x = 0 /\\ x' \\in 1..100 /\\ y' \\in 1..100) \\/ (x > 0 /\\ UNCHANGED <<x, y>>)"
    )
    seen = agree(text)
    assert seen.distinct_states == 10_001


def test_two_workers_count_like_one() -> None:
    text = (
        "VARIABLE f\nInit == f = [i \\in 1..6 |-> 0]\n"
        "Next == \\E i \\in 1..6 : f' = [f EXCEPT ![i] = (f[i] + 1) % 5]\n"
        "Far == f[1] + f[2] + f[3] < 12\nNear == f[1] < 5"
    )
    one = search(NATIVE, text, "INVARIANTS Far Near")
    two = search(Explicit(Settings(workers=2, small=0)), text, "INVARIANTS Far Near")
    assert summary(one) == summary(two)
    assert exploration(two).distinct_states == 5**6


def test_what_words_cannot_hold_is_said_and_the_reference_runs() -> None:
    text = "VARIABLE x\nInit == x = 1\nNext == x < 2^70 /\\ x' = x * 2\nSmall == x < 2^69"
    events = search(NATIVE, text, "INVARIANT Small")
    assert [event.diagnostic.code for event in events if isinstance(event, Remark)] == ["run.reference"]
    verdict = next(event.verdict for event in events if isinstance(event, Finding))
    assert isinstance(verdict, Violated)
    assert verdict.trace.depth == 69


def test_integers_grow_far_beyond_the_sample() -> None:
    text = (
        "VARIABLE x\nInit == x = 1\n"
        "Next == (x < 2^40 /\\ x > 0 /\\ x' = x * 3) \\/ (x > -(2^40) /\\ x' = -x - 1)\n"
        "Small == x # 3^25\nOdd == x # 2"
    )
    agree(text, "INVARIANTS Small Odd")


def test_a_memory_limit_ends_in_an_honest_unknown() -> None:
    text = (
        "VARIABLE f\nInit == f = [i \\in 1..9 |-> 0]\n"
        "Next == \\E i \\in 1..9 : f' = [f EXCEPT ![i] = (f[i] + 1) % 5]\nFar == f[1] < 5"
    )
    events = search(Explicit(Settings(memory=8 << 20, small=0)), text, "INVARIANT Far")
    verdict = next(event.verdict for event in events if isinstance(event, Finding))
    assert isinstance(verdict, Unknown)
    assert "memory" in verdict.reason
    assert "not expanded" in verdict.reason
    assert not exploration(events).complete


def test_a_small_model_is_left_to_the_reference() -> None:
    text = "VARIABLE x\nInit == x = 0\nNext == x' = (x + 1) % 9\nLow == x < 9"
    events = search(Explicit(), text, "INVARIANT Low")
    assert {event.engine for event in events if isinstance(event, Finding)} == {"explicit"}
    details = exploration(events).details
    assert details is not None
    assert details.runner == "reference semantics"


def test_more_code_than_can_be_compiled_soon_is_left_to_the_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "VARIABLE x\nInit == x = 0\nNext == x < 9 /\\ x' = x + 1\nSmall == x < 5\n"
    monkeypatch.setattr(machine_code, "MOST_LINES", 10)
    events = search(NATIVE, text, "INVARIANT Small\n")
    remark = next(event.diagnostic for event in events if isinstance(event, Remark))
    assert remark.code == "run.reference"
    assert "lines of code" in remark.message
    assert summary(events) == summary(search(Reference(), text, "INVARIANT Small\n"))


def test_what_is_wrong_with_a_step_to_a_remembered_state_is_noticed() -> None:
    """States of one word are remembered, and the steps to them mostly skipped."""
    text = """
VARIABLES x, y
Init == x = 0 /\\ y = 0
Next == \\/ x' = (x + 1) % 5 /\\ y' = y
        \\/ x' = 0 /\\ y' = (y + 1) % 3
        \\/ x' = x /\\ y' = 0
Forward == [][y = 2 => y' = 2 \\/ x # 4]_<<x, y>>
Kept == x = 3 => y' # 0
Inside == x < 4
"""
    seen = agree(text, "PROPERTY Forward\nINVARIANT Inside\n")
    assert seen.details is not None
    assert seen.details.state_bits < 64
    agree(text, "ACTION_CONSTRAINT Kept\nPROPERTY Forward\nCONSTRAINT Inside\n")
