"""Initial integers without an end: what is claimed of a log is true, or nothing is claimed."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.diagnostic import DiagnosticError, Exit
from aioformal.tracing import Explained, Unexplained
from aioformal.tracing.solving import StepSolver
from tests.unit.tracing.open_logs import LOOK, Line, exit_code_of, given_up, held, text


@pytest.mark.parametrize(
    "init",
    [
        "x \\in Nat /\\ x > 9",
        "/\\ x \\in Nat\n        /\\ x > 9",
        "x \\in Nat /\\ x * x > 90",
        "x \\in Int /\\ x \\in {k \\in Nat : k > 9}",
        "x \\in {k \\in Nat : k > 9}",
        "x \\in Nat /\\ \\E k \\in 4 .. 9 : x = 3 * k",
    ],
)
def test_an_initial_integer_may_be_asked_for_more(tmp_path: Path, init: str) -> None:
    body = f"Init == {init}\nUp == x' = x + 5\nNext == Up"
    assert isinstance(held(tmp_path, body, [{"event": "Up", "x": 17}]), Explained)
    wrong = held(tmp_path, body, [{"event": "Up", "x": 14}])
    assert isinstance(wrong, Unexplained)
    assert (wrong.exit_code, wrong.explained) == (Exit.SAFETY, 0)
    assert wrong.states
    assert "no behaviour of the specification has the first event" in text(wrong)


def test_an_initial_integer_that_solves_an_equation(tmp_path: Path) -> None:
    body = "Init == x \\in Nat /\\ x * x = 200 * x + PLUS\nUp == x' = x + 5\nNext == Up"
    solved = held(tmp_path, body.replace("PLUS", "6641"), [{"event": "Up", "x": 234}])
    assert isinstance(solved, Explained) or solved.exit_code is Exit.UNDECIDED
    wrong = held(tmp_path, body.replace("PLUS", "6641"), [{"event": "Up", "x": 235}])
    assert isinstance(wrong, Unexplained)
    assert exit_code_of(lambda: held(tmp_path, body.replace("PLUS", "7"), [{"event": "Up"}])) in (
        Exit.VACUOUS,
        Exit.UNDECIDED,
    )


def test_what_init_says_of_other_variables_is_known_though_no_small_number_shows_it(tmp_path: Path) -> None:
    body = """
Init == x \\in Nat /\\ x > 9 /\\ y = (IF x > 100 THEN "many" ELSE x)
Up == x' = x + 1 /\\ y' = <<y, x>>
Next == Up
"""
    assert isinstance(
        held(tmp_path, body, [{"event": "Up", "x": 300, "y": ["many", 299]}], "x, y"), Explained
    )
    assert isinstance(held(tmp_path, body, [{"event": "Up", "x": 30, "y": [29, 29]}], "x, y"), Explained)
    wrong = held(tmp_path, body, [{"event": "Up", "x": 30, "y": ["many", 29]}], "x, y")
    assert wrong.exit_code is Exit.SAFETY


def test_a_log_that_excludes_all_initial_states_is_not_explained_at_the_event_that_does(
    tmp_path: Path,
) -> None:
    body = "Init == x \\in Nat /\\ x > 9\nUp == x' = x + 1\nNext == Up"
    lines = [{"event": "look", "x": 20}, {"event": "look", "x": 20}, {"event": "look", "x": 9}]
    wrong = held(tmp_path, body, lines, toml=LOOK)
    assert isinstance(wrong, Unexplained)
    assert (wrong.exit_code, wrong.explained, wrong.cut) == (Exit.SAFETY, 2, None)
    assert wrong.states == ((20,),)
    assert "x is 20 here; the log says 9" in text(wrong)
    first = held(tmp_path, body, [{"event": "look", "x": 9}], toml=LOOK)
    assert isinstance(first, Unexplained)
    assert (first.exit_code, first.explained) == (Exit.SAFETY, 0)
    assert all(state[0] > 9 for state in first.states)
    assert "Up" in {step.action.name for step in first.allowed}
    assert "or in others; what is known:" in text(first)


def test_no_initial_state_at_all_is_said(tmp_path: Path) -> None:
    body = "Init == x \\in Nat /\\ x < 0\nUp == x' = x + 1\nNext == Up"
    for lines in ([{"event": "Up"}], [{"event": "look", "x": 9}], []):
        with pytest.raises(DiagnosticError, match="no state satisfies the initial predicate"):
            held(tmp_path, body, lines, toml=LOOK)


def test_a_solver_that_gives_up_at_the_beginning_leaves_it_undecided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StepSolver, "_ask", given_up)
    body = "Init == x \\in Nat /\\ x > 9\nUp == x' = x + 1\nNext == Up"
    lines: list[Line]
    for lines in ([{"event": "Up", "x": 17}], []):
        found = held(tmp_path, body, lines)
        assert isinstance(found, Unexplained)
        assert found.exit_code is Exit.UNDECIDED
        assert found.cut == "what is chosen from Nat could not be found out: it has no time"
        shown = text(found)
        assert "no step is possible" not in shown
        assert "0 states" not in shown
        assert "undecided, because" in shown


def test_an_initial_state_without_a_value_leaves_it_undecided(tmp_path: Path) -> None:
    body = "Init == x \\in Nat /\\ 10 \\div x > 2\nUp == x' = x + 1\nNext == Up"
    found = held(tmp_path, body, [{"event": "Up", "x": 3}])
    assert found.exit_code is Exit.UNDECIDED


def test_what_no_encoding_takes_is_undecided_with_the_reason(tmp_path: Path) -> None:
    body = """
F[k \\in Nat] == IF k = 0 THEN 0 ELSE 1 + F[k - 1]
Init == x \\in Nat /\\ F[x] = 12
Up == x' = x + 1
Next == Up
"""
    found = held(tmp_path, body, [{"event": "Up", "x": 13}])
    assert isinstance(found, Unexplained)
    assert found.exit_code is Exit.UNDECIDED
    assert found.cut is not None
    assert found.cut.startswith("what is chosen from Nat could not be found out: ")


def test_what_the_encoding_has_no_word_for_is_undecided_with_the_reason(tmp_path: Path) -> None:
    body = """
Half == \\E n \\in Nat : 2 * n = x
Init == x = 0
Next == ENABLED Half /\\ \\E n \\in Nat : x' = n
"""
    found = held(tmp_path, body, [{"event": "Next", "x": 2}])
    assert isinstance(found, Unexplained)
    assert found.exit_code is Exit.UNDECIDED
    assert "ENABLED" in str(found.cut)
    assert "give the set an end" in str(found.hint)


def test_what_no_encoding_takes_is_enumerated_as_far_as_that_leads(tmp_path: Path) -> None:
    body = """
F[k \\in Nat] == IF k = 0 THEN 0 ELSE 1 + F[k - 1]
Init == x = 0
Up == x < 3 /\\ x' = F[x] + 1
Jump == x = 3 /\\ \\E n \\in Nat : x' = F[n + 5]
Next == Up \\/ Jump
"""
    lines: list[Line] = [{"event": "Up", "x": 1}, {"event": "Up", "x": 2}, {"event": "Up", "x": 3}]
    assert isinstance(held(tmp_path, body, lines), Explained)
    assert held(tmp_path, body, [{"event": "Up", "x": 2}]).exit_code is Exit.SAFETY
    jump = held(tmp_path, body, [*lines, {"event": "Jump", "x": 7}])
    assert isinstance(jump, Unexplained)
    assert (jump.exit_code, jump.explained) == (Exit.UNDECIDED, 3)
