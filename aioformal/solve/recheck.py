"""Judging an SMT-LIB script with a solver that knows nothing else."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from aioformal.solve.protocol import Answer

_ANSWERS = {"sat": Answer.SAT, "unsat": Answer.UNSAT}


def second_solver_installed() -> bool:
    """Whether cvc5, which shares no code with Z3, can be asked."""
    return importlib.util.find_spec("cvc5") is not None


def ask_z3(script: str, seconds: float | None = None) -> Answer:
    """What a fresh Z3 answers to the script's one question. Raises `ValueError` for a malformed script."""
    from aioformal.solve.z3_nodes import judge_script

    return judge_script(script, seconds)


def ask_cvc5(script: str, seconds: float | None = None) -> Answer:
    """What cvc5 answers to the script's one question. Raises `ImportError` where it is not installed."""
    cvc5: Any = importlib.import_module("cvc5")
    solver = cvc5.Solver(cvc5.TermManager())
    if seconds is not None:
        solver.setOption("tlimit-per", str(max(1, int(seconds * 1000))))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "certificate")
    return _ANSWERS.get(_last_answer(parser, solver), Answer.UNKNOWN)


def _last_answer(parser: Any, solver: Any) -> str:
    """Run all commands; what the last that printed something has printed."""
    printed = ""
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        printed = command.invoke(solver, symbols).strip() or printed
    return printed
