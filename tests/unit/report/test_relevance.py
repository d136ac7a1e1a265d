"""How a report says which steps of a counterexample matter, and which are bystanders."""

from __future__ import annotations

import itf_py
from msgspec.structs import replace

from aioformal.diagnostic import Diagnostic
from aioformal.evidence.verdict import ActionLabel, Fault, Relevance, Trace, Violated
from aioformal.report.bystanders import BYSTANDER
from aioformal.report.counterexample import counterexample_lines
from aioformal.report.result import Judgement, Report
from aioformal.report.terminal import report_lines
from aioformal.report.to_json import report_document
from aioformal.resolve.model import PropertyKind

ACTIONS = (ActionLabel("Left"), ActionLabel("Middle"), ActionLabel("Right"))
TRACE = Trace(("a",), ((0,), (1,), (2,), (3,)), ACTIONS)
SHORT = Trace(("a",), ((0,), (3,)), ACTIONS[2:])
LAST = Relevance((2,), SHORT, True)
ALL = Relevance((0, 1, 2), TRACE, True)


def judged(name: str, relevance: Relevance | None) -> Judgement:
    return Judgement(name, PropertyKind.INVARIANT, Violated(TRACE, None, relevance), "bmc", 0.0)


def told(*found: Relevance | None) -> str:
    judgements = [judged(f"P{number}", one) for number, one in enumerate(found, 1)]
    return "\n".join(line.plain for line in counterexample_lines(TRACE, judgements, 100))


def marked(text: str) -> list[str]:
    """The actions at which the mark stands."""
    return [line.split()[1] for line in text.splitlines() if line.endswith(BYSTANDER)]


def test_bystanders_are_marked_at_the_step_and_explained_above() -> None:
    text = told(LAST)
    assert marked(text) == ["Left", "Middle"]
    assert text.count(f"without the 2 steps marked {BYSTANDER} it fails in the same way") == 1
    assert "needs" not in text


def test_they_are_dim_with_what_they_change() -> None:
    lines = list(counterexample_lines(TRACE, [judged("P", LAST)], 100))
    assert {str(line.style) for line in lines if line.plain.strip() == "a: 0 -> 1"} == {"dim"}
    assert {str(line.style) for line in lines if line.plain.strip() == "a: 2 -> 3"} == {""}


def test_nothing_is_said_where_every_step_matters_or_nobody_asked() -> None:
    for text in (told(ALL), told(None)):
        assert "bystander" not in text
        assert "needs" not in text


def test_a_search_that_was_cut_off_says_so() -> None:
    assert "ran out" in told(replace(LAST, complete=False))


def test_of_several_properties_only_what_matters_to_none_is_marked() -> None:
    text = told(LAST, Relevance((0, 2), TRACE, True))
    assert marked(text) == ["Middle"]
    assert "needs  only the steps to 4" in text
    assert "needs  only the steps to 2, 4" in text


def test_a_beginning_that_is_not_repeated_has_its_bystanders_named() -> None:
    other = (TRACE, "Q")
    longer = replace(TRACE, states=(*TRACE.states, (4,)), actions=(*ACTIONS, ActionLabel("End")))
    verdict = Violated(longer, None, Relevance((2, 3), SHORT, True))
    judgement = Judgement("P", PropertyKind.INVARIANT, verdict, "bmc", 0.0)
    text = "\n".join(line.plain for line in counterexample_lines(longer, [judgement], 100, [other]))
    assert "1 to 4 as in the counterexample to Q; here 2, 3 are bystanders" in text


def test_a_trace_with_marks_is_read_by_itf_py() -> None:
    (found,) = report_document(Report("M.tla", None, (judged("P", LAST),)))["properties"]
    marks = [state["#meta"].get("matters") for state in found["trace"]["states"]]
    assert marks == [None, False, False, True]
    assert [state["#meta"]["action"]["name"] for state in found["trace"]["states"][1:]] == [
        "Left",
        "Middle",
        "Right",
    ]
    read = itf_py.trace_from_json(found["trace"])
    assert [state.values["a"] for state in read.states] == [0, 1, 2, 3]


def test_an_evaluation_error_has_bystanders_too() -> None:
    fault = Fault(Diagnostic("eval.assert", "Assert"), TRACE, "explicit", LAST)
    report = Report("M.tla", None, fault=fault)
    assert marked("\n".join(line.plain for line in report_lines(report, 100))) == ["Left", "Middle"]
    trace = report_document(report)["diagnostics"][0]["trace"]
    assert [state["#meta"].get("matters") for state in trace["states"]] == [None, False, False, True]
