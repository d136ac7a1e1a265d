"""Shapes that were inferred far too narrow: the search widens them and still finds shortest violations."""

from __future__ import annotations

import pytest

from aioformal.encode import infer
from aioformal.engine.bmc import Bmc
from aioformal.engine.protocol import Budget, Problem
from aioformal.evidence.verdict import Finding, Holds, Violated
from aioformal.resolve import load_model

MODULE = """---- MODULE Narrow ----
EXTENDS Integers, Sequences
VARIABLES n, q, pc
Init == n = 0 /\\ q = <<>> /\\ pc = "a"
Next == /\\ n' = IF n = 3000 THEN 0 ELSE n + 1
        /\\ q' = IF Len(q) < 6 THEN Append(q, n) ELSE Tail(q)
        /\\ pc' = IF n = 9 THEN "late" ELSE "b"
TypeOK == n \\in 0..3
Short == Len(q) < 5
Early == pc # "late"
Sorted == \\A i \\in 2..Len(q) : q[i - 1] < q[i]
====
"""
CONFIG = "INIT Init\nNEXT Next\nINVARIANTS TypeOK Short Early Sorted\n"


def test_violations_beyond_the_first_shapes_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infer, "THOROUGH", infer.Extent(2, 0, 0))
    model = load_model("Narrow.tla", "Narrow.cfg", {"Narrow.tla": MODULE, "Narrow.cfg": CONFIG})
    problem = Problem(model, model.properties, deadlock=False)
    events = list(Bmc().check(problem, Budget(depth=12)))
    found = {e.property: e.verdict for e in events if isinstance(e, Finding)}
    depths = {name: v.trace.depth for name, v in found.items() if isinstance(v, Violated)}
    assert depths == {"TypeOK": 4, "Short": 5, "Early": 10}
    assert found["Sorted"] == Holds(12)
