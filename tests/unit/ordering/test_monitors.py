"""What rules are compiled into, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.evidence.verdict import Unknown, Violated
from aioformal.report.result import Judgement, Report
from aioformal.resolve.model import Model
from aioformal.session import Options, Session

HEAD = """---- MODULE M ----
EXTENDS Naturals, Ordering
CONSTANT C
VARIABLE x
Init == x = [c \\in C |-> 0]
Up(c) == x[c] < 2 /\\ x' = [x EXCEPT ![c] = @ + 1]
Down(c) == x[c] = 2 /\\ x' = [x EXCEPT ![c] = 0]
Same(c) == x' = [x EXCEPT ![c] = x[c]]
Next == \\E c \\in C : Up(c) \\/ Down(c) \\/ Same(c)
"""
CONFIG = "INIT Init NEXT Next CONSTANT C = {1, 2} CHECK_DEADLOCK FALSE "


def session(folder: Path, definitions: str, config: str = "PROPERTY R") -> Session:
    (folder / "M.tla").write_text(f"{HEAD}{definitions}\n====\n", encoding="utf-8")
    (folder / "M.cfg").write_text(CONFIG + config, encoding="utf-8")
    return Session(str(folder / "M.tla"))


def model(folder: Path, definitions: str, config: str = "PROPERTY R") -> Model:
    return session(folder, definitions, config).model


def judged(folder: Path, definitions: str, engine: str = "explicit", config: str = "PROPERTY R") -> Judgement:
    depth = None if engine.startswith("explicit") else 6
    return only(session(folder, definitions, config).prove(Options(engine=engine, depth=depth)))


def only(report: Report) -> Judgement:
    (found,) = [j for j in report.judgements if j.name == "R"]
    return found


def test_rules_of_the_same_events_share_what_they_remember(tmp_path: Path) -> None:
    text = (
        "R == /\\ \\A c \\in C : Precedes(Up(c), Down(c))\n"
        "     /\\ \\A d \\in C : AtMostOnce(Up(d))\n"
        "     /\\ \\A c \\in C : Between(Up(c), Down(c), Up(c))\n"
        "     /\\ \\A e \\in C : Within(Down(e), Up(e), Down(e))"
    )
    assert model(tmp_path, text).hidden_variables == ("once(Up(c))", "open(Up(c), Down(c))")


def test_a_rule_with_an_event_that_never_happens_remembers_nothing_of_it(tmp_path: Path) -> None:
    assert judged(tmp_path, "R == AtMostOnce(FALSE)").word == "vacuous"


def test_a_chosen_property_brings_only_its_own_variables(tmp_path: Path) -> None:
    text = "R == \\A c \\in C : Precedes(Up(c), Down(c))\nI == \\A c \\in C : x[c] < 3"
    config = "PROPERTY R INVARIANT I"
    few = session(tmp_path, text, config).prove(Options(("I",), engine="explicit")).exploration
    all_of_it = session(tmp_path, text, config).prove(Options(engine="explicit")).exploration
    assert few is not None
    assert all_of_it is not None
    assert few.distinct_states == 9 < all_of_it.distinct_states


def test_traces_hide_what_is_remembered_unless_asked(tmp_path: Path) -> None:
    text = "R == \\A c \\in C : AtMostOnce(Up(c))"
    for shown, variables in ((False, ("x",)), (True, ("x", "once(Up(c))"))):
        report = session(tmp_path, text).prove(Options(engine="explicit", show_monitors=shown))
        verdict = only(report).verdict
        assert isinstance(verdict, Violated)
        assert verdict.trace.variables == variables
        assert {len(state) for state in verdict.trace.states} == {len(variables)}


def test_a_violation_says_which_step_was_missing(tmp_path: Path) -> None:
    verdict = judged(tmp_path, "R == \\A c \\in C : Precedes(Down(c), x[c] = 1)").verdict
    assert isinstance(verdict, Violated)
    assert verdict.blame is not None
    assert verdict.blame.because == "the step to 2 is x[c] = 1, and no Down(c) came before it"
    assert [name for name, _ in verdict.blame.bindings] == ["c"]


def test_a_step_that_changes_nothing_is_no_event(tmp_path: Path) -> None:
    assert judged(tmp_path, "R == AtMostOnce(Same(1))").word == "vacuous"


@pytest.mark.parametrize("engine", ["explicit", "explicit-reference", "k-induction"])
def test_a_rule_whose_event_never_happens_is_vacuous(tmp_path: Path, engine: str) -> None:
    found = judged(tmp_path, "R == \\A c \\in C : NeverAfter(x[c] = 7, Up(c))", engine)
    assert found.word == "vacuous"
    assert "x[c] = 7 never happens" in getattr(found.verdict, "reason", "")


PARTLY_VACUOUS = [
    ("R == /\\ Precedes(Up(1), Down(1))\n     /\\ \\A c \\in C : NeverAfter(x[c] = 7, Up(c))", "x[c] = 7"),
    # a conjunct that is no rule can be false
    ("R == AtMostOnce(Same(2)) /\\ [][x[1] <= 2]_x", "Same(2)"),
]


@pytest.mark.parametrize(("text", "event"), PARTLY_VACUOUS)
@pytest.mark.parametrize("engine", ["explicit", "explicit-reference"])
def test_a_conjunct_that_cannot_be_violated_is_named_in_a_note(
    tmp_path: Path, engine: str, text: str, event: str
) -> None:
    report = session(tmp_path, text).prove(Options(engine=engine))
    assert only(report).word == "proved"
    (note,) = [d for d in report.diagnostics if d.code == "ordering.vacuous-part"]
    assert f"{event} never happens, so " in note.message
    assert "Down(1)" not in note.message
    assert report.exit_code == 0


def test_of_rules_that_are_all_put_to_the_test_nothing_is_noted(tmp_path: Path) -> None:
    text = "R == Precedes(Up(1), Down(1)) /\\ Precedes(Up(2), Down(2))"
    assert not [d for d in session(tmp_path, text).prove(Options()).diagnostics if "vacuous" in d.code]


def test_a_conditional_rule_is_judged_where_its_condition_holds_at_first(tmp_path: Path) -> None:
    assert judged(tmp_path, "R == x[1] = 0 => AtMostOnce(Up(1))").word == "violated"
    assert judged(tmp_path, "R == x[1] = 1 => AtMostOnce(Up(1))").word == "proved"


def test_a_disjunction_is_violated_when_its_last_part_is(tmp_path: Path) -> None:
    found = judged(tmp_path, "R == AtMostOnce(Up(1)) \\/ AtMostOnce(Up(2))")
    assert found.depth == 4
    found = judged(tmp_path, "R == \\E c \\in C : AtMostOnce(Up(c))")
    assert found.depth == 4


REFUSED = {
    "the negation of a rule": ("R == ~AtMostOnce(Up(1))", "the negation of AtMostOnce"),
    "a rule as a premise": ("R == AtMostOnce(Up(1)) => AtMostOnce(Up(2))", "the negation of AtMostOnce"),
    "a set that changes": ("R == \\A c \\in {d \\in C : x[d] = 0} : AtMostOnce(Up(c))", "not the same"),
    "always a rule": ("R == []AtMostOnce(Up(1))", "speaks of whole behaviours already"),
    "liveness": ("R == AtMostOnce(Up(1)) /\\ <>(x[1] = 1)", "needs a liveness engine"),
    "an action that looks back": ("R == Precedes(Up(1), Down(1) /\\ Once(Up(1)))", "wants a state predicate"),
    "no formula": ("R == []({Once(x[1] = 1)} = {TRUE})", "no formula"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_finite_behaviour_refutes_is_unknown_with_the_reason(tmp_path: Path, case: str) -> None:
    definitions, reason = REFUSED[case]
    for engine in ("explicit", "bmc"):
        verdict = judged(tmp_path, definitions, engine).verdict
        assert isinstance(verdict, Unknown)
        assert reason in verdict.reason


def test_behaviours_are_not_made_by_ordering_operators(tmp_path: Path) -> None:
    with pytest.raises(DiagnosticError) as failure:
        _ = model(tmp_path, "K == Once(x[1] = 1)\nR == AtMostOnce(Up(1))", "PROPERTY R CONSTRAINT K")
    assert failure.value.diagnostics[0].code == "ordering.misplaced"


def test_rules_pass_through_definitions_parameters_and_let(tmp_path: Path) -> None:
    text = (
        "Rule(A(_), B(_), S) == \\A c \\in S : LET a == A(c) IN Precedes(a, B(c))\n"
        "R == LET S == C IN Rule(Up, Down, S)"
    )
    assert judged(tmp_path, text).word == "proved"
    assert model(tmp_path, text).hidden_variables == ("once(Up(c))",)


def test_a_view_keeps_states_apart_that_rules_tell_apart(tmp_path: Path) -> None:
    found = judged(tmp_path, "V == x\nR == \\A c \\in C : AtMostOnce(Up(c))", config="PROPERTY R VIEW V")
    assert found.word == "violated"


def test_a_view_that_hides_what_a_rule_reads_leaves_it_open(tmp_path: Path) -> None:
    text = "V == <<>>\nR == \\A c \\in C : NeverAfter(Up(c), x[c] = 3)"
    found = judged(tmp_path, text, config="PROPERTY R VIEW V")
    assert found.word == "unknown"


def test_an_invariant_may_look_back(tmp_path: Path) -> None:
    text = "R == \\A c \\in C : x[c] = 2 => Once(x[c] = 1) /\\ Since(x[c] # 2, x[c] = 1)"
    assert judged(tmp_path, text, config="INVARIANT R").word == "violated"
    text = "R == \\A c \\in C : x[c] = 2 => Once(x[c] = 1) /\\ Since(x[c] # 0, x[c] = 1)"
    assert judged(tmp_path, text, config="INVARIANT R").word == "proved"
