"""Where a model chooses among integers without an end, and what is called after such a choice.

A choice can be taken out where it is made at most once in a step, and where more choice means more steps:
along `\\/`, `/\\`, `\\E`, the branches of IF and CASE, and definitions. Elsewhere a choice stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from aioformal.concrete import Program
from aioformal.diagnostic import DiagnosticError
from aioformal.resolve.model import Level
from aioformal.resolve.traverse import walk
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

Meaning = object
"""What a name stands for: the variable of a choice (`str`), or an object of its own for anything else."""

Made = frozenset[str]
"""The choices that a step may make."""


class ClosedError(Exception):
    """The choices of the model cannot be taken out."""


class Sites(Struct):
    """`chosen`: the variables for the sets of bounds and memberships, by the identity of these nodes; the
    nodes are in `held`. `meanings`: what each argument of an action stands for: a choice, or anything else.
    `doubtful`: names that stand for two things on one way. `entered`: uses of definitions where more choice
    means more steps."""

    program: Program
    chosen: dict[int, tuple[str, ...]] = field(default_factory=dict[int, "tuple[str, ...]"])
    places: dict[str, Span] = field(default_factory=dict[str, Span])
    held: list[ast.Node] = field(default_factory=list[ast.Node])
    meanings: dict[tuple[str, str], set[Meaning]] = field(
        default_factory=dict["tuple[str, str]", "set[Meaning]"]
    )
    doubtful: set[str] = field(default_factory=set[str])
    entered: set[int] = field(default_factory=set[int])
    open: set[str] = field(default_factory=set[str])
    visits: int = 0

    def look(self, formula: ast.Expr, *, initial: bool) -> Made:
        """The choices of Init or Next. Raises `ClosedError`."""
        return _Walk(self, initial).of(formula, NOWHERE)

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

    def parameters(self) -> dict[tuple[str, str], str]:
        """The arguments that stand for one choice, however the action is entered."""
        return {
            argument: meaning
            for argument, meanings in self.meanings.items()
            for meaning in meanings
            if isinstance(meaning, str) and len(meanings) == 1
        }

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


class _Spot(Struct, frozen=True):
    """Where a walk has got to. `names`: the local names, and what they stand for. `bound`: those that `\\E`
    bound on the way, which the label of a step may show. `inside`: the definitions that were entered."""

    names: Mapping[str, Meaning]
    bound: Mapping[str, Meaning]
    inside: frozenset[str]


NOWHERE = _Spot({}, {}, frozenset())


class _Walk(Struct):
    """Along what makes a step, one way after the other."""

    sites: Sites
    initial: bool

    def of(self, expr: ast.Expr, spot: _Spot) -> Made:
        """The choices that a part of a step may make."""
        match expr:
            case ast.Junction(kind=kind, items=items):
                return self._all(kind, items, spot)
            case ast.Quantifier(kind="\\E"):
                return self._exists(expr, spot)
            case ast.Quantifier(kind="\\A", body=body):
                if self.of(body, replace(spot, names=_without(spot.names, expr.bounds))):
                    raise ClosedError
                return frozenset()
            case ast.If(then=then, otherwise=otherwise):
                return self.of(then, spot) | self.of(otherwise, spot)
            case ast.Case(arms=arms, other=other):
                values = [arm.value for arm in arms] + ([] if other is None else [other])
                return self._all("\\/", values, spot)
            case ast.Let(body=body) | ast.Label(body=body):
                return self.of(body, replace(spot, names={}))
            case ast.ActionBox(action=action) | ast.ActionAngle(action=action):
                return self.of(action, spot)
            case ast.Name():
                return self._enter(expr, (), spot)
            case ast.Apply():
                return self._apply(expr, spot)
            case _:
                return frozenset()

    def _all(self, kind: str, items: Iterable[ast.Expr], spot: _Spot) -> Made:
        found: Made = frozenset()
        for item in items:
            made = self.of(item, spot)
            if kind == "/\\" and found & made:
                raise ClosedError
            found |= made
        return found

    def _exists(self, expr: ast.Quantifier, spot: _Spot) -> Made:
        found: Made = frozenset()
        for bound in expr.bounds:
            chosen: tuple[Meaning, ...] = tuple(object() for _ in bound.names)
            if bound.domain is not None and not bound.is_tuple and self.sites.has_no_end(bound.domain):
                variables = self.sites.variables_of(bound, bound.domain.span, len(bound.names))
                found |= frozenset(variables)
                chosen = variables
            for identifier, meaning in zip(bound.names, chosen, strict=True):
                spot = self._bound(identifier.name, meaning, spot)
        below = self.of(expr.body, spot)
        if found & below:
            raise ClosedError
        return found | below

    def _bound(self, name: str, meaning: Meaning, spot: _Spot) -> _Spot:
        """Where `\\E` has bound a name: the steps of every action around it may show it."""
        self._require_one_meaning(name, meaning, spot)
        for key in spot.inside:
            self._may_show(key, name, meaning)
        return replace(spot, names={**spot.names, name: meaning}, bound={**spot.bound, name: meaning})

    def _may_show(self, key: str, name: str, meaning: Meaning) -> None:
        """The label of an action without parameters may show a name that is bound on the way."""
        if not self.sites.program.model.flat.definitions[key].params:
            self.sites.meanings.setdefault((key, name), set()).add(meaning)

    def _require_one_meaning(self, name: str, meaning: Meaning, spot: _Spot) -> None:
        """An encoding knows some arguments of a label, but not which binding of a name they are of."""
        if name in spot.bound and spot.bound[name] is not meaning:
            self.sites.doubtful.add(name)

    def _apply(self, expr: ast.Apply, spot: _Spot) -> Made:
        operator = expr.operator
        if not isinstance(operator, ast.Name) or operator.binding is None:
            return frozenset()
        if operator.binding.kind is BindingKind.BUILTIN:
            key = operator.binding.key
            if key in ("/\\", "\\/"):
                return self._all(key, expr.args, spot)
            return self._membership(expr) if key == "\\in" else frozenset()
        return self._enter(operator, expr.args, spot)

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

    def _enter(self, name: ast.Name, args: tuple[ast.Expr, ...], spot: _Spot) -> Made:
        key = _binding_of(name, BindingKind.DEFINITION)
        definition = None if key is None else self.sites.program.model.flat.definitions.get(key)
        if key is None or definition is None:
            return frozenset()
        self.sites.visits += 1
        if definition.recursive or key in spot.inside or self.sites.visits > MOST_ENTERED:
            raise ClosedError
        names: dict[str, Meaning] = {}
        for param, arg in zip(definition.params, args, strict=False):
            local = _binding_of(arg, BindingKind.LOCAL)
            meaning = object() if local is None else spot.names.get(local, object())
            self._require_one_meaning(param.name, meaning, spot)
            self.sites.meanings.setdefault((key, param.name), set()).add(meaning)
            names[param.name] = meaning
        for shown, meaning in spot.bound.items():
            self._may_show(key, shown, meaning)
        made = self.of(definition.body, _Spot(names, spot.bound, spot.inside | {key}))
        if made:
            self.sites.open.add(key)
        self.sites.entered.add(id(name))
        self.sites.held.append(name)
        return made


def _binding_of(node: ast.Node, kind: BindingKind) -> str | None:
    """What a node is the name of, if it is a name of this kind."""
    binding = node.binding if isinstance(node, ast.Name) else None
    return binding.key if binding is not None and binding.kind is kind else None


def _without(names: Mapping[str, Meaning], bounds: Iterable[ast.Bound]) -> Mapping[str, Meaning]:
    bound = {identifier.name for one in bounds for identifier in one.names}
    return {name: meaning for name, meaning in names.items() if name not in bound}


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
