"""spectacle: state graphs that TLC has dumped, state by state and edge by edge."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from aioformal.concrete.fault import EvaluationError
from aioformal.engine.explicit import Explicit
from aioformal.engine.protocol import Budget, Problem
from aioformal.evidence.verdict import Exploration
from aioformal.session import Session
from tests.external.checkouts import SECONDS, SPECTACLE, TLC, cases
from tests.external.state_graph import dumped_graph, explored_graph

FAULTY = "semantic_error1"
"""A specification that is meant to have no value in a state; its dump ends there."""

FOLDER = "specs/with_state_graphs"


def dumps(root: Path) -> list[Path]:
    return sorted((root / FOLDER).glob("*.dot"))


def whole_dumps(root: Path) -> list[Path]:
    return [dump for dump in dumps(root) if not dump.name.startswith(FAULTY)]


def specification_of(dump: Path) -> Path:
    return dump.parent / f"{dump.name.removesuffix('.dot').removesuffix('.tla')}.tla"


@pytest.mark.parametrize("dump", cases(SPECTACLE, dumps, lambda p: p.name))
def test_spectacle_state_graphs_are_ours(dump: Path) -> None:
    session = Session(str(specification_of(dump)))
    if dump.name.startswith(FAULTY):
        with pytest.raises(EvaluationError):
            explored_graph(session.program)
        return
    found = explored_graph(session.program)
    expected = dumped_graph(dump, session.model.variables)
    assert found.initial == expected.initial
    assert found.states == expected.states
    assert found.edges == expected.edges


REDONE = ("simple7", "tla_expr_eval", "simple_extends_instance", "simple_seq_ext")
"""Modules of which a dump is older than their text, or empty: TLC makes it again."""


def redone(root: Path) -> list[Path]:
    return [root / FOLDER / f"{name}.tla" for name in REDONE]


@pytest.mark.skipif(TLC not in os.environ, reason=f"{TLC} names no command that runs TLC")
@pytest.mark.parametrize("spec", cases(SPECTACLE, redone, lambda p: f"made again {p.stem}"))
def test_spectacle_state_graphs_that_are_made_again_are_ours(spec: Path, tmp_path: Path) -> None:
    dump = tmp_path / "graph.dot"
    options = ["-deadlock", "-metadir", str(tmp_path / "states"), "-dump", "dot", str(dump), spec.name]
    command = [*shlex.split(os.environ[TLC]), *options]
    done = subprocess.run(
        command, cwd=spec.parent, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert done.returncode == 0, done.stdout
    session = Session(str(spec))
    found = explored_graph(session.program)
    expected = dumped_graph(dump, session.model.variables)
    assert (found.initial, found.states, found.edges) == (expected.initial, expected.states, expected.edges)
    assert expected.states


@pytest.mark.parametrize("dump", cases(SPECTACLE, whole_dumps, lambda p: f"machine code {p.name}"))
def test_spectacle_states_are_counted_by_machine_code(dump: Path) -> None:
    session = Session(str(specification_of(dump)))
    expected = dumped_graph(dump, session.model.variables)
    problem = Problem(session.model, (), deadlock=False)
    assert problem.program.variables
    counts = [e for e in Explicit().check(problem, Budget()) if isinstance(e, Exploration)]
    assert [e.distinct_states for e in counts] == [len(expected.states)]
