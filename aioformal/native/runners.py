"""Which runner executes a plan on this machine."""

from __future__ import annotations

import os
from importlib.util import find_spec

from aioformal.native.kernel import Kernel
from aioformal.native.plan import Plan

SHARE = 0.7
"""The part of the free memory that states may take."""

WITHOUT_KNOWLEDGE = 4 << 30
"""Bytes that states may take where nobody says how much memory is free."""


def make_kernel(plan: Plan, workers: int = 1) -> Kernel:
    """Machine code where llvmlite is installed."""
    from aioformal.native.llvm_kernel import LlvmKernel

    assert find_spec("llvmlite") is not None
    return LlvmKernel(plan, workers)


def free_memory() -> int:
    """Bytes that states may take on this machine."""
    try:
        return int(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * SHARE)
    except (AttributeError, ValueError, OSError):
        return WITHOUT_KNOWLEDGE
