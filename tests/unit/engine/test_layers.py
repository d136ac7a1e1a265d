"""Layers of states: the formula says what it should, and no guess, however bad, changes a verdict."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aioformal.engine.bmc import Bmc
from aioformal.engine.bounded import BoundedSearch
from aioformal.engine.clock import Clock
from aioformal.engine.diagram import among
from aioformal.engine.k_induction import KInduction
from aioformal.engine.layers import Layers
from aioformal.engine.protocol import Budget
from aioformal.evidence.verdict import Holds, Proved, Violated
from aioformal.ir.evaluate import evaluate
from aioformal.ir.relation import state
from aioformal.ir.sort import BOOL, EnumSort, int_sort
from aioformal.ir.system import StateVariable, TransitionSystem
from aioformal.value.values import FALSE, TRUE
from tests.unit.engine.hand_built import HandBuilt, replay, shortest_violations, verdicts
from tests.unit.engine.systems import counter, mutex, random_builds

DEEP = 12
SOMETIMES = st.lists(st.booleans(), min_size=1, max_size=4)
VARIABLES = (
    StateVariable("a", BOOL),
    StateVariable("n", int_sort(-1, 2)),
    StateVariable("e", EnumSort(3)),
    StateVariable("b", BOOL),
)
ROWS = list(product((False, True), range(-1, 3), range(3), (False, True)))


@settings(derandomize=True, deadline=None)
@given(rows=st.lists(st.sampled_from(ROWS), unique=True))
def test_a_diagram_holds_of_its_rows_and_of_no_others(rows: list[Any]) -> None:
    term = among(rows, TransitionSystem(VARIABLES, (), ()))
    for row in ROWS:
        known = {state(v): value for v, value in zip(VARIABLES, row, strict=True)}
        assert evaluate([term], known) == [row in rows]


def searched(problem: HandBuilt, depth: int) -> BoundedSearch:
    search = BoundedSearch(problem, Clock("bmc", Budget()))
    list(search.start())
    for i in range(depth + 1):
        list(search.look(i))
    return search


def test_what_the_layers_show_is_not_unrolled() -> None:
    problem = HandBuilt(mutex)
    problem.properties = problem.properties[:2]
    search = searched(problem, 8)
    assert search.seen == {"Exclusion": 8, "LockHeld": 8}
    assert search.unrolling.frames == 0


def test_layers_go_on_after_a_violation() -> None:
    search = searched(HandBuilt(counter, width=40), 20)
    assert search.layers.alive
    assert search.unrolling.frames == 17, "only to find the way to the violation"


@pytest.mark.parametrize("kept", [0, 1, 5])
def test_an_incomplete_guess_is_refused(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Layers._following

    def short(self: Layers, layer: list[Any]) -> Any:
        found = honest(self, layer)
        return found if len(self._layers) <= kept else {}

    monkeypatch.setattr(Layers, "_following", short)
    problem = HandBuilt(counter, width=40)
    search = searched(problem, 20)
    assert not search.layers.alive
    assert search.seen["NotSeventeen"] == 16
    assert search.seen["NotNegative"] == 20


def careless(drop: list[bool], beyond: list[bool]) -> Any:
    """A guess that leaves out the last state of some layers, and adds to some a state without need."""
    honest = Layers._guess

    def guess(self: Layers) -> bool:
        if not honest(self):
            return False
        layer, number = self._layers[-1], len(self._layers)
        if drop[number % len(drop)] and layer:
            self._seen.discard(layer.pop())
        if beyond[number % len(beyond)]:
            anywhere = {(a, TRUE, n, e) for a in (TRUE, FALSE) for n in range(3) for e in range(3)}
            layer.extend(anywhere - self._seen)
            self._seen.update(anywhere)
        return True

    return guess


@settings(max_examples=60, derandomize=True, deadline=None)
@given(build=random_builds(), drop=SOMETIMES, beyond=SOMETIMES)
def test_no_guess_changes_a_verdict(build: Any, drop: list[bool], beyond: list[bool]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Layers, "_guess", careless(drop, beyond))
        problem = HandBuilt(build, width=3, deadlock=True)
        expected = shortest_violations(problem, DEEP)
        found = verdicts(Bmc(), problem, DEEP)
    assert found.keys() == expected.keys()
    for name, verdict in found.items():
        if expected[name] is None:
            assert verdict == Holds(DEEP), name
        else:
            assert isinstance(verdict, Violated), name
            assert verdict.trace.depth == expected[name], name
            replay(problem, name, verdict.trace)


def test_k_induction_rests_on_the_same_base() -> None:
    found = verdicts(KInduction(), HandBuilt(mutex), 4)
    assert isinstance(found["LockHeld"], Proved)
    assert isinstance(found["NeverCritical"], Violated)
