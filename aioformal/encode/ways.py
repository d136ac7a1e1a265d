"""In how many ways a test is true.

A test in an action assigns nothing, and its truth is one term. But TLC takes every disjunct and every
member of `\\E` that makes it true for a successor of its own, equal to the others. Who counts generated
states as TLC does needs that number; who only asks what the successors are does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aioformal.encode import logic
from aioformal.encode.expressions import let_scope
from aioformal.encode.patterns import builtin_key
from aioformal.encode.scope import Bound, Closure, Scope, Thunk
from aioformal.encode.translator import Translator
from aioformal.ir import term as ir
from aioformal.ir.term import Term
from aioformal.resolve.model import Definition
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind

ONE = ir.integer(1)
NONE = ir.integer(0)


class Ways:
    """The ways of tests, in the frame that the translator looks at."""

    def __init__(self, translator: Translator) -> None:
        self.t = translator
        self._definitions = translator.model.flat.definitions

    def of(self, expr: ast.Expr, scope: Scope) -> Term:
        """How often a test that is true is true. What may fail in it is no matter here."""
        if not self._forks(expr, scope, frozenset()):
            return ONE
        with self.t.path.isolated():
            return self._count(expr, scope)

    def _count(self, expr: ast.Expr, scope: Scope) -> Term:
        if not self._forks(expr, scope, frozenset()):
            return ir.ite(self.t.truth(expr, scope), ONE, NONE)
        match expr:
            case ast.Junction(kind="/\\", items=items):
                return self._product(items, scope)
            case ast.Junction(items=items):
                return self._sum(items, scope)
            case ast.Quantifier():
                return self._quantifier(expr, scope)
            case ast.If():
                condition = self.t.truth(expr.condition, scope)
                return ir.ite(condition, self._count(expr.then, scope), self._count(expr.otherwise, scope))
            case ast.Case():
                return self._case(expr, scope)
            case ast.Let():
                return self._count(expr.body, let_scope(self.t, expr, scope))
            case ast.Label(body=body):
                return self._count(body, scope)
            case ast.Name() | ast.Apply():
                return self._applied(expr, scope)
            case _:
                return ir.ite(self.t.truth(expr, scope), ONE, NONE)

    def _product(self, items: Sequence[ast.Expr], scope: Scope) -> Term:
        result = ONE
        for item in items:
            result = ir.mul(result, self._count(item, scope))
        return result

    def _sum(self, items: Sequence[ast.Expr], scope: Scope) -> Term:
        result = NONE
        for item in items:
            result = ir.add(result, self._count(item, scope))
        return result

    def _quantifier(self, expr: ast.Quantifier, scope: Scope) -> Term:
        """A sum over the members for `\\E`, a product for `\\A`."""
        exists = expr.kind == "\\E"
        join: Callable[[Term, Term], Term] = ir.add if exists else ir.mul
        unit = NONE if exists else ONE
        result = unit
        for inner, guard in logic.scopes_of(self.t, expr.bounds, scope, once=True):
            result = join(result, ir.ite(guard, self._count(expr.body, inner), unit))
        return result

    def _case(self, expr: ast.Case, scope: Scope) -> Term:
        result = NONE if expr.other is None else self._count(expr.other, scope)
        for arm in reversed(expr.arms):
            result = ir.ite(self.t.truth(arm.guard, scope), self._count(arm.value, scope), result)
        return result

    def _applied(self, expr: ast.Name | ast.Apply, scope: Scope) -> Term:
        key = builtin_key(expr) if isinstance(expr, ast.Apply) else None
        if isinstance(expr, ast.Apply) and key in ("/\\", "\\/"):
            return (self._product if key == "/\\" else self._sum)(expr.args, scope)
        if isinstance(expr, ast.Apply) and key == "=>":
            premise = self.t.truth(expr.args[0], scope)
            return ir.ite(premise, self._count(expr.args[1], scope), ONE)
        entered = self._entered(expr, scope)
        assert entered is not None
        return self._count(*entered)

    # ------------------------------------------------------------ what is behind a name

    def _entered(self, expr: ast.Name | ast.Apply, scope: Scope) -> tuple[ast.Expr, Scope] | None:
        """The body of what is applied, with its parameters bound; None for a built-in operator."""
        if isinstance(expr, ast.Name) and (bound := _thunk(expr, scope)) is not None:
            return bound.expr, bound.scope
        called = self._called(expr, scope)
        if called is None:
            return None
        args = expr.args if isinstance(expr, ast.Apply) else ()
        names: dict[str, Bound] = {
            param.name: self.t.argument(arg, scope, param.arity)
            for param, arg in zip(called.params, args, strict=True)
        }
        outer: Scope = called.scope if isinstance(called, Closure) else {}
        return called.body, {**outer, **names}

    def _called(self, expr: ast.Name | ast.Apply, scope: Scope) -> Definition | Closure | None:
        name = expr.operator if isinstance(expr, ast.Apply) else expr
        if not isinstance(name, ast.Name) or name.binding is None:
            return None
        match name.binding.kind:
            case BindingKind.DEFINITION:
                return self._definitions[name.binding.key]
            case BindingKind.LOCAL:
                bound = scope.get(name.binding.key)
                return bound if isinstance(bound, Closure | Definition) else None
            case _:
                return None

    def _forks(self, expr: ast.Expr, scope: Scope, seen: frozenset[int]) -> bool:
        """Whether there is a `\\/` or `\\E` among the conjuncts."""
        match expr:
            case ast.Junction(kind=kind, items=items):
                return kind == "\\/" or any(self._forks(item, scope, seen) for item in items)
            case ast.Quantifier(kind=kind, body=body):
                return kind == "\\E" or self._forks(body, scope, seen)
            case ast.If(then=then, otherwise=otherwise):
                return self._forks(then, scope, seen) or self._forks(otherwise, scope, seen)
            case ast.Case(arms=arms, other=other):
                parts = [arm.value for arm in arms] + ([other] if other else [])
                return any(self._forks(part, scope, seen) for part in parts)
            case ast.Let(body=body) | ast.Label(body=body):
                return self._forks(body, scope, seen)
            case ast.Name() | ast.Apply():
                return self._forks_applied(expr, scope, seen)
            case _:
                return False

    def _forks_applied(self, expr: ast.Name | ast.Apply, scope: Scope, seen: frozenset[int]) -> bool:
        key = builtin_key(expr) if isinstance(expr, ast.Apply) else None
        if isinstance(expr, ast.Apply) and key in ("/\\", "\\/", "=>"):
            operands = expr.args[1:] if key == "=>" else expr.args
            return key == "\\/" or any(self._forks(arg, scope, seen) for arg in operands)
        outer: Scope = {}
        if isinstance(expr, ast.Name) and (bound := _thunk(expr, scope)) is not None:
            inner, outer = bound.expr, bound.scope
        else:
            called = self._called(expr, scope)
            if called is None:
                return False
            inner = called.body
            outer = called.scope if isinstance(called, Closure) else {}
        return id(inner) not in seen and self._forks(inner, outer, seen | {id(inner)})


def _thunk(name: ast.Name, scope: Scope) -> Thunk | None:
    """The unevaluated argument that a local name stands for."""
    if name.binding is None or name.binding.kind is not BindingKind.LOCAL:
        return None
    bound = scope.get(name.binding.key)
    return bound if isinstance(bound, Thunk) and not bound.primed else None
