"""docs/liveness.md: its example has the verdicts and the counterexample that it shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aioformal.diagnostic import Exit
from aioformal.report.terminal import report_lines
from aioformal.session import Options, Session

PAGE = (Path(__file__).parents[3] / "docs" / "liveness.md").read_text(encoding="utf-8")
MODULE = re.search(r"<!-- example: module -->\n```tla\n(.*?)```", PAGE, re.DOTALL)
TRACE = re.search(r"<!-- example: trace -->\n```\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert MODULE is not None
    monkeypatch.chdir(tmp_path)
    Path("Lock.tla").write_text(MODULE[1], encoding="utf-8")
    for spec in ("Weak", "Strong"):
        config = f"SPECIFICATION {spec}\nCONSTANT P = {{a, b}}\nPROPERTY Served\n"
        Path(f"{spec}.cfg").write_text(config, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("engine", ["explicit", "explicit-reference", "auto"])
def test_strong_fairness_serves_everybody(folder: Path, engine: str) -> None:
    report = Session(str(folder / "Lock.tla"), str(folder / "Strong.cfg")).prove(Options(engine=engine))
    assert report.exit_code is Exit.OK
    assert {j.name: j.word for j in report.judgements} == {"Served": "proved", "deadlock": "proved"}


@pytest.mark.parametrize("engine", ["explicit", "auto"])
def test_the_counterexample_is_the_one_that_is_shown(folder: Path, engine: str) -> None:  # noqa: ARG001
    report = Session("Lock.tla", "Weak.cfg").prove(Options(engine=engine))
    assert report.exit_code is Exit.LIVENESS
    shown = "\n".join(line.plain.rstrip() for line in report_lines(report, 68))
    assert TRACE is not None
    found = shown.replace("found by explicit-reference", "found by explicit")
    assert " ".join(TRACE[1].split()) in " ".join(found.split())
