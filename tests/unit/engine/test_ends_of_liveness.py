"""Behaviours are looked at last: what was found out before stays, however it ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.explicit import step_graph as of_machine_code
from aioformal.engine.liveness import judging
from aioformal.engine.protocol import Budget, Engine, Event, Problem
from aioformal.engine.reference import Reference
from aioformal.engine.reference import step_graph as of_reference
from aioformal.evidence.verdict import Exploration, Finding, Proved, Unknown
from tests.unit.concrete.specs import model_of

TEXT = """
VARIABLE x
Init == x = 0
Next == x < 5 /\\ x' = x + 1
Spec == Init /\\ [][Next]_x /\\ WF_x(Next)
Small == x < 6
Top == <>(x = 5)
Far == <>(x = 7)
Soon == TLCGet("level") < 20
"""
CONFIG = "SPECIFICATION Spec\nINVARIANT Small\nPROPERTIES Top Far\nCHECK_DEADLOCK FALSE\n"
ENGINES: dict[str, Engine] = {"reference": Reference(), "machine code": Explicit(Settings(small=0))}


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param]


def heard(events: Iterator[Event], kept: list[Event]) -> None:
    for event in events:
        kept.append(event)


def problem(config: str = CONFIG) -> Problem:
    model = model_of(TEXT, config)
    return Problem(model, model.properties, deadlock=False)


def verdicts(events: list[Event]) -> dict[str, object]:
    return {event.property: event.verdict for event in events if isinstance(event, Finding)}


def fail_with(failure: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise failure

    monkeypatch.setattr(of_reference, "_Letters", broken)
    monkeypatch.setattr(of_machine_code, "Letters", broken)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(MemoryError(), judging.NO_MEMORY), (judging.OutOfTimeError(), judging.CUT_SHORT)],
)
def test_what_is_known_of_states_stays(
    engine: Engine, failure: BaseException, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(failure, monkeypatch)
    events = list(engine.check(problem(), Budget()))
    found = verdicts(events)
    assert isinstance(found["Small"], Proved)
    assert found["Top"] == found["Far"] == Unknown(reason)
    assert [event.complete for event in events if isinstance(event, Exploration)] == [True]


def test_an_interrupt_is_passed_on_when_all_is_said(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(KeyboardInterrupt(), monkeypatch)
    events: list[Event] = []
    with pytest.raises(KeyboardInterrupt):
        heard(engine.check(problem(), Budget()), events)
    found = verdicts(events)
    assert isinstance(found["Small"], Proved)
    assert found["Top"] == found["Far"] == Unknown(judging.CUT_SHORT)
    assert [event.complete for event in events if isinstance(event, Exploration)] == [True]


def test_a_constraint_that_asks_about_the_search_leaves_behaviours_open(engine: Engine) -> None:
    found = verdicts(list(engine.check(problem(CONFIG + "CONSTRAINT Soon\n"), Budget())))
    assert isinstance(found["Small"], Proved)
    assert found["Top"] == Unknown(judging.ABOUT_THE_SEARCH)
