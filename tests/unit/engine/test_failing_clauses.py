"""A clause is settled by a false premise only if no premise before it fails."""

from __future__ import annotations

import pytest

from aioformal.engine.bmc import Bmc
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Engine, Problem
from aioformal.engine.reference import Reference, judge
from aioformal.evidence.verdict import Fault, Finding, Violated
from tests.unit.concrete.specs import model_of

ENGINES: dict[str, Engine] = {
    "reference": Reference(),
    "machine code": Explicit(Settings(small=0)),
    "bmc": Bmc(),
}


def said(formula: str, engine: Engine) -> object:
    """How the evaluation fails, or whether the formula is false somewhere."""
    text = f"""
        VARIABLES x, y
        Init == x \\in 0..2 /\\ y = 0
        Next == UNCHANGED <<x, y>>
        Inv == {formula}
    """
    model = model_of(text, "INIT Init\nNEXT Next\nINVARIANT Inv\n")
    events = list(engine.check(Problem(model, model.properties, deadlock=False), Budget(depth=1)))
    faults = [event.diagnostic.code for event in events if isinstance(event, Fault)]
    if faults:
        return faults[0]
    return [isinstance(e.verdict, Violated) for e in events if isinstance(e, Finding)]


def test_what_fails_first_is_not_looked_for_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of the first test are hardly ever used again, so it is asked in its turn only: then the second
    one must not settle anything."""
    monkeypatch.setattr(judge, "TRIAL", 2)
    monkeypatch.setattr(judge, "LEAST_USE", 1)
    formula = "10 \\div (2 - x) < 100 \\/ (y = 5 => x > 7)"
    assert said(formula, Reference()) == "eval.partial"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("10 \\div x < 100 \\/ (y = 5 => x > 7)", "eval.partial"),
        ("10 \\div x > 100 => (y = 5 => x > 7)", "eval.partial"),
        ("10 \\div x < 100 \\/ \\A i \\in 1..4 : i = y => 10 \\div (i - y) > 7", "eval.partial"),
        ("y = 5 => (10 \\div x > 100 => x > 7)", [False]),
        ("x > 0 => (10 \\div x < 4 => (y = 5 => x > 7))", [False]),
        ("x = 0 \\/ 10 \\div x > 4 \\/ y = 5", [False]),
        ("x = 0 \\/ 10 \\div x > 6 \\/ y = 5", [True]),
    ],
)
def test_what_fails_first(formula: str, expected: object, engine: str) -> None:
    assert said(formula, ENGINES[engine]) == expected
