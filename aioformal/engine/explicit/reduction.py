"""What SYMMETRY says: the group, and what is wrong where the specification has no such symmetry."""

from __future__ import annotations

from aioformal.diagnostic import Diagnostic, DiagnosticError, Severity, error
from aioformal.engine.protocol import Problem
from aioformal.resolve.model import Model
from aioformal.value.permutation import MOST_ELEMENTS, Group, NoPermutationError, group_of

NO_REDUCED_LIVENESS = (
    "a part of it is about whole behaviours, and a search with SYMMETRY does not keep enough to judge them"
)
LIVENESS_HINT = "check it with a configuration without SYMMETRY"


def group_of_model(problem: Problem) -> Group | None:
    """The permutations under which states are taken for the same; None if there are none but the
    identity. Raises `DiagnosticError` config.symmetry, or what evaluation raises."""
    model = problem.model
    if model.symmetry is None:
        return None
    try:
        group = group_of(problem.program.evaluate(model.symmetry))
    except NoPermutationError as reason:
        message = f"SYMMETRY wants a set of permutations of model values, but {reason}"
        raise error("config.symmetry", message, model.symmetry.span) from None
    return group if group.generators else None


def asymmetric(model: Model, what: str) -> DiagnosticError:
    """The specification, or what is checked, changes when model values are renamed."""
    assert model.symmetry is not None
    return error(
        "config.symmetry",
        f"SYMMETRY names permutations that are no symmetry of what is checked: {what}",
        model.symmetry.span,
        hint="take values that are not treated alike out of the symmetric set",
    )


def partly_used(model: Model, group: Group) -> Diagnostic:
    """A note that states are kept more than once up to symmetry."""
    span = None if model.symmetry is None else model.symmetry.span
    size = f"the {group.order:,} permutations" if group.blocks else "the permutations"
    message = f"of {size} that SYMMETRY names, up to {MOST_ELEMENTS:,} are tried with each state"
    hint = "counts are larger than those of the full reduction; verdicts are the same"
    return Diagnostic("run.reduction", message, span, Severity.NOTE, hint=hint)
