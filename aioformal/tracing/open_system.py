"""A model whose choices are taken out (`opening`) for a solver: its shapes, and its transition system."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError
from aioformal.encode import QUICK, infer_shapes
from aioformal.encode.beginning import beginning_of
from aioformal.encode.growth import uniform
from aioformal.encode.shapes import IntShape, Shapes, VariableShape, join
from aioformal.ir.sort import int_sort
from aioformal.ir.system import Input, TransitionSystem
from aioformal.ir.term import false, input_variable
from aioformal.tracing.opening import Opened

INTEGERS = int_sort(None, None)


def first_shapes(opened: Opened, program: Program) -> Shapes:
    """Shapes that hold what a sample shows, in which little is tried for what is chosen, and all values that
    Init gives: where nothing of the little passes Init, the sample is empty.

    Raises `DiagnosticError` where nothing is known about a variable, or a value has no shape.
    """
    assert opened.model.init is not None
    beginning = beginning_of(opened.model, opened.model.init)
    initial = {} if beginning is None else {n: beginning.shapes.variable(n) for n in beginning.shapes}
    if beginning is not None and all(rule.guard is false for rule in beginning.rules):
        # There is no initial state, so that any shapes hold them all.
        initial = {name: VariableShape(IntShape(0, 0), ("Init",)) for name in program.variables} | initial
    try:
        sampled = infer_shapes(opened.sampled, program, QUICK)
    except DiagnosticError:
        if any(name not in initial for name in program.variables):
            raise
        return without_ends(Shapes({name: initial[name] for name in program.variables}), opened.chosen)
    both = {name: _joined(sampled.variable(name), initial.get(name)) for name in sampled}
    return without_ends(Shapes(both), opened.chosen)


def _joined(seen: VariableShape, initial: VariableShape | None) -> VariableShape:
    if initial is None:
        return seen
    return VariableShape(uniform(join(seen.shape, initial.shape)), (*seen.origins, *initial.origins))


def without_ends(shapes: Shapes, chosen: Sequence[str]) -> Shapes:
    """The shapes, with any integers for what is chosen."""
    made = {name: shapes.variable(name) for name in shapes}
    return Shapes({**made, **{name: VariableShape(IntShape(None, None), ("hint",)) for name in chosen}})


def with_free(system: TransitionSystem, chosen: Sequence[str]) -> TransitionSystem:
    """The system in which what is chosen may be anything in every state. (Initially it is already.)"""
    inputs = tuple(Input(f"{name}'", INTEGERS) for name in chosen)
    anything = {name: input_variable(f"{name}'", INTEGERS) for name in chosen}
    steps = tuple(
        replace(t, updates={**t.updates, **anything}, inputs=(*t.inputs, *inputs)) for t in system.transitions
    )
    return replace(system, transitions=steps)
