"""Machine code, made fast or well, and its Python twin: the same states in the same order, and the same of
everything."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from aioformal.concrete import compile_model
from aioformal.encode import encode_model, infer_shapes
from aioformal.encode.growth import with_ends
from aioformal.native.interpreted import InterpretedKernel
from aioformal.native.kernel import Kernel, Note
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.native.memory import Status
from aioformal.native.plan import Plan, plan_of
from aioformal.resolve.model import Model
from aioformal.session import Session
from tests.differential.random_models import CONSTRAINTS, models
from tests.differential.test_random_models import load

ROOT = Path(__file__).resolve().parents[3]
SPECS = [
    ("spec/aio.tla", "spec/aio.cfg"),
    ("spec/aio.tla", "spec/aio-naive.cfg"),
    ("spec/examples/EWD998.tla", "spec/examples/EWD998.cfg"),
    ("spec/examples/QRWLock.tla", "spec/examples/QRWLock-irq-queues.cfg"),
    ("spec/examples/Paxos.tla", "spec/examples/Paxos.cfg"),
]
MOST = 4_000


def plan_for(model: Model) -> Plan:
    shapes = with_ends(infer_shapes(model, compile_model(model)), 2**15 - 1)
    return plan_of(encode_model(model, shapes, model.properties, counting=True).system)


def good(plan: Plan) -> LlvmKernel:
    """In good code, from the beginning."""
    kernel = LlvmKernel(plan)
    kernel.optimize()
    return kernel


def explored(kernel: Kernel) -> tuple[Status, list[Note]]:
    """Expands states until there are many, or an obligation fires."""
    every = (1 << 62) - 1
    kernel.open_states = kernel.open_steps = every
    kernel.checks_deadlock = True
    kernel.memory = 1 << 30
    status, notes = kernel.begin(), kernel.notes()
    first = 0
    while status is not Status.TROUBLE and first < kernel.distinct < MOST:
        end = kernel.distinct
        kernel.enter_level(first, end)
        while (status := kernel.run(1 << 20)) not in (Status.LEVEL, Status.TROUBLE):
            notes += kernel.notes()
            if status is Status.FULL:
                kernel.grow()
        notes += kernel.notes()
        first = end
    return status, notes


def seen_by(kernel: Kernel) -> object:
    said = explored(kernel)
    states = [kernel.state(n) for n in range(kernel.distinct)]
    parents = [kernel.parent(n) for n in range(kernel.distinct)]
    some = states[:: max(1, len(states) // 20)]
    found = (
        said,
        states,
        parents,
        kernel.tally(),
        kernel.digest(),
        kernel.unexpanded(),
        [kernel.successors(words) for words in some],
        [kernel.steps(words) for words in some],
        [kernel.verdicts(words) for words in some],
        list(kernel.rows(0, kernel.distinct)),
    )
    kernel.close()
    return found


@pytest.mark.parametrize(("spec", "config"), SPECS, ids=lambda path: Path(path).stem)
def test_both_see_the_same(spec: str, config: str) -> None:
    session = Session(str(ROOT / spec), str(ROOT / config))
    plan = plan_for(session.model)
    assert seen_by(LlvmKernel(plan)) == seen_by(good(plan)) == seen_by(InterpretedKernel(plan))


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models(), CONSTRAINTS)
def test_both_see_the_same_of_random_models(text: str, constraints: str) -> None:
    model = load(text, constraints)
    plan = plan_for(model)
    assert seen_by(LlvmKernel(plan)) == seen_by(good(plan)) == seen_by(InterpretedKernel(plan))


def test_what_was_saved_by_one_is_read_by_the_other() -> None:
    session = Session(str(ROOT / "spec/examples/EWD998.tla"))
    plan = plan_for(session.model)
    kernel, twin = LlvmKernel(plan), InterpretedKernel(plan)
    explored(kernel)
    twin.refill(kernel.rows(0, kernel.distinct))
    assert (twin.distinct, twin.digest()) == (kernel.distinct, kernel.digest())
    again = LlvmKernel(plan)
    again.refill(twin.rows(0, twin.distinct))
    assert (again.distinct, again.digest()) == (kernel.distinct, kernel.digest())
