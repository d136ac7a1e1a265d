"""Integers that a step chooses without an end: what is claimed of a log is true, or nothing is claimed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aioformal.diagnostic import Exit
from aioformal.tracing import Explained, Unexplained, solving
from aioformal.tracing.solving import StepSolver
from tests.unit.tracing.open_logs import LOOK, Line, given_up, held, text


@pytest.mark.parametrize(
    "step",
    ["\\E n \\in Nat : n > 9 /\\ x' = x + n", "x' \\in Nat /\\ x' > x + 9", "x' \\in Int /\\ x' - 9 > x"],
)
def test_a_choice_of_which_no_small_number_will_do(tmp_path: Path, step: str) -> None:
    body = f"Init == x = 0\nUp == {step}\nNext == Up"
    assert isinstance(held(tmp_path, body, [{"event": "Up", "x": 15}, {"event": "Up", "x": 25}]), Explained)
    wrong = held(tmp_path, body, [{"event": "Up", "x": 15}, {"event": "Up", "x": 24}])
    assert isinstance(wrong, Unexplained)
    assert (wrong.exit_code, wrong.explained) == (Exit.SAFETY, 1)
    assert "is in this state then:" in text(wrong)
    assert "would have allowed next, among others:" in text(wrong)


TOUCH = """
Init == x = 0
Touch == \\E n \\in Nat : n % 2 = 1 /\\ x' = x
Other == \\E n \\in Nat : n > 5 /\\ x' = x
Next == Touch \\/ Other
"""


def test_what_was_chosen_may_show_in_the_arguments_alone(tmp_path: Path) -> None:
    """Whatever is chosen, the state is the same."""
    lines = [{"event": "Touch", "n": 3}, {"event": "Other", "n": 8}, {"event": "Touch", "n": 31}]
    assert isinstance(held(tmp_path, TOUCH, lines), Explained)
    for wrong in ({"event": "Touch", "n": 4}, {"event": "Other", "n": 3}):
        found = held(tmp_path, TOUCH, [*lines, wrong])
        assert isinstance(found, Unexplained)
        assert (found.exit_code, found.explained) == (Exit.SAFETY, 3)


def test_an_argument_that_is_computed_from_what_was_chosen(tmp_path: Path) -> None:
    body = """
Init == x = 0
Send(k) == k < 40 /\\ x' = x
Next == \\E n \\in Nat : Send(3 * n)
"""
    found = held(tmp_path, body, [{"event": "Send", "k": 12}])
    assert isinstance(found, Explained)
    assert held(tmp_path, body, [{"event": "Send", "k": 13}]).exit_code is Exit.SAFETY


def test_an_argument_and_a_name_around_it_are_told_apart(tmp_path: Path) -> None:
    body = """
Init == x = 0
Send(n) == n > 5 /\\ x' = x
Next == \\E n \\in {1, 2} : \\E k \\in Nat : Send(k)
"""
    assert isinstance(held(tmp_path, body, [{"event": "Send", "n": 8}]), Explained)
    wrong = held(tmp_path, body, [{"event": "Send", "n": 2}])
    assert not isinstance(wrong, Explained)


def test_steps_of_two_actions_between_the_same_states_are_both_known(tmp_path: Path) -> None:
    body = """
Init == x = 0 /\\ y = 0
A == \\E n \\in Nat : n < 4 /\\ x' = n /\\ y' = y
B == \\E m \\in Nat : m < 4 /\\ x' = m /\\ y' = y
C == x = 3 /\\ y' = 1 /\\ x' = x
Next == A \\/ B \\/ C
"""
    toml = '[unlogged]\nactions = ["B"]\nlimit = 1\n[events.C]\naction = "C"\n'
    assert isinstance(held(tmp_path, body, [{"event": "C"}], "x, y", toml), Explained)
    wrong = body.replace("m < 4", "m < 3")
    assert held(tmp_path, wrong, [{"event": "C"}], "x, y", toml).exit_code is Exit.SAFETY


def test_what_is_never_unlogged_does_not_leave_anything_open(tmp_path: Path) -> None:
    body = """
Init == x = 0 /\\ y = 0
Any == \\E n \\in Nat : x' = n /\\ y' = y
Tick == y < 2 /\\ y' = y + 1 /\\ x' = x
Look == y = 3 /\\ UNCHANGED <<x, y>>
Next == Any \\/ Tick \\/ Look
"""
    toml = '[unlogged]\nactions = ["Tick"]\nlimit = 5\n[events.Look]\naction = "Look"\n'
    assert held(tmp_path, body, [{"event": "Look"}], "x, y", toml).exit_code is Exit.SAFETY


PUT = """
Init == f = [i \\in 1 .. 3 |-> 0]
Put == \\E i \\in 1 .. 3 : \\E n \\in Nat : n > 9 /\\ f' = [f EXCEPT ![i] = n]
Get == \\E i \\in Nat : i \\in DOMAIN f /\\ f[i] > 0 /\\ f' = f
Next == Put \\/ Get
"""


def test_a_part_of_a_variable_at_a_place_that_was_chosen(tmp_path: Path) -> None:
    toml = """
[events.Put]
action = "Put"
after = { "f[i]" = "v" }
[events.Get]
action = "Get"
parameters = { i = "at" }
before = { "f[i]" = "v" }
[events.Peek]
action = "Get"
before = { "f[i]" = "v" }
"""
    lines = [{"event": "Put", "v": 20}, {"event": "Put", "v": 30}, {"event": "Get", "at": 2, "v": 30}]
    assert isinstance(held(tmp_path, PUT, lines, "f", toml), Explained)
    peeks = [{"event": "Put", "v": 20}, {"event": "Put", "v": 30}, {"event": "Peek", "v": 20}]
    assert isinstance(held(tmp_path, PUT, peeks, "f", toml), Explained)
    wrong = held(tmp_path, PUT, [*peeks, {"event": "Peek", "v": 40}], "f", toml)
    assert isinstance(wrong, Unexplained)
    assert (wrong.exit_code, wrong.explained) == (Exit.SAFETY, 3)


def test_a_name_that_is_released_may_mean_another_member_later(tmp_path: Path) -> None:
    body = """
CONSTANT Pool
Init == x = 0 /\\ last = "none"
Take(p) == x' = x /\\ last' = p
Stir == \\E n \\in Nat : x' = x + n /\\ last' = last
Drop(p) == last = p /\\ x' = x /\\ last' = "none"
Next == Stir \\/ \\E p \\in Pool : Take(p) \\/ Drop(p)
"""
    toml = """
[fields.who]
names = "Pool"
[events.take]
action = "Take"
parameters = { p = "who" }
after = { x = "x" }
[events.stir]
action = "Stir"
[events.drop]
action = "Drop"
parameters = { p = "who" }
release = ["who"]
[events.look]
after = { last = "last", x = "x" }
"""
    lines: list[Line] = [
        {"event": "take", "who": "a", "x": 0},
        {"event": "look", "last": "p"},
        {"event": "stir"},
        {"event": "drop", "who": "a"},
        {"event": "take", "who": "a", "x": 77},
        {"event": "look", "last": "q", "x": 77},
    ]
    found = held(tmp_path, body, lines, "x, last", toml, config="CONSTANT Pool = {p, q}\n")
    assert isinstance(found, Explained)


def test_equal_states_by_different_choices_are_replayed_each_with_its_own(tmp_path: Path) -> None:
    """Replayed at the end, long after the solver has answered other questions of the same states."""
    lines = [{"event": "Touch", "n": n} for n in (3, 5, 7, 3)]
    assert isinstance(held(tmp_path, TOUCH, lines), Explained)


def test_the_longest_prefix_is_found_though_most_choices_end_before(tmp_path: Path) -> None:
    body = """
Init == secret = 0 /\\ shown = 0
Choose == \\E n \\in Nat : secret' = n /\\ UNCHANGED shown
Wait == UNCHANGED <<secret, shown>>
Big == secret > 1000 /\\ UNCHANGED <<secret, shown>>
Show == shown' = 2 * secret /\\ UNCHANGED secret
Next == Choose \\/ Wait \\/ Big \\/ Show
"""
    lines: list[Line] = [
        {"event": "Choose"},
        {"event": "Wait"},
        {"event": "Big"},
        {"event": "Show", "shown": 2003},
    ]
    wrong = held(tmp_path, body, lines, "secret, shown")
    assert isinstance(wrong, Unexplained)
    assert (wrong.exit_code, wrong.explained) == (Exit.SAFETY, 3)
    assert all(state[0] > 1000 for state in wrong.states)


def test_a_look_after_a_step_is_what_is_not_explained(tmp_path: Path) -> None:
    body = "Init == x = 0\nUp == \\E n \\in Nat : x' = x + 2 * n\nNext == Up"
    lines: list[Line] = [{"event": "Up"}, {"event": "look", "x": 5}]
    wrong = held(tmp_path, body, lines, toml=LOOK)
    assert isinstance(wrong, Unexplained)
    assert (wrong.exit_code, wrong.explained) == (Exit.SAFETY, 1)


def test_a_solver_that_gives_up_on_the_way_leaves_it_undecided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "Init == x = 0\nUp == \\E n \\in Nat : x' = x + n\nNext == Up"
    asked = StepSolver._ask
    left = [6]

    def ask(self: StepSolver, *arguments: Any) -> bool:
        left[0] -= 1
        return given_up() if left[0] < 0 else asked(self, *arguments)

    monkeypatch.setattr(StepSolver, "_ask", ask)
    found = held(tmp_path, body, [{"event": "Up", "x": x} for x in range(9)])
    assert isinstance(found, Unexplained)
    assert found.exit_code is Exit.UNDECIDED
    assert 0 < found.explained < 9


def test_a_long_log_is_asked_of_new_solvers_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(solving, "MOST_QUESTIONS", 3)
    body = "Init == x = 0\nUp == \\E n \\in Nat : x' = x + n\nNext == Up"
    assert isinstance(held(tmp_path, body, [{"event": "Up", "x": 7 * x} for x in range(20)]), Explained)
