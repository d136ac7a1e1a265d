"""What a formula may cost to encode: effort has an end."""

from __future__ import annotations

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.encode import properties, transitions
from aioformal.encode.shapes import Entry, FunShape, IntShape
from tests.unit.encode.small import encoded, shapes

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
