"""Two answers on one property: the stronger, or a contradiction that stops the run."""

from __future__ import annotations

import pytest

from aioformal.diagnostic import Exit
from aioformal.evidence.join import EvidenceError, join
from aioformal.evidence.verdict import (
    ActionLabel,
    Evaluated,
    Exhaustive,
    Finding,
    Holds,
    Proved,
    Trace,
    Unknown,
    Vacuous,
    Verdict,
    Violated,
)


def counterexample(depth: int, loop: int | None = None) -> Violated:
    states = tuple((i,) for i in range(depth + 1))
    return Violated(Trace(("x",), states, (ActionLabel("Step"),) * depth, loop))


EXHAUSTIVE = Proved(Exhaustive(distinct=12, generated=30, depth=4, digest="aa"))
EVALUATED = Proved(Evaluated("TRUE"))
UNKNOWN = Unknown("no idea")


def joined(first: Verdict, second: Verdict) -> Verdict:
    return join(Finding("P", first, "explicit", 1.0), Finding("P", second, "bmc", 2.0)).verdict


@pytest.mark.parametrize(
    ("weak", "strong"),
    [
        (UNKNOWN, Holds(0)),
        (Holds(3), Holds(7)),
        (Holds(7), EXHAUSTIVE),
        (UNKNOWN, EXHAUSTIVE),
        (EXHAUSTIVE, Vacuous("no initial state")),
        (UNKNOWN, counterexample(2)),
        (Holds(4), counterexample(5)),
        (counterexample(9), counterexample(5)),
        (UNKNOWN, Unknown("not inductive", counterexample_to_induction=counterexample(1).trace)),
    ],
)
def test_the_stronger_answer_stands_in_either_order(weak: Verdict, strong: Verdict) -> None:
    assert joined(weak, strong) is strong
    assert joined(strong, weak) is strong


@pytest.mark.parametrize(
    ("claim", "other"),
    [
        (EXHAUSTIVE, counterexample(3)),
        (EVALUATED, counterexample(0)),
        (Vacuous("premise never true"), counterexample(1)),
        (Holds(5), counterexample(5)),
        (Holds(5), counterexample(0)),
        (EXHAUSTIVE, Proved(Exhaustive(distinct=13, generated=30, depth=4, digest="aa"))),
    ],
)
def test_a_contradiction_is_exit_22_with_both_answers(claim: Verdict, other: Verdict) -> None:
    for first, second in ((claim, other), (other, claim)):
        with pytest.raises(EvidenceError) as caught:
            joined(first, second)
        diagnostic = caught.value.diagnostics[0]
        assert diagnostic.exit_code is Exit.EVIDENCE
        assert len(diagnostic.notes) == 2
        assert {note.message.split()[0] for note in diagnostic.notes} == {"explicit", "bmc"}
        assert "report" in (diagnostic.hint or "")


def test_a_bound_does_not_speak_about_a_lasso() -> None:
    lasso = counterexample(3, loop=1)
    assert joined(Holds(9), lasso) is lasso


def test_of_equals_the_first_stays() -> None:
    first, second = Finding("P", Holds(3), "a", 1.0), Finding("P", Holds(3), "b", 2.0)
    assert join(first, second) is first
