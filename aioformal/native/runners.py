"""Which runner executes a plan on this machine."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Literal, TypeAlias

from aioformal.native import ready_made
from aioformal.native.dump import PARENT
from aioformal.native.kernel import Kernel
from aioformal.native.layout import Layout
from aioformal.native.llvm_runtime import entry_size, form_without_view
from aioformal.native.memory import BUFFER, CHUNK, FIRST_TABLE, MOST_LOADED, RESERVED
from aioformal.native.plan import Plan

SHARE = 0.7
"""The part of the free memory that states may take."""

WITHOUT_KNOWLEDGE = 4 << 30
"""Bytes that states may take where nobody says how much memory is free."""


Runner: TypeAlias = Literal["auto", "machine code", "interpreted"]


def make_kernel(plan: Plan, workers: int = 1, runner: Runner = "auto") -> Kernel:
    """By default machine code where llvmlite is installed, else its twin in Python."""
    if not _in_machine_code(runner):
        from aioformal.native.interpreted import InterpretedKernel

        return InterpretedKernel(plan)
    from aioformal.native.llvm_kernel import LlvmKernel

    return LlvmKernel(plan, workers)


def begin_code(layout: Layout, *, symmetric: bool, runner: Runner = "auto") -> None:
    """Begins to make, in a thread, what kernels have in common whose states have one form."""
    if _in_machine_code(runner):
        ready_made.begin(form_without_view(layout, symmetric=symmetric))


def _in_machine_code(runner: Runner) -> bool:
    return runner == "machine code" or (runner == "auto" and find_spec("llvmlite") is not None)


def room_for(plan: Plan, states: int, workers: int) -> int:
    """Bytes that so many states take in a kernel, together with what it has beside them."""
    used, of = MOST_LOADED
    slots, buffered = FIRST_TABLE, (BUFFER + RESERVED) * workers
    while slots * used // of - buffered <= states:
        slots *= 2
    chunks = (states + buffered) // CHUNK + 1
    words = plan.layout.words
    return chunks * CHUNK * (8 * words + PARENT) + slots * 8 + buffered * 8 * entry_size(plan)


def free_memory() -> int:
    """Bytes that states may take on this machine."""
    try:
        return int(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * SHARE)
    except (AttributeError, ValueError, OSError):
        return WITHOUT_KNOWLEDGE
