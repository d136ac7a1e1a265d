"""docs/vacuity.md: its example has the notes that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aioformal.report.snippet import render_diagnostic
from aioformal.session import Options, Session

PAGE = (Path(__file__).parents[3] / "docs" / "vacuity.md").read_text(encoding="utf-8")
MODULE = re.search(r"<!-- example: module -->\n```tla\n(.*?)```", PAGE, re.DOTALL)
NOTES = re.search(r"<!-- example: notes -->\n```\n(.*?)```", PAGE, re.DOTALL)
CONFIG = """CONSTANTS Objects = {a, b} Poisoning = FALSE
INIT Init NEXT Next INVARIANTS Disjoint NoReport Known Poisoned PROPERTY GivenOut"""


@pytest.mark.parametrize("engine", ["explicit", "explicit-reference"])
def test_the_notes_are_those_that_are_shown(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MODULE is not None
    assert NOTES is not None
    monkeypatch.chdir(tmp_path)
    Path("Pool.tla").write_text(MODULE[1], encoding="utf-8")
    Path("Pool.cfg").write_text(CONFIG, encoding="utf-8")
    report = Session("Pool.tla").prove(Options(engine=engine))
    shown = [render_diagnostic(d).splitlines()[0] for d in report.diagnostics]
    assert {j.word for j in report.judgements} == {"proved"}
    assert shown == NOTES[1].splitlines()
