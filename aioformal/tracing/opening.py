"""Choices among integers without an end, taken out of a model: what is chosen becomes a variable of its own.

`\\E n \\in Nat : A(n)` becomes `\\E n \\in Nat \\cap {chosen} : A(n)`, and `x' \\in Int` becomes
`x' \\in Int \\cap {chosen}`, with a new variable `chosen` whose value nobody restricts: every step of the one
is a step of the other for some value of it, and the other way round. So what the reference semantics cannot
enumerate, a solver can choose, and the reference semantics can then evaluate.

Which choices can be taken out, `choice_sites` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from aioformal.concrete import Program
from aioformal.ordering import construct
from aioformal.resolve.model import Definition, History, Model, VariableDeclaration
from aioformal.resolve.traverse import rebuild
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.tracing.choice_sites import ClosedError, Sites

TRIED = (0, 1, 2)
"""What is tried for a choice where shapes are guessed."""


class Opened(Struct, frozen=True):
    """`model`: with the variables `chosen`, which come last and are any integers initially. `sampled`: the
    same with a few of their values, which can be enumerated, and never change. `init`: the initial
    predicate, which does not say what they are. `parameters`: by action and name, the arguments that are what
    was chosen. `doubtful`: names for which an encoding may know the value of another argument. `places`: of
    the sets."""

    model: Model
    sampled: Model
    init: ast.Expr
    chosen: tuple[str, ...]
    parameters: Mapping[tuple[str, str], str]
    doubtful: frozenset[str]
    places: tuple[Span, ...]

    def undecided(self, why: str) -> str:
        """That it is not known what was chosen."""
        sets = ", ".join(dict.fromkeys(str(one.source.text[one.start : one.end]) for one in self.places))
        return f"what is chosen from {sets} could not be found out: {why}"


def opened(program: Program) -> Opened | None:
    """The model of a program with its choices taken out; None where there are none that can be."""
    model = program.model
    if model.init is None or model.next is None or model.history is not None:
        return None
    try:
        sites = Sites(program)
        if sites.look(model.init, initial=True) & sites.look(model.next, initial=False):
            return None
        sites.require_only_steps([model.init, model.next])
    except ClosedError:
        return None
    if not sites.chosen:
        return None
    places = tuple(sites.places.values())
    span = model.init.span
    narrowed = _Narrowed(program.model, sites)
    integers = ast.Name(span, "Int", (), ast.Binding(BindingKind.BUILTIN, "Int"))
    some = ast.SetEnumeration(span, tuple(ast.Number(span, number) for number in TRIED))
    return Opened(
        narrowed.model(integers),
        narrowed.model(some),
        narrowed.rebuilt(model.init),
        tuple(sites.places),
        sites.parameters(),
        frozenset(sites.doubtful),
        places,
    )


class _Narrowed(Struct, frozen=True):
    """A model in which sets are narrowed to what is chosen."""

    of: Model
    sites: Sites

    def model(self, first: ast.Expr) -> Model:
        """The model with the choices taken out. `first`: the set of what they may be initially."""
        model = self.of
        assert model.init is not None
        assert model.next is not None
        flat = model.flat
        made = tuple(VariableDeclaration(name, span) for name, span in self.sites.places.items())
        definitions: dict[str, Definition] = {
            key: replace(definition, body=self.rebuilt(definition.body))
            if key in self.sites.open
            else definition
            for key, definition in flat.definitions.items()
        }
        return replace(
            model,
            flat=replace(flat, variables=(*flat.variables, *made), definitions=definitions),
            init=self._init(model.init, first),
            next=self.rebuilt(model.next),
            history=self._history(model.next.span),
        )

    def _init(self, init: ast.Expr, the_set: ast.Expr) -> ast.Expr:
        """What is chosen comes first: the rest looks at it. Of a few values, all choices have the same one:
        so there are few ways to begin."""
        span = init.span
        names = [construct.variable(place, name) for name, place in self.sites.places.items()]
        alike = isinstance(the_set, ast.SetEnumeration)
        first = [
            construct.equality(name, names[0])
            if alike and name is not names[0]
            else construct.applied("\\in", span, (name, the_set), "infix")
            for name in names
        ]
        return construct.conjunction(span, [*first, self.rebuilt(init)])

    def _history(self, span: Span) -> History:
        own = tuple(construct.variable(v.span, v.name) for v in self.of.flat.variables)
        names = [construct.variable(place, name) for name, place in self.sites.places.items()]
        step = [construct.equality(construct.primed(name), name) for name in names]
        assignments = tuple(
            (text, ast.Number(span, 0), name) for text, name in zip(self.sites.places, names, strict=True)
        )
        init = construct.boolean(span, True)
        return History(assignments, init, construct.conjunction(span, step), ast.Tuple(span, own))

    def rebuilt(self, formula: ast.Expr) -> ast.Expr:
        return cast("ast.Expr", rebuild(formula, self._changed))

    def _changed(self, node: ast.Node) -> ast.Node:
        match node:
            case ast.Quantifier(bounds=bounds) if any(id(bound) in self.sites.chosen for bound in bounds):
                return replace(node, bounds=tuple(new for bound in bounds for new in self._narrowed(bound)))
            case ast.Apply(args=(left, the_set)) if id(node) in self.sites.chosen:
                (name,) = self.sites.chosen[id(node)]
                return replace(node, args=(left, _among(the_set, name)))
            case _:
                return node

    def _narrowed(self, bound: ast.Bound) -> list[ast.Bound]:
        names = self.sites.chosen.get(id(bound))
        if names is None or bound.domain is None:
            return [bound]
        pairs = zip(bound.names, names, strict=True)
        return [ast.Bound(bound.span, (name,), _among(bound.domain, chosen)) for name, chosen in pairs]


def _among(the_set: ast.Expr, chosen: str) -> ast.Expr:
    """`the_set \\cap {chosen}`."""
    span = the_set.span
    one = ast.SetEnumeration(span, (construct.variable(span, chosen),))
    return construct.applied("\\cap", span, (the_set, one), "infix")
