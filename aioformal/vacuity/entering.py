"""The body of a definition where it is applied: arguments in place of parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec.structs import replace

from aioformal.ordering.context import bound_names
from aioformal.resolve.model import Definition
from aioformal.resolve.traverse import rebuild, walk
from aioformal.syntax import ast

MARK = "__v"
"""Between a name and the number of the application that it belongs to."""

Named = TypeVar("Named", ast.Identifier, ast.Parameter, ast.Name)


def entered(definition: Definition, args: tuple[ast.Expr, ...], number: int) -> ast.Expr | None:
    """The body with its arguments, None where a parameter is an operator or its name is bound again.

    A definition sees no local names but its own, so that all of them can be given a mark that no argument
    has: nothing is captured.
    """
    if not definition.params:
        return definition.body
    own = {param.name for param in definition.params}
    if any(param.arity for param in definition.params) or own & bound_names(definition.body):
        return None
    mark = f"{MARK}{number}"
    while any(isinstance(n, ast.Name) and n.name.endswith(mark) for arg in args for n in walk(arg)):
        mark += "_"
    by_name = {p.name: arg for p, arg in zip(definition.params, args, strict=True)}
    body = rebuild(definition.body, lambda node: _changed(node, by_name, mark))
    assert not isinstance(body, ast.Identifier)
    return body  # type: ignore[return-value]


def written(name: str) -> str:
    """A name as it stands in the specification."""
    return name.partition(MARK)[0]


def _changed(node: ast.Node, by_name: Mapping[str, ast.Expr], mark: str) -> ast.Node:
    match node:
        case ast.Name(binding=ast.Binding(kind=ast.BindingKind.LOCAL, key=key)):
            if key in by_name:
                return by_name[key]
            return replace(node, name=key + mark, binding=ast.Binding(ast.BindingKind.LOCAL, key + mark))
        case ast.Bound(names=names):
            return replace(node, names=tuple(_marked(name, mark) for name in names))
        case ast.Lambda(params=params):
            return replace(node, params=tuple(_marked(param, mark) for param in params))
        case ast.OperatorDefinition(name=name, params=params):
            params = tuple(_marked(param, mark) for param in params)
            return replace(node, name=_marked(name, mark), params=params)
        case ast.FunctionDefinition(name=name):
            return replace(node, name=_marked(name, mark))
        case ast.Recursive(declarations=declarations):
            return replace(node, declarations=tuple(_marked(one, mark) for one in declarations))
        case _:
            return node


def _marked(name: Named, mark: str) -> Named:
    return replace(name, name=name.name + mark)
