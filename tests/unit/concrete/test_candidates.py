"""Instances that a value rules out are not asked, whether that was known or not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from aioformal.concrete import candidates
from aioformal.concrete.candidates import Candidates
from aioformal.value.values import State
from tests.unit.concrete.specs import program_of

STEPS = r"""
VARIABLES x, y
Init == x \in 0..9 /\ y \in {{}, {1}, {1, 2}}
Next ==
  \E n \in 0..9 :
    \/ x = n /\ 1 \in y /\ x' = n + 1 /\ y' = y
    \/ x > n /\ n \notin y /\ x' = n /\ y' = y \union {n}
    \/ y = {n} /\ UNCHANGED <<x, y>>
    \/ 1 \div x = 1 /\ y = {n} /\ UNCHANGED <<x, y>>
"""


@pytest.mark.parametrize("most", [1, 3, 4_096])
@pytest.mark.parametrize("remembers", [False, True])
def test_they_are_those_whose_needs_are_met(
    most: int, remembers: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "MOST", most)
    program = program_of(STEPS)
    found = Candidates(program.instances, remembers=remembers)
    states: list[State] = list(program.initial_states())
    ruled_out = failing = 0
    for state in (*states, *states):
        expected = [one for one in program.instances if not one.is_ruled_out(state)]
        ruled_out += len(program.instances) - len(expected)
        failing += any(need(state[v]) is None for one in expected for v, need in one.needs.items())
        assert found.of(state) == expected
    assert ruled_out
    assert failing


def test_what_may_change_is_asked_each_time() -> None:
    program = program_of(STEPS)
    asked: list[object] = []

    def need(value: object) -> bool:
        asked.append(value)
        return True

    (first, *_) = program.instances
    asking = replace(first, needs={0: need})
    state = next(program.initial_states())
    for remembers, times in ((False, 2), (True, 1)):
        asked.clear()
        found = Candidates([asking], remembers=remembers)
        assert found.of(state) == found.of(state) == [asking]
        assert len(asked) == times
