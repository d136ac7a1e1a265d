"""What an expression depends on: names bound around it, and the variables it reads in either state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aioformal.resolve.model import Definition
from aioformal.resolve.traverse import children, walk
from aioformal.syntax import ast

NO_NAMES: frozenset[str] = frozenset()
NO_VARIABLES: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """`names`: free local names. `primed`: those of them that stand under a prime, UNCHANGED or in a
    subscript. `now`, `following`: indices of the variables read in the first and the second state.

    All are upper bounds.
    """

    names: frozenset[str] = NO_NAMES
    primed: frozenset[str] = NO_NAMES
    now: frozenset[int] = NO_VARIABLES
    following: frozenset[int] = NO_VARIABLES

    def without(self, bound: Iterable[str]) -> Facts:
        gone = frozenset(bound)
        return Facts(self.names - gone, self.primed - gone, self.now, self.following)

    def in_next_state(self) -> Facts:
        """The facts of `e'`."""
        return Facts(self.names, self.names, NO_VARIABLES, self.now | self.following)

    def in_both_states(self) -> Facts:
        """The facts of `UNCHANGED e`."""
        return Facts(self.names, self.names, self.now, self.now | self.following)

    @property
    def is_constant(self) -> bool:
        return not (self.names or self.now or self.following)


NOTHING = Facts()


def union(parts: Iterable[Facts]) -> Facts:
    """The facts of an expression that depends on several others."""
    some = [part for part in parts if part is not NOTHING]
    if len(some) < 2:
        return some[0] if some else NOTHING
    return Facts(
        NO_NAMES.union(*(part.names for part in some)),
        NO_NAMES.union(*(part.primed for part in some)),
        NO_VARIABLES.union(*(part.now for part in some)),
        NO_VARIABLES.union(*(part.following for part in some)),
    )


class Analysis:
    """Facts by node and by definition, computed once. Nodes are told apart by identity."""

    def __init__(self, definitions: Mapping[str, Definition], variables: Iterable[str]) -> None:
        self.definitions = definitions
        self.index = {name: i for i, name in enumerate(variables)}
        self._facts: dict[int, Facts] = {}
        self._nodes: list[ast.Node] = []
        self._of_definition: dict[str, Facts] = {}
        self._under_way: set[str] = set()
        self._priming: set[str] = set()

    def of(self, node: ast.Node) -> Facts:
        """The facts of an expression, or of a part of one."""
        known = self._facts.get(id(node))
        if known is None:
            known = self._compute(node)
            self._facts[id(node)] = known
            # An id is only worth something as long as its node lives.
            self._nodes.append(node)
        return known

    def of_definition(self, key: str) -> Facts:
        """The facts of a definition's body. `names` and `primed` are its own parameters."""
        known = self._of_definition.get(key)
        if known is not None:
            return known
        if key in self._under_way:
            return self._rough(key)
        self._under_way.add(key)
        known = self._of_definition[key] = self.of(self.definitions[key].body)
        self._under_way.discard(key)
        return known

    def _rough(self, key: str) -> Facts:
        """Bounds for a definition that is being computed: everything that can be reached from it."""
        seen, waiting = {key}, [key]
        variables: set[int] = set()
        has_prime = False
        while waiting:
            for node in walk(self.definitions[waiting.pop()].body):
                has_prime |= _looks_ahead(node)
                if not isinstance(node, ast.Name) or node.binding is None:
                    continue
                if node.binding.kind is ast.BindingKind.VARIABLE:
                    variables.add(self.index[node.binding.key])
                elif node.binding.kind is ast.BindingKind.DEFINITION and node.binding.key not in seen:
                    seen.add(node.binding.key)
                    waiting.append(node.binding.key)
        now = frozenset(variables)
        return Facts(now=now, following=now if has_prime else NO_VARIABLES)

    def _compute(self, node: ast.Node) -> Facts:
        match node:
            case ast.Name():
                return self._name(node)
            case ast.At():
                return Facts(names=frozenset("@"))
            case ast.Apply():
                return self._apply(node)
            case ast.Let():
                return self._let(node)
            case ast.Quantifier(bounds=bounds, body=body) | ast.FunctionConstructor(bounds=bounds, body=body):
                return self._binder(bounds, body)
            case ast.SetMap(bounds=bounds, value=body):
                return self._binder(bounds, body)
            case ast.Choose(bound=bound, body=body) | ast.SetFilter(bound=bound, predicate=body):
                return self._binder((bound,), body)
            case ast.Lambda(params=params, body=body):
                return self.of(body).without(p.name for p in params)
            case ast.Label(body=body):
                return self.of(body)
            case ast.ActionBox() | ast.ActionAngle() | ast.Fairness():
                return union((self.of(node.action), self.of(node.subscript).in_both_states()))
            case ast.ExceptUpdate(path=path, value=value):
                return union((*map(self.of, path), self.of(value).without("@")))
            case _:
                return union(map(self.of, children(node)))

    def _name(self, name: ast.Name) -> Facts:
        binding = name.binding
        if binding is None:
            return NOTHING
        match binding.kind:
            case ast.BindingKind.LOCAL:
                return Facts(names=frozenset((binding.key,)))
            case ast.BindingKind.VARIABLE:
                return Facts(now=frozenset((self.index[binding.key],)))
            case ast.BindingKind.DEFINITION:
                facts = self.of_definition(binding.key)
                return Facts(now=facts.now, following=facts.following)
            case _:
                return NOTHING

    def _apply(self, node: ast.Apply) -> Facts:
        arguments = [self.of(arg) for arg in node.args]
        operator = node.operator
        if isinstance(operator, ast.Name) and operator.binding is not None:
            binding = operator.binding
            if binding.kind is ast.BindingKind.BUILTIN:
                return _builtin(binding.key, arguments)
            if binding.kind is ast.BindingKind.DEFINITION:
                primed = self.of_definition(binding.key).primed
                params = self.definitions[binding.key].params
                looked_at = zip(params, arguments, strict=True)
                arguments = [f.in_both_states() if p.name in primed else f for p, f in looked_at]
            elif binding.kind is ast.BindingKind.LOCAL:
                # A LET operator may prime its parameters: only its definition knows.
                if binding.key in self._priming:
                    arguments = [f.in_both_states() for f in arguments]
        return union((self.of(operator), *arguments))

    def _let(self, let: ast.Let) -> Facts:
        own: set[str] = set()
        parts: list[Facts] = []
        for unit in let.units:
            if isinstance(unit, ast.OperatorDefinition):
                body = self.of(unit.body)
                if any(p.name in body.primed for p in unit.params):
                    self._priming.add(unit.name.name)
                parts.append(body.without(p.name for p in unit.params))
                own.add(unit.name.name)
            elif isinstance(unit, ast.FunctionDefinition):
                parts.append(self._binder(unit.bounds, unit.body))
                own.add(unit.name.name)
        body = self.of(let.body)
        parts = [part.in_both_states() for part in parts] if body.primed & own else parts
        return union((*parts, body)).without(own)

    def _binder(self, bounds: tuple[ast.Bound, ...], body: ast.Expr) -> Facts:
        domains = [self.of(bound.domain) for bound in bounds if bound.domain is not None]
        return union((*domains, self.of(body).without(n.name for b in bounds for n in b.names)))


def _builtin(key: str, arguments: list[Facts]) -> Facts:
    if key == "'":
        return arguments[0].in_next_state()
    if key == "UNCHANGED":
        return arguments[0].in_both_states()
    if key == "ENABLED":
        inner = arguments[0]
        # What a parameter under ENABLED stands for is an action: it is put in its place, like under a prime.
        return Facts(inner.names, inner.primed | inner.names, inner.now, NO_VARIABLES)
    return union(arguments)


def _looks_ahead(node: ast.Node) -> bool:
    if isinstance(node, ast.ActionBox | ast.ActionAngle | ast.Fairness):
        return True
    if not isinstance(node, ast.Name) or node.binding is None:
        return False
    return node.binding.kind is ast.BindingKind.BUILTIN and node.binding.key in {"'", "UNCHANGED"}
