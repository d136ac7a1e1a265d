"""Properties and constraints as terms over the state, and over the next state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aioformal.diagnostic import DiagnosticError
from aioformal.encode import logic
from aioformal.encode.obligations import obligations_of
from aioformal.encode.scope import Frame
from aioformal.encode.symbols import truth_value
from aioformal.encode.translator import Translator
from aioformal.ir import term as ir
from aioformal.ir.system import Obligation, SystemPart, SystemProperty
from aioformal.ir.term import Term
from aioformal.resolve.model import PartKind, Property, PropertyKind, PropertyPart
from aioformal.syntax import ast

MOST_STEPS = 1_000_000
"""Steps that one property, or the constraints, may take: about twenty seconds where they make terms, and a
hundred times as many as any specification here needs."""

Judged = tuple[Term, tuple[Obligation, ...]]
"""What a formula is worth, and what can go wrong while it is evaluated."""


class PropertyEncoder:
    """`state` is a frame of the state alone, `step` one of a state and the next."""

    def __init__(self, translator: Translator, state: Frame, step: Frame) -> None:
        self._t = translator
        self._state = state
        self._step = step

    def encode(self, prop: Property) -> SystemProperty:
        """Raises encode.unsupported where a part cannot be encoded; but a probe is then a claim that is
        false, as it is wherever it has no value."""
        make = self._part if prop.kind is not PropertyKind.PROBE else self._probe
        return SystemProperty(prop.name, prop.kind, tuple(make(part) for part in prop.parts))

    def _probe(self, part: PropertyPart) -> SystemPart:
        try:
            made = self._part(part)
        except DiagnosticError:
            return SystemPart(part.kind, ir.false)
        return SystemPart(part.kind, ir.and_(made.term, *(ir.not_(o.condition) for o in made.obligations)))

    def _part(self, part: PropertyPart) -> SystemPart:
        if part.kind is PartKind.TEMPORAL:
            with self._t.path.at(part.formula.span):
                reason = part.unjudged or "a temporal formula needs a liveness engine"
                raise self._t.path.unsupported(reason)
        if part.kind is PartKind.STEP:
            term, obligations = self._judge(self._step, lambda: self._step_holds(part))
        else:
            term, obligations = self.state_formulas((part.formula,))
        return SystemPart(part.kind, term, obligations)

    def _step_holds(self, part: PropertyPart) -> Term:
        """A, or the subscript stays as it is."""
        formula, subscript = part.formula, part.subscript
        if subscript is None:
            return self._t.truth(formula, {})
        stays = lambda: truth_value(logic.unchanged(self._t, subscript, {}))  # noqa: E731
        return logic.disjunction(self._t, (lambda: self._t.value(formula, {}), stays))

    def state_formulas(self, formulas: Sequence[ast.Expr]) -> Judged:
        """The conjunction of formulas about the state."""
        return self._judge(self._state, lambda: self._all(formulas))

    def step_formulas(self, formulas: Sequence[ast.Expr]) -> Judged:
        """The conjunction of formulas about a step."""
        return self._judge(self._step, lambda: self._all(formulas))

    def _all(self, formulas: Sequence[ast.Expr]) -> Term:
        return logic.conjunction(self._t, [lambda f=f: self._t.value(f, {}) for f in formulas])

    def _judge(self, frame: Frame, evaluate: Callable[[], Term]) -> Judged:
        with self._t.looking(frame), self._t.limited(MOST_STEPS), self._t.path.isolated() as failures:
            term = evaluate()
        return term, obligations_of(failures)


def reason_of(problem: DiagnosticError) -> str:
    """Why something cannot be encoded, with the place."""
    diagnostic = problem.diagnostics[0]
    place = f"{diagnostic.span}: " if diagnostic.span else ""
    return f"{place}{diagnostic.message}"
