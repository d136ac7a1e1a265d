"""Choices among integers without an end, taken out of a model: what is chosen becomes a variable of its own.

`\\E n \\in Nat : A(n)` becomes `\\E n \\in Nat \\cap {chosen} : A(n)`, and `x' \\in Int` becomes
`x' \\in Int \\cap {chosen}`, with a new variable `chosen` whose value nobody restricts: every step of the one
is a step of the other for some value of it, and the other way round. So what the reference semantics cannot
enumerate, a solver can choose, and the reference semantics can then evaluate.

This is so only where the choice is made at most once in a step, and where more choice means more steps: along
`\\/`, `/\\`, `\\E`, the branches of IF and CASE, and definitions. Elsewhere a choice stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError
from aioformal.ordering import construct
from aioformal.resolve.model import Definition, History, Level, Model, VariableDeclaration
from aioformal.resolve.traverse import rebuild, walk
from aioformal.source import Span
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind
from aioformal.value.algebra import Filter, Restriction
from aioformal.value.sets import Integers, Interval
from aioformal.value.values import Value

MOST_CHOICES = 20_000
"""A range with more members than this is not enumerated."""

MOST_ENTERED = 10_000
"""Definitions that are entered; an action that is larger is left as it is."""

TRIED = (0, 1, 2)
"""What is tried for a choice where shapes are guessed."""


class ClosedError(Exception):
    """The choices of the model cannot be taken out."""


@dataclass(frozen=True)
class Opened:
    """`model`: with the variables `chosen`, which come last and are any integers initially. `sampled`: the
    same with a few of their values, which can be enumerated. `init`: the initial predicate, which does not
    say what they are. `parameters`: of an action, those that are what was chosen. `places`: of the sets."""

    model: Model
    sampled: Model
    init: ast.Expr
    chosen: tuple[str, ...]
    parameters: Mapping[str, str]
    places: tuple[Span, ...]


def opened(program: Program) -> Opened | None:
    """The model of a program with its choices taken out; None where there are none that can be."""
    model = program.model
    if model.init is None or model.next is None or model.history is not None:
        return None
    try:
        sites = _Sites(program)
        if sites.look(model.init, initial=True) & sites.look(model.next, initial=False):
            return None
        sites.require_only_steps([model.init, model.next])
    except ClosedError:
        return None
    if not sites.chosen:
        return None
    places = tuple(sites.places.values())
    span = model.init.span
    integers = ast.Name(span, "Int", (), ast.Binding(BindingKind.BUILTIN, "Int"))
    some = ast.SetEnumeration(span, tuple(ast.Number(span, number) for number in TRIED))
    return Opened(
        sites.model(integers),
        sites.model(some),
        sites.rebuilt(model.init),
        tuple(sites.places),
        sites.parameters(),
        places,
    )


@dataclass
class _Sites:
    """`chosen`: the variables for the sets of bounds and memberships, by the identity of these nodes; the
    nodes are in `held`. `meanings`: what each name stands for that is bound on the way: a choice, or anything
    else. `entered`: uses of definitions where more choice means more steps."""

    program: Program
    chosen: dict[int, tuple[str, ...]] = field(default_factory=dict[int, "tuple[str, ...]"])
    places: dict[str, Span] = field(default_factory=dict[str, Span])
    held: list[ast.Node] = field(default_factory=list[ast.Node])
    meanings: dict[str, set[str | None]] = field(default_factory=dict[str, "set[str | None]"])
    entered: set[int] = field(default_factory=set[int])
    open: set[str] = field(default_factory=set[str])
    visits: int = 0

    def look(self, formula: ast.Expr, *, initial: bool) -> Made:
        """The choices of Init or Next. Raises `ClosedError`."""
        return _Walk(self, initial).of(formula, {}, frozenset())

    def variables_of(self, node: ast.Node, span: Span, count: int) -> tuple[str, ...]:
        """The variables for what is chosen at a node."""
        known = self.chosen.get(id(node))
        if known is None:
            first = len(self.places) + 1
            known = tuple(f"chosen#{number}" for number in range(first, first + count))
            self.chosen[id(node)] = known
            self.held.append(node)
            self.places.update(dict.fromkeys(known, span))
        return known

    def parameters(self) -> dict[str, str]:
        """The names that stand for one choice, wherever they are bound."""
        found: dict[str, str] = {}
        for name, meanings in self.meanings.items():
            for meaning in meanings:
                if meaning is not None and len(meanings) == 1:
                    found[name] = meaning
        return found

    def require_only_steps(self, formulas: Iterable[ast.Expr]) -> None:
        """That a definition with a choice is used nowhere else, as below ENABLED. Raises `ClosedError`."""
        definitions = self.program.model.flat.definitions
        seen, waiting = set[str](), list(formulas)
        while waiting:
            for node in walk(waiting.pop()):
                key = _binding_of(node, BindingKind.DEFINITION)
                if key is None or key not in definitions:
                    continue
                if key in self.open and id(node) not in self.entered:
                    raise ClosedError
                if key not in seen:
                    seen.add(key)
                    waiting.append(definitions[key].body)

    def has_no_end(self, the_set: ast.Expr) -> bool:
        """Whether a set holds integers only, and too many of them."""
        if isinstance(the_set, ast.SetFilter):
            domain = the_set.bound.domain
            return domain is not None and not the_set.bound.is_tuple and self.has_no_end(domain)
        if not all(self._is_constant(node) for node in walk(the_set)):
            return False
        try:
            return _has_no_end(self.program.evaluate(the_set))
        except DiagnosticError:
            return False

    def _is_constant(self, node: ast.Node) -> bool:
        binding = node.binding if isinstance(node, ast.Name) else None
        if binding is None or binding.kind in (BindingKind.BUILTIN, BindingKind.CONSTANT):
            return True
        if binding.kind is not BindingKind.DEFINITION:
            return False
        return self.program.model.flat.definitions[binding.key].level is Level.CONSTANT

    # ------------------------------------------------------------ the model

    def model(self, first: ast.Expr) -> Model:
        """The model with the choices taken out. `first`: the set of what they may be initially."""
        model = self.program.model
        assert model.init is not None
        assert model.next is not None
        flat = model.flat
        made = tuple(VariableDeclaration(name, span) for name, span in self.places.items())
        definitions: dict[str, Definition] = {
            key: replace(definition, body=self.rebuilt(definition.body)) if key in self.open else definition
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
        """What is chosen comes first: the rest looks at it."""
        span = init.span
        names = [construct.variable(place, name) for name, place in self.places.items()]
        first = [construct.applied("\\in", span, (name, the_set), "infix") for name in names]
        return construct.conjunction(span, [*first, self.rebuilt(init)])

    def _history(self, span: Span) -> History:
        own = tuple(construct.variable(v.span, v.name) for v in self.program.model.flat.variables)
        names = [construct.variable(place, name) for name, place in self.places.items()]
        step = [construct.equality(construct.primed(name), name) for name in names]
        assignments = tuple(
            (text, ast.Number(span, 0), name) for text, name in zip(self.places, names, strict=True)
        )
        init = construct.boolean(span, True)
        return History(assignments, init, construct.conjunction(span, step), ast.Tuple(span, own))

    def rebuilt(self, formula: ast.Expr) -> ast.Expr:
        return cast("ast.Expr", rebuild(formula, self._changed))

    def _changed(self, node: ast.Node) -> ast.Node:
        match node:
            case ast.Quantifier(bounds=bounds) if any(id(bound) in self.chosen for bound in bounds):
                return replace(node, bounds=tuple(new for bound in bounds for new in self._narrowed(bound)))
            case ast.Apply(args=(left, the_set)) if id(node) in self.chosen:
                (name,) = self.chosen[id(node)]
                return replace(node, args=(left, _among(the_set, name)))
            case _:
                return node

    def _narrowed(self, bound: ast.Bound) -> list[ast.Bound]:
        names = self.chosen.get(id(bound))
        if names is None or bound.domain is None:
            return [bound]
        pairs = zip(bound.names, names, strict=True)
        return [ast.Bound(bound.span, (name,), _among(bound.domain, chosen)) for name, chosen in pairs]


Meanings = Mapping[str, str]
"""The local names that stand for what is chosen."""

Made = frozenset[str]
"""The choices that a step may make."""


@dataclass
class _Walk:
    """Along what makes a step, one way after the other."""

    sites: _Sites
    initial: bool

    def of(self, expr: ast.Expr, names: Meanings, inside: frozenset[str]) -> Made:
        """The choices that a part of a step may make. `inside`: the definitions that were entered."""
        match expr:
            case ast.Junction(kind=kind, items=items):
                return self._all(kind, items, names, inside)
            case ast.Quantifier(kind="\\E"):
                return self._exists(expr, names, inside)
            case ast.Quantifier(kind="\\A", body=body):
                if self.of(body, _without(names, expr.bounds), inside):
                    raise ClosedError
                return frozenset()
            case ast.If(then=then, otherwise=otherwise):
                return self.of(then, names, inside) | self.of(otherwise, names, inside)
            case ast.Case(arms=arms, other=other):
                values = [arm.value for arm in arms] + ([] if other is None else [other])
                return self._all("\\/", values, names, inside)
            case ast.Let(body=body) | ast.Label(body=body):
                return self.of(body, {}, inside)
            case ast.ActionBox(action=action) | ast.ActionAngle(action=action):
                return self.of(action, names, inside)
            case ast.Name():
                return self._enter(expr, (), names, inside)
            case ast.Apply():
                return self._apply(expr, names, inside)
            case _:
                return frozenset()

    def _all(self, kind: str, items: Iterable[ast.Expr], names: Meanings, inside: frozenset[str]) -> Made:
        found: Made = frozenset()
        for item in items:
            made = self.of(item, names, inside)
            if kind == "/\\" and found & made:
                raise ClosedError
            found |= made
        return found

    def _exists(self, expr: ast.Quantifier, names: Meanings, inside: frozenset[str]) -> Made:
        found: Made = frozenset()
        inner = dict(names)
        for bound in expr.bounds:
            chosen: tuple[str | None, ...] = (None,) * len(bound.names)
            if bound.domain is not None and not bound.is_tuple and self.sites.has_no_end(bound.domain):
                variables = self.sites.variables_of(bound, bound.domain.span, len(bound.names))
                found |= frozenset(variables)
                chosen = variables
            for identifier, meaning in zip(bound.names, chosen, strict=True):
                self._bind(inner, identifier.name, meaning)
        below = self.of(expr.body, inner, inside)
        if found & below:
            raise ClosedError
        return found | below

    def _bind(self, names: dict[str, str], name: str, meaning: str | None) -> None:
        self.sites.meanings.setdefault(name, set()).add(meaning)
        names.pop(name, None)
        if meaning is not None:
            names[name] = meaning

    def _apply(self, expr: ast.Apply, names: Meanings, inside: frozenset[str]) -> Made:
        operator = expr.operator
        if not isinstance(operator, ast.Name) or operator.binding is None:
            return frozenset()
        if operator.binding.kind is BindingKind.BUILTIN:
            key = operator.binding.key
            if key in ("/\\", "\\/"):
                return self._all(key, expr.args, names, inside)
            return self._membership(expr) if key == "\\in" else frozenset()
        return self._enter(operator, expr.args, names, inside)

    def _membership(self, expr: ast.Apply) -> Made:
        left, the_set = expr.args
        if not self._is_assigned(left) or not self.sites.has_no_end(the_set):
            return frozenset()
        return frozenset(self.sites.variables_of(expr, the_set.span, 1))

    def _is_assigned(self, left: ast.Expr) -> bool:
        """Whether `left \\in S` gives a variable its value."""
        match left:
            case ast.Apply(operator=ast.Name(binding=ast.Binding(BindingKind.BUILTIN, "'")), args=(name,)):
                return not self.initial and _binding_of(name, BindingKind.VARIABLE) is not None
            case _:
                return self.initial and _binding_of(left, BindingKind.VARIABLE) is not None

    def _enter(
        self, name: ast.Name, args: tuple[ast.Expr, ...], names: Meanings, inside: frozenset[str]
    ) -> Made:
        key = _binding_of(name, BindingKind.DEFINITION)
        definition = None if key is None else self.sites.program.model.flat.definitions.get(key)
        if key is None or definition is None:
            return frozenset()
        self.sites.visits += 1
        if definition.recursive or key in inside or self.sites.visits > MOST_ENTERED:
            raise ClosedError
        inner: dict[str, str] = {}
        for param, arg in zip(definition.params, args, strict=False):
            local = _binding_of(arg, BindingKind.LOCAL)
            meaning = None if local is None else names.get(local)
            self._bind(inner, param.name, meaning)
        made = self.of(definition.body, inner, inside | {key})
        if made:
            self.sites.open.add(key)
        self.sites.entered.add(id(name))
        self.sites.held.append(name)
        return made


def _binding_of(node: ast.Node, kind: BindingKind) -> str | None:
    """What a node is the name of, if it is a name of this kind."""
    binding = node.binding if isinstance(node, ast.Name) else None
    return binding.key if binding is not None and binding.kind is kind else None


def _without(names: Meanings, bounds: Iterable[ast.Bound]) -> Meanings:
    bound = {identifier.name for one in bounds for identifier in one.names}
    return {name: meaning for name, meaning in names.items() if name not in bound}


def _among(the_set: ast.Expr, chosen: str) -> ast.Expr:
    """`the_set \\cap {chosen}`."""
    span = the_set.span
    one = ast.SetEnumeration(span, (construct.variable(span, chosen),))
    return construct.applied("\\cap", span, (the_set, one), "infix")


def _has_no_end(value: Value) -> bool:
    match value:
        case Integers():
            return True
        case Interval():
            return value.size > MOST_CHOICES
        case Restriction(base=base) | Filter(base=base):
            return _has_no_end(base)
        case _:
            return False
