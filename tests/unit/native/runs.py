"""A kernel driven to its end, and all that it can say then."""

from __future__ import annotations

from dataclasses import dataclass

from aioformal.concrete import compile_model
from aioformal.encode import encode_model, infer_shapes
from aioformal.encode.growth import with_ends
from aioformal.native.interpreted import InterpretedKernel
from aioformal.native.kernel import Kernel, Note, Tally
from aioformal.native.layout import Packed
from aioformal.native.llvm_kernel import LlvmKernel
from aioformal.native.memory import Event, Status
from aioformal.native.plan import Plan, plan_of
from aioformal.resolve.model import Model
from tests.unit.concrete.specs import model_of

FAR = 2**15 - 1


def plan_from(model: Model) -> Plan:
    shapes = with_ends(infer_shapes(model, compile_model(model)), FAR)
    return plan_of(encode_model(model, shapes, model.properties, counting=True).system)


def plan_for(text: str, config: str = "") -> Plan:
    """The plan of a module body, with Init and Next."""
    return plan_from(model_of(text, f"INIT Init\nNEXT Next\n{config}"))


@dataclass(frozen=True)
class Run:
    """`trouble` is the number of the state and of the obligation that fires there."""

    states: list[Packed]
    parents: list[int | None]
    levels: list[int]
    tally: Tally
    notes: list[Note]
    trouble: tuple[int, int] | None
    digest: str

    def noted(self) -> set[Note]:
        return set(self.notes)


def prepared(kernel: Kernel) -> Kernel:
    """Everything is asked."""
    kernel.open_states = kernel.open_steps = (1 << 64) - 1
    kernel.checks_deadlock = True
    return kernel


def explored(kernel: Kernel, at_a_time: int = 1_000) -> Run:
    """The run of a kernel that was made for it, which is closed afterwards."""
    prepared(kernel)
    status = kernel.begin()
    notes, levels = kernel.notes(), [kernel.distinct]
    first, end = 0, kernel.distinct
    while status is not Status.TROUBLE and first < end:
        status = level(kernel, first, end, at_a_time, notes)
        first, end = end, kernel.distinct
        levels.append(end - first)
    run = Run(
        [kernel.state(n) for n in range(kernel.distinct)],
        [kernel.parent(n) for n in range(kernel.distinct)],
        levels,
        kernel.tally(),
        notes,
        (kernel.at, kernel.trouble) if status is Status.TROUBLE else None,
        kernel.digest(),
    )
    kernel.close()
    return run


def level(kernel: Kernel, first: int, end: int, at_a_time: int, notes: list[Note]) -> Status:
    """Expands a level, unless something is in the way."""
    kernel.enter_level(first, end)
    while True:
        status = kernel.run(at_a_time)
        notes += kernel.notes()
        if status is Status.FULL:
            kernel.grow()
        elif status in (Status.LEVEL, Status.TROUBLE):
            return status


def twins(plan: Plan, at_a_time: int = 1_000) -> Run:
    """What both kernels say, and one in good code, which must be the same in all respects."""
    machine = explored(LlvmKernel(plan), at_a_time)
    good = LlvmKernel(plan)
    good.optimize()
    assert explored(good, at_a_time) == machine
    python = explored(InterpretedKernel(plan), at_a_time)
    assert python.states == machine.states
    assert python.parents == machine.parents
    assert python.tally == machine.tally
    assert python.notes == machine.notes
    assert python == machine
    return machine


def events(run: Run) -> list[Event]:
    return [note.event for note in run.notes]
