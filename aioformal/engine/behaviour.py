"""Behaviours as the reference semantics sees them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from aioformal.concrete import Program
from aioformal.concrete.behaviour import ActionLabel, Trace
from aioformal.diagnostic import error
from aioformal.value.registers import REGISTERS
from aioformal.value.values import State


def trace_along(program: Program, states: Sequence[State]) -> Trace:
    """The trace through these states. Raises check.evidence where one step is none."""
    labels: list[ActionLabel] = []
    with REGISTERS.elsewhere():
        for level, (before, after) in enumerate(pairwise(states), 1):
            REGISTERS.level = level
            labels.append(label_of_step(program, before, after))
    return Trace(program.variables, tuple(states), tuple(labels))


def label_of_step(program: Program, before: State, after: State) -> ActionLabel:
    """The label of the first step that leads from one state to the other."""
    for step in program.successors(before):
        if step.state == after:
            return step.label
    raise error(
        "check.evidence",
        "an engine took a step that the reference semantics does not know",
        hint="this is a fault of aioformal: please report it with the specification",
    )
