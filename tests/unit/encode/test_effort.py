"""What a formula may cost to encode: the ways through a recursion do not multiply, and effort has an end."""

from __future__ import annotations

from random import Random

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.encode import Encoding, properties, transitions
from aioformal.encode.path import Path
from aioformal.encode.shapes import Entry, FunShape, IntShape
from aioformal.ir.node import postorder
from aioformal.ir.system import Obligation
from tests.unit.encode.small import encoded, holds, shapes

MEMBERS = range(1, 8)
STEPS = 7
POINTERS = shapes(f=FunShape(tuple(Entry(i, IntShape(0, len(MEMBERS))) for i in MEMBERS)))
CHAIN = f"""VARIABLE f
RECURSIVE Last(_, _)
Last(c, steps) == IF steps = 0 THEN c ELSE Last(f[c], steps - 1)
Init == f = [i \\in 1..{len(MEMBERS)} |-> 0]
Next == UNCHANGED f
Arrives == Last(1, {STEPS}) > 0
Easy == f[1] >= 0
"""
CONFIG = "INIT Init\nNEXT Next\nINVARIANTS Arrives Easy\n"


def failure_of(encoding: Encoding) -> Obligation:
    """What can go wrong in Arrives."""
    (part,) = encoding.system.properties[0].parts
    (obligation,) = part.obligations
    return obligation


def fails(f: dict[int, int]) -> bool:
    """Whether the chain of pointers from 1 leaves the domain before its end."""
    place = 1
    for _ in range(STEPS):
        if place not in f:
            return True
        place = f[place]
    return False


def test_failures_of_a_recursion_do_not_multiply(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []
    spend = Path.spend

    def counted(path: Path, number: int) -> None:
        steps.append(number)
        spend(path, number)

    monkeypatch.setattr(Path, "spend", counted)
    obligation = failure_of(encoded(CHAIN, CONFIG, POINTERS))
    # Were each way through the recursion kept apart, there would be 17 000 steps: it is 7 wide and 7 deep.
    assert sum(steps) < 4_000
    assert len(list(postorder([obligation.condition]))) < 1_000


def test_gathered_failures_fire_exactly_where_evaluation_fails() -> None:
    obligation = failure_of(encoded(CHAIN, CONFIG, POINTERS))
    chance = Random(1)
    seen: set[bool] = set()
    for _ in range(300):
        f = {i: chance.randrange(len(MEMBERS) + 1) for i in MEMBERS}
        state = {f"f[{i}]": value for i, value in f.items()}
        assert holds(obligation.condition, state) == fails(f)
        seen.add(fails(f))
    assert seen == {True, False}


def test_a_property_that_takes_too_many_steps_is_unsupported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(properties, "MOST_STEPS", 100)
    system = encoded(CHAIN, CONFIG, POINTERS).system
    assert [p.name for p in system.properties] == ["Easy"]
    ((name, reason),) = system.unsupported
    assert name == "Arrives"
    assert "this takes more than 100 steps to encode" in reason


def test_an_action_that_takes_too_many_steps_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transitions, "MOST_STEPS", 100)
    body = CHAIN.replace("Next == UNCHANGED f", f"Next == f' = [f EXCEPT ![1] = Last(1, {STEPS})]")
    with pytest.raises(DiagnosticError) as refused:
        encoded(body, CONFIG, POINTERS)
    assert refused.value.diagnostics[0].code == "encode.unsupported"
    assert "this takes more than 100 steps to encode" in refused.value.diagnostics[0].message
