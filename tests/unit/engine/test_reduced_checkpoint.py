"""A search with SYMMETRY or VIEW that is stopped and gone on with."""

from __future__ import annotations

from pathlib import Path

import pytest

from aioformal.diagnostic import DiagnosticError
from aioformal.encode import infer
from aioformal.engine.explicit import preparation, search
from tests.unit.engine.saved_search import exploration, outcome, run

TEXT = """
CONSTANTS P, none
VARIABLES n, behind, steps
Init == n = [p \\in P |-> 0] /\\ behind = [p \\in P |-> none] /\\ steps = 0
Count(p) == n[p] < 9 /\\ n' = [n EXCEPT ![p] = @ + 1] /\\ UNCHANGED behind
Follow(p, q) == p # q /\\ n[p] < n[q] /\\ behind' = [behind EXCEPT ![p] = q] /\\ UNCHANGED n
Next == \\E p \\in P : (Count(p) \\/ \\E q \\in P : Follow(p, q)) /\\ steps' = steps + 1
Small == \\A p \\in P : n[p] < 10
Low == \\E p \\in P : n[p] < 5
Perms == Permutations(P)
View == <<n, behind>>
"""
CONFIG = "CONSTANTS P = {a, b, c} none = none\nINVARIANTS Small Low\nVIEW View\n"


@pytest.fixture(autouse=True)
def _short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many runs of the kernel in a small search, in shapes that know next to nothing at first."""
    monkeypatch.setattr(search, "AT_FIRST", 100)
    monkeypatch.setattr(search, "BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(preparation, "QUICK", infer.Extent(1, 0, 0))


@pytest.mark.parametrize("statement", ["", "SYMMETRY Perms\n"])
@pytest.mark.parametrize("looks", [2, 9, 23])
def test_it_goes_on_as_if_nothing_had_happened(looks: int, statement: str, tmp_path: Path) -> None:
    config = CONFIG + statement
    whole = run(text=TEXT, config=config)
    first = run(tmp_path, text=TEXT, config=config, looks=looks)
    assert not exploration(first).complete
    assert exploration(whole).complete
    assert outcome(run(tmp_path, resume=True, text=TEXT, config=config)) == outcome(whole)


def test_another_reduction_is_another_search(tmp_path: Path) -> None:
    run(tmp_path, text=TEXT, config=CONFIG, looks=2)
    with pytest.raises(DiagnosticError) as refusal:
        run(tmp_path, resume=True, text=TEXT, config=f"{CONFIG}SYMMETRY Perms\n")
    assert refusal.value.diagnostics[0].code == "checkpoint.foreign"
