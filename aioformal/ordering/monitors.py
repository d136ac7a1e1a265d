"""A model with its ordering rules compiled into hidden variables and properties of single states and steps.

A rule at the top of a property (under /\\ and \\A) becomes an action property over the bits before a step
and the events of the step, with a state predicate for the start. Inside of a disjunction the violation of
each part is remembered as well, and the disjunction becomes an invariant over what is remembered. Events
must happen for a rule to say anything; that each of them never does is a hidden property beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.diagnostic import Diagnostic, Note, Severity, error
from aioformal.ordering import construct
from aioformal.ordering.context import Context
from aioformal.ordering.histories import Happening, Histories
from aioformal.ordering.past import Past, RefusedError
from aioformal.ordering.reading import Always, Both, Each, Either, First, Formula, Reader, Rule
from aioformal.resolve.model import (
    History,
    Model,
    PartKind,
    Property,
    PropertyKind,
    PropertyPart,
    Trigger,
)
from aioformal.resolve.ordering_names import mention_of_order
from aioformal.source import Span
from aioformal.syntax import ast

Clause = frozenset[Trigger]
"""Hidden properties, one of which must be proved for a rule to be vacuous."""

NEVER_VACUOUS: tuple[Clause, ...] = (Clause(),)


def with_monitors(model: Model) -> Model:
    """The model in which every ordering rule is an ordinary property, or says why it is not judged.

    Raises `DiagnosticError` ordering.misplaced where the behaviour itself speaks of the order of events.
    """
    if not any(prop.rule is not None for prop in model.properties):
        _check_behaviour(model)
        return model
    _check_behaviour(model)
    compiler = _Compiler(model)
    properties = [made for prop in model.properties for made in compiler.compiled(prop)]
    return compiler.extended(properties)


def readings(model: Model) -> Mapping[str, Formula | RefusedError]:
    """The tree of each property that speaks of order, by name: for those who list rules."""
    compiler = _Compiler(model)
    return {p.name: compiler.read(p.rule) for p in model.properties if p.rule is not None}


def _check_behaviour(model: Model) -> None:
    places: dict[str, Iterable[ast.Expr | None]] = {
        "the initial predicate": [model.init],
        "the next-state action": [model.next],
        "a fairness condition": model.fairness,
        "CONSTRAINT": model.constraints,
        "ACTION_CONSTRAINT": model.action_constraints,
        "VIEW": [model.view],
    }
    for place, formulas in places.items():
        for formula in formulas:
            name = None if formula is None else mention_of_order(formula, model.flat.definitions)
            if name is not None:
                raise error(
                    "ordering.misplaced",
                    f"{place} looks at the order of events",
                    name.span,
                    hint="ordering operators judge behaviours and do not make them: remember what the "
                    "specification needs in a variable",
                )


class _Compiler(Struct, dict=True):
    model: Model
    warnings: list[Diagnostic] = field(default_factory=list[Diagnostic])
    hidden: dict[str, Property] = field(default_factory=dict[str, Property])

    def __post_init__(self) -> None:
        flat = self.model.flat
        span = self.model.next.span if self.model.next is not None else self.model.properties[0].span
        names = tuple(construct.variable(v.span, v.name) for v in flat.variables)
        self.histories = Histories(ast.Tuple(span, names))
        self.reader = Reader(flat.definitions, Past(flat.definitions, self.histories))

    def read(self, rule: ast.Expr) -> Formula | RefusedError:
        try:
            return self.reader.read(rule, Context())
        except RefusedError as refusal:
            return refusal

    def compiled(self, prop: Property) -> Iterator[Property]:
        """The property, and before it what must happen for it to say anything."""
        if prop.rule is None:
            yield prop
            return
        known = len(self.histories.variables)
        formula = self.read(prop.rule)
        if isinstance(formula, RefusedError):
            self.histories.forget(known)
            yield self._refused(prop, prop.rule, formula)
            return
        parts = tuple(self.parts(formula, prop.name))
        triggers = _minimal(self.clauses(formula))
        yield replace(prop, parts=parts, triggers=triggers)

    def _refused(self, prop: Property, rule: ast.Expr, refusal: RefusedError) -> Property:
        note = Note(f"of {prop.name}", prop.span)
        self.warnings.append(
            Diagnostic("ordering.no-safety", refusal.reason, refusal.span, Severity.WARNING, (note,))
        )
        return replace(prop, parts=(PropertyPart(PartKind.TEMPORAL, rule, unjudged=refusal.reason),))

    # ------------------------------------------------------------ parts

    def parts(self, formula: Formula, name: str) -> Iterator[PropertyPart]:
        """What single states and steps must satisfy for the formula to hold."""
        match formula:
            case Both(parts):
                for part in parts:
                    yield from self.parts(part, name)
            case Each(bound, body, True):
                for part in self.parts(body, name):
                    yield replace(part, formula=construct.quantified([bound], part.formula))
            case Rule(operator, events, context):
                yield from self._claims(
                    self.histories.condition_at_first(operator.bad, events),
                    self.histories.condition(operator.bad, events, context),
                )
            case First(expr):
                yield PropertyPart(PartKind.INITIAL, expr)
            case Always(expr, _, is_step):
                yield PropertyPart(PartKind.STEP if is_step else PartKind.ALWAYS, expr)
            case Either() | Each():
                yield PropertyPart(PartKind.ALWAYS, construct.negation(self.violated(formula, name)))

    def _claims(self, bad_first: ast.Expr, bad: ast.Expr) -> Iterator[PropertyPart]:
        if not construct.is_known(bad_first, False):
            yield PropertyPart(PartKind.INITIAL, construct.negation(bad_first))
        yield self._step(construct.negation(bad))

    def _step(self, claim: ast.Expr) -> PropertyPart:
        """A claim about every step that changes something."""
        return PropertyPart(PartKind.STEP, claim)

    def violated(self, formula: Formula, name: str) -> ast.Expr:
        """That a formula has been violated, as a predicate on the state."""
        match formula:
            case Both(parts):
                return construct.disjunction(_span(parts), [self.violated(part, name) for part in parts])
            case Either(parts):
                return construct.conjunction(_span(parts), [self.violated(part, name) for part in parts])
            case Each(bound, body, universal):
                inner = self.violated(body, name)
                return construct.quantified([bound], inner, universal=not universal)
            case Rule(operator, events, context, _, text):
                first = self.histories.condition_at_first(operator.bad, events)
                step = self.histories.condition(operator.bad, events, context)
                return self.histories.latch(f"violated({text})", first, step, context)
            case First(expr, context):
                if isinstance(expr, ast.Boolean):
                    return construct.negation(expr)
                nothing = construct.boolean(expr.span, False)
                return self.histories.latch(f"at first({name})", construct.negation(expr), nothing, context)
            case Always(expr, context, is_step):
                bad = construct.negation(expr)
                first = construct.boolean(expr.span, False) if is_step else bad
                step = bad if is_step else construct.primed(bad)
                return self.histories.latch(f"violated({name})", first, step, context)

    # ------------------------------------------------------------ vacuity

    def clauses(self, formula: Formula) -> tuple[Clause, ...]:
        """When a formula is true only because something never happens: of each clause, one does not."""
        match formula:
            case Rule():
                never = [self._never(formula, formula.events[index]) for index in formula.operator.needs]
                return (Clause(never),)
            case Both(parts):
                return tuple(clause for part in parts for clause in self.clauses(part))
            case Either(parts):
                found: tuple[Clause, ...] = NEVER_VACUOUS
                for part in parts:
                    found = tuple(a | b for a in found for b in self.clauses(part))
                return found
            case Each(_, body, _):
                return self.clauses(body)
            case First() | Always():
                return NEVER_VACUOUS

    def _never(self, rule: Rule, event: Happening) -> Trigger:
        """The hidden property that an event never happens, whatever the quantifiers choose."""
        if event.is_state:
            part = PropertyPart(PartKind.ALWAYS, construct.negation(event.expr))
        else:
            part = self._step(construct.negation(self.histories.occurs(event)))
        part = replace(part, formula=construct.quantified(rule.bounds, part.formula))
        known = next((p for p in self.hidden.values() if p.parts == (part,)), None)
        if known is None:
            name = f"never {event.text}#{len(self.hidden)}"
            known = Property(name, PropertyKind.ORDERING, (part,), event.expr.span, hidden=True)
            self.hidden[name] = known
        return Trigger(known.name, f"{event.text} never happens, so {rule.text} cannot be violated")

    # ------------------------------------------------------------ the model

    def extended(self, properties: list[Property]) -> Model:
        """The model with what has to be remembered."""
        model = self.model
        made = self.histories.variables
        variables = (*model.flat.variables, *(variable.declaration for variable in made))
        properties = [*properties, *self.hidden.values()]
        extended = replace(
            model,
            flat=replace(model.flat, variables=variables),
            properties=tuple(properties),
            warnings=(*model.warnings, *self.warnings),
        )
        return replace(extended, history=self._history(), view=self._view()) if made else extended

    def _history(self) -> History:
        """Stuttering changes nothing of what is remembered."""
        span = self.histories.variables[0].declaration.span
        own = self.histories.own
        stutters = construct.applied("UNCHANGED", span, (own,), "prefix")
        assignments: list[tuple[str, ast.Expr, ast.Expr]] = []
        first: list[ast.Expr] = []
        step: list[ast.Expr] = []
        for made in self.histories.variables:
            name = construct.variable(made.declaration.span, made.declaration.name)
            begin = construct.function(made.bounds, made.first)
            then = construct.function(made.bounds, made.following)
            assignments.append((made.declaration.name, begin, then))
            first.append(construct.equality(name, begin))
            step.append(construct.equality(construct.primed(name), ast.If(span, stutters, name, then)))
        return History(
            tuple(assignments),
            construct.conjunction(span, first),
            construct.conjunction(span, step),
            self.histories.own,
        )

    def _view(self) -> ast.Expr | None:
        """What is remembered is part of every view: or states would be taken for the same that rules tell
        apart."""
        view = self.model.view
        if view is None:
            return None
        declared = [variable.declaration for variable in self.histories.variables]
        return ast.Tuple(view.span, (view, *(construct.variable(d.span, d.name) for d in declared)))


def _minimal(clauses: tuple[Clause, ...]) -> tuple[tuple[Trigger, ...], ...]:
    """Each clause once. An empty one stays: it can never be met, and so the rule is never vacuous, but a part
    of it may be."""
    return tuple(tuple(sorted(c, key=lambda trigger: trigger.property)) for c in dict.fromkeys(clauses))


def _span(parts: tuple[Formula, ...]) -> Span:
    first = parts[0]
    match first:
        case Rule(events=events):
            return events[0].expr.span
        case First(expr=expr) | Always(expr=expr):
            return expr.span
        case Both(parts=inner) | Either(parts=inner):
            return _span(inner)
        case Each(bound=bound):
            return bound.span
