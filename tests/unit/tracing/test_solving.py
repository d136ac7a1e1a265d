"""Logs that leave open what was chosen from a set without an end."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.session import Session
from aioformal.session.tracing import explain_log
from aioformal.tracing import Explained, LoggedStep, Outcome, Unexplained, choice_sites
from aioformal.value.values import LazySet, State

Line = dict[str, Any]

MODULE = """---- MODULE Open ----
EXTENDS Integers, Sequences, FiniteSets
VARIABLES {variables}
{body}
====
"""


def explained(folder: Path, variables: str, body: str, lines: list[Line], config: str = "") -> Outcome:
    return explained_by(folder, variables, body, lines, config)[0]


def explained_by(
    folder: Path, variables: str, body: str, lines: list[Line], config: str = ""
) -> tuple[Outcome, list[State]]:
    """What comes out, and the states of the behaviour."""
    spec = folder / "Open.tla"
    spec.write_text(MODULE.format(variables=variables, body=body), encoding="utf-8")
    spec.with_suffix(".cfg").write_text(f"INIT Init\nNEXT Next\n{config}", encoding="utf-8")
    log = folder / "log.jsonl"
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    steps: list[LoggedStep] = []
    outcome = explain_log(Session(str(spec)), str(log), sink=steps.append)
    return outcome, [step.state for step in steps]


COUNTER = """
Init == x = 0 /\\ mode = "even"
Add(n) == x' = x + n /\\ mode' = IF x' % 2 = 0 THEN "even" ELSE "odd"
Next == \\E n \\in Nat : Add(n)
"""


def test_what_was_added_is_found_from_what_came_out(tmp_path: Path) -> None:
    lines = [{"event": "Add", "x": x} for x in (3, 3, 1_000_000, 10**15)]
    outcome, states = explained_by(tmp_path, "x, mode", COUNTER, lines)
    assert isinstance(outcome, Explained)
    assert outcome.runner == "a solver"
    assert [state[0] for state in states] == [0, 3, 3, 1_000_000, 10**15]
    assert [state[1] for state in states] == ["even", "odd", "odd", "even", "even"]


def test_what_no_choice_explains_is_not_explained(tmp_path: Path) -> None:
    lines = [{"event": "Add", "x": 3}, {"event": "Add", "x": 2}]
    outcome = explained(tmp_path, "x, mode", COUNTER, lines)
    assert isinstance(outcome, Unexplained)
    assert outcome.explained == 1
    assert outcome.cut is None
    assert outcome.states == ((3, "odd"),)


def test_an_argument_that_is_logged_says_what_was_chosen(tmp_path: Path) -> None:
    lines = [{"event": "Add", "n": 500}, {"event": "Add", "x": 700}, {"event": "Add", "n": 1, "x": 701}]
    outcome, states = explained_by(tmp_path, "x, mode", COUNTER, lines)
    assert isinstance(outcome, Explained)
    assert [state[0] for state in states] == [0, 500, 700, 701]
    wrong = explained(tmp_path, "x, mode", COUNTER, [{"event": "Add", "n": 500, "x": 501}])
    assert isinstance(wrong, Unexplained)
    assert wrong.cut is None


POOL = """
Init == pool = 100 /\\ taken = 0 /\\ oops = "none"
Take(k) == k # 0 /\\ taken' = taken + k /\\ pool' = pool - k /\\ UNCHANGED oops
Check == pool + taken = 100 /\\ oops' = "fine" /\\ UNCHANGED <<pool, taken>>
Next == (\\E amount \\in Int : Take(amount)) \\/ Check
"""


def test_an_amount_may_be_negative(tmp_path: Path) -> None:
    lines = [{"event": "Take", "pool": 250}, {"event": "Check"}, {"event": "Take", "taken": 5}]
    outcome, states = explained_by(tmp_path, "pool, taken, oops", POOL, lines)
    assert isinstance(outcome, Explained)
    assert states[1:] == [(250, -150, "none"), (250, -150, "fine"), (95, 5, "fine")]
    nothing = explained(tmp_path, "pool, taken, oops", POOL, [{"event": "Take", "pool": 100}])
    assert isinstance(nothing, Unexplained)
    assert nothing.cut is None


LATER = """
Init == secret = 0 /\\ shown = 0
Choose == \\E n \\in Nat : secret' = n /\\ UNCHANGED shown
Wait == UNCHANGED <<secret, shown>>
Show == shown' = 2 * secret /\\ UNCHANGED secret
Next == Choose \\/ Wait \\/ Show
"""


def later(waits: int, shown: int) -> list[Line]:
    return [
        {"event": "Choose"},
        *[{"event": "Wait"} for _ in range(waits)],
        {"event": "Show", "shown": shown},
    ]


@pytest.mark.parametrize("waits", [0, 1, 3, 6])
def test_a_later_event_says_what_was_chosen(tmp_path: Path, waits: int) -> None:
    outcome, states = explained_by(tmp_path, "secret, shown", LATER, later(waits, 84_000))
    assert isinstance(outcome, Explained)
    assert states[1] == (42_000, 0)


@pytest.mark.parametrize("waits", [0, 1, 3, 6])
def test_a_later_event_shows_that_nothing_was_chosen(tmp_path: Path, waits: int) -> None:
    outcome = explained(tmp_path, "secret, shown", LATER, later(waits, 7))
    assert isinstance(outcome, Unexplained)
    assert outcome.cut is None
    assert outcome.explained == 1 + waits


def test_an_event_that_comes_too_late_leaves_it_undecided(tmp_path: Path) -> None:
    outcome = explained(tmp_path, "secret, shown", LATER, later(20, 84_000))
    assert isinstance(outcome, Unexplained)
    assert outcome.cut == (
        "what is chosen from Nat could not be found out: the log says too little of what was chosen"
    )
    assert outcome.explained == 21


def test_what_does_not_matter_need_not_be_known(tmp_path: Path) -> None:
    lines = [{"event": "Choose"}, {"event": "Wait"}, {"event": "Show"}, {"event": "Choose"}]
    assert isinstance(explained(tmp_path, "secret, shown", LATER, lines), Explained)


def test_a_look_at_the_state_says_what_was_chosen(tmp_path: Path) -> None:
    lines: list[Line] = [{"event": "Choose"}, {"event": "Show"}, {"event": "Wait", "shown": 12}]
    outcome, states = explained_by(tmp_path, "secret, shown", LATER, lines)
    assert isinstance(outcome, Explained)
    assert states[-1] == (6, 12)


BEGIN = """
Init == x \\in Nat /\\ seen = 0
Double == x' = 2 * x /\\ seen' = x
Guess == x' \\in Int /\\ x' < x /\\ UNCHANGED seen
Next == Double \\/ Guess
"""


def test_what_there_was_in_the_beginning_is_found(tmp_path: Path) -> None:
    lines = [{"event": "Double"}, {"event": "Double", "x": 400}, {"event": "Guess", "x": -3}]
    outcome, states = explained_by(tmp_path, "x, seen", BEGIN, lines)
    assert isinstance(outcome, Explained)
    assert [state[0] for state in states] == [100, 200, 400, -3]
    odd = explained(tmp_path, "x, seen", BEGIN, [{"event": "Double"}, {"event": "Double", "x": 401}])
    assert isinstance(odd, Unexplained)
    assert odd.cut is None
    assert odd.explained == 1


@pytest.mark.parametrize("the_set", ["1 .. 10^9", "{k \\in Nat : k % 3 = 0}", "Nat \\ {5}", "Amounts"])
def test_other_sets_without_an_end_for_an_enumeration(tmp_path: Path, the_set: str) -> None:
    body = f"""
Amounts == Int
Init == x = 0
Next == \\E n \\in {the_set} : x' = x + 2 * n
"""
    outcome = explained(tmp_path, "x", body, [{"event": "Next", "x": 600}, {"event": "Next", "x": 100_206}])
    assert isinstance(outcome, Explained)
    odd = explained(tmp_path, "x", body, [{"event": "Next", "x": 3}])
    assert isinstance(odd, Unexplained)
    assert odd.cut is None
    five = explained(tmp_path, "x", body, [{"event": "Next", "x": 10}])
    assert isinstance(five, Explained) is (the_set in ("1 .. 10^9", "Amounts"))


@pytest.mark.parametrize(
    "step",
    [
        "\\A i \\in {1, 2} : \\E n \\in Nat : x' = n",
        "\\E s \\in Seq({1}) : x' = Len(s)",
        "\\E n \\in SUBSET Nat : x' = Cardinality(n)",
        "Half /\\ Half /\\ UNCHANGED y",
    ],
)
def test_choices_that_cannot_be_taken_out_are_errors_with_their_place(tmp_path: Path, step: str) -> None:
    body = f"Half == \\E n \\in Nat : 2 * n = x\nInit == x = 0 /\\ y = 0\nNext == {step} /\\ UNCHANGED y"
    with pytest.raises(DiagnosticError) as caught:
        explained(tmp_path, "x, y", body, [{"event": "Next", "x": 2}])
    first = caught.value.diagnostics[0]
    assert first.code == "eval.infinite"
    assert first.span is not None


# ------------------------------------------------------------ against an enumeration

SMALL = """
Init == x \\in 0 .. 2 /\\ y = 0 /\\ last = "none"
Add(n) == x + n < 9 /\\ x' = x + n /\\ last' = "add" /\\ UNCHANGED y
Move == \\E k \\in -3 .. 3 : x' = x - k /\\ y' = y + k /\\ last' = "move"
Reset == y' \\in 0 .. 4 /\\ y' # y /\\ x' = 0 /\\ last' = last
Test == IF x > y THEN Add(1) ELSE y' = x /\\ UNCHANGED <<x, last>>
Next == (\\E m \\in 0 .. 5 : Add(m)) \\/ Move \\/ Reset \\/ Test
"""


def has_integers(value: object) -> bool:
    """Stands for what tells sets apart that are too large: so it is asked of small ones."""
    return isinstance(value, LazySet) or (
        isinstance(value, frozenset) and all(isinstance(one, int) for one in value)
    )


def a_log(choose: random.Random) -> list[Line]:
    """Events, of which little is said; most logs can be explained for a while."""
    lines: list[Line] = []
    for _ in range(choose.randrange(1, 7)):
        line: Line = {"event": choose.choice(["Add", "Move", "Reset", "Test"])}
        if line["event"] == "Add" and choose.random() < 0.3:
            line["n"] = choose.randrange(4)
        for name in ("x", "y"):
            if choose.random() < 0.25:
                line[name] = choose.randrange(-2, 6)
        lines.append(line)
    return lines


def test_a_solver_says_what_an_enumeration_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose = random.Random(7)
    answers: dict[str, int] = {}
    for _ in range(16):
        lines = a_log(choose)
        expected = explained(tmp_path, "x, y, last", SMALL, lines)
        with monkeypatch.context() as patch:
            patch.setattr(choice_sites, "_has_no_end", has_integers)
            found = explained(tmp_path, "x, y, last", SMALL, lines)
        assert found.runner == "a solver"
        if isinstance(found, Unexplained) and found.cut is not None:
            answers["undecided"] = answers.get("undecided", 0) + 1
            continue
        assert type(found) is type(expected), lines
        if isinstance(found, Unexplained) and isinstance(expected, Unexplained):
            assert found.explained == expected.explained, lines
        answers[type(found).__name__] = answers.get(type(found).__name__, 0) + 1
    assert min(answers["Explained"], answers["Unexplained"]) >= 3
    assert answers.get("undecided", 0) <= 2
