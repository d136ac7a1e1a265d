"""On random graphs with random fairness and formulas: what the engines say of all behaviours is what some
lassos say, one by one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, note, settings

from aioformal.audit.replay import replay_trace
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.protocol import Budget, Engine, Problem
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Finding, Proved, Vacuous, Verdict, Violated
from aioformal.resolve import load_model
from tests.differential.liveness_models import Model, models

CONFIG = "SPECIFICATION Spec\nPROPERTY Goal\nCHECK_DEADLOCK FALSE\n"
LONGEST = 5
"""Of the lassos that are tried one by one."""

ENGINES: tuple[Engine, ...] = (Reference(), Explicit(Settings(small=0, runner="interpreted")))


def problem_of(model: Model) -> Problem:
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "Random.tla"
        spec.write_text(model.text, encoding="utf-8")
        spec.with_suffix(".cfg").write_text(CONFIG, encoding="utf-8")
        found = load_model(str(spec))
    return Problem(found, found.properties, deadlock=False)


def verdict_of(engine: Engine, problem: Problem) -> Verdict:
    [finding] = [e for e in engine.check(problem, Budget()) if isinstance(e, Finding)]
    return finding.verdict


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models())
def test_engines_say_what_lassos_say(model: Model) -> None:
    note(model.text)
    violation = model.violation(LONGEST)
    note(violation)
    for engine in ENGINES:
        problem = problem_of(model)
        verdict = verdict_of(engine, problem)
        if isinstance(verdict, Violated):
            # By the meaning that `concrete/` gives it, and by the one that this test gives it.
            replay_trace(problem.program, problem.model.properties[0], verdict.trace)
            confirm(model, verdict)
        else:
            assert isinstance(verdict, Proved | Vacuous)
            assert violation is None
            assert isinstance(verdict, Proved) or next(model.fair_lassos(LONGEST), None) is None


def confirm(model: Model, verdict: Violated) -> None:
    trace = verdict.trace
    way = tuple(int(str(state[0])) for state in trace.states)
    if trace.loop is None:
        # A finite behaviour violates it, and no fairness repairs that.
        return
    assert all(model.truths(one, way, trace.loop)[0] for one in model.fairness)
    assert not model.truths(model.goal, way, trace.loop)[0]


MACHINE_CODE = Explicit(Settings(small=0))


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models())
def test_machine_code_says_the_same(model: Model) -> None:
    note(model.text)
    said = [verdict_of(engine, problem_of(model)) for engine in (Reference(), MACHINE_CODE)]
    assert type(said[0]) is type(said[1])
    if isinstance(said[0], Violated) and isinstance(said[1], Violated):
        assert len(said[0].trace.states) == len(said[1].trace.states)
