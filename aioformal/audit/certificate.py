"""Re-checking the certificates of proofs, with solvers that have seen nothing but their text."""

from __future__ import annotations

from collections.abc import Callable

from aioformal.diagnostic import error
from aioformal.evidence.verdict import Certificate, Inductive
from aioformal.solve.protocol import Answer
from aioformal.solve.recheck import ask_cvc5, ask_z3, second_solver_installed

SECONDS = 120.0
"""Time for each solver and each half of a certificate."""


def check_certificate(certificate: Certificate) -> None:
    """Re-check what can be re-checked of a certificate. Raises as `check_inductive` does."""
    if isinstance(certificate, Inductive):
        check_inductive(certificate)


def check_inductive(certificate: Inductive, seconds: float = SECONDS) -> None:
    """Base and step must be unsatisfiable for a fresh Z3, and for cvc5 where that is installed.

    Raises `DiagnosticError` check.evidence if a solver finds one satisfiable, or if no solver comes to
    an answer in time: then nothing confirms the proof.
    """
    for half, script in (("base", certificate.base), ("step", certificate.step)):
        confirmed = [_confirms(half, name, ask, script, seconds) for name, ask in _solvers()]
        if not any(confirmed):
            message = f"no solver could confirm the {half} of the induction within {seconds:g} seconds"
            raise error("check.evidence", message, hint="its SMT-LIB text is in the JSON report")


def _solvers() -> list[tuple[str, Callable[[str, float], Answer]]]:
    solvers: list[tuple[str, Callable[[str, float], Answer]]] = [("Z3", ask_z3)]
    if second_solver_installed():
        solvers.append(("cvc5", ask_cvc5))
    return solvers


def _confirms(half: str, name: str, ask: Callable[[str, float], Answer], script: str, seconds: float) -> bool:
    try:
        answer = ask(script, seconds)
    except (ValueError, RuntimeError) as failure:
        raise error("check.evidence", f"{name} cannot read the {half} of the induction: {failure}") from None
    if answer is Answer.SAT:
        raise error(
            "check.evidence",
            f"the {half} of an induction is satisfiable for {name}: the proof does not hold",
            hint="this is a fault of aioformal or of a solver: please report it with the specification",
        )
    return answer is Answer.UNSAT
