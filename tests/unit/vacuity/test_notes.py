"""Notes about parts of properties that never matter: what is said, where, and when nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from aioformal.cli.commands import program
from aioformal.diagnostic import Diagnostic, Severity
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Untriggered
from aioformal.session import Options, Session
from aioformal.session.vacuity import with_probes

CODE = "check.never-applies"
MODULE = """---- MODULE M ----
EXTENDS Naturals, Sequences, TLC
CONSTANTS On, Off, S
VARIABLES x, f
vars == <<x, f>>
Init == x = 0 /\\ f = <<>>
Next == x' = (x + 1) % 5 /\\ f' = IF x = 4 THEN <<>> ELSE Append(f, x)
Above(y) == y > 6 => x = 0
Swap(a, b) == \\A s \\in S : b = s => (a = s => s = b)
Perms == Permutations(S)
Small == x < 3
P == {}
===="""
CONFIG = "CONSTANTS On = TRUE Off = FALSE S = {1, 2}\nINIT Init\nNEXT Next\n"


def session(folder: Path, formula: str, kind: str = "INVARIANT", config: str = CONFIG) -> Session:
    (folder / "M.tla").write_text(MODULE.replace("P == {}", f"P == {formula}"), encoding="utf-8")
    (folder / "M.cfg").write_text(f"{config}{kind} P\n", encoding="utf-8")
    return Session(str(folder / "M.tla"))


def notes(made: Session, options: Options | None = None) -> list[Diagnostic]:
    report = made.prove(options or Options(engine="explicit"))
    assert report.judgements[-2].word in ("proved", "holds", "violated"), report.judgements
    return [d for d in report.diagnostics if d.code == CODE]


def noted(made: Session, options: Options | None = None) -> list[str]:
    """The texts that are pointed at."""
    return [d.span.text for d in notes(made, options) if d.span is not None]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x > 6 => x = 0", ["x > 6"]),
        ("x > 3 => x = 4", []),
        ("x > 3 => (x = 3 => FALSE)", ["x = 3"]),
        ("x > 6 => (x = 3 => FALSE)", ["x > 6"]),
        ("~(x > 6) \\/ x = 0", ["(x > 6)"]),
        ("~(x = 0) \\/ x = 0", []),
        ("\\A s \\in S : x = s + 4 => s = x", ["x = s + 4"]),
        ("\\A s \\in S : x = s => s = x", []),
        ("\\A s \\in {y \\in S : y > x + 1} : s = 2", []),
        ("\\A s \\in {y \\in S : y > x + 2} : s = 7", ["\\A s \\in {y \\in S : y > x + 2} : s = 7"]),
        ("~\\E s \\in {y \\in S : y > x + 2} : s = x", ["\\E s \\in {y \\in S : y > x + 2} : s = x"]),
        ("\\E s \\in {y \\in 1 .. 9 : y > x} : s = x + 1", []),
        ("IF x > 6 THEN FALSE ELSE x < 5", ["x > 6"]),
        ("IF x < 5 THEN TRUE ELSE x = 17", ["x = 17"]),
        ("CASE x = 0 -> TRUE [] x = 9 -> FALSE [] OTHER -> TRUE", ["x = 9"]),
        ("Above(x)", ["y > 6"]),
        ("Above(x) /\\ Above(x + 3)", []),
        ("Swap(x, x + 1)", ["a = s"]),
        ("\\A a \\in S, b \\in S : Swap(b, a)", []),
        ("LET y == x + 3 IN y = 1 => FALSE", ["y = 1"]),
        ("\\A i \\in 1 .. Len(f) : f[i] = 7 => FALSE", ["f[i] = 7"]),
        ("\\A i \\in 1 .. Len(f) : f[i] = 3 => i = 4", []),
    ],
)
@pytest.mark.parametrize("engine", ["explicit", "explicit-reference"])
def test_what_never_matters_is_pointed_at(
    formula: str, expected: list[str], engine: str, tmp_path: Path
) -> None:
    assert noted(session(tmp_path, formula), Options(engine=engine)) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("[][x = 7 => x' = 3]_vars", ["x = 7"]),
        ("[][x = 1 => x' = 2]_vars", []),
        ("[][x' < x => x' = 0]_vars", []),
        ("[][x' = x => FALSE]_vars", ["x' = x"]),
        ("[]([x' > 5 => FALSE]_x) /\\ [](x = 9 => FALSE)", ["x' > 5", "x = 9"]),
        ("(x = 1 => FALSE) /\\ [](x < 5)", ["x = 1"]),
    ],
)
@pytest.mark.parametrize("engine", ["explicit", "explicit-reference"])
def test_of_steps_and_initial_states(formula: str, expected: list[str], engine: str, tmp_path: Path) -> None:
    assert noted(session(tmp_path, formula, "PROPERTY"), Options(engine=engine)) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "Off => x = 3",
        "On => x < 5",
        "Off /\\ x = 17 => x = 4",
        "x = 17 /\\ Off => x = 4",
        "\\A s \\in {} : x = 17 => FALSE",
        "IF On THEN x < 5 ELSE x = 17",
        "\\A s \\in S : s = 7 => x = 17",
        "\\A s \\in S : s = 7 /\\ x = s => x = 17",
    ],
)
def test_what_the_constants_decide_is_not_noted(formula: str, tmp_path: Path) -> None:
    assert noted(session(tmp_path, formula)) == []


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x > 6 ~> x = 0", ["x > 6"]),
        ("x = 3 ~> x = 0", []),
        ("\\A s \\in S : (s = x ~> s # x) /\\ [](s > x + 2 ~> x = 4)", ["s > x + 2"]),
        ("[]<>(x = 0) ~> []<>(x = 4)", []),
        ("Off ~> x = 4", []),
    ],
)
@pytest.mark.parametrize("engine", ["explicit", "explicit-reference"])
def test_what_leads_to_something(formula: str, expected: list[str], engine: str, tmp_path: Path) -> None:
    config = CONFIG.replace("INIT Init\nNEXT Next\n", "SPECIFICATION Fair\n")
    text = MODULE.replace("P == {}", "Fair == Init /\\ [][Next]_vars /\\ WF_vars(Next)\nP == {}")
    (tmp_path / "M.tla").write_text(text.replace("P == {}", f"P == {formula}"), encoding="utf-8")
    (tmp_path / "M.cfg").write_text(f"{config}PROPERTY P\n", encoding="utf-8")
    assert noted(Session(str(tmp_path / "M.tla")), Options(engine=engine)) == expected


def test_a_premise_without_a_value_is_not_noted(tmp_path: Path) -> None:
    """It is never true, and that is not known of states where it cannot be asked."""
    formula = "\\A i \\in 1 .. 2 : x < 5 \\/ (f[i] = 17 => FALSE)"
    (only,) = noted(session(tmp_path, "x < 5 \\/ (x = 17 => FALSE)"))
    assert only == "x = 17"
    assert noted(session(tmp_path, "(\\E i \\in 1 .. 2 : i = 1 \\/ (f[i] = 17 => FALSE)) /\\ x < 5")) == []
    assert noted(session(tmp_path, formula)) == ["f[i] = 17"], "it is never asked, and so needs no value"


def test_a_note_says_of_how_many_states_it_speaks(tmp_path: Path) -> None:
    (note,) = notes(session(tmp_path, "\\A s \\in S : x = s + 4 => s = x"))
    assert note.severity is Severity.NOTE
    assert note.message == (
        "in `P`, `x = s + 4 => ...` never applies: "
        "its left side is false in all 5 reachable states, for every s"
    )


def test_with_a_constraint_it_is_about_what_is_within(tmp_path: Path) -> None:
    constrained = session(tmp_path, "x = 9 => FALSE", config=f"{CONFIG}CONSTRAINT Small\n")
    (note,) = notes(constrained)
    assert "all 3 reachable states within CONSTRAINT" in note.message
    outside = session(tmp_path, "x = 3 => x = 3", config=f"{CONFIG}CONSTRAINT Small\n")
    assert notes(outside) == [], "the first state outside was judged, too"


@pytest.mark.parametrize("small", [0, 300])
def test_with_an_action_constraint_it_is_about_what_is_judged(small: int, tmp_path: Path) -> None:
    """Steps that are not admitted are judged, and what comes after them is not."""
    config = f"{CONFIG}ACTION_CONSTRAINT Stop\n"
    for value, expected in ((3, 0), (4, 1)):
        made = session(tmp_path, f"x = {value} => FALSE \\/ x > 0\nStop == x' # 3", config=config)
        problem, found = with_probes(made.problem, Options())
        events = list(Explicit(Settings(small=small, runner="interpreted")).check(problem, Budget()))
        (said,) = [event for event in events if isinstance(event, Untriggered)]
        assert (len(found.probes), len(said.probes)) == (1, expected)


def test_nothing_is_said_of_a_search_that_has_not_seen_everything(tmp_path: Path) -> None:
    assert notes(session(tmp_path, "x > 6 => x = 0"), Options(engine="explicit", depth=2)) == []
    assert notes(session(tmp_path, "x > 3 => x = 4"), Options(engine="explicit", depth=2)) == []


def test_nothing_is_said_of_what_is_violated(tmp_path: Path) -> None:
    assert notes(session(tmp_path, "(x > 6 => x = 0) /\\ x < 4")) == []


def test_two_properties_with_the_same_part_have_one_note(tmp_path: Path) -> None:
    text = MODULE.replace("P == {}", "P == Above(x)\nQ == Above(x - 1)")
    (tmp_path / "M.tla").write_text(text, encoding="utf-8")
    (tmp_path / "M.cfg").write_text(f"{CONFIG}INVARIANTS P Q\n", encoding="utf-8")
    (note,) = notes(Session(str(tmp_path / "M.tla")))
    assert note.message.startswith("in `P` and `Q`, `y > 6 => ...` never applies")


def test_it_can_be_switched_off_and_is_in_the_json(tmp_path: Path) -> None:
    session(tmp_path, "x > 6 => x = 0")
    spec, out = str(tmp_path / "M.tla"), tmp_path / "report.json"
    shown = CliRunner().invoke(program, ["prove", spec, "--json", str(out)])
    assert shown.exit_code == 0
    assert f"note[{CODE}]: in `P`" in shown.output
    (note,) = json.loads(out.read_text(encoding="utf-8"))["diagnostics"]
    assert note["code"] == CODE
    silent = CliRunner().invoke(program, ["prove", spec, "--no-vacuity"])
    assert silent.exit_code == 0
    assert CODE not in silent.output


SYMMETRIC = """---- MODULE M ----
EXTENDS TLC, FiniteSets
CONSTANT S
VARIABLE on
Init == on = {}
Next == \\E s \\in S : on' = on \\cup {s}
Perms == Permutations(S)
First == CHOOSE s \\in S : TRUE
"""


@pytest.mark.parametrize(
    ("formula", "said"),
    [("\\A s \\in S : {s} = S => FALSE", False), ("Cardinality(on) = 4 => FALSE", True)],
)
def test_with_symmetry_only_what_is_proved_to_be_alike(formula: str, said: bool, tmp_path: Path) -> None:
    text = f"{SYMMETRIC}Alike == {formula}\nPicked == on = {{First}} /\\ on = {{}} => FALSE\n===="
    (tmp_path / "M.tla").write_text(text, encoding="utf-8")
    config = "CONSTANT S = {a, b, c}\nINIT Init\nNEXT Next\nSYMMETRY Perms\nINVARIANTS Alike Picked\n"
    (tmp_path / "M.cfg").write_text(config, encoding="utf-8")
    report = Session(str(tmp_path / "M.tla")).prove(Options(engine="explicit"))
    found = [d.message for d in report.diagnostics if d.code == CODE]
    assert all("`Alike`" in message for message in found), "Picked is about a certain member"
    assert bool(found) is said
    assert all("all 4 reachable states that SYMMETRY tells apart" in message for message in found)


def test_more_parts_than_a_search_has_room_for_are_counted(tmp_path: Path) -> None:
    formula = " /\\ ".join(f"(x = {n} => x < {n})" for n in range(5, 75))
    problem, found = with_probes(session(tmp_path, formula).problem, Options())
    assert len(found.probes) == 70
    events = list(Explicit(Settings(small=0, runner="interpreted")).check(problem, Budget()))
    (said,) = [event for event in events if isinstance(event, Untriggered)]
    assert (len(said.probes), said.unseen) == (63, 7)


def test_a_search_that_goes_on_says_that_it_did_not_look(tmp_path: Path) -> None:
    made, folder = session(tmp_path, "x > 6 => x = 0"), tmp_path / "saved"
    problem, _ = with_probes(made.problem, Options())
    begun = Explicit(Settings(small=0, checkpoint=folder, runner="interpreted"))
    assert not any(isinstance(event, Untriggered) for event in begun.check(problem, Budget(depth=2)))
    on = made.prove(Options(engine="explicit", checkpoint=folder, resume=True))
    (note,) = [d for d in on.diagnostics if d.code == CODE]
    assert note.message == "1 part of the properties was not looked at: whether it ever matters is not known"
