"""Ordering rules in a compiled module: over states, and over the names of events alone."""

from __future__ import annotations

import random
from pathlib import Path
from types import ModuleType

import pytest

import aioformal
from aioformal.ordering import with_monitors
from aioformal.resolve import load_model
from tests.differential.compiled import Comparison

GATE = """---- MODULE Gate ----
EXTENDS Naturals, Ordering
CONSTANTS Ctxs
VARIABLES state, freed
Unlink(c) == state[c] = 0 /\\ state' = [state EXCEPT ![c] = 1] /\\ UNCHANGED freed
Wait(c) == state[c] = 1 /\\ state' = [state EXCEPT ![c] = 2] /\\ UNCHANGED freed
Free(c) == c \\notin freed /\\ freed' = freed \\cup {c} /\\ UNCHANGED state
Again(c) == c \\in freed /\\ freed' = freed \\ {c} /\\ state' = [state EXCEPT ![c] = 0]
Init == state = [c \\in Ctxs |-> 0] /\\ freed = {}
Next == \\E c \\in Ctxs : Unlink(c) \\/ Wait(c) \\/ Free(c) \\/ Again(c)
UnlinkFirst == \\A c \\in Ctxs : Precedes(Unlink(c), Free(c))
WaitBetween == \\A c \\in Ctxs : Between(Unlink(c), Wait(c), Free(c))
FreedOnce == \\A c \\in Ctxs : AtMostOnce(Free(c))
AllAtOnce == AtMostOnce(state = [c \\in Ctxs |-> 2])
====
"""
CONFIG = """INIT Init
NEXT Next
CONSTANTS Ctxs = {c1, c2}
PROPERTIES UnlinkFirst WaitBetween FreedOnce AllAtOnce
CHECK_DEADLOCK FALSE
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "Gate.tla"
    path.write_text(GATE, encoding="utf-8")
    path.with_suffix(".cfg").write_text(CONFIG, encoding="utf-8")
    return path


@pytest.fixture
def gate(spec: Path) -> ModuleType:
    return aioformal.load(spec)


def first_broken(
    spec: ModuleType, events: list[tuple[str, str]], *, with_states: bool
) -> tuple[int, str] | None:
    watching = spec.monitor() if with_states else spec.events()
    for action, c in events:
        try:
            watching.step(action, c=c)
        except spec.Broken as found:
            return found.event, found.rule
    return None


def test_rules_with_their_memory_mean_what_the_reference_says(spec: Path) -> None:
    assert Comparison(with_monitors(load_model(str(spec)))).search(200) > 25


def test_rules_of_plain_actions_need_no_states(gate: ModuleType) -> None:
    assert [rule.name for rule in gate.RULES] == ["UnlinkFirst", "WaitBetween", "FreedOnce"]
    assert {check.name for check in gate.CHECKS} == {"UnlinkFirst", "WaitBetween", "FreedOnce", "AllAtOnce"}


@pytest.mark.parametrize(
    ("events", "rule"),
    [
        ([("Free", "c1")], "UnlinkFirst"),
        ([("Unlink", "c1"), ("Free", "c1")], "WaitBetween"),
        ([("Unlink", "c1"), ("Wait", "c1"), ("Free", "c1"), ("Again", "c1"), ("Free", "c1")], "FreedOnce"),
        ([("Unlink", "c1"), ("Wait", "c1"), ("Free", "c1"), ("Free", "c2")], "UnlinkFirst"),
    ],
)
def test_both_monitors_name_the_rule_and_the_event(
    gate: ModuleType, events: list[tuple[str, str]], rule: str
) -> None:
    expected = len(events), rule
    assert first_broken(gate, events, with_states=True) == expected
    assert first_broken(gate, events, with_states=False) == expected


def test_random_runs_are_judged_alike_with_states_and_without(gate: ModuleType) -> None:
    seen: set[str | None] = set()
    for seed in range(30):
        choose = random.Random(seed)
        (state,) = gate.initial_states()
        events: list[tuple[str, str]] = []
        for _ in range(8):
            step = choose.choice(list(gate.successors(state)))
            events.append((step.action, step.arguments["c"].name))
            state = step.state
        found = first_broken(gate, events, with_states=False)
        other = first_broken(gate, events, with_states=True)
        # Where one event breaks two rules, each monitor names the first that it looks at.
        assert (found and found[0]) == (other and other[0]) or (other and other[1] == "AllAtOnce")
        seen.add(None if found is None else found[1])
    assert {"UnlinkFirst", "WaitBetween", "FreedOnce"} & seen


AIO_ORDERING = Path(__file__).parents[3] / "spec" / "aio_ordering.tla"


def test_the_rules_of_the_teardown_run_over_states_and_over_names() -> None:
    spec = aioformal.load(AIO_ORDERING)
    named = {rule.name for rule in spec.RULES}
    assert {"QuotaBeforeReturn", "QuotaOnce", "KilledOnce", "GracePeriodBeforePut"} <= named
    assert named < {check.name for check in spec.CHECKS}
    watch = spec.events()
    watch.step("Kills", t=17, c=0xFFFF8880)
    with pytest.raises(spec.Broken) as caught:
        watch.step("LetsGo", t=17, c=0xFFFF8880)
    assert caught.value.rule == "QuotaBeforeReturn"
    watch.step("ReleasesQuota", c=0xFFFF8880)
    watch.step("LetsGo", t=17, c=0xFFFF8880)


def test_the_rules_of_the_teardown_mean_what_the_reference_says() -> None:
    assert Comparison(with_monitors(load_model(str(AIO_ORDERING)))).search(8) > 8
