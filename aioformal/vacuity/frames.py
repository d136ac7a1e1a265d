"""What stands around a part of a formula, and the formula that says that it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from aioformal.concrete.facts import Analysis, Facts
from aioformal.ordering import construct
from aioformal.source import Span
from aioformal.syntax import ast


class Given(Struct, frozen=True):
    """A condition on the way. `constant`: the constants alone decide it, with what is chosen around it."""

    expr: ast.Expr
    constant: bool


class Chosen(Struct, frozen=True):
    """Names bound to members of sets. `constant`: the constants alone decide which members there are."""

    bounds: tuple[ast.Bound, ...]
    constant: bool


class Named(Struct, frozen=True):
    """The definitions of a LET."""

    units: tuple[ast.Unit, ...]


Frame: TypeAlias = Given | Chosen | Named


class Way(Struct, frozen=True):
    """The frames around a part, outermost first, and the names in them that not only constants decide.
    `is_conditional`: there are conditions on the way, other than that something changes."""

    frames: tuple[Frame, ...] = ()
    varying: frozenset[str] = frozenset()
    is_conditional: bool = False

    def given(self, conditions: list[ast.Expr], facts: Analysis) -> Way:
        """Where these conditions, in their order, are true."""
        made = (Given(expr, self.is_constant(facts.of(expr))) for expr in conditions)
        return replace(self, frames=(*self.frames, *made), is_conditional=True)

    def changing(self, subscript: ast.Expr) -> Way:
        """Where the step changes this."""
        stays = construct.applied("UNCHANGED", subscript.span, (subscript,), "prefix")
        return replace(self, frames=(*self.frames, Given(construct.negation(stays), False)))

    def choosing(self, bounds: tuple[ast.Bound, ...], facts: Analysis) -> Way:
        """For a member of each set."""
        domains = [bound.domain for bound in bounds if bound.domain is not None]
        constant = all(self.is_constant(facts.of(domain)) for domain in domains)
        names = frozenset(name.name for bound in bounds for name in bound.names)
        varying = self.varying - names if constant else self.varying | names
        frames = (*self.frames, Chosen(bounds, constant))
        return replace(self, frames=frames, varying=varying)

    def naming(self, units: tuple[ast.Unit, ...], facts: Analysis) -> Way:
        """Inside of a LET."""
        way = replace(self, frames=(*self.frames, Named(units)))
        for unit in units:
            if isinstance(unit, ast.OperatorDefinition):
                body = facts.of(unit.body).without(param.name for param in unit.params)
                names, varies = {unit.name.name}, not way.is_constant(body)
            else:
                # A function's name, or what a declaration or an INSTANCE is about: taken to vary.
                names = {unit.name.name} if isinstance(unit, ast.FunctionDefinition) else set[str]()
                varies = True
            way = replace(way, varying=way.varying | names if varies else way.varying - names)
        return way

    def is_constant(self, facts: Facts) -> bool:
        """Whether the constants alone decide something here."""
        return not (facts.cells or facts.volatile or facts.names & self.varying)

    def reached(self, span: Span) -> ast.Expr:
        """That a state, or a step, comes here, whatever is chosen on the way."""
        return _closed(self.frames, span)

    def allowed(self, span: Span) -> ast.Expr:
        """What the constants say about that: where it is false, nothing comes here."""
        return _closed(tuple(_constant_part(self.frames)), span)

    @property
    def chosen_names(self) -> list[str]:
        """What quantifiers on the way bind."""
        chosen = [frame for frame in self.frames if isinstance(frame, Chosen)]
        return [name.name for frame in chosen for bound in frame.bounds for name in bound.names]


START = Way()


def _constant_part(frames: tuple[Frame, ...]) -> Iterator[Frame]:
    for frame in frames:
        if isinstance(frame, Named) or frame.constant:
            yield frame


def _closed(frames: tuple[Frame, ...], span: Span) -> ast.Expr:
    formula: ast.Expr = construct.boolean(span, True)
    for frame in reversed(frames):
        match frame:
            case Given(expr):
                formula = construct.conjunction(span, [expr, formula])
            case Chosen(bounds):
                formula = ast.Quantifier(span, "\\E", bounds, formula)
            case Named(units):
                known = construct.is_known(formula, True)
                formula = formula if known else ast.Let(span, units, formula)
    return formula
