"""Which member of a set is looked at first is a matter of values, not of how the set is written.

An evaluation stops at the member that decides; whether one that fails comes before it depends on the state.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from aioformal.engine.bmc import Bmc
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Engine, Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Fault, Finding, Violated
from tests.unit.concrete.specs import model_of

ENGINES: dict[str, Engine] = {
    "reference": Reference(),
    "machine code": Explicit(Settings(small=0)),
    "bmc": Bmc(),
}


def said(formula: str, engine: Engine, x: int, y: str) -> object:
    """How the evaluation fails in one state, or whether the formula is false there."""
    text = f"""
        VARIABLES x, y
        Init == x \\in 0..3 /\\ y \\in {{"a", "b"}}
        Next == UNCHANGED <<x, y>>
        Inv == (x = {x} /\\ y = "{y}") => {formula}
    """
    model = model_of(text, "INIT Init\nNEXT Next\nINVARIANT Inv\n")
    events = list(engine.check(Problem(model, model.properties, deadlock=False), Budget(depth=1)))
    for event in events:
        if isinstance(event, Fault):
            return event.diagnostic.code
    (found,) = [event for event in events if isinstance(event, Finding)]
    return isinstance(found.verdict, Violated)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("formula", "x", "expected"),
    [
        ("\\A i \\in {x, 1} : i = x /\\ 1 \\div x = 1", 0, "eval.partial"),
        ("\\A i \\in {x, 1} : i = x /\\ 1 \\div x = 1", 2, True),
        ("\\E i \\in {x, 1} : i # x \\/ 1 \\div x = 1", 0, "eval.partial"),
        ("\\E i \\in {1, x} : i # x \\/ 1 \\div x = 1", 0, "eval.partial"),
        ("\\E i \\in {4 - x, 5} : i = 5 \\/ 1 \\div (4 - i) = 7", 0, "eval.partial"),
        ("\\E i \\in {4 - x, 5} : i = 5 \\/ 1 \\div (4 - i) = 7", 1, False),
        ("\\E i \\in {4 - x, 2} : i = 2 \\/ 1 \\div (4 - i) = 7", 0, False),
        ('\\A p \\in {<<x, y>>, <<1, "b">>} : p[1] # 1 /\\ 1 \\div x = 1', 0, "eval.partial"),
        ('\\A p \\in {<<x + 2, y>>, <<1, "b">>} : p[1] # 1 /\\ 1 \\div x = 1', 0, True),
        ('\\E m \\in (IF x = 0 THEN {x, 1} ELSE {y, "c"}) : m = "c" \\/ 1 \\div (x - 1) = 7', 2, False),
        ("\\E i \\in {x, 1}, j \\in {2, x} : i + j = 3 \\/ 1 \\div (i + j - 4) = 9", 3, False),
        ("\\E i \\in {x, 1}, j \\in {2, x} : i + j = 5 \\/ 1 \\div (i + j - 4) = 9", 3, "eval.partial"),
    ],
)
def test_a_failure_before_the_answer(formula: str, x: int, expected: object, engine: str) -> None:
    assert said(formula, ENGINES[engine], x, "a") == expected


MEMBERS = st.sampled_from(["x", "1", "2", "3 - x", "x + 1", "(x * 2) % 4", 'IF y = "a" THEN x ELSE 2'])
BODIES = st.sampled_from(
    [
        "m = {} \\/ 6 \\div (m - {}) > x",
        "m # {} /\\ 6 \\div (m - {}) > x",
        "(m > {} \\/ 6 \\div m > 2) /\\ m # x + {}",
        "(m > {} => 6 \\div (m - x) # 2) /\\ m # {}",
    ]
)


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(["\\A", "\\E"]),
    members=st.lists(MEMBERS, min_size=2, max_size=3),
    body=BODIES,
    numbers=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    x=st.integers(0, 3),
    y=st.sampled_from("ab"),
    more=st.sampled_from(["{{{}}}", "{{{}}} \\cup {{x}}", "{{k \\in {{{}}} : k # 1}}", "{{{}}} \\ {{2}}"]),
)
def test_random_sets(
    kind: str, members: list[str], body: str, numbers: tuple[int, int], x: int, y: str, more: str
) -> None:
    formula = f"{kind} m \\in {more.format(', '.join(members))} : {body.format(*numbers)}"
    note(formula)
    found = {name: said(formula, engine, x, y) for name, engine in ENGINES.items()}
    assert len(set(found.values())) == 1, found
