"""Time that is over before a search in machine code has begun."""

from __future__ import annotations

import pytest

from aioformal.engine.explicit import Explicit, Settings, preparation
from aioformal.engine.protocol import Problem
from aioformal.evidence.verdict import Finding, Unknown
from tests.unit.concrete.specs import model_of
from tests.unit.engine.patience import Patience

UNBOUNDED = "VARIABLE x\nInit == x = 0\nNext == x' = x + 1\nLow == x >= 0\n"


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_nothing_is_made_any_more(looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(preparation, "make_kernel", lambda *_: made.append("kernel"))
    model = model_of(UNBOUNDED, "INIT Init\nNEXT Next\nINVARIANT Low\n")
    problem = Problem(model, model.properties)
    found = list(Explicit(Settings(small=0)).check(problem, Patience(looks=looks - 1)))
    assert not made
    answers = {event.property: event.verdict for event in found if isinstance(event, Finding)}
    assert answers.keys() == {"Low", "deadlock"}
    assert all(isinstance(verdict, Unknown) for verdict in answers.values())
