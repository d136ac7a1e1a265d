"""Solvers behind one small protocol. Their objects never leave this package.

Z3 is imported when first used: it costs more time to load than everything below it.
"""

from __future__ import annotations

from aioformal.ir.system import TransitionSystem
from aioformal.solve.lowering import is_finite
from aioformal.solve.protocol import Solver
from aioformal.solve.smtlib import Script
from aioformal.solve.system_script import system_to_smtlib


def make_solver(system: TransitionSystem) -> Solver:
    """A new solver for the terms of a system."""
    from aioformal.solve.z3_solver import Z3Solver

    return Z3Solver(finite=is_finite(system))


def make_script(system: TransitionSystem) -> Script:
    """A new, empty SMT-LIB script for the terms of a system."""
    return Script(finite=is_finite(system))


__all__ = ["Script", "Solver", "is_finite", "make_script", "make_solver", "system_to_smtlib"]
