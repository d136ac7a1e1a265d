"""Explicit search, by the reference semantics and in machine code: counts worked out by hand, verdicts,
evidence, and ends of all kinds."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from aioformal.concrete import Trace
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Engine, Event, Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import (
    Exhaustive,
    Exploration,
    Fault,
    Finding,
    Holds,
    Proved,
    Unknown,
    Verdict,
    Violated,
)
from aioformal.value.digest import digest
from tests.unit.concrete.specs import model_of
from tests.unit.engine.patience import Patience

COUNTER = """
VARIABLE x
Init == x = 0
Up == x < 5 /\\ x' = x + 1
Back == x > 0 /\\ x' = 0
Next == Up \\/ Back
Small == x < 4
Never == x # 9
Climbs == [][x' <= x + 1]_x
NoBack == [][x' > x]_x
StartsLow == x = 0 /\\ [][TRUE]_x
Later == <>(x = 5)
"""


ENGINES: dict[str, Engine] = {
    "reference": Reference(),
    "machine code": Explicit(Settings(small=0)),
    "interpreted": Explicit(Settings(small=0, runner="interpreted")),
}


@pytest.fixture(params=list(ENGINES), autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENGINES, "asked", ENGINES[request.param])


def events(
    text: str, config: str = "", *, depth: int | None = None, deadlock: bool = True, init: str = "Init"
) -> list[Event]:
    model = model_of(text, f"INIT {init}\nNEXT Next\n{config}")
    return list(ENGINES["asked"].check(Problem(model, model.properties, deadlock), Budget(depth=depth)))


def findings(found: list[Event]) -> dict[str, Verdict]:
    return {event.property: event.verdict for event in found if isinstance(event, Finding)}


def exploration(found: list[Event]) -> Exploration:
    assert isinstance(found[-1], Exploration)
    return found[-1]


def xs(trace: Trace) -> list[object]:
    return [state[0] for state in trace.states]


def test_counts() -> None:
    # 0 -> 1; 1, 2, 3, 4 -> one more and 0; 5 -> 0: 1 initial state and 1 + 4 * 2 + 1 successors
    found = events(COUNTER, "INVARIANT Never")
    assert exploration(found) == Exploration(1, 6, 11, 5, True)
    verdicts = findings(found)
    proof = verdicts["Never"]
    assert isinstance(proof, Proved)
    assert isinstance(proof.certificate, Exhaustive)
    assert (proof.certificate.distinct, proof.certificate.generated, proof.certificate.depth) == (6, 11, 5)
    assert verdicts["deadlock"] == proof


def test_duplicates_count_as_generated() -> None:
    text = "VARIABLE x\nInit == x \\in {0, 1} \\/ x = 0\nNext == x' \\in 0..1 \\/ x' = x"
    # 3 initial states, and 3 successors of each of 2 states
    assert exploration(events(text)) == Exploration(3, 2, 9, 0, True)


def test_every_property_gets_its_own_verdict() -> None:
    found = events(COUNTER, "INVARIANTS Small Never\nPROPERTIES Climbs NoBack StartsLow")
    verdicts = findings(found)
    assert isinstance(verdicts["Small"], Violated)
    assert xs(verdicts["Small"].trace) == [0, 1, 2, 3, 4]
    assert [action.name for action in verdicts["Small"].trace.actions] == ["Up"] * 4
    assert isinstance(verdicts["NoBack"], Violated)
    assert xs(verdicts["NoBack"].trace) == [0, 1, 0]
    assert [action.name for action in verdicts["NoBack"].trace.actions] == ["Up", "Back"]
    assert all(isinstance(verdicts[name], Proved) for name in ("Never", "Climbs", "StartsLow", "deadlock"))
    assert exploration(found).complete


def test_an_initial_predicate_is_judged_on_initial_states_only() -> None:
    verdicts = findings(
        events(COUNTER.replace("Init == x = 0", "Init == x \\in {0, 3}"), "PROPERTY StartsLow")
    )
    assert isinstance(verdicts["StartsLow"], Violated)
    assert xs(verdicts["StartsLow"].trace) == [3]


def test_liveness_is_judged_when_all_states_are_known() -> None:
    verdict = findings(events(COUNTER, "PROPERTY Later"))["Later"]
    assert isinstance(verdict, Violated)
    assert verdict.trace.loop == 0
    verdict = findings(events(COUNTER, "PROPERTY Later", depth=2))["Later"]
    assert isinstance(verdict, Unknown)
    assert "all states" in verdict.reason


def test_the_search_stops_when_everything_is_decided() -> None:
    found = events(COUNTER, "INVARIANT Small", deadlock=False)
    assert [type(event) for event in found] == [Finding, Exploration]
    assert not exploration(found).complete


def test_deadlock() -> None:
    text = "VARIABLE x\nInit == x = 0\nNext == x < 2 /\\ x' = x + 1\nNever == x # 9"
    verdicts = findings(events(text, "INVARIANT Never"))
    assert isinstance(verdicts["deadlock"], Violated)
    assert xs(verdicts["deadlock"].trace) == [0, 1, 2]
    assert isinstance(verdicts["Never"], Proved)
    assert "deadlock" not in findings(events(text, "INVARIANT Never", deadlock=False))


UNBOUNDED = (
    "VARIABLE x\nInit == x = 0\nNext == x' = x + 1 \\/ x' = x\nIn == x < 3\nLow == x < 3\nLower == x < 4"
)


def test_a_state_outside_the_constraint_is_judged_but_not_kept() -> None:
    found = events(UNBOUNDED, "CONSTRAINT In\nINVARIANTS Low Lower")
    # 0, 1, 2 are kept; 3 is generated from 2, judged, and not expanded
    assert exploration(found) == Exploration(1, 3, 7, 2, True)
    verdicts = findings(found)
    assert isinstance(verdicts["Low"], Violated)
    assert xs(verdicts["Low"].trace) == [0, 1, 2, 3]
    assert isinstance(verdicts["Lower"], Proved)
    assert isinstance(verdicts["deadlock"], Proved)


def test_an_initial_state_outside_the_constraint_is_judged_but_not_kept() -> None:
    found = events(
        UNBOUNDED.replace("Init == x = 0", "Init == x \\in {2, 3}"), "CONSTRAINT In\nINVARIANT Low"
    )
    assert exploration(found) == Exploration(2, 1, 4, 0, True)
    verdict = findings(found)["Low"]
    assert isinstance(verdict, Violated)
    assert xs(verdict.trace) == [3]


SHORT = (
    UNBOUNDED
    + """
Short == x' < 3
NeverThree == [][x' # 3]_x
NeverFour == [][x' # 4]_x
"""
)


def test_a_state_behind_a_forbidden_step_is_judged_but_not_kept() -> None:
    found = events(SHORT, "ACTION_CONSTRAINT Short\nINVARIANTS Low Lower")
    assert exploration(found) == Exploration(1, 3, 7, 2, True)
    verdicts = findings(found)
    assert isinstance(verdicts["Low"], Violated)
    assert xs(verdicts["Low"].trace) == [0, 1, 2, 3]
    assert isinstance(verdicts["Lower"], Proved)
    assert isinstance(verdicts["deadlock"], Proved)


@pytest.mark.parametrize("constraint", ["ACTION_CONSTRAINT Short", "CONSTRAINT In"])
def test_a_step_that_leads_out_of_the_model_is_judged(constraint: str) -> None:
    verdicts = findings(events(SHORT, f"{constraint}\nPROPERTIES NeverThree NeverFour"))
    assert isinstance(verdicts["NeverThree"], Violated)
    assert xs(verdicts["NeverThree"].trace) == [0, 1, 2, 3]
    assert isinstance(verdicts["NeverFour"], Proved)


def test_a_forbidden_step_to_a_known_state_is_judged() -> None:
    text = COUNTER + "Forward == x' > x"
    verdicts = findings(events(text, "ACTION_CONSTRAINT Forward\nPROPERTY NoBack"))
    assert isinstance(verdicts["NoBack"], Violated)
    assert xs(verdicts["NoBack"].trace) == [0, 1, 0]


def test_a_state_that_only_a_forbidden_step_reaches_is_kept_when_another_step_leads_to_it() -> None:
    text = "VARIABLES x, y\nInit == x = 0 /\\ y = 0\nNext == \\/ x < 3 /\\ x' = x + 1 /\\ y' = 0\n" + (
        "        \\/ x < 2 /\\ x' = x + 2 /\\ y' = 0\nSingle == x' <= x + 1\n"
    )
    assert exploration(events(text, "ACTION_CONSTRAINT Single", deadlock=False)) == Exploration(
        1, 4, 6, 3, True
    )


def test_the_action_constraint_is_not_asked_about_a_step_out_of_the_constraint() -> None:
    text = UNBOUNDED + "\nPartial == x' < 3 \\/ x' = {}"
    found = events(text, "CONSTRAINT In\nACTION_CONSTRAINT Partial")
    assert exploration(found).complete


def test_an_action_constraint_without_a_value_ends_the_run() -> None:
    fault = next(
        e
        for e in events(UNBOUNDED + "\nPartial == x' < 3 \\/ x' = {}", "ACTION_CONSTRAINT Partial")
        if isinstance(e, Fault)
    )
    assert fault.trace is not None
    assert xs(fault.trace) == [0, 1, 2, 3]


def test_a_model_without_next_has_its_initial_states() -> None:
    text = "VARIABLE x\nInit == x \\in 1..3\nNext == x' = x + 1\nLow == x < 3"
    model = replace(model_of(text, "INIT Init\nNEXT Next\nINVARIANT Low\n"), next=None)
    found = list(ENGINES["asked"].check(Problem(model, model.properties), Budget()))
    assert exploration(found) == Exploration(3, 3, 3, 0, False)
    verdict = findings(found)["Low"]
    assert isinstance(verdict, Violated)
    assert xs(verdict.trace) == [3]


# ---------------------------------------------------------------- bounds


def test_a_bound_on_the_depth() -> None:
    found = events(COUNTER, "INVARIANTS Small Never", depth=3)
    assert findings(found) == {"Small": Holds(3), "Never": Holds(3), "deadlock": Holds(3)}
    assert exploration(found) == Exploration(1, 4, 6, 3, False)


def test_a_bound_that_is_deep_enough_proves() -> None:
    found = events(COUNTER, "INVARIANT Never", depth=6)
    assert isinstance(findings(found)["Never"], Proved)
    assert exploration(found).complete


def test_depth_zero_looks_at_the_initial_states() -> None:
    found = events(COUNTER, "INVARIANT Never", depth=0)
    assert findings(found) == {"Never": Holds(0), "deadlock": Holds(0)}
    assert exploration(found) == Exploration(1, 1, 1, 0, False)


def test_a_deadlock_at_the_bound_is_found() -> None:
    text = "VARIABLE x\nInit == x = 0\nNext == x < 2 /\\ x' = x + 1"
    verdict = findings(events(text, depth=2))["deadlock"]
    assert isinstance(verdict, Violated)
    assert xs(verdict.trace) == [0, 1, 2]


def test_time_that_is_over() -> None:
    model = model_of(UNBOUNDED, "INIT Init\nNEXT Next\nINVARIANT Low\n")
    budget = Budget(deadline=time.monotonic() - 1)
    found = list(ENGINES["asked"].check(Problem(model, model.properties), budget))
    if ENGINES["asked"].name == "explicit-reference":
        assert findings(found) == {"Low": Holds(0)}
        assert exploration(found) == Exploration(1, 1, 1, 0, False)
        return
    unknown = Unknown("there are not all initial states yet")
    assert findings(found) == {"Low": unknown, "deadlock": unknown}
    assert exploration(found) == Exploration(0, 0, 0, 0, False)


def test_time_that_runs_out_in_the_middle() -> None:
    action = "(x' = x + 1 /\\ y' = y) \\/ (y' = y + 1 /\\ x' = x)"
    text = f"VARIABLES x, y\nInit == x = 0 /\\ y = 0\nNext == {action}\nNatural == x >= 0"
    model = model_of(text, "INIT Init\nNEXT Next\nINVARIANT Natural\n")
    found = list(ENGINES["asked"].check(Problem(model, model.properties), Patience(looks=100)))
    verdicts, seen = findings(found), exploration(found)
    # one look per level as long as levels have at most 64 states: d + 1 at depth d
    depth = seen.depth
    assert not seen.complete
    assert verdicts == {"Natural": Holds(depth), "deadlock": Holds(depth - 1)}
    assert depth * (depth + 1) // 2 + depth + 1 <= seen.distinct_states <= (depth + 2) * (depth + 3) // 2


def test_closing_the_iterator_ends_the_run() -> None:
    model = model_of(UNBOUNDED, "INIT Init\nNEXT Next\nINVARIANT Low\n")
    running: Iterator[Event] = ENGINES["asked"].check(Problem(model, model.properties), Budget())
    first = next(event for event in running if isinstance(event, Finding))
    assert first.property == "Low"
    running.close()  # type: ignore[attr-defined]
    assert next(running, None) is None


# ---------------------------------------------------------------- faults


def fault(found: list[Event]) -> Fault:
    (only,) = [event for event in found if isinstance(event, Fault)]
    assert isinstance(found[-1], Exploration)
    assert not found[-1].complete
    return only


def test_an_action_that_cannot_be_evaluated() -> None:
    text = 'VARIABLE x\nInit == x = 1\nNext == x\' = 0 + <<2, "a">>[x]'
    found = fault(events(text))
    assert (found.diagnostic.code, found.engine) == ("eval.kind", ENGINES["asked"].name)
    assert found.trace is not None
    assert xs(found.trace) == [1, 2]


def test_init_that_cannot_be_evaluated() -> None:
    found = fault(events("VARIABLE x\nInit == x = Head(<<>>)\nNext == x' = x"))
    assert found.diagnostic.code == "eval.partial"
    assert found.trace is None


def test_a_property_that_cannot_be_evaluated_is_named() -> None:
    text = COUNTER + "\nShort == <<1, 1, 1>>[x + 1] = 1"
    found = fault(events(text, "INVARIANT Short"))
    assert found.diagnostic.code == "eval.domain"
    assert "while checking Short" in [note.message for note in found.diagnostic.notes]
    assert found.trace is not None
    assert xs(found.trace) == [0, 1, 2, 3]


def test_a_constraint_that_cannot_be_evaluated() -> None:
    text = COUNTER + "\nShort == <<1, 1, 1>>[x + 1] = 1"
    found = fault(events(text, "CONSTRAINT Short"))
    assert found.diagnostic.code == "eval.domain"
    assert found.trace is not None
    assert xs(found.trace) == [0, 1, 2, 3]


def test_a_value_that_cannot_be_part_of_a_state() -> None:
    text = "VARIABLE x\nInit == x = <<0>>\nNext == x' = [n \\in Nat |-> n]"
    found = fault(events(text))
    assert found.diagnostic.code == "eval.infinite"
    assert found.diagnostic.message.startswith("the value of x")
    assert found.trace is not None
    assert len(found.trace.states) == 1


def test_an_assertion() -> None:
    found = fault(events('VARIABLE x\nInit == x = 0\nNext == Assert(x < 2, "far") /\\ x\' = x + 1'))
    assert (found.diagnostic.code, found.diagnostic.message) == ("eval.assert", "far")
    assert found.trace is not None
    assert xs(found.trace) == [0, 1, 2]


def test_an_error_behind_a_false_conjunct_is_none() -> None:
    text = COUNTER + "\nGuarded == \\A i \\in {1, 2} : (x > 90 => Head(<<>>) = i) /\\ x < 99"
    assert isinstance(findings(events(text, "INVARIANT Guarded"))["Guarded"], Proved)


# ---------------------------------------------------------------- evidence


def test_the_digest_is_the_sum_of_the_states_digests() -> None:
    proof = findings(events(COUNTER, "INVARIANT Never"))["Never"]
    assert isinstance(proof, Proved)
    assert isinstance(proof.certificate, Exhaustive)
    expected = sum(digest((x,)) for x in range(6)) % (1 << 128)
    if ENGINES["asked"].name == "explicit-reference":
        assert proof.certificate.digest == f"{expected:032x}"
    again = findings(events(COUNTER, "INVARIANT Never"))["Never"]
    assert again == proof


@pytest.mark.parametrize("members", ["{1, 2, 3}", "{3, 2, 1}"])
def test_what_is_remembered_does_not_leak_between_states(members: str) -> None:
    """Two actions that look at the same part of a variable, and one at another."""
    text = f"""
VARIABLES f, turn
P == {members}
Init == f = [p \\in P |-> 0] /\\ turn = 1
Move(p) == turn = p /\\ f[p] < 2 /\\ f' = [f EXCEPT ![p] = @ + 1] /\\ turn' = (p % 3) + 1
Pass(p) == turn = p /\\ f[p] = 2 /\\ turn' = (p % 3) + 1 /\\ f' = f
Next == \\E p \\in P : Move(p) \\/ Pass(p)
Fair == \\A p, q \\in P : f[p] - f[q] <= 1
Ahead == \\A p \\in P : turn = p => \\A q \\in P : q < p => f[q] > f[p] \\/ f[q] = 2
"""
    found = events(text, "INVARIANTS Fair Ahead")
    # six moves in turn, then three states in which the turn goes round
    assert exploration(found) == Exploration(1, 9, 10, 8, True)
    assert all(isinstance(verdict, Proved) for verdict in findings(found).values())
