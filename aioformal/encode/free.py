"""What an expression speaks of, found by looking at its text: local names, variables, primed variables."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from aioformal.encode.scope import Bound, Closure, Scope, Thunk
from aioformal.resolve.model import Definition, Model
from aioformal.resolve.traverse import children, walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind


def mentions(expr: ast.Expr, name: str) -> bool:
    """Whether a local name occurs."""
    return any(
        isinstance(node, ast.Name)
        and node.binding is not None
        and node.binding.kind is BindingKind.LOCAL
        and node.binding.key == name
        for node in walk(expr)
    )


class Summary(Struct, frozen=True):
    """Variables that occur without and with a prime, and the local names that do. UNCHANGED primes, too.
    `local_below`: the local names below ENABLED, which binds what they prime."""

    plain: frozenset[str] = frozenset()
    primed: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()
    local_primed: frozenset[str] = frozenset()
    local_below: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """All local names."""
        return self.local | self.local_primed | self.local_below

    def __or__(self, other: Summary) -> Summary:
        return Summary(
            self.plain | other.plain,
            self.primed | other.primed,
            self.local | other.local,
            self.local_primed | other.local_primed,
            self.local_below | other.local_below,
        )

    def under_prime(self) -> Summary:
        none: frozenset[str] = frozenset()
        return Summary(none, self.plain | self.primed, none, self.names)

    def under_enabled(self) -> Summary:
        return Summary(plain=self.plain, local_below=self.names)


class Summaries:
    """The summaries of a model's expressions, each made once. What a local name contributes depends on the
    scope that an expression is looked at in. `below_enabled`: definitions that have next values of their own
    are variables there, by their keys."""

    def __init__(self, model: Model, *, below_enabled: bool = False) -> None:
        self.below_enabled = below_enabled
        self._definitions: Mapping[str, Definition] = model.flat.definitions
        self._known: dict[int, tuple[Summary, ast.Node]] = {}
        self._entered: set[str] = set()
        self._bounds: dict[str, Summary] = {}

    def variables(self, expr: ast.Expr, scope: Scope) -> frozenset[str]:
        """Every variable that an expression looks at, primed or not."""
        found = self._resolved(expr, scope, set())
        return found.plain | found.primed

    def primed(self, expr: ast.Expr, scope: Scope) -> frozenset[str]:
        """The variables whose next values an expression looks at."""
        return self._resolved(expr, scope, set()).primed

    def in_text(self, expr: ast.Expr) -> Summary:
        """What an expression speaks of, whatever its local names stand for."""
        return self._summary(expr)

    def is_constant(self, expr: ast.Expr) -> bool:
        """Whether an expression is worth the same wherever it stands."""
        summary = self._summary(expr)
        return not (summary.plain | summary.primed) and summary.names <= _bound_in(expr)

    def _resolved(self, expr: ast.Expr, scope: Scope, seen: set[int]) -> Summary:
        summary = self._summary(expr)
        for name in summary.names:
            inner = self._bound(scope.get(name), seen)
            if inner is None:
                continue
            if name in summary.local_primed:
                summary |= inner.under_prime()
            summary |= inner if name in summary.local else inner.under_enabled()
        return summary

    def _bound(self, bound: Bound | None, seen: set[int]) -> Summary | None:
        """The summary of what a local name stands for; None of a value."""
        match bound:
            case Definition(key=key):
                return self._of_definition(key)
            case Thunk() | Closure() if id(bound) not in seen:
                body = bound.expr if isinstance(bound, Thunk) else bound.body
                return self._resolved(body, bound.scope, {*seen, id(bound)})
            case _:
                return None

    def _summary(self, node: ast.Node) -> Summary:
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = self._looked_at(node), node
        return known[0]

    def _looked_at(self, node: ast.Node) -> Summary:
        if isinstance(node, ast.Name):
            return self._of_name(node)
        if isinstance(node, ast.Apply):
            return self._of_application(node)
        below = Summary()
        for child in children(node):
            below |= self._summary(child)
        if isinstance(node, ast.ActionBox | ast.ActionAngle):
            below |= self._summary(node.subscript).under_prime()
        return below

    def _of_application(self, node: ast.Apply) -> Summary:
        """An argument whose parameter is primed in the operator's body counts as primed; one whose parameter
        stands below ENABLED and nowhere else counts as below it."""
        binding = node.operator.binding if isinstance(node.operator, ast.Name) else None
        found = self._summary(node.operator)
        known = binding is not None and binding.kind is BindingKind.BUILTIN
        primed: frozenset[str] | None = frozenset() if known else None
        bound: frozenset[str] = frozenset()
        params: tuple[ast.Parameter, ...] = ()
        if binding is not None and binding.kind is BindingKind.DEFINITION:
            params = self._definitions[binding.key].params
            body = self._of_body(binding.key)
            primed, bound = body.local_primed, body.local_below - body.local - body.local_primed
        for i, arg in enumerate(node.args):
            below = self._summary(arg)
            found |= below.under_enabled() if params and params[i].name in bound else below
            if primed is None or (params and params[i].name in primed):
                found |= below.under_prime()
        if known and binding is not None and binding.key == "ENABLED":
            return found.under_enabled()
        return found.under_prime() if _primes(node) else found

    def _of_name(self, node: ast.Name) -> Summary:
        if node.binding is None:
            return Summary()
        key = node.binding.key
        match node.binding.kind:
            case BindingKind.VARIABLE:
                return Summary(plain=frozenset((key,)))
            case BindingKind.LOCAL:
                return Summary(local=frozenset((key,)))
            case BindingKind.DEFINITION:
                return self._of_definition(key)
            case _:
                return Summary()

    def _of_definition(self, key: str) -> Summary:
        """The summary of a definition's body; its parameters are no matter of the caller's scope."""
        if self.below_enabled and self._definitions[key].own_next:
            return Summary(plain=frozenset((key,)))
        body = self._of_body(key)
        return Summary(body.plain, body.primed)

    def _of_body(self, key: str) -> Summary:
        if key in self._entered:
            return self._bound_of(key)
        self._entered.add(key)
        try:
            return self._summary(self._definitions[key].body)
        finally:
            self._entered.discard(key)

    def _bound_of(self, key: str) -> Summary:
        """An upper bound for a definition that is met within itself: what is said of its parts is
        remembered, and used where they are met again."""
        known = self._bounds.get(key)
        if known is not None:
            return known
        seen, waiting = {key}, [key]
        variables: set[str] = set()
        is_primed = False
        while waiting:
            for node in walk(self._definitions[waiting.pop()].body):
                is_primed |= isinstance(node, ast.ActionBox | ast.ActionAngle)
                is_primed |= isinstance(node, ast.Apply) and _primes(node)
                if not isinstance(node, ast.Name) or node.binding is None:
                    continue
                if node.binding.kind is BindingKind.VARIABLE:
                    variables.add(node.binding.key)
                elif node.binding.kind is BindingKind.DEFINITION and node.binding.key not in seen:
                    seen.add(node.binding.key)
                    if self._definitions[node.binding.key].own_next:
                        variables.add(node.binding.key)
                    waiting.append(node.binding.key)
        plain = frozenset(variables)
        found = self._bounds[key] = Summary(plain, plain if is_primed else frozenset())
        return found


def _primes(node: ast.Apply) -> bool:
    operator = node.operator
    return (
        isinstance(operator, ast.Name)
        and operator.binding is not None
        and operator.binding.kind is BindingKind.BUILTIN
        and operator.binding.key in ("'", "UNCHANGED")
    )


def _bound_in(expr: ast.Expr) -> frozenset[str]:
    """The names that are bound somewhere in an expression; none of them can hide another."""
    found: set[str] = set()
    for node in walk(expr):
        match node:
            case ast.Bound(names=names):
                found.update(name.name for name in names)
            case ast.Lambda(params=params):
                found.update(param.name for param in params)
            case ast.OperatorDefinition(name=name, params=params):
                found.update((name.name, *(param.name for param in params)))
            case ast.FunctionDefinition(name=name):
                found.add(name.name)
            case _:
                pass
    return frozenset(found)
