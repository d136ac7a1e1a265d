"""Integers that are chosen without an end: what is claimed of a log is true, or nothing is claimed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aioformal.diagnostic import CODES, DiagnosticError, Exit
from aioformal.session import Session
from aioformal.session.tracing import explain_log
from aioformal.tracing import Explained, Log, LoggedStep, Outcome, Unexplained, render_outcome, solving
from aioformal.tracing.solving import GivenUpError, StepSolver

Line = dict[str, Any]

MODULE = """---- MODULE Open ----
EXTENDS Integers, Sequences, FiniteSets
VARIABLES {variables}
{body}
====
"""


def held(
    folder: Path,
    body: str,
    lines: list[Line],
    variables: str = "x",
    toml: str | None = None,
    unlogged: int | None = None,
    config: str = "",
) -> Outcome:
    """What comes out of holding a log against a specification. What is explained is a behaviour of as many
    links as there are events, and unlogged steps."""
    spec = folder / "Open.tla"
    spec.write_text(MODULE.format(variables=variables, body=body), encoding="utf-8")
    spec.with_suffix(".cfg").write_text(f"INIT Init\nNEXT Next\n{config}", encoding="utf-8")
    log = folder / "log.jsonl"
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    if toml is not None:
        (folder / "map.toml").write_text(toml, encoding="utf-8")
    steps: list[LoggedStep] = []
    trace_map = None if toml is None else str(folder / "map.toml")
    outcome = explain_log(Session(str(spec)), str(log), trace_map, unlogged, steps.append)
    if isinstance(outcome, Explained):
        assert [step.event.line for step in steps if step.event] == list(range(1, len(lines) + 1))
    return outcome


def exit_code_of(hold: Callable[[], Outcome]) -> Exit:
    """That of the outcome, or of the error that there is instead."""
    try:
        return hold().exit_code
    except DiagnosticError as problem:
        return CODES[problem.diagnostics[0].code][0]


def text(outcome: Outcome) -> str:
    return render_outcome(outcome, Log("log.jsonl"))


LOOK = '[events.Up]\naction = "Up"\n[events.look]\nafter = { x = "x" }\n'

# ------------------------------------------------------------ initial states


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


def given_up(*_: object) -> bool:
    raise GivenUpError("it has no time")


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


# ------------------------------------------------------------ steps


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
