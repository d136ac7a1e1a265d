"""On random models the engines agree: verdict, length of the shortest counterexample, what can be reached.

What is right where a constraint cuts the search off is said here once more, as plainly as can be.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, note, settings

from aioformal.audit.replay import replay_trace
from aioformal.concrete import Program
from aioformal.engine.bmc import Bmc
from aioformal.engine.explicit import Explicit, Settings
from aioformal.engine.k_induction import KInduction
from aioformal.engine.protocol import Budget, Engine, Event, Problem, Remark
from aioformal.engine.reference import Reference
from aioformal.evidence.verdict import Exploration, Fault, Finding, Holds, Proved, Unknown, Violated
from aioformal.resolve import load_model
from aioformal.resolve.model import Model, PartKind, Property
from aioformal.value.values import State
from tests.differential.random_models import CONSTRAINTS, models

CONFIG = "INIT Init\nNEXT Next\nINVARIANT Inv\nPROPERTY Step\nCHECK_DEADLOCK FALSE\n"


def load(text: str, constraints: str = "") -> Model:
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "Random.tla"
        spec.write_text(text, encoding="utf-8")
        spec.with_suffix(".cfg").write_text(CONFIG + constraints, encoding="utf-8")
        return load_model(str(spec))


def run(engine: Engine, problem: Problem, depth: int | None) -> list[Event]:
    return list(engine.check(problem, Budget(depth=depth)))


def findings(events: list[Event]) -> dict[str, Finding]:
    assert not [e for e in events if isinstance(e, Fault)]
    return {e.property: e for e in events if isinstance(e, Finding)}


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models(), CONSTRAINTS)
def test_engines_agree(text: str, constraints: str) -> None:
    note(text + constraints)
    model = load(text, constraints)
    problem = Problem(model, model.properties, deadlock=False)
    searched = run(Reference(), problem, None)
    reached = next(e for e in searched if isinstance(e, Exploration))
    truth = findings(searched)
    assert counted(reached, truth) == counted_plainly(problem)
    bounded = findings(
        run(Bmc(), Problem(model, model.properties, deadlock=False), min(reached.depth + 1, 8))
    )
    induced = findings(run(KInduction(), Problem(model, model.properties, deadlock=False), 2))
    for name, found in truth.items():
        compare(problem, found, bounded[name], induced[name])


NATIVE = Explicit(Settings(small=0))
TWO_WORKERS = Explicit(Settings(workers=2, small=0))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models(), CONSTRAINTS)
def test_machine_code_counts_like_the_reference(text: str, constraints: str) -> None:
    note(text + constraints)
    model = load(text, constraints)
    said = [
        summary(run(engine, Problem(model, model.properties, deadlock=True), None))
        for engine in (Reference(), NATIVE, TWO_WORKERS)
    ]
    assert said[0] == said[1] == said[2]


def summary(events: list[Event]) -> object:
    """Verdicts with lengths of traces; counts of a search that saw everything."""
    assert not [e for e in events if isinstance(e, Remark)]
    verdicts = {
        name: found.verdict.trace.depth if isinstance(found.verdict, Violated) else type(found.verdict)
        for name, found in findings(events).items()
    }
    seen = next(e for e in events if isinstance(e, Exploration))
    return verdicts, seen if seen.complete else None


Counts = tuple[set[str], int | None, int | None, int | None]


def counted(reached: Exploration, truth: dict[str, Finding]) -> Counts:
    """What is violated; and where not everything is, so that the search went on to the end, the counts."""
    violated = {name for name, found in truth.items() if isinstance(found.verdict, Violated)}
    if violated == truth.keys():
        return violated, None, None, None
    return violated, reached.distinct_states, reached.generated_states, reached.depth


def counted_plainly(problem: Problem) -> Counts:
    """Every generated state and step is judged; a state is kept if it is inside CONSTRAINT, and the step
    to it inside ACTION_CONSTRAINT."""
    program, depth, known = problem.program, -1, set[State]()
    arrivals: list[tuple[State | None, State]] = [(None, state) for state in program.initial_states()]
    generated, violated = 0, set[str]()
    while arrivals:
        generated += len(arrivals)
        for before, after in arrivals:
            violated |= {p.name for p in problem.properties if fails(program, p, before, after)}
        kept = {a for b, a in arrivals if program.satisfies_constraints(a) and allows(program, b, a)} - known
        known, depth = known | kept, depth + bool(kept)
        arrivals = [(state, step.state) for state in kept for step in program.successors(state)]
    if len(violated) == len(problem.properties):
        return violated, None, None, None
    return violated, len(known), generated, max(depth, 0)


def allows(program: Program, before: State | None, after: State) -> bool:
    return before is None or program.satisfies_action_constraints(before, after)


def fails(program: Program, prop: Property, before: State | None, after: State) -> bool:
    for part in prop.parts:
        if part.kind is PartKind.STEP:
            if before is not None and not program.step_predicate(part.formula, part.subscript)(before, after):
                return True
        elif not program.predicate(part.formula)(after):
            return True
    return False


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
