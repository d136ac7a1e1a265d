"""Recognising forms of expressions through names: which variable, which tuple, which choice they are."""

from __future__ import annotations

from collections.abc import Mapping

from aioformal.encode.scope import Scope, Thunk
from aioformal.resolve.model import Definition
from aioformal.syntax import ast
from aioformal.syntax.ast import BindingKind


class Patterns:
    """`below_enabled`: definitions that have next values of their own are variables there."""

    def __init__(self, definitions: Mapping[str, Definition], *, below_enabled: bool = False) -> None:
        self._definitions = definitions
        self._below_enabled = below_enabled

    def named(self, expr: ast.Expr, scope: Scope) -> tuple[ast.Expr, Scope] | None:
        """What a name without arguments stands for: the body of its definition, or an argument."""
        match expr:
            case ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)):
                definition = self._definitions[key]
                return None if definition.params or self._is_own(key) else (definition.body, {})
            case ast.Name(binding=ast.Binding(kind=BindingKind.LOCAL, key=key)):
                bound = scope.get(key)
                return (bound.expr, bound.scope) if isinstance(bound, Thunk) else None
            case ast.Label(body=body):
                return body, scope
            case _:
                return None

    def variable(self, expr: ast.Expr, scope: Scope) -> str | None:
        """The state variable that an expression is a name for."""
        match expr:
            case ast.Name(binding=ast.Binding(kind=BindingKind.VARIABLE, key=key)):
                return key
            case (
                ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key))
                | ast.Apply(operator=ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key)))
            ) if self._is_own(key):
                return key
            case _:
                named = self.named(expr, scope)
                return None if named is None else self.variable(*named)

    def _is_own(self, key: str) -> bool:
        return self._below_enabled and self._definitions[key].own_next

    def primed_variable(self, expr: ast.Expr, scope: Scope) -> str | None:
        """The state variable x of an expression that stands for `x'`, be it by way of other names."""
        if isinstance(expr, ast.Apply):
            return self.variable(expr.args[0], scope) if builtin_key(expr) == "'" else None
        named = self.named(expr, scope)
        return None if named is None else self.primed_variable(*named)

    def components(self, expr: ast.Expr, scope: Scope) -> list[tuple[ast.Expr, Scope]] | None:
        """The components of a tuple, None if the expression is none."""
        if isinstance(expr, ast.Tuple):
            return [(element, scope) for element in expr.elements]
        named = self.named(expr, scope)
        return None if named is None else self.components(*named)

    def is_choice(self, expr: ast.Expr, scope: Scope) -> bool:
        """Whether an expression is `\\/` or `\\E`, directly or through a definition or LET."""
        match expr:
            case ast.Junction(kind=kind):
                return kind == "\\/"
            case ast.Quantifier(kind=kind):
                return kind == "\\E"
            case ast.Let(body=body):
                return self.is_choice(body, scope)
            case ast.Apply(operator=ast.Name(binding=ast.Binding(kind=BindingKind.DEFINITION, key=key))):
                return self.is_choice(self._definitions[key].body, {})
            case ast.Apply():
                return builtin_key(expr) == "\\/"
            case _:
                named = self.named(expr, scope)
                return named is not None and self.is_choice(*named)


def builtin_key(expr: ast.Apply) -> str | None:
    """The key of the built-in operator that is applied, None if it is another operator."""
    match expr.operator:
        case ast.Name(binding=ast.Binding(kind=BindingKind.BUILTIN, key=key)):
            return key
        case _:
            return None


def operands(expr: ast.Apply, key: str) -> list[ast.Expr]:
    """The operands of a chain of one infix operator, left to right."""
    found: list[ast.Expr] = []
    stack: list[ast.Expr] = [expr]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Apply) and builtin_key(node) == key:
            stack.extend(reversed(node.args))
        else:
            found.append(node)
    return found
