"""Quantifiers as loops mean what they mean when they are written out: every quantifier is made a loop here.

What is written out is held against the reference semantics everywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, settings

from aioformal.encode import looping
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Engine, Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration, Fault, Finding, Violated
from aioformal.native.runners import Runner
from aioformal.session import Session
from tests.differential.random_models import CONSTRAINTS, models
from tests.differential.test_random_models import load, run, summary
from tests.unit.concrete.specs import model_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True, scope="module")
def loops_everywhere() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looping, "SHORT", 0)
        patch.setattr(looping, "SMALL", -1)
        patch.setattr(looping, "WORTH", 1 << 40)
        yield


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models(), CONSTRAINTS)
def test_random_models(text: str, constraints: str) -> None:
    note(text + constraints)
    model = load(text, constraints)
    said = [
        summary(run(engine, Problem(model, model.properties, deadlock=True), None))
        for engine in (Reference(), Explicit(Settings(small=0)), Explicit(Settings(workers=2, small=0)))
    ]
    assert said[0] == said[1] == said[2]


@pytest.mark.parametrize("runner", ["machine code", "interpreted"])
@pytest.mark.parametrize(
    ("spec", "config"),
    [
        ("spec/aio.tla", "spec/aio.cfg"),
        ("spec/aio.tla", "spec/aio-naive.cfg"),
        ("spec/examples/EWD998.tla", "spec/examples/EWD998.cfg"),
        ("spec/examples/Paxos.tla", "spec/examples/Paxos.cfg"),
    ],
    ids=["aio", "aio-naive", "EWD998", "Paxos"],
)
def test_specifications_of_this_repository(spec: str, config: str, runner: Runner) -> None:
    """As far as a few thousand states: the twin takes its time."""
    problem = Session(str(ROOT / spec), str(ROOT / config)).problem
    depth = 8 if runner == "interpreted" else None
    found = list(Explicit(Settings(small=0, runner=runner)).check(problem, Budget(depth=depth)))
    expected = list(Reference().check(problem, Budget(depth=depth or 12)))
    assert not [event for event in found if isinstance(event, Fault)]
    if depth is not None:
        assert counts(found) == counts(expected)
    assert shortest(expected).items() <= shortest(found).items()


def counts(events: list[object]) -> tuple[int, ...]:
    seen = next(event for event in events if isinstance(event, Exploration))
    return seen.distinct_states, seen.generated_states, seen.depth


def shortest(events: list[object]) -> dict[str, int]:
    found = [event for event in events if isinstance(event, Finding)]
    return {f.property: f.verdict.trace.depth for f in found if isinstance(f.verdict, Violated)}


# ---------------------------------------------------------------- very many members

VARIABLES = """
    VARIABLES x, y
    Init == x = 0 /\\ y \\in 0..1
"""
GROW = "Next == x' = (x + 1) % 12 /\\ y' = y"


def both(text: str, config: str = "") -> tuple[object, object]:
    """What the reference and machine code say of a module."""
    said: list[object] = []
    engines: list[Engine] = [Reference(), Explicit(Settings(small=0))]
    for engine in engines:
        model = model_of(text, f"INIT Init\nNEXT Next\n{config}")
        events = run(engine, Problem(model, model.properties, deadlock=True), None)
        faults = [event for event in events if isinstance(event, Fault)]
        if faults:
            (fault,) = faults
            said.append((fault.diagnostic.code, fault.diagnostic.span, fault.trace and fault.trace.depth))
        else:
            said.append(summary(events))
    return said[0], said[1]


@pytest.mark.parametrize(
    "formula",
    [
        "\\A i, j \\in 1..80 : i + j # x + 161",
        "\\A i, j \\in 1..80 : i + j # x + 150",
        "\\E i, j \\in 1..80 : i * j = 79 * 79 + x",
        "\\A i \\in 0..(5000 + x) : i # 5008",
        "\\A i \\in {k \\in 0..9000 : k % 2 = 0} : i # 8999 - x",
        "\\A <<i, j>> \\in (1..70) \\X (1..70) : i + j # 146 - x",
        "\\A f \\in [1..7 -> 0..3] : f[1] + f[2] + f[7] # 10 - (x + y)",
        "\\A r \\in [a : 0..30, b : 0..30, c : 0..30] : r.a + r.b + r.c # 97 - x",
        "\\A S \\in SUBSET (1..13) : x \\in S => 5 \\notin S \\/ x # 7",
        '\\A p \\in {"a", "b", "c", "d"} \\X (1..2000) : p[2] = x => p[1] # "d" \\/ x # 9',
        "x = 11 => \\A i \\in 1..80 : \\E j \\in 1..80 : \\A k \\in 1..9 : i = j /\\ k < 10",
    ],
)
def test_more_members_than_can_be_written_out(formula: str) -> None:
    text = f"{VARIABLES}    {GROW}\n    Inv == {formula}\n"
    expected, found = both(text, "INVARIANT Inv\n")
    assert expected == found


@pytest.mark.parametrize(
    "formula",
    [
        "\\A i \\in 0..5000 : x = 9 => 100 \\div (i - 6000) # 700",
        "\\A i \\in 0..5000 : x = 9 => 100 \\div (i - 4000) # 700",
        "x = 9 => ~\\A i \\in 0..5000 : i < 3000 /\\ 100 \\div (i - 4000) # 700",
        "x = 9 => ~\\A i \\in 0..5000 : i < 4500 /\\ 100 \\div (i - 4000) # 700",
        "x = 9 => \\E i \\in 0..5000 : i = 3000 \\/ 100 \\div (i - 4000) = 700",
        "x = 9 => \\E i, j \\in 0..90 : i = 50 \\/ 100 \\div (j - 91 + y) = 700",
    ],
    ids=["never", "fails", "false before", "fails before", "true before", "in one state"],
)
def test_it_fails_only_before_the_answer(formula: str) -> None:
    text = f"{VARIABLES}    {GROW}\n    Inv == {formula}\n"
    expected, found = both(text, "INVARIANT Inv\n")
    assert expected == found


@pytest.mark.parametrize(
    ("next_", "config"),
    [
        ("Next == (\\E i, j \\in 1..80 : i * j = 36 + x) /\\ x' = (x + 1) % 12 /\\ y' = y", ""),
        ("Next == x' = (x + 1) % 12 /\\ y' = y /\\ \\E i, j \\in 1..80 : i * j = 36 + x'", ""),
        ("Next == (\\A i, j \\in 1..80 : i + j > 1 + y) /\\ x' = (x + 1) % 12 /\\ y' = y", ""),
        (f"{GROW}\n    Con == \\A i, j \\in 1..80 : i + j + x # 170", "CONSTRAINT Con\n"),
        (f"{GROW}\n    Con == \\A i, j \\in 1..80 : i + j + x' # 170", "ACTION_CONSTRAINT Con\n"),
        (f"{GROW}\n    P == [][\\A i, j \\in 1..80 : i + j + x' # x + 161]_<<x, y>>", "PROPERTY P\n"),
        (f"{GROW}\n    P == [][\\A i, j \\in 1..80 : i + j + x' # 2 * x + 151]_<<x, y>>", "PROPERTY P\n"),
    ],
    ids=["a choice", "after all", "guard", "constraint", "action constraint", "held", "violated"],
)
def test_wherever_a_test_may_stand(next_: str, config: str) -> None:
    expected, found = both(f"{VARIABLES}    {next_}\n", config)
    assert expected == found
