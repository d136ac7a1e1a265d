"""What a specification says about its variables: `v \\in S` in invariants, Init and constraints.

A hint is where a shape begins, never a fact: an invariant may be wrong, and what violates it must be found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from aioformal.diagnostic import DiagnosticError
from aioformal.encode.patterns import Patterns, builtin_key
from aioformal.encode.scope import Scope
from aioformal.encode.shapes import (
    Entry,
    FunShape,
    IntShape,
    SeqShape,
    SetShape,
    Shape,
    join,
    join_all,
    ordered,
    shape_of,
)
from aioformal.resolve.model import Model, PartKind
from aioformal.syntax import ast
from aioformal.value import algebra, products, sets
from aioformal.value.fault import ValueFault
from aioformal.value.values import LazySet, Value

Evaluate = Callable[[ast.Expr], Value]
"""Evaluates a constant expression; raises `DiagnosticError` where that is not possible."""

LARGEST_UNIVERSE = 256
"""A hinted set of more members than this says nothing about which of them a variable will hold."""


def hints_of(model: Model, evaluate: Evaluate) -> dict[str, Shape]:
    """What invariants and constraints say about the variables."""
    formulas = [part.formula for p in model.properties for part in p.parts if part.kind is PartKind.ALWAYS]
    return _hints(_Finder(model, evaluate), [*formulas, *model.constraints])


def _hints(finder: _Finder, formulas: Iterable[ast.Expr]) -> dict[str, Shape]:
    """Of several hints at one variable the one that says most."""
    found: dict[str, Shape] = {}
    for formula in formulas:
        for variable, shape in finder.hints(formula, {}):
            known = found.get(variable)
            found[variable] = shape if known is None else _narrower(known, shape)
    return found


def _narrower(a: Shape, b: Shape) -> Shape:
    """Of two hints the one that says more."""
    return b if join(a, b) == a else a


class _Finder:
    def __init__(self, model: Model, evaluate: Evaluate) -> None:
        self._evaluate = evaluate
        self._patterns = Patterns(model.flat.definitions)
        self._entered: set[int] = set()

    def hints(self, expr: ast.Expr, scope: Scope) -> Iterator[tuple[str, Shape]]:
        """The hints of the conjuncts of a formula."""
        match expr:
            case ast.Junction(kind="/\\", items=items):
                for item in items:
                    yield from self.hints(item, scope)
            case ast.Apply(args=(left, right)):
                yield from self._relation(builtin_key(expr), left, right, scope)
            case ast.Quantifier(kind="\\A", bounds=(bound,), body=body) if not bound.is_tuple:
                yield from self._for_all(bound, body, scope)
            case _:
                named = self._patterns.named(expr, scope)
                if named is not None and id(named[0]) not in self._entered:
                    self._entered.add(id(named[0]))
                    yield from self.hints(*named)

    def _relation(
        self, key: str | None, left: ast.Expr, right: ast.Expr, scope: Scope
    ) -> Iterator[tuple[str, Shape]]:
        if key == "/\\":
            yield from self.hints(left, scope)
            yield from self.hints(right, scope)
        variable = self._patterns.variable(left, scope)
        if variable is None or key not in ("\\in", "\\subseteq", "="):
            return
        value = self._known(right)
        shape = None if value is None else _shape(key, value)
        if shape is not None:
            yield variable, shape

    def _for_all(self, bound: ast.Bound, body: ast.Expr, scope: Scope) -> Iterator[tuple[str, Shape]]:
        """`\\A i \\in D : v[i] \\in S` speaks of all elements of v."""
        domain = self._known(bound.domain) if bound.domain is not None else None
        keys = None if domain is None else _members(domain)
        names = {name.name for name in bound.names}
        for item in _conjuncts(body):
            match item:
                case ast.Apply(args=(ast.FunctionApply(args=(ast.Name() as index,)) as element, right)):
                    if index.name in names and keys and builtin_key(item) == "\\in":
                        yield from self._elements(element.function, keys, right, scope)
                case _:
                    pass

    def _elements(
        self, function: ast.Expr, keys: frozenset[Value], right: ast.Expr, scope: Scope
    ) -> Iterator[tuple[str, Shape]]:
        variable, value = self._patterns.variable(function, scope), self._known(right)
        shape = None if value is None else _shape("\\in", value)
        if variable is not None and shape is not None:
            yield variable, FunShape(tuple(Entry(key, shape) for key in ordered(keys)))

    def _known(self, expr: ast.Expr) -> Value | None:
        """The value of an expression that does not depend on the state."""
        try:
            return self._evaluate(expr)
        except DiagnosticError:
            return None


def _conjuncts(expr: ast.Expr) -> Iterable[ast.Expr]:
    return expr.items if isinstance(expr, ast.Junction) and expr.kind == "/\\" else (expr,)


def _shape(key: str, value: Value) -> Shape | None:
    try:
        if key == "=":
            return None if isinstance(value, LazySet) else shape_of(value)
        return shape_of_members(value) if key == "\\in" else shape_of_subsets(value)
    except (DiagnosticError, ValueFault):
        return None


def shape_of_members(value: Value) -> Shape | None:
    """A shape for the members of a known set; None where it says nothing useful.

    Raises `ValueFault` or `DiagnosticError` for sets without a usable size.
    """
    match value:
        case frozenset():
            return join_all([shape_of(member) for member in value]) if value else None
        case sets.Interval(low=low, high=high):
            return IntShape(low, high) if low <= high else None
        case sets.Integers(low=low):
            return IntShape(low, None)
        case sets.PowerSet(base=base):
            return shape_of_subsets(base)
        case sets.Sequences(base=base):
            element = shape_of_members(base)
            return None if element is None else SeqShape(1, element)
        case products.FunctionSet(domain=domain, range=range_):
            keys = _members(domain)
            return None if keys is None else _entries(dict.fromkeys(ordered(keys), shape_of_members(range_)))
        case products.RecordSet(fields=fields):
            return _entries({name: shape_of_members(place) for name, place in fields.items()})
        case products.TupleSet(components=components):
            return _entries({i: shape_of_members(place) for i, place in enumerate(components, 1)})
        case algebra.Union(one=one, other=other):
            return _either(shape_of_members(one), shape_of_members(other))
        case algebra.Restriction(base=base) | algebra.Filter(base=base):
            return shape_of_members(base)
        case _:
            return None


def shape_of_subsets(base: Value) -> Shape | None:
    """A shape for the subsets of a known set."""
    members = _members(base)
    return None if members is None else SetShape(members)


def _members(value: Value) -> frozenset[Value] | None:
    """The members of a set that is small enough to be a universe."""
    if isinstance(value, LazySet) and value.is_small() and (value.size or 0) <= LARGEST_UNIVERSE:
        return value.freeze()
    return value if isinstance(value, frozenset) and len(value) <= LARGEST_UNIVERSE else None


def _entries(shapes: dict[Value, Shape | None]) -> Shape | None:
    entries = [Entry(key, shape) for key, shape in shapes.items() if shape is not None]
    in_order = sorted(entries, key=lambda e: ordered(shapes).index(e.key))
    return FunShape(tuple(in_order)) if len(entries) == len(shapes) else None


def _either(a: Shape | None, b: Shape | None) -> Shape | None:
    return None if a is None or b is None else join(a, b)
