"""What may be evaluated at once, and what has to wait until it is needed.

TLA+ evaluates nothing that is not needed, so what may fail and may not be needed is put off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aioformal.pymodule.facts import Facts, builtin
from aioformal.resolve.model import Definition, Level
from aioformal.resolve.traverse import children, walk
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

ALL_ARGUMENTS = frozenset(
    ["/\\", "\\/", "=>", "Assert", "ENABLED", "UNCHANGED", "'", "[]", "<>", "~>", "-+->"]
)
"""Operators that do not evaluate all their arguments, or not in this state."""


class Laziness:
    """Decides for the definitions and LETs of one model."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.definitions = facts.definitions
        self.lazy: set[tuple[str, str]] = set()
        """Parameters that are evaluated when they are needed: (definition, parameter)."""
        self._failing: dict[str, bool] = {}

    # ------------------------------------------------------------ failing, and being needed

    def may_fail(self, expr: ast.Expr, safe: Mapping[str, bool]) -> bool:
        """Whether an expression may have no value. `safe`: local names that have one for sure."""
        match expr:
            case ast.Number() | ast.String() | ast.Boolean():
                return False
            case ast.Name(binding=ast.Binding(BindingKind.LOCAL, key)):
                return not safe.get(key, False)
            case ast.Name(binding=ast.Binding(BindingKind.DEFINITION, key)):
                return self._definition_may_fail(key)
            case ast.Name(binding=ast.Binding(kind, _)):
                return kind is BindingKind.BUILTIN
            case ast.Tuple(elements=elements):
                return any(self.may_fail(e, safe) for e in elements)
            case ast.RecordConstructor(fields=fields):
                return any(self.may_fail(e.value, safe) for e in fields)
            case _:
                return True

    def _definition_may_fail(self, key: str) -> bool:
        definition = self.definitions[key]
        if key not in self._failing:
            self._failing[key] = True
            simple = not definition.params and definition.level is Level.CONSTANT
            self._failing[key] = not simple or self.may_fail(definition.body, {})
        return self._failing[key]

    def needs(self, expr: ast.Expr, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether evaluating an expression evaluates a local name for sure."""
        if isinstance(expr, ast.Name):
            return expr.binding is not None and expr.binding == ast.Binding(BindingKind.LOCAL, name)
        definition = self.facts.defined(expr)
        if isinstance(expr, ast.Apply) and definition is not None:
            if definition.key in seen:
                return False
            pairs = zip(definition.params, expr.args, strict=True)
            inner = seen | {definition.key}
            return any(
                self.needs(arg, name, seen) and self.needs(definition.body, p.name, inner) for p, arg in pairs
            )
        return any(self.needs(part, name, seen) for part in surely_evaluated(expr))

    def let_is_eager(self, let: ast.Let, unit: ast.OperatorDefinition, safe: Mapping[str, bool]) -> bool:
        """Whether what a LET defines may be evaluated at once."""
        return not self.may_fail(unit.body, safe) or self.let_needs(let, unit.name.name)

    def let_needs(self, let: ast.Let, name: str) -> bool:
        """Whether a LET's body needs a name, perhaps by way of the names defined in between."""
        if self.needs(let.body, name):
            return True
        others = [u for u in let.units if isinstance(u, ast.OperatorDefinition) and not u.params]
        return any(
            u.name.name != name and self.needs(u.body, name) and self.needs(let.body, u.name.name)
            for u in others
        )

    # ------------------------------------------------------------ arguments that are put off

    def find(self, roots: Sequence[ast.Expr]) -> None:
        """Finds the parameters that are given what may fail, and not surely needed."""
        reached = self.reached(roots)
        before = -1
        while len(self.lazy) != before:
            before = len(self.lazy)
            for root in roots:
                self._find_lazy(root, {})
            for key in reached:
                definition = self.definitions[key]
                safe = {p.name: (key, p.name) not in self.lazy for p in definition.params}
                self._find_lazy(definition.body, safe)

    def _find_lazy(self, node: ast.Node, safe: Mapping[str, bool]) -> None:
        waiting: list[tuple[ast.Node, Mapping[str, bool]]] = [(node, safe)]
        while waiting:
            one, safe = waiting.pop()
            if isinstance(one, ast.Let):
                safe = self._safe_in_let(one, safe)
            elif isinstance(one, ast.Apply) and (definition := self.facts.defined(one)) is not None:
                self._look_at_call(definition, one.args, safe)
            names = [i.name for i in bound_names(one)]
            safe = {**safe, **dict.fromkeys(names, True)} if names else safe
            waiting.extend((child, safe) for child in children(one))

    def _safe_in_let(self, let: ast.Let, safe: Mapping[str, bool]) -> dict[str, bool]:
        inner = dict(safe)
        for unit in let.units:
            if isinstance(unit, ast.OperatorDefinition):
                inner[unit.name.name] = not unit.params and self.let_is_eager(let, unit, inner)
        return inner

    def _look_at_call(
        self, definition: Definition, args: Sequence[ast.Expr], safe: Mapping[str, bool]
    ) -> None:
        for param, arg in zip(definition.params, args, strict=True):
            if not param.arity and self.may_fail(arg, safe) and not self.needs(definition.body, param.name):
                self.lazy.add((definition.key, param.name))

    def reached(self, roots: Sequence[ast.Expr]) -> list[str]:
        """The definitions that expressions use, directly or not, in the order in which they are met."""
        found: dict[str, None] = {}
        waiting = list(reversed(roots))
        while waiting:
            for node in walk(waiting.pop()):
                definition = self.facts.defined(node) if isinstance(node, ast.Name) else None
                if definition is not None and definition.key not in found:
                    found[definition.key] = None
                    waiting.append(definition.body)
        return list(found)


def bound_names(node: ast.Node) -> Iterator[ast.Identifier]:
    """The names that an expression binds for what is below it."""
    match node:
        case (
            ast.Quantifier(bounds=bounds) | ast.FunctionConstructor(bounds=bounds) | ast.SetMap(bounds=bounds)
        ):
            for bound in bounds:
                yield from bound.names
        case ast.FunctionDefinition(bounds=bounds):
            for bound in bounds:
                yield from bound.names
        case ast.Choose(bound=bound) | ast.SetFilter(bound=bound):
            yield from bound.names
        case ast.OperatorDefinition(params=params) | ast.Lambda(params=params):
            yield from (ast.Identifier(p.span, p.name) for p in params if not p.arity)
        case _:
            return


def surely_evaluated(expr: ast.Expr) -> tuple[ast.Expr, ...]:
    """The parts that are evaluated whenever an expression is."""
    match expr:
        case ast.Junction(items=items):
            return items[:1]
        case ast.If(condition=condition):
            return (condition,)
        case ast.Case(arms=arms):
            return (arms[0].guard,)
        case ast.Let(body=body) | ast.Label(body=body):
            return (body,)
        case (
            ast.Quantifier(bounds=bounds) | ast.FunctionConstructor(bounds=bounds) | ast.SetMap(bounds=bounds)
        ):
            return tuple(b.domain for b in bounds[:1] if b.domain is not None)
        case ast.Choose(bound=bound) | ast.SetFilter(bound=bound):
            return (bound.domain,) if bound.domain is not None else ()
        case ast.FunctionApply(function=function, args=args):
            return (function, *args)
        case ast.FieldAccess(record=record):
            return (record,)
        case ast.Except(base=base):
            return (base,)
        case (
            ast.SetEnumeration(elements=parts)
            | ast.Tuple(elements=parts)
            | ast.CartesianProduct(factors=parts)
        ):
            return parts
        case ast.RecordConstructor(fields=fields) | ast.RecordSet(fields=fields):
            return tuple(one.value for one in fields)
        case ast.FunctionSet(domain=domain, range=range_):
            return domain, range_
        case ast.Apply(args=args):
            key = builtin(expr)
            if key in ("/\\", "\\/", "=>", "Assert"):
                return args[:1]
            return () if key is None or key in ALL_ARGUMENTS else args
        case _:
            return ()
