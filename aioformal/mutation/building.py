"""Expressions that mistakes are made of."""

from __future__ import annotations

from aioformal.source import Source, Span
from aioformal.syntax import ast

_NOWHERE = Span(Source("<mutation>", ""), 0, 0)
TRUE = ast.Boolean(_NOWHERE, True)
FALSE = ast.Boolean(_NOWHERE, False)


def negated(node: ast.Expr) -> ast.Expr:
    """`~node`, or without the `~` that it has."""
    match node:
        case ast.Apply(operator=ast.Name(name="~"), args=(inner,)):
            return inner
        case ast.Apply(operator=ast.Name(name="=" | "#" | "\\in" | "\\notin" as name) as operator):
            other = {"=": "#", "#": "=", "\\in": "\\notin", "\\notin": "\\in"}[name]
            return ast.Apply(node.span, renamed(operator, other), node.args, node.form)
        case _:
            name = ast.Name(node.span, "~", (), ast.Binding(ast.BindingKind.BUILTIN, "~"))
            return ast.Apply(node.span, name, (node,), "prefix")


def renamed(operator: ast.Name, name: str) -> ast.Name:
    """Another built-in operator."""
    return ast.Name(operator.span, name, (), ast.Binding(ast.BindingKind.BUILTIN, name))


def is_builtin(operator: ast.Name | ast.Lambda) -> bool:
    binding = operator.binding if isinstance(operator, ast.Name) else None
    return binding is not None and binding.kind is ast.BindingKind.BUILTIN


def is_prime(node: ast.Expr) -> bool:
    """Whether it is `x'`."""
    match node:
        case ast.Apply(operator=ast.Name(name="'"), args=(ast.Name(),)):
            return True
        case _:
            return False


def conjuncts_of(node: ast.Expr) -> tuple[ast.Expr, ...]:
    return _items(node, "/\\")


def disjuncts_of(node: ast.Expr) -> tuple[ast.Expr, ...]:
    return _items(node, "\\/")


def _items(node: ast.Expr, kind: str) -> tuple[ast.Expr, ...]:
    match node:
        case ast.Junction(kind=found, items=items) if found == kind and len(items) > 1:
            return items
        case ast.Junction(kind=found, items=(item,)) if found == kind:
            return _items(item, kind) or (item,)
        case ast.Apply(operator=ast.Name(name=name), args=args) if name == kind:
            # `a /\\ b /\\ c` is read as `(a /\\ b) /\\ c`.
            return tuple(item for arg in args for item in (_chain(arg, kind) or (arg,)))
        case _:
            return ()


def _chain(node: ast.Expr, kind: str) -> tuple[ast.Expr, ...]:
    return _items(node, kind) if isinstance(node, ast.Apply) else ()
