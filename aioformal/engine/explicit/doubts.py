"""What stands between a search with SYMMETRY or VIEW and a proof.

A search that takes states for the same says something about all behaviours only if these states are alike
in all that is checked. Where that is not proved, an answer that nothing bad happens is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from aioformal.diagnostic import Diagnostic, Note, Severity
from aioformal.encode.shapes import Shape
from aioformal.engine.explicit.equivariance import Equivariance
from aioformal.engine.explicit.nameless import Nameless
from aioformal.engine.explicit.view_proof import Hidden, Reading, shown_variables
from aioformal.engine.protocol import Problem
from aioformal.resolve.model import Model, PartKind, Property
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.value.permutation import Group


class _Proof(Protocol):
    """Attempts to prove that states are alike; what is returned says why they may not be."""

    def of_behaviour(self) -> Diagnostic | None: ...

    def of_property(self, prop: Property) -> Diagnostic | None: ...


class Doubts:
    """Warnings that say why states that were taken for the same may differ."""

    def __init__(self, problem: Problem, group: Group | None, shapes: Mapping[str, Shape]) -> None:
        model = problem.model
        proofs: list[_Proof] = []
        if group is not None and model.symmetry is not None:
            proofs.append(_Symmetry(problem, group, shapes, model.symmetry.span))
        if model.view is not None:
            proofs.append(_View(model, model.view))
        self.common = _first(proof.of_behaviour() for proof in proofs)
        """About what happens at all."""
        asked = {
            prop.name: _first(proof.of_property(prop) for proof in proofs) for prop in problem.properties
        }
        self._of_property = asked
        self._proofs = proofs

    def __bool__(self) -> bool:
        """Whether there are any."""
        return self.common is not None or any(self._of_property.values())

    def of(self, name: str) -> Diagnostic | None:
        """Why there is no proof of a property, or that there is no deadlock; None if there is one."""
        return self.common or self._of_property.get(name)

    def of_probe(self, probe: Property) -> Diagnostic | None:
        """Why there is no proof of what a probe says."""
        return self.common or _first(proof.of_property(probe) for proof in self._proofs)


def view_decides_counts(model: Model) -> bool:
    """Whether it matters to the counts which of the states of one view comes first: not where the view
    is made of variables that decide all that follows."""
    if model.view is None:
        return False
    proof = _View(model, model.view)
    return proof.of_behaviour() is not None or proof.hidden.read_by([model.view]) is not None


def one_worker(model: Model) -> Diagnostic:
    """A note that workers are not used, since counts would depend on which of them is faster."""
    message = "one worker searches: which state of a VIEW comes first decides how many are found"
    span = None if model.view is None else model.view.span
    return Diagnostic("run.reduction", message, span, Severity.NOTE)


def _first(found: Iterable[Diagnostic | None]) -> Diagnostic | None:
    return next((warning for warning in found if warning is not None), None)


def _formulas(prop: Property) -> list[ast.Expr]:
    parts = [part for part in prop.parts if part.kind is not PartKind.TEMPORAL]
    return [formula for part in parts for formula in (part.formula, part.subscript) if formula is not None]


class _Symmetry:
    def __init__(self, problem: Problem, group: Group, shapes: Mapping[str, Shape], span: Span) -> None:
        moved = frozenset(value for generator in group.generators for value in generator)
        self._model = problem.model
        self._proof = Equivariance(problem, group, Nameless(problem.model, moved, shapes))
        self._span = span

    def of_behaviour(self) -> Diagnostic | None:
        model = self._model
        asked = {
            "Init": [] if model.init is None else [model.init],
            "Next": [] if model.next is None else [model.next],
            "an ordering rule": [] if model.history is None else [model.history.init, model.history.step],
            "CONSTRAINT": model.constraints,
            "ACTION_CONSTRAINT": model.action_constraints,
        }
        return _first(self._doubt(where, formulas) for where, formulas in asked.items())

    def of_property(self, prop: Property) -> Diagnostic | None:
        return self._doubt(prop.name, _formulas(prop))

    def _doubt(self, where: str, formulas: Iterable[ast.Expr]) -> Diagnostic | None:
        found = self._proof.doubt(formulas)
        if found is None:
            return None
        message = f"states that SYMMETRY takes for the same may differ in {where}: {found.what}"
        hint = "leave SYMMETRY out, or do not let this depend on which of the permuted values is meant"
        return _warning(message, self._span, Note("this is not known to treat them alike", found.span), hint)


class _View:
    """Of the initial states nothing is asked: those that agree on what is shown go on alike."""

    def __init__(self, model: Model, view: ast.Expr) -> None:
        self._model = model
        self._span = view.span
        self.hidden = Hidden(model, set(model.variables) - shown_variables(model, view))

    def of_behaviour(self) -> Diagnostic | None:
        model, hidden, history = self._model, self.hidden, self._model.history
        return _first(
            (
                None if model.next is None else self._warning("Next", hidden.read_by_step(model.next)),
                None
                if history is None
                else self._warning("an ordering rule", hidden.read_by([history.step])),
                self._warning("CONSTRAINT", hidden.read_by(model.constraints)),
                self._warning("ACTION_CONSTRAINT", hidden.read_by(model.action_constraints)),
            )
        )

    def of_property(self, prop: Property) -> Diagnostic | None:
        return self._warning(prop.name, self.hidden.read_by(_formulas(prop)))

    def _warning(self, where: str, found: Reading | None) -> Diagnostic | None:
        if found is None:
            return None
        message = f"VIEW takes states for the same that differ in `{found.variable}`, which {where} reads"
        hint = f"leave VIEW out, or let it show `{found.variable}` as it is"
        return _warning(message, self._span, Note("it is read here", found.span), hint)


def _warning(message: str, span: Span, note: Note, hint: str) -> Diagnostic:
    return Diagnostic("run.reduction", message, span, Severity.WARNING, (note,), hint)
