"""What SYMMETRY says: the group, and what is wrong where two readings of a model do not agree."""

from __future__ import annotations

from itertools import pairwise

from aioformal.concrete.behaviour import Trace
from aioformal.diagnostic import Diagnostic, DiagnosticError, Severity, error
from aioformal.engine.protocol import Problem
from aioformal.resolve.model import Model
from aioformal.syntax import ast
from aioformal.value.order import order_key
from aioformal.value.permutation import MOST_ELEMENTS, Group, NoPermutationError, group_of
from aioformal.value.tlc import permutations
from aioformal.value.values import Function, Value

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
        group = group_of(_generators(problem, model.symmetry))
    except NoPermutationError as reason:
        message = f"SYMMETRY wants a set of permutations of model values, but {reason}"
        raise error("config.symmetry", message, model.symmetry.span) from None
    return group if group.generators else None


def _generators(problem: Problem, expr: ast.Expr) -> Value:
    """Enough of a set of permutations to generate the same group: `Permutations(S)` may have millions."""
    match expr:
        case ast.Name(binding=ast.Binding(kind=ast.BindingKind.DEFINITION, key=key)):
            definition = problem.model.flat.definitions[key]
            if not definition.recursive:
                return _generators(problem, definition.body)
        case ast.Apply(operator=ast.Name(binding=ast.Binding(kind=ast.BindingKind.BUILTIN, key=key))):
            parts = [_generators(problem, arg) for arg in expr.args] if key == "\\cup" else []
            if key == "Permutations":
                parts = [_swaps(problem.program.evaluate(expr.args[0]))]
            known = [part for part in parts if isinstance(part, frozenset)]
            if parts and len(known) == len(parts):
                return frozenset[Value]().union(*known)
        case _:
            pass
    return problem.program.evaluate(expr)


def _swaps(members: Value) -> Value:
    """Swaps of neighbours, beside the identity, which shows what the members are."""
    if not isinstance(members, frozenset):
        return permutations(members)
    ordered = sorted(members, key=order_key)
    swaps = (Function({a: b, b: a}) for a, b in pairwise(ordered))
    return frozenset((Function({member: member for member in ordered}), *swaps))


def asymmetric(model: Model, what: str, *, proved: bool = False) -> DiagnosticError:
    """The specification, or what is checked, was seen to change when model values are renamed. Where it is
    `proved` that this cannot be, something has a value only if a set is gone through in one order."""
    assert model.symmetry is not None
    message = f"SYMMETRY names permutations that are no symmetry of what is checked: {what}"
    hint = "take values that are not treated alike out of the symmetric set"
    if proved:
        hint = (
            "is there an expression that has a value only for some order of the set? If not, this is a fault"
        )
        hint += " of aioformal: please report it with the specification"
    return error("config.symmetry", message, model.symmetry.span, hint=hint)


def disagreement(about: str, trace: Trace | None = None) -> DiagnosticError:
    """Machine code and reference semantics see different things."""
    place = "" if trace is None else f" after {trace.depth} steps"
    return error(
        "check.evidence",
        f"machine code and evaluation disagree{place} about {about}",
        hint="this is a fault of aioformal: please report it with the specification",
    )


def partly_used(model: Model, group: Group) -> Diagnostic:
    """A note that states are kept more than once up to symmetry."""
    span = None if model.symmetry is None else model.symmetry.span
    size = f"the {group.order:,} permutations" if group.blocks else "the permutations"
    message = f"of {size} that SYMMETRY names, up to {MOST_ELEMENTS:,} are tried with each state"
    hint = "counts are larger than those of the full reduction; verdicts are the same"
    return Diagnostic("run.reduction", message, span, Severity.NOTE, hint=hint)
