"""spec/examples/ and spec/kernel/: verdicts and counts, to the digit, as the counts.toml of each has them.

A run that says `large = true` has the marker `large` and is not selected by default: `pytest -m large`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from aioformal.evidence.verdict import Violated
from aioformal.report.result import Report
from aioformal.session import Options, Session

SPEC = Path(__file__).parents[2] / "spec"
FOLDERS = (SPEC / "examples", SPEC / "kernel")


@dataclass(frozen=True)
class Run:
    """One row of a folder's table; the comments in spec/examples/counts.toml say what the fields mean."""

    folder: Path
    spec: str
    config: str
    verdict: str
    distinct: int
    generated: int
    depth: int
    source: str
    large: bool = False
    reduced: dict[str, int] = field(default_factory=dict)
    violated: dict[str, int] = field(default_factory=dict)

    @property
    def spec_path(self) -> Path:
        return self.folder / f"{self.spec}.tla"

    @property
    def config_path(self) -> Path:
        return self.folder / f"{self.config}.cfg"

    def report(self, engine: str) -> Report:
        session = Session(str(self.spec_path), str(self.config_path))
        return session.prove(Options(engine=engine, timeout=None))


def table(folder: Path) -> list[Run]:
    rows = tomllib.loads((folder / "counts.toml").read_text(encoding="utf-8"))["run"]
    return [Run(folder=folder, **row) for row in rows]


RUNS = [run for folder in FOLDERS for run in table(folder)]


@pytest.mark.parametrize(
    "run", [pytest.param(run, id=run.config, marks=[pytest.mark.large] * run.large) for run in RUNS]
)
def test_verdict_and_counts(run: Run) -> None:
    report = run.report("explicit")
    assert report.verdict == run.verdict
    assert report.exploration is not None
    found = report.exploration
    expected = run.reduced or {"distinct": run.distinct, "generated": run.generated, "depth": run.depth}
    assert {
        "distinct": found.distinct_states,
        "generated": found.generated_states,
        "depth": found.depth,
    } == expected
    counterexamples = {
        judged.name: len(judged.verdict.trace.states) - 1
        for judged in report.judgements
        if isinstance(judged.verdict, Violated)
    }
    assert counterexamples == run.violated
    assert {j.word for j in report.judgements if j.name not in run.violated} == {"proved"}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_configuration_is_in_the_table_once(folder: Path) -> None:
    assert sorted(run.config for run in table(folder)) == sorted(path.stem for path in folder.glob("*.cfg"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_specification_has_a_small_run(folder: Path) -> None:
    small = {run.spec for run in table(folder) if not run.large and run.spec == run.config}
    assert small == {path.stem for path in folder.glob("*.tla")}
    assert all(run.distinct < 20_000 for run in RUNS if run.spec == run.config)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.config)
def test_reductions_are_where_symmetry_is(run: Run) -> None:
    assert bool(run.reduced) == ("SYMMETRY" in run.config_path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.config)
def test_the_readme_has_the_counts(run: Run) -> None:
    readme = (run.folder / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if line.startswith(f"| `{run.config}` |"))
    counts = [
        int(cell.replace(",", "")) for cell in re.split(r"\s*\|\s*", row) if re.fullmatch(r"[\d,]+", cell)
    ]
    assert counts == [run.distinct, run.generated, run.depth]
