"""How a report says which steps of a counterexample matter."""

from __future__ import annotations

from aioformal.evidence.verdict import ActionLabel, Relevance, Trace, Violated
from aioformal.report.counterexample import counterexample_lines
from aioformal.report.result import Judgement
from aioformal.resolve.model import PropertyKind

ACTIONS = (ActionLabel("Left"), ActionLabel("Right"))
TRACE = Trace(("a",), ((0,), (1,), (2,)), ACTIONS)
SHORT = Trace(("a",), ((0,), (2,)), ACTIONS[1:])


def told(relevance: Relevance) -> str:
    judged = Judgement("P", PropertyKind.INVARIANT, Violated(TRACE, None, relevance), "bmc", 0.0)
    return "\n".join(line.plain for line in counterexample_lines(TRACE, [judged], 100))


def test_the_steps_that_matter_are_named_by_the_state_they_lead_to() -> None:
    assert "only the steps to 3:" in told(Relevance((1,), SHORT, True))


def test_nothing_is_said_where_every_step_matters() -> None:
    assert "needs" not in told(Relevance((0, 1), TRACE, True))


def test_a_search_that_was_cut_off_says_so() -> None:
    assert "ran out" in told(Relevance((1,), SHORT, False))
