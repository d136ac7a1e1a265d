"""The names that steps can have are found in the text alone, and are those that steps do have."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.concrete.naming import action_names
from aioformal.session import Session
from tests.unit.concrete.specs import program_of

ROOT = Path(__file__).parents[3]
ENOUGH = 1_000


def names(text: str) -> tuple[str, ...]:
    return action_names(program_of(f"VARIABLES x, y\nInit == x = 0 /\\ y = 0\n{text}"))


def test_names_come_in_the_order_of_the_next_state_action() -> None:
    text = "Up == x' = x + 1 /\\ y' = y\nDown == x' = x - 1 /\\ y' = y\nNext == Down \\/ \\E n \\in 1..x : Up"
    assert names(text) == ("Down", "Up")


def test_the_only_action_of_a_conjunction_names_it_if_it_is_a_choice() -> None:
    parts = "Up == x' = x + 1 /\\ y' = y\nDown == x' = x - 1 /\\ y' = y\nStep == Up \\/ Down\n"
    assert names(parts + "Next == x < 9 /\\ Step") == ("Up", "Down")
    assert names("Keep == y' = y\nNext == x' = x + 1 /\\ Keep") == ("Next",)


def test_a_list_with_one_bullet_is_what_stands_behind_the_bullet() -> None:
    step = "Up(n) == x' = x + n /\\ y' = y\n"
    assert names(step + "Next ==\n  \\/ \\E n \\in 1..2 : Up(n)") == ("Up",)
    assert names(step + "Next ==\n  /\\ \\/ \\E n \\in 1..2 : Up(n)") == ("Up",)


def test_a_constant_that_rules_an_action_out_does_not_hide_it() -> None:
    text = "Never == FALSE /\\ x' = 1 /\\ y' = y\nStay == UNCHANGED <<x, y>>\nNext == Never \\/ Stay"
    assert names(text) == ("Never", "Stay")


def test_an_action_that_is_a_parameter_has_no_name_of_its_own() -> None:
    text = "Do(A) == A\nStay == UNCHANGED <<x, y>>\nNext == LET S == Stay IN S \\/ Stay"
    assert names(text) == ("Stay",)


@pytest.mark.parametrize(
    "spec",
    [
        *sorted(path for path in ROOT.glob("spec/examples/*.tla")),
        *sorted(path for path in ROOT.glob("tests/corpus/proved/*.tla") if path.with_suffix(".cfg").exists()),
    ],
    ids=lambda path: path.stem,
)
def test_no_step_has_another_name(spec: Path) -> None:
    program = Session(str(spec)).program
    expected = set(action_names(program))
    known = dict.fromkeys(state for _, state in zip(range(ENOUGH), program.initial_states(), strict=False))
    waiting = list(known)
    while waiting and len(known) < ENOUGH:
        for step in program.successors(waiting.pop()):
            assert step.label.name in expected
            if step.state not in known:
                known[step.state] = None
                waiting.append(step.state)
