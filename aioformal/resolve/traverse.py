"""Walking and rebuilding syntax trees without recursion: chains may be tens of thousands long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeAlias, cast

from msgspec.structs import replace

from aioformal.syntax import ast

Items: TypeAlias = tuple[object, ...]

NOT_SYNTAX = frozenset({"span", "binding", "proof"})


@cache
def _syntax_fields(node_type: type[ast.Node]) -> tuple[str, ...]:
    return tuple(name for name in node_type.__struct_fields__ if name not in NOT_SYNTAX)


def children(node: ast.Node) -> list[ast.Node]:
    """The nodes directly below `node`, in source order."""
    below: list[ast.Node] = []
    for name in _syntax_fields(type(node)):
        value: Any = getattr(node, name)
        if isinstance(value, ast.Node):
            below.append(value)
        elif type(value) is tuple:
            below.extend([item for item in cast(Items, value) if isinstance(item, ast.Node)])
    return below


def walk(root: ast.Node) -> Iterator[ast.Node]:
    """`root` and every node below it, each before what is below it, in source order."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def gives_constructor(expr: ast.Expr) -> bool:
    """Whether the value of an expression can be that of a function constructor in it."""
    stack: list[ast.Expr] = [expr]
    while stack:
        match stack.pop():
            case ast.FunctionConstructor():
                return True
            case ast.If(then=then, otherwise=otherwise):
                stack += (then, otherwise)
            case ast.Case(arms=arms, other=other):
                stack.extend(arm.value for arm in arms)
                stack.extend(() if other is None else (other,))
            case ast.Let(body=body) | ast.Label(body=body):
                stack.append(body)
            case _:
                pass
    return False


def rebuild(root: ast.Node, change: Callable[[ast.Node], ast.Node]) -> ast.Node:
    """A copy of `root` in which `change` was applied to every node, from the leaves up.

    Nodes below which nothing changed are shared with the original.
    """
    done: dict[int, ast.Node] = {}
    stack: list[tuple[ast.Node, bool]] = [(root, False)]
    while stack:
        node, is_ready = stack.pop()
        if not is_ready:
            stack.append((node, True))
            stack.extend((child, False) for child in children(node))
        elif id(node) not in done:
            done[id(node)] = change(_with_children(node, done))
    return done[id(root)]


def _with_children(node: ast.Node, done: dict[int, ast.Node]) -> ast.Node:
    values: dict[str, Any] = {}
    for name in _syntax_fields(type(node)):
        old: object = getattr(node, name)
        new = _replaced(old, done)
        if new is not old:
            values[name] = new
    return replace(node, **values) if values else node


def _replaced(value: Any, done: dict[int, ast.Node]) -> object:
    if isinstance(value, ast.Node):
        return done[id(value)]
    if type(value) is not tuple:
        return cast(object, value)
    items = cast(Items, value)
    new = tuple([done[id(item)] if isinstance(item, ast.Node) else item for item in items])
    return items if all(a is b for a, b in zip(items, new, strict=True)) else new
