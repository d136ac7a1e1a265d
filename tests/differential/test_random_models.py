"""On random models the engines agree: verdict, length of the shortest counterexample, what can be reached."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, note, settings

from aioformal.audit.replay import replay_trace
from aioformal.engine.bmc import Bmc
from aioformal.engine.explicit import Explicit
from aioformal.engine.k_induction import KInduction
from aioformal.engine.protocol import Budget, Engine, Event, Problem
from aioformal.evidence.verdict import Exploration, Fault, Finding, Holds, Proved, Unknown, Violated
from aioformal.resolve import load_model
from aioformal.resolve.model import Model
from tests.differential.random_models import models

CONFIG = "INIT Init\nNEXT Next\nINVARIANT Inv\nPROPERTY Step\nCHECK_DEADLOCK FALSE\n"


def load(text: str) -> Model:
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "Random.tla"
        spec.write_text(text, encoding="utf-8")
        spec.with_suffix(".cfg").write_text(CONFIG, encoding="utf-8")
        return load_model(str(spec))


def run(engine: Engine, problem: Problem, depth: int | None) -> list[Event]:
    return list(engine.check(problem, Budget(depth=depth)))


def findings(events: list[Event]) -> dict[str, Finding]:
    assert not [e for e in events if isinstance(e, Fault)]
    return {e.property: e for e in events if isinstance(e, Finding)}


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models())
def test_engines_agree(text: str) -> None:
    note(text)
    model = load(text)
    problem = Problem(model, model.properties, deadlock=False)
    searched = run(Explicit(), problem, None)
    reached = next(e for e in searched if isinstance(e, Exploration))
    truth = findings(searched)
    bounded = findings(
        run(Bmc(), Problem(model, model.properties, deadlock=False), min(reached.depth + 1, 8))
    )
    induced = findings(run(KInduction(), Problem(model, model.properties, deadlock=False), 2))
    for name, found in truth.items():
        compare(problem, found, bounded[name], induced[name])


def compare(problem: Problem, truth: Finding, bounded: Finding, induced: Finding) -> None:
    said = bounded.verdict
    if isinstance(truth.verdict, Violated):
        shortest = truth.verdict.trace.depth
        if isinstance(said, Violated):
            assert said.trace.depth == shortest
            replay_trace(problem.program, problem.model.property_named(truth.property), said.trace)
        else:
            assert isinstance(said, Holds)
            assert said.depth < shortest
        assert not isinstance(induced.verdict, Proved)
    else:
        assert isinstance(truth.verdict, Proved)
        assert isinstance(said, Holds)
        assert isinstance(induced.verdict, Proved | Unknown | Holds)
